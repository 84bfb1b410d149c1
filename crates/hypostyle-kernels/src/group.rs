//! Group numbers for the rows of one batch.
//!
//! The ladder: small domains (dictionary codes, booleans, integers of a small range and combinations of these) are
//! addressed directly; other fixed-width keys pack into 64 or 128 bits and are hashed; anything else is hashed as
//! bytes. Numbers are given in order of first appearance on every rung, so the rungs cannot be told apart.

use hypostyle_core::{Array, Column, DataType, Result, with_primitive};

use crate::hash::{BytesTable, KeyTable, PackedKey};
use crate::keys::{KeyCodec, Keys, integer_range, low_bits};
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
        _ => {
            let (low, high) = integer_range(column)?;
            let span = u64::try_from(high.checked_sub(low)?).ok()?;
            Some((span.checked_add(2)?, low))
        }
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
        Array::Dict(a) => match &a.codes().validity {
            None => a.codes().values.iter().enumerate().for_each(|(i, c)| put(i, c + 1)),
            Some(_) => a.codes().iter().enumerate().for_each(|(i, c)| put(i, c.map_or(0, |c| c + 1))),
        },
        array => with_primitive!(array, |a: T| match &a.validity {
            None => {
                // The difference is below the size of the table, so the low 64 bits hold it.
                let low = low as u64;
                a.values.iter().enumerate().for_each(|(i, v)| {
                    put(i, (low_bits(*v).wrapping_sub(low)) as u32 + 1);
                });
            }
            Some(_) => a.iter().enumerate().for_each(|(i, v)| {
                put(i, v.map_or(0, |v| (low_bits(v).wrapping_sub(low as u64)) as u32 + 1));
            }),
        }, else |_other| {}),
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
    fn extreme_ranges_are_not_addressed_directly() {
        let column = Column::from_vec(vec![i64::MIN, i64::MAX, 0, i64::MIN]);
        assert_eq!(group_rows(&[column], 4).unwrap().ids, [0, 1, 2, 0]);
    }
}
