//! How long it takes to find the number of an integer key: by address, by rank, in a hash table.

use std::hint::black_box;
use std::time::Instant;

use hypostyle_core::Column;
use hypostyle_kernels::hash::KeyTable;
use hypostyle_kernels::join_table::{JoinTable, Regions};
use hypostyle_kernels::key_bits::KeyBits;
use hypostyle_kernels::rank::RankIndex;

/// Keys probed at once.
const MORSEL: usize = 1 << 16;
/// Morsels of each measurement.
const MORSELS: usize = 64;
/// Each measurement is the best of this many.
const ROUNDS: usize = 3;

/// Prints nanoseconds a key, for building and for probing with keys of which half are there.
pub(crate) fn run() {
    println!("{:>10}  {:28} {:>8} {:>8}", "keys", "index", "build", "probe");
    for keys in [10_000usize, 1_000_000, 15_000_000] {
        // Every second number, in no order.
        let factor = 0x9e37_79b1_u64;
        let span = keys.next_power_of_two() as u64;
        let values: Vec<u64> = (0..span)
            .map(|i| i.wrapping_mul(factor) % span)
            .filter(|v| *v < keys as u64)
            .map(|v| v * 2)
            .collect();
        let column = Column::from_vec(values.clone());
        let probes: Vec<u64> = (0..(MORSEL * MORSELS) as u64)
            .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) % (2 * keys as u64))
            .collect();
        let slots = 2 * keys;
        measure(
            keys,
            "address",
            &probes,
            || {
                let mut heads = vec![u32::MAX; slots];
                values.iter().enumerate().for_each(|(row, v)| heads[*v as usize] = row as u32);
                heads
            },
            |heads, probes| {
                probes.iter().map(|v| heads.get(*v as usize).copied().unwrap_or(u32::MAX)).collect()
            },
        );
        measure(
            keys,
            "rank",
            &probes,
            || {
                let mut bits = KeyBits::new(0, slots);
                bits.add(&column, None);
                RankIndex::of(&bits)
            },
            |index, probes| index.find(&Column::from_vec(probes.to_vec())),
        );
        measure(
            keys,
            "table with numbers",
            &probes,
            || {
                let mut table = KeyTable::with_capacity(keys);
                values.iter().for_each(|v| {
                    table.insert(*v);
                });
                table
            },
            |table, probes| probes.iter().map(|v| table.find(*v).unwrap_or(u32::MAX)).collect(),
        );
        measure(
            keys,
            "table in regions, prefetched",
            &probes,
            || {
                let regions = Regions::of(keys);
                let mut slots = vec![(0, 0); regions.slots()];
                let lists = regions.fill(0..regions.count(), &values, |_| true, &mut slots).flatten();
                JoinTable::assemble(regions, slots, vec![(regions.count(), lists)]).0
            },
            |table, probes| table.find(probes),
        );
    }
}

fn measure<T>(
    keys: usize,
    name: &str,
    probes: &[u64],
    build: impl Fn() -> T,
    probe: impl Fn(&T, &[u64]) -> Vec<u32>,
) {
    let (mut built, mut probed) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let index = black_box(build());
        built = built.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for morsel in probes.chunks(MORSEL) {
            black_box(probe(&index, morsel));
        }
        probed = probed.min(start.elapsed().as_secs_f64());
    }
    let (built, probed) = (built * 1e9 / keys as f64, probed * 1e9 / probes.len() as f64);
    println!("{keys:>10}  {name:28} {built:>8.2} {probed:>8.2}");
}
