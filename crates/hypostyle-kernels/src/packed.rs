//! Small integers packed into as few bits as the largest needs, least significant bit first, as Parquet packs codes and
//! levels; and values looked up by such codes.

use std::mem::MaybeUninit;

use hypostyle_core::{Error, Result};

use crate::simd::{self, Isa};

/// Values that end at a byte, whatever their width.
const GROUP: usize = 8;
/// Bytes that a group may be read from: eight values of 32 bits, and the rest of a word behind the last one.
const WINDOW: usize = 40;

/// Appends `count` integers of `width` bits each, unpacked from the start of `bytes`; what the bytes do not hold is
/// zero. Bytes behind the integers may be there, and are read faster than their end.
///
/// # Errors
/// If `width` is more than 32.
pub fn unpack(bytes: &[u8], width: u32, count: usize, out: &mut Vec<u32>) -> Result<()> {
    macro_rules! widths {
        ($($w:literal)+) => {
            match width {
                0 => out.resize(out.len() + count, 0),
                $($w => unpack_width::<$w>(bytes, count, out),)+
                _ => return Err(Error::compute(format!("integers of {width} packed bits"))),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
    Ok(())
}

/// The integer of `width` bits, at most 32, at a place; what the bytes do not hold is zero.
#[inline]
pub fn unpack_one(bytes: &[u8], width: u32, place: usize) -> u32 {
    let bit = place * width as usize;
    let from = bytes.get(bit / 8..).unwrap_or_default();
    // With what is before its first bit it has 39 bits at most.
    let window = match from.first_chunk() {
        Some(window) => u64::from_le_bytes(*window),
        None => from.iter().rev().fold(0, |window, byte| window << 8 | u64::from(*byte)),
    };
    (window >> (bit % 8) & ((1 << width) - 1)) as u32
}

fn unpack_width<const WIDTH: usize>(bytes: &[u8], count: usize, out: &mut Vec<u32>) {
    out.reserve(count.next_multiple_of(GROUP));
    let start = out.len();
    let (groups, _) = out.spare_capacity_mut().as_chunks_mut::<GROUP>();
    let groups = &mut groups[..count.div_ceil(GROUP)];
    let done = unpack_vectors::<WIDTH>(bytes, groups);
    let mut at = done * WIDTH;
    for group in &mut groups[done..] {
        let values = match bytes.get(at..).and_then(|b| b.first_chunk::<WINDOW>()) {
            Some(window) => unpack_group::<WIDTH>(window),
            None => unpack_group::<WIDTH>(&tail(bytes, at)),
        };
        for (place, value) in group.iter_mut().zip(values) {
            place.write(value);
        }
        at += WIDTH;
    }
    // SAFETY: groups of at least as many values were just written behind the old ones.
    unsafe { out.set_len(start + count) };
}

/// Unpacks groups from the first on by vectors, where the processor has them; how many.
#[cfg(target_arch = "x86_64")]
fn unpack_vectors<const WIDTH: usize>(bytes: &[u8], groups: &mut [[MaybeUninit<u32>; GROUP]]) -> usize {
    // Wider integers do not lie within four bytes whatever bit they begin with.
    if WIDTH > 25 || simd::isa() == Isa::Portable {
        return 0;
    }
    // Half a group is read as a vector of sixteen bytes.
    let readable = bytes.len().saturating_sub(WIDTH / 2 + 16) / WIDTH;
    let count = groups.len().min(readable);
    // SAFETY: the processor has AVX2, and the bytes of as many groups, with the vectors' ends, are there.
    unsafe { unpack_avx2::<WIDTH>(bytes, &mut groups[..count]) };
    count
}

#[cfg(not(target_arch = "x86_64"))]
fn unpack_vectors<const WIDTH: usize>(_bytes: &[u8], _groups: &mut [[MaybeUninit<u32>; GROUP]]) -> usize {
    0
}

/// Each integer's four bytes are brought into a lane of its own, then shifted to its first bit.
///
/// # Safety
/// There are `groups.len() * WIDTH + WIDTH / 2 + 16` bytes.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn unpack_avx2<const WIDTH: usize>(bytes: &[u8], groups: &mut [[MaybeUninit<u32>; GROUP]]) {
    use std::arch::x86_64::{
        _mm_loadu_si128, _mm256_and_si256, _mm256_castsi128_si256, _mm256_inserti128_si256,
        _mm256_loadu_si256, _mm256_set1_epi32, _mm256_shuffle_epi8, _mm256_srlv_epi32, _mm256_storeu_si256,
    };
    /// Where the integers of a group are: bytes from the vector of their half on, and bits.
    const fn places(width: usize) -> ([u8; 32], [u32; GROUP]) {
        let (mut bytes, mut bits) = ([0; 32], [0; GROUP]);
        let mut i = 0;
        while i < GROUP {
            let bit = i * width - if i < GROUP / 2 { 0 } else { width / 2 * 8 };
            let mut byte = 0;
            while byte < 4 {
                bytes[4 * i + byte] = (bit / 8 + byte) as u8;
                byte += 1;
            }
            bits[i] = (bit % 8) as u32;
            i += 1;
        }
        (bytes, bits)
    }
    let (shuffle, shifts) = const { places(WIDTH) };
    // SAFETY: the constants have 32 bytes; the caller says that those read below are there; a group is 32 bytes.
    unsafe {
        let shuffle = _mm256_loadu_si256(shuffle.as_ptr().cast());
        let shifts = _mm256_loadu_si256(shifts.as_ptr().cast());
        let mask = _mm256_set1_epi32((u32::MAX >> (32 - WIDTH)) as i32);
        let mut at = bytes.as_ptr();
        for group in groups {
            let low = _mm_loadu_si128(at.cast());
            let high = _mm_loadu_si128(at.add(WIDTH / 2).cast());
            let both = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
            let lanes = _mm256_shuffle_epi8(both, shuffle);
            let values = _mm256_and_si256(_mm256_srlv_epi32(lanes, shifts), mask);
            _mm256_storeu_si256(group.as_mut_ptr().cast(), values);
            at = at.add(WIDTH);
        }
    }
}

/// What is left of the bytes, zeros behind it.
fn tail(bytes: &[u8], at: usize) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    let rest = bytes.get(at..).unwrap_or_default();
    let len = rest.len().min(WINDOW);
    window[..len].copy_from_slice(&rest[..len]);
    window
}

#[inline(always)]
fn unpack_group<const WIDTH: usize>(window: &[u8; WINDOW]) -> [u32; GROUP] {
    let mask = (u64::MAX >> (64 - WIDTH)) as u32;
    // Written out: as a loop it is not unrolled, and places and shifts are no constants.
    macro_rules! values {
        ($($i:literal)+) => {
            [$({
                let (byte, bit) = ($i * WIDTH / 8, $i * WIDTH % 8);
                let word = u64::from_le_bytes([
                    window[byte], window[byte + 1], window[byte + 2], window[byte + 3],
                    window[byte + 4], window[byte + 5], window[byte + 6], window[byte + 7],
                ]);
                (word >> bit) as u32 & mask
            }),+]
        };
    }
    values!(0 1 2 3 4 5 6 7)
}

/// Appends the entries that codes point to.
///
/// # Errors
/// `OutOfBounds` if a code is not below the number of entries; nothing is appended then.
pub fn look_up<T: Copy>(entries: &[T], codes: &[u32], out: &mut Vec<T>) -> Result<()> {
    check_codes(codes, entries.len())?;
    out.extend(codes.iter().map(|code| {
        // SAFETY: all codes were just compared with the number of entries.
        unsafe { *entries.get_unchecked(*code as usize) }
    }));
    Ok(())
}

/// Checks that all codes are below the number of entries.
///
/// # Errors
/// `OutOfBounds` if one is not.
pub fn check_codes(codes: &[u32], entries: usize) -> Result<()> {
    // Without branches, unlike `max`.
    let largest = simd::dispatch(
        #[inline(always)]
        || codes.iter().fold(0, |largest, code| (*code).max(largest)),
    );
    if !codes.is_empty() && largest as usize >= entries {
        return Err(Error::out_of_bounds(format!("dictionary code {largest} of {entries} entries")));
    }
    Ok(())
}

/// What is said of entries, for each code: bits in words.
///
/// # Errors
/// As [`look_up`].
pub fn look_up_bits(entries: &[bool], codes: &[u32]) -> Result<Vec<u64>> {
    check_codes(codes, entries.len())?;
    let mut words = Vec::with_capacity(codes.len().div_ceil(64));
    let (full, rest) = codes.as_chunks::<64>();
    if entries.len() <= 64 {
        // All of them in one word, which is shifted by the codes.
        let table = entries.iter().rev().fold(0, |table, entry| table << 1 | u64::from(*entry));
        simd::dispatch(
            #[inline(always)]
            || words.extend(full.iter().map(|codes| shifted_bits(table, codes))),
        );
    } else {
        // SAFETY: all codes were just compared with the number of entries.
        let entry = |code: u32| unsafe { *entries.get_unchecked(code as usize) };
        words.extend(full.iter().map(|codes| {
            // In eight parts, so that they do not wait for each other.
            let bytes: [u8; 8] = std::array::from_fn(|part| {
                (0..8).fold(0, |byte, i| byte | u8::from(entry(codes[8 * part + i])) << i)
            });
            u64::from_le_bytes(bytes)
        }));
    }
    if !rest.is_empty() {
        let bits = rest.iter().enumerate();
        words.push(bits.fold(0, |word, (i, code)| word | u64::from(entries[*code as usize]) << i));
    }
    Ok(words)
}

/// The bits of a table that codes below 64 point to.
#[inline(always)]
fn shifted_bits(table: u64, codes: &[u32; 64]) -> u64 {
    let (low, high) = (table as u32, (table >> 32) as u32);
    // As wide as codes, so that the compiler finds vectors with shifts of their own for each lane.
    let mut bytes = [0u8; 64];
    for (byte, code) in bytes.iter_mut().zip(codes) {
        let half = if *code < 32 { low } else { high };
        *byte = (half >> (code & 31)) as u8 & 1;
    }
    // Bits of eight bytes are multiplied into the highest one.
    let words = bytes.as_chunks::<8>().0;
    words.iter().rev().fold(0, |word, bytes| {
        word << 8 | u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pack::pack;
    use crate::simd::each_isa;

    proptest! {
        #[test]
        fn what_was_packed_comes_out(width in 1u32..=32, values in prop::collection::vec(any::<u32>(), 0..400), after in 0usize..50) {
            let values: Vec<u32> = values.iter().map(|v| (u64::from(*v) & (u64::MAX >> (64 - width))) as u32).collect();
            for _ in each_isa() {
                let mut bytes = Vec::new();
                pack(&values, width, &mut bytes).unwrap();
                bytes.extend(std::iter::repeat_n(0xff, after));
                let mut out = vec![7];
                unpack(&bytes, width, values.len(), &mut out).unwrap();
                prop_assert_eq!(&out[1..], &values);
                let one_by_one = (0..values.len()).map(|place| unpack_one(&bytes, width, place));
                prop_assert!(one_by_one.eq(values.iter().copied()));
                out.remove(0);
                for entries in [1, 2, 31, 33, 64, 65, 1_000] {
                    let entries: Vec<bool> = (0u64..entries).map(|i| (i * 0x9e37_79b9) >> 16 & 1 == 1).collect();
                    let codes: Vec<u32> = out.iter().map(|code| code % entries.len() as u32).collect();
                    let words = look_up_bits(&entries, &codes).unwrap();
                    for (row, code) in codes.iter().enumerate() {
                        prop_assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, entries[*code as usize]);
                    }
                    prop_assert_eq!(words.len(), codes.len().div_ceil(64));
                }
                let entries: Vec<u64> = (0..50).collect();
                let mut found = Vec::new();
                match look_up(&entries, &out, &mut found) {
                    Ok(()) => prop_assert_eq!(found, out.iter().map(|c| u64::from(*c)).collect::<Vec<_>>()),
                    Err(_) => prop_assert!(found.is_empty() && out.iter().any(|c| *c >= 50)),
                }
            }
        }
    }

    #[test]
    fn bytes_that_end_too_soon_give_zeros() {
        let mut out = Vec::new();
        unpack(&[0xff], 3, 12, &mut out).unwrap();
        assert_eq!(out, [7, 7, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let one_by_one: Vec<u32> = (0..12).map(|place| unpack_one(&[0xff], 3, place)).collect();
        assert_eq!(one_by_one, out);
        unpack(&[], 0, 2, &mut out).unwrap();
        assert_eq!(out.len(), 14);
        assert!(unpack(&[], 33, 1, &mut out).is_err());
    }
}
