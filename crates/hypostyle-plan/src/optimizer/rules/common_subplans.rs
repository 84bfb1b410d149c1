//! Subplans that occur more than once are computed once.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
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
        if is_chain(&plan) {
            return Ok(plan);
        }
        let mut nodes = Nodes::default();
        nodes.visit(&plan);
        let mut counts = HashMap::new();
        count(&plan, &nodes, &mut counts);
        let again: Vec<(u64, Arc<Plan>)> = counts
            .into_iter()
            .flat_map(|(hash, known)| known.into_iter().map(move |(plan, n)| (hash, plan, n)))
            .filter(|(_, _, n)| *n > 1)
            .map(|(hash, plan, _)| (hash, plan))
            .collect();
        if again.is_empty() {
            return Ok(plan);
        }
        let mut shared = Shared { nodes: &nodes, again, ids: HashMap::new() };
        share(&plan, &mut shared)
    }
}

/// Whether no node has more than one input: then no subplan can occur twice.
#[recursive::recursive]
fn is_chain(plan: &Plan) -> bool {
    match plan.children()[..] {
        [] => true,
        [input] => is_chain(input),
        _ => false,
    }
}

/// What is known of each node of a plan, by its address. Everything is found in one walk from the leaves up: asking each
/// node anew would take time that grows with the square of the depth.
#[derive(Default)]
struct Nodes {
    facts: HashMap<*const Plan, Facts>,
}

#[derive(Clone, Copy)]
struct Facts {
    /// Equal for equal plans.
    hash: u64,
    /// Whether computing twice costs more than keeping: anything but slices of memory, and what streams over them.
    worth_sharing: bool,
}

impl Nodes {
    #[recursive::recursive]
    fn visit(&mut self, plan: &Plan) -> Facts {
        let address = std::ptr::from_ref(plan);
        if let Some(known) = self.facts.get(&address) {
            return *known;
        }
        let mut hasher = DefaultHasher::new();
        plan.hash_node(&mut hasher);
        let mut below = false;
        for child in plan.children() {
            let child = self.visit(child);
            child.hash.hash(&mut hasher);
            below |= child.worth_sharing;
        }
        let worth_sharing = match plan {
            Plan::Scan(scan) => !scan.source.in_memory(),
            Plan::Select { exprs, .. } | Plan::WithColumns { exprs, .. } => {
                below || !exprs.iter().all(is_cheap)
            }
            Plan::Filter { predicate, .. } => below || !is_cheap(predicate),
            Plan::Slice { .. } => below,
            Plan::Cache { .. } => false,
            _ => true,
        };
        let facts = Facts { hash: hasher.finish(), worth_sharing };
        self.facts.insert(address, facts);
        facts
    }

    fn of(&self, plan: &Plan) -> Option<Facts> {
        self.facts.get(&std::ptr::from_ref(plan)).copied()
    }
}

/// Subplans that are worth sharing, and how often each occurs.
type Counts = HashMap<u64, Vec<(Arc<Plan>, usize)>>;

/// Whether an expression costs less to compute again than to read back: arithmetic and comparisons, row by row.
#[recursive::recursive]
fn is_cheap(expr: &Expr) -> bool {
    let own = match expr {
        Expr::Function { name, .. } => functions::find(name).is_ok_and(|f| f.cost() == Cost::Low),
        _ => true,
    };
    own && expr.is_row_by_row() && expr.children().into_iter().all(is_cheap)
}

/// Counts subplans, without looking below one that was seen before.
#[recursive::recursive]
fn count(plan: &Arc<Plan>, nodes: &Nodes, counts: &mut Counts) {
    if let Some(facts) = nodes.of(plan).filter(|facts| facts.worth_sharing) {
        let known = counts.entry(facts.hash).or_default();
        match known.iter_mut().find(|(other, _)| Arc::ptr_eq(other, plan) || other == plan) {
            Some((_, seen)) => {
                *seen += 1;
                return;
            }
            None => known.push((Arc::clone(plan), 1)),
        }
    }
    plan.children().into_iter().for_each(|child| count(child, nodes, counts));
}

/// The subplans that occur again, and the numbers of the caches over those that were met.
struct Shared<'a> {
    nodes: &'a Nodes,
    again: Vec<(u64, Arc<Plan>)>,
    ids: HashMap<usize, u64>,
}

#[recursive::recursive]
fn share(plan: &Arc<Plan>, shared: &mut Shared<'_>) -> Result<Arc<Plan>> {
    let rebuilt = plan.map_children(&mut |child| share(child, shared))?;
    let hash = shared.nodes.of(plan).map(|facts| facts.hash);
    let place = shared.again.iter().position(|(h, other)| Some(*h) == hash && other == plan);
    let Some(place) = place else { return Ok(rebuilt) };
    let next = shared.ids.len() as u64;
    let id = *shared.ids.entry(place).or_insert(next);
    Ok(Arc::new(Plan::Cache { input: rebuilt, id }))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::plan::JoinKind;
    use crate::testing::{check_rule, table};

    #[test]
    fn an_aggregation_that_comes_twice_is_cached() {
        let sums = || table("t", ["a", "b"], 9).aggregate(["a"], [col("b").sum()]);
        check_rule(
            &CommonSubplans,
            sums().join(sums(), "a", "b", JoinKind::Inner),
            r#"
            INNER JOIN on [col("a")] = [col("b")]
              AGGREGATE by [col("a")]: [col("b").sum()]
                SCAN t
              AGGREGATE by [col("a")]: [col("b").sum()]
                SCAN t
            =>
            INNER JOIN on [col("a")] = [col("b")]
              CACHE 0
                AGGREGATE by [col("a")]: [col("b").sum()]
                  SCAN t
              CACHE 0 (above)
            "#,
        );
    }

    /// Reading memory again costs nothing.
    #[test]
    fn a_table_in_memory_is_not() {
        let scan = || table("t", ["a", "b"], 9);
        check_rule(
            &CommonSubplans,
            scan().union(scan()),
            r#"
            UNION
              SCAN t
              SCAN t
            =>
            the same
            "#,
        );
    }
}
