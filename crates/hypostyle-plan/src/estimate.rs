//! About how many rows a plan gives: enough to choose sides, never to decide answers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hypostyle_expr::{BinaryOp, Expr, Extent, bind};

use crate::plan::{JoinKind, Plan};

/// Estimates of one query, each made once.
#[derive(Debug, Default)]
pub struct Estimator {
    /// By the node's address: plans outlive the query's estimator.
    known: Mutex<HashMap<usize, f64>>,
}

/// Rows of a table in memory that a predicate is tried on.
const SAMPLE: usize = 1_024;

impl Estimator {
    /// The estimated number of rows of a plan, which must not be dropped before the estimator.
    pub fn rows(&self, plan: &Plan) -> f64 {
        let address = std::ptr::from_ref(plan) as usize;
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
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
            Plan::Filter { input, predicate } => {
                let part = sampled(input, predicate).unwrap_or_else(|| selectivity(predicate));
                self.rows(input) * part
            }
            Plan::Select { input, exprs, .. } => {
                let scalar = |e: &Expr| bind(e, input.schema()).is_ok_and(|e| e.extent() == Extent::Scalar);
                if exprs.iter().any(Expr::has_aggregate) && exprs.iter().all(scalar) {
                    1.0
                } else {
                    self.rows(input)
                }
            }
            Plan::WithColumns { input, .. }
            | Plan::RowIndex { input, .. }
            | Plan::Cache { input, .. }
            | Plan::MapFrame { input, .. } => self.rows(input),
            Plan::Sort { input, limit, .. } => {
                let rows = self.rows(input);
                limit.map_or(rows, |limit| rows.min(limit as f64))
            }
            Plan::Aggregate { input, keys, .. } => {
                if keys.is_empty() {
                    1.0
                } else {
                    (self.rows(input) / 4.0).max(1.0)
                }
            }
            Plan::Distinct { input, .. } => (self.rows(input) / 2.0).max(1.0),
            Plan::Slice { input, length, .. } => {
                let rows = self.rows(input);
                length.map_or(rows, |length| rows.min(length as f64))
            }
            Plan::Join { left, right, options, .. } => {
                let (l, r) = (self.rows(left), self.rows(right));
                match options.kind {
                    JoinKind::Cross => l * r,
                    JoinKind::Semi | JoinKind::Anti => l * 0.5,
                    JoinKind::Left => l,
                    JoinKind::Right => r,
                    JoinKind::Full => l + r,
                    // Most joins follow a foreign key: the larger side, thinned by what filters left of the other.
                    JoinKind::Inner => {
                        let smaller = if l < r { left } else { right };
                        l.max(r) * (l.min(r) / self.base_rows(smaller)).min(1.0)
                    }
                }
            }
            Plan::Union { inputs, .. } => inputs.iter().map(|i| self.rows(i)).sum(),
            Plan::HorizontalConcat { inputs, .. } => inputs.iter().map(|i| self.rows(i)).fold(0.0, f64::max),
            Plan::Explode { input, .. } => self.rows(input) * 4.0,
            Plan::Unpivot { input, options, .. } => self.rows(input) * options.on.len() as f64,
        }
    }

    /// Rows of the largest table under a plan, before filters.
    fn base_rows(&self, plan: &Plan) -> f64 {
        match plan {
            Plan::Scan(_) => self.rows(plan),
            _ => plan.children().into_iter().map(|c| self.base_rows(c)).fold(1.0, f64::max),
        }
    }
}

/// The part of a table's rows for which a predicate holds, tried on some of them; `None` if the table is no table in
/// memory.
fn sampled(input: &Plan, predicate: &Expr) -> Option<f64> {
    let Plan::Scan(scan) = input else { return None };
    if !predicate.is_row_separable() {
        return None;
    }
    let sample = scan.source.sample(scan.projection.as_deref(), SAMPLE)?;
    let rows = bind(predicate, &scan.schema).ok()?.evaluate(&sample).ok()?.into_rows(sample.len()).ok()?;
    let passed = rows.as_boolean()?.truthy().count_set();
    // None of the sample does not mean none at all.
    Some((passed as f64).max(0.5) / (sample.len() as f64).max(1.0))
}

fn selectivity(predicate: &Expr) -> f64 {
    match predicate {
        Expr::Binary { left, op, right } => match op {
            BinaryOp::And => selectivity(left) * selectivity(right),
            BinaryOp::Or => (selectivity(left) + selectivity(right)).min(1.0),
            BinaryOp::Eq | BinaryOp::EqMissing => 0.1,
            BinaryOp::NotEq | BinaryOp::NotEqMissing => 0.9,
            _ => 0.35,
        },
        Expr::Function { name, args } => match &**name {
            "not" => args.first().map_or(0.5, |arg| 1.0 - selectivity(arg)),
            "is_in" => 0.2,
            "is_between" => 0.2,
            "str.contains" | "str.starts_with" | "str.ends_with" => 0.1,
            "is_null" => 0.1,
            _ => 0.5,
        },
        _ => 0.5,
    }
}
