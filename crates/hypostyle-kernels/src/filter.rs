//! Rows that a mask keeps.

use hypostyle_core::{Batch, Bitmap, Column, Error, Result};

use crate::gather::{gather, gather_batch};
use crate::simd;

/// Bits of a word from which on they are looked up by bytes: fewer are found sooner one by one.
const MANY: u32 = 10;

/// The positions of the ones of each byte, first (Lemire, "Iterating over set bits quickly", 2018, has the idea).
static POSITIONS: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// Positions of the ones.
pub fn mask_to_indices(mask: &Bitmap) -> Vec<u32> {
    let mut indices: Vec<u32> = Vec::with_capacity(mask.count_set() + 8);
    let filled = simd::dispatch(
        #[inline(always)]
        || {
            let room = indices.spare_capacity_mut();
            let mut filled = 0;
            for (i, mut word) in mask.words().enumerate() {
                let base = (i * 64) as u32;
                if word == u64::MAX {
                    for (place, row) in room[filled..filled + 64].iter_mut().zip(base..) {
                        place.write(row);
                    }
                    filled += 64;
                } else if word.count_ones() >= MANY {
                    for (byte, base) in word.to_le_bytes().into_iter().zip((base..).step_by(8)) {
                        // All eight places are written; those behind the last one are written again, or left out.
                        let places = &mut room[filled..filled + 8];
                        for (place, position) in places.iter_mut().zip(POSITIONS[usize::from(byte)]) {
                            place.write(base + u32::from(position));
                        }
                        filled += byte.count_ones() as usize;
                    }
                } else {
                    while word != 0 {
                        room[filled].write(base + word.trailing_zeros());
                        word &= word - 1;
                        filled += 1;
                    }
                }
            }
            filled
        },
    );
    // SAFETY: so many were written, one after the other, to places that there are.
    unsafe { indices.set_len(filled) };
    indices
}

/// The rows where the mask is one.
pub fn filter(column: &Column, mask: &Bitmap) -> Result<Column> {
    check(column.len(), mask)?;
    if mask.count_unset() == 0 {
        return Ok(column.clone());
    }
    gather(column, &mask_to_indices(mask))
}

/// The rows of every column where the mask is one.
pub fn filter_batch(batch: &Batch, mask: &Bitmap) -> Result<Batch> {
    check(batch.len(), mask)?;
    if mask.count_unset() == 0 {
        return Ok(batch.clone());
    }
    gather_batch(batch, &mask_to_indices(mask))
}

fn check(len: usize, mask: &Bitmap) -> Result<()> {
    if mask.len() == len {
        Ok(())
    } else {
        Err(Error::shape(format!("a filter of {} rows for {len} rows", mask.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_isa;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_agree_with_a_loop(
            runs in prop::collection::vec((0usize..150, 0u32..=100), 0..8),
            seed in any::<u32>(),
            (start, end) in (0.0..1.0, 0.0..1.0),
        ) {
            // Runs of rows, of each a part that is set, none and all among them.
            let mut random = seed | 1;
            let mut next = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                random >> 8
            };
            let plain: Vec<bool> =
                runs.iter().flat_map(|(len, part)| vec![*part; *len]).map(|part| next() % 100 < part).collect();
            let place = |part: f64| (part * plain.len() as f64) as usize;
            let (start, end) = (place(start).min(place(end)), place(start).max(place(end)));
            let mask: Bitmap = plain.iter().copied().collect();
            let expected: Vec<u32> =
                (start..end).filter(|row| plain[*row]).map(|row| (row - start) as u32).collect();
            for _ in each_isa() {
                prop_assert_eq!(mask_to_indices(&mask.slice(start, end - start)), &expected[..]);
            }
        }
    }
}
