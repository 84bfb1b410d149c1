//! A file with several readers is read once, and of its rows those that some reader wants; or once by each reader,
//! where these want so few of its rows that this is estimated to cost less.
//!
//! `common_subplans` has put a cache over the scan already, since scans of one file are equal until projections differ.
//! Here the cache is told what its readers' filters have in common: rows that all of them drop are not decoded. A
//! reader below a join may want still fewer, which the join says only while the query runs, and to one reader alone:
//! what that loses is weighed against finding the file's rows again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::{Expr, bind, output_name};

use super::predicate_pushdown;
use super::projection_pushdown::ProjectionPushdown;
use crate::estimate::Estimator;
use crate::optimizer::Rule;
use crate::plan::{JoinKind, JoinOrder, JoinValidation, Plan, ScanNode};

/// Filters shared scans, or parts them.
pub(in crate::optimizer) struct SharedScans;

impl Rule for SharedScans {
    fn name(&self) -> &'static str {
        "shared_scans"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        if !shares_files(&plan) {
            return Ok(plan);
        }
        // Who reads which columns is known once projections are down.
        let projected = ProjectionPushdown.apply(plan)?;
        let actions = Readers::of(&projected).decide();
        if actions.values().all(|action| matches!(action, Action::Keep)) {
            return Ok(projected);
        }
        projected.transform_up(&mut |node| rewrite(node, &actions))
    }
}

// What a row costs, in nanoseconds on one core (docs/decisions/0013-shared-scans.md).

/// Looking for a field of a text file, and noting down one that is wanted.
const FIND: f64 = 1.0;
const NOTE: f64 = 1.5;
/// Decoding a value.
const DECODE: f64 = 4.0;
/// Asking whether a join has a partner for it.
const ASK: f64 = 5.0;
/// Keeping a value for the readers, and giving it to one.
const KEEP: f64 = 3.0;
const GIVE: f64 = 0.5;
/// Opening a file and finding out what is in it.
const OPEN: f64 = 100_000.0;
/// Scans are parted only if that is estimated to cost less than this part of sharing.
const NOTICEABLE: f64 = 0.6;
/// A predicate that more rows pass is not asked twice.
const PASSES: f64 = 0.85;

/// The scan that a plan streams from, if it reads a file.
#[recursive::recursive]
fn file_below(plan: &Plan) -> Option<&ScanNode> {
    match plan {
        Plan::Scan(scan) => (!scan.source.in_memory() && scan.limit.is_none()).then_some(scan),
        Plan::Filter { input, predicate } if predicate.is_row_separable() => file_below(input),
        Plan::Select { input, exprs, .. } | Plan::WithColumns { input, exprs, .. }
            if exprs.iter().all(Expr::is_row_separable) =>
        {
            file_below(input)
        }
        _ => None,
    }
}

/// Whether each reader may as well do it: nothing but picking columns.
#[recursive::recursive]
fn only_reads(plan: &Plan) -> bool {
    match plan {
        Plan::Scan(_) => true,
        Plan::Select { input, exprs, .. } => {
            exprs.iter().all(|e| matches!(e, Expr::Column(_))) && only_reads(input)
        }
        _ => false,
    }
}

#[recursive::recursive]
fn shares_files(plan: &Plan) -> bool {
    match plan {
        Plan::Cache { input, .. } if file_below(input).is_some() => true,
        _ => plan.children().into_iter().any(|child| shares_files(child)),
    }
}

/// What is wanted of a node's output by the nodes above.
#[derive(Clone, Default)]
struct Demand {
    /// Conjuncts that all wanted rows pass.
    predicates: Vec<Expr>,
    /// The columns that are read; `None` for all.
    columns: Option<HashSet<Arc<str>>>,
    /// Columns whose values a join above restricts, and about which part of the rows it leaves.
    thinned: Vec<(Arc<str>, f64)>,
}

/// A shared file and what its readers want.
struct Shared {
    input: Arc<Plan>,
    readers: Vec<Demand>,
}

struct Readers {
    estimator: Estimator,
    shared: HashMap<u64, Shared>,
    seen: HashSet<u64>,
}

/// What is done with a shared scan.
enum Action {
    Keep,
    /// Each reader scans the file.
    Part,
    /// Rows that do not pass are not read; those conjuncts that all readers have in common need not be asked again.
    Filter {
        predicate: Expr,
        common: Vec<Expr>,
    },
}

impl Readers {
    fn of(plan: &Arc<Plan>) -> Self {
        let mut readers =
            Self { estimator: Estimator::default(), shared: HashMap::new(), seen: HashSet::new() };
        readers.walk(plan, Demand::default());
        readers
    }

    #[recursive::recursive]
    fn walk(&mut self, plan: &Arc<Plan>, demand: Demand) {
        match &**plan {
            Plan::Cache { input, id } => {
                if file_below(input).is_some() {
                    let shared = self.shared.entry(*id);
                    let shared =
                        shared.or_insert_with(|| Shared { input: Arc::clone(input), readers: Vec::new() });
                    shared.readers.push(demand);
                } else if self.seen.insert(*id) {
                    self.walk(input, Demand::default());
                }
            }
            Plan::Filter { input, predicate } if predicate.is_row_separable() => {
                let mut demand = demand;
                demand.predicates.extend(predicate.conjuncts().into_iter().cloned());
                if let Some(columns) = &mut demand.columns {
                    columns.extend(predicate.columns());
                }
                self.walk(input, demand);
            }
            Plan::Select { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
                let picks = exprs.iter().all(|e| matches!(e, Expr::Column(_)));
                let demand = Demand {
                    predicates: if picks { demand.predicates } else { Vec::new() },
                    columns: Some(exprs.iter().flat_map(Expr::columns).collect()),
                    thinned: renamed(&demand.thinned, exprs),
                };
                self.walk(input, demand);
            }
            Plan::WithColumns { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
                let made: Vec<_> = exprs.iter().filter_map(|e| output_name(e).ok()).collect();
                let kept = demand.thinned.into_iter().filter(|(name, _)| !made.contains(name));
                self.walk(input, Demand { thinned: kept.collect(), ..Demand::default() });
            }
            Plan::Aggregate { input, keys, aggs, .. } if keys.iter().all(Expr::is_row_separable) => {
                let columns = keys.iter().chain(aggs).flat_map(Expr::columns).collect();
                let thinned = renamed(&demand.thinned, keys);
                self.walk(input, Demand { columns: Some(columns), thinned, ..Demand::default() });
            }
            Plan::Join { left, right, .. } => {
                let (to_left, to_right) = self.below_join(plan, &demand.thinned);
                self.walk(left, Demand { thinned: to_left, ..Demand::default() });
                self.walk(right, Demand { thinned: to_right, ..Demand::default() });
            }
            _ => plan.children().into_iter().for_each(|child| self.walk(child, Demand::default())),
        }
    }

    /// What a join and the nodes above it leave of the rows of its inputs. That is what the executor will do
    /// (`runtime_filters.rs`), estimated.
    fn below_join(&self, plan: &Plan, thinned: &[(Arc<str>, f64)]) -> (Thinned, Thinned) {
        let (mut to_left, mut to_right) = (Vec::new(), Vec::new());
        let Plan::Join { left, right, left_on, right_on, options, .. } = plan else {
            return (to_left, to_right);
        };
        if options.validate != JoinValidation::ManyToMany || options.nulls_equal {
            return (to_left, to_right);
        }
        let inner = options.kind == JoinKind::Inner;
        let keeps_left = inner || matches!(options.kind, JoinKind::Left | JoinKind::Semi | JoinKind::Anti);
        for (name, part) in thinned {
            let in_left = left.schema().contains(name);
            if in_left && keeps_left {
                to_left.push((name.clone(), *part));
            } else if !in_left && right.schema().contains(name) && inner {
                to_right.push((name.clone(), *part));
            }
            for (l, r) in left_on.iter().zip(right_on) {
                if let (Expr::Column(l), Expr::Column(r)) = (l, r) {
                    if in_left && l == name && keeps_left {
                        to_right.push((r.clone(), *part));
                    } else if !in_left && r == name && inner {
                        to_left.push((l.clone(), *part));
                    }
                }
            }
        }
        let left_is_smaller = self.estimator.rows(left) < self.estimator.rows(right);
        let builds_left = left_is_smaller && options.maintain_order == JoinOrder::None;
        if inner || options.kind == JoinKind::Semi {
            let (build, probe, on, to_probe) = match builds_left {
                true => (left, right, right_on, &mut to_right),
                false => (right, left, left_on, &mut to_left),
            };
            for key in on {
                if let Expr::Column(name) = key {
                    let all = self.estimator.distinct(probe, key);
                    let all = all.unwrap_or_else(|| self.estimator.base_rows(build)).max(1.0);
                    to_probe.push((name.clone(), (self.estimator.rows(build) / all).min(1.0)));
                }
            }
        }
        (to_left, to_right)
    }

    fn decide(&self) -> HashMap<u64, Action> {
        self.shared.iter().map(|(id, shared)| (*id, self.action(shared))).collect()
    }

    fn action(&self, shared: &Shared) -> Action {
        let schema = shared.input.schema();
        let Some(scan) = file_below(&shared.input) else { return Action::Keep };
        // What can fail is asked by the reader, of the rows that it would have asked it of.
        let safe = |p: &&Expr| bind(p, schema).is_ok_and(|bound| bound.is_infallible());
        let wanted: Vec<Vec<&Expr>> =
            shared.readers.iter().map(|r| r.predicates.iter().filter(safe).collect()).collect();
        let [first, others @ ..] = &wanted[..] else { return Action::Keep };
        let common: Vec<Expr> = first
            .iter()
            .filter(|p| others.iter().all(|other| other.contains(p)))
            .map(|p| (*p).clone())
            .collect();
        let passing = |predicate: &Expr| match &*shared.input {
            Plan::Scan(_) => self.estimator.passing(&shared.input, predicate),
            _ => crate::estimate::selectivity(predicate),
        };
        let branches = wanted
            .iter()
            .map(|own| own.iter().filter(|p| !common.contains(p)).map(|p| (*p).clone()).reduce(Expr::and));
        // A reader without a conjunct of its own wants all rows that the common ones leave.
        let either = branches.collect::<Option<Vec<_>>>().and_then(|branches| {
            let mut different: Vec<Expr> = Vec::with_capacity(branches.len());
            for branch in branches {
                if !different.contains(&branch) {
                    different.push(branch);
                }
            }
            different.into_iter().reduce(Expr::or)
        });
        let either = either.filter(|predicate| passing(predicate) < PASSES);
        let predicate = common.iter().cloned().chain(either).reduce(Expr::and);

        let part = |predicate: &Option<Expr>| predicate.as_ref().map_or(1.0, passing);
        let width = schema_width(scan);
        let found = |columns: f64| if width > 0.0 { width * FIND + columns * NOTE } else { 0.0 };
        let all: HashSet<Arc<str>> = schema.names().map(Into::into).collect();
        let once = {
            let asked = predicate.as_ref().map_or(0, |p| p.columns().len()) as f64;
            let (columns, left) = (all.len() as f64, part(&predicate));
            let readers = shared.readers.len() as f64;
            found(columns)
                + (asked + left * (columns - asked).max(0.0)) * DECODE
                + left * columns * (KEEP + GIVE * readers)
        };
        let each = shared.readers.iter().map(|reader| {
            let own = reader.predicates.iter().cloned().reduce(Expr::and);
            let mut asked: HashSet<Arc<str>> = own.iter().flat_map(Expr::columns).collect();
            let (mut left, mut ask) = (part(&own), 0.0);
            if let Some((_, kept)) = reader.thinned.iter().min_by(|a, b| a.1.total_cmp(&b.1)) {
                ask = left * ASK;
                left *= kept;
                asked.extend(reader.thinned.iter().map(|(name, _)| name.clone()));
            }
            let columns = reader.columns.as_ref().unwrap_or(&all);
            let rest = columns.difference(&asked).count() as f64;
            let wanted = asked.len() as f64;
            found(wanted + rest) + ask + (wanted + left * rest) * DECODE
        });
        let rows = scan.source.row_estimate().unwrap_or(0) as f64;
        let opened = OPEN * (shared.readers.len() - 1) as f64;
        if only_reads(&shared.input) && rows * each.sum::<f64>() + opened < rows * once * NOTICEABLE {
            return Action::Part;
        }
        match predicate {
            Some(predicate) => Action::Filter { predicate, common },
            None => Action::Keep,
        }
    }
}

/// The fields that have to be found in a row to read any of it: none where columns lie apart.
fn schema_width(scan: &ScanNode) -> f64 {
    if !scan.source.is_text() {
        return 0.0;
    }
    scan.source.schema().map_or(0.0, |schema| schema.len() as f64)
}

type Thinned = Vec<(Arc<str>, f64)>;

/// Columns of the output as columns of the input.
fn renamed(thinned: &[(Arc<str>, f64)], exprs: &[Expr]) -> Thinned {
    let mut kept = Vec::new();
    for expr in exprs {
        if let (Expr::Column(own), Ok(name)) = (expr.without_alias(), output_name(expr)) {
            kept.extend(thinned.iter().filter(|(n, _)| *n == name).map(|(_, part)| (own.clone(), *part)));
        }
    }
    kept
}

fn rewrite(node: Arc<Plan>, actions: &HashMap<u64, Action>) -> Result<Arc<Plan>> {
    Ok(match &*node {
        Plan::Cache { input, id } => match actions.get(id) {
            Some(Action::Part) => Arc::clone(input),
            Some(Action::Filter { predicate, .. }) => {
                let conjuncts = predicate.conjuncts().into_iter().cloned().collect();
                Arc::new(Plan::Cache { input: predicate_pushdown::push(input, conjuncts)?, id: *id })
            }
            _ => node,
        },
        Plan::Filter { input, predicate } => match cache_below(input).and_then(|id| actions.get(&id)) {
            Some(Action::Filter { common, .. }) if !common.is_empty() => {
                let left = predicate.conjuncts().into_iter().filter(|p| !common.contains(p));
                match left.cloned().reduce(Expr::and) {
                    Some(predicate) => Arc::new(Plan::filter(Arc::clone(input), predicate)?),
                    None => Arc::clone(input),
                }
            }
            _ => node,
        },
        _ => node,
    })
}

/// The cache below filters and picked columns.
#[recursive::recursive]
fn cache_below(plan: &Plan) -> Option<u64> {
    match plan {
        Plan::Cache { id, .. } => Some(*id),
        Plan::Filter { input, predicate } if predicate.is_row_separable() => cache_below(input),
        Plan::Select { input, exprs, .. } if exprs.iter().all(|e| matches!(e, Expr::Column(_))) => {
            cache_below(input)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::testing::{Query, check_rule, file};

    fn readers(first: i64, second: i64) -> Query {
        let scan = || file("t", ["a", "b"], 100_000);
        let (one, other) = (scan().filter(col("a").gt(lit(first))), scan().filter(col("a").gt(lit(second))));
        let query = one.aggregate(["a"], [col("b").sum()]).union(other.aggregate(["a"], [col("b").max()]));
        Query(crate::optimizer::rules::common_subplans::CommonSubplans.apply(query.0).unwrap())
    }

    #[test]
    fn rows_that_no_reader_wants_are_dropped_once() {
        check_rule(
            &SharedScans,
            readers(1, 2),
            r#"
            UNION
              AGGREGATE by [col("a")]: [col("b").sum()]
                FILTER [(col("a")) > (1)]
                  CACHE 0
                    SCAN t
              AGGREGATE by [col("a")]: [col("b").max()]
                FILTER [(col("a")) > (2)]
                  CACHE 0 (above)
            =>
            UNION
              AGGREGATE by [col("a")]: [col("b").sum()]
                FILTER [(col("a")) > (1)]
                  CACHE 0
                    FILTER [([(col("a")) > (1)]) | ([(col("a")) > (2)])]
                      SCAN t
              AGGREGATE by [col("a")]: [col("b").max()]
                FILTER [(col("a")) > (2)]
                  CACHE 0 (above)
            "#,
        );
    }

    #[test]
    fn tables_in_memory_are_left_alone() {
        check_rule(
            &SharedScans,
            crate::testing::table("t", ["a"], 9).filter(col("a").gt(lit(1))),
            r#"
            FILTER [(col("a")) > (1)]
              SCAN t
            =>
            the same
            "#,
        );
    }
}
