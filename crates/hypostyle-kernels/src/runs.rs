//! Runs of equal keys: where rows that belong together lie side by side, as in a table that was written in order of its
//! keys, one row of each run stands for all.

use hypostyle_core::{Array, Bitmap, Column, Utf8Array, with_primitive};

use crate::simd;

/// Rows that are looked at first.
const SAMPLE: usize = 1_024;
/// Rows of a run, on average, from which on runs pay.
const ROWS_A_RUN: usize = 8;
/// Rows that are compared at once.
const BLOCK: usize = 64;

/// The first row of every run of rows that are the same in all columns, if runs are long enough to pay. Rows next to
/// each other may be told apart that are equal keys (NaN, nulls over different values), never the other way around.
/// `None` for columns whose values are not compared here.
pub(crate) fn long_runs(columns: &[Column], len: usize) -> Option<Vec<u32>> {
    if len < 2 * SAMPLE || columns.is_empty() {
        return None;
    }
    let most = |rows: usize| rows / ROWS_A_RUN;
    starts(columns, SAMPLE, most(SAMPLE))?;
    starts(columns, len, most(len))
}

/// The starts among the first rows; `None` if there are more than `most`.
fn starts(columns: &[Column], len: usize, most: usize) -> Option<Vec<u32>> {
    let mut starts = vec![0u32];
    let mut first = 1;
    while first < len {
        let rows = BLOCK.min(len - first);
        let mut differs = 0;
        for column in columns {
            differs |= differences(column, first, rows)?;
        }
        while differs != 0 {
            starts.push(first as u32 + differs.trailing_zeros());
            differs &= differs - 1;
        }
        if starts.len() > most {
            return None;
        }
        first += rows;
    }
    Some(starts)
}

/// One bit for each of up to 64 rows from `first` on, which is not 0: whether it differs from the row before.
fn differences(column: &Column, first: usize, rows: usize) -> Option<u64> {
    let values = with_primitive!(column.array(), |a: T| neighbours(&a.values()[first - 1..first + rows]),
    match {
        Array::Boolean(a) => bits(a.values(), first, rows),
        Array::Dict(a) if a.dictionary().is_unique() => neighbours(&a.codes().values()[first - 1..first + rows]),
        Array::Utf8(a) => texts(a, first, rows),
        Array::Null(_) | Array::Dict(_) | Array::Binary(_) | Array::List(_) | Array::FixedList(_) | Array::Struct(_) => return None,
    });
    Some(values | column.validity().map_or(0, |validity| bits(validity, first, rows)))
}

fn neighbours<T: Copy + PartialEq>(values: &[T]) -> u64 {
    simd::dispatch(
        #[inline(always)]
        || {
            let mut differs = 0;
            for (i, pair) in values.windows(2).enumerate() {
                differs |= u64::from(pair[0] != pair[1]) << i;
            }
            differs
        },
    )
}

fn bits(bitmap: &Bitmap, first: usize, rows: usize) -> u64 {
    (0..rows).fold(0, |all, i| all | u64::from(bitmap.get(first + i) != bitmap.get(first + i - 1)) << i)
}

fn texts(array: &Utf8Array, first: usize, rows: usize) -> u64 {
    let mut before = array.value(first - 1);
    (0..rows).fold(0, |all, i| {
        let text = array.value(first + i);
        let differs = text != before;
        before = text;
        all | u64::from(differs) << i
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use hypostyle_core::{Column, DataType};
    use proptest::prelude::*;

    use super::long_runs;
    use crate::group::{Groups, group_rows};
    use crate::simd::each_isa;

    const FLOATS: [f64; 6] = [0.0, -0.0, f64::NAN, 1.5, -1.5, 9.0];
    const TEXTS: [&str; 6] = ["", "a", "b", "a long text, more than sixteen bytes", "c", "é"];

    proptest! {
        /// Keys of every type in runs: numbered as one row after the other would be.
        #[test]
        fn runs_are_numbered_as_their_rows(
            runs in prop::collection::vec((prop::option::weighted(0.9, 0i64..6), 1usize..90), 60..140),
            kinds in prop::collection::vec(0usize..6, 1..4),
        ) {
            let keys: Vec<Option<i64>> = runs.iter().flat_map(|(key, len)| std::iter::repeat_n(*key, *len)).collect();
            let len = keys.len();
            let column = |kind: &usize| match kind {
                0 => Column::from_options(keys.iter().copied()),
                1 => Column::from_options(keys.iter().map(|key| key.map(|key| key * 1_000_000_000_007 - i64::MAX))),
                2 => Column::from_options(keys.iter().map(|key| key.map(|key| FLOATS[key as usize]))),
                3 => Column::from_utf8(keys.iter().map(|key| key.map(|key| TEXTS[key as usize])).collect()),
                4 => Column::from_options(keys.iter().map(|key| key.map(|key| (key as i128) << 100))),
                _ => Column::from_bitmap(keys.iter().map(|key| key.is_some_and(|key| key > 2)).collect()),
            };
            let columns: Vec<Column> = kinds.iter().map(column).collect();
            let identity = |row: usize, kind: &usize| match (kind, keys[row]) {
                (5, key) => Some(i64::from(key.is_some_and(|key| key > 2))),
                (2, Some(1)) => Some(0),
                (_, key) => key,
            };
            let mut known: HashMap<Vec<Option<i64>>, u32> = HashMap::new();
            let mut first = Vec::new();
            let ids: Vec<u32> = (0..len)
                .map(|row| {
                    let next = known.len() as u32;
                    let key = kinds.iter().map(|kind| identity(row, kind)).collect();
                    *known.entry(key).or_insert_with(|| {
                        first.push(row as u32);
                        next
                    })
                })
                .collect();
            for _ in each_isa() {
                let groups = group_rows(&columns, len).unwrap();
                prop_assert_eq!(&groups.ids, &ids);
                prop_assert_eq!(&groups.first, &first);
            }
            if let Some(starts) = long_runs(&columns, len) {
                prop_assert!(starts.len() * 8 <= len && starts[0] == 0 && starts.is_sorted());
                let plain = |row: usize| keys[row - 1] != keys[row];
                if kinds.iter().all(|kind| *kind < 2) {
                    let plain: Vec<u32> = (1..len).filter(|row| plain(*row)).map(|row| row as u32).collect();
                    prop_assert_eq!(&starts[1..], &plain[..]);
                }
            }
        }
    }

    #[test]
    fn only_where_they_are_long() {
        let of = |run: usize| Column::from_vec((0..20_000).map(|i| -((i / run) as i64)).collect::<Vec<_>>());
        assert_eq!(long_runs(&[of(10)], 20_000).unwrap().len(), 2_000);
        assert!(long_runs(&[of(4)], 20_000).is_none());
        assert!(long_runs(&[of(10), of(3)], 20_000).is_none());
        assert!(long_runs(&[of(100)], 1_000).is_none());
        assert!(long_runs(&[Column::full_null(DataType::Null, 5_000)], 5_000).is_none());
        // Long at first, short behind.
        let late: Vec<i64> = (0..20_000).map(|i| if i < 5_000 { 0 } else { i }).collect();
        assert!(long_runs(&[Column::from_vec(late)], 20_000).is_none());
        let Groups { ids, first } = group_rows(&[of(10)], 20_000).unwrap();
        assert!(ids.iter().enumerate().all(|(row, id)| *id as usize == row / 10));
        assert_eq!(first.len(), 2_000);
    }
}
