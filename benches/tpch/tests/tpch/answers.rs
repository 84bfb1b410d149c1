//! Every answer is right, from CSV and from memory, on one thread and on several; and the same for every number of
//! threads: rows in the same order, floats with the same bits.

use std::path::Path;

use hypostyle::Context;
use hypostyle::core::Batch;
use hypostyle::prelude::{DataFrame, Value};
use hypostyle_tpch::answers::{Verdict, check, path};
use hypostyle_tpch::data;
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

/// All values, row by row; floats are equal where their bits are.
fn values(frame: &DataFrame) -> Vec<Vec<Value>> {
    let row = |batch: &Batch, row| batch.columns().iter().map(|column| column.value(row)).collect();
    let batches = frame.batches().iter();
    batches.flat_map(|batch| (0..batch.len()).map(move |i| row(batch, i))).collect()
}

/// Checks that no answer tells the number of threads.
fn check_threads(tables: &Tables, source: &str) {
    for (index, query) in QUERIES.iter().chain(&NAIVE).enumerate() {
        let number = index % QUERIES.len() + 1;
        let query = query(tables);
        let run = |threads| values(&query.collect_with(&Context::new(threads)).unwrap());
        let one = run(1);
        for threads in [2, 8] {
            let found = run(threads);
            let other = one.iter().zip(&found).find(|(one, found)| one != found);
            assert!(other.is_none(), "query {number} from {source} with {threads} threads: {other:?}");
            assert_eq!(one.len(), found.len(), "query {number} from {source} with {threads} threads");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("parquet");
    // Large enough for several morsels of each large table, whatever it is read from.
    let scale = 0.05;
    let data = data::ensure(Path::new(env!("CARGO_TARGET_TMPDIR")), scale, 2).unwrap();
    let csv = Tables::scan(&data, scale, Money::Float);
    check_threads(&csv, "CSV");
    csv.write_parquet(&folder, &Context::new(2)).unwrap();
    check_threads(&Tables::scan_parquet(&folder, scale, Money::Float), "Parquet");
    check_threads(&csv.load().unwrap(), "memory");
}
