//! Joins: which side is indexed, which keys the scans of the other one get to know, and which columns come out.

use std::sync::{Arc, OnceLock};

use hypostyle_core::{Batch, Error, Result, Schema};
use hypostyle_expr::Expr;
use hypostyle_plan::{
    JoinColumn, JoinKind, JoinOptions, JoinOrder, JoinValidation, MORSEL_ROWS, Plan, SortKey, as_of_columns,
    join_columns, project_names,
};

use super::scan::scan_measured;
use super::{Lowering, bind_all, types};
use crate::context::Context;
use crate::graph::{Operator, Slot};
use crate::operators::as_of::AsOf;
use crate::operators::collect::{Collect, Keeping};
use crate::operators::cross::{Cross, CrossScan};
use crate::operators::join::{BuildSide, Output, Probe, ProbeKind};
use crate::operators::join_build::{
    Built, IndexOptions, JoinBuild, Published, check_unique, with_build_rows,
};
use crate::operators::project::Pick;
use crate::operators::row_keys::RowKeys;
use crate::ordered_table::OrderedTable;
use crate::pipeline::{Pipeline, Transform};
use crate::pipeline_plan::PipelinePlan;
use crate::runtime_filters::{Keys, RuntimeFilter, below};
use crate::store::BatchStore;

/// Sets of composite keys are made of no more keys than one for so many rows that are expected to be asked for.
const KEYS_PER_ROW: f64 = 2.0;

/// A side of a join.
#[derive(Clone, Copy)]
struct Side<'a> {
    plan: &'a Arc<Plan>,
    on: &'a [Expr],
    filters: &'a [RuntimeFilter],
}

/// A join whose sides have their roles.
struct Roles<'a> {
    plan: &'a Arc<Plan>,
    options: &'a JoinOptions,
    /// What comes out.
    columns: &'a [JoinColumn],
    build: Side<'a>,
    probe: Side<'a>,
    /// Whether the left side is indexed.
    swap: bool,
    operator: Operator,
}

impl Lowering<'_> {
    /// A join that gives the output columns at `wanted` (all if `None`).
    pub(super) fn lower_join(
        &mut self,
        plan: &Arc<Plan>,
        wanted: Option<&[usize]>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::Join { left, right, left_on, right_on, options, .. } = &**plan else {
            return Err(Error::internal("a join was planned"));
        };
        if let Some(sorted) = sorted_join(plan)? {
            let mut pipeline = self.lower(&sorted, filters)?;
            self.plans.push(sorted);
            if let Some(wanted) = wanted {
                pipeline.push(Box::new(Pick::new(wanted.to_vec())), Operator::text("PICK COLUMNS"));
            }
            return Ok(pipeline);
        }
        let operator = self.operator(plan);
        let passed = below(plan, filters)?;
        let (to_left, to_right) = match &passed[..] {
            [left, right] => (&left[..], &right[..]),
            _ => (&[][..], &[][..]),
        };
        let left = Side { plan: left, on: left_on, filters: to_left };
        let right = Side { plan: right, on: right_on, filters: to_right };
        let columns = output_columns(left, right, options, wanted)?;
        let (left_rows, right_rows) = (self.estimator.rows(left.plan), self.estimator.rows(right.plan));
        let swap = match options.kind {
            JoinKind::Cross => return self.lower_cross(left, right, &columns, operator),
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
            JoinKind::Full => false,
        };
        let (build, probe) = if swap { (left, right) } else { (right, left) };
        self.lower_roles(Roles { plan, options, columns: &columns, build, probe, swap, operator })
    }

    fn lower_cross(
        &mut self,
        left: Side<'_>,
        right: Side<'_>,
        columns: &[JoinColumn],
        operator: Operator,
    ) -> Result<PipelinePlan> {
        let output = columns
            .iter()
            .map(|c| if c.right { Output::Build(c.position) } else { Output::Probe(c.position) });
        let output: Vec<Output> = output.collect();
        let right = self.lower_one_batch(right.plan, right.filters)?;
        if self.estimator.rows(left.plan) > MORSEL_ROWS as f64 {
            let mut pipeline = self.lower(left.plan, left.filters)?;
            let after = [right.node()];
            pipeline.push_late(&after, operator, move |_| {
                Ok(Box::new(Cross { right: right.take_filled()?, output }))
            });
            return Ok(pipeline);
        }
        let left = self.lower_one_batch(left.plan, left.filters)?;
        let counter = operator.counter.clone();
        Ok(PipelinePlan::new(vec![operator], vec![left.node(), right.node()], move |_| {
            let pairs = CrossScan::try_new(left.take_filled()?, right.take_filled()?, output)?;
            let mut pipeline = Pipeline::new(Box::new(pairs));
            pipeline.source_counter = counter;
            Ok(pipeline)
        }))
    }

    /// The right side is collected; the left one streams past it.
    pub(super) fn lower_as_of(
        &mut self,
        plan: &Arc<Plan>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::AsOfJoin { left, right, left_on, right_on, options, .. } = &**plan else {
            return Err(Error::internal("an as-of join was planned"));
        };
        let operator = self.operator(plan);
        let columns = as_of_columns(left.schema(), right.schema(), left_on, right_on, options)?;
        let output = columns
            .iter()
            .map(|c| if c.right { Output::Build(c.position) } else { Output::Probe(c.position) });
        let output: Vec<Output> = output.collect();
        let of_left = bind_all(left_on, left.schema())?;
        let of_right = bind_all(right_on, right.schema())?;
        let options = options.clone();
        let right = self.lower_one_batch(right, &[])?;
        let mut pipeline = self.lower(left, filters)?;
        pipeline.push_late(&[right.node()], operator, move |context| {
            let right = right.take_filled()?;
            Ok(Box::new(AsOf::try_new(right, &of_right, of_left, options, output, context)?))
        });
        Ok(pipeline)
    }

    /// A join by keys: a pipeline collects and indexes the build side, the next one probes. Three more may stand
    /// between them: one that indexes the probe side, if it turns out to be sooner indexed; one that checks that the
    /// probe side's keys are unique; and one that collects what comes through the join, after which unmatched build
    /// rows come.
    fn lower_roles(&mut self, roles: Roles<'_>) -> Result<PipelinePlan> {
        let Roles { plan, options, columns, build, probe, swap, operator } = roles;
        let marks = match options.kind {
            JoinKind::Full => true,
            JoinKind::Left | JoinKind::Semi | JoinKind::Anti => swap,
            _ => false,
        };
        let kind = match options.kind {
            JoinKind::Inner | JoinKind::Cross => ProbeKind::Inner,
            JoinKind::Left if swap => ProbeKind::Inner,
            JoinKind::Semi | JoinKind::Anti if swap => ProbeKind::Mark,
            JoinKind::Left | JoinKind::Right | JoinKind::Full => ProbeKind::Outer,
            JoinKind::Semi => ProbeKind::Semi,
            JoinKind::Anti => ProbeKind::Anti,
        };
        let droppable = matches!(kind, ProbeKind::Inner | ProbeKind::Semi | ProbeKind::Mark);
        let (left_unique, right_unique) = match options.validate {
            JoinValidation::ManyToMany => (false, false),
            JoinValidation::ManyToOne => (false, true),
            JoinValidation::OneToMany => (true, false),
            JoinValidation::OneToOne => (true, true),
        };
        let (build_unique, probe_unique) =
            if swap { (left_unique, right_unique) } else { (right_unique, left_unique) };
        let publishes = droppable && !options.nulls_equal && self.context.runtime_filters && !probe_unique;
        let index = IndexOptions {
            join: options.clone(),
            marks,
            wants_set: droppable && !options.nulls_equal && self.context.runtime_filters,
            must_be_unique: build_unique,
        };
        let reversal = self.reversal(options, columns, probe, swap);

        let rows = self.lower(build.plan, build.filters)?;
        let node = self.graph.next_node();
        let (published, mut filters) = if publishes { self.filters(probe, node) } else { Default::default() };
        let keys = RowKeys::new(build.on, build.plan.schema())?;
        let types_of_build = types(build.plan.schema()).into_iter().chain(keys.types()).collect();
        let other = reversal.as_ref().map(|reversal| reversal.table.clone());
        let sink =
            Keeping::of(JoinBuild { keys, types: types_of_build, options: index.clone(), published, other });
        let built = self.graph.add(rows, Operator::text("JOIN BUILD"), move |_| Ok(sink));

        let probe_keys = bind_all(probe.on, probe.plan.schema())?;
        let output: Vec<Output> =
            columns.iter().map(|column| output_of(column, swap, build, probe, options)).collect();
        let reversed = match reversal {
            Some(reversal) => Some(self.lower_reversed(reversal, build, probe, &built, &operator)?),
            None => None,
        };
        filters.splice(0..0, probe.filters.iter().cloned());
        let mut pipeline = if probe_unique {
            self.lower_checked(probe, index, built.node())?
        } else if let (Some(reversed), Plan::Scan(scan)) = (&reversed, &**probe.plan) {
            scan_measured(reversed.scan.clone(), scan, &filters)
        } else {
            self.lower(probe.plan, &filters)?
        };
        if !marks {
            let Some(reversed) = reversed else {
                pipeline.push_late(&[built.node()], operator, move |_| {
                    let build = indexed(built.take_filled()?)?;
                    Ok(Box::new(Probe { build, keys: probe_keys, kind, output }))
                });
                return Ok(pipeline);
            };
            let make = move |pipeline: &mut Pipeline, build: Arc<BuildSide>| {
                pipeline.push(Box::new(Probe { build, keys: probe_keys, kind, output }), operator.counter);
            };
            return Ok(reversed.or(built, pipeline, make));
        }
        // The sink asks the same probe for the rows that it marked.
        let probes = Arc::new(OnceLock::new());
        let shared = Arc::clone(&probes);
        let (looked_up, condition) = (built.clone(), built.clone());
        pipeline.push_late(&[built.node()], operator, move |_| {
            let build = indexed(looked_up.take_filled()?)?;
            let probe = Arc::new(Probe { build, keys: probe_keys, kind, output });
            Ok(Box::new(Shared(Arc::clone(shared.get_or_init(|| probe)))))
        });
        let (partnered, probe_types) = (options.kind == JoinKind::Semi, types(probe.plan.schema()));
        let is_indexed = move || condition.read(|built| matches!(built, Built::Indexed(_))) == Some(true);
        let sink = move |_: &Context| {
            let probe = probes.get().cloned().ok_or_else(|| Error::internal("a join without a probe"))?;
            Ok(Collect::then(move |batches, context: &Context| {
                with_build_rows(batches, &probe, partnered, &probe_types, context)
            }))
        };
        let rows = self.graph.add_if(is_indexed, pipeline, Operator::text("COLLECT, THEN BUILD ROWS"), sink);
        let fields =
            columns.iter().map(|c| plan.schema().field(&c.name).cloned()).collect::<Result<Vec<_>>>()?;
        let joined = PipelinePlan::rows_of(rows, Arc::new(Schema::try_new(fields)?));
        Ok(match reversed {
            Some(reversed) => reversed.or_joined(built, joined),
            None => joined,
        })
    }

    /// The keys that the node of the build side publishes for scans of the probe side: single ones, and all together.
    fn filters(&self, probe: Side<'_>, node: usize) -> (Vec<Published>, Vec<RuntimeFilter>) {
        let (mut published, mut filters) = (Vec::new(), Vec::new());
        let mut publish = |names: Vec<Arc<str>>, of: Vec<usize>, most_rows: f64| {
            let keys = Keys::of_node(node);
            filters.push(RuntimeFilter::new(names, Arc::clone(&keys)));
            published.push(Published { keys, of, most_rows });
        };
        let name = |key: &Expr| match key {
            Expr::Column(name) => Some(name.clone()),
            _ => None,
        };
        for (i, name) in probe.on.iter().enumerate().filter_map(|(i, key)| Some((i, name(key)?))) {
            publish(vec![name], vec![i], f64::INFINITY);
        }
        // Right below the join, looking up costs as little as asking; and a set must be made by one thread.
        if let Some(names) = probe.on.iter().map(name).collect::<Option<Vec<_>>>()
            && names.len() > 1
        {
            let most_rows = self.estimator.rows(probe.plan) / KEYS_PER_ROW;
            publish(names, (0..probe.on.len()).collect(), most_rows);
        }
        (published, filters)
    }

    /// The probe side, once it is certain that its keys are unique; the build side's are looked at first.
    fn lower_checked(&mut self, probe: Side<'_>, index: IndexOptions, after: usize) -> Result<PipelinePlan> {
        let options = IndexOptions { marks: false, wants_set: false, must_be_unique: true, ..index };
        let keys = RowKeys::new(probe.on, probe.plan.schema())?;
        let types: Vec<_> = types(probe.plan.schema()).into_iter().chain(keys.types()).collect();
        let mut rows = self.lower(probe.plan, probe.filters)?;
        rows.after.push(after);
        let behind = keys.clone();
        rows.push(Box::new(KeysBehind(behind)), Operator::text("KEYS"));
        let sink = Collect::then(move |batches, context: &Context| {
            check_unique(batches, &keys, &types, &options, context)
        });
        let rows = self.graph.add(rows, Operator::text("CHECK that keys are unique"), move |_| Ok(sink));
        Ok(PipelinePlan::rows_of(rows, probe.plan.schema().clone()))
    }

    /// The probe side, if it may be indexed instead of the build side. What it is worth is known when that is
    /// collected.
    fn reversal(
        &self,
        options: &JoinOptions,
        columns: &[JoinColumn],
        probe: Side<'_>,
        swap: bool,
    ) -> Option<Reversal> {
        if options.maintain_order != JoinOrder::None || options.validate != JoinValidation::ManyToMany {
            return None;
        }
        let kind = kind_of_reversed(options.kind, swap)?;
        let mut wanted = Vec::new();
        let output = columns.iter().map(|column| {
            if column.right != swap {
                return Output::Probe(column.position);
            }
            wanted.push(column.position);
            Output::Build(wanted.len() - 1)
        });
        let output = output.collect();
        let table = OrderedTable::candidate(probe.plan, probe.on, &wanted, &self.estimator)?;
        Some(Reversal { table, kind, output })
    }

    /// The pipeline that indexes the probe side, if the build side said so.
    fn lower_reversed(
        &mut self,
        reversal: Reversal,
        build: Side<'_>,
        probe: Side<'_>,
        built: &Slot<Built>,
        operator: &Operator,
    ) -> Result<Reversed> {
        let Plan::Scan(scan) = &**probe.plan else {
            return Err(Error::internal("an ordered table is scanned"));
        };
        let Reversal { table, kind, output } = reversal;
        let scanned = self.operator(probe.plan);
        let mut rows = scan_measured(scanned.clone(), scan, probe.filters);
        rows.after.push(built.node());
        let (condition, keys) = (built.clone(), built.clone());
        let reversed_keys = |built: &Built| match built {
            Built::Reversed(_, keys) => Some(*keys),
            Built::Indexed(_) => None,
        };
        let is_reversed = move || condition.read(reversed_keys).flatten().is_some();
        let sink = move |_: &Context| {
            let keys = keys.read(reversed_keys).flatten();
            let keys = keys.ok_or_else(|| Error::internal("the keys of an ordered table"))?;
            Ok(Collect::then(move |batches, context: &Context| table.build_side(batches, keys, context)))
        };
        let label = Operator::text("JOIN BUILD of the ordered side, if it is the smaller work");
        let index = self.graph.add_if(is_reversed, rows, label, sink);
        let keys = bind_all(build.on, build.plan.schema())?;
        let (counter, schema) = (operator.counter.clone(), build.plan.schema().clone());
        let open = {
            let index = index.clone();
            move |batches: Vec<Batch>| {
                let mut pipeline = BatchStore::new(batches).open(schema)?;
                let build = Arc::new(index.take_filled()?);
                pipeline.push(Box::new(Probe { build, keys, kind, output }), counter);
                Ok(pipeline)
            }
        };
        Ok(Reversed { index, scan: scanned, open: Box::new(open) })
    }
}

/// A side that may be indexed instead of the other, and what is given then.
struct Reversal {
    table: OrderedTable,
    kind: ProbeKind,
    output: Vec<Output>,
}

/// A join whose sides may have changed their roles.
struct Reversed {
    index: Slot<BuildSide>,
    /// The scan of the ordered side, which is in two pipelines and runs in one.
    scan: Operator,
    /// The pipeline that looks up the rows that were to be indexed.
    open: Box<dyn FnOnce(Vec<Batch>) -> Result<Pipeline> + Send>,
}

impl Reversed {
    /// That pipeline, or another one, to which the probe of what was built is added.
    fn or(
        self,
        built: Slot<Built>,
        mut other: PipelinePlan,
        probe: impl FnOnce(&mut Pipeline, Arc<BuildSide>) + Send + 'static,
    ) -> PipelinePlan {
        let (operators, after) = self.joined(&built, &mut other);
        PipelinePlan::new(operators, after, move |context| match built.take_filled()? {
            Built::Reversed(batches, _) => (self.open)(batches),
            Built::Indexed(build) => {
                let mut pipeline = other.open(context)?;
                probe(&mut pipeline, build.into());
                Ok(pipeline)
            }
        })
    }

    /// That pipeline, or one of rows that are joined already, for which what was built is gone.
    fn or_joined(self, built: Slot<Built>, mut other: PipelinePlan) -> PipelinePlan {
        let (operators, after) = self.joined(&built, &mut other);
        PipelinePlan::new(operators, after, move |context| match built.take() {
            Some(Built::Reversed(batches, _)) => (self.open)(batches),
            _ => other.open(context),
        })
    }

    fn joined(&self, built: &Slot<Built>, other: &mut PipelinePlan) -> (Vec<Operator>, Vec<usize>) {
        let mut after = std::mem::take(&mut other.after);
        after.extend([built.node(), self.index.node()]);
        (std::mem::take(&mut other.operators), after)
    }
}

fn indexed(built: Built) -> Result<Arc<BuildSide>> {
    match built {
        Built::Indexed(build) => Ok(build.into()),
        Built::Reversed(..) => Err(Error::internal("the sides of a join changed their roles")),
    }
}

/// Puts computed keys behind rows.
struct KeysBehind(RowKeys);

impl Transform for KeysBehind {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        self.0.put_behind(batch)
    }
}

/// An outer join in the order of the side whose rows may be missing: its rows are numbered, and the result is sorted
/// by the number, rows without one last. `None` if the join keeps the order asked for by itself.
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

fn output_columns(
    left: Side<'_>,
    right: Side<'_>,
    options: &JoinOptions,
    wanted: Option<&[usize]>,
) -> Result<Vec<JoinColumn>> {
    let all = if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) {
        let fields = left.plan.schema().fields().iter().enumerate();
        fields.map(|(position, f)| JoinColumn { name: f.name.clone(), right: false, position }).collect()
    } else {
        join_columns(left.plan.schema(), right.plan.schema(), left.on, right.on, options)?
    };
    Ok(match wanted {
        Some(positions) => positions.iter().map(|p| all[*p].clone()).collect(),
        None => all,
    })
}

fn output_of(
    column: &JoinColumn,
    swap: bool,
    build: Side<'_>,
    probe: Side<'_>,
    options: &JoinOptions,
) -> Output {
    // The left side of a full join is the one that probes.
    if options.kind == JoinKind::Full && options.coalesces() && !column.right {
        // The key of a row that only the right side has is the right side's.
        let position = |side: Side<'_>, key: &Expr| {
            key.columns().first().and_then(|name| side.plan.schema().position(name))
        };
        for (l, r) in probe.on.iter().zip(build.on) {
            if let (Some(a), Some(b)) = (position(probe, l), position(build, r))
                && a == column.position
            {
                return Output::Either { probe: a, build: b };
            }
        }
    }
    if column.right == swap { Output::Probe(column.position) } else { Output::Build(column.position) }
}
