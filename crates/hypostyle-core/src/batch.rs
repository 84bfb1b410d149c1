//! Columns of equal length: what flows between operators.

use crate::column::Column;
use crate::error::{Error, Result};

/// Columns of equal length, without names: the schema travels with the plan.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    columns: Vec<Column>,
    len: usize,
}

impl Batch {
    /// Checks that every column has `len` rows. A batch without columns still has rows.
    pub fn try_new(columns: Vec<Column>, len: usize) -> Result<Self> {
        match columns.iter().find(|c| c.len() != len) {
            Some(column) => {
                Err(Error::shape(format!("a batch of {len} rows has a column of {} rows", column.len())))
            }
            None => Ok(Self { columns, len }),
        }
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Takes the columns out.
    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// Column `i`.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn column(&self, i: usize) -> &Column {
        &self.columns[i]
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `len` rows from `offset` on, in O(columns).
    ///
    /// # Panics
    /// If they are not all there.
    #[track_caller]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        assert!(offset.checked_add(len).is_some_and(|end| end <= self.len), "batch slice out of bounds");
        if offset == 0 && len == self.len {
            return self.clone();
        }
        Self { columns: self.columns.iter().map(|c| c.slice(offset, len)).collect(), len }
    }

    /// The columns at these positions.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn project(&self, indices: &[usize]) -> Self {
        Self { columns: indices.iter().map(|&i| self.columns[i].clone()).collect(), len: self.len }
    }

    /// Bytes of memory.
    pub fn estimated_size(&self) -> usize {
        self.columns.iter().map(Column::estimated_size).sum()
    }
}
