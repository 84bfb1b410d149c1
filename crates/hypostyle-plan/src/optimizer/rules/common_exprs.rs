//! Row-wise expressions that a node computes more than once are computed once, in a column of their own beneath it.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::{Expr, output_name};

use crate::optimizer::Rule;
use crate::plan::Plan;

/// Shares expressions within a node.
pub(in crate::optimizer) struct CommonExprs;

impl Rule for CommonExprs {
    fn name(&self) -> &'static str {
        "common_exprs"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        plan.transform_up(&mut |node| match &*node {
            Plan::Select { input, exprs, .. } => {
                let Some((input, exprs)) = share(input, exprs)? else { return Ok(node) };
                Plan::select(input, exprs).map(Arc::new)
            }
            Plan::Aggregate { input, keys, aggs, maintain_order, .. } => {
                let Some((input, aggs)) = share(input, aggs)? else { return Ok(node) };
                Plan::aggregate(input, keys.clone(), aggs, *maintain_order).map(Arc::new)
            }
            _ => Ok(node),
        })
    }
}

fn computes(expr: &Expr) -> bool {
    matches!(expr, Expr::Binary { .. } | Expr::Function { .. } | Expr::When { .. })
}

/// Whether two parts of expressions compute something: fewer cannot be the same. Most queries have fewer.
fn may_repeat(exprs: &[Expr]) -> bool {
    let mut found = 0;
    exprs.iter().any(|expr| {
        expr.exists(&mut |part| {
            found += usize::from(computes(part));
            found > 1
        })
    })
}

/// What is known of each node of some expressions, by its address. Everything is found in one walk from the leaves up:
/// asking each node anew would take time that grows with the square of the depth.
#[derive(Default)]
struct Nodes {
    facts: HashMap<*const Expr, Facts>,
}

#[derive(Clone, Copy)]
struct Facts {
    /// Equal for equal expressions.
    hash: u64,
    is_row_separable: bool,
    has_columns: bool,
}

impl Nodes {
    #[recursive::recursive]
    fn visit(&mut self, expr: &Expr) -> Facts {
        let mut hasher = DefaultHasher::new();
        let mut facts = Facts {
            hash: 0,
            is_row_separable: expr.is_row_by_row(),
            has_columns: matches!(expr, Expr::Column(_)),
        };
        expr.hash_node(&mut hasher);
        for child in expr.children() {
            let child = self.visit(child);
            child.hash.hash(&mut hasher);
            facts.is_row_separable &= child.is_row_separable;
            facts.has_columns |= child.has_columns;
        }
        facts.hash = hasher.finish();
        self.facts.insert(std::ptr::from_ref(expr), facts);
        facts
    }

    /// The hash of an expression that is worth a column: it computes something, row by row, from columns.
    fn worth_sharing(&self, expr: &Expr) -> Option<u64> {
        let facts = self.facts.get(&std::ptr::from_ref(expr))?;
        (computes(expr) && facts.is_row_separable && facts.has_columns).then_some(facts.hash)
    }
}

/// Candidates, and how often each occurs.
type Counts<'a> = HashMap<u64, Vec<(&'a Expr, usize)>>;

/// Counts candidates; the inside of one that was seen before adds nothing.
#[recursive::recursive]
fn count<'a>(expr: &'a Expr, nodes: &Nodes, counts: &mut Counts<'a>) {
    if let Some(hash) = nodes.worth_sharing(expr) {
        let known = counts.entry(hash).or_default();
        match known.iter_mut().find(|(other, _)| *other == expr) {
            Some((_, seen)) => {
                *seen += 1;
                return;
            }
            None => known.push((expr, 1)),
        }
    }
    expr.children().into_iter().for_each(|child| count(child, nodes, counts));
}

/// Shared expressions by their hash, and their columns.
type Names<'a> = HashMap<u64, Vec<(&'a Expr, Arc<str>)>>;

#[recursive::recursive]
fn replace(expr: &Expr, nodes: &Nodes, names: &Names<'_>) -> Expr {
    let known = nodes.worth_sharing(expr).and_then(|hash| names.get(&hash));
    match known.and_then(|known| known.iter().find(|(other, _)| *other == expr)) {
        Some((_, name)) => Expr::Column(name.clone()),
        None => expr.map_children(&mut |child| replace(child, nodes, names)),
    }
}

/// The expressions over an input with the shared columns, if there are any.
fn share(input: &Arc<Plan>, exprs: &[Expr]) -> Result<Option<(Arc<Plan>, Vec<Expr>)>> {
    if !may_repeat(exprs) {
        return Ok(None);
    }
    let (mut nodes, mut counts) = (Nodes::default(), Counts::new());
    for expr in exprs {
        nodes.visit(expr);
    }
    exprs.iter().for_each(|e| count(e, &nodes, &mut counts));
    let mut shared: Vec<&Expr> =
        counts.into_values().flatten().filter(|(_, n)| *n > 1).map(|(e, _)| e).collect();
    if shared.is_empty() {
        return Ok(None);
    }
    // A hash map has no order; a plan must.
    shared.sort_by_cached_key(|e| e.to_string());
    let named: Vec<(&Expr, Arc<str>)> =
        shared.into_iter().enumerate().map(|(i, e)| (e, format!("__common_{i}").into())).collect();
    if named.iter().any(|(_, name)| input.schema().contains(name)) {
        return Ok(None);
    }
    // A shared expression inside another is computed twice: once for itself, once within. Rare, and right.
    let columns = named.iter().map(|(e, name)| (*e).clone().alias(name)).collect();
    let below = Arc::new(Plan::with_columns(Arc::clone(input), columns)?);
    let mut names = Names::new();
    for (expr, name) in named {
        if let Some(hash) = nodes.worth_sharing(expr) {
            names.entry(hash).or_default().push((expr, name));
        }
    }
    let exprs = exprs
        .iter()
        .map(|e| {
            let replaced = replace(e, &nodes, &names);
            let name = output_name(e)?;
            Ok(if output_name(&replaced)? == name { replaced } else { replaced.alias(&name) })
        })
        .collect::<Result<_>>()?;
    Ok(Some((below, exprs)))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::testing::{check_rule, table};

    #[test]
    fn an_expression_that_comes_twice_gets_a_column() {
        let product = || col("a") * col("b");
        let query = table("t", ["a", "b"], 9)
            .select([product().sum().alias("s"), (product() + lit(1)).sum().alias("t")]);
        check_rule(
            &CommonExprs,
            query,
            r#"
            SELECT [[(col("a")) * (col("b"))].sum().alias("s"), [([(col("a")) * (col("b"))]) + (1)].sum().alias("t")]
              SCAN t
            =>
            SELECT [col("__common_0").sum().alias("s"), [(col("__common_0")) + (1)].sum().alias("t")]
              WITH_COLUMNS [[(col("a")) * (col("b"))].alias("__common_0")]
                SCAN t
            "#,
        );
    }

    #[test]
    fn columns_and_aggregates_are_not_shared_so() {
        let query =
            table("t", ["a"], 9).select([col("a").sum().alias("s"), (col("a").sum() + lit(1)).alias("t")]);
        check_rule(
            &CommonExprs,
            query,
            r#"
            SELECT [col("a").sum().alias("s"), [(col("a").sum()) + (1)].alias("t")]
              SCAN t
            =>
            the same
            "#,
        );
    }
}
