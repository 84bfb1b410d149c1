//! `dt.convert_time_zone(x, zone)`: the same instant by another clock; a naive time counts as UTC;
//! `dt.convert_time_zone([12:00 UTC], "Asia/Tokyo") = [21:00 JST]`.

use hypostyle_core::{DataType, Result};
use hypostyle_kernels::time_zone::parse_zone;

use super::super::{Arg, Function, OptionType, Signature, literal_text, not_defined, params};

/// `dt.convert_time_zone(x, zone)`
pub(super) const CONVERT_TIME_ZONE: Function = Function::new(
    "dt.convert_time_zone",
    &[params::column("x"), params::option("time_zone", OptionType::String, params::Default::Required)],
    types,
    |i| i.column(0).clone().with_dtype(i.output.clone()),
)
.doc("The same instant in another time zone.")
.example(
    &["datetime[μs, UTC] [2024-02-29 12:00:00.000000, null]", r#""Asia/Tokyo""#],
    "datetime[μs, Asia/Tokyo] [2024-02-29 21:00:00.000000+09:00, null]",
);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let zone = literal_text(args, 1).unwrap_or("UTC");
    parse_zone(zone)?;
    match args[0].dtype {
        DataType::Datetime(unit, _) => {
            Ok(Signature::keep(args, DataType::Datetime(*unit, Some(zone.into()))))
        }
        other => Err(not_defined(name, "a datetime", other)),
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, dates, datetimes};

    #[test]
    fn another_clock() {
        let a = [datetimes([Some("2020-01-31 12:00:00"), None])];
        let tokyo = call("dt.convert_time_zone", [col("a"), lit("Asia/Tokyo")]);
        check(call("dt.hour", [tokyo.clone()]), &a, "i8 [21, null]");
        check(call("dt.timestamp", [tokyo.clone(), lit("ms")]), &a, "i64 [1580472000000, null]");
        check_error(call("dt.convert_time_zone", [col("a"), lit("Mars")]), &a, "Compute");
        check_error(tokyo, &[dates([None])], "InvalidOperation");
    }
}
