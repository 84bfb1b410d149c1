//! Partitions of groups: how the rows of all morsels are split by key, so that each partition is merged by one thread,
//! morsel after morsel, in a table that stays in the cache.
//!
//! Keys of few bits are split and numbered by address, all others by their hash. Where keys are dictionary codes, the
//! morsels' dictionaries are made one first, and codes are all that is compared; other short texts become numbers.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use hypostyle_core::{Array, Column, PrimitiveArray, Result};
use hypostyle_expr::grouped::{GroupOrder, group_order};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::hash::{BytesTable, KeyTable, hash_bytes};
use hypostyle_kernels::keys::{KeyCodec, Keys, integer_range};
use hypostyle_kernels::short_texts;

use super::aggregate::{Partial, Rows};
use crate::context::Context;
use crate::pipeline::parallel;

/// Partitions of the merge, once there are many groups, as a power of two.
const PARTITION_BITS: u32 = 6;
/// Fewer groups (added up over the morsels) are merged in one go.
const SINGLE_PARTITION: usize = 32_768;
/// Keys may be addressed if there are no more than this many for each row.
const ADDRESSES_PER_ROW: usize = 8;
/// Keys of more bits are never addressed.
const ADDRESS_BITS: u32 = 26;

/// How keys are split and numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// All in one table.
    Single,
    /// By hash.
    Hashed,
    /// By the key itself, which has this many bits.
    Addressed { bits: u32 },
}

impl Scheme {
    /// The scheme for so many groups, added up over the morsels.
    pub(super) fn new(codec: &KeyCodec, total: usize) -> Self {
        if total <= SINGLE_PARTITION {
            return Self::Single;
        }
        match codec.bits() {
            Some(bits @ PARTITION_BITS..=ADDRESS_BITS) if 1 << bits <= total * ADDRESSES_PER_ROW => {
                Self::Addressed { bits }
            }
            _ => Self::Hashed,
        }
    }

    pub(super) fn partitions(self) -> usize {
        if self == Self::Single { 1 } else { 1 << PARTITION_BITS }
    }

    /// An empty table for one partition.
    pub(super) fn table(self) -> Table {
        match self {
            Self::Addressed { bits } => {
                let slots = 1usize << (bits - PARTITION_BITS);
                Table::Addressed { slots: vec![EMPTY; slots], len: 0 }
            }
            _ => Table::Empty,
        }
    }
}

/// Spreads keys of some bits over these bits, each to a place of its own: multiplication by an odd number can be
/// undone. Without it, keys that are all multiples of something would fall into few partitions.
fn spread(key: u64, bits: u32) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15) & (u64::MAX >> (64 - bits))
}

/// A partial whose rows are sorted by partition. What every row is asked for (keys, arguments) is moved to the
/// order of the partitions while the morsel is in the cache: a partition then reads its part of each morsel in one
/// piece.
pub(super) struct Scattered {
    pub(super) partial: Partial,
    /// Keys in the order of the partitions.
    keys: Keys,
    pub(super) order: Vec<u32>,
    offsets: Vec<u32>,
}

impl Scattered {
    /// Sorts the rows of a partial, whose keys for comparison are `coded`.
    pub(super) fn new(
        (partial, coded): (Partial, Vec<Column>),
        codec: &KeyCodec,
        scheme: Scheme,
    ) -> Result<Self> {
        let mut keys = codec.encode(&coded, partial.len)?;
        let partition: Vec<u32> = match (scheme, &mut keys) {
            (Scheme::Single, _) => {
                let order = (0..partial.len as u32).collect();
                let offsets = vec![0, partial.len as u32];
                return Ok(Self { partial, keys, order, offsets });
            }
            (Scheme::Addressed { bits }, Keys::U64(keys)) => keys
                .iter_mut()
                .map(|key| {
                    *key = spread(*key, bits);
                    (*key >> (bits - PARTITION_BITS)) as u32
                })
                .collect(),
            // The low bits: the tables take the high ones.
            (_, keys) => {
                let mask = (1u64 << PARTITION_BITS) - 1;
                keys.hashes().into_iter().map(|hash| (hash & mask) as u32).collect()
            }
        };
        let GroupOrder { rows: order, offsets } = group_order(&partition, scheme.partitions());
        fn moved<K: Copy>(keys: &[K], order: &[u32]) -> Vec<K> {
            order.iter().map(|row| keys[*row as usize]).collect()
        }
        let keys = match keys {
            Keys::U64(keys) => Keys::U64(moved(&keys, &order)),
            Keys::U128(keys) => Keys::U128(moved(&keys, &order)),
            Keys::Bytes(keys) => Keys::Bytes(keys.gather(&order)),
        };
        let mut partial = partial;
        if let Rows::Raw(arguments) = &mut partial.rows {
            for argument in arguments.iter_mut().filter(|argument| argument.len() == order.len()) {
                *argument = gather(argument, &order)?;
            }
        }
        Ok(Self { partial, keys, order, offsets })
    }

    /// The places of a partition in the order of the partitions.
    pub(super) fn places(&self, partition: usize) -> Range<usize> {
        self.offsets[partition] as usize..self.offsets[partition + 1] as usize
    }

    /// Appends the numbers that a table gives to the keys at some places; calls `new` with rows whose key was not
    /// there.
    pub(super) fn number(
        &self,
        places: Range<usize>,
        table: &mut Table,
        ids: &mut Vec<u32>,
        mut new: impl FnMut(u32),
    ) {
        let order = &self.order[places.clone()];
        if let Table::Empty = table {
            *table = match self.keys {
                Keys::U64(_) => Table::U64(KeyTable::with_capacity(order.len())),
                Keys::U128(_) => Table::U128(KeyTable::with_capacity(order.len())),
                Keys::Bytes(_) => Table::Bytes(BytesTable::default()),
            };
        }
        macro_rules! each {
            ($table:ident, $keys:expr, |$key:ident| $insert:expr) => {
                ids.extend(order.iter().zip($keys).map(|(row, $key)| {
                    let before = $table.len();
                    let id = $insert;
                    if $table.len() > before {
                        new(*row);
                    }
                    id
                }))
            };
        }
        match (table, &self.keys) {
            (Table::Addressed { slots, len }, Keys::U64(keys)) => {
                // As many slots as low bits: no key is beyond them.
                let mask = slots.len() - 1;
                ids.extend(order.iter().zip(&keys[places]).map(|(row, key)| {
                    let slot = &mut slots[*key as usize & mask];
                    if *slot == EMPTY {
                        *slot = *len;
                        *len += 1;
                        new(*row);
                    }
                    *slot
                }));
            }
            (Table::U64(table), Keys::U64(keys)) => each!(table, &keys[places], |key| table.insert(*key)),
            (Table::U128(table), Keys::U128(keys)) => each!(table, &keys[places], |key| table.insert(*key)),
            (Table::Bytes(table), Keys::Bytes(keys)) => {
                each!(table, places, |place| { table.insert(keys.get(place), keys.hash(place)) })
            }
            // One codec encodes all partials.
            _ => {}
        }
    }
}

/// Stands for a slot without a group.
const EMPTY: u32 = u32::MAX;

/// Numbers keys of whatever width.
pub(super) enum Table {
    /// No key was seen yet, so their width is not known.
    Empty,
    /// The number of each key of the partition.
    Addressed {
        slots: Vec<u32>,
        len: u32,
    },
    U64(KeyTable<u64>),
    U128(KeyTable<u128>),
    Bytes(BytesTable),
}

/// Partials with the columns that stand for their keys in comparisons.
type Coded = Vec<(Partial, Vec<Column>)>;

/// One codec for all morsels (of which there is one), with so many keys, and for each of them the columns that it encodes: the keys, or codes of one dictionary.
pub(super) fn encode_keys(
    context: &Context,
    partials: Vec<Partial>,
    keys: usize,
) -> Result<(KeyCodec, Coded)> {
    let mut coded: Vec<Vec<Column>> = vec![Vec::with_capacity(keys); partials.len()];
    for key in 0..keys {
        let columns: Vec<&Column> = partials.iter().map(|partial| &partial.keys[key]).collect();
        let columns = match one_dictionary(&columns) {
            Some(codes) => codes,
            None => packed_texts(context, &columns)?,
        };
        coded.iter_mut().zip(columns).for_each(|(coded, column)| coded.push(column));
    }
    let dtypes: Vec<_> =
        coded.first().map_or_else(Vec::new, |first| first.iter().map(|key| key.dtype().clone()).collect());
    let nullable: Vec<bool> =
        (0..keys).map(|i| coded.iter().any(|columns| columns[i].null_count() > 0)).collect();
    let columns: Vec<&Column> =
        (0..keys).flat_map(|i| coded.iter().map(move |columns| &columns[i])).collect();
    let ranges: Vec<_> = match partials.iter().map(|partial| partial.len).sum::<usize>() <= SINGLE_PARTITION {
        true => columns.into_iter().map(integer_range).collect(),
        false => parallel(context, columns, |column| Ok(integer_range(column)))?,
    };
    let ranges: Vec<_> = (0..keys)
        .map(|i| {
            let columns = coded.iter().map(|columns| &columns[i]);
            let ranges = columns.zip(&ranges[i * coded.len()..]);
            common_range(
                ranges.filter(|(column, _)| column.null_count() < column.len()).map(|(_, range)| *range),
            )
        })
        .collect();
    let codec = KeyCodec::ranged(&dtypes, &nullable, &ranges);
    Ok((codec, partials.into_iter().zip(coded).collect()))
}

/// A range around several; `None` if one of them is none.
fn common_range(ranges: impl Iterator<Item = Option<(i128, i128)>>) -> Option<(i128, i128)> {
    let around = |(a, b): (i128, i128), (low, high): (i128, i128)| (a.min(low), b.max(high));
    ranges.reduce(|all, range| Some(around(all?, range?))).flatten()
}

/// Short texts as numbers, if all are short; other columns as they are.
fn packed_texts(context: &Context, columns: &[&Column]) -> Result<Vec<Column>> {
    let packed = parallel(context, columns.to_vec(), |column| Ok(short_texts::pack(column)))?;
    let packed: Option<Vec<Column>> = packed.into_iter().collect();
    Ok(packed.unwrap_or_else(|| columns.iter().map(|column| (*column).clone()).collect()))
}

/// Entries of dictionaries that may be read for each row.
const ENTRIES_PER_ROW: usize = 4;

/// The columns as codes of one dictionary, if all of them have one and rows use much of them.
fn one_dictionary(columns: &[&Column]) -> Option<Vec<Column>> {
    let mut entries = BytesTable::default();
    let mut known: HashMap<usize, Vec<u32>> = HashMap::new();
    let mut coded = Vec::with_capacity(columns.len());
    let rows: usize = columns.iter().map(|column| column.len()).sum();
    let mut sizes = HashMap::new();
    for column in columns {
        let Array::Dict(array) = column.array() else { return None };
        sizes.insert(Arc::as_ptr(array.dictionary()) as usize, array.dictionary().len());
    }
    if sizes.values().sum::<usize>() > rows.saturating_mul(ENTRIES_PER_ROW) {
        return None;
    }
    for column in columns {
        let Array::Dict(array) = column.array() else { return None };
        // The same dictionary is numbered once, however many morsels share it.
        let numbers = known.entry(Arc::as_ptr(array.dictionary()) as usize).or_insert_with(|| {
            let values = array.dictionary().values();
            (0..values.len())
                .map(|i| {
                    let bytes = values.value(i).as_bytes();
                    entries.insert(bytes, hash_bytes(bytes))
                })
                .collect()
        });
        let codes = array.codes();
        let mapped: Vec<u32> =
            codes.values().iter().map(|code| numbers.get(*code as usize).copied().unwrap_or(0)).collect();
        let mapped = PrimitiveArray::try_new(mapped.into(), codes.validity().cloned()).ok()?;
        coded.push(Column::try_new(hypostyle_core::DataType::UInt32, Array::UInt32(mapped)).ok()?);
    }
    Some(coded)
}
