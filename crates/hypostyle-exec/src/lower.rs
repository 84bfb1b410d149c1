//! From the logical plan to pipelines. Breakers run while the plan is lowered, inputs first; what streams becomes a
//! transform of the pipeline under way.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use hypostyle_core::{Batch, Column, DataFrame, DataType, Error, Result, Schema};
use hypostyle_expr::grouped::GroupedPlan;
use hypostyle_expr::{BoundExpr, Expr, Extent, bind};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::filter::filter_batch;
use hypostyle_kernels::sort::SortOrder;
use hypostyle_plan::{
    DataSource, FrameSource, JoinColumn, JoinKind, JoinOptions, JoinOrder, JoinValidation, MORSEL_ROWS, Plan,
    ScanRequest, join_columns,
};

use crate::context::Context;
use crate::join_index::JoinIndex;
use crate::operators::aggregate::Aggregate;
use crate::operators::collect::Collect;
use crate::operators::cross::CrossScan;
use crate::operators::distinct::Distinct;
use crate::operators::filter::Filter;
use crate::operators::join::{BuildSide, Output, Probe, ProbeKind};
use crate::operators::project::{Pick, Project};
use crate::operators::reshape::{Explode, Unpivot, with_row_index};
use crate::operators::sort::{TopK, sort};
use crate::pipeline::{Pipeline, Transform, parallel};
use crate::profile::{Counter, Profile};
use crate::runtime_filters::{KeyTest, RuntimeFilter, below};

/// Runs a plan to its end.
pub fn collect(plan: &Arc<Plan>, context: &Context) -> Result<(DataFrame, Profile)> {
    let context = &context.for_query(plan);
    let batches = coalesce(context, run(plan, &[], context, None)?)?;
    let frame = DataFrame::from_batches(plan.schema().clone(), batches)?;
    let profile = context.recorder.as_ref().map(|r| r.profile()).unwrap_or_default();
    Ok((frame, profile))
}

/// Many small batches become morsels: whoever reads the frame pays for each batch. Inputs go as their copies come, so
/// that memory does not double.
fn coalesce(context: &Context, batches: Vec<Batch>) -> Result<Vec<Batch>> {
    let rows: usize = batches.iter().map(Batch::len).sum();
    if batches.len() < 2 || rows / batches.len() > MORSEL_ROWS / 2 {
        return Ok(batches);
    }
    let mut groups: Vec<Vec<Batch>> = vec![Vec::new()];
    let mut filled = 0;
    for batch in batches {
        if filled >= MORSEL_ROWS {
            groups.push(Vec::new());
            filled = 0;
        }
        filled += batch.len();
        if let Some(group) = groups.last_mut() {
            group.push(batch);
        }
    }
    parallel(context, groups, |group| concat_batches(&group))
}

/// All batches of a plan, in order, perhaps without rows that do not pass the filters.
fn run(
    plan: &Arc<Plan>,
    filters: &[RuntimeFilter],
    context: &Context,
    limit: Option<usize>,
) -> Result<Vec<Batch>> {
    let pipeline = lower(plan, filters, context)?;
    Collect::run(context, &pipeline, limit)
}

fn whole(plan: &Arc<Plan>, filters: &[RuntimeFilter], context: &Context) -> Result<Batch> {
    let batches = run(plan, filters, context, None)?;
    if batches.is_empty() {
        return empty_batch(plan.schema());
    }
    concat_batches(&batches)
}

fn empty_batch(schema: &Schema) -> Result<Batch> {
    Batch::try_new(schema.fields().iter().map(|f| Column::empty(f.dtype.clone())).collect(), 0)
}

fn counter(plan: &Plan, context: &Context) -> Option<Arc<Counter>> {
    context.recorder.as_ref().map(|r| r.add(plan.describe()))
}

/// A pipeline that reads batches that are there already.
fn from_batches(plan: &Plan, batches: Vec<Batch>) -> Result<Pipeline> {
    let frame = DataFrame::from_batches(plan.schema().clone(), batches)?;
    Ok(Pipeline::new(FrameSource::new(frame).scan(&ScanRequest::default())?))
}

fn bind_all(exprs: &[Expr], schema: &Schema) -> Result<Vec<BoundExpr>> {
    exprs.iter().map(|e| bind(e, schema)).collect()
}

/// The positions of columns, if a select does no more than pick them.
fn picked(exprs: &[Expr], schema: &Schema) -> Option<Vec<usize>> {
    exprs
        .iter()
        .map(|e| match e {
            Expr::Column(name) => schema.position(name),
            _ => None,
        })
        .collect()
}

/// The pipeline that gives a plan's rows, but perhaps not those that do not pass the filters.
fn lower(plan: &Arc<Plan>, filters: &[RuntimeFilter], context: &Context) -> Result<Pipeline> {
    context.check()?;
    let passed = below(plan, filters)?;
    let passed = |input: usize| passed.get(input).map_or(&[][..], Vec::as_slice);
    match &**plan {
        Plan::Scan(scan) => {
            let request =
                ScanRequest { projection: scan.projection.clone(), limit: scan.limit, predicate: None };
            let mut pipeline = Pipeline::new(scan.source.scan(&request)?);
            pipeline.source_counter = counter(plan, context);
            filter_keys(&mut pipeline, filters, plan.schema());
            Ok(pipeline)
        }
        Plan::Filter { .. } => lower_filter(plan, (0..plan.schema().len()).collect(), passed(0), context),
        Plan::Select { input, exprs, .. } => lower_select(plan, input, exprs, passed(0), context),
        Plan::WithColumns { input, exprs, schema } => {
            let bound = bind_all(exprs, input.schema())?;
            let positions = exprs
                .iter()
                .map(|e| schema.index_of(&hypostyle_expr::output_name(e)?))
                .collect::<Result<Vec<_>>>()?;
            // Every output column: a computed one, or the input's of that name.
            let outputs: Vec<BoundExpr> = (0..schema.len())
                .map(|i| match positions.iter().position(|p| *p == i) {
                    Some(k) => Ok(bound[k].clone()),
                    None => bind(&Expr::Column(schema.fields()[i].name.clone()), input.schema()),
                })
                .collect::<Result<_>>()?;
            if exprs.iter().all(Expr::is_row_separable) {
                let mut pipeline = lower(input, passed(0), context)?;
                pipeline.push(Box::new(Project::new(outputs)), counter(plan, context));
                return Ok(pipeline);
            }
            let batch = whole(input, passed(0), context)?;
            let len = batch.len();
            let columns = parallel(context, outputs, |e| {
                e.evaluate(&batch)?.into_rows(len).map_err(|error| {
                    Error::shape(format!("{error} (`with_columns` keeps the number of rows)"))
                })
            })?;
            from_batches(plan, vec![Batch::try_new(columns, len)?])
        }
        Plan::Aggregate { input, keys, aggs, maintain_order, .. } => {
            let grouped = GroupedPlan::new(aggs, input.schema())?;
            let keys = bind_all(keys, input.schema())?;
            let counter = counter(plan, context);
            let pipeline = lower(input, passed(0), context)?;
            let aggregate = Aggregate::new(keys, grouped, *maintain_order);
            let batches = measured(&counter, || aggregate.run(context, &pipeline))?;
            from_batches(plan, batches)
        }
        Plan::Join { .. } => lower_join(plan, None, filters, context),
        Plan::Sort { input, by, limit, .. } => {
            let keys = by
                .iter()
                .map(|k| {
                    let order = SortOrder { descending: k.descending, nulls_last: k.nulls_last };
                    Ok((bind(&k.expr, input.schema())?, order))
                })
                .collect::<Result<Vec<_>>>()?;
            let counter = counter(plan, context);
            let separable = by.iter().all(|k| k.expr.is_row_separable());
            if let (Some(limit), true) = (limit, separable) {
                let pipeline = lower(input, passed(0), context)?;
                let top = TopK::new(keys, *limit);
                let batches = measured(&counter, || top.run(context, &pipeline))?;
                return from_batches(plan, batches);
            }
            let batches = run(input, passed(0), context, None)?;
            let mut sorted = measured(&counter, || sort(context, batches, &keys))?;
            if let Some(limit) = limit {
                sorted = slice_batches(sorted, 0, Some(*limit));
            }
            from_batches(plan, sorted)
        }
        Plan::Distinct { input, subset, keep, .. } => {
            let subset = match subset {
                Some(names) => names.iter().map(|n| input.schema().index_of(n)).collect::<Result<_>>()?,
                None => (0..input.schema().len()).collect(),
            };
            let mut pipeline = lower(input, passed(0), context)?;
            pipeline.push(Box::new(Distinct { subset: Vec::clone(&subset), keep: *keep }), None);
            let counter = counter(plan, context);
            let batches = Collect::run(context, &pipeline, None)?;
            let merged = measured(&counter, || Distinct { subset, keep: *keep }.merge(&batches))?;
            from_batches(plan, merged)
        }
        Plan::Slice { input, offset, length } => {
            let limit = match (usize::try_from(*offset), length) {
                (Ok(offset), Some(length)) => Some(offset.saturating_add(*length)),
                _ => None,
            };
            let batches = run(input, passed(0), context, limit)?;
            from_batches(plan, slice_batches(batches, *offset, *length))
        }
        Plan::Union { inputs, .. } => {
            let mut batches = Vec::new();
            for (i, input) in inputs.iter().enumerate() {
                batches.extend(run(input, passed(i), context, None)?);
            }
            from_batches(plan, batches)
        }
        Plan::HorizontalConcat { inputs, .. } => {
            let mut columns = Vec::new();
            let mut height = None;
            for input in inputs {
                let batch = whole(input, passed(0), context)?;
                if height.is_some_and(|h| h != batch.len()) {
                    return Err(Error::shape(format!(
                        "frames side by side must have the same height, not {} and {}",
                        height.unwrap_or(0),
                        batch.len()
                    )));
                }
                height = Some(batch.len());
                columns.extend(batch.into_columns());
            }
            from_batches(plan, vec![Batch::try_new(columns, height.unwrap_or(0))?])
        }
        Plan::Explode { input, columns, .. } => {
            let columns = columns.iter().map(|n| input.schema().index_of(n)).collect::<Result<_>>()?;
            let mut pipeline = lower(input, passed(0), context)?;
            pipeline.push(Box::new(Explode { columns }), counter(plan, context));
            Ok(pipeline)
        }
        Plan::Unpivot { input, options, schema } => {
            let position = |name: &Arc<str>| input.schema().index_of(name);
            let unpivot = Unpivot {
                index: options.index.iter().map(position).collect::<Result<_>>()?,
                on: options
                    .on
                    .iter()
                    .map(|name| Ok((position(name)?, name.to_string())))
                    .collect::<Result<_>>()?,
                value: schema.fields()[schema.len() - 1].dtype.clone(),
            };
            let batch = whole(input, passed(0), context)?;
            from_batches(plan, unpivot.apply(&batch)?)
        }
        Plan::RowIndex { input, offset, .. } => {
            let batches = run(input, passed(0), context, None)?;
            from_batches(plan, with_row_index(batches, *offset)?)
        }
        Plan::Cache { input, id } => {
            let batches = context.shared(*id, || run(input, &[], context, None))?;
            let mut pipeline = from_batches(plan, batches)?;
            filter_keys(&mut pipeline, filters, plan.schema());
            Ok(pipeline)
        }
        Plan::MapFrame { input, function, schema } => {
            let frame = DataFrame::from_batches(input.schema().clone(), run(input, passed(0), context, None)?)?;
            let result = (function.call)(frame)?;
            if result.schema() != schema {
                return Err(Error::schema(format!(
                    "the function {function:?} promised the columns {:?} and gave {:?}",
                    schema.names().collect::<Vec<_>>(),
                    result.schema().names().collect::<Vec<_>>()
                )));
            }
            from_batches(plan, result.batches().to_vec())
        }
    }
}

fn measured(counter: &Option<Arc<Counter>>, f: impl FnOnce() -> Result<Vec<Batch>>) -> Result<Vec<Batch>> {
    match counter {
        Some(counter) => counter.measure(f, |r| r.as_ref().map_or(0, |b| b.iter().map(Batch::len).sum())),
        None => f(),
    }
}

fn slice_batches(batches: Vec<Batch>, offset: i64, length: Option<usize>) -> Vec<Batch> {
    let total: usize = batches.iter().map(Batch::len).sum();
    let (mut skip, lost) = if offset >= 0 {
        (offset as usize, 0)
    } else {
        let back = offset.unsigned_abs() as usize;
        (total.saturating_sub(back), back.saturating_sub(total))
    };
    let mut left = length.map_or(total, |length| length.saturating_sub(lost));
    let mut kept = Vec::new();
    for batch in batches {
        let start = skip.min(batch.len());
        let take = left.min(batch.len() - start);
        skip -= start;
        left -= take;
        if take > 0 {
            kept.push(batch.slice(start, take));
        }
    }
    kept
}

/// A filter that gives the columns at `output` alone.
fn lower_filter(
    plan: &Arc<Plan>,
    output: Vec<usize>,
    filters: &[RuntimeFilter],
    context: &Context,
) -> Result<Pipeline> {
    let Plan::Filter { input, predicate } = &**plan else {
        return Err(Error::internal("a filter was planned"));
    };
    if predicate.is_row_separable() {
        let parts = predicate.conjuncts();
        let bound = parts.into_iter().map(|p| bind(p, input.schema())).collect::<Result<_>>()?;
        if let Plan::Scan(scan) = &**input
            && scan.limit.is_none()
        {
            let request = ScanRequest {
                projection: scan.projection.clone(),
                limit: None,
                predicate: Some(predicate.clone()),
            };
            let mut pipeline = Pipeline::new(scan.source.scan(&request)?);
            pipeline.source_counter = counter(input, context);
            let bound = if pipeline.source.is_filtered() { Vec::new() } else { bound };
            let filter = Filter::new(bound, key_tests(filters, input.schema()), output);
            pipeline.push(Box::new(filter), counter(plan, context));
            return Ok(pipeline);
        }
        let mut pipeline = lower(input, filters, context)?;
        pipeline.push(Box::new(Filter::new(bound, Vec::new(), output)), counter(plan, context));
        return Ok(pipeline);
    }
    let batch = whole(input, filters, context)?;
    let mask = bind(predicate, input.schema())?.evaluate(&batch)?.into_rows(batch.len())?;
    let filtered = match mask.as_boolean() {
        Some(mask) => filter_batch(&batch, &mask.truthy())?,
        None => batch.slice(0, 0),
    };
    let mut pipeline = from_batches(plan, vec![filtered])?;
    if output.len() != plan.schema().len() {
        pipeline.push(Box::new(Pick::new(output)), None);
    }
    Ok(pipeline)
}

fn lower_select(
    plan: &Arc<Plan>,
    input: &Arc<Plan>,
    exprs: &[Expr],
    filters: &[RuntimeFilter],
    context: &Context,
) -> Result<Pipeline> {
    // A select that only picks columns is done by what is under it.
    if let Some(positions) = picked(exprs, input.schema()) {
        return match &**input {
            Plan::Filter { .. } => {
                let filters = below(input, filters)?.pop().unwrap_or_default();
                lower_filter(input, positions, &filters, context)
            }
            Plan::Join { .. } => lower_join(input, Some(&positions), filters, context),
            _ => {
                let mut pipeline = lower(input, filters, context)?;
                pipeline.push(Box::new(Pick::new(positions)), None);
                Ok(pipeline)
            }
        };
    }
    let bound = bind_all(exprs, input.schema())?;
    let scalars = bound.iter().all(|e| e.extent() == Extent::Scalar);
    if !scalars && exprs.iter().all(Expr::is_row_separable) {
        let mut pipeline = lower(input, filters, context)?;
        pipeline.push(Box::new(Project::new(bound)), counter(plan, context));
        return Ok(pipeline);
    }
    if scalars && !exprs.iter().any(Expr::has_aggregate) {
        // Constants alone: one row, whatever the input.
        let batch = Batch::try_new(Vec::new(), 1)?;
        let columns = bound.iter().map(|e| Ok(e.evaluate(&batch)?.column)).collect::<Result<_>>()?;
        return from_batches(plan, vec![Batch::try_new(columns, 1)?]);
    }
    if scalars && !input.schema().is_empty() {
        let grouped = GroupedPlan::new(exprs, input.schema())?;
        let counter = counter(plan, context);
        let pipeline = lower(input, filters, context)?;
        let aggregate = Aggregate::new(Vec::new(), grouped, false);
        let batches = measured(&counter, || aggregate.run(context, &pipeline))?;
        return from_batches(plan, batches);
    }
    let batch = whole(input, filters, context)?;
    let values = parallel(context, bound, |e| e.evaluate(&batch))?;
    let len = values.iter().find(|v| !v.scalar).map_or(1, |v| v.column.len());
    let columns = values.into_iter().map(|v| v.into_rows(len)).collect::<Result<_>>()?;
    from_batches(plan, vec![Batch::try_new(columns, len)?])
}

/// A join that gives the output columns at `wanted` (all if `None`).
fn lower_join(
    plan: &Arc<Plan>,
    wanted: Option<&[usize]>,
    filters: &[RuntimeFilter],
    context: &Context,
) -> Result<Pipeline> {
    let Plan::Join { left, right, left_on, right_on, options, .. } = &**plan else {
        return Err(Error::internal("a join was planned"));
    };
    let counter = counter(plan, context);
    let passed = below(plan, filters)?;
    let (to_left, to_right) = match &passed[..] {
        [left, right] => (&left[..], &right[..]),
        _ => (&[][..], &[][..]),
    };
    let columns = output_columns(left, right, left_on, right_on, options, wanted)?;
    let swap = match options.kind {
        JoinKind::Right => true,
        JoinKind::Inner => match options.maintain_order {
            JoinOrder::None => context.estimator.rows(left) < context.estimator.rows(right),
            JoinOrder::Left | JoinOrder::LeftRight => false,
            JoinOrder::Right | JoinOrder::RightLeft => true,
        },
        // The smaller side is indexed; left rows are then told apart by marks, and come out of order.
        JoinKind::Left | JoinKind::Semi | JoinKind::Anti => {
            options.maintain_order == JoinOrder::None && context.estimator.rows(left) < context.estimator.rows(right)
        }
        _ => false,
    };
    let marks = match options.kind {
        JoinKind::Full => true,
        JoinKind::Left | JoinKind::Semi | JoinKind::Anti => swap,
        _ => false,
    };
    let right_order = matches!(options.maintain_order, JoinOrder::Right | JoinOrder::RightLeft);
    if right_order && !matches!(options.kind, JoinKind::Inner | JoinKind::Right) {
        return Err(Error::unsupported(format!(
            "a {:?} join that keeps the order of the right side; sort the result instead",
            options.kind
        )));
    }
    if options.kind == JoinKind::Cross {
        let output = columns
            .iter()
            .map(|c| if c.right { Output::Build(c.position) } else { Output::Probe(c.position) })
            .collect();
        let scan = CrossScan::try_new(whole(left, to_left, context)?, whole(right, to_right, context)?, output)?;
        let mut pipeline = Pipeline::new(Box::new(scan));
        pipeline.source_counter = counter;
        return Ok(pipeline);
    }
    let (build_plan, probe_plan) = if swap { (left, right) } else { (right, left) };
    let (build_on, probe_on) = if swap { (left_on, right_on) } else { (right_on, left_on) };
    let build_keys = bind_all(build_on, build_plan.schema())?;
    let probe_keys = bind_all(probe_on, probe_plan.schema())?;

    let (to_build, to_probe) = if swap { (to_left, to_right) } else { (to_right, to_left) };
    let batch = whole(build_plan, to_build, context)?;
    let (build, key_columns) = build_side(batch, &build_keys, options, marks)?;
    // Hashing a key costs more than asking whether it can be there at all.
    let hashed = build.index.as_ref().is_some_and(JoinIndex::is_hashed);
    let (left_unique, right_unique) = match options.validate {
        JoinValidation::ManyToMany => (false, false),
        JoinValidation::ManyToOne => (false, true),
        JoinValidation::OneToMany => (true, false),
        JoinValidation::OneToOne => (true, true),
    };
    let (build_unique, probe_unique) =
        if swap { (left_unique, right_unique) } else { (right_unique, left_unique) };
    if build_unique && build.index.as_ref().is_some_and(|index| !index.is_unique()) {
        return Err(validation_error(options.validate));
    }
    let kind = match options.kind {
        JoinKind::Inner | JoinKind::Cross => ProbeKind::Inner,
        JoinKind::Left if swap => ProbeKind::Inner,
        JoinKind::Semi | JoinKind::Anti if swap => ProbeKind::Mark,
        JoinKind::Left | JoinKind::Right | JoinKind::Full => ProbeKind::Outer,
        JoinKind::Semi => ProbeKind::Semi,
        JoinKind::Anti => ProbeKind::Anti,
    };
    let mut pipeline = if probe_unique {
        let batch = whole(probe_plan, to_probe, context)?;
        let (checked, _) = build_side(batch, &probe_keys, options, false)?;
        if checked.index.as_ref().is_some_and(|index| !index.is_unique()) {
            return Err(validation_error(options.validate));
        }
        from_batches(probe_plan, vec![checked.batch])?
    } else {
        let mut to_probe = to_probe.to_vec();
        let droppable = matches!(kind, ProbeKind::Inner | ProbeKind::Semi | ProbeKind::Mark);
        if droppable && !options.nulls_equal && context.runtime_filters {
            for (key, column) in probe_on.iter().zip(key_columns) {
                if let Expr::Column(name) = key {
                    to_probe.push(RuntimeFilter::new(name.clone(), column, hashed));
                }
            }
        }
        lower(probe_plan, &to_probe, context)?
    };
    let output =
        columns.iter().map(|c| output_of(c, swap, left_on, right_on, left, right, options)).collect();
    let probe =
        Probe { build: Arc::new(build), keys: probe_keys, kind, nulls_equal: options.nulls_equal, output };
    if !marks {
        pipeline.push(Box::new(probe), counter);
        return Ok(pipeline);
    }
    let probe = Arc::new(probe);
    pipeline.push(Box::new(Shared(Arc::clone(&probe))), counter);
    let mut batches = Collect::run(context, &pipeline, None)?;
    let types: Vec<DataType> = probe_plan.schema().fields().iter().map(|f| f.dtype.clone()).collect();
    batches.push(probe.build_rows(options.kind == JoinKind::Semi, &types)?);
    let fields = columns.iter().map(|c| plan.schema().field(&c.name).cloned()).collect::<Result<Vec<_>>>()?;
    let frame = DataFrame::from_batches(Arc::new(Schema::try_new(fields)?), batches)?;
    Ok(Pipeline::new(FrameSource::new(frame).scan(&ScanRequest::default())?))
}

/// A probe that is asked for its unmatched rows after the pipeline.
struct Shared(Arc<Probe>);

impl Transform for Shared {
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        self.0.apply(index, batch)
    }
}

fn validation_error(validation: JoinValidation) -> Error {
    let name = match validation {
        JoinValidation::ManyToMany => "m:m",
        JoinValidation::ManyToOne => "m:1",
        JoinValidation::OneToMany => "1:m",
        JoinValidation::OneToOne => "1:1",
    };
    Error::compute(format!(
        "join keys did not fulfill the validation {name}: a key that must be unique is there twice"
    ))
}

/// The collected side, indexed by its keys, and these; with `marks` it remembers which rows found a partner.
fn build_side(
    batch: Batch,
    keys: &[BoundExpr],
    options: &JoinOptions,
    marks: bool,
) -> Result<(BuildSide, Vec<Column>)> {
    let len = batch.len();
    let keys = keys.iter().map(|k| k.evaluate(&batch)?.into_rows(len)).collect::<Result<Vec<_>>>()?;
    let index = if keys.is_empty() || len == 0 {
        None
    } else {
        Some(JoinIndex::build(&keys, len, options.nulls_equal)?)
    };
    let matched = marks.then(|| (0..len.div_ceil(64)).map(|_| AtomicU64::new(0)).collect());
    Ok((BuildSide { batch, index, matched }, keys))
}

/// The tests of those filters that pay, on columns of this schema.
fn key_tests(filters: &[RuntimeFilter], schema: &Schema) -> Vec<KeyTest> {
    filters.iter().filter_map(|filter| filter.test(schema)).collect()
}

/// Drops rows that do not pass the filters, where that pays.
fn filter_keys(pipeline: &mut Pipeline, filters: &[RuntimeFilter], schema: &Schema) {
    let tests = key_tests(filters, schema);
    if !tests.is_empty() {
        pipeline.push(Box::new(Filter::new(Vec::new(), tests, (0..schema.len()).collect())), None);
    }
}

fn output_columns(
    left: &Plan,
    right: &Plan,
    left_on: &[Expr],
    right_on: &[Expr],
    options: &JoinOptions,
    wanted: Option<&[usize]>,
) -> Result<Vec<JoinColumn>> {
    let all = if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) {
        let fields = left.schema().fields().iter().enumerate();
        fields.map(|(position, f)| JoinColumn { name: f.name.clone(), right: false, position }).collect()
    } else {
        join_columns(left.schema(), right.schema(), left_on, right_on, options)?
    };
    Ok(match wanted {
        Some(positions) => positions.iter().map(|p| all[*p].clone()).collect(),
        None => all,
    })
}

fn output_of(
    column: &JoinColumn,
    swap: bool,
    left_on: &[Expr],
    right_on: &[Expr],
    left: &Plan,
    right: &Plan,
    options: &JoinOptions,
) -> Output {
    if options.kind == JoinKind::Full && options.coalesces() && !column.right {
        // The key of a row that only the right side has is the right side's.
        let position = |schema: &Schema, key: &Expr| key.columns().first().and_then(|n| schema.position(n));
        for (l, r) in left_on.iter().zip(right_on) {
            if let (Some(a), Some(b)) = (position(left.schema(), l), position(right.schema(), r))
                && a == column.position
            {
                return Output::Either { probe: a, build: b };
            }
        }
    }
    if column.right == swap { Output::Probe(column.position) } else { Output::Build(column.position) }
}
