//! What is known of one chunk, the memory of one huge page: which of its units are in use, and which may hold old data.

use std::ops::Range;

/// Blocks are rounded up to this many bytes: a page.
pub(crate) const UNIT: usize = 4 << 10;
/// Units of a chunk.
pub(crate) const UNITS: usize = CHUNK / UNIT;
/// Bytes of a chunk: a huge page.
pub(crate) const CHUNK: usize = 2 << 20;

const WORDS: usize = UNITS / 64;
type Bits = [u64; WORDS];

/// One chunk. All zeros is a chunk that was never used and whose [`summarize`](Self::summarize) is due.
#[derive(Debug)]
pub(crate) struct Chunk {
    used: Bits,
    /// Units that were in use since the memory came from the system; the others are zero.
    dirty: Bits,
    /// Lengths of the free runs at the beginning and the end, and of the longest.
    head: u16,
    tail: u16,
    longest: u16,
}

impl Chunk {
    pub(crate) fn head(&self) -> usize {
        self.head.into()
    }

    pub(crate) fn tail(&self) -> usize {
        self.tail.into()
    }

    pub(crate) fn longest(&self) -> usize {
        self.longest.into()
    }

    pub(crate) fn is_free(&self) -> bool {
        self.head() == UNITS
    }

    /// Whether the chunk is free and the process may hold memory for it.
    pub(crate) fn is_kept(&self) -> bool {
        self.is_free() && self.dirty != [0; WORDS]
    }

    pub(crate) fn take(&mut self, units: Range<usize>) {
        for_each_word(units, |word, mask| {
            debug_assert_eq!(self.used[word] & mask, 0, "a unit is given to one block only");
            self.used[word] |= mask;
        });
        self.summarize();
    }

    pub(crate) fn release(&mut self, units: Range<usize>) {
        for_each_word(units, |word, mask| {
            debug_assert_eq!(self.used[word] & mask, mask, "a unit is freed once only");
            self.used[word] &= !mask;
        });
        self.summarize();
    }

    pub(crate) fn set_dirty(&mut self, units: Range<usize>, dirty: bool) {
        for_each_word(units, |word, mask| {
            if dirty {
                self.dirty[word] |= mask;
            } else {
                self.dirty[word] &= !mask;
            }
        });
    }

    /// Where the first free run of this length begins.
    pub(crate) fn find(&self, length: usize) -> Option<usize> {
        let free = self.used.map(|word| !word);
        runs(&free, 0..UNITS).find(|run| run.len() >= length).map(|run| run.start)
    }

    /// How many units from `at` on are free without a gap.
    pub(crate) fn free_from(&self, at: usize) -> usize {
        first(&self.used, at..UNITS, true) - at
    }

    /// Runs of units that may hold old data.
    pub(crate) fn dirty_runs(&self, units: Range<usize>) -> Runs {
        runs(&self.dirty, units)
    }

    /// Runs of units that are free and may hold old data.
    pub(crate) fn free_dirty_runs(&self) -> Runs {
        let mut bits = self.dirty;
        bits.iter_mut().zip(self.used).for_each(|(dirty, used)| *dirty &= !used);
        runs(&bits, 0..UNITS)
    }

    /// Brings the lengths of the free runs up to date.
    pub(crate) fn summarize(&mut self) {
        let (mut head, mut longest, mut run) = (None, 0, 0);
        for word in self.used {
            if word == 0 {
                run += 64;
                continue;
            }
            run += word.trailing_zeros();
            head = head.or(Some(run));
            longest = run.max(longest);
            // Runs within the word; each round shortens all of them by one.
            let mut between = !word & (!0 << word.trailing_zeros()) & (!0 >> word.leading_zeros());
            let mut length = 0;
            while between != 0 {
                between &= between << 1;
                length += 1;
            }
            longest = longest.max(length);
            run = word.leading_zeros();
        }
        // None is longer than the 512 units of a chunk.
        self.head = head.unwrap_or(run) as u16;
        self.tail = run as u16;
        self.longest = longest.max(run) as u16;
    }
}

/// Runs of set bits, first to last.
#[derive(Debug)]
pub(crate) struct Runs {
    bits: Bits,
    rest: Range<usize>,
}

fn runs(bits: &Bits, within: Range<usize>) -> Runs {
    Runs { bits: *bits, rest: within }
}

impl Iterator for Runs {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = first(&self.bits, self.rest.clone(), true);
        let end = first(&self.bits, start..self.rest.end, false);
        self.rest.start = end;
        (start < end).then_some(start..end)
    }
}

/// The first place within the range whose bit is as asked for; the end of the range if there is none.
fn first(bits: &Bits, within: Range<usize>, set: bool) -> usize {
    let mut at = within.start;
    while at < within.end {
        let word = if set { bits[at / 64] } else { !bits[at / 64] };
        let rest = word >> (at % 64);
        if rest != 0 {
            return (at + rest.trailing_zeros() as usize).min(within.end);
        }
        at = (at / 64 + 1) * 64;
    }
    within.end
}

/// Calls with each word that the range touches, and the bits of it.
fn for_each_word(units: Range<usize>, mut call: impl FnMut(usize, u64)) {
    let mut at = units.start;
    while at < units.end {
        let end = units.end.min((at / 64 + 1) * 64);
        call(at / 64, (!0 >> (64 - (end - at))) << (at % 64));
        at = end;
    }
}
