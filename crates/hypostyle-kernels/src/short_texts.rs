//! Texts of at most fifteen bytes as integers: what fits a register is compared and hashed there.
//!
//! The bytes are the digits of a number in base 256, the first the highest, after a one that keeps their count: no two
//! texts have the same number. Texts with a common beginning lie close together, so that a range of them takes few
//! bits.

use hypostyle_core::{Array, Column, Native, PrimitiveArray, Utf8Array};

/// The longest text that has a number.
pub const LONGEST: usize = 15;
/// The longest text whose number fits 64 bits.
pub const LONGEST_WORD: usize = 7;

/// The numbers of a text column, as `Int128`; null where a row is. `None` if a text is longer, or the column is no
/// text.
pub fn pack(column: &Column) -> Option<Column> {
    pack_into::<i128>(column, None)
}

/// As [`pack`], with a number that no text has, zero, for those that are longer. `None` if the column is no text.
pub fn pack_known(column: &Column) -> Option<Column> {
    pack_into::<i128>(column, Some(0))
}

/// As [`pack`], as `UInt64`, for texts of at most [`LONGEST_WORD`] bytes.
pub fn pack_words(column: &Column) -> Option<Column> {
    pack_into::<u64>(column, None)
}

/// As [`pack_known`], as `UInt64`: those of more than [`LONGEST_WORD`] bytes are longer.
pub fn pack_known_words(column: &Column) -> Option<Column> {
    pack_into::<u64>(column, Some(0))
}

fn pack_into<K: Number>(column: &Column, longer: Option<K>) -> Option<Column> {
    let values = match column.array() {
        Array::Utf8(array) => numbers(array, longer)?,
        Array::Dict(array) if array.dictionary().len() > array.len() => {
            let entries = array.dictionary().values();
            let mut values = Vec::with_capacity(array.len());
            for (i, code) in array.codes().values().iter().enumerate() {
                let text = array.codes().validity().is_none_or(|validity| validity.get(i));
                values.push(if text { number_of(entries, *code as usize, longer)? } else { K::default() });
            }
            values
        }
        Array::Dict(array) => {
            let entries = numbers(array.dictionary().values(), longer)?;
            // What stands under nulls may be no code.
            array
                .codes()
                .values()
                .iter()
                .map(|code| entries.get(*code as usize).copied().unwrap_or_default())
                .collect()
        }
        _ => return None,
    };
    let packed = PrimitiveArray::try_new(values.into(), column.validity().cloned()).ok()?;
    Some(Column::from_primitive(<K as Native>::DTYPE, packed))
}

fn numbers<K: Number>(array: &Utf8Array, longer: Option<K>) -> Option<Vec<K>> {
    let (offsets, bytes) = (array.offsets(), array.values());
    let mut values = Vec::with_capacity(array.len());
    for ends in offsets.windows(2) {
        let (start, end) = (ends[0] as usize, ends[1] as usize);
        let length = end - start;
        values.push(if length <= K::LONGEST { K::number(bytes, start, length) } else { longer? });
    }
    Some(values)
}

#[inline(always)]
fn number_of<K: Number>(array: &Utf8Array, row: usize, longer: Option<K>) -> Option<K> {
    let (start, end) = (array.offsets()[row] as usize, array.offsets()[row + 1] as usize);
    let length = end - start;
    if length <= K::LONGEST { Some(K::number(array.values(), start, length)) } else { longer }
}

/// What texts are made into.
trait Number: Native {
    const LONGEST: usize;
    fn number(bytes: &[u8], start: usize, length: usize) -> Self;
}

impl Number for i128 {
    const LONGEST: usize = LONGEST;

    #[inline(always)]
    fn number(bytes: &[u8], start: usize, length: usize) -> Self {
        let digits = match bytes.get(start..start + 16).and_then(|window| <[u8; 16]>::try_from(window).ok()) {
            // Sixteen bytes at once; those behind the text are shifted out.
            Some(window) => u128::from_be_bytes(window).unbounded_shr(128 - 8 * length as u32),
            // The last texts of a column.
            None => {
                bytes[start..start + length].iter().fold(0, |digits, byte| digits << 8 | u128::from(*byte))
            }
        };
        (1i128 << (8 * length)) | digits as i128
    }
}

impl Number for u64 {
    const LONGEST: usize = LONGEST_WORD;

    #[inline(always)]
    fn number(bytes: &[u8], start: usize, length: usize) -> Self {
        let digits = match bytes.get(start..start + 8).and_then(|window| <[u8; 8]>::try_from(window).ok()) {
            Some(window) => u64::from_be_bytes(window).unbounded_shr(64 - 8 * length as u32),
            None => {
                bytes[start..start + length].iter().fold(0, |digits, byte| digits << 8 | u64::from(*byte))
            }
        };
        (1u64 << (8 * length)) | digits
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::late_text::{RowNumbers, entries};

    #[test]
    fn equal_numbers_are_equal_texts() {
        let mut texts: Vec<String> = (0..3_000).map(|i| format!("id{:0w$}", i % 700, w = i % 13)).collect();
        texts.extend(["", "\0", "\0\0", "a", "a\0", "\0a", "ÿÿÿÿÿÿÿ", "fifteen bytes!!"].map(str::to_owned));
        let column = Column::from_utf8(texts.iter().map(|t| Some(t.as_str())).collect());
        let packed = pack(&column).unwrap();
        let mut known: HashMap<i128, &str> = HashMap::new();
        let mut distinct: Vec<&str> = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            let number = packed.get(i).as_i128().unwrap();
            assert!(number > 0);
            assert_eq!(*known.entry(number).or_insert(text), text);
            distinct.push(text);
        }
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(known.len(), distinct.len());
        // In 64 bits they are the same, or none; in a dictionary of more entries than rows too.
        let words = pack_known_words(&column).unwrap();
        for (i, text) in texts.iter().enumerate() {
            let number = words.get(i).as_i128().unwrap();
            assert_eq!(number, if text.len() <= LONGEST_WORD { packed.get(i).as_i128().unwrap() } else { 0 });
        }
        let rows = RowNumbers::try_new(vec![1, 5, 2_999, crate::gather::NO_ROW], column.len()).unwrap();
        let late = rows.gather_late(&column, &entries(&column).unwrap()).unwrap();
        for (i, row) in [1, 5, 2_999].into_iter().enumerate() {
            assert_eq!(pack(&late).unwrap().get(i), packed.get(row));
        }
        assert!(pack(&late).unwrap().is_null(3));
    }

    #[test]
    fn longer_texts_and_nulls() {
        let column = Column::from_utf8([Some("a"), None, Some("sixteen bytes !!")].into_iter().collect());
        assert!(pack(&column).is_none());
        let packed = pack_known(&column).unwrap();
        assert_eq!(packed.get(0).as_i128(), Some(0x161));
        assert!(packed.is_null(1));
        assert_eq!(packed.get(2).as_i128(), Some(0));
        assert!(pack(&Column::from_vec(vec![1])).is_none());
    }
}
