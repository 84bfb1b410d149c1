//! Dates, times and datetimes: year first or day first, as people and programs write them.
//!
//! Dates are proleptic Gregorian; days are counted from 1970-01-01 by the algorithm of Hinnant, *chrono-compatible
//! low-level date algorithms* (2013).

use hypostyle_kernels::bytes::{Span, dates};

use super::{AT_ONCE, Parse, are_digits, load8, trim_blanks, up_to_sixteen_digits};

const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days since 1970-01-01, if there is such a date.
#[inline]
fn days_of(year: i32, month: u32, day: u32) -> Option<i32> {
    let leap = is_leap(year);
    let length = *LENGTHS.get((month as usize).wrapping_sub(1))? + u32::from(leap && month == 2);
    if day == 0 || day > length {
        return None;
    }
    let year = year - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// The years that most dates are of; their months are looked up.
const FIRST_YEAR: u32 = 1900;
const YEARS: u32 = 200;

/// For every month, sixteen to a year and January at 1: days from the beginning of the first year, times 32, plus how
/// many the month has.
static MONTHS: [u32; (YEARS * 16) as usize] = {
    let mut months = [0; (YEARS * 16) as usize];
    let (mut year, mut days) = (0, 0);
    while year < YEARS {
        let mut month = 0;
        while month < 12 {
            let leap_day = is_leap((FIRST_YEAR + year) as i32) && month == 1;
            let length = LENGTHS[month] + leap_day as u32;
            months[(year * 16) as usize + month + 1] = days * 32 + length;
            days += length;
            month += 1;
        }
        year += 1;
    }
    months
};
/// 1900-01-01 in days since 1970-01-01.
const FIRST_DAY: i32 = -25_567;

/// `YYYY-MM-DD` and nothing else.
#[inline(always)]
fn fast_date(text: &[u8], start: usize, end: usize) -> Option<i32> {
    if end.checked_sub(start)? != 10 {
        return None;
    }
    // The first eight bytes are `YYYY-MM-`, the last eight `YY-MM-DD`.
    let first = load8(text, start)?;
    let last = load8(text, start + 2)?;
    let digits = (first & 0x00ff_ff00_ffff_ffff) ^ 0x0030_3000_3030_3030;
    let day = (last >> 48) ^ 0x3030;
    if first & 0xff00_00ff_0000_0000 != 0x2d00_002d_0000_0000 || !are_digits(digits) || !are_digits(day) {
        return None;
    }
    // Each byte becomes ten times itself plus the next; none is above 99, so nothing is carried.
    let pairs = digits * 10 + (digits >> 8);
    let pair = |at: u32| (pairs >> (8 * at)) as u32 & 0xff;
    let (year, month) = (pair(0) * 100 + pair(2), pair(5));
    let day = (day as u32 & 0xff) * 10 + (day >> 8) as u32;
    let place = year.wrapping_sub(FIRST_YEAR);
    if place >= YEARS {
        return days_of(year as i32, month, day);
    }
    // Of a month that there is not, there are no days either.
    let entry = *MONTHS.get((place * 16 + month) as usize).filter(|_| month < 16)?;
    (day.wrapping_sub(1) < entry % 32).then(|| FIRST_DAY + (entry / 32 + day - 1) as i32)
}

/// `YYYY-MM-DD`, `T` or a blank, `HH:MM:SS`, and nothing else or a fraction of up to nine digits.
#[inline(always)]
fn fast_datetime(text: &[u8], start: usize, end: usize, per_second: i64) -> Option<i64> {
    let len = end.checked_sub(start)?;
    if len < 19 || !matches!(text.get(start + 10)?, b'T' | b' ') {
        return None;
    }
    let days = fast_date(text, start, start + 10)?;
    let time = load8(text, start + 11)?;
    let digits = (time & 0xffff_00ff_ff00_ffff) ^ 0x3030_0030_3000_3030;
    if time & 0x0000_ff00_00ff_0000 != 0x0000_3a00_003a_0000 || !are_digits(digits) {
        return None;
    }
    let pair = |at: u32| ((digits >> (8 * at)) & 0xff) as i64 * 10 + ((digits >> (8 * at + 8)) & 0xff) as i64;
    let (hour, minute, second) = (pair(0), pair(3), pair(6));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut nanoseconds = 0;
    if len > 19 {
        let count = len - 20;
        if *text.get(start + 19)? != b'.' || count > 9 {
            return None;
        }
        nanoseconds =
            up_to_sixteen_digits(text, start + 20, count)?.cast_signed() * 10i64.pow(9 - count as u32);
    }
    let seconds = i64::from(days) * 86_400 + hour * 3600 + minute * 60 + second;
    Moment { seconds, nanoseconds, zoned: false }.in_units(per_second)
}

/// Days since 1970-01-01.
#[derive(Clone, Copy, Debug)]
pub(in crate::csv) struct Date;

impl Parse for Date {
    type Value = i32;

    #[inline(always)]
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<i32> {
        fast_date(text, start, end)
    }

    #[inline(always)]
    fn fast_many(&self, text: &[u8], spans: &[Span; AT_ONCE], values: &mut [i32; AT_ONCE]) -> u64 {
        dates(text, spans, values)
    }

    fn full(&self, field: &[u8]) -> Option<i32> {
        date(field)
    }
}

/// Nanoseconds since midnight.
#[derive(Clone, Copy, Debug)]
pub(in crate::csv) struct Time;

impl Parse for Time {
    type Value = i64;

    #[inline(always)]
    fn fast(&self, _: &[u8], _: usize, _: usize) -> Option<i64> {
        None
    }

    fn full(&self, field: &[u8]) -> Option<i64> {
        time(field)
    }
}

/// Units since 1970-01-01T00:00:00, of which a second has so many.
#[derive(Clone, Copy, Debug)]
pub(in crate::csv) struct Datetime {
    pub(in crate::csv) per_second: i64,
}

impl Parse for Datetime {
    type Value = i64;

    #[inline(always)]
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<i64> {
        fast_datetime(text, start, end, self.per_second)
    }

    fn full(&self, field: &[u8]) -> Option<i64> {
        datetime(field, self.per_second)
    }
}

/// Reads a text from its start.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        (*first == byte).then(|| self.0 = rest)
    }

    /// Up to `most` digits: their value and how many there were.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let count = self.0.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        let value = self.0[..count].iter().fold(0, |value, b| value * 10 + u32::from(b - b'0'));
        self.0 = &self.0[count..];
        (count > 0).then_some((value, count))
    }

    /// A year first, or a day first if the last number has more than two digits or the first at most two; the same
    /// `-`, `/` or `.` twice.
    fn date(&mut self) -> Option<i32> {
        let sign = self.0.first().copied().filter(|b| matches!(b, b'-' | b'+'));
        if let Some(sign) = sign {
            self.take(sign)?;
        }
        let negative = sign == Some(b'-');
        let (first, width) = self.number(4)?;
        let mark = *self.0.first().filter(|b| matches!(b, b'-' | b'/' | b'.'))?;
        self.take(mark)?;
        let (month, _) = self.number(2)?;
        self.take(mark)?;
        let year_first = width > 2 || sign.is_some();
        let (last, _) = self.number(if year_first { 2 } else { 4 })?;
        let (year, day) = if year_first { (first, last) } else { (last, first) };
        let year = i32::try_from(year).ok()?;
        days_of(if negative { -year } else { year }, month, day)
    }

    /// `H:M`, `H:M:S` or `H:M:S.f` in nanoseconds; `last_second` is 59, or 60 where a leap second may be written.
    fn time(&mut self, last_second: u32) -> Option<i64> {
        let (hour, _) = self.number(2)?;
        self.take(b':')?;
        let (minute, _) = self.number(2)?;
        let mut second = 0;
        let mut fraction = 0i64;
        if self.take(b':').is_some() {
            second = self.number(2)?.0;
            if self.take(b'.').is_some() {
                let (value, count) = self.number(9)?;
                fraction = i64::from(value) * 10i64.pow(9 - count as u32);
                // What is finer than a nanosecond is dropped.
                while self.number(9).is_some() {}
            }
        }
        if hour > 23 || minute > 59 || second > last_second {
            return None;
        }
        Some((i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)) * 1_000_000_000 + fraction)
    }

    /// `Z`, `+HH:MM`, `+HHMM` or `+HH`, in seconds east of Greenwich; `None` inside if there is nothing.
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let _ = self.take(b' ');
        if self.take(b'Z').is_some() || self.take(b'z').is_some() {
            return Some(Some(0));
        }
        let sign = if self.take(b'+').is_some() {
            1
        } else {
            self.take(b'-')?;
            -1
        };
        let (hours, width) = self.number(2)?;
        let _ = self.take(b':');
        let minutes = if self.0.is_empty() { 0 } else { self.number(2).filter(|m| m.1 == 2)?.0 };
        if width != 2 || hours > 23 || minutes > 59 {
            return None;
        }
        Some(Some(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60)))
    }

    fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Days since 1970-01-01.
pub(in crate::csv) fn date(field: &[u8]) -> Option<i32> {
    let mut cursor = Cursor(trim_blanks(field));
    let days = cursor.date()?;
    cursor.end()?;
    Some(days)
}

/// Nanoseconds since midnight.
pub(in crate::csv) fn time(field: &[u8]) -> Option<i64> {
    let mut cursor = Cursor(field);
    let time = cursor.time(59)?;
    cursor.end()?;
    Some(time)
}

/// A moment: seconds since 1970-01-01T00:00:00, and nanoseconds within the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::csv) struct Moment {
    pub(in crate::csv) seconds: i64,
    pub(in crate::csv) nanoseconds: i64,
    /// Whether an offset from UTC was written; it is accounted for.
    pub(in crate::csv) zoned: bool,
}

impl Moment {
    /// In units of which a second has `per_second`, finer ones dropped; `None` where 64 bits are too few.
    pub(in crate::csv) fn in_units(self, per_second: i64) -> Option<i64> {
        self.seconds.checked_mul(per_second)?.checked_add(self.nanoseconds / (1_000_000_000 / per_second))
    }
}

/// A date, `T` or one blank, a time, and perhaps an offset from UTC.
pub(in crate::csv) fn moment(field: &[u8]) -> Option<Moment> {
    let mut cursor = Cursor(trim_blanks(field));
    let days = cursor.date()?;
    cursor.take(b'T').or_else(|| cursor.take(b' '))?;
    let time = cursor.time(60)?;
    let offset = cursor.offset()?;
    cursor.end()?;
    let seconds = i64::from(days) * 86_400 + time / 1_000_000_000 - offset.unwrap_or(0);
    Some(Moment { seconds, nanoseconds: time % 1_000_000_000, zoned: offset.is_some() })
}

/// A datetime for a column that is known to hold datetimes, where a date alone is midnight.
pub(in crate::csv) fn datetime(field: &[u8], per_second: i64) -> Option<i64> {
    match moment(field) {
        Some(moment) => moment.in_units(per_second),
        None => (i64::from(date(field)?) * 86_400).checked_mul(per_second),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries() {
        let mut day = days_of(1600, 1, 1).unwrap();
        assert_eq!(days_of(1970, 1, 1), Some(0));
        for year in 1600..2400 {
            for month in 1..=12 {
                let mut count = 0;
                for d in 1..=31 {
                    if let Some(days) = days_of(year, month, d) {
                        assert_eq!(days, day, "{year}-{month}-{d}");
                        let text = format!("{year}-{month:02}-{d:02}");
                        assert_eq!(fast_date(format!("x{text}yyyy").as_bytes(), 1, 11), Some(day), "{text}");
                        assert_eq!(date(text.as_bytes()), Some(day), "{text}");
                        day += 1;
                        count += 1;
                    }
                }
                assert!(count >= 28);
            }
        }
        assert_eq!(days_of(2400, 1, 1), Some(day));
    }

    #[test]
    fn dates_that_are_read() {
        let new_year = days_of(2020, 1, 1);
        for text in
            ["2020-01-01", "2020-1-1", "2020/01/01", "01-01-2020", "1.1.2020", "2020.01.1", " 2020-01-01"]
        {
            assert_eq!(date(text.as_bytes()), new_year, "{text}");
        }
        assert_eq!(date(b"01/02/2020"), days_of(2020, 2, 1));
        assert_eq!(date(b"0001-01-01"), Some(-719_162));
        assert_eq!(date(b"20-01-01"), days_of(1, 1, 20));
        assert_eq!(date(b"+2020-01-01"), new_year);
        assert_eq!(date(b"-001-01-01"), days_of(-1, 1, 1));
        for text in [
            "20200101",
            "2020-01-01 ",
            "2020-13-01",
            "2020-02-30",
            "2021-02-29",
            "1900-02-29",
            "12020-01-01",
            "12/31/2020",
            "2020-01/01",
            "2020--01",
            "2020-01-0",
            "2020-001-01",
            "2020-01-01T00:00:00",
            "",
        ] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
        for text in ["2020-01-0x", "2020/01/01", "2020-02-30", "x020-01-01", "2020-0:-01"] {
            assert_eq!(fast_date(format!("{text}      ").as_bytes(), 0, 10), None, "{text}");
        }
    }

    #[test]
    fn moments_that_are_read() {
        let midnight = i64::from(days_of(2020, 1, 1).unwrap()) * 86_400;
        let ten = midnight + 10 * 3600;
        for (text, seconds, nanoseconds, zoned) in [
            ("2020-01-01T00:00:00", midnight, 0, false),
            ("2020-01-01 10:00", ten, 0, false),
            ("2020-01-01T10:00:00.123", ten, 123_000_000, false),
            ("2020-01-01T10:00:00.1234567890", ten, 123_456_789, false),
            ("2020-01-01T10:00:00Z", ten, 0, true),
            ("2020-01-01T10:00:00 Z", ten, 0, true),
            ("2020-01-01T12:00:00+02:00", ten, 0, true),
            ("2020-01-01T12:00:00.5+0200", ten, 500_000_000, true),
            ("2020-01-01T05:00:00-05", ten, 0, true),
            ("01/01/2020 10:00:00", ten, 0, false),
            ("2020-1-1 10:0:0", ten, 0, false),
            ("2019-12-31T23:59:60", midnight, 0, false),
        ] {
            assert_eq!(moment(text.as_bytes()), Some(Moment { seconds, nanoseconds, zoned }), "{text}");
        }
        for text in [
            "2020-01-01",
            "2020-01-01T24:00:00",
            "2020-01-01 10",
            "2020-01-01T10:20:30,5",
            "2020-01-01 10:20:30 AM",
            "2020-01-01T10:20:30.",
            "2020-01-01t10:00:00",
            "2020-01-01T10:60:00",
            "2020-01-01T10:00:61",
            "2020-01-01  10:00:00",
            "2020-01-01T10:00:00UTC",
            "2020-01-01T10:00:00+25:00",
            "20200101T102030",
        ] {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
        for (text, answers) in [
            ("2020-01-01T10:20:30", true),
            ("1960-12-31 23:59:59", true),
            ("2020-01-01T10:20:30.5", true),
            ("2020-01-01T10:20:30.123456789", true),
            ("1960-01-01T10:20:30.1239", true),
            ("2020-01-01T10:20:30.", false),
            ("2020-01-01T10:20:30.1234567890", false),
            ("2020-01-01T10:20:30Z", false),
            ("2020-01-01T24:20:30", false),
            ("2020-01-01T10:20:60", false),
            ("2020-01-01T10-20:30", false),
            ("2020-02-30T10:20:30", false),
            ("2020-01-01_10:20:30", false),
            ("2020-01-01T10:20", false),
        ] {
            let padded = format!("x{text}9999999999999999");
            for per_second in [1_000, 1_000_000, 1_000_000_000] {
                let fast = fast_datetime(padded.as_bytes(), 1, 1 + text.len(), per_second);
                assert_eq!(fast.is_some(), answers, "{text}");
                assert!(!answers || fast == datetime(text.as_bytes(), per_second), "{text}");
            }
        }
        assert_eq!(datetime(b"1960-01-01T10:20:30.1239", 1000), Some(-315_581_969_877));
        assert_eq!(datetime(b"1500-01-01T00:00:00", 1_000_000_000), None);
        assert_eq!(datetime(b"1970-01-02", 1000), Some(86_400_000));
    }

    #[test]
    fn times_that_are_read() {
        assert_eq!(time(b"10:20:30.5"), Some(37_230_500_000_000));
        assert_eq!(time(b"1:2"), Some(3_720_000_000_000));
        for text in
            ["24:00:00", "10:20:30 AM", "102030", "23:59:60", "-1:00", "10:20Z", "10:20:30.", "10", ""]
        {
            assert_eq!(time(text.as_bytes()), None, "{text}");
        }
    }
}
