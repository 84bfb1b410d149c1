//! Joins with a table in memory whose key ascends, which is indexed by its rows although it is the larger side: against
//! nested loops, with keys of every integer type, gaps, extremes, nulls on the other side, and many chunks.

use hypostyle::core::Batch;
use hypostyle::plan::JoinOrder;
use hypostyle::prelude::*;
use proptest::prelude::*;

use crate::rows;

/// A type of keys, and where they begin.
type Form = (DataType, i128);

fn forms() -> Vec<Form> {
    vec![
        (DataType::Int8, -128),
        (DataType::UInt8, 0),
        (DataType::Int16, -300),
        (DataType::UInt16, 7),
        (DataType::Int32, i128::from(i32::MIN)),
        (DataType::UInt32, i128::from(u32::MAX) - 255),
        (DataType::Int64, i128::from(i64::MIN)),
        (DataType::Int64, i128::from(i64::MAX) - 255),
        (DataType::UInt64, i128::from(u64::MAX) - 255),
        (DataType::Date, -40),
        (DataType::Time, 5),
    ]
}

/// A table of keys, which are distances from where they begin, and the numbers of the rows; in chunks.
fn table(keys: &[Option<u8>], (dtype, start): &Form, row: &'static str, chunk: usize) -> LazyFrame {
    let fields = [Field::new("k", dtype.clone()), Field::new(row, DataType::Int64)];
    let chunks = keys.chunks(chunk).zip((0..).step_by(chunk)).map(|(keys, first)| {
        let value = |key: &Option<u8>| key.map_or(Value::Null, |key| Value::Int(start + i128::from(key)));
        let key = Column::from_scalars(dtype.clone(), keys.iter().map(value)).unwrap();
        let rows = Column::from_vec((first as i64..).take(keys.len()).collect::<Vec<i64>>());
        Batch::try_new(vec![key, rows], keys.len()).unwrap()
    });
    let schema = Schema::try_new(fields.to_vec()).unwrap();
    DataFrame::from_batches(schema.into(), chunks.collect()).unwrap().lazy()
}

/// The numbers of the rows that `few` and `table` pair, by nested loops, in the order of `few`.
fn nested(few: &[Option<u8>], table: &[u8], kind: JoinType) -> Vec<String> {
    let pair = |(row, key): (usize, &Option<u8>)| {
        let other = key.and_then(|key| table.iter().position(|other| *other == key));
        match (kind, other) {
            (JoinType::Inner | JoinType::Left, Some(other)) => Some(format!("{row}|{other}")),
            (JoinType::Left, None) => Some(format!("{row}|null")),
            (JoinType::Semi, Some(_)) | (JoinType::Anti, None) => Some(row.to_string()),
            _ => None,
        }
    };
    few.iter().enumerate().filter_map(pair).collect()
}

proptest! {
    #[test]
    fn agree_with_nested_loops(
        few in prop::collection::vec(prop_oneof![8 => any::<u8>().prop_map(Some), 1 => Just(None)], 1..40),
        keys in prop::collection::btree_set(any::<u8>(), 2..120),
        form in prop::sample::select(forms()),
        chunk in 1usize..50,
        swapped: bool,
        nulls_equal: bool,
    ) {
        let keys: Vec<u8> = keys.into_iter().collect();
        let some: Vec<Option<u8>> = keys.iter().copied().map(Some).collect();
        let sides = || (table(&few, &form, "a", 9), table(&some, &form, "b", chunk));
        let join = |kind, maintain_order| {
            let args = JoinArgs { nulls_equal, maintain_order, ..JoinArgs::new(kind) };
            let (few, many) = sides();
            match swapped {
                true => many.join(few, [col("k")], [col("k")], args).select([col("a"), col("b")]),
                false => few.join(many, [col("k")], [col("k")], args).select([col("a"), col("b")]),
            }
        };
        let expected = nested(&few, &keys, JoinType::Inner);
        let mut found = rows(&join(JoinType::Inner, JoinOrder::None));
        let few_first = found == expected;
        found.sort();
        let mut sorted = expected.clone();
        sorted.sort();
        prop_assert_eq!(&found, &sorted);
        // The few are looked up among the many, in their own order, wherever there are enough of them. Chunks of
        // numbers so large that floats do not tell them apart are not known to ascend.
        let known = chunk >= keys.len() || form.1.abs() < 1 << 53;
        let dense = usize::from(keys[keys.len() - 1] - keys[0]) < keys.len() * 32;
        if known && dense && few.len() < keys.len() && few.len() * 8 >= keys.len() {
            prop_assert!(few_first, "{:?}", expected);
        }
        let mut ordered = rows(&join(JoinType::Inner, JoinOrder::Left));
        ordered.sort();
        prop_assert_eq!(ordered, sorted);
        for kind in [JoinType::Left, JoinType::Semi, JoinType::Anti] {
            let (few_side, many) = sides();
            let args = JoinArgs { nulls_equal, ..JoinArgs::new(kind) };
            let joined = few_side.join(many, [col("k")], [col("k")], args);
            let joined = match kind {
                JoinType::Left => joined.select([col("a"), col("b")]),
                _ => joined.select([col("a")]),
            };
            let (mut found, mut expected) = (rows(&joined), nested(&few, &keys, kind));
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected, "{:?}", kind);
        }
    }
}

proptest! {
    #[test]
    fn with_limits_filters_from_above_nulls_and_texts(
        few in prop::collection::vec(prop_oneof![8 => (0u8..90).prop_map(Some), 1 => Just(None)], 1..40),
        keys in prop::collection::btree_set(0u8..90, 0..70),
        wanted in prop::collection::btree_set(0i64..70, 0..9),
        limit in prop::option::of(0usize..70),
        chunk in 1usize..50,
        texts: bool,
    ) {
        let keys: Vec<u8> = keys.into_iter().collect();
        let some: Vec<Option<u8>> = keys.iter().copied().map(Some).collect();
        let many = table(&some, &(DataType::Int64, -3), "b", chunk);
        // A column with nulls, and one of text.
        let third = (col("b") % lit(3)).eq(lit(0));
        let null = when(third.clone()).then(null()).otherwise(col("b"));
        let text = when(third).then(lit("third")).otherwise(lit("other"));
        let many = many.with_columns([null.alias("n"), text.alias("t")]).collect().unwrap().lazy();
        let many = match limit {
            Some(limit) => many.limit(limit),
            None => many,
        };
        let few_side = table(&few, &(DataType::Int64, -3), "a", 7);
        let wanted: Vec<i64> = wanted.into_iter().collect();
        // The smallest table tells the others what it has of `b`.
        let last = DataFrame::new([("b", Column::from_vec(wanted.clone()))]).unwrap().lazy();
        let joined = few_side
            .join(many, [col("k")], [col("k")], JoinArgs::new(JoinType::Inner))
            .join(last, [col("b")], [col("b")], JoinArgs::new(JoinType::Inner));
        let columns = if texts { vec![col("a"), col("b"), col("n"), col("t")] } else { vec![col("a"), col("b"), col("n")] };
        let mut found = rows(&joined.select(columns));
        found.sort();
        let table = &keys[..limit.unwrap_or(usize::MAX).min(keys.len())];
        let line = |row: String| {
            let other: i64 = row.split('|').nth(1)?.parse().ok()?;
            let (null, text) = if other % 3 == 0 { ("null".to_owned(), "third") } else { (other.to_string(), "other") };
            let line = if texts { format!("{row}|{null}|{text}") } else { format!("{row}|{null}") };
            wanted.contains(&other).then_some(line)
        };
        let mut expected: Vec<String> =
            nested(&few, table, JoinType::Inner).into_iter().filter_map(line).collect();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn large_tables_on_all_threads() {
    // Every third number, in chunks of odd sizes; the other side repeats, in no order, with some that are not there.
    let keys: Vec<i64> = (0..200_000).map(|i| i * 3 - 77).collect();
    let chunks = keys.chunks(33_331).map(|keys| {
        let columns = vec![Column::from_vec(keys.to_vec()), Column::from_vec(keys.to_vec())];
        Batch::try_new(columns, keys.len()).unwrap()
    });
    let fields = ["k", "b"].map(|name| Field::new(name, DataType::Int64));
    let schema = Schema::try_new(fields.to_vec()).unwrap();
    let many = DataFrame::from_batches(schema.into(), chunks.collect()).unwrap().lazy();
    let few: Vec<i64> = (0..60_000).map(|i| i * 7_919 % 600_100 - 77).collect();
    let expected: Vec<String> = few
        .iter()
        .filter(|key| (*key + 77) % 3 == 0 && **key < 600_000 - 77)
        .map(|key| format!("{key}|{key}"))
        .collect();
    let few = DataFrame::new([("k", Column::from_vec(few))]).unwrap().lazy();
    let joined = few.join(many, [col("k")], [col("k")], JoinArgs::new(JoinType::Inner));
    assert_eq!(rows(&joined), expected);
}
