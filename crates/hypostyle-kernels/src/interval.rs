//! Spans of calendar time: `1mo`, `3d12h`, `-1q`.

use hypostyle_core::{Error, Result, TimeUnit};

use crate::temporal::{civil_from_days, days_from_civil, days_in_month};
use crate::time_zone::Clock;

/// Years further away than this are out of every range that a column has.
const FURTHEST_YEAR: i64 = 1_000_000_000;

/// A span of calendar time. Months, weeks and days are kept apart from exact time, since they differ in length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Calendar months.
    pub months: i64,
    /// Calendar weeks.
    pub weeks: i64,
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
                "w" => (&mut interval.weeks, 1),
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

    /// Whether it has no length.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it leads back in time.
    pub fn is_negative(&self) -> bool {
        [self.months, self.weeks, self.days, self.nanos].iter().any(|part| *part < 0)
    }

    /// Whether it is a number of whole days, weeks or months.
    pub fn is_calendar(&self) -> bool {
        self.nanos == 0
    }

    /// The exact part, in units of time.
    pub fn exact(&self, unit: TimeUnit) -> i64 {
        self.nanos / (1_000_000_000 / unit.per_second())
    }

    /// The interval `count` times.
    pub fn times(&self, count: i64) -> Option<Self> {
        Some(Self {
            months: self.months.checked_mul(count)?,
            weeks: self.weeks.checked_mul(count)?,
            days: self.days.checked_mul(count)?,
            nanos: self.nanos.checked_mul(count)?,
        })
    }

    /// An instant, moved by the interval: months, weeks and days by the local clock, exact time by itself.
    pub fn offset(&self, clock: &Clock, instant: i64) -> Option<i64> {
        let per_day = clock.unit().per_second() * 86_400;
        let mut at = instant;
        if self.months != 0 {
            at = clock.moved(at, |local| {
                let day = add_months(local.div_euclid(per_day), self.months)?;
                day.checked_mul(per_day)?.checked_add(local.rem_euclid(per_day))
            })?;
        }
        for days in [self.weeks.checked_mul(7)?, self.days] {
            if days != 0 {
                at = clock.moved(at, |local| local.checked_add(days.checked_mul(per_day)?))?;
            }
        }
        at.checked_add(self.exact(clock.unit()))
    }

    /// The windows of this length, for [`Window::truncate`].
    ///
    /// # Errors
    /// If the interval is zero, negative, or mixes months, weeks, days and exact time.
    pub fn window(&self) -> Result<Window> {
        if self.is_negative() {
            return Err(Error::compute("a time cannot be truncated to a negative duration"));
        }
        match (self.months, self.weeks, self.days, self.nanos) {
            (0, 0, 0, 0) => Err(Error::compute("a time cannot be truncated to a duration of zero")),
            (months, 0, 0, 0) => Ok(Window::Months(months)),
            (0, weeks, 0, 0) => Ok(Window::Weeks(weeks)),
            (0, 0, days, 0) => Ok(Window::Days(days)),
            (0, 0, 0, nanos) => Ok(Window::Exact(nanos)),
            _ => Err(Error::compute(
                "a time is truncated to months, weeks, days or less than days, and not to a mix of them",
            )),
        }
    }
}

/// A day, a number of months later; a day that the month does not have becomes its last.
fn add_months(days: i64, months: i64) -> Option<i64> {
    let (year, month, day) = civil_from_days(days);
    let index = (year * 12 + i64::from(month) - 1).checked_add(months)?;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u32 + 1);
    if year.abs() > FURTHEST_YEAR {
        return None;
    }
    Some(days_from_civil(year, month, day.min(days_in_month(year, month))))
}

/// Windows of equal length, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Calendar months, counted from January 1970.
    Months(i64),
    /// Weeks, counted from Monday, 1970-01-05.
    Weeks(i64),
    /// Days, counted from 1970-01-01.
    Days(i64),
    /// Nanoseconds by the local clock, counted from 1970-01-01 00:00.
    Exact(i64),
}

impl Window {
    /// The start of the window that an instant lies in.
    pub fn truncate(&self, clock: &Clock, instant: i64) -> Option<i64> {
        clock.moved(instant, |local| self.start(local, clock.unit()))
    }

    /// The nearer of the starts of the window that an instant lies in and of the next one; of two equally near the later.
    pub fn round(&self, clock: &Clock, instant: i64) -> Option<i64> {
        clock.moved(instant, |local| {
            let start = self.start(local, clock.unit())?;
            let end = self.next(start, clock.unit())?;
            Some(if local - start < end - local { start } else { end })
        })
    }

    /// The start of the window behind the one that starts at `start`.
    fn next(&self, start: i64, unit: TimeUnit) -> Option<i64> {
        let per_day = unit.per_second() * 86_400;
        match *self {
            Self::Months(months) => add_months(start.div_euclid(per_day), months)?.checked_mul(per_day),
            Self::Weeks(weeks) => start.checked_add(weeks.checked_mul(7)?.checked_mul(per_day)?),
            Self::Days(days) => start.checked_add(days.checked_mul(per_day)?),
            Self::Exact(nanos) => start.checked_add((nanos / (1_000_000_000 / unit.per_second())).max(1)),
        }
    }

    fn start(&self, local: i64, unit: TimeUnit) -> Option<i64> {
        let per_day = unit.per_second() * 86_400;
        let day = local.div_euclid(per_day);
        match *self {
            Self::Months(months) => {
                let (year, month, _) = civil_from_days(day);
                let index =
                    ((year - 1970) * 12 + i64::from(month) - 1).div_euclid(months).checked_mul(months)?;
                let year = index.div_euclid(12) + 1970;
                if year.abs() > FURTHEST_YEAR {
                    return None;
                }
                days_from_civil(year, index.rem_euclid(12) as u32 + 1, 1).checked_mul(per_day)
            }
            Self::Weeks(weeks) => {
                let days = weeks.checked_mul(7)?;
                // 1970-01-01 was a Thursday.
                (day - 4).div_euclid(days).checked_mul(days)?.checked_add(4)?.checked_mul(per_day)
            }
            Self::Days(days) => day.div_euclid(days).checked_mul(days)?.checked_mul(per_day),
            Self::Exact(nanos) => {
                // Shorter than the unit, every time is the start of its window.
                let every = (nanos / (1_000_000_000 / unit.per_second())).max(1);
                local.div_euclid(every).checked_mul(every)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive_clock() -> Clock {
        Clock::new(TimeUnit::Milliseconds, None).unwrap()
    }

    fn day(year: i64, month: u32, day: u32) -> i64 {
        days_from_civil(year, month, day) * 86_400_000
    }

    #[test]
    fn the_notation() {
        assert_eq!(
            Interval::parse("1y2mo3w3d4h").unwrap(),
            Interval { months: 14, weeks: 3, days: 3, nanos: 4 * 3_600_000_000_000 }
        );
        assert_eq!(Interval::parse("-1w").unwrap().weeks, -1);
        for bad in ["", "1", "x", "1x", "-", "1.5d", "99999999999999999999d", "1d-1h"] {
            assert!(Interval::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn moving() {
        let moved = |by: &str, at| Interval::parse(by).unwrap().offset(&naive_clock(), at);
        assert_eq!(moved("1mo", day(2020, 1, 31)), Some(day(2020, 2, 29)));
        assert_eq!(moved("-1y", day(2020, 2, 29)), Some(day(2019, 2, 28)));
        assert_eq!(moved("2w1d1ms", day(2020, 2, 29)), Some(day(2020, 3, 15) + 1));
        assert_eq!(moved("9000000000000000000mo", 0), None);
        assert_eq!(moved("9000000000000000000d", 0), None);
    }

    /// Expected values from Polars 2.1.0.
    #[test]
    fn the_nearer_start() {
        let near = |every: &str, at| {
            Interval::parse(every).unwrap().window().unwrap().round(&naive_clock(), at).unwrap()
        };
        assert_eq!(near("1mo", day(2020, 2, 29)), day(2020, 3, 1));
        assert_eq!(near("1mo", day(2020, 2, 15)), day(2020, 2, 1));
        assert_eq!(near("1w", day(2020, 1, 3)), day(2020, 1, 6));
        assert_eq!(near("1h", day(2020, 1, 3) + 1_800_000), day(2020, 1, 3) + 3_600_000);
        assert_eq!(near("1h", day(1969, 12, 31) + 1_799_999), day(1969, 12, 31));
        assert_eq!(near("1us", day(2020, 1, 3) + 1), day(2020, 1, 3) + 1);
    }

    /// Expected values from Polars 2.1.0.
    #[test]
    fn windows_start_where_polars_has_them() {
        let cut = |every: &str, at| {
            Interval::parse(every).unwrap().window().unwrap().truncate(&naive_clock(), at).unwrap()
        };
        let at = day(2024, 5, 16) + 5_000;
        assert_eq!(cut("1w", at), day(2024, 5, 13));
        assert_eq!(cut("1q", at), day(2024, 4, 1));
        assert_eq!(cut("2w", day(2022, 1, 1)), day(2021, 12, 27));
        assert_eq!(cut("2w", day(2024, 3, 31)), day(2024, 3, 18));
        assert_eq!(cut("3y", day(2022, 5, 4)), day(2021, 1, 1));
        assert_eq!(cut("7q", day(1965, 1, 2)), day(1964, 10, 1));
        assert_eq!(cut("7d", day(2022, 5, 4)), day(2022, 4, 28));
        assert_eq!(cut("7y", day(1965, 1, 2)), day(1963, 1, 1));
        for bad in ["1mo1d", "0d", "-1d", "1d12h", "1w1d"] {
            assert!(Interval::parse(bad).unwrap().window().is_err(), "{bad}");
        }
    }
}
