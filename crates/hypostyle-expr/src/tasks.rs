//! A way for crates below `exec` to run tasks in parallel: who evaluates expressions or finishes aggregates hands in
//! [`Tasks`], and pieces of work that do not depend on one another run on what threads there are. What comes out does not
//! depend on how many.

use std::sync::OnceLock;

use hypostyle_core::{Error, Result};

/// Runs independent pieces of work.
pub trait Tasks: Sync {
    /// Calls `task` with every number below `count`, in any order, on any thread; the first error found.
    fn each(&self, count: usize, task: &(dyn Fn(usize) -> Result<()> + Sync)) -> Result<()>;

    /// How many pieces run at the same time.
    fn threads(&self) -> usize;
}

/// All on the calling thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inline;

impl Tasks for Inline {
    fn each(&self, count: usize, task: &(dyn Fn(usize) -> Result<()> + Sync)) -> Result<()> {
        (0..count).try_for_each(task)
    }

    fn threads(&self) -> usize {
        1
    }
}

/// What a function gives for each number below `count`, in their order.
pub(crate) fn map<R: Send + Sync>(
    tasks: &dyn Tasks,
    count: usize,
    f: impl Fn(usize) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let results: Vec<OnceLock<R>> = (0..count).map(|_| OnceLock::new()).collect();
    tasks.each(count, &|i| {
        // Each number comes once.
        results[i].set(f(i)?).map_err(|_| Error::internal("a task ran twice"))
    })?;
    let results = results.into_iter().map(OnceLock::into_inner);
    results.map(|result| result.ok_or_else(|| Error::internal("a task did not run"))).collect()
}
