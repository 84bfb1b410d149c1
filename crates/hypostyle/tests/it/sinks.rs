//! Results that are written while they are computed: in order, in pieces that do not depend on threads, with little in
//! memory, and all or nothing.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hypostyle::core::Batch;
use hypostyle::plan::{DataSink, Piece, PieceEncoder};
use hypostyle::prelude::*;
use proptest::prelude::{ProptestConfig, proptest};

use crate::{frame_rows, show};

/// What goes wrong in a file, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Encode(usize),
    Panic(usize),
    Append(usize),
    Finish,
}

/// A sink that remembers what it got, with a fault perhaps.
#[derive(Clone)]
struct Recorder {
    piece_rows: usize,
    fault: Option<Fault>,
    delay: Duration,
    pieces: Arc<Mutex<Vec<Vec<String>>>>,
    encoded: Arc<AtomicUsize>,
    /// The most pieces that were encoded and not appended.
    held: Arc<AtomicUsize>,
    finished: Arc<AtomicUsize>,
}

impl Recorder {
    fn new(piece_rows: usize) -> Self {
        Self {
            piece_rows,
            fault: None,
            delay: Duration::ZERO,
            pieces: Arc::default(),
            encoded: Arc::default(),
            held: Arc::default(),
            finished: Arc::default(),
        }
    }

    fn fails(&self, fault: Fault) -> Result<()> {
        if self.fault == Some(fault) { Err(Error::compute(format!("{fault:?}"))) } else { Ok(()) }
    }

    fn run(&self, query: &LazyFrame, context: &Context) -> Result<()> {
        query.sink(context, |_| Ok(Box::new(self.clone())))
    }
}

impl DataSink for Recorder {
    fn piece_rows(&self) -> usize {
        self.piece_rows
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::new(self.clone())
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        std::thread::sleep(self.delay);
        let mut pieces = self.pieces.lock().unwrap();
        self.held.fetch_max(self.encoded.load(Ordering::SeqCst) - pieces.len(), Ordering::SeqCst);
        self.fails(Fault::Append(pieces.len()))?;
        pieces.push(*piece.downcast().unwrap());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.finished.fetch_add(1, Ordering::SeqCst);
        self.fails(Fault::Finish)
    }
}

impl PieceEncoder for Recorder {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        let number = self.encoded.fetch_add(1, Ordering::SeqCst);
        self.fails(Fault::Encode(number))?;
        assert_ne!(self.fault, Some(Fault::Panic(number)), "a fault");
        assert!(rows.iter().all(|batch| !batch.is_empty()));
        let mut lines = Vec::new();
        for batch in rows {
            for row in 0..batch.len() {
                lines.push(show(&batch.column(0).value(row)));
            }
        }
        Ok(Box::new(lines))
    }
}

/// A query over CSV text in blocks of a few rows, of which a filter leaves some empty.
fn numbers(rows: usize) -> LazyFrame {
    let text: String = std::iter::once("n\n".to_owned()).chain((0..rows).map(|i| format!("{i}\n"))).collect();
    let options = CsvReadOptions { block_size: 4096, ..Default::default() };
    scan_csv_bytes(text.into_bytes(), options).filter((col("n") % lit(5000)).gt(lit(1500)))
}

const THREADS: [usize; 3] = [1, 2, 8];

#[test]
fn pieces_are_the_same_for_any_number_of_threads() {
    let query = numbers(60_000);
    let expected = frame_rows(&query.collect().unwrap());
    for piece_rows in [1000, 1, 64, 41_999, 1_000_000] {
        for threads in THREADS {
            let recorder = Recorder::new(piece_rows);
            recorder.run(&query, &Context::new(threads)).unwrap();
            let pieces = recorder.pieces.lock().unwrap();
            assert_eq!(pieces.concat(), expected, "{threads} threads");
            let (last, others) = pieces.split_last().unwrap();
            assert!(others.iter().all(|piece| piece.len() == piece_rows));
            assert!(!last.is_empty() && last.len() <= piece_rows);
            assert_eq!(recorder.finished.load(Ordering::SeqCst), 1);
        }
    }
}

#[test]
fn joins_that_multiply_rows_are_written_in_order() {
    let left = DataFrame::new([("k", Column::from_vec((0..70_000i64).collect()))]).unwrap();
    let right = DataFrame::new([
        ("k", Column::from_vec((0..3000i64).map(|i| i % 300 * 200).collect())),
        (
            "t",
            Column::from_strs(
                (0..3000).map(|i| format!("{i}")).collect::<Vec<_>>().iter().map(String::as_str),
            ),
        ),
    ])
    .unwrap();
    let args =
        JoinArgs { maintain_order: hypostyle::plan::JoinOrder::LeftRight, ..JoinArgs::new(JoinType::Left) };
    let query = left.lazy().join(right.lazy(), [col("k")], [col("k")], args).select([col("t"), col("k")]);
    let expected: Vec<String> = frame_rows(&query.collect().unwrap())
        .iter()
        .map(|row| row.split('|').next().unwrap().to_owned())
        .collect();
    for threads in THREADS {
        let recorder = Recorder::new(777);
        recorder.run(&query, &Context::new(threads)).unwrap();
        let found = recorder.pieces.lock().unwrap().concat();
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(&expected).all(|(found, text)| found == text));
    }
}

#[test]
fn a_fault_ends_the_query_with_its_error() {
    let query = numbers(60_000);
    for fault in [Fault::Encode(0), Fault::Encode(20), Fault::Append(0), Fault::Append(13), Fault::Finish] {
        for threads in THREADS {
            let recorder = Recorder { fault: Some(fault), ..Recorder::new(500) };
            let error = recorder.run(&query, &Context::new(threads)).unwrap_err();
            assert_eq!(error.to_string(), format!("{fault:?}"));
        }
    }
    for threads in THREADS {
        let recorder = Recorder { fault: Some(Fault::Panic(7)), ..Recorder::new(500) };
        let run = || recorder.run(&query, &Context::new(threads));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        assert_eq!(recorder.finished.load(Ordering::SeqCst), 0);
    }
    // An error before the sink, in the middle of the file.
    let broken = query.with_columns([lit(1_000_000).cast(DataType::Int8)]);
    for threads in THREADS {
        let recorder = Recorder::new(500);
        recorder.run(&broken, &Context::new(threads)).unwrap_err();
        assert_eq!(recorder.finished.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn a_slow_file_holds_the_query_back() {
    let query = numbers(200_000);
    for threads in [1, 2, 4] {
        let recorder = Recorder { delay: Duration::from_millis(1), ..Recorder::new(1000) };
        recorder.run(&query, &Context::new(threads)).unwrap();
        // Encoded and waiting, in the hands of workers, and being appended.
        let held = recorder.held.load(Ordering::SeqCst);
        assert!(held <= 5 * threads + 1, "{held} pieces for {threads} threads");
    }
}

#[test]
fn a_stopped_query_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.csv");
    std::fs::write(&path, "old").unwrap();
    let query = numbers(500_000);
    for threads in THREADS {
        for wait in [0, 3, 10] {
            let token = CancelToken::new();
            let context = Context::new(threads).with_cancel(token.clone());
            let recorder = Recorder { delay: Duration::from_millis(2), ..Recorder::new(1000) };
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(wait));
                    token.cancel();
                });
                let error = recorder.run(&query, &context).unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
                let error = query.sink_csv(&path, CsvWriteOptions::default(), &context).unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
            });
            check_untouched(dir.path());
        }
    }
}

/// The folder holds what it held.
#[track_caller]
fn check_untouched(dir: &Path) {
    let names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["x.csv"]);
    assert_eq!(std::fs::read_to_string(dir.join("x.csv")).unwrap(), "old");
}

#[test]
fn an_error_in_the_middle_leaves_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.csv");
    std::fs::write(&path, "old").unwrap();
    let text: String = std::iter::once("n\n".to_owned())
        .chain((0..200_000).map(|i| format!("{}\n", if i == 150_000 { -1 } else { i })))
        .collect();
    let query = scan_csv_bytes(text.into_bytes(), CsvReadOptions { block_size: 4096, ..Default::default() })
        .select([col("n").cast(DataType::UInt32)]);
    for threads in THREADS {
        let error = query.sink_csv(&path, CsvWriteOptions::default(), &Context::new(threads)).unwrap_err();
        assert!(error.to_string().contains("-1"), "{error}");
        check_untouched(dir.path());
    }
}

#[test]
fn files_are_the_same_for_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let query = numbers(100_000).with_columns([(col("n").cast(DataType::Float64) / lit(7)).alias("x")]);
    for compression in [TextCompression::None, TextCompression::Gzip(None), TextCompression::Zstd(None)] {
        let [one, two, eight] = THREADS.map(|threads| {
            let path = dir.path().join(format!("{threads}.csv"));
            let options = CsvWriteOptions { compression, ..Default::default() };
            query.sink_csv(&path, options, &Context::new(threads)).unwrap();
            std::fs::read(&path).unwrap()
        });
        assert!(one == two && two == eight, "{compression:?}");
    }
}

#[test]
fn several_files_are_written_in_one_pass() {
    let shared = numbers(60_000).with_columns([(col("n") % lit(7)).alias("r")]);
    let queries = [
        shared.clone().filter(col("r").eq(lit(3))).select([col("n")]),
        shared.clone().select([(col("n") + lit(1)).alias("n")]),
        shared.clone().filter(col("n").lt(lit(0))),
    ];
    let expected: Vec<Vec<String>> = queries
        .iter()
        .map(|query| {
            let rows = frame_rows(&query.collect().unwrap());
            rows.iter().map(|row| row.split('|').next().unwrap().to_owned()).collect()
        })
        .collect();
    for threads in THREADS {
        for delay in [0, 1] {
            let recorders = [1000, 64, 777]
                .map(|rows| Recorder { delay: Duration::from_millis(delay), ..Recorder::new(rows) });
            let jobs = queries.iter().zip(&recorders).map(|(query, recorder)| {
                let sink = recorder.clone();
                let create: hypostyle::CreateSink =
                    Box::new(move |_: &Schema| Ok(Box::new(sink) as Box<dyn DataSink>));
                (query.clone(), Some(create))
            });
            assert!(hypostyle::run_all(jobs, &Context::new(threads)).unwrap().is_empty());
            for (recorder, expected) in recorders.iter().zip(&expected) {
                assert!(recorder.pieces.lock().unwrap().concat() == *expected, "{threads} threads");
                assert_eq!(recorder.finished.load(Ordering::SeqCst), 1);
                assert!(recorder.held.load(Ordering::SeqCst) <= 5 * threads + 1);
            }
        }
        let faulty = Recorder { fault: Some(Fault::Append(5)), ..Recorder::new(500) };
        let sound = Recorder::new(500);
        let jobs = [&sound, &faulty].into_iter().zip(&queries).map(|(recorder, query)| {
            let sink = recorder.clone();
            let create: hypostyle::CreateSink =
                Box::new(move |_: &Schema| Ok(Box::new(sink) as Box<dyn DataSink>));
            (query.clone(), Some(create))
        });
        let error = hypostyle::run_all(jobs, &Context::new(threads)).unwrap_err();
        assert_eq!(error.to_string(), "Append(5)");
        assert_eq!(sound.finished.load(Ordering::SeqCst), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_the_query() {
    for threads in THREADS {
        let error = numbers(500_000)
            .sink_csv("/dev/full", CsvWriteOptions::default(), &Context::new(threads))
            .unwrap_err();
        assert!(error.to_string().contains("/dev/full"), "{error}");
    }
}

#[test]
fn a_result_without_rows_is_a_header() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.csv");
    let none = numbers(10).filter(col("n").lt(lit(0)));
    none.sink_csv(&path, CsvWriteOptions::default(), &Context::new(2)).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "n\n");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn rows_stay_in_order(
        rows in 0usize..5000,
        block_size in 16usize..5000,
        piece_rows in 1usize..3000,
        remainder in 0i64..10,
        threads in 1usize..5,
    ) {
        let text: String = std::iter::once("n\n".to_owned()).chain((0..rows).map(|i| format!("{i}\n"))).collect();
        let options = CsvReadOptions { block_size, ..Default::default() };
        let query = scan_csv_bytes(text.into_bytes(), options)
            .select([col("n").cast(DataType::Int64)])
            .filter((col("n") % lit(10)).lt_eq(lit(remainder)));
        let recorder = Recorder::new(piece_rows);
        recorder.run(&query, &Context::new(threads)).unwrap();
        let expected: Vec<String> =
            (0..rows).filter(|i| (*i % 10) as i64 <= remainder).map(|i| i.to_string()).collect();
        let pieces = recorder.pieces.lock().unwrap();
        proptest::prop_assert!(pieces.iter().rev().skip(1).all(|piece| piece.len() == piece_rows));
        proptest::prop_assert_eq!(pieces.concat(), expected);
    }
}
