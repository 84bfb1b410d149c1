//! The optimizer: an ordered list of rules, each a function from plan to plan that keeps the output's schema.

mod rules;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hypostyle_core::{Error, Result};

use crate::plan::Plan;

pub use rules::RULES;

/// A rewriting of plans. It must keep the output's schema and rows (and their order where that is a contract).
pub trait Rule: Sync {
    /// The name that switches it off and that `explain` shows.
    fn name(&self) -> &'static str;

    /// The rewritten plan, or the same one.
    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>>;
}

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
    rules_but(off).try_fold(plan, |plan, rule| apply(*rule, &plan))
}

/// As [`optimize`], with what each rule did.
pub fn optimize_steps(plan: Arc<Plan>, off: &[&str]) -> Result<(Arc<Plan>, Vec<Step>)> {
    let mut plan = plan;
    let mut steps = Vec::with_capacity(RULES.len());
    for rule in rules_but(off) {
        let start = Instant::now();
        let next = apply(*rule, &plan)?;
        let changed = (!Arc::ptr_eq(&next, &plan) && *next != *plan).then(|| Arc::clone(&next));
        steps.push(Step { rule: rule.name(), changed, time: start.elapsed() });
        plan = next;
    }
    Ok((plan, steps))
}

fn rules_but(off: &[&str]) -> impl Iterator<Item = &'static &'static dyn Rule> {
    RULES.iter().filter(|rule| !off.contains(&rule.name()))
}

fn apply(rule: &dyn Rule, plan: &Arc<Plan>) -> Result<Arc<Plan>> {
    let next = rule.apply(Arc::clone(plan))?;
    if cfg!(debug_assertions) && next.schema() != plan.schema() {
        return Err(Error::internal(format!("the rule {} changed the output's schema", rule.name())));
    }
    Ok(next)
}
