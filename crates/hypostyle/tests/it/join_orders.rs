//! Random trees of joins: in whatever order the optimizer joins, the rows are the same, and so are names and types.

use hypostyle::plan::JoinOrder;
use hypostyle::prelude::*;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use crate::frame_rows;

/// A table of keys that repeat and miss: `k` wide, `j` narrow, `f` with zeros of both signs and NaN. If ascending, `k`
/// counts the rows.
fn table() -> impl Strategy<Value = DataFrame> {
    let row = (prop::option::of(0i64..6), prop::option::of(0i32..4), 0usize..5, -3i64..4);
    (prop::collection::vec(row, 0..12), any::<bool>()).prop_map(|(rows, ascending)| {
        let floats = [Some(-0.0), Some(0.0), Some(f64::NAN), Some(1.5), None];
        let k = match ascending {
            true => Column::from_vec((0..rows.len() as i64).collect()),
            false => Column::from_options(rows.iter().map(|r| r.0)),
        };
        DataFrame::new([
            ("k", k),
            ("j", Column::from_options(rows.iter().map(|r| r.1))),
            ("f", Column::from_options(rows.iter().map(|r| floats[r.2]))),
            ("v", Column::from_vec(rows.iter().map(|r| r.3).collect::<Vec<i64>>())),
        ])
        .unwrap()
    })
}

/// How a table joins what there is already: numbers that choose among the columns there are.
#[derive(Clone, Debug)]
struct Link {
    left: usize,
    right: usize,
    second: Option<(usize, usize)>,
    /// Whether the table stands on the left.
    turned: bool,
    kind: JoinType,
    /// A predicate over two columns after the join.
    compare: Option<(usize, usize, bool)>,
    renames: bool,
}

fn link() -> impl Strategy<Value = Link> {
    let kinds = [JoinType::Inner, JoinType::Inner, JoinType::Inner, JoinType::Semi, JoinType::Anti];
    let kind = prop::sample::select(kinds.to_vec());
    let pair = || (0usize..40, 0usize..3);
    let compare = prop::option::weighted(0.3, (0usize..40, 0usize..40, any::<bool>()));
    (pair(), prop::option::weighted(0.3, pair()), any::<bool>(), kind, compare, any::<bool>()).prop_map(
        |((left, right), second, turned, kind, compare, renames)| Link {
            left,
            right,
            second,
            // Semi and anti joins give rows of the left side alone.
            turned: turned && kind == JoinType::Inner,
            kind,
            compare,
            renames,
        },
    )
}

/// Columns of a query that can be compared with a key, by number.
fn choose(query: &LazyFrame, float: bool, number: usize) -> Option<Expr> {
    let schema = query.collect_schema().unwrap();
    let fits: Vec<&str> =
        schema.fields().iter().filter(|f| f.dtype.is_float() == float).map(|f| &*f.name).collect();
    fits.get(number % fits.len().max(1)).map(|name| col(name))
}

fn joined(query: LazyFrame, table: &DataFrame, link: &Link, number: usize) -> LazyFrame {
    let mut table = table.clone().lazy();
    if link.renames {
        table =
            table.select([col("k").alias("key"), col("j"), col("f"), col("v").alias(&format!("v{number}"))]);
    }
    let names = if link.renames { ["key", "j", "f"] } else { ["k", "j", "f"] };
    let (mut left_on, mut right_on) = (Vec::new(), Vec::new());
    for (left, right) in std::iter::once((link.left, link.right)).chain(link.second) {
        if let Some(left) = choose(&query, right == 2, left) {
            left_on.push(left);
            right_on.push(col(names[right]));
        }
    }
    let args = JoinArgs { suffix: format!("_{number}").into(), ..JoinArgs::new(link.kind) };
    let joined = match left_on.is_empty() {
        true => return query,
        false if link.turned => table.join(query, right_on, left_on, args),
        false => query.join(table, left_on, right_on, args),
    };
    match link.compare {
        Some((a, b, equal)) => match (choose(&joined, false, a), choose(&joined, false, b)) {
            (Some(a), Some(b)) => joined.filter(if equal { a.eq(b) } else { a.lt_eq(b) }),
            _ => joined,
        },
        None => joined,
    }
}

fn sorted(frame: &DataFrame) -> Vec<String> {
    let mut rows = frame_rows(frame);
    rows.sort();
    rows
}

/// The same rows, names and types with the rules and without.
fn same_rows(query: &LazyFrame) -> std::result::Result<(), proptest::test_runner::TestCaseError> {
    let expected = query.collect_unoptimized(&Context::new(1)).unwrap();
    for threads in [1, 2, 8] {
        let found = query.collect_with(&Context::new(threads));
        prop_assert!(found.is_ok(), "{found:?}\n{}", query.explain_all().unwrap());
        let found = found.unwrap();
        prop_assert_eq!(found.schema(), expected.schema());
        prop_assert_eq!(sorted(&found), sorted(&expected), "{}", query.explain_all().unwrap());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_order_gives_the_same_rows(
        first in table(),
        others in prop::collection::vec((table(), link()), 1..5),
    ) {
        let query = others.iter().enumerate().fold(first.lazy(), |query, (i, (table, link))| {
            joined(query, table, link, i)
        });
        same_rows(&query)?;
    }

    #[test]
    fn rows_that_count_once(
        first in table(),
        others in prop::collection::vec((table(), link()), 1..4),
        kinds in prop::collection::vec(any::<bool>(), 4),
        keep in prop::collection::vec(0usize..40, 1..3),
        groups in any::<bool>(),
    ) {
        let mut query = others.iter().enumerate().fold(first.clone().lazy(), |query, (i, (table, link))| {
            joined(query, table, link, i)
        });
        if kinds[0]
            && let Some(key) = choose(&query, false, 0)
        {
            let args = JoinArgs { suffix: "_outer".into(), ..JoinArgs::new(JoinType::Left) };
            query = query.join(first.lazy(), [key], [col("k")], args);
        }
        let mut names: Vec<String> = Vec::new();
        for key in keep {
            if let Some(Expr::Column(name)) = &choose(&query, false, key)
                && !names.contains(&name.to_string())
            {
                names.push(name.to_string());
            }
        }
        let kept = query.select(names.iter().map(|name| col(name)));
        same_rows(&match (groups, &names[..]) {
            (true, [key, ..]) => {
                kept.group_by([col(key)]).agg([col(&names[names.len() - 1]).max().alias("most")])
            }
            (false, [_, ..]) if kinds[1] => kept.unique(None, UniqueKeep::Any),
            _ => kept,
        })?;
    }

    #[test]
    fn groups_by_keys_that_others_determine(
        first in table(),
        others in prop::collection::vec((table(), link()), 1..4),
        keys in prop::collection::vec(0usize..40, 1..4),
        value in 0usize..40,
    ) {
        let query = others.iter().enumerate().fold(first.lazy(), |query, (i, (table, link))| {
            joined(query, table, link, i)
        });
        let mut names: Vec<String> = Vec::new();
        for key in keys {
            if let Some(Expr::Column(name)) = &choose(&query, false, key)
                && !names.contains(&name.to_string())
            {
                names.push(name.to_string());
            }
        }
        let Some(value) = choose(&query, false, value) else { return Ok(()) };
        let values = [value.clone().sum().alias("sum"), value.n_unique().alias("n"), len()];
        same_rows(&query.group_by(names.iter().map(|name| col(name))).agg(values))?;
    }

    #[test]
    fn groups_of_a_join_by_one_of_its_keys(
        (first, second) in (table(), table()),
        (left, right, key) in (0usize..2, 0usize..2, 0usize..3),
        (outer, drops) in (any::<bool>(), any::<bool>()),
        values in prop::collection::vec((0usize..9, 0usize..6), 1..4),
    ) {
        // `k` is unique if it ascends; `j` is of another type, so that keys are compared after a cast, too.
        let names = ["k", "j"];
        let second = second.lazy().select([
            col("k").alias("key"),
            col("j"),
            col("v").cast(DataType::Float64).alias("v"),
            col("f"),
        ]);
        let second = if drops { second.filter(col("v").gt(lit(0))) } else { second };
        let args = JoinArgs::new(if outer { JoinType::Left } else { JoinType::Inner });
        let joined = first.lazy().join(second, [col(names[left])], [col(["key", "j"][right])], args);
        let schema = joined.collect_schema().unwrap();
        let there = |name: &str| schema.position(name).is_some();
        let mut keys = ["k", "j", "key"].into_iter().filter(|name| there(name)).cycle();
        let Some(key) = keys.nth(key) else { return Ok(()) };
        let columns: Vec<&str> = ["v_right", "v", "key", "j", "j_right"].into_iter().filter(|n| there(n)).collect();
        let aggregates = values.iter().enumerate().map(|(i, (aggregate, column))| {
            // Doubled, so that a float stays exact; a value that is not null where its row is.
            let value = match column {
                5 => col("v").fill_null(lit(7)),
                number => col(columns[number % columns.len()]) * lit(2),
            };
            let aggregate = match aggregate {
                0 => value.sum(),
                1 => value.count(),
                2 => value.min(),
                3 => value.max(),
                4 => value.mean(),
                5 => value.median(),
                6 => value.n_unique(),
                7 => value.max() - col("v").min(),
                _ => len(),
            };
            aggregate.alias(&format!("a{i}"))
        });
        same_rows(&joined.group_by([col(key)]).agg(aggregates.collect::<Vec<_>>()))?;
    }
}

#[test]
fn groups_of_a_unique_key_are_made_before_the_join() {
    let column = |rows: i64, of: fn(i64) -> i64| Column::from_vec((0..rows).map(of).collect::<Vec<i64>>());
    let customers =
        DataFrame::new([("c", column(50, |i| i)), ("name", column(50, |i| i * i))]).unwrap().lazy();
    let orders =
        DataFrame::new([("o", column(900, |i| i % 40)), ("price", column(900, |i| i))]).unwrap().lazy();
    let query = customers
        .left_join(orders, col("c"), col("o"))
        .group_by([col("c")])
        .agg([col("price").sum(), col("price").max().alias("most")]);
    crate::check_plan(
        &query,
        r#"
        SELECT [col("c"), col("price").fill_null(0).alias("price"), col("most")]
          LEFT JOIN on [col("c")] = [col("o")]
            SCAN DataFrame [50 rows, 2 columns] columns: [c]
            AGGREGATE by [col("o")]: [col("price").sum().alias("price"), col("price").max().alias("most")]
              SCAN DataFrame [900 rows, 2 columns]
        "#,
    );
}

#[test]
fn the_smallest_tables_meet_first() {
    let ints = |step: i64, rows: i64| Column::from_vec((0..rows).map(|i| i % step).collect::<Vec<i64>>());
    let facts = DataFrame::new([("a", ints(100, 20_000)), ("b", ints(7, 20_000))]).unwrap().lazy();
    let wide = DataFrame::new([("wide", ints(7, 70)), ("c", ints(70, 70))]).unwrap().lazy();
    let few = DataFrame::new([("few", ints(100, 100)), ("d", ints(100, 100))]).unwrap().lazy();
    let query = facts
        .inner_join(wide, col("b"), col("wide"))
        .inner_join(few, col("a"), col("few"))
        .filter(col("d").eq(lit(3)));
    crate::check_plan(
        &query,
        r#"
        SELECT [col("a"), col("b"), col("c"), col("d")]
          INNER JOIN on [col("b")] = [col("wide")]
            SELECT [col("a"), col("b"), col("d")]
              INNER JOIN on [col("a")] = [col("few")]
                SCAN DataFrame [20000 rows, 2 columns]
                FILTER [(col("d")) == (3)]
                  SCAN DataFrame [100 rows, 2 columns]
            SCAN DataFrame [70 rows, 2 columns]
        "#,
    );
    assert_eq!(query.collect().unwrap().shape(), (2_000, 4));
}

#[test]
fn joins_that_keep_an_order_keep_their_place() {
    let table =
        |name: &str| DataFrame::new([(name.to_owned(), Column::from_vec(vec![3i64, 1, 2]))]).unwrap().lazy();
    let ordered = JoinArgs { maintain_order: JoinOrder::Left, ..JoinArgs::new(JoinType::Inner) };
    let query = table("a").join(table("b"), [col("a")], [col("b")], ordered.clone()).join(
        table("c"),
        [col("a")],
        [col("c")],
        ordered,
    );
    assert!(!query.explain_all().unwrap().contains("after join_ordering"));
    crate::check_rows(&query, &["3", "1", "2"]);
}

#[test]
fn tables_that_a_group_key_determines_are_joined_after_grouping() {
    let lines = DataFrame::new([
        ("order", Column::from_vec((0..300i64).map(|i| i % 50).collect::<Vec<_>>())),
        ("amount", Column::from_vec((0..300i64).collect::<Vec<_>>())),
    ])
    .unwrap()
    .lazy();
    let orders = DataFrame::new([
        ("number", Column::from_vec((0..50i64).collect::<Vec<_>>())),
        ("name", Column::from_vec((0..50i64).map(|i| i % 5).collect::<Vec<_>>())),
    ])
    .unwrap()
    .lazy();
    let query = lines
        .inner_join(orders, col("order"), col("number"))
        .group_by([col("order"), col("name")])
        .agg([col("amount").sum()]);
    crate::check_plan(
        &query,
        r#"
        SELECT [col("order"), col("name"), col("amount_0").alias("amount")]
          INNER JOIN on [col("order")] = [col("number")]
            AGGREGATE by [col("order")]: [col("amount").sum().alias("amount_0")]
              SCAN DataFrame [300 rows, 2 columns]
            SCAN DataFrame [50 rows, 2 columns]
        "#,
    );
    assert_eq!(query.collect().unwrap().height(), 50);
}

#[test]
fn what_nobody_reads_of_a_join_is_not_made() {
    let table = |name: &str, rows: i64| {
        let columns = [
            (name.to_owned(), Column::from_vec((0..rows).collect::<Vec<i64>>())),
            (format!("{name}2"), Column::from_vec((0..rows).map(|i| i / 2).collect::<Vec<i64>>())),
        ];
        DataFrame::new(columns).unwrap().lazy()
    };
    let once = table("a", 20)
        .inner_join(table("b", 12), col("a2"), col("b2"))
        .unique(Some(vec![col("a2")]), UniqueKeep::Any)
        .select([col("a2")]);
    assert!(once.explain(true).unwrap().contains("SEMI JOIN"), "{}", once.explain(true).unwrap());
    crate::check_any_order(&once, &["0", "1", "2", "3", "4", "5"]);

    let unique = table("a", 5).left_join(table("b", 3), col("a2"), col("b")).select([col("a")]);
    assert!(!unique.explain(true).unwrap().contains("JOIN"), "{}", unique.explain(true).unwrap());
    crate::check_any_order(&unique, &["0", "1", "2", "3", "4"]);

    let repeated = table("a", 2).left_join(table("b", 4), col("a2"), col("b2")).select([col("a")]);
    assert!(repeated.explain(true).unwrap().contains("LEFT JOIN"), "{}", repeated.explain(true).unwrap());
    crate::check_any_order(&repeated, &["0", "0", "1", "1"]);

    let most = table("a", 20)
        .inner_join(table("b", 12), col("a2"), col("b2"))
        .group_by([col("a2")])
        .agg([col("a").max(), len()]);
    assert!(most.explain(true).unwrap().contains("INNER JOIN"), "{}", most.explain(true).unwrap());
}

#[test]
fn semi_joins_come_early_or_late() {
    let ints = |step: i64, rows: i64| Column::from_vec((0..rows).map(|i| i % step).collect::<Vec<i64>>());
    let facts = DataFrame::new([("a", ints(100, 20_000)), ("b", ints(7, 20_000))]).unwrap().lazy();
    let wide = DataFrame::new([("wide", ints(7, 70)), ("c", ints(70, 70))]).unwrap().lazy();
    let few = DataFrame::new([("few", ints(100, 100)), ("d", ints(100, 100))]).unwrap().lazy();
    let one = few.clone().filter(col("d").eq(lit(3)));
    let joins = |query: &LazyFrame| {
        let plan = query.explain(true).unwrap();
        let kinds =
            plan.lines().filter_map(|line| line.trim_start().split(" JOIN").next().map(str::to_owned));
        kinds.filter(|kind| ["INNER", "SEMI", "ANTI"].contains(&kind.as_str())).collect::<Vec<_>>()
    };
    // One row of a hundred is left: the others need not be multiplied by a join before.
    let early = facts.clone().inner_join(wide.clone(), col("b"), col("wide")).semi_join(
        one.clone(),
        col("a"),
        col("few"),
    );
    let early = early.inner_join(few.clone(), col("a"), col("few"));
    assert_eq!(joins(&early).last().unwrap(), "SEMI", "{}", early.explain(true).unwrap());
    assert_eq!(early.collect().unwrap().height(), 2_000);
    // What is looked up are groups of many rows, of which few are asked for once the other join has been made.
    let groups = facts.clone().group_by([col("a")]).agg([col("b").max()]).filter(col("b").gt(lit(2)));
    let late = facts
        .anti_join(groups, col("a"), col("a"))
        .inner_join(wide, col("b"), col("wide"))
        .inner_join(one, col("a"), col("few"));
    let order = joins(&late);
    let place = |kind: &str| order.iter().position(|k| k == kind).unwrap();
    assert!(place("ANTI") < order.len() - 1, "{}", late.explain(true).unwrap());
    assert_eq!(late.collect().unwrap().height(), 0);
}
