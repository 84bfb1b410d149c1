//! Texts of at most fifteen bytes as integers: what fits a register is compared and hashed there.
//!
//! The bytes are the digits of a number in base 256, the first the highest, after a one that keeps their count: no two
//! texts have the same number. Texts with a common beginning lie close together, so that a range of them takes few bits.

use hypostyle_core::{Array, Column, DataType, PrimitiveArray, Utf8Array};

/// The longest text that has a number.
pub const LONGEST: usize = 15;

/// The numbers of a text column, as `Int128`; null where a row is. `None` if a text is longer, or the column is no text.
pub fn pack(column: &Column) -> Option<Column> {
    pack_or(column, None)
}

/// As [`pack`], with a number that no text has, zero, for those that are longer. `None` if the column is no text.
pub fn pack_known(column: &Column) -> Option<Column> {
    pack_or(column, Some(0))
}

fn pack_or(column: &Column, longer: Option<i128>) -> Option<Column> {
    let values = match column.array() {
        Array::Utf8(array) => numbers(array, longer)?,
        Array::Dict(array) => {
            let entries = numbers(array.dictionary().values(), longer)?;
            // What stands under nulls may be no code.
            array
                .codes()
                .values
                .iter()
                .map(|code| entries.get(*code as usize).copied().unwrap_or(0))
                .collect()
        }
        _ => return None,
    };
    let packed = PrimitiveArray::try_new(values.into(), column.validity().cloned()).ok()?;
    Some(Column::from_primitive(DataType::Int128, packed))
}

fn numbers(array: &Utf8Array, longer: Option<i128>) -> Option<Vec<i128>> {
    let (offsets, bytes) = (array.offsets(), array.values());
    let mut values = Vec::with_capacity(array.len());
    for ends in offsets.windows(2) {
        let (start, end) = (ends[0] as usize, ends[1] as usize);
        let length = end - start;
        values.push(if length <= LONGEST { number(bytes, start, length) } else { longer? });
    }
    Some(values)
}

#[inline(always)]
fn number(bytes: &[u8], start: usize, length: usize) -> i128 {
    let digits = match bytes.get(start..start + 16).and_then(|window| <[u8; 16]>::try_from(window).ok()) {
        // Sixteen bytes at once; those behind the text are shifted out.
        Some(window) => u128::from_be_bytes(window).unbounded_shr(128 - 8 * length as u32),
        // The last texts of a column.
        None => bytes[start..start + length].iter().fold(0, |digits, byte| digits << 8 | u128::from(*byte)),
    };
    (1i128 << (8 * length)) | digits as i128
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

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
