//! `str.to_date(x, format, strict)`, `str.to_datetime(x, format, strict, unit, zone)`, `str.to_time(x,
//! format, strict)`: by a strftime format, or one found in the first value; `str.to_date(["2020-01-31"]) =
//! [2020-01-31]`. What does not fit is an error, or null where not `strict`.

use hypostyle_core::{Column, DataType, Error, Result, TimeUnit};
use hypostyle_kernels::temporal::{date_parser, datetime_parser, parse_time};
use hypostyle_kernels::text::map_text_to;

use super::super::{Arg, Function, Inputs, OptionType, Signature, literal_text, params};
use super::{check_parsed, from_text, string_function};

/// `str.to_date(x, format, strict)`
pub(super) const TO_DATE: Function = string_function(
    "str.to_date",
    &[params::column("x"), params::text("format"), params::flag("strict", true)],
    |name, args| from_text(name, args, DataType::Date),
    to_date,
).doc("The date that a string spells.");
/// `str.to_datetime(x, format, strict, unit, zone)`
pub(super) const TO_DATETIME: Function = string_function(
    "str.to_datetime",
    &[
        params::column("x"),
        params::text("format"),
        params::flag("strict", true),
        params::option("time_unit", OptionType::Choice(&["ms", "us", "ns"]), params::Default::Null),
        params::text("time_zone"),
    ],
    datetime_type,
    to_datetime,
).doc("The date and time that a string spells.");
/// `str.to_time(x, format, strict)`
pub(super) const TO_TIME: Function = string_function(
    "str.to_time",
    &[params::column("x"), params::text("format"), params::flag("strict", true)],
    |name, args| from_text(name, args, DataType::Time),
    to_time,
).doc("The time of day that a string spells.");

/// A format that reads an offset gives UTC.
fn datetime_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let unit = match literal_text(args, 3).unwrap_or("us") {
        "ms" => TimeUnit::Milliseconds,
        "us" => TimeUnit::Microseconds,
        "ns" => TimeUnit::Nanoseconds,
        other => return Err(Error::invalid_operation(format!("a time unit is ms, us or ns, not {other:?}"))),
    };
    let reads_offset = |format: &str| ["%z", "%:z", "%#z"].iter().any(|z| format.contains(z));
    let aware = literal_text(args, 1).is_some_and(reads_offset);
    let zone = literal_text(args, 4).or_else(|| aware.then_some("UTC"));
    from_text(name, args, DataType::Datetime(unit, zone.map(Into::into)))
}

fn first_text(column: &Column) -> Option<&str> {
    (0..column.len()).find_map(|i| column.str_at(i))
}

fn to_date(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let parse = date_parser(inputs.text(1), first_text(column))?;
    check_parsed(inputs, map_text_to(column, DataType::Date, |text| parse(text))?, inputs.flag(2))
}

fn to_datetime(inputs: &Inputs<'_>) -> Result<Column> {
    let (column, output) = (inputs.column(0), inputs.output);
    let DataType::Datetime(unit, _) = output else { return Err(inputs.unplanned()) };
    let parse = datetime_parser(inputs.text(1), first_text(column), *unit)?;
    check_parsed(inputs, map_text_to(column, output.clone(), |text| parse(text))?, inputs.flag(2))
}

fn to_time(inputs: &Inputs<'_>) -> Result<Column> {
    let format = inputs.text(1).unwrap_or("%H:%M:%S%.f");
    let parsed = map_text_to(inputs.column(0), DataType::Time, |text| parse_time(text, format))?;
    check_parsed(inputs, parsed, inputs.flag(2))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn dates() {
        let a = [texts([Some("2020-01-31"), Some("2020-02-30"), None])];
        check(col("a").str().to_date(None), &[a[0].slice(0, 1)], "date [2020-01-31]");
        check_error(col("a").str().to_date(None), &a, "InvalidOperation");
        check(call("str.to_date", [col("a"), null(), lit(false)]), &a, "date [2020-01-31, null, null]");
        check(col("a").str().to_date(Some("%d.%m.%Y")), &[texts([Some("31.12.1999")])], "date [1999-12-31]");
    }

    #[test]
    fn datetimes_and_times() {
        let a = [texts([Some("2020-01-31 12:30:00.25"), None])];
        let call =
            |name, args: &[crate::Expr]| call(name, std::iter::once(col("a")).chain(args.iter().cloned()));
        let expected = "datetime[μs] [2020-01-31 12:30:00.250000, null]";
        check(call("str.to_datetime", &[]), &a, expected);
        let nanos = [lit("%Y-%m-%d %H:%M:%S%.f"), lit(true), lit("ms")];
        check(call("str.to_datetime", &nanos), &a, "datetime[ms] [2020-01-31 12:30:00.250, null]");
        let aware = [texts([Some("2020-01-31T12:30:00+02:00")])];
        let expected = "datetime[μs, UTC] [2020-01-31 10:30:00.000000+00:00]";
        check(call("str.to_datetime", &[lit("%Y-%m-%dT%H:%M:%S%z")]), &aware, expected);
        check(call("str.to_time", &[]), &[texts([Some("12:30:00.5"), None])], "time [12:30:00, null]");
        check_error(call("str.to_time", &[]), &[texts([Some("25:00:00")])], "InvalidOperation");
    }
}
