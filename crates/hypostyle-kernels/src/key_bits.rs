//! A bit for each value of a range of integers, set where the value is there.
//!
//! Filling them is the same for a set of keys ([`crate::key_set`]) and a rank index ([`crate::rank`]): each takes a
//! range's bits as they are, so that a join fills them once, on as many threads as it likes.

use hypostyle_core::{Bitmap, Column, with_primitive};

use crate::keys::low_bits;

/// Which integers from `low` to `low + span - 1` are there.
#[derive(Clone, Debug)]
pub struct KeyBits {
    low: i128,
    span: usize,
    words: Vec<u64>,
}

impl KeyBits {
    /// A range of which nothing is there.
    pub fn new(low: i128, span: usize) -> Self {
        Self { low, span, words: vec![0; span.div_ceil(64)] }
    }

    /// Adds the values of a column, all of them in the range but those that `valid` leaves out. The column must be of
    /// integers of at most 64 bits.
    ///
    /// # Panics
    ///
    /// If a value lies far outside the range, and in debug builds if it lies outside at all.
    pub fn add(&mut self, column: &Column, valid: Option<&Bitmap>) {
        let low = self.low as u64;
        with_primitive!(column.array(), |a: T| {
            let mut put = |value: T| {
                let bit = low_bits(value).wrapping_sub(low);
                debug_assert!(bit < self.span as u64, "a key lies in the range that was found for the keys");
                self.words[(bit / 64) as usize] |= 1 << (bit % 64);
            };
            match valid {
                None => a.values().iter().for_each(|value| put(*value)),
                Some(valid) => valid.for_each_set(|row| put(a.values()[row])),
            }
        }, else |_other| debug_assert!(false, "keys are integers"));
    }

    /// The same of values that ascend, none of which is left out and none smaller than one that is there already.
    pub fn add_ascending(&mut self, column: &Column) {
        let low = self.low as u64;
        with_primitive!(column.array(), |a: T| {
            // The word under way is kept apart and only written: reading back what was written a moment ago is what
            // takes longest.
            let place = |value: T| {
                let bit = low_bits(value).wrapping_sub(low);
                debug_assert!(bit < self.span as u64, "a key lies in the range that was found for the keys");
                ((bit / 64) as usize, 1 << (bit % 64))
            };
            let Some(first) = a.values().first() else { return };
            let mut at = place(*first).0;
            let mut word = self.words[at];
            for value in a.values().iter() {
                let (own, bit) = place(*value);
                word = if own == at { word | bit } else { bit };
                at = own;
                self.words[own] = word;
            }
        }, else |_other| debug_assert!(false, "keys are integers"));
    }

    /// Adds what is there in a part of the range, which begins a multiple of 64 values above its lowest.
    ///
    /// # Panics
    ///
    /// If it begins elsewhere or goes beyond the range.
    pub fn merge(&mut self, part: &Self) {
        let above = part.low - self.low;
        assert!(above >= 0 && above % 64 == 0, "words of bits must lie on each other");
        let words = &mut self.words[(above / 64) as usize..][..part.words.len()];
        words.iter_mut().zip(&part.words).for_each(|(word, other)| *word |= other);
    }

    /// The lowest value of the range.
    pub fn low(&self) -> i128 {
        self.low
    }

    /// How many values the range has.
    pub fn span(&self) -> usize {
        self.span
    }

    /// A bit for each value, the lowest first; those behind the range are not set.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ascending_values_are_added_as_any_are(
            mut values in prop::collection::vec(-700i64..900, 1..400),
            cut in 0usize..400,
        ) {
            values.sort_unstable();
            let (low, high) = (values[0], values[values.len() - 1]);
            let span = (high - low + 1) as usize;
            let cut = cut.min(values.len());
            let mut any = KeyBits::new(i128::from(low), span);
            any.add(&Column::from_vec(values.clone()), None);
            let mut ascending = KeyBits::new(i128::from(low), span);
            ascending.add_ascending(&Column::from_vec(values[..cut].to_vec()));
            ascending.add_ascending(&Column::from_vec(values[cut..].to_vec()));
            prop_assert_eq!(ascending.words(), any.words());
        }
    }
}
