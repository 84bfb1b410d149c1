//! Chunks of texts and other bytes: as codes, or lengths first and then all bytes.

use hypostyle_core::{Array, BinaryArray, Bitmap, Column, DictArray, Dictionary, Error, Result};
use hypostyle_kernels::distinct::{distinct_texts, numbers_of, present, without_nulls};
use hypostyle_kernels::hash::{BytesTable, hash_bytes};
use hypostyle_kernels::pack::width_of;
use hypostyle_kernels::simd;
use parquet::basic::Encoding;
use parquet::schema::types::ColumnDescPtr;

use super::chunk::{ChunkWriter, EncodedChunk, Statistical};
use super::delta::{self, Bits};
use super::encode::{Limits, PagePart, Scratch, pages};
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
pub(super) fn encode(
    columns: &[&Column],
    validity: Option<&Bitmap>,
    descr: &ColumnDescPtr,
    statistical: Statistical,
    limits: &Limits,
    scratch: &mut Scratch,
) -> Result<EncodedChunk> {
    let rows = columns.iter().map(|column| column.len()).sum();
    let dictionaries: Option<Vec<&DictArray>> = columns.iter().map(|column| column.as_dict()).collect();
    let chunk = Chunk { rows, validity, descr, statistical, limits };
    if let Some(arrays) = dictionaries {
        let coded = Coded::of_dictionaries(&arrays);
        if coded.pays() {
            return chunk.encode_coded(&coded, scratch);
        }
    }
    let texts = Texts::of(columns)?;
    match Coded::of_texts(&texts.texts) {
        Some(coded) => chunk.encode_coded(&coded, scratch),
        None => chunk.encode_texts(&texts, scratch),
    }
}

/// What a chunk is besides its values.
struct Chunk<'a> {
    rows: usize,
    validity: Option<&'a Bitmap>,
    descr: &'a ColumnDescPtr,
    statistical: Statistical,
    limits: &'a Limits,
}

impl Chunk<'_> {
    fn encode_coded(&self, coded_texts: &Coded<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
        let Coded { entries, codes } = coded_texts;
        let parts = pages(self.rows, self.validity, self.limits.page_rows(16));
        let (descr, statistical) = (self.descr.clone(), self.statistical);
        let mut dictionary = Vec::new();
        for entry in entries {
            dictionary.extend_from_slice(&(entry.len() as u32).to_le_bytes());
            dictionary.extend_from_slice(entry);
        }
        let write =
            |part: &PagePart, out: &mut Vec<u8>| coded(&codes[part.values.clone()], entries.len(), out);
        let mut writer = ChunkWriter::new(descr, Encoding::RLE_DICTIONARY, parts.len(), statistical, scratch);
        if let Some(part) = parts.get(parts.len() / 2) {
            writer.try_compression(Some(&dictionary), |out| write(part, out))?;
        }
        writer.dictionary(&dictionary, entries.len(), true)?;
        let lengths: Vec<usize> = entries.iter().map(|entry| entry.len()).collect();
        for part in &parts {
            let codes = &codes[part.values.clone()];
            let mut range = Range::Nothing;
            let mut text = 0;
            if statistical.wanted && !codes.is_empty() {
                let (low, high) = simd::dispatch(
                    #[inline(always)]
                    || {
                        codes
                            .iter()
                            .fold((u32::MAX, 0), |(low, high), code| (low.min(*code), high.max(*code)))
                    },
                );
                let end = |code: u32| entries[code as usize].to_vec();
                range = Range::Bytes { low: end(low), high: end(high) };
                text = codes.iter().map(|code| lengths[*code as usize]).sum();
            }
            writer.page(&part.rows(), range, text, |out| write(part, out))?;
        }
        writer.finish()
    }

    fn encode_texts(&self, texts: &Texts<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
        let bytes: usize = texts.texts.iter().map(|text| text.len()).sum();
        let mean = bytes / texts.texts.len().max(1) + 1;
        let parts = self
            .limits
            .cut_by_bytes(pages(self.rows, self.validity, self.limits.page_rows(8 * mean)), &texts.texts);
        let (descr, statistical) = (self.descr.clone(), self.statistical);
        let mut lengths = std::mem::take(&mut scratch.numbers);
        lengths.clear();
        lengths.extend(texts.texts.iter().map(|text| text.len() as u64));
        let write = |part: &PagePart, out: &mut Vec<u8>| {
            if texts.texts.is_empty() {
                return Ok(());
            }
            delta::integers(&lengths[part.values.clone()], Bits::Narrow, out)?;
            texts.extend(part.values.start, part.values.end, out);
            Ok(())
        };
        let mut writer = ChunkWriter::new(
            descr,
            if texts.texts.is_empty() { Encoding::PLAIN } else { Encoding::DELTA_LENGTH_BYTE_ARRAY },
            parts.len(),
            statistical,
            scratch,
        );
        if let Some(part) = parts.get(parts.len() / 2) {
            writer.try_compression(None, |out| write(part, out))?;
        }
        for part in &parts {
            let here = &texts.texts[part.values.clone()];
            let range = if statistical.wanted { ranges::texts(here.iter().copied()) } else { Range::Nothing };
            let text = here.iter().map(|text| text.len()).sum();
            writer.page(&part.rows(), range, text, |out| write(part, out))?;
        }
        let chunk = writer.finish();
        scratch.numbers = lengths;
        chunk
    }
}
