//! What joins on several keys tell the scans of their probe sides: the same rows come out, and fewer go in.

use hypostyle::SchemaOverrides;
use hypostyle::prelude::*;
use proptest::prelude::{Strategy, any, prop, proptest};

use crate::check_as_written;

type Row = (Option<i64>, Option<i64>, Option<&'static str>, i64);

fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    let text =
        prop::option::weighted(0.9, prop::sample::select(vec!["x", "yy", "a text of some length", "0"]));
    let number = || prop::option::weighted(0.9, -4i64..4);
    prop::collection::vec((number(), number(), text, 0i64..9), 0..most)
}

/// A file of the columns `a`, `b`, `s`, `v`, read by blocks of so many bytes.
fn file(rows: &[Row], block_size: usize) -> LazyFrame {
    let mut text = String::from("a,b,s,v\n");
    let show = |value: Option<i64>| value.map(|v| v.to_string()).unwrap_or_default();
    for (a, b, s, v) in rows {
        text += &format!("{},{},{},{v}\n", show(*a), show(*b), s.unwrap_or_default());
    }
    let types =
        [("a", DataType::Int64), ("b", DataType::Int64), ("s", DataType::String), ("v", DataType::Int64)];
    let types = types.map(|(name, dtype)| (name.to_owned(), dtype)).to_vec();
    let options = CsvReadOptions {
        schema_overrides: Some(SchemaOverrides::ByName(types)),
        block_size,
        ..CsvReadOptions::default()
    };
    scan_csv_bytes(text.into_bytes(), options)
}

/// A table of the columns `k`, `l`, `t`, `w`.
fn table(rows: &[Row]) -> LazyFrame {
    DataFrame::new([
        ("k", Column::from_options(rows.iter().map(|row| row.0))),
        ("l", Column::from_options(rows.iter().map(|row| row.1))),
        ("t", Column::from_utf8(rows.iter().map(|row| row.2).collect())),
        ("w", Column::from_vec(rows.iter().map(|row| row.3).collect::<Vec<i64>>())),
    ])
    .unwrap()
    .lazy()
}

proptest! {
    #[test]
    fn filters_on_several_columns_change_no_row(
        probe in rows(150),
        build in rows(20),
        other in rows(20),
        kind in prop::sample::select(vec![JoinType::Inner, JoinType::Semi, JoinType::Anti, JoinType::Left]),
        (text, shape) in (any::<bool>(), 0usize..5),
    ) {
        let (file, build) = (file(&probe, 512), table(&build));
        let keys = |a: &str, b: &str, s: &str| if text { vec![col(a), col(s), col(b)] } else { vec![col(a), col(b)] };
        let on = || (keys("a", "b", "s"), keys("k", "l", "t"));
        let ((left, right), args) = (on(), JoinArgs::new(kind));
        let query = match shape {
            0 => file.join(build, left, right, args),
            1 => file
                .filter(col("v").lt(lit(7)))
                .group_by([col("a"), col("b"), col("s")])
                .agg([col("v").sum()])
                .join(build, left, right, args),
            // A key of the outer join is the other side's column, equal to the file's.
            2 => file
                .inner_join(table(&other).select([col("k").alias("c"), col("w").alias("x")]), col("a"), col("c"))
                .with_columns([(col("v") + col("x")).alias("v")])
                .join(build, left, right, args),
            3 => file.unique(Some(vec![col("a"), col("b"), col("s")]), UniqueKeep::First).join(build, left, right, args),
            _ => build.join(file, right, left, args),
        };
        check_as_written(&query);
    }
}

/// Every value of either key has partners; their combinations have few.
#[test]
fn scans_leave_out_combinations_without_a_partner() {
    let all: Vec<Row> = (0..6_000).map(|i| (Some(i / 60), Some(i % 60), Some("x"), i)).collect();
    let some: Vec<Row> = all.iter().step_by(61).copied().collect();
    let scanned = |query: &LazyFrame| {
        let (frame, profile) = query.profile(&Context::new(2)).unwrap();
        let rows =
            profile.operators.iter().filter(|o| o.name.contains("Csv SCAN")).map(|o| o.rows).sum::<u64>()
                as usize;
        (frame.height(), rows)
    };
    let joined = |keys: usize| {
        let left = [col("a"), col("b")][..keys].to_vec();
        let right = [col("k"), col("l")][..keys].to_vec();
        file(&all, 1 << 15).join(table(&some), left, right, JoinArgs::new(JoinType::Inner))
    };
    let (height, rows) = scanned(&joined(2));
    assert_eq!(height, some.len());
    assert!(rows < 4 * some.len(), "{rows} rows");
    assert!(scanned(&joined(1)).1 > all.len() / 2);
    // Of no use where most pass.
    let most: Vec<Row> = all.iter().filter(|row| row.3 % 10 != 0).copied().collect();
    let few_keys = file(&all, 1 << 15).join(
        table(&most),
        [col("a"), col("b")],
        [col("k"), col("l")],
        JoinArgs::new(JoinType::Inner),
    );
    let (height, rows) = scanned(&few_keys);
    assert_eq!(height, most.len());
    // The last block has too few rows to tell.
    assert!(rows > all.len() / 100 * 93, "{rows} rows");
}
