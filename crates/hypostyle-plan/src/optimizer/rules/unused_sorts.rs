//! Sorts whose order nobody can see go: totals, groups, distinct rows, joins and other sorts do not look at the order of
//! the rows that they get, unless they promise to keep it.

use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::{Expr, Literal, WindowMapping, aggregates};

use crate::optimizer::Rule;
use crate::plan::{JoinOrder, Keep, Plan};

/// Drops sorts.
pub(in crate::optimizer) struct UnusedSorts;

impl Rule for UnusedSorts {
    fn name(&self) -> &'static str {
        "unused_sorts"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        visit(&plan, true)
    }
}

/// The plan without sorts that nobody sees; `seen` if somebody sees the order of its own rows.
#[recursive::recursive]
fn visit(plan: &Arc<Plan>, seen: bool) -> Result<Arc<Plan>> {
    if let Plan::Sort { input, limit: None, .. } = &**plan
        && !seen
    {
        return visit(input, false);
    }
    let below = seen_below(plan, seen);
    let old = plan.children();
    let children = old.iter().zip(below).map(|(input, seen)| visit(input, seen));
    let children = children.collect::<Result<Vec<_>>>()?;
    let same = children.iter().zip(&old).all(|(new, old)| Arc::ptr_eq(new, old));
    Ok(if same { Arc::clone(plan) } else { Arc::new(plan.with_children(children)) })
}

/// Whether somebody sees the order of the rows of each input: the node itself, or who sees those of the node.
fn seen_below(plan: &Plan, seen: bool) -> Vec<bool> {
    let each = |seen: bool| vec![seen; plan.children().len()];
    match plan {
        Plan::Select { exprs, .. } if exprs.iter().all(is_total) => each(false),
        Plan::Select { exprs, .. } | Plan::WithColumns { exprs, .. } => {
            each(seen || !exprs.iter().all(follows_rows))
        }
        Plan::Filter { predicate, .. } => each(seen || !follows_rows(predicate)),
        Plan::Aggregate { aggs, maintain_order, .. } => {
            each(*maintain_order && seen || !aggs.iter().all(is_total))
        }
        Plan::Join { options, .. } => {
            use JoinOrder::{Left, LeftRight, None, Right, RightLeft};
            let order = options.maintain_order;
            match order {
                None => each(false),
                Left | Right | LeftRight | RightLeft => {
                    vec![seen && order != Right, seen && order != Left]
                }
            }
        }
        // A stable sort leaves equal rows in the order in which they came.
        Plan::Sort { by, maintain_order, .. } => {
            each(*maintain_order || !by.iter().all(|key| follows_rows(&key.expr)))
        }
        Plan::Distinct { keep, maintain_order, .. } => each(match keep {
            Keep::Any | Keep::None => *maintain_order && seen,
            Keep::First | Keep::Last => true,
        }),
        Plan::Union { .. } | Plan::Explode { .. } | Plan::Unpivot { .. } => each(seen),
        _ => each(true),
    }
}

/// Whether an expression is one value of a group of rows, the same in whatever order they come.
#[recursive::recursive]
fn is_total(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(literal) => !matches!(literal, Literal::Column(_)),
        Expr::Len => true,
        Expr::Aggregate { name, args } => {
            aggregates::find(name).is_ok_and(|a| a.traits().ignores_order) && same_values(args)
        }
        Expr::Column(_) | Expr::Selector(_) | Expr::Over { .. } | Expr::Filter { .. } | Expr::Map { .. } => {
            false
        }
        other => other.is_row_by_row() && other.children().into_iter().all(is_total),
    }
}

/// Whether the arguments of an aggregate are the same rows, in whatever order they come.
fn same_values(args: &[Expr]) -> bool {
    match args {
        // Rows that are left out leave those of one column alone as they were.
        [Expr::Filter { input, predicate }, options @ ..] => {
            follows_rows(input)
                && follows_rows(predicate)
                && options.iter().all(|option| matches!(option, Expr::Literal(_)) && follows_rows(option))
        }
        args => args.iter().all(follows_rows),
    }
}

/// Whether an expression has a value for each row, or for all, that goes with the row wherever it stands.
#[recursive::recursive]
fn follows_rows(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) => true,
        Expr::Over { input, partition_by, order_by, mapping } => {
            *mapping == WindowMapping::GroupToRows
                && order_by.is_empty()
                && follows_rows(input)
                && partition_by.iter().all(follows_rows)
        }
        Expr::Literal(_) | Expr::Len | Expr::Aggregate { .. } => is_total(expr),
        other => other.is_row_by_row() && other.children().into_iter().all(follows_rows),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{check_rule, table};

    #[test]
    fn sums_do_not_see_the_order() {
        check_rule(
            &UnusedSorts,
            table("t", ["a", "b"], 9).sort("b").aggregate(["a"], [col("b").sum()]),
            r#"
            AGGREGATE by [col("a")]: [col("b").sum()]
              SORT by [col("b")]
                SCAN t
            =>
            AGGREGATE by [col("a")]: [col("b").sum()]
              SCAN t
            "#,
        );
    }

    #[test]
    fn the_first_row_of_a_group_does() {
        check_rule(
            &UnusedSorts,
            table("t", ["a", "b"], 9).sort("b").aggregate(["a"], [col("b").first()]),
            r#"
            AGGREGATE by [col("a")]: [col("b").first()]
              SORT by [col("b")]
                SCAN t
            =>
            the same
            "#,
        );
    }

    /// Whoever reads the result does.
    #[test]
    fn the_last_sort_stays() {
        check_rule(
            &UnusedSorts,
            table("t", ["a", "b"], 9).sort("b").sort("a"),
            r#"
            SORT by [col("a")]
              SORT by [col("b")]
                SCAN t
            =>
            SORT by [col("a")]
              SCAN t
            "#,
        );
    }
}
