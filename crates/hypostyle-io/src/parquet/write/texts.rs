//! Chunks of texts and other bytes: as codes, or lengths first and then all bytes.

use hypostyle_core::{Array, BinaryArray, Column, DictArray, Dictionary, Error, Result};
use hypostyle_kernels::distinct::{distinct_texts, numbers_of, present, without_nulls};
use hypostyle_kernels::hash::{BytesTable, hash_bytes};
use hypostyle_kernels::pack::width_of;
use hypostyle_kernels::simd;
use parquet::basic::Encoding;

use super::chunk::EncodedChunk;
use super::delta::{self, Bits};
use super::encode::{Chunk, Entries, PagePart, Scratch};
use super::numbers::coded;
use super::ranges::{self, Range};

/// No dictionary has more bytes.
const DICTIONARY: usize = 1 << 20;

/// Texts as codes of distinct ones, which ascend.
struct Coded<'a> {
    entries: Vec<&'a [u8]>,
    codes: Vec<u32>,
}

impl<'a> Coded<'a> {
    /// The texts of dictionaries, without nulls.
    fn of_dictionaries(arrays: &[&'a DictArray]) -> Self {
        let mut codes: Vec<u32> = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
        // Arrays of one dictionary that lie one behind the other, and where their codes begin.
        let mut runs: Vec<(&'a Dictionary, usize)> = Vec::new();
        for array in arrays {
            let dictionary: &'a Dictionary = array.dictionary();
            if runs.last().is_none_or(|(last, _)| !std::ptr::eq(*last, dictionary)) {
                runs.push((dictionary, codes.len()));
            }
            let array = array.codes();
            match array.validity().filter(|validity| validity.count_unset() > 0) {
                None => codes.extend_from_slice(array.values()),
                Some(validity) => without_nulls(array.values(), validity, &mut codes),
            }
        }
        let alone = runs.len() == 1 && runs.iter().all(|(dictionary, _)| dictionary.is_unique());
        let mut table = BytesTable::default();
        let mut entries: Vec<&'a [u8]> = Vec::new();
        let mut numbers: Vec<u32> = Vec::new();
        let ends: Vec<usize> = runs.iter().skip(1).map(|(_, start)| *start).chain([codes.len()]).collect();
        for ((dictionary, start), end) in runs.iter().zip(ends) {
            let codes = &mut codes[*start..end];
            if codes.is_empty() {
                continue;
            }
            let keys = codes.iter().map(|code| u64::from(*code));
            let (bits, count) = present(keys, dictionary.len().saturating_sub(1) as u64);
            numbers.clear();
            numbers.resize(dictionary.len(), 0);
            for entry in numbers_of(&bits, count) {
                let text = dictionary.values().as_binary().value(entry as usize);
                let known = if alone { entries.len() as u32 } else { table.insert(text, hash_bytes(text)) };
                if known as usize == entries.len() {
                    entries.push(text);
                }
                numbers[entry as usize] = known;
            }
            // Those of one dictionary without repetitions are numbered once they are in order.
            if !alone {
                codes.iter_mut().for_each(|code| *code = numbers[*code as usize]);
            }
        }
        let ranks = Self::sort(&mut entries);
        if alone {
            numbers.iter_mut().for_each(|number| *number = ranks.get(*number as usize).copied().unwrap_or(0));
        } else {
            numbers = ranks;
        }
        codes.iter_mut().for_each(|code| *code = numbers[*code as usize]);
        Self { entries, codes }
    }

    /// Puts entries in order; where each of them went.
    fn sort(entries: &mut Vec<&'a [u8]>) -> Vec<u32> {
        let mut sorted: Vec<u32> = (0..entries.len() as u32).collect();
        sorted.sort_unstable_by_key(|entry| entries[*entry as usize]);
        let mut ranks = vec![0u32; entries.len()];
        sorted.iter().zip(0..).for_each(|(entry, rank)| ranks[*entry as usize] = rank);
        *entries = sorted.iter().map(|entry| entries[*entry as usize]).collect();
        ranks
    }

    /// Texts that repeat, found by their hashes.
    fn of_texts(texts: &[&'a [u8]]) -> Option<Self> {
        let found = distinct_texts(texts.iter().copied(), texts.len() / 3, DICTIONARY / 2)?;
        if found.entries.is_empty() {
            return None;
        }
        let mut entries = found.entries.iter().map(|place| texts[*place as usize]).collect();
        let ranks = Self::sort(&mut entries);
        let mut codes = found.codes;
        codes.iter_mut().for_each(|code| *code = ranks[*code as usize]);
        Some(Self { entries, codes })
    }

    /// Whether they take fewer bytes than the texts themselves, and their dictionary is not too large.
    fn pays(&self) -> bool {
        let entries: usize = self.entries.iter().map(|entry| entry.len() + 4).sum();
        let lengths: Vec<usize> = self.entries.iter().map(|entry| entry.len() + 1).collect();
        let texts: usize = self.codes.iter().map(|code| lengths[*code as usize]).sum();
        let codes = self.codes.len() * width_of(self.entries.len() as u64) as usize / 8;
        (1..=DICTIONARY).contains(&entries) && entries + codes <= texts + texts / 4
    }
}

/// The bytes of a column that is not coded.
fn binary(column: &Column) -> Result<&BinaryArray> {
    match column.array() {
        Array::Utf8(array) => Ok(array.as_binary()),
        Array::Binary(array) => Ok(array),
        _ => Err(Error::internal("a chunk of texts has none")),
    }
}

/// Texts one after the other, without nulls.
struct Texts<'a> {
    texts: Vec<&'a [u8]>,
    /// Where they lie side by side: the arrays and the number of each one's first text.
    whole: Vec<(usize, &'a BinaryArray)>,
}

impl<'a> Texts<'a> {
    fn of(columns: &[&'a Column]) -> Result<Self> {
        let mut this = Self { texts: Vec::new(), whole: Vec::new() };
        let mut is_whole = true;
        for column in columns {
            if let Array::Dict(array) = column.array() {
                is_whole = false;
                this.texts.extend(array.iter().flatten().map(str::as_bytes));
                continue;
            }
            let array = binary(column)?;
            if column.null_count() > 0 {
                is_whole = false;
                this.texts.extend(array.iter().flatten());
            } else {
                this.whole.push((this.texts.len(), array));
                this.texts.extend((0..array.len()).map(|row| array.value(row)));
            }
        }
        if !is_whole {
            this.whole.clear();
        }
        Ok(this)
    }

    /// Appends the bytes of some of them.
    fn extend(&self, from: usize, to: usize, out: &mut Vec<u8>) {
        if self.whole.is_empty() {
            self.texts[from..to].iter().for_each(|text| out.extend_from_slice(text));
            return;
        }
        for (first, array) in &self.whole {
            let (start, end) = (from.max(*first) - first, to.min(first + array.len()).saturating_sub(*first));
            if start < end {
                let offsets = array.offsets();
                out.extend_from_slice(&array.values()[offsets[start] as usize..offsets[end] as usize]);
            }
        }
    }
}

/// Whether chunks of this column are written here.
pub(super) fn is_text(array: &Array) -> bool {
    matches!(array, Array::Utf8(_) | Array::Binary(_) | Array::Dict(_))
}

/// Encodes a chunk of texts.
pub(super) fn encode(chunk: &Chunk<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
    let dictionaries: Option<Vec<&DictArray>> = chunk.columns.iter().map(|column| column.as_dict()).collect();
    if let Some(arrays) = dictionaries {
        let coded = Coded::of_dictionaries(&arrays);
        if coded.pays() {
            return encode_coded(chunk, &coded, scratch);
        }
    }
    let texts = Texts::of(chunk.columns)?;
    match Coded::of_texts(&texts.texts) {
        Some(coded) => encode_coded(chunk, &coded, scratch),
        None => encode_texts(chunk, &texts, scratch),
    }
}

fn encode_coded(chunk: &Chunk<'_>, coded_texts: &Coded<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
    let Coded { entries, codes } = coded_texts;
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&(entry.len() as u32).to_le_bytes());
        bytes.extend_from_slice(entry);
    }
    let dictionary = Entries { bytes, count: entries.len(), sorted: true };
    let lengths: Vec<usize> = entries.iter().map(|entry| entry.len()).collect();
    let about = |_, part: &PagePart| {
        let codes = &codes[part.values.clone()];
        if !chunk.statistical.wanted || codes.is_empty() {
            return (Range::Nothing, 0);
        }
        let (low, high) = simd::dispatch(
            #[inline(always)]
            || codes.iter().fold((u32::MAX, 0), |(low, high), code| (low.min(*code), high.max(*code))),
        );
        let end = |code: u32| entries[code as usize].to_vec();
        let text = codes.iter().map(|code| lengths[*code as usize]).sum();
        (Range::Bytes { low: end(low), high: end(high) }, text)
    };
    let body = |part: &PagePart, out: &mut Vec<u8>| coded(&codes[part.values.clone()], entries.len(), out);
    chunk.write(Encoding::RLE_DICTIONARY, &chunk.pages(16), Some(&dictionary), about, body, scratch)
}

fn encode_texts(chunk: &Chunk<'_>, source: &Texts<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
    let texts = &source.texts;
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let mean = bytes / texts.len().max(1) + 1;
    let parts = chunk.pages_of_texts(8 * mean, texts);
    let mut lengths = std::mem::take(&mut scratch.numbers);
    lengths.clear();
    lengths.extend(texts.iter().map(|text| text.len() as u64));
    let about = |_, part: &PagePart| {
        let here = &texts[part.values.clone()];
        let wanted = chunk.statistical.wanted;
        let range = if wanted { ranges::texts(here.iter().copied()) } else { Range::Nothing };
        (range, here.iter().map(|text| text.len()).sum())
    };
    let body = |part: &PagePart, out: &mut Vec<u8>| {
        if texts.is_empty() {
            return Ok(());
        }
        delta::integers(&lengths[part.values.clone()], Bits::Narrow, out)?;
        source.extend(part.values.start, part.values.end, out);
        Ok(())
    };
    let encoding = if texts.is_empty() { Encoding::PLAIN } else { Encoding::DELTA_LENGTH_BYTE_ARRAY };
    let written = chunk.write(encoding, &parts, None, about, body, scratch);
    scratch.numbers = lengths;
    written
}
