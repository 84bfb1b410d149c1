//! The graph of pipelines that a query becomes: as text, and as it runs.

use hypostyle::prelude::*;
use hypostyle::{CancelToken, Progress};

use crate::{check_rows, frame_rows, sales};

#[track_caller]
fn check_physical(query: &LazyFrame, expected: &str) {
    let found = query.explain_physical(&Context::new(2)).unwrap();
    let expected: Vec<&str> = expected.lines().filter(|line| !line.trim().is_empty()).collect();
    let indent = expected.first().map_or(0, |line| line.len() - line.trim_start().len());
    let expected: Vec<&str> = expected.iter().map(|line| &line[indent..]).collect();
    assert_eq!(found, expected.join("\n"), "\n{found}\n");
}

#[test]
fn breakers_end_pipelines() {
    let totals = sales().group_by([col("city")]).agg([col("amount").sum()]);
    check_physical(
        &totals.sort(["city"], SortOptions::default()),
        r#"
        PIPELINE 0
          SCAN DataFrame [5 rows, 3 columns] columns: [city, amount]
          AGGREGATE by [col("city")]: [col("amount").sum()]
        PIPELINE 1 after 0
          ROWS OF PIPELINE 0
          SORT by [col("city")]
        PIPELINE 2 after 1
          ROWS OF PIPELINE 1
          COLLECT
        "#,
    );
}

#[test]
fn build_sides_come_before_the_scans_that_know_their_keys() {
    let cities = DataFrame::new([("city", Column::from_strs(["Oslo"]))]).unwrap().lazy();
    let query =
        sales().inner_join(cities.clone(), col("city"), col("city")).filter(col("amount").gt(lit(1.0)));
    let text = query.explain_physical(&Context::new(2)).unwrap();
    let builds = text.matches("JOIN BUILD").count();
    assert_eq!(builds, 1, "{text}");
    assert!(text.contains("PIPELINE 1 after 0"), "{text}");
    // Sides that do not need each other are not after each other.
    let beside =
        concat_horizontal([sales().select([col("city").max()]), sales().select([col("year").max()])]);
    let text = beside.unwrap().explain_physical(&Context::new(2)).unwrap();
    assert!(text.contains("PIPELINE 2\n"), "{text}");
}

/// Many independent pipelines, small and large, on every number of threads.
#[test]
fn pipelines_that_overlap_give_the_same_rows() {
    let rows = 150_000i64;
    let table = |factor: i64| {
        let keys: Vec<i64> = (0..rows).map(|i| i * factor % 9_973).collect();
        let values: Vec<f64> = (0..rows).map(|i| i as f64 / 7.0 * factor as f64).collect();
        DataFrame::new([("k", Column::from_vec(keys)), ("v", Column::from_vec(values))]).unwrap().lazy()
    };
    let sums = |factor: i64| {
        let name = format!("v{factor}");
        table(factor).group_by([col("k")]).agg([col("v").sum().alias(name.as_str())])
    };
    let mut query = sums(1);
    for factor in [3, 5, 7, 11] {
        query = query.inner_join(sums(factor), col("k"), col("k"));
    }
    let query = query
        .inner_join(table(13).unique(Some(vec![col("k")]), UniqueKeep::First), col("k"), col("k"))
        .sort(["k"], SortOptions::default());
    let expected = frame_rows(&query.collect_with(&Context::new(1)).unwrap());
    assert_eq!(expected.len(), 9_973);
    for threads in [2, 3, 5] {
        for _ in 0..3 {
            let progress = Progress::new();
            let context = Context::new(threads).with_progress(progress.clone());
            assert!(frame_rows(&query.collect_with(&context).unwrap()) == expected, "{threads} threads");
            assert!(progress.pipelines() > 10);
            assert_eq!(progress.finished(), progress.pipelines());
            assert!(progress.rows() > 6 * rows as u64);
        }
    }
}

/// Two pipelines fail: the error is that of the first one, on every number of threads.
#[test]
fn errors_do_not_depend_on_who_is_first() {
    let table = |rows: i64, name: &str| {
        let values: Vec<i64> = (0..rows).collect();
        DataFrame::new([(name, Column::from_vec(values))]).unwrap().lazy()
    };
    let failing = |rows: i64, name: &str, dtype: DataType| {
        table(rows, name).with_columns([col(name).cast(dtype)]).sort([name], SortOptions::default())
    };
    let slow = failing(400_000, "slow", DataType::UInt8);
    let fast = failing(70_000, "fast", DataType::UInt16);
    let query = concat_horizontal([slow, fast]).unwrap();
    for threads in [1, 2, 3, 2, 3, 2] {
        let error = query.collect_with(&Context::new(threads)).unwrap_err().to_string();
        // Which values it names is a matter of threads, as of a single pipeline; of which column they are is not.
        assert!(error.contains("to `u8`"), "{threads} threads: {error}");
    }
    let token = CancelToken::new();
    token.cancel();
    let stopped = query.collect_with(&Context::new(2).with_cancel(token)).unwrap_err();
    assert!(matches!(stopped.kind(), ErrorKind::Cancelled));
}

#[test]
fn expressions_over_all_rows_take_part_in_pipelines() {
    let query = sales()
        .with_columns([(col("year") - col("year").mean()).alias("off")])
        .filter(col("off").gt(lit(0.0)))
        .select([col("city"), col("year").max().over([col("city")]).alias("most")]);
    check_rows(&query.select([len().alias("n")]), &["2"]);
}
