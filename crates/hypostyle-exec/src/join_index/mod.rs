//! Finding the build rows of a key: by address where keys are dense integers, by hash elsewhere.
//!
//! Keys are first made integers where that is possible ([`packing`]); integers of a range are addressed directly or by
//! rank, others are hashed. Either way a key gets a number, and [`partners`] says which rows that stands for.

mod integers;
mod packing;
mod partners;

use std::sync::Arc;

use hypostyle_core::{Array, Bitmap, Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::hash::{BytesTable, PackedKey};
use hypostyle_kernels::join_table::{JoinTable, Regions};
use hypostyle_kernels::key_bits::KeyBits;
use hypostyle_kernels::key_set::KeySet;
use hypostyle_kernels::keys::{KeyCodec, Keys};
use hypostyle_kernels::rank::RankIndex;

pub(crate) use self::integers::exact_set;
use self::integers::{Survey, ascending_ranks, key_bits, ranks, runs};
use self::packing::Packing;
use self::partners::Partners;
use crate::context::Context;
use crate::pipeline::parallel;

/// Stands for "no row", and for a key without one.
pub(crate) const NO_ROW: u32 = u32::MAX;

/// The build side's rows by key.
#[derive(Debug)]
pub(crate) struct JoinIndex {
    packing: Packing,
    lookup: Lookup,
    partners: Partners,
    /// Whether null keys have no partners, and the lookup does not see to that.
    masks_nulls: bool,
}

/// From keys to numbers.
#[derive(Debug)]
enum Lookup {
    /// `key - low`, up to a number of slots.
    Direct {
        low: i128,
        slots: usize,
    },
    /// How many of the keys are smaller.
    Ranked(RankIndex),
    Packed64 {
        codec: KeyCodec,
        table: JoinTable<u64>,
    },
    Packed128 {
        codec: KeyCodec,
        table: JoinTable<u128>,
    },
    Bytes {
        codec: KeyCodec,
        table: BytesTable,
    },
}

/// Ranges up to this are addressed directly, in the second-level cache; wider ones by rank, at two bits a value.
const DIRECT_SPAN: usize = 1 << 15;
/// Keys in no order, each there once, are addressed directly if there are no more than this many slots for each: the
/// rows have to be written down anyway, and an address is found sooner than a rank.
const SLOTS_PER_ROW: usize = 4;
/// The same for keys that are there several times, whose slots take no more memory than the rows then.
const SLOTS_PER_REPEATED_ROW: usize = 2;
/// Rows from which on all threads write them down.
const PARALLEL_ROWS: usize = 1 << 17;
/// Keys from which on all threads hash them: each takes several times as long as a row that is written down.
const HASHED_TOGETHER: usize = 1 << 15;
/// A rank index may take this many values of the range for each build row.
const SPAN_PER_ROW: usize = 256;
/// Or this many whatever the number of rows.
const RANKED_SPAN: usize = 1 << 20;
/// Probe rows that are packed at once, so that what is between their columns and their numbers stays in the cache.
const TILE_ROWS: usize = 1 << 12;

impl JoinIndex {
    /// Indexes keys of `len` rows. Rows with a null key are left out unless nulls are equal. A set of the keys comes
    /// with it if it is wanted and was made on the way.
    pub(crate) fn build(
        keys: &[Column],
        len: usize,
        nulls_equal: bool,
        wants_set: bool,
        context: &Context,
    ) -> Result<(Self, Option<KeySet>)> {
        if u32::try_from(len).is_err() || len == NO_ROW as usize {
            return Err(Error::unsupported("the build side of a join has more than 4 billion rows"));
        }
        // Null probe rows find something only if there are null build rows.
        let nulls_equal = nulls_equal && keys.iter().any(|key| key.null_count() > 0);
        let valid = if nulls_equal { None } else { valid_keys(keys) };
        let (packing, mut packed) = Packing::build(keys, len, nulls_equal)?;
        // Numbers see to nulls by themselves.
        let (nulls_equal, masks_nulls) = match packing.has_numbers() {
            true => (false, false),
            false => (nulls_equal, !nulls_equal),
        };
        if packing.has_numbers() {
            packed = packed.into_iter().map(|key| key.with_validity(valid.clone())).collect();
        }
        if let [key] = &packed[..]
            && !nulls_equal
            && let Some((lookup, partners, bits)) =
                address(key, valid.as_ref(), wants_set && packing.is_trivial(), context)?
        {
            let set = bits.map(|bits| KeySet::of_bits(key.dtype().clone(), Arc::new(bits)));
            return Ok((Self { packing, lookup, partners, masks_nulls }, set));
        }
        let present = |row: usize| valid.as_ref().is_none_or(|v| v.get(row));
        let dtypes: Vec<DataType> = packed.iter().map(|k| k.dtype().clone()).collect();
        let codec = KeyCodec::new(&dtypes, &vec![nulls_equal; packed.len()]);
        let (lookup, partners) = match codec.encode(&packed, len)? {
            Keys::U64(keys) => {
                let (table, partners) = hash(&keys, present, context)?;
                (Lookup::Packed64 { codec, table }, partners)
            }
            Keys::U128(keys) => {
                let (table, partners) = hash(&keys, present, context)?;
                (Lookup::Packed128 { codec, table }, partners)
            }
            Keys::Bytes(keys) => {
                let mut table = BytesTable::default();
                let number =
                    |row| if present(row) { table.insert(keys.get(row), keys.hash(row)) } else { NO_ROW };
                let numbers = (0..len).map(number).collect();
                let partners = Partners::of_numbers(&[numbers], table.len(), context)?;
                (Lookup::Bytes { codec, table }, partners)
            }
        };
        Ok((Self { packing, lookup, partners, masks_nulls }, None))
    }

    /// Indexes integers of at most 64 bits in `low..low + span` that ascend, each greater than the one before it, none
    /// null, in chunks none of which is empty.
    pub(crate) fn of_ascending(keys: &[Column], low: i128, span: usize, context: &Context) -> Result<Self> {
        let lookup = Lookup::Ranked(ascending_ranks(keys, low, span, context)?);
        Ok(Self { packing: Packing::none(), lookup, partners: Partners::Same, masks_nulls: true })
    }

    /// Whether no key has two rows.
    pub(crate) fn is_unique(&self) -> bool {
        self.partners.is_unique()
    }

    /// Whether keys are found by hashing.
    pub(crate) fn is_hashed(&self) -> bool {
        !matches!(self.lookup, Lookup::Direct { .. } | Lookup::Ranked(_))
    }

    /// For every probe row [`NO_ROW`] if its key has no build row; elsewhere the row if keys are unique, and what
    /// [`Self::partners`] takes if not.
    pub(crate) fn find(&self, keys: &[Column], len: usize) -> Result<Vec<u32>> {
        if self.packing.is_trivial() && !self.is_hashed() {
            return self.find_tile(keys, len);
        }
        // Entries of dictionaries are packed once, not for each tile.
        let keys = self.packing.pack_dictionaries(keys)?;
        let mut found = Vec::with_capacity(len);
        for start in (0..len).step_by(TILE_ROWS) {
            let rows = TILE_ROWS.min(len - start);
            let tile: Vec<Column> = keys.iter().map(|key| key.slice(start, rows)).collect();
            found.append(&mut self.find_tile(&tile, rows)?);
        }
        Ok(found)
    }

    fn find_tile(&self, keys: &[Column], len: usize) -> Result<Vec<u32>> {
        let packed = self.packing.pack(keys, len)?;
        let mut found = self.lookup.find(&packed, len)?;
        if self.masks_nulls
            && let Some(valid) = valid_keys(keys)
        {
            for (number, valid) in found.iter_mut().zip(valid.iter()) {
                if !valid {
                    *number = NO_ROW;
                }
            }
        }
        self.partners.resolve(&mut found);
        Ok(found)
    }

    /// The build rows of something found, ascending; `None` if it is the row itself.
    #[inline]
    pub(crate) fn partners(&self, found: u32) -> Option<&[u32]> {
        self.partners.rows(found)
    }
}

impl Lookup {
    /// The number of every row's key, or [`NO_ROW`]. What stands under nulls is looked up, too.
    fn find(&self, keys: &[Column], len: usize) -> Result<Vec<u32>> {
        match self {
            Self::Direct { low, slots } => distances(*low, *slots, &keys[0]),
            Self::Ranked(index) => Ok(index.find(&keys[0])),
            Self::Packed64 { codec, table } => match codec.encode(keys, len)? {
                Keys::U64(keys) => Ok(table.find(&keys)),
                _ => Err(codec_error()),
            },
            Self::Packed128 { codec, table } => match codec.encode(keys, len)? {
                Keys::U128(keys) => Ok(table.find(&keys)),
                _ => Err(codec_error()),
            },
            Self::Bytes { codec, table } => match codec.encode(keys, len)? {
                Keys::Bytes(keys) => Ok(table.find_all(&keys, NO_ROW)),
                _ => Err(codec_error()),
            },
        }
    }
}

fn codec_error() -> Error {
    Error::internal("one codec gives keys of one width")
}

/// Addresses keys that are integers of a range which is not too wide for their number. Which there are comes with it
/// if a set is wanted and that was asked on the way.
fn address(
    key: &Column,
    valid: Option<&Bitmap>,
    wants_set: bool,
    context: &Context,
) -> Result<Option<(Lookup, Partners, Option<KeyBits>)>> {
    let len = key.len();
    let Some(survey) = Survey::of(key, context)? else { return Ok(None) };
    let Survey { low, high, ascending } = survey;
    let Ok(span) = usize::try_from(high.saturating_sub(low)) else { return Ok(None) };
    let narrow = key.dtype().byte_width().is_some_and(|width| width <= 8);
    if span >= (len * SPAN_PER_ROW).max(RANKED_SPAN) || (span >= DIRECT_SPAN && !narrow) {
        return Ok(None);
    }
    let slots = span + 1;
    let countable = slots < NO_ROW as usize;
    let direct = Lookup::Direct { low, slots };
    if span / SLOTS_PER_ROW < len
        && narrow
        && countable
        && !ascending
        && valid.is_none()
        && let Some(heads) = unique_heads(key, low, slots, context)?
    {
        return Ok(Some((direct, Partners::One(heads), None)));
    }
    let rows = valid.map_or(len, Bitmap::count_set);
    let (mut ranked, mut bits) = (None, None);
    if span >= DIRECT_SPAN {
        let there = key_bits(key, valid, survey, context)?;
        let index = ranks(&there, context)?;
        bits = wants_set.then_some(there);
        if ascending && valid.is_none() {
            let partners = match index.len() == len {
                true => Partners::Same,
                false => Partners::Many(runs(key, context)?),
            };
            return Ok(Some((Lookup::Ranked(index), partners, bits)));
        }
        if index.len() == rows || !countable || span / SLOTS_PER_REPEATED_ROW >= len {
            ranked = Some(index);
        }
    }
    let present = |row: usize| valid.is_none_or(|v| v.get(row));
    let (lookup, count) = match ranked {
        Some(index) => {
            let count = index.len();
            (Lookup::Ranked(index), count)
        }
        None => (direct, slots),
    };
    let pieces: Vec<usize> = (0..len).step_by(PARALLEL_ROWS).collect();
    let numbers = parallel(context, pieces, |start| {
        let piece = key.slice(start, PARALLEL_ROWS.min(len - start));
        let mut numbers = lookup.find(std::slice::from_ref(&piece), piece.len())?;
        for (i, number) in numbers.iter_mut().enumerate() {
            if !present(start + i) {
                *number = NO_ROW;
            }
        }
        Ok(numbers)
    })?;
    let partners = Partners::of_numbers(&numbers, count, context)?;
    Ok(Some((lookup, partners, bits)))
}

/// Hashes keys, all threads at once.
fn hash<K: PackedKey>(
    keys: &[K],
    present: impl Fn(usize) -> bool + Copy + Sync + Send,
    context: &Context,
) -> Result<(JoinTable<K>, Partners)> {
    let threads = context.threads_for(keys.len(), HASHED_TOGETHER);
    for regions in [Regions::of(keys.len()), Regions::undivided(keys.len())] {
        let mut slots = vec![(K::default(), 0); regions.slots()];
        let share = regions.count().div_ceil(threads);
        let parts: Vec<_> = slots.chunks_mut(share * regions.slots_of_region()).enumerate().collect();
        let filled = parallel(context, parts, |(part, slots)| {
            let own = part * share..((part + 1) * share).min(regions.count());
            let count = own.len();
            Ok(regions.fill(own, keys, present, slots).map(|lists| (count, lists)))
        })?;
        if let Some(filled) = filled.into_iter().collect::<Option<Vec<_>>>() {
            let (table, lists) = JoinTable::assemble(regions, slots, filled);
            return Ok((table, lists.map_or(Partners::Same, Partners::Many)));
        }
    }
    Err(Error::internal("an undivided table has room for every key"))
}

/// `key - low`, or [`NO_ROW`] where that is no slot.
fn distances(low: i128, slots: usize, key: &Column) -> Result<Vec<u32>> {
    let slots = slots as u64;
    // Differences are taken in 64 bits where both ends of the table fit: wrapping makes values below `low` large.
    with_primitive!(key.array(), |a: T| {
        if size_of::<T>() <= 8 {
            let low = low as u64;
            Ok(a.values()
                .iter()
                .map(|v| {
                    let slot = (v.to_i128() as u64).wrapping_sub(low);
                    if slot < slots { slot as u32 } else { NO_ROW }
                })
                .collect())
        } else {
            Ok(a.values()
                .iter()
                .map(|v| {
                    let slot = v.to_i128().checked_sub(low).and_then(|slot| u64::try_from(slot).ok());
                    slot.filter(|slot| *slot < slots).map_or(NO_ROW, |slot| slot as u32)
                })
                .collect())
        }
    }, else |array| match array {
        Array::Null(len) => Ok(vec![NO_ROW; *len]),
        _ => Err(Error::internal("direct addressing needs integers")),
    })
}

/// The row of each key by address, `None` if a key is there twice. Each thread looks at all rows and writes those of
/// its part of the addresses.
fn unique_heads(key: &Column, low: i128, slots: usize, context: &Context) -> Result<Option<Vec<u32>>> {
    let threads = context.threads_for(key.len(), PARALLEL_ROWS);
    let mut heads = vec![NO_ROW; slots];
    let part = slots.div_ceil(threads).max(1);
    let parts: Vec<(usize, &mut [u32])> = heads.chunks_mut(part).enumerate().collect();
    let unique = parallel(context, parts, |(number, heads)| {
        let first = (number * part) as u64;
        Ok(with_primitive!(key.array(), |a: T| {
            // Differences of numbers that lie in a range are right in 64 bits, whatever the numbers.
            let base = (low as u64).wrapping_add(first);
            let mut unique = true;
            for (row, value) in a.values().iter().enumerate() {
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

/// Rows without a null key, if there are others.
fn valid_keys(keys: &[Column]) -> Option<Bitmap> {
    keys.iter()
        .filter(|k| k.null_count() > 0)
        .map(Column::validity_or_full)
        .reduce(|a, b| a.zip(&b, |x, y| x & y))
}

#[cfg(test)]
mod tests;
