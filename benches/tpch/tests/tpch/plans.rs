//! The optimized plans of the 22 queries, as text files: of those ordered by hand in `plans/`, of the naive ones in
//! `plans_naive/`.
//!
//! A plan that changes shows up in review. `UPDATE_PLANS=1 cargo test -p hypostyle-tpch` accepts new plans.

use std::fs;
use std::path::Path;

use hypostyle::LazyFrame;
use hypostyle_tpch::naive::NAIVE;
use hypostyle_tpch::queries::QUERIES;
use hypostyle_tpch::tables::{Money, Tables};

use crate::scan;

#[test]
fn plans_are_the_committed_ones() {
    let tables = scan(Money::Float);
    let changed = [changed(&tables, &QUERIES, "plans"), changed(&tables, &NAIVE, "plans_naive")].concat();
    assert!(changed.is_empty(), "changed plans; UPDATE_PLANS=1 accepts them:\n{}", changed.join("\n"));
}

/// The plans that are not those of a folder's files.
fn changed(tables: &Tables, queries: &[fn(&Tables) -> LazyFrame], folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tpch").join(folder);
    let mut changed = Vec::new();
    for (index, query) in queries.iter().enumerate() {
        let plan = without_folders(&query(tables).explain(true).unwrap());
        let file = folder.join(format!("q{:02}.txt", index + 1));
        if std::env::var_os("UPDATE_PLANS").is_some() {
            fs::write(&file, &plan).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != plan {
            changed.push(format!("--- {}\n{plan}", file.display()));
        }
    }
    changed
}

/// The plan with the names of files alone: where they are differs from one checkout to the other.
fn without_folders(plan: &str) -> String {
    plan.replace(&format!("{}/data/tpch/sf0.01/", env!("CARGO_TARGET_TMPDIR")), "")
}
