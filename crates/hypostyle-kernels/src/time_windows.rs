//! Windows of time over rows in ascending order: one that ends with each row, or windows at a distance from one
//! another.

use hypostyle_core::{Column, DataType, Error, Result, TimeUnit};

use crate::cast::{CastMode, cast};
use crate::interval::Interval;
use crate::time_zone::Clock;

/// What a column that says when rows are counts: times, which a clock shows, or integers.
#[derive(Clone, Copy, Debug)]
pub struct TimeScale {
    clock: Option<Clock>,
}

/// A length on a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Of time.
    Time(Interval),
    /// Of integers.
    Count(i64),
}

/// Which ends belong to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The smaller one.
    pub lower: bool,
    /// The larger one.
    pub upper: bool,
}

/// The windows that have rows, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeWindows {
    /// Where each begins.
    pub lower: Vec<i64>,
    /// Where it ends.
    pub upper: Vec<i64>,
    /// Its first row.
    pub starts: Vec<u32>,
    /// The number of its rows.
    pub lengths: Vec<u32>,
}

/// Where the first of windows at a distance from one another begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartBy {
    /// At a multiple of the distance.
    Window,
    /// At the first row.
    Datapoint,
    /// At the start of a day of the week, from Monday, which is 0, on.
    Weekday(u8),
}

impl Closed {
    /// By `left`, `right`, `both` or `none`.
    pub fn from_name(name: &str) -> Option<Self> {
        let (lower, upper) = match name {
            "left" => (true, false),
            "right" => (false, true),
            "both" => (true, true),
            "none" => (false, false),
            _ => return None,
        };
        Some(Self { lower, upper })
    }
}

impl StartBy {
    /// By `window`, `datapoint` or the name of a day.
    pub fn from_name(name: &str) -> Option<Self> {
        const DAYS: [&str; 7] =
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        match name {
            "window" => Some(Self::Window),
            "datapoint" => Some(Self::Datapoint),
            day => DAYS.iter().position(|name| *name == day).map(|day| Self::Weekday(day as u8)),
        }
    }
}

impl TimeScale {
    /// The scale of columns of a type; none if such a column does not say when rows are.
    pub fn of(dtype: &DataType) -> Result<Option<Self>> {
        let clock = match dtype {
            DataType::Date => Some(Clock::new(TimeUnit::Microseconds, None)?),
            DataType::Datetime(unit, zone) => Some(Clock::new(*unit, zone.as_deref())?),
            DataType::Int32 | DataType::Int64 | DataType::UInt32 | DataType::UInt64 => None,
            _ => return Ok(None),
        };
        Ok(Some(Self { clock }))
    }

    /// A column on its scale, as 64-bit integers.
    pub fn places(column: &Column) -> Result<Column> {
        match column.dtype() {
            DataType::Date => {
                let times = DataType::Datetime(TimeUnit::Microseconds, None);
                cast(&cast(column, &times, CastMode::Strict)?, &DataType::Int64, CastMode::Strict)
            }
            _ => cast(column, &DataType::Int64, CastMode::Strict),
        }
    }

    /// A length by a text such as `1mo`, or `3i` of integers; `what` is for messages.
    pub fn length(&self, what: &str, text: &str) -> Result<Length> {
        if self.clock.is_some() {
            return Interval::parse(text).map(Length::Time);
        }
        let count = text.strip_suffix('i').and_then(|count| count.parse().ok());
        count.map(Length::Count).ok_or_else(|| {
            Error::invalid_operation(format!(
                "{what} is a count such as \"2i\" where rows are counted by integers, not {text:?}"
            ))
        })
    }

    /// A place, moved by a length a number of times.
    pub fn moved(&self, at: i64, length: &Length, times: i64) -> Result<i64> {
        let moved = match (length, &self.clock) {
            (Length::Count(count), _) => count.checked_mul(times).and_then(|by| at.checked_add(by)),
            (Length::Time(interval), Some(clock)) => {
                // In units of the clock: many short lengths have more nanoseconds than can be counted.
                let calendar = Interval { nanos: 0, ..*interval };
                let exact = interval.exact(clock.unit()).checked_mul(times);
                let day = calendar.times(times).and_then(|by| by.offset(clock, at));
                day.zip(exact).and_then(|(day, exact)| day.checked_add(exact))
            }
            (Length::Time(_), None) => None,
        };
        moved.ok_or_else(|| Error::overflow("a window lies beyond all times that the type has"))
    }

    /// The last multiple of a length that is not after a place.
    fn truncated(&self, at: i64, length: &Length) -> Result<i64> {
        let start = match (length, &self.clock) {
            (Length::Count(count), _) => at.div_euclid(*count).checked_mul(*count),
            (Length::Time(interval), Some(clock)) => interval.window()?.truncate(clock, at),
            (Length::Time(_), None) => None,
        };
        start.ok_or_else(|| Error::overflow("a window lies beyond all times that the type has"))
    }

    /// The start of such a day in the week of a place.
    fn weekday(&self, at: i64, day: u8) -> Result<i64> {
        let week = Length::Time(Interval { weeks: 1, ..Interval::default() });
        let days = |days: i64| Length::Time(Interval { days, ..Interval::default() });
        self.moved(self.truncated(at, &week)?, &days(i64::from(day)), 1)
    }

    /// No less than a length is anywhere.
    fn longest(&self, length: &Length) -> i128 {
        match (length, &self.clock) {
            (Length::Count(count), _) => i128::from(*count),
            (Length::Time(interval), Some(clock)) => {
                let days = i128::from(interval.months) * 31
                    + i128::from(interval.weeks) * 7
                    + i128::from(interval.days);
                // A day may have an hour more, or a few where a zone changed its mind.
                days * i128::from(clock.unit().per_second()) * 2 * 86_400
                    + i128::from(interval.exact(clock.unit()))
            }
            (Length::Time(_), None) => 1,
        }
    }
}

impl Length {
    /// Whether it is longer than nothing.
    pub fn is_positive(&self) -> bool {
        match self {
            Self::Count(count) => *count > 0,
            Self::Time(interval) => !interval.is_negative() && !interval.is_zero(),
        }
    }
}

/// The rows of the window of each place: from `offset` on, or so long that it ends with the place. Places ascend.
pub fn rolling(
    places: &[i64],
    scale: &TimeScale,
    period: &Length,
    offset: Option<&Length>,
    closed: Closed,
) -> Result<Vec<(u32, u32)>> {
    let (mut first, mut end) = (0, 0);
    places
        .iter()
        .map(|place| {
            let (lower, upper) = match offset {
                None => (scale.moved(*place, period, -1)?, *place),
                Some(offset) => {
                    let lower = scale.moved(*place, offset, 1)?;
                    (lower, scale.moved(lower, period, 1)?)
                }
            };
            Ok(advance(places, (lower, upper), closed, &mut first, &mut end))
        })
        .collect()
}

/// Moves on to the rows of a window that begins and ends no sooner than the one before.
fn advance(
    places: &[i64],
    (lower, upper): (i64, i64),
    closed: Closed,
    first: &mut usize,
    end: &mut usize,
) -> (u32, u32) {
    while *first < places.len() && (places[*first] < lower || !closed.lower && places[*first] == lower) {
        *first += 1;
    }
    *end = (*end).max(*first);
    while *end < places.len() && (places[*end] < upper || closed.upper && places[*end] == upper) {
        *end += 1;
    }
    (*first as u32, *end as u32)
}

/// The windows that begin `every` so much, moved by an offset, are `period` long, and have rows. The first begins no
/// later than the first row; of windows that overlap, those that begin before it are left out. Places ascend.
pub fn at_distances(
    places: &[i64],
    scale: &TimeScale,
    every: &Length,
    period: &Length,
    offset: Option<&Length>,
    closed: Closed,
    start_by: StartBy,
) -> Result<TimeWindows> {
    let mut windows = TimeWindows::default();
    let (Some(earliest), Some(latest)) = (places.first().copied(), places.last().copied()) else {
        return Ok(windows);
    };
    let moved = |at: i64| offset.map_or(Ok(at), |offset| scale.moved(at, offset, 1));
    let start = match start_by {
        StartBy::Window => moved(scale.truncated(earliest, every)?)?,
        StartBy::Datapoint => earliest,
        StartBy::Weekday(day) => moved(scale.weekday(earliest, day)?)?,
    };
    let bounds = |k: i64| -> Result<(i64, i64)> {
        let lower = scale.moved(start, every, k)?;
        Ok((lower, scale.moved(lower, period, 1)?))
    };
    let mut k = 0;
    if start_by != StartBy::Datapoint {
        // What begins behind the first row, or with it where that end is open, misses it.
        let misses = |lower: i64| lower > earliest || !closed.lower && lower == earliest;
        while misses(bounds(k)?.0) {
            k -= 1;
        }
    }
    let step = scale.longest(every).max(1);
    let (mut first, mut end) = (0, 0);
    loop {
        let (lower, upper) = bounds(k)?;
        if lower > latest {
            return Ok(windows);
        }
        let (start, next) = advance(places, (lower, upper), closed, &mut first, &mut end);
        if start < next {
            windows.lower.push(lower);
            windows.upper.push(upper);
            windows.starts.push(start);
            windows.lengths.push(next - start);
        }
        k += 1;
        // Over windows without rows, but not over one that may have the next row.
        if let Some(next) = places.get(end).filter(|_| start == next) {
            k += ((i128::from(*next) - i128::from(upper)) / step - 1).clamp(0, i128::from(i64::MAX / 2))
                as i64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTEGERS: TimeScale = TimeScale { clock: None };

    fn closed(name: &str) -> Closed {
        Closed::from_name(name).unwrap()
    }

    #[test]
    fn one_for_each_row() {
        let rows = |offset: Option<i64>, name: &str| {
            let offset = offset.map(Length::Count);
            rolling(&[1, 2, 2, 4, 9], &INTEGERS, &Length::Count(2), offset.as_ref(), closed(name)).unwrap()
        };
        assert_eq!(rows(None, "right"), [(0, 1), (0, 3), (0, 3), (3, 4), (4, 5)]);
        assert_eq!(rows(None, "left"), [(0, 0), (0, 1), (0, 1), (1, 3), (4, 4)]);
        assert_eq!(rows(Some(0), "left"), [(0, 3), (1, 3), (1, 3), (3, 4), (4, 5)]);
        assert_eq!(rows(Some(3), "both"), [(3, 4), (4, 4), (4, 4), (4, 5), (5, 5)]);
    }

    /// The windows of integers, found by trying all.
    fn plain(places: &[i64], every: i64, period: i64, offset: i64, closed: Closed) -> Vec<(i64, Vec<usize>)> {
        let mut start = places[0].div_euclid(every) * every + offset;
        while start > places[0] || !closed.lower && start == places[0] {
            start -= every;
        }
        (0..200)
            .map(|k| (start + k * every, start + k * every + period))
            .filter_map(|(lower, upper)| {
                let inside = |place: &i64| {
                    (*place > lower || closed.lower && *place == lower)
                        && (*place < upper || closed.upper && *place == upper)
                };
                let rows: Vec<usize> = (0..places.len()).filter(|row| inside(&places[*row])).collect();
                (!rows.is_empty()).then_some((lower, rows))
            })
            .collect()
    }

    #[test]
    fn windows_at_distances_are_all_that_have_rows() {
        let places = [-7, -7, -2, 0, 1, 1, 30, 31, 90];
        for every in 1..6 {
            for period in [1, 2, 5, 13] {
                for offset in [-4, 0, 1, 7] {
                    for name in ["left", "right", "both", "none"] {
                        let (every, period, offset) =
                            (Length::Count(every), Length::Count(period), Length::Count(offset));
                        let found = at_distances(
                            &places,
                            &INTEGERS,
                            &every,
                            &period,
                            Some(&offset),
                            closed(name),
                            StartBy::Window,
                        );
                        let found = found.unwrap();
                        let rows = found.starts.iter().zip(&found.lengths).map(|(start, length)| {
                            (*start as usize..(start + length) as usize).collect::<Vec<_>>()
                        });
                        let found: Vec<_> = found.lower.iter().copied().zip(rows).collect();
                        let (Length::Count(every), Length::Count(period), Length::Count(offset)) =
                            (every, period, offset)
                        else {
                            continue;
                        };
                        assert_eq!(
                            found,
                            plain(&places, every, period, offset, closed(name)),
                            "{every} {period} {offset} {name}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn gaps_of_centuries_take_no_time() {
        let scale = TimeScale::of(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap().unwrap();
        let second = scale.length("every", "1s").unwrap();
        let places = [0, 1_000_000 * 3_600 * 24 * 365 * 1_000];
        let windows =
            at_distances(&places, &scale, &second, &second, None, closed("left"), StartBy::Window).unwrap();
        assert_eq!((windows.lower, windows.lengths), (places.to_vec(), vec![1, 1]));
    }
}
