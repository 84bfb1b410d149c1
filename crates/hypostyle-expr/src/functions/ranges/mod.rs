//! Columns of regular numbers and times. The ends are one value each, and the result as long as the range; of the plurals
//! (`int_ranges`, …) they are values by row, and each row of the result is a list.

mod closed;
mod dates;
mod datetimes;
mod integers;
mod repeat;
mod times;

use hypostyle_core::{Array, Column, DataType, Error, ListArray, MutableBitmap, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::{Arg, Function, Inputs, OptionType, Param, Ragged, at, params};

pub(super) static FUNCTIONS: &[Function] = &[
    integers::INT_RANGE,
    integers::INT_RANGES,
    dates::DATE_RANGE,
    dates::DATE_RANGES,
    datetimes::DATETIME_RANGE,
    datetimes::DATETIME_RANGES,
    times::TIME_RANGE,
    times::TIME_RANGES,
    repeat::REPEAT,
];

/// Rows of one range, of which an index counts.
const MOST_ROWS: usize = u32::MAX as usize;

/// Ends that are one value each.
fn need_scalars(name: &str, args: &[Arg<'_>], what: &[&str]) -> Result<()> {
    match args.iter().zip(what).find(|(arg, _)| !arg.scalar) {
        Some((_, what)) => Err(Error::shape(format!(
            "`{name}` takes one value for its {what}; `{name}s` makes a range of each row"
        ))),
        None => Ok(()),
    }
}

/// The option of how far a range moves at a time.
const fn interval(default: &'static str) -> Param {
    params::option("interval", OptionType::String, params::Default::String(default))
}

/// The type of the values of ranges.
fn value_type<'a>(inputs: &Inputs<'a>) -> &'a DataType {
    match inputs.output {
        DataType::List(inner) => inner,
        other => other,
    }
}

/// The numbers of ranges, one range after the other.
struct Rows<'a> {
    name: &'a str,
    values: Vec<i64>,
    /// Where the range starts that is being filled.
    start: usize,
}

impl Rows<'_> {
    /// An error where the range has no room for so many numbers.
    fn check(&self, more: usize) -> Result<()> {
        if (self.values.len() - self.start).saturating_add(more) > MOST_ROWS {
            return Err(Error::out_of_bounds(format!("`{}` gives more than {MOST_ROWS} values", self.name)));
        }
        Ok(())
    }

    fn push(&mut self, value: i64) -> Result<()> {
        self.check(1)?;
        self.values.push(value);
        Ok(())
    }

    /// Appends so many numbers.
    fn extend(&mut self, count: usize, values: impl Iterator<Item = i64>) -> Result<()> {
        self.check(count)?;
        self.values.extend(values);
        Ok(())
    }

    /// The numbers as the type they stand for.
    fn finish(self, stored: &DataType) -> Result<Column> {
        cast(&Column::from_vec(self.values), stored, CastMode::Strict)
    }
}

/// Appends the range of a row between its ends, which are not null.
type Fill<'a> = dyn FnMut(usize, i64, i64, &mut Rows<'_>) -> Result<()> + 'a;

/// [`one_range`] or [`each_range`].
type Ranges<R> = fn(&Inputs<'_>, &DataType, &mut Fill<'_>) -> Result<R>;

/// The first two arguments as 64 bits.
struct Ends {
    low: Column,
    high: Column,
}

impl Ends {
    fn of(inputs: &Inputs<'_>) -> Result<Self> {
        let end = |i: usize| cast(inputs.column(i), &DataType::Int64, CastMode::Strict);
        Ok(Self { low: end(0)?, high: end(1)? })
    }

    /// Both ends of a row, or of a segment; `None` where one is null.
    fn get(&self, row: usize) -> Result<Option<(i64, i64)>> {
        let end = |column: &Column| Ok::<_, Error>(column.expect_primitive::<i64>()?.get(at(column, row)));
        Ok(end(&self.low)?.zip(end(&self.high)?))
    }
}

/// The range of each segment between the first two arguments.
fn one_range(inputs: &Inputs<'_>, stored: &DataType, fill: &mut Fill<'_>) -> Result<Ragged> {
    let ends = Ends::of(inputs)?;
    let mut rows = Rows { name: inputs.name, values: Vec::new(), start: 0 };
    let mut starts = vec![0u32];
    for segment in 0..inputs.segment_count {
        let (low, high) = ends
            .get(segment)?
            .ok_or_else(|| Error::compute(format!("an end of `{}` is null", inputs.name)))?;
        fill(segment, low, high, &mut rows)?;
        starts.push(rows.values.len() as u32);
    }
    Ok(Ragged { values: rows.finish(stored)?, starts })
}

/// The ranges of each row; null where an end is.
fn each_range(inputs: &Inputs<'_>, stored: &DataType, fill: &mut Fill<'_>) -> Result<Column> {
    let ends = Ends::of(inputs)?;
    let mut offsets = vec![0i64];
    let mut valid = MutableBitmap::with_capacity(inputs.len);
    let mut rows = Rows { name: inputs.name, values: Vec::new(), start: 0 };
    for row in 0..inputs.len {
        let ends = ends.get(row)?;
        valid.push(ends.is_some());
        if let Some((low, high)) = ends {
            rows.start = rows.values.len();
            fill(row, low, high, &mut rows)?;
        }
        offsets.push(rows.values.len() as i64);
    }
    let array = ListArray::try_new(offsets.into(), rows.finish(stored)?, valid.into_validity())?;
    Column::try_new(inputs.output.clone(), Array::List(array))
}
