//! Every rung against nested loops.

use hypostyle_core::PrimitiveArray;

use super::*;

fn pairs(build: &Column, probe: &Column, nulls_equal: bool) -> Vec<(u32, u32)> {
    let (index, _) =
        JoinIndex::build(std::slice::from_ref(build), build.len(), nulls_equal, false, &Context::new(2))
            .unwrap();
    let found = index.find(std::slice::from_ref(probe), probe.len()).unwrap();
    let mut pairs = Vec::new();
    for (row, number) in found.into_iter().enumerate().filter(|(_, number)| *number != NO_ROW) {
        let one = [number];
        let partners = index.partners(number).unwrap_or(&one);
        pairs.extend(partners.iter().map(|build| (row as u32, *build)));
    }
    pairs
}

fn expected(build: &[Option<i64>], probe: &[Option<i64>], nulls_equal: bool) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for (i, p) in probe.iter().enumerate() {
        for (j, b) in build.iter().enumerate() {
            if p == b && (nulls_equal || p.is_some()) {
                pairs.push((i as u32, j as u32));
            }
        }
    }
    pairs
}

#[test]
fn every_rung_agrees_with_nested_loops() {
    let build: Vec<Option<i64>> = (0..97).map(|i| (i % 9 != 0).then_some(i * 7 % 41 - 20)).collect();
    let probe: Vec<Option<i64>> = (0..61).map(|i| (i % 7 != 0).then_some(i - 30)).collect();
    // A factor makes keys sparse (ranked, hashed), large ones too wide for 64 bits of difference.
    for factor in [1, 1_009, 1_000_003, i64::MAX / 64] {
        let column =
            |v: &[Option<i64>]| Column::from_options(v.iter().map(|v| v.map(|v| v.wrapping_mul(factor))));
        for nulls_equal in [false, true] {
            assert_eq!(
                pairs(&column(&build), &column(&probe), nulls_equal),
                expected(&build, &probe, nulls_equal)
            );
        }
    }
    let text = |v: &[Option<i64>]| {
        let texts: Vec<Option<String>> = v.iter().map(|v| v.map(|v| v.to_string())).collect();
        Column::from_utf8(texts.iter().map(|t| t.as_deref()).collect())
    };
    assert_eq!(pairs(&text(&build), &text(&probe), false), expected(&build, &probe, false));
}

#[test]
fn dense_keys_in_no_order() {
    let rows = PARALLEL_ROWS as i64 + 9;
    for low in [-40_000, i64::MIN, i64::MAX - 2 * rows] {
        let mut keys: Vec<i64> = (0..rows).map(|i| low + i * 7_919 % (rows + 4)).collect();
        let probe: Vec<i64> = (-9..rows + 9).map(|i| low.wrapping_add(i)).collect();
        for repeated in [false, true] {
            if repeated {
                keys[100] = keys[rows as usize - 1];
            }
            let mut expected = Vec::new();
            let mut known: std::collections::BTreeMap<i64, Vec<u32>> = std::collections::BTreeMap::new();
            keys.iter().enumerate().for_each(|(row, key)| known.entry(*key).or_default().push(row as u32));
            for (row, key) in probe.iter().enumerate() {
                expected.extend(known.get(key).into_iter().flatten().map(|build| (row as u32, *build)));
            }
            let found = pairs(&Column::from_vec(keys.clone()), &Column::from_vec(probe.clone()), false);
            assert!(found == expected, "from {low}, repeated: {repeated}");
        }
    }
}

/// Partners by a sorted map.
fn expected_of_many(build: &[Option<i64>], probe: &[Option<i64>]) -> Vec<(u32, u32)> {
    let mut known: std::collections::BTreeMap<i64, Vec<u32>> = std::collections::BTreeMap::new();
    for (row, key) in build.iter().enumerate() {
        key.iter().for_each(|key| known.entry(*key).or_default().push(row as u32));
    }
    let partners = |key: &Option<i64>| key.and_then(|key| known.get(&key)).into_iter().flatten();
    let pairs = probe.iter().enumerate().flat_map(|(row, key)| partners(key).map(move |b| (row as u32, *b)));
    pairs.collect()
}

#[test]
fn keys_that_many_threads_look_at() {
    let rows = PARALLEL_ROWS as i64 + 70_001;
    // Groups of keys lie across the borders of pieces; sparse and dense ones, from the ends of their type.
    for (repeats, factor, low) in
        [(1, 3, 0), (1, 200, -9), (7, 1, i64::MIN), (3, 40, 5), (70_000, 9_999, -70_000)]
    {
        let key = |row: i64| low + row / repeats * factor;
        let probe: Vec<Option<i64>> =
            (-5..rows / repeats + 5).map(|i| (i % 11 != 0).then_some(low.wrapping_add(i * factor))).collect();
        let ascending: Vec<Option<i64>> = (0..rows).map(|row| Some(key(row))).collect();
        // One row alone is out of order, right behind the border of two pieces.
        let mut broken = ascending.clone();
        broken.swap(65_536, rows as usize - 1);
        let with_nulls = ascending.iter().enumerate().map(|(i, k)| k.filter(|_| i % 13 != 0)).collect();
        let in_no_order = (0..rows).map(|row| Some(key(row * 7_919 % rows))).collect();
        for build in [ascending, broken, with_nulls, in_no_order] {
            let column = Column::from_options(build.clone());
            let found = pairs(&column, &Column::from_options(probe.clone()), false);
            assert!(found == expected_of_many(&build, &probe), "{repeats} times, {factor} apart, from {low}");
            let asked = Column::from_options(probe.clone());
            for threads in [1, 2, 8] {
                let context = Context::new(threads);
                let (_, set) =
                    JoinIndex::build(std::slice::from_ref(&column), column.len(), false, true, &context)
                        .unwrap();
                let (plain, own) =
                    (KeySet::build(&column).unwrap(), exact_set(&column, &context).unwrap().unwrap());
                for set in set.iter().chain([&own]) {
                    let masks = (set.mask(&asked), plain.mask(&asked));
                    assert!(masks.0.iter().eq(masks.1.iter()), "{repeats} times, {factor} apart, from {low}");
                }
            }
        }
    }
}

#[test]
fn keys_that_many_threads_hash() {
    let rows = HASHED_TOGETHER as i64 + 7_001;
    let key = |i: i64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64);
    let probe: Vec<Option<i64>> = (-9..rows + 9).map(|i| (i % 17 != 0).then_some(key(i))).collect();
    let unique: Vec<Option<i64>> = (0..rows).map(|i| Some(key(i))).collect();
    // One key alone is there twice, so that some threads meet such a key and others do not.
    let mut once_again = unique.clone();
    once_again[100] = unique[rows as usize - 1];
    let repeated = (0..rows).map(|i| (i % 5 != 0).then_some(key(i / 3))).collect();
    for build in [unique, once_again, repeated] {
        let found = pairs(&Column::from_options(build.clone()), &Column::from_options(probe.clone()), false);
        assert!(found == expected_of_many(&build, &probe));
    }
}

#[test]
fn types_and_nulls_that_many_threads_look_at() {
    let rows = PARALLEL_ROWS + 70_001;
    let key = |row: usize| (row / 3) as u64;
    let there = |row: usize| !row.is_multiple_of(13) && !(70_000..140_000).contains(&row);
    let probe = |i: usize| i as u64 * 2;
    let probes = rows / 6;
    let known: Vec<Option<i64>> = (0..rows).map(|row| Some(key(row) as i64)).collect();
    let asked: Vec<Option<i64>> = (0..probes).map(|i| Some(probe(i) as i64)).collect();
    let expected = expected_of_many(&known, &asked);
    let top = u64::MAX - rows as u64;
    let unsigned = |v: u64| top + v;
    let found = pairs(
        &Column::from_vec((0..rows).map(|row| unsigned(key(row))).collect()),
        &Column::from_vec((0..probes).map(|i| unsigned(probe(i))).collect()),
        false,
    );
    assert!(found == expected, "UInt64 near its end");
    let dates = |values: Vec<i32>| {
        let array = PrimitiveArray::try_new(values.into(), None).unwrap();
        Column::try_new(DataType::Date, Array::Int32(array)).unwrap()
    };
    let found = pairs(
        &dates((0..rows).map(|row| key(row) as i32 - 30_000).collect()),
        &dates((0..probes).map(|i| probe(i) as i32 - 30_000).collect()),
        false,
    );
    assert!(found == expected, "dates");
    // What stands under nulls ascends with the others; a whole piece is null.
    let valid: Bitmap = (0..rows).map(there).collect();
    let array =
        PrimitiveArray::try_new((0..rows).map(|row| key(row) as i64).collect::<Vec<_>>().into(), Some(valid));
    let nulls = Column::try_new(DataType::Int64, Array::Int64(array.unwrap())).unwrap();
    let known: Vec<Option<i64>> = (0..rows).map(|row| there(row).then_some(key(row) as i64)).collect();
    let asked: Vec<Option<i64>> = (0..probes).map(|i| (i != 7).then_some(probe(i) as i64)).collect();
    let found = pairs(&nulls, &Column::from_options(asked.clone()), false);
    assert!(found == expected_of_many(&known, &asked), "nulls");
    let equal = pairs(&nulls, &Column::from_options(asked.clone()), true);
    assert_eq!(
        equal.len(),
        found.len() + (0..rows).filter(|row| !there(*row)).count(),
        "nulls that are equal"
    );
    let nothing = Column::full_null(DataType::Int64, rows);
    assert!(pairs(&nothing, &Column::from_options(asked), false).is_empty());
}

#[test]
fn extremes_of_the_range() {
    let build = Column::from_vec(vec![i64::MIN, i64::MIN + 1]);
    let probe = Column::from_vec(vec![i64::MAX, i64::MIN, 0, -1]);
    assert_eq!(pairs(&build, &probe, false), [(1, 0)]);
    let build = Column::from_vec(vec![u64::MAX, u64::MAX - 1]);
    let probe = Column::from_vec(vec![0, u64::MAX]);
    assert_eq!(pairs(&build, &probe, false), [(1, 0)]);
}
