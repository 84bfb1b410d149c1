//! The first bytes of texts as digits of a sort key.
//!
//! Texts of a column often begin alike (`customer-000017`), so what all have in common is left out. Where the rest
//! fits, it is followed by its length, which tells `"a"` from `"a\0"`: the digits then are the text. Normalized keys of
//! a fixed length are those of Graefe, *Implementing sorting in database systems* (2006).

use hypostyle_core::{Array, BinaryArray, Column, DictArray};

/// Bits of a length.
const LENGTH_BITS: u32 = 8;

/// A column of text or bytes.
#[derive(Clone, Copy, Debug)]
enum Bytes<'a> {
    Plain(&'a BinaryArray),
    Dict(&'a DictArray),
}

impl<'a> Bytes<'a> {
    fn of(column: &'a Column) -> Option<Self> {
        match column.array() {
            Array::Utf8(array) => Some(Self::Plain(array.as_binary())),
            Array::Binary(array) => Some(Self::Plain(array)),
            Array::Dict(array) => Some(Self::Dict(array)),
            _ => None,
        }
    }

    #[inline]
    fn get(self, row: usize) -> Option<&'a [u8]> {
        match self {
            Self::Plain(array) => array.get(row),
            Self::Dict(array) => array.get(row).map(str::as_bytes),
        }
    }
}

/// Which bytes of a column's texts become digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextDigits {
    /// Bytes that all texts begin with.
    common: usize,
    /// Bytes that become digits; shorter texts are padded.
    bytes: usize,
    /// Whether the digits are all of every text.
    exact: bool,
}

impl TextDigits {
    /// For so many bits at most (of nulls alone, for those of a length); `None` if the column is no text.
    pub(crate) fn of(column: &Column, bits: u32) -> Option<Self> {
        let texts = Bytes::of(column)?;
        let mut present = (0..column.len()).filter_map(|row| texts.get(row));
        let Some(first) = present.next() else { return Some(Self { common: 0, bytes: 0, exact: true }) };
        let (mut common, mut longest) = (first.len(), first.len());
        for text in present {
            longest = longest.max(text.len());
            if !text.starts_with(&first[..common]) {
                common = text.iter().zip(first).take_while(|(a, b)| a == b).count();
            }
        }
        let rest = longest - common;
        let exact = rest as u64 * 8 + u64::from(LENGTH_BITS) <= u64::from(bits);
        Some(Self { common, bytes: if exact { rest } else { bits as usize / 8 }, exact })
    }

    /// Whether equal digits are equal texts.
    pub(crate) fn is_exact(self) -> bool {
        self.exact
    }

    /// How many bits the digits take.
    pub(crate) fn bits(self) -> u32 {
        self.bytes as u32 * 8 + if self.exact { LENGTH_BITS } else { 0 }
    }

    /// The digits of every row; `None` for null.
    pub(crate) fn for_each(self, column: &Column, mut put: impl FnMut(usize, Option<u128>)) {
        let Some(texts) = Bytes::of(column) else { return };
        for row in 0..column.len() {
            put(row, texts.get(row).map(|text| self.digits(text)));
        }
    }

    #[inline]
    fn digits(self, text: &[u8]) -> u128 {
        let rest = &text[self.common..];
        let mut word = [0; 16];
        let taken = rest.len().min(self.bytes);
        word[..taken].copy_from_slice(&rest[..taken]);
        let digits = u128::from_be_bytes(word).unbounded_shr(128 - self.bytes as u32 * 8);
        if self.exact { digits << LENGTH_BITS | rest.len() as u128 } else { digits }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The order of digits is that of the texts, as far as they go.
        #[test]
        fn digits_are_ordered_as_their_texts(
            start in "[a\u{0}]{0,20}",
            ends in prop::collection::vec("[ab\u{0}é]{0,18}", 0..9),
            bits in 0u32..=128,
        ) {
            let texts: Vec<String> = ends.iter().map(|end| format!("{start}{end}")).collect();
            let column = Column::from_strs(texts.iter().map(String::as_str));
            let digits = TextDigits::of(&column, bits).unwrap();
            prop_assert!(digits.bits() <= bits || texts.is_empty());
            let mut found = vec![0; texts.len()];
            digits.for_each(&column, |row, value| found[row] = value.unwrap());
            for (i, a) in texts.iter().enumerate() {
                for (j, b) in texts.iter().enumerate() {
                    let order = found[i].cmp(&found[j]);
                    prop_assert!(order == a.cmp(b) || order.is_eq() && !digits.is_exact());
                    prop_assert!(found[i].leading_zeros() >= 128 - digits.bits());
                }
            }
        }
    }
}
