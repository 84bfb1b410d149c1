//! Hashing of packed keys, and the tables that number them.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

use crate::keys::ByteKeys;

/// A key packed into one integer.
pub trait PackedKey: Copy + Eq + Default + Send + Sync + std::fmt::Debug {
    /// A well-mixed hash; all 64 bits are usable.
    fn hash(self) -> u64;
}

impl PackedKey for u64 {
    #[inline(always)]
    fn hash(self) -> u64 {
        fold(self ^ 0x2d35_8dcc_aa6c_78a5, 0x9e37_79b9_7f4a_7c15)
    }
}

impl PackedKey for u128 {
    #[inline(always)]
    fn hash(self) -> u64 {
        let low = fold(self as u64 ^ 0x2d35_8dcc_aa6c_78a5, 0x9e37_79b9_7f4a_7c15);
        fold(low ^ (self >> 64) as u64, 0x8bb8_4b93_962e_acc9)
    }
}

/// Multiplication to 128 bits, both halves folded together (the step of wyhash and its kin).
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

/// Hash of bytes.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hasher = foldhash::fast::FixedState::with_seed(0x51ab).build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// Fetches a slot into the cache, ahead of the time when it is looked at.
#[inline(always)]
pub fn prefetch<T>(slots: &[T], place: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: prefetching has no effect on memory, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(slots.as_ptr().wrapping_add(place).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slots, place);
}

const EMPTY: u32 = u32::MAX;

/// Numbers distinct packed keys from 0 on, in order of first appearance: open addressing with linear probing,
/// the number beside the key.
#[derive(Clone, Debug)]
pub struct KeyTable<K> {
    slots: Vec<(K, u32)>,
    shift: u32,
    len: usize,
}

impl<K: PackedKey> KeyTable<K> {
    /// Room for this many keys without growing.
    pub fn with_capacity(keys: usize) -> Self {
        let slots = (keys * 2).max(16).next_power_of_two();
        Self { slots: vec![(K::default(), EMPTY); slots], shift: 64 - slots.trailing_zeros(), len: 0 }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of a key; a new key gets the next one.
    #[inline]
    pub fn insert(&mut self, key: K) -> u32 {
        if (self.len + 1) * 8 > self.slots.len() * 5 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut i = (key.hash() >> self.shift) as usize;
        loop {
            let slot = &mut self.slots[i & mask];
            if slot.1 == EMPTY {
                *slot = (key, self.len as u32);
                self.len += 1;
                return slot.1;
            }
            if slot.0 == key {
                return slot.1;
            }
            i += 1;
        }
    }

    /// The number of a key, if it is there.
    #[inline]
    pub fn find(&self, key: K) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut i = (key.hash() >> self.shift) as usize;
        loop {
            let slot = &self.slots[i & mask];
            if slot.1 == EMPTY {
                return None;
            }
            if slot.0 == key {
                return Some(slot.1);
            }
            i += 1;
        }
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        let old = std::mem::replace(&mut self.slots, vec![(K::default(), EMPTY); slots]);
        self.shift -= 1;
        let mask = slots - 1;
        for (key, number) in old.into_iter().filter(|(_, number)| *number != EMPTY) {
            let mut i = (key.hash() >> self.shift) as usize;
            while self.slots[i & mask].1 != EMPTY {
                i += 1;
            }
            self.slots[i & mask] = (key, number);
        }
    }
}

/// Numbers distinct byte strings from 0 on, in order of first appearance.
#[derive(Clone, Debug, Default)]
pub struct BytesTable {
    table: HashTable<(u64, u32)>,
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl BytesTable {
    /// Number of keys.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of a key with its hash; a new key gets the next one.
    #[inline]
    pub fn insert(&mut self, key: &[u8], hash: u64) -> u32 {
        let (ends, bytes) = (&self.ends, &self.bytes);
        let found = self.table.find(hash, |(h, i)| *h == hash && entry(ends, bytes, *i) == key);
        if let Some((_, number)) = found {
            return *number;
        }
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.table.insert_unique(hash, (hash, number), |(h, _)| *h);
        number
    }

    /// The number of every key; `absent` for those that are not there. The memory that many keys need is waited for
    /// together: first all hashes are looked up, then the keys that have them are compared.
    pub fn find_all(&self, keys: &ByteKeys, absent: u32) -> Vec<u32> {
        let with_hash = |hash: u64| self.table.find(hash, |(h, _)| *h == hash).map(|(_, number)| *number);
        let mut found: Vec<u32> =
            (0..keys.len()).map(|i| with_hash(keys.hash(i)).unwrap_or(absent)).collect();
        for (i, number) in found.iter_mut().enumerate() {
            // Another key may have the same hash.
            if *number != absent && entry(&self.ends, &self.bytes, *number) != keys.get(i) {
                *number = self.find(keys.get(i), keys.hash(i)).unwrap_or(absent);
            }
        }
        found
    }

    /// The number of a key with its hash, if it is there.
    #[inline]
    pub fn find(&self, key: &[u8], hash: u64) -> Option<u32> {
        let (ends, bytes) = (&self.ends, &self.bytes);
        self.table.find(hash, |(h, i)| *h == hash && entry(ends, bytes, *i) == key).map(|(_, number)| *number)
    }
}

#[inline]
fn entry<'a>(ends: &[usize], bytes: &'a [u8], i: u32) -> &'a [u8] {
    let i = i as usize;
    let start = if i == 0 { 0 } else { ends[i - 1] };
    &bytes[start..ends[i]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn numbers_agree_with_a_hash_map() {
        let keys: Vec<u64> = (0..20_000u64).map(|i| (((i * i) % 7_919) << 32) | (i % 3)).collect();
        let mut table = KeyTable::with_capacity(0);
        let mut bytes_table = BytesTable::default();
        let mut plain = HashMap::new();
        for key in keys {
            let next = plain.len() as u32;
            let expected = *plain.entry(key).or_insert(next);
            assert_eq!(table.insert(key), expected);
            let bytes = key.to_string();
            assert_eq!(bytes_table.insert(bytes.as_bytes(), hash_bytes(bytes.as_bytes())), expected);
        }
        assert_eq!(table.len(), plain.len());
        assert!(plain.iter().all(|(key, number)| table.find(*key) == Some(*number)));
        assert_eq!(table.find(u64::MAX), None);
        assert_eq!(bytes_table.find(b"x", hash_bytes(b"x")), None);
    }
}
