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

    /// Begins with integers, no more than `most`; and the first of them.
    fn begin(bytes: &'a [u8], most: usize) -> Result<(Self, i64)> {
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
        Ok((this, first))
    }

    /// All integers, no more than `most`, as each comes out of `convert`; and the bytes behind them.
    fn read<T: Copy + Default>(
        bytes: &'a [u8],
        most: usize,
        values: &mut Vec<T>,
        convert: impl Fn(i64) -> T + Copy,
    ) -> Result<&'a [u8]> {
        let (mut this, first) = Self::begin(bytes, most)?;
        let miniblocks = this.block / this.miniblock;
        values.clear();
        // What says that it is longer has to prove it.
        values.reserve(this.total.min(1 << 16));
        if this.total > 0 {
            values.push(convert(first));
        }
        let mut last = first;
        let mut packed = Vec::with_capacity(this.miniblock);
        while values.len() < this.total {
            let least = this.zigzag()?;
            let widths = this.take(miniblocks)?;
            for width in widths {
                let wanted = this.miniblock.min(this.total - values.len());
                if wanted == 0 {
                    break;
                }
                let deltas = this.miniblock(u32::from(*width), wanted, &mut packed)?;
                let mut next = |delta: i64| {
                    last = last.wrapping_add(least).wrapping_add(delta);
                    convert(last)
                };
                match deltas {
                    None => values.extend(packed.iter().map(|delta| next(i64::from(*delta)))),
                    Some(wide) => values.extend(wide.iter().map(|delta| next(*delta))),
                }
            }
        }
        Ok(this.bytes)
    }

    /// The next differences, above the least one: in `packed`, or returned if they are wider.
    fn miniblock(&mut self, width: u32, wanted: usize, packed: &mut Vec<u32>) -> Result<Option<Vec<i64>>> {
        if width > 64 {
            return Err(broken());
        }
        let bytes = self.take(self.miniblock / 8 * width as usize)?;
        if width <= 32 {
            packed.clear();
            unpack(bytes, width, wanted, packed)?;
            return Ok(None);
        }
        let wide = |i: usize| {
            let bit = i * width as usize;
            let mut word = [0; 16];
            let from = &bytes[bit / 8..];
            let len = from.len().min(16);
            word[..len].copy_from_slice(&from[..len]);
            ((u128::from_le_bytes(word) >> (bit % 8)) as u64 & (u64::MAX >> (64 - width))) as i64
        };
        Ok(Some((0..wanted).map(wide).collect()))
    }
}

/// Integers of `width` bytes, plain, in memory that had another use. There are `count`.
pub(in crate::parquet) fn integers(
    bytes: &[u8],
    width: usize,
    count: usize,
    room: Vec<u8>,
) -> Result<Vec<u8>> {
    let mut plain = room;
    let mut values = Vec::new();
    match width {
        4 => Deltas::read(bytes, count, &mut values, |value| i64::from(value as i32)),
        8 => Deltas::read(bytes, count, &mut values, |value| value),
        _ => Err(broken()),
    }?;
    plain.clear();
    plain.resize(values.len() * width, 0);
    if width == 4 {
        let places = plain.as_chunks_mut::<4>().0;
        places.iter_mut().zip(&values).for_each(|(place, value)| *place = (*value as i32).to_le_bytes());
    } else {
        let places = plain.as_chunks_mut::<8>().0;
        places.iter_mut().zip(&values).for_each(|(place, value)| *place = value.to_le_bytes());
    }
    Ok(plain)
}

/// Where byte strings end whose lengths come first, counted from the beginning of the first; and where that is.
pub(super) fn ends(bytes: &[u8], count: usize) -> Result<(Vec<u32>, usize)> {
    let mut lengths: Vec<u32> = Vec::new();
    // Lengths below zero become so long that they end behind the page.
    let rest = Deltas::read(bytes, count, &mut lengths, |length| length.try_into().unwrap_or(u32::MAX))?;
    let mut end = 0u64;
    for length in &mut lengths {
        end += u64::from(*length);
        *length = end as u32;
    }
    if end > rest.len().min(u32::MAX as usize) as u64 {
        return Err(broken());
    }
    Ok((lengths, bytes.len() - rest.len()))
}

/// Byte strings that share their beginning with the one before. With a `width` they are of that length, and none is
/// written down.
pub(super) fn prefixes(bytes: &[u8], count: usize, width: Option<usize>, most: usize) -> Result<Vec<u8>> {
    let (mut shared, mut lengths) = (Vec::new(), Vec::new());
    let rest = Deltas::read(bytes, count, &mut shared, |length| length)?;
    let mut rest = Deltas::read(rest, count, &mut lengths, |length| length)?;
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
