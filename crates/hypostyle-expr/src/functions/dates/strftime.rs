//! `dt.strftime(x, format)`: as text, by the local clock; `dt.strftime([2020-01-31], "%d.%m.%Y") =
//! ["31.01.2020"]`.

use hypostyle_core::{Column, DataType, Error, Result, StringBuilder, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::temporal::{format_time, naive};

use super::super::{Arg, Function, Inputs, Signature, params};
use super::need_time;

/// `dt.strftime(x, format)`
pub(super) const STRFTIME: Function =
    Function::new("dt.strftime", &[params::column("x"), params::text("format")], types, run)
        .doc("The time as a string, by a format.")
        .sql(&["strftime"])
        .example(&["date [2024-02-29, null]", r#""%d.%m.%Y""#], r#"str ["29.02.2024", null]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_time(name, args)?;
    Ok(Signature::keep(args, DataType::String))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let Some(format) = inputs.text(1) else { return inputs.nulls() };
    let (units, unit, zone) = match column.dtype() {
        DataType::Datetime(unit, zone) => (column.clone(), *unit, zone.clone()),
        DataType::Time => {
            // A time of day has no date: a format that shows one differs from day to day.
            let on = |day: i64| {
                naive(day * 86_400_000, TimeUnit::Milliseconds).and_then(|at| format_time(at, None, format))
            };
            if on(0) != on(11_649) {
                return Err(Error::compute(format!("the format {format:?} asks a time of day for its date")));
            }
            let at = DataType::Datetime(TimeUnit::Nanoseconds, None);
            (column.clone().with_dtype(at)?, TimeUnit::Nanoseconds, None)
        }
        _ => {
            let unit = TimeUnit::Milliseconds;
            (cast(column, &DataType::Datetime(unit, None), CastMode::Strict)?, unit, None)
        }
    };
    let mut builder = StringBuilder::with_capacity(inputs.len, inputs.len * 10);
    for value in units.expect_primitive::<i64>()?.iter() {
        let Some(at) = value.and_then(|v| naive(v, unit)) else {
            builder.push_null();
            continue;
        };
        let formatted = format_time(at, zone.as_deref(), format)
            .ok_or_else(|| Error::compute(format!("invalid format {format:?} for {}", column.dtype())))?;
        builder.push(&formatted);
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{check, check_error, dates, datetimes, typed};

    #[test]
    fn formats() {
        let a = [dates([Some("2020-01-31"), None])];
        check(col("a").dt().strftime("%d.%m.%Y %a"), &a, "str [\"31.01.2020 Fri\", null]");
        let a = [datetimes([Some("2020-01-31 12:30:00.25")])];
        check(col("a").dt().strftime("%F %T%.3f"), &a, "str [\"2020-01-31 12:30:00.250\"]");
        check_error(col("a").dt().strftime("%Q"), &a, "Compute");
        check(
            col("a").dt().strftime("%H:%M"),
            &[typed(DataType::Time, [Some(60_000_000_000i64)])],
            "str [\"00:01\"]",
        );
        check_error(col("a").dt().strftime("%m"), &[typed(DataType::Time, [Some(0i64)])], "Compute");
        let zoned = DataType::Datetime(TimeUnit::Milliseconds, Some("Europe/Berlin".into()));
        check(col("a").dt().strftime("%H:%M %Z"), &[typed(zoned, [Some(0i64)])], "str [\"01:00 CET\"]");
    }
}
