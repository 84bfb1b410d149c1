//! Group-by: keys, nulls, NaN, every aggregate.

use hypostyle::prelude::*;

use crate::{check_any_order, check_rows, ints, rows, sales};

#[test]
fn null_and_nan_each_form_a_group() {
    check_any_order(
        &sales().group_by([col("city")]).agg([col("year").count(), len().alias("n")]),
        &["Oslo|2|2", "Kyoto|1|2", "null|1|1"],
    );
    let keys = Column::from_options([Some(f64::NAN), Some(-0.0), Some(0.0), None, Some(f64::NAN)]);
    let frame =
        DataFrame::new([("k", keys), ("v", ints(&[Some(1), Some(2), Some(3), Some(4), Some(5)]))]).unwrap();
    let query = frame.lazy().group_by_stable([col("k")]).agg([col("v").sum()]);
    check_rows(&query, &["NaN|6", "-0.0|5", "null|4"]);
}

#[test]
fn order_is_kept_on_request() {
    check_rows(
        &sales()
            .group_by_stable([col("city")])
            .agg([col("amount").first(), col("amount").last().alias("last")]),
        &["Oslo|1.5|null", "Kyoto|NaN|2.0", "null|4.0|4.0"],
    );
}

#[test]
fn expressions_of_aggregates() {
    let query = sales()
        .group_by_stable([col("city")])
        .agg([(col("year").max() - col("year").min() + lit(1)).alias("span"), col("amount")]);
    check_rows(&query, &["Oslo|2|[1.5,null]", "Kyoto|1|[NaN,2.0]", "null|1|[4.0]"]);
}

#[test]
fn whole_column_functions_see_their_group() {
    let query = sales().group_by_stable([col("city")]).agg([
        (col("year") - col("year").min()).sum().alias("above"),
        col("year").filter(col("amount").is_not_null()).count().alias("kept"),
    ]);
    check_rows(&query, &["Oslo|1|1", "Kyoto|0|1", "null|0|1"]);
}

#[test]
fn nothing_to_aggregate() {
    let empty = sales().filter(lit(false));
    check_rows(&empty.clone().select([col("year").sum(), col("amount").mean(), len()]), &["0|null|0"]);
    check_rows(&empty.group_by([col("city")]).agg([col("year").sum()]), &[]);
}

/// Sums of floats do not depend on the number of threads, and many groups take every way through the operator.
#[test]
fn many_groups_of_floats_are_the_same_for_every_thread_count() {
    let n = 300_000u64;
    let mix = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let values = Column::from_vec((0..n).map(|i| (mix(i) % 1_000) as f64 * 0.1).collect());
    for groups in [3u64, 5_000, 250_000] {
        let keys = Column::from_vec((0..n).map(|i| (mix(i) % groups) as i64 * 1_000_003).collect());
        let frame = DataFrame::new([("k", keys), ("v", values.clone())]).unwrap();
        let query = frame
            .lazy()
            .group_by([col("k")])
            .agg([col("v").sum(), col("v").std(1).alias("s"), col("v").median().alias("m"), len().alias("n")])
            .sort(["k"], SortOptions::default());
        let found = rows(&query);
        let mut plain = std::collections::BTreeMap::<i64, u32>::new();
        (0..n).for_each(|i| *plain.entry((mix(i) % groups) as i64 * 1_000_003).or_default() += 1);
        assert_eq!(found.len(), plain.len());
        for (row, (key, count)) in found.iter().zip(plain) {
            assert!(row.starts_with(&format!("{key}|")) && row.ends_with(&format!("|{count}")), "{row}");
        }
    }
}

#[test]
fn windows() {
    let query = sales().select([
        col("city"),
        col("year").sum().over([col("city")]).alias("total"),
        col("year").shift(1).over([col("city")]).alias("before"),
    ]);
    check_rows(
        &query,
        &["Oslo|4041|null", "Kyoto|2021|null", "null|2020|null", "Oslo|4041|2020", "Kyoto|2021|2021"],
    );
}
