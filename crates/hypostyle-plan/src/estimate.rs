//! About how many rows a plan gives: enough to choose sides, never to decide answers.

use hypostyle_expr::{BinaryOp, Expr};

use crate::plan::{JoinKind, Plan};

/// The estimated number of rows.
pub fn estimate_rows(plan: &Plan) -> f64 {
    match plan {
        Plan::Scan(scan) => {
            let rows = scan.source.row_estimate().map_or(1e6, |n| n as f64);
            scan.limit.map_or(rows, |limit| rows.min(limit as f64))
        }
        Plan::Filter { input, predicate } => estimate_rows(input) * selectivity(predicate),
        Plan::Select { input, .. }
        | Plan::WithColumns { input, .. }
        | Plan::RowIndex { input, .. }
        | Plan::Cache { input, .. }
        | Plan::MapFrame { input, .. } => estimate_rows(input),
        Plan::Sort { input, limit, .. } => {
            let rows = estimate_rows(input);
            limit.map_or(rows, |limit| rows.min(limit as f64))
        }
        Plan::Aggregate { input, keys, .. } => {
            if keys.is_empty() {
                1.0
            } else {
                (estimate_rows(input) / 4.0).max(1.0)
            }
        }
        Plan::Distinct { input, .. } => (estimate_rows(input) / 2.0).max(1.0),
        Plan::Slice { input, length, .. } => {
            let rows = estimate_rows(input);
            length.map_or(rows, |length| rows.min(length as f64))
        }
        Plan::Join { left, right, options, .. } => {
            let (l, r) = (estimate_rows(left), estimate_rows(right));
            match options.kind {
                JoinKind::Cross => l * r,
                JoinKind::Semi | JoinKind::Anti => l * 0.5,
                JoinKind::Left => l,
                JoinKind::Right => r,
                JoinKind::Full => l + r,
                // Most joins follow a foreign key: the larger side, thinned by what filters left of the other.
                JoinKind::Inner => {
                    l.max(r) * (l.min(r) / base_rows(if l < r { left } else { right })).min(1.0)
                }
            }
        }
        Plan::Union { inputs, .. } => inputs.iter().map(|i| estimate_rows(i)).sum(),
        Plan::HorizontalConcat { inputs, .. } => inputs.iter().map(|i| estimate_rows(i)).fold(0.0, f64::max),
        Plan::Explode { input, .. } => estimate_rows(input) * 4.0,
        Plan::Unpivot { input, options, .. } => estimate_rows(input) * options.on.len() as f64,
    }
}

/// Rows of the largest table under a plan, before filters.
fn base_rows(plan: &Plan) -> f64 {
    match plan {
        Plan::Scan(_) => estimate_rows(plan),
        _ => plan.children().into_iter().map(|c| base_rows(c)).fold(1.0, f64::max),
    }
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
