//! Joins: which side is indexed, what the other one is told of it, and which columns come out.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataFrame, DataType, Error, Result, Schema};
use hypostyle_expr::{BoundExpr, Expr};
use hypostyle_kernels::key_set::KeySet;
use hypostyle_plan::{
    DataSource, FrameSource, JoinColumn, JoinKind, JoinOptions, JoinOrder, JoinValidation, MORSEL_ROWS, Plan,
    ScanRequest, SortKey, join_columns, project_names,
};

use super::ordered::OrderedTable;
use super::{bind_all, coalesce, counter, from_batches, glue, lower, run, types, whole};
use crate::context::Context;
use crate::join_index::{JoinIndex, exact_set};
use crate::operators::collect::Collect;
use crate::operators::cross::{Cross, CrossScan};
use crate::operators::join::{BuildSide, Output, Probe, ProbeKind};
use crate::operators::project::Pick;
use crate::pipeline::{Pipeline, Transform};
use crate::runtime_filters::{RuntimeFilter, below};

/// Sets of composite keys are made of no more keys than one for so many rows that are expected to be asked for.
const KEYS_PER_ROW: f64 = 2.0;

/// A join that gives the output columns at `wanted` (all if `None`).
pub(super) fn lower_join(
    plan: &Arc<Plan>,
    wanted: Option<&[usize]>,
    filters: &[RuntimeFilter],
    context: &Context,
) -> Result<Pipeline> {
    let Plan::Join { left, right, left_on, right_on, options, .. } = &**plan else {
        return Err(Error::internal("a join was planned"));
    };
    if let Some(sorted) = sorted_join(plan)? {
        let mut pipeline = lower(&sorted, filters, context)?;
        if let Some(wanted) = wanted {
            pipeline.push(Box::new(Pick::new(wanted.to_vec())), None);
        }
        return Ok(pipeline);
    }
    let counter = counter(plan, context);
    let passed = below(plan, filters)?;
    let (to_left, to_right) = match &passed[..] {
        [left, right] => (&left[..], &right[..]),
        _ => (&[][..], &[][..]),
    };
    let columns = output_columns(left, right, left_on, right_on, options, wanted)?;
    let (left_rows, right_rows) = (context.estimator.rows(left), context.estimator.rows(right));
    let swap = match options.kind {
        JoinKind::Right => true,
        JoinKind::Inner => match options.maintain_order {
            JoinOrder::None => left_rows < right_rows,
            JoinOrder::Left | JoinOrder::LeftRight => false,
            JoinOrder::Right | JoinOrder::RightLeft => true,
        },
        // The smaller side is indexed; left rows are then told apart by marks, and come out of order.
        // Semi and anti joins give rows of the left side alone: its order is the only one there is.
        JoinKind::Left | JoinKind::Semi | JoinKind::Anti => {
            options.maintain_order == JoinOrder::None && left_rows < right_rows
        }
        _ => false,
    };
    if options.kind == JoinKind::Cross {
        let output = columns
            .iter()
            .map(|c| if c.right { Output::Build(c.position) } else { Output::Probe(c.position) })
            .collect();
        let batch = whole(right, to_right, context)?;
        if context.estimator.rows(left) > MORSEL_ROWS as f64 {
            let mut pipeline = lower(left, to_left, context)?;
            pipeline.push(Box::new(Cross { right: batch, output }), counter);
            return Ok(pipeline);
        }
        let scan = CrossScan::try_new(whole(left, to_left, context)?, batch, output)?;
        let mut pipeline = Pipeline::new(Box::new(scan));
        pipeline.source_counter = counter;
        return Ok(pipeline);
    }
    let sides = [(left, left_on, to_left), (right, right_on, to_right)];
    let [(build_plan, build_on, to_build), (probe_plan, probe_on, to_probe)] =
        if swap { sides } else { [sides[1], sides[0]] };
    let batches = run(build_plan, to_build, context)?;
    if options.maintain_order == JoinOrder::None
        && options.validate == JoinValidation::ManyToMany
        && let Some(kind) = kind_of_reversed(options.kind, swap)
    {
        // The sides change their roles if the other one is sooner indexed.
        let mut built = Vec::new();
        let output = columns.iter().map(|column| {
            if column.right != swap {
                return Output::Probe(column.position);
            }
            built.push(column.position);
            Output::Build(built.len() - 1)
        });
        let output = output.collect();
        let rows = batches.iter().map(Batch::len).sum();
        if let Some(table) = OrderedTable::of(probe_plan, probe_on, &built, rows, context) {
            let build = Arc::new(table.build_side(to_probe, context)?);
            let mut pipeline = from_batches(build_plan, batches)?;
            let keys = bind_all(build_on, build_plan.schema())?;
            pipeline.push(Box::new(Probe { build, keys, kind, output }), counter);
            return Ok(pipeline);
        }
    }
    let batch = glue(types(build_plan.schema()), batches, context)?;
    let marks = match options.kind {
        JoinKind::Full => true,
        JoinKind::Left | JoinKind::Semi | JoinKind::Anti => swap,
        _ => false,
    };
    let build_keys = bind_all(build_on, build_plan.schema())?;
    let probe_keys = bind_all(probe_on, probe_plan.schema())?;
    let build_rows = batch.len();
    let kind = match options.kind {
        JoinKind::Inner | JoinKind::Cross => ProbeKind::Inner,
        JoinKind::Left if swap => ProbeKind::Inner,
        JoinKind::Semi | JoinKind::Anti if swap => ProbeKind::Mark,
        JoinKind::Left | JoinKind::Right | JoinKind::Full => ProbeKind::Outer,
        JoinKind::Semi => ProbeKind::Semi,
        JoinKind::Anti => ProbeKind::Anti,
    };
    let droppable = matches!(kind, ProbeKind::Inner | ProbeKind::Semi | ProbeKind::Mark);
    let filters_probe = droppable && !options.nulls_equal && context.runtime_filters;
    let (build, key_columns, mut set) =
        build_side(batch, &build_keys, options, (marks, filters_probe), context)?;
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
    let mut pipeline = if probe_unique {
        let batch = whole(probe_plan, to_probe, context)?;
        let (checked, ..) = build_side(batch, &probe_keys, options, (false, false), context)?;
        if checked.index.as_ref().is_some_and(|index| !index.is_unique()) {
            return Err(validation_error(options.validate));
        }
        from_batches(probe_plan, vec![checked.batch])?
    } else {
        let mut to_probe = to_probe.to_vec();
        if filters_probe {
            let name = |key: &Expr| match key {
                Expr::Column(name) => Some(name.clone()),
                _ => None,
            };
            for (key, column) in probe_on.iter().zip(&key_columns) {
                if let Some(name) = name(key) {
                    let filter = RuntimeFilter::new(vec![name], vec![column.clone()], hashed);
                    // If there is a set, there is no other key.
                    to_probe.push(match set.take() {
                        Some(set) => filter.with_set(set),
                        None => filter,
                    });
                }
            }
            // Right below the join, looking up costs as little as asking; and a set must be made by one thread.
            if let Some(names) = probe_on.iter().map(name).collect::<Option<Vec<_>>>()
                && names.len() > 1
                && build_rows as f64 * KEYS_PER_ROW <= context.estimator.rows(probe_plan)
            {
                to_probe.push(RuntimeFilter::new(names, key_columns, false));
            }
        }
        lower(probe_plan, &to_probe, context)?
    };
    let output =
        columns.iter().map(|c| output_of(c, swap, left_on, right_on, left, right, options)).collect();
    let probe = Probe { build: Arc::new(build), keys: probe_keys, kind, output };
    if !marks {
        pipeline.push(Box::new(probe), counter);
        return Ok(pipeline);
    }
    let probe = Arc::new(probe);
    pipeline.push(Box::new(Shared(Arc::clone(&probe))), counter);
    let mut batches = Collect::run(context, &pipeline)?;
    let types: Vec<DataType> = probe_plan.schema().fields().iter().map(|f| f.dtype.clone()).collect();
    batches.extend(coalesce(context, probe.build_rows(options.kind == JoinKind::Semi, &types, context)?)?);
    let fields = columns.iter().map(|c| plan.schema().field(&c.name).cloned()).collect::<Result<Vec<_>>>()?;
    let frame = DataFrame::from_batches(Arc::new(Schema::try_new(fields)?), batches)?;
    Ok(Pipeline::new(FrameSource::new(frame).scan(&ScanRequest::default())?))
}

/// An outer join in the order of the side whose rows may be missing: its rows are numbered, and the result is sorted by
/// the number, rows without one last. `None` if the join keeps the order asked for by itself.
fn sorted_join(plan: &Plan) -> Result<Option<Arc<Plan>>> {
    let Plan::Join { left, right, left_on, right_on, options, schema } = plan else { return Ok(None) };
    let right_first = matches!(options.maintain_order, JoinOrder::Right | JoinOrder::RightLeft);
    let left_first = matches!(options.maintain_order, JoinOrder::Left | JoinOrder::LeftRight);
    let (number_right, inner_order) = match options.kind {
        JoinKind::Left | JoinKind::Full if right_first => (true, JoinOrder::Left),
        JoinKind::Right if left_first => (false, JoinOrder::Right),
        _ => return Ok(None),
    };
    let mut number = "row".to_owned();
    while left.schema().contains(&number) || right.schema().contains(&number) || schema.contains(&number) {
        number.push('_');
    }
    let number: Arc<str> = number.into();
    let numbered = |side: &Arc<Plan>| Plan::row_index(Arc::clone(side), Arc::clone(&number), 0).map(Arc::new);
    let (left, right) = if number_right {
        (Arc::clone(left), numbered(right)?)
    } else {
        (numbered(left)?, Arc::clone(right))
    };
    let options = JoinOptions { maintain_order: inner_order, ..options.clone() };
    let join = Plan::join(left, right, left_on.clone(), right_on.clone(), options)?;
    let key = SortKey { expr: Expr::Column(number), descending: false, nulls_last: true };
    let sorted = Plan::sort(Arc::new(join), vec![key], true)?;
    Ok(Some(Arc::new(project_names(Arc::new(sorted), schema.fields().iter().map(|f| f.name.clone()))?)))
}

/// What probe rows give if the sides of a join change their roles; `None` if they cannot. With `swap` the left one was
/// to be indexed.
fn kind_of_reversed(kind: JoinKind, swap: bool) -> Option<ProbeKind> {
    match kind {
        JoinKind::Inner => Some(ProbeKind::Inner),
        JoinKind::Left if swap => Some(ProbeKind::Outer),
        JoinKind::Semi if swap => Some(ProbeKind::Semi),
        JoinKind::Anti if swap => Some(ProbeKind::Anti),
        _ => None,
    }
}

/// A probe that is asked for its unmatched rows after the pipeline.
struct Shared(Arc<Probe>);

impl Transform for Shared {
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        self.0.apply(index, batch)
    }

    fn apply_in_pieces(
        &self,
        index: usize,
        batch: Batch,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        self.0.apply_in_pieces(index, batch, next)
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

/// The collected side, indexed by its keys, these, and the set of them if it is wanted and was made; with `marks` it
/// remembers which rows found a partner.
fn build_side(
    batch: Batch,
    keys: &[BoundExpr],
    options: &JoinOptions,
    (marks, wants_set): (bool, bool),
    context: &Context,
) -> Result<(BuildSide, Vec<Column>, Option<KeySet>)> {
    let len = batch.len();
    let keys = keys.iter().map(|k| k.evaluate(&batch)?.into_rows(len)).collect::<Result<Vec<_>>>()?;
    if let (JoinKind::Semi | JoinKind::Anti, [key]) = (options.kind, &keys[..])
        && !marks
        && !options.nulls_equal
        && options.validate == JoinValidation::ManyToMany
        && let Some(set) = exact_set(key, context)?
    {
        let wanted = wants_set.then(|| set.clone());
        return Ok((BuildSide::new(batch, None, Some(set), marks), keys, wanted));
    }
    let (index, set) = if keys.is_empty() || len == 0 {
        (None, None)
    } else {
        let (index, set) = JoinIndex::build(&keys, len, options.nulls_equal, wants_set, context)?;
        (Some(index), set)
    };
    Ok((BuildSide::new(batch, index, None, marks), keys, set))
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
