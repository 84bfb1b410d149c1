//! Rows and time of every operator.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one operator did.
#[derive(Clone, Debug)]
pub struct OperatorProfile {
    /// The operator, as in `explain`.
    pub name: String,
    /// Rows that came out.
    pub rows: u64,
    /// Time spent in it, added up over all threads.
    pub time: Duration,
}

/// What all operators of a query did, in the order in which they were planned.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// One entry an operator.
    pub operators: Vec<OperatorProfile>,
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} {:>12}  operator", "rows", "ms")?;
        for OperatorProfile { name, rows, time } in &self.operators {
            writeln!(f, "{rows:>12} {:>12.3}  {name}", time.as_secs_f64() * 1e3)?;
        }
        Ok(())
    }
}

/// Counters of one operator.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    name: String,
    rows: AtomicU64,
    nanos: AtomicU64,
}

impl Counter {
    /// Runs `f`, adding its time and the rows it says it made.
    pub(crate) fn measure<R>(&self, f: impl FnOnce() -> R, rows: impl FnOnce(&R) -> usize) -> R {
        let start = Instant::now();
        let result = f();
        self.add(start.elapsed(), rows(&result));
        result
    }

    /// Adds time and rows.
    pub(crate) fn add(&self, time: Duration, rows: usize) {
        self.nanos.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }
}

/// The counters of a query.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    counters: Mutex<Vec<Arc<Counter>>>,
}

impl Recorder {
    pub(crate) fn add(&self, name: String) -> Arc<Counter> {
        let counter = Arc::new(Counter { name, ..Counter::default() });
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&counter));
        counter
    }

    pub(crate) fn profile(&self) -> Profile {
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let operators = counters
            .iter()
            .map(|c| OperatorProfile {
                name: c.name.clone(),
                rows: c.rows.load(Ordering::Relaxed),
                time: Duration::from_nanos(c.nanos.load(Ordering::Relaxed)),
            })
            .collect();
        Profile { operators }
    }
}
