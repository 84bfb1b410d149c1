//! Every rung against nested loops.

use super::*;

fn pairs(build: &Column, probe: &Column, nulls_equal: bool) -> Vec<(u32, u32)> {
    let index =
        JoinIndex::build(std::slice::from_ref(build), build.len(), nulls_equal, &Context::new(2)).unwrap();
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

#[test]
fn extremes_of_the_range() {
    let build = Column::from_vec(vec![i64::MIN, i64::MIN + 1]);
    let probe = Column::from_vec(vec![i64::MAX, i64::MIN, 0, -1]);
    assert_eq!(pairs(&build, &probe, false), [(1, 0)]);
    let build = Column::from_vec(vec![u64::MAX, u64::MAX - 1]);
    let probe = Column::from_vec(vec![0, u64::MAX]);
    assert_eq!(pairs(&build, &probe, false), [(1, 0)]);
}
