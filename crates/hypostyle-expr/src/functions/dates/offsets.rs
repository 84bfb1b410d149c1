//! `dt.base_utc_offset(x)`, `dt.dst_offset(x)`: what a time zone's standard time is ahead of UTC at an instant, and what
//! daylight saving adds to it; `dt.base_utc_offset([2020-07-01 12:00 Europe/Paris]) = [1h]`.

use hypostyle_core::{Column, DataType, Error, Result, TimeUnit};
use hypostyle_kernels::time_zone::{Clock, Offsets};
use hypostyle_kernels::zip::unary_checked;

use super::super::{Arg, Function, Inputs, Signature, params};

/// `dt.base_utc_offset(x)`
pub(super) const BASE_UTC_OFFSET: Function =
    Function::new("dt.base_utc_offset", params::UNARY, types, |i| run(i, |offsets| offsets.base))
        .doc("What standard time is ahead of UTC.")
        .example(
            &["datetime[μs, Europe/Paris] [2024-07-01 12:00:00.000000, null]"],
            "duration[ms] [3600000, null]",
        );
/// `dt.dst_offset(x)`
pub(super) const DST_OFFSET: Function =
    Function::new("dt.dst_offset", params::UNARY, types, |i| run(i, |offsets| offsets.daylight_saving))
        .doc("What daylight saving adds to standard time.")
        .example(
            &["datetime[μs, Europe/Paris] [2024-07-01 12:00:00.000000, null]"],
            "duration[ms] [3600000, null]",
        );

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Datetime(_, Some(_)) => {
            Ok(Signature::keep(args, DataType::Duration(TimeUnit::Milliseconds)))
        }
        other => {
            Err(Error::invalid_operation(format!("`{name}` takes datetimes with a time zone, not {other}")))
        }
    }
}

fn run(inputs: &Inputs<'_>, part: fn(Offsets) -> i64) -> Result<Column> {
    let column = inputs.column(0);
    let DataType::Datetime(unit, Some(zone)) = column.dtype() else { return Err(inputs.unplanned()) };
    let clock = Clock::new(*unit, Some(zone))?;
    let seconds =
        unary_checked(column.expect_primitive::<i64>()?, |v| clock.offsets(v).map(|o| part(o) * 1_000));
    Ok(Column::from_primitive(inputs.output.clone(), seconds))
}
