//! Selects and `with_columns`: row by row, as an aggregation, or of all rows.

use std::sync::Arc;

use hypostyle_core::{Batch, Error, Result, Schema};
use hypostyle_expr::grouped::GroupedPlan;
use hypostyle_expr::{BoundExpr, Expr, Extent, bind, output_name};
use hypostyle_plan::Plan;

use super::{Lowering, bind_all, types};
use crate::operators::aggregate::Aggregate;
use crate::operators::one_batch::Evaluation;
use crate::operators::project::{Pick, Project};
use crate::pipeline_plan::PipelinePlan;
use crate::runtime_filters::{RuntimeFilter, below};
use crate::store::BatchStore;

impl Lowering<'_> {
    pub(super) fn lower_with_columns(
        &mut self,
        plan: &Arc<Plan>,
        input: &Arc<Plan>,
        exprs: &[Expr],
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let outputs = with_columns(plan)?;
        let mut pipeline = self.lower(input, filters)?;
        if exprs.iter().all(Expr::is_row_separable) {
            pipeline.push(Box::new(Project::new(outputs)), self.operator(plan));
            return Ok(pipeline);
        }
        let evaluation = Evaluation::WithColumns(outputs);
        Ok(self.breaker(plan, pipeline, evaluation.sink(types(input.schema()))))
    }

    pub(super) fn lower_select(
        &mut self,
        plan: &Arc<Plan>,
        input: &Arc<Plan>,
        exprs: &[Expr],
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        // A select that only picks columns is done by what is under it.
        if let Some(positions) = picked(exprs, input.schema()) {
            return match &**input {
                Plan::Filter { .. } => {
                    let filters = below(input, filters)?.pop().unwrap_or_default();
                    self.lower_filter(input, Some(positions), &filters)
                }
                Plan::Join { .. } => self.lower_join(input, Some(&positions), filters),
                _ => {
                    let mut pipeline = self.lower(input, filters)?;
                    pipeline.push(Box::new(Pick::new(positions)), super::unmeasured(plan));
                    Ok(pipeline)
                }
            };
        }
        let bound = bind_all(exprs, input.schema())?;
        let scalars = bound.iter().all(|e| e.extent() == Extent::Scalar);
        if !scalars && exprs.iter().all(Expr::is_row_separable) {
            let mut pipeline = self.lower(input, filters)?;
            pipeline.push(Box::new(Project::new(bound)), self.operator(plan));
            return Ok(pipeline);
        }
        if scalars && !exprs.iter().any(Expr::has_aggregate) {
            return Ok(constants(plan, bound));
        }
        if scalars && !input.schema().is_empty() {
            let aggregate = Aggregate::new(Vec::new(), GroupedPlan::new(exprs, input.schema())?, false);
            let rows = self.lower(input, filters)?;
            return Ok(self.breaker(plan, rows, aggregate));
        }
        let rows = self.lower(input, filters)?;
        Ok(self.breaker(plan, rows, Evaluation::Select(bound).sink(types(input.schema()))))
    }
}

/// Constants alone: one row, whatever the input.
fn constants(plan: &Arc<Plan>, bound: Vec<BoundExpr>) -> PipelinePlan {
    let schema = plan.schema().clone();
    PipelinePlan::new(vec![super::unmeasured(plan)], Vec::new(), move |_| {
        let batch = Batch::try_new(Vec::new(), 1)?;
        let columns = bound.iter().map(|e| Ok(e.evaluate(&batch)?.column)).collect::<Result<_>>()?;
        BatchStore::new(vec![Batch::try_new(columns, 1)?]).open(schema)
    })
}

/// The positions of columns, if a select does no more than pick them, each once: names are not the batches' concern.
pub(super) fn picked(exprs: &[Expr], schema: &Schema) -> Option<Vec<usize>> {
    let mut positions = Vec::with_capacity(exprs.len());
    for expr in exprs {
        let Expr::Column(name) = expr.without_alias() else { return None };
        let position = schema.position(name)?;
        if positions.contains(&position) {
            return None;
        }
        positions.push(position);
    }
    Some(positions)
}

/// Every output column of a `with_columns`: a computed one, or the input's of that name.
pub(super) fn with_columns(plan: &Plan) -> Result<Vec<BoundExpr>> {
    let Plan::WithColumns { input, exprs, schema } = plan else {
        return Err(Error::internal("with_columns was planned"));
    };
    let bound = bind_all(exprs, input.schema())?;
    let positions = exprs.iter().map(|e| schema.index_of(&output_name(e)?)).collect::<Result<Vec<_>>>()?;
    (0..schema.len())
        .map(|i| match positions.iter().position(|p| *p == i) {
            Some(k) => Ok(bound[k].clone()),
            None => bind(&Expr::Column(schema.fields()[i].name.clone()), input.schema()),
        })
        .collect()
}
