//! Constants are computed once; logic with a constant side disappears.

use std::sync::Arc;

use hypostyle_core::{Batch, Result, Scalar, Schema, Value};
use hypostyle_expr::{BinaryOp, Expr, Literal, bind};

use crate::optimizer::Rule;
use crate::plan::Plan;

/// Folds constants and simplifies logic.
pub(in crate::optimizer) struct Simplify;

impl Rule for Simplify {
    fn name(&self) -> &'static str {
        "simplify"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        plan.transform_up(&mut |node| {
            let changed = node.map_exprs(&mut |expr| expr.transform_up(&mut simplify));
            let same = node.exprs().iter().zip(changed.exprs()).all(|(a, b)| *a == b);
            let node = if same { node } else { Arc::new(changed) };
            Ok(match &*node {
                Plan::Filter { input, predicate } if constant(predicate) == Some(true) => Arc::clone(input),
                _ => node,
            })
        })
    }
}

/// The value of a boolean constant.
fn constant(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Literal(Literal::Scalar(scalar)) => scalar.as_bool(),
        _ => None,
    }
}

fn simplify(expr: Expr) -> Expr {
    if let Expr::Binary { left, op, right } = &expr {
        let sides = (constant(left), constant(right));
        match (op, sides) {
            (BinaryOp::And, (Some(true), _)) | (BinaryOp::Or, (Some(false), _)) => return (**right).clone(),
            (BinaryOp::And, (_, Some(true))) | (BinaryOp::Or, (_, Some(false))) => return (**left).clone(),
            (BinaryOp::And, (Some(false), _) | (_, Some(false))) => {
                return Expr::Literal(Literal::Scalar(false.into()));
            }
            (BinaryOp::Or, (Some(true), _) | (_, Some(true))) => {
                return Expr::Literal(Literal::Scalar(true.into()));
            }
            _ => {}
        }
    }
    fold(&expr).unwrap_or(expr)
}

/// The value of an expression of typed constants alone. Dynamic literals stay: their type is not theirs alone.
fn fold(expr: &Expr) -> Option<Expr> {
    let foldable = match expr {
        Expr::Binary { .. } | Expr::Cast { .. } | Expr::When { .. } => true,
        Expr::Function { args, .. } => !args.is_empty(),
        _ => false,
    };
    let typed = |child: &&Expr| matches!(child, Expr::Literal(Literal::Scalar(s)) if !matches!(s.value, Value::List(_)));
    // A cast types a dynamic literal; two dynamic numbers in an operator stay dynamic together.
    let castable = matches!(expr, Expr::Cast { input, .. } if matches!(**input, Expr::Literal(Literal::DynInt(_) | Literal::DynFloat(_))));
    if !foldable || !(castable || expr.children().iter().all(typed)) || !expr.is_row_separable() {
        return dynamic(expr);
    }
    let bound = bind(expr, &Schema::default()).ok()?;
    let batch = Batch::try_new(Vec::new(), 1).ok()?;
    let value = bound.evaluate(&batch).ok()?;
    if value.column.len() != 1 || value.column.dtype().is_nested() {
        return None;
    }
    let scalar: Scalar = value.column.get(0);
    Some(Expr::Literal(Literal::Scalar(scalar)))
}

/// `0.06 - 0.01`, `2 * 3`: arithmetic of dynamic numbers is a dynamic number.
fn dynamic(expr: &Expr) -> Option<Expr> {
    let Expr::Binary { left, op, right } = expr else { return None };
    let number = |e: &Expr| match e {
        Expr::Literal(Literal::DynFloat(bits)) => Some((f64::from_bits(*bits), true)),
        Expr::Literal(Literal::DynInt(v)) => Some((*v as f64, false)),
        _ => None,
    };
    let ((a, x), (b, y)) = (number(left)?, number(right)?);
    if !(x || y) {
        return None;
    }
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        _ => return None,
    };
    Some(Expr::Literal(Literal::DynFloat(value.to_bits())))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::testing::{check_rule, table};

    #[test]
    fn constants_are_computed() {
        let five = lit(2i16) + lit(3i16);
        check_rule(
            &Simplify,
            table("t", ["a"], 9).filter(col("a").gt(five).and(lit(true))),
            r#"
            FILTER [([(col("a")) > ([(2) + (3)])]) & (true)]
              SCAN t
            =>
            FILTER [(col("a")) > (5)]
              SCAN t
            "#,
        );
    }

    #[test]
    fn a_filter_that_all_rows_pass_goes() {
        check_rule(
            &Simplify,
            table("t", ["a"], 9).filter(lit(true).or(col("a").eq(lit(1)))),
            r#"
            FILTER [(true) | ([(col("a")) == (1)])]
              SCAN t
            =>
            SCAN t
            "#,
        );
    }

    /// A dynamic literal takes its type from what it stands beside: folding it alone would choose one.
    #[test]
    fn dynamic_integers_stay() {
        check_rule(
            &Simplify,
            table("t", ["a"], 9).select([col("a") + (lit(1) + lit(2))]),
            r#"
            SELECT [[(col("a")) + ([(1) + (2)])]]
              SCAN t
            =>
            the same
            "#,
        );
    }
}
