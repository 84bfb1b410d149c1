//! Sets of join keys that are made of several columns: a Bloom filter over a hash of the whole key.
//!
//! Each column of a key may be frequent where their combination is rare, which sets of single columns
//! ([`crate::key_set`]) cannot tell. It may say yes where the answer is no, never the reverse.

use hypostyle_core::{Array, Bitmap, Column, DataType, with_primitive};

use crate::hash::{PackedKey, hash_bytes};
use crate::key_set::{Bloom, bits};
use crate::keys::low_bits;

/// The keys of one side of a join.
#[derive(Clone, Debug)]
pub struct CompositeSet {
    dtypes: Vec<DataType>,
    bloom: Bloom,
}

impl CompositeSet {
    /// The rows of some columns without those that have a null; `None` for types that are not hashed here (floats,
    /// integers of 128 bits, nested types).
    pub fn build(columns: &[Column]) -> Option<Self> {
        let hashes = hashes(columns)?;
        let bloom = match validity(columns) {
            None => Bloom::new(hashes.len(), hashes.into_iter()),
            Some(valid) => {
                let present = hashes.into_iter().zip(valid.iter()).filter(|(_, valid)| *valid);
                Bloom::new(valid.count_set(), present.map(|(hash, _)| hash))
            }
        };
        Some(Self { dtypes: columns.iter().map(|column| column.dtype().clone()).collect(), bloom })
    }

    /// Whether rows of these types can be asked for.
    pub fn fits<'a>(&self, dtypes: impl IntoIterator<Item = &'a DataType>) -> bool {
        dtypes.into_iter().eq(&self.dtypes)
    }

    /// For each row whether its key may be in the set. Keys with a null are not.
    pub fn mask(&self, columns: &[Column]) -> Bitmap {
        let len = columns.first().map_or(0, Column::len);
        let Some(hashes) = hashes(columns) else { return Bitmap::constant(true, len) };
        let mask = bits(len, |row| self.bloom.has(hashes[row]));
        match validity(columns) {
            Some(valid) => mask.zip(&valid, |a, b| a & b),
            None => mask,
        }
    }
}

/// The rows without a null, if there are others.
fn validity(columns: &[Column]) -> Option<Bitmap> {
    let nullable = columns.iter().filter(|column| column.null_count() > 0);
    nullable.map(Column::validity_or_full).reduce(|a, b| a.zip(&b, |x, y| x & y))
}

/// A hash of every row. What it is under a null does not matter.
fn hashes(columns: &[Column]) -> Option<Vec<u64>> {
    let mut hashes = vec![0; columns.first()?.len()];
    columns.iter().try_for_each(|column| add(&mut hashes, column)).map(|()| hashes)
}

/// Adds a column to the hashes of its rows.
fn add(hashes: &mut [u64], column: &Column) -> Option<()> {
    if column.dtype().is_float() {
        return None;
    }
    let mut mix = |value: &mut dyn FnMut(usize) -> u64| mix(hashes, value);
    match column.array() {
        Array::Boolean(a) => mix(&mut |row| u64::from(a.values().get(row))),
        Array::Utf8(a) => mix(&mut |row| hash_bytes(a.value(row).as_bytes())),
        Array::Dict(a) if a.dictionary().len() <= a.len() => {
            let entries = a.dictionary().values();
            let known: Vec<u64> =
                (0..entries.len()).map(|i| hash_bytes(entries.value(i).as_bytes())).collect();
            let codes = a.codes().values();
            // The code of a null may be anything.
            mix(&mut |row| known.get(codes[row] as usize).copied().unwrap_or(0));
        }
        Array::Dict(a) => mix(&mut |row| a.get(row).map_or(0, |text| hash_bytes(text.as_bytes()))),
        array => with_primitive!(array, |a: T| {
            if size_of::<T>() > 8 {
                return None;
            }
            for (hash, value) in hashes.iter_mut().zip(&a.values()[..]) {
                *hash = mixed(*hash, low_bits(*value));
            }
        }, else |_other| return None),
    }
    Some(())
}

fn mix(hashes: &mut [u64], value: &mut dyn FnMut(usize) -> u64) {
    for (row, hash) in hashes.iter_mut().enumerate() {
        *hash = mixed(*hash, value(row));
    }
}

#[inline(always)]
fn mixed(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(21) ^ value).hash()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    type Row = (Option<i64>, Option<String>, Option<bool>);

    fn columns(rows: &[Row]) -> [Column; 3] {
        [
            Column::from_options(rows.iter().map(|row| row.0)),
            Column::from_utf8(rows.iter().map(|row| row.1.as_deref()).collect()),
            Column::from_options(rows.iter().map(|row| row.2.map(u8::from))),
        ]
    }

    proptest! {
        #[test]
        fn no_key_is_missed(
            build in prop::collection::vec((prop::option::weighted(0.9, any::<i64>()), prop::option::of("[ab]{0,9}"), any::<Option<bool>>()), 0..100),
            probe in prop::collection::vec((prop::option::weighted(0.9, any::<i64>()), prop::option::of("[ab]{0,9}"), any::<Option<bool>>()), 0..100),
            narrow in prop::sample::select(vec![1i64, 5, i64::MAX]),
        ) {
            let fold = |rows: Vec<Row>| rows.into_iter().map(|(a, b, c)| (a.map(|a| a % narrow), b, c)).collect::<Vec<_>>();
            let (build, mut probe) = (fold(build), fold(probe));
            probe.extend(build.iter().take(9).cloned());
            let set = CompositeSet::build(&columns(&build)).unwrap();
            let keys: HashSet<&Row> = build.iter().collect();
            for (row, passed) in probe.iter().zip(set.mask(&columns(&probe)).iter()) {
                let has_null = row.0.is_none() || row.1.is_none() || row.2.is_none();
                prop_assert!(!has_null || !passed);
                prop_assert!(has_null || passed || !keys.contains(row));
            }
        }
    }

    #[test]
    fn combinations_are_told_apart() {
        let pair = |i: i64| (i / 300, i % 300);
        let column = |rows: &[(i64, i64)], second: bool| {
            Column::from_vec(rows.iter().map(|row| if second { row.1 } else { row.0 }).collect::<Vec<i64>>())
        };
        // Every value of either column is there with some of the other.
        let there: Vec<_> = (0..90_000).filter(|i| i % 11 == 0).map(pair).collect();
        let absent: Vec<_> = (0..90_000).filter(|i| i % 11 != 0).map(pair).collect();
        let set = CompositeSet::build(&[column(&there, false), column(&there, true)]).unwrap();
        assert_eq!(set.mask(&[column(&there, false), column(&there, true)]).count_unset(), 0);
        let wrong = set.mask(&[column(&absent, false), column(&absent, true)]).count_set();
        assert!(wrong < absent.len() / 10, "{wrong} of {}", absent.len());
        // The order of the columns counts.
        let turned = set.mask(&[column(&there, true), column(&there, false)]).count_set();
        assert!(turned < there.len() / 2, "{turned}");
    }

    #[test]
    fn texts_in_both_forms_and_types_that_are_not_hashed() {
        let texts = Column::from_utf8(["x", "y", "x"].map(Some).into_iter().collect());
        let numbers = Column::from_vec(vec![1i32, 2, 3]);
        let set = CompositeSet::build(&[numbers.clone(), texts.clone()]).unwrap();
        assert!(set.fits([&DataType::Int32, &DataType::String]));
        assert!(!set.fits([&DataType::Int64, &DataType::String]) && !set.fits([&DataType::Int32]));
        assert_eq!(set.mask(&[numbers.clone(), texts]).count_set(), 3);
        let floats = Column::from_vec(vec![1.0f64, 2.0, 3.0]);
        assert!(CompositeSet::build(&[numbers, floats]).is_none());
        assert!(CompositeSet::build(&[]).is_none());
    }
}
