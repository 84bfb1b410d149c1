//! Decompression of Snappy blocks.
//!
//! Format: <https://github.com/google/snappy/blob/main/format_description.txt>. Literals and copies are moved in wide pieces
//! that may reach past their end, into room behind the output that is given back at the end; lengths and offsets are
//! checked before anything is moved.

use hypostyle_core::{Error, Result};

/// Room behind the output: the longest copy of a single tag, and the width of a move.
const ROOM: usize = 64 + 16;

fn broken() -> Error {
    Error::compute("a Snappy block is broken")
}

/// The number of bytes that a block decompresses to, and the bytes behind it.
pub fn decompressed_len(block: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0u64;
    for (i, byte) in block.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if *byte < 0x80 {
            let len = usize::try_from(value).ok().filter(|len| *len <= u32::MAX as usize);
            return Ok((len.ok_or_else(broken)?, &block[i + 1..]));
        }
    }
    Err(broken())
}

/// Decompresses a block into a buffer, whose content it replaces.
///
/// # Errors
/// `Compute` if the block is broken, or if it cannot hold as many bytes as it says.
pub fn decompress(block: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let (len, input) = decompressed_len(block)?;
    // Three bytes stand for 64 at most.
    if len / 32 > block.len() {
        return Err(broken());
    }
    out.clear();
    out.reserve(len + ROOM);
    let base = out.as_mut_ptr();
    let (mut ip, mut op) = (0usize, 0usize);
    while ip < input.len() {
        let tag = input[ip];
        ip += 1;
        if tag & 3 == 0 {
            let mut count = usize::from(tag >> 2) + 1;
            if count > 60 {
                let width = count - 60;
                let bytes = input.get(ip..ip + width).ok_or_else(broken)?;
                count = bytes.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b)) + 1;
                ip += width;
            }
            if count > len - op || count > input.len() - ip {
                return Err(broken());
            }
            if count <= 16 && input.len() - ip >= 16 {
                // SAFETY: sixteen bytes are left in the input, and room for them behind `len` bytes of output.
                unsafe { std::ptr::copy_nonoverlapping(input.as_ptr().add(ip), base.add(op), 16) };
            } else {
                // SAFETY: so many bytes are left in the input and in the output.
                unsafe { std::ptr::copy_nonoverlapping(input.as_ptr().add(ip), base.add(op), count) };
            }
            ip += count;
            op += count;
            continue;
        }
        let (count, offset, width) = match tag & 3 {
            1 => {
                let low = *input.get(ip).ok_or_else(broken)?;
                (usize::from(tag >> 2 & 7) + 4, usize::from(tag >> 5) << 8 | usize::from(low), 1)
            }
            2 => {
                let bytes = input.get(ip..).and_then(|b| b.first_chunk()).ok_or_else(broken)?;
                (usize::from(tag >> 2) + 1, usize::from(u16::from_le_bytes(*bytes)), 2)
            }
            _ => {
                let bytes = input.get(ip..).and_then(|b| b.first_chunk()).ok_or_else(broken)?;
                (usize::from(tag >> 2) + 1, u32::from_le_bytes(*bytes) as usize, 4)
            }
        };
        ip += width;
        if offset == 0 || offset > op || count > len - op {
            return Err(broken());
        }
        // SAFETY: the source begins `offset` bytes before the output's end, all of which are written; the moves end at most
        // 64 + 16 bytes behind it, within the room that was reserved.
        unsafe { copy_within(base.add(op), offset, count) };
        op += count;
    }
    if op != len {
        return Err(broken());
    }
    // SAFETY: `len` bytes were written.
    unsafe { out.set_len(len) };
    Ok(())
}

/// Repeats what lies `offset` bytes before `to`.
///
/// # Safety
/// `offset` bytes before `to` are written, `count` is at most 64, and so many and 16 more bytes may be written.
#[inline(always)]
unsafe fn copy_within(to: *mut u8, offset: usize, count: usize) {
    // SAFETY: the caller's promise; each piece is read before it is written, and no piece reads what it writes.
    unsafe {
        let from = to.sub(offset);
        if offset >= 16 {
            let mut done = 0;
            while done < count {
                std::ptr::copy_nonoverlapping(from.add(done), to.add(done), 16);
                done += 16;
            }
        } else if offset >= 8 {
            let mut done = 0;
            while done < count {
                std::ptr::copy_nonoverlapping(from.add(done), to.add(done), 8);
                done += 8;
            }
        } else {
            for i in 0..count {
                *to.add(i) = *from.add(i);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts with repetitions near and far.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..100),
            (any::<u8>(), 0usize..300).prop_map(|(byte, len)| vec![byte; len]),
            (prop::collection::vec(any::<u8>(), 1..20), 1usize..60)
                .prop_map(|(bytes, times)| bytes.repeat(times)),
        ];
        prop::collection::vec(piece, 0..30).prop_map(|pieces| {
            let text = pieces.concat();
            [text.clone(), text].concat()
        })
    }

    fn decompressed(block: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![1, 2, 3];
        decompress(block, &mut out).ok().map(|()| out)
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_out(text in texts()) {
            let block = snap::raw::Encoder::new().compress_vec(&text).unwrap();
            prop_assert_eq!(decompressed(&block), Some(text));
        }

        #[test]
        fn broken_blocks_are_refused_as_by_the_reference(text in texts(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut block = snap::raw::Encoder::new().compress_vec(&text).unwrap();
            let at = at.index(block.len());
            block[at] ^= byte;
            let (len, reference) = (snap::raw::decompress_len(&block), snap::raw::Decoder::new());
            let trusted = len.is_ok_and(|len| len / 32 <= block.len());
            let expected = if trusted { { reference }.decompress_vec(&block).ok() } else { None };
            prop_assert_eq!(decompressed(&block), expected);
            prop_assert_eq!(decompressed(&block[..at]).is_some(), at > 0 && snap::raw::Decoder::new().decompress_vec(&block[..at]).is_ok());
        }
    }

    #[test]
    fn copies_by_hand() {
        // "ab", then five bytes from two before; then a literal.
        assert_eq!(
            decompressed(&[8, 1 << 2, b'a', b'b', 1 | 1 << 2, 2, 0, b'c']),
            Some(b"abababac".to_vec())
        );
        for bad in [&[][..], &[8], &[2, 1 | 1 << 2, 1], &[5, 0, b'a', 1, 0], &[5, 0, b'a', 1, 2], &[0xff; 9]]
        {
            assert_eq!(decompressed(bad), None, "{bad:?}");
        }
        assert_eq!(decompressed(&[0]), Some(Vec::new()));
    }
}
