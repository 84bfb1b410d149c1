//! The one door through which queries run: it lets go of the interpreter, listens for Ctrl-C, and turns errors into
//! exceptions.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use hypostyle::{CancelToken, Context, LazyFrame, inline};
use hypostyle_core::{DataFrame, Error, ErrorKind, Result};
use hypostyle_plan::Plan;
use pyo3::{PyErr, PyResult, Python};

use crate::errors::OrRaise;

/// How often signals are looked at while a query runs.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// How long a stopped query may take to end before it is left to itself: a sort looks at nothing but its keys. With the
/// wait for the signal it stays below a tenth of a second.
const QUERY_GRACE: Duration = Duration::from_millis(60);

/// The same for work that leaves something behind: it should have cleaned up when the interrupt is seen.
pub(crate) const WRITE_GRACE: Duration = Duration::from_secs(1);

/// Runs a query, without the rules of the optimizer that are named.
pub(crate) fn collect(py: Python<'_>, plan: Arc<Plan>, off: Vec<String>) -> PyResult<DataFrame> {
    let inline = is_small(py, &plan);
    enter(py, inline, QUERY_GRACE, move |context| {
        let off: Vec<&str> = off.iter().map(String::as_str).collect();
        LazyFrame::from_plan(plan).collect_without(&off, context)
    })
}

/// Runs a query and tells what its operators did.
pub(crate) fn explain_analyze(py: Python<'_>, plan: Arc<Plan>) -> PyResult<String> {
    let inline = is_small(py, &plan);
    enter(py, inline, QUERY_GRACE, move |context| LazyFrame::from_plan(plan).explain_analyze(context))
}

/// Does work that looks at its context's token now and then. On Ctrl-C it is stopped at its next look, and one
/// `KeyboardInterrupt` is raised, after `grace` at the latest: what is not done by then ends unseen. What is `inline`
/// runs on the calling thread and is not stopped.
pub(crate) fn enter<T: Send + 'static>(
    py: Python<'_>,
    inline: bool,
    grace: Duration,
    work: impl FnOnce(&Context) -> Result<T> + Send + 'static,
) -> PyResult<T> {
    if inline {
        return py.detach(|| work(&Context::default())).or_raise();
    }
    let cancel = CancelToken::new();
    let context = Context::default().with_cancel(cancel.clone());
    let (sender, mut receiver) = channel();
    let worker = std::thread::Builder::new()
        .name("hypostyle-query".to_owned())
        .spawn(move || {
            // Nobody receives what comes later than `grace` after Ctrl-C.
            let _ = sender.send(work(&context));
        })
        .map_err(|e| crate::errors::to_py(Error::from(e)))?;
    let mut interrupt: Option<(PyErr, Instant)> = None;
    let result = loop {
        let (outcome, back) = py.detach(move || (receiver.recv_timeout(POLL), receiver));
        receiver = back;
        match (outcome, &interrupt) {
            (Ok(result), _) => break result,
            (Err(RecvTimeoutError::Timeout), None) => {
                if let Err(error) = py.check_signals() {
                    cancel.cancel();
                    interrupt = Some((error, Instant::now()));
                }
            }
            (Err(RecvTimeoutError::Timeout), Some((_, since))) if since.elapsed() < grace => {}
            (Err(RecvTimeoutError::Timeout), Some(_)) => break Err(Error::new(ErrorKind::Cancelled)),
            // The worker's thread ended without a result: it panicked.
            (Err(RecvTimeoutError::Disconnected), _) => {
                break Err(Error::internal("a query ended by a panic"));
            }
        }
    };
    // The thread has sent its last word, or is left to itself.
    drop(worker);
    match interrupt {
        Some((error, _)) => Err(error),
        None => result.or_raise(),
    }
}

/// Whether a query ends sooner than a signal would be noticed. Files may be opened to know, and those that are not
/// local take their time.
pub(crate) fn is_small(py: Python<'_>, plan: &Arc<Plan>) -> bool {
    py.detach(|| inline::stays_small(plan))
}
