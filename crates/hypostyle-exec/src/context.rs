//! What a running query knows: its threads, whether it was cancelled, what it measured.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, TryLockError};

use hypostyle_core::{Batch, Error, ErrorKind, Result};
use hypostyle_plan::{Estimator, Plan};

use crate::pipeline::INLINE_ROWS;
use crate::profile::Recorder;

/// Stops a query from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that stops nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the query at its next morsel.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The rows of a subplan with several readers.
#[derive(Debug, Default)]
struct Shared {
    /// Readers that are still to come.
    readers: usize,
    batches: Option<Vec<Batch>>,
}

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
    own_pool: Option<Arc<Pool>>,
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
            own_pool: None,
        }
    }

    /// A query on threads of its own, which other queries do not use. For those that wait for somebody who may run
    /// other queries meanwhile: a user's function that takes their rows, say.
    pub fn with_own_threads(mut self) -> Result<Self> {
        self.own_pool = Some(Arc::new(Pool::new(self.threads)?));
        Ok(self)
    }

    /// A query that a token can stop.
    pub fn with_cancel(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
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

    /// Runs all of a query on one of its workers, which then need be waited for less often: from outside, work for all
    /// of them starts a tenth of a millisecond later (docs/decisions/0015). Queries that end before that run where they
    /// are; so do those that call a user's function, which may wait for queries of its own.
    ///
    /// One query of a pool is on a worker at a time. Others give their work to it from outside, so that no worker has
    /// one query within the other, however many there are.
    pub(crate) fn on_worker<R: Send>(&self, plan: &Plan, f: impl FnOnce() -> R + Send) -> Result<R> {
        if self.threads == 1 || !is_large(plan) {
            return Ok(f());
        }
        let pool = match &self.own_pool {
            Some(pool) => Arc::clone(pool),
            None => pool(self.threads)?,
        };
        match pool.resident.try_lock() {
            Ok(_resident) => Ok(pool.workers.install(f)),
            Err(TryLockError::Poisoned(_)) | Err(TryLockError::WouldBlock) => Ok(f()),
        }
    }

    /// Runs `f` on the workers' pool.
    pub(crate) fn install<R: Send>(&self, f: impl FnOnce() -> R + Send) -> Result<R> {
        match &self.own_pool {
            Some(pool) => Ok(pool.workers.install(f)),
            None => Ok(pool(self.threads)?.workers.install(f)),
        }
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new(0)
    }
}

fn default_threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| {
        let asked = std::env::var("HYPOSTYLE_MAX_THREADS").ok().and_then(|v| v.parse().ok());
        asked
            .filter(|n| *n > 0)
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
    })
}

/// Whether a query has rows enough for several threads, and calls no user's function.
fn is_large(plan: &Plan) -> bool {
    let (mut large, mut stack) = (false, vec![plan]);
    while let Some(node) = stack.pop() {
        match node {
            Plan::MapFrame { .. } => return false,
            Plan::Scan(scan) if scan.source.in_memory() => {
                large |= scan.source.row_estimate().is_none_or(|rows| rows >= INLINE_ROWS);
            }
            Plan::Scan(_) => large = true,
            _ => {}
        }
        stack.extend(node.children().into_iter().map(|child| &**child));
    }
    large
}

/// The threads of queries.
#[derive(Debug)]
struct Pool {
    workers: rayon::ThreadPool,
    /// Held by the query that is on one of them.
    resident: Mutex<()>,
}

impl Pool {
    fn new(threads: usize) -> Result<Self> {
        let workers = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("hypostyle-{i}"))
            .build()
            .map_err(|e| Error::compute(format!("cannot start {threads} threads: {e}")))?;
        Ok(Self { workers, resident: Mutex::new(()) })
    }
}

/// The pool of a number of threads; pools are kept.
fn pool(threads: usize) -> Result<Arc<Pool>> {
    static POOLS: Mutex<Vec<(usize, Arc<Pool>)>> = Mutex::new(Vec::new());
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, pool)) = pools.iter().find(|(n, _)| *n == threads) {
        return Ok(Arc::clone(pool));
    }
    let pool = Arc::new(Pool::new(threads)?);
    pools.push((threads, Arc::clone(&pool)));
    Ok(pool)
}
