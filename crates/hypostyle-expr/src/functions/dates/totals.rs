//! `dt.total_days` to `dt.total_nanoseconds`: a duration in whole units, rounded towards zero, null where it
//! does not fit; `dt.total_hours([-90 min]) = [-1]`.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::zip::{unary, unary_checked};

use super::super::{Arg, Function, Inputs, Param, Signature, params};

const PARAMS: &[Param] = &[params::column("x"), params::flag("fractional", false)];

/// `dt.total_days(x)`
pub(super) const TOTAL_DAYS: Function =
    Function::new("dt.total_days", PARAMS, types, |i| run(i, 86_400_000_000_000))
        .doc("A duration in days.")
        .example(&["duration[ms] [90061500, null]"], "i64 [1, null]");
/// `dt.total_hours(x)`
pub(super) const TOTAL_HOURS: Function =
    Function::new("dt.total_hours", PARAMS, types, |i| run(i, 3_600_000_000_000))
        .doc("A duration in hours.")
        .example(&["duration[ms] [90061500, null]"], "i64 [25, null]");
/// `dt.total_minutes(x)`
pub(super) const TOTAL_MINUTES: Function =
    Function::new("dt.total_minutes", PARAMS, types, |i| run(i, 60_000_000_000))
        .doc("A duration in minutes.")
        .example(&["duration[ms] [90061500, null]"], "i64 [1501, null]");
/// `dt.total_seconds(x)`
pub(super) const TOTAL_SECONDS: Function =
    Function::new("dt.total_seconds", PARAMS, types, |i| run(i, 1_000_000_000))
        .doc("A duration in seconds.")
        .example(&["duration[ms] [90061500, null]", "true"], "f64 [90061.5, null]");
/// `dt.total_milliseconds(x)`
pub(super) const TOTAL_MILLISECONDS: Function =
    Function::new("dt.total_milliseconds", PARAMS, types, |i| run(i, 1_000_000))
        .doc("A duration in milliseconds.")
        .example(&["duration[ms] [90061500, null]"], "i64 [90061500, null]");
/// `dt.total_microseconds(x)`
pub(super) const TOTAL_MICROSECONDS: Function =
    Function::new("dt.total_microseconds", PARAMS, types, |i| run(i, 1_000))
        .doc("A duration in microseconds.")
        .example(&["duration[ms] [90061500, null]"], "i64 [90061500000, null]");
/// `dt.total_nanoseconds(x)`
pub(super) const TOTAL_NANOSECONDS: Function =
    Function::new("dt.total_nanoseconds", PARAMS, types, |i| run(i, 1))
        .doc("A duration in nanoseconds.")
        .example(&["duration[ms] [90061500, null]"], "i64 [90061500000000, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Duration(_) => {
            let fractional = args.get(1).and_then(|a| a.literal).and_then(|l| l.as_bool()).unwrap_or(false);
            Ok(Signature::keep(args, if fractional { DataType::Float64 } else { DataType::Int64 }))
        }
        other => Err(Error::schema(format!("`{name}` takes a duration, not {other}"))),
    }
}

fn run(inputs: &Inputs<'_>, nanos: i64) -> Result<Column> {
    let column = inputs.column(0);
    let DataType::Duration(unit) = column.dtype() else { return Err(inputs.unplanned()) };
    let own = 1_000_000_000 / unit.per_second();
    let values = column.expect_primitive::<i64>()?;
    if inputs.flag(1) {
        let units = nanos as f64 / own as f64;
        return Ok(Column::from_primitive(DataType::Float64, unary(values, |v: i64| v as f64 / units)));
    }
    let result = if nanos >= own {
        unary(values, |v| v / (nanos / own))
    } else {
        unary_checked(values, |v: i64| v.checked_mul(own / nanos))
    };
    Ok(Column::from_primitive(DataType::Int64, result))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, TimeUnit};

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, dates, typed};

    #[test]
    fn whole_units() {
        let span = DataType::Duration(TimeUnit::Milliseconds);
        let a = [typed(span, [Some(-5_400_500i64), Some(86_400_000), Some(i64::MAX), None])];
        check(call("dt.total_days", [col("a")]), &a, "i64 [0, 1, 106751991167, null]");
        check(call("dt.total_hours", [col("a")]), &a, "i64 [-1, 24, 2562047788015, null]");
        check(call("dt.total_seconds", [col("a")]), &a, "i64 [-5400, 86400, 9223372036854775, null]");
        check(call("dt.total_microseconds", [col("a")]), &a, "i64 [-5400500000, 86400000000, null, null]");
        check_error(call("dt.total_days", [col("a")]), &[dates([None])], "SchemaMismatch");
    }
}
