//! Dictionary form for repetitive strings.
//!
//! Which columns take it is decided once, from the rows that types are inferred from. The entries found there are the
//! base dictionary, which every block shares as long as it suffices; a block with further entries has a dictionary of
//! its own that begins with the base. So the answer of a block depends on the file and the options only.

use std::sync::Arc;

use hypostyle_core::{DictArray, Dictionary, MutableBitmap, PrimitiveArray, Utf8Array};

use super::field::{Content, FieldRules};
use super::records::Span;

/// Most entries of a base dictionary.
const MOST_BASE_ENTRIES: usize = 256;
/// Most entries of one block's dictionary; past them the block is read as plain strings.
const MOST_ENTRIES: usize = 1024;
/// Fewest sampled rows per distinct value.
const ROWS_PER_ENTRY: usize = 8;

/// Turns the strings of one column into codes.
#[derive(Debug)]
pub(super) struct DictionaryEncoder {
    base: Arc<Dictionary>,
    table: Table,
}

/// Entries by their text, open addressing with linear probing.
#[derive(Clone, Debug)]
struct Table {
    /// Code plus one, or zero; at least four times as many as entries.
    slots: Vec<u16>,
    keys: Vec<Key>,
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

const SLOTS: usize = 4 * MOST_ENTRIES;

/// What tells most texts apart: the first eight bytes, the last eight, and the length. Up to sixteen bytes that is all
/// there is to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    head: u64,
    tail: u64,
    len: usize,
}

impl Key {
    #[inline(always)]
    fn of(text: &[u8]) -> Self {
        let len = text.len();
        match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(head), Some(tail)) => {
                Self { head: u64::from_le_bytes(*head), tail: u64::from_le_bytes(*tail), len }
            }
            _ => Self { head: short_word(text), tail: 0, len },
        }
    }

    #[inline(always)]
    fn slot(self) -> usize {
        let mixed =
            (self.head ^ self.tail.rotate_left(29) ^ self.len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40) as usize % SLOTS
    }
}

/// Fewer than eight bytes as a number; not the same for two texts of one length.
#[inline(always)]
fn short_word(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(head), Some(tail)) => {
            u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << 32
        }
        _ => match text {
            [] => 0,
            [a] => u64::from(*a),
            [a, b] => u64::from(*a) | u64::from(*b) << 8,
            [a, b, c, ..] => u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16,
        },
    }
}

impl Table {
    fn new() -> Self {
        Self { slots: vec![0; SLOTS], keys: Vec::new(), offsets: vec![0], bytes: Vec::new() }
    }

    fn len(&self) -> usize {
        self.keys.len()
    }

    fn entry(&self, code: usize) -> &[u8] {
        &self.bytes[self.offsets[code] as usize..self.offsets[code + 1] as usize]
    }

    /// The code of the text, which is added if it is new; `None` if there is no room for it.
    #[inline(always)]
    fn code(&mut self, text: &[u8]) -> Option<u32> {
        let key = Key::of(text);
        let mut slot = key.slot();
        loop {
            let code = self.slots[slot];
            if code == 0 {
                return self.insert(slot, key, text);
            }
            let code = usize::from(code) - 1;
            if self.keys[code] == key
                && (key.len <= 16 || self.entry(code)[8..key.len - 8] == text[8..key.len - 8])
            {
                return Some(code as u32);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    #[cold]
    fn insert(&mut self, slot: usize, key: Key, text: &[u8]) -> Option<u32> {
        if self.len() >= MOST_ENTRIES {
            return None;
        }
        let code = self.len() as u32;
        self.bytes.extend_from_slice(text);
        self.offsets.push(u32::try_from(self.bytes.len()).ok()?);
        self.keys.push(key);
        self.slots[slot] = code as u16 + 1;
        Some(code)
    }

    fn dictionary(&self) -> Option<Arc<Dictionary>> {
        let offsets: Vec<i64> = self.offsets.iter().map(|o| i64::from(*o)).collect();
        let values = Utf8Array::try_new(offsets.into(), self.bytes.clone().into(), None).ok()?;
        Some(Arc::new(Dictionary::try_new(values).ok()?.assert_unique(false)))
    }
}

impl DictionaryEncoder {
    /// An encoder for a column with these sampled values, if they repeat enough.
    pub(super) fn from_sample<'a>(sample: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let mut table = Table::new();
        let mut rows = 0;
        for text in sample {
            table.code(text)?;
            rows += 1;
            if table.len() > MOST_BASE_ENTRIES {
                return None;
            }
        }
        if table.len() == 0 || rows < ROWS_PER_ENTRY * table.len() {
            return None;
        }
        Some(Self { base: table.dictionary()?, table })
    }

    /// The fields as codes; `None` if plain strings suit them better, or if anything is wrong with them.
    pub(super) fn encode(&self, text: &[u8], spans: &[Span], rules: &FieldRules<'_>) -> Option<DictArray> {
        let mut table = self.table.clone();
        let mut codes = vec![0u32; spans.len()];
        let mut validity: Option<MutableBitmap> = None;
        let try_fast = rules.null_values.is_empty();
        for (row, (code, span)) in codes.iter_mut().zip(spans).enumerate() {
            let field = span.of(text);
            if try_fast && field.first().is_some_and(|first| Some(*first) != rules.quote) {
                *code = table.code(field)?;
                continue;
            }
            match rules.content(text, *span) {
                Content::Text { bytes: [], quoted: false, .. } if rules.empty_is_null => {}
                Content::Text { bytes, escaped, .. } => {
                    *code = table.code(&rules.unescape(bytes, escaped))?;
                    continue;
                }
                Content::Null => {}
                Content::Malformed => return None,
            }
            validity.get_or_insert_with(|| MutableBitmap::constant(true, spans.len())).set(row, false);
        }
        let dictionary =
            if table.len() == self.table.len() { self.base.clone() } else { table.dictionary()? };
        let codes = PrimitiveArray { values: codes.into(), validity: validity.map(MutableBitmap::freeze) };
        DictArray::try_new(codes, dictionary).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(encoder: &DictionaryEncoder, text: &str) -> Option<(Vec<u32>, Arc<Dictionary>)> {
        let mut spans = vec![];
        let mut start = 0;
        for field in text.split(',') {
            spans.push(Span { start, end: start + field.len() as u32 });
            start += field.len() as u32 + 1;
        }
        let rules = FieldRules {
            quote: None,
            doubled: true,
            null_values: &[],
            empty_is_null: true,
            ignore_errors: false,
            point: b'.',
        };
        let array = encoder.encode(text.as_bytes(), &spans, &rules)?;
        Some((array.codes().values.to_vec(), array.dictionary().clone()))
    }

    #[test]
    fn blocks_share_the_base_until_it_does_not_suffice() {
        let sample: Vec<&[u8]> = [&b"MAIL"[..], b"SHIP", b"DELIVER IN PERSON"].repeat(10);
        let encoder = DictionaryEncoder::from_sample(sample.into_iter()).unwrap();
        let (codes, dictionary) = encode(&encoder, "SHIP,MAIL,DELIVER IN PERSON,MAIL").unwrap();
        assert_eq!(codes, [1, 0, 2, 0]);
        assert!(Arc::ptr_eq(&dictionary, &encoder.base));
        let (codes, dictionary) = encode(&encoder, "SHIP,RAIL,MAIL").unwrap();
        assert_eq!(codes, [1, 3, 0]);
        assert_eq!(dictionary.values().value(3), "RAIL");
        let many: Vec<String> = (0..2 * MOST_ENTRIES).map(|i| i.to_string()).collect();
        assert!(encode(&encoder, &many.join(",")).is_none());
    }

    #[test]
    fn texts_of_every_length_are_told_apart() {
        let mut table = Table::new();
        let texts: Vec<String> = (0..40)
            .flat_map(|n| (0..n).map(move |at| (0..n).map(|i| if i == at { 'b' } else { 'a' }).collect()))
            .collect();
        for (code, text) in texts.iter().enumerate() {
            assert_eq!(table.code(text.as_bytes()), Some(code as u32), "{text}");
        }
        for (code, text) in texts.iter().enumerate() {
            assert_eq!(table.code(text.as_bytes()), Some(code as u32), "{text}");
        }
    }

    #[test]
    fn distinct_values_are_no_dictionary() {
        let values: Vec<String> = (0..100).map(|i| format!("value {i}")).collect();
        assert!(DictionaryEncoder::from_sample(values.iter().map(|v| v.as_bytes())).is_none());
        assert!(DictionaryEncoder::from_sample(std::iter::empty()).is_none());
    }
}
