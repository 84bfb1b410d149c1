//! What a running query knows: its threads, whether it was cancelled, what it measured.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hypostyle_core::{Batch, Error, ErrorKind, Result};

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

/// The surroundings of one query.
#[derive(Clone, Debug)]
pub struct Context {
    threads: usize,
    cancel: CancelToken,
    pub(crate) recorder: Option<Arc<Recorder>>,
    pub(crate) caches: Arc<Mutex<HashMap<u64, Vec<Batch>>>>,
}

impl Context {
    /// A query on this many threads; 0 is one for each processor (or `HYPOSTYLE_MAX_THREADS`).
    pub fn new(threads: usize) -> Self {
        let threads = if threads == 0 { default_threads() } else { threads };
        Self { threads, cancel: CancelToken::new(), recorder: None, caches: Arc::default() }
    }

    /// A query that a token can stop.
    pub fn with_cancel(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// A query that measures its operators.
    pub fn with_profile(mut self) -> Self {
        self.recorder = Some(Arc::default());
        self
    }

    /// The same for another query: what subplans gave is not shared, their numbers begin anew in every plan.
    pub(crate) fn for_query(&self) -> Self {
        Self { caches: Arc::default(), ..self.clone() }
    }

    /// Number of workers.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Fails if the query was stopped.
    pub fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::new(ErrorKind::Cancelled)) } else { Ok(()) }
    }

    pub(crate) fn cached(&self, id: u64) -> Option<Vec<Batch>> {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub(crate) fn cache(&self, id: u64, batches: Vec<Batch>) {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).insert(id, batches);
    }

    /// Runs `f` on the workers' pool.
    pub(crate) fn install<R: Send>(&self, f: impl FnOnce() -> R + Send) -> Result<R> {
        Ok(pool(self.threads)?.install(f))
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

/// The pool of a number of threads; pools are kept.
fn pool(threads: usize) -> Result<Arc<rayon::ThreadPool>> {
    static POOLS: Mutex<Vec<(usize, Arc<rayon::ThreadPool>)>> = Mutex::new(Vec::new());
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, pool)) = pools.iter().find(|(n, _)| *n == threads) {
        return Ok(Arc::clone(pool));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|i| format!("hypostyle-{i}"))
        .build()
        .map_err(|e| Error::compute(format!("cannot start {threads} threads: {e}")))?;
    let pool = Arc::new(pool);
    pools.push((threads, Arc::clone(&pool)));
    Ok(pool)
}
