//! A pipeline before it starts: how its source and its transforms are made, and which nodes of the graph they need.

use hypostyle_core::{Result, SchemaRef};

use crate::context::Context;
use crate::graph::{Label, NodeId, Operator, Slot};
use crate::pipeline::{Pipeline, Step, Transform};
use crate::store::BatchStore;

type Open = Box<dyn FnOnce(&Context) -> Result<Pipeline> + Send>;
type Make = Box<dyn FnOnce(&Context) -> Result<Box<dyn Transform>> + Send>;

/// A transform, or how it is made of what other nodes gave.
enum Transformation {
    Ready(Box<dyn Transform>),
    Late(Make),
}

/// A pipeline that can be opened.
pub(crate) struct PipelinePlan {
    open: Open,
    steps: Vec<(Transformation, Operator)>,
    /// From the source on, for `explain` and profiles.
    pub(crate) operators: Vec<Operator>,
    /// Nodes that must be finished before it is opened.
    pub(crate) after: Vec<NodeId>,
}

impl PipelinePlan {
    /// A pipeline of which a function makes the source, and perhaps the first transforms; these are `operators`.
    pub(crate) fn new(
        operators: Vec<Operator>,
        after: Vec<NodeId>,
        open: impl FnOnce(&Context) -> Result<Pipeline> + Send + 'static,
    ) -> Self {
        Self { open: Box::new(open), steps: Vec::new(), operators, after }
    }

    /// The rows that a node made, which nobody else reads.
    pub(crate) fn rows_of(rows: Slot<BatchStore>, schema: SchemaRef) -> Self {
        let source = Operator { label: Label::Rows(rows.node()), counter: None };
        Self::new(vec![source], vec![rows.node()], move |_| rows.take_filled()?.open(schema))
    }

    /// Adds a transform.
    pub(crate) fn push(&mut self, transform: Box<dyn Transform>, operator: Operator) {
        self.operators.push(operator.clone());
        self.steps.push((Transformation::Ready(transform), operator));
    }

    /// Adds a transform that is made of what some nodes gave.
    pub(crate) fn push_late(
        &mut self,
        after: &[NodeId],
        operator: Operator,
        make: impl FnOnce(&Context) -> Result<Box<dyn Transform>> + Send + 'static,
    ) {
        self.after.extend(after);
        self.operators.push(operator.clone());
        self.steps.push((Transformation::Late(Box::new(make)), operator));
    }

    /// A pipeline whose source is this one, changed by a function.
    pub(crate) fn wrap(
        mut self,
        operator: Operator,
        change: impl FnOnce(Pipeline) -> Pipeline + Send + 'static,
    ) -> Self {
        let mut operators = std::mem::take(&mut self.operators);
        operators.push(operator);
        let after = std::mem::take(&mut self.after);
        Self::new(operators, after, move |context| Ok(change(self.open(context)?)))
    }

    /// The pipeline, once the nodes before it are finished.
    #[recursive::recursive]
    pub(crate) fn open(self, context: &Context) -> Result<Pipeline> {
        let mut pipeline = (self.open)(context)?;
        for (transformation, operator) in self.steps {
            let transform = match transformation {
                Transformation::Ready(transform) => transform,
                Transformation::Late(make) => make(context)?,
            };
            pipeline.steps.push(Step { transform, counter: operator.counter });
        }
        Ok(pipeline)
    }
}
