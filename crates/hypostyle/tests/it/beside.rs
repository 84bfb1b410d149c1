//! Queries that run beside and within each other on the threads of one pool.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hypostyle::prelude::*;

use crate::frame_rows;

/// More rows than one thread takes by itself.
const ROWS: i64 = 200_000;
/// Longer than any of these queries takes: whoever waits longer waits for ever.
const PATIENCE: Duration = Duration::from_secs(120);

fn query(seed: i64) -> LazyFrame {
    let ids = (0..ROWS).map(|i| i * 7_919 % ROWS).collect::<Vec<_>>();
    let values = (0..ROWS).map(|i| (i * seed) as f64 * 0.1).collect::<Vec<_>>();
    let left =
        DataFrame::new([("id", Column::from_vec(ids.clone())), ("v", Column::from_vec(values))]).unwrap();
    let groups = ids.iter().map(|id| id % 11).collect::<Vec<_>>();
    let right = DataFrame::new([("id", Column::from_vec(ids)), ("g", Column::from_vec(groups))]).unwrap();
    left.lazy()
        .join(right.lazy(), [col("id")], [col("id")], JoinArgs::new(JoinType::Inner))
        .group_by([col("g")])
        .agg([col("v").sum()])
        .sort(["g"], SortOptions::default())
}

fn wait(results: &Receiver<Vec<String>>) -> Vec<String> {
    results.recv_timeout(PATIENCE).expect("a query waits for another one, or failed")
}

#[test]
fn many_at_once() {
    let (sender, results) = channel();
    for thread in 0..24 {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let context = Context::new(2);
            for turn in 0..3 {
                sender.send(frame_rows(&query(thread % 3 + turn).collect_with(&context).unwrap())).unwrap();
            }
        });
    }
    let mut found: Vec<_> = (0..24 * 3).map(|_| wait(&results)).collect();
    let one = Context::new(1);
    let mut expected: Vec<_> = (0..24)
        .flat_map(|thread| (0..3).map(move |turn| thread % 3 + turn))
        .map(|seed| frame_rows(&query(seed).collect_with(&one).unwrap()))
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert!(found == expected);
}

#[test]
fn within_functions_of_others() {
    let (sender, results) = channel();
    for _ in 0..6 {
        let sender = sender.clone();
        std::thread::spawn(move || {
            // As a binding does that listens for signals: a thread of its own runs the inner query.
            let inner = |frame: DataFrame| {
                let inner = std::thread::spawn(|| query(5).collect_with(&Context::new(2)));
                inner.join().map_err(|_| Error::internal("the inner query panicked"))??;
                Ok(frame)
            };
            let query = query(4).map("inner", None, inner);
            sender.send(frame_rows(&query.collect_with(&Context::new(2)).unwrap())).unwrap();
        });
    }
    let expected = frame_rows(&query(4).collect_with(&Context::new(1)).unwrap());
    for _ in 0..6 {
        assert!(wait(&results) == expected);
    }
}

#[test]
fn one_that_fails_leaves_the_others_their_threads() {
    let context = Context::new(2);
    let failing = query(3).with_columns([col("v").cast(DataType::UInt8)]);
    let token = CancelToken::new();
    token.cancel();
    for _ in 0..3 {
        assert!(failing.collect_with(&context).is_err());
        let stopped = query(3).collect_with(&context.clone().with_cancel(token.clone()));
        assert!(matches!(stopped.unwrap_err().kind(), ErrorKind::Cancelled));
    }
    let (sender, results) = channel();
    let shared = Arc::new(query(3));
    std::thread::spawn(move || sender.send(frame_rows(&shared.collect_with(&Context::new(2)).unwrap())));
    assert_eq!(wait(&results).len(), 11);
}
