//! Collect: all batches, in the order of the rows, and what is done with them when the last one is there.

use std::collections::BTreeMap;

use hypostyle_core::{Batch, Result};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::late_text::settle;
use hypostyle_plan::MORSEL_ROWS;

use crate::context::Context;
use crate::pipeline::{Finished, Kept, Sink, bytes, parallel};
use crate::store::BatchStore;

/// What keeps a batch of each morsel, and makes its result when all are there: a sink as [`Keeping`].
pub(crate) trait KeepBatches: Send + Sync {
    /// What it comes to.
    type Output: Finished;

    /// What is kept of a piece of a morsel, which has rows.
    fn keep(&self, batch: Batch) -> Result<Batch> {
        Ok(batch)
    }

    /// The result, from what was kept in the order of the rows; on all threads where that pays.
    fn finish(self, batches: Vec<Batch>, context: &Context) -> Result<Self::Output>;
}

/// A sink that keeps a batch of each morsel.
#[derive(Debug)]
pub(crate) struct Keeping<K> {
    kept: Kept<Batch>,
    what: K,
}

impl<K: KeepBatches> Keeping<K> {
    /// The sink of it.
    pub(crate) fn of(what: K) -> Self {
        Self { kept: Kept::default(), what }
    }
}

impl<K: KeepBatches> Sink for Keeping<K> {
    type Local = Vec<(usize, Batch)>;
    type Output = K::Output;

    fn local(&self) -> Result<Self::Local> {
        Ok(Vec::new())
    }

    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()> {
        if !batch.is_empty() {
            local.push((index, self.what.keep(batch)?));
        }
        Ok(())
    }

    fn combine(&self, local: Self::Local) -> Result<()> {
        self.kept.add(local);
        Ok(())
    }

    fn finish(self, context: &Context) -> Result<K::Output> {
        self.what.finish(self.kept.in_order(), context)
    }

    fn size(&self, local: &Self::Local) -> usize {
        bytes(local.iter().map(|(_, batch)| batch))
    }
}

/// Keeps batches, and gives them to a function in the order of the rows, without empty ones.
pub(crate) struct Collect<F>(F);

impl<O: Finished, F: FnOnce(Vec<Batch>, &Context) -> Result<O> + Send + Sync> Collect<F> {
    /// Collects for this function.
    pub(crate) fn then(then: F) -> Keeping<Self> {
        Keeping::of(Self(then))
    }
}

impl<O: Finished, F: FnOnce(Vec<Batch>, &Context) -> Result<O> + Send + Sync> KeepBatches for Collect<F> {
    type Output = O;

    fn finish(self, batches: Vec<Batch>, context: &Context) -> Result<O> {
        (self.0)(batches, context)
    }
}

/// Keeps batches for another pipeline.
pub(crate) fn collect() -> impl Sink<Output = BatchStore> {
    Collect::then(|batches, _: &Context| Ok(BatchStore::new(batches)))
}

/// Keeps batches as those of a data frame that leaves the query.
pub(crate) fn collect_result() -> impl Sink<Output = BatchStore> {
    Collect::then(|batches, context: &Context| Ok(BatchStore::new(settle(coalesce(context, batches)?)?)))
}

/// Small batches beside each other become morsels: whoever reads the frame pays for each batch. Large ones are left
/// alone, and none becomes larger than a morsel, whose rest would be one more. Inputs go as their copies come, so that
/// memory does not double.
pub(crate) fn coalesce(context: &Context, batches: Vec<Batch>) -> Result<Vec<Batch>> {
    let mut groups: Vec<Vec<Batch>> = Vec::new();
    let mut room = 0;
    for batch in batches {
        let len = batch.len();
        let is_large = len > MORSEL_ROWS / 2;
        match groups.last_mut() {
            Some(group) if !is_large && len <= room => group.push(batch),
            _ => {
                groups.push(vec![batch]);
                room = if is_large { 0 } else { MORSEL_ROWS };
            }
        }
        room = room.saturating_sub(len);
    }
    if groups.iter().all(|group| group.len() == 1) {
        return Ok(groups.into_iter().flatten().collect());
    }
    parallel(context, groups, |group| concat_batches(&group))
}

/// Keeps the rows of a slice that is counted from the end.
pub(crate) struct CollectLast {
    kept: Kept<Batch>,
    /// Rows from the end to the first one that is wanted.
    last: usize,
    length: Option<usize>,
}

impl CollectLast {
    /// At most `length` rows, from the one on that is `last` rows from the end.
    pub(crate) fn new(last: usize, length: Option<usize>) -> Self {
        Self { kept: Kept::default(), last, length }
    }
}

/// The last batches of a worker, and how many rows they have.
#[derive(Default)]
pub(crate) struct Last {
    batches: BTreeMap<usize, Batch>,
    rows: usize,
}

impl Sink for CollectLast {
    type Local = Last;
    type Output = BatchStore;

    fn local(&self) -> Result<Last> {
        Ok(Last::default())
    }

    fn consume(&self, kept: &mut Last, index: usize, batch: Batch) -> Result<()> {
        kept.rows += batch.len();
        kept.batches.insert(index, batch);
        // Enough rows after a morsel are enough after all before it, whatever comes between: no more are kept than are
        // wanted and a morsel for each worker.
        while let Some(first) = kept.batches.first_entry()
            && kept.rows - first.get().len() >= self.last
        {
            kept.rows -= first.remove().len();
        }
        Ok(())
    }

    fn combine(&self, kept: Last) -> Result<()> {
        self.kept.add(kept.batches);
        Ok(())
    }

    fn finish(self, _context: &Context) -> Result<BatchStore> {
        let batches = self.kept.in_order();
        let rows: usize = batches.iter().map(Batch::len).sum();
        // Rows before the first one there is count as taken.
        let missing = self.last.saturating_sub(rows);
        let length = self.length.map_or(rows, |length| length.saturating_sub(missing));
        Ok(BatchStore::new(slice_batches(batches, rows.saturating_sub(self.last), length)))
    }

    fn size(&self, kept: &Last) -> usize {
        bytes(kept.batches.values())
    }
}

/// At most `length` rows from `start` on.
pub(crate) fn slice_batches(batches: Vec<Batch>, start: usize, length: usize) -> Vec<Batch> {
    let (mut skip, mut left) = (start, length);
    let mut kept = Vec::new();
    for batch in batches {
        let start = skip.min(batch.len());
        let take = left.min(batch.len() - start);
        skip -= start;
        left -= take;
        if take > 0 {
            kept.push(batch.slice(start, take));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::testing::{batch_of, check_sink};

    #[test]
    fn batches_come_in_the_order_of_the_rows() {
        let batches = [batch_of(&[1, 2]), batch_of(&[]), batch_of(&[3])];
        check_sink(collect, &batches, &[&["1"], &["2"], &["3"]]);
    }

    #[test]
    fn the_last_rows() {
        let batches = [batch_of(&[1, 2]), batch_of(&[3, 4, 5]), batch_of(&[6])];
        let last = |last, length| move || CollectLast::new(last, length);
        check_sink(last(2, None), &batches, &[&["5"], &["6"]]);
        check_sink(last(4, Some(2)), &batches, &[&["3"], &["4"]]);
        check_sink(last(9, Some(4)), &batches, &[&["1"]]);
        check_sink(last(9, None), &batches[..1], &[&["1"], &["2"]]);
        check_sink(last(0, None), &batches, &[]);
    }
}
