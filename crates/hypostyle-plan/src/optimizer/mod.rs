//! The optimizer: an ordered list of rules, each a function from plan to plan that keeps the output's schema.

mod rules;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hypostyle_core::{Error, Result};

use crate::plan::Plan;

/// A rewriting of plans. It must keep the output's schema and rows (and their order where that is a contract).
pub trait Rule: Sync {
    /// The name that switches it off and that `explain` shows.
    fn name(&self) -> &'static str;

    /// The rewritten plan, or the same one.
    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>>;
}

/// The rules in order. The reason for each place stands beside it.
pub static RULES: &[&dyn Rule] = &[
    // First: constants decide which predicates there are to push.
    &rules::Simplify,
    // Before projections: a predicate moved down needs its columns there and nowhere above.
    &rules::PredicatePushdown,
    // After predicates, so that a limit does not stop at a filter that has moved away.
    &rules::SlicePushdown,
    // After predicates have taken apart what they pass, before projections: shared columns read columns, too.
    &rules::CommonExprs,
    // After what moves nodes, so that equal subplans look equal; before projections, which make them differ by reader.
    &rules::CommonSubplans,
    // Before joins are ordered: it makes joins of aggregations, and more than one order of them.
    &rules::GroupKeyReduction,
    // After predicates, which thin out relations and become keys; after shared subplans, which an order of their own
    // for each reader would tear apart; before projections, since both sides' keys stay until somebody drops them.
    &rules::JoinOrdering,
    // After joins are ordered, which knows no aggregations between them; before projections, which drop the rest of the
    // side that is only looked up.
    &rules::GroupJoin,
    // After what moves aggregations, none of which is to move this one; before projections, which read for it alone.
    &rules::DistinctCounts,
    // After all that moves and puts filters over readers; before projections, since what the scan filters by nobody
    // else need read.
    &rules::SharedScans,
    // After all that moves: what is read is known only when nothing does any more.
    &rules::ProjectionPushdown,
    // After projections, which show of which side of a join nobody reads anything.
    &rules::UnusedJoins,
    // Last: it takes columns out of scans that projections would not know of.
    &rules::LateMaterialization,
];

/// What a rule did.
#[derive(Clone, Debug)]
pub struct Step {
    /// The rule.
    pub rule: &'static str,
    /// The plan after it, if it changed.
    pub changed: Option<Arc<Plan>>,
    /// How long it took.
    pub time: Duration,
}

/// Applies the rules but those switched off by name.
pub fn optimize(plan: Arc<Plan>, off: &[&str]) -> Result<Arc<Plan>> {
    Ok(optimize_steps(plan, off)?.0)
}

/// As [`optimize`], with what each rule did.
pub fn optimize_steps(plan: Arc<Plan>, off: &[&str]) -> Result<(Arc<Plan>, Vec<Step>)> {
    let mut plan = plan;
    let mut steps = Vec::with_capacity(RULES.len());
    for rule in RULES.iter().filter(|rule| !off.contains(&rule.name())) {
        let start = Instant::now();
        let next = rule.apply(Arc::clone(&plan))?;
        if cfg!(debug_assertions) && next.schema() != plan.schema() {
            return Err(Error::internal(format!("the rule {} changed the output's schema", rule.name())));
        }
        let changed = (!Arc::ptr_eq(&next, &plan) && *next != *plan).then(|| Arc::clone(&next));
        steps.push(Step { rule: rule.name(), changed, time: start.elapsed() });
        plan = next;
    }
    Ok((plan, steps))
}
