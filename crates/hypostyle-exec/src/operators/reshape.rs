//! Explode, unpivot, row numbers.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::gather::{NO_ROW, gather, gather_optional};

use crate::context::Context;
use crate::pipeline::{Kept, Sink, Transform, bytes};
use crate::store::BatchStore;

/// One row for each value of the lists at `columns`. Null lists give a null row, empty ones give none.
#[derive(Debug)]
pub(crate) struct Explode {
    pub(crate) columns: Vec<usize>,
}

impl Transform for Explode {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        let lists = self
            .columns
            .iter()
            .map(|i| {
                let column = batch.column(*i);
                column.as_list().ok_or_else(|| Error::internal(format!("exploding {}", column.dtype())))
            })
            .collect::<Result<Vec<_>>>()?;
        let Some(first) = lists.first() else { return Ok(batch) };
        let length = |k: usize, row: usize| -> Option<usize> {
            let list = lists[k];
            let valid = list.validity().is_none_or(|v| v.get(row));
            valid.then(|| (list.offsets()[row + 1] - list.offsets()[row]) as usize)
        };
        let mut rows: Vec<u32> = Vec::new();
        let mut values: Vec<Vec<u32>> = vec![Vec::new(); lists.len()];
        for row in 0..first.len() {
            let count = length(0, row);
            if (1..lists.len()).any(|k| length(k, row).unwrap_or(1) != count.unwrap_or(1)) {
                return Err(Error::shape(
                    "lists that are exploded together must have the same lengths in every row",
                ));
            }
            rows.extend(std::iter::repeat_n(row as u32, count.unwrap_or(1)));
            for (k, values) in values.iter_mut().enumerate() {
                match length(k, row) {
                    None => values.push(NO_ROW),
                    Some(_) => {
                        let offsets = lists[k].offsets();
                        values.extend(offsets[row] as u32..offsets[row + 1] as u32);
                    }
                }
            }
        }
        let columns = batch
            .columns()
            .iter()
            .enumerate()
            .map(|(i, column)| match self.columns.iter().position(|c| *c == i) {
                Some(k) => gather_optional(lists[k].values(), &values[k]),
                None => gather(column, &rows),
            })
            .collect::<Result<_>>()?;
        Batch::try_new(columns, rows.len())
    }
}

/// Columns at `on` become rows of a name and a value beside those at `index`: all rows of the first, then all of the
/// next.
#[derive(Debug)]
pub(crate) struct Unpivot {
    index: Vec<usize>,
    on: Vec<(usize, String)>,
    value: DataType,
    /// For each morsel a batch of each column.
    kept: Kept<Vec<Batch>>,
}

impl Unpivot {
    /// Columns by position, those that become rows with their names, and the type of the values.
    pub(crate) fn new(index: Vec<usize>, on: Vec<(usize, String)>, value: DataType) -> Self {
        Self { index, on, value, kept: Kept::default() }
    }
}

impl Sink for Unpivot {
    type Local = Vec<(usize, Vec<Batch>)>;
    type Output = BatchStore;

    fn local(&self) -> Result<Self::Local> {
        Ok(Vec::new())
    }

    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let of_column = |(position, name): &(usize, String)| {
            let mut columns: Vec<Column> = self.index.iter().map(|i| batch.column(*i).clone()).collect();
            columns.push(Column::from_scalar(&name.as_str().into(), batch.len()));
            columns.push(cast(batch.column(*position), &self.value, CastMode::Strict)?);
            Batch::try_new(columns, batch.len())
        };
        local.push((index, self.on.iter().map(of_column).collect::<Result<_>>()?));
        Ok(())
    }

    fn combine(&self, local: Self::Local) -> Result<()> {
        self.kept.add(local);
        Ok(())
    }

    fn finish(self, _context: &Context) -> Result<BatchStore> {
        let mut morsels: Vec<_> = self.kept.in_order().into_iter().map(Vec::into_iter).collect();
        let columns = (0..self.on.len())
            .flat_map(|_| morsels.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>());
        Ok(BatchStore::new(columns.collect()))
    }

    fn size(&self, local: &Self::Local) -> usize {
        bytes(local.iter().flat_map(|(_, batches)| batches))
    }
}

/// A batch with a column before the others that numbers its rows from `start` on.
pub(crate) fn with_row_index(batch: Batch, start: u64) -> Result<Batch> {
    let len = batch.len();
    let end = start + len as u64;
    if end > u64::from(u32::MAX) {
        return Err(Error::overflow("row numbers go past 4 billion"));
    }
    let mut columns = vec![Column::from_vec((start as u32..end as u32).collect::<Vec<u32>>())];
    columns.extend(batch.into_columns());
    Batch::try_new(columns, len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::testing::{batch, batch_of, check_sink, check_transform};

    #[test]
    fn columns_become_rows_one_after_the_other() {
        let pairs =
            |a: &[i64], b: &[i64]| batch(vec![Column::from_vec(a.to_vec()), Column::from_vec(b.to_vec())]);
        let unpivot = || {
            let on = vec![(0, "a".to_owned()), (1, "b".to_owned())];
            Unpivot::new(vec![0], on, DataType::Int64)
        };
        let expected: [&[&str]; 6] = [
            &["1", "a", "1"],
            &["2", "a", "2"],
            &["3", "a", "3"],
            &["1", "b", "4"],
            &["2", "b", "5"],
            &["3", "b", "6"],
        ];
        check_sink(unpivot, &[pairs(&[1, 2], &[4, 5]), pairs(&[3], &[6])], &expected);
    }

    #[test]
    fn rows_are_numbered() {
        let numbered = with_row_index(batch_of(&[7, 8]), 5).unwrap();
        assert_eq!(crate::operators::testing::rows(&[numbered]), [["5", "7"], ["6", "8"]]);
        assert!(with_row_index(batch_of(&[7]), u64::from(u32::MAX)).is_err());
    }

    #[test]
    fn lists_become_rows() {
        let lists = hypostyle_core::ListArray::try_new(
            vec![0i64, 2, 2, 3].into(),
            Column::from_vec(vec![1i64, 2, 3]),
            None,
        );
        let lists = Column::from_array(
            DataType::List(Box::new(DataType::Int64)),
            hypostyle_core::Array::List(lists.unwrap()),
        );
        let input = batch(vec![lists, Column::from_vec(vec![10i64, 20, 30])]);
        let explode = Explode { columns: vec![0] };
        check_transform(&explode, &input, &[&["1", "10"], &["2", "10"], &["3", "30"]]);
    }
}
