//! Small integers packed into as few bits as the largest needs, least significant bit first, as Parquet packs codes and
//! differences. `packed` is the way back.

use hypostyle_core::{Error, Result};

use crate::simd;

/// Values that are packed at once, and end at a byte whatever their width: at a word of 32 bits.
const BLOCK: usize = 32;
/// Words of the widest block.
const WORDS: usize = BLOCK * 64 / 64;

/// What can be packed.
pub trait Packable: Copy + Default + Into<u64> {
    /// How many bits one has.
    const BITS: u32;
}

impl Packable for u32 {
    const BITS: u32 = 32;
}

impl Packable for u64 {
    const BITS: u32 = 64;
}

/// How many bits a value needs.
pub fn width_of(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// Appends values of `width` bits each. Higher bits are to be zero. The last byte is filled up with zeros.
///
/// # Errors
/// If `width` is more than the values have.
pub fn pack<T: Packable>(values: &[T], width: u32, out: &mut Vec<u8>) -> Result<()> {
    if width > T::BITS {
        return Err(Error::compute(format!("{} bits packed as {width}", T::BITS)));
    }
    let bytes = (values.len() * width as usize).div_ceil(8);
    // Blocks are written as whole words, the last one beyond its end.
    let start = out.len();
    let blocks = values.len().div_ceil(BLOCK);
    out.resize(start + blocks * BLOCK / 8 * width as usize, 0);
    macro_rules! widths {
        ($($w:literal)+) => {
            match width {
                $($w => simd::dispatch(#[inline(always)] || pack_width::<T, $w>(values, &mut out[start..])),)+
                _ => {}
            }
        };
    }
    widths!(
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32
        33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
    );
    out.truncate(start + bytes);
    Ok(())
}

#[inline(always)]
fn pack_width<T: Packable, const WIDTH: usize>(values: &[T], out: &mut [u8]) {
    let (blocks, rest) = values.as_chunks::<BLOCK>();
    let mut places = out.chunks_exact_mut(BLOCK / 8 * WIDTH);
    for (block, place) in blocks.iter().zip(&mut places) {
        pack_block::<T, WIDTH>(block, place);
    }
    if let Some(place) = places.next() {
        let mut block = [T::default(); BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        pack_block::<T, WIDTH>(&block, place);
    }
}

#[inline(always)]
fn pack_block<T: Packable, const WIDTH: usize>(block: &[T; BLOCK], out: &mut [u8]) {
    let mut words = [0u64; WORDS + 1];
    // Written out: as a loop it is not unrolled, and words and shifts are no constants.
    macro_rules! values {
        ($($i:literal)+) => {
            $({
                let value: u64 = block[$i].into();
                let (word, bit) = ($i * WIDTH / 64, $i * WIDTH % 64);
                words[word] |= value << bit;
                if bit + WIDTH > 64 {
                    words[word + 1] |= value >> (64 - bit);
                }
            })+
        };
    }
    values!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
    let mut halves = out[..BLOCK / 8 * WIDTH].as_chunks_mut::<4>().0.iter_mut();
    for word in &words[..(BLOCK * WIDTH).div_ceil(64)] {
        for half in [*word as u32, (*word >> 32) as u32] {
            if let Some(place) = halves.next() {
                *place = half.to_le_bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::packed::unpack;
    use crate::simd::each_isa;

    /// Bit by bit.
    fn naive(values: &[u64], width: u32) -> Vec<u8> {
        let mut bytes = vec![0u8; (values.len() * width as usize).div_ceil(8)];
        for (i, value) in values.iter().enumerate() {
            for bit in 0..width as usize {
                let at = i * width as usize + bit;
                bytes[at / 8] |= ((value >> bit & 1) as u8) << (at % 8);
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn as_bit_by_bit(width in 0u32..=64, values in prop::collection::vec(any::<u64>(), 0..200)) {
            let mask = if width == 0 { 0 } else { u64::MAX >> (64 - width) };
            let values: Vec<u64> = values.iter().map(|v| v & mask).collect();
            for _ in each_isa() {
                let mut out = vec![7];
                pack(&values, width, &mut out).unwrap();
                prop_assert_eq!(&out[1..], &naive(&values, width));
                let small: Vec<u32> = values.iter().map(|v| *v as u32).collect();
                let mut out = Vec::new();
                if width > 32 {
                    prop_assert!(pack(&small, width, &mut out).is_err());
                } else {
                    pack(&small, width, &mut out).unwrap();
                    prop_assert_eq!(&out, &naive(&values, width));
                    let mut back = Vec::new();
                    unpack(&out, width, small.len(), &mut back).unwrap();
                    prop_assert_eq!(&back, &small);
            }
            }
        }
    }

    #[test]
    fn widths() {
        assert_eq!([0, 1, 2, 255, 256, u64::MAX].map(width_of), [0, 1, 2, 8, 9, 64]);
    }
}
