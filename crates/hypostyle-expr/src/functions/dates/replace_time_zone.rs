//! `dt.replace_time_zone(x, zone)`: the same clock reading in another zone; a null zone makes it naive. A
//! reading that the zone's clocks skip is an error.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::temporal::{from_local, parse_zone, to_local};

use super::super::{Arg, Function, Inputs, Signature, literal_text, not_defined, params};

/// `dt.replace_time_zone(x, zone)`
pub(super) const REPLACE_TIME_ZONE: Function =
    Function::new("dt.replace_time_zone", &[params::column("x"), params::text("time_zone")], types, run).doc("The same clock reading in another time zone.");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let zone = literal_text(args, 1);
    zone.map(parse_zone).transpose()?;
    match args[0].dtype {
        DataType::Datetime(unit, _) => {
            Ok(Signature::keep(args, DataType::Datetime(*unit, zone.map(Into::into))))
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
    let result = Column::from_primitive(inputs.output.clone(), from_local(&local, *unit, to.as_deref())?);
    if result.null_count() > column.null_count() {
        return Err(Error::compute(
            "a local time does not exist in the time zone (clocks moved forward over it)",
        ));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, datetimes};

    #[test]
    fn the_same_reading() {
        let a = [datetimes([Some("2020-07-01 12:00:00"), None])];
        let berlin = || call("dt.replace_time_zone", [col("a"), lit("Europe/Berlin")]);
        check(call("dt.hour", [berlin()]), &a, "i8 [12, null]");
        check(call("dt.timestamp", [berlin(), lit("ms")]), &a, "i64 [1593597600000, null]");
        let back = call("dt.replace_time_zone", [berlin(), null()]);
        check(back, &a, "datetime[μs] [2020-07-01 12:00:00.000000, null]");
        check_error(berlin(), &[datetimes([Some("2020-03-29 02:30:00")])], "Compute");
    }
}
