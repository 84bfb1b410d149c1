//! Calendar arithmetic shared by casts and date functions.

use chrono::{DateTime, NaiveDateTime, TimeZone};
use hypostyle_core::TimeUnit;

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

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms").
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from(month);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01 (same source).
#[inline]
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = (if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 }) as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Number of days of a month.
pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Whether a year has 366 days.
pub fn is_leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Text of a local time by a strftime format; `None` if the format is not valid.
pub fn format_time(value: NaiveDateTime, zone: Option<&str>, format: &str) -> Option<String> {
    use std::fmt::Write;
    let mut out = String::new();
    match zone {
        None => write!(out, "{}", value.format(format)).ok()?,
        Some(zone) => {
            let zone: chrono_tz::Tz = zone.parse().ok()?;
            write!(out, "{}", zone.from_utc_datetime(&value).format(format)).ok()?;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike;

    #[test]
    fn civil_dates_agree_with_chrono() {
        for days in (-1_000_000..1_000_000).step_by(733) {
            let date = chrono::NaiveDate::from_num_days_from_ce_opt(days + 719_163).unwrap();
            let (year, month, day) = civil_from_days(i64::from(days));
            assert_eq!((year, month, day), (i64::from(date.year()), date.month(), date.day()));
            assert_eq!(days_from_civil(year, month, day), i64::from(days));
        }
    }
}
