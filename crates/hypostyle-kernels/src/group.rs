//! Group numbers for the rows of one batch.
//!
//! The ladder: rows of one integer key that never falls are numbered by its rises; of long runs of equal keys one row
//! is numbered for all; small domains (dictionary codes, booleans, integers of a small range and combinations of these)
//! are addressed directly; other fixed-width keys pack into 64 or 128 bits and are hashed; anything else is hashed as
//! bytes. Numbers are given in order of first appearance on every rung, so the rungs cannot be told apart.

use hypostyle_core::{Array, Column, DataType, Native, Result, with_primitive};

use crate::gather::gather;
use crate::hash::{BytesTable, KeyTable, PackedKey};
use crate::keys::{KeyCodec, Keys, integer_range, low_bits};
use crate::runs::long_runs;
use crate::short_texts;

/// The groups of a batch.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// The group of every row.
    pub ids: Vec<u32>,
    /// The first row of every group.
    pub first: Vec<u32>,
}

/// Groups of equal keys among `len` rows. Null is a group of its own.
pub fn group_rows(columns: &[Column], len: usize) -> Result<Groups> {
    if let Some(groups) = group_runs(columns) {
        return Ok(groups);
    }
    if let Some(starts) = long_runs(columns, len) {
        return group_starts(columns, len, &starts);
    }
    if let Some(groups) = group_directly(columns, len) {
        return Ok(groups);
    }
    let columns = &columns.iter().map(codes_of).collect::<Vec<_>>()[..];
    Ok(match KeyCodec::for_columns(columns).encode(columns, len)? {
        Keys::U64(keys) => number(&keys),
        Keys::U128(keys) => number(&keys),
        Keys::Bytes(keys) => {
            let mut table = BytesTable::default();
            let mut groups = Groups { ids: Vec::with_capacity(len), first: Vec::new() };
            for i in 0..len {
                let id = table.insert(keys.get(i), keys.hash(i));
                if id as usize == groups.first.len() {
                    groups.first.push(i as u32);
                }
                groups.ids.push(id);
            }
            groups
        }
    })
}

/// Splits rows by the hashes of their keys: rows with equal keys come to the same partition.
#[derive(Debug)]
pub struct KeyPartitioner {
    columns: Vec<Column>,
    codec: KeyCodec,
}

impl KeyPartitioner {
    /// By these keys. Null is a key of its own.
    pub fn new(columns: &[Column]) -> Self {
        let columns: Vec<Column> = columns.iter().map(codes_of).collect();
        let codec = KeyCodec::for_columns(&columns);
        Self { columns, codec }
    }

    /// The partition of each of `len` rows from `start` on, out of two to the power of `bits`.
    pub fn partitions(&self, start: usize, len: usize, bits: u32) -> Result<Vec<u32>> {
        let columns: Vec<Column> = self.columns.iter().map(|column| column.slice(start, len)).collect();
        // Tables of keys take the high bits of the hash.
        let mask = (1u64 << bits) - 1;
        let hashes = self.codec.encode(&columns, len)?.hashes();
        Ok(hashes.into_iter().map(|hash| (hash & mask) as u32).collect())
    }
}

/// Numbers rows by the first ones of their runs.
fn group_starts(columns: &[Column], len: usize, starts: &[u32]) -> Result<Groups> {
    let heads = columns.iter().map(|column| gather(column, starts)).collect::<Result<Vec<_>>>()?;
    let groups = group_rows(&heads, starts.len())?;
    let mut ids = Vec::with_capacity(len);
    for (run, id) in groups.ids.iter().enumerate() {
        ids.resize(starts.get(run + 1).map_or(len, |end| *end as usize), *id);
    }
    Ok(Groups { ids, first: groups.first.iter().map(|run| starts[*run as usize]).collect() })
}

/// Rows that are looked at to see whether keys repeat.
const SAMPLE: usize = 4_096;

/// Whether the first rows have more groups than `most`; few rows do not tell.
fn has_more_groups(columns: &[Column], len: usize, most: usize) -> Result<bool> {
    if len <= 2 * SAMPLE {
        return Ok(false);
    }
    let sample: Vec<Column> = columns.iter().map(|column| column.slice(0, SAMPLE)).collect();
    Ok(group_rows(&sample, SAMPLE)?.first.len() > most)
}

/// Whether most of the first rows have keys of their own.
pub fn hardly_repeats(columns: &[Column], len: usize) -> Result<bool> {
    has_more_groups(columns, len, SAMPLE * 9 / 10)
}

/// Groups of the first rows up to which each has many: on average 16 and more.
const FEW_GROUPS: usize = 256;

/// Whether there are many groups among the first rows.
pub fn has_many_groups(columns: &[Column], len: usize) -> Result<bool> {
    has_more_groups(columns, len, FEW_GROUPS)
}

/// Rows between two looks whether the keys still ascend: keys in no order give up after the first.
const RUN_ROWS: usize = 256;

/// Numbers rows by how often the key has risen, if there is one key of integers, never null, that never falls. No
/// table, and no branch that depends on the keys.
fn group_runs(columns: &[Column]) -> Option<Groups> {
    let [column] = columns else { return None };
    if column.dtype().is_float() || column.null_count() > 0 {
        return None;
    }
    with_primitive!(column.array(), |a: T| runs(a.values()), else |_other| None)
}

fn runs<T: Native>(keys: &[T]) -> Option<Groups> {
    let mut last = *keys.first()?;
    let mut ids = vec![0u32; keys.len()];
    // One more, since the place after the newest group is written whether it begins or not.
    let mut first = vec![0u32; keys.len() + 1];
    let (mut group, mut row) = (0u32, 0u32);
    for (keys, ids) in keys.chunks(RUN_ROWS).zip(ids.chunks_mut(RUN_ROWS)) {
        let mut falls = false;
        for (key, id) in keys.iter().zip(ids) {
            falls |= *key < last;
            // Fewer groups than rows so far begin before this one.
            first[group as usize + 1] = row;
            group += u32::from(*key != last);
            *id = group;
            last = *key;
            row += 1;
        }
        if falls {
            return None;
        }
    }
    first.truncate(group as usize + 1);
    Some(Groups { ids, first })
}

/// The codes of a dictionary without repetitions, which differ where the texts do; the numbers of short texts; other
/// columns as they are.
fn codes_of(column: &Column) -> Column {
    match column.array() {
        Array::Dict(a) if a.dictionary().is_unique() => {
            Column::from_primitive(DataType::UInt32, a.codes().clone())
        }
        _ => short_texts::pack(column).unwrap_or_else(|| column.clone()),
    }
}

fn number<K: PackedKey>(keys: &[K]) -> Groups {
    let mut table = KeyTable::with_capacity(1024.min(keys.len()));
    let mut groups = Groups { ids: Vec::with_capacity(keys.len()), first: Vec::new() };
    for (i, key) in keys.iter().enumerate() {
        let id = table.insert(*key);
        if id as usize == groups.first.len() {
            groups.first.push(i as u32);
        }
        groups.ids.push(id);
    }
    groups
}

/// Number of different codes (null included) that a column's rows can have, if it is small and known.
fn domain(column: &Column) -> Option<(u64, i128)> {
    match column.array() {
        Array::Boolean(_) => Some((3, 0)),
        Array::Null(_) => Some((1, 0)),
        Array::Dict(a) if a.dictionary().is_unique() => Some((a.dictionary().len() as u64 + 1, 0)),
        Array::Dict(_) => None,
        array => with_primitive!(array, |_a: T| {
            let (low, high) = integer_range(column)?;
            let span = u64::try_from(high.checked_sub(low)?).ok()?;
            Some((span.checked_add(2)?, low))
        }, else |_other| None),
    }
}

/// Numbers rows by a table over all possible codes, if there are not many more than rows.
fn group_directly(columns: &[Column], len: usize) -> Option<Groups> {
    let limit = (len as u64 * 2).clamp(256, 1 << 17);
    let mut domains = Vec::with_capacity(columns.len());
    let mut size = 1u64;
    for column in columns {
        let (codes, low) = domain(column)?;
        size = size.checked_mul(codes).filter(|size| *size <= limit)?;
        domains.push((codes, low));
    }
    let mut codes = vec![0u32; len];
    for (k, (column, (count, low))) in columns.iter().zip(&domains).enumerate() {
        let scale = if k == 0 { 0 } else { *count as u32 };
        append_codes(&mut codes, scale, column, *low);
    }
    const UNSEEN: u32 = u32::MAX;
    let mut table = vec![UNSEEN; size as usize];
    let mut first = Vec::new();
    for (i, code) in codes.iter_mut().enumerate() {
        let slot = &mut table[*code as usize];
        if *slot == UNSEEN {
            *slot = first.len() as u32;
            first.push(i as u32);
        }
        *code = *slot;
    }
    Some(Groups { ids: codes, first })
}

/// `codes = codes * scale + code of the column`, where null is 0 and values count from 1.
fn append_codes(codes: &mut [u32], scale: u32, column: &Column, low: i128) {
    let mut put = |i: usize, code: u32| codes[i] = codes[i] * scale + code;
    match column.array() {
        Array::Null(len) => (0..*len).for_each(|i| put(i, 0)),
        Array::Boolean(a) => {
            (0..a.len()).for_each(|i| put(i, a.get(i).map_or(0, |v| 1 + u32::from(v))));
        }
        Array::Dict(a) => match a.codes().validity() {
            None => a.codes().values().iter().enumerate().for_each(|(i, c)| put(i, c + 1)),
            Some(_) => a.codes().iter().enumerate().for_each(|(i, c)| put(i, c.map_or(0, |c| c + 1))),
        },
        array => with_primitive!(array, |a: T| match a.validity() {
            None => {
                // The difference is below the size of the table, so the low 64 bits hold it.
                let low = low as u64;
                a.values().iter().enumerate().for_each(|(i, v)| {
                    put(i, (low_bits(*v).wrapping_sub(low)) as u32 + 1);
                });
            }
            Some(_) => a.iter().enumerate().for_each(|(i, v)| {
                put(i, v.map_or(0, |v| (low_bits(v).wrapping_sub(low as u64)) as u32 + 1));
            }),
        }, else |_other| debug_assert!(false, "columns of a domain are integers, booleans or dictionaries")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rungs_agree() {
        let n = 3_000i64;
        let a: Vec<Option<i64>> = (0..n).map(|i| (i % 17 != 0).then_some(i * 7 % 13 - 6)).collect();
        let narrow = Column::from_options(a.clone());
        let wide = Column::from_options(a.iter().map(|v| v.map(|v| v * 1_000_000_000_007)));
        let text: Vec<Option<String>> = a.iter().map(|v| v.map(|v| format!("k{v}"))).collect();
        let utf8 = Column::from_utf8(text.iter().map(|t| t.as_deref()).collect());
        let flags = Column::from_bitmap((0..n).map(|i| i % 2 == 0).collect());
        let expected = group_rows(&[narrow, flags.clone()], n as usize).unwrap();
        for other in [wide, utf8] {
            let groups = group_rows(&[other, flags.clone()], n as usize).unwrap();
            assert_eq!(groups.ids, expected.ids);
            assert_eq!(groups.first, expected.first);
        }
    }

    #[test]
    fn runs_are_groups_in_order_of_appearance() {
        let mut state = 5u64;
        for round in 0..400 {
            let mut key = i64::MIN;
            let keys: Vec<i64> = (0..round * 3)
                .map(|_| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    let step = [0, 0, 1, i64::MAX / 2][(state >> 40) as usize % 4];
                    // Some fall, late or soon.
                    key = if state >> 54 == 0 { key.wrapping_sub(1) } else { key.saturating_add(step) };
                    key
                })
                .collect();
            let mut known = std::collections::HashMap::new();
            let mut first = Vec::new();
            let ids: Vec<u32> = keys
                .iter()
                .enumerate()
                .map(|(row, key)| {
                    *known.entry(*key).or_insert_with(|| {
                        first.push(row as u32);
                        first.len() as u32 - 1
                    })
                })
                .collect();
            let ascends = keys.is_sorted();
            let column = Column::from_vec(keys.clone());
            assert_eq!(group_runs(std::slice::from_ref(&column)).is_some(), ascends && !keys.is_empty());
            let groups = group_rows(&[column], keys.len()).unwrap();
            assert_eq!((groups.ids, groups.first), (ids, first), "{keys:?}");
        }
        let with_null = Column::from_options([Some(1i64), None, Some(2)]);
        let floats = Column::from_vec(vec![-0.0, 0.0, 1.0]);
        assert!(group_runs(std::slice::from_ref(&with_null)).is_none() && group_runs(&[floats]).is_none());
        assert_eq!(group_rows(&[with_null], 3).unwrap().ids, [0, 1, 2]);
    }

    #[test]
    fn extreme_ranges_are_not_addressed_directly() {
        let column = Column::from_vec(vec![i64::MIN, i64::MAX, 0, i64::MIN]);
        assert_eq!(group_rows(&[column], 4).unwrap().ids, [0, 1, 2, 0]);
    }
}
