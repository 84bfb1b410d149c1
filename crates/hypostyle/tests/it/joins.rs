//! Joins: every kind, nulls, duplicates, names, validation.

use hypostyle::plan::{JoinOrder, JoinValidation};
use hypostyle::prelude::*;

use crate::{check_any_order, check_rows, ints};

fn left() -> LazyFrame {
    DataFrame::new([
        ("k", ints(&[Some(1), Some(2), None, Some(2), Some(5)])),
        ("v", Column::from_strs(["a", "b", "c", "d", "e"])),
    ])
    .unwrap()
    .lazy()
}

fn right() -> LazyFrame {
    DataFrame::new([
        ("k", Column::from_options([Some(2i32), Some(1), None, Some(7), Some(2)])),
        ("v", Column::from_vec(vec![20i64, 10, 0, 70, 21])),
    ])
    .unwrap()
    .lazy()
}

fn join(kind: JoinType) -> LazyFrame {
    left().join(right(), [col("k")], [col("k")], JoinArgs::new(kind))
}

#[test]
fn kinds() {
    check_any_order(&join(JoinType::Inner), &["1|a|10", "2|b|20", "2|b|21", "2|d|20", "2|d|21"]);
    check_any_order(
        &join(JoinType::Left),
        &["1|a|10", "2|b|20", "2|b|21", "null|c|null", "2|d|20", "2|d|21", "5|e|null"],
    );
    check_any_order(
        &join(JoinType::Right),
        &["b|2|20", "d|2|20", "a|1|10", "null|null|0", "null|7|70", "b|2|21", "d|2|21"],
    );
    check_any_order(
        &join(JoinType::Full),
        &[
            "1|a|1|10",
            "2|b|2|20",
            "2|b|2|21",
            "null|c|null|null",
            "2|d|2|20",
            "2|d|2|21",
            "5|e|null|null",
            "null|null|null|0",
            "null|null|7|70",
        ],
    );
    check_any_order(&join(JoinType::Semi), &["1|a", "2|b", "2|d"]);
    check_any_order(&join(JoinType::Anti), &["null|c", "5|e"]);
    assert_eq!(left().cross_join(right()).collect().unwrap().shape(), (25, 4));
}

#[test]
fn coalesced_full_join_and_equal_nulls() {
    let args = JoinArgs { coalesce: Some(true), ..JoinArgs::new(JoinType::Full) };
    let query = left().filter(col("v").is_in(list(["a", "e"]))).join(right(), [col("k")], [col("k")], args);
    check_any_order(&query, &["1|a|10", "5|e|null", "2|null|20", "null|null|0", "7|null|70", "2|null|21"]);
    let args = JoinArgs { nulls_equal: true, ..JoinArgs::new(JoinType::Semi) };
    check_any_order(&left().join(right(), [col("k")], [col("k")], args), &["1|a", "2|b", "null|c", "2|d"]);
}

#[test]
fn order_of_a_side_is_kept() {
    let args = |order| JoinArgs { maintain_order: order, ..JoinArgs::new(JoinType::Inner) };
    let query = |order| left().join(right(), [col("k")], [col("k")], args(order));
    check_rows(&query(JoinOrder::Left), &["1|a|10", "2|b|20", "2|b|21", "2|d|20", "2|d|21"]);
    check_rows(&query(JoinOrder::Right), &["2|b|20", "2|d|20", "1|a|10", "2|b|21", "2|d|21"]);
}

#[test]
fn validation() {
    let validated = |validate| {
        let args = JoinArgs { validate, ..JoinArgs::new(JoinType::Inner) };
        left().join(right(), [col("k")], [col("k")], args).collect()
    };
    for validate in [JoinValidation::ManyToOne, JoinValidation::OneToMany, JoinValidation::OneToOne] {
        assert!(matches!(validated(validate).unwrap_err().kind(), ErrorKind::Compute { .. }));
    }
    assert!(validated(JoinValidation::ManyToMany).is_ok());
}

#[test]
fn keys_of_several_columns_and_of_text() {
    let text = |names: [&str; 3]| Column::from_strs(names);
    let l =
        DataFrame::new([("a", text(["x", "y", "x"])), ("b", ints(&[Some(1), Some(1), Some(2)]))]).unwrap();
    let r =
        DataFrame::new([("c", text(["x", "x", "z"])), ("d", ints(&[Some(2), Some(3), Some(1)]))]).unwrap();
    let query =
        l.lazy().join(r.lazy(), [col("a"), col("b")], [col("c"), col("d")], JoinArgs::new(JoinType::Inner));
    check_rows(&query, &["x|2"]);
}

#[test]
fn an_empty_side() {
    let none = || right().filter(lit(false));
    let with = |kind| left().join(none(), [col("k")], [col("k")], JoinArgs::new(kind));
    check_rows(&with(JoinType::Inner), &[]);
    assert_eq!(with(JoinType::Left).collect().unwrap().height(), 5);
    assert_eq!(with(JoinType::Full).collect().unwrap().height(), 5);
    assert_eq!(with(JoinType::Anti).collect().unwrap().height(), 5);
    assert_eq!(with(JoinType::Right).collect().unwrap().height(), 0);
}

/// A small left side is the one that is indexed: left rows are then known by marks.
#[test]
fn a_small_left_side() {
    let many = || {
        let keys = Column::from_options((0..60_000i64).map(|i| (i % 10 != 0).then_some(i % 4)));
        DataFrame::new([("k", keys), ("w", Column::from_vec((0..60_000i64).collect()))]).unwrap().lazy()
    };
    let with = |kind| left().join(many(), [col("k")], [col("k")], JoinArgs::new(kind));
    check_any_order(&with(JoinType::Semi), &["1|a", "2|b", "2|d"]);
    check_any_order(&with(JoinType::Anti), &["null|c", "5|e"]);
    let counted = with(JoinType::Left).group_by([col("v")]).agg([col("w").count(), len().alias("n")]);
    check_any_order(&counted, &["a|15000|15000", "b|12000|12000", "c|0|1", "d|12000|12000", "e|0|1"]);
}

/// Expected rows are what Polars 2.1.0 prints.
#[test]
fn outer_joins_in_the_order_of_either_side() {
    let left = DataFrame::new([
        ("k", ints(&[Some(3), Some(1), Some(9), Some(2), Some(1), None])),
        ("a", ints(&[Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)])),
    ])
    .unwrap();
    let right = DataFrame::new([
        ("k", ints(&[Some(1), Some(2), Some(7), Some(1), Some(3), None])),
        ("b", ints(&[Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)])),
    ])
    .unwrap();
    let join = |kind, maintain_order| {
        let args = JoinArgs { maintain_order, ..JoinArgs::new(kind) };
        left.clone().lazy().join(right.clone().lazy(), [col("k")], [col("k")], args)
    };
    for order in [JoinOrder::Right, JoinOrder::RightLeft] {
        check_rows(
            &join(JoinType::Left, order),
            &["1|1|0", "1|4|0", "2|3|1", "1|1|3", "1|4|3", "3|0|4", "9|2|null", "null|5|null"],
        );
        check_rows(
            &join(JoinType::Full, order).select([col("a"), col("b")]),
            &["1|0", "4|0", "3|1", "null|2", "1|3", "4|3", "0|4", "null|5", "2|null", "5|null"],
        );
        check_rows(&join(JoinType::Semi, order), &["3|0", "1|1", "2|3", "1|4"]);
        check_rows(&join(JoinType::Anti, order), &["9|2", "null|5"]);
    }
    for order in [JoinOrder::Left, JoinOrder::LeftRight] {
        check_rows(
            &join(JoinType::Right, order),
            &["0|3|4", "1|1|0", "1|1|3", "3|2|1", "4|1|0", "4|1|3", "null|7|2", "null|null|5"],
        );
    }
}
