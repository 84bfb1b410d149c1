//! `dt.cast_time_unit(x, unit)`: the same time or duration counted in another unit, floored;
//! `dt.cast_time_unit([1 ms], "us")`.

use hypostyle_core::{DataType, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, OptionType, Signature, literal_text, not_defined, params};
use super::parse_unit;

/// `dt.cast_time_unit(x, unit)`
pub(super) const CAST_TIME_UNIT: Function = Function::new(
    "dt.cast_time_unit",
    &[params::column("x"), params::option("time_unit", OptionType::String, params::Default::Required)],
    types,
    |i| cast(i.column(0), i.output, CastMode::Strict),
)
.doc("The same time in another unit.")
.example(
    &["datetime[μs] [2024-02-29 12:30:45.123456, null]", r#""ms""#],
    "datetime[ms] [2024-02-29 12:30:45.123, null]",
);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let unit = parse_unit(literal_text(args, 1).unwrap_or_default())?;
    let output = match args[0].dtype {
        DataType::Datetime(_, zone) => DataType::Datetime(unit, zone.clone()),
        DataType::Duration(_) => DataType::Duration(unit),
        other => return Err(not_defined(name, "a datetime or duration", other)),
    };
    Ok(Signature::keep(args, output))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, TimeUnit};

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, datetimes, typed};

    #[test]
    fn other_units() {
        let a = [datetimes([Some("1969-12-31 23:59:59.9995"), None])];
        let ms = call("dt.cast_time_unit", [col("a"), lit("ms")]);
        check(ms, &a, "datetime[ms] [1969-12-31 23:59:59.999, null]");
        let span = [typed(DataType::Duration(TimeUnit::Milliseconds), [Some(3i64), None])];
        check(call("dt.cast_time_unit", [col("a"), lit("ns")]), &span, "duration[ns] [3000000, null]");
    }
}
