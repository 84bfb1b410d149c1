//! Group-by, and the filter below it, which it takes on where that can only gain.

use std::sync::Arc;

use hypostyle_core::{DataType, Error, Result, Schema, SchemaRef};
use hypostyle_expr::grouped::GroupedPlan;
use hypostyle_expr::{BoundExpr, Expr, Risk, bind};
use hypostyle_plan::Plan;

use super::project::{picked, with_columns};
use super::scan::{bind_conjuncts, key_tests, nodes_of, request};
use super::{Lowering, bind_all};
use crate::graph::Operator;
use crate::operators::aggregate::{Aggregate, Fused};
use crate::operators::filter::Filter;
use crate::operators::project::{Pick, Project};
use crate::pipeline::{Pipeline, Step, Transform};
use crate::pipeline_plan::PipelinePlan;
use crate::runtime_filters::{RuntimeFilter, below};

/// A filter that an aggregation takes on, before the keys of joins are known.
struct FusedPlan {
    predicates: Vec<BoundExpr>,
    /// What joins tell the rows that are filtered, and their columns.
    filters: Vec<RuntimeFilter>,
    schema: SchemaRef,
    /// The columns that are left.
    output: Vec<usize>,
    steps: Vec<Step>,
    /// The filter and the steps.
    operators: Vec<Operator>,
}

impl FusedPlan {
    fn make(self) -> Fused {
        let tests = key_tests(&self.filters, &self.schema);
        let filter = Filter::new(self.predicates, tests, self.output);
        let counter = self.operators.into_iter().next().and_then(|operator| operator.counter);
        Fused { filter, counter, steps: self.steps }
    }
}

impl Lowering<'_> {
    pub(super) fn lower_aggregate(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::Aggregate { input, keys, aggs, maintain_order, schema } = &**plan else {
            return Err(Error::internal("an aggregation was planned"));
        };
        let grouped = GroupedPlan::new(aggs, input.schema())?;
        let planned = schema.fields()[keys.len()..].iter().map(|field| &field.dtype);
        debug_assert!(planned.eq(grouped.outputs.iter().map(|output| output.dtype())), "{}", plan.describe());
        let bound = bind_all(keys, input.schema())?;
        let aggregate = Aggregate::new(bound, grouped, *maintain_order);
        let fusible = !keys.is_empty()
            && !maintain_order
            && has_filter(input)
            && keys.iter().chain(aggs).all(|e| is_total(e, input.schema()));
        if fusible && let Some((mut pipeline, fused)) = self.fuse(input, filters)? {
            pipeline.after.extend(nodes_of(&fused.filters));
            pipeline.operators.extend(fused.operators.iter().cloned());
            let make = move |_: &_| Ok(aggregate.with_fused(fused.make()));
            let rows = self.graph.add(pipeline, self.operator(plan), make);
            return Ok(PipelinePlan::rows_of(rows, plan.schema().clone()));
        }
        let pipeline = self.lower(input, filters)?;
        Ok(self.breaker(plan, pipeline, aggregate))
    }

    /// The input of an aggregation that takes on the filter at its end: a pipeline up to the filter, which and what
    /// follows the aggregation does itself. `None` if there is no filter, or it is the scan's.
    #[recursive::recursive]
    fn fuse(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<Option<(PipelinePlan, FusedPlan)>> {
        let own = || Ok::<_, Error>(below(plan, filters)?.pop().unwrap_or_default());
        let (input, step): (_, Box<dyn Transform>) = match &**plan {
            Plan::Filter { input, predicate } if predicate.is_row_separable() => {
                return self.fuse_filter(plan, input, predicate, own()?);
            }
            Plan::Select { input, exprs, .. } if exprs.iter().all(|e| matches!(e, Expr::Column(_))) => {
                match picked(exprs, input.schema()) {
                    Some(positions) => (input, Box::new(Pick::new(positions))),
                    None => return Ok(None),
                }
            }
            Plan::WithColumns { input, exprs, .. }
                if exprs.iter().all(|e| is_total(e, input.schema()) && e.is_row_separable()) =>
            {
                (input, Box::new(Project::new(with_columns(plan)?)))
            }
            _ => return Ok(None),
        };
        let Some((pipeline, mut fused)) = self.fuse(input, &own()?)? else { return Ok(None) };
        if let (true, Plan::Select { exprs, .. }) = (fused.steps.is_empty(), &**plan)
            && let Some(positions) = picked(exprs, input.schema())
        {
            // Only the columns that are picked need to be gathered.
            fused.output = positions.iter().map(|place| fused.output[*place]).collect();
            return Ok(Some((pipeline, fused)));
        }
        let operator = self.operator(plan);
        fused.steps.push(Step { transform: step, counter: operator.counter.clone() });
        fused.operators.push(operator);
        Ok(Some((pipeline, fused)))
    }

    fn fuse_filter(
        &mut self,
        plan: &Arc<Plan>,
        input: &Arc<Plan>,
        predicate: &Expr,
        filters: Vec<RuntimeFilter>,
    ) -> Result<Option<(PipelinePlan, FusedPlan)>> {
        let predicates = bind_conjuncts(predicate, input.schema())?;
        let (pipeline, filters) = match &**input {
            Plan::Scan(scan) if !scan.source.in_memory() => return Ok(None),
            Plan::Scan(scan) => {
                let operator = self.operator(input);
                let (scan, predicate, counter) = (scan.clone(), predicate.clone(), operator.counter.clone());
                let known = filters.clone();
                let open = move |_: &_| {
                    let predicate = Some(&predicate).filter(|_| scan.limit.is_none());
                    let mut pipeline = Pipeline::new(scan.source.scan(&request(&scan, predicate, &known))?);
                    pipeline.source_counter = counter;
                    Ok(pipeline)
                };
                (PipelinePlan::new(vec![operator], nodes_of(&filters), open), filters)
            }
            _ => (self.lower(input, &filters)?, Vec::new()),
        };
        let fused = FusedPlan {
            predicates,
            filters,
            schema: input.schema().clone(),
            output: (0..input.schema().len()).collect(),
            steps: Vec::new(),
            operators: vec![self.operator(plan)],
        };
        Ok(Some((pipeline, fused)))
    }
}

/// Whether there may be a filter that an aggregation of this input takes on.
fn has_filter(plan: &Plan) -> bool {
    match plan {
        Plan::Filter { .. } => true,
        Plan::Select { input, .. } | Plan::WithColumns { input, .. } => has_filter(input),
        _ => false,
    }
}

/// Whether an expression, or an aggregate of such, may be computed for rows that a filter drops, too: it cannot fail,
/// and costs little.
fn is_total(expr: &Expr, schema: &Schema) -> bool {
    is_cheap(expr, schema, false) && bind(expr, schema).is_ok_and(|bound| bound.risk() == Risk::None)
}

/// Arithmetic and comparisons of numbers, and aggregates; `operand`: of an operator.
#[recursive::recursive]
fn is_cheap(expr: &Expr, schema: &Schema, operand: bool) -> bool {
    let all = |operand| expr.children().into_iter().all(|child| is_cheap(child, schema, operand));
    match expr {
        Expr::Column(name) => schema.field(name).is_ok_and(|field| {
            let number =
                field.dtype.is_float() || field.dtype.is_integer() || field.dtype == DataType::Boolean;
            number || !operand && !field.dtype.is_nested()
        }),
        Expr::Literal(_) | Expr::Len => true,
        Expr::Binary { .. } => all(true),
        Expr::Alias { .. } => all(operand),
        Expr::Aggregate { .. } => all(false),
        _ => false,
    }
}
