//! A dictionary of some values: the distinct ones, and for each value the place of its own among them. Whether one pays
//! is for the caller to say, as the most entries it may have.

use hypostyle_core::Bitmap;

use crate::hash::{BytesTable, KeyTable, PackedKey, hash_bytes};

/// Distinct values and codes that point to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distinct<T> {
    /// The values, none of them twice.
    pub entries: Vec<T>,
    /// For each value the place of its own among the entries.
    pub codes: Vec<u32>,
}

/// How far values are looked at before the first look whether they repeat at all.
const FIRST_LOOK: usize = 1 << 12;

/// Whether so many distinct values among so many say that a dictionary would not pay: hardly any comes twice.
fn is_hopeless(distinct: usize, seen: usize) -> bool {
    seen >= FIRST_LOOK && distinct > seen - seen / 4
}

/// The distinct values by a table of their hashes, in the order of their first appearance; `None` if there are more
/// than `most`, or if the first ones hardly ever repeat.
pub fn distinct_by_hash<T: PackedKey>(values: &[T], most: usize) -> Option<Distinct<T>> {
    let mut table = KeyTable::with_capacity(most.min(1024));
    let mut distinct = Distinct { entries: Vec::new(), codes: Vec::with_capacity(values.len()) };
    for (number, part) in values.chunks(FIRST_LOOK).enumerate() {
        for value in part {
            let code = table.insert(*value);
            if code as usize == distinct.entries.len() {
                distinct.entries.push(*value);
            }
            distinct.codes.push(code);
        }
        let count = distinct.entries.len();
        if count > most || number == 0 && is_hopeless(count, part.len()) {
            return None;
        }
    }
    Some(distinct)
}

/// Up to so many numbers are noted in a byte each: who notes a bit waits for the one before in the same word.
const IN_BYTES: u64 = 1 << 16;

/// Which of the numbers from 0 to `largest` are among `keys`, which are no larger, as bits; and how many there are.
pub fn present(keys: impl Iterator<Item = u64>, largest: u64) -> (Vec<u64>, usize) {
    let mut words = vec![0u64; (largest / 64 + 1) as usize];
    if largest < IN_BYTES {
        let mut bytes = vec![0u8; words.len() * 64];
        for key in keys {
            if let Some(byte) = bytes.get_mut(key as usize) {
                *byte = 1;
            }
        }
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(64)) {
            *word = bytes.iter().rev().fold(0, |word, byte| word << 1 | u64::from(*byte));
        }
    } else {
        for key in keys {
            if let Some(word) = words.get_mut((key / 64) as usize) {
                *word |= 1 << (key % 64);
            }
        }
    }
    let count = words.iter().map(|word| word.count_ones() as usize).sum();
    (words, count)
}

/// The numbers that are present, ascending.
pub fn numbers_of(present: &[u64], count: usize) -> Vec<u64> {
    let mut numbers = Vec::with_capacity(count);
    for (place, word) in present.iter().enumerate() {
        let mut word = *word;
        while word != 0 {
            numbers.push(place as u64 * 64 + u64::from(word.trailing_zeros()));
            word &= word - 1;
        }
    }
    numbers
}

/// The numbers that are present, ascending, and the place among them of each of `keys`, all of which are.
pub fn ranked(present: &[u64], count: usize, keys: impl ExactSizeIterator<Item = u64>) -> Distinct<u64> {
    let entries = numbers_of(present, count);
    let mut places = vec![0u32; present.len() * 64];
    entries.iter().zip(0..).for_each(|(key, place)| places[*key as usize] = place);
    let codes = keys.map(|key| places.get(key as usize).copied().unwrap_or_default()).collect();
    Distinct { entries, codes }
}

/// The distinct texts, by their places; `None` if there are more than `most` or longer than `most_bytes` together, or
/// if the first ones hardly ever repeat.
pub fn distinct_texts<'a>(
    texts: impl ExactSizeIterator<Item = &'a [u8]>,
    most: usize,
    most_bytes: usize,
) -> Option<Distinct<u32>> {
    let mut table = BytesTable::default();
    let mut distinct = Distinct { entries: Vec::new(), codes: Vec::with_capacity(texts.len()) };
    let mut bytes = 0;
    for (place, text) in texts.enumerate() {
        let code = table.insert(text, hash_bytes(text));
        let count = distinct.entries.len();
        if code as usize == count {
            bytes += text.len();
            if count == most || bytes > most_bytes {
                return None;
            }
            distinct.entries.push(place as u32);
        }
        distinct.codes.push(code);
        if place + 1 == FIRST_LOOK && is_hopeless(count + 1, place + 1) {
            return None;
        }
    }
    Some(distinct)
}

/// The values that are there, without gaps.
pub fn without_nulls<T: Copy + Default>(values: &[T], validity: &Bitmap, out: &mut Vec<T>) {
    let start = out.len();
    // Each value is written, and the next one over it if it was null: no branch depends on the bits.
    out.resize(start + values.len(), T::default());
    let mut at = start;
    for (part, word) in values.chunks(64).zip(validity.words()) {
        if word == u64::MAX && part.len() == 64 {
            out[at..at + 64].copy_from_slice(part);
            at += 64;
        } else {
            for (i, value) in part.iter().enumerate() {
                out[at.min(start + values.len() - 1)] = *value;
                at += (word >> i & 1) as usize;
            }
        }
    }
    out.truncate(at);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check<T: Copy + PartialEq + std::fmt::Debug>(distinct: &Distinct<T>, values: &[T]) {
        for (i, a) in distinct.entries.iter().enumerate() {
            assert!(!distinct.entries[..i].contains(a));
        }
        let back: Vec<T> = distinct.codes.iter().map(|code| distinct.entries[*code as usize]).collect();
        assert_eq!(back, values);
    }

    proptest! {
        #[test]
        fn entries_are_distinct_and_codes_point_to_them(
            values in prop::collection::vec(prop_oneof![0u64..50, any::<u64>()], 0..300),
            valid in prop::collection::vec(any::<bool>(), 300),
        ) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            sorted.dedup();
            check(&distinct_by_hash(&values, sorted.len()).unwrap(), &values);
            if !sorted.is_empty() {
                prop_assert!(distinct_by_hash(&values, sorted.len() - 1).is_none());
            }
            let texts: Vec<Vec<u8>> = values.iter().map(|v| v.to_le_bytes().to_vec()).collect();
            let texts = || texts.iter().map(Vec::as_slice);
            let found = distinct_texts(texts(), sorted.len(), usize::MAX).unwrap();
            let entries: Vec<u64> = found.entries.iter().map(|place| values[*place as usize]).collect();
            check(&Distinct { entries, codes: found.codes }, &values);
            if !sorted.is_empty() {
                prop_assert!(distinct_texts(texts(), sorted.len(), 8 * sorted.len() - 1).is_none());
                prop_assert!(distinct_texts(texts(), sorted.len() - 1, usize::MAX).is_none());
            }

            for largest in [999, 99_999] {
                let small: Vec<u64> = values.iter().map(|v| v % (largest + 1)).collect();
                let (bits, count) = present(small.iter().copied(), largest);
                let found = ranked(&bits, count, small.iter().copied());
                prop_assert_eq!(found.entries.len(), count);
                prop_assert!(found.entries.is_sorted());
                check(&found, &small);
            }

            let validity: Bitmap = valid[..values.len()].iter().copied().collect();
            let mut out = vec![1];
            without_nulls(&values, &validity, &mut out);
            let there: Vec<u64> = values.iter().zip(&valid).filter(|(_, v)| **v).map(|(v, _)| *v).collect();
            prop_assert_eq!(&out[1..], &there);
        }
    }

    #[test]
    fn values_that_hardly_repeat_are_given_up() {
        let values: Vec<u64> = (0..100_000).map(|i| if i < 5_000 { i } else { 0 }).collect();
        assert!(distinct_by_hash(&values, 100_000).is_none());
        let texts: Vec<[u8; 8]> = values.iter().map(|v| v.to_le_bytes()).collect();
        assert!(distinct_texts(texts.iter().map(|t| &t[..]), 100_000, usize::MAX).is_none());
    }
}
