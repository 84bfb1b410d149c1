//! Snappy blocks decompressed, two at a time.
//!
//! Format: <https://github.com/google/snappy/blob/main/format_description.txt>. A block is a chain: where an element begins
//! is known when the one before it was looked at, so that a processor waits for most of the time. Two blocks are two
//! chains, and it works at one while it waits for the other.

use std::ptr;

/// A block, and the room that its bytes have to fill to the last.
#[derive(Debug)]
pub struct Block<'a> {
    /// What is compressed, with the size in front.
    pub compressed: &'a [u8],
    /// Where it goes.
    pub out: &'a mut [u8],
}

/// A block that breaks the format, or whose size is not that of its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it is no Snappy block of that size")
    }
}

/// The size that a block says it has, without its bytes being looked at.
pub fn size(compressed: &[u8]) -> Option<usize> {
    Some(preamble(compressed)?.0 as usize)
}

/// Decompresses a block.
///
/// ```
/// use hypostyle_kernels::snappy::{Block, decompress};
///
/// // Nine bytes: "abc" as it is, then six from three bytes before on.
/// let mut out = [0; 9];
/// decompress(Block { compressed: &[9, 2 << 2, b'a', b'b', b'c', 2 << 2 | 1, 3], out: &mut out }).unwrap();
/// assert_eq!(&out, b"abcabcabc");
/// ```
///
/// # Errors
/// [`Broken`].
pub fn decompress(block: Block<'_>) -> Result<(), Broken> {
    Chain::new(block)?.run()
}

/// Decompresses two blocks in turns, in 0.6 to 0.8 of the time that they take one after the other (docs/decisions/0010).
pub fn decompress_two(first: Block<'_>, second: Block<'_>) -> [Result<(), Broken>; 2] {
    match [Chain::new(first), Chain::new(second)] {
        [Ok(first), Ok(second)] => run_two(first, second),
        [first, second] => [first, second].map(|chain| chain.and_then(Chain::run)),
    }
}

/// The size in front of a block, and how many bytes it takes itself.
fn preamble(compressed: &[u8]) -> Option<(u32, usize)> {
    let mut size = 0u64;
    for (place, byte) in compressed.iter().take(5).enumerate() {
        size |= u64::from(byte & 0x7f) << (7 * place);
        if *byte < 0x80 {
            return Some((u32::try_from(size).ok()?, place + 1));
        }
    }
    None
}

/// What the first byte of an element says.
#[derive(Clone, Copy)]
#[repr(C)]
struct Element {
    /// What is added to the two bytes after it, under the mask, to give how far back a copy begins. For literals that is
    /// their length, so that they pass for copies that do not overlap; elements that need care get what never passes.
    base: u32,
    mask: u16,
    len: u8,
    /// Bytes of the element.
    size: u8,
}

/// No block is larger, hence no copy begins as far back.
const NEVER: u32 = i32::MAX as u32;
/// Literals of more bytes have their length behind the first byte.
const SHORT: usize = 60;

static ELEMENTS: [Element; 256] = {
    let mut elements = [Element { base: NEVER, mask: 0, len: 0, size: 0 }; 256];
    let mut tag = 0;
    while tag < 256 {
        let number = tag >> 2;
        let len = number as u8 + 1;
        match tag & 3 {
            0 if number < SHORT => elements[tag] = Element { base: len as u32, mask: 0, len, size: len + 1 },
            1 => {
                let base = ((tag >> 5) << 8) as u32;
                elements[tag] = Element { base, mask: 0xff, len: 4 + (number & 7) as u8, size: 2 };
            }
            2 => elements[tag] = Element { base: 0, mask: 0xffff, len, size: 3 },
            _ => {}
        }
        tag += 1;
    }
    elements
};

/// For patterns of so many bytes: where in them each byte of a vector comes from, and for how many bytes they are in there
/// as a whole.
static PLACES: [[u8; 16]; 16] = {
    let mut places = [[0; 16]; 16];
    let mut back = 1;
    while back < 16 {
        let mut place = 0;
        while place < 16 {
            places[back][place] = (place % back) as u8;
            place += 1;
        }
        back += 1;
    }
    places
};
static PERIODS: [u8; 16] = [0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15];

/// The most that an element of the table reads or writes, with what is copied beyond its end.
const REACH: usize = 64;

/// A block half way through.
struct Chain<'a> {
    input: &'a [u8],
    out: &'a mut [u8],
    /// The next element, and where its bytes go.
    at: usize,
    to: usize,
}

impl<'a> Chain<'a> {
    fn new(block: Block<'a>) -> Result<Self, Broken> {
        let Block { compressed: input, out } = block;
        match preamble(input) {
            Some((size, at)) if size as usize == out.len() && size <= NEVER => {
                Ok(Self { input, out, at, to: 0 })
            }
            _ => Err(Broken),
        }
    }

    /// Elements of the table that can be taken without a look at either end, whatever they are. None at the start, so
    /// that a literal's length is never more than what was written before it.
    fn budget(&self) -> usize {
        if self.to < REACH {
            return 0;
        }
        let left = (self.input.len() - self.at).min(self.out.len() - self.to);
        // One is kept: elements are written whole vectors wide, and the tag of the one behind is read.
        (left / REACH).saturating_sub(1)
    }

    fn run(mut self) -> Result<(), Broken> {
        loop {
            let budget = self.budget();
            if (budget == 0 || !self.take(budget)) && !self.take_with_care()? {
                return Ok(());
            }
        }
    }

    fn cursor(&mut self) -> Cursor {
        let start = self.out.as_mut_ptr();
        // SAFETY: both places are within their slices, or one behind.
        unsafe {
            let from = self.input.as_ptr().add(self.at);
            Cursor { from, start, to: start.add(self.to), tag: 0 }
        }
    }

    fn set(&mut self, cursor: &Cursor) {
        // SAFETY: the cursor came from this chain and stayed within it.
        unsafe {
            self.at = cursor.from.offset_from(self.input.as_ptr()) as usize;
            self.to = cursor.to.offset_from(cursor.start) as usize;
        }
    }

    /// Takes so many elements; not all of them if one needs care. The number is within the budget, and not zero.
    fn take(&mut self, count: usize) -> bool {
        let mut cursor = self.cursor();
        let mut taken = 0;
        // SAFETY: as many elements are within the budget.
        unsafe {
            cursor.tag = usize::from(*cursor.from);
            while taken < count && cursor.step() {
                taken += 1;
            }
        }
        self.set(&cursor);
        taken == count
    }

    /// Takes one element with a look at everything. Whether there was one.
    #[cold]
    fn take_with_care(&mut self) -> Result<bool, Broken> {
        let rest = &self.input[self.at..];
        let Some(tag) = rest.first() else {
            return if self.to == self.out.len() { Ok(false) } else { Err(Broken) };
        };
        let number = usize::from(tag >> 2);
        // The bytes after the tag, least significant first.
        let behind = |count: usize| {
            let bytes = rest.get(1..=count).ok_or(Broken)?;
            Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
        };
        if tag & 3 == 0 {
            let extra = number.saturating_sub(SHORT - 1);
            let len = if extra == 0 { number } else { behind(extra)? } + 1;
            let literal = rest.get(1 + extra..).and_then(|rest| rest.get(..len)).ok_or(Broken)?;
            self.out.get_mut(self.to..self.to + len).ok_or(Broken)?.copy_from_slice(literal);
            self.at += 1 + extra + len;
            self.to += len;
            return Ok(true);
        }
        let (len, back, size) = match tag & 3 {
            1 => (4 + (number & 7), usize::from(tag >> 5) << 8 | behind(1)?, 2),
            2 => (number + 1, behind(2)?, 3),
            _ => (number + 1, behind(4)?, 5),
        };
        if back == 0 || back > self.to || self.out.len() - self.to < len {
            return Err(Broken);
        }
        for place in self.to..self.to + len {
            self.out[place] = self.out[place - back];
        }
        self.at += size;
        self.to += len;
        Ok(true)
    }
}

fn run_two(mut first: Chain<'_>, mut second: Chain<'_>) -> [Result<(), Broken>; 2] {
    loop {
        let (one, two) = (first.budget(), second.budget());
        let stopped = match one.min(two) {
            0 => Stopped { first: one == 0, second: two == 0 },
            budget => take_of_both(&mut first, &mut second, budget),
        };
        if stopped.first {
            match first.take_with_care() {
                Ok(true) => {}
                over => return [over.map(|_| ()), second.run()],
            }
        }
        if stopped.second {
            match second.take_with_care() {
                Ok(true) => {}
                over => return [first.run(), over.map(|_| ())],
            }
        }
    }
}

/// Which of two chains has come to an element that needs care.
#[derive(Clone, Copy, Default)]
struct Stopped {
    first: bool,
    second: bool,
}

/// Takes so many elements of each chain, in turns. The number is within the budget of both, and not zero.
fn take_of_both(first: &mut Chain<'_>, second: &mut Chain<'_>, count: usize) -> Stopped {
    let (mut one, mut two) = (first.cursor(), second.cursor());
    let mut stopped = Stopped::default();
    // SAFETY: as many elements are within the budgets.
    unsafe {
        (one.tag, two.tag) = (usize::from(*one.from), usize::from(*two.from));
        for _ in 0..count {
            if !one.step() {
                stopped.first = true;
                break;
            }
            if !two.step() {
                stopped.second = true;
                break;
            }
        }
    }
    first.set(&one);
    second.set(&two);
    stopped
}

/// Where a chain is, in registers.
struct Cursor {
    from: *const u8,
    start: *mut u8,
    to: *mut u8,
    /// The byte at `from`.
    tag: usize,
}

impl Cursor {
    /// Takes one element. `false`, and nothing done, if it needs care.
    ///
    /// # Safety
    /// The budget of the chain is not used up.
    #[inline(always)]
    unsafe fn step(&mut self) -> bool {
        // SAFETY: a tag is a byte. The budget keeps `2 * REACH` bytes before the end of the input and of the room. A copy begins within
        // what was written, and reads at most `REACH` bytes from there, which is not beyond the room either.
        unsafe {
            let element = ELEMENTS.get_unchecked(self.tag);
            let len = usize::from(element.len);
            let behind = ptr::read_unaligned(self.from.add(1).cast::<[u8; 2]>());
            let back = (u32::from(u16::from_le_bytes(behind) & element.mask) + element.base) as usize;
            let written = self.to.offset_from(self.start) as usize;
            // Not less than the length, and not more than there is, in one comparison: the length is not more either.
            if back.wrapping_sub(len) > written - len {
                return self.overlap(back, len, written);
            }
            let kind = self.tag & 3;
            let literal = self.from.add(1);
            let copy = self.to.wrapping_sub(back).cast_const();
            let (source, size) = match kind {
                0 => (literal, (self.tag >> 2) + 2),
                _ => (copy, kind + 1),
            };
            self.from = self.from.add(size);
            self.tag = usize::from(*self.from);
            copy16(source, self.to);
            if len > 16 {
                copy16(source.add(16), self.to.add(16));
                copy16(source.add(32), self.to.add(32));
                copy16(source.add(48), self.to.add(48));
            }
            self.to = self.to.add(len);
        }
        true
    }

    /// A copy that begins `back` bytes before its end, and repeats what is there. `false` if it is something else.
    ///
    /// # Safety
    /// As for [`Self::step`], with what that found.
    #[inline(always)]
    unsafe fn overlap(&mut self, back: usize, len: usize, written: usize) -> bool {
        if back == 0 || back > written {
            return false;
        }
        // SAFETY: as in `step`. What is written ends less than 16 bytes behind the end of the copy.
        unsafe {
            let source = self.to.sub(back).cast_const();
            if back >= 16 {
                // Each vector is in memory before it is read again.
                copy16(source, self.to);
                copy16(source.add(16), self.to.add(16));
                copy16(source.add(32), self.to.add(32));
                copy16(source.add(48), self.to.add(48));
            } else if back == 8 {
                // Numbers that are all the same.
                let once = ptr::read_unaligned(source.cast::<[u8; 8]>());
                for place in 0..8 {
                    ptr::write_unaligned(self.to.add(8 * place).cast::<[u8; 8]>(), once);
                }
            } else {
                // As often as it fits into a vector, again and again.
                let mut pattern = [0u8; 16];
                for (place, byte) in pattern.iter_mut().enumerate() {
                    *byte = *source.add(usize::from(PLACES[back][place]));
                }
                let period = usize::from(PERIODS[back]);
                let mut place = 0;
                while place < len {
                    ptr::write_unaligned(self.to.add(place).cast::<[u8; 16]>(), pattern);
                    place += period;
                }
            }
            self.skip(len);
        }
        true
    }

    /// Goes on behind a copy.
    ///
    /// # Safety
    /// As for [`Self::step`].
    #[inline(always)]
    unsafe fn skip(&mut self, len: usize) {
        // SAFETY: as in `step`.
        unsafe {
            self.to = self.to.add(len);
            self.from = self.from.add((self.tag & 3) + 1);
            self.tag = usize::from(*self.from);
        }
    }
}

/// Copies a vector.
///
/// # Safety
/// Both are places of 16 bytes.
#[inline(always)]
unsafe fn copy16(from: *const u8, to: *mut u8) {
    // SAFETY: the caller says so.
    unsafe { ptr::write_unaligned(to.cast::<[u8; 16]>(), ptr::read_unaligned(from.cast::<[u8; 16]>())) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(compressed: &[u8], size: usize) -> Result<Vec<u8>, Broken> {
        let mut out = vec![0; size];
        decompress(Block { compressed, out: &mut out })?;
        Ok(out)
    }

    fn both(blocks: [&[u8]; 2], sizes: [usize; 2]) -> [Result<Vec<u8>, Broken>; 2] {
        let [mut first, mut second] = sizes.map(|size| vec![0; size]);
        let [one, two] = decompress_two(
            Block { compressed: blocks[0], out: &mut first },
            Block { compressed: blocks[1], out: &mut second },
        );
        [one.map(|()| first), two.map(|()| second)]
    }

    /// What the `snap` crate makes of a block.
    fn plain(compressed: &[u8], size: usize) -> Result<Vec<u8>, Broken> {
        if snap::raw::decompress_len(compressed) != Ok(size) {
            return Err(Broken);
        }
        let mut out = vec![0; size];
        match snap::raw::Decoder::new().decompress(compressed, &mut out) {
            Ok(len) if len == size => Ok(out),
            _ => Err(Broken),
        }
    }

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        snap::raw::Encoder::new().compress_vec(bytes).unwrap()
    }

    /// Elements of all kinds that may be wrong: literals, and copies from near and far.
    fn elements() -> impl Strategy<Value = (Vec<u8>, usize)> {
        let literal = prop::collection::vec(any::<u8>(), 1..150);
        let copy = (1usize..=64, 1u32..200, 1u8..=3);
        let element = prop_oneof![literal.prop_map(Ok), copy.prop_map(Err)];
        prop::collection::vec(element, 0..300).prop_map(|elements| {
            let (mut bytes, mut size) = (Vec::new(), 0);
            for element in elements {
                match element {
                    Ok(literal) => {
                        match literal.len() - 1 {
                            len @ ..60 => bytes.push((len << 2) as u8),
                            len => bytes.extend([60 << 2, len as u8]),
                        }
                        size += literal.len();
                        bytes.extend(literal);
                    }
                    Err((len, back, 1)) => {
                        let len = 4 + len % 8;
                        bytes.extend([((len - 4) << 2) as u8 | ((back >> 8) << 5) as u8 | 1, back as u8]);
                        size += len;
                    }
                    Err((len, back, kind)) => {
                        bytes.push(((len - 1) << 2) as u8 | kind);
                        bytes.extend(&back.to_le_bytes()[..if kind == 2 { 2 } else { 4 }]);
                        size += len;
                    }
                }
            }
            let mut block = Vec::new();
            let mut rest = size;
            while rest >= 0x80 {
                block.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            block.push(rest as u8);
            block.extend(bytes);
            (block, size)
        })
    }

    #[test]
    fn numbers_and_text() {
        let prices: Vec<u8> = (0..20_000u64).flat_map(|i| (i as f64 * 37.31).to_le_bytes()).collect();
        let keys: Vec<u8> = (0..20_000u64).flat_map(|i| (i / 4).to_le_bytes()).collect();
        let text = "the quick brown fox sleeps; ".repeat(999).into_bytes();
        let noise: Vec<u8> = (0..70_000u64).map(|i| ((i * i * 2_654_435_761) >> 13) as u8).collect();
        for first in [&prices, &keys, &text, &noise, &Vec::new()] {
            let block = compressed(first);
            assert_eq!(size(&block), Some(first.len()));
            assert_eq!(one(&block, first.len()).as_ref(), Ok(first));
            for second in [&prices, &text, &noise] {
                let [a, b] = both([&block, &compressed(second)], [first.len(), second.len()]);
                assert_eq!((a.as_ref(), b.as_ref()), (Ok(first), Ok(second)));
            }
        }
    }

    #[test]
    fn a_broken_block_leaves_the_other_alone() {
        let text = b"some text, some text, some text. ".repeat(100);
        let good = compressed(&text);
        let bad = &good[..good.len() / 2];
        let size = text.len();
        assert_eq!(both([&good, bad], [size, size]), [Ok(text.clone()), Err(Broken)]);
        assert_eq!(both([bad, &good], [size, size]), [Err(Broken), Ok(text)]);
        assert_eq!(one(&good, size - 1), Err(Broken));
        assert_eq!(one(&[], 0), Err(Broken));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn elements_of_all_kinds((first, a) in elements(), (second, b) in elements()) {
            prop_assert_eq!(one(&first, a), plain(&first, a));
            prop_assert_eq!(both([&first, &second], [a, b]), [plain(&first, a), plain(&second, b)]);
        }

        #[test]
        fn bytes_changed(bytes in prop::collection::vec(0u8..4, 0..2_000), changes in prop::collection::vec(any::<(usize, u8)>(), 0..4)) {
            let mut block = compressed(&bytes);
            for (place, byte) in changes {
                let place = place % block.len();
                block[place] ^= byte;
            }
            prop_assert_eq!(one(&block, bytes.len()), plain(&block, bytes.len()));
        }
    }
}
