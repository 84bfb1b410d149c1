//! `date(year, month, day)`, `datetime(year, month, day, hour, minute, second, microsecond, unit, zone, ambiguous)`: out of
//! their parts, of which those after the day may be left out; `date(2020, 1, 31) = 2020-01-31`. A part that is null gives
//! null; parts that no calendar or clock has are an error, of constants when the plan is made.

use hypostyle_core::{Column, DataType, Error, PrimitiveBuilder, Result, TimeUnit};
use hypostyle_kernels::temporal::{days_from_civil, days_in_month};
use hypostyle_kernels::time_zone::{Ambiguous, NonExistent, from_local, parse_zone};

use super::super::{Arg, Function, Inputs, Signature, at, literal_text, not_defined, params};
use super::{choices, parse_unit};

/// `date(year, month, day)`
pub(super) const DATE: Function = Function::new(
    "date",
    &[params::column("year"), params::column("month"), params::column("day")],
    date_type,
    date,
)
.doc("The date of a year, month and day.")
.sql(&["make_date"])
.example(&["i64 [2024, null]", "i64 [2, 1]", "i64 [29, 1]"], "date [2024-02-29, null]");
/// `datetime(year, month, day, hour, minute, second, microsecond, unit, zone, ambiguous)`
pub(super) const DATETIME: Function = Function::new(
    "datetime",
    &[
        params::column("year"),
        params::column("month"),
        params::column("day"),
        params::optional_or("hour", params::Default::Integer(0)),
        params::optional_or("minute", params::Default::Integer(0)),
        params::optional_or("second", params::Default::Integer(0)),
        params::optional_or("microsecond", params::Default::Integer(0)),
        params::choice("time_unit", &["us", "ms", "ns"]),
        params::text("time_zone"),
        params::optional("ambiguous"),
    ],
    datetime_type,
    datetime,
)
.doc("The date and time of its parts.")
.example(
    &["i64 [2024, null]", "i64 [2, 1]", "i64 [29, 1]", "i64 [12, 0]"],
    "datetime[μs] [2024-02-29 12:00:00.000000, null]",
);

pub(super) const PARTS: usize = 7;

/// The parts as integers; constants among them are checked.
fn parts(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    let mut signature = Signature::keep(args, output);
    let mut values = [Some(0); PARTS];
    for (i, arg) in args.iter().enumerate().take(PARTS) {
        if !arg.dtype.is_integer() && *arg.dtype != DataType::Null {
            return Err(not_defined(name, "integers", arg.dtype));
        }
        values[i] = arg.literal.and_then(|l| l.as_i128()).and_then(|v| i64::try_from(v).ok());
        if arg.literal.is_some_and(|l| !l.is_null()) && values[i].is_none() {
            return Err(Error::compute(format!("a part of `{name}` does not fit in 64 bits")));
        }
        signature = signature.with(i, DataType::Int64);
    }
    if let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)] = values {
        microseconds([a, b, c, d, e, f, g])?;
    }
    Ok(signature)
}

fn date_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    parts(name, args, DataType::Date)
}

fn datetime_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let unit = literal_text(args, 7).map_or(Ok(TimeUnit::Microseconds), parse_unit)?;
    let zone = literal_text(args, 8);
    zone.map(parse_zone).transpose()?;
    literal_text(args, 9).map(Ambiguous::parse).transpose()?;
    Ok(parts(name, args, DataType::Datetime(unit, zone.map(Into::into)))?.with(9, DataType::String))
}

/// Microseconds since 1970-01-01.
pub(super) fn microseconds([year, month, day, hour, minute, second, micro]: [i64; PARTS]) -> Result<i64> {
    let in_year = (-262_143..=262_142).contains(&year) && (1..=12).contains(&month);
    if !in_year || !(1..=i64::from(days_in_month(year, month as u32))).contains(&day) {
        return Err(Error::compute(format!("there is no date of year {year}, month {month}, day {day}")));
    }
    let in_day = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !in_day || !(0..1_000_000).contains(&micro) {
        return Err(Error::compute(format!(
            "there is no time of hour {hour}, minute {minute}, second {second}, microsecond {micro}"
        )));
    }
    let days = days_from_civil(year, month as u32, day as u32);
    Ok((days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000 + micro)
}

/// Microseconds since 1970-01-01 of every row.
fn rows(inputs: &Inputs<'_>) -> Result<PrimitiveBuilder<i64>> {
    let columns: Vec<_> =
        inputs.args.iter().take(PARTS).map(|a| a.column.expect_primitive::<i64>()).collect::<Result<_>>()?;
    let mut builder = PrimitiveBuilder::with_capacity(inputs.len);
    for row in 0..inputs.len {
        let mut values = [0; PARTS];
        let mut known = true;
        for (i, column) in columns.iter().enumerate() {
            match column.get(at(inputs.column(i), row)) {
                Some(value) => values[i] = value,
                None => known = false,
            }
        }
        builder.push_option(if known { Some(microseconds(values)?) } else { None });
    }
    Ok(builder)
}

fn date(inputs: &Inputs<'_>) -> Result<Column> {
    let micros = rows(inputs)?.finish_array();
    let days = hypostyle_kernels::zip::unary(&micros, |v: i64| v.div_euclid(86_400_000_000) as i32);
    Ok(Column::from_primitive(DataType::Date, days))
}

fn datetime(inputs: &Inputs<'_>) -> Result<Column> {
    let DataType::Datetime(unit, zone) = inputs.output else { return Err(inputs.unplanned()) };
    let micros = rows(inputs)?.finish_array();
    let local = hypostyle_kernels::zip::unary_checked(&micros, |v: i64| match unit {
        TimeUnit::Milliseconds => Some(v.div_euclid(1_000)),
        TimeUnit::Microseconds => Some(v),
        TimeUnit::Nanoseconds => v.checked_mul(1_000),
    });
    let utc = from_local(&local, *unit, zone.as_deref(), choices(inputs, 9), NonExistent::Raise)?;
    Ok(Column::from_primitive(inputs.output.clone(), utc))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, date, datetime, lit, null};
    use crate::testing::{check, check_error};

    #[test]
    fn out_of_parts() {
        let a = [Column::from_options([Some(2020i32), None]), Column::from_vec(vec![2i8, 1])];
        check(call("date", [col("a"), col("b"), lit(29)]), &a, "date [2020-02-29, null]");
        let at = call("datetime", [col("a"), col("b"), lit(1), lit(23)]);
        check(at, &a, "datetime[μs] [2020-02-01 23:00:00.000000, null]");
        check_error(call("date", [col("a"), col("b"), lit(30)]), &a, "Compute");
        check(call("date", [lit(2020), null(), lit(1)]), &a, "date [null]");
    }

    #[test]
    fn parts_that_no_calendar_has_are_refused_when_the_plan_is_made() {
        for (expr, says) in [
            (date(2024, 13, 45), "month 13, day 45"),
            (date(2023, 2, 29), "month 2, day 29"),
            (datetime(2024, 1, 1, u32::MAX, 0, 0), "hour 4294967295"),
            (datetime(2024, 1, 1, 0, 60, 0), "minute 60"),
            (datetime(i32::MAX, 1, 1, 0, 0, 0), "year 2147483647"),
        ] {
            let error = crate::bind(&expr, &hypostyle_core::Schema::default()).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
        assert_eq!(date(1995, 3, 15).to_string(), "1995-03-15");
    }
}
