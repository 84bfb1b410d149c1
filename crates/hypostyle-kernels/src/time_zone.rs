//! Local clocks: from instants to what a clock of a time zone shows, and back.
//!
//! When clocks move back, a local time occurs twice; when they move forward, some local times do not occur.

use chrono::{LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::OffsetComponents as _;
use hypostyle_core::{Column, Error, PrimitiveArray, PrimitiveBuilder, Result, TimeUnit};

use crate::temporal::naive;
use crate::zip::unary_checked;

/// A time zone by its IANA name.
pub fn parse_zone(zone: &str) -> Result<chrono_tz::Tz> {
    zone.parse()
        .map_err(|_| Error::compute(format!("unknown time zone {zone:?}; use a name like \"Europe/Berlin\"")))
}

/// What a local time that occurs twice stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguous {
    /// An error.
    Raise,
    /// The first.
    Earliest,
    /// The second.
    Latest,
    /// Null.
    Null,
}

impl Ambiguous {
    /// The choice by its name.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "raise" => Ok(Self::Raise),
            "earliest" => Ok(Self::Earliest),
            "latest" => Ok(Self::Latest),
            "null" => Ok(Self::Null),
            other => Err(Error::invalid_operation(format!(
                "`ambiguous` is \"raise\", \"earliest\", \"latest\" or \"null\", not {other:?}"
            ))),
        }
    }
}

/// What a local time that does not occur stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonExistent {
    /// An error.
    Raise,
    /// Null.
    Null,
}

impl NonExistent {
    /// The choice by its name.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "raise" => Ok(Self::Raise),
            "null" => Ok(Self::Null),
            other => Err(Error::invalid_operation(format!(
                "`non_existent` is \"raise\" or \"null\", not {other:?}"
            ))),
        }
    }
}

/// What local time is ahead of UTC, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    /// By standard time.
    pub base: i64,
    /// And by daylight saving.
    pub daylight_saving: i64,
}

/// The clock of a time zone, in units of time since 1970-01-01.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    unit: TimeUnit,
    /// None where local time and UTC are the same.
    zone: Option<chrono_tz::Tz>,
}

impl Clock {
    /// The clock of a time zone by its IANA name; without a name, times have no zone.
    pub fn new(unit: TimeUnit, zone: Option<&str>) -> Result<Self> {
        Ok(Self { unit, zone: zone.filter(|z| *z != "UTC").map(parse_zone).transpose()? })
    }

    /// The unit of time.
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// Seconds that local time is ahead of UTC at an instant.
    fn offset(zone: chrono_tz::Tz, utc: NaiveDateTime) -> i64 {
        i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
    }

    /// What the clock is ahead of UTC at an instant; none past the range of calendar dates.
    pub fn offsets(&self, instant: i64) -> Option<Offsets> {
        let Some(zone) = self.zone else { return Some(Offsets::default()) };
        let offset = zone.offset_from_utc_datetime(&naive(instant, self.unit)?);
        Some(Offsets {
            base: offset.base_utc_offset().num_seconds(),
            daylight_saving: offset.dst_offset().num_seconds(),
        })
    }

    /// What the clock shows at an instant; none past the range of calendar dates.
    pub fn local(&self, instant: i64) -> Option<i64> {
        let Some(zone) = self.zone else { return Some(instant) };
        instant.checked_add(Self::offset(zone, naive(instant, self.unit)?) * self.unit.per_second())
    }

    /// The instant of a local time.
    ///
    /// # Errors
    /// If the time occurs twice or not at all, and the choice is to raise.
    pub fn instant(
        &self,
        local: i64,
        ambiguous: Ambiguous,
        non_existent: NonExistent,
    ) -> Result<Option<i64>> {
        let Some(zone) = self.zone else { return Ok(Some(local)) };
        let Some(reading) = naive(local, self.unit) else { return Ok(None) };
        let offset = match zone.offset_from_local_datetime(&reading) {
            LocalResult::Single(offset) => offset,
            LocalResult::Ambiguous(first, second) => match ambiguous {
                Ambiguous::Earliest => first,
                Ambiguous::Latest => second,
                Ambiguous::Null => return Ok(None),
                Ambiguous::Raise => {
                    return Err(Error::compute(format!(
                        "the local time {reading} occurs twice in the time zone {:?}; \
                         choose one with `ambiguous`",
                        zone.name()
                    )));
                }
            },
            LocalResult::None => match non_existent {
                NonExistent::Null => return Ok(None),
                NonExistent::Raise => {
                    return Err(Error::compute(format!(
                        "the local time {reading} does not exist in the time zone {:?}: clocks moved forward \
                         over it; use `non_existent` to get null",
                        zone.name()
                    )));
                }
            },
        };
        Ok(local.checked_sub(i64::from(offset.fix().local_minus_utc()) * self.unit.per_second()))
    }

    /// The instant at which the clock shows `f` of what it shows at another instant. Of two such instants the one with
    /// the same offset from UTC, or the first. A time that does not exist moves by the length of the gap: back if
    /// the clock comes from before the gap, forward otherwise.
    pub fn moved(&self, instant: i64, f: impl FnOnce(i64) -> Option<i64>) -> Option<i64> {
        let Some(zone) = self.zone else { return f(instant) };
        let per_second = self.unit.per_second();
        let own = Self::offset(zone, naive(instant, self.unit)?);
        let local = f(instant.checked_add(own * per_second)?)?;
        let reading = naive(local, self.unit)?;
        let offset = match zone.offset_from_local_datetime(&reading) {
            LocalResult::Single(offset) => i64::from(offset.fix().local_minus_utc()),
            LocalResult::Ambiguous(first, second) => {
                let [first, second] = [first, second].map(|o| i64::from(o.fix().local_minus_utc()));
                if second == own { second } else { first }
            }
            LocalResult::None => {
                let beside =
                    |days| Some(Self::offset(zone, reading.checked_add_signed(TimeDelta::days(days))?));
                let (before, after) = (beside(-1)?, beside(1)?);
                if own == before { after } else { before }
            }
        };
        local.checked_sub(offset * per_second)
    }
}

/// Units since 1970-01-01 by the local clock of the zone.
pub fn to_local(column: &Column, unit: TimeUnit, zone: Option<&str>) -> Result<PrimitiveArray<i64>> {
    let values = column.expect_primitive::<i64>()?;
    let clock = Clock::new(unit, zone)?;
    if clock.zone.is_none() {
        return Ok(values.clone());
    }
    Ok(unary_checked(values, |v| clock.local(v)))
}

/// Units since 1970 UTC of local times. `ambiguous` says what row `i` chooses; without a choice it is null.
pub fn from_local(
    values: &PrimitiveArray<i64>,
    unit: TimeUnit,
    zone: Option<&str>,
    ambiguous: impl Fn(usize) -> Result<Option<Ambiguous>>,
    non_existent: NonExistent,
) -> Result<PrimitiveArray<i64>> {
    let clock = Clock::new(unit, zone)?;
    if clock.zone.is_none() {
        return Ok(values.clone());
    }
    let mut builder = PrimitiveBuilder::<i64>::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        builder.push_option(match value.zip(ambiguous(row)?) {
            Some((local, choice)) => clock.instant(local, choice, non_existent)?,
            None => None,
        });
    }
    Ok(builder.finish_array())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Interval;

    const HOUR: i64 = 3_600_000;

    fn paris() -> Clock {
        Clock::new(TimeUnit::Milliseconds, Some("Europe/Paris")).unwrap()
    }

    /// Milliseconds since 1970 of a time in UTC.
    fn utc(text: &str) -> i64 {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc().timestamp_millis()
    }

    #[test]
    fn local_times_that_occur_twice_or_never() {
        let clock = paris();
        let at = |text: &str, ambiguous| clock.instant(utc(text), ambiguous, NonExistent::Raise);
        let twice = "2024-10-27 02:30";
        assert_eq!(at(twice, Ambiguous::Earliest).unwrap(), Some(utc("2024-10-27 00:30")));
        assert_eq!(at(twice, Ambiguous::Latest).unwrap(), Some(utc("2024-10-27 01:30")));
        assert_eq!(at(twice, Ambiguous::Null).unwrap(), None);
        assert!(at(twice, Ambiguous::Raise).unwrap_err().to_string().contains("occurs twice"));
        let never = utc("2024-03-31 02:30");
        assert_eq!(clock.instant(never, Ambiguous::Earliest, NonExistent::Null).unwrap(), None);
        assert!(clock.instant(never, Ambiguous::Earliest, NonExistent::Raise).is_err());
    }

    #[test]
    fn intervals_across_changes_of_the_clock() {
        let clock = paris();
        let moved = |text: &str, by: &str| Interval::parse(by).unwrap().offset(&clock, utc(text)).unwrap();
        // The first 02:30 and one hour is the second 02:30.
        assert_eq!(moved("2024-10-27 00:30", "1h"), utc("2024-10-27 01:30"));
        // 02:30 of the day before: exact hours, and the same reading a day later, which does not exist.
        assert_eq!(moved("2024-03-30 01:30", "24h"), utc("2024-03-31 01:30"));
        assert_eq!(moved("2024-03-30 01:30", "1d"), utc("2024-03-31 00:30"));
        assert_eq!(moved("2024-04-01 00:30", "-1d"), utc("2024-03-31 01:30"));
        let cut = |text: &str, every: &str| {
            Interval::parse(every).unwrap().window().unwrap().truncate(&clock, utc(text)).unwrap()
        };
        // The second 02:30 keeps its offset.
        assert_eq!(cut("2024-10-27 01:30", "1h"), utc("2024-10-27 01:00"));
        assert_eq!(cut("2024-10-27 00:30", "1h"), utc("2024-10-27 00:00"));
        // 03:15, cut to 02:00, which does not exist: 03:00.
        assert_eq!(cut("2024-03-31 01:15", "2h"), utc("2024-03-31 01:00"));
        assert_eq!(cut("2024-03-31 01:15", "1d"), utc("2024-03-30 23:00"));
        assert_eq!(clock.local(utc("2024-03-31 01:15")), Some(utc("2024-03-31 01:15") + 2 * HOUR));
    }
}
