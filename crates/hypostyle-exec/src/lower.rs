//! From the logical plan to pipelines. Breakers run while the plan is lowered, inputs first; what streams becomes a
//! transform of the pipeline under way.

mod join;
mod ordered;

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataFrame, DataType, Error, Result, Schema};
use hypostyle_expr::grouped::GroupedPlan;
use hypostyle_expr::{BoundExpr, Expr, Extent, aggregates, bind};
use hypostyle_kernels::concat::{CopyPart, concat_batches, concat_in_parts};
use hypostyle_kernels::filter::filter_batch;
use hypostyle_kernels::late_text::settle;
use hypostyle_kernels::sort::SortOrder;
use hypostyle_plan::{
    ColumnTest, DataSink, DataSource, FrameSource, MORSEL_ROWS, Plan, RowTest, ScanNode, ScanRequest,
};

use self::join::lower_join;
use crate::context::Context;
use crate::operators::aggregate::{Aggregate, Fused};
use crate::operators::collect::Collect;
use crate::operators::distinct::Distinct;
use crate::operators::fetch::fetch;
use crate::operators::filter::Filter;
use crate::operators::project::{Pick, Project};
use crate::operators::reshape::{Explode, Unpivot};
use crate::operators::sort::{TopK, sort};
use crate::operators::write::{Write, WriteSeveral};
use crate::pipeline::{Pipeline, Step, Transform, parallel};
use crate::profile::{Counter, Profile};
use crate::runtime_filters::{KeyTest, RuntimeFilter, below};
use crate::stream::{Input, RowIndex, Slice, Union};

/// Runs a plan to its end.
pub fn collect(plan: &Arc<Plan>, context: &Context) -> Result<(DataFrame, Profile)> {
    let context = &context.for_query(plan);
    let frame = context.on_worker(plan, || {
        let batches = settle(coalesce(context, run(plan, &[], context)?)?)?;
        DataFrame::from_batches(plan.schema().clone(), batches)
    })??;
    let profile = context.recorder.as_ref().map(|r| r.profile()).unwrap_or_default();
    Ok((frame, profile))
}

/// Runs a plan to its end and hands its rows to a sink, in order, while they are made.
pub fn sink(plan: &Arc<Plan>, sink: Box<dyn DataSink>, context: &Context) -> Result<Profile> {
    let context = &context.for_query(plan);
    let pipeline = lower(plan, &[], context)?;
    let counter = context.recorder.as_ref().map(|r| r.add("SINK".to_owned()));
    Write::run(context, &pipeline, sink, counter)?;
    Ok(context.recorder.as_ref().map(|r| r.profile()).unwrap_or_default())
}

/// Runs [`Plan::Several`] to their ends: those with a sink go there, of the others it gives the results, in order. What
/// they share runs once.
pub fn run_all(
    plan: &Arc<Plan>,
    sinks: Vec<Option<Box<dyn DataSink>>>,
    context: &Context,
) -> Result<Vec<DataFrame>> {
    let context = &context.for_query(plan);
    let inputs = plan.children();
    if inputs.len() != sinks.len() {
        return Err(Error::internal("each query has a sink or none"));
    }
    let mut frames = Vec::new();
    let mut jobs: Vec<Job<'_>> = inputs.into_iter().zip(sinks).collect();
    while !jobs.is_empty() {
        if let Some((shared, count)) = shared_by_files(&jobs, context) {
            let files = jobs.drain(..count).filter_map(|(plan, sink)| Some((plan, sink?)));
            let files = files.map(|(plan, sink)| Ok((steps_above(plan, context)?, sink)));
            let files = files.collect::<Result<Vec<_>>>()?;
            WriteSeveral::run(context, &lower(&shared, &[], context)?, files)?;
            continue;
        }
        let (input, sink) = jobs.remove(0);
        match sink {
            Some(sink) => Write::run(context, &lower(input, &[], context)?, sink, None)?,
            None => {
                let batches = settle(coalesce(context, run(input, &[], context)?)?)?;
                frames.push(DataFrame::from_batches(input.schema().clone(), batches)?);
            }
        }
    }
    Ok(frames)
}

/// A query, and where its rows go.
type Job<'a> = (&'a Arc<Plan>, Option<Box<dyn DataSink>>);

/// The input of a shared subplan, and how many of the first queries read nothing else, if these are all its readers and
/// go to files: then nobody needs to keep its rows.
fn shared_by_files(jobs: &[Job<'_>], context: &Context) -> Option<(Arc<Plan>, usize)> {
    let (shared, id) = jobs.first().and_then(|(plan, _)| cache_below(plan))?;
    let same =
        |(plan, sink): &&Job<'_>| sink.is_some() && cache_below(plan).is_some_and(|(_, other)| other == id);
    let count = jobs.iter().take_while(same).count();
    (count > 1 && context.readers(id) == count).then(|| (Arc::clone(shared), count))
}

/// The shared subplan under nodes that make one batch of each.
#[recursive::recursive]
fn cache_below(plan: &Arc<Plan>) -> Option<(&Arc<Plan>, u64)> {
    match &**plan {
        Plan::Cache { input, id } => Some((input, *id)),
        Plan::Filter { input, predicate } if predicate.is_row_separable() => cache_below(input),
        Plan::Select { input, exprs, .. } | Plan::WithColumns { input, exprs, .. }
            if exprs.iter().all(Expr::is_row_separable) =>
        {
            let scalars = bind_all(exprs, input.schema()).ok()?.iter().all(|e| e.extent() == Extent::Scalar);
            if scalars { None } else { cache_below(input) }
        }
        _ => None,
    }
}

/// What a query does with the batches of the shared subplan below it.
fn steps_above(plan: &Arc<Plan>, context: &Context) -> Result<Vec<Step>> {
    let empty = plan.transform_up(&mut |node| {
        Ok(match &*node {
            Plan::Cache { input, .. } => {
                let frame = DataFrame::from_batches(input.schema().clone(), Vec::new())?;
                Arc::new(Plan::scan(Arc::new(FrameSource::new(frame)))?)
            }
            _ => node,
        })
    })?;
    Ok(lower(&empty, &[], context)?.steps)
}

/// Small batches beside each other become morsels: whoever reads the frame pays for each batch. Large ones are left
/// alone, and none becomes larger than a morsel, whose rest would be one more. Inputs go as their copies come, so that
/// memory does not double.
fn coalesce(context: &Context, batches: Vec<Batch>) -> Result<Vec<Batch>> {
    let mut groups: Vec<Vec<Batch>> = Vec::new();
    let mut room = 0;
    for batch in batches {
        let len = batch.len();
        let is_large = len > MORSEL_ROWS / 2;
        match groups.last_mut() {
            Some(group) if !is_large && len <= room => group.push(batch),
            _ => {
                groups.push(vec![batch]);
                room = if is_large { 0 } else { MORSEL_ROWS };
            }
        }
        room = room.saturating_sub(len);
    }
    if groups.iter().all(|group| group.len() == 1) {
        return Ok(groups.into_iter().flatten().collect());
    }
    parallel(context, groups, |group| concat_batches(&group))
}

/// All batches of a plan, in order, perhaps without rows that do not pass the filters.
fn run(plan: &Arc<Plan>, filters: &[RuntimeFilter], context: &Context) -> Result<Vec<Batch>> {
    Collect::run(context, &lower(plan, filters, context)?)
}

fn whole(plan: &Arc<Plan>, filters: &[RuntimeFilter], context: &Context) -> Result<Batch> {
    glue(types(plan.schema()), run(plan, filters, context)?, context)
}

fn types(schema: &Schema) -> impl ExactSizeIterator<Item = DataType> {
    schema.fields().iter().map(|field| field.dtype.clone())
}

/// Rows from which on all threads copy a column.
const COPIED_TOGETHER: usize = 1 << 17;

/// Batches of columns of these types as one.
fn glue(
    types: impl ExactSizeIterator<Item = DataType>,
    mut batches: Vec<Batch>,
    context: &Context,
) -> Result<Batch> {
    if batches.len() <= 1 {
        let empty = || Batch::try_new(types.map(Column::empty).collect(), 0);
        return batches.pop().map_or_else(empty, Ok);
    }
    let rows = batches.iter().map(Batch::len).sum();
    let parts = if rows < COPIED_TOGETHER { 1 } else { context.threads() };
    let columns = parallel(context, (0..types.len()).collect(), |i: usize| {
        let pieces = batches.iter().map(|batch| batch.column(i).clone()).collect::<Vec<_>>();
        let run = |copy: CopyPart<'_>| {
            copy();
            Ok(())
        };
        concat_in_parts(&pieces, parts, |parts| parallel(context, parts, run).map(drop))
    })?;
    Batch::try_new(columns, rows)
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

fn bind_conjuncts(predicate: &Expr, schema: &Schema) -> Result<Vec<BoundExpr>> {
    predicate.conjuncts().into_iter().map(|part| bind(part, schema)).collect()
}

/// The positions of columns, if a select does no more than pick them, each once: names are not the batches' concern.
fn picked(exprs: &[Expr], schema: &Schema) -> Option<Vec<usize>> {
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

/// The pipeline that gives a plan's rows, but perhaps not those that do not pass the filters.
#[recursive::recursive]
fn lower(plan: &Arc<Plan>, filters: &[RuntimeFilter], context: &Context) -> Result<Pipeline> {
    context.check()?;
    let passed = below(plan, filters)?;
    let passed = |input: usize| passed.get(input).map_or(&[][..], Vec::as_slice);
    match &**plan {
        Plan::Scan(scan) => {
            let mut pipeline = Pipeline::new(scan.source.scan(&request(scan, None, filters))?);
            pipeline.source_counter = counter(plan, context);
            if !pipeline.source.is_filtered() {
                filter_keys(&mut pipeline, filters, plan.schema());
            }
            Ok(pipeline)
        }
        Plan::Filter { .. } => lower_filter(plan, (0..plan.schema().len()).collect(), passed(0), context),
        Plan::Select { input, exprs, .. } => lower_select(plan, input, exprs, passed(0), context),
        Plan::WithColumns { input, exprs, .. } => {
            let outputs = with_columns(plan)?;
            if exprs.iter().all(Expr::is_row_separable) {
                let mut pipeline = lower(input, passed(0), context)?;
                pipeline.push(Box::new(Project::new(outputs)), counter(plan, context));
                return Ok(pipeline);
            }
            let batch = whole(input, passed(0), context)?;
            let len = batch.len();
            let columns = outputs.iter().map(|e| {
                e.evaluate_with(&batch, context)?.into_rows(len).map_err(|error| {
                    Error::shape(format!("{error} (`with_columns` keeps the number of rows)"))
                })
            });
            let columns = columns.collect::<Result<_>>()?;
            from_batches(plan, vec![Batch::try_new(columns, len)?])
        }
        Plan::Aggregate { input, keys, aggs, maintain_order, .. } => {
            let grouped = GroupedPlan::new(aggs, input.schema())?;
            let bound = bind_all(keys, input.schema())?;
            let counter = counter(plan, context);
            let aggregate = Aggregate::new(bound, grouped, *maintain_order);
            let fusible = !keys.is_empty()
                && !maintain_order
                && keys.iter().chain(aggs).all(|e| is_total(e, input.schema()));
            let (pipeline, aggregate) = match fusible.then(|| fuse(input, passed(0), context)).transpose()? {
                Some(Some((pipeline, fused))) => (pipeline, aggregate.with_fused(fused)),
                _ => (lower(input, passed(0), context)?, aggregate),
            };
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
            let batches = run(input, passed(0), context)?;
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
            let batches = Collect::run(context, &pipeline)?;
            let merged = measured(&counter, || Distinct { subset, keep: *keep }.merge(&batches))?;
            from_batches(plan, merged)
        }
        Plan::Slice { input, offset, length } => {
            let pipeline = lower(input, passed(0), context)?;
            let Ok(start) = usize::try_from(*offset) else {
                let rows = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
                let batches = Collect::run_last(context, &pipeline, rows)?;
                return from_batches(plan, slice_batches(batches, *offset, *length));
            };
            let end = length.map_or(usize::MAX, |length| start.saturating_add(length));
            Ok(Pipeline::of(Box::new(Slice::new(pipeline, start, end))))
        }
        Plan::Union { inputs, .. } => {
            let inputs = inputs.iter().enumerate().map(|(i, input)| {
                Ok(if opens_alone(input) {
                    let (plan, filters, context) = (Arc::clone(input), passed(i).to_vec(), context.clone());
                    Input::Later(Box::new(move || lower(&plan, &filters, &context)))
                } else {
                    Input::Open(lower(input, passed(i), context)?)
                })
            });
            Ok(Pipeline::of(Box::new(Union::new(inputs.collect::<Result<_>>()?))))
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
        Plan::Several { .. } => Err(Error::internal("several queries have no rows of their own")),
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
            let pipeline = lower(input, passed(0), context)?;
            Ok(Pipeline::of(Box::new(RowIndex::new(pipeline, *offset))))
        }
        Plan::Fetch { input, ids, rows, .. } => {
            let batch = whole(input, passed(0), context)?;
            let counter = counter(plan, context);
            from_batches(
                plan,
                measured(&counter, || fetch(context, batch, input.schema().index_of(ids)?, rows))?,
            )
        }
        Plan::Cache { input, id } => {
            let batches = context.shared(*id, || run(input, &[], context))?;
            let mut pipeline = from_batches(plan, batches)?;
            filter_keys(&mut pipeline, filters, plan.schema());
            Ok(pipeline)
        }
        Plan::MapFrame { input, function, schema } => {
            let frame = DataFrame::from_batches(input.schema().clone(), run(input, passed(0), context)?)?;
            let result = (function.call)(frame)?;
            if result.schema() != schema {
                let shown = |schema: &Schema| -> String {
                    let fields = schema.fields().iter();
                    fields.map(|f| format!("{}: {}", f.name, f.dtype)).collect::<Vec<_>>().join(", ")
                };
                return Err(Error::schema(format!(
                    "the function {function:?} promised the columns [{}] and gave [{}]",
                    shown(schema),
                    shown(result.schema())
                )));
            }
            from_batches(plan, result.batches().to_vec())
        }
    }
}

/// Whether a pipeline is made without running anything: of files, as they are or row by row.
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

/// Every output column of a `with_columns`: a computed one, or the input's of that name.
fn with_columns(plan: &Plan) -> Result<Vec<BoundExpr>> {
    let Plan::WithColumns { input, exprs, schema } = plan else {
        return Err(Error::internal("with_columns was planned"));
    };
    let bound = bind_all(exprs, input.schema())?;
    let positions = exprs
        .iter()
        .map(|e| schema.index_of(&hypostyle_expr::output_name(e)?))
        .collect::<Result<Vec<_>>>()?;
    (0..schema.len())
        .map(|i| match positions.iter().position(|p| *p == i) {
            Some(k) => Ok(bound[k].clone()),
            None => bind(&Expr::Column(schema.fields()[i].name.clone()), input.schema()),
        })
        .collect()
}

/// Whether an expression, or an aggregate of such, can be computed for any row without an error: arithmetic and
/// comparisons of numbers. Rows that a filter drops may then be computed, too.
#[recursive::recursive]
fn is_total(expr: &Expr, schema: &Schema) -> bool {
    match expr {
        Expr::Column(name) => schema.field(name).is_ok_and(|field| !field.dtype.is_nested()),
        Expr::Binary { .. } => {
            let numbers = expr.columns().iter().all(|name| {
                schema
                    .field(name)
                    .is_ok_and(|f| f.dtype.is_float() || f.dtype.is_integer() || f.dtype == DataType::Boolean)
            });
            // Of numbers beside a decimal, decimals are made.
            let safe = numbers && bind(expr, schema).is_ok_and(|bound| bound.is_infallible());
            safe && expr.children().into_iter().all(|child| is_total(child, schema))
        }
        Expr::Literal(_) | Expr::Len => true,
        Expr::Alias { .. } => expr.children().into_iter().all(|child| is_total(child, schema)),
        Expr::Aggregate { name, .. } => {
            let is_long = |name: &Arc<str>| {
                schema.field(name).is_ok_and(|f| matches!(f.dtype, DataType::Decimal(29.., _)))
            };
            aggregates::find(name).is_ok_and(|a| a.traits().infallible)
                // Sums of very many digits may not fit.
                && !expr.columns().iter().any(is_long)
                && expr.children().into_iter().all(|child| is_total(child, schema))
        }
        _ => false,
    }
}

/// The input of an aggregation that takes on the filter at its end: a pipeline up to the filter, which and what follows
/// the aggregation does itself. `None` if there is no filter, or it is the scan's.
#[recursive::recursive]
fn fuse(plan: &Arc<Plan>, filters: &[RuntimeFilter], context: &Context) -> Result<Option<(Pipeline, Fused)>> {
    let own = || Ok::<_, Error>(below(plan, filters)?.pop().unwrap_or_default());
    let (input, step): (_, Box<dyn Transform>) = match &**plan {
        Plan::Filter { input, predicate } if predicate.is_row_separable() => {
            let filters = own()?;
            let bound = bind_conjuncts(predicate, input.schema())?;
            let output = (0..input.schema().len()).collect();
            let (pipeline, tests) = match &**input {
                Plan::Scan(scan) if !scan.source.in_memory() => return Ok(None),
                Plan::Scan(scan) => {
                    let predicate = Some(predicate).filter(|_| scan.limit.is_none());
                    let mut pipeline = Pipeline::new(scan.source.scan(&request(scan, predicate, &filters))?);
                    pipeline.source_counter = counter(input, context);
                    (pipeline, key_tests(&filters, input.schema()))
                }
                _ => (lower(input, &filters, context)?, Vec::new()),
            };
            let filter = Filter::new(bound, tests, output);
            return Ok(Some((
                pipeline,
                Fused { filter, counter: counter(plan, context), steps: Vec::new() },
            )));
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
    let Some((pipeline, mut fused)) = fuse(input, &own()?, context)? else { return Ok(None) };
    if let (true, Plan::Select { exprs, .. }) = (fused.steps.is_empty(), &**plan)
        && let Some(positions) = picked(exprs, input.schema())
    {
        // Only the columns that are picked need to be gathered.
        fused.filter = fused.filter.giving(&positions);
        return Ok(Some((pipeline, fused)));
    }
    fused.steps.push(Step { transform: step, counter: counter(plan, context) });
    Ok(Some((pipeline, fused)))
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
        let bound = bind_conjuncts(predicate, input.schema())?;
        if let Plan::Scan(scan) = &**input
            && scan.limit.is_none()
        {
            let mut request = request(scan, Some(predicate), filters);
            request.output = Some(output.iter().map(|position| scan.source_position(*position)).collect());
            let mut pipeline = Pipeline::new(scan.source.scan(&request)?);
            pipeline.source_counter = counter(input, context);
            let step: Box<dyn Transform> = if pipeline.source.is_filtered() {
                // Nothing is left to do but to be counted.
                Box::new(Pick::new((0..output.len()).collect()))
            } else {
                Box::new(Filter::new(bound, key_tests(filters, input.schema()), output))
            };
            pipeline.push(step, counter(plan, context));
            return Ok(pipeline);
        }
        let mut pipeline = lower(input, filters, context)?;
        pipeline.push(Box::new(Filter::new(bound, Vec::new(), output)), counter(plan, context));
        return Ok(pipeline);
    }
    let batch = whole(input, filters, context)?;
    let mask = bind(predicate, input.schema())?.evaluate_with(&batch, context)?.into_rows(batch.len())?;
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
    let values = bound.iter().map(|e| e.evaluate_with(&batch, context)).collect::<Result<Vec<_>>>()?;
    let len = values.iter().find(|v| !v.scalar).map_or(1, |v| v.column.len());
    let columns = values.into_iter().map(|v| v.into_rows(len)).collect::<Result<_>>()?;
    from_batches(plan, vec![Batch::try_new(columns, len)?])
}

/// What is asked of a scan. Tables in memory leave out zones alone: rows are filtered by the pipeline, which looks
/// first whether that pays.
fn request(scan: &ScanNode, predicate: Option<&Expr>, filters: &[RuntimeFilter]) -> ScanRequest {
    let (mut tests, mut row_tests) = (Vec::new(), Vec::new());
    let places = |test: &KeyTest| -> Vec<usize> {
        test.positions.iter().map(|position| scan.source_position(*position)).collect()
    };
    if scan.limit.is_some() {
        // Nothing is left out.
    } else if scan.source.in_memory() {
        for test in filters.iter().filter_map(|filter| filter.zone_test(&scan.schema)) {
            // Zones know ranges of single columns alone.
            if let [column] = places(&test.0)[..] {
                tests.push(ColumnTest { column, test: Arc::new(test) });
            }
        }
    } else {
        for test in filters.iter().filter_map(|filter| filter.scan_test(&scan.schema)) {
            let columns = places(&test);
            match columns[..] {
                [column] => tests.push(ColumnTest { column, test: Arc::new(test) }),
                _ => row_tests.push(RowTest { columns, test: Arc::new(test) }),
            }
        }
    }
    ScanRequest {
        projection: scan.projection.clone(),
        limit: scan.limit,
        predicate: predicate.cloned(),
        output: None,
        tests,
        row_tests,
    }
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
