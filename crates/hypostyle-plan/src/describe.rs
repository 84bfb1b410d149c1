//! Plans as text: a tree, one line a node.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use crate::plan::Plan;

/// The plan as an indented tree. A subplan with several readers is shown once.
pub fn explain(plan: &Arc<Plan>) -> String {
    let mut out = String::new();
    write_node(&mut out, plan, 0, &mut HashSet::new());
    out
}

/// A subplan with several readers is shown at the first of them.
#[recursive::recursive]
fn write_node(out: &mut String, plan: &Plan, depth: usize, shown: &mut HashSet<u64>) {
    let again = matches!(plan, Plan::Cache { id, .. } if !shown.insert(*id));
    let above = if again { " (above)" } else { "" };
    // Writing to a string does not fail.
    let _ = writeln!(out, "{:indent$}{}{above}", "", plan.describe(), indent = depth * 2);
    if !again {
        plan.children().into_iter().for_each(|child| write_node(out, child, depth + 1, shown));
    }
}
