//! Enough rows for every fast path: keys by address, by rank, by hash and as bytes, filters that joins send to scans,
//! partitions. Expected values come from the standard library's maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use hypostyle::core::{Array, Batch, DictArray, Dictionary};
use hypostyle::prelude::*;

use crate::frame_rows;

const ROWS: i64 = 90_000;

/// Pseudo-random numbers (a step of SplitMix64), the same in every run.
fn random(seed: i64) -> i64 {
    let mut z = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)) as i64 & i64::MAX
}

/// The number that stands for row `i`'s key, or null: skewed, so that one key has a third of the rows.
fn number(i: i64, keys: i64) -> Option<i64> {
    match random(i) % 12 {
        0 => None,
        1..=4 => Some(7),
        _ => Some(random(i + 1_000_000_007) % keys),
    }
}

type Form = (&'static str, fn(&[Option<i64>]) -> Column);

/// Forms that one and the same key takes: equal numbers, equal keys.
const FORMS: &[Form] = &[
    ("dense", |v| Column::from_options(v.iter().copied())),
    ("negative", |v| Column::from_options(v.iter().map(|v| v.map(|v| v - 40_000)))),
    ("multiples", |v| Column::from_options(v.iter().map(|v| v.map(|v| v * 64)))),
    ("sparse", |v| Column::from_options(v.iter().map(|v| v.map(|v| v * 1_000_000_007)))),
    ("extreme", |v| {
        Column::from_options(
            v.iter().map(|v| v.map(|v| if v % 2 == 0 { i64::MIN + v } else { i64::MAX - v })),
        )
    }),
    ("narrow", |v| Column::from_options(v.iter().map(|v| v.map(|v| v as i32)))),
    ("long texts", |v| {
        let texts: Vec<Option<String>> = v.iter().map(|v| v.map(|v| format!("a longer key: {v}"))).collect();
        Column::from_utf8(texts.iter().map(|t| t.as_deref()).collect())
    }),
    ("texts", |v| {
        let texts: Vec<Option<String>> = v.iter().map(|v| v.map(|v| format!("key {v}"))).collect();
        Column::from_utf8(texts.iter().map(|t| t.as_deref()).collect())
    }),
    ("dictionaries", |v| {
        // Every chunk has a dictionary of its own, with an entry that no row uses.
        let mut entries: Vec<i64> = v.iter().flatten().copied().chain([-1]).collect();
        entries.sort_unstable();
        entries.dedup();
        let texts: Vec<String> = entries.iter().map(|v| format!("key {v}")).collect();
        let dictionary = Dictionary::try_new(texts.iter().map(|t| Some(t.as_str())).collect()).unwrap();
        let codes = v.iter().map(|v| v.map(|v| entries.partition_point(|e| *e < v) as u32));
        let codes = Column::from_options(codes);
        let Array::UInt32(codes) = codes.array() else { unreachable!() };
        let dictionary = Arc::new(dictionary.assert_unique(false));
        Column::from_dict(DictArray::try_new(codes.clone(), dictionary).unwrap())
    }),
];

/// A frame of the key `k`, its number `n` and `x` in chunks of odd sizes; `x` counts quarters, so that sums are exact.
fn frame(numbers: &[Option<i64>], form: fn(&[Option<i64>]) -> Column) -> DataFrame {
    let mut batches = Vec::new();
    let mut start = 0;
    for length in [1, 20_001, 40_000, 3, 29_000].into_iter().cycle() {
        let end = (start + length).min(numbers.len());
        let x: Vec<f64> = (start..end).map(|i| (random(i as i64 + 5) % 1_000) as f64 / 4.0).collect();
        let n = Column::from_options(numbers[start..end].iter().copied());
        let columns = vec![form(&numbers[start..end]), n, Column::from_vec(x)];
        batches.push(Batch::try_new(columns, end - start).unwrap());
        start = end;
        if start == numbers.len() {
            break;
        }
    }
    let dtype = batches[0].column(0).dtype().clone();
    let fields = [("k", dtype), ("n", DataType::Int64), ("x", DataType::Float64)];
    let schema = Schema::try_new(fields.map(|(name, dtype)| Field::new(name, dtype)).to_vec()).unwrap();
    DataFrame::from_batches(schema.into(), batches).unwrap()
}

fn quarter(i: usize) -> f64 {
    (random(i as i64 + 5) % 1_000) as f64 / 4.0
}

/// The rows on 1, 2 and 8 threads, which must be the same to the last bit; sorted.
fn sorted_rows(query: &LazyFrame) -> Vec<String> {
    let mut results = [1, 2, 8].map(|threads| {
        let mut rows = frame_rows(&query.collect_with(&Context::new(threads)).unwrap());
        rows.sort_unstable();
        rows
    });
    assert!(results[0] == results[1] && results[0] == results[2], "threads change the rows");
    std::mem::take(&mut results[0])
}

#[test]
fn groups_agree_with_a_map() {
    // Filters that most rows pass, that few do, and one that drops all rows of a group.
    type Keep = fn(Option<i64>, f64) -> bool;
    let filters: [(Option<Expr>, Keep); 4] = [
        (None, |_, _| true),
        (Some(col("x").lt(lit(225.0))), |_, x| x < 225.0),
        (Some(col("x").lt(lit(50.0))), |_, x| x < 50.0),
        (Some(col("n").neq(lit(3))), |n, _| n.is_some_and(|n| n != 3)),
    ];
    for keys in [60, 80_000] {
        let numbers: Vec<Option<i64>> = (0..ROWS).map(|i| number(i, keys)).collect();
        for (predicate, keep) in &filters {
            let mut expected: BTreeMap<Option<i64>, (usize, f64)> = BTreeMap::new();
            for (i, key) in numbers.iter().enumerate().filter(|(i, key)| keep(**key, quarter(*i))) {
                let group = expected.entry(*key).or_default();
                *group = (group.0 + 1, group.1 + quarter(i));
            }
            let mut expected: Vec<String> =
                expected.values().map(|(n, sum)| format!("{n}|{sum:?}")).collect();
            expected.sort_unstable();
            for (name, form) in FORMS {
                let mut query = frame(&numbers, *form).lazy();
                if let Some(predicate) = predicate {
                    query = query.filter(predicate.clone());
                }
                let groups = query.group_by([col("k")]).agg([len().alias("count"), col("x").sum()]);
                let rows = sorted_rows(&groups.select([col("count"), col("x")]));
                assert!(rows == expected, "{keys} keys, {name}, {predicate:?}");
            }
        }
    }
}

#[test]
fn several_keys_agree_with_a_map() {
    let numbers: Vec<Option<i64>> = (0..ROWS).map(|i| number(i, 300)).collect();
    let mut expected: BTreeMap<(Option<i64>, u64), usize> = BTreeMap::new();
    for (i, key) in numbers.iter().enumerate() {
        *expected.entry((*key, quarter(i).to_bits())).or_default() += 1;
    }
    let mut expected: Vec<String> =
        expected.iter().map(|((_, x), n)| format!("{:?}|{n}", f64::from_bits(*x))).collect();
    expected.sort_unstable();
    for (name, form) in FORMS {
        let groups = frame(&numbers, *form).lazy().group_by([col("k"), col("x")]).agg([len().alias("n")]);
        assert!(sorted_rows(&groups.select([col("x"), col("n")])) == expected, "{name}");
    }
}

#[test]
fn joins_agree_with_a_map() {
    // Few and many build rows, unique and not; the probe side is filtered and aggregated below the join, so that the
    // join's filters travel.
    for (build_rows, spread, repeats) in
        [(40i64, 3_000i64, 1i64), (9_000, 9, 1), (9_000, 4, 3), (70_000, 1, 1)]
    {
        let build: Vec<Option<i64>> =
            (0..build_rows).map(|i| (i % 50 != 49).then_some(i / repeats * spread)).collect();
        let probe: Vec<Option<i64>> = (0..ROWS).map(|i| number(i, 120_000)).collect();
        let mut partners: BTreeMap<i64, usize> = BTreeMap::new();
        build.iter().flatten().for_each(|key| *partners.entry(*key).or_default() += 1);
        let (mut pairs, mut semi) = (0usize, 0usize);
        let mut groups: BTreeMap<i64, f64> = BTreeMap::new();
        for (i, key) in probe.iter().enumerate() {
            if quarter(i) < 200.0
                && let Some(key) = key
                && let Some(n) = partners.get(key)
            {
                pairs += n;
                semi += 1;
                *groups.entry(*key).or_default() += quarter(i);
            }
        }
        let mut sums: Vec<String> = groups.values().map(|sum| format!("{sum:?}")).collect();
        sums.sort_unstable();
        for (name, form) in FORMS {
            let build = || frame(&build, *form).lazy().select([col("k")]);
            let filtered = || frame(&probe, *form).lazy().filter(col("x").lt(lit(200.0)));
            let on = || [col("k")];
            let count = |kind| {
                let joined = filtered().join(build(), on(), on(), JoinArgs::new(kind));
                sorted_rows(&joined.select([len()]))
            };
            assert_eq!(count(JoinType::Inner), [pairs.to_string()], "{name}, {build_rows}");
            assert_eq!(count(JoinType::Semi), [semi.to_string()], "{name}, {build_rows}");
            let below = filtered().group_by([col("k")]).agg([col("x").sum()]);
            let joined =
                build().unique(None, UniqueKeep::Any).join(below, on(), on(), JoinArgs::new(JoinType::Inner));
            assert!(sorted_rows(&joined.select([col("x")])) == sums, "{name}, {build_rows}, aggregated");
        }
    }
}
