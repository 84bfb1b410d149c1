//! Nested columns, and those of rare types: decoded by arrow-rs, one row group from its start to its end.

use std::collections::BTreeMap;
use std::sync::Mutex;

use hypostyle_core::lock::lock;
use hypostyle_core::{Column, Error, Result};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::errors::ParquetError;

use super::file::{ParquetFile, guarded};
use super::nested_pages::{Failure, NestedGroup};

/// A column of a row group. Morsels are decoded in order by whoever comes first, and wait here for those who want them.
#[derive(Debug)]
pub(super) struct Nested {
    column: usize,
    failure: Failure,
    state: Mutex<State>,
}

struct State {
    reader: ParquetRecordBatchReader,
    /// Rows that have been decoded.
    row: usize,
    waiting: BTreeMap<usize, Column>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("row", &self.row).finish_non_exhaustive()
    }
}

impl Nested {
    /// A column of a row group, to be read in morsels of `step` rows.
    pub(super) fn open(file: &ParquetFile, group: usize, column: usize, step: usize) -> Result<Self> {
        let failure = Failure::default();
        let pages = NestedGroup { file, group, failure: failure.clone() };
        let reader = guarded(|| {
            let schema = file.arrow.parquet_schema();
            let mask = ProjectionMask::roots(schema, [column]);
            let levels = parquet_to_arrow_field_levels(schema, mask, Some(file.arrow.schema().fields()))?;
            ParquetRecordBatchReader::try_new_with_row_groups(&levels, &pages, step.max(1), None)
        });
        let reader = reader.map_err(|error| failure.take().unwrap_or(error))?;
        let state = State { reader, row: 0, waiting: BTreeMap::new() };
        Ok(Self { column, failure, state: Mutex::new(state) })
    }

    /// The rows of the morsel that begins at `start`, or the first `len` of them.
    pub(super) fn read(&self, file: &ParquetFile, start: usize, len: usize) -> Result<Column> {
        let mut state = lock(&self.state);
        loop {
            if let Some(column) = state.waiting.remove(&start) {
                return column.try_slice(0, len);
            }
            let batch = guarded(|| state.reader.next().transpose().map_err(ParquetError::from));
            let batch = batch.map_err(|error| self.failure.take().unwrap_or(error))?;
            let Some(batch) = batch.filter(|batch| batch.num_rows() > 0) else {
                return Err(Error::compute(format!("it has {} rows where more were promised", state.row)));
            };
            let field = file.arrow.schema().field(self.column);
            let column = guarded(|| Ok(hypostyle_arrow::to_column(batch.column(0), field)))??;
            let first = state.row;
            state.row += batch.num_rows();
            state.waiting.insert(first, column);
        }
    }
}
