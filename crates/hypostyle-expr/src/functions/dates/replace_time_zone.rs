//! `dt.replace_time_zone(x, zone, ambiguous, non_existent)`: the same clock reading in another zone; a null zone makes
//! it naive. A reading that occurs twice, since clocks moved back, is an error unless `ambiguous` says "earliest",
//! "latest" or "null", for all rows or for each; one that clocks skipped is an error unless `non_existent` says "null".

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::time_zone::{Ambiguous, NonExistent, from_local, parse_zone, to_local};

use super::super::{Arg, Function, Inputs, Signature, literal_text, not_defined, params};

/// `dt.replace_time_zone(x, zone, ambiguous, non_existent)`
pub(super) const REPLACE_TIME_ZONE: Function = Function::new(
    "dt.replace_time_zone",
    &[
        params::column("x"),
        params::text("time_zone"),
        params::optional_or("ambiguous", params::Default::String("raise")),
        params::choice("non_existent", &["raise", "null"]),
    ],
    types,
    run,
)
.doc("The same clock reading in another time zone.")
.example(
    &["datetime[μs] [2024-02-29 12:30:45.123456, null]", r#""Asia/Tokyo""#],
    "datetime[μs, Asia/Tokyo] [2024-02-29 12:30:45.123456+09:00, null]",
);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let zone = literal_text(args, 1);
    zone.map(parse_zone).transpose()?;
    literal_text(args, 2).map(Ambiguous::parse).transpose()?;
    literal_text(args, 3).map(NonExistent::parse).transpose()?;
    match args[0].dtype {
        DataType::Datetime(unit, _) => {
            Ok(Signature::keep(args, DataType::Datetime(*unit, zone.map(Into::into)))
                .with(2, DataType::String))
        }
        other => Err(not_defined(name, "a datetime", other)),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let (DataType::Datetime(unit, from), DataType::Datetime(_, to)) = (column.dtype(), inputs.output) else {
        return Err(inputs.unplanned());
    };
    let local = to_local(column, *unit, from.as_deref())?;
    let utc = from_local(&local, *unit, to.as_deref(), choices(inputs, 2), non_existent(inputs, 3)?)?;
    Ok(Column::from_primitive(inputs.output.clone(), utc))
}

/// What each row says about times that occur twice; an error where nothing is said.
pub(crate) fn choices<'a>(
    inputs: &'a Inputs<'_>,
    argument: usize,
) -> impl Fn(usize) -> Result<Option<Ambiguous>> + 'a {
    move |row| match inputs.args.len() > argument {
        true => inputs.text_at(argument, row).map(Ambiguous::parse).transpose(),
        false => Ok(Some(Ambiguous::Raise)),
    }
}

fn non_existent(inputs: &Inputs<'_>, argument: usize) -> Result<NonExistent> {
    inputs.text(argument).map_or(Ok(NonExistent::Raise), NonExistent::parse)
}

#[cfg(test)]
mod tests {
    use crate::Expr;
    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, datetimes, texts};

    #[test]
    fn the_same_reading() {
        let a = [datetimes([Some("2020-07-01 12:00:00"), None])];
        let berlin = || call("dt.replace_time_zone", [col("a"), lit("Europe/Berlin")]);
        check(call("dt.hour", [berlin()]), &a, "i8 [12, null]");
        check(call("dt.timestamp", [berlin(), lit("ms")]), &a, "i64 [1593597600000, null]");
        let back = call("dt.replace_time_zone", [berlin(), null()]);
        check(back, &a, "datetime[μs] [2020-07-01 12:00:00.000000, null]");
        check_error(berlin(), &[datetimes([Some("2020-03-29 02:30:00")])], "Compute");
        check_error(berlin(), &[datetimes([Some("2020-10-25 02:30:00")])], "Compute");
    }

    #[test]
    fn readings_that_occur_twice_or_never() {
        let a = [
            datetimes([Some("2020-10-25 02:30:00"), Some("2020-10-25 02:30:00"), None]),
            texts([Some("earliest"), Some("latest"), Some("null")]),
        ];
        let berlin = |x: Expr, ambiguous: Expr, non_existent: &str| {
            let zoned = [x, lit("Europe/Berlin"), ambiguous, lit(non_existent)];
            call("dt.timestamp", [call("dt.replace_time_zone", zoned), lit("ms")])
        };
        check(berlin(col("a"), col("b"), "raise"), &a, "i64 [1603585800000, 1603589400000, null]");
        check(berlin(col("a"), lit("null"), "raise"), &a, "i64 [null, null, null]");
        let never = [datetimes([Some("2020-03-29 02:30:00")])];
        check(berlin(col("a"), lit("raise"), "null"), &never, "i64 [null]");
        check_error(berlin(col("a"), lit("first"), "raise"), &a, "InvalidOperation");
        check_error(berlin(col("a"), lit("raise"), "earliest"), &a, "InvalidOperation");
    }
}
