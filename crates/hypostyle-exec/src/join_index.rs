//! Finding the build rows of a key: by address where keys are dense integers, by hash elsewhere.

use hypostyle_core::{Array, Bitmap, Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::hash::{BytesTable, KeyTable};
use hypostyle_kernels::keys::{KeyCodec, Keys, integer_range};
use hypostyle_kernels::rank::RankIndex;
use hypostyle_kernels::short_texts;

use crate::context::Context;
use crate::pipeline::parallel;

/// Stands for "no row".
pub(crate) const NO_ROW: u32 = u32::MAX;

/// The build side's rows by key. Rows of equal keys form a chain, in order.
#[derive(Debug)]
pub(crate) struct JoinIndex {
    lookup: Lookup,
    /// The next row with the same key; empty if keys are unique.
    next: Vec<u32>,
    /// Whether the keys are short texts, which were indexed as numbers.
    packed_texts: bool,
}

#[derive(Debug)]
enum Lookup {
    /// `heads[key - low]`
    Direct {
        low: i128,
        heads: Vec<u32>,
    },
    /// The row of the key's number; the number itself where the build side is sorted by the key.
    Ranked {
        index: RankIndex,
        heads: Option<Vec<u32>>,
    },
    Packed64 {
        codec: KeyCodec,
        table: KeyTable<u64>,
        heads: Vec<u32>,
    },
    Packed128 {
        codec: KeyCodec,
        table: KeyTable<u128>,
        heads: Vec<u32>,
    },
    Bytes {
        codec: KeyCodec,
        table: BytesTable,
        heads: Vec<u32>,
    },
}

/// Ranges up to this are addressed directly, in the second-level cache; wider ones by rank, at two bits a value.
const DIRECT_SPAN: usize = 1 << 15;
/// Keys in no order, each there once, are addressed directly if there are no more than this many slots for each: the
/// rows have to be written down anyway, and an address is found sooner than a rank.
const SLOTS_PER_ROW: usize = 4;
/// Rows from which on all threads write them down.
const PARALLEL_ROWS: usize = 1 << 17;
/// A rank index may take this many values of the range for each build row.
const SPAN_PER_ROW: usize = 256;
/// Or this many whatever the number of rows.
const RANKED_SPAN: usize = 1 << 20;

impl JoinIndex {
    /// Indexes keys of `len` rows. Rows with a null key are left out unless nulls are equal.
    pub(crate) fn build(keys: &[Column], len: usize, nulls_equal: bool, context: &Context) -> Result<Self> {
        if u32::try_from(len).is_err() || len == NO_ROW as usize {
            return Err(Error::unsupported("the build side of a join has more than 4 billion rows"));
        }
        if let [key] = keys
            && let Some(packed) = short_texts::pack(key)
        {
            let index = Self::build(&[packed], len, nulls_equal, context)?;
            return Ok(Self { packed_texts: true, ..index });
        }
        let valid = if nulls_equal { None } else { valid_keys(keys) };
        let present = |row: usize| valid.as_ref().is_none_or(|v| v.get(row));
        let mut next = Vec::new();
        // From the last row to the first, so that chains ascend.
        let mut link = |heads: &mut Vec<u32>, slot: usize, row: usize| {
            let old = std::mem::replace(&mut heads[slot], row as u32);
            if old != NO_ROW {
                if next.is_empty() {
                    next = vec![NO_ROW; len];
                }
                next[row] = old;
            }
        };
        if let [key] = keys
            && !nulls_equal
            && let Some((low, high)) = integer_range(key)
            && let Ok(span) = usize::try_from(high.saturating_sub(low))
            && span < (len * SPAN_PER_ROW).max(RANKED_SPAN)
            && (span < DIRECT_SPAN || key.dtype().byte_width().is_some_and(|width| width <= 8))
        {
            let ascending = is_ascending(key);
            if span / SLOTS_PER_ROW < len
                && !ascending
                && valid.is_none()
                && let Some(heads) = unique_heads(key, low, span + 1, context)?
            {
                return Ok(Self { lookup: Lookup::Direct { low, heads }, next, packed_texts: false });
            }
            if span >= DIRECT_SPAN {
                let index = RankIndex::build(key, low, span + 1, present);
                let rows = (0..len).filter(|row| present(*row)).count();
                if index.len() == rows && rows == len && ascending {
                    return Ok(Self {
                        lookup: Lookup::Ranked { index, heads: None },
                        next,
                        packed_texts: false,
                    });
                }
                let mut heads = vec![NO_ROW; index.len()];
                for (row, number) in index.find(key).into_iter().enumerate().rev() {
                    if present(row) {
                        link(&mut heads, number as usize, row);
                    }
                }
                return Ok(Self {
                    lookup: Lookup::Ranked { index, heads: Some(heads) },
                    next,
                    packed_texts: false,
                });
            }
            let mut heads = vec![NO_ROW; span + 1];
            with_primitive!(key.array(), |a: T| {
                for row in (0..len).rev().filter(|row| present(*row)) {
                    link(&mut heads, (a.values[row].to_i128() - low) as usize, row);
                }
            }, else |_other| {});
            return Ok(Self { lookup: Lookup::Direct { low, heads }, next, packed_texts: false });
        }
        let dtypes: Vec<DataType> = keys.iter().map(|k| k.dtype().clone()).collect();
        let codec = KeyCodec::new(&dtypes, &vec![nulls_equal; keys.len()]);
        let mut heads = Vec::new();
        let mut number = |row: usize, id: u32| {
            let id = id as usize;
            if id == heads.len() {
                heads.push(NO_ROW);
            }
            link(&mut heads, id, row);
        };
        let rows = (0..len).rev().filter(|row| present(*row));
        let lookup = match codec.encode(keys, len)? {
            Keys::U64(keys) => {
                let mut table = KeyTable::with_capacity(len);
                rows.for_each(|row| number(row, table.insert(keys[row])));
                Lookup::Packed64 { codec, table, heads }
            }
            Keys::U128(keys) => {
                let mut table = KeyTable::with_capacity(len);
                rows.for_each(|row| number(row, table.insert(keys[row])));
                Lookup::Packed128 { codec, table, heads }
            }
            Keys::Bytes(keys) => {
                let mut table = BytesTable::default();
                rows.for_each(|row| number(row, table.insert(keys.get(row), keys.hash(row))));
                Lookup::Bytes { codec, table, heads }
            }
        };
        Ok(Self { lookup, next, packed_texts: false })
    }

    /// Whether no key has two rows.
    pub(crate) fn is_unique(&self) -> bool {
        self.next.is_empty()
    }

    /// Whether keys are found by hashing.
    pub(crate) fn is_hashed(&self) -> bool {
        !matches!(self.lookup, Lookup::Direct { .. } | Lookup::Ranked { .. })
    }

    /// The first build row of every probe row's key, or `NO_ROW`.
    pub(crate) fn heads(&self, keys: &[Column], len: usize, nulls_equal: bool) -> Result<Vec<u32>> {
        let packed = match keys {
            [key] if self.packed_texts => short_texts::pack_known(key),
            _ => None,
        };
        let keys = packed.as_ref().map_or(keys, std::slice::from_ref);
        let mut found = match &self.lookup {
            Lookup::Direct { low, heads } => direct(*low, heads, &keys[0])?,
            Lookup::Ranked { index, heads } => {
                let mut numbers = index.find(&keys[0]);
                if let Some(heads) = heads {
                    // "Absent" and "no row" are the same, and no number.
                    for number in &mut numbers {
                        *number = heads.get(*number as usize).copied().unwrap_or(NO_ROW);
                    }
                }
                numbers
            }
            Lookup::Packed64 { codec, table, heads } => match codec.encode(keys, len)? {
                Keys::U64(keys) => probe(table, heads, &keys),
                _ => return Err(codec_error()),
            },
            Lookup::Packed128 { codec, table, heads } => match codec.encode(keys, len)? {
                Keys::U128(keys) => probe(table, heads, &keys),
                _ => return Err(codec_error()),
            },
            Lookup::Bytes { codec, table, heads } => match codec.encode(keys, len)? {
                Keys::Bytes(keys) => (0..len)
                    .map(|row| {
                        table.find(keys.get(row), keys.hash(row)).map_or(NO_ROW, |id| heads[id as usize])
                    })
                    .collect(),
                _ => return Err(codec_error()),
            },
        };
        if !nulls_equal && let Some(valid) = valid_keys(keys) {
            for (row, valid) in found.iter_mut().zip(valid.iter()) {
                if !valid {
                    *row = NO_ROW;
                }
            }
        }
        Ok(found)
    }

    /// The build row after this one with the same key, or `NO_ROW`.
    #[inline]
    pub(crate) fn next(&self, row: u32) -> u32 {
        self.next.get(row as usize).copied().unwrap_or(NO_ROW)
    }
}

fn codec_error() -> Error {
    Error::internal("one codec gives keys of one width")
}

fn probe<K: hypostyle_kernels::hash::PackedKey>(table: &KeyTable<K>, heads: &[u32], keys: &[K]) -> Vec<u32> {
    const AHEAD: usize = 16;
    let mut found = Vec::with_capacity(keys.len());
    for (i, key) in keys.iter().enumerate() {
        if let Some(later) = keys.get(i + AHEAD) {
            table.prefetch(*later);
        }
        found.push(table.find(*key).map_or(NO_ROW, |id| heads[id as usize]));
    }
    found
}

fn direct(low: i128, heads: &[u32], key: &Column) -> Result<Vec<u32>> {
    // Differences are taken in 64 bits where both ends of the table fit: wrapping makes values below `low` large.
    with_primitive!(key.array(), |a: T| {
        if size_of::<T>() <= 8 && i64::try_from(low).is_ok() {
            let low = low as i64 as u64;
            Ok(a.values
                .iter()
                .map(|v| {
                    let slot = (v.to_i128() as u64).wrapping_sub(low);
                    heads.get(slot as usize).copied().unwrap_or(NO_ROW)
                })
                .collect())
        } else {
            Ok(a.values
                .iter()
                .map(|v| {
                    let slot = v.to_i128().checked_sub(low).and_then(|slot| usize::try_from(slot).ok());
                    slot.and_then(|slot| heads.get(slot).copied()).unwrap_or(NO_ROW)
                })
                .collect())
        }
    }, else |array| match array {
        Array::Null(len) => Ok(vec![NO_ROW; *len]),
        _ => Err(Error::internal("direct addressing needs integers")),
    })
}

/// The row of each key by address, `None` if a key is there twice. Each thread looks at all rows and writes those of its
/// part of the addresses.
fn unique_heads(key: &Column, low: i128, slots: usize, context: &Context) -> Result<Option<Vec<u32>>> {
    let threads = if key.len() < PARALLEL_ROWS { 1 } else { context.threads() };
    let mut heads = vec![NO_ROW; slots];
    let part = slots.div_ceil(threads).max(1);
    let parts: Vec<(usize, &mut [u32])> = heads.chunks_mut(part).enumerate().collect();
    let unique = parallel(context, parts, |(number, heads)| {
        let first = (number * part) as u64;
        Ok(with_primitive!(key.array(), |a: T| {
            // Differences of numbers that lie in a range are right in 64 bits, whatever the numbers.
            let base = (low as u64).wrapping_add(first);
            let mut unique = true;
            for (row, value) in a.values.iter().enumerate() {
                if let Some(head) = heads.get_mut((value.to_i128() as u64).wrapping_sub(base) as usize) {
                    unique &= *head == NO_ROW;
                    *head = row as u32;
                }
            }
            unique
        }, else |_other| false))
    })?;
    Ok(unique.into_iter().all(|unique| unique).then_some(heads))
}

fn is_ascending(key: &Column) -> bool {
    with_primitive!(key.array(), |a: T| a.values.is_sorted(), else |_other| false)
}

/// Rows without a null key, if there are others.
fn valid_keys(keys: &[Column]) -> Option<Bitmap> {
    keys.iter()
        .filter(|k| k.null_count() > 0)
        .map(Column::validity_or_full)
        .reduce(|a, b| a.zip(&b, |x, y| x & y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(build: &Column, probe: &Column, nulls_equal: bool) -> Vec<(u32, u32)> {
        let index = JoinIndex::build(std::slice::from_ref(build), build.len(), nulls_equal, &Context::new(2))
            .unwrap();
        let heads = index.heads(std::slice::from_ref(probe), probe.len(), nulls_equal).unwrap();
        let mut pairs = Vec::new();
        for (row, head) in heads.into_iter().enumerate() {
            let mut build_row = head;
            while build_row != NO_ROW {
                pairs.push((row as u32, build_row));
                build_row = index.next(build_row);
            }
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
                keys.iter()
                    .enumerate()
                    .for_each(|(row, key)| known.entry(*key).or_default().push(row as u32));
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
}
