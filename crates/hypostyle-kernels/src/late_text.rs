//! Texts gathered late: the result is a dictionary over the source whose codes are the numbers of the rows. No bytes
//! are copied until somebody wants them in one place, and all columns that are gathered by the same rows share their
//! codes.
//!
//! Such a dictionary is as large as its source, however few rows use it: [`settle`] copies what a result keeps of it
//! where that is little, so that a small result does not hold on to a large source.

use std::collections::HashMap;
use std::sync::Arc;

use hypostyle_core::{
    Array, Batch, BinaryArray, Bitmap, Buffer, Column, DataType, DictArray, Dictionary, Error,
    PrimitiveArray, Result, Utf8Array,
};

use crate::gather::{gather_rows, gather_validity};

/// The texts of a column as the entries of a dictionary, in place. `None` if it is no text, or a dictionary already.
pub fn entries(column: &Column) -> Option<Arc<Dictionary>> {
    match (column.dtype(), column.array()) {
        // Nulls are the codes' matter.
        (DataType::String, Array::Utf8(a)) => match Array::Utf8(a.clone()).with_validity(None) {
            Array::Utf8(values) => Dictionary::try_new(values).ok().map(Arc::new),
            _ => None,
        },
        _ => None,
    }
}

/// Positions of rows, checked once for all columns that are gathered by them.
#[derive(Clone, Debug)]
pub struct RowNumbers {
    rows: Buffer<u32>,
    /// Rows of the columns that they are positions in.
    len: usize,
    /// Whether some are [`crate::gather::NO_ROW`].
    missing: bool,
}

impl RowNumbers {
    /// Positions among `len` rows; [`crate::gather::NO_ROW`] gives null. Fails if one is past the end.
    pub fn try_new(rows: Vec<u32>, len: usize) -> Result<Self> {
        // One above each, so that "no row" is the smallest.
        let (largest, smallest) = rows.iter().fold((0, u32::MAX), |(largest, smallest), row| {
            let above = row.wrapping_add(1);
            (above.max(largest), above.min(smallest))
        });
        if largest as usize > len {
            return Err(Error::out_of_bounds(format!("cannot gather row {} out of {len} rows", largest - 1)));
        }
        Ok(Self { rows: rows.into(), len, missing: smallest == 0 })
    }

    /// Number of positions.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows of a column, copied.
    pub fn gather(&self, column: &Column) -> Result<Column> {
        if column.len() != self.len {
            return Err(Error::shape(format!("positions among {} rows, not {}", self.len, column.len())));
        }
        Ok(match (self.missing, self.len) {
            (false, _) => gather_rows::<false>(column, &self.rows),
            (true, 0) => Column::full_null(column.dtype().clone(), self.rows.len()),
            (true, _) => gather_rows::<true>(column, &self.rows),
        })
    }

    /// The rows of a text column whose [`entries`] these are, without a copy.
    pub fn gather_late(&self, column: &Column, entries: &Arc<Dictionary>) -> Result<Column> {
        let validity = if self.missing {
            gather_validity::<true>(column.validity(), &self.rows)
        } else {
            gather_validity::<false>(column.validity(), &self.rows)
        };
        let codes = PrimitiveArray::try_new(self.rows.clone(), validity)?;
        Column::try_new(column.dtype().clone(), Array::Dict(DictArray::try_new(codes, Arc::clone(entries))?))
    }
}

/// Rows of texts that are dictionaries, perhaps different ones, as offsets and bytes in one piece.
pub fn flatten(parts: &[&DictArray], validity: Option<Bitmap>) -> Result<Utf8Array> {
    let rows: usize = parts.iter().map(|part| part.len()).sum();
    let mut offsets = Vec::with_capacity(rows + 1);
    let mut total = 0i64;
    offsets.push(total);
    for part in parts {
        let ends = part.dictionary().values().offsets();
        for_codes(part, |code| {
            if let Some(code) = code {
                total += ends[code as usize + 1] - ends[code as usize];
            }
            offsets.push(total);
        });
    }
    let mut bytes = Vec::with_capacity(total as usize);
    for part in parts {
        let values = part.dictionary().values().as_binary();
        for_codes(part, |code| {
            if let Some(code) = code {
                bytes.extend_from_slice(values.value(code as usize));
            }
        });
    }
    let array = BinaryArray::try_new(offsets.into(), bytes.into(), validity)?;
    // SAFETY: every row is an entry of a dictionary of text, or empty.
    Ok(unsafe { Utf8Array::from_binary_unchecked(array) })
}

/// The codes of the rows that are not null.
#[inline(always)]
fn for_codes(part: &DictArray, mut f: impl FnMut(Option<u32>)) {
    match part.codes().validity() {
        None => part.codes().values().iter().for_each(|code| f(Some(*code))),
        Some(_) => part.codes().iter().for_each(f),
    }
}

/// The batches without dictionaries of which they use less than half the entries: these rows are copied.
pub fn settle(batches: Vec<Batch>) -> Result<Vec<Batch>> {
    let mut uses: HashMap<usize, (usize, usize)> = HashMap::new();
    let texts = |batch: &Batch| -> Vec<DictArray> {
        let columns = batch.columns().iter().filter(|column| *column.dtype() == DataType::String);
        columns.filter_map(|column| column.as_dict().cloned()).collect()
    };
    for batch in &batches {
        for array in texts(batch) {
            let key = Arc::as_ptr(array.dictionary()) as usize;
            uses.entry(key).or_insert((array.dictionary().len(), 0)).1 += array.len();
        }
    }
    let wasteful = |array: &DictArray| {
        let used = uses.get(&(Arc::as_ptr(array.dictionary()) as usize));
        used.is_some_and(|(entries, rows)| rows.saturating_mul(2) < *entries)
    };
    if !batches.iter().any(|batch| texts(batch).iter().any(wasteful)) {
        return Ok(batches);
    }
    batches
        .into_iter()
        .map(|batch| {
            let len = batch.len();
            let columns = batch
                .into_columns()
                .into_iter()
                .map(|column| match column.as_dict() {
                    Some(array) if *column.dtype() == DataType::String && wasteful(array) => {
                        Ok(Column::from_utf8(flatten(&[array], column.validity().cloned())?))
                    }
                    _ => Ok(column),
                })
                .collect::<Result<_>>()?;
            Batch::try_new(columns, len)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gather::NO_ROW;
    use proptest::prelude::*;

    fn texts(column: &Column) -> Vec<Option<String>> {
        (0..column.len()).map(|i| column.str_at(i).map(str::to_owned)).collect()
    }

    proptest! {
        #[test]
        fn late_and_early_gathers_agree(
            values in prop::collection::vec(prop::option::weighted(0.8, "[a-cü]{0,9}"), 1..80),
            picks in prop::collection::vec(prop::option::weighted(0.9, any::<prop::sample::Index>()), 0..120),
            start in 0usize..20,
        ) {
            let column = Column::from_utf8(values.iter().map(|v| v.as_deref()).collect());
            let start = start.min(values.len() - 1);
            let column = column.slice(start, values.len() - start);
            let rows: Vec<u32> =
                picks.iter().map(|p| p.map_or(NO_ROW, |p| p.index(column.len()) as u32)).collect();
            let numbers = RowNumbers::try_new(rows.clone(), column.len()).unwrap();
            let early = numbers.gather(&column).unwrap();
            let late = numbers.gather_late(&column, &entries(&column).unwrap()).unwrap();
            prop_assert_eq!(late.null_count(), early.null_count());
            prop_assert_eq!(texts(&late), texts(&early));
            let flat = flatten(&[late.as_dict().unwrap()], late.validity().cloned()).unwrap();
            prop_assert_eq!(texts(&Column::from_utf8(flat)), texts(&early));
            let settled = settle(vec![Batch::try_new(vec![late.clone()], late.len()).unwrap()]).unwrap();
            prop_assert_eq!(texts(settled[0].column(0)), texts(&early));
            prop_assert_eq!(settled[0].column(0).as_dict().is_none(), late.len() * 2 < column.len());
        }
    }

    #[test]
    fn rows_past_the_end() {
        assert!(RowNumbers::try_new(vec![0, NO_ROW, 3], 3).is_err());
        assert!(RowNumbers::try_new(vec![0], 0).is_err());
        assert!(RowNumbers::try_new(vec![NO_ROW], 0).is_ok());
        assert!(entries(&Column::from_vec(vec![1])).is_none());
    }
}
