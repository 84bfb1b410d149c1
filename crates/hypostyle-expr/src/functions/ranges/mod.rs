//! Columns of regular numbers and times. The ends are one value each, and the result as long as the range; of the plurals
//! (`int_ranges`, …) they are values by row, and each row of the result is a list.

mod closed;
mod dates;
mod datetimes;
mod integers;
mod repeat;
mod times;

use hypostyle_core::{
    Array, Column, DataType, Error, ListArray, MutableBitmap, PrimitiveArray, PrimitiveBuilder, Result,
};
use hypostyle_kernels::cast::{CastMode, cast};

use super::{Arg, Function, Inputs, Ragged, at};

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

/// Puts numbers of a range into a builder, and stops at too many.
struct Rows<'a> {
    name: &'a str,
    values: PrimitiveBuilder<i64>,
    start: usize,
}

impl Rows<'_> {
    fn push(&mut self, value: i64) -> Result<()> {
        if self.values.len() - self.start >= MOST_ROWS {
            return Err(Error::overflow(format!("`{}` gives more than {MOST_ROWS} values", self.name)));
        }
        self.values.push(value);
        Ok(())
    }
}

/// One range between ends that are not null; null where one of them is, in `row`.
type Fill<'a> = dyn FnMut(usize, i64, i64, &mut Rows<'_>) -> Result<()> + 'a;

/// The range of each segment between the first two arguments, which are stored as 64 bits.
fn one_range(inputs: &Inputs<'_>, stored: &DataType, fill: &mut Fill<'_>) -> Result<Ragged> {
    let [low, high] = [0, 1].map(|i| cast(inputs.column(i), &DataType::Int64, CastMode::Strict));
    let (low, high) = (low?, high?);
    let (low, high) = (low.expect_primitive::<i64>()?, high.expect_primitive::<i64>()?);
    let mut rows = Rows { name: inputs.name, values: PrimitiveBuilder::new(), start: 0 };
    let mut starts = vec![0u32];
    for segment in 0..inputs.segment_count {
        let end = |values: &PrimitiveArray<i64>, i: usize| {
            let value = values.get(at(inputs.column(i), segment));
            value.ok_or_else(|| Error::compute(format!("an end of `{}` is null", inputs.name)))
        };
        fill(segment, end(low, 0)?, end(high, 1)?, &mut rows)?;
        starts.push(rows.values.len() as u32);
    }
    Ok(Ragged { values: finish(rows.values, stored)?, starts })
}

/// The ranges of each row; null where an end is.
fn each_range(inputs: &Inputs<'_>, stored: &DataType, fill: &mut Fill<'_>) -> Result<Column> {
    let ends = [0, 1].map(|i| cast(inputs.column(i), &DataType::Int64, CastMode::Strict));
    let [low, high] = ends;
    let (low, high) = (low?, high?);
    let (low, high) = (low.expect_primitive::<i64>()?, high.expect_primitive::<i64>()?);
    let mut offsets = vec![0i64];
    let mut valid = MutableBitmap::with_capacity(inputs.len);
    let mut rows = Rows { name: inputs.name, values: PrimitiveBuilder::new(), start: 0 };
    for row in 0..inputs.len {
        let ends = low.get(at(inputs.column(0), row)).zip(high.get(at(inputs.column(1), row)));
        valid.push(ends.is_some());
        if let Some((low, high)) = ends {
            rows.start = rows.values.len();
            fill(row, low, high, &mut rows)?;
        }
        offsets.push(rows.values.len() as i64);
    }
    let values = finish(rows.values, stored)?;
    let array = ListArray::try_new(offsets.into(), values, valid.into_validity())?;
    Column::try_new(inputs.output.clone(), Array::List(array))
}

/// Numbers as the type they stand for.
fn finish(values: PrimitiveBuilder<i64>, stored: &DataType) -> Result<Column> {
    cast(&values.finish(DataType::Int64), stored, CastMode::Strict)
}
