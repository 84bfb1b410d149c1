//! Limits move towards the sources; a sort under a limit becomes a top-k.

use std::sync::Arc;

use hypostyle_core::Result;

use crate::optimizer::Rule;
use crate::plan::{Plan, ScanNode};

/// Pushes slices.
pub(in crate::optimizer) struct SlicePushdown;

impl Rule for SlicePushdown {
    fn name(&self) -> &'static str {
        "slice_pushdown"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        plan.transform_up(&mut |node| {
            let Plan::Slice { input, offset, length } = &*node else { return Ok(node) };
            if *offset == 0 && length.is_none() {
                return Ok(Arc::clone(input));
            }
            let (Ok(offset), Some(length)) = (usize::try_from(*offset), *length) else { return Ok(node) };
            Ok(match push(input, offset.saturating_add(length)) {
                Some(pushed) if offset == 0 && exact(&pushed) => pushed,
                Some(pushed) => Arc::new(node.with_children(vec![pushed])),
                None => node,
            })
        })
    }
}

/// Whether a pushed limit makes the slice above it superfluous.
#[recursive::recursive]
fn exact(plan: &Plan) -> bool {
    match plan {
        Plan::Scan(scan) => scan.limit.is_some(),
        Plan::Sort { limit, .. } => limit.is_some(),
        Plan::Select { input, .. } | Plan::WithColumns { input, .. } => exact(input),
        _ => false,
    }
}

/// The plan with a limit of `rows` from the start somewhere below, if there is a place for it.
#[recursive::recursive]
fn push(plan: &Arc<Plan>, rows: usize) -> Option<Arc<Plan>> {
    match &**plan {
        Plan::Scan(scan) => {
            let limit = scan.limit.map_or(rows, |limit| limit.min(rows));
            Some(Arc::new(Plan::Scan(ScanNode { limit: Some(limit), ..scan.clone() })))
        }
        Plan::Sort { input, by, maintain_order, limit } => Some(Arc::new(Plan::Sort {
            input: Arc::clone(input),
            by: by.clone(),
            maintain_order: *maintain_order,
            limit: Some(limit.map_or(rows, |limit| limit.min(rows))),
        })),
        Plan::Select { input, exprs, .. } | Plan::WithColumns { input, exprs, .. }
            if exprs.iter().all(|e| e.is_row_separable())
                && exprs.iter().any(|e| !e.columns().is_empty()) =>
        {
            Some(Arc::new(plan.with_children(vec![push(input, rows)?])))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{check_rule, table};

    #[test]
    fn a_sort_under_a_limit_is_a_top_k() {
        check_rule(
            &SlicePushdown,
            table("t", ["a"], 9).sort("a").slice(0, 3),
            r#"
            SLICE 0, 3
              SORT by [col("a")]
                SCAN t
            =>
            TOP 3 by [col("a")]
              SCAN t
            "#,
        );
    }

    #[test]
    fn a_limit_reaches_the_scan_and_an_offset_stays() {
        check_rule(
            &SlicePushdown,
            table("t", ["a"], 9).select([col("a") + col("a")]).slice(2, 3),
            r#"
            SLICE 2, 3
              SELECT [[(col("a")) + (col("a"))]]
                SCAN t
            =>
            SLICE 2, 3
              SELECT [[(col("a")) + (col("a"))]]
                SCAN t limit: 5
            "#,
        );
    }

    #[test]
    fn filters_stop_limits() {
        check_rule(
            &SlicePushdown,
            table("t", ["a"], 9).filter(col("a").is_null()).slice(0, 3),
            r#"
            SLICE 0, 3
              FILTER col("a").is_null()
                SCAN t
            =>
            the same
            "#,
        );
    }

    /// A sum is of all rows, however few are asked for.
    #[test]
    fn sums_stop_limits() {
        check_rule(
            &SlicePushdown,
            table("t", ["a"], 9).select([col("a").sum()]).slice(0, 3),
            r#"
            SLICE 0, 3
              SELECT [col("a").sum()]
                SCAN t
            =>
            the same
            "#,
        );
    }
}
