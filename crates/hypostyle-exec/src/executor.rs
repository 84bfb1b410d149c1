//! Runs a graph: every pipeline whose inputs are finished.
//!
//! Where a query is on one of its workers (docs/decisions/0015), pipelines that do not need each other overlap: what one
//! leaves of the workers, at its end or where one thread finishes it, the others take. Elsewhere they run in the order
//! of their numbers. Either way an error is the one that this order meets first: a pipeline that fails stops those of
//! higher numbers alone.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use hypostyle_core::lock::{into_unlocked, lock};
use hypostyle_core::{Error, Result};

use crate::context::Context;
use crate::graph::{Graph, Job, NodeId};

/// Runs all nodes of a graph.
pub(crate) fn run(graph: &mut Graph, context: &Context) -> Result<()> {
    if let Some(progress) = context.progress() {
        progress.expect(graph.nodes.len());
    }
    if graph.nodes.len() > 1 && context.is_on_worker() {
        return overlapped(graph, context);
    }
    for node in &mut graph.nodes {
        context.check()?;
        if let Some(job) = node.job.take() {
            job(context)?;
        }
        finished(context);
    }
    Ok(())
}

fn finished(context: &Context) {
    if let Some(progress) = context.progress() {
        progress.finish();
    }
}

/// Runs nodes beside each other.
fn overlapped(graph: &mut Graph, context: &Context) -> Result<()> {
    let count = graph.nodes.len();
    let mut dependents: Vec<Vec<NodeId>> = vec![Vec::new(); count];
    let (mut waits, mut ready) = (Vec::with_capacity(count), BTreeSet::new());
    for (number, node) in graph.nodes.iter_mut().enumerate() {
        node.after.sort_unstable();
        node.after.dedup();
        node.after.iter().for_each(|before| dependents[*before].push(number));
        waits.push(node.after.len());
        if node.after.is_empty() {
            ready.insert(number);
        }
    }
    let jobs = graph.nodes.iter_mut().map(|node| node.job.take()).collect();
    let run = Overlapped {
        context,
        dependents,
        failed: Arc::new(AtomicUsize::new(usize::MAX)),
        state: Mutex::new(State { jobs, waits, ready, runners: 1, error: None }),
    };
    rayon::scope(|scope| run.work(scope));
    let state = into_unlocked(run.state);
    state.error.map_or(Ok(()), |(_, error)| Err(error))
}

/// Nodes that run beside each other.
struct Overlapped<'a> {
    context: &'a Context,
    dependents: Vec<Vec<NodeId>>,
    /// The first node that failed: those after it stop.
    failed: Arc<AtomicUsize>,
    state: Mutex<State>,
}

struct State {
    jobs: Vec<Option<Job>>,
    /// For each node how many of those before it are not finished.
    waits: Vec<usize>,
    /// Nodes that wait for nothing but a runner.
    ready: BTreeSet<NodeId>,
    /// Tasks that run one node after the other. No more than there are threads: a worker that waits for a pipeline takes
    /// other tasks meanwhile, and thousands of inputs must neither be on one stack nor in memory at once.
    runners: usize,
    error: Option<(NodeId, Error)>,
}

impl Overlapped<'_> {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Runs nodes that are ready, in the order of their numbers, until there are none.
    fn work<'s>(&'s self, scope: &rayon::Scope<'s>) {
        loop {
            let mut state = self.state();
            let Some(node) = state.ready.pop_first() else {
                state.runners -= 1;
                return;
            };
            let wanted = state.ready.len().min(self.context.threads().saturating_sub(state.runners));
            state.runners += wanted;
            let job = state.jobs[node].take();
            drop(state);
            (0..wanted).for_each(|_| scope.spawn(|scope| self.work(scope)));
            let context = self.context.for_node(&self.failed, node);
            let result = context.check().and_then(|()| job.map_or(Ok(()), |job| job(&context)));
            let mut state = self.state();
            match result {
                Ok(()) => {
                    finished(self.context);
                    for after in &self.dependents[node] {
                        state.waits[*after] -= 1;
                        if state.waits[*after] == 0 {
                            state.ready.insert(*after);
                        }
                    }
                }
                Err(error) => {
                    self.failed.fetch_min(node, Ordering::AcqRel);
                    if state.error.as_ref().is_none_or(|(other, _)| node < *other) {
                        state.error = Some((node, error));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::graph::Node;

    /// A graph of nodes that do no more than a function of their numbers.
    fn graph(after: &[&[NodeId]], job: impl Fn(NodeId) -> Result<()> + Clone + Send + 'static) -> Graph {
        let node = |(number, after): (NodeId, &&[NodeId])| {
            let job = job.clone();
            let job: Job = Box::new(move |_| job(number));
            Node { operators: Vec::new(), after: after.to_vec(), job: Some(job) }
        };
        Graph { nodes: after.iter().enumerate().map(node).collect() }
    }

    /// Runs it on the calling thread and on a worker.
    fn both(make: impl Fn() -> Graph + Send + Sync, check: impl Fn(Result<()>)) {
        check(run(&mut make(), &Context::new(1)));
        for threads in [2, 3] {
            let context = Context::new(threads);
            check(context.install(|| run(&mut make(), &context)).unwrap());
        }
    }

    #[test]
    fn nodes_run_once_after_those_that_they_need() {
        let after: [&[NodeId]; 7] = [&[], &[], &[0, 0], &[1], &[2, 3], &[], &[4, 5]];
        let seen: Arc<Mutex<Vec<NodeId>>> = Arc::default();
        let make = || {
            seen.lock().unwrap().clear();
            let seen = Arc::clone(&seen);
            graph(&after, move |node| {
                seen.lock().unwrap().push(node);
                Ok(())
            })
        };
        both(make, |result| {
            result.unwrap();
            let seen = seen.lock().unwrap();
            let place = |node: NodeId| seen.iter().position(|other| *other == node).unwrap();
            assert_eq!(seen.len(), after.len());
            for (node, after) in after.iter().enumerate() {
                assert!(after.iter().all(|before| place(*before) < place(node)), "{seen:?}");
            }
        });
    }

    #[test]
    fn the_first_error_by_number_wins_and_stops_what_comes_after() {
        let ran: Arc<Mutex<Vec<NodeId>>> = Arc::default();
        let make = || {
            ran.lock().unwrap().clear();
            let ran = Arc::clone(&ran);
            graph(&[&[], &[], &[], &[1]], move |node| {
                ran.lock().unwrap().push(node);
                match node {
                    0 => {
                        // Long enough for the others to fail before.
                        std::thread::sleep(Duration::from_millis(30));
                        Err(Error::compute("first"))
                    }
                    _ => Err(Error::compute("later")),
                }
            })
        };
        both(make, |result| {
            assert!(result.unwrap_err().to_string().contains("first"));
            assert!(!ran.lock().unwrap().contains(&3));
        });
    }

    #[test]
    fn pipelines_stop_when_one_before_them_failed() {
        let failed = Arc::new(AtomicUsize::new(usize::MAX));
        let context = Context::new(1);
        let [first, second] = [1, 2].map(|node| context.for_node(&failed, node));
        failed.store(1, Ordering::Relaxed);
        assert!(first.check().is_ok());
        assert!(second.check().is_err());
    }
}
