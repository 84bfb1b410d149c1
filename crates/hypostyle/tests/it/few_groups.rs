//! Few groups of very many rows, which several threads share: as plain loops over the rows of each group have it.

use std::collections::{BTreeMap, BTreeSet};

use hypostyle::prelude::*;
use proptest::prelude::*;

use crate::{frame_rows, rows, show};

/// How values lie: what a sample of them says of the others.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Scattered,
    Ascending,
    /// Nearly all the same.
    Same,
    /// In step with whoever takes every so-manieth.
    Periodic,
    /// Large ones only where few rows are looked at.
    LateTail,
}

fn shape() -> impl Strategy<Value = Shape> {
    use Shape::{Ascending, LateTail, Periodic, Same, Scattered};
    prop::sample::select(vec![Scattered, Ascending, Same, Periodic, LateTail])
}

fn mix(i: usize, seed: u64) -> u64 {
    let x = (i as u64).wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ x >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

fn value(shape: Shape, i: usize, rows: usize, seed: u64) -> Option<f64> {
    let any = mix(i, seed);
    match any % 97 {
        0 => return None,
        1 => return Some(f64::NAN),
        2 => return Some([f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0][any as usize / 97 % 4]),
        _ => {}
    }
    Some(match shape {
        Shape::Scattered => (any % 1_000_003) as f64 - 500_000.0,
        Shape::Ascending => i as f64 / 8.0 - 1_000.0,
        Shape::Same => {
            if any % 50 == 3 {
                (any % 7) as f64
            } else {
                2.5
            }
        }
        Shape::Periodic => (i % 4_096) as f64,
        Shape::LateTail => {
            if i * 20 > rows * 19 {
                1e9 + i as f64
            } else {
                (i % 13) as f64
            }
        }
    })
}

/// The quantile of sorted values, by the definition of each interpolation.
fn quantile(sorted: &[f64], q: f64, interpolation: &str) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = q * last as f64;
    let (low, high) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    Some(match interpolation {
        "lower" => low,
        "higher" => high,
        "nearest" => sorted[position.round() as usize],
        "midpoint" if position.fract() == 0.0 => low,
        "midpoint" => (low + high) / 2.0,
        "linear" if position.fract() == 0.0 || low == high => low,
        "linear" => low + (high - low) * position.fract(),
        _ => sorted[((q * sorted.len() as f64).ceil() as usize).max(1) - 1],
    })
}

fn shown(value: Option<f64>) -> String {
    value.map_or("null".to_owned(), |v| show(&Value::Float(v)))
}

/// The bits of a number, equal where `n_unique` takes numbers for equal.
fn identity(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

const TEXTS: [&str; 4] = ["a", "bb", "a longer text than others", ""];

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(8), ..Default::default() })]

    #[test]
    fn as_sorted_groups_have_it(
        shape in shape(),
        height in 66_000usize..260_000,
        groups in prop::sample::select(vec![1u64, 2, 5, 40]),
        clustered in any::<bool>(),
        q in prop_oneof![Just(0.0), Just(1.0), Just(0.5), 0.0f64..1.0],
        seed in any::<u64>(),
    ) {
        let key = |i: usize| match clustered {
            true => (i * groups as usize / height) as i64,
            // The first group has most of the rows.
            false => (mix(i, seed ^ 1) % (groups * 3)).saturating_sub(2 * groups) as i64,
        };
        let values: Vec<Option<f64>> = (0..height).map(|i| value(shape, i, height, seed)).collect();
        let frame = DataFrame::new([
            ("k", Column::from_vec((0..height).map(key).collect::<Vec<i64>>())),
            ("v", Column::from_options(values.iter().copied())),
            ("t", Column::from_strs(values.iter().map(|v| TEXTS[v.map_or(0, |v| v.to_bits() as usize % 4)]))),
        ]).unwrap();
        let interpolations = ["lower", "higher", "nearest", "midpoint", "linear", "equiprobable"];
        let of = |v: Expr| {
            let distinct = [v.clone().n_unique().alias("n"), col("t").n_unique()];
            let mut all = vec![v.clone().median().alias("median")];
            all.extend(distinct);
            all.extend(interpolations.iter().map(|name| v.clone().quantile(q, name).alias(name)));
            all
        };
        let mut by_key: BTreeMap<i64, Vec<Option<f64>>> = BTreeMap::new();
        values.iter().enumerate().for_each(|(i, v)| by_key.entry(key(i)).or_default().push(*v));
        let expected = |rows: &[Option<f64>]| {
            let mut sorted: Vec<f64> = rows.iter().flatten().map(|v| if v.is_nan() { f64::NAN } else { *v }).collect();
            sorted.sort_by(f64::total_cmp);
            let distinct: BTreeSet<Option<u64>> = rows.iter().map(|v| v.map(identity)).collect();
            let texts: BTreeSet<u64> = rows.iter().map(|v| v.map_or(0, |v| v.to_bits() % 4)).collect();
            let mut line = vec![shown(quantile(&sorted, 0.5, "linear"))];
            line.extend([distinct.len().to_string(), texts.len().to_string()]);
            line.extend(interpolations.iter().map(|name| shown(quantile(&sorted, q, name))));
            line.join("|")
        };
        prop_assert_eq!(rows(&frame.clone().lazy().select(of(col("v")))), [expected(&values)]);
        let grouped = frame.clone().lazy().group_by([col("k")]).agg(of(col("v"))).sort(["k"], SortOptions::default());
        let lines: Vec<String> = by_key.iter().map(|(key, rows)| format!("{key}|{}", expected(rows))).collect();
        prop_assert_eq!(rows(&grouped), lines);
        // Lists, and expressions that are evaluated group by group.
        let lists = frame.lazy().group_by([col("k")]).agg([
            col("v").implode(),
            col("v").head(2).alias("first"),
            (col("v") - col("v").shift(1)).count().alias("steps"),
        ]);
        let lists = lists.sort(["k"], SortOptions::default());
        let found = [1, 2, 8].map(|threads| frame_rows(&lists.collect_with(&Context::new(threads)).unwrap()));
        prop_assert!(found[0] == found[1] && found[0] == found[2], "threads");
        let list = |rows: &[Option<f64>]| format!("[{}]", rows.iter().map(|v| shown(*v)).collect::<Vec<_>>().join(","));
        let lines = by_key.iter().map(|(key, rows)| {
            let steps = rows.windows(2).filter(|pair| pair[0].is_some() && pair[1].is_some()).count();
            format!("{key}|{}|{}|{steps}", list(rows), list(&rows[..rows.len().min(2)]))
        });
        prop_assert!(found[0] == lines.collect::<Vec<_>>(), "lists");
    }
}
