//! Row-wise expressions that a node computes more than once are computed once, in a column of their own beneath it.
#![expect(
    clippy::mutable_key_type,
    reason = "a column literal is hashed by its address, not by its cached counts"
)]

use std::collections::HashMap;
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

/// Whether an expression is worth a column: it computes something, row by row, from columns.
fn worth_sharing(expr: &Expr) -> bool {
    let computes = matches!(expr, Expr::Binary { .. } | Expr::Function { .. } | Expr::When { .. });
    computes && expr.is_row_separable() && !expr.columns().is_empty()
}

/// Counts candidates; the inside of one that was seen before adds nothing.
fn count<'a>(expr: &'a Expr, counts: &mut HashMap<&'a Expr, usize>) {
    if worth_sharing(expr) {
        let seen = counts.entry(expr).or_insert(0);
        *seen += 1;
        if *seen > 1 {
            return;
        }
    }
    expr.children().into_iter().for_each(|child| count(child, counts));
}

fn replace(expr: &Expr, names: &HashMap<&Expr, Arc<str>>) -> Expr {
    match names.get(expr) {
        Some(name) => Expr::Column(name.clone()),
        None => expr.map_children(&mut |child| replace(child, names)),
    }
}

/// The expressions over an input with the shared columns, if there are any.
fn share(input: &Arc<Plan>, exprs: &[Expr]) -> Result<Option<(Arc<Plan>, Vec<Expr>)>> {
    let mut counts = HashMap::new();
    exprs.iter().for_each(|e| count(e, &mut counts));
    let mut shared: Vec<&Expr> = counts.into_iter().filter(|(_, n)| *n > 1).map(|(e, _)| e).collect();
    if shared.is_empty() {
        return Ok(None);
    }
    // A hash map has no order; a plan must.
    shared.sort_by_cached_key(|e| e.to_string());
    let names: HashMap<&Expr, Arc<str>> =
        shared.iter().enumerate().map(|(i, e)| (*e, Arc::from(format!("__common_{i}")))).collect();
    if names.values().any(|name| input.schema().contains(name)) {
        return Ok(None);
    }
    // A shared expression inside another is computed twice: once for itself, once within. Rare, and right.
    let columns = shared.iter().map(|e| (*e).clone().alias(&names[*e])).collect();
    let below = Arc::new(Plan::with_columns(Arc::clone(input), columns)?);
    let exprs = exprs
        .iter()
        .map(|e| {
            let replaced = replace(e, &names);
            let name = output_name(e)?;
            Ok(if output_name(&replaced)? == name { replaced } else { replaced.alias(&name) })
        })
        .collect::<Result<_>>()?;
    Ok(Some((below, exprs)))
}
