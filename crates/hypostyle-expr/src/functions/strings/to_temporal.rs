//! `str.to_date(x, format, strict)`, `str.to_datetime(x, format, strict, unit, zone, ambiguous)`, `str.to_time(x,
//! format, strict)`: by a strftime format, or by the forms that the first readable value decides for: year first, or
//! day first; `str.to_date(["2020-01-31"]) = [2020-01-31]`. What does not fit is an error, or null where not `strict`.
//!
//! A text with an offset is parsed to UTC. Any other is the local time of the zone, if there is one.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::text::map_text_to;
use hypostyle_kernels::time_formats::{Forms, TimeFormat, unit_of_format};
use hypostyle_kernels::time_zone::{Ambiguous, NonExistent, from_local, parse_zone};

use super::super::dates::{choices, parse_unit};
use super::super::{Arg, Function, Inputs, OptionType, Param, Signature, literal_text, params};
use super::{check_parsed, from_text, string_function};

const FORMAT: &[Param] = &[params::column("x"), params::text("format"), params::flag("strict", true)];

/// `str.to_date(x, format, strict)`
pub(super) const TO_DATE: Function = string_function("str.to_date", FORMAT, date_type, to_date)
    .doc("The date that a string spells.")
    .example(&[r#"str ["29.02.2024", null]"#, r#""%d.%m.%Y""#], "date [2024-02-29, null]");
/// `str.to_datetime(x, format, strict, unit, zone, ambiguous)`
pub(super) const TO_DATETIME: Function = string_function(
    "str.to_datetime",
    &[
        params::column("x"),
        params::text("format"),
        params::flag("strict", true),
        params::option("time_unit", OptionType::Choice(&["ms", "us", "ns"]), params::Default::Null),
        params::text("time_zone"),
        params::optional("ambiguous"),
    ],
    datetime_type,
    to_datetime,
)
.doc("The date and time that a string spells.")
.sql(&["strptime"])
.example(
    &[r#"str ["2024-02-29 12:30", null]"#, r#""%Y-%m-%d %H:%M""#],
    "datetime[μs] [2024-02-29 12:30:00.000000, null]",
);
/// `str.to_time(x, format, strict)`
pub(super) const TO_TIME: Function = string_function("str.to_time", FORMAT, time_type, to_time)
    .doc("The time of day that a string spells.")
    .example(&[r#"str ["12:30", null]"#, r#""%H:%M""#], "time [12:30:00, null]");

fn date_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    literal_text(args, 1).map(TimeFormat::parse).transpose()?;
    from_text(name, args, DataType::Date)
}

fn time_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    from_text(name, args, DataType::Time)
}

/// The digits of the format's fraction say the unit, unless it is given. A format that reads an offset gives UTC.
fn datetime_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let format = literal_text(args, 1);
    let unit = match literal_text(args, 3) {
        Some(unit) => parse_unit(unit)?,
        None => format.map_or(hypostyle_core::TimeUnit::Microseconds, unit_of_format),
    };
    let zone = match literal_text(args, 4) {
        Some(zone) => Some(parse_zone(zone).map(|_| zone)?),
        None => format.map(TimeFormat::parse).transpose()?.filter(TimeFormat::is_aware).map(|_| "UTC"),
    };
    literal_text(args, 5).map(Ambiguous::parse).transpose()?;
    let output = DataType::Datetime(unit, zone.map(Into::into));
    Ok(from_text(name, args, output)?.with(5, DataType::String))
}

fn texts(column: &Column) -> impl Iterator<Item = &str> {
    (0..column.len()).filter_map(|i| column.str_at(i))
}

/// The forms of the format, or those found in the values. None where all values are null, or unreadable and nobody
/// minds.
fn forms(
    inputs: &Inputs<'_>,
    find: impl FnOnce(&mut dyn Iterator<Item = &str>) -> Result<Option<Forms>>,
) -> Result<Option<Forms>> {
    if let Some(format) = inputs.text(1) {
        return Forms::one(format).map(Some);
    }
    let mut values = texts(inputs.column(0));
    if !inputs.flag(2) {
        return find(&mut values);
    }
    // A strict parser looks at the first value alone: if that has no form, there is an error anyway.
    let Some(first) = values.next() else { return Ok(None) };
    match find(&mut std::iter::once(first))? {
        Some(forms) => Ok(Some(forms)),
        None => Err(Error::compute(format!(
            "could not find the format of {first:?}; give a format, like \"%Y-%m-%d\""
        ))),
    }
}

/// Whether the first of these times says its offset from UTC, in a form that is found without a format.
///
/// # Errors
/// If no form can be made of what was found.
pub fn times_have_offset(column: &Column) -> Result<bool> {
    Ok(Forms::of_datetimes(texts(column).take(1))?.is_some_and(|forms| forms.is_aware()))
}

fn to_date(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(forms) = forms(inputs, |values| Forms::of_dates(values))? else { return inputs.nulls() };
    let parsed = map_text_to(inputs.column(0), DataType::Date, |text| forms.date(text))?;
    check_parsed(inputs, parsed, inputs.flag(2))
}

fn to_datetime(inputs: &Inputs<'_>) -> Result<Column> {
    let DataType::Datetime(unit, zone) = inputs.output else { return Err(inputs.unplanned()) };
    let Some(forms) = forms(inputs, |values| Forms::of_datetimes(values))? else { return inputs.nulls() };
    if forms.is_aware() && zone.is_none() {
        return Err(Error::compute(format!(
            "`{}` finds times with an offset from UTC; give a format that reads it, or a time zone",
            inputs.name
        )));
    }
    let strict = inputs.flag(2);
    let parsed = map_text_to(inputs.column(0), inputs.output.clone(), |text| forms.datetime(text, *unit))?;
    if forms.is_aware() || zone.is_none() {
        return check_parsed(inputs, parsed, strict);
    }
    let local = parsed.expect_primitive::<i64>()?;
    let choose = choices(inputs, 5);
    let utc = if strict {
        from_local(local, *unit, zone.as_deref(), choose, NonExistent::Raise)?
    } else {
        // What occurs twice is as unclear as what does not occur.
        let lenient = |row| {
            Ok(choose(row)?.map(|choice| if choice == Ambiguous::Raise { Ambiguous::Null } else { choice }))
        };
        from_local(local, *unit, zone.as_deref(), lenient, NonExistent::Null)?
    };
    check_parsed(inputs, Column::from_primitive(inputs.output.clone(), utc), strict)
}

fn to_time(inputs: &Inputs<'_>) -> Result<Column> {
    let forms = match inputs.text(1) {
        Some(format) => Forms::one(format)?,
        None => Forms::of_times()?,
    };
    let parsed = map_text_to(inputs.column(0), DataType::Time, |text| forms.time(text))?;
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

    /// Expected values from Polars 2.1.0.
    #[test]
    fn formats_say_the_unit() {
        let to = |format: &str| call("str.to_datetime", [col("a"), lit(format)]);
        let a = [texts([Some("2024-05-05 12:30:00.123456789")])];
        check(to("%F %T%.9f"), &a, "datetime[ns] [2024-05-05 12:30:00.123456789]");
        check(to("%F %T%.f"), &a, "datetime[μs] [2024-05-05 12:30:00.123456]");
        let a = [texts([Some("2024-05-05 12:30:00.123")])];
        check(to("%F %T%.3f"), &a, "datetime[ms] [2024-05-05 12:30:00.123]");
        check_error(to("%F %H"), &[texts([Some("2023-07-30 13")])], "Compute");
    }

    #[test]
    fn local_times_of_a_zone() {
        let to = |rest: &[crate::Expr]| {
            let zone = [col("a"), null(), lit(true), null(), lit("Europe/Paris")];
            call("str.to_datetime", zone.into_iter().chain(rest.iter().cloned()))
        };
        let a = [texts([Some("2024-05-05 12:30:00")])];
        check(to(&[]), &a, "datetime[μs, Europe/Paris] [2024-05-05 12:30:00.000000+02:00]");
        let a = [texts([Some("2024-05-05T12:30:00Z")])];
        check(to(&[]), &a, "datetime[μs, Europe/Paris] [2024-05-05 14:30:00.000000+02:00]");
        let a = [
            texts([Some("2024-10-27 02:30:00"), Some("2024-10-27 02:30:00")]),
            texts([Some("earliest"), Some("latest")]),
        ];
        let expected = "datetime[μs, Europe/Paris] [2024-10-27 02:30:00.000000+02:00, \
                        2024-10-27 02:30:00.000000+01:00]";
        check(to(&[col("b")]), &a, expected);
        check_error(to(&[]), &a, "Compute");
    }

    #[test]
    fn values_of_several_forms() {
        let a = [texts([Some("x"), Some("2020-01-31"), Some("2020/02/01"), Some("31/01/2020"), None])];
        let lenient = call("str.to_date", [col("a"), null(), lit(false)]);
        check(lenient, &a, "date [null, 2020-01-31, 2020-02-01, null, null]");
        check_error(col("a").str().to_date(None), &a, "Compute");
        check_error(col("a").str().to_date(None), &[a[0].slice(1, 3)], "InvalidOperation");
        check(col("a").str().to_date(None), &[a[0].slice(1, 2)], "date [2020-01-31, 2020-02-01]");
    }
}
