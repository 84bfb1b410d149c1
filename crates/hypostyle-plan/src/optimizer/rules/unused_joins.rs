//! Joins of which nobody reads the other side do less: an outer one goes if each row has one partner at most, and an
//! inner one becomes a semi join where it does not matter how often a row comes.
//!
//! It does not matter below a distinct, below groups of which only extremes and different values are asked, and on the
//! right of a semi or anti join.

use std::collections::HashSet;
use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::{Expr, aggregates};

use super::group_key_reduction::is_unique;
use super::projection_pushdown::pick;
use crate::build::join_columns;
use crate::optimizer::Rule;
use crate::plan::{JoinKind, JoinOptions, JoinOrder, JoinValidation, Keep, Plan};

/// Drops what joins do for nobody.
pub(in crate::optimizer) struct UnusedJoins;

impl Rule for UnusedJoins {
    fn name(&self) -> &'static str {
        "unused_joins"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        visit(&plan, false)
    }
}

/// Whether groups by these keys have the same aggregates however often a row comes: all that they read, they read in
/// such an aggregate, row by row.
fn counts_once(keys: &[Expr], aggs: &[Expr]) -> bool {
    #[recursive::recursive]
    fn once(expr: &Expr) -> bool {
        match expr {
            Expr::Aggregate { name, args } => {
                let once = aggregates::find(name).is_ok_and(|a| a.traits().ignores_repetitions);
                once && args.iter().all(Expr::is_row_separable)
            }
            Expr::Column(_) | Expr::Len | Expr::Over { .. } | Expr::Filter { .. } | Expr::Rolling { .. } => {
                false
            }
            other => other.children().into_iter().all(once),
        }
    }
    keys.iter().all(Expr::is_row_separable) && aggs.iter().all(once)
}

/// The plan with its joins reduced; `once` if it does not matter how often its rows come.
#[recursive::recursive]
fn visit(plan: &Arc<Plan>, once: bool) -> Result<Arc<Plan>> {
    let below = match &**plan {
        Plan::Select { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            if let Plan::Join { .. } = &**input {
                let used = exprs.iter().flat_map(Expr::columns).collect();
                if let Some(join) = reduced(input, &used, once)? {
                    return visit(&pick(join, exprs.clone())?, once);
                }
            }
            once
        }
        Plan::WithColumns { exprs, .. } => once && exprs.iter().all(Expr::is_row_separable),
        Plan::Filter { predicate, .. } => once && predicate.is_row_separable(),
        Plan::Aggregate { keys, aggs, .. } => counts_once(keys, aggs),
        Plan::Distinct { keep, .. } => *keep != Keep::None,
        Plan::Sort { limit: None, by, .. } => once && by.iter().all(|key| key.expr.is_row_separable()),
        Plan::Union { .. } | Plan::Explode { .. } => once,
        Plan::Join { options, .. } => {
            let used = plan.schema().names().map(Into::into).collect();
            if let Some(join) = reduced(plan, &used, once)?
                && join.schema() == plan.schema()
            {
                return visit(&join, once);
            }
            let plain = options.validate == JoinValidation::ManyToMany;
            let partners = matches!(options.kind, JoinKind::Semi | JoinKind::Anti);
            let mut below = [once && plain, (once || partners) && plain].into_iter();
            return plan.map_children(&mut |side| visit(side, below.next().unwrap_or(false)));
        }
        _ => false,
    };
    plan.map_children(&mut |child| visit(child, below))
}

/// What is left of a join if only some of its columns are used; `None` if all of it.
fn reduced(join: &Plan, used: &HashSet<Arc<str>>, once: bool) -> Result<Option<Arc<Plan>>> {
    let Plan::Join { left, right, left_on, right_on, options, .. } = join else { return Ok(None) };
    let free = options.maintain_order == JoinOrder::None && options.validate == JoinValidation::ManyToMany;
    if !free || !matches!(options.kind, JoinKind::Inner | JoinKind::Left) {
        return Ok(None);
    }
    let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options)?;
    let used = || columns.iter().filter(|c| used.contains(&c.name));
    if options.kind == JoinKind::Left {
        let one_partner = once
            || matches!(&right_on[..], [Expr::Column(key)] if !options.nulls_equal && is_unique(right, key));
        return Ok((one_partner && used().all(|c| !c.right)).then(|| Arc::clone(left)));
    }
    let semi = JoinOptions { kind: JoinKind::Semi, coalesce: None, ..options.clone() };
    if once && used().all(|c| !c.right) {
        let join = Plan::join(left.clone(), right.clone(), left_on.clone(), right_on.clone(), semi)?;
        return Ok(Some(Arc::new(join)));
    }
    let own_name = |position: usize, name: &str| *right.schema().fields()[position].name == *name;
    if once && used().all(|c| c.right && own_name(c.position, &c.name)) {
        let join = Plan::join(right.clone(), left.clone(), right_on.clone(), left_on.clone(), semi)?;
        return Ok(Some(Arc::new(join)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{Query, check_rule, table};

    fn orders() -> Query {
        table("orders", ["order", "customer"], 9)
    }

    fn customers() -> Query {
        table("customers", ["id", "name"], 9)
    }

    #[test]
    fn a_left_join_with_one_match_at_most_goes() {
        let joined = orders().join(customers(), "customer", "id", JoinKind::Left);
        check_rule(
            &UnusedJoins,
            joined.select([col("order")]),
            r#"
            SELECT [col("order")]
              LEFT JOIN on [col("customer")] = [col("id")]
                SCAN orders
                SCAN customers
            =>
            SELECT [col("order")]
              SCAN orders
            "#,
        );
    }

    /// A customer has several orders, and each is a row of the join.
    #[test]
    fn a_left_join_with_several_matches_stays() {
        let joined = customers().join(orders(), "id", "customer", JoinKind::Left);
        check_rule(
            &UnusedJoins,
            joined.select([col("name")]),
            r#"
            SELECT [col("name")]
              LEFT JOIN on [col("id")] = [col("customer")]
                SCAN customers
                SCAN orders
            =>
            the same
            "#,
        );
    }

    #[test]
    fn an_inner_join_below_a_maximum_is_a_semi_join() {
        let joined = orders().join(customers(), "customer", "id", JoinKind::Inner);
        check_rule(
            &UnusedJoins,
            joined.select([col("customer"), col("order")]).aggregate(["customer"], [col("order").max()]),
            r#"
            AGGREGATE by [col("customer")]: [col("order").max()]
              SELECT [col("customer"), col("order")]
                INNER JOIN on [col("customer")] = [col("id")]
                  SCAN orders
                  SCAN customers
            =>
            AGGREGATE by [col("customer")]: [col("order").max()]
              SELECT [col("customer"), col("order")]
                SEMI JOIN on [col("customer")] = [col("id")]
                  SCAN orders
                  SCAN customers
            "#,
        );
    }
}
