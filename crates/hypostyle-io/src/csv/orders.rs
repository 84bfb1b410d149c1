//! Stages in any order: rows and errors are those of the order that was written, however the text is cut and by any
//! number of threads.

use std::collections::HashSet;
use std::sync::Arc;

use hypostyle_core::{Batch, Bitmap, Column, DataFrame, DataType, Result};
use hypostyle_expr::dsl::{col, lit};
use hypostyle_expr::{Expr, bind};
use hypostyle_kernels::filter::filter_batch;
use hypostyle_plan::{ColumnTest, DataSource, Scan, ScanRequest, ValueTest};
use proptest::prelude::*;

use super::{CsvReadOptions, CsvScan, CsvSource, SchemaOverrides};

/// The values of `k` that a join has partners for.
#[derive(Debug)]
struct Keys(HashSet<i64>);

impl ValueTest for Keys {
    fn mask(&self, column: &Column) -> Bitmap {
        let found = (0..column.len()).map(|row| column.get(row).as_i128());
        found.map(|v| v.is_some_and(|v| i64::try_from(v).is_ok_and(|v| self.0.contains(&v)))).collect()
    }
}

/// Predicates of which some are dear, some read text, and one can fail.
fn pool() -> Vec<Expr> {
    vec![
        col("t").str().contains(lit("x1")),
        col("a").lt(lit(60i64)),
        col("k").gt(lit(9i64)).and(col("k").lt(lit(90i64))),
        (col("a") * lit(3i64) + col("f")).gt(lit(40.0)),
        col("u").str().ends_with(lit("7")).not(),
        col("a").cast(DataType::UInt8).lt(lit(90i64)),
        col("t").neq(col("u")),
        col("row").lt(lit(2_000i64)),
    ]
}

#[derive(Debug)]
struct Case {
    text: Vec<u8>,
    predicates: Vec<usize>,
    keys: Vec<HashSet<i64>>,
    ranks: Vec<u64>,
    block: usize,
    ignore_errors: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let shape = (prop::sample::select(vec![3usize, 300, 1_500, 4_000]), 0usize..4, any::<u64>());
    let predicates = Just((0..pool().len()).collect::<Vec<_>>()).prop_shuffle();
    let parts = prop::sample::select(vec![1i64, 7, 50, 100]);
    let keys = prop::collection::vec(parts, 0..3);
    let block = prop::sample::select(vec![900usize, 9_000, 70_000, 1 << 20]);
    let rest = (1usize..5, prop::collection::vec(1u64..1_000_000, 10), block, prop::bool::weighted(0.2));
    (shape, predicates, keys, rest).prop_map(|((rows, breaks, seed), predicates, keys, rest)| {
        let (many, ranks, block, ignore_errors) = rest;
        let mut text = b"a,t,k,u,f\n".to_vec();
        let mut state = seed;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let broken: Vec<(u64, u64)> = (0..breaks).map(|_| (next(rows as u64), next(6))).collect();
        for row in 0..rows as u64 {
            let wrong = broken.iter().find(|(at, _)| *at == row).map(|(_, what)| *what);
            let mut field = |what: u64, good: String| match wrong {
                Some(0) if what == 0 => text.extend(b"oops"),
                Some(1) if what == 1 => text.extend(b"x1\xff"),
                Some(2) if what == 2 => text.extend(b"1.5.2"),
                Some(3) if what == 3 => text.extend(b"\"x\"1"),
                Some(4) if what == 4 => text.extend(b"-"),
                Some(5) if what == 0 => text.extend(b"-4"),
                _ => text.extend(good.bytes()),
            };
            field(0, next(120).to_string());
            field(9, ",".to_owned());
            field(1, format!("\"x{}, {}\"", next(3), next(9)));
            field(9, ",".to_owned());
            field(2, next(100).to_string());
            field(9, ",".to_owned());
            field(3, format!("u{}", next(40)));
            field(9, ",".to_owned());
            field(4, format!("{}.5", next(30)));
            field(9, "\n".to_owned());
        }
        let keys = keys.into_iter().map(|part| (0..part).map(|i| i * 13 % 100).collect()).collect();
        let predicates = predicates.into_iter().take(many).collect();
        Case { text, predicates, keys, ranks, block, ignore_errors }
    })
}

fn source(case: &Case) -> CsvSource {
    let types = [("a", DataType::Int64), ("t", DataType::String), ("k", DataType::Int64)];
    let more = [("u", DataType::String), ("f", DataType::Float64)];
    let types = types.into_iter().chain(more).map(|(name, dtype)| (name.to_owned(), dtype)).collect();
    let options = CsvReadOptions {
        row_index_name: Some("row".into()),
        schema_overrides: Some(SchemaOverrides::ByName(types)),
        block_size: case.block,
        ignore_errors: case.ignore_errors,
        ..CsvReadOptions::default()
    };
    CsvSource::from_bytes(case.text.clone(), options)
}

fn predicate(case: &Case) -> Expr {
    case.predicates.iter().map(|i| pool()[*i].clone()).reduce(Expr::and).unwrap()
}

fn scan(source: &CsvSource, case: &Case) -> CsvScan {
    let scan = source.scan(Some(&[0, 5]), None).unwrap().with_predicate(&predicate(case)).unwrap();
    let tests = case.keys.iter().map(|keys| ColumnTest { column: 3, test: Arc::new(Keys(keys.clone())) });
    tests.fold(scan, |scan, test| scan.with_test(test).unwrap())
}

fn rows(batches: &[Batch]) -> Vec<String> {
    let rows = |batch: &Batch| {
        let columns = batch.columns().to_vec();
        (0..batch.len()).map(move |row| columns.iter().map(|c| format!("{:?} ", c.get(row))).collect())
    };
    batches.iter().flat_map(rows).collect()
}

fn outcome(batches: Result<Vec<Batch>>) -> Result<Vec<String>, String> {
    batches.map(|batches| rows(&batches)).map_err(|error| error.to_string())
}

/// Reads everything, then filters.
fn in_memory(source: &CsvSource, case: &Case) -> Result<Vec<Batch>> {
    let frame: DataFrame = source.read()?;
    let bound = bind(&predicate(case), frame.schema())?;
    let filtered = frame.batches().iter().map(|batch| {
        let kept = bound.evaluate(batch)?.into_rows(batch.len())?;
        Ok(filter_batch(batch, &kept.expect_boolean()?.truthy())?.project(&[0, 5]))
    });
    filtered.collect()
}

proptest! {
    #[test]
    fn the_order_of_stages_changes_neither_rows_nor_errors(case in cases()) {
        let source = source(&case);
        let settled = scan(&source, &case);
        settled.filter.settle();
        let expected = outcome(settled.collect(1));
        for threads in [1, 2] {
            let told = scan(&source, &case).told(&case.ranks);
            prop_assert_eq!(&outcome(told.collect(threads)), &expected, "told, {} threads", threads);
            let measured = scan(&source, &case);
            prop_assert_eq!(&outcome(measured.collect(threads)), &expected, "measured, {} threads", threads);
        }
        if let (true, Ok(all)) = (case.keys.is_empty(), in_memory(&source, &case)) {
            prop_assert_eq!(expected, Ok(rows(&all)));
        }
    }
}

/// Two conjuncts, of which the second drops nearly all rows and costs next to nothing.
fn dear_first(text: &[u8], block_size: usize) -> (CsvSource, Expr) {
    let options = CsvReadOptions { block_size, ..CsvReadOptions::default() };
    let predicate = col("t").str().contains(lit("b")).and(col("n").eq(lit(7i64)));
    (CsvSource::from_bytes(text.to_vec(), options), predicate)
}

fn lines(rows: usize, broken: impl Fn(usize) -> bool) -> Vec<u8> {
    let line = |i: usize| match broken(i) {
        true => format!("\"{}\",?\n", "a".repeat(90)),
        false => format!("\"{}b\",{}\n", "a".repeat(90), i % 1_000),
    };
    ["t,n\n".to_owned()].into_iter().chain((0..rows).map(line)).collect::<String>().into_bytes()
}

#[test]
fn a_cheap_stage_that_drops_much_overtakes_a_dear_one() {
    let (source, predicate) = dear_first(&lines(40_000, |_| false), 1 << 17);
    let scan = source.scan(None, None).unwrap().with_predicate(&predicate).unwrap();
    let found = scan.collect(1).unwrap();
    assert_eq!(found.iter().map(Batch::len).sum::<usize>(), 40);
    assert_eq!(scan.filter.ordered(&[0, 1], |_| true), [1, 0]);
    assert_eq!(scan.filter.ordered(&[0, 1], |stage| stage == 0), [0, 1]);
}

#[test]
fn what_the_written_order_does_not_see_is_no_error() {
    // Broken numbers where the text does not match: read first, they would be an error.
    let text = lines(40_000, |i| i > 9_000 && i % 100 == 3);
    let (source, predicate) = dear_first(&text, 1 << 17);
    let options = CsvReadOptions {
        schema_overrides: Some(SchemaOverrides::ByName(vec![("n".to_owned(), DataType::Int64)])),
        ..source.options().clone()
    };
    let source = CsvSource::from_bytes(text, options);
    let scan = source.scan(None, None).unwrap().with_predicate(&predicate).unwrap().told(&[1_000, 1]);
    assert_eq!(scan.filter.ordered(&[0, 1], |_| true), [1, 0]);
    assert_eq!(scan.collect(1).unwrap().iter().map(Batch::len).sum::<usize>(), 40);
    // Blocks are not read twice for ever.
    assert_eq!(scan.filter.ordered(&[0, 1], |_| true), [0, 1]);
    // Where it does see them, it is.
    let predicate = col("n").eq(lit(7i64)).and(col("t").str().contains(lit("b")));
    let request = ScanRequest { predicate: Some(predicate), ..ScanRequest::default() };
    let scan = DataSource::scan(&source, &request).unwrap();
    let error = std::iter::repeat_with(|| Scan::next(&*scan)).find_map(Result::err).unwrap();
    assert!(error.to_string().contains("line 9005"), "{error}");
}
