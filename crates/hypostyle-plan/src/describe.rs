//! Plans as text: a tree, one line a node.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use hypostyle_expr::Expr;

use crate::plan::Plan;

/// The plan as an indented tree. A subplan with several readers is shown once.
pub fn explain(plan: &Arc<Plan>) -> String {
    let mut out = String::new();
    write_node(&mut out, plan, 0, &mut HashSet::new());
    out
}

fn list(exprs: &[Expr]) -> String {
    let texts: Vec<String> = exprs.iter().map(ToString::to_string).collect();
    format!("[{}]", texts.join(", "))
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

impl Plan {
    /// One line: the node without its inputs.
    pub fn describe(&self) -> String {
        match self {
            Self::Scan(scan) => {
                let columns = match &scan.projection {
                    Some(_) => {
                        let names: Vec<&str> = scan.schema.names().collect();
                        format!(" columns: [{}]", names.join(", "))
                    }
                    None => String::new(),
                };
                let limit = scan.limit.map(|n| format!(" limit: {n}")).unwrap_or_default();
                format!("SCAN {}{columns}{limit}", scan.source.describe())
            }
            Self::Filter { predicate, .. } => format!("FILTER {predicate}"),
            Self::Select { exprs, .. } => format!("SELECT {}", list(exprs)),
            Self::WithColumns { exprs, .. } => format!("WITH_COLUMNS {}", list(exprs)),
            Self::Aggregate { keys, aggs, maintain_order, .. } => {
                let order = if *maintain_order { " in order" } else { "" };
                format!("AGGREGATE by {}{order}: {}", list(keys), list(aggs))
            }
            Self::Join { left_on, right_on, options, .. } => {
                let kind = format!("{:?}", options.kind).to_uppercase();
                if left_on.is_empty() {
                    format!("{kind} JOIN")
                } else {
                    format!("{kind} JOIN on {} = {}", list(left_on), list(right_on))
                }
            }
            Self::Sort { by, limit, .. } => {
                let keys: Vec<String> = by
                    .iter()
                    .map(|k| {
                        let direction = if k.descending { " desc" } else { "" };
                        let nulls = if k.nulls_last { " nulls last" } else { "" };
                        format!("{}{direction}{nulls}", k.expr)
                    })
                    .collect();
                match limit {
                    Some(limit) => format!("TOP {limit} by [{}]", keys.join(", ")),
                    None => format!("SORT by [{}]", keys.join(", ")),
                }
            }
            Self::Distinct { subset, keep, .. } => match subset {
                Some(names) => format!("DISTINCT [{}] keep {keep:?}", names.join(", ")),
                None => format!("DISTINCT keep {keep:?}"),
            },
            Self::Slice { offset, length, .. } => match length {
                Some(length) => format!("SLICE {offset}, {length}"),
                None => format!("SLICE {offset}"),
            },
            Self::Union { .. } => "UNION".to_owned(),
            Self::HorizontalConcat { .. } => "HORIZONTAL CONCAT".to_owned(),
            Self::Several { inputs, .. } => format!("{} QUERIES", inputs.len()),
            Self::Explode { columns, .. } => format!("EXPLODE [{}]", columns.join(", ")),
            Self::Unpivot { options, .. } => {
                format!("UNPIVOT [{}] index [{}]", options.on.join(", "), options.index.join(", "))
            }
            Self::RowIndex { name, offset, .. } => format!("ROW INDEX {name:?} from {offset}"),
            Self::Fetch { rows, .. } => {
                let names: Vec<&str> = rows.columns.iter().map(|(_, name)| &**name).collect();
                format!("FETCH [{}] of {}", names.join(", "), rows.source.describe())
            }
            Self::Cache { id, .. } => format!("CACHE {id}"),
            Self::MapFrame { function, .. } => format!("MAP {function:?}"),
        }
    }
}
