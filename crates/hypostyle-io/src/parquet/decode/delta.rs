//! Rare encodings turned into the plain one, a page at a time.
//!
//! Specification: <https://github.com/apache/parquet-format/blob/master/Encodings.md>.

use hypostyle_core::{Error, Result};
use hypostyle_kernels::packed::unpack;

fn broken() -> Error {
    Error::compute("its delta-coded values are broken")
}

/// Differences of integers, packed block by block.
struct Deltas<'a> {
    bytes: &'a [u8],
    block: usize,
    miniblock: usize,
    total: usize,
}

impl<'a> Deltas<'a> {
    fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first().ok_or_else(broken)?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(broken())
    }

    fn zigzag(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or_else(broken)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// All integers, no more than `most`, and the bytes behind them.
    fn read(bytes: &'a [u8], most: usize) -> Result<(Vec<i64>, &'a [u8])> {
        let mut this = Self { bytes, block: 0, miniblock: 0, total: 0 };
        this.block = this.varint()? as usize;
        let miniblocks = this.varint()? as usize;
        this.total = this.varint()? as usize;
        let first = this.zigzag()?;
        if miniblocks == 0
            || this.block > 1 << 20
            || !this.block.is_multiple_of(miniblocks)
            || this.total > most
        {
            return Err(broken());
        }
        this.miniblock = this.block / miniblocks;
        if this.miniblock == 0 || !this.miniblock.is_multiple_of(8) {
            return Err(broken());
        }
        let mut values = Vec::with_capacity(this.total.min(1 << 16));
        if this.total > 0 {
            values.push(first);
        }
        let mut packed = Vec::with_capacity(this.miniblock);
        while values.len() < this.total {
            let least = this.zigzag()?;
            let widths = this.take(miniblocks)?;
            for width in widths {
                if values.len() == this.total {
                    break;
                }
                this.miniblock(least, u32::from(*width), &mut packed, &mut values)?;
            }
        }
        Ok((values, this.bytes))
    }

    fn miniblock(
        &mut self,
        least: i64,
        width: u32,
        packed: &mut Vec<u32>,
        values: &mut Vec<i64>,
    ) -> Result<()> {
        if width > 64 {
            return Err(broken());
        }
        let bytes = self.take(self.miniblock / 8 * width as usize)?;
        let wanted = self.miniblock.min(self.total - values.len());
        let mut last = values.last().copied().unwrap_or_default();
        if width <= 32 {
            packed.clear();
            unpack(bytes, width, wanted, packed)?;
            values.extend(packed.iter().map(|delta| {
                last = last.wrapping_add(least).wrapping_add(i64::from(*delta));
                last
            }));
            return Ok(());
        }
        for i in 0..wanted {
            let bit = i * width as usize;
            let mut word = [0; 16];
            let from = &bytes[bit / 8..];
            let len = from.len().min(16);
            word[..len].copy_from_slice(&from[..len]);
            let delta = (u128::from_le_bytes(word) >> (bit % 8)) as u64 & (u64::MAX >> (64 - width));
            last = last.wrapping_add(least).wrapping_add(delta as i64);
            values.push(last);
        }
        Ok(())
    }
}

/// Integers of `width` bytes, plain. There are `count`.
pub(in crate::parquet) fn integers(bytes: &[u8], width: usize, count: usize) -> Result<Vec<u8>> {
    let (values, _) = Deltas::read(bytes, count)?;
    let mut plain = Vec::with_capacity(values.len() * width);
    match width {
        4 => values.iter().for_each(|v| plain.extend_from_slice(&(*v as i32).to_le_bytes())),
        8 => values.iter().for_each(|v| plain.extend_from_slice(&v.to_le_bytes())),
        _ => return Err(broken()),
    }
    Ok(plain)
}

/// Byte strings whose lengths come first.
pub(super) fn lengths_first(bytes: &[u8], count: usize) -> Result<Vec<u8>> {
    let (lengths, mut rest) = Deltas::read(bytes, count)?;
    let mut plain = Vec::with_capacity(rest.len() + 4 * lengths.len());
    for length in lengths {
        let length = u32::try_from(length).map_err(|_| broken())?;
        let (text, behind) = rest.split_at_checked(length as usize).ok_or_else(broken)?;
        plain.extend_from_slice(&length.to_le_bytes());
        plain.extend_from_slice(text);
        rest = behind;
    }
    Ok(plain)
}

/// Byte strings that share their beginning with the one before. With a `width` they are of that length, and none is
/// written down.
pub(super) fn prefixes(bytes: &[u8], count: usize, width: Option<usize>, most: usize) -> Result<Vec<u8>> {
    let (shared, rest) = Deltas::read(bytes, count)?;
    let (lengths, mut rest) = Deltas::read(rest, count)?;
    if shared.len() != lengths.len() {
        return Err(broken());
    }
    let mut plain: Vec<u8> = Vec::new();
    let mut last = 0..0;
    for (shared, length) in shared.into_iter().zip(lengths) {
        let shared = usize::try_from(shared).map_err(|_| broken())?;
        let length = usize::try_from(length).map_err(|_| broken())?;
        let (suffix, behind) = rest.split_at_checked(length).ok_or_else(broken)?;
        rest = behind;
        let whole = shared.checked_add(length).filter(|whole| *whole <= most).ok_or_else(broken)?;
        if shared > last.len() || width.is_some_and(|width| width != whole) || plain.len() + whole > most {
            return Err(broken());
        }
        if width.is_none() {
            plain.extend_from_slice(&(whole as u32).to_le_bytes());
        }
        let start = plain.len();
        plain.extend_from_within(last.start..last.start + shared);
        plain.extend_from_slice(suffix);
        last = start..plain.len();
    }
    Ok(plain)
}

/// Values whose first bytes come first, then all second bytes, and so on.
pub(super) fn streams(bytes: &[u8], width: usize) -> Result<Vec<u8>> {
    if width == 0 || !bytes.len().is_multiple_of(width) {
        return Err(Error::compute("its split byte streams are broken"));
    }
    let count = bytes.len() / width;
    let mut plain = vec![0; bytes.len()];
    for (k, stream) in bytes.chunks_exact(count.max(1)).enumerate() {
        for (value, byte) in plain.chunks_exact_mut(width).zip(stream) {
            value[k] = *byte;
        }
    }
    Ok(plain)
}
