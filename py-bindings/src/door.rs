//! The one door through which queries run: it lets go of the interpreter, listens for Ctrl-C, and turns errors into
//! exceptions.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use hypostyle::{CancelToken, Context, LazyFrame};
use hypostyle_core::{DataFrame, Error, Result};
use hypostyle_plan::{Plan, estimate_rows};
use pyo3::{PyErr, PyResult, Python};

use crate::errors::OrRaise;

/// How often signals are looked at while a query runs.
const POLL: Duration = Duration::from_millis(20);

/// Plans over no more rows than this run on the calling thread: they end sooner than a signal would be noticed.
const INLINE_ROWS: f64 = 50_000.0;

/// Runs a query. On Ctrl-C the query is stopped at its next morsel, and one `KeyboardInterrupt` is raised.
pub(crate) fn collect(py: Python<'_>, plan: Arc<Plan>) -> PyResult<DataFrame> {
    if is_small(&plan) {
        return py.detach(|| run(plan, CancelToken::new())).or_raise();
    }
    let cancel = CancelToken::new();
    let (sender, mut receiver) = channel();
    let token = cancel.clone();
    let worker = std::thread::Builder::new()
        .name("hypostyle-query".to_owned())
        .spawn(move || {
            // The receiver waits until this is sent.
            let _ = sender.send(run(plan, token));
        })
        .map_err(|e| crate::errors::to_py(Error::from(e)))?;
    let mut interrupt: Option<PyErr> = None;
    let result = loop {
        let (outcome, back) = py.detach(move || (receiver.recv_timeout(POLL), receiver));
        receiver = back;
        match outcome {
            Ok(result) => break result,
            Err(RecvTimeoutError::Timeout) => {
                if interrupt.is_none()
                    && let Err(error) = py.check_signals()
                {
                    cancel.cancel();
                    interrupt = Some(error);
                }
            }
            // The worker's thread ended without a result: it panicked.
            Err(RecvTimeoutError::Disconnected) => {
                break Err(Error::internal("a query ended by a panic"));
            }
        }
    };
    let _ = worker.join();
    match interrupt {
        Some(error) => Err(error),
        None => result.or_raise(),
    }
}

fn is_small(plan: &Arc<Plan>) -> bool {
    let mut small = true;
    let mut stack = vec![plan];
    while let Some(node) = stack.pop() {
        match &**node {
            Plan::Scan(scan) => small &= scan.source.row_estimate().is_some_and(|n| n as f64 <= INLINE_ROWS),
            // Joins can make many rows of few.
            Plan::Join { .. } => small &= estimate_rows(node) <= INLINE_ROWS,
            _ => {}
        }
        stack.extend(node.children());
    }
    small
}

fn run(plan: Arc<Plan>, cancel: CancelToken) -> Result<DataFrame> {
    LazyFrame::from_plan(plan).collect_with(&Context::default().with_cancel(cancel))
}
