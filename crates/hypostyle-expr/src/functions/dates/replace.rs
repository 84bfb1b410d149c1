//! `dt.replace(x, year, month, day, hour, minute, second, microsecond, ambiguous)`: other parts of the local clock, those
//! that are null as they are; parts that no calendar or clock has are an error; `dt.replace([2020-02-29], day=1) =
//! [2020-02-01]`.

use hypostyle_core::{Column, DataType, PrimitiveBuilder, Result};
use hypostyle_kernels::temporal::civil_from_days;
use hypostyle_kernels::time_zone::{Ambiguous, NonExistent, from_local};

use super::super::{Arg, Function, Inputs, Signature, at, literal_text, not_defined, params};
use super::compose::{PARTS, microseconds};
use super::{choices, date_to_same, local_units};

/// `dt.replace(x, year, month, day, hour, minute, second, microsecond, ambiguous)`
pub(super) const REPLACE: Function = Function::new(
    "dt.replace",
    &[
        params::column("x"),
        params::optional("year"),
        params::optional("month"),
        params::optional("day"),
        params::optional("hour"),
        params::optional("minute"),
        params::optional("second"),
        params::optional("microsecond"),
        params::optional_or("ambiguous", params::Default::String("raise")),
    ],
    types,
    run,
)
.doc("The time with other parts, those that are not given as they are.")
.example(&["date [2024-02-29, null]", "2023", "null", "1"], "date [2023-02-01, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let mut signature = date_to_same(name, args)?;
    for (i, arg) in args.iter().enumerate().take(PARTS + 1).skip(1) {
        if !arg.dtype.is_integer() && *arg.dtype != DataType::Null {
            return Err(not_defined(name, "integers", arg.dtype));
        }
        signature = signature.with(i, DataType::Int64);
    }
    literal_text(args, PARTS + 1).map(Ambiguous::parse).transpose()?;
    Ok(signature.with(PARTS + 1, DataType::String))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    // The time of day of a date has no parts to replace.
    let dated = *column.dtype() == DataType::Date;
    let (local, unit, zone) = local_units(column)?;
    let given = inputs.args.iter().skip(1).take(if dated { 3 } else { PARTS });
    let given = given.map(|arg| arg.column.expect_primitive::<i64>()).collect::<Result<Vec<_>>>()?;
    let (per_second, per_day) = (unit.per_second(), unit.per_second() * 86_400);
    let mut replaced = PrimitiveBuilder::<i64>::with_capacity(inputs.len);
    for row in 0..inputs.len {
        let Some(value) = local.get(at(column, row)) else {
            replaced.push_null();
            continue;
        };
        let (year, month, day) = civil_from_days(value.div_euclid(per_day));
        let clock = value.rem_euclid(per_day);
        let (second, fraction) = (clock / per_second, clock % per_second);
        let nanos = fraction * (1_000_000_000 / per_second);
        let mut parts =
            [year, month.into(), day.into(), second / 3_600, second / 60 % 60, second % 60, nanos / 1_000];
        // What is finer than microseconds stays, unless they are replaced.
        let mut rest = nanos % 1_000;
        for (i, numbers) in given.iter().enumerate() {
            if let Some(number) = numbers.get(if numbers.len() == 1 { 0 } else { row }) {
                parts[i] = number;
                rest = if i == PARTS - 1 { 0 } else { rest };
            }
        }
        let micros = microseconds(parts)?;
        let units = match per_second {
            1_000_000_000 => micros.checked_mul(1_000).and_then(|v| v.checked_add(rest)),
            _ => Some(micros.div_euclid(1_000_000 / per_second)),
        };
        replaced.push_option(units);
    }
    let replaced = replaced.finish_array();
    let zone = zone.as_deref();
    let utc = from_local(&replaced, unit, zone, choices(inputs, PARTS + 1), NonExistent::Raise)?;
    super::from_instants(utc, unit, zone, inputs.output)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, dates, datetimes};

    #[test]
    fn other_parts() {
        let a = [
            dates([Some("2020-02-29"), Some("1969-12-31"), None]),
            Column::from_options([Some(3i32), None, Some(1)]),
        ];
        check(
            call("dt.replace", [col("a"), null(), null(), lit(1)]),
            &a,
            "date [2020-02-01, 1969-12-01, null]",
        );
        check(
            call("dt.replace", [col("a"), null(), col("b"), lit(1)]),
            &a,
            "date [2020-03-01, 1969-12-01, null]",
        );
        let hour = call("dt.replace", [col("a"), null(), null(), null(), lit(5)]);
        check(hour, &a, "date [2020-02-29, 1969-12-31, null]");
        check_error(call("dt.replace", [col("a"), lit(2021)]), &a, "Compute");
        let a = [datetimes([Some("1969-12-31 23:59:58.5")])];
        let hour = call("dt.replace", [col("a"), null(), null(), null(), lit(5)]);
        check(hour, &a, "datetime[μs] [1969-12-31 05:59:58.500000]");
        let micro = call("dt.replace", [col("a"), null(), null(), null(), null(), null(), null(), lit(7)]);
        check(micro, &a, "datetime[μs] [1969-12-31 23:59:58.000007]");
    }
}
