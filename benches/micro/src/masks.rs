//! Positions of the ones of a mask: byte by byte from a table, as the engine finds them, and one by one.

use std::hint::black_box;
use std::time::Instant;

use hypostyle_core::Bitmap;
use hypostyle_kernels::filter::mask_to_indices;

/// Rows of a mask, as many as a morsel has.
const ROWS: usize = 1 << 16;
/// Masks, so that no predictor of branches learns them.
const MASKS: usize = 32;
/// Each measurement is the best of this many.
const ROUNDS: usize = 9;

/// Prints microseconds a mask, for several parts of rows that are set.
pub(crate) fn run() {
    println!("{:>7}  {:>10} {:>10}", "set, %", "one by one", "by bytes");
    for percent in [0.2, 1.0, 5.0, 15.0, 30.0, 63.0, 90.0, 98.5] {
        let mut random = 1u64;
        let mut set = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as f64 / f64::from(1u32 << 31) < percent / 100.0
        };
        let masks: Vec<Bitmap> = (0..MASKS).map(|_| (0..ROWS).map(|_| set()).collect()).collect();
        assert!(masks.iter().all(|mask| one_by_one(mask) == mask_to_indices(mask)));
        let (plain, own) = (measure(&masks, one_by_one), measure(&masks, mask_to_indices));
        println!("{percent:>7}  {plain:>10.1} {own:>10.1}");
    }
}

fn one_by_one(mask: &Bitmap) -> Vec<u32> {
    let mut indices = Vec::with_capacity(mask.count_set());
    mask.for_each_set(|row| indices.push(row as u32));
    indices
}

/// Microseconds a mask.
fn measure(masks: &[Bitmap], positions: fn(&Bitmap) -> Vec<u32>) -> f64 {
    let round = |_| {
        let start = Instant::now();
        masks.iter().for_each(|mask| drop(black_box(positions(black_box(mask)))));
        start.elapsed().as_secs_f64() * 1e6 / masks.len() as f64
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}
