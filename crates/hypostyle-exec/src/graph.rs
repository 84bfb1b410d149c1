//! The graph of a query: its pipelines, made before any of them runs.
//!
//! A node is a pipeline and the sink that it ends in. What only the data can tell (the rows of a breaker, the index of a
//! build side, the keys that a join tells the scans below it) has a [`Slot`]: the node that makes it fills the slot, and
//! nodes that come after it read it when they start. `executor.rs` runs a graph.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use hypostyle_core::lock::lock;
use hypostyle_core::{Error, Result};
use hypostyle_plan::Plan;

use crate::context::Context;
use crate::pipeline::{Finished, Sink};
use crate::pipeline_plan::PipelinePlan;
use crate::profile::{Counter, OperatorProfile, Profile};

/// The number of a node. Nodes come after those that they depend on.
pub(crate) type NodeId = usize;

/// What a node makes and later nodes need.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    node: NodeId,
    value: Arc<Mutex<Option<T>>>,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self { node: self.node, value: Arc::clone(&self.value) }
    }
}

impl<T> Slot<T> {
    fn new(node: NodeId) -> Self {
        Self { node, value: Arc::default() }
    }

    /// The node that fills it.
    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    fn fill(&self, value: T) {
        *lock(&self.value) = Some(value);
    }

    /// The value; its memory is the caller's from now on. `None` if it was taken, or its node did nothing.
    pub(crate) fn take(&self) -> Option<T> {
        lock(&self.value).take()
    }

    /// The value, which must be there.
    pub(crate) fn take_filled(&self) -> Result<T> {
        self.take().ok_or_else(|| Error::internal("a pipeline started before one that it needs"))
    }

    /// What a function says of the value, which stays.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
        lock(&self.value).as_ref().map(read)
    }
}

impl<T: Clone> Slot<T> {
    /// A copy of the value, which must be there, for one of so many readers; the last of them leaves nothing behind.
    pub(crate) fn copy_for(&self, readers: &AtomicUsize) -> Result<T> {
        let copy = lock(&self.value).clone();
        // A reader has its copy before it is counted out: no other is the last until then.
        if readers.fetch_sub(1, Ordering::AcqRel) == 1 {
            drop(self.take());
        }
        copy.ok_or_else(|| Error::internal("a pipeline started before one that it needs"))
    }
}

/// What an operator is called. Nodes of the plan are described when somebody asks.
#[derive(Clone, Debug)]
pub(crate) enum Label {
    Plan(Arc<Plan>),
    Text(&'static str),
    /// The rows that another node made.
    Rows(NodeId),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => f.write_str(&plan.describe()),
            Self::Text(text) => f.write_str(text),
            Self::Rows(node) => write!(f, "ROWS OF PIPELINE {node}"),
        }
    }
}

/// An operator of a pipeline, and the counter that measures it, if it is measured.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) label: Label,
    pub(crate) counter: Option<Arc<Counter>>,
}

impl Operator {
    /// One that nobody measures.
    pub(crate) fn text(text: &'static str) -> Self {
        Self { label: Label::Text(text), counter: None }
    }
}

/// What a node does.
pub(crate) type Job = Box<dyn FnOnce(&Context) -> Result<()> + Send>;

/// A pipeline and its sink.
pub(crate) struct Node {
    /// From the source to the sink.
    pub(crate) operators: Vec<Operator>,
    /// Nodes that must be finished before it starts.
    pub(crate) after: Vec<NodeId>,
    /// `None` once it has started.
    pub(crate) job: Option<Job>,
}

/// The pipelines of a query.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
}

impl Graph {
    /// The number of the node that is added next.
    pub(crate) fn next_node(&self) -> NodeId {
        self.nodes.len()
    }

    /// Adds a pipeline and the sink that it ends in, which is made when the pipeline starts.
    pub(crate) fn add<S: Sink + 'static>(
        &mut self,
        input: PipelinePlan,
        operator: Operator,
        sink: impl FnOnce(&Context) -> Result<S> + Send + 'static,
    ) -> Slot<S::Output> {
        self.add_if(|| true, input, operator, sink)
    }

    /// The same, where whether the pipeline runs is known only when its turn comes.
    pub(crate) fn add_if<S: Sink + 'static>(
        &mut self,
        condition: impl FnOnce() -> bool + Send + 'static,
        mut input: PipelinePlan,
        operator: Operator,
        sink: impl FnOnce(&Context) -> Result<S> + Send + 'static,
    ) -> Slot<S::Output> {
        let slot = Slot::new(self.next_node());
        let (filled, counter) = (slot.clone(), operator.counter.clone());
        let mut operators = std::mem::take(&mut input.operators);
        operators.push(operator);
        let after = std::mem::take(&mut input.after);
        let job = move |context: &Context| {
            if !condition() {
                return Ok(());
            }
            let pipeline = input.open(context)?;
            let sink = sink(context)?;
            pipeline.run(context, &sink, counter.as_deref())?;
            // The rows behind it go before the sink's results come.
            drop(pipeline);
            let start = Instant::now();
            let output = sink.finish(context)?;
            if let Some(counter) = &counter {
                counter.add(start.elapsed(), output.rows());
            }
            filled.fill(output);
            Ok(())
        };
        self.nodes.push(Node { operators, after, job: Some(Box::new(job)) });
        slot
    }

    /// Says that the last operator of the last node is measured elsewhere: by the sink itself.
    pub(crate) fn operator_is(&mut self, operator: Operator) {
        if let Some(last) = self.nodes.last_mut().and_then(|node| node.operators.last_mut()) {
            *last = operator;
        }
    }

    /// What the operators did so far, in the order of the nodes.
    pub(crate) fn profile(&self) -> Profile {
        let mut seen: Vec<&Arc<Counter>> = Vec::new();
        let mut operators = Vec::new();
        for Operator { label, counter } in self.nodes.iter().flat_map(|node| &node.operators) {
            // A scan that one of two pipelines makes is measured once.
            if let Some(counter) = counter
                && !seen.iter().any(|other| Arc::ptr_eq(other, counter))
            {
                seen.push(counter);
                let (rows, time, bytes) = counter.read();
                operators.push(OperatorProfile { name: label.to_string(), rows, time, bytes });
            }
        }
        Profile { operators }
    }
}

/// One pipeline after the other, each from its source to its sink.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, node) in self.nodes.iter().enumerate() {
            write!(f, "PIPELINE {number}")?;
            if !node.after.is_empty() {
                let mut after = node.after.clone();
                after.sort_unstable();
                after.dedup();
                let after: Vec<String> = after.iter().map(NodeId::to_string).collect();
                write!(f, " after {}", after.join(", "))?;
            }
            writeln!(f)?;
            for operator in &node.operators {
                writeln!(f, "  {}", operator.label)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn readers_that_start_at_once_have_their_copies() {
        const READERS: usize = 4;
        for _ in 0..500 {
            let slot = Slot::new(0);
            slot.fill(7);
            let (readers, barrier) = (AtomicUsize::new(READERS), Barrier::new(READERS));
            std::thread::scope(|scope| {
                for _ in 0..READERS {
                    scope.spawn(|| {
                        barrier.wait();
                        assert_eq!(slot.copy_for(&readers).unwrap(), 7);
                    });
                }
            });
            assert_eq!(slot.take(), None);
        }
    }
}
