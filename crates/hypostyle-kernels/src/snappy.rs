//! Snappy blocks decompressed, two at a time.
//!
//! Format: <https://github.com/google/snappy/blob/main/format_description.txt>. A block is a chain: where an element
//! begins is known when the one before it was looked at, so that a processor waits for most of the time. Two blocks are
//! two chains, and it works at one while it waits for the other.

use std::mem::MaybeUninit;
use std::ptr;

/// A block, and memory for its bytes.
#[derive(Debug)]
pub struct Block<'a> {
    /// What is compressed, with the size in front.
    pub compressed: &'a [u8],
    /// Where it goes. What is in there is dropped, also if the block is broken.
    pub out: &'a mut Vec<u8>,
    /// Whether most copies will have 8 bytes at most, as in numbers: such blocks take less time then, and others more.
    pub short: bool,
}

/// A block that breaks the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it is no Snappy block")
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
/// let mut out = Vec::new();
/// let compressed = &[9, 2 << 2, b'a', b'b', b'c', 2 << 2 | 1, 3];
/// decompress(Block { compressed, out: &mut out, short: false }).unwrap();
/// assert_eq!(out, b"abcabcabc");
/// ```
///
/// # Errors
/// [`Broken`].
pub fn decompress(block: Block<'_>) -> Result<(), Broken> {
    Chain::new(block)?.run()
}

/// Decompresses two blocks in turns, in 0.6 to 0.8 of the time that they take one after the other
/// (docs/decisions/0010).
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

/// What the first byte of a copy says. It begins `base` bytes before its end, and as many more as the two bytes after
/// it say under the mask. Elements that are no copies, or have more bytes, are longer than anything they could repeat.
#[derive(Clone, Copy)]
#[repr(C)]
struct Element {
    base: u32,
    mask: u16,
    len: u16,
}

/// Literals of more bytes have their length behind the first byte.
const IN_TAG: usize = 60;

static ELEMENTS: [Element; 256] = {
    let mut elements = [Element { base: 0, mask: 0, len: u16::MAX }; 256];
    let mut tag = 0;
    while tag < 256 {
        let number = (tag >> 2) as u16;
        match tag & 3 {
            1 => {
                let base = ((tag >> 5) << 8) as u32;
                elements[tag] = Element { base, mask: 0xff, len: 4 + (number & 7) };
            }
            2 => elements[tag] = Element { base: 0, mask: 0xffff, len: number + 1 },
            _ => {}
        }
        tag += 1;
    }
    elements
};

/// For patterns of so many bytes: where in them each byte of a vector comes from, and for how many bytes they are in
/// there as a whole.
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

/// The most that a literal and a copy of the table read or write, with what is copied beyond their ends.
const REACH: usize = 144;
/// No copy of the table begins as far before its end: from here on nobody has to look.
const FAR: usize = 1 << 16;

/// Three bytes of a block stand for 64 at most: none claims more bytes than so many times its own.
const MOST: usize = 32;

/// A block half way through.
struct Chain<'a> {
    input: &'a [u8],
    /// Empty until the end, with memory for all bytes.
    out: &'a mut Vec<u8>,
    size: usize,
    short: bool,
    /// The next element, and where its bytes go.
    at: usize,
    to: usize,
}

impl<'a> Chain<'a> {
    fn new(block: Block<'a>) -> Result<Self, Broken> {
        let Block { compressed: input, out, short } = block;
        out.clear();
        let (size, at) = preamble(input).ok_or(Broken)?;
        let size = size as usize;
        if size / MOST > input.len() {
            return Err(Broken);
        }
        if out.capacity() < size {
            // What is in there need not be copied, and may serve for the new one.
            *out = Vec::new();
            out.reserve_exact(size);
        }
        Ok(Self { input, out, size, short, at, to: 0 })
    }

    /// Literals with copies that can be taken without a look at either end, whatever they are. Short of [`FAR`] they do
    /// not go far beyond it.
    fn budget(&self) -> usize {
        let mut left = (self.input.len() - self.at).min(self.size - self.to);
        if self.is_near() {
            left = left.min(FAR + REACH - self.to);
        }
        left / REACH
    }

    /// Whether a copy might begin before the room.
    fn is_near(&self) -> bool {
        self.to < FAR
    }

    fn run(mut self) -> Result<(), Broken> {
        loop {
            let budget = self.budget();
            // SAFETY: it is the budget, and what is not near is taken as such.
            let taken = budget > 0
                && unsafe {
                    match (self.is_near(), self.short) {
                        (true, true) => self.take::<true, true>(budget),
                        (true, false) => self.take::<true, false>(budget),
                        (false, true) => self.take::<false, true>(budget),
                        (false, false) => self.take::<false, false>(budget),
                    }
                };
            if !taken && !self.take_with_care()? {
                return Ok(());
            }
        }
    }

    // Inlined, as `set`: a cursor that is somewhere in memory does not stay in registers elsewhere.
    #[inline(always)]
    fn cursor(&mut self) -> Cursor {
        let start = self.out.as_mut_ptr();
        // SAFETY: both places are within their memory, or one behind.
        unsafe { Cursor { from: self.input.as_ptr().add(self.at), start, to: start.add(self.to) } }
    }

    #[inline(always)]
    fn set(&mut self, cursor: &Cursor) {
        // SAFETY: the cursor came from this chain and stayed within it.
        unsafe {
            self.at = cursor.from.offset_from(self.input.as_ptr()) as usize;
            self.to = cursor.to.offset_from(cursor.start) as usize;
        }
    }

    /// Takes so many literals with copies; not all of them if something needs care.
    ///
    /// # Safety
    /// The number is within the budget; as many bytes as [`FAR`] are written, if it is not `NEAR`.
    unsafe fn take<const NEAR: bool, const SHORT: bool>(&mut self, count: usize) -> bool {
        let mut cursor = self.cursor();
        // SAFETY: as the caller says.
        let all = (0..count)
            .all(|_| unsafe { cursor.literal().is_some_and(|tag| cursor.copy::<NEAR, SHORT>(tag)) });
        self.set(&cursor);
        all
    }

    /// Takes one element with a look at everything. Whether there was one.
    #[cold]
    fn take_with_care(&mut self) -> Result<bool, Broken> {
        let rest = &self.input[self.at..];
        let Some(tag) = rest.first() else {
            if self.to < self.size {
                return Err(Broken);
            }
            // SAFETY: the memory is there, and every element has written its bytes.
            unsafe { self.out.set_len(self.size) };
            return Ok(false);
        };
        let room = &mut self.out.spare_capacity_mut()[..self.size];
        let number = usize::from(tag >> 2);
        // The bytes after the tag, least significant first.
        let behind = |count: usize| {
            let bytes = rest.get(1..=count).ok_or(Broken)?;
            Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
        };
        if tag & 3 == 0 {
            let extra = number.saturating_sub(IN_TAG - 1);
            let len = if extra == 0 { number } else { behind(extra)? } + 1;
            let literal = rest.get(1 + extra..).and_then(|rest| rest.get(..len)).ok_or(Broken)?;
            let room = room.get_mut(self.to..self.to + len).ok_or(Broken)?;
            room.iter_mut().zip(literal).for_each(|(place, byte)| *place = MaybeUninit::new(*byte));
            self.at += 1 + extra + len;
            self.to += len;
            return Ok(true);
        }
        let (len, back, taken) = match tag & 3 {
            1 => (4 + (number & 7), usize::from(tag >> 5) << 8 | behind(1)?, 2),
            2 => (number + 1, behind(2)?, 3),
            _ => (number + 1, behind(4)?, 5),
        };
        if back == 0 || back > self.to || room.len() - self.to < len {
            return Err(Broken);
        }
        for place in self.to..self.to + len {
            room[place] = room[place - back];
        }
        self.at += taken;
        self.to += len;
        Ok(true)
    }
}

fn run_two(mut first: Chain<'_>, mut second: Chain<'_>) -> [Result<(), Broken>; 2] {
    loop {
        let (one, two) = (first.budget(), second.budget());
        let budget = one.min(two);
        let stopped = if budget == 0 {
            Stopped { first: one == 0, second: two == 0 }
        } else {
            let chains = (&mut first, &mut second);
            // SAFETY: it is within both budgets, and what is near is taken as such.
            unsafe {
                match (chains.0.is_near() || chains.1.is_near(), chains.0.short && chains.1.short) {
                    (true, true) => take_of_both::<true, true>(chains, budget),
                    (true, false) => take_of_both::<true, false>(chains, budget),
                    (false, true) => take_of_both::<false, true>(chains, budget),
                    (false, false) => take_of_both::<false, false>(chains, budget),
                }
            }
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

/// Takes so many literals with copies of each chain, in turns.
///
/// # Safety
/// The number is within the budget of both; as many bytes as [`FAR`] of both are written, if it is not `NEAR`.
unsafe fn take_of_both<const NEAR: bool, const SHORT: bool>(
    (first, second): (&mut Chain<'_>, &mut Chain<'_>),
    count: usize,
) -> Stopped {
    let (mut one, mut two) = (first.cursor(), second.cursor());
    let mut stopped = Stopped::default();
    // Whoever stops does it at once: what were to be remembered until both are done would take a register.
    for _ in 0..count {
        // Both literals before both copies: a copy that reads what a literal has just written waits until that is in
        // the cache, and two of them wait at the same time.
        //
        // SAFETY: as the caller says. A chain that has taken its literal goes on with the copy.
        unsafe {
            let Some(tag) = one.literal() else {
                stopped.first = true;
                break;
            };
            let Some(other) = two.literal() else {
                stopped.second = true;
                break;
            };
            if !one.copy::<NEAR, SHORT>(tag) {
                stopped.first = true;
                break;
            }
            if !two.copy::<NEAR, SHORT>(other) {
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
}

impl Cursor {
    /// Takes a literal if one is next, and gives the first byte of what is behind it. `None`, and nothing taken, if it
    /// needs care.
    ///
    /// Whether there is one is a branch, since most blocks of numbers have one before each copy.
    ///
    /// # Safety
    /// The budget of the chain is not used up.
    #[inline(always)]
    unsafe fn literal(&mut self) -> Option<usize> {
        // SAFETY: the budget keeps `REACH` bytes of the input and of the room.
        unsafe {
            let tag = usize::from(*self.from);
            if tag & 3 != 0 {
                return Some(tag);
            }
            let len = (tag >> 2) + 1;
            copy16(self.from.add(1), self.to);
            if len > 16 {
                if len > IN_TAG {
                    return None;
                }
                copy48(self.from.add(17), self.to.add(16));
            }
            let tag = usize::from(*self.from.add(len + 1));
            self.from = self.from.add(len + 1);
            self.to = self.to.add(len);
            Some(tag)
        }
    }

    /// Takes the copy that is next, if its first byte is that of one. `false`, and nothing taken, if it needs care.
    /// Whether it begins before the room is looked at where that is `NEAR`.
    ///
    /// # Safety
    /// As for [`Self::literal`], which gave the byte; as many bytes as [`FAR`] are written, if it is not `NEAR`.
    #[inline(always)]
    unsafe fn copy<const NEAR: bool, const SHORT: bool>(&mut self, tag: usize) -> bool {
        // SAFETY: a tag is a byte. The budget still keeps 80 bytes of the input and of the room, behind a literal of
        // the most bytes. A copy begins within what was written, and reads at most 64 bytes from there, which is not
        // beyond the room either: what is read behind the end of the copy may be unwritten, and is written over later.
        unsafe {
            let element = ELEMENTS.get_unchecked(tag);
            let len = usize::from(element.len);
            let behind = ptr::read_unaligned(self.from.add(1).cast::<[u8; 2]>());
            let back = (u32::from(u16::from_le_bytes(behind) & element.mask) + element.base) as usize;
            if NEAR && back > self.to.offset_from(self.start) as usize {
                return false;
            }
            if back < len {
                if back == 0 {
                    return false;
                }
                repeat(self.to, back, len);
            } else {
                let source = self.to.sub(back).cast_const();
                if !SHORT {
                    copy16(source, self.to);
                    if len > 16 {
                        copy48(source.add(16), self.to.add(16));
                    }
                } else {
                    // What was written by one store can be read before it is in the cache, and 8 bytes more often were.
                    ptr::copy(source, self.to, 8);
                    if len > 8 {
                        copy16(source.add(8), self.to.add(8));
                        if len > 24 {
                            copy48(source.add(16), self.to.add(16));
                        }
                    }
                }
            }
            self.from = self.from.add((tag & 3) + 1);
            self.to = self.to.add(len);
        }
        true
    }
}

/// Writes the `back` bytes before a place there, again and again.
///
/// # Safety
/// They are there, at least one; `len` is at most 64, and there is room for 80 bytes.
#[cold]
#[inline(never)]
unsafe fn repeat(to: *mut u8, back: usize, len: usize) {
    // SAFETY: the caller says so.
    unsafe {
        let source = to.sub(back).cast_const();
        if back >= 16 {
            // Each vector is in memory before it is read again.
            copy16(source, to);
            copy48(source.add(16), to.add(16));
        } else if back == 8 {
            // Numbers that are all the same.
            let once = ptr::read_unaligned(source.cast::<[u8; 8]>());
            for place in 0..8 {
                ptr::write_unaligned(to.add(8 * place).cast::<[u8; 8]>(), once);
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
                ptr::write_unaligned(to.add(place).cast::<[u8; 16]>(), pattern);
                place += period;
            }
        }
    }
}

/// Copies a vector, of which some bytes may not have been written yet.
///
/// # Safety
/// Both are places of 16 bytes.
#[inline(always)]
unsafe fn copy16(from: *const u8, to: *mut u8) {
    // SAFETY: the caller says so.
    unsafe { ptr::copy(from, to, 16) }
}

/// Copies three vectors, one after the other.
///
/// # Safety
/// Both are places of 48 bytes.
#[inline(always)]
unsafe fn copy48(from: *const u8, to: *mut u8) {
    // SAFETY: the caller says so.
    unsafe {
        copy16(from, to);
        copy16(from.add(16), to.add(16));
        copy16(from.add(32), to.add(32));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_size(bytes: Vec<u8>, size: usize) -> Result<Vec<u8>, Broken> {
        if bytes.len() == size { Ok(bytes) } else { Err(Broken) }
    }

    /// Memory for so many bytes, with bytes behind them that nobody may change.
    fn room(size: usize) -> Vec<u8> {
        let mut room = vec![0xa5; size + 256];
        room.clear();
        room
    }

    fn assert_untouched(out: &mut Vec<u8>, size: usize) {
        if out.capacity() >= size + 256 {
            // SAFETY: all of it was written when it was made.
            unsafe { out.set_len(size + 256) };
            assert!(out[size..].iter().all(|byte| *byte == 0xa5), "bytes behind the block were written");
            out.truncate(size);
        }
    }

    fn one(compressed: &[u8], size: usize) -> Result<Vec<u8>, Broken> {
        let claimed = super::size(compressed).unwrap_or(0).min(1 << 20);
        let [long, short] = [false, true].map(|short| {
            let mut out = room(claimed);
            let done = decompress(Block { compressed, out: &mut out, short });
            assert!(done.is_ok() || out.is_empty());
            assert_untouched(&mut out, claimed);
            done.and_then(|()| of_size(out, size))
        });
        assert_eq!(long, short);
        long
    }

    fn both(blocks: [&[u8]; 2], sizes: [usize; 2]) -> [Result<Vec<u8>, Broken>; 2] {
        let claimed = blocks.map(|block| super::size(block).unwrap_or(0).min(1 << 20));
        let [long, short] = [false, true].map(|short| {
            let [mut first, mut second] = claimed.map(room);
            let [one, two] = decompress_two(
                Block { compressed: blocks[0], out: &mut first, short },
                Block { compressed: blocks[1], out: &mut second, short },
            );
            assert_untouched(&mut first, claimed[0]);
            assert_untouched(&mut second, claimed[1]);
            [one.and_then(|()| of_size(first, sizes[0])), two.and_then(|()| of_size(second, sizes[1]))]
        });
        assert_eq!(long, short);
        long
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

    /// Elements of all kinds that may be wrong: literals, and copies from near and far. Some blocks begin with more
    /// bytes than copies of two bytes reach back.
    fn elements() -> impl Strategy<Value = (Vec<u8>, usize)> {
        let literal =
            prop_oneof![prop::collection::vec(any::<u8>(), 1..5), prop::collection::vec(any::<u8>(), 1..150)];
        let copy = (1usize..=64, prop_oneof![40 => 1u32..40, 40 => 1u32..200, 1 => 0u32..70_000], 1u8..=3);
        let element = prop_oneof![literal.prop_map(Ok), copy.prop_map(Err)];
        let long = prop_oneof![1 => Just(0), 3 => Just(200), 4 => FAR - 200..FAR + 200];
        (long, prop::collection::vec(element, 0..300)).prop_map(|(long, elements)| {
            let (mut bytes, mut size) = (Vec::new(), 0);
            let noise = (0..long).map(|i| (i * i) as u8).collect::<Vec<_>>();
            for element in [noise].into_iter().filter(|noise| !noise.is_empty()).map(Ok).chain(elements) {
                match element {
                    Ok(literal) => {
                        match literal.len() - 1 {
                            len @ ..60 => bytes.push((len << 2) as u8),
                            len @ ..256 => bytes.extend([60 << 2, len as u8]),
                            len => bytes.extend([62 << 2, len as u8, (len >> 8) as u8, (len >> 16) as u8]),
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
