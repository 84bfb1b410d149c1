//! Every answer is right, from CSV and from memory, on one thread and on several.

use hypostyle::Context;
use hypostyle_tpch::answers::{Verdict, check, path};
use hypostyle_tpch::naive::NAIVE;
use hypostyle_tpch::queries::QUERIES;
use hypostyle_tpch::root;
use hypostyle_tpch::rows::rows;
use hypostyle_tpch::tables::{Money, Tables};

use crate::{SCALE, scan};

fn check_all(tables: &Tables, threads: usize) {
    let context = Context::new(threads);
    let mut wrong = Vec::new();
    for (index, query) in QUERIES.iter().chain(&NAIVE).enumerate() {
        let number = index % QUERIES.len() + 1;
        let verdict = match query(tables).collect_with(&context).and_then(|frame| rows(&frame)) {
            Ok(rows) => check(&rows, &path(root(), SCALE, number)),
            Err(error) => Verdict::Wrong(error.to_string()),
        };
        if verdict != Verdict::Right {
            wrong.push(format!("query {number}: {verdict}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn from_csv() {
    check_all(&scan(Money::Float), 3);
}

#[test]
fn from_memory() {
    let tables = scan(Money::Float).load().unwrap();
    check_all(&tables, 1);
    check_all(&tables, 3);
}

#[test]
fn of_decimals() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("parquet");
    let tables = scan(Money::Decimal);
    tables.write_parquet(&folder, &Context::new(2)).unwrap();
    check_all(&tables, 1);
    check_all(&Tables::scan_parquet(&folder, SCALE, Money::Decimal), 3);
}
