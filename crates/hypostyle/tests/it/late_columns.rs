//! Columns that only the first rows of a sort need are read for these rows, and are what they would have been.

use hypostyle::prelude::*;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use tempfile::TempDir;

use crate::{check_plan, frame_rows};

const ROWS: i64 = 4000;

/// A file of many small row groups and pages: `id` is there once, `k` is a key of [`partners`] most of the time.
fn file(dir: &TempDir) -> LazyFrame {
    let text = |i: i64| format!("text {}", i % 1500);
    let texts: Vec<String> = (0..ROWS).map(text).collect();
    let texts = texts.iter().enumerate().map(|(i, text)| (i % 5 != 1).then_some(text.as_str()));
    let frame = DataFrame::new([
        ("id", Column::from_vec((0..ROWS).map(|i| i * 1234 % 4001).collect())),
        ("k", Column::from_options((0..ROWS).map(|i| (i % 9 != 0).then_some(i * 7 % 4000)))),
        ("s", Column::from_utf8(texts.collect())),
        (
            "v",
            Column::from_options((0..ROWS).map(|i| match i % 11 {
                0 => None,
                1 => Some(f64::NAN),
                _ => Some(i as f64 / 8.0),
            })),
        ),
        ("w", Column::from_vec((0..ROWS).map(|i| i % 17).collect())),
    ]);
    written(dir, "rows.parquet", &frame.unwrap())
}

/// Its column `s` is another one than that of [`file`].
fn partners(dir: &TempDir) -> LazyFrame {
    let texts: Vec<String> = (0..3000).map(|i| format!("partner {i}")).collect();
    let frame = DataFrame::new([
        ("k", Column::from_vec((0..3000i64).collect())),
        ("s", Column::from_utf8(texts.iter().map(|text| Some(text.as_str())).collect())),
        ("p", Column::from_options((0..3000i64).map(|i| (i % 3 != 0).then_some(i)))),
    ]);
    written(dir, "partners.parquet", &frame.unwrap())
}

fn written(dir: &TempDir, name: &str, frame: &DataFrame) -> LazyFrame {
    let path = dir.path().join(name);
    let options = ParquetWriteOptions {
        row_group_size: Some(900),
        data_page_size: Some(1 << 10),
        ..ParquetWriteOptions::default()
    };
    frame.write_parquet(path.clone(), &options).unwrap();
    scan_parquet(path, ParquetReadOptions::default())
}

/// What happens between the file and the sort.
#[derive(Clone, Debug)]
enum Step {
    Keys(i64),
    Texts,
    Replace,
    Rename,
    Twice,
    Numbered,
    Sorted,
    Inner,
    Left,
    LeftWithKeys,
    Semi(i64),
    Anti(i64),
    /// What came from the right side of a join, under other names.
    Joined,
}

impl Step {
    /// Whether rows that tie may come in any order behind it.
    fn joins(&self) -> bool {
        matches!(
            self,
            Self::Inner | Self::Left | Self::LeftWithKeys | Self::Joined | Self::Semi(_) | Self::Anti(_)
        )
    }
}

fn apply(query: LazyFrame, step: &Step, dir: &TempDir) -> LazyFrame {
    let with = |kind: JoinType| JoinArgs::new(kind);
    match step {
        Step::Keys(n) => query.filter(col("k").gt(lit(*n))),
        Step::Texts => query.filter(col("s").str().ends_with(lit("7"))),
        Step::Replace => query.with_columns([(col("w") * lit(2)).alias("w")]),
        Step::Rename => {
            query.select([col("id"), col("k"), col("s"), col("v").alias("w"), col("w").alias("v")])
        }
        Step::Twice => query.select([col("id"), col("k"), col("s"), col("v"), col("v").alias("w")]),
        Step::Numbered => {
            let numbered = query.with_row_index("n", 0).filter(col("n").gt(lit(2)));
            numbered.select([col("id"), col("k"), col("s"), col("v"), col("w")])
        }
        Step::Sorted => query.sort(["w"], SortOptions::default()),
        Step::Joined => query.with_columns([col("s_right").alias("t"), (col("p") + lit(1)).alias("q")]),
        Step::Inner => query.join(partners(dir), [col("k")], [col("k")], with(JoinType::Inner)),
        Step::Left => query.join(partners(dir), [col("k")], [col("k")], with(JoinType::Left)),
        Step::LeftWithKeys => {
            let args = JoinArgs { coalesce: Some(false), ..with(JoinType::Left) };
            query.join(partners(dir), [col("k")], [col("k")], args)
        }
        Step::Semi(n) => query.semi_join(partners(dir).filter(col("p").gt(lit(*n))), col("k"), col("k")),
        Step::Anti(n) => query.anti_join(partners(dir).filter(col("p").gt(lit(*n))), col("k"), col("k")),
    }
}

/// Joins bring the same names again: one of them at most, and what may come behind it.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0i64..4000).prop_map(Step::Keys),
        Just(Step::Texts),
        Just(Step::Replace),
        Just(Step::Rename),
        Just(Step::Twice),
        Just(Step::Numbered),
        Just(Step::Sorted),
        (0i64..3000).prop_map(Step::Semi),
        (0i64..3000).prop_map(Step::Anti),
    ];
    let join = prop_oneof![Just(Step::Inner), Just(Step::Left), Just(Step::LeftWithKeys)];
    let behind = prop_oneof![
        (0i64..4000).prop_map(Step::Keys),
        Just(Step::Texts),
        Just(Step::Replace),
        Just(Step::Joined),
        Just(Step::Sorted),
        (0i64..3000).prop_map(Step::Semi),
    ];
    let join = prop::option::of((join, prop::collection::vec(behind, 0..3)));
    (prop::collection::vec(step, 0..4), join).prop_map(|(mut steps, join)| {
        if let Some((join, behind)) = join {
            steps.push(join);
            steps.extend(behind);
        }
        steps
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn late_columns_are_what_they_are(
        steps in steps(),
        by in prop::sample::select(vec!["id", "k", "s", "v", "w"]),
        descending in any::<bool>(),
        nulls_last in any::<bool>(),
        offset in 0i64..4,
        limit in 0usize..8,
        ties in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let query = steps.iter().fold(file(&dir), |query, step| apply(query, step, &dir));
        let options = SortOptions { descending: vec![descending], nulls_last: vec![nulls_last], ..SortOptions::default() };
        // A sort below another decides nothing about ties: it is left out.
        let orders = |step: &Step| step.joins() || matches!(step, Step::Sorted);
        let keys = if ties && !steps.iter().any(orders) { vec![by] } else { vec![by, "id"] };
        let query = query.sort(keys, options).slice(offset, Some(limit));
        let expected = frame_rows(&query.collect_unoptimized(&Context::new(1)).unwrap());
        for threads in [1, 2, 8] {
            let found = frame_rows(&query.collect_with(&Context::new(threads)).unwrap());
            assert_eq!(found, expected, "{}", query.explain_all().unwrap());
        }
    }
}

#[test]
fn the_plan_fetches() {
    let dir = tempfile::tempdir().unwrap();
    let query = file(&dir)
        .filter(col("w").gt(lit(3)))
        .left_join(partners(&dir), col("k"), col("k"))
        .sort(["v"], SortOptions::default())
        .limit(3);
    let dir = dir.path().display();
    check_plan(
        &query,
        &format!(
            r#"
            SELECT [col("id"), col("k"), col("s"), col("v"), col("w"), col("s_right"), col("p")]
              FETCH [s_right, p] of Parquet SCAN [{dir}/partners.parquet]
                FETCH [id, s] of Parquet SCAN [{dir}/rows.parquet]
                  TOP 3 by [col("v")]
                    LEFT JOIN on [col("k")] = [col("k")]
                      FILTER [(col("w")) > (3)]
                        SCAN Parquet SCAN [{dir}/rows.parquet] columns: [k, v, w, row id 1]
                      SCAN Parquet SCAN [{dir}/partners.parquet] columns: [k, row id 2]
            "#
        ),
    );
}

/// Of rows that tie those come first that came first before, and others are not fetched in their place.
#[test]
fn ties_stay_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let query = file(&dir).sort(["w"], SortOptions::descending()).limit(9);
    assert!(query.explain(true).unwrap().contains("FETCH [id, k, s, v]"));
    let rows = frame_rows(&query.select([col("id")]).collect().unwrap());
    let expected: Vec<String> = (0..9).map(|i| ((i * 17 + 16) * 1234 % 4001).to_string()).collect();
    assert_eq!(rows, expected);
}

/// The names of the right side depend on the left side's: then it is read as it is.
#[test]
fn names_that_would_change() {
    let dir = tempfile::tempdir().unwrap();
    let query = file(&dir).inner_join(partners(&dir), col("k"), col("k"));
    let query = query.sort(["s_right"], SortOptions::default()).limit(2);
    assert!(!query.explain(true).unwrap().contains("FETCH"));
    let found = frame_rows(&query.collect().unwrap());
    assert_eq!(found, frame_rows(&query.collect_unoptimized(&Context::new(1)).unwrap()));
}

#[test]
fn few_rows_are_read_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let fetches = |limit| {
        let query = file(&dir).sort(["v"], SortOptions::default()).limit(limit);
        query.explain(true).unwrap().contains("FETCH")
    };
    assert!(fetches(15));
    assert!(!fetches(16));
}
