//! Random queries: optimized and not, on several threads, give the same rows.

use hypostyle::core::Batch;
use hypostyle::prelude::*;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use crate::frame_rows;

/// A frame in chunks of odd sizes.
fn frames() -> impl Strategy<Value = DataFrame> {
    let row = (prop::option::of(-3i64..4), prop::option::of("[ab]{0,2}"), prop::option::of(-4i32..5));
    prop::collection::vec(prop::collection::vec(row, 0..7), 0..5).prop_map(|chunks| {
        let dtypes = [("k", DataType::Int64), ("s", DataType::String), ("x", DataType::Float64)];
        let schema = Schema::try_new(dtypes.map(|(n, d)| Field::new(n, d)).to_vec()).unwrap();
        let batches = chunks
            .into_iter()
            .map(|rows| {
                let k = Column::from_options(rows.iter().map(|r| r.0));
                let s = Column::from_utf8(rows.iter().map(|r| r.1.as_deref()).collect());
                let x = Column::from_options(rows.iter().map(|r| r.2.map(|v| f64::from(v) / 2.0)));
                Batch::try_new(vec![k, s, x], rows.len()).unwrap()
            })
            .collect();
        DataFrame::from_batches(schema.into(), batches).unwrap()
    })
}

#[derive(Clone, Debug)]
enum Step {
    Filter(i64),
    FilterText,
    Add,
    Group,
    Join(JoinType),
    /// On two keys, one of them text, with the sides the other way round.
    JoinTo(JoinType),
    /// With its own groups: a subplan with two readers.
    JoinGroups(JoinType),
    Distinct,
    Sort(bool),
    /// Sorted by all columns, and then something that sees the order of the rows.
    Ordered(Ordered),
    Window,
}

#[derive(Clone, Copy, Debug)]
enum Ordered {
    First,
    Limit,
    Running,
    Distinct,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds = [JoinType::Inner, JoinType::Left, JoinType::Semi, JoinType::Anti];
    let kind = || prop::sample::select(kinds.to_vec());
    let to = [JoinType::Inner, JoinType::Left, JoinType::Right, JoinType::Full];
    let step = prop_oneof![
        (-3i64..4).prop_map(Step::Filter),
        Just(Step::FilterText),
        Just(Step::Add),
        Just(Step::Group),
        kind().prop_map(Step::Join),
        kind().prop_map(Step::JoinGroups),
        prop::sample::select(to.to_vec()).prop_map(Step::JoinTo),
        Just(Step::Distinct),
        any::<bool>().prop_map(Step::Sort),
        prop::sample::select(vec![Ordered::First, Ordered::Limit, Ordered::Running, Ordered::Distinct])
            .prop_map(Step::Ordered),
        Just(Step::Window),
    ];
    prop::collection::vec(step, 0..6)
}

/// Every step keeps the columns `k`, `s`, `x`.
fn apply(query: LazyFrame, step: &Step, other: &DataFrame) -> LazyFrame {
    match step {
        Step::Filter(v) => query.filter(col("k").gt(lit(*v)).or(col("x").is_null())),
        Step::FilterText => query.filter(col("s").str().starts_with(lit("a"))),
        Step::Add => query.with_columns([(col("x") + col("k")).alias("x")]),
        Step::Group => query.group_by([col("k"), col("s")]).agg([col("x").sum()]),
        Step::Join(kind) => {
            let renamed = other.clone().lazy().select([col("k"), col("x").alias("y")]);
            let joined = query.join(renamed, [col("k")], [col("k")], JoinArgs::new(*kind));
            match kind {
                JoinType::Semi | JoinType::Anti => joined,
                _ => joined.select([col("k"), col("s"), (col("x") * col("y")).alias("x")]),
            }
        }
        Step::JoinTo(kind) => {
            let renamed = other.clone().lazy().select([col("k"), col("s"), col("x").alias("y")]);
            let keys = || [col("k"), col("s")];
            let joined = renamed.join(query, keys(), keys(), JoinArgs::new(*kind));
            joined.select([col("k"), col("s"), (col("x") - col("y")).alias("x")])
        }
        Step::JoinGroups(kind) => {
            let groups = query.clone().group_by([col("k")]).agg([col("x").max().alias("m")]);
            let few = groups.filter(col("m").gt(lit(0.5)));
            let joined = query.join(few, [col("k")], [col("k")], JoinArgs::new(*kind));
            joined.select([col("k"), col("s"), col("x")])
        }
        Step::Distinct => query.unique(None, UniqueKeep::Any),
        Step::Sort(descending) => {
            query.sort(["x", "k"], SortOptions::default().with_descending([*descending]))
        }
        Step::Ordered(then) => {
            let sorted = query.sort(["x", "k", "s"], SortOptions::default());
            match then {
                Ordered::First => sorted.group_by([col("k")]).agg([col("s").first(), col("x").last()]),
                Ordered::Limit => sorted.limit(3),
                Ordered::Running => sorted.with_columns([col("k").cum_sum(false)]),
                Ordered::Distinct => sorted.unique(Some(vec![col("s")]), UniqueKeep::First),
            }
        }
        Step::Window => query.with_columns([col("x").max().over([col("s")]).alias("x")]),
    }
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

proptest! {
    #[test]
    fn optimizing_changes_no_row(frame in frames(), other in frames(), steps in steps()) {
        let query = steps.iter().fold(frame.lazy(), |query, step| apply(query, step, &other));
        let plain = as_written(&query, 1);
        let expected = sorted(frame_rows(&plain));
        for threads in [1, 2, 8] {
            let found = query.collect_with(&Context::new(threads)).unwrap();
            assert_eq!(found.schema(), plain.schema());
            assert_eq!(sorted(frame_rows(&found)), expected, "{}", query.explain_all().unwrap());
        }
    }
}

/// The query as it was written, without any rule.
fn as_written(query: &LazyFrame, threads: usize) -> DataFrame {
    query.collect_unoptimized(&Context::new(threads)).unwrap()
}
