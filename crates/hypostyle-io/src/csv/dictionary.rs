//! Dictionary form for repetitive strings.
//!
//! Which columns take it is decided once, from the rows that types are inferred from. The entries found there are the
//! base dictionary, which every block shares as long as it suffices; a block with further entries has a dictionary of
//! its own that begins with the base. So the answer of a block depends on the file and the options only.

use std::sync::Arc;

use hypostyle_core::{DictArray, Dictionary, MutableBitmap, PrimitiveArray, Utf8Array};
use hypostyle_kernels::bytes::Span;

use super::field::{Content, FieldRules};
use super::parse::load8;

/// Most entries of a base dictionary.
const MOST_BASE_ENTRIES: usize = 256;
/// Most entries of one block's dictionary; past them the block is read as plain strings.
const MOST_ENTRIES: usize = 1024;
/// Fewest sampled rows per distinct value.
const ROWS_PER_ENTRY: usize = 4;

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
    /// Most of the entries of up to seven bytes, each in the one place where it may be.
    short: Box<[Short; SHORT_SLOTS]>,
    /// What makes of a short text its place.
    multiplier: u64,
    keys: Vec<Key>,
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

/// 2⁶⁴ over the golden ratio: multiplying by it mixes bits upwards.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

const SLOT_BITS: u32 = 12;
const SLOTS: usize = 1 << SLOT_BITS;

/// A text of up to seven bytes as one word with its length at the top, and its code. No text is the word zero.
#[derive(Clone, Copy, Debug, Default)]
struct Short {
    word: u64,
    code: u32,
}

const SHORT_BITS: u32 = 10;
const SHORT_SLOTS: usize = 1 << SHORT_BITS;
/// The longest of them.
const SHORT_BYTES: usize = 7;
/// How many ways to place the short entries are tried, so that few of them meet.
const PLACINGS: u64 = 64;

/// The word of a text from its first eight bytes, of which `len` belong to it.
#[inline(always)]
fn short_word(head: u64, len: usize) -> u64 {
    debug_assert!((1..=SHORT_BYTES).contains(&len));
    let shift = 64 - 8 * len as u32;
    (head << shift >> shift) | (len as u64) << 56
}

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
        let mixed = (self.head ^ self.tail.rotate_left(29) ^ self.len as u64).wrapping_mul(GOLDEN);
        // The highest bits are the only ones that all others have a say in.
        (mixed >> (64 - SLOT_BITS)) as usize
    }
}

/// Where a short text may be.
#[inline(always)]
fn short_place(word: u64, multiplier: u64) -> usize {
    (word.wrapping_mul(multiplier) >> (64 - SHORT_BITS)) as usize
}

impl Table {
    fn new() -> Self {
        let (slots, short) = (Box::new([0; SLOTS]), Box::new([Short::default(); SHORT_SLOTS]));
        Self { slots, short, multiplier: GOLDEN, keys: Vec::new(), offsets: vec![0], bytes: Vec::new() }
    }

    fn len(&self) -> usize {
        self.keys.len()
    }

    fn entry(&self, code: usize) -> &[u8] {
        &self.bytes[self.offsets[code] as usize..self.offsets[code + 1] as usize]
    }

    /// Whether the entry is the short one at its place now.
    fn place(&mut self, code: u32, key: Key) -> bool {
        if !(1..=SHORT_BYTES).contains(&key.len) {
            return true;
        }
        let word = short_word(key.head, key.len);
        let place = &mut self.short[short_place(word, self.multiplier)];
        if place.word == 0 {
            *place = Short { word, code };
        }
        place.word == word
    }

    /// Places the short entries anew, so that as few as can be share a place.
    fn place_best(&mut self) {
        let mut best = (usize::MAX, GOLDEN);
        for i in 0..PLACINGS {
            let multiplier = GOLDEN.wrapping_mul(2 * i + 1) | 1;
            let without = self.place_all(multiplier);
            best = best.min((without, multiplier));
            if without == 0 {
                return;
            }
        }
        self.place_all(best.1);
    }

    /// Places the short entries by a multiplier: how many found their place taken.
    fn place_all(&mut self, multiplier: u64) -> usize {
        self.multiplier = multiplier;
        self.short.fill(Short::default());
        (0..self.len()).filter(|code| !self.place(*code as u32, self.keys[*code])).count()
    }

    /// Adds the codes of the fields up to the first that is no plain text of an entry.
    #[inline(never)]
    fn look_up(&self, text: &[u8], spans: &[Span], quote: Option<u8>, codes: &mut Vec<u32>) {
        // No byte is 256.
        let quote = quote.map_or(256, u64::from);
        for spans in spans.chunks(64) {
            let mut found = [0; 64];
            let mut count = 0;
            for (code, span) in found.iter_mut().zip(spans) {
                let Some(known) = self.plain(text, *span, quote) else { break };
                *code = known;
                count += 1;
            }
            codes.extend_from_slice(&found[..count]);
            if count < spans.len() {
                return;
            }
        }
    }

    /// The code of a field, if it is the text of an entry and nothing else, not even quotes.
    #[inline(always)]
    fn plain(&self, text: &[u8], span: Span, quote: u64) -> Option<u32> {
        let start = span.start as usize;
        let head = load8(text, start)?;
        let len = (span.end as usize).wrapping_sub(start);
        if head & 0xff == quote || len == 0 {
            return None;
        }
        if len <= SHORT_BYTES {
            let word = short_word(head, len);
            let short = self.short[short_place(word, self.multiplier)];
            if short.word == word {
                return Some(short.code);
            }
        }
        self.find(Key::within(text, start, span.end as usize)?, span.of(text))
    }

    /// The code of an entry.
    #[inline(always)]
    fn find(&self, key: Key, text: &[u8]) -> Option<u32> {
        self.probe(key, text).ok()
    }

    /// The code of an entry, or the free slot where it would be.
    #[inline(always)]
    fn probe(&self, key: Key, text: &[u8]) -> Result<u32, usize> {
        let mut slot = key.slot();
        loop {
            let code = self.slots[slot];
            if code == 0 {
                return Err(slot);
            }
            let code = usize::from(code) - 1;
            if self.keys[code] == key
                && (key.len <= 16 || self.entry(code)[8..key.len - 8] == text[8..key.len - 8])
            {
                return Ok(code as u32);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// The code of the text, which is added if it is new; `None` if there is no room for it.
    fn code(&mut self, text: &[u8]) -> Option<u32> {
        let key = Key::of(text);
        match self.probe(key, text) {
            Ok(code) => Some(code),
            Err(slot) => self.insert(slot, key, text),
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
        self.place(code, key);
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
        table.place_best();
        Some(Self { base: table.dictionary()?, table })
    }

    /// The fields as codes; `None` if plain strings suit them better, or if anything is wrong with them.
    pub(super) fn encode(&self, text: &[u8], spans: &[Span], rules: &FieldRules<'_>) -> Option<DictArray> {
        // A copy of the table, once there is an entry to add.
        let mut own: Option<Table> = None;
        let mut codes = Vec::with_capacity(spans.len());
        let mut validity: Option<MutableBitmap> = None;
        let mut set_null = |row| {
            validity.get_or_insert_with(|| MutableBitmap::constant(true, spans.len())).set(row, false);
        };
        let try_fast = rules.null_values.is_empty();
        loop {
            if try_fast {
                let known = own.as_ref().unwrap_or(&self.table);
                known.look_up(text, &spans[codes.len()..], rules.quote, &mut codes);
            }
            let row = codes.len();
            let Some(span) = spans.get(row) else { break };
            let code = match rules.content(text, *span) {
                Content::Text { bytes: [], quoted: false, .. } if rules.empty_is_null => {
                    set_null(row);
                    0
                }
                Content::Null => {
                    set_null(row);
                    0
                }
                Content::Text { bytes, escaped, .. } => {
                    let entry = rules.unescape(bytes, escaped);
                    let known = own.as_ref().unwrap_or(&self.table);
                    match known.find(Key::of(&entry), &entry) {
                        Some(code) => code,
                        None => own.get_or_insert_with(|| self.table.clone()).code(&entry)?,
                    }
                }
                Content::Malformed => return None,
            };
            codes.push(code);
        }
        let dictionary = match own {
            None => self.base.clone(),
            Some(table) => table.dictionary()?,
        };
        let codes = PrimitiveArray::try_new(codes.into(), validity.map(MutableBitmap::freeze)).ok()?;
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
        Some((array.codes().values().to_vec(), array.dictionary().clone()))
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
    fn short_texts_are_told_apart_wherever_they_are_placed() {
        let texts: Vec<Vec<u8>> = (0..250u8)
            .map(|i| (0..=i % 8).map(|k| if k == i % 3 { i } else { k }).collect::<Vec<u8>>())
            .chain([b"".to_vec(), b"\0".to_vec(), b"\0\0".to_vec(), b"a\0".to_vec(), b"a".to_vec()])
            .collect();
        let mut table = Table::new();
        let codes: Vec<u32> = texts.iter().map(|text| table.code(text).unwrap()).collect();
        for _ in 0..2 {
            for (text, code) in texts.iter().zip(&codes).filter(|(text, _)| !text.is_empty()) {
                let around = [b"before, ", &text[..], b"and after it"].concat();
                let span = Span { start: 8, end: 8 + text.len() as u32 };
                let mut found = vec![];
                let unknown = Span { end: span.end + 4, ..span };
                table.look_up(&around, &[span, span, unknown, span], Some(b'"'), &mut found);
                assert_eq!(found, [*code, *code], "{text:?}");
            }
            table.place_best();
        }
    }

    #[test]
    fn distinct_values_are_no_dictionary() {
        let values: Vec<String> = (0..100).map(|i| format!("value {i}")).collect();
        assert!(DictionaryEncoder::from_sample(values.iter().map(|v| v.as_bytes())).is_none());
        assert!(DictionaryEncoder::from_sample(std::iter::empty()).is_none());
    }
}
