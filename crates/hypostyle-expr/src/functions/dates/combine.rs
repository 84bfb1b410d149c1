//! `dt.combine(x, time, unit)`: the day of a date or datetime at a time of day, in its zone;
//! `dt.combine([2020-01-31], 12:30) = [2020-01-31 12:30]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::time_zone::{Ambiguous, NonExistent, from_local};

use super::super::{Arg, Function, Inputs, Signature, at, literal_text, not_defined, params};
use super::{map_parts, parse_unit};

/// `dt.combine(x, time, unit)`
pub(super) const COMBINE: Function = Function::new(
    "dt.combine",
    &[params::column("x"), params::column("time"), params::choice("time_unit", &["us", "ms", "ns"])],
    types,
    run,
)
.doc("The day at a time of day.")
.example(
    &["date [2024-02-29, null]", "time [12:30:00, 12:30:00]"],
    "datetime[μs] [2024-02-29 12:30:00.000000, null]",
);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let unit = parse_unit(literal_text(args, 2).unwrap_or("us"))?;
    let zone = match args[0].dtype {
        DataType::Date => None,
        DataType::Datetime(_, zone) => zone.clone(),
        other => return Err(not_defined(name, "a date or datetime", other)),
    };
    match args[1].dtype {
        DataType::Time | DataType::Null => {}
        other => return Err(not_defined(name, "a time of day", other)),
    }
    Ok(Signature::keep(args, DataType::Datetime(unit, zone)).with(1, DataType::Time))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let DataType::Datetime(unit, zone) = inputs.output else { return Err(inputs.unplanned()) };
    let days = map_parts(inputs.column(0), DataType::Int64, |day, _| day)?;
    let (day, time) = (days.expect_primitive::<i64>()?, inputs.column(1).expect_primitive::<i64>()?);
    let (per_day, scale) = (unit.per_second() * 86_400, 1_000_000_000 / unit.per_second());
    let local = (0..inputs.len).map(|row| {
        let parts = day.get(at(&days, row)).zip(time.get(at(inputs.column(1), row)));
        parts.and_then(|(day, time)| day.checked_mul(per_day)?.checked_add(time / scale))
    });
    let local = Column::from_options(local);
    let raise = |_| Ok(Some(Ambiguous::Raise));
    let utc = from_local(local.expect_primitive()?, *unit, zone.as_deref(), raise, NonExistent::Raise)?;
    Ok(Column::from_primitive(inputs.output.clone(), utc))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, PrimitiveBuilder};

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, dates, datetimes};

    #[test]
    fn days_at_times() {
        let mut times = PrimitiveBuilder::<i64>::with_capacity(2);
        times.push(3_723_000_004_000);
        times.push_null();
        let times = Column::from_primitive(DataType::Time, times.finish_array());
        let a = [dates([Some("2020-01-31"), Some("2020-01-31")]), times];
        let combined = call("dt.combine", [col("a"), col("b"), lit("us")]);
        check(combined.clone(), &a, "datetime[μs] [2020-01-31 01:02:03.000004, null]");
        let a = [datetimes([Some("1969-12-31 23:00:00"), None]), a[1].clone()];
        check(combined, &a, "datetime[μs] [1969-12-31 01:02:03.000004, null]");
        let millis = call("dt.combine", [col("a"), col("b"), lit("ms")]);
        check(millis, &a, "datetime[ms] [1969-12-31 01:02:03.000, null]");
        check_error(call("dt.combine", [col("a"), lit(1)]), &a, "InvalidOperation");
    }
}
