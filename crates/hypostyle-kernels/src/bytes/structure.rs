//! The structural index of delimited text: where fields and rows end.
//!
//! After Langdale and Lemire, *Parsing gigabytes of JSON per second* (2019): sixty-four bytes become three bit masks
//! (separators, newlines, quotes); a prefix parity over the quotes tells inside from outside; what is left are the
//! ends of fields, whose positions are written out. The quote masks are looked at only where there are quotes.
//!
//! Quoting is *regular* where every opening quote stands at the start of a field and every closing quote at its
//! end. Only then does parity mean what RFC 4180 means, so the index says when it saw anything else, and the caller
//! takes a slower way.

use super::lanes::{Lanes, Portable};
use crate::simd::{Isa, isa};

/// The bytes that structure the text. They must differ from one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Ends a field.
    pub separator: u8,
    /// Ends a row.
    pub newline: u8,
    /// Opens and closes a field that may hold the other two, and itself when doubled.
    pub quote: Option<u8>,
}

/// Where the fields and rows of one piece of text end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StructuralIndex {
    /// Position of the separator or newline that ends each field, ascending.
    pub field_ends: Vec<u32>,
    /// For each newline that ends a row, its place in `field_ends`.
    pub row_ends: Vec<u32>,
    /// Whether there is a quote.
    pub has_quotes: bool,
    /// Whether there is a quote directly after a closing one, as in a doubled quote.
    pub has_doubled: bool,
    /// Whether quotes stand only where RFC 4180 puts them. If not, the positions may be wrong.
    pub regular: bool,
    /// Whether the text ends inside quotes.
    pub open: bool,
}

impl StructuralIndex {
    /// Finds the structure of `text`, which starts inside of quotes or, most of the time, outside. Earlier contents are
    /// replaced, their memory is used again. Text without a last newline has fields after the last of `row_ends`.
    ///
    /// # Panics
    ///
    /// If the text is longer than `u32` can address.
    ///
    /// ```
    /// use hypostyle_kernels::bytes::{Dialect, StructuralIndex};
    ///
    /// let mut index = StructuralIndex::default();
    /// let dialect = Dialect { separator: b',', newline: b'\n', quote: Some(b'"') };
    /// index.build(b"a,\"b,c\"\n1,2\n", dialect, false);
    /// assert_eq!(index.field_ends, [1, 7, 9, 11]);
    /// assert_eq!(index.row_ends, [1, 3]);
    /// ```
    pub fn build(&mut self, text: &[u8], dialect: Dialect, inside: bool) {
        assert!(u32::try_from(text.len()).is_ok(), "the text of one index is shorter than 4 GiB");
        self.field_ends.clear();
        self.row_ends.clear();
        match isa() {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the instruction set was found on this machine.
            Isa::Avx512Vbmi2 => unsafe { build_avx512(self, text, dialect, inside) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the instruction set was found on this machine.
            Isa::Avx512 | Isa::Avx2 => unsafe { build_avx2(self, text, dialect, inside) },
            // SAFETY: the portable lanes need nothing.
            _ => unsafe { build_lanes::<Portable>(self, text, dialect, inside, write_positions) },
        }
    }
}

/// How many bytes and quotes [`starts_inside`] looks at.
const GUESSED_FROM: (usize, usize) = (16 << 10, 16);

/// Whether a text that starts anywhere in a file starts inside of quotes, by the looks of its first quotes: they open
/// after the end of a field and close before one. A guess, which only the text before can prove.
///
/// ```
/// use hypostyle_kernels::bytes::{Dialect, starts_inside};
///
/// let dialect = Dialect { separator: b',', newline: b'\n', quote: Some(b'"') };
/// assert!(starts_inside(b"d, e\"\n1,\"f, g\"\n", dialect));
/// assert!(!starts_inside(b"c\n1,\"f, g\"\n", dialect));
/// ```
pub fn starts_inside(text: &[u8], dialect: Dialect) -> bool {
    let Some(quote) = dialect.quote else { return false };
    let ends = |byte: u8| byte == dialect.separator || byte == dialect.newline || byte == quote;
    // Whether a quote stands where it can neither open nor close, depending on where the text starts.
    let (mut outside_breaks, mut inside_breaks) = (false, false);
    let window = &text[..text.len().min(GUESSED_FROM.0)];
    for (number, at) in memchr::memchr_iter(quote, window).take(GUESSED_FROM.1).enumerate() {
        let cannot_open = at > 0 && !ends(text[at - 1]);
        let cannot_close = text.get(at + 1).is_some_and(|byte| !ends(*byte) && *byte != b'\r');
        let (if_outside, if_inside) =
            if number % 2 == 0 { (cannot_open, cannot_close) } else { (cannot_close, cannot_open) };
        outside_breaks |= if_outside;
        inside_breaks |= if_inside;
    }
    outside_breaks && !inside_breaks
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
unsafe fn build_avx2(index: &mut StructuralIndex, text: &[u8], dialect: Dialect, inside: bool) {
    // SAFETY: the features of the lanes are enabled here.
    unsafe { build_lanes::<super::lanes::Avx2>(index, text, dialect, inside, write_positions) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,pclmulqdq,bmi1,bmi2,popcnt")]
unsafe fn build_avx512(index: &mut StructuralIndex, text: &[u8], dialect: Dialect, inside: bool) {
    // SAFETY: the features of the lanes and of the writer are enabled here.
    unsafe { build_lanes::<super::lanes::Avx512>(index, text, dialect, inside, write_positions_avx512) }
}

/// What the bytes before a word of sixty-four say about it.
pub(super) struct Carry {
    /// All ones inside quotes, else zero.
    pub(super) inside: u64,
    /// Bit 0: the byte before allows an opening quote.
    may_open: u64,
    /// Bit 0: the byte before is a closing quote.
    closed: u64,
    /// Bits that break the rules of quoting.
    pub(super) broken: u64,
    pub(super) quotes: u64,
    pub(super) doubled: u64,
}

impl Carry {
    /// At the start of a text. Where it starts outside of quotes, that may be the start of a field.
    pub(super) fn start(inside: bool) -> Self {
        let (inside, may_open) = if inside { (!0, 0) } else { (0, 1) };
        Self { inside, may_open, closed: 0, broken: 0, quotes: 0, doubled: 0 }
    }
}

/// The algorithm, once for all instruction sets. `write` puts the positions of the set bits of a mask, counted from
/// a base, at a pointer with room for sixty-four of them.
///
/// # Safety
///
/// The instruction sets of `L` and of `write` must be available.
#[inline(always)]
unsafe fn build_lanes<L: Lanes>(
    index: &mut StructuralIndex,
    text: &[u8],
    dialect: Dialect,
    inside: bool,
    write: unsafe fn(*mut u32, u32, u64),
) {
    let mut carry = Carry::start(inside);
    let (words, tail) = text.as_chunks::<64>();
    let mut base = 0u32;
    for words in words.chunks(WORDS_AT_ONCE) {
        // SAFETY: the caller has the instruction sets.
        unsafe { index_words::<L>(index, words, !0, base, dialect, &mut carry, write) };
        base += 64 * words.len() as u32;
    }
    if !tail.is_empty() {
        let mut word = [0; 64];
        word[..tail.len()].copy_from_slice(tail);
        let valid = !0 >> (64 - tail.len());
        // SAFETY: the caller has the instruction sets.
        unsafe { index_words::<L>(index, &[word], valid, base, dialect, &mut carry, write) };
    }
    index.has_quotes = carry.quotes != 0;
    index.has_doubled = carry.doubled != 0;
    index.regular = carry.broken == 0;
    index.open = carry.inside != 0;
}

/// Room is made for so many words at once.
const WORDS_AT_ONCE: usize = 64;

/// Indexes words, of each of which the bytes of `valid` belong to the text.
///
/// # Safety
///
/// The instruction sets of `L` and of `write` must be available.
#[inline(always)]
unsafe fn index_words<L: Lanes>(
    index: &mut StructuralIndex,
    words: &[[u8; 64]],
    valid: u64,
    mut base: u32,
    dialect: Dialect,
    carry: &mut Carry,
    write: unsafe fn(*mut u32, u32, u64),
) {
    let (mut fields, mut rows) = (index.field_ends.len(), index.row_ends.len());
    index.field_ends.reserve(64 * words.len());
    // Two more, because the first two are written without looking whether they are there.
    index.row_ends.reserve(64 * words.len() + 2);
    let (field_ends, row_ends) = (index.field_ends.as_mut_ptr(), index.row_ends.as_mut_ptr());
    for word in words {
        // SAFETY: the caller has the instruction set of `L`.
        let (ends, mut newlines) = unsafe { masks::<L>(word, valid, dialect, carry) };
        // SAFETY: there is room for sixty-four fields of this word and of each that follows, and as many are written
        // as `ends` has bits; the caller has the instruction set of `write`.
        unsafe { write(field_ends.add(fields), base, ends) };
        // A row is mostly longer than half a word, and whether a word has no newline, one or two is hard to predict.
        let end = rows + newlines.count_ones() as usize;
        loop {
            for place in 0..2 {
                let below = (newlines ^ newlines.wrapping_sub(1)) >> 1;
                // SAFETY: `rows` is at most the number of newlines so far, and there is room for two more than that.
                unsafe { row_ends.add(rows + place).write(fields as u32 + (ends & below).count_ones()) };
                newlines &= newlines.wrapping_sub(1);
            }
            if newlines == 0 {
                break;
            }
            rows += 2;
        }
        rows = end;
        fields += ends.count_ones() as usize;
        base = base.wrapping_add(64);
    }
    // SAFETY: as many were written.
    unsafe {
        index.field_ends.set_len(fields);
        index.row_ends.set_len(rows);
    }
}

/// The ends of fields and those of rows within a word.
///
/// # Safety
///
/// The instruction set of `L` must be available.
#[inline(always)]
pub(super) unsafe fn masks<L: Lanes>(
    word: &[u8; 64],
    valid: u64,
    dialect: Dialect,
    carry: &mut Carry,
) -> (u64, u64) {
    // SAFETY: the caller has the instruction set of `L`.
    let (mut ends, mut newlines) = unsafe {
        let lanes = L::load(word);
        let separators = lanes.equal(dialect.separator);
        let mut newlines = lanes.equal(dialect.newline);
        let mut ends = separators | newlines;
        if let Some(quote) = dialect.quote {
            let quotes = lanes.equal(quote) & valid;
            if quotes | carry.inside | carry.closed != 0 {
                let inside = L::prefix_parity(quotes) ^ carry.inside;
                let opening = quotes & inside;
                let closing = quotes & !inside;
                let may_open = (((ends & !inside) | closing) << 1) | carry.may_open;
                let closed = (closing << 1) | carry.closed;
                carry.broken |= opening & !may_open;
                let followed = closed & !(ends | quotes) & valid;
                if followed != 0 {
                    carry.broken |= followed & !returns(word);
                }
                carry.doubled |= opening & closed;
                carry.closed = closing >> 63;
                carry.quotes |= quotes;
                carry.inside = ((inside.cast_signed()) >> 63).cast_unsigned();
                ends &= !inside;
                newlines &= !inside;
                carry.may_open = (ends | closing) >> 63;
            } else {
                carry.may_open = ends >> 63;
            }
        }
        (ends, newlines)
    };
    ends &= valid;
    newlines &= valid;
    (ends, newlines)
}

/// Where there are carriage returns. Only asked where something follows a closing quote, and by a function of its own:
/// the optimizer would take this mask together with the others and compute them byte by byte.
#[inline(never)]
fn returns(word: &[u8; 64]) -> u64 {
    // SAFETY: the portable lanes need nothing.
    unsafe { Portable::load(word).equal(b'\r') }
}

/// Writes `base + i` for every set bit `i` of `mask`.
///
/// # Safety
///
/// There must be room for sixty-four positions at `out`.
#[inline(always)]
pub(super) unsafe fn write_positions(mut out: *mut u32, base: u32, mut mask: u64) {
    // Four at a time: the count of a typical word is small, and one branch in four is cheap to predict. What is
    // written past the last set bit is garbage within the room.
    while mask != 0 {
        for _ in 0..4 {
            // SAFETY: at most as many rounds as set bits, rounded up to four, write; sixty-four is a multiple of four.
            unsafe {
                out.write(base.wrapping_add(mask.trailing_zeros()));
                out = out.add(1);
            }
            mask &= mask.wrapping_sub(1);
        }
    }
}

/// The same by compressing the numbers 0 to 63.
///
/// # Safety
///
/// There must be room for sixty-four positions at `out`, and AVX-512 F, BW and VBMI2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi1,bmi2,popcnt")]
#[inline]
pub(super) unsafe fn write_positions_avx512(out: *mut u32, base: u32, mask: u64) {
    use std::arch::x86_64::{
        __m128i, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32,
        _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_set1_epi32, _mm512_storeu_si512,
    };

    const NUMBERS: [u8; 64] = {
        let mut numbers = [0; 64];
        let mut i = 0;
        while i < 64 {
            numbers[i] = i as u8;
            i += 1;
        }
        numbers
    };
    // SAFETY: each of the four stores covers sixteen positions of the sixty-four there is room for.
    unsafe {
        let numbers = _mm512_loadu_si512(NUMBERS.as_ptr().cast());
        let packed = _mm512_maskz_compress_epi8(mask, numbers);
        let base = _mm512_set1_epi32(base.cast_signed());
        let count = mask.count_ones();
        let store = |at: usize, sixteen: __m128i| {
            let wide = _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), base);
            _mm512_storeu_si512(out.add(at).cast(), wide);
        };
        store(0, _mm512_castsi512_si128(packed));
        if count > 16 {
            store(16, _mm512_extracti32x4_epi32::<1>(packed));
            if count > 32 {
                store(32, _mm512_extracti32x4_epi32::<2>(packed));
                store(48, _mm512_extracti32x4_epi32::<3>(packed));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::simd::each_isa;

    /// One byte at a time, with the rules of RFC 4180 spelled out.
    pub(in crate::bytes) fn naive(text: &[u8], dialect: Dialect, mut inside: bool) -> StructuralIndex {
        let mut index = StructuralIndex { regular: true, ..Default::default() };
        for (i, &byte) in text.iter().enumerate() {
            let ends = |b: u8| b == dialect.separator || b == dialect.newline;
            if Some(byte) == dialect.quote {
                index.has_quotes = true;
                if inside {
                    let next = text.get(i + 1).copied();
                    let good = next.is_none_or(|b| ends(b) || Some(b) == dialect.quote || b == b'\r');
                    index.regular &= good;
                } else {
                    let good = i == 0 || ends(text[i - 1]) || Some(text[i - 1]) == dialect.quote;
                    index.regular &= good;
                    index.has_doubled |= i > 0 && Some(text[i - 1]) == dialect.quote;
                }
                inside = !inside;
            } else if !inside && ends(byte) {
                if byte == dialect.newline {
                    index.row_ends.push(index.field_ends.len() as u32);
                }
                index.field_ends.push(i as u32);
            }
        }
        index.open = inside;
        index
    }

    #[test]
    fn every_instruction_set_agrees_with_a_plain_loop() {
        // A linear congruential generator: random text over a small alphabet, of every length across three words.
        let mut state = 1u64;
        let mut random = move |n: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % n
        };
        let alphabets: [&[u8]; 4] =
            [b"ab,\n\"", b"abcdefghij,\n", b"aaaaaaaaaaaaaaa\"\"\xc3,\r\n", b",,,,,\n\""];
        let dialects = [
            Dialect { separator: b',', newline: b'\n', quote: Some(b'"') },
            Dialect { separator: b',', newline: b'\n', quote: None },
            Dialect { separator: b'a', newline: b',', quote: Some(b'b') },
            Dialect { separator: 0, newline: b'\n', quote: Some(b'"') },
        ];
        let mut index = StructuralIndex::default();
        for round in 0..3000 {
            let alphabet = alphabets[round % alphabets.len()];
            let text: Vec<u8> = (0..round % 200).map(|_| alphabet[random(alphabet.len())]).collect();
            let dialect = dialects[random(dialects.len())];
            let inside = dialect.quote.is_some() && random(2) == 0;
            let expected = naive(&text, dialect, inside);
            for isa in each_isa() {
                index.build(&text, dialect, inside);
                assert_eq!(index, expected, "{isa:?} on {:?} as {dialect:?}", String::from_utf8_lossy(&text));
            }
        }
    }

    #[test]
    fn quotes_tell_where_a_text_starts() {
        let dialect = Dialect { separator: b',', newline: b'\n', quote: Some(b'"') };
        let rows = "1,plain,\"quoted, text\"\r\n2,\"a \"\"b\"\", c\",\"\"\n".repeat(5);
        for from in 0..rows.len() / 2 {
            let before = rows.as_bytes()[..from].iter().filter(|byte| **byte == b'"').count();
            let found = starts_inside(&rows.as_bytes()[from..], dialect);
            assert_eq!(found, before % 2 == 1, "{:?}", &rows[from..]);
        }
        // Nothing to go by.
        assert!(!starts_inside(b"a,b\n", dialect) && !starts_inside(b"", dialect));
        // Irregular either way.
        assert!(!starts_inside(b"a\"b,\"c\"\n", dialect));
    }

    #[test]
    fn empty_text_has_no_fields() {
        let mut index = StructuralIndex::default();
        index.build(b"", Dialect { separator: b',', newline: b'\n', quote: None }, false);
        assert!(index.field_ends.is_empty() && index.row_ends.is_empty() && !index.open);
    }
}
