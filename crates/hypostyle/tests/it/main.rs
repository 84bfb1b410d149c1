//! End-to-end tests of the public API: one binary, checks with inline expectations.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests, outside any #[test]")]

mod beside;
mod catalog;
mod composite_filters;
mod deep;
mod errors;
mod few_groups;
mod fuzz;
mod group_ladder;
mod groups;
mod join_orders;
mod joins;
mod late_columns;
mod many_rows;
mod messages;
mod ordered_tables;
mod partners;
mod pipelines;
mod plans;
mod random;
#[cfg(feature = "cloud")]
mod remote;
mod shapes;
mod shared_scans;
mod sinks;
mod streams;
mod zones;

use hypostyle::prelude::*;

/// The rows of a query, one line each, values separated by `|`; the same on 1, 2 and 8 threads.
fn rows(query: &LazyFrame) -> Vec<String> {
    let mut results = [1, 2, 8].map(|threads| {
        let frame = query.collect_with(&Context::new(threads)).unwrap();
        frame_rows(&frame)
    });
    assert_eq!(results[0], results[1], "1 and 2 threads");
    assert_eq!(results[0], results[2], "1 and 8 threads");
    std::mem::take(&mut results[0])
}

fn frame_rows(frame: &DataFrame) -> Vec<String> {
    let mut rows = Vec::with_capacity(frame.height());
    for batch in frame.batches() {
        for i in 0..batch.len() {
            let values: Vec<String> = batch.columns().iter().map(|c| show(&c.value(i))).collect();
            rows.push(values.join("|"));
        }
    }
    rows
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(v) => v.to_string(),
        Value::Int(v) => v.to_string(),
        Value::UInt128(v) => v.to_string(),
        Value::Float(v) => format!("{v:?}"),
        Value::String(v) => v.to_string(),
        Value::Binary(v) => format!("{v:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
    }
}

/// Checks the rows of a query whose order is specified.
#[track_caller]
fn check_rows(query: &LazyFrame, expected: &[&str]) {
    assert_eq!(rows(query), expected);
}

/// Checks the rows of a query whose order is not.
#[track_caller]
fn check_any_order(query: &LazyFrame, expected: &[&str]) {
    let mut found = rows(query);
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// Checks that the rows are those of the query as it was written, in whatever order.
#[track_caller]
fn check_as_written(query: &LazyFrame) {
    let written = query.collect_unoptimized(&Context::new(1).without_runtime_filters()).unwrap();
    let (mut found, mut expected) = (rows(query), frame_rows(&written));
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{}", query.explain_all().unwrap());
}

/// Checks the optimized plan.
#[track_caller]
fn check_plan(query: &LazyFrame, expected: &str) {
    let found = query.explain(true).unwrap();
    let clean =
        |text: &str| text.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
    let (found, expected) = (clean(&found), clean(expected));
    let indent = expected.lines().map(|l| l.len() - l.trim_start().len()).min().unwrap_or(0);
    let expected: Vec<&str> = expected.lines().map(|l| &l[indent..]).collect();
    assert_eq!(found, expected.join("\n"), "\n{found}\n");
}

fn ints(values: &[Option<i64>]) -> Column {
    Column::from_options(values.iter().copied())
}

fn sales() -> LazyFrame {
    DataFrame::new([
        (
            "city",
            Column::from_utf8(
                [Some("Oslo"), Some("Kyoto"), None, Some("Oslo"), Some("Kyoto")].into_iter().collect(),
            ),
        ),
        ("year", ints(&[Some(2020), Some(2021), Some(2020), Some(2021), None])),
        ("amount", Column::from_options([Some(1.5), Some(f64::NAN), Some(4.0), None, Some(2.0)])),
    ])
    .unwrap()
    .lazy()
}
