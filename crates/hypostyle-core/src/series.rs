//! A column with a name, in chunks.

use std::sync::Arc;

use crate::column::Column;
use crate::dtype::DataType;
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::schema::Field;

/// A named column in chunks of one type.
#[derive(Clone, Debug)]
pub struct Series {
    field: Field,
    chunks: Vec<Column>,
}

impl Series {
    /// One chunk.
    pub fn new(name: impl Into<Arc<str>>, column: Column) -> Self {
        Self { field: Field::new(name, column.dtype().clone()), chunks: vec![column] }
    }

    /// Checks that every chunk has the field's type.
    pub fn try_new(field: Field, chunks: Vec<Column>) -> Result<Self> {
        match chunks.iter().find(|c| c.dtype() != &field.dtype) {
            Some(chunk) => Err(Error::schema(format!(
                "a chunk of {} in the series {:?} of {}",
                chunk.dtype(),
                field.name,
                field.dtype
            ))),
            None => Ok(Self { field, chunks }),
        }
    }

    /// Name and type.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.field.name
    }

    /// The type.
    pub fn dtype(&self) -> &DataType {
        &self.field.dtype
    }

    /// The chunks.
    pub fn chunks(&self) -> &[Column] {
        &self.chunks
    }

    /// The same values under another name.
    pub fn with_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.field.name = name.into();
        self
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Column::len).sum()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.chunks.iter().all(Column::is_empty)
    }

    /// Number of nulls.
    pub fn null_count(&self) -> usize {
        self.chunks.iter().map(Column::null_count).sum()
    }

    /// Row `i`, or `OutOfBounds`.
    pub fn get(&self, i: usize) -> Result<Scalar> {
        let mut left = i;
        for chunk in &self.chunks {
            if left < chunk.len() {
                return Ok(chunk.get(left));
            }
            left -= chunk.len();
        }
        Err(Error::out_of_bounds(format!("row {i} of a series of {} rows", self.len())))
    }

    /// Up to `len` rows from `offset` on, clamped to what is there.
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let (mut skip, mut left) = (offset, len);
        let mut chunks = Vec::new();
        for chunk in &self.chunks {
            let start = skip.min(chunk.len());
            let take = left.min(chunk.len() - start);
            skip -= start;
            left -= take;
            if take > 0 {
                chunks.push(chunk.slice(start, take));
            }
        }
        Self { field: self.field.clone(), chunks }
    }
}
