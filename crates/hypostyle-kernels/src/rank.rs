//! A rank index: distinct integers of a range, numbered in ascending order without storing them.
//!
//! A bit for each value of the range says whether it is there; beside every 64 bits stands how many are there before
//! them. The number of a value is that count and the ones below its bit, so a lookup reads one cache line of an index
//! of two bits a value (Jacobson, "Space-efficient static trees and graphs", 1989).

use hypostyle_core::{Column, Result, with_primitive};

use crate::key_bits::KeyBits;
use crate::keys::low_bits;
use crate::simd;

/// Stands for "not there".
pub const ABSENT: u32 = u32::MAX;

/// The bits of 64 values, and how many values are there before them. Two words, so that memory that is zero already is
/// not written twice.
pub type Block = [u64; 2];

/// The values of an integer column, numbered by size.
#[derive(Clone, Debug)]
pub struct RankIndex {
    low: u64,
    blocks: Vec<Block>,
    len: usize,
}

/// A part of an index of ascending keys that is to be filled: the rows of some chunks.
#[derive(Debug)]
pub struct AscendingPart<'a> {
    chunks: &'a [Column],
    /// Rows before these chunks, of all.
    row: usize,
    low: u64,
    /// The number of the first block.
    first: usize,
    blocks: &'a mut [Block],
}

impl AscendingPart<'_> {
    /// Fills it; gives what belongs to the block behind it, whose other keys the next part has.
    pub fn fill(self) -> Block {
        let Self { chunks, row, low, first, blocks } = self;
        let mut behind = [0, 0];
        let (mut at, mut block) = (usize::MAX, [0, 0]);
        let mut before = row as u64;
        for chunk in chunks {
            with_primitive!(chunk.array(), |a: T| {
                for value in a.values().iter() {
                    let bit = low_bits(*value).wrapping_sub(low);
                    let own = ((bit / 64) as usize).wrapping_sub(first);
                    debug_assert!(own == at || at == usize::MAX || own > at, "keys ascend");
                    debug_assert!(own <= blocks.len(), "keys lie in the range that is given");
                    // The block under way is kept apart and only written: reading back what was written a moment ago
                    // is what takes longest.
                    let started = if own == at { block } else { [0, before] };
                    block = [started[0] | 1 << (bit % 64), started[1]];
                    at = own;
                    before += 1;
                    *blocks.get_mut(own).unwrap_or(&mut behind) = block;
                }
            }, else |_other| debug_assert!(false, "keys are integers"));
        }
        behind
    }
}

/// A part of an index that is to be filled.
#[derive(Debug)]
pub struct RankPart<'a> {
    words: &'a [u64],
    blocks: &'a mut [Block],
    before: usize,
}

impl RankPart<'_> {
    /// Fills it.
    pub fn fill(self) {
        let mut before = self.before as u64;
        simd::dispatch(
            #[inline(always)]
            || {
                for (block, word) in self.blocks.iter_mut().zip(self.words) {
                    *block = [*word, before];
                    before += u64::from(word.count_ones());
                }
            },
        );
    }
}

impl RankIndex {
    /// Numbers the values that are there, at most as many as 32 bits count.
    pub fn of(bits: &KeyBits) -> Self {
        let (mut index, share, counts) = Self::empty(bits, 1);
        index.parts(bits, share, &counts).into_iter().for_each(RankPart::fill);
        index
    }

    /// The same in so many parts at most, each of which `fill` must fill, on as many threads as it likes.
    pub fn in_parts(
        bits: &KeyBits,
        parts: usize,
        fill: impl FnOnce(Vec<RankPart<'_>>) -> Result<()>,
    ) -> Result<Self> {
        let (mut index, share, counts) = Self::empty(bits, parts);
        fill(index.parts(bits, share, &counts))?;
        Ok(index)
    }

    /// Numbers keys that ascend, each greater than the one before it, none null, in chunks none of which is empty: a
    /// key's number is its row. `fill` must fill all parts, of which there are so many at most, and give what they give
    /// in their order. All keys must be integers of at most 64 bits in `low..low + span`, and no more than 32 bits
    /// count; what is found among others is unspecified.
    ///
    /// # Panics
    ///
    /// In debug builds if keys do not ascend or lie outside the range.
    ///
    /// # Errors
    ///
    /// That of `fill`.
    pub fn of_ascending(
        chunks: &[Column],
        low: i128,
        span: usize,
        parts: usize,
        fill: impl FnOnce(Vec<AscendingPart<'_>>) -> Result<Vec<Block>>,
    ) -> Result<Self> {
        let low = low as u64;
        let mut blocks = vec![[0; 2]; span.div_ceil(64)];
        let share = chunks.len().div_ceil(parts.max(1)).max(1);
        // A part has the blocks up to that of the next part's first key.
        let block_of_first = |chunk: &Column| {
            with_primitive!(chunk.array(), |a: T| {
                a.values().first().map_or(0, |value| (low_bits(*value).wrapping_sub(low) / 64) as usize)
            }, else |_other| 0)
        };
        let mut firsts: Vec<usize> = chunks.chunks(share).map(|chunks| block_of_first(&chunks[0])).collect();
        if let Some(first) = firsts.first_mut() {
            *first = 0;
        }
        let (mut rest, mut row, mut cut) = (&mut blocks[..], 0, Vec::with_capacity(firsts.len()));
        for (part, chunks) in chunks.chunks(share).enumerate() {
            let first = firsts[part];
            let end = firsts.get(part + 1).copied().unwrap_or(first + rest.len());
            let (own, others) = std::mem::take(&mut rest).split_at_mut(end - first);
            cut.push(AscendingPart { chunks, row, low, first, blocks: own });
            row += chunks.iter().map(Column::len).sum::<usize>();
            rest = others;
        }
        let behind = fill(cut)?;
        // Several parts may have keys of one block: the first of them says how many are before it.
        for (first, [bits, before]) in firsts.iter().skip(1).zip(behind).rev() {
            if bits != 0 {
                blocks[*first] = [blocks[*first][0] | bits, before];
            }
        }
        Ok(Self { low, blocks, len: row })
    }

    /// An index whose parts are still to be filled, how many blocks a part has, and how many values each.
    fn empty(bits: &KeyBits, parts: usize) -> (Self, usize, Vec<usize>) {
        let words = bits.words();
        let share = words.len().div_ceil(parts.max(1)).max(1);
        let counts: Vec<usize> = simd::dispatch(
            #[inline(always)]
            || words.chunks(share).map(count_ones).collect(),
        );
        let len = counts.iter().sum();
        (Self { low: bits.low() as u64, blocks: vec![[0; 2]; words.len()], len }, share, counts)
    }

    fn parts<'a>(&'a mut self, bits: &'a KeyBits, share: usize, counts: &[usize]) -> Vec<RankPart<'a>> {
        let mut before = 0;
        let parts = bits.words().chunks(share).zip(self.blocks.chunks_mut(share)).zip(counts);
        parts
            .map(|((words, blocks), count)| {
                let part = RankPart { words, blocks, before };
                before += count;
                part
            })
            .collect()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of the value of each row, or [`ABSENT`]. What stands under nulls is looked up, too.
    pub fn find(&self, column: &Column) -> Vec<u32> {
        with_primitive!(column.array(), |a: T| {
            simd::dispatch(
                #[inline(always)]
                || a.values().iter().map(|value| self.number(low_bits(*value))).collect(),
            )
        }, else |_other| vec![ABSENT; column.len()])
    }

    #[inline(always)]
    fn number(&self, value: u64) -> u32 {
        let bit = value.wrapping_sub(self.low);
        let Some([bits, before]) = usize::try_from(bit / 64).ok().and_then(|i| self.blocks.get(i)) else {
            return ABSENT;
        };
        let own = 1u64 << (bit % 64);
        if bits & own == 0 { ABSENT } else { *before as u32 + (bits & (own - 1)).count_ones() }
    }
}

#[inline(always)]
fn count_ones(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_isa;
    use hypostyle_core::Bitmap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_agree_with_a_sorted_list(
            values in prop::collection::vec(-500i64..1_000, 0..300),
            probe in prop::collection::vec(any::<i64>().prop_map(|v| v % 2_000), 0..300),
            shift in prop::sample::select(vec![0i64, i64::MIN + 500, i64::MAX - 1_000]),
            parts in 0usize..9,
        ) {
            let values: Vec<i64> = values.into_iter().map(|v| v.wrapping_add(shift)).collect();
            let probe: Vec<i64> = probe.into_iter().map(|v| v.wrapping_add(shift)).collect();
            let low = values.iter().min().copied().unwrap_or(0);
            let span = values.iter().max().map_or(0, |high| (high - low) as usize + 1);
            let column = Column::from_vec(values.clone());
            let valid = (0..values.len()).map(|row| row % 5 != 0).collect::<Bitmap>();
            for _ in each_isa() {
                let mut bits = KeyBits::new(i128::from(low), span);
                // In two parts that are merged.
                let half = values.len() / 2;
                bits.add(&column.slice(0, half), Some(&valid.slice(0, half)));
                let mut others = KeyBits::new(i128::from(low), span);
                others.add(&column.slice(half, values.len() - half), Some(&valid.slice(half, values.len() - half)));
                bits.merge(&others);
                let index = RankIndex::of(&bits);
                let fill = |parts: Vec<RankPart<'_>>| {
                    parts.into_iter().rev().for_each(RankPart::fill);
                    Ok(())
                };
                let in_parts = RankIndex::in_parts(&bits, parts, fill).unwrap();
                prop_assert_eq!((in_parts.blocks, in_parts.len), (index.blocks.clone(), index.len));
                let mut sorted: Vec<i64> =
                    values.iter().enumerate().filter(|(row, _)| row % 5 != 0).map(|(_, v)| *v).collect();
                sorted.sort_unstable();
                sorted.dedup();
                prop_assert_eq!(index.len(), sorted.len());
                let expected: Vec<u32> =
                    probe.iter().map(|v| sorted.binary_search(v).map_or(ABSENT, |i| i as u32)).collect();
                prop_assert_eq!(index.find(&Column::from_vec(probe.clone())), expected);
            }
        }

        #[test]
        fn ascending_keys_are_numbered_by_their_rows(
            steps in prop::collection::vec(prop_oneof![Just(1i64), 1i64..5, 50i64..300], 1..400),
            start in prop::sample::select(vec![0i64, -77, i64::MIN, i64::MAX - 200_000]),
            below in 0i64..130,
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
            parts in 0usize..7,
        ) {
            let mut keys = vec![start.saturating_add(below)];
            steps.iter().for_each(|step| keys.push(keys[keys.len() - 1] + step));
            let span = (keys[keys.len() - 1] - start) as usize + 1;
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| 1 + cut.index(keys.len())).collect();
            cuts.extend([0, keys.len()]);
            cuts.sort_unstable();
            cuts.dedup();
            let chunks: Vec<Column> =
                cuts.windows(2).map(|ends| Column::from_vec(keys[ends[0]..ends[1]].to_vec())).collect();
            let fill = |parts: Vec<AscendingPart<'_>>| {
                let mut filled: Vec<Block> = parts.into_iter().rev().map(AscendingPart::fill).collect();
                filled.reverse();
                Ok(filled)
            };
            for _ in each_isa() {
                let index = RankIndex::of_ascending(&chunks, i128::from(start), span, parts, fill).unwrap();
                prop_assert_eq!(index.len(), keys.len());
                let probe: Vec<i64> = (-3..span as i64 + 3).map(|i| start.wrapping_add(i)).collect();
                let expected: Vec<u32> =
                    probe.iter().map(|v| keys.binary_search(v).map_or(ABSENT, |i| i as u32)).collect();
                prop_assert_eq!(index.find(&Column::from_vec(probe.clone())), expected);
            }
        }
    }
}
