//! A hash table for the build side of a join that several workers fill at once.
//!
//! Its slots are cut into regions, and the high bits of a hash choose the region: rows are first sorted by region, then
//! each region is filled while it is in the cache, by one worker, without locks. A probe looks at one region only,
//! which costs no more than a table in one piece would (radix partitioning: Manegold, Boncz, Kersten, "Optimizing
//! main-memory join on modern hardware", TKDE 2002).
//!
//! A kernel knows no thread: [`Regions`] says how rows are cut up and fills the regions it is told to; who calls it
//! puts the parts together.

use std::ops::Range;

use crate::hash::{PackedKey, prefetch};

/// Stands for "not there".
pub const ABSENT: u32 = u32::MAX;

/// Rows of a region: its slots fit the second-level cache.
const REGION_ROWS: usize = 1 << 13;
/// Tables of so many rows are one region with twice as many slots as rows at least, which fit the second-level cache,
/// too: searches are shorter, and rows need not be sorted.
const PLAIN_ROWS: usize = 1 << 14;
/// Bits of the number of regions at most; more would be written to at once than the processor translates addresses for.
const MOST_BITS: u32 = 10;

/// A key and one more than its number; zero where there is no key.
pub type Slot<K> = (K, u32);

/// How a number of rows is cut into regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regions {
    bits: u32,
    /// Slots of each.
    slots: usize,
}

/// The rows of equal keys, by the number of the key.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Where the list of each number begins, and where the last one ends.
    pub starts: Vec<u32>,
    /// The rows, ascending within a list.
    pub rows: Vec<u32>,
}

impl Regions {
    /// For this many rows.
    pub fn of(rows: usize) -> Self {
        if rows <= PLAIN_ROWS {
            return Self { bits: 0, slots: (2 * rows).next_power_of_two().max(16) };
        }
        let bits = (rows / REGION_ROWS).next_power_of_two().trailing_zeros().min(MOST_BITS);
        // Two thirds full on average. Regions differ in size by a few times the root of it.
        let share = (rows >> bits) + 8 * (rows >> bits).isqrt();
        Self { bits, slots: share + share / 2 + 16 }
    }

    /// A single region, which always has room.
    pub fn undivided(rows: usize) -> Self {
        Self { bits: 0, slots: rows + rows / 2 + 16 }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        1 << self.bits
    }

    /// Slots of all.
    pub fn slots(&self) -> usize {
        self.slots << self.bits
    }

    /// Slots of one.
    pub fn slots_of_region(&self) -> usize {
        self.slots
    }

    #[inline(always)]
    fn region(&self, hash: u64) -> usize {
        (hash >> 1 >> (63 - self.bits)) as usize
    }

    /// The first slot to look at, within the region: the bits below those that chose the region, scaled.
    #[inline(always)]
    fn first(&self, hash: u64) -> usize {
        ((u128::from(hash << self.bits) * self.slots as u128) >> 64) as usize
    }

    /// The first slot to look at, of all regions: one product says both the region and the place in it.
    #[inline(always)]
    fn place(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.slots() as u128) >> 64) as usize
    }

    /// Fills some regions, whose empty slots these are, with those of the keys that `present` lets through. The number
    /// of a key is its row if no key of these regions is there twice, and that of its list otherwise. `None` if a
    /// region is too small, as may be if hashes are not what they should be.
    pub fn fill<K: PackedKey>(
        &self,
        regions: Range<usize>,
        keys: &[K],
        present: impl Fn(usize) -> bool,
        slots: &mut [Slot<K>],
    ) -> Option<Option<Lists>> {
        if self.bits == 0 && self.fill_unique(keys, &present, slots) {
            return Some(None);
        }
        let (ends, sorted, rows) = self.sort(regions, keys, present);
        let mut lists = Lists { starts: Vec::with_capacity(rows.len() + 1), rows: vec![0; rows.len()] };
        let (mut start, mut numbers, mut counts) = (0, Vec::new(), Vec::new());
        for (end, slots) in ends.into_iter().zip(slots.chunks_mut(self.slots)) {
            let base = lists.starts.len() as u32;
            numbers.clear();
            counts.clear();
            for key in &sorted[start..end] {
                let number = self.insert(slots, *key, base, &mut counts)?;
                numbers.push(number);
                counts[number as usize] += 1;
            }
            // The counts become the places where lists begin.
            let mut place = start as u32;
            for count in &mut counts {
                lists.starts.push(place);
                place += std::mem::replace(count, place);
            }
            for (number, row) in numbers.iter().zip(&rows[start..end]) {
                let place = &mut counts[*number as usize];
                lists.rows[*place as usize] = *row;
                *place += 1;
            }
            start = end;
        }
        lists.starts.push(rows.len() as u32);
        if lists.starts.len() <= lists.rows.len() {
            return Some(Some(lists));
        }
        for slot in slots.iter_mut().filter(|slot| slot.1 != 0) {
            slot.1 = lists.rows[slot.1 as usize - 1] + 1;
        }
        Some(None)
    }

    /// Fills the only region there is with the rows of keys. If a key is there twice, or there is no room, it gives up
    /// and leaves the slots empty.
    fn fill_unique<K: PackedKey>(
        &self,
        keys: &[K],
        present: &impl Fn(usize) -> bool,
        slots: &mut [Slot<K>],
    ) -> bool {
        if keys.len() >= self.slots {
            return false;
        }
        for (row, key) in keys.iter().enumerate().filter(|(row, _)| present(*row)) {
            let mut i = self.first(key.hash());
            while slots[i].1 != 0 {
                if slots[i].0 == *key {
                    slots.fill((K::default(), 0));
                    return false;
                }
                i = if i + 1 == self.slots { 0 } else { i + 1 };
            }
            slots[i] = (*key, row as u32 + 1);
        }
        true
    }

    /// The number of a key within its region. A new one is entered with that number after `base`.
    #[inline(always)]
    fn insert<K: PackedKey>(
        &self,
        slots: &mut [Slot<K>],
        key: K,
        base: u32,
        counts: &mut Vec<u32>,
    ) -> Option<u32> {
        let mut i = self.first(key.hash());
        loop {
            let slot = &mut slots[i];
            if slot.1 == 0 {
                let number = counts.len();
                // One slot stays empty, so that every search ends.
                if number + 1 >= self.slots {
                    return None;
                }
                *slot = (key, base + number as u32 + 1);
                counts.push(0);
                return Some(number as u32);
            }
            if slot.0 == key {
                return Some(slot.1 - 1 - base);
            }
            i += 1;
            if i == self.slots {
                i = 0;
            }
        }
    }

    /// The keys of some regions in order of these, where each ends, and the rows of the keys.
    fn sort<K: PackedKey>(
        &self,
        regions: Range<usize>,
        keys: &[K],
        present: impl Fn(usize) -> bool,
    ) -> (Vec<usize>, Vec<K>, Vec<u32>) {
        // One worker's part may be all there is.
        let all = regions.len() == self.count();
        let place = |key: K| {
            let region = self.region(key.hash()).wrapping_sub(regions.start);
            (all || region < regions.len()).then_some(region)
        };
        let mut counts = vec![0usize; regions.len()];
        for (row, key) in keys.iter().enumerate() {
            if let Some(region) = place(*key)
                && present(row)
            {
                counts[region] += 1;
            }
        }
        let mut total = 0;
        for count in &mut counts {
            total += std::mem::replace(count, total);
        }
        let (mut sorted, mut rows) = (vec![K::default(); total], vec![0u32; total]);
        for (row, key) in keys.iter().enumerate() {
            if let Some(region) = place(*key)
                && present(row)
            {
                let place = &mut counts[region];
                sorted[*place] = *key;
                rows[*place] = row as u32;
                *place += 1;
            }
        }
        (counts, sorted, rows)
    }
}

/// Finds the numbers of keys.
#[derive(Clone, Debug)]
pub struct JoinTable<K> {
    regions: Regions,
    slots: Vec<Slot<K>>,
}

impl<K: PackedKey> JoinTable<K> {
    /// Of regions that are filled, each with its parts and what [`Regions::fill`] said of it, in order. Gives the lists
    /// too, if a key is there twice: numbers are those of lists then, and rows otherwise.
    pub fn assemble(
        regions: Regions,
        mut slots: Vec<Slot<K>>,
        parts: Vec<(usize, Option<Lists>)>,
    ) -> (Self, Option<Lists>) {
        if parts.iter().all(|(_, lists)| lists.is_none()) {
            return (Self { regions, slots }, None);
        }
        let mut all = Lists::default();
        let mut rest = &mut slots[..];
        for (count, lists) in parts {
            let (own, others) = rest.split_at_mut(count * regions.slots);
            rest = others;
            let (numbers, rows) = (all.starts.len() as u32, all.rows.len() as u32);
            match lists {
                Some(mut lists) => {
                    lists.starts.pop();
                    all.starts.extend(lists.starts.iter().map(|start| start + rows));
                    all.rows.append(&mut lists.rows);
                    own.iter_mut().filter(|slot| slot.1 != 0).for_each(|slot| slot.1 += numbers);
                }
                // Every row is a list.
                None => {
                    for slot in own.iter_mut().filter(|slot| slot.1 != 0) {
                        all.starts.push(all.rows.len() as u32);
                        all.rows.push(slot.1 - 1);
                        slot.1 = all.starts.len() as u32;
                    }
                }
            }
        }
        all.starts.push(all.rows.len() as u32);
        (Self { regions, slots }, Some(all))
    }

    /// The number of every key, or [`ABSENT`].
    pub fn find(&self, keys: &[K]) -> Vec<u32> {
        /// Keys whose slots are fetched ahead of their turn.
        const AHEAD: usize = 16;
        /// Bytes of slots that are near without being fetched.
        const NEAR: usize = 1 << 19;
        if self.slots.len() * size_of::<Slot<K>>() <= NEAR {
            return keys.iter().map(|key| self.number(*key)).collect();
        }
        let mut found = Vec::with_capacity(keys.len());
        for (i, key) in keys.iter().enumerate() {
            if let Some(later) = keys.get(i + AHEAD) {
                prefetch(&self.slots, self.regions.place(later.hash()));
            }
            found.push(self.number(*key));
        }
        found
    }

    #[inline(always)]
    fn number(&self, key: K) -> u32 {
        let hash = key.hash();
        let mut i = self.regions.place(hash);
        // One branch for both, which is the easier to foresee: what is one before zero is `ABSENT`.
        let slot = &self.slots[i];
        if (slot.1 == 0) | (slot.0 == key) {
            return slot.1.wrapping_sub(1);
        }
        // Only now it matters where the region ends.
        let end = (self.regions.region(hash) + 1) * self.regions.slots;
        loop {
            i += 1;
            if i == end {
                i -= self.regions.slots;
            }
            let slot = &self.slots[i];
            if (slot.1 == 0) | (slot.0 == key) {
                return slot.1.wrapping_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The rows of each key, as a table filled in so many parts finds them; `None` if a region is too small.
    fn table<K: PackedKey>(
        keys: &[K],
        regions: Regions,
        parts: usize,
        present: impl Fn(usize) -> bool + Copy,
    ) -> Option<impl Fn(K) -> Vec<u32>> {
        let mut slots = vec![(K::default(), 0); regions.slots()];
        let share = regions.count().div_ceil(parts);
        let mut filled = Vec::new();
        for (i, slots) in slots.chunks_mut(share * regions.slots_of_region()).enumerate() {
            let own = i * share..((i + 1) * share).min(regions.count());
            filled.push((own.len(), regions.fill(own, keys, present, slots)?));
        }
        let (table, lists) = JoinTable::assemble(regions, slots, filled);
        Some(move |key| match (table.find(&[key])[0], &lists) {
            (ABSENT, _) => Vec::new(),
            (row, None) => vec![row],
            (number, Some(lists)) => {
                let number = number as usize;
                lists.rows[lists.starts[number] as usize..lists.starts[number + 1] as usize].to_vec()
            }
        })
    }

    fn check<K: PackedKey + Ord>(keys: &[K], others: &[K], parts: usize) {
        let mut expected: BTreeMap<K, Vec<u32>> = BTreeMap::new();
        for (row, key) in keys.iter().enumerate().filter(|(row, _)| row % 7 != 3) {
            expected.entry(*key).or_default().push(row as u32);
        }
        for regions in [
            Regions::of(keys.len()),
            Regions::undivided(keys.len()),
            Regions { bits: 3, slots: keys.len() + 2 },
        ] {
            let find = table(keys, regions, parts, |row| row % 7 != 3).unwrap();
            for key in keys.iter().chain(others) {
                assert_eq!(find(*key), expected.get(key).cloned().unwrap_or_default());
            }
        }
    }

    proptest! {
        #[test]
        fn finds_what_a_map_finds(
            keys in prop::collection::vec(any::<u64>(), 0..300),
            narrow in prop::sample::select(vec![2u64, 100, u64::MAX]),
            parts in 1usize..5,
        ) {
            let keys: Vec<u64> = keys.into_iter().map(|key| key % narrow).collect();
            check(&keys, &[0, 1, u64::MAX, 77], parts);
            let wide: Vec<u128> = keys.iter().map(|key| u128::from(*key) << 70 | 5).collect();
            check(&wide, &[0, u128::MAX], parts);
        }
    }

    proptest! {
        #[test]
        fn one_product_says_region_and_place(hash in any::<u64>(), bits in 0..=MOST_BITS, slots in 1usize..1 << 20) {
            let regions = Regions { bits, slots };
            for hash in [hash, 0, u64::MAX] {
                prop_assert_eq!(regions.place(hash), regions.region(hash) * slots + regions.first(hash));
            }
        }
    }

    #[test]
    fn many_keys_with_and_without_repetitions() {
        let keys: Vec<u64> = (0..40_000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        assert!(Regions::of(keys.len()).count() > 2);
        check(&keys, &[3, 9], 3);
        // One key is there twice, in one of the parts; and one is everywhere.
        let mut twice = keys.clone();
        twice[39_999] = keys[1];
        check(&twice, &[3, 9], 3);
        let skewed: Vec<u64> =
            keys.iter().enumerate().map(|(i, k)| if i % 3 == 0 { *k } else { 42 }).collect();
        check(&skewed, &[3, 9], 3);
    }

    #[test]
    fn a_region_that_is_too_small_says_so() {
        let keys: Vec<u64> = (0..100).collect();
        assert!(table(&keys, Regions { bits: 0, slots: 100 }, 1, |_| true).is_none());
    }
}
