//! `dt.timestamp(x, unit)`: units since 1970 UTC, microseconds where none is named;
//! `dt.timestamp([1970-01-02], "ms") = [86400000]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{date_to_same, parse_unit};

/// `dt.timestamp(x, unit)`
pub(super) const TIMESTAMP: Function = Function::new(
    "dt.timestamp",
    &[params::column("x"), params::choice("time_unit", &["us", "ms", "ns"])],
    types,
    run,
)
.doc("Units since 1970 in UTC.")
.example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]", r#""ms""#], "i64 [1709209845123, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    date_to_same(name, args)?;
    Ok(Signature::keep(args, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let unit = parse_unit(inputs.text(1).unwrap_or("us"))?;
    let zone = match inputs.column(0).dtype() {
        DataType::Datetime(_, zone) => zone.clone(),
        _ => None,
    };
    let at = cast(inputs.column(0), &DataType::Datetime(unit, zone), CastMode::Strict)?;
    cast(&at, &DataType::Int64, CastMode::Strict)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, dates, datetimes};

    #[test]
    fn units_since_1970() {
        let a = [datetimes([Some("1970-01-01 00:00:01.5"), None])];
        check(call("dt.timestamp", [col("a")]), &a, "i64 [1500000, null]");
        check(call("dt.timestamp", [col("a"), lit("ns")]), &a, "i64 [1500000000, null]");
        check(call("dt.timestamp", [col("a"), lit("ms")]), &[dates([Some("1969-12-31")])], "i64 [-86400000]");
        check_error(call("dt.timestamp", [col("a"), lit("s")]), &a, "InvalidOperation");
    }
}
