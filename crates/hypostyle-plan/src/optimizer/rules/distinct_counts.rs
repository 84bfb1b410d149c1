//! Counting the distinct values of a column is counting its groups, which all threads make.

use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::{Expr, aggregates, output_name};

use crate::optimizer::Rule;
use crate::plan::Plan;

/// Counts groups.
pub(in crate::optimizer) struct DistinctCounts;

impl Rule for DistinctCounts {
    fn name(&self) -> &'static str {
        "distinct_counts"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        plan.transform_up(&mut |node| {
            // Beside other aggregates the rows would have to be kept, or read twice.
            let Plan::Select { input, exprs, .. } = &*node else { return Ok(node) };
            let [expr] = &exprs[..] else { return Ok(node) };
            let Expr::Aggregate { name, args } = expr.without_alias() else { return Ok(node) };
            let [value] = &args[..] else { return Ok(node) };
            let counts_distinct = aggregates::find(name)?.traits().counts_distinct;
            if !counts_distinct || !value.is_row_separable() || value.columns().is_empty() {
                return Ok(node);
            }
            let groups = Plan::aggregate(Arc::clone(input), vec![value.clone()], Vec::new(), false)?;
            Plan::select(groups.into(), vec![Expr::Len.alias(&output_name(expr)?)]).map(Arc::new)
        })
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{check_rule, table};

    #[test]
    fn distinct_values_are_groups() {
        check_rule(
            &DistinctCounts,
            table("t", ["a"], 9).select([col("a").n_unique().alias("n")]),
            r#"
            SELECT [col("a").n_unique().alias("n")]
              SCAN t
            =>
            SELECT [len().alias("n")]
              AGGREGATE by [col("a")]: []
                SCAN t
            "#,
        );
    }

    #[test]
    fn beside_other_aggregates_they_are_not() {
        check_rule(
            &DistinctCounts,
            table("t", ["a"], 9).select([col("a").n_unique(), col("a").sum().alias("s")]),
            r#"
            SELECT [col("a").n_unique(), col("a").sum().alias("s")]
              SCAN t
            =>
            the same
            "#,
        );
    }
}
