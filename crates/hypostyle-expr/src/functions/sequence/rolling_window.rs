//! The windows of rows: so many before each, or those within a time before it; and what moves over them.

use std::borrow::Cow;
use std::ops::Range;

use hypostyle_core::{Column, DataType, Error, PrimitiveArray, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};
use hypostyle_kernels::select::broadcast;
use hypostyle_kernels::sort::SortOrder;
use hypostyle_kernels::time_windows::{Closed, Length, TimeScale, rolling};

use super::super::{Arg, Inputs, not_defined};
use super::sorted_rows;

/// The windows of all rows.
pub(super) struct Windows {
    /// As many values as a window has to have.
    pub(super) least: usize,
    extent: Extent,
}

/// Which rows belong to the window of a row.
enum Extent {
    /// So many, `after` of which end it: the row itself and those behind.
    Rows { size: usize, after: usize },
    /// Those at places from a start to an end, of rows in the order of a time. `order` has the row at each place, none
    /// where rows are in order; rows without a time are at no place.
    Places { order: Option<Vec<u32>>, bounds: Vec<(u32, u32)>, segments: Vec<Range<usize>> },
}

/// The place of the window's length and of what is after it among the arguments.
const SIZE: usize = 1;
const LEAST: usize = 2;

impl Windows {
    /// Of a number of rows: arguments are `x, window_size, min_samples, center`.
    pub(super) fn of_rows(inputs: &Inputs<'_>) -> Result<Self> {
        let size = count(inputs, SIZE)?.unwrap_or(0);
        let least = count(inputs, LEAST)?.unwrap_or(size);
        if least > size {
            return Err(Error::invalid_operation(format!(
                "`min_samples` of `{}` is {least}, and windows have {size} rows",
                inputs.name
            )));
        }
        let after = if inputs.flag(3) { size - size / 2 } else { 1.min(size) };
        Ok(Self { least, extent: Extent::Rows { size, after } })
    }

    /// Of a length of time: arguments are `x, window_size, min_samples, closed, by`.
    pub(super) fn of_times(inputs: &Inputs<'_>) -> Result<Self> {
        let least = count(inputs, LEAST)?.unwrap_or(1);
        let by = inputs.column(4);
        let (scale, length) =
            scale_and_length(inputs.name, by.dtype(), inputs.text(SIZE).unwrap_or_default())?;
        let closed = inputs.text(3).and_then(Closed::from_name).ok_or_else(|| inputs.unplanned())?;
        let by = broadcast(&TimeScale::places(by)?, inputs.len)?;
        let by: &PrimitiveArray<i64> = by.expect_primitive()?;
        let ascending = by.validity().is_none() && by.values().is_sorted();
        let order = match ascending {
            true => None,
            false => {
                let key = Column::from_primitive(DataType::Int64, by.clone());
                let order = SortOrder { descending: false, nulls_last: true };
                Some(sorted_rows(inputs, vec![(key, order)])?)
            }
        };
        let row = |place: usize| order.as_ref().map_or(place, |order| order[place] as usize);
        let (mut bounds, mut segments) = (Vec::with_capacity(inputs.len), Vec::new());
        for range in inputs.segments() {
            // Rows without a time are last.
            let known = (range.start..range.end).filter(|row| by.get(*row).is_some()).count();
            let end = range.start + known;
            let sorted: Cow<'_, [i64]> = match &order {
                None => by.values()[range.start..end].into(),
                Some(_) => (range.start..end).map(|place| by.values()[row(place)]).collect(),
            };
            let from = range.start as u32;
            let windows = rolling(&sorted, &scale, &length, None, closed)?;
            bounds.extend(windows.into_iter().map(|(start, end)| (from + start, from + end)));
            bounds.extend((end..range.end).map(|_| (end as u32, end as u32)));
            segments.push(range.start..end);
        }
        Ok(Self { least, extent: Extent::Places { order, bounds, segments } })
    }

    /// Calls `enter` and `leave` with the rows of each window as it moves on, and `at` when it is that of a row.
    /// Windows come in the order of [`Self::in_order`].
    pub(super) fn slide<S>(
        &self,
        inputs: &Inputs<'_>,
        state: &mut S,
        mut enter: impl FnMut(&mut S, usize),
        mut leave: impl FnMut(&mut S, usize),
        mut at: impl FnMut(&mut S, usize),
    ) {
        let mut steps = (&mut enter, &mut leave, &mut at);
        match &self.extent {
            Extent::Rows { size, after } => {
                for range in inputs.segments() {
                    let bounds = |row: usize| {
                        ((row + after).saturating_sub(*size).max(range.start), (row + after).min(range.end))
                    };
                    slide_over(state, range.clone(), bounds, |row| row, &mut steps);
                }
            }
            Extent::Places { order, bounds, segments } => {
                let bounds = |place: usize| (bounds[place].0 as usize, bounds[place].1 as usize);
                for segment in segments {
                    match order {
                        Some(order) => {
                            slide_over(
                                state,
                                segment.clone(),
                                bounds,
                                |place| order[place] as usize,
                                &mut steps,
                            );
                        }
                        None => slide_over(state, segment.clone(), bounds, |row| row, &mut steps),
                    }
                }
            }
        }
    }

    /// Results of [`Self::slide`], each at its row; null where a row has no window.
    pub(super) fn in_order(&self, inputs: &Inputs<'_>, found: Column) -> Result<Column> {
        let Extent::Places { order, segments, .. } = &self.extent else { return Ok(found) };
        if order.is_none() && found.len() == inputs.len {
            return Ok(found);
        }
        let mut rows = vec![NO_ROW; inputs.len];
        let places = segments.iter().cloned().flatten();
        for (result, place) in places.enumerate() {
            rows[order.as_ref().map_or(place, |order| order[place] as usize)] = result as u32;
        }
        gather_optional(&found, &rows)
    }
}

/// The windows of a segment: `bounds` are those of the window of a place, `row` is the row there.
fn slide_over<S>(
    state: &mut S,
    segment: Range<usize>,
    bounds: impl Fn(usize) -> (usize, usize),
    row: impl Fn(usize) -> usize,
    (enter, leave, at): &mut (
        &mut impl FnMut(&mut S, usize),
        &mut impl FnMut(&mut S, usize),
        &mut impl FnMut(&mut S, usize),
    ),
) {
    let (mut next, mut first) = (segment.start, segment.start);
    for place in segment {
        let (start, end) = bounds(place);
        while next < end {
            enter(state, row(next));
            next += 1;
        }
        while first < start.min(next) {
            leave(state, row(first));
            first += 1;
        }
        at(state, row(place));
    }
    while first < next {
        leave(state, row(first));
        first += 1;
    }
}

fn count(inputs: &Inputs<'_>, i: usize) -> Result<Option<usize>> {
    let given = inputs.integer(i).map(usize::try_from).transpose();
    given.map_err(|_| Error::invalid_operation(format!("`{}` takes no negative number of rows", inputs.name)))
}

/// Whether a column can say when rows are, and a length of time fits it; for signatures.
pub(super) fn check_times(name: &str, by: &Arg<'_>, size: Option<&str>) -> Result<()> {
    scale_and_length(name, by.dtype, size.unwrap_or_default()).map(|_| ())
}

fn scale_and_length(name: &str, by: &DataType, size: &str) -> Result<(TimeScale, Length)> {
    let what = "`by` as dates, datetimes or integers of 32 or 64 bits";
    let scale = TimeScale::of(by)?.ok_or_else(|| not_defined(name, what, by))?;
    let length = scale.length(&format!("`window_size` of `{name}`"), size)?;
    if !length.is_positive() {
        return Err(Error::invalid_operation(format!(
            "`window_size` of `{name}` is longer than 0, not {size:?}"
        )));
    }
    Ok((scale, length))
}
