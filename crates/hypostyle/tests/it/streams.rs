//! Unions, slices, row numbers and cross joins while rows stream past: against what they mean on a list, on any number
//! of threads, in front of a sink and collected.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hypostyle::core::Batch;
use hypostyle::plan::{DataSink, Piece, PieceEncoder};
use hypostyle::prelude::*;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::strategy::BoxedStrategy;

use crate::frame_rows;

const THREADS: [usize; 3] = [1, 2, 8];

/// Keeps the first column of what it gets.
#[derive(Clone, Default)]
struct Numbers(Arc<Mutex<Vec<i64>>>);

impl DataSink for Numbers {
    fn piece_rows(&self) -> usize {
        777
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::new(self.clone())
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        self.0.lock().unwrap().extend(*piece.downcast::<Vec<i64>>().unwrap());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

impl PieceEncoder for Numbers {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        Ok(Box::new(rows.iter().flat_map(|batch| numbers_of(batch.column(0))).collect::<Vec<_>>()))
    }
}

fn numbers_of(column: &Column) -> Vec<i64> {
    (0..column.len())
        .map(|row| match column.value(row) {
            Value::Int(number) => number as i64,
            // No number that the tests have.
            _ => i64::MIN,
        })
        .collect()
}

fn written(query: &LazyFrame, threads: usize) -> Result<Vec<i64>> {
    let sink = Numbers::default();
    query.sink(&Context::new(threads), |_| Ok(Box::new(sink.clone())))?;
    let numbers = std::mem::take(&mut *sink.0.lock().unwrap());
    Ok(numbers)
}

/// Text in blocks of a few rows.
fn text(rows: std::ops::Range<i64>, block_size: usize) -> LazyFrame {
    let text: String = std::iter::once("n\n".to_owned()).chain(rows.map(|i| format!("{i}\n"))).collect();
    let schema = Schema::try_new(vec![Field::new("n", DataType::Int64)]).unwrap();
    let options = CsvReadOptions { block_size, schema: Some(schema), ..Default::default() };
    scan_csv_bytes(text.into_bytes(), options)
}

/// A table with as many chunks.
fn table(rows: std::ops::Range<i64>, chunks: usize) -> LazyFrame {
    let numbers: Vec<i64> = rows.collect();
    let size = numbers.len().div_ceil(chunks).max(1);
    let schema = Arc::new(Schema::try_new(vec![Field::new("n", DataType::Int64)]).unwrap());
    let batches = numbers
        .chunks(size)
        .map(|chunk| Batch::try_new(vec![Column::from_vec(chunk.to_vec())], chunk.len()).unwrap())
        .collect();
    DataFrame::from_batches(schema, batches).unwrap().lazy()
}

/// A query, written down.
#[derive(Clone, Debug)]
enum Node {
    Text(i64, usize),
    Table(i64, usize),
    Union(Vec<Node>),
    Slice(Box<Node>, i64, Option<usize>),
    /// Numbers rows from this on, and adds the numbers.
    Index(Box<Node>, u32),
    /// Keeps numbers with a remainder below this.
    Filter(Box<Node>, i64),
    /// Each number beside those from 0 up to this one, added.
    Cross(Box<Node>, i64),
    /// Each number once for each row of a table that agrees with it modulo this.
    Join(Box<Node>, i64),
}

impl Node {
    fn query(&self) -> LazyFrame {
        let added = |query: LazyFrame, other: &str| {
            query.select([(col("n") + col(other)).cast(DataType::Int64).alias("n")])
        };
        match self {
            Self::Text(rows, block_size) => text(0..*rows, *block_size),
            Self::Table(rows, chunks) => table(0..*rows, *chunks),
            Self::Union(inputs) => hypostyle::concat(inputs.iter().map(Self::query), false).unwrap(),
            Self::Slice(input, offset, length) => input.query().slice(*offset, *length),
            Self::Index(input, offset) => added(input.query().with_row_index("i", *offset), "i"),
            Self::Filter(input, below) => input.query().filter((col("n") % lit(7)).lt(lit(*below))),
            Self::Cross(input, count) => {
                let other = table(0..*count, 2).select([col("n").alias("m")]);
                added(input.query().cross_join(other), "m")
            }
            Self::Join(input, modulus) => {
                let keyed = input.query().with_columns([(col("n") % lit(*modulus)).alias("k")]);
                let other = table(0..60, 3).select([(col("n") % lit(*modulus)).alias("k")]);
                let args = JoinArgs {
                    maintain_order: hypostyle::plan::JoinOrder::LeftRight,
                    ..JoinArgs::new(JoinType::Inner)
                };
                keyed.join(other, [col("k")], [col("k")], args).select([col("n")])
            }
        }
    }

    fn meaning(&self) -> Vec<i64> {
        match self {
            Self::Text(rows, _) | Self::Table(rows, _) => (0..*rows).collect(),
            Self::Union(inputs) => inputs.iter().flat_map(Self::meaning).collect(),
            Self::Slice(input, offset, length) => {
                let rows = input.meaning();
                let total = rows.len() as i64;
                let start = if *offset < 0 { total + offset } else { *offset };
                let end = length.map_or(total, |length| start + length as i64);
                let within = |row: i64| row.clamp(0, total) as usize;
                rows[within(start)..within(end).max(within(start))].to_vec()
            }
            Self::Index(input, offset) => {
                input.meaning().iter().zip(i64::from(*offset)..).map(|(n, i)| n + i).collect()
            }
            Self::Filter(input, below) => input.meaning().into_iter().filter(|n| n % 7 < *below).collect(),
            Self::Cross(input, count) => {
                input.meaning().iter().flat_map(|n| (0..*count).map(move |m| n + m)).collect()
            }
            Self::Join(input, modulus) => {
                let partners = |n: i64| (0..60).filter(|m| m % modulus == n % modulus).count();
                input.meaning().into_iter().flat_map(|n| std::iter::repeat_n(n, partners(n))).collect()
            }
        }
    }
}

fn nodes() -> BoxedStrategy<Node> {
    let leaf = prop_oneof![
        (0i64..3000, 16usize..4000).prop_map(|(rows, size)| Node::Text(rows, size)),
        (0i64..3000, 1usize..20).prop_map(|(rows, chunks)| Node::Table(rows, chunks)),
    ];
    let grown = leaf.prop_recursive(4, 12, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let length = prop_oneof![Just(None), (0usize..3000).prop_map(Some)];
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 1..4).prop_map(Node::Union),
            3 => (one(), -3000i64..3000, length).prop_map(|(n, offset, length)| Node::Slice(n, offset, length)),
            3 => (one(), 0u32..100).prop_map(|(n, offset)| Node::Index(n, offset)),
            2 => (one(), 0i64..7).prop_map(|(n, below)| Node::Filter(n, below)),
            1 => (one(), 0i64..4).prop_map(|(n, count)| Node::Cross(n, count)),
            1 => (one(), 20i64..60).prop_map(|(n, modulus)| Node::Join(n, modulus)),
        ]
    });
    grown.boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn streams_mean_what_lists_do(node in nodes(), optimized in any::<bool>()) {
        let (query, expected) = (node.query(), node.meaning());
        for threads in THREADS {
            let found = written(&query, threads).unwrap();
            proptest::prop_assert!(found == expected, "written by {threads} threads");
            let context = Context::new(threads);
            let frame = if optimized { query.collect_with(&context) } else { query.collect_unoptimized(&context) };
            let found: Vec<String> = frame_rows(&frame.unwrap());
            let expected: Vec<String> = expected.iter().map(i64::to_string).collect();
            proptest::prop_assert!(found == expected, "collected by {threads} threads");
        }
    }
}

#[test]
fn large_sides_of_cross_joins_stream() {
    // More than a morsel on the left, so that it is not collected, and pieces of more than a morsel on the right.
    for (left, right) in [(200_000, 3), (70_000, 1), (70_000, 0), (3, 100_000)] {
        let node = Node::Cross(Box::new(Node::Table(left, 5)), right);
        let expected = node.meaning();
        for threads in THREADS {
            assert!(
                written(&node.query(), threads).unwrap() == expected,
                "{left} × {right}, {threads} threads"
            );
        }
    }
    let pieces = Node::Cross(Box::new(Node::Table(66_000, 5)), 5);
    let numbered = Node::Slice(Box::new(Node::Index(Box::new(pieces), 0)), 100_000, Some(150_000));
    for threads in THREADS {
        assert!(written(&numbered.query(), threads).unwrap() == numbered.meaning());
    }
}

#[test]
fn errors_end_streams() {
    // In an input of a union, in what is numbered, in what is cut; workers that wait for the one that fails are let go.
    let broken =
        |rows| text(0..rows, 64).select([(col("n") + lit(1)).cast(DataType::Int8).cast(DataType::Int64)]);
    let queries = [
        hypostyle::concat([text(0..5000, 64), broken(5000), text(0..5000, 64)], false).unwrap(),
        broken(5000).with_row_index("i", 0),
        broken(5000).slice(300, Some(4000)),
        hypostyle::concat([broken(3000), broken(3000)], false)
            .unwrap()
            .slice(10, None)
            .with_row_index("i", 5),
    ];
    for query in &queries {
        for threads in THREADS {
            for error in [
                written(query, threads).unwrap_err(),
                query.collect_with(&Context::new(threads)).unwrap_err(),
            ] {
                assert!(error.to_string().contains("`i64` to `i8`"), "{error}");
            }
        }
    }
}

#[test]
fn row_numbers_have_32_bits() {
    let numbered = |offset| table(0..10, 3).with_row_index("i", offset);
    for threads in THREADS {
        let context = Context::new(threads);
        assert!(numbered(u32::MAX - 10).collect_with(&context).is_ok());
        let error = numbered(u32::MAX - 9).collect_with(&context).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Overflow { .. }), "{error}");
    }
}

/// A sink that counts pieces and takes its time.
struct Slow(Arc<AtomicUsize>, Numbers);

impl DataSink for Slow {
    fn piece_rows(&self) -> usize {
        100
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        self.1.encoder()
    }

    fn append(&mut self, _piece: Piece) -> Result<()> {
        std::thread::sleep(Duration::from_millis(1));
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

#[test]
fn streams_stop_when_they_are_told() {
    let endless = || text(0..200_000, 256);
    let union = hypostyle::concat([endless(), endless()], false).unwrap();
    for query in [union, endless().with_row_index("i", 0), endless().slice(1000, None)] {
        for threads in THREADS {
            let token = CancelToken::new();
            let context = Context::new(threads).with_cancel(token.clone());
            let pieces = Arc::new(AtomicUsize::new(0));
            let error = std::thread::scope(|scope| {
                scope.spawn(|| {
                    // The first piece comes within milliseconds, on a busy machine within a second; all rows take longer.
                    let start = Instant::now();
                    while pieces.load(Ordering::SeqCst) == 0 && start.elapsed() < Duration::from_secs(1) {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                    std::thread::sleep(Duration::from_millis(20));
                    token.cancel();
                });
                let sink = Slow(pieces.clone(), Numbers::default());
                query.sink(&context, |_| Ok(Box::new(sink))).unwrap_err()
            });
            assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
            // A union or a slice that collected its input first would have written nothing.
            assert!(pieces.load(Ordering::SeqCst) > 0);
        }
    }
}

#[test]
fn row_groups_of_several_morsels() {
    let file = tempfile::NamedTempFile::new().unwrap();
    // Two row groups of four morsels, and a small one: workers that read a group each come back to the first one.
    let options = ParquetWriteOptions { row_group_size: Some(250_000), ..Default::default() };
    table(0..520_000, 3).sink_parquet(file.path(), &options, &Context::new(2)).unwrap();
    let scan = || scan_parquet(file.path(), ParquetReadOptions::default());
    let kept = || scan().filter((col("n") % lit(3)).lt(lit(2)));
    let all: Vec<i64> = (0..520_000).collect();
    let some: Vec<i64> = all.iter().copied().filter(|n| n % 3 < 2).collect();
    let indexed: Vec<i64> = (0..some.len() as i64).collect();
    for threads in [2, 3, 8].repeat(3) {
        let rows = |query: LazyFrame| {
            let collected = query.clone().collect_with(&Context::new(threads)).unwrap();
            let collected: Vec<i64> =
                collected.batches().iter().flat_map(|b| numbers_of(b.column(0))).collect();
            assert!(written(&query, threads).unwrap() == collected, "written otherwise, {threads} threads");
            collected
        };
        assert!(rows(scan()) == all);
        assert!(rows(kept()) == some);
        assert_eq!(rows(scan().tail(5)), all[all.len() - 5..]);
        assert_eq!(rows(kept().tail(7)), some[some.len() - 7..]);
        assert_eq!(rows(kept().slice(-100_000, Some(3))), some[some.len() - 100_000..][..3]);
        assert!(rows(kept().slice(20_000, Some(300_000))) == some[20_000..320_000]);
        assert!(rows(kept().with_row_index("i", 0)) == indexed);
    }
}

#[test]
fn the_token_of_the_context_stops_batches() {
    let numbers = DataFrame::new([("n", Column::from_vec((0..1_000_000i64).collect()))]).unwrap().lazy();
    let token = CancelToken::new();
    let context = Context::new(2).with_cancel(token.clone());
    let mut batches = numbers.collect_batches(Some(1_000), &context).unwrap();
    assert_eq!(batches.next().unwrap().unwrap().height(), 1_000);
    token.cancel();
    let rest: Vec<_> = batches.by_ref().collect();
    assert!(rest.len() < 500, "{} batches after the query was stopped", rest.len());
    assert!(matches!(rest.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Cancelled));
    // One stopped for itself stops nobody else.
    let other = Context::new(2);
    drop(numbers.collect_batches(Some(1_000), &other).unwrap());
    assert!(other.check().is_ok());
}
