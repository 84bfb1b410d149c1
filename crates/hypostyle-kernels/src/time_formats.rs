//! Dates and times out of text, by a format or by the forms that dates usually have.

use chrono::format::{Fixed, Item, Numeric, ParseErrorKind, Parsed, StrftimeItems};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use hypostyle_core::{Error, Result, TimeUnit};

use crate::temporal::timestamp;

/// A format, read once for all values.
#[derive(Clone, Debug)]
pub struct TimeFormat {
    items: Vec<Item<'static>>,
    aware: bool,
}

impl TimeFormat {
    /// Reads a format of `strftime`.
    ///
    /// # Errors
    /// If it is no format, or has an hour without minutes, or the reverse.
    pub fn parse(format: &str) -> Result<Self> {
        let items = StrftimeItems::new(format)
            .parse_to_owned()
            .map_err(|_| Error::compute(format!("{format:?} is not a format of strftime")))?;
        let has = |kinds: &[Numeric]| {
            items.iter().any(|item| matches!(item, Item::Numeric(n, _) if kinds.contains(n)))
        };
        let fixed =
            |kinds: &[Fixed]| items.iter().any(|item| matches!(item, Item::Fixed(f) if kinds.contains(f)));
        let whole = fixed(&[Fixed::RFC2822, Fixed::RFC3339]) || has(&[Numeric::Timestamp]);
        let hour = has(&[Numeric::Hour, Numeric::Hour12]);
        let minute = has(&[Numeric::Minute]);
        if !whole && (hour != minute || has(&[Numeric::Second]) && !minute) {
            return Err(Error::compute(format!(
                "the format {format:?} has an hour without minutes, or minutes or seconds without an hour; \
                 give all of them or none"
            )));
        }
        let aware = fixed(&[
            Fixed::RFC2822,
            Fixed::RFC3339,
            Fixed::TimezoneOffset,
            Fixed::TimezoneOffsetZ,
            Fixed::TimezoneOffsetColon,
            Fixed::TimezoneOffsetColonZ,
            Fixed::TimezoneOffsetDoubleColon,
            Fixed::TimezoneOffsetTripleColon,
        ]) || ["%#z", "%+"].iter().any(|offset| format.contains(offset));
        Ok(Self { items, aware })
    }

    /// Whether it reads an offset from UTC.
    pub fn is_aware(&self) -> bool {
        self.aware
    }

    fn read(&self, text: &str) -> Option<Parsed> {
        let mut parsed = Parsed::new();
        chrono::format::parse(&mut parsed, text, self.items.iter()).ok()?;
        Some(parsed)
    }

    /// Days since 1970-01-01.
    pub fn date(&self, text: &str) -> Option<i32> {
        date_of(&self.read(text)?).map(days_of)
    }

    /// Units since 1970-01-01: of UTC if the format reads an offset, by the local clock otherwise.
    pub fn datetime(&self, text: &str, unit: TimeUnit) -> Option<i64> {
        let parsed = self.read(text)?;
        if self.aware {
            return timestamp(parsed.to_datetime().ok()?.naive_utc(), unit);
        }
        let value = match parsed.to_naive_datetime_with_offset(0) {
            Ok(value) => value,
            Err(_) => NaiveDateTime::new(date_of(&parsed)?, time_of(&parsed)?),
        };
        timestamp(value, unit)
    }

    /// Nanoseconds since midnight.
    pub fn time(&self, text: &str) -> Option<i64> {
        use chrono::Timelike;
        let time = self.read(text)?.to_naive_time().ok()?;
        Some(i64::from(time.num_seconds_from_midnight()) * 1_000_000_000 + i64::from(time.nanosecond()))
    }
}

/// The unit that a format of datetimes asks for: by the digits of its fraction, microseconds without a number of them.
pub fn unit_of_format(format: &str) -> TimeUnit {
    if format.contains("%.9f") || format.contains("%9f") {
        TimeUnit::Nanoseconds
    } else if format.contains("%.3f") || format.contains("%3f") {
        TimeUnit::Milliseconds
    } else {
        TimeUnit::Microseconds
    }
}

fn days_of(date: NaiveDate) -> i32 {
    use chrono::Datelike;
    date.num_days_from_ce() - 719_163
}

/// The date; a month or day that the format does not have is the first, a year that it does not have is year 1.
fn date_of(parsed: &Parsed) -> Option<NaiveDate> {
    match parsed.to_naive_date() {
        Ok(date) => return Some(date),
        Err(error) if error.kind() != ParseErrorKind::NotEnough || parsed.timestamp().is_some() => {
            return None;
        }
        Err(_) => {}
    }
    let mut parsed = parsed.clone();
    if parsed.year().is_none() && parsed.year_mod_100().is_none() && parsed.isoyear().is_none() {
        parsed.set_year(1).ok()?;
    }
    if parsed.month().is_none() {
        parsed.set_month(1).ok()?;
    }
    if parsed.day().is_none() {
        parsed.set_day(1).ok()?;
    }
    parsed.to_naive_date().ok()
}

/// The time of day, midnight where the format has none.
fn time_of(parsed: &Parsed) -> Option<NaiveTime> {
    if parsed.hour_mod_12().is_none() && parsed.minute().is_none() && parsed.second().is_none() {
        return Some(NaiveTime::MIN);
    }
    parsed.to_naive_time().ok()
}

/// The forms of dates without a format: year first, or day first. The first value that has one decides.
const DATES: [&[&str]; 2] = [&["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"], &["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]];

/// The forms of what follows a date. Nothing is midnight.
const TIMES: [&str; 6] = [" %H:%M:%S%.f", "T%H:%M:%S%.f", " %H:%M", "T%H:%M", " %H%M%S", ""];

/// Forms of which each value may have any.
#[derive(Clone, Debug)]
pub struct Forms {
    formats: Vec<TimeFormat>,
}

impl Forms {
    fn of<'a>(formats: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        Ok(Self { formats: formats.into_iter().map(TimeFormat::parse).collect::<Result<_>>()? })
    }

    /// A format of one's own.
    pub fn one(format: &str) -> Result<Self> {
        Self::of([format])
    }

    /// The forms of dates that the first readable value decides for; none where no value is readable.
    pub fn of_dates<'a>(values: impl IntoIterator<Item = &'a str>) -> Result<Option<Self>> {
        let families = DATES.map(|family| Self::of(family.iter().copied()));
        decide(families, values, |forms, text| forms.date(text).is_some())
    }

    /// The forms of datetimes, naive or with an offset.
    pub fn of_datetimes<'a>(values: impl IntoIterator<Item = &'a str>) -> Result<Option<Self>> {
        // Between year, month and day dots stand only where no time follows.
        let naive = |dates: &[&str], alone: &[&'static str]| -> Result<Self> {
            let formats: Vec<String> =
                dates.iter().flat_map(|date| TIMES.map(|time| format!("{date}{time}"))).collect();
            Self::of(formats.iter().map(String::as_str).chain(alone.iter().copied()))
        };
        let aware: Vec<String> =
            [" ", "T"].map(|between| format!("%Y-%m-%d{between}%H:%M:%S%.f%#z")).to_vec();
        let families = [
            naive(&DATES[0][..2], &DATES[0][2..]),
            naive(DATES[1], &[]),
            Self::of(aware.iter().map(String::as_str)),
        ];
        decide(families, values, |forms, text| forms.datetime(text, TimeUnit::Microseconds).is_some())
    }

    /// The forms of times of day.
    pub fn of_times() -> Result<Self> {
        Self::of(["%H:%M:%S%.f", "%H:%M"])
    }

    /// Whether they read an offset from UTC.
    pub fn is_aware(&self) -> bool {
        self.formats.iter().any(TimeFormat::is_aware)
    }

    /// Days since 1970-01-01.
    pub fn date(&self, text: &str) -> Option<i32> {
        self.formats.iter().find_map(|format| format.date(text))
    }

    /// Units since 1970-01-01, as [`TimeFormat::datetime`] gives them.
    pub fn datetime(&self, text: &str, unit: TimeUnit) -> Option<i64> {
        self.formats.iter().find_map(|format| format.datetime(text, unit))
    }

    /// Nanoseconds since midnight.
    pub fn time(&self, text: &str) -> Option<i64> {
        self.formats.iter().find_map(|format| format.time(text))
    }
}

/// The family that reads the first value that any family reads.
fn decide<'a, const N: usize>(
    families: [Result<Forms>; N],
    values: impl IntoIterator<Item = &'a str>,
    reads: impl Fn(&Forms, &str) -> bool,
) -> Result<Option<Forms>> {
    let families = families.into_iter().collect::<Result<Vec<_>>>()?;
    let family = values.into_iter().find_map(|text| families.iter().find(|forms| reads(forms, text)));
    Ok(family.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values from Polars 2.1.0.
    #[test]
    fn formats() {
        let at = |text: &str, format: &str| {
            TimeFormat::parse(format).unwrap().datetime(text, TimeUnit::Milliseconds)
        };
        assert_eq!(at("2023-07-30 13:10", "%Y-%m-%d %H:%M"), Some(1_690_722_600_000));
        assert_eq!(at("2023-07-30", "%Y-%m-%d"), Some(1_690_675_200_000));
        assert_eq!(at("2023-07", "%Y-%m"), Some(1_688_169_600_000));
        assert_eq!(at("2023", "%Y"), Some(1_672_531_200_000));
        assert_eq!(at("12:30", "%H:%M"), Some(-62_135_551_800_000));
        assert_eq!(at("1700000000", "%s"), Some(1_700_000_000_000));
        assert_eq!(at("2024-05-05T12:30:00.5+02:00", "%+"), Some(1_714_905_000_500));
        assert_eq!(at("2024-05-05T12:30:00+0200", "%Y-%m-%dT%H:%M:%S%z"), Some(1_714_905_000_000));
        assert_eq!(at("2023-02-30", "%Y-%m-%d"), None);
        assert_eq!(TimeFormat::parse("%s").unwrap().date("1700000000"), None);
        for bad in ["%Y-%m-%d %H", "%Y-%m-%d %I %p", "%Y-%m-%d %M", "%S", "%Q"] {
            assert!(TimeFormat::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_value_may_have_another_form_of_the_family() {
        let forms = Forms::of_dates(["x", "2020-01-01"]).unwrap().unwrap();
        assert_eq!(forms.date("2020/03/04"), Some(18_325));
        assert_eq!(forms.date("2020.03.04"), Some(18_325));
        assert_eq!(forms.date("04/03/2020"), None);
        assert!(Forms::of_dates(["x", "20200304"]).unwrap().is_none());
        let forms = Forms::of_datetimes(["04/03/2020 10:11"]).unwrap().unwrap();
        assert_eq!(forms.datetime("04.03.2020T10:11:12.5", TimeUnit::Milliseconds), Some(1_583_316_672_500));
        assert!(!forms.is_aware());
        let forms = Forms::of_datetimes(["2020-03-04T10:11:12Z"]).unwrap().unwrap();
        assert!(forms.is_aware());
        assert_eq!(
            forms.datetime("2020-03-04 10:11:12+0200", TimeUnit::Milliseconds),
            Some(1_583_309_472_000)
        );
    }
}
