//! A data frame: a schema and aligned batches.

use std::sync::Arc;

use crate::batch::Batch;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::schema::{Field, Schema, SchemaRef};
use crate::series::Series;
use crate::statistics::Statistics;
use crate::zones::Zones;

/// A table in memory. All columns share chunk boundaries, so a frame is a sequence of batches. One big array
/// stays one chunk: scans slice it.
#[derive(Clone, Debug, Default)]
pub struct DataFrame {
    schema: SchemaRef,
    /// Shared: plans, scans and results each have the frame, and a table of many chunks has many columns.
    batches: Arc<[Batch]>,
    height: usize,
    statistics: Arc<Statistics>,
}

impl DataFrame {
    /// Batches that fit the schema.
    fn assemble(schema: SchemaRef, batches: Vec<Batch>) -> Self {
        let height = batches.iter().map(Batch::len).sum();
        let statistics = Arc::new(Statistics::for_batches(&batches, schema.len()));
        Self { schema, batches: batches.into(), height, statistics }
    }

    /// Columns of equal length and different names.
    pub fn new<N: Into<Arc<str>>>(columns: impl IntoIterator<Item = (N, Column)>) -> Result<Self> {
        let (fields, columns): (Vec<Field>, Vec<Column>) =
            columns.into_iter().map(|(name, c)| (Field::new(name, c.dtype().clone()), c)).unzip();
        let height = columns.first().map_or(0, Column::len);
        if let Some((field, column)) = fields.iter().zip(&columns).find(|(_, c)| c.len() != height) {
            return Err(Error::shape(format!(
                "column {:?} has {} rows, the first column has {height}",
                field.name,
                column.len()
            )));
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Self::assemble(schema, vec![Batch::try_new(columns, height)?]))
    }

    /// Batches of one schema. Empty batches are dropped; widths and types are checked.
    pub fn from_batches(schema: SchemaRef, batches: Vec<Batch>) -> Result<Self> {
        for batch in &batches {
            let fits = batch.columns().len() == schema.len()
                && batch.columns().iter().zip(schema.fields()).all(|(c, f)| c.dtype() == &f.dtype);
            if !fits {
                let found: Vec<_> = batch.columns().iter().map(|c| c.dtype().to_string()).collect();
                let wanted: Vec<_> = schema.fields().iter().map(|f| f.dtype.to_string()).collect();
                return Err(Error::internal(format!("a batch of {found:?} in a frame of {wanted:?}")));
            }
        }
        Ok(Self::assemble(schema, batches.into_iter().filter(|b| !b.is_empty()).collect()))
    }

    /// No rows of a schema.
    pub fn empty(schema: SchemaRef) -> Self {
        Self::assemble(schema, Vec::new())
    }

    /// The schema.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The batches.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// What was found out about the columns of this frame and its copies.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Ranges of the columns' zones; `None` if there are too few rows for them to pay.
    pub fn zones(&self) -> Option<&Zones> {
        self.statistics.zones()
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.schema.len()
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.height, self.width())
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.height == 0
    }

    /// The column of a name, or `ColumnNotFound`.
    pub fn column(&self, name: &str) -> Result<Series> {
        self.schema.index_of(name).map(|i| self.column_at(i))
    }

    /// The column at a position.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn column_at(&self, i: usize) -> Series {
        let field = self.schema.fields()[i].clone();
        let chunks = self.batches.iter().map(|b| b.column(i).clone()).collect();
        #[expect(clippy::expect_used, reason = "the frame's constructors checked the types")]
        Series::try_new(field, chunks).expect("chunks have the schema's type")
    }

    /// Up to `len` rows from `offset` on, clamped to what is there, without a copy.
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let (mut skip, mut left) = (offset, len);
        let mut batches = Vec::new();
        for batch in self.batches.iter() {
            let start = skip.min(batch.len());
            let take = left.min(batch.len() - start);
            skip -= start;
            left -= take;
            if take > 0 {
                batches.push(batch.slice(start, take));
            }
        }
        Self::assemble(self.schema.clone(), batches)
    }

    /// The columns at these positions.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn project(&self, indices: &[usize]) -> Self {
        let batches = self.batches.iter().map(|b| b.project(indices)).collect();
        Self::assemble(Arc::new(self.schema.project(indices)), batches)
    }

    /// Bytes of memory.
    pub fn estimated_size(&self) -> usize {
        self.batches.iter().map(Batch::estimated_size).sum()
    }
}
