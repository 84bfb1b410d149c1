//! Collect: all batches, in the order of the rows, or the last ones.

use std::collections::BTreeMap;

use hypostyle_core::{Batch, Result};

use crate::context::Context;
use crate::pipeline::{Pipeline, Sink};

/// Keeps batches with their places.
pub(crate) struct Collect {
    /// How many rows from the end are wanted; all if `None`.
    last: Option<usize>,
}

impl Collect {
    /// Runs a pipeline and gives its batches in order, without empty ones.
    pub(crate) fn run(context: &Context, pipeline: &Pipeline) -> Result<Vec<Batch>> {
        Self { last: None }.batches(context, pipeline)
    }

    /// The same, without some of those before the last `rows` rows: no more are kept than these and a morsel for each
    /// worker.
    pub(crate) fn run_last(context: &Context, pipeline: &Pipeline, rows: usize) -> Result<Vec<Batch>> {
        Self { last: Some(rows) }.batches(context, pipeline)
    }

    fn batches(&self, context: &Context, pipeline: &Pipeline) -> Result<Vec<Batch>> {
        let kept = pipeline.run(context, self)?;
        let mut batches: Vec<(usize, Batch)> = kept.into_iter().flat_map(|local| local.batches).collect();
        batches.sort_unstable_by_key(|(index, _)| *index);
        Ok(batches.into_iter().map(|(_, batch)| batch).filter(|batch| !batch.is_empty()).collect())
    }
}

/// What a worker keeps, and how many rows that are.
#[derive(Default)]
pub(crate) struct Kept {
    batches: BTreeMap<usize, Batch>,
    rows: usize,
}

impl Sink for Collect {
    type Local = Kept;

    fn local(&self) -> Result<Kept> {
        Ok(Kept::default())
    }

    fn consume(&self, kept: &mut Kept, index: usize, batch: Batch) -> Result<()> {
        kept.rows += batch.len();
        kept.batches.insert(index, batch);
        let Some(last) = self.last else { return Ok(()) };
        // Enough rows after a morsel are enough after all before it, whatever comes between.
        while let Some(first) = kept.batches.first_entry()
            && kept.rows - first.get().len() >= last
        {
            kept.rows -= first.remove().len();
        }
        Ok(())
    }
}
