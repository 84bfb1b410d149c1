//! Calendar arithmetic shared by casts and date functions.

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use hypostyle_core::{Column, Error, PrimitiveArray, Result, TimeUnit};

use crate::zip::unary_checked;

/// The date and time of a number of units since 1970, if chrono can hold it.
pub fn naive(value: i64, unit: TimeUnit) -> Option<NaiveDateTime> {
    let per_second = unit.per_second();
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    DateTime::from_timestamp(value.div_euclid(per_second), nanos as u32).map(|t| t.naive_utc())
}

/// Units since 1970 of a date and time, if they fit.
pub fn timestamp(value: NaiveDateTime, unit: TimeUnit) -> Option<i64> {
    let utc = value.and_utc();
    match unit {
        TimeUnit::Milliseconds => Some(utc.timestamp_millis()),
        TimeUnit::Microseconds => Some(utc.timestamp_micros()),
        TimeUnit::Nanoseconds => utc.timestamp_nanos_opt(),
    }
}

/// A time zone by its IANA name.
pub fn parse_zone(zone: &str) -> Result<chrono_tz::Tz> {
    zone.parse()
        .map_err(|_| Error::compute(format!("unknown time zone {zone:?}; use a name like \"Europe/Berlin\"")))
}

/// Units since 1970-01-01 by the local clock of the zone.
pub fn to_local(column: &Column, unit: TimeUnit, zone: Option<&str>) -> Result<PrimitiveArray<i64>> {
    let values = column.expect_primitive::<i64>()?;
    let Some(zone) = zone.filter(|z| *z != "UTC") else { return Ok(values.clone()) };
    let zone = parse_zone(zone)?;
    Ok(unary_checked(values, |v| {
        let utc = naive(v, unit)?;
        let offset = i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc());
        v.checked_add(offset * unit.per_second())
    }))
}
