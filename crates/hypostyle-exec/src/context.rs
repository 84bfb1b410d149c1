//! What a running query knows: its threads, whether it was cancelled, what it measured.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hypostyle_core::{Batch, Error, ErrorKind, Result};
use hypostyle_plan::{Estimator, Plan};

use crate::pipeline::INLINE_ROWS;
use crate::profile::Recorder;
use crate::workers::{Workers, default_threads};

/// Stops a query from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    cancelled: Arc<AtomicBool>,
    parent: Option<Arc<CancelToken>>,
}

impl CancelToken {
    /// A token that stops nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that stops one part of what this one stops.
    pub fn child(&self) -> Self {
        Self { cancelled: Arc::default(), parent: Some(Arc::new(self.clone())) }
    }

    /// Stops the query at its next morsel.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed) || self.parent.as_ref().is_some_and(|p| p.is_cancelled())
    }
}

/// The rows of a subplan with several readers.
#[derive(Debug, Default)]
struct Shared {
    /// Readers that are still to come.
    readers: usize,
    batches: Option<Vec<Batch>>,
}

#[recursive::recursive]
fn count_readers(plan: &Plan, shared: &mut HashMap<u64, Shared>) {
    if let Plan::Cache { id, .. } = plan {
        let readers = &mut shared.entry(*id).or_default().readers;
        *readers += 1;
        if *readers > 1 {
            return;
        }
    }
    plan.children().into_iter().for_each(|child| count_readers(child, shared));
}

/// The surroundings of one query.
#[derive(Clone, Debug)]
pub struct Context {
    threads: usize,
    cancel: CancelToken,
    pub(crate) recorder: Option<Arc<Recorder>>,
    pub(crate) runtime_filters: bool,
    caches: Arc<Mutex<HashMap<u64, Shared>>>,
    pub(crate) estimator: Arc<Estimator>,
    own_workers: Option<Arc<Workers>>,
}

impl Context {
    /// A query on this many threads; 0 is one for each processor (or `HYPOSTYLE_MAX_THREADS`).
    pub fn new(threads: usize) -> Self {
        let threads = if threads == 0 { default_threads() } else { threads };
        Self {
            threads,
            cancel: CancelToken::new(),
            recorder: None,
            runtime_filters: true,
            caches: Arc::default(),
            estimator: Arc::default(),
            own_workers: None,
        }
    }

    /// A query on threads of its own, which other queries do not use. For those that wait for somebody who may run
    /// other queries meanwhile: a user's function that takes their rows, say.
    pub fn with_own_threads(mut self) -> Result<Self> {
        self.own_workers = Some(Arc::new(Workers::new(self.threads)?));
        Ok(self)
    }

    /// A query that a token can stop.
    pub fn with_cancel(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// The token that stops the query.
    pub fn cancel_token(&self) -> &CancelToken {
        &self.cancel
    }

    /// A query whose joins tell the scans below them nothing: slower, with the same rows.
    pub fn without_runtime_filters(mut self) -> Self {
        self.runtime_filters = false;
        self
    }

    /// A query that measures its operators.
    pub fn with_profile(mut self) -> Self {
        self.recorder = Some(Arc::default());
        self
    }

    /// The same for another query: what subplans gave is not shared, their numbers begin anew in every plan.
    pub(crate) fn for_query(&self, plan: &Plan) -> Self {
        let mut shared = HashMap::new();
        count_readers(plan, &mut shared);
        Self { caches: Arc::new(Mutex::new(shared)), estimator: Arc::default(), ..self.clone() }
    }

    /// Number of workers.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Fails if the query was stopped.
    pub fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::new(ErrorKind::Cancelled)) } else { Ok(()) }
    }

    /// How many readers of a shared subplan are still to come.
    pub(crate) fn readers(&self, id: u64) -> usize {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.get(&id).map_or(0, |shared| shared.readers)
    }

    /// The rows of a shared subplan, which its first reader makes and its last one takes away.
    pub(crate) fn shared(&self, id: u64, make: impl FnOnce() -> Result<Vec<Batch>>) -> Result<Vec<Batch>> {
        let lock = || self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&id).and_then(|shared| shared.batches.clone());
        let batches = match known {
            Some(batches) => batches,
            None => make()?,
        };
        let mut caches = lock();
        let shared = caches.entry(id).or_default();
        shared.readers = shared.readers.saturating_sub(1);
        shared.batches = (shared.readers > 0).then(|| batches.clone());
        Ok(batches)
    }

    /// Runs all of a query on one of its workers, unless it ends before one would wake, or calls a user's function,
    /// which may wait for queries of its own.
    pub(crate) fn on_worker<R: Send>(&self, plan: &Plan, f: impl FnOnce() -> R + Send) -> Result<R> {
        if self.threads == 1 || calls_a_function(plan) || !is_large(plan) {
            return Ok(f());
        }
        Ok(self.workers()?.reside(f))
    }

    /// Runs `f` on the workers' pool.
    pub(crate) fn install<R: Send>(&self, f: impl FnOnce() -> R + Send) -> Result<R> {
        Ok(self.workers()?.run(f))
    }

    fn workers(&self) -> Result<Arc<Workers>> {
        match &self.own_workers {
            Some(workers) => Ok(Arc::clone(workers)),
            None => Workers::shared(self.threads),
        }
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new(0)
    }
}

#[recursive::recursive]
fn calls_a_function(plan: &Plan) -> bool {
    matches!(plan, Plan::MapFrame { .. }) || plan.children().into_iter().any(|child| calls_a_function(child))
}

/// Whether a query has rows enough for several threads.
#[recursive::recursive]
fn is_large(plan: &Plan) -> bool {
    match plan {
        Plan::Scan(scan) => {
            let limit = scan.limit.unwrap_or(usize::MAX);
            limit >= INLINE_ROWS && scan.source.row_estimate().is_none_or(|rows| rows >= INLINE_ROWS)
        }
        _ => plan.children().into_iter().any(|child| is_large(child)),
    }
}
