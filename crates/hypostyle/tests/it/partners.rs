//! Joins against nested loops: every kind, every form of a key, one key and two, nulls, repetitions and skew; joins
//! whose output is far larger than their inputs; texts that come out of joins.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hypostyle::core::{Array, DictArray, Dictionary};
use hypostyle::plan::JoinOrder;
use hypostyle::prelude::*;
use proptest::prelude::*;

use crate::{frame_rows, rows};

type Form = (&'static str, fn(&[Option<i64>]) -> Column);

fn texts(values: &[Option<i64>], form: fn(i64) -> String) -> Column {
    let texts: Vec<Option<String>> = values.iter().map(|v| v.map(form)).collect();
    Column::from_utf8(texts.iter().map(|t| t.as_deref()).collect())
}

/// Forms that one and the same key takes: equal numbers, equal keys.
const FORMS: &[Form] = &[
    ("dense", |v| Column::from_options(v.iter().copied())),
    ("bytes", |v| Column::from_options(v.iter().map(|v| v.map(|v| v as i8)))),
    ("multiples", |v| Column::from_options(v.iter().map(|v| v.map(|v| v * 10_007)))),
    ("sparse", |v| Column::from_options(v.iter().map(|v| v.map(|v| v * 1_000_000_000_007)))),
    ("extreme", |v| {
        let extreme = |v: i64| if v % 2 == 0 { i64::MIN + v } else { i64::MAX - v };
        Column::from_options(v.iter().map(|v| v.map(extreme)))
    }),
    ("unsigned", |v| Column::from_options(v.iter().map(|v| v.map(|v| u64::MAX - v as u64)))),
    ("wide", |v| Column::from_options(v.iter().map(|v| v.map(|v| i128::from(v) << 90)))),
    ("floats", |v| Column::from_options(v.iter().map(|v| v.map(|v| v as f64 / 4.0)))),
    ("words", |v| texts(v, |v| format!("k{v}"))),
    ("texts", |v| texts(v, |v| format!("key {v}"))),
    ("long texts", |v| texts(v, |v| format!("a key that is longer: {v}"))),
    ("dictionaries", |v| {
        let entries: Vec<String> = (0..40).map(|v| format!("key {v}")).collect();
        let dictionary = Dictionary::try_new(entries.iter().map(|t| Some(t.as_str())).collect()).unwrap();
        let codes = Column::from_options(v.iter().map(|v| v.map(|v| v as u32)));
        let Array::UInt32(codes) = codes.array() else { unreachable!() };
        Column::from_dict(
            DictArray::try_new(codes.clone(), Arc::new(dictionary.assert_unique(false))).unwrap(),
        )
    }),
];

type Key = (Option<i64>, Option<i64>);

/// A frame of the keys `k` and `l`, the number of the row and a text.
fn side(keys: &[Key], forms: (Form, Form), names: [&'static str; 2]) -> LazyFrame {
    let first: Vec<Option<i64>> = keys.iter().map(|k| k.0).collect();
    let second: Vec<Option<i64>> = keys.iter().map(|k| k.1).collect();
    let numbers: Vec<Option<i64>> = (0..keys.len() as i64).map(Some).collect();
    let text: Vec<Option<i64>> = numbers.iter().map(|n| n.filter(|n| n % 5 != 4)).collect();
    DataFrame::new([
        ("k", forms.0.1(&first)),
        ("l", forms.1.1(&second)),
        (names[0], Column::from_options(numbers)),
        (names[1], texts(&text, |n| format!("the text of row {n}"))),
    ])
    .unwrap()
    .lazy()
}

fn line(left: Option<usize>, right: Option<usize>) -> String {
    let show = |row: Option<usize>| match row {
        None => "null|null".to_owned(),
        Some(row) if row % 5 == 4 => format!("{row}|null"),
        Some(row) => format!("{row}|the text of row {row}"),
    };
    format!("{}|{}", show(left), show(right))
}

/// The rows by nested loops, in the order of the left side.
fn nested(left: &[Key], right: &[Key], two: bool, nulls_equal: bool, kind: JoinType) -> Vec<String> {
    let equal = |a: &Key, b: &Key| {
        let one = |a: Option<i64>, b: Option<i64>| a == b && (nulls_equal || a.is_some());
        one(a.0, b.0) && (!two || one(a.1, b.1))
    };
    let mut lines = Vec::new();
    let mut found = vec![false; right.len()];
    for (i, a) in left.iter().enumerate() {
        let partners: Vec<usize> = (0..right.len()).filter(|j| equal(a, &right[*j])).collect();
        partners.iter().for_each(|j| found[*j] = true);
        match kind {
            JoinType::Semi | JoinType::Anti => {
                if partners.is_empty() == (kind == JoinType::Anti) {
                    lines.push(line(Some(i), None));
                }
            }
            _ => {
                lines.extend(partners.iter().map(|j| line(Some(i), Some(*j))));
                if partners.is_empty() && matches!(kind, JoinType::Left | JoinType::Full) {
                    lines.push(line(Some(i), None));
                }
            }
        }
    }
    if matches!(kind, JoinType::Right | JoinType::Full) {
        lines.extend(found.iter().enumerate().filter(|(_, f)| !**f).map(|(j, _)| line(None, Some(j))));
    }
    lines
}

const KINDS: [JoinType; 6] =
    [JoinType::Inner, JoinType::Left, JoinType::Right, JoinType::Full, JoinType::Semi, JoinType::Anti];

fn keys(most: usize) -> impl Strategy<Value = Vec<Key>> {
    // One key in four is the same, so that lists are long.
    let number = prop_oneof![1 => Just(Some(7)), 3 => (0i64..40).prop_map(Some), 1 => Just(None)];
    let second = prop_oneof![8 => (0i64..3).prop_map(Some), 1 => Just(None)];
    prop::collection::vec((number, second), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_kind_and_form_agrees_with_nested_loops(
        left in keys(60),
        right in keys(40),
        unique in any::<bool>(),
        two in any::<bool>(),
        nulls_equal in any::<bool>(),
        first in prop::sample::select(FORMS.to_vec()),
        second in prop::sample::select(FORMS.to_vec()),
        order in prop::sample::select(vec![JoinOrder::None, JoinOrder::Left]),
    ) {
        let mut right = right;
        if unique {
            right.sort_unstable();
            right.dedup_by_key(|key| key.0);
        }
        for kind in KINDS {
            let args = JoinArgs { nulls_equal, maintain_order: order, ..JoinArgs::new(kind) };
            let on = || if two { vec![col("k"), col("l")] } else { vec![col("k")] };
            let sides = (side(&left, (first, second), ["a", "t"]), side(&right, (first, second), ["b", "u"]));
            let joined = sides.0.join(sides.1, on(), on(), args);
            let joined = match kind {
                JoinType::Semi | JoinType::Anti => joined.select([
                    col("a"), col("t"), null().alias("b"), null().alias("u"),
                ]),
                _ => joined.select([col("a"), col("t"), col("b"), col("u")]),
            };
            let mut expected = nested(&left, &right, two, nulls_equal, kind);
            let mut found = rows(&joined);
            if order == JoinOrder::None || kind == JoinType::Right || kind == JoinType::Full {
                expected.sort_unstable();
                found.sort_unstable();
            }
            prop_assert_eq!(found, expected, "{:?} on {} and {}", kind, first.0, second.0);
        }
    }
}

/// `rows` rows of which every key has many.
fn skewed(rows: i64, keys: i64, name: &'static str) -> DataFrame {
    let key =
        Column::from_vec((0..rows).map(|i| if i % 3 == 0 { 1 } else { i * 7 % keys }).collect::<Vec<i64>>());
    let text = texts(&(0..rows).map(Some).collect::<Vec<_>>(), |i| format!("{i}"));
    DataFrame::new([("k", key), (name, Column::from_vec((0..rows).collect::<Vec<i64>>())), ("t", text)])
        .unwrap()
}

#[test]
fn a_join_that_explodes_comes_in_pieces() {
    let (left, right) = (skewed(70_000, 5_000, "a"), skewed(900, 300, "b"));
    let mut partners: std::collections::BTreeMap<i64, Vec<i64>> = std::collections::BTreeMap::new();
    let key = |i: i64, keys: i64| if i % 3 == 0 { 1 } else { i * 7 % keys };
    (0..900).for_each(|j| partners.entry(key(j, 300)).or_default().push(j));
    let args = JoinArgs { maintain_order: JoinOrder::LeftRight, ..JoinArgs::new(JoinType::Inner) };
    let joined = left.lazy().join(right.lazy(), [col("k")], [col("k")], args);
    let mut frames = [1, 2, 8].map(|threads| joined.collect_with(&Context::new(threads)).unwrap());
    let expected: usize = (0..70_000).map(|i| partners.get(&key(i, 5_000)).map_or(0, Vec::len)).sum();
    assert!(expected > 6_000_000);
    let (mut heights, mut sums) = ([0usize; 3], [0i128; 3]);
    for (k, frame) in frames.iter().enumerate() {
        assert!(frame.batches().iter().all(|batch| batch.len() <= 1 << 18), "{}", frame.batches().len());
        heights[k] = frame.height();
        let (mut at, mut i) = (0, 0);
        for batch in frame.batches() {
            let (a, b) = (batch.column(1), batch.column(3));
            for row in 0..batch.len() {
                let (a, b) = (a.value(row), b.value(row));
                while partners.get(&key(i, 5_000)).is_none_or(|p| at == p.len()) {
                    (at, i) = (0, i + 1);
                }
                let wanted = partners[&key(i, 5_000)][at];
                assert!(a == Value::Int(i.into()) && b == Value::Int(wanted.into()), "row {i}, partner {at}");
                sums[k] += i128::from(wanted);
                at += 1;
            }
        }
    }
    assert_eq!(heights, [expected; 3]);
    assert!(sums[0] == sums[1] && sums[0] == sums[2]);
    // The first rows of it.
    let head = joined.clone().limit(300_000);
    frames = [1, 2, 8].map(|threads| head.collect_with(&Context::new(threads)).unwrap());
    assert!(frames.iter().all(|frame| frame.height() == 300_000));
    let last = frames.map(|frame| frame_rows(&frame.slice(299_990, 10)));
    assert!(last[0] == last[1] && last[0] == last[2]);
    // Partners are summed up in the same order whatever the number of threads.
    let sums = joined.group_by([col("k")]).agg([(col("b") * lit(0.1)).sum().alias("s"), len().alias("n")]);
    assert!(!rows(&sums).is_empty());
}

#[test]
fn a_join_that_explodes_can_be_stopped() {
    // Ten thousand million pairs.
    let (left, right) = (skewed(300_000, 2, "a"), skewed(300_000, 2, "b"));
    let joined = left.lazy().join(right.lazy(), [col("k")], [col("k")], JoinArgs::new(JoinType::Inner));
    let token = CancelToken::new();
    let counted = joined.select([col("a").sum(), len()]);
    let stopper = token.clone();
    let stopped = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stopper.cancel();
        Instant::now()
    });
    let error = counted.collect_with(&Context::new(2).with_cancel(token)).unwrap_err();
    let late = stopped.join().unwrap().elapsed();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
    // A tenth of a second where tests are optimized and alone; this is not.
    assert!(late < Duration::from_secs(2), "{late:?}");
}

#[test]
fn texts_that_come_out_of_joins_are_texts() {
    // Both sides' texts are dictionaries over their sources now: filtered, grouped, sorted, joined and concatenated.
    let many = || skewed(90_000, 30_000, "a").lazy();
    let few = || skewed(30_000, 30_000, "b").lazy();
    let joined = || {
        few().join(
            many(),
            [col("b")],
            [col("a")],
            JoinArgs { suffix: "_x".into(), ..JoinArgs::new(JoinType::Inner) },
        )
    };
    let pairs = joined().filter(col("t").eq(col("t_x"))).select([len()]);
    assert_eq!(rows(&pairs), ["30000"]);
    let chosen = joined().filter(col("t_x").eq(lit("17"))).select([col("b"), col("t")]);
    assert_eq!(rows(&chosen), ["17|17"]);
    let groups = joined().group_by([col("t_x")]).agg([len().alias("n")]).select([col("n").sum(), len()]);
    assert_eq!(rows(&groups), ["30000|30000"]);
    let sorted = joined().sort(["t"], SortOptions::default()).select([col("t")]).limit(3);
    assert_eq!(rows(&sorted), ["0", "1", "10"]);
    let again =
        many().join(joined(), [col("t")], [col("t_x")], JoinArgs::new(JoinType::Semi)).select([len()]);
    assert_eq!(rows(&again), ["30000"]);
    let probing =
        joined().join(many(), [col("t_x")], [col("t")], JoinArgs::new(JoinType::Inner)).select([len()]);
    assert_eq!(rows(&probing), ["30000"]);
    // A result of a few rows does not hold on to all texts.
    let small = (col("b") + col("k_x") * lit(0)).lt(lit(5));
    let frame = joined().filter(small).collect().unwrap();
    assert_eq!(frame.height(), 5);
    let texts = frame.batches().iter().flat_map(|batch| [batch.column(2), batch.column(4)]);
    assert!(texts.filter_map(Column::as_dict).all(|text| text.dictionary().len() <= 2 * text.len()));
}

#[test]
fn frames_that_share_codes_are_different_frames() {
    // Two texts of one side are gathered by the same rows.
    let left = skewed(60_000, 100, "a").lazy();
    let right = DataFrame::new([
        ("k", Column::from_vec((0..60_000i64).collect::<Vec<_>>())),
        ("u", texts(&(0..60_000).map(Some).collect::<Vec<_>>(), |i| format!("u {i}"))),
        ("v", texts(&(0..60_000).map(Some).collect::<Vec<_>>(), |i| format!("v {i}"))),
    ])
    .unwrap()
    .lazy();
    let joined = left.join(right, [col("a")], [col("k")], JoinArgs::new(JoinType::Inner)).collect().unwrap();
    let one = |name: &str| joined.project(&[joined.schema().index_of(name).unwrap()]);
    let rename = |frame: DataFrame, name: &str| frame.lazy().select([col(name).alias("x")]);
    let (u, v) = (rename(one("u"), "u"), rename(one("v"), "v"));
    let both = concat([u.limit(2), v.limit(2)], false).unwrap();
    let mut found = rows(&both);
    found.sort_unstable();
    assert_eq!(found, ["u 0", "u 1", "v 0", "v 1"]);
}
