//! The index of rows that all have the same number of fields, of which only some are wanted.
//!
//! Looking at text costs little, writing down where every field ends costs most. Where all rows have the same number of
//! fields, the ends are numbered round and round, so which of the ends in a word of sixty-four bytes are wanted is
//! known from the number of the first: a pattern, rotated by it and deposited on the ends (`pdep`), leaves the wanted
//! ones. Depositing the pattern of last fields must give the newlines; if it does not, the rows are not all alike and
//! [`StructuralIndex`](super::StructuralIndex) has to be asked instead.

use super::span::Span;
use super::structure::{Carry, Dialect, StructuralIndex};
use crate::simd::{Isa, isa};

/// Which fields of a row are wanted.
#[derive(Clone, Debug)]
pub struct RowPattern {
    /// The numbers of the ends to write down, ascending; the last field's is among them.
    places: Box<[u32]>,
    /// At `f`: bit `i` says whether field `f + i` is wanted, counted round and round.
    wanted: Box<[u64]>,
    /// The same for the last field.
    last: Box<[u64]>,
}

/// Rows of more fields are not indexed by patterns, which would outgrow the nearest cache.
const MOST_FIELDS: usize = 512;

impl RowPattern {
    /// Rows of `n_fields` fields, of which these are wanted. `None` if there are too many or none.
    pub fn new(n_fields: usize, fields: impl IntoIterator<Item = usize>) -> Option<Self> {
        if !(1..=MOST_FIELDS).contains(&n_fields) {
            return None;
        }
        let mut is_wanted = vec![false; n_fields];
        is_wanted[n_fields - 1] = true;
        for field in fields {
            // Between the end of the one before and its own.
            *is_wanted.get_mut(field)? = true;
            if field > 0 {
                is_wanted[field - 1] = true;
            }
        }
        let rotated = |marks: &dyn Fn(usize) -> bool| {
            let word = |f: usize| (0..64).fold(0, |word, i| word | u64::from(marks((f + i) % n_fields)) << i);
            (0..n_fields).map(word).collect()
        };
        Some(Self {
            places: (0..n_fields as u32).filter(|place| is_wanted[*place as usize]).collect(),
            wanted: rotated(&|field| is_wanted[field]),
            last: rotated(&|field| field == n_fields - 1),
        })
    }

    /// How many ends are written down of every row.
    pub fn stride(&self) -> usize {
        self.places.len()
    }

    /// Fields in a row.
    fn n_fields(&self) -> usize {
        self.last.len()
    }

    /// Which of the ends of a row is that of this field, if it is wanted.
    pub fn slot(&self, field: usize) -> Option<usize> {
        self.places.binary_search(&u32::try_from(field).ok()?).ok()
    }
}

/// Where the wanted fields of one piece of text end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UniformRows {
    /// For each row, as many positions as the pattern's stride. The first row is the one that the text starts in; its
    /// positions are zeros until [`include_first`](Self::include_first). The last row may not be whole.
    pub ends: Vec<u32>,
    /// Where the second row starts; 0 if there is none.
    pub second: u32,
    /// Fields that end after the last newline.
    pub open_fields: usize,
    /// Whether all rows after the first have as many fields as the pattern, and quotes stand only where RFC 4180 puts
    /// them. If not, nothing else here means anything.
    pub uniform: bool,
    /// Whether there is a quote.
    pub has_quotes: bool,
    /// Whether there is a quote directly after a closing one, as in a doubled quote.
    pub has_doubled: bool,
    /// Whether the text ends inside quotes.
    pub open: bool,
}

impl UniformRows {
    /// Finds the wanted fields of `text`, which starts inside of quotes or outside, perhaps in the middle of a row.
    /// Earlier contents are replaced, their memory is used again.
    ///
    /// # Panics
    ///
    /// If the text is longer than `u32` can address.
    ///
    /// ```
    /// use hypostyle_kernels::bytes::{Dialect, RowPattern, UniformRows};
    ///
    /// let pattern = RowPattern::new(3, [1]).unwrap();
    /// let mut rows = UniformRows::default();
    /// let dialect = Dialect { separator: b',', newline: b'\n', quote: None };
    /// rows.build(b"c\na,b,c\nd,e,f\n", dialect, false, &pattern);
    /// assert!(!rows.uniform || rows.ends == [0, 0, 0, 3, 5, 7, 9, 11, 13]);
    /// ```
    pub fn build(&mut self, text: &[u8], dialect: Dialect, inside: bool, pattern: &RowPattern) {
        assert!(u32::try_from(text.len()).is_ok(), "the text of one index is shorter than 4 GiB");
        self.ends.clear();
        self.ends.resize(pattern.stride(), 0);
        self.uniform = false;
        match isa() {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the instruction set was found on this machine.
            Isa::Avx512Vbmi2 => unsafe { x86::build_avx512(self, text, dialect, inside, pattern) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the instruction set was found on this machine.
            Isa::Avx512 | Isa::Avx2 => unsafe { x86::build_avx2(self, text, dialect, inside, pattern) },
            // Depositing bits one by one would cost more than it saves.
            _ => {}
        }
    }

    /// Adds the row that the text starts with, if it has as many fields as the others; whether it has.
    pub fn include_first(&mut self, text: &[u8], dialect: Dialect, pattern: &RowPattern) -> bool {
        let mut first = StructuralIndex::default();
        first.build(&text[..self.second as usize], dialect, false);
        if first.row_ends.len() != 1 || first.field_ends.len() != pattern.n_fields() || !first.regular {
            return false;
        }
        for (end, place) in self.ends.iter_mut().zip(&pattern.places) {
            *end = first.field_ends[*place as usize];
        }
        true
    }

    fn finish(&mut self, carry: &Carry) {
        self.has_quotes = carry.quotes != 0;
        self.has_doubled = carry.doubled != 0;
        self.open = carry.inside != 0;
    }
}

/// The fields of one column replace `out`: those that end at `ends[slot]`, `ends[slot + stride]`, and so on, each of
/// which starts after the end before. The first of all starts at `first` if there is none. `base` is added to all ends.
///
/// ```
/// use hypostyle_kernels::bytes::{Span, column_spans};
///
/// let mut spans = Vec::new();
/// column_spans(&[1, 3, 5, 7], 2, 0, 0, 0, &mut spans);
/// assert_eq!(spans, [Span { start: 0, end: 1 }, Span { start: 4, end: 5 }]);
/// ```
pub fn column_spans(ends: &[u32], stride: usize, slot: usize, first: u32, base: u32, out: &mut Vec<Span>) {
    out.clear();
    out.reserve(ends.len().div_ceil(stride.max(1)));
    let span = |[before, end]: [u32; 2]| Span { start: before + base + 1, end: end + base };
    // Each pair is the end before a field and its own.
    let pairs = if slot > 0 {
        &ends[(slot - 1).min(ends.len())..]
    } else {
        let Some(end) = ends.first() else { return };
        out.push(Span { start: first, end: end + base });
        &ends[stride.saturating_sub(1).min(ends.len())..ends.len() - 1]
    };
    if stride < 2 {
        out.extend(ends.windows(2).filter_map(|pair| pair.first_chunk().copied()).map(span));
        return;
    }
    let rows = pairs.chunks_exact(stride);
    let last = rows.remainder().first_chunk();
    // Rows are at least two ends long.
    out.extend(rows.map(|row| span(row.first_chunk().copied().unwrap_or_default())));
    out.extend(last.copied().map(span));
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::_pdep_u64;

    use super::super::lanes::{Avx2, Avx512, Lanes};
    use super::super::structure::{Carry, Dialect, masks, write_positions, write_positions_avx512};
    use super::{RowPattern, UniformRows};

    /// Room is made for so many words at once.
    const WORDS_AT_ONCE: usize = 64;

    /// # Safety
    ///
    /// The instruction sets must be available.
    #[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt,lzcnt")]
    pub(super) unsafe fn build_avx2(
        rows: &mut UniformRows,
        text: &[u8],
        dialect: Dialect,
        inside: bool,
        pattern: &RowPattern,
    ) {
        // SAFETY: the features of the lanes are enabled here.
        unsafe { build::<Avx2>(rows, text, dialect, inside, pattern, write_words) }
    }

    /// # Safety
    ///
    /// The instruction sets must be available.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,pclmulqdq,bmi1,bmi2,popcnt,lzcnt")]
    pub(super) unsafe fn build_avx512(
        rows: &mut UniformRows,
        text: &[u8],
        dialect: Dialect,
        inside: bool,
        pattern: &RowPattern,
    ) {
        // SAFETY: the features of the lanes and of the writer are enabled here.
        unsafe { build::<Avx512>(rows, text, dialect, inside, pattern, write_words_avx512) }
    }

    /// Where the numbering of fields is.
    struct Place {
        /// The number of the next end.
        field: usize,
        /// Newlines that are where no row ends, and rows that end without one.
        wrong: u64,
    }

    /// # Safety
    ///
    /// The instruction sets of `L` and of `write` must be available, and BMI2.
    #[inline(always)]
    unsafe fn build<L: Lanes>(
        rows: &mut UniformRows,
        text: &[u8],
        dialect: Dialect,
        inside: bool,
        pattern: &RowPattern,
        write: Write,
    ) {
        let mut carry = Carry::start(inside);
        let (words, tail) = text.as_chunks::<64>();
        let mut last = [0; 64];
        last[..tail.len()].copy_from_slice(tail);
        let last_valid = if tail.is_empty() { 0 } else { !0 >> (64 - tail.len()) };
        let mut place = Place { field: 0, wrong: 0 };
        rows.second = 0;
        // Up to the first newline nothing is known of the row.
        let mut at = 0;
        while rows.second == 0 {
            let (word, valid) = match words.get(at) {
                Some(word) => (word, !0),
                None if at == words.len() => (&last, last_valid),
                None => return,
            };
            // SAFETY: the caller has the instruction sets.
            let (ends, newlines) = unsafe { masks::<L>(word, valid, dialect, &mut carry) };
            if newlines != 0 {
                let first = newlines.trailing_zeros();
                rows.second = 64 * at as u32 + first + 1;
                // Not the first newline, and nothing before it.
                let after = !1 << first;
                // SAFETY: the caller has the instruction sets.
                unsafe {
                    take(
                        rows,
                        &[(ends & after, newlines & after)],
                        64 * at as u32,
                        pattern,
                        &mut place,
                        write,
                    );
                }
            }
            at += 1;
        }
        let mut from = at;
        for words in words.get(at..).unwrap_or(&[]).chunks(WORDS_AT_ONCE) {
            let mut found = [(0, 0); WORDS_AT_ONCE];
            for (found, word) in found.iter_mut().zip(words) {
                // SAFETY: the caller has the instruction sets.
                *found = unsafe { masks::<L>(word, !0, dialect, &mut carry) };
            }
            // SAFETY: the caller has the instruction sets.
            unsafe { take(rows, &found[..words.len()], 64 * from as u32, pattern, &mut place, write) };
            if place.wrong | carry.broken != 0 {
                return;
            }
            from += words.len();
        }
        if at <= words.len() && last_valid != 0 {
            // SAFETY: the caller has the instruction sets.
            let found = unsafe { masks::<L>(&last, last_valid, dialect, &mut carry) };
            // SAFETY: the caller has the instruction sets.
            unsafe { take(rows, &[found], 64 * from as u32, pattern, &mut place, write) };
        }
        rows.finish(&carry);
        rows.open_fields = place.field;
        rows.uniform = place.wrong | carry.broken == 0;
    }

    /// Writes down the wanted ones of the ends in some words.
    ///
    /// # Safety
    ///
    /// The instruction set of `write` must be available, and BMI2.
    #[inline(always)]
    unsafe fn take(
        rows: &mut UniformRows,
        words: &[(u64, u64)],
        base: u32,
        pattern: &RowPattern,
        place: &mut Place,
        write: Write,
    ) {
        let n_fields = pattern.last.len();
        let mut wanted = [0; WORDS_AT_ONCE];
        let (mut field, mut all, mut most) = (place.field, 0, 0);
        for (wanted, (ends, newlines)) in wanted.iter_mut().zip(words) {
            // SAFETY: the caller has BMI2; `field` is below the number of fields, which is how long both patterns are.
            let last = unsafe {
                *wanted = _pdep_u64(*pattern.wanted.get_unchecked(field), *ends);
                _pdep_u64(*pattern.last.get_unchecked(field), *ends)
            };
            place.wrong |= last ^ newlines;
            all += wanted.count_ones() as usize;
            most = wanted.count_ones().max(most);
            // What comes after the last newline, if there is one.
            let behind = !(u64::MAX.checked_shr(newlines.leading_zeros()).unwrap_or(0));
            let open = (ends & behind).count_ones() as usize;
            field = if *newlines == 0 { field + open } else { open };
            // A row with too many fields.
            let too_many = field >= n_fields;
            place.wrong |= u64::from(too_many);
            field = if too_many { 0 } else { field };
        }
        place.field = field;
        let count = rows.ends.len();
        // Writers write garbage behind what they mean to write.
        rows.ends.reserve(all + 64);
        // SAFETY: there is room for the ends of all words and sixty-four more, and as many are written; the caller has
        // the instruction set of `write`.
        unsafe {
            write(rows.ends.as_mut_ptr().add(count), base, &wanted[..words.len()], most);
            rows.ends.set_len(count + all);
        }
    }

    /// Writes the positions of the set bits of words, sixty-four to a word and counted from a base, one after the
    /// other. No word has more than so many.
    type Write = unsafe fn(*mut u32, u32, &[u64], u32);

    /// Whether a word has three positions or five is hard to predict; what the largest word of many needs is known
    /// beforehand, so every word takes as many steps as that.
    ///
    /// # Safety
    ///
    /// There must be room for all positions and sixty-four more, and BMI1.
    #[inline(always)]
    unsafe fn write_words(out: *mut u32, base: u32, words: &[u64], most: u32) {
        // SAFETY: as the caller says; no step goes further than sixty-four positions beyond those of the words before.
        unsafe {
            match most {
                0..=2 => write_steps::<2>(out, base, words),
                3..=4 => write_steps::<4>(out, base, words),
                5..=8 => write_steps::<8>(out, base, words),
                9..=12 => write_steps::<12>(out, base, words),
                13..=16 => write_steps::<16>(out, base, words),
                _ => each_word(out, base, words, write_positions),
            }
        }
    }

    /// # Safety
    ///
    /// As for `write_words`; no word has more than `STEPS` positions.
    #[inline(always)]
    unsafe fn write_steps<const STEPS: usize>(mut out: *mut u32, mut base: u32, words: &[u64]) {
        for word in words {
            let mut left = *word;
            for step in 0..STEPS {
                // Volatile, since the optimizer would gather eight positions in a vector before it writes them.
                // SAFETY: at most sixty-four positions are written from here, and there is room for them.
                unsafe { out.add(step).write_volatile(base.wrapping_add(left.trailing_zeros())) };
                left &= left.wrapping_sub(1);
            }
            // SAFETY: as many positions as there is room for.
            out = unsafe { out.add(word.count_ones() as usize) };
            base = base.wrapping_add(64);
        }
    }

    /// # Safety
    ///
    /// As for `write_words`, and AVX-512 F, BW and VBMI2.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi1,bmi2,popcnt")]
    #[inline]
    unsafe fn write_words_avx512(out: *mut u32, base: u32, words: &[u64], _: u32) {
        // SAFETY: as the caller says.
        unsafe { each_word(out, base, words, write_positions_avx512) }
    }

    /// # Safety
    ///
    /// There must be room for all positions and sixty-four more, and the instruction set of `write`.
    #[inline(always)]
    unsafe fn each_word(
        mut out: *mut u32,
        mut base: u32,
        words: &[u64],
        write: unsafe fn(*mut u32, u32, u64),
    ) {
        for word in words {
            // SAFETY: the caller says so.
            unsafe {
                write(out, base, *word);
                out = out.add(word.count_ones() as usize);
            }
            base = base.wrapping_add(64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::structure::tests::naive;
    use super::*;
    use crate::simd::each_isa;

    const DIALECT: Dialect = Dialect { separator: b',', newline: b'\n', quote: Some(b'"') };

    fn random(state: &mut u64, n: usize) -> usize {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (*state >> 33) as usize % n
    }

    /// Rows that mostly have `n` fields.
    fn text(state: &mut u64, n: usize, odd: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..random(state, 40) {
            let fields = if random(state, odd) == 0 { 1 + random(state, 2 * n) } else { n };
            for field in 0..fields {
                match random(state, 8) {
                    0 => {}
                    1 if odd.is_multiple_of(2) => text.extend_from_slice(b"\"a,\n\""),
                    2 => text.extend(std::iter::repeat_n(b'x', random(state, 100))),
                    _ => text.extend_from_slice(b"123"),
                }
                text.push(if field + 1 == fields { b'\n' } else { b',' });
            }
        }
        text.truncate(text.len().saturating_sub(random(state, 10)));
        text
    }

    #[test]
    fn the_wanted_ends_are_those_of_a_plain_loop() {
        let mut state = 17;
        let mut rows = UniformRows::default();
        let (mut uniform, mut odd) = (0, 0);
        for round in 0..4000 {
            let n = 1 + random(&mut state, [3, 12, 80][round % 3]);
            let text = text(&mut state, n, [10, 1_000_000, 1_000_001][round / 3 % 3]);
            let from = random(&mut state, 12).min(text.len());
            let wanted: Vec<usize> = (0..n).filter(|_| random(&mut state, 3) == 0).collect();
            let pattern = RowPattern::new(n, wanted.iter().copied()).unwrap();
            let (text, inside) = (&text[from..], random(&mut state, 4) == 0);
            let index = naive(text, DIALECT, inside);
            for side in each_isa() {
                rows.build(text, DIALECT, inside, &pattern);
                if side == Isa::Portable {
                    assert!(!rows.uniform);
                    continue;
                }
                let firsts = index.row_ends.iter().map(|place| *place as usize + 1);
                let sizes: Vec<usize> =
                    firsts.clone().zip(firsts.skip(1)).map(|(first, next)| next - first).collect();
                let open = index.row_ends.last().map_or(0, |l| index.field_ends.len() - 1 - *l as usize);
                let expected = !index.row_ends.is_empty() && sizes.iter().all(|size| *size == n) && open < n;
                let expected = expected && index.regular;
                assert_eq!(rows.uniform, expected, "{side:?} {n}: {:?}", String::from_utf8_lossy(text));
                if !rows.uniform {
                    odd += 1;
                    continue;
                }
                uniform += 1;
                assert_eq!(
                    (rows.has_quotes, rows.has_doubled, rows.open, rows.open_fields),
                    (index.has_quotes, index.has_doubled, index.open, open)
                );
                let first_end = index.row_ends[0] as usize;
                assert_eq!(rows.second, index.field_ends[first_end] + 1);
                let all = index.field_ends[first_end + 1..].iter().enumerate();
                let kept = all.filter(|(i, _)| pattern.slot(i % n).is_some()).map(|(_, end)| *end);
                assert_eq!(rows.ends[pattern.stride()..], kept.collect::<Vec<_>>());
                if !inside && rows.include_first(text, DIALECT, &pattern) {
                    assert_eq!(first_end + 1, n);
                    let all = index.field_ends[..n].iter().enumerate();
                    let kept = all.filter(|(i, _)| pattern.slot(*i).is_some()).map(|(_, end)| *end);
                    assert_eq!(rows.ends[..pattern.stride()], kept.collect::<Vec<_>>());
                }
            }
        }
        assert!(uniform == 0 || (uniform > 1000 && odd > 300), "{uniform} {odd}");
    }

    #[test]
    fn spans_of_a_column_are_between_its_ends() {
        for stride in 1..6usize {
            for slot in 0..stride {
                for rows in 0..5usize {
                    let ends: Vec<u32> = (0..(stride * rows) as u32).map(|i| 10 * i + 4).collect();
                    let mut spans = vec![Span::MISSING];
                    column_spans(&ends, stride, slot, 1, 100, &mut spans);
                    let expected: Vec<Span> = (0..rows)
                        .map(|row| row * stride + slot)
                        .map(|place| Span {
                            start: if place == 0 { 1 } else { ends[place - 1] + 101 },
                            end: ends[place] + 100,
                        })
                        .collect();
                    assert_eq!(spans, expected, "{stride} {slot} {rows}");
                }
            }
        }
    }

    #[test]
    fn patterns_know_their_slots() {
        let pattern = RowPattern::new(9, [0, 6]).unwrap();
        assert_eq!(pattern.stride(), 4);
        assert_eq!(
            [0, 5, 6, 8, 1].map(|field| pattern.slot(field)),
            [Some(0), Some(1), Some(2), Some(3), None]
        );
        assert!(RowPattern::new(0, []).is_none() && RowPattern::new(2, [2]).is_none());
        assert!(RowPattern::new(MOST_FIELDS + 1, []).is_none());
    }
}
