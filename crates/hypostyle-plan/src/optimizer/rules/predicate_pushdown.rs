//! Predicates move towards the sources: through projections, aggregates and joins, and across equal join keys.

use std::collections::HashMap;
use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::{BinaryOp, Expr, output_name};

use super::null_rejection::without_rejected;
use crate::build::join_columns;
use crate::optimizer::Rule;
use crate::plan::{JoinKind, JoinOptions, JoinValidation, Keep, Plan};

/// Pushes predicates.
pub(in crate::optimizer) struct PredicatePushdown;

impl Rule for PredicatePushdown {
    fn name(&self) -> &'static str {
        "predicate_pushdown"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        push(&plan, Vec::new())
    }
}

/// The sides of `&`, as a list.
#[recursive::recursive]
fn split(predicate: &Expr, out: &mut Vec<Expr>) {
    match predicate {
        Expr::Binary { left, op: BinaryOp::And, right } => {
            split(left, out);
            split(right, out);
        }
        _ => {
            // (a & x) | (a & y) is a & (x | y): the common part can go its own way.
            match factor(predicate) {
                Some(factored) => factored.iter().for_each(|p| split(p, out)),
                None => out.push(predicate.clone()),
            }
        }
    }
}

#[recursive::recursive]
fn branches(predicate: &Expr, out: &mut Vec<Expr>) {
    match predicate {
        Expr::Binary { left, op: BinaryOp::Or, right } => {
            branches(left, out);
            branches(right, out);
        }
        _ => out.push(predicate.clone()),
    }
}

/// Conjuncts of an `or` as lists, one for each branch.
fn or_of_ands(predicate: &Expr) -> Option<Vec<Vec<Expr>>> {
    let mut sides = Vec::new();
    branches(predicate, &mut sides);
    if sides.len() < 2 {
        return None;
    }
    Some(sides.iter().map(|side| side.conjuncts().into_iter().cloned().collect()).collect())
}

fn factor(predicate: &Expr) -> Option<Vec<Expr>> {
    let sides = or_of_ands(predicate)?;
    let common: Vec<Expr> =
        sides[0].iter().filter(|p| sides[1..].iter().all(|side| side.contains(p))).cloned().collect();
    if common.is_empty() {
        return None;
    }
    let rests: Vec<Option<Expr>> = sides
        .iter()
        .map(|side| side.iter().filter(|p| !common.contains(p)).cloned().reduce(Expr::and))
        .collect();
    let mut result = common;
    // A branch without a rest is true once the common part holds.
    if rests.iter().all(Option::is_some) {
        result.extend(rests.into_iter().flatten().reduce(Expr::or));
    }
    Some(result)
}

fn wrap(plan: Arc<Plan>, predicates: Vec<Expr>) -> Arc<Plan> {
    match predicates.into_iter().reduce(Expr::and) {
        Some(predicate) => Arc::new(Plan::Filter { input: plan, predicate }),
        None => plan,
    }
}

/// Predicates of more nodes stay where they are: each projection that they pass may make them as much larger.
const LARGEST: usize = 4096;

/// Whether predicates may be put in terms of what makes their columns.
fn may_pass(predicates: &[Expr]) -> bool {
    predicates.iter().all(|predicate| {
        let mut nodes = 0;
        !predicate.exists(&mut |_| {
            nodes += 1;
            nodes > LARGEST
        })
    })
}

/// Replaces columns by the expressions that make them.
fn substitute(expr: &Expr, made: &HashMap<Arc<str>, Expr>) -> Expr {
    expr.transform_up(&mut |e| match &e {
        Expr::Column(name) => made.get(name).cloned().unwrap_or(e),
        _ => e,
    })
}

fn reads_only(expr: &Expr, has: impl Fn(&str) -> bool) -> bool {
    expr.columns().iter().all(|name| has(name))
}

/// Makes the plan with these predicates applied to its output, as far down as they go.
#[recursive::recursive]
pub(super) fn push(plan: &Arc<Plan>, predicates: Vec<Expr>) -> Result<Arc<Plan>> {
    match &**plan {
        Plan::Filter { input, predicate } => {
            let mut parts = Vec::new();
            split(predicate, &mut parts);
            if parts.iter().all(Expr::is_row_separable) {
                let mut all = parts;
                all.extend(predicates.into_iter().filter(|p| !all.contains(p)).collect::<Vec<_>>());
                return push(input, all);
            }
            // A predicate over the whole column must see the rows it saw: nothing moves past it.
            let node = Arc::new(plan.with_children(vec![push(input, Vec::new())?]));
            Ok(wrap(node, predicates))
        }
        Plan::Select { input, exprs, .. } | Plan::WithColumns { input, exprs, .. }
            if may_pass(&predicates) && exprs.iter().all(Expr::is_row_separable) =>
        {
            let mut made = HashMap::new();
            for expr in exprs {
                made.insert(output_name(expr)?, expr.without_alias().clone());
            }
            let below = predicates.iter().map(|p| substitute(p, &made)).collect();
            Ok(Arc::new(plan.with_children(vec![push(input, below)?])))
        }
        Plan::Aggregate { input, keys, .. } => {
            let mut made = HashMap::new();
            for key in keys.iter().filter(|k| k.is_row_separable()) {
                made.insert(output_name(key)?, key.without_alias().clone());
            }
            let (below, above): (Vec<Expr>, Vec<Expr>) = predicates
                .into_iter()
                .partition(|p| !p.columns().is_empty() && reads_only(p, |name| made.contains_key(name)));
            let below = below.iter().map(|p| substitute(p, &made)).collect();
            Ok(wrap(Arc::new(plan.with_children(vec![push(input, below)?])), above))
        }
        Plan::Join { .. } => push_join(plan, predicates),
        Plan::Sort { input, limit: None, by, .. } if by.iter().all(|k| k.expr.is_row_separable()) => {
            Ok(Arc::new(plan.with_children(vec![push(input, predicates)?])))
        }
        Plan::Distinct { input, subset, keep, .. } if *keep != Keep::None => {
            let has = |name: &str| subset.as_ref().is_none_or(|names| names.iter().any(|n| &**n == name));
            let (below, above) = predicates.into_iter().partition(|p| reads_only(p, has));
            Ok(wrap(Arc::new(plan.with_children(vec![push(input, below)?])), above))
        }
        Plan::Union { inputs, .. } => {
            let pushed =
                inputs.iter().map(|input| push(input, predicates.clone())).collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(plan.with_children(pushed)))
        }
        Plan::Explode { input, columns, .. } => {
            let (below, above) =
                predicates.into_iter().partition(|p| reads_only(p, |n| columns.iter().all(|c| &**c != n)));
            Ok(wrap(Arc::new(plan.with_children(vec![push(input, below)?])), above))
        }
        _ => Ok(wrap(plan.map_children(&mut |child| push(child, Vec::new()))?, predicates)),
    }
}

/// Which sides of a join may be filtered before it without changing which rows come out.
fn pushable(kind: JoinKind) -> (bool, bool) {
    match kind {
        JoinKind::Inner | JoinKind::Cross => (true, true),
        JoinKind::Left | JoinKind::Semi | JoinKind::Anti => (true, false),
        JoinKind::Right => (false, true),
        JoinKind::Full => (false, false),
    }
}

fn push_join(plan: &Arc<Plan>, predicates: Vec<Expr>) -> Result<Arc<Plan>> {
    if let Some(join) = without_rejected(plan, &predicates)? {
        return push_join(&Arc::new(join), predicates);
    }
    let Plan::Join { left, right, left_on, right_on, options, .. } = &**plan else {
        return Ok(Arc::clone(plan));
    };
    let (to_left, to_right) = if options.validate == JoinValidation::ManyToMany {
        pushable(options.kind)
    } else {
        // Filtering first could hide a duplicate key that the validation must report.
        (false, false)
    };
    // Output names as expressions over one side.
    let (mut from_left, mut from_right) = (HashMap::new(), HashMap::new());
    if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) {
        for name in left.schema().names() {
            from_left.insert(Arc::<str>::from(name), Expr::Column(name.into()));
        }
    } else {
        for column in join_columns(left.schema(), right.schema(), left_on, right_on, options)? {
            let schema = if column.right { right.schema() } else { left.schema() };
            let own = Expr::Column(schema.fields()[column.position].name.clone());
            let side = if column.right { &mut from_right } else { &mut from_left };
            side.insert(column.name, own);
        }
    }
    let (mut below_left, mut below_right, mut above) = (Vec::new(), Vec::new(), Vec::new());
    let mut new_keys: Vec<(Expr, Expr)> = Vec::new();
    for predicate in predicates {
        let only_left = reads_only(&predicate, |n| from_left.contains_key(n));
        let only_right = reads_only(&predicate, |n| from_right.contains_key(n));
        if only_left && to_left {
            below_left.push(substitute(&predicate, &from_left));
        } else if only_right && to_right {
            below_right.push(substitute(&predicate, &from_right));
        } else {
            if matches!(options.kind, JoinKind::Inner | JoinKind::Cross)
                && !options.nulls_equal
                && let Some(key) = equal_keys(&predicate, &from_left, &from_right)
            {
                new_keys.push(key);
                continue;
            }
            // What every branch of an `or` says of one side can be asked there already.
            if to_left {
                below_left.extend(implied(&predicate, &from_left));
            }
            if to_right {
                below_right.extend(implied(&predicate, &from_right));
            }
            above.push(predicate);
        }
    }
    // A predicate on one key holds for the other: rows pair only if they are equal.
    if matches!(options.kind, JoinKind::Inner | JoinKind::Semi | JoinKind::Left)
        && to_left
        && !options.nulls_equal
    {
        for (l, r) in left_on.iter().zip(right_on) {
            if let (Expr::Column(l), Expr::Column(r)) = (l, r) {
                let carried = carry(&below_left, l, r);
                let back =
                    if options.kind == JoinKind::Inner { carry(&below_right, r, l) } else { Vec::new() };
                below_right
                    .extend(carried.into_iter().filter(|p| !below_right.contains(p)).collect::<Vec<_>>());
                below_left.extend(back.into_iter().filter(|p| !below_left.contains(p)).collect::<Vec<_>>());
            }
        }
    }
    let (left, right) = (push(left, below_left)?, push(right, below_right)?);
    let node = if new_keys.is_empty() {
        Arc::new(plan.with_children(vec![left, right]))
    } else {
        let (mut keys_left, mut keys_right) = (left_on.clone(), right_on.clone());
        for (l, r) in new_keys {
            keys_left.push(l);
            // Under an alias the key is no column of its own to the join, which therefore keeps both sides' columns.
            let name = output_name(&r)?;
            keys_right.push(r.alias(&name));
        }
        let inner = JoinOptions { kind: JoinKind::Inner, ..options.clone() };
        Arc::new(Plan::join(left, right, keys_left, keys_right, inner)?)
    };
    Ok(wrap(node, above))
}

/// `a == b` with one side of the join on each side: a join key.
fn equal_keys(
    predicate: &Expr,
    from_left: &HashMap<Arc<str>, Expr>,
    from_right: &HashMap<Arc<str>, Expr>,
) -> Option<(Expr, Expr)> {
    let Expr::Binary { left, op: BinaryOp::Eq, right } = predicate else { return None };
    let (Expr::Column(a), Expr::Column(b)) = (&**left, &**right) else { return None };
    match (from_left.get(a), from_right.get(b)) {
        (Some(l), Some(r)) => Some((l.clone(), r.clone())),
        _ => Some((from_left.get(b)?.clone(), from_right.get(a)?.clone())),
    }
}

/// What an `or` over both sides implies for one: the `or` of what each branch says of it.
fn implied(predicate: &Expr, side: &HashMap<Arc<str>, Expr>) -> Option<Expr> {
    let sides = or_of_ands(predicate)?;
    let mut parts = Vec::with_capacity(sides.len());
    for branch in sides {
        let own = branch
            .into_iter()
            .filter(|p| !p.columns().is_empty() && reads_only(p, |n| side.contains_key(n)))
            .reduce(Expr::and)?;
        parts.push(substitute(&own, side));
    }
    parts.into_iter().reduce(Expr::or)
}

/// Predicates that read column `from` alone, about column `to`.
fn carry(predicates: &[Expr], from: &Arc<str>, to: &Arc<str>) -> Vec<Expr> {
    let made = HashMap::from([(from.clone(), Expr::Column(to.clone()))]);
    predicates
        .iter()
        .filter(|p| {
            let columns = p.columns();
            columns.len() == 1 && columns[0] == *from
        })
        .map(|p| substitute(p, &made))
        .collect()
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::testing::{Query, check_rule, table};

    fn joined(kind: JoinKind) -> Query {
        table("l", ["k", "a"], 9).join(table("r", ["id", "x"], 9), "k", "id", kind)
    }

    #[test]
    fn predicates_go_to_their_side_and_across_keys() {
        let predicate = col("a").gt(lit(1)).and(col("x").lt(lit(2))).and(col("k").eq(lit(3)));
        check_rule(
            &PredicatePushdown,
            joined(JoinKind::Inner).filter(predicate),
            r#"
            FILTER [([([(col("a")) > (1)]) & ([(col("x")) < (2)])]) & ([(col("k")) == (3)])]
              INNER JOIN on [col("k")] = [col("id")]
                SCAN l
                SCAN r
            =>
            INNER JOIN on [col("k")] = [col("id")]
              FILTER [([(col("a")) > (1)]) & ([(col("k")) == (3)])]
                SCAN l
              FILTER [([(col("x")) < (2)]) & ([(col("id")) == (3)])]
                SCAN r
            "#,
        );
    }

    #[test]
    fn predicates_on_keys_of_groups_go_below_them() {
        let sums = table("t", ["a", "b"], 9).aggregate(["a"], [col("b").sum()]);
        check_rule(
            &PredicatePushdown,
            sums.filter(col("a").gt(lit(1)).and(col("b").gt(lit(2)))),
            r#"
            FILTER [([(col("a")) > (1)]) & ([(col("b")) > (2)])]
              AGGREGATE by [col("a")]: [col("b").sum()]
                SCAN t
            =>
            FILTER [(col("b")) > (2)]
              AGGREGATE by [col("a")]: [col("b").sum()]
                FILTER [(col("a")) > (1)]
                  SCAN t
            "#,
        );
    }

    /// The first rows are other rows once some are left out.
    #[test]
    fn slices_stop_predicates() {
        check_rule(
            &PredicatePushdown,
            table("t", ["a"], 9).slice(0, 3).filter(col("a").gt(lit(1))),
            r#"
            FILTER [(col("a")) > (1)]
              SLICE 0, 3
                SCAN t
            =>
            the same
            "#,
        );
    }
}
