//! Very many terms and steps give an answer, on any thread.

use hypostyle::prelude::*;

const MANY: i64 = 20_000;

fn frame() -> LazyFrame {
    DataFrame::new([("a", Column::from_vec(vec![1i64, MANY]))]).unwrap().lazy()
}

fn any_of(count: i64) -> Expr {
    (0..count).map(|i| col("a").eq(lit(i))).reduce(Expr::or).unwrap()
}

/// Runs on a thread with little stack.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
}

#[test]
fn terms() {
    on_a_small_stack(|| {
        let found = frame().filter(any_of(MANY)).select([col("a")]).collect().unwrap();
        assert_eq!(found.height(), 1);
        let kept = frame().with_column(any_of(MANY).alias("b"));
        assert_eq!(kept.clone().collect_unoptimized(&Context::default()).unwrap().height(), 2);
        assert!(kept.explain(true).unwrap().len() > MANY as usize);
    });
}

#[test]
fn steps() {
    on_a_small_stack(|| {
        let query = (0..MANY).fold(frame(), |query, _| query.with_column(col("a") + lit(1)));
        let result = query.clone().collect().unwrap();
        assert_eq!(result.column("a").unwrap().get(0).unwrap(), Scalar::from(1 + MANY));
        assert_eq!(query.filter(col("a").gt(lit(0))).collect().unwrap().height(), 2);
    });
}

#[test]
fn trees_are_compared_written_and_dropped() {
    on_a_small_stack(|| {
        let (a, b) = (any_of(MANY), any_of(MANY));
        assert_eq!(a, b);
        assert_ne!(a, any_of(MANY - 1));
        let nested = (0..1_000).fold(col("a"), |expr, _| expr.fill_null(0));
        assert_eq!(nested.clone().to_string().matches("fill_null").count(), 1_000);
        drop((a, b, nested));
    });
}
