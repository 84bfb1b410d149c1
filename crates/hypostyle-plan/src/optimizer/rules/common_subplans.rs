//! Subplans that occur more than once are computed once.

use std::collections::HashMap;
use std::sync::Arc;

use hypostyle_core::Result;
use hypostyle_expr::Expr;
use hypostyle_expr::functions::{self, Cost};

use crate::optimizer::Rule;
use crate::plan::Plan;

/// Puts a cache over subplans that occur more than once.
pub(in crate::optimizer) struct CommonSubplans;

impl Rule for CommonSubplans {
    fn name(&self) -> &'static str {
        "common_subplans"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        let mut counts = HashMap::new();
        count(&plan, &mut counts);
        counts.retain(|_, n| *n > 1);
        if counts.is_empty() {
            return Ok(plan);
        }
        let mut ids = HashMap::new();
        Ok(share(&plan, &counts, &mut ids))
    }
}

/// Whether computing twice costs more than keeping: anything but slices of memory, and what streams over them.
fn worth_sharing(plan: &Plan) -> bool {
    match plan {
        Plan::Scan(scan) => !scan.source.in_memory(),
        Plan::Select { input, exprs, .. } | Plan::WithColumns { input, exprs, .. } => {
            worth_sharing(input) || !exprs.iter().all(is_cheap)
        }
        Plan::Filter { input, predicate } => worth_sharing(input) || !is_cheap(predicate),
        Plan::Slice { input, .. } => worth_sharing(input),
        Plan::Cache { .. } => false,
        _ => true,
    }
}

/// Whether an expression costs less to compute again than to read back: arithmetic and comparisons, row by row.
fn is_cheap(expr: &Expr) -> bool {
    let own = match expr {
        Expr::Function { name, .. } => functions::find(name).is_ok_and(|f| f.cost() == Cost::Low),
        _ => true,
    };
    own && expr.is_row_separable() && expr.children().into_iter().all(is_cheap)
}

/// Counts subplans, without looking below one that was seen before.
fn count(plan: &Arc<Plan>, counts: &mut HashMap<Arc<Plan>, usize>) {
    if worth_sharing(plan) {
        let seen = counts.entry(Arc::clone(plan)).or_insert(0);
        *seen += 1;
        if *seen > 1 {
            return;
        }
    }
    plan.children().into_iter().for_each(|child| count(child, counts));
}

fn share(
    plan: &Arc<Plan>,
    counts: &HashMap<Arc<Plan>, usize>,
    ids: &mut HashMap<Arc<Plan>, u64>,
) -> Arc<Plan> {
    let children: Vec<Arc<Plan>> = plan.children().into_iter().map(|c| share(c, counts, ids)).collect();
    let changed = children.iter().zip(plan.children()).any(|(new, old)| !Arc::ptr_eq(new, old));
    let rebuilt = if changed { Arc::new(plan.with_children(children)) } else { Arc::clone(plan) };
    if !counts.contains_key(plan) {
        return rebuilt;
    }
    let next = ids.len() as u64;
    let id = *ids.entry(Arc::clone(plan)).or_insert(next);
    Arc::new(Plan::Cache { input: rebuilt, id })
}
