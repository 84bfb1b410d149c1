//! Which predicates no row passes whose columns of one side of a join are null: under such a one an outer join need not
//! make these rows.

use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::functions::{self, OfNull};
use hypostyle_expr::{BinaryOp, Expr, Literal};

use crate::build::join_columns;
use crate::plan::{JoinKind, JoinOptions, JoinOrder, JoinValidation, Plan};

/// The join with as few null-extended rows as the predicates above it let pass; `None` if it makes no others.
pub(super) fn without_rejected(join: &Plan, predicates: &[Expr]) -> Result<Option<Plan>> {
    let Plan::Join { left, right, left_on, right_on, options, schema } = join else { return Ok(None) };
    let outer = matches!(options.kind, JoinKind::Left | JoinKind::Full);
    if !outer || predicates.is_empty() || options.validate != JoinValidation::ManyToMany {
        return Ok(None);
    }
    let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options)?;
    let keys: Vec<Arc<str>> = left_on.iter().flat_map(Expr::columns).collect();
    let from = |right: bool, name: &str| columns.iter().any(|c| c.right == right && *c.name == *name);
    let rejects = |is_null: &dyn Fn(&str) -> bool| predicates.iter().any(|p| rejects(p, is_null));
    let no_right = rejects(&|name| from(true, name));
    let kind = match options.kind {
        JoinKind::Left => no_right.then_some(JoinKind::Inner),
        // A key of both sides is null for neither.
        _ if options.maintain_order == JoinOrder::None => {
            let shared = |name: &str| options.coalesces() && keys.iter().any(|key| **key == *name);
            let no_left = rejects(&|name| from(false, name) && !shared(name));
            match (no_left, no_right) {
                (true, true) => Some(JoinKind::Inner),
                (true, false) => Some(JoinKind::Left),
                _ => None,
            }
        }
        _ => None,
    };
    let Some(kind) = kind else { return Ok(None) };
    let options = JoinOptions { kind, coalesce: Some(options.coalesces()), ..options.clone() };
    let changed = Plan::join(left.clone(), right.clone(), left_on.clone(), right_on.clone(), options)?;
    Ok((changed.schema() == schema).then_some(changed))
}

/// Whether a predicate is true for no row in which these columns are null.
#[recursive::recursive]
fn rejects(predicate: &Expr, is_null: &dyn Fn(&str) -> bool) -> bool {
    match predicate {
        Expr::Binary { left, op: BinaryOp::And, right } => rejects(left, is_null) || rejects(right, is_null),
        Expr::Binary { left, op: BinaryOp::Or, right } => rejects(left, is_null) && rejects(right, is_null),
        Expr::Function { name, args } if result_of_null(name, args) == OfNull::False => {
            args.first().is_some_and(|arg| becomes_null(arg, is_null))
        }
        other => becomes_null(other, is_null),
    }
}

/// Whether an expression is null wherever these columns are.
#[recursive::recursive]
fn becomes_null(expr: &Expr, is_null: &dyn Fn(&str) -> bool) -> bool {
    match expr {
        Expr::Column(name) => is_null(name),
        Expr::Alias { input, .. } | Expr::Cast { input, .. } => becomes_null(input, is_null),
        Expr::Binary { op: BinaryOp::EqMissing | BinaryOp::NotEqMissing, .. } => false,
        Expr::Binary { left, op: BinaryOp::And | BinaryOp::Or, right } => {
            becomes_null(left, is_null) && becomes_null(right, is_null)
        }
        Expr::Binary { left, right, .. } => becomes_null(left, is_null) || becomes_null(right, is_null),
        Expr::Function { name, args } if result_of_null(name, args) == OfNull::Null => {
            args.first().is_some_and(|arg| becomes_null(arg, is_null))
        }
        _ => false,
    }
}

/// What a call gives where its first argument is null.
fn result_of_null(name: &str, args: &[Expr]) -> OfNull {
    let Ok(function) = functions::find(name) else { return OfNull::Unknown };
    match function.result_of_null() {
        OfNull::NullUnless(option) => {
            let position = function.params().iter().position(|param| param.name == option);
            match position.and_then(|position| args.get(position)) {
                None => OfNull::Null,
                Some(Expr::Literal(Literal::Scalar(flag))) if flag.as_bool() == Some(false) => OfNull::Null,
                Some(_) => OfNull::Unknown,
            }
        }
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::optimizer::rules::predicate_pushdown::PredicatePushdown;
    use crate::testing::{Query, check_rule, table};

    fn joined(kind: JoinKind) -> Query {
        table("l", ["k", "a"], 9).join(table("r", ["id", "x"], 9), "k", "id", kind)
    }

    #[test]
    fn a_left_join_whose_nulls_no_row_survives_is_inner() {
        check_rule(
            &PredicatePushdown,
            joined(JoinKind::Left).filter((col("x") + lit(1)).gt(lit(2))),
            r#"
            FILTER [([(col("x")) + (1)]) > (2)]
              LEFT JOIN on [col("k")] = [col("id")]
                SCAN l
                SCAN r
            =>
            INNER JOIN on [col("k")] = [col("id")]
              SCAN l
              FILTER [([(col("x")) + (1)]) > (2)]
                SCAN r
            "#,
        );
    }

    #[test]
    fn a_left_join_whose_nulls_are_asked_for_stays() {
        check_rule(
            &PredicatePushdown,
            joined(JoinKind::Left).filter(col("x").is_null()),
            r#"
            FILTER col("x").is_null()
              LEFT JOIN on [col("k")] = [col("id")]
                SCAN l
                SCAN r
            =>
            the same
            "#,
        );
    }
}
