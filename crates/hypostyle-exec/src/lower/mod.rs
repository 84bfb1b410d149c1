//! From the logical plan to the graph of pipelines. Nothing runs yet: breakers become nodes, inputs first, and what
//! streams becomes a transform of the pipeline that is planned.

mod aggregate;
mod breakers;
mod interval;
mod join;
mod project;
mod scan;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hypostyle_core::{DataType, Error, Result, Schema};
use hypostyle_expr::{BoundExpr, Expr, Extent, bind};
use hypostyle_plan::{Estimator, Plan};

use crate::context::Context;
use crate::graph::{Graph, Label, Operator, Slot};
use crate::operators::collect::{CollectLast, collect};
use crate::operators::merge_sorted::MergeSorted;
use crate::operators::reshape::Explode;
use crate::pipeline::{Pipeline, Sink};
use crate::pipeline_plan::PipelinePlan;
use crate::profile::Counter;
use crate::runtime_filters::{RuntimeFilter, below};
use crate::store::BatchStore;
use crate::stream::{Input, RowIndex, Slice, Union};

/// The rows of a subplan with several readers, the last of which takes them away.
struct Shared {
    rows: Slot<BatchStore>,
    /// Readers that have not begun.
    readers: Arc<AtomicUsize>,
}

/// Makes the graph of a query.
pub(crate) struct Lowering<'a> {
    context: &'a Context,
    pub(crate) graph: Graph,
    estimator: Estimator,
    /// Subplans with several readers, by id.
    shared: HashMap<u64, Shared>,
    /// How often each of them is read, and is not lowered yet.
    unread: HashMap<u64, usize>,
    /// Plans that were made on the way. The estimator knows plans by their addresses.
    plans: Vec<Arc<Plan>>,
}

#[recursive::recursive]
fn count_readers(plan: &Plan, readers: &mut HashMap<u64, usize>) {
    if let Plan::Cache { id, .. } = plan {
        let count = readers.entry(*id).or_default();
        *count += 1;
        if *count > 1 {
            return;
        }
    }
    plan.children().into_iter().for_each(|child| count_readers(child, readers));
}

impl<'a> Lowering<'a> {
    /// An empty graph for a plan that outlives it.
    pub(crate) fn new(plan: &'a Arc<Plan>, context: &'a Context) -> Self {
        let mut unread = HashMap::new();
        count_readers(plan, &mut unread);
        Self {
            context,
            graph: Graph::default(),
            estimator: Estimator::default(),
            shared: HashMap::new(),
            unread,
            plans: Vec::new(),
        }
    }

    /// The graph.
    pub(crate) fn into_graph(self) -> Graph {
        self.graph
    }

    /// How many readers of a shared subplan are not lowered yet.
    pub(crate) fn unread(&self, id: u64) -> usize {
        self.unread.get(&id).copied().unwrap_or(0)
    }

    /// An operator that is measured, if the query is.
    pub(crate) fn measured(&self, label: Label) -> Operator {
        Operator { label, counter: self.context.is_profiled.then(|| Arc::new(Counter::default())) }
    }

    /// The operator of a node of the plan.
    fn operator(&self, plan: &Arc<Plan>) -> Operator {
        self.measured(Label::Plan(Arc::clone(plan)))
    }

    /// Ends a pipeline in the sink of a node of the plan; gives the pipeline that reads what it made.
    fn breaker<S: Sink<Output = BatchStore> + 'static>(
        &mut self,
        plan: &Arc<Plan>,
        input: PipelinePlan,
        sink: S,
    ) -> PipelinePlan {
        let operator = self.operator(plan);
        let rows = self.graph.add(input, operator, move |_| Ok(sink));
        PipelinePlan::rows_of(rows, plan.schema().clone())
    }

    /// The pipeline that gives a plan's rows, but perhaps not those that do not pass the filters.
    #[recursive::recursive]
    pub(crate) fn lower(&mut self, plan: &Arc<Plan>, filters: &[RuntimeFilter]) -> Result<PipelinePlan> {
        self.context.check()?;
        let passed = below(plan, filters)?;
        let passed = |input: usize| passed.get(input).map_or(&[][..], Vec::as_slice);
        match &**plan {
            Plan::Scan(scan) => Ok(self.lower_scan(plan, scan, filters)),
            Plan::Filter { .. } => self.lower_filter(plan, None, passed(0)),
            Plan::Select { input, exprs, .. } => self.lower_select(plan, input, exprs, passed(0)),
            Plan::WithColumns { input, exprs, .. } => self.lower_with_columns(plan, input, exprs, passed(0)),
            Plan::Aggregate { .. } => self.lower_aggregate(plan, passed(0)),
            Plan::Join { .. } => self.lower_join(plan, None, filters),
            Plan::AsOfJoin { .. } => self.lower_as_of(plan, passed(0)),
            Plan::TimeGroups { .. } => self.lower_time_groups(plan, passed(0)),
            Plan::Sort { .. } => self.lower_sort(plan, passed(0)),
            Plan::Distinct { .. } => self.lower_distinct(plan, passed(0)),
            Plan::Slice { input, offset, length } => {
                let pipeline = self.lower(input, passed(0))?;
                let Ok(start) = usize::try_from(*offset) else {
                    let last = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
                    let operator = Operator { label: Label::Plan(Arc::clone(plan)), counter: None };
                    let length = *length;
                    let rows =
                        self.graph.add(pipeline, operator, move |_| Ok(CollectLast::new(last, length)));
                    return Ok(PipelinePlan::rows_of(rows, plan.schema().clone()));
                };
                let end = length.map_or(usize::MAX, |length| start.saturating_add(length));
                let slice = move |input| Pipeline::of(Box::new(Slice::new(input, start, end)));
                Ok(pipeline.wrap(unmeasured(plan), slice))
            }
            Plan::Union { inputs, .. } => {
                let inputs = inputs.iter().enumerate();
                let inputs = inputs.map(|(i, input)| Ok((self.lower(input, passed(i))?, opens_alone(input))));
                Ok(union(plan, inputs.collect::<Result<_>>()?))
            }
            Plan::MergeSorted { left, right, keys } => {
                let keys = keys.iter().map(|key| left.schema().index_of(key)).collect::<Result<_>>()?;
                let first = self.lower(left, passed(0))?;
                let first = self.graph.add(first, Operator::text("COLLECT"), |_| Ok(collect()));
                let mut second = self.lower(right, passed(1))?;
                second.after.push(first.node());
                let (operator, types) = (self.operator(plan), types(left.schema()));
                let merge = move |_: &Context| Ok(MergeSorted::with(first.take_filled()?, keys, types));
                let rows = self.graph.add(second, operator, merge);
                Ok(PipelinePlan::rows_of(rows, plan.schema().clone()))
            }
            Plan::HorizontalConcat { inputs, .. } => self.lower_horizontal(plan, inputs),
            Plan::Several { .. } => Err(Error::internal("several queries have no rows of their own")),
            Plan::Explode { input, columns, .. } => {
                let columns = columns.iter().map(|n| input.schema().index_of(n)).collect::<Result<_>>()?;
                let mut pipeline = self.lower(input, passed(0))?;
                pipeline.push(Box::new(Explode { columns }), self.operator(plan));
                Ok(pipeline)
            }
            Plan::Unpivot { .. } => self.lower_unpivot(plan, passed(0)),
            Plan::RowIndex { input, offset, .. } => {
                let (pipeline, offset) = (self.lower(input, passed(0))?, *offset);
                let number = move |input| Pipeline::of(Box::new(RowIndex::new(input, offset)));
                Ok(pipeline.wrap(unmeasured(plan), number))
            }
            Plan::Fetch { .. } => self.lower_fetch(plan, passed(0)),
            Plan::Cache { input, id } => self.lower_cache(plan, input, *id, filters),
            Plan::MapFrame { .. } => self.lower_map_frame(plan, passed(0)),
        }
    }

    /// A subplan with several readers, of which the first makes it run.
    fn lower_cache(
        &mut self,
        plan: &Arc<Plan>,
        input: &Arc<Plan>,
        id: u64,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        if !self.shared.contains_key(&id) {
            let input = self.lower(input, &[])?;
            let operator = Operator { label: Label::Plan(Arc::clone(plan)), counter: None };
            let rows = self.graph.add(input, operator, |_| Ok(collect()));
            self.shared.insert(id, Shared { rows, readers: Arc::default() });
        }
        if let Some(unread) = self.unread.get_mut(&id) {
            *unread = unread.saturating_sub(1);
        }
        let Some(Shared { rows, readers }) = self.shared.get(&id) else {
            return Err(Error::internal("a shared subplan was lowered"));
        };
        readers.fetch_add(1, Ordering::Relaxed);
        let (rows, readers) = (rows.clone(), Arc::clone(readers));
        let source = Operator { label: Label::Rows(rows.node()), counter: None };
        let schema = plan.schema().clone();
        let read = move |_: &Context| rows.copy_for(&readers)?.open(schema);
        let after = self.shared.get(&id).map(|shared| shared.rows.node());
        let mut pipeline = PipelinePlan::new(vec![source], after.into_iter().collect(), read);
        scan::filter_keys(&mut pipeline, filters, plan.schema());
        Ok(pipeline)
    }
}

/// The operator of a node of the plan that takes no time to speak of.
fn unmeasured(plan: &Arc<Plan>) -> Operator {
    Operator { label: Label::Plan(Arc::clone(plan)), counter: None }
}

/// The rows of several pipelines, one after the other; those that open alone wait for their turn.
fn union(plan: &Arc<Plan>, mut inputs: Vec<(PipelinePlan, bool)>) -> PipelinePlan {
    let (mut operators, mut after) = (Vec::new(), Vec::new());
    for (input, _) in &mut inputs {
        operators.append(&mut input.operators);
        after.append(&mut input.after);
    }
    operators.push(unmeasured(plan));
    PipelinePlan::new(operators, after, move |context| {
        let open = |(input, alone): (PipelinePlan, bool)| {
            Ok(if alone { Input::Later(input) } else { Input::Open(input.open(context)?) })
        };
        let inputs = inputs.into_iter().map(open).collect::<Result<_>>()?;
        Ok(Pipeline::of(Box::new(Union::new(inputs))))
    })
}

/// Whether a pipeline is made of files, as they are or row by row.
#[recursive::recursive]
fn opens_alone(plan: &Plan) -> bool {
    match plan {
        Plan::Scan(scan) => !scan.source.in_memory(),
        Plan::Filter { input, predicate } => predicate.is_row_separable() && opens_alone(input),
        Plan::Select { input, exprs, .. } => {
            let scalars = bind_all(exprs, input.schema())
                .map_or(true, |bound| bound.iter().all(|e| e.extent() == Extent::Scalar));
            !scalars && exprs.iter().all(Expr::is_row_separable) && opens_alone(input)
        }
        Plan::WithColumns { input, exprs, .. } => {
            exprs.iter().all(Expr::is_row_separable) && opens_alone(input)
        }
        _ => false,
    }
}

fn types(schema: &Schema) -> Vec<DataType> {
    schema.fields().iter().map(|field| field.dtype.clone()).collect()
}

/// Expressions over the columns of a schema.
pub(crate) fn bind_all(exprs: &[Expr], schema: &Schema) -> Result<Vec<BoundExpr>> {
    exprs.iter().map(|e| bind(e, schema)).collect()
}
