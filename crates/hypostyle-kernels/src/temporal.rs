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

/// A span of calendar time: `1mo`, `3d12h`, `-1q`. Months and days are kept apart from exact time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Calendar months.
    pub months: i64,
    /// Calendar days.
    pub days: i64,
    /// Exact nanoseconds.
    pub nanos: i64,
}

impl Interval {
    /// Reads the duration language: numbers with `ns us ms s m h d w mo q y`, negative with a leading `-`.
    pub fn parse(text: &str) -> Result<Self> {
        let error = || {
            Error::invalid_operation(format!(
                "invalid duration {text:?}; write numbers with units, like \"1mo\", \"3d12h\", \"-15m\""
            ))
        };
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest.is_empty() {
            return Err(error());
        }
        let mut interval = Self::default();
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
            let count: i64 = rest[..digits].parse().map_err(|_| error())?;
            let count = count * sign;
            rest = &rest[digits..];
            let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let (slot, scale) = match &rest[..unit] {
                "ns" => (&mut interval.nanos, 1),
                "us" | "µs" | "μs" => (&mut interval.nanos, 1_000),
                "ms" => (&mut interval.nanos, 1_000_000),
                "s" => (&mut interval.nanos, 1_000_000_000),
                "m" => (&mut interval.nanos, 60_000_000_000),
                "h" => (&mut interval.nanos, 3_600_000_000_000),
                "d" => (&mut interval.days, 1),
                "w" => (&mut interval.days, 7),
                "mo" => (&mut interval.months, 1),
                "q" => (&mut interval.months, 3),
                "y" => (&mut interval.months, 12),
                _ => return Err(error()),
            };
            *slot = count.checked_mul(scale).and_then(|v| slot.checked_add(v)).ok_or_else(error)?;
            rest = &rest[unit..];
        }
        Ok(interval)
    }

    /// A day moved by the interval's months and days; the day of the month is clamped to the month's length.
    pub fn move_days(&self, days: i64) -> i64 {
        if self.months == 0 {
            return days + self.days;
        }
        let (year, month, day) = civil_from_days(days);
        let index = year * 12 + i64::from(month) - 1 + self.months;
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u32 + 1);
        days_from_civil(year, month, day.min(days_in_month(year, month))) + self.days
    }

    /// A local time in units since 1970, moved by the interval.
    pub fn move_time(&self, value: i64, unit: TimeUnit) -> Option<i64> {
        let per_day = unit.per_second() * 86_400;
        let days = self.move_days(value.div_euclid(per_day));
        let exact = self.nanos / (1_000_000_000 / unit.per_second());
        days.checked_mul(per_day)?.checked_add(value.rem_euclid(per_day))?.checked_add(exact)
    }

    /// The start of the window of this length that a local time lies in. Windows of months start at year 0, of
    /// weeks on Mondays, others at 1970-01-01.
    pub fn truncate(&self, value: i64, unit: TimeUnit) -> Option<i64> {
        let per_day = unit.per_second() * 86_400;
        match (self.months, self.days, self.nanos) {
            (months @ 1.., 0, 0) => {
                let (year, month, _) = civil_from_days(value.div_euclid(per_day));
                let index = (year * 12 + i64::from(month) - 1).div_euclid(months) * months;
                days_from_civil(index.div_euclid(12), index.rem_euclid(12) as u32 + 1, 1).checked_mul(per_day)
            }
            (0, days @ 1.., 0) => {
                let day = value.div_euclid(per_day);
                // 1970-01-01 was a Thursday; weeks start on Monday, 1969-12-29.
                let origin = if days % 7 == 0 { -3 } else { 0 };
                ((day - origin).div_euclid(days) * days + origin).checked_mul(per_day)
            }
            (0, 0, nanos @ 1..) => {
                let every = (nanos / (1_000_000_000 / unit.per_second())).max(1);
                Some(value.div_euclid(every) * every)
            }
            _ => None,
        }
    }
}

/// Units since 1970 UTC of local times. `None` where the local time does not exist; the earlier one where it
/// exists twice.
pub fn from_local(
    values: &PrimitiveArray<i64>,
    unit: TimeUnit,
    zone: Option<&str>,
) -> Result<PrimitiveArray<i64>> {
    let Some(zone) = zone.filter(|z| *z != "UTC") else { return Ok(values.clone()) };
    let zone = parse_zone(zone)?;
    Ok(unary_checked(values, |v| {
        let local = naive(v, unit)?;
        let offset = zone.offset_from_local_datetime(&local).earliest()?;
        v.checked_sub(i64::from(offset.fix().local_minus_utc()) * unit.per_second())
    }))
}

type Parser<T> = Box<dyn Fn(&str) -> Option<T> + Send + Sync>;

fn days_of(date: chrono::NaiveDate) -> i32 {
    use chrono::Datelike;
    date.num_days_from_ce() - 719_163
}

/// A parser of dates. Without a format it is taken from the first value: year first, or day first.
pub fn date_parser(format: Option<&str>, sample: Option<&str>) -> Result<Parser<i32>> {
    let format = match format {
        Some(format) => format.to_owned(),
        None => infer(
            sample,
            &["%Y-%m-%d", "%Y/%m/%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"],
            |text, f| chrono::NaiveDate::parse_from_str(text, f).is_ok(),
        )?,
    };
    Ok(Box::new(move |text| chrono::NaiveDate::parse_from_str(text, &format).ok().map(days_of)))
}

/// A parser of dates with times, in units since 1970. Offsets in the text are applied.
pub fn datetime_parser(format: Option<&str>, sample: Option<&str>, unit: TimeUnit) -> Result<Parser<i64>> {
    const FORMATS: &[&str] = &[
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.fZ",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y/%m/%d %H:%M:%S%.f",
        "%d/%m/%Y %H:%M:%S%.f",
        "%d-%m-%Y %H:%M:%S%.f",
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%d/%m/%Y",
        "%d-%m-%Y",
    ];
    let format = match format {
        Some(format) => format.to_owned(),
        None => infer(sample, FORMATS, |text, f| parse_datetime(text, f, unit).is_some())?,
    };
    Ok(Box::new(move |text| parse_datetime(text, &format, unit)))
}

fn parse_datetime(text: &str, format: &str, unit: TimeUnit) -> Option<i64> {
    if format.contains("%z") || format.contains("%:z") || format.contains("%#z") {
        return timestamp(DateTime::parse_from_str(text, format).ok()?.naive_utc(), unit);
    }
    let value = NaiveDateTime::parse_from_str(text, format)
        .ok()
        .or_else(|| chrono::NaiveDate::parse_from_str(text, format).ok()?.and_hms_opt(0, 0, 0))?;
    timestamp(value, unit)
}

/// Nanoseconds since midnight.
pub fn parse_time(text: &str, format: &str) -> Option<i64> {
    use chrono::Timelike;
    let time = chrono::NaiveTime::parse_from_str(text, format).ok()?;
    Some(i64::from(time.num_seconds_from_midnight()) * 1_000_000_000 + i64::from(time.nanosecond()))
}

fn infer(sample: Option<&str>, formats: &[&str], fits: impl Fn(&str, &str) -> bool) -> Result<String> {
    let Some(sample) = sample else { return Ok(formats[0].to_owned()) };
    formats.iter().find(|f| fits(sample, f)).map(|f| (*f).to_owned()).ok_or_else(|| {
        Error::compute(format!("could not find the format of {sample:?}; give it, like format=\"%Y-%m-%d\""))
    })
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

    #[test]
    fn intervals() {
        assert_eq!(
            Interval::parse("1y2mo3d4h").unwrap(),
            Interval { months: 14, days: 3, nanos: 4 * 3_600_000_000_000 }
        );
        assert_eq!(Interval::parse("-1w").unwrap().days, -7);
        for bad in ["", "1", "x", "1x", "-", "1.5d"] {
            assert!(Interval::parse(bad).is_err(), "{bad}");
        }
        let day = |y, m, d| days_from_civil(y, m, d);
        assert_eq!(Interval::parse("1mo").unwrap().move_days(day(2020, 1, 31)), day(2020, 2, 29));
        assert_eq!(Interval::parse("-1y").unwrap().move_days(day(2020, 2, 29)), day(2019, 2, 28));
        let unit = TimeUnit::Milliseconds;
        let at = day(2024, 5, 16) * 86_400_000 + 5_000;
        assert_eq!(Interval::parse("1w").unwrap().truncate(at, unit), Some(day(2024, 5, 13) * 86_400_000));
        assert_eq!(Interval::parse("1q").unwrap().truncate(at, unit), Some(day(2024, 4, 1) * 86_400_000));
    }
}
