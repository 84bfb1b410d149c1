//! Group-by: keys, nulls, NaN, every aggregate.

use hypostyle::core::Batch;
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

#[test]
fn groups_may_span_morsels_of_a_sorted_table() {
    // Groups of 3 rows, but for one that covers several morsels.
    let rows = 400_000i64;
    let key = |row: i64| if (60_000..280_000).contains(&row) { 20_000 } else { row / 3 };
    let keys: Vec<i64> = (0..rows).map(key).collect();
    let frame = DataFrame::new([
        ("k", Column::from_vec(keys.clone())),
        ("k2", Column::from_vec(keys.iter().map(|k| k % 2).collect::<Vec<_>>())),
        ("v", Column::from_vec((0..rows).collect::<Vec<_>>())),
    ]);
    let aggregated = |frame: LazyFrame, keys: &[&str]| {
        let groups = frame.group_by(keys.iter().map(|k| col(k)));
        let aggs = [col("v").sum(), col("v").n_unique().alias("n"), col("v").first().alias("first")];
        let groups = groups.agg(aggs).select(["k", "v", "n", "first"].map(col));
        groups.filter(col("k").is_in(list([0i64, 19_999, 20_000, 93_333, 93_334])))
    };
    let expected = [
        "0|3|3|0",
        "19999|179994|3|59997",
        "20000|37399890000|220000|60000",
        "93333|560001|2|280000",
        "93334|840009|3|280002",
    ];
    let frame = frame.unwrap().lazy();
    check_any_order(&aggregated(frame.clone(), &["k"]), &expected);
    check_any_order(&aggregated(frame.clone(), &["k2", "k"]), &expected);
    // The other way round morsels overlap as far as this rung sees: the general merge says the same.
    let reversed = frame.sort(["v"], SortOptions::descending());
    let first_is_last = aggregated(reversed, &["k"]).select(["k", "v", "n"].map(col));
    let expected = expected.map(|line| line.rsplit_once('|').map_or(line, |(rest, _)| rest));
    check_any_order(&first_is_last, &expected);
}

#[test]
fn groups_may_be_missing_in_between_morsels_of_a_sorted_table() {
    // One value of `k` goes on through several morsels; of each that lies in between, some values of `j` are missing.
    let chunk = |first: i64, numbers: &[i64]| {
        let keys: Vec<i64> =
            numbers.iter().enumerate().map(|(row, _)| if row == 0 { first } else { 7 }).collect();
        let batch = vec![Column::from_vec(keys), Column::from_vec(numbers.to_vec())];
        Batch::try_new(batch, numbers.len()).unwrap()
    };
    let chunks = vec![chunk(5, &[1, 2, 3]), chunk(7, &[2, 2, 2]), chunk(7, &[4, 4]), chunk(7, &[3, 2, 1, 3])];
    let fields = ["k", "j"].map(|name| Field::new(name, DataType::Int64));
    let frame = DataFrame::from_batches(Schema::try_new(fields.to_vec()).unwrap().into(), chunks).unwrap();
    let query = frame.lazy().group_by([col("k"), col("j")]).agg([len().alias("n")]);
    check_any_order(&query, &["5|1|1", "7|1|1", "7|2|5", "7|3|3", "7|4|2"]);
}

#[test]
fn columns_picked_twice_after_a_filter() {
    let query = sales()
        .filter(col("year").gt(lit(2000)))
        .select([col("city"), col("year"), col("amount")])
        .select([col("year"), col("amount")])
        .select([col("year")])
        .group_by([col("year")])
        .agg([len().alias("n")]);
    check_any_order(&query, &["2020|2", "2021|2"]);
    // As written, all three selects are there when the aggregation takes the filter on.
    let mut found = crate::frame_rows(&query.collect_unoptimized(&Context::new(2)).unwrap());
    found.sort();
    assert_eq!(found, ["2020|2", "2021|2"]);
}
