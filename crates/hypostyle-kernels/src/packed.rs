//! Small integers packed into as few bits as the largest needs, least significant bit first, as Parquet packs codes and
//! levels; and values looked up by such codes.

use hypostyle_core::{Error, Result};

/// Values that end at a byte, whatever their width.
const GROUP: usize = 8;
/// Bytes that a group may be read from: eight values of 32 bits, and the rest of a word behind the last one.
const WINDOW: usize = 40;

/// Appends `count` integers of `width` bits each, unpacked from the start of `bytes`; what the bytes do not hold is zero.
/// Bytes behind the integers may be there, and are read faster than their end.
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

fn unpack_width<const WIDTH: usize>(bytes: &[u8], count: usize, out: &mut Vec<u32>) {
    out.reserve(count.next_multiple_of(GROUP));
    let start = out.len();
    let (groups, _) = out.spare_capacity_mut().as_chunks_mut::<GROUP>();
    let mut at = 0;
    for group in &mut groups[..count.div_ceil(GROUP)] {
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
    let largest = codes.iter().fold(0, |largest, code| (*code).max(largest));
    if !codes.is_empty() && largest as usize >= entries {
        return Err(Error::out_of_bounds(format!("dictionary code {largest} of {entries} entries")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pack(values: &[u32], width: u32) -> Vec<u8> {
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
        fn what_was_packed_comes_out(width in 1u32..=32, values in prop::collection::vec(any::<u32>(), 0..200), after in 0usize..50) {
            let values: Vec<u32> = values.iter().map(|v| (u64::from(*v) & (u64::MAX >> (64 - width))) as u32).collect();
            let mut bytes = pack(&values, width);
            bytes.extend(std::iter::repeat_n(0xff, after));
            let mut out = vec![7];
            unpack(&bytes, width, values.len(), &mut out).unwrap();
            prop_assert_eq!(&out[1..], &values);
            out.remove(0);
            let entries: Vec<u64> = (0..50).collect();
            let mut found = Vec::new();
            match look_up(&entries, &out, &mut found) {
                Ok(()) => prop_assert_eq!(found, out.iter().map(|c| u64::from(*c)).collect::<Vec<_>>()),
                Err(_) => prop_assert!(found.is_empty() && out.iter().any(|c| *c >= 50)),
            }
        }
    }

    #[test]
    fn bytes_that_end_too_soon_give_zeros() {
        let mut out = Vec::new();
        unpack(&[0xff], 3, 12, &mut out).unwrap();
        assert_eq!(out, [7, 7, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        unpack(&[], 0, 2, &mut out).unwrap();
        assert_eq!(out.len(), 14);
        assert!(unpack(&[], 33, 1, &mut out).is_err());
    }
}
