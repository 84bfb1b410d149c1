//! What a running query knows: its threads, whether it was cancelled, what it measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hypostyle_core::{Error, ErrorKind, Result};
use hypostyle_expr::Expr;
use hypostyle_plan::Plan;

use crate::graph::NodeId;
use crate::inline::reads_few;
use crate::profile::Progress;
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

/// The surroundings of one query.
#[derive(Clone, Debug)]
pub struct Context {
    threads: usize,
    cancel: CancelToken,
    pub(crate) is_profiled: bool,
    pub(crate) runtime_filters: bool,
    progress: Option<Progress>,
    own_workers: Option<Arc<Workers>>,
    /// The first pipeline of the query that failed, and the one that this is the context of.
    failed: Option<(Arc<AtomicUsize>, NodeId)>,
}

impl Context {
    /// A query on this many threads; 0 is one for each processor (or `HYPOSTYLE_MAX_THREADS`).
    pub fn new(threads: usize) -> Self {
        let threads = if threads == 0 { default_threads() } else { threads };
        Self {
            threads,
            cancel: CancelToken::new(),
            is_profiled: false,
            runtime_filters: true,
            progress: None,
            own_workers: None,
            failed: None,
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
        self.is_profiled = true;
        self
    }

    /// A query that tells how far it is.
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    pub(crate) fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// The same for a pipeline of the query, which stops when one of a lower number has failed.
    pub(crate) fn for_node(&self, failed: &Arc<AtomicUsize>, node: NodeId) -> Self {
        Self { failed: Some((Arc::clone(failed), node)), ..self.clone() }
    }

    /// Number of workers.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Number of workers for work on so many rows, which is worth several from `least` rows on.
    pub(crate) fn threads_for(&self, rows: usize, least: usize) -> usize {
        if rows < least { 1 } else { self.threads }
    }

    /// Fails if the query was stopped.
    pub fn check(&self) -> Result<()> {
        let is_before = |(failed, node): &(Arc<AtomicUsize>, NodeId)| failed.load(Ordering::Relaxed) < *node;
        if self.cancel.is_cancelled() || self.failed.as_ref().is_some_and(is_before) {
            return Err(Error::new(ErrorKind::Cancelled));
        }
        Ok(())
    }

    /// Runs all of a query on one of its workers, unless it ends before one would wake, or calls a user's function,
    /// which may wait for queries of its own.
    pub(crate) fn on_worker<R: Send>(&self, plan: &Plan, f: impl FnOnce() -> R + Send) -> Result<R> {
        if self.threads == 1 || reads_few(plan) || calls_a_function(plan) {
            return Ok(f());
        }
        Ok(self.workers()?.reside(f))
    }

    /// The surroundings of a large query whose expressions call a user's function: threads of its own. On those that
    /// queries share, the function could wait for a query of its own that waits for them. `None` for all others.
    pub(crate) fn for_user_functions(&self, plan: &Plan) -> Result<Option<Self>> {
        let asks = self.threads > 1
            && self.own_workers.is_none()
            && !reads_few(plan)
            && exists(plan, &in_an_expression);
        asks.then(|| self.clone().with_own_threads()).transpose()
    }

    /// Runs `f` on the workers' pool.
    pub(crate) fn install<R: Send>(&self, f: impl FnOnce() -> R + Send) -> Result<R> {
        Ok(self.workers()?.run(f))
    }

    /// Whether this thread is one of the query's workers.
    pub(crate) fn is_on_worker(&self) -> bool {
        // Who is on no worker at all needs no threads to be started to know it.
        self.threads > 1
            && rayon::current_thread_index().is_some()
            && self.workers().is_ok_and(|workers| workers.has_this_thread())
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

/// Whether a node of the plan calls a user's function, of frames or in an expression.
fn calls_a_function(plan: &Plan) -> bool {
    exists(plan, &|node| matches!(node, Plan::MapFrame { .. }) || in_an_expression(node))
}

fn in_an_expression(node: &Plan) -> bool {
    node.exprs().into_iter().any(Expr::has_user_function)
}

#[recursive::recursive]
fn exists(plan: &Plan, f: &dyn Fn(&Plan) -> bool) -> bool {
    f(plan) || plan.children().into_iter().any(|child| exists(child, f))
}
