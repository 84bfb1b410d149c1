//! Casts among dates, times, durations and the numbers behind them.

use std::fmt::Write;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike};
use hypostyle_core::{Array, Column, DataType, Result, TimeUnit};

use super::{CastMode, number, unsupported, with_added_nulls};
use crate::zip::{unary, unary_checked};

const DAY_SECONDS: i64 = 86_400;

pub(super) fn convert(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    use DataType as T;
    let from = column.dtype();
    let physical = |array: Array| with_added_nulls(array, to.clone(), None);
    match (from, to) {
        (T::Datetime(a, za), T::Datetime(b, zb)) if za.is_some() == zb.is_some() || za.is_none() => {
            rescale(column, *a, *b, to, true)
        }
        (T::Datetime(a, Some(_)), T::Datetime(b, None)) => rescale(column, *a, *b, to, true),
        (T::Duration(a), T::Duration(b)) => rescale(column, *a, *b, to, false),
        (T::Date, T::Datetime(unit, _)) => {
            let per_day = unit.per_second() * DAY_SECONDS;
            let days = column.expect_primitive::<i32>()?;
            Ok(Column::from_primitive(to.clone(), unary_checked(days, |d| i64::from(d).checked_mul(per_day))))
        }
        (T::Datetime(unit, zone), T::Date) => {
            let per_day = unit.per_second() * DAY_SECONDS;
            let local = crate::time_zone::to_local(column, *unit, zone.as_deref())?;
            let days = unary_checked(&local, |v| i32::try_from(v.div_euclid(per_day)).ok());
            Ok(Column::from_primitive(T::Date, days))
        }
        (T::Datetime(unit, zone), T::Time) => {
            let per_day = unit.per_second() * DAY_SECONDS;
            let to_nanos = 1_000_000_000 / unit.per_second();
            let local = crate::time_zone::to_local(column, *unit, zone.as_deref())?;
            Ok(Column::from_primitive(T::Time, unary(&local, |v| v.rem_euclid(per_day) * to_nanos)))
        }
        (T::Time, T::Duration(unit)) => {
            let factor = 1_000_000_000 / unit.per_second();
            let nanos = column.expect_primitive::<i64>()?;
            Ok(Column::from_primitive(to.clone(), unary(nanos, |v| v / factor)))
        }
        (T::Date | T::Time | T::Datetime(..) | T::Duration(_), _) if to.is_numeric() => {
            let plain = column.clone().with_dtype(from.to_physical())?;
            if plain.dtype() == to { Ok(plain) } else { number::convert(&plain, to, mode) }
        }
        _ if from.is_numeric() => {
            let stored = number::convert(column, &to.to_physical(), mode)?;
            Ok(physical(stored.into_array()))
        }
        _ => Err(unsupported(from, to)),
    }
}

fn rescale(column: &Column, from: TimeUnit, to: TimeUnit, dtype: &DataType, floor: bool) -> Result<Column> {
    let (a, b) = (from.per_second(), to.per_second());
    let values = column.expect_primitive::<i64>()?;
    let result = if b >= a {
        unary_checked(values, |v| v.checked_mul(b / a))
    } else if floor {
        unary(values, |v| v.div_euclid(a / b))
    } else {
        unary(values, |v| v / (a / b))
    };
    Ok(Column::from_primitive(dtype.clone(), result))
}

/// `2020-01-31`, for days since 1970-01-01; out of chrono's range the number itself.
pub fn date_text(out: &mut String, days: i32) {
    let _ = match NaiveDate::from_num_days_from_ce_opt(days.saturating_add(719_163)) {
        Some(date) => write!(out, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        None => write!(out, "{days}"),
    };
}

/// `03:04:05`, with a fraction of 3, 6 or 9 digits where there is one.
pub fn time_text(out: &mut String, nanos: i64) {
    let (seconds, fraction) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        let _ = match (fraction % 1_000_000, fraction % 1_000) {
            (0, _) => write!(out, ".{:03}", fraction / 1_000_000),
            (_, 0) => write!(out, ".{:06}", fraction / 1_000),
            _ => write!(out, ".{fraction:09}"),
        };
    }
}

/// `2020-01-31 03:04:05.000000+01:00`: as many digits as the unit has, an offset where there is a zone.
pub fn datetime_text(out: &mut String, value: i64, unit: TimeUnit, zone: Option<&str>) {
    let Some(utc) = crate::temporal::naive(value, unit) else {
        let _ = write!(out, "{value}");
        return;
    };
    let (local, offset) = match zone.and_then(|z| z.parse::<chrono_tz::Tz>().ok()) {
        Some(zone) => {
            let aware: DateTime<chrono_tz::Tz> = zone.from_utc_datetime(&utc);
            (aware.naive_local(), Some(aware.offset().fix().local_minus_utc()))
        }
        None => (utc, None),
    };
    write_naive(out, local, unit);
    if let Some(offset) = offset {
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.abs() / 60;
        let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
}

fn write_naive(out: &mut String, local: NaiveDateTime, unit: TimeUnit) {
    let (date, time) = (local.date(), local.time());
    let _ = write!(
        out,
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    let nanos = time.nanosecond() % 1_000_000_000;
    let _ = match unit {
        TimeUnit::Milliseconds => write!(out, ".{:03}", nanos / 1_000_000),
        TimeUnit::Microseconds => write!(out, ".{:06}", nanos / 1_000),
        TimeUnit::Nanoseconds => write!(out, ".{nanos:09}"),
    };
}

pub(super) fn value_text(out: &mut String, column: &Column, i: usize) {
    match (column.dtype(), column.array()) {
        (DataType::Date, Array::Int32(a)) => date_text(out, a.values()[i]),
        (DataType::Time, Array::Int64(a)) => {
            let seconds = a.values()[i].div_euclid(1_000_000_000);
            time_text(out, seconds * 1_000_000_000);
        }
        (DataType::Datetime(unit, zone), Array::Int64(a)) => {
            datetime_text(out, a.values()[i], *unit, zone.as_deref());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::cast;
    use super::*;
    use hypostyle_core::PrimitiveArray;

    /// Expected values from Polars 2.1.0.
    #[test]
    fn datetimes() {
        let unit = DataType::Datetime(TimeUnit::Microseconds, None);
        let value =
            Column::from_primitive(unit, PrimitiveArray::from_vec(vec![1_577_934_245_000_600i64, -1]));
        let text = cast(&value, &DataType::String, CastMode::Strict).unwrap();
        assert_eq!(text.str_at(0), Some("2020-01-02 03:04:05.000600"));
        let millis =
            cast(&value, &DataType::Datetime(TimeUnit::Milliseconds, None), CastMode::Strict).unwrap();
        assert_eq!(millis.as_primitive::<i64>().unwrap().values()[1], -1);
        let dates = cast(&value, &DataType::Date, CastMode::Strict).unwrap();
        assert_eq!(dates.as_primitive::<i32>().unwrap().values().to_vec(), [18_263, -1]);
        let berlin = value
            .slice(0, 1)
            .with_dtype(DataType::Datetime(TimeUnit::Microseconds, Some("Europe/Berlin".into())));
        let text = cast(&berlin.unwrap(), &DataType::String, CastMode::Strict).unwrap();
        assert_eq!(text.str_at(0), Some("2020-01-02 04:04:05.000600+01:00"));
    }
}
