//! Integers as differences, packed block by block.
//!
//! Specification: <https://github.com/apache/parquet-format/blob/master/Encodings.md>.

use hypostyle_core::Result;
use hypostyle_kernels::pack::{pack, width_of};
use hypostyle_kernels::simd;

use super::hybrid::varint;

/// Differences that have a least one in common.
const BLOCK: usize = 512;
/// Parts of a block, each with a width of its own.
const PARTS: usize = 4;
const PART: usize = BLOCK / PARTS;

/// How differences wrap around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bits {
    Narrow,
    Wide,
}

fn zigzag(value: i64, out: &mut Vec<u8>) {
    varint((value << 1 ^ value >> 63) as u64, out);
}

/// The differences of neighbours, each value but the first from the one before.
#[inline(always)]
fn differences(values: &[u64], bits: Bits, out: &mut [i64; BLOCK]) {
    for (pair, out) in values.windows(2).zip(out) {
        let difference = pair[1].wrapping_sub(pair[0]);
        *out = match bits {
            Bits::Narrow => i64::from(difference as i32),
            Bits::Wide => difference as i64,
        };
    }
}

#[inline(always)]
fn least(differences: &[i64]) -> i64 {
    differences.iter().fold(i64::MAX, |least, d| (*d).min(least))
}

/// Appends integers; narrow ones are sign-extended or not, as their lower half alone counts.
pub(super) fn integers(values: &[u64], bits: Bits, out: &mut Vec<u8>) -> Result<()> {
    varint(BLOCK as u64, out);
    varint(PARTS as u64, out);
    varint(values.len() as u64, out);
    let first = values.first().copied().unwrap_or_default();
    zigzag(if bits == Bits::Narrow { i64::from(first as i32) } else { first as i64 }, out);
    let mut deltas = [0i64; BLOCK];
    let mut above = [0u64; BLOCK];
    let mut start = 0;
    while start + 1 < values.len() {
        let end = (start + BLOCK).min(values.len() - 1);
        let count = end - start;
        let (low, widest) = simd::dispatch(
            #[inline(always)]
            || {
                differences(&values[start..=end], bits, &mut deltas);
                let low = least(&deltas[..count]);
                let mut widest = [0u64; PARTS];
                above.fill(0);
                for (above, delta) in above.iter_mut().zip(&deltas[..count]) {
                    *above = delta.wrapping_sub(low) as u64;
                }
                for (widest, part) in widest.iter_mut().zip(above.chunks_exact(PART)) {
                    *widest = part.iter().fold(0, |all, value| all | value);
                }
                (low, widest)
            },
        );
        zigzag(low, out);
        let widths = widest.map(width_of);
        out.extend(widths.map(|width| width as u8));
        for (part, width) in above.chunks_exact(PART).zip(widths) {
            pack(part, width, out)?;
        }
        start = end;
    }
    Ok(())
}

/// Runs of neighbours from which the number of bytes is estimated.
const SAMPLES: usize = 16;

/// About how many bytes they would take.
pub(super) fn estimate(values: &[u64], bits: Bits) -> usize {
    let blocks = values.len().div_ceil(BLOCK);
    let taken = blocks.min(SAMPLES);
    let mut packed = 0;
    let mut seen = 0;
    let mut deltas = [0i64; BLOCK];
    for sample in 0..taken {
        let start = blocks * sample / taken * BLOCK;
        let part = &values[start..(start + BLOCK + 1).min(values.len())];
        let count = part.len().saturating_sub(1);
        differences(part, bits, &mut deltas);
        let low = least(&deltas[..count]);
        for part in deltas[..count].chunks(PART) {
            let widest = part.iter().fold(0, |all, delta| all | delta.wrapping_sub(low) as u64);
            packed += PART * width_of(widest) as usize / 8;
        }
        packed += 8;
        seen += part.len().min(BLOCK);
    }
    (packed as f64 * values.len() as f64 / seen.max(1) as f64) as usize
}

#[cfg(test)]
mod tests {
    use hypostyle_kernels::simd::each_isa;
    use proptest::prelude::*;

    use super::super::super::decode::delta;
    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(
            values in prop::collection::vec(prop_oneof![any::<u64>(), 0u64..100, Just(1 << 63), Just(u64::MAX)], 0..1500),
        ) {
            for _ in each_isa() {
                let mut bytes = Vec::new();
                integers(&values, Bits::Wide, &mut bytes).unwrap();
                let plain: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                prop_assert_eq!(delta::integers(&bytes, 8, values.len(), Vec::new()).unwrap(), plain);
                bytes.clear();
                integers(&values, Bits::Narrow, &mut bytes).unwrap();
                let plain: Vec<u8> = values.iter().flat_map(|v| (*v as u32).to_le_bytes()).collect();
                prop_assert_eq!(delta::integers(&bytes, 4, values.len(), vec![7]).unwrap(), plain);
                let ascending: Vec<u64> = (0..values.len() as u64).map(|i| i * 3).collect();
                bytes.clear();
                integers(&ascending, Bits::Wide, &mut bytes).unwrap();
                prop_assert!(bytes.len() < 50);
                prop_assert!(estimate(&ascending, Bits::Wide) < 100);
            }
        }
    }
}
