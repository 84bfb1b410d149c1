//! Rows and time of every operator, and how far a query is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// Bytes that its workers held before it was finished, if it is one that keeps rows or states.
    pub bytes: u64,
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
        for OperatorProfile { name, rows, time, .. } in &self.operators {
            writeln!(f, "{rows:>12} {:>12.3}  {name}", time.as_secs_f64() * 1e3)?;
        }
        Ok(())
    }
}

/// Counters of one operator.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    rows: AtomicU64,
    nanos: AtomicU64,
    bytes: AtomicU64,
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

    /// Adds memory that is held.
    pub(crate) fn hold(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Rows, time and bytes so far.
    pub(crate) fn read(&self) -> (u64, Duration, u64) {
        let nanos = Duration::from_nanos(self.nanos.load(Ordering::Relaxed));
        (self.rows.load(Ordering::Relaxed), nanos, self.bytes.load(Ordering::Relaxed))
    }
}

/// How far a query is; read from another thread while it runs.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<State>);

#[derive(Debug, Default)]
struct State {
    pipelines: AtomicUsize,
    finished: AtomicUsize,
    rows: AtomicU64,
}

impl Progress {
    /// Of a query that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of pipelines; 0 before they are planned.
    pub fn pipelines(&self) -> usize {
        self.0.pipelines.load(Ordering::Relaxed)
    }

    /// How many of them are finished.
    pub fn finished(&self) -> usize {
        self.0.finished.load(Ordering::Relaxed)
    }

    /// Rows that arrived at the ends of pipelines.
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    pub(crate) fn expect(&self, pipelines: usize) {
        self.0.pipelines.fetch_add(pipelines, Ordering::Relaxed);
    }

    pub(crate) fn finish(&self) {
        self.0.finished.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, rows: usize) {
        self.0.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }
}
