//! Nodes that see all rows before they give one: sort, distinct, unpivot, late columns, users' functions, frames side
//! by side.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataFrame, Error, Result, Schema};
use hypostyle_expr::bind;
use hypostyle_kernels::sort::SortOrder;
use hypostyle_plan::Plan;

use super::{Lowering, bind_all, types, unmeasured};
use crate::context::Context;
use crate::graph::{Operator, Slot};
use crate::operators::collect::Collect;
use crate::operators::distinct::Distinct;
use crate::operators::fetch::fetch;
use crate::operators::one_batch::{collect_one, one_batch};
use crate::operators::reshape::Unpivot;
use crate::operators::row_keys::RowKeys;
use crate::operators::sort::{Sort, TopK};
use crate::operators::time_groups::TimeGroups;
use crate::pipeline_plan::PipelinePlan;
use crate::runtime_filters::RuntimeFilter;
use crate::store::BatchStore;

impl Lowering<'_> {
    pub(super) fn lower_sort(&mut self, plan: &Arc<Plan>, filters: &[RuntimeFilter]) -> Result<PipelinePlan> {
        let Plan::Sort { input, by, limit, .. } = &**plan else {
            return Err(Error::internal("a sort was planned"));
        };
        let order = |descending: bool, nulls_last: bool| SortOrder { descending, nulls_last };
        let orders = by.iter().map(|key| order(key.descending, key.nulls_last));
        let rows = self.lower(input, filters)?;
        if let Some(limit) = limit
            && by.iter().all(|key| key.expr.is_row_separable())
        {
            let keys = by.iter().map(|key| bind(&key.expr, input.schema())).collect::<Result<Vec<_>>>()?;
            let top = TopK::new(keys.into_iter().zip(orders).collect(), *limit);
            return Ok(self.breaker(plan, rows, top));
        }
        let keys = RowKeys::new(by.iter().map(|key| &key.expr), input.schema())?;
        let sort = Sort::new(keys, orders.collect(), types(input.schema()), *limit);
        Ok(self.breaker(plan, rows, sort))
    }

    pub(super) fn lower_time_groups(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::TimeGroups { input, keys, aggs, options, .. } = &**plan else {
            return Err(Error::internal("windows of time were planned"));
        };
        let groups = TimeGroups {
            keys: bind_all(keys, input.schema())?,
            aggs: bind_all(aggs, input.schema())?,
            index: input.schema().index_of(&options.index)?,
            options: options.clone(),
        };
        let rows = self.lower(input, filters)?;
        let sink = collect_one(types(input.schema()), move |batch, context| groups.finish(batch, context));
        Ok(self.breaker(plan, rows, sink))
    }

    pub(super) fn lower_distinct(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::Distinct { input, subset, keep, .. } = &**plan else {
            return Err(Error::internal("a distinct was planned"));
        };
        let subset = match subset {
            Some(names) => names.iter().map(|n| input.schema().index_of(n)).collect::<Result<_>>()?,
            None => (0..input.schema().len()).collect(),
        };
        let rows = self.lower(input, filters)?;
        Ok(self.breaker(plan, rows, Distinct::new(subset, *keep)))
    }

    pub(super) fn lower_unpivot(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::Unpivot { input, options, schema } = &**plan else {
            return Err(Error::internal("an unpivot was planned"));
        };
        let position = |name: &Arc<str>| input.schema().index_of(name);
        let index = options.index.iter().map(position).collect::<Result<_>>()?;
        let on = options.on.iter().map(|name| Ok((position(name)?, name.to_string())));
        let on = on.collect::<Result<_>>()?;
        let value = schema.fields()[schema.len() - 1].dtype.clone();
        let rows = self.lower(input, filters)?;
        Ok(self.breaker(plan, rows, Unpivot::new(index, on, value)))
    }

    pub(super) fn lower_fetch(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::Fetch { input, ids, rows: late, .. } = &**plan else {
            return Err(Error::internal("late columns were planned"));
        };
        let (ids, late) = (input.schema().index_of(ids)?, late.clone());
        let rows = self.lower(input, filters)?;
        let sink = collect_one(types(input.schema()), move |batch, context| {
            Ok(vec![fetch(context, batch, ids, &late)?])
        });
        Ok(self.breaker(plan, rows, sink))
    }

    pub(super) fn lower_map_frame(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::MapFrame { input, function, schema } = &**plan else {
            return Err(Error::internal("a function of a frame was planned"));
        };
        let (input_schema, schema, function) = (input.schema().clone(), schema.clone(), function.clone());
        let rows = self.lower(input, filters)?;
        let sink = Collect::then(move |batches, _: &Context| {
            let result = (function.call)(DataFrame::from_batches(input_schema, batches)?)?;
            if result.schema() != &schema {
                let shown = |schema: &Schema| -> String {
                    let fields = schema.fields().iter();
                    fields.map(|f| format!("{}: {}", f.name, f.dtype)).collect::<Vec<_>>().join(", ")
                };
                return Err(Error::schema(format!(
                    "the function {function:?} promised the columns [{}] and gave [{}]",
                    shown(&schema),
                    shown(result.schema())
                )));
            }
            Ok(BatchStore::new(result.batches().to_vec()))
        });
        let rows = self.graph.add(rows, unmeasured(plan), move |_| Ok(sink));
        Ok(PipelinePlan::rows_of(rows, plan.schema().clone()))
    }

    /// All rows of a plan in one batch.
    pub(super) fn lower_one_batch(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<Slot<Batch>> {
        let rows = self.lower(plan, filters)?;
        let types = types(plan.schema());
        let sink = Collect::then(move |batches, context: &Context| one_batch(&types, batches, context));
        Ok(self.graph.add(rows, Operator::text("COLLECT"), move |_| Ok(sink)))
    }

    /// Each input is collected by a pipeline of its own; the source of the next one has the columns of all.
    pub(super) fn lower_horizontal(
        &mut self,
        plan: &Arc<Plan>,
        inputs: &[Arc<Plan>],
    ) -> Result<PipelinePlan> {
        let sides = inputs.iter().map(|input| self.lower_one_batch(input, &[]));
        let sides = sides.collect::<Result<Vec<Slot<Batch>>>>()?;
        let schema = plan.schema().clone();
        let after = sides.iter().map(Slot::node).collect();
        Ok(PipelinePlan::new(vec![unmeasured(plan)], after, move |_| {
            let batches = sides.iter().map(Slot::take_filled).collect::<Result<Vec<_>>>()?;
            BatchStore::new(vec![side_by_side(batches)?]).open(schema)
        }))
    }
}

/// The columns of batches of the same height.
fn side_by_side(batches: Vec<Batch>) -> Result<Batch> {
    let height = batches.first().map_or(0, Batch::len);
    if let Some(other) = batches.iter().find(|batch| batch.len() != height) {
        return Err(Error::shape(format!(
            "frames side by side must have the same height, not {height} and {}",
            other.len()
        )));
    }
    let columns: Vec<Column> = batches.into_iter().flat_map(Batch::into_columns).collect();
    Batch::try_new(columns, height)
}
