//! The hybrid of run lengths and packed bits that codes and levels are stored in.
//!
//! Specification: <https://github.com/apache/parquet-format/blob/master/Encodings.md#RLE>.

use hypostyle_core::{Error, MutableBitmap, Result};
use hypostyle_kernels::packed::{unpack, unpack_one};

use super::page::Mark;

/// Integers of one width, read from the front.
#[derive(Debug)]
pub(in crate::parquet) struct Hybrid<'a> {
    bytes: &'a [u8],
    width: u32,
    run: Run<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Run<'a> {
    /// One value, so many times.
    Same { value: u32, left: usize },
    /// Packed values; the first one wanted is at `at`. Behind them are the bytes of the next runs.
    Packed { bytes: &'a [u8], at: usize, left: usize },
}

/// Packed runs come in as many groups of eight values as their header says.
const GROUP: usize = 8;

fn ended() -> Error {
    Error::compute("its codes or levels end too soon")
}

impl<'a> Hybrid<'a> {
    /// Integers of `width` bits.
    pub(in crate::parquet) fn new(bytes: &'a [u8], width: u32) -> Result<Self> {
        if width > 32 {
            return Err(Error::compute(format!("its codes or levels have {width} bits each")));
        }
        Ok(Self { bytes, width, run: Run::Same { value: 0, left: 0 } })
    }

    /// The starts of runs of `count` values, one for about so many of them. Ends where something is broken: reading
    /// will say so.
    pub(super) fn marks(mut self, count: usize, every: usize) -> Vec<Mark> {
        let all = self.bytes.len();
        let (mut marks, mut value, mut next) = (Vec::new(), 0, every);
        while value < count {
            let byte = all - self.bytes.len();
            if self.advance().is_err() {
                break;
            }
            if value >= next {
                marks.push(Mark { value, byte });
                next = value + every;
            }
            let (Run::Same { left, .. } | Run::Packed { left, .. }) = &mut self.run;
            value = value.saturating_add(std::mem::take(left));
        }
        marks
    }

    /// Goes on with the run that begins at a byte, counted from the first one.
    pub(super) fn jump(&mut self, byte: usize) {
        self.bytes = self.bytes.get(byte..).unwrap_or_default();
    }

    /// The next run, if the current one is used up.
    fn advance(&mut self) -> Result<()> {
        while matches!(self.run, Run::Same { left: 0, .. } | Run::Packed { left: 0, .. }) {
            let header = self.varint()?;
            let count = usize::try_from(header >> 1).map_err(|_| ended())?;
            self.run = if header & 1 == 1 {
                let size = count.checked_mul(self.width as usize).ok_or_else(ended)?;
                // The last run may leave out what nobody will read.
                let bytes = self.bytes;
                let size = size.min(bytes.len());
                self.bytes = &bytes[size..];
                let stored = match self.width {
                    0 => usize::MAX,
                    width => size.saturating_mul(8) / width as usize,
                };
                let left = count.checked_mul(GROUP).ok_or_else(ended)?.min(stored);
                if left == 0 && count > 0 {
                    return Err(ended());
                }
                Run::Packed { bytes, at: 0, left }
            } else {
                let size = self.width.div_ceil(8) as usize;
                let (bytes, rest) = self.bytes.split_at_checked(size).ok_or_else(ended)?;
                self.bytes = rest;
                let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
                Run::Same { value, left: count }
            };
        }
        Ok(())
    }

    /// Whether the next `count` integers are one run of a value.
    pub(super) fn next_are(&mut self, wanted: u32, count: usize) -> Result<bool> {
        if count == 0 {
            return Ok(true);
        }
        self.advance()?;
        Ok(matches!(self.run, Run::Same { value, left } if value == wanted && left >= count))
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first().ok_or_else(ended)?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(ended())
    }

    /// Leaves values out.
    pub(in crate::parquet) fn skip(&mut self, mut count: usize) -> Result<()> {
        while count > 0 {
            self.advance()?;
            let taken;
            match &mut self.run {
                Run::Same { left, .. } => {
                    taken = count.min(*left);
                    *left -= taken;
                }
                Run::Packed { at, left, .. } => {
                    taken = count.min(*left);
                    *left -= taken;
                    *at += taken;
                }
            }
            count -= taken;
        }
        Ok(())
    }

    /// Appends the next `count` values.
    pub(in crate::parquet) fn read(&mut self, mut count: usize, out: &mut Vec<u32>) -> Result<()> {
        while count > 0 {
            self.advance()?;
            let taken;
            match &mut self.run {
                Run::Same { value, left } => {
                    taken = count.min(*left);
                    out.resize(out.len() + taken, *value);
                    *left -= taken;
                }
                Run::Packed { bytes, at, left } => {
                    taken = count.min(*left);
                    // Unpacking begins at a byte; what is before the first value wanted is dropped again.
                    let before = *at % GROUP;
                    let start = out.len();
                    let first = (*at / GROUP) * self.width as usize;
                    unpack(&bytes[first.min(bytes.len())..], self.width, before + taken, out)?;
                    if before > 0 {
                        out.copy_within(start + before.., start);
                        out.truncate(start + taken);
                    }
                    *at += taken;
                    *left -= taken;
                }
            }
            count -= taken;
        }
        Ok(())
    }

    /// Appends the values at some places, which ascend. The next value is that at `next`.
    pub(super) fn read_places(
        &mut self,
        places: impl Iterator<Item = usize>,
        mut next: usize,
        out: &mut Vec<u32>,
    ) -> Result<()> {
        for place in places {
            let mut gap = place - next;
            let (Run::Same { left, .. } | Run::Packed { left, .. }) = self.run;
            if gap >= left {
                self.skip(gap)?;
                self.advance()?;
                gap = 0;
            }
            out.push(match &mut self.run {
                Run::Same { value, left } => {
                    *left -= gap + 1;
                    *value
                }
                Run::Packed { bytes, at, left } => {
                    let value = unpack_one(bytes, self.width, *at + gap);
                    *left -= gap + 1;
                    *at += gap + 1;
                    value
                }
            });
            next = place + 1;
        }
        Ok(())
    }

    /// Appends the next `count` values, which are single bits.
    pub(in crate::parquet) fn read_bits(&mut self, mut count: usize, out: &mut MutableBitmap) -> Result<()> {
        if self.width != 1 {
            return Err(Error::internal("bits are one bit wide"));
        }
        while count > 0 {
            self.advance()?;
            let taken;
            match &mut self.run {
                Run::Same { value, left } => {
                    taken = count.min(*left);
                    out.extend_constant(*value == 1, taken);
                    *left -= taken;
                }
                Run::Packed { bytes, at, left } => {
                    taken = count.min(*left);
                    out.extend_from_bitmap(&hypostyle_core::Bitmap::from_bytes(bytes, *at, taken));
                    *at += taken;
                    *left -= taken;
                }
            }
            count -= taken;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three times 4, then eight packed values 0 to 7, of three bits.
    const BYTES: &[u8] = &[6, 4, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010];

    #[test]
    fn runs_and_packed_values() {
        let all = [4, 4, 4, 0, 1, 2, 3, 4, 5, 6, 7];
        for skipped in 0..all.len() {
            for taken in 0..=all.len() - skipped {
                let mut hybrid = Hybrid::new(BYTES, 3).unwrap();
                let mut out = vec![99];
                hybrid.skip(skipped).unwrap();
                hybrid.read(taken, &mut out).unwrap();
                assert_eq!(out[1..], all[skipped..skipped + taken]);
                let rest = all.len() - skipped - taken;
                hybrid.read(rest, &mut out).unwrap();
                assert_eq!(out[1..], all[skipped..]);
                assert!(hybrid.read(1, &mut out).is_err());
                let mut hybrid = Hybrid::new(BYTES, 3).unwrap();
                let mut out = vec![99];
                let places = [skipped, skipped + taken];
                let there = places.iter().filter(|place| **place < all.len());
                let places = &places[..if taken == 0 { 1 } else { there.count() }];
                hybrid.read_places(places.iter().copied(), 0, &mut out).unwrap();
                assert!(out[1..].iter().eq(places.iter().map(|place| &all[*place])));
                assert!(
                    hybrid
                        .read_places([all.len()].into_iter(), places[places.len() - 1] + 1, &mut out)
                        .is_err()
                );
            }
        }
    }

    #[test]
    fn from_a_mark_on_as_from_the_start() {
        // Runs of one value and packed ones in turns, all of other lengths.
        let mut bytes = Vec::new();
        let mut all = 0;
        for run in 1..200u8 {
            if run % 3 == 0 {
                bytes.extend([(run % 40 + 1) << 1, run % 8]);
                all += usize::from(run % 40 + 1);
            } else {
                let groups = run % 5 + 1;
                bytes.push(groups << 1 | 1);
                bytes.extend((0..3 * groups).map(|i| i.wrapping_mul(run)));
                all += 8 * usize::from(groups);
            }
        }
        let mut plain = Vec::new();
        Hybrid::new(&bytes, 3).unwrap().read(all, &mut plain).unwrap();
        let marks = Hybrid::new(&bytes, 3).unwrap().marks(all, 100);
        assert!(marks.len() > 10 && marks.is_sorted_by_key(|mark| mark.value));
        for mark in marks {
            let mut hybrid = Hybrid::new(&bytes, 3).unwrap();
            hybrid.jump(mark.byte);
            let mut rest = Vec::new();
            hybrid.read(all - mark.value, &mut rest).unwrap();
            assert_eq!(rest, plain[mark.value..]);
        }
    }

    #[test]
    fn bits() {
        // Five ones, then a byte of bits.
        let mut hybrid = Hybrid::new(&[10, 1, 3, 0b0101_0011], 1).unwrap();
        let mut bits = MutableBitmap::new();
        hybrid.read_bits(4, &mut bits).unwrap();
        hybrid.read_bits(9, &mut bits).unwrap();
        let bits: Vec<u8> = bits.freeze().iter().map(u8::from).collect();
        assert_eq!(bits, [1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0]);
    }

    #[test]
    fn what_is_broken_is_an_error() {
        let mut out = Vec::new();
        for bytes in [&[][..], &[0x80], &[2], &[3], &[0xff; 12], &[0, 0, 0]] {
            assert!(Hybrid::new(bytes, 5).unwrap().read(1, &mut out).is_err(), "{bytes:?}");
        }
        assert!(Hybrid::new(&[], 33).is_err());
        // Codes of a single entry have no bits at all.
        let mut out = Vec::new();
        Hybrid::new(&[3], 0).unwrap().read(5, &mut out).unwrap();
        assert_eq!(out, [0; 5]);
    }
}
