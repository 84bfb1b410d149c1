//! `datetime_range(start, end, interval, closed, unit, zone)`, `datetime_ranges(…)`: points in time from one end to the
//! other. Ends without a zone are local times of the zone, if one is given; a step of days keeps the time of day there.
//! `datetime_range(2020-01-01 00:00, 2020-01-01 12:00, "12h", "left", null, null) = [2020-01-01 00:00]`.

use hypostyle_core::{DataType, Error, Result, TimeUnit};
use hypostyle_kernels::interval::Interval;
use hypostyle_kernels::time_zone::{Ambiguous, Clock, NonExistent, parse_zone};

use super::super::dates::parse_unit;
use super::super::{Arg, Function, Inputs, Signature, literal_text, params};
use super::closed::Closed;
use super::{Ranges, each_range, interval, need_scalars, one_range, value_type};
use crate::types::supertype;

/// `datetime_range(start, end, interval, closed, unit, zone)`
pub(super) const DATETIME_RANGE: Function = Function::ragged(
    "datetime_range",
    &[
        params::scalar("start"),
        params::scalar("end"),
        interval("1d"),
        params::CLOSED,
        params::text("time_unit"),
        params::text("time_zone"),
    ],
    one_type,
    |i| run(i, one_range),
)
.doc("Points in time from one end to the other.")
.example(
    &["2024-02-28 00:00:00", "2024-02-28 12:00:00", r#""6h""#],
    "datetime[μs] [2024-02-28 00:00:00.000000, 2024-02-28 06:00:00.000000, 2024-02-28 12:00:00.000000]",
);
/// `datetime_ranges(start, end, interval, closed, unit, zone)`
pub(super) const DATETIME_RANGES: Function = Function::new(
    "datetime_ranges",
    &[
        params::column("start"),
        params::column("end"),
        interval("1d"),
        params::CLOSED,
        params::text("time_unit"),
        params::text("time_zone"),
    ],
    each_type,
    |i| run(i, each_range),
)
.doc("A range of points in time for each row.").example(&["datetime[μs] [2024-02-28 00:00:00.000000]", "datetime[μs] [2024-02-28 12:00:00.000000]", r#""6h""#], "list[datetime[μs]] [[2024-02-28 00:00:00.000000, 2024-02-28 06:00:00.000000, 2024-02-28 12:00:00.000000]]");

/// The type that the ends are cast to, and the type of the values.
fn types(name: &str, args: &[Arg<'_>]) -> Result<(DataType, DataType)> {
    for (arg, what) in args.iter().zip(["start", "end"]) {
        if !matches!(arg.dtype, DataType::Date | DataType::Datetime(..)) {
            return Err(Error::compute(format!(
                "the {what} of `{name}` is a date or datetime, not {}",
                arg.dtype
            )));
        }
    }
    let interval = literal_text(args, 2).unwrap_or("1d");
    Interval::parse(interval)?;
    let common = supertype(args[0].dtype, args[1].dtype).ok_or_else(|| {
        Error::schema(format!("the ends of `{name}` are {} and {}", args[0].dtype, args[1].dtype))
    })?;
    let (own_unit, own_zone) = match common {
        DataType::Datetime(unit, zone) => (unit, zone),
        _ => (TimeUnit::Microseconds, None),
    };
    let unit = match literal_text(args, 4) {
        Some(unit) => parse_unit(unit)?,
        None if interval.contains("ns") => TimeUnit::Nanoseconds,
        None => own_unit,
    };
    let zone = match literal_text(args, 5) {
        Some(zone) => Some(parse_zone(zone).map(|_| zone.into())?),
        None => own_zone.clone(),
    };
    Ok((DataType::Datetime(unit, own_zone), DataType::Datetime(unit, zone)))
}

fn one_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_scalars(name, args, &["start", "end"])?;
    let (ends, output) = types(name, args)?;
    Ok(Signature::keep(args, output).with(0, ends.clone()).with(1, ends))
}

fn each_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let (ends, output) = types(name, args)?;
    Ok(Signature::keep(args, DataType::list(output)).with(0, ends.clone()).with(1, ends))
}

fn run<R>(inputs: &Inputs<'_>, ranges: Ranges<R>) -> Result<R> {
    let output = value_type(inputs);
    let DataType::Datetime(unit, zone) = output else { return Err(inputs.unplanned()) };
    let interval = Interval::parse(inputs.text(2).unwrap_or("1d"))?;
    if interval.nanos != 0 && interval.exact(*unit) == 0 {
        return Err(Error::invalid_operation(format!(
            "the interval of `{}` is shorter than its unit, {}",
            inputs.name,
            unit.symbol()
        )));
    }
    let closed = Closed::parse(inputs.text(3).unwrap_or("both"))?;
    let clock = Clock::new(*unit, zone.as_deref())?;
    let naive = matches!(inputs.column(0).dtype(), DataType::Datetime(_, None));
    ranges(inputs, output, &mut |_, low, high, rows| {
        let instant = |end: i64| match naive {
            true => clock.instant(end, Ambiguous::Raise, NonExistent::Raise),
            false => Ok(Some(end)),
        };
        match (instant(low)?, instant(high)?) {
            (Some(low), Some(high)) => {
                closed.walk(rows.name, &clock, &interval, low, high, &mut |at| rows.push(at))
            }
            _ => Err(Error::overflow(format!("an end of `{}` is out of the range of dates", rows.name))),
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::Expr;
    use crate::dsl::{call, datetime, lit, null};
    use crate::testing::{check, check_error};

    fn range(from: Expr, to: Expr, every: &str, zone: Expr) -> Expr {
        call("datetime_range", [from, to, lit(every), lit("both"), null(), zone])
    }

    /// Expected values from Polars 2.1.0.
    #[test]
    fn local_times() {
        let at = |day, hour| datetime(2024, 2, day, hour, 0, 0);
        let expected = "datetime[μs, America/New_York] \
                        [2024-02-07 09:00:00.000000-05:00, 2024-02-07 10:00:00.000000-05:00]";
        check(range(at(7, 9), at(7, 10), "1h", lit("America/New_York")), &[], expected);
        // Each day at 02:30, which does not occur on one of them.
        let (from, to) = (datetime(2024, 3, 30, 2, 30, 0), datetime(2024, 4, 1, 4, 0, 0));
        let expected = "datetime[μs, Europe/Paris] [2024-03-30 02:30:00.000000+01:00, \
                        2024-03-31 01:30:00.000000+01:00, 2024-04-01 02:30:00.000000+02:00]";
        check(range(from.clone(), to, "1d", lit("Europe/Paris")), &[], expected);
        let twice = datetime(2024, 10, 27, 2, 30, 0);
        check_error(range(twice.clone(), twice, "1d", lit("Europe/Paris")), &[], "Compute");
        let zoned = call("dt.replace_time_zone", [at(7, 9), lit("Asia/Tokyo")]);
        let expected = "datetime[μs, Asia/Tokyo] [2024-02-07 09:00:00.000000+09:00]";
        check(range(zoned.clone(), zoned.clone(), "1h", null()), &[], expected);
        check_error(range(zoned, at(7, 9), "1h", null()), &[], "SchemaMismatch");
    }

    #[test]
    fn units_and_ends() {
        let from = || datetime(1970, 1, 1, 0, 0, 0);
        let ranges = call("datetime_range", [from(), from(), lit("1h1ns"), lit("both"), null(), null()]);
        check(ranges, &[], "datetime[ns] [1970-01-01 00:00:00.000000000]");
        let short = call("datetime_range", [from(), from(), lit("1ns"), lit("both"), lit("ms"), null()]);
        check_error(short, &[], "InvalidOperation");
    }
}
