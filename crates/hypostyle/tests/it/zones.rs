//! Tables of several zones, in order: what filters and joins leave unread is not missed.

use hypostyle::core::ZONE_ROWS;
use hypostyle::prelude::*;
use proptest::prelude::{ProptestConfig, any, prop, proptest};

use crate::check_rows;

const ROWS: i64 = 4 * ZONE_ROWS as i64;

/// `day` ascends, 1000 rows each; `amount` is 0 to 9.
fn sales() -> LazyFrame {
    let day = Column::from_vec((0..ROWS).map(|i| i / 1_000).collect());
    let amount = Column::from_vec((0..ROWS).map(|i| i % 10).collect());
    DataFrame::new([("day", day), ("amount", amount)]).unwrap().lazy()
}

/// Rows that the first operator of a query gave: its scan.
#[track_caller]
fn check_scanned(query: &LazyFrame, rows: usize) {
    let (_, profile) = query.profile(&Context::new(2)).unwrap();
    let scan = profile.operators.iter().find(|o| o.name.contains("DataFrame [262144 rows")).unwrap();
    assert_eq!(scan.rows, rows as u64, "{profile:?}");
}

#[test]
fn a_filter_reads_the_zones_of_its_days() {
    // Days 64 and 65 lie on both sides of the first border.
    let query = sales().filter(col("day").is_between(64, 66)).select([col("amount").sum(), len()]);
    check_rows(&query, &["13500|3000"]);
    check_scanned(&query, 2 * ZONE_ROWS);
    let none = sales().filter(col("day").lt(lit(0)).or(col("day").is_null())).select([len()]);
    check_rows(&none, &["0"]);
}

#[test]
fn an_aggregation_that_filters_does_so_too() {
    let query = sales()
        .filter(col("day").gt_eq(lit(260)))
        .group_by([col("day")])
        .agg([col("amount").sum()])
        .sort(["day"], SortOptions::default());
    check_rows(&query, &["260|4500", "261|4500", "262|636"]);
    check_scanned(&query, ZONE_ROWS);
}

#[test]
fn a_join_reads_the_zones_that_have_its_keys() {
    let days = DataFrame::new([
        ("day", Column::from_vec(vec![3i64, 200, 900])),
        ("name", Column::from_strs(["a", "b", "c"])),
    ]);
    let query = sales()
        .filter(col("amount").eq(lit(9)))
        .join(days.unwrap().lazy(), [col("day")], [col("day")], JoinArgs::new(JoinType::Inner))
        .group_by([col("name")])
        .agg([len()])
        .sort(["name"], SortOptions::default());
    check_rows(&query, &["a|100", "b|100"]);
    check_scanned(&query, 2 * ZONE_ROWS);
}

/// Keys of a join, and how `day` is stored on both sides.
fn check_ends(days: Vec<i64>, dtype: &DataType, rows: usize) {
    let cast = |frame: LazyFrame| frame.with_columns([col("day").cast(dtype.clone())]);
    let build = DataFrame::new([("day", Column::from_vec(days))]).unwrap().lazy();
    let sales = cast(sales()).collect().unwrap().lazy();
    let build = cast(build).collect().unwrap().lazy();
    let query = sales.join(build, [col("day")], [col("day")], JoinArgs::new(JoinType::Inner)).select([len()]);
    check_scanned(&query, rows);
}

#[test]
fn the_ends_of_keys_rule_zones_out_whatever_their_type_and_index() {
    let types =
        [DataType::Int64, DataType::UInt32, DataType::Int16, DataType::Date, DataType::Decimal(38, 2)];
    for dtype in types {
        // By address or rank; the days of zone 1.
        check_ends(vec![70, 71, 75], &dtype, ZONE_ROWS);
        // None at all.
        check_ends(vec![], &dtype, 0);
        check_ends(vec![300], &dtype, 0);
    }
    // Hashed, since they are few and far between: days of zones 2 and 3.
    let far = |day: i64| if day < 4 { 140 + day * 40 } else { day << 40 };
    check_ends((0..40).map(far).collect(), &DataType::Int64, 2 * ZONE_ROWS);
    check_ends((0..40).map(|i| -far(i)).chain([-1]).collect(), &DataType::Int64, 0);
    check_ends(vec![i64::MIN, i64::MAX], &DataType::Int64, 4 * ZONE_ROWS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn ends_of_keys_leave_no_row_out(
        keys in prop::collection::vec(prop::option::weighted(0.8, any::<i64>()), 0..30),
        (width, from) in (prop::sample::select(vec![3i64, 100, 5_000, 1 << 40, i64::MAX]), -300i64..300),
        (skewed, kind) in (any::<bool>(), 0usize..4),
        wide in any::<bool>(),
    ) {
        let keys: Vec<Option<i64>> =
            keys.into_iter().map(|key| key.map(|key| (key % width).wrapping_add(from))).collect();
        let days = (0..2 * ZONE_ROWS as i64).map(|i| match i % 7 {
            0 => None,
            1 if skewed => Some(from),
            _ => Some(i / 1_000 - 60),
        });
        let dtype = if wide { DataType::Decimal(38, 0) } else { DataType::Int64 };
        let rows = DataFrame::new([
            ("day", Column::from_options(days)),
            ("v", Column::from_vec((0..2 * ZONE_ROWS as i64).collect::<Vec<_>>())),
        ]);
        let build = DataFrame::new([("key", Column::from_options(keys))]);
        let rows = rows.unwrap().lazy().with_columns([col("day").cast(dtype.clone())]).collect().unwrap().lazy();
        let build = build.unwrap().lazy().with_columns([col("key").cast(dtype.clone())]).collect().unwrap().lazy();
        let kind = [JoinType::Inner, JoinType::Semi, JoinType::Anti, JoinType::Left][kind];
        let query = rows.join(build, [col("day")], [col("key")], JoinArgs::new(kind));
        let query = query.group_by([col("day")]).agg([len().alias("n"), col("v").sum()]);
        let query = query.sort(["day"], SortOptions::default());
        let expected = query.collect_with(&Context::new(2).without_runtime_filters()).unwrap();
        for threads in [1, 2] {
            let found = query.collect_with(&Context::new(threads)).unwrap();
            assert_eq!(crate::frame_rows(&found), crate::frame_rows(&expected));
        }
    }
}
