//! Sort, and the first rows of a sort.

use hypostyle_core::{Batch, Column, Error, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::gather::gather_batch;
use hypostyle_kernels::sort::{SortKeys, SortOrder, first_indices, settle, sort_indices, sort_keys};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSliceMut;

use crate::context::Context;
use crate::pipeline::{Pipeline, Sink, parallel};

/// Fewer rows are sorted by one thread.
const PARALLEL_ROWS: usize = 1 << 16;

fn evaluate(keys: &[(BoundExpr, SortOrder)], batch: &Batch) -> Result<Vec<(Column, SortOrder)>> {
    keys.iter().map(|(key, order)| Ok((key.evaluate(batch)?.into_rows(batch.len())?, *order))).collect()
}

/// All rows in order; rows of equal keys keep theirs.
pub(crate) fn sort(
    context: &Context,
    batches: Vec<Batch>,
    keys: &[(BoundExpr, SortOrder)],
) -> Result<Vec<Batch>> {
    let batch = concat_batches(&batches)?;
    drop(batches);
    if u32::try_from(batch.len()).is_err() {
        return Err(Error::unsupported("sorting more than 4 billion rows"));
    }
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let columns = evaluate(keys, &batch)?;
    let order = if batch.len() < PARALLEL_ROWS || context.threads() == 1 {
        sort_indices(&columns, batch.len())
    } else {
        context.install(|| sort_parallel(&columns, batch.len()))?
    };
    let pieces: Vec<&[u32]> = order.chunks(hypostyle_plan::MORSEL_ROWS).collect();
    parallel(context, pieces, |rows| gather_batch(&batch, rows))
}

fn sort_parallel(columns: &[(Column, SortOrder)], len: usize) -> Vec<u32> {
    match sort_keys(columns, len) {
        SortKeys::Packed64(mut rows) => {
            rows.par_sort_unstable();
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Packed128(mut rows) => {
            rows.par_sort_unstable();
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Prefixed(mut rows, comparator) => {
            rows.par_sort_unstable();
            rows.par_chunk_by_mut(|a, b| a.0 == b.0).for_each(|run| match run.len() {
                ..PARALLEL_ROWS => settle(run, &comparator),
                _ => run.par_sort_unstable_by(|a, b| comparator.compare_stably(a.1, b.1)),
            });
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Compared(comparator) => {
            let mut rows: Vec<u32> = (0..len as u32).collect();
            rows.par_sort_unstable_by(|a, b| comparator.compare_stably(*a, *b));
            rows
        }
    }
}

/// The first `limit` rows of a sort: each morsel gives up all but its own first rows.
pub(crate) struct TopK {
    keys: Vec<(BoundExpr, SortOrder)>,
    limit: usize,
}

impl TopK {
    pub(crate) fn new(keys: Vec<(BoundExpr, SortOrder)>, limit: usize) -> Self {
        Self { keys, limit }
    }

    fn first(&self, batch: &Batch) -> Result<Batch> {
        let order = first_indices(&evaluate(&self.keys, batch)?, batch.len(), self.limit);
        gather_batch(batch, &order)
    }

    pub(crate) fn run(&self, context: &Context, pipeline: &Pipeline) -> Result<Vec<Batch>> {
        let mut batches: Vec<(usize, Batch)> = pipeline.run(context, self)?.into_iter().flatten().collect();
        batches.sort_unstable_by_key(|(index, _)| *index);
        let batches: Vec<Batch> = batches.into_iter().map(|(_, b)| b).collect();
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![self.first(&concat_batches(&batches)?)?])
    }
}

impl Sink for TopK {
    type Local = Vec<(usize, Batch)>;

    fn local(&self) -> Result<Self::Local> {
        Ok(Vec::new())
    }

    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()> {
        if !batch.is_empty() {
            // Rows that tie are kept in order within the morsel; morsels are put in order at the end.
            local.push((index, self.first(&batch)?));
        }
        Ok(())
    }
}
