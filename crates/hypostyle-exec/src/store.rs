//! The batch store between two pipelines: what one made and the other reads. It holds batches in memory.

use hypostyle_core::{Batch, DataFrame, Result, SchemaRef};
use hypostyle_plan::{DataSource, FrameSource, ScanRequest};

use crate::pipeline::{Finished, Pipeline};

/// Batches in the order of the rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct BatchStore {
    batches: Vec<Batch>,
}

impl BatchStore {
    /// Holds these batches.
    pub(crate) fn new(batches: Vec<Batch>) -> Self {
        Self { batches }
    }

    /// The batches.
    pub(crate) fn into_batches(self) -> Vec<Batch> {
        self.batches
    }

    /// A pipeline that reads them. They have the columns of this schema.
    pub(crate) fn open(self, schema: SchemaRef) -> Result<Pipeline> {
        let frame = DataFrame::from_batches(schema, self.batches)?;
        Ok(Pipeline::new(FrameSource::new(frame).scan(&ScanRequest::default())?))
    }
}

impl Finished for BatchStore {
    fn rows(&self) -> usize {
        self.batches.iter().map(Batch::len).sum()
    }
}
