//! Queries from the plan to their results: lowered to a graph, which is run.

use std::sync::Arc;

use hypostyle_core::{DataFrame, Error, Result};
use hypostyle_expr::{Expr, Extent};
use hypostyle_plan::{DataSink, FrameSource, Plan};

use crate::context::Context;
use crate::executor;
use crate::graph::{Label, Operator, Slot};
use crate::lower::{Lowering, bind_all};
use crate::operators::collect::collect_result;
use crate::operators::write::{Write, WriteSeveral};
use crate::profile::Profile;
use crate::store::BatchStore;

/// Runs a plan to its end.
pub fn collect(plan: &Arc<Plan>, context: &Context) -> Result<(DataFrame, Profile)> {
    let own = context.for_user_functions(plan)?;
    let context = own.as_ref().unwrap_or(context);
    context.on_worker(plan, || {
        let (mut graph, rows) = {
            let mut lowering = Lowering::new(plan, context);
            let rows = lower_result(&mut lowering, plan)?;
            (lowering.into_graph(), rows)
        };
        executor::run(&mut graph, context)?;
        let frame = DataFrame::from_batches(plan.schema().clone(), rows.take_filled()?.into_batches())?;
        Ok((frame, if context.is_profiled { graph.profile() } else { Profile::default() }))
    })?
}

/// The pipelines of a plan, as text: one after the other, each from its source to its sink, with those that must be
/// finished before it starts. Nothing is run.
pub fn explain_physical(plan: &Arc<Plan>, context: &Context) -> Result<String> {
    let mut lowering = Lowering::new(plan, context);
    lower_result(&mut lowering, plan)?;
    Ok(lowering.into_graph().to_string().trim_end().to_owned())
}

fn lower_result(lowering: &mut Lowering<'_>, plan: &Arc<Plan>) -> Result<Slot<BatchStore>> {
    let input = lowering.lower(plan, &[])?;
    Ok(lowering.graph.add(input, Operator::text("COLLECT"), |_| Ok(collect_result())))
}

/// Runs a plan to its end and hands its rows to a sink, in order, while they are made.
pub fn sink(plan: &Arc<Plan>, sink: Box<dyn DataSink>, context: &Context) -> Result<Profile> {
    let own = context.for_user_functions(plan)?;
    let context = own.as_ref().unwrap_or(context);
    let mut lowering = Lowering::new(plan, context);
    let input = lowering.lower(plan, &[])?;
    let written = lowering.measured(Label::Text("SINK"));
    // It measures what it encodes, which is not all that it does for a morsel that it is given.
    let counter = written.counter.clone();
    let unmeasured = Operator { counter: None, ..written.clone() };
    lowering.graph.add(input, unmeasured, move |context| Ok(Write::new(context, sink, counter)));
    let mut graph = lowering.into_graph();
    graph.operator_is(written);
    executor::run(&mut graph, context)?;
    Ok(graph.profile())
}

/// Runs [`Plan::Several`] to their ends: those with a sink go there, of the others it gives the results, in order. What
/// they share runs once.
pub fn run_all(
    plan: &Arc<Plan>,
    sinks: Vec<Option<Box<dyn DataSink>>>,
    context: &Context,
) -> Result<Vec<DataFrame>> {
    let own = context.for_user_functions(plan)?;
    let context = own.as_ref().unwrap_or(context);
    let inputs = plan.children();
    if inputs.len() != sinks.len() {
        return Err(Error::internal("each query has a sink or none"));
    }
    let mut lowering = Lowering::new(plan, context);
    let mut results = Vec::new();
    let mut jobs: Vec<Query<'_>> = inputs.into_iter().zip(sinks).collect();
    while !jobs.is_empty() {
        if let Some((shared, count)) = shared_by_files(&jobs, &lowering) {
            let input = lowering.lower(&shared, &[])?;
            let files = jobs.drain(..count).filter_map(|(plan, sink)| Some((plan, sink?)));
            let files = files.map(|(plan, sink)| Ok((lowering.lower(&above_cache(plan)?, &[])?, sink)));
            let files = files.collect::<Result<Vec<_>>>()?;
            lowering.graph.add(input, Operator::text("SINKS"), move |context| {
                let steps = files.into_iter().map(|(plan, sink)| Ok((plan.open(context)?.steps, sink)));
                Ok(WriteSeveral::new(context, steps.collect::<Result<_>>()?))
            });
            continue;
        }
        let (input, sink) = jobs.remove(0);
        match sink {
            Some(sink) => {
                let rows = lowering.lower(input, &[])?;
                let write = |context: &Context| Ok(Write::new(context, sink, None));
                lowering.graph.add(rows, Operator::text("SINK"), write);
            }
            None => results.push((input.schema().clone(), lower_result(&mut lowering, input)?)),
        }
    }
    executor::run(&mut lowering.into_graph(), context)?;
    let frames = results.into_iter();
    frames.map(|(schema, rows)| DataFrame::from_batches(schema, rows.take_filled()?.into_batches())).collect()
}

/// A query, and where its rows go.
type Query<'a> = (&'a Arc<Plan>, Option<Box<dyn DataSink>>);

/// The input of a shared subplan, and how many of the first queries read nothing else, if these are all its readers and
/// go to files: then nobody needs to keep its rows.
fn shared_by_files(queries: &[Query<'_>], lowering: &Lowering<'_>) -> Option<(Arc<Plan>, usize)> {
    let (shared, id) = queries.first().and_then(|(plan, _)| cache_below(plan))?;
    let same =
        |(plan, sink): &&Query<'_>| sink.is_some() && cache_below(plan).is_some_and(|(_, other)| other == id);
    let count = queries.iter().take_while(same).count();
    (count > 1 && lowering.unread(id) == count).then(|| (Arc::clone(shared), count))
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

/// A query whose shared subplan has no rows: what is done with the batches of it.
fn above_cache(plan: &Arc<Plan>) -> Result<Arc<Plan>> {
    plan.transform_up(&mut |node| {
        Ok(match &*node {
            Plan::Cache { input, .. } => {
                let frame = DataFrame::from_batches(input.schema().clone(), Vec::new())?;
                Arc::new(Plan::scan(Arc::new(FrameSource::new(frame)))?)
            }
            _ => node,
        })
    })
}
