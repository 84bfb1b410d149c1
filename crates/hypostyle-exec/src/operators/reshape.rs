//! Explode, unpivot, row numbers.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::gather::{NO_ROW, gather, gather_optional};

use crate::pipeline::Transform;

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

/// Columns at `on` become rows of a name and a value beside those at `index`.
#[derive(Debug)]
pub(crate) struct Unpivot {
    pub(crate) index: Vec<usize>,
    pub(crate) on: Vec<(usize, String)>,
    pub(crate) value: DataType,
}

impl Unpivot {
    /// One batch for each column.
    pub(crate) fn apply(&self, batch: &Batch) -> Result<Vec<Batch>> {
        self.on
            .iter()
            .map(|(position, name)| {
                let mut columns: Vec<Column> = self.index.iter().map(|i| batch.column(*i).clone()).collect();
                columns.push(Column::from_scalar(&name.as_str().into(), batch.len()));
                columns.push(cast(batch.column(*position), &self.value, CastMode::Strict)?);
                Batch::try_new(columns, batch.len())
            })
            .collect()
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
