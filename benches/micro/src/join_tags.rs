//! What tags would gain in the hash table of joins: the table that the engine has against tables with tags, probed with
//! the same keys in turns.
//!
//! A tag is a few bits of a key's hash that are kept apart from the key, so that most keys without a partner are told
//! from a small array. The tables differ in where the tags are:
//!
//! - *bytes*: a byte beside each slot, in an array of its own, eight looked at at once (as in Swiss tables);
//! - *salt*: sixteen bits in the upper part of pointers to the rows, found by linear probing (as DuckDB has it);
//! - *Bloom*: sixteen bits of a Bloom filter in a directory of rows sorted by hash (Birler, Schmidt, Fent, Neumann,
//!   "Simple, efficient, and robust hash tables for join processing", DaMoN 2024).
//!
//! *Plain* is the engine's table written here, to show that what is measured is the tags and not the way it is written.

use std::hint::black_box;
use std::time::Instant;

use hypostyle_kernels::hash::{PackedKey, prefetch};
use hypostyle_kernels::join_table::{ABSENT, JoinTable, Regions, Slot};

/// Keys probed at once, and how often.
const MORSEL: usize = 1 << 16;
const MORSELS: usize = 32;
/// Each measurement is the median of this many.
const ROUNDS: usize = 7;
/// As in the engine: keys ahead of their turn, and bytes that are near without being fetched.
const AHEAD: usize = 16;
const NEAR: usize = 1 << 19;
/// Slots behind the last one, so that no search wraps around.
const SLACK: usize = 256;

type Find<K> = Box<dyn Fn(&[K]) -> Vec<u32>>;

/// Prints nanoseconds a probed key; whether all tables found the same.
pub(crate) fn run() -> bool {
    let mut right = true;
    println!(
        "{:>11} {:>4} {:>5} {:>4}  nanoseconds a key, and ratios to the engine's",
        "rows", "bits", "times", "hits"
    );
    for rows in [10_000, 100_000, 1_000_000, 15_000_000] {
        for times in [1, 4] {
            right &= compare(rows, times, |i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            right &= compare(rows, times, |i| u128::from(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 50 | 7);
        }
    }
    right
}

/// So many rows, each key in some of them.
fn compare<K: PackedKey + 'static>(rows: usize, times: usize, key: impl Fn(u64) -> K) -> bool {
    let distinct = (rows / times) as u64;
    // Multiplying by an odd number permutes numbers below a power of two; what is above is left out.
    let span = distinct.next_power_of_two();
    let order: Vec<u64> =
        (0..span).map(|i| (i.wrapping_mul(0x9e37_79b1) + 5) % span).filter(|i| *i < distinct).collect();
    let keys: Vec<K> = (0..times).flat_map(|_| order.iter().map(|i| key(*i))).collect();
    let regions = Regions::of(keys.len());
    let mut slots = vec![(K::default(), 0); regions.slots()];
    let lists = regions.fill(0..regions.count(), &keys, |_| true, &mut slots).flatten();
    let engine = JoinTable::assemble(regions, slots, vec![(regions.count(), lists)]).0;
    // The others number keys as the engine does, and have as many slots.
    let numbers = engine.find(&keys[..order.len()]);
    let entries: Vec<Slot<K>> = keys.iter().copied().zip(numbers).collect();
    let (plain, bytes) = (plain(&entries, regions.slots()), tag_bytes(&entries, regions.slots()));
    let (salt, bloom) = (salted(&entries, regions.slots()), bloom(&entries));
    let finds: [(&str, Find<K>); 5] = [
        ("engine", Box::new(move |keys| engine.find(keys))),
        ("plain", plain),
        ("bytes", bytes),
        ("salt", salt),
        ("Bloom", bloom),
    ];
    let mut right = true;
    for hits in [0u64, 10, 50, 100] {
        let mut random = 1u64;
        let probes: Vec<K> = (0..MORSEL * MORSELS)
            .map(|_| {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let (dice, i) = ((random >> 33) % 100, (random >> 20) % distinct);
                key(if dice < hits { i } else { distinct + i })
            })
            .collect();
        let expected = finds[0].1(&probes);
        for (name, find) in &finds {
            if find(&probes) != expected {
                println!("{name} WRONG");
                right = false;
            }
        }
        let mut taken = [const { Vec::new() }; 5];
        for _ in 0..ROUNDS {
            for ((_, find), taken) in finds.iter().zip(&mut taken) {
                let start = Instant::now();
                probes.chunks(MORSEL).for_each(|morsel| {
                    black_box(find(morsel));
                });
                taken.push(start.elapsed().as_secs_f64() * 1e9 / probes.len() as f64);
            }
        }
        print!("{rows:>11} {:>4} {times:>5} {hits:>4}", 8 * size_of::<K>());
        let medians = taken.map(|mut taken| {
            taken.sort_by(f64::total_cmp);
            taken[ROUNDS / 2]
        });
        for ((name, _), median) in finds.iter().zip(medians) {
            print!("  {name} {median:5.2} {:4.2}", median / medians[0]);
        }
        println!();
    }
    right
}

/// The first slot of so many to look at.
#[inline(always)]
fn first(hash: u64, slots: usize) -> usize {
    ((u128::from(hash) * slots as u128) >> 64) as usize
}

/// Looks up all keys; `fetch` and then `fetch_more` are called ahead of that, unless everything is near.
#[inline(always)]
fn find_all<K: PackedKey>(
    keys: &[K],
    bytes: usize,
    fetch: impl Fn(u64),
    fetch_more: impl Fn(u64),
    number: impl Fn(K) -> u32,
) -> Vec<u32> {
    if bytes <= NEAR {
        return keys.iter().map(|key| number(*key)).collect();
    }
    let mut found = Vec::with_capacity(keys.len());
    for (i, key) in keys.iter().enumerate() {
        if let Some(later) = keys.get(i + 2 * AHEAD) {
            fetch(later.hash());
        }
        if let Some(later) = keys.get(i + AHEAD) {
            fetch_more(later.hash());
        }
        found.push(number(*key));
    }
    found
}

/// Puts entries into the first free slots from their own on.
fn fill<K: PackedKey>(entries: &[Slot<K>], slots: usize) -> Vec<Slot<K>> {
    let mut filled = vec![(K::default(), 0); slots + SLACK];
    for (key, number) in entries {
        let mut i = first(key.hash(), slots);
        while filled[i].1 != 0 {
            i += 1;
        }
        filled[i] = (*key, number + 1);
    }
    filled
}

fn plain<K: PackedKey + 'static>(entries: &[Slot<K>], slots: usize) -> Find<K> {
    let filled = fill(entries, slots);
    Box::new(move |keys| {
        let number = |key: K| {
            let mut i = first(key.hash(), slots);
            loop {
                let slot = &filled[i];
                if (slot.1 == 0) | (slot.0 == key) {
                    return slot.1.wrapping_sub(1);
                }
                i += 1;
            }
        };
        let fetch_more = |hash| prefetch(&filled, first(hash, slots));
        find_all(keys, size_of_val(&filled[..]), |_| {}, fetch_more, number)
    })
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte that is zero.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    !(((word & !HIGH_BITS) + !HIGH_BITS) | word) & HIGH_BITS
}

fn tag_bytes<K: PackedKey + 'static>(entries: &[Slot<K>], slots: usize) -> Find<K> {
    let tag = |hash: u64| (hash as u8).max(1);
    let filled = fill(entries, slots);
    let mut tags: Vec<u8> =
        filled.iter().map(|(key, number)| if *number == 0 { 0 } else { tag(key.hash()) }).collect();
    tags.extend([0; 8]);
    Box::new(move |keys| {
        // Which of eight slots may have the key, and whether the search ends there.
        let look = |i: usize, hash: u64| {
            let word = tags[i..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
            let empty = zero_bytes(word);
            let same = zero_bytes(word ^ (u64::from(tag(hash)) * LOW_BITS));
            // Below the first empty one.
            (same & (empty & empty.wrapping_neg()).wrapping_sub(1), empty != 0)
        };
        let number = |key: K| {
            let hash = key.hash();
            let mut i = first(hash, slots);
            loop {
                let (mut same, ends) = look(i, hash);
                while same != 0 {
                    let slot = &filled[i + same.trailing_zeros() as usize / 8];
                    if slot.0 == key {
                        return slot.1 - 1;
                    }
                    same &= same - 1;
                }
                if ends {
                    return ABSENT;
                }
                i += 8;
            }
        };
        let fetch = |hash| prefetch(&tags, first(hash, slots));
        let fetch_more = |hash| {
            let i = first(hash, slots);
            let (same, _) = look(i, hash);
            if same != 0 {
                prefetch(&filled, i + same.trailing_zeros() as usize / 8);
            }
        };
        find_all(keys, size_of_val(&filled[..]), fetch, fetch_more, number)
    })
}

fn salted<K: PackedKey + 'static>(entries: &[Slot<K>], slots: usize) -> Find<K> {
    let salt = |hash: u64| hash << 48;
    let rows = entries.to_vec();
    let mut directory = vec![0u64; slots + SLACK];
    for (row, (key, _)) in rows.iter().enumerate() {
        let hash = key.hash();
        let mut i = first(hash, slots);
        while directory[i] != 0 {
            i += 1;
        }
        directory[i] = salt(hash) | (row as u64 + 1);
    }
    // One more than the row's number, if the salt is that of the hash.
    let row =
        move |entry: u64, hash: u64| (entry != 0 && (entry ^ salt(hash)) >> 48 == 0).then_some(entry as u32);
    Box::new(move |keys| {
        let number = |key: K| {
            let hash = key.hash();
            let mut i = first(hash, slots);
            loop {
                let entry = directory[i];
                if entry == 0 {
                    return ABSENT;
                }
                if let Some(row) = row(entry, hash) {
                    let slot = &rows[row as usize - 1];
                    if slot.0 == key {
                        return slot.1;
                    }
                }
                i += 1;
            }
        };
        let fetch = |hash| prefetch(&directory, first(hash, slots));
        let fetch_more = |hash| {
            if let Some(row) = row(directory[first(hash, slots)], hash) {
                prefetch(&rows, row as usize - 1);
            }
        };
        find_all(keys, size_of_val(&directory[..]) + size_of_val(&rows[..]), fetch, fetch_more, number)
    })
}

/// Masks of sixteen bits of which four are set, as many as there are and then the first ones again.
fn four_bits() -> [u16; 2048] {
    let masks: Vec<u16> = (0..=u16::MAX).filter(|mask| mask.count_ones() == 4).collect();
    std::array::from_fn(|i| masks[i % masks.len()])
}

fn bloom<K: PackedKey + 'static>(entries: &[Slot<K>]) -> Find<K> {
    let masks = four_bits();
    let mask = move |hash: u64| masks[hash as usize % masks.len()];
    let bits = (entries.len() + entries.len() / 4).next_power_of_two().trailing_zeros();
    let place = move |hash: u64| (hash >> (64 - bits)) as usize;
    let mut rows = entries.to_vec();
    rows.sort_unstable_by_key(|(key, _)| key.hash());
    // At a place and the next one: where its rows begin and end, above sixteen bits of the filter of the former's.
    let mut directory = vec![0u64; (1 << bits) + 1];
    for (key, _) in &rows {
        directory[place(key.hash()) + 1] += 1 << 16;
    }
    for i in 1..directory.len() {
        directory[i] += directory[i - 1];
    }
    for (key, _) in &rows {
        directory[place(key.hash())] |= u64::from(mask(key.hash()));
    }
    Box::new(move |keys| {
        // Where its rows are, if the filter lets the hash through.
        let range = |hash: u64| {
            let i = place(hash);
            let (entry, wanted) = (directory[i], mask(hash));
            (entry as u16 & wanted == wanted)
                .then(|| (entry >> 16) as usize..(directory[i + 1] >> 16) as usize)
        };
        let number = |key: K| {
            range(key.hash())
                .and_then(|range| rows[range].iter().find(|slot| slot.0 == key))
                .map_or(ABSENT, |slot| slot.1)
        };
        let fetch = |hash| prefetch(&directory, place(hash));
        let fetch_more = |hash| {
            if let Some(range) = range(hash) {
                prefetch(&rows, range.start);
            }
        };
        find_all(keys, size_of_val(&directory[..]) + size_of_val(&rows[..]), fetch, fetch_more, number)
    })
}
