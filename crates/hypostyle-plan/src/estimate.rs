//! About how many rows a plan gives, and how many different keys: enough to order joins and choose sides, never to
//! decide answers.

use std::collections::HashMap;
use std::sync::Mutex;

use hypostyle_core::Schema;
use hypostyle_core::lock::lock;
use hypostyle_expr::functions::{self, Function, Selectivity};
use hypostyle_expr::{BinaryOp, Expr, Extent, bind, output_name};

use crate::build::join_columns;
use crate::plan::{JoinKind, Plan};

/// Estimates of one query, each made once.
#[derive(Debug, Default)]
pub struct Estimator {
    /// By the node's address: plans outlive the query's estimator.
    known: Mutex<HashMap<usize, f64>>,
}

/// Rows of a table that a predicate is tried on.
pub const SAMPLE: usize = 1_024;

impl Estimator {
    /// The estimated number of rows of a plan, which must not be dropped before the estimator.
    #[recursive::recursive]
    pub fn rows(&self, plan: &Plan) -> f64 {
        let address = std::ptr::from_ref(plan) as usize;
        let known = || lock(&self.known);
        if let Some(rows) = known().get(&address) {
            return *rows;
        }
        let rows = self.estimate(plan);
        known().insert(address, rows);
        rows
    }

    fn estimate(&self, plan: &Plan) -> f64 {
        match plan {
            Plan::Scan(scan) => {
                let rows = scan.source.row_estimate().map_or(1e6, |n| n as f64);
                scan.limit.map_or(rows, |limit| rows.min(limit as f64))
            }
            Plan::Filter { input, predicate } => self.rows(input) * self.passing(input, predicate),
            Plan::Select { input, exprs, .. } => {
                let scalar = |e: &Expr| bind(e, input.schema()).is_ok_and(|e| e.extent() == Extent::Scalar);
                if exprs.iter().any(Expr::has_aggregate) && exprs.iter().all(scalar) {
                    1.0
                } else {
                    self.rows(input)
                }
            }
            Plan::Sort { input, limit, .. } => {
                let rows = self.rows(input);
                limit.map_or(rows, |limit| rows.min(limit as f64))
            }
            Plan::Aggregate { input, keys, .. } => self.groups(input, keys),
            Plan::Distinct { input, .. } => (self.rows(input) / 2.0).max(1.0),
            Plan::Slice { input, length, .. } => {
                let rows = self.rows(input);
                length.map_or(rows, |length| rows.min(length as f64))
            }
            Plan::AsOfJoin { left, .. } => self.rows(left),
            Plan::Join { left, right, left_on, right_on, options, .. } => {
                let (l, r) = (self.rows(left), self.rows(right));
                match options.kind {
                    JoinKind::Cross => l * r,
                    JoinKind::Semi | JoinKind::Anti => l * 0.5,
                    JoinKind::Left => l,
                    JoinKind::Right => r,
                    JoinKind::Full => l + r,
                    JoinKind::Inner => {
                        let keys = |side: &Plan, on: &[Expr]| {
                            on.iter().map(|key| self.distinct(side, key)).collect::<Option<Vec<_>>>()
                        };
                        match (keys(left, left_on), keys(right, right_on)) {
                            (Some(left_keys), Some(right_keys)) => {
                                let left = Side { keys: &left_keys, rows: self.base_rows(left) };
                                let right = Side { keys: &right_keys, rows: self.base_rows(right) };
                                l * r * pairing(&left, &right)
                            }
                            // Most joins follow a foreign key: the larger side, thinned by what filters left of the
                            // other.
                            _ => {
                                let smaller = if l < r { left } else { right };
                                l.max(r) * (l.min(r) / self.base_rows(smaller)).min(1.0)
                            }
                        }
                    }
                }
            }
            Plan::HorizontalConcat { inputs, .. } | Plan::Several { inputs, .. } => {
                inputs.iter().map(|i| self.rows(i)).fold(0.0, f64::max)
            }
            Plan::Explode { input, .. } => self.rows(input) * 4.0,
            Plan::Unpivot { input, options, .. } => self.rows(input) * options.on.len() as f64,
            // A node of which nothing is known gives the rows of its inputs.
            _ => plan.children().into_iter().map(|input| self.rows(input)).sum(),
        }
    }

    /// Rows of the largest table under a plan, before filters.
    #[recursive::recursive]
    pub(crate) fn base_rows(&self, plan: &Plan) -> f64 {
        match plan {
            Plan::Scan(_) | Plan::Aggregate { .. } => self.rows(plan),
            _ => plan.children().into_iter().map(|c| self.base_rows(c)).fold(1.0, f64::max),
        }
    }

    /// The number of groups: rows that fall at random on so many combinations of keys.
    fn groups(&self, input: &Plan, keys: &[Expr]) -> f64 {
        if keys.is_empty() {
            return 1.0;
        }
        let rows = self.rows(input).max(1.0);
        match keys.iter().map(|key| self.distinct(input, key)).product::<Option<f64>>() {
            Some(combinations) if combinations < f64::MAX => {
                (combinations * -(-rows / combinations.max(1.0)).exp_m1()).clamp(1.0, rows)
            }
            _ => (rows / 4.0).max(1.0),
        }
    }

    /// About how many different values a key has that is a column of the plan, before filters on other columns; `None`
    /// if nothing is known.
    #[recursive::recursive]
    pub(crate) fn distinct(&self, plan: &Plan, key: &Expr) -> Option<f64> {
        let name = match key {
            Expr::Column(name) => name,
            Expr::Alias { input, .. } | Expr::Cast { input, .. } => return self.distinct(plan, input),
            _ => return None,
        };
        match plan {
            Plan::Scan(scan) => {
                let position = scan.schema.position(name)?;
                scan.source.distinct_estimate(scan.source_position(position))
            }
            Plan::Filter { input, predicate } => {
                let all = self.distinct(input, key)?;
                let own = predicate.conjuncts().into_iter().filter(|p| p.columns() == [name.clone()]);
                let part = own.cloned().reduce(Expr::and).map(|p| self.passing(input, &p));
                Some((all * part.unwrap_or(1.0)).max(1.0))
            }
            Plan::Select { input, exprs, .. } => {
                let made = exprs.iter().find(|e| output_name(e).is_ok_and(|n| n == *name))?;
                self.distinct(input, made)
            }
            Plan::WithColumns { input, exprs, .. } => {
                let made = exprs.iter().find(|e| output_name(e).is_ok_and(|n| n == *name));
                self.distinct(input, made.unwrap_or(key))
            }
            Plan::Aggregate { input, keys, .. } => {
                let made = keys.iter().find(|e| output_name(e).is_ok_and(|n| n == *name))?;
                Some(self.distinct(input, made)?.min(self.rows(plan)))
            }
            Plan::Join { left, right, left_on, right_on, options, .. } => {
                if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) {
                    return self.distinct(left, key);
                }
                let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options).ok()?;
                let column = columns.into_iter().find(|c| c.name == *name)?;
                let side = if column.right { right } else { left };
                self.distinct(side, &Expr::Column(side.schema().fields()[column.position].name.clone()))
            }
            Plan::Sort { input, .. }
            | Plan::Distinct { input, .. }
            | Plan::Slice { input, .. }
            | Plan::Cache { input, .. }
            | Plan::Explode { input, .. } => self.distinct(input, key),
            _ => None,
        }
    }

    /// The part of the rows for which a predicate holds.
    pub(crate) fn passing(&self, input: &Plan, predicate: &Expr) -> f64 {
        sampled(input, predicate).unwrap_or_else(|| selectivity(predicate))
    }
}

/// The keys of one side of a join.
pub(crate) struct Side<'a> {
    /// How many different values each key has.
    pub(crate) keys: &'a [f64],
    /// Rows of the table that they come from, before filters: combinations are no more.
    pub(crate) rows: f64,
}

/// The part of all pairs of rows whose keys are equal.
///
/// A single key pairs as often as the side with more values allows. Several keys together are a foreign key, most of
/// the time: each combination of the side with more finds a partner.
pub(crate) fn pairing(left: &Side<'_>, right: &Side<'_>) -> f64 {
    let combinations = |side: &Side<'_>| side.keys.iter().product::<f64>().min(side.rows).max(1.0);
    let (l, r) = (combinations(left), combinations(right));
    1.0 / if left.keys.len() == 1 { l.max(r) } else { l.min(r) }
}

/// The part of a table's rows for which a predicate holds, tried on some of them; `None` if the table is no table in
/// memory.
fn sampled(input: &Plan, predicate: &Expr) -> Option<f64> {
    let Plan::Scan(scan) = input else { return None };
    if !predicate.is_row_separable() {
        return None;
    }
    // Only the columns that the predicate reads: the sample is a copy.
    let columns: Vec<usize> =
        predicate.columns().iter().map(|name| scan.schema.position(name)).collect::<Option<_>>()?;
    if columns.is_empty() {
        return None;
    }
    let fields = columns.iter().map(|position| scan.schema.fields()[*position].clone()).collect();
    let places: Vec<usize> = match &scan.projection {
        Some(projection) => columns.iter().map(|position| projection[*position]).collect(),
        None => columns,
    };
    let sample = scan.source.sample(Some(&places), SAMPLE)?;
    let rows = bind(predicate, &Schema::try_new(fields).ok()?)
        .ok()?
        .evaluate(&sample)
        .ok()?
        .into_rows(sample.len())
        .ok()?;
    let passed = rows.as_boolean()?.truthy().count_set();
    // None of the sample does not mean none at all.
    Some((passed as f64).max(0.5) / (sample.len() as f64).max(1.0))
}

/// What part of rows passes a predicate, judged by its form.
#[recursive::recursive]
pub(crate) fn selectivity(predicate: &Expr) -> f64 {
    match predicate {
        Expr::Binary { left, op, right } => match op {
            BinaryOp::And => selectivity(left) * selectivity(right),
            BinaryOp::Or => (selectivity(left) + selectivity(right)).min(1.0),
            BinaryOp::Eq | BinaryOp::EqMissing => 0.1,
            BinaryOp::NotEq | BinaryOp::NotEqMissing => 0.9,
            _ => 0.35,
        },
        Expr::Function { name, args } => match functions::find(name).map(Function::selectivity) {
            Ok(Selectivity::Part(part)) => part,
            Ok(Selectivity::Complement) => args.first().map_or(0.5, |arg| 1.0 - selectivity(arg)),
            Err(_) => 0.5,
        },
        _ => 0.5,
    }
}
