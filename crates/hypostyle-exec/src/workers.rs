//! The threads of queries, and which query is on one of them.
//!
//! Work is given to a pool in two ways. A query that is *resident* runs on one of its workers from beginning to end: work
//! for all of them starts there sooner (docs/decisions/0015). All others run on threads of their own, and give the pool
//! one piece of work after the other.
//!
//! A worker that waits for the others takes work meanwhile. Were that a whole query, whoever it waited for would wait
//! for that query; so one becomes resident only while no piece of another's work is in the pool.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};

use hypostyle_core::lock::{lock, wait};
use hypostyle_core::{Error, Result};

/// The stack of a worker: a query may be on it, and plans may be deep.
const STACK_BYTES: usize = 8 << 20;

/// Threads that queries share.
#[derive(Debug)]
pub(crate) struct Workers {
    threads: rayon::ThreadPool,
    state: Mutex<State>,
    changed: Condvar,
}

/// What is in the pool.
#[derive(Debug, Default)]
struct State {
    /// Pieces of work of queries that are not resident.
    pieces: usize,
    /// Whether a query is resident, or about to be.
    resident: bool,
    /// Whether it is about to be: no piece may come between.
    arriving: bool,
}

/// Changes the state when its owner ends, by a panic too.
struct Leaving<'a> {
    workers: &'a Workers,
    change: fn(&mut State),
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        (self.change)(&mut self.workers.state());
    }
}

impl Workers {
    /// New threads.
    pub(crate) fn new(threads: usize) -> Result<Self> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(STACK_BYTES)
            .thread_name(|i| format!("hypostyle-{i}"))
            .build()
            .map_err(|e| Error::compute(format!("cannot start {threads} threads: {e}")))?;
        Ok(Self { threads, state: Mutex::default(), changed: Condvar::new() })
    }

    /// The threads that queries on so many share; they are kept.
    pub(crate) fn shared(threads: usize) -> Result<Arc<Self>> {
        static POOLS: Mutex<Vec<(usize, Arc<Workers>)>> = Mutex::new(Vec::new());
        let mut pools = lock(&POOLS);
        if let Some((_, workers)) = pools.iter().find(|(n, _)| *n == threads) {
            return Ok(Arc::clone(workers));
        }
        let workers = Arc::new(Self::new(threads)?);
        pools.push((threads, Arc::clone(&workers)));
        Ok(workers)
    }

    /// The state, which nobody can leave half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Whether this thread is one of them.
    pub(crate) fn has_this_thread(&self) -> bool {
        self.threads.current_thread_index().is_some()
    }

    /// Runs a query on a worker if none is there and nothing else is to be done, and where it is if not.
    pub(crate) fn reside<R: Send>(&self, query: impl FnOnce() -> R + Send) -> R {
        {
            let mut state = self.state();
            if state.resident || state.pieces > 0 {
                drop(state);
                return query();
            }
            (state.resident, state.arriving) = (true, true);
        }
        let _leaving = Leaving { workers: self, change: |state| state.resident = false };
        self.threads.install(|| {
            self.state().arriving = false;
            self.changed.notify_all();
            query()
        })
    }

    /// Runs a piece of work on a worker: here, if this is one.
    pub(crate) fn run<R: Send>(&self, piece: impl FnOnce() -> R + Send) -> R {
        if self.has_this_thread() {
            return piece();
        }
        let mut state = self.state();
        while state.arriving {
            state = wait(&self.changed, state);
        }
        state.pieces += 1;
        drop(state);
        let _leaving = Leaving { workers: self, change: |state| state.pieces -= 1 };
        self.threads.install(piece)
    }
}

/// As many threads as the environment asks for, or as there are processors.
pub(crate) fn default_threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| {
        let asked = std::env::var("HYPOSTYLE_MAX_THREADS").ok().and_then(|v| v.parse().ok());
        asked
            .filter(|n| *n > 0)
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn is_on_a_worker(workers: &Workers) -> bool {
        workers.reside(|| workers.threads.current_thread_index().is_some())
    }

    #[test]
    fn one_query_is_resident() {
        let workers = Workers::new(2).unwrap();
        let within = workers.reside(|| std::thread::scope(|s| s.spawn(|| is_on_a_worker(&workers)).join()));
        assert!(!within.unwrap(), "there is one already");
        assert!(is_on_a_worker(&workers));
    }

    #[test]
    fn none_arrives_amid_work_of_others() {
        let workers = Workers::new(2).unwrap();
        let ((started, starts), (end, ends)) = (channel(), channel::<()>());
        std::thread::scope(|s| {
            s.spawn(|| {
                workers.run(|| {
                    started.send(()).unwrap();
                    ends.into_iter().for_each(drop);
                })
            });
            starts.recv().unwrap();
            assert!(!is_on_a_worker(&workers));
            drop(end);
        });
        assert!(is_on_a_worker(&workers));
    }

    #[test]
    fn a_panic_leaves_the_place_free() {
        let workers = Workers::new(2).unwrap();
        let panics =
            || std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| workers.reside(|| panic!("no"))));
        assert!(panics().is_err());
        assert!(
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| workers.run(|| panic!("no")))).is_err()
        );
        assert!(is_on_a_worker(&workers));
    }
}
