//! Collect: all batches, in the order of the rows, perhaps no more than a number of rows.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hypostyle_core::{Batch, Result};

use crate::context::Context;
use crate::pipeline::{Pipeline, Sink, place};

/// Keeps every batch with its place.
pub(crate) struct Collect {
    limit: Option<usize>,
    full: AtomicBool,
    prefix: Mutex<Prefix>,
}

/// How many rows are there without a gap from the first morsel on.
#[derive(Default)]
struct Prefix {
    last: Option<usize>,
    rows: usize,
    waiting: BTreeMap<usize, usize>,
}

impl Collect {
    /// All rows, or morsels until the first `limit` rows are there.
    pub(crate) fn new(limit: Option<usize>) -> Self {
        Self { limit, full: AtomicBool::new(limit == Some(0)), prefix: Mutex::default() }
    }

    /// Runs a pipeline and gives its batches in order, without empty ones.
    pub(crate) fn run(context: &Context, pipeline: &Pipeline, limit: Option<usize>) -> Result<Vec<Batch>> {
        let sink = Self::new(limit);
        let mut batches: Vec<(usize, Batch)> = pipeline.run(context, &sink)?.into_iter().flatten().collect();
        batches.sort_unstable_by_key(|(index, _)| *index);
        let batches = batches.into_iter().map(|(_, batch)| batch).filter(|batch| !batch.is_empty());
        let Some(mut left) = limit else { return Ok(batches.collect()) };
        let mut kept = Vec::new();
        for batch in batches {
            let take = left.min(batch.len());
            left -= take;
            if take > 0 {
                kept.push(batch.slice(0, take));
            }
        }
        Ok(kept)
    }
}

impl Sink for Collect {
    type Local = Vec<(usize, Batch)>;

    fn local(&self) -> Result<Self::Local> {
        Ok(Vec::new())
    }

    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()> {
        if let Some(limit) = self.limit {
            let mut prefix = self.prefix.lock().unwrap_or_else(PoisonError::into_inner);
            prefix.waiting.insert(index, batch.len());
            while let Some((first, rows)) = prefix.waiting.first_key_value().map(|(k, v)| (*k, *v)) {
                if !place::follows(first, prefix.last) {
                    break;
                }
                prefix.waiting.remove(&first);
                prefix.last = Some(first);
                prefix.rows += rows;
            }
            if prefix.rows >= limit {
                self.full.store(true, Ordering::Relaxed);
            }
        }
        local.push((index, batch));
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }
}
