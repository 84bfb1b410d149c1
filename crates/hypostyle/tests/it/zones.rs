//! Tables of several zones, in order: what filters and joins leave unread is not missed.

use hypostyle::core::ZONE_ROWS;
use hypostyle::prelude::*;

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
