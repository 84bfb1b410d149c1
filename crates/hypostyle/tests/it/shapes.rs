//! Everything that is neither group-by nor join: slices, sorts, distinct rows, explode, unpivot, concatenation.

use hypostyle::prelude::*;

use crate::{check_any_order, check_rows, ints, sales};

#[test]
fn sorts() {
    let by = |descending, nulls_last| {
        let options = SortOptions::default().with_descending([descending]).with_nulls_last([nulls_last]);
        sales().select([col("year")]).sort(["year"], options)
    };
    check_rows(&by(false, false), &["null", "2020", "2020", "2021", "2021"]);
    check_rows(&by(true, false), &["null", "2021", "2021", "2020", "2020"]);
    check_rows(&by(true, true), &["2021", "2021", "2020", "2020", "null"]);
    check_rows(
        &sales()
            .select([col("amount")])
            .sort(["amount"], SortOptions::default().with_nulls_last([true]))
            .limit(4),
        &["1.5", "2.0", "4.0", "NaN"],
    );
}

#[test]
fn slices_are_clamped() {
    let years = || sales().select([col("year")]).with_row_index("i", 10);
    check_rows(&years().slice(3, Some(10)), &["13|2021", "14|null"]);
    check_rows(&years().slice(-2, None), &["13|2021", "14|null"]);
    check_rows(&years().slice(-7, Some(3)), &["10|2020"]);
    check_rows(&years().slice(9, Some(1)), &[]);
    check_rows(&years().tail(1), &["14|null"]);
}

#[test]
fn distinct_rows() {
    let by = |keep| sales().select([col("city"), col("year")]).unique_stable(Some(vec![col("city")]), keep);
    check_rows(&by(UniqueKeep::First), &["Oslo|2020", "Kyoto|2021", "null|2020"]);
    check_rows(&by(UniqueKeep::Last), &["null|2020", "Oslo|2021", "Kyoto|null"]);
    check_rows(&by(UniqueKeep::None), &["null|2020"]);
}

#[test]
fn explode_and_implode() {
    let lists = sales().group_by_stable([col("city")]).agg([col("year")]);
    check_rows(
        &lists.explode([col("year")]),
        &["Oslo|2020", "Oslo|2021", "Kyoto|2021", "Kyoto|null", "null|2020"],
    );
}

#[test]
fn unpivot_takes_the_common_type() {
    let frame = DataFrame::new([
        ("id", ints(&[Some(1)])),
        ("a", ints(&[Some(2)])),
        ("b", Column::from_vec(vec![0.5])),
    ]);
    let query = frame.unwrap().lazy().unpivot(None, vec![col("id")], None, None);
    check_any_order(&query, &["1|a|2.0", "1|b|0.5"]);
}

#[test]
fn concatenation() {
    let query = concat([sales().limit(1), sales().limit(1)], false).unwrap().select([col("city"), len()]);
    check_rows(&query, &["Oslo|2", "Oslo|2"]);
    let wide = concat_horizontal([sales().select([col("city")]), sales().select([col("year")])]).unwrap();
    check_rows(&wide.limit(1), &["Oslo|2020"]);
    let uneven =
        concat_horizontal([sales().select([col("city")]), sales().select([col("year")]).limit(1)]).unwrap();
    assert!(matches!(uneven.collect().unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
}

#[test]
fn literals_and_scalars_broadcast() {
    check_rows(&sales().select([lit(1).alias("one")]), &["1"]);
    check_rows(&sales().select([col("year").max(), len()]), &["2021|5"]);
    check_rows(
        &sales()
            .limit(2)
            .with_columns([col("year").max().alias("m"), lit("x")])
            .select([col("m"), col("literal")]),
        &["2021|x", "2021|x"],
    );
}

#[test]
fn a_frame_without_rows_keeps_its_schema() {
    let empty = sales().filter(col("year").gt(lit(3000))).collect().unwrap();
    assert_eq!(empty.shape(), (0, 3));
    assert_eq!(empty.lazy().sort(["year"], SortOptions::default()).collect().unwrap().shape(), (0, 3));
}

#[test]
fn cancelled_queries_stop() {
    let token = CancelToken::new();
    token.cancel();
    let error = sales().collect_with(&Context::new(1).with_cancel(token)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}

#[test]
fn profiles_count_rows() {
    let (_, profile) = sales().filter(col("year").eq(lit(2020))).profile(&Context::new(2)).unwrap();
    let rows: Vec<u64> = profile.operators.iter().map(|o| o.rows).collect();
    assert_eq!(rows, [5, 2]);
}

#[test]
fn the_row_of_scalars_counts_even_if_nobody_reads_it() {
    let one = sales().select([len().alias("n")]).with_columns([(col("n") + col("n")).alias("twice")]);
    check_rows(&one.select([len()]), &["1"]);
}

#[test]
fn a_query_is_written_as_its_frame_is() {
    let folder = std::env::temp_dir().join(format!("hypostyle-it-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (lazy, eager) = (folder.join("lazy.csv"), folder.join("eager.csv"));
    let query = sales().select([col("city"), col("year")]);
    query.sink_csv(&lazy, CsvWriteOptions::default(), &Context::new(2)).unwrap();
    query.collect().unwrap().write_csv(&eager, CsvWriteOptions::default()).unwrap();
    let text = std::fs::read_to_string(&lazy).unwrap();
    assert_eq!(text, "city,year\nOslo,2020\nKyoto,2021\n,2020\nOslo,2021\nKyoto,\n");
    assert_eq!(text, std::fs::read_to_string(&eager).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}
