//! Scans of frames with zones, against the same predicate on every row.

use std::collections::BTreeSet;
use std::sync::Arc;

use hypostyle_core::{
    Batch, Bitmap, Column, DataFrame, DataType, Field, Scalar, Schema, Value, ZONE_ROWS, ZoneRange,
};
use hypostyle_expr::dsl::{call, col, list, lit};
use hypostyle_expr::{BinaryOp, Expr, bind};
use proptest::prelude::*;

use crate::{ColumnTest, DataSource, FrameSource, Scan, ScanRequest, ValueTest};

/// What the rows of a chunk hold.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Ascending,
    Constant,
    Mixed,
    Extremes,
    Nulls,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    shape: Shape,
    seed: i64,
    len: usize,
}

const EXTREMES: [i64; 5] = [i64::MIN, i64::MAX, 0, -1, 1];

impl Chunk {
    fn value(&self, row: usize) -> Option<i64> {
        let dice = (row as i64 ^ self.seed).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64) >> 40;
        // Seeds decide which chunks have nulls.
        if self.seed % 3 == 0 && dice % 11 == 0 {
            return None;
        }
        match self.shape {
            Shape::Ascending => Some(row as i64),
            Shape::Constant => Some(self.seed),
            Shape::Mixed => Some(dice % 1_000),
            Shape::Extremes => Some(EXTREMES[dice.unsigned_abs() as usize % EXTREMES.len()]),
            Shape::Nulls => None,
        }
    }

    /// Columns `row`, `i`, `u`, `x`, `d`: the number of the row, and its value in four types.
    fn batch(&self, first: usize) -> Batch {
        let values: Vec<Option<i64>> = (first..first + self.len).map(|row| self.value(row)).collect();
        let float = |(k, v): (usize, &Option<i64>)| match v {
            Some(_) if self.seed % 5 == 0 && k % 700 == 3 => Some(f64::NAN),
            Some(0) if k % 2 == 0 => Some(-0.0),
            v => v.map(|v| v as f64),
        };
        let days = Column::from_options(values.iter().map(|v| v.map(|v| v as i32)));
        let columns = vec![
            Column::from_vec((first as i64..(first + self.len) as i64).collect()),
            Column::from_options(values.iter().copied()),
            Column::from_options(values.iter().map(|v| v.map(|v| v as u64))),
            Column::from_options(values.iter().enumerate().map(float)),
            days.with_dtype(DataType::Date).unwrap(),
        ];
        Batch::try_new(columns, self.len).unwrap()
    }
}

fn frame(chunks: &[Chunk]) -> DataFrame {
    let types = [
        ("row", DataType::Int64),
        ("i", DataType::Int64),
        ("u", DataType::UInt64),
        ("x", DataType::Float64),
        ("d", DataType::Date),
    ];
    let schema = Schema::try_new(types.map(|(n, d)| Field::new(n, d)).to_vec()).unwrap();
    let mut first = 0;
    let batches = chunks.iter().map(|chunk| {
        first += chunk.len;
        chunk.batch(first - chunk.len)
    });
    let batches = batches.collect();
    DataFrame::from_batches(schema.into(), batches).unwrap()
}

/// Small chunks, and large ones so that there are statistics.
fn chunks() -> impl Strategy<Value = Vec<Chunk>> {
    let shapes = vec![Shape::Ascending, Shape::Constant, Shape::Mixed, Shape::Extremes, Shape::Nulls];
    let chunk = |lens: std::ops::Range<usize>| {
        (prop::sample::select(shapes.clone()), -20i64..20, lens).prop_map(|(shape, seed, len)| Chunk {
            shape,
            seed,
            len,
        })
    };
    let large = prop::collection::vec(chunk(ZONE_ROWS - 2..ZONE_ROWS + 9), 2..3);
    (prop::collection::vec(chunk(0..400), 0..20), large, prop::collection::vec(chunk(0..400), 0..9)).prop_map(
        |(mut chunks, large, last)| {
            chunks.extend(large);
            chunks.extend(last);
            chunks
        },
    )
}

fn constants() -> impl Strategy<Value = i64> {
    prop_oneof![-20i64..20, -1_000i64..1_000, 0i64..140_000, prop::sample::select(EXTREMES.to_vec())]
}

/// A constant of a column's type.
fn constant(column: &str, v: i64) -> Scalar {
    match column {
        "u" => Scalar::from(v as u64),
        "x" if v == 7 => Scalar::from(f64::NAN),
        "x" if v == 8 => Scalar::from(f64::INFINITY),
        "x" => Scalar::from(v as f64),
        "d" => Scalar::new(DataType::Date, Value::Int(i128::from(v as i32))),
        _ => Scalar::from(v),
    }
}

fn predicates() -> impl Strategy<Value = Expr> {
    let ops = [
        BinaryOp::Eq,
        BinaryOp::NotEq,
        BinaryOp::Lt,
        BinaryOp::LtEq,
        BinaryOp::Gt,
        BinaryOp::GtEq,
        BinaryOp::EqMissing,
        BinaryOp::NotEqMissing,
    ];
    let column = prop::sample::select(vec!["i", "u", "x", "d"]);
    let part = (column, 0..12usize, prop::sample::select(ops.to_vec()), constants(), constants());
    let part = part.prop_map(|(name, form, op, a, b)| {
        let value = |v| lit(constant(name, v));
        let binary = |left: Expr, right: Expr| Expr::Binary { left: left.into(), op, right: right.into() };
        match form {
            0..5 => binary(col(name), value(a)),
            5 => binary(value(a), col(name)),
            // A constant that takes the column's type, where it has it.
            6 if name != "d" => binary(col(name), lit(a)),
            6 | 7 => call("is_between", [col(name), value(a.min(b)), value(a.max(b)), lit("none")]),
            8 => call("is_in", [col(name), list([constant(name, a), constant(name, b)])]),
            9 => call("is_in", [col(name), list([constant(name, a)]), lit(true)]),
            10 => col(name).is_null(),
            _ => col(name).is_not_null(),
        }
    });
    prop::collection::vec(part, 1..4).prop_map(|parts| parts.into_iter().reduce(Expr::and).unwrap())
}

/// Keys that pass.
#[derive(Debug)]
struct Keys(BTreeSet<i64>);

impl ValueTest for Keys {
    fn mask(&self, column: &Column) -> Bitmap {
        let array = column.as_primitive::<i64>().unwrap();
        array.iter().map(|v| v.is_some_and(|v| self.0.contains(&v))).collect()
    }

    fn may_match(&self, low: i128, high: i128) -> bool {
        self.0.iter().any(|v| (low..=high).contains(&i128::from(*v)))
    }
}

/// The numbers of the rows of some batches that are wanted.
fn wanted(batches: &[Batch], schema: &Schema, request: &ScanRequest) -> Vec<i64> {
    let mut rows = Vec::new();
    for batch in batches {
        let predicate = bind(request.predicate.as_ref().unwrap(), schema).unwrap();
        let mask = predicate.evaluate(batch).unwrap().into_rows(batch.len()).unwrap();
        let mut mask = mask.as_boolean().unwrap().truthy();
        for test in &request.tests {
            mask = mask.zip(&test.test.mask(batch.column(test.column)), |a, b| a & b);
        }
        let numbers = batch.column(0).as_primitive::<i64>().unwrap();
        mask.for_each_set(|i| rows.push(numbers.values()[i]));
    }
    rows
}

/// All morsels; their numbers have no gaps.
fn read(scan: &dyn Scan) -> Vec<Batch> {
    let mut batches = Vec::new();
    while let Some((number, batch)) = scan.next().unwrap() {
        assert_eq!(number, batches.len());
        batches.push(batch);
    }
    batches
}

fn handed_out(batches: &[Batch]) -> usize {
    batches.iter().map(Batch::len).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn zones_lose_no_row(
        chunks in chunks(),
        predicates in prop::collection::vec(predicates(), 1..6),
        keys in prop::option::weighted(0.3, prop::collection::btree_set(constants(), 0..6)),
    ) {
        let frame = frame(&chunks);
        let tests: Vec<_> = keys
            .into_iter()
            .map(|keys| ColumnTest { column: 1, test: Arc::new(Keys(keys)) as Arc<dyn ValueTest> })
            .collect();
        for predicate in predicates {
            let request = ScanRequest { predicate: Some(predicate), tests: tests.clone(), ..Default::default() };
            let expected = wanted(frame.batches(), frame.schema(), &request);
            let source = FrameSource::new(frame.clone());
            // What the first scan learns, the second knows from the start.
            let mut before = usize::MAX;
            for _ in 0..2 {
                let scan = source.scan(&request).unwrap();
                prop_assert!(!scan.is_filtered());
                let most = scan.rows().unwrap();
                let found = read(&*scan);
                let rows = handed_out(&found);
                prop_assert!(rows <= most && rows <= before, "{rows} of {most}");
                before = rows;
                prop_assert_eq!(&wanted(&found, frame.schema(), &request), &expected);
            }
        }
    }
}

fn ascending(rows: usize) -> DataFrame {
    frame(&[Chunk { shape: Shape::Ascending, seed: 1, len: rows }])
}

fn rows_read(frame: &DataFrame, predicate: Expr) -> usize {
    let request = ScanRequest { predicate: Some(predicate), ..Default::default() };
    handed_out(&read(&*FrameSource::new(frame.clone()).scan(&request).unwrap()))
}

#[test]
fn a_scan_reads_zones_that_may_match() {
    let (rows, zone) = (4 * ZONE_ROWS, ZONE_ROWS as i64);
    let frame = ascending(rows);
    for (predicate, zones) in [
        (col("i").eq(lit(zone)), 1),
        (col("i").lt(lit(zone)), 1),
        (col("i").lt_eq(lit(zone)), 2),
        (col("i").gt(lit(4 * zone - 1)), 0),
        (col("i").gt_eq(lit(4 * zone - 1)), 1),
        (col("u").is_in(list([5u64, 3 * ZONE_ROWS as u64])), 2),
        (col("x").is_between(lit(10.0), lit(20.0)), 1),
        (col("i").gt(lit(10)).and(col("u").lt(lit(20))), 1),
        (col("i").is_null(), 0),
        (col("i").is_not_null(), 4),
        (col("i").eq(lit(1)).or(col("i").eq(lit(2))), 4),
    ] {
        assert_eq!(rows_read(&frame, predicate.clone()), zones * ZONE_ROWS, "{predicate}");
    }
}

#[test]
fn keys_that_no_zone_has_are_not_looked_for() {
    let frame = ascending(3 * ZONE_ROWS);
    let keys = Keys([7, 9, 1 << 40].into());
    let request = ScanRequest {
        projection: Some(vec![0]),
        tests: vec![ColumnTest { column: 1, test: Arc::new(keys) }],
        ..Default::default()
    };
    let source = FrameSource::new(frame);
    let first = read(&*source.scan(&request).unwrap());
    assert_eq!(first.iter().map(Batch::len).collect::<Vec<_>>(), [ZONE_ROWS, 0, 0]);
    let second = source.scan(&request).unwrap();
    assert_eq!(second.rows(), Some(ZONE_ROWS));
    assert_eq!(read(&*second).len(), 1);
}

#[test]
fn ranges_are_computed_where_a_sample_leaves_doubts() {
    let frame = ascending(3 * ZONE_ROWS);
    let known =
        |column: usize| (0..3).filter_map(|zone| frame.zones().unwrap().known(column, zone)).collect();
    let none: Vec<ZoneRange> = Vec::new();
    rows_read(&frame, col("i").gt_eq(lit(0)));
    let all: Vec<ZoneRange> = known(1);
    assert_eq!(all, none);
    rows_read(&frame, col("i").lt(lit(5)));
    let range = |zone: usize| ZoneRange::Integers {
        low: (zone * ZONE_ROWS) as i128,
        high: ((zone + 1) * ZONE_ROWS - 1) as i128,
    };
    let later: Vec<ZoneRange> = known(1);
    assert_eq!(later, [range(1), range(2)]);
    let others: Vec<ZoneRange> = known(2);
    assert_eq!(others, none);
}

#[test]
fn a_nan_keeps_its_zone() {
    let mut values = vec![1.0; 3 * ZONE_ROWS];
    values[ZONE_ROWS + 5] = f64::NAN;
    let frame = DataFrame::new([("x", Column::from_vec(values))]).unwrap();
    assert_eq!(rows_read(&frame, col("x").gt(lit(2.0))), ZONE_ROWS);
    assert_eq!(rows_read(&frame, col("x").gt(lit(2.0))), ZONE_ROWS);
    assert_eq!(rows_read(&frame, col("x").lt(lit(f64::NAN))), 3 * ZONE_ROWS);
}

#[test]
fn small_frames_and_limits_are_read_whole() {
    let small = ascending(2 * ZONE_ROWS - 1);
    assert_eq!(rows_read(&small, col("i").lt(lit(0))), small.height());
    let request = ScanRequest { limit: Some(5), ..Default::default() };
    let scan = FrameSource::new(ascending(2 * ZONE_ROWS)).scan(&request).unwrap();
    assert_eq!(handed_out(&read(&*scan)), 5);
    let empty = DataFrame::empty(small.schema().clone());
    assert_eq!(rows_read(&empty, col("i").lt(lit(0))), 0);
}
