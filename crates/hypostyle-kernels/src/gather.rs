//! Rows at given positions.

use std::ops::Range;
use std::sync::Arc;

use hypostyle_core::{
    Array, Batch, BinaryArray, Bitmap, BooleanArray, Column, DictArray, Error, FixedListArray, ListArray,
    MutableBitmap, Native, PrimitiveArray, Result, StructArray, Utf8Array, with_primitive,
};

use crate::concat::concat;

/// Stands for "no row" in [`gather_optional`].
pub const NO_ROW: u32 = u32::MAX;

/// The rows at `indices`, in their order. Fails if one is past the end.
pub fn gather(column: &Column, indices: &[u32]) -> Result<Column> {
    let len = column.len();
    check(indices, len)?;
    Ok(gather_rows::<false>(column, indices))
}

/// The rows at `indices`; [`NO_ROW`] gives null.
pub fn gather_optional(column: &Column, indices: &[u32]) -> Result<Column> {
    let len = column.len();
    let mut missing = false;
    let mut largest = 0;
    for &i in indices {
        if i == NO_ROW {
            missing = true;
        } else {
            largest = largest.max(i);
        }
    }
    if missing {
        if indices.iter().any(|i| *i != NO_ROW) && largest as usize >= len {
            return Err(out_of_bounds(largest, len));
        }
        if len == 0 {
            return Ok(Column::full_null(column.dtype().clone(), indices.len()));
        }
        return Ok(gather_rows::<true>(column, indices));
    }
    gather(column, indices)
}

/// The rows of every column at `indices`.
pub fn gather_batch(batch: &Batch, indices: &[u32]) -> Result<Batch> {
    check(indices, batch.len())?;
    let columns = batch.columns().iter().map(|c| gather_rows::<false>(c, indices)).collect();
    Batch::try_new(columns, indices.len())
}

fn check(indices: &[u32], len: usize) -> Result<()> {
    let largest = indices.iter().fold(0, |largest, i| largest.max(*i));
    if indices.is_empty() || (largest as usize) < len { Ok(()) } else { Err(out_of_bounds(largest, len)) }
}

fn out_of_bounds(index: u32, len: usize) -> Error {
    Error::out_of_bounds(format!("cannot gather row {index} out of {len} rows"))
}

/// Indices are within the column, or `NO_ROW` if `OPTIONAL` (then the column has rows).
pub(crate) fn gather_rows<const OPTIONAL: bool>(column: &Column, indices: &[u32]) -> Column {
    let validity = gather_validity::<OPTIONAL>(column.validity(), indices);
    let array = with_primitive!(column.array(), |a: T| {
        <T as Native>::wrap(PrimitiveArray::new(gather_values::<T, OPTIONAL>(a.values(), indices).into(), validity))
    }, match {
        Array::Null(_) => Array::Null(indices.len()),
        Array::Boolean(a) => Array::Boolean(BooleanArray::new(gather_bits::<OPTIONAL>(a.values(), indices), validity)),
        Array::Utf8(a) => {
            let array = gather_bytes::<OPTIONAL>(a.as_binary(), indices, validity);
            // SAFETY: every row is a row of a text array, or empty.
            Array::Utf8(unsafe { Utf8Array::from_binary_unchecked(array) })
        }
        Array::Binary(a) => Array::Binary(gather_bytes::<OPTIONAL>(a, indices, validity)),
        Array::Dict(a) => {
            let values = gather_values::<u32, OPTIONAL>(a.codes().values(), indices);
            let codes = PrimitiveArray::new(values.into(), validity);
            expect(DictArray::try_new(codes, Arc::clone(a.dictionary())).map(Array::Dict))
        }
        Array::List(a) => gather_list::<OPTIONAL>(a, indices, validity),
        Array::FixedList(a) => gather_fixed_list::<OPTIONAL>(a, indices, validity),
        Array::Struct(a) => {
            let fields = a.fields().iter().map(|f| gather_rows::<OPTIONAL>(f, indices)).collect();
            expect(StructArray::try_new(fields, indices.len(), validity).map(Array::Struct))
        }
    });
    Column::from_array(column.dtype().clone(), array)
}

#[expect(clippy::expect_used, reason = "parts gathered by the same indices fit each other")]
fn expect(array: Result<Array>) -> Array {
    array.expect("gathered parts fit")
}

fn gather_values<T: Copy + Default, const OPTIONAL: bool>(values: &[T], indices: &[u32]) -> Vec<T> {
    if OPTIONAL {
        return indices.iter().map(|&i| values.get(i as usize).copied().unwrap_or_default()).collect();
    }
    indices
        .iter()
        // SAFETY: the public functions checked every index against the length.
        .map(|&i| unsafe { *values.get_unchecked(i as usize) })
        .collect()
}

fn gather_bits<const OPTIONAL: bool>(bits: &Bitmap, indices: &[u32]) -> Bitmap {
    let (words, offset) = (bits.raw_words(), bits.offset());
    let packed: Vec<u64> = indices
        .chunks(64)
        .map(|chunk| {
            let mut word = 0;
            for (k, &i) in chunk.iter().enumerate() {
                if OPTIONAL && i == NO_ROW {
                    continue;
                }
                let bit = offset + i as usize;
                word |= (words[bit / 64] >> (bit % 64) & 1) << k;
            }
            word
        })
        .collect();
    MutableBitmap::from_words(packed, indices.len()).freeze()
}

pub(crate) fn gather_validity<const OPTIONAL: bool>(
    validity: Option<&Bitmap>,
    indices: &[u32],
) -> Option<Bitmap> {
    let gathered = match validity {
        Some(validity) => gather_bits::<OPTIONAL>(validity, indices),
        None if OPTIONAL => indices.iter().map(|i| *i != NO_ROW).collect(),
        None => return None,
    };
    (gathered.count_unset() > 0).then_some(gathered)
}

fn gather_bytes<const OPTIONAL: bool>(
    array: &BinaryArray,
    indices: &[u32],
    validity: Option<Bitmap>,
) -> BinaryArray {
    let offsets = array.offsets();
    let mut new_offsets = Vec::with_capacity(indices.len() + 1);
    let mut total = 0i64;
    new_offsets.push(0);
    for &i in indices {
        if !(OPTIONAL && i == NO_ROW) {
            let i = i as usize;
            total += offsets[i + 1] - offsets[i];
        }
        new_offsets.push(total);
    }
    let mut bytes = Vec::with_capacity(total as usize);
    for &i in indices {
        if !(OPTIONAL && i == NO_ROW) {
            bytes.extend_from_slice(array.value(i as usize));
        }
    }
    #[expect(clippy::expect_used, reason = "offsets were summed up from the lengths of the rows")]
    BinaryArray::try_new(new_offsets.into(), bytes.into(), validity).expect("offsets ascend")
}

fn gather_list<const OPTIONAL: bool>(array: &ListArray, indices: &[u32], validity: Option<Bitmap>) -> Array {
    let offsets = array.offsets();
    let mut new_offsets = vec![0i64];
    let mut total = 0;
    let ranges = indices.iter().filter_map(|&i| {
        let rows = (!(OPTIONAL && i == NO_ROW)).then(|| {
            let i = i as usize;
            offsets[i] as usize..offsets[i + 1] as usize
        });
        total += rows.as_ref().map_or(0, Range::len) as i64;
        new_offsets.push(total);
        rows
    });
    let values = gather_ranges(array.values(), ranges);
    expect(ListArray::try_new(new_offsets.into(), values, validity).map(Array::List))
}

/// Missing rows hold the values of the first row.
fn gather_fixed_list<const OPTIONAL: bool>(
    array: &FixedListArray,
    indices: &[u32],
    validity: Option<Bitmap>,
) -> Array {
    let width = array.width();
    let ranges = indices.iter().map(|&i| {
        let i = if OPTIONAL && i == NO_ROW { 0 } else { i as usize };
        i * width..(i + 1) * width
    });
    let values = gather_ranges(array.values(), ranges);
    expect(FixedListArray::try_new(values, width, indices.len(), validity).map(Array::FixedList))
}

/// The rows of all ranges, one after the other.
fn gather_ranges(values: &Column, ranges: impl Iterator<Item = Range<usize>>) -> Column {
    if values.len() < NO_ROW as usize {
        let rows: Vec<u32> = ranges.flat_map(|range| range.start as u32..range.end as u32).collect();
        return gather_rows::<false>(values, &rows);
    }
    // More rows than 32 bits count.
    let mut slices: Vec<Column> = ranges.map(|range| values.slice(range.start, range.len())).collect();
    slices.push(values.slice(0, 0));
    #[expect(clippy::expect_used, reason = "there is a slice, and all have one type")]
    concat(&slices).expect("slices of one column fit each other")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hypostyle_core::Value;

    #[test]
    fn rows_in_any_order() {
        let column = Column::from_options([Some(1i64), None, Some(3)]);
        let gathered = gather(&column, &[2, 1, 1, 0]).unwrap();
        let values: Vec<Value> = (0..4).map(|i| gathered.value(i)).collect();
        assert_eq!(values, [Value::Int(3), Value::Null, Value::Null, Value::Int(1)]);
        assert!(gather(&column, &[3]).is_err());
    }

    #[test]
    fn missing_rows_are_null() {
        let column = Column::from_strs(["a", "bc"]);
        let gathered = gather_optional(&column, &[1, NO_ROW, 0]).unwrap();
        let values: Vec<Option<&str>> = (0..3).map(|i| gathered.str_at(i)).collect();
        assert_eq!(values, [Some("bc"), None, Some("a")]);
        assert!(gather_optional(&column, &[NO_ROW, 2]).is_err());
        assert_eq!(gather_optional(&column.slice(0, 0), &[NO_ROW]).unwrap().null_count(), 1);
    }
}
