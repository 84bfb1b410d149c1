//! What the optimizer makes of queries.

use hypostyle::plan::JoinOrder;
use hypostyle::prelude::*;

use crate::{check_plan, check_rows, sales};

#[test]
fn predicates_and_projections_go_to_the_scan() {
    let query = sales()
        .with_columns([(col("amount") * lit(2.0)).alias("double")])
        .filter(col("year").eq(lit(2020)).and(col("double").gt(lit(2.5))))
        .select([col("double")]);
    check_plan(
        &query,
        r#"
        SELECT [col("double")]
          WITH_COLUMNS [[(col("amount")) * (2.0)].alias("double")]
            SELECT [col("amount")]
              FILTER [([(col("year")) == (2020)]) & ([([(col("amount")) * (2.0)]) > (2.5)])]
                SCAN DataFrame [5 rows, 3 columns] columns: [year, amount]
        "#,
    );
    check_rows(&query, &["3.0", "8.0"]);
}

#[test]
fn predicates_cross_joins_by_their_keys() {
    let query = sales()
        .inner_join(sales().select([col("year"), col("city").alias("other")]), col("year"), col("year"))
        .filter(col("year").gt(lit(2020)).and(col("other").eq(lit("Oslo"))));
    let plan = query.explain(true).unwrap();
    assert_eq!(plan.matches("[(col(\"year\")) > (2020)]").count(), 2, "{plan}");
    assert!(!plan.trim_start().starts_with("FILTER"), "{plan}");
    check_rows(
        &query.select([col("city"), col("other")]).sort(["city"], SortOptions::default()),
        &["Kyoto|Oslo", "Oslo|Oslo"],
    );
}

#[test]
fn outer_sides_keep_their_predicates_above() {
    let right = sales().select([col("year"), col("amount").alias("r")]).filter(col("r").is_not_null());
    let query = sales().left_join(right, col("year"), col("year")).filter(col("r").is_null());
    let plan = query.explain(true).unwrap();
    assert!(plan.trim_start().starts_with("FILTER"), "{plan}");
}

#[test]
fn outer_joins_whose_nulls_no_row_survives_are_inner() {
    let right = || sales().select([col("year"), col("amount").alias("r")]);
    let kept = [
        col("r").gt(lit(1)),
        col("r").is_not_null(),
        (col("r") + lit(1)).lt(lit(9)).or(!col("r").eq(lit(2))),
    ];
    for predicate in kept {
        let query = sales().left_join(right(), col("year"), col("year")).filter(predicate);
        let plan = query.explain(true).unwrap();
        assert!(plan.contains("INNER JOIN"), "{plan}");
        let written = query.collect_unoptimized(&Context::new(1)).unwrap();
        assert_eq!(query.collect().unwrap().height(), written.height());
    }
    let lost = [
        col("r").is_null(),
        call("fill_null", [col("r"), lit(5.0)]).gt(lit(1)),
        col("r").gt(lit(1)).or(col("year").eq(lit(2020))),
    ];
    for predicate in lost {
        let query = sales().left_join(right(), col("year"), col("year")).filter(predicate);
        assert!(query.explain(true).unwrap().contains("LEFT JOIN"));
    }
    let full = |predicate: Expr, coalesce: Option<bool>| {
        let args = JoinArgs { coalesce, ..JoinArgs::new(JoinType::Full) };
        let query = sales().join(right(), [col("year")], [col("year")], args).filter(predicate);
        let written = query.collect_unoptimized(&Context::new(1)).unwrap();
        let found = query.collect().unwrap();
        assert_eq!((found.schema(), found.height()), (written.schema(), written.height()));
        query.explain(true).unwrap()
    };
    for coalesce in [None, Some(true)] {
        assert!(full(col("city").eq(lit("Oslo")), coalesce).contains("LEFT JOIN"));
        assert!(full(col("r").gt(lit(1)), coalesce).contains("FULL JOIN"));
        assert!(full(col("r").gt(lit(1)).and(col("city").is_not_null()), coalesce).contains("INNER JOIN"));
    }
    assert!(full(col("year").gt(lit(0)), Some(true)).contains("FULL JOIN"));
}

#[test]
fn cross_join_with_an_equality_is_an_inner_join() {
    let other = sales().select([col("year").alias("y"), col("amount").alias("a")]);
    let query =
        sales().cross_join(other).filter(col("year").eq(col("y"))).select([col("year"), col("y"), col("a")]);
    assert!(query.explain(true).unwrap().contains("INNER JOIN"), "{}", query.explain(true).unwrap());
    assert_eq!(query.collect().unwrap().height(), 8);
}

#[test]
fn common_parts_of_an_or_are_factored_out() {
    let query = sales().filter(
        col("year")
            .eq(lit(2020))
            .and(col("amount").gt(lit(3)))
            .or(col("year").eq(lit(2020)).and(col("amount").lt(lit(2)))),
    );
    let plan = query.explain(true).unwrap();
    assert_eq!(plan.matches("(col(\"year\")) == (2020)").count(), 1, "{plan}");
    assert_eq!(query.collect().unwrap().height(), 2);
}

#[test]
fn a_sort_under_a_limit_is_a_top_k() {
    let query = sales().sort(["year"], SortOptions::descending()).limit(2).select([col("year")]);
    assert!(query.explain(true).unwrap().contains("TOP 2"), "{}", query.explain(true).unwrap());
    check_rows(&query, &["null", "2021"]);
}

#[test]
fn sorts_that_nobody_sees_are_dropped() {
    let sorted = || sales().sort(["city", "year"], SortOptions::default());
    let query = sorted().filter(col("year").gt(lit(0))).group_by([col("city")]).agg([
        (col("amount") - col("amount").mean()).sum(),
        col("year").filter(col("amount").gt(lit(1))).max(),
    ]);
    check_plan(
        &query,
        r#"
        AGGREGATE by [col("city")]: [[(col("amount")) - (col("amount").mean())].sum(), col("year").filter([(col("amount")) > (1)]).max()]
          FILTER [(col("year")) > (0)]
            SCAN DataFrame [5 rows, 3 columns]
        "#,
    );
    let sorts = |query: LazyFrame| query.explain(true).unwrap().matches("SORT").count();
    let by_year = || SortOptions::default();
    let join = |order| {
        let args = JoinArgs { maintain_order: order, ..JoinArgs::new(JoinType::Left) };
        sorted().join(sorted(), [col("year")], [col("year")], args)
    };
    for (query, left) in [
        (sorted().select([len(), col("year").sum(), col("city").null_count()]), 0),
        (sorted().select([col("year").sum(), col("city").first()]), 1),
        (sorted().with_columns([col("amount").sum().over([col("city")])]).select([col("amount").max()]), 0),
        (sorted().with_columns([col("amount").cum_sum(false)]).select([col("amount").max()]), 1),
        (sorted().group_by([col("city")]).agg([col("year")]), 1),
        (sorted().group_by_stable([col("city")]).agg([col("year").max()]), 1),
        (sorted().sort(["year"], by_year()), 1),
        (sorted().sort(["year"], SortOptions { maintain_order: true, ..by_year() }), 2),
        (sorted().limit(2).select([col("year").sum()]), 0),
        (sorted().slice(-2, None).select([col("year").sum()]), 1),
        (sorted().unique(None, UniqueKeep::Any), 0),
        (sorted().unique(None, UniqueKeep::First), 1),
        (join(JoinOrder::None), 0),
        (join(JoinOrder::Left), 1),
        (join(JoinOrder::LeftRight), 2),
        (concat([sorted(), sorted()], false).unwrap().select([col("year").max()]), 0),
    ] {
        assert_eq!(sorts(query.clone()), left, "{}", query.explain(true).unwrap());
    }
}

#[test]
fn limits_reach_the_scan_only_past_row_wise_nodes() {
    assert!(sales().select([col("year")]).limit(2).explain(true).unwrap().contains("limit: 2"));
    assert!(!sales().filter(col("year").is_null()).limit(2).explain(true).unwrap().contains("limit"));
}

#[test]
fn equal_subplans_are_computed_once() {
    let totals = sales().group_by([col("year")]).agg([col("amount").sum()]);
    let query = totals.clone().inner_join(totals, col("year"), col("year"));
    assert_eq!(query.explain(true).unwrap().matches("CACHE 0").count(), 2);
    assert_eq!(query.collect().unwrap().height(), 2);
}

#[test]
fn common_expressions_are_computed_once() {
    let price = || col("amount") * (lit(1.0) - col("year"));
    let query = sales().group_by_stable([col("city")]).agg([
        price().sum().alias("a"),
        (price() * lit(2.0)).sum().alias("b"),
        price().max(),
    ]);
    let plan = query.explain(true).unwrap();
    assert_eq!(plan.matches("(1.0) - (col(\"year\"))").count(), 1, "{plan}");
    check_rows(&query.select([col("a"), col("b"), col("amount")]).limit(1), &["-3028.5|-6057.0|-3028.5"]);
}

#[test]
fn suffixed_columns_survive_projection() {
    let query = sales()
        .inner_join(sales(), col("city"), col("city"))
        .select([col("year_right")])
        .sort(["year_right"], SortOptions::default());
    assert_eq!(query.collect().unwrap().height(), 8);
}

#[test]
fn windows_stop_predicates() {
    let query = sales()
        .with_columns([col("year").rank_dense().alias("r")])
        .filter(col("city").eq(lit("Kyoto")))
        .select([col("r")]);
    check_rows(&query, &["2", "null"]);
}

trait RankDense {
    fn rank_dense(self) -> Expr;
}

impl RankDense for Expr {
    fn rank_dense(self) -> Expr {
        call("rank", [self, lit("dense"), lit(false)])
    }
}

#[test]
fn a_csv_scan_drops_rows_by_itself() {
    let mut text = b"k,s,x\n".to_vec();
    (0..5_000).for_each(|i| text.extend_from_slice(format!("{},\"t{}\",{}.5\n", i % 7, i % 3, i).as_bytes()));
    let scan = || scan_csv_bytes(text.clone(), CsvReadOptions::default());
    let filter = |query: LazyFrame| {
        query.filter(col("k").gt(lit(3)).and(col("s").eq(lit("t1")))).select([
            col("x").sum(),
            col("x").min().alias("least"),
            len(),
        ])
    };
    let found = filter(scan()).collect().unwrap();
    let read = filter(scan().collect().unwrap().lazy()).collect().unwrap();
    assert_eq!(crate::frame_rows(&found), crate::frame_rows(&read));
}

#[test]
fn the_number_of_threads_that_read_csv_changes_no_row() {
    let mut text = b"k,x\n".to_vec();
    (0..20_000).for_each(|i| text.extend_from_slice(format!("{},{}.25\n", i % 7, i % 1000).as_bytes()));
    let rows = |n_threads, workers| {
        let options = CsvReadOptions { n_threads, block_size: 1 << 13, ..CsvReadOptions::default() };
        let query = scan_csv_bytes(text.clone(), options)
            .filter(col("k").neq(lit(3)))
            .group_by([col("k")])
            .agg([col("x").sum(), len()])
            .sort(["k"], SortOptions::default());
        crate::frame_rows(&query.collect_with(&Context::new(workers)).unwrap())
    };
    let expected = rows(None, 1);
    assert_eq!(expected.len(), 6);
    for (n_threads, workers) in [(1, 1), (1, 8), (2, 8), (8, 2)] {
        assert_eq!(rows(Some(n_threads), workers), expected, "{n_threads} of {workers}");
    }
}

#[test]
fn distinct_values_are_counted_as_groups() {
    let plan = sales().select([(col("year") + lit(1)).n_unique().alias("n")]).explain(true).unwrap();
    assert!(plan.contains("AGGREGATE by [[(col(\"year\")) + (1)]]"), "{plan}");
    let values = (0..200_000).map(|i| match i % 7 {
        0 => None,
        1 => Some(f64::NAN),
        2 => Some([0.0, -0.0][i % 2]),
        _ => Some((i % 5_000) as f64),
    });
    let frame = DataFrame::new([("v", Column::from_options(values))]).unwrap();
    let count = |frame: &DataFrame| frame.clone().lazy().select([col("v").n_unique()]);
    for rows in [0, 1, 2, 3, 9, 200_000] {
        let query = count(&frame.slice(0, rows));
        let written = query.collect_unoptimized(&Context::new(1)).unwrap();
        for threads in [1, 2, 8] {
            let found = query.collect_with(&Context::new(threads)).unwrap();
            assert_eq!(found.to_string(), written.to_string(), "{rows} rows, {threads} threads");
        }
    }
    // Beside another aggregate, or of a constant, it stays what it was.
    check_rows(&sales().select([col("year").n_unique(), col("amount").max()]), &["3|4.0"]);
    check_rows(&sales().select([lit(1).n_unique().alias("n")]), &["1"]);
}
