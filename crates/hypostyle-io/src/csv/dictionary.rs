//! Dictionary form for repetitive strings.
//!
//! Which columns take it is decided once, from the rows that types are inferred from. The entries found there are the
//! base dictionary, which every block shares as long as it suffices; a block with further entries has a dictionary of
//! its own that begins with the base. So the answer of a block depends on the file and the options only.

use std::sync::Arc;

use hypostyle_core::{DictArray, Dictionary, MutableBitmap, PrimitiveArray, Utf8Array};

use super::field::{Content, FieldRules};
use super::parse::load8;
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
    slots: Box<[u16; SLOTS]>,
    /// The same for texts of one byte.
    letters: Box<[u16; 256]>,
    keys: Vec<Key>,
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

const SLOT_BITS: u32 = 12;
const SLOTS: usize = 1 << SLOT_BITS;

/// What tells most texts apart: the first eight bytes, the last eight, and the length. Up to sixteen bytes that is all
/// there is to a text. Of a shorter text than eight bytes both are all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    head: u64,
    tail: u64,
    len: usize,
}

impl Key {
    fn of(field: &[u8]) -> Self {
        let short = field.len().min(8);
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        Self { head: word(&field[..short]), tail: word(&field[field.len() - short..]), len: field.len() }
    }

    /// The key of `text[start..end]`, which is not empty, without a branch on its length; `None` too close to the
    /// borders of the text.
    #[inline(always)]
    fn within(text: &[u8], start: usize, end: usize) -> Option<Self> {
        let (head, tail) = (load8(text, start)?, load8(text, end.checked_sub(8)?)?);
        let len = end - start;
        // At least one byte stays.
        let shift = 64 - 8 * len.clamp(1, 8) as u32;
        Some(Self { head: head << shift >> shift, tail: tail >> shift, len })
    }

    #[inline(always)]
    fn slot(self) -> usize {
        let mixed =
            (self.head ^ self.tail.rotate_left(29) ^ self.len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The highest bits are the only ones that all others have a say in.
        (mixed >> (64 - SLOT_BITS)) as usize
    }
}

impl Table {
    fn new() -> Self {
        let (slots, letters) = (Box::new([0; SLOTS]), Box::new([0; 256]));
        Self { slots, letters, keys: Vec::new(), offsets: vec![0], bytes: Vec::new() }
    }

    fn len(&self) -> usize {
        self.keys.len()
    }

    fn entry(&self, code: usize) -> &[u8] {
        &self.bytes[self.offsets[code] as usize..self.offsets[code + 1] as usize]
    }

    /// The code of the text, which is added if it is new; `None` if there is no room for it.
    fn code(&mut self, text: &[u8]) -> Option<u32> {
        self.code_of(Key::of(text), text)
    }

    /// The same with the key at hand.
    #[inline(always)]
    fn code_of(&mut self, key: Key, text: &[u8]) -> Option<u32> {
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
        if let [letter] = text {
            self.letters[usize::from(*letter)] = code as u16 + 1;
        }
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
                // Flags and grades are a letter each.
                if let [letter] = field
                    && let Some(found) = table.letters[usize::from(*letter)].checked_sub(1)
                {
                    *code = found.into();
                    continue;
                }
                *code = match Key::within(text, span.start as usize, span.end as usize) {
                    Some(key) => table.code_of(key, field)?,
                    None => table.code(field)?,
                };
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
    fn both_ways_to_a_key_agree() {
        let text: Vec<u8> = (0..60u8).collect();
        for start in 0..40 {
            for end in start + 1..60 {
                let within = Key::within(&text, start, end);
                assert_eq!(within.is_some(), start + 8 <= 60 && end >= 8);
                assert!(within.is_none_or(|key| key == Key::of(&text[start..end])));
            }
        }
    }

    #[test]
    fn distinct_values_are_no_dictionary() {
        let values: Vec<String> = (0..100).map(|i| format!("value {i}")).collect();
        assert!(DictionaryEncoder::from_sample(values.iter().map(|v| v.as_bytes())).is_none());
        assert!(DictionaryEncoder::from_sample(std::iter::empty()).is_none());
    }
}
