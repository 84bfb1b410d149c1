//! Packed bits: validity masks and boolean values.
//!
//! Bits are kept in 64-bit words, least significant first (Arrow's order on little-endian machines), with a bit
//! offset so that slices are O(1). The number of unset bits is counted when somebody first asks: `arrow2` counts
//! on every slice.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::buffer::Buffer;

const UNKNOWN: usize = usize::MAX;

/// Immutable packed bits.
pub struct Bitmap {
    words: Buffer<u64>,
    offset: usize,
    len: usize,
    unset: AtomicUsize,
}

impl Bitmap {
    /// `len` bits from bit `offset` of `words` on.
    ///
    /// # Panics
    /// If the words do not hold that many bits.
    #[track_caller]
    pub fn new(words: Buffer<u64>, offset: usize, len: usize) -> Self {
        assert!(offset.checked_add(len).is_some_and(|end| end <= words.len() * 64), "bitmap out of bounds");
        Self { words, offset, len, unset: AtomicUsize::new(UNKNOWN) }
    }

    /// `len` bits of one value.
    pub fn constant(value: bool, len: usize) -> Self {
        let word = if value { u64::MAX } else { 0 };
        let bitmap = Self::new(vec![word; len.div_ceil(64)].into(), 0, len);
        bitmap.unset.store(if value { 0 } else { len }, Ordering::Relaxed);
        bitmap
    }

    /// Copies bits out of Arrow's byte layout.
    pub fn from_bytes(bytes: &[u8], offset: usize, len: usize) -> Self {
        let bytes = &bytes[offset / 8..(offset + len).div_ceil(8)];
        let words: Vec<u64> = bytes
            .chunks(8)
            .map(|chunk| {
                let mut word = [0; 8];
                word[..chunk.len()].copy_from_slice(chunk);
                u64::from_le_bytes(word)
            })
            .collect();
        Self::new(words.into(), offset % 8, len)
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The words behind the bits, for Arrow's border; bit 0 is at [`Self::offset`].
    pub fn raw_words(&self) -> &Buffer<u64> {
        &self.words
    }

    /// Where bit 0 is in [`Self::raw_words`].
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Bit `i`.
    ///
    /// # Panics
    /// If `i` is not below the length.
    #[inline]
    pub fn get(&self, i: usize) -> bool {
        assert!(i < self.len, "bit {i} of {}", self.len);
        let bit = self.offset + i;
        self.words[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// `len` bits from `offset` on, in O(1).
    ///
    /// # Panics
    /// If they are not all there.
    #[track_caller]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        assert!(offset.checked_add(len).is_some_and(|end| end <= self.len), "bitmap slice out of bounds");
        let sliced = Self::new(self.words.clone(), self.offset + offset, len);
        let known = self.unset.load(Ordering::Relaxed);
        if known == 0 || offset == 0 && len == self.len {
            sliced.unset.store(known, Ordering::Relaxed);
        } else if known == self.len {
            sliced.unset.store(len, Ordering::Relaxed);
        }
        sliced
    }

    /// The `i`th 64 bits; past the end they are zero. `i` must be below `len.div_ceil(64)`.
    #[inline]
    pub fn word(&self, i: usize) -> u64 {
        let start = self.offset + i * 64;
        let (index, shift) = (start / 64, start % 64);
        let mut word = self.words[index] >> shift;
        if shift != 0
            && let Some(next) = self.words.get(index + 1)
        {
            word |= next << (64 - shift);
        }
        let left = self.len - i * 64;
        if left < 64 { word & ((1 << left) - 1) } else { word }
    }

    /// All words, aligned so that bit 0 of the first is bit 0; the last is padded with zeros.
    pub fn words(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        (0..self.len.div_ceil(64)).map(|i| self.word(i))
    }

    /// Number of zeros: counted once.
    pub fn count_unset(&self) -> usize {
        let known = self.unset.load(Ordering::Relaxed);
        if known != UNKNOWN {
            return known;
        }
        let set: usize = self.words().map(|w| w.count_ones() as usize).sum();
        let unset = self.len - set;
        self.unset.store(unset, Ordering::Relaxed);
        unset
    }

    /// Number of ones.
    pub fn count_set(&self) -> usize {
        self.len - self.count_unset()
    }

    /// The bits.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        (0..self.len).map(|i| {
            let bit = self.offset + i;
            self.words[bit / 64] >> (bit % 64) & 1 == 1
        })
    }

    /// Calls `f` with the position of every one.
    #[inline]
    pub fn for_each_set(&self, mut f: impl FnMut(usize)) {
        for (i, mut word) in self.words().enumerate() {
            while word != 0 {
                f(i * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }

    /// Word by word: `f(a, b)`. Bits past the end are dropped.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn zip(&self, other: &Bitmap, f: impl Fn(u64, u64) -> u64) -> Bitmap {
        assert_eq!(self.len, other.len, "bitmaps of different lengths");
        let words: Vec<u64> = self.words().zip(other.words()).map(|(a, b)| f(a, b)).collect();
        Bitmap::new(words.into(), 0, self.len)
    }

    /// Word by word: `f(a)`.
    pub fn map(&self, f: impl Fn(u64) -> u64) -> Bitmap {
        Bitmap::new(self.words().map(f).collect(), 0, self.len)
    }

    /// Bitwise and of two optional validities, `None` standing for all ones.
    pub fn and_validity(a: Option<&Bitmap>, b: Option<&Bitmap>) -> Option<Bitmap> {
        match (a, b) {
            (None, None) => None,
            (Some(v), None) | (None, Some(v)) => Some(v.clone()),
            (Some(a), Some(b)) => Some(a.zip(b, |a, b| a & b)),
        }
    }
}

impl Clone for Bitmap {
    fn clone(&self) -> Self {
        Self {
            words: self.words.clone(),
            offset: self.offset,
            len: self.len,
            unset: AtomicUsize::new(self.unset.load(Ordering::Relaxed)),
        }
    }
}

impl PartialEq for Bitmap {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.words().eq(other.words())
    }
}

impl fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(u8::from)).finish()
    }
}

impl FromIterator<bool> for Bitmap {
    fn from_iter<I: IntoIterator<Item = bool>>(iter: I) -> Self {
        let mut bits = MutableBitmap::new();
        for bit in iter {
            bits.push(bit);
        }
        bits.freeze()
    }
}

/// Packed bits that grow.
#[derive(Clone, Debug, Default)]
pub struct MutableBitmap {
    words: Vec<u64>,
    len: usize,
}

impl MutableBitmap {
    /// No bits.
    pub fn new() -> Self {
        Self::default()
    }

    /// No bits, with room for some.
    pub fn with_capacity(bits: usize) -> Self {
        Self { words: Vec::with_capacity(bits.div_ceil(64)), len: 0 }
    }

    /// `len` bits of one value.
    pub fn constant(value: bool, len: usize) -> Self {
        let mut bits = Self::with_capacity(len);
        bits.extend_constant(value, len);
        bits
    }

    /// Bits from words; those past `len` are cleared.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        if let Some(last) = words.last_mut()
            && !len.is_multiple_of(64)
        {
            *last &= (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a bit.
    #[inline]
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        let last = self.words.len() - 1;
        self.words[last] |= u64::from(bit) << (self.len % 64);
        self.len += 1;
    }

    /// Appends `count` equal bits.
    pub fn extend_constant(&mut self, bit: bool, count: usize) {
        let end = self.len + count;
        if !bit {
            self.words.resize(end.div_ceil(64), 0);
            self.len = end;
            return;
        }
        while self.len < end && !self.len.is_multiple_of(64) {
            self.push(true);
        }
        while end - self.len >= 64 {
            self.words.push(u64::MAX);
            self.len += 64;
        }
        while self.len < end {
            self.push(true);
        }
    }

    /// Appends all bits of a bitmap.
    pub fn extend_from_bitmap(&mut self, bits: &Bitmap) {
        if self.len.is_multiple_of(64) {
            self.words.extend(bits.words());
            self.len += bits.len();
        } else {
            let shift = self.len % 64;
            let end = self.len + bits.len();
            for word in bits.words() {
                if let Some(last) = self.words.last_mut() {
                    *last |= word << shift;
                }
                self.words.push(word >> (64 - shift));
            }
            self.words.truncate(end.div_ceil(64));
            self.len = end;
        }
    }

    /// Bit `i`.
    #[inline]
    pub fn get(&self, i: usize) -> bool {
        assert!(i < self.len, "bit {i} of {}", self.len);
        self.words[i / 64] >> (i % 64) & 1 == 1
    }

    /// Sets bit `i`.
    ///
    /// # Panics
    /// If `i` is not below the length.
    #[inline]
    pub fn set(&mut self, i: usize, bit: bool) {
        assert!(i < self.len, "bit {i} of {}", self.len);
        let mask = 1 << (i % 64);
        if bit {
            self.words[i / 64] |= mask;
        } else {
            self.words[i / 64] &= !mask;
        }
    }

    /// The words so far.
    pub fn as_words(&self) -> &[u64] {
        &self.words
    }

    /// Makes it immutable, without a copy.
    pub fn freeze(self) -> Bitmap {
        Bitmap::new(self.words.into(), 0, self.len)
    }

    /// As a validity: `None` if every bit is one.
    pub fn into_validity(self) -> Option<Bitmap> {
        let bitmap = self.freeze();
        (bitmap.count_unset() > 0).then_some(bitmap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(n: usize) -> Vec<bool> {
        (0..n).map(|i| (i * i + i / 3) % 3 == 0).collect()
    }

    #[test]
    fn slices_agree_with_a_plain_vector() {
        let plain = bits(300);
        let bitmap: Bitmap = plain.iter().copied().collect();
        for (offset, len) in [(0, 300), (1, 299), (63, 66), (64, 64), (65, 1), (299, 1), (300, 0), (7, 200)] {
            let slice = bitmap.slice(offset, len);
            let expected = &plain[offset..offset + len];
            assert_eq!(slice.iter().collect::<Vec<_>>(), expected);
            assert_eq!(slice.count_set(), expected.iter().filter(|b| **b).count());
            let mut set = Vec::new();
            slice.for_each_set(|i| set.push(i));
            assert_eq!(set, (0..len).filter(|i| expected[*i]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn extending_at_any_position() {
        let plain = bits(150);
        let bitmap: Bitmap = plain.iter().copied().collect();
        for start in [0, 1, 63, 64, 65, 130] {
            let mut mutable = MutableBitmap::constant(true, start);
            mutable.extend_from_bitmap(&bitmap.slice(3, 140));
            mutable.extend_constant(true, 70);
            let expected: Vec<bool> = std::iter::repeat_n(true, start)
                .chain(plain[3..143].iter().copied())
                .chain(std::iter::repeat_n(true, 70))
                .collect();
            assert_eq!(mutable.freeze().iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn from_bytes_at_an_offset() {
        let bitmap = Bitmap::from_bytes(&[0b1010_0000, 0b0000_0011], 5, 6);
        assert_eq!(bitmap.iter().collect::<Vec<_>>(), [true, false, true, true, true, false]);
    }
}
