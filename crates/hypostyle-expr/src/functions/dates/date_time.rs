//! `dt.date(x)`, `dt.time(x)`: the local date and time of day; `dt.date([2020-01-31 12:00]) = [2020-01-31]`.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{map_parts, need_time};

/// `dt.date(x)`
pub(super) const DATE: Function = Function::new("dt.date", params::UNARY, date_type, run)
    .doc("The date.")
    .example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "date [2024-02-29, null]");
/// `dt.time(x)`
pub(super) const TIME: Function = Function::new("dt.time", params::UNARY, time_type, run)
    .doc("The time of day.")
    .example(&["datetime[μs] [2024-02-29 12:30:45.000000, null]"], "time [12:30:45, null]");

fn date_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Date | DataType::Datetime(..) => Ok(Signature::keep(args, DataType::Date)),
        other => Err(Error::compute(format!("`{name}` takes a date or datetime, not {other}"))),
    }
}

fn time_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_time(name, args).map_err(|error| Error::compute(error.to_string()))?;
    Ok(Signature::keep(args, DataType::Time))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    match (column.dtype(), inputs.output) {
        (DataType::Date, DataType::Time) => map_parts(column, DataType::Time, |_, _| 0i64),
        (dtype, output) if dtype == output => Ok(column.clone()),
        (_, output) => cast(column, output, CastMode::Strict),
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, dates, datetimes};

    #[test]
    fn halves_of_a_datetime() {
        let a = [datetimes([Some("1969-12-31 23:00:00.5"), None])];
        check(call("dt.date", [col("a")]), &a, "date [1969-12-31, null]");
        check(call("dt.time", [col("a")]), &a, "time [23:00:00, null]");
        check(call("dt.date", [col("a")]), &[dates([Some("2020-01-01")])], "date [2020-01-01]");
    }
}
