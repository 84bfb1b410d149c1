//! Chunks of texts and other bytes: as codes, or lengths first and then all bytes.

use std::collections::HashMap;
use std::sync::Arc;

use hypostyle_core::{Array, BinaryArray, Bitmap, Column, DictArray, Error, Result};
use hypostyle_kernels::distinct::{distinct_texts, present, ranked};
use hypostyle_kernels::hash::{BytesTable, hash_bytes};
use parquet::basic::Encoding;
use parquet::schema::types::ColumnDescPtr;

use super::chunk::{ChunkWriter, EncodedChunk, Statistical};
use super::delta::{self, Bits};
use super::encode::{Limits, PagePart, Scratch, pages};
use super::numbers::coded;
use super::ranges::{self, Range};

/// No dictionary has more bytes.
const DICTIONARY: usize = 1 << 20;

/// Texts as codes of distinct ones.
struct Coded<'a> {
    entries: Vec<&'a [u8]>,
    codes: Vec<u32>,
}

impl<'a> Coded<'a> {
    /// The texts of dictionaries, without nulls.
    fn of_dictionaries(arrays: &[&'a DictArray]) -> Self {
        let mut there: Vec<Vec<u32>> = Vec::with_capacity(arrays.len());
        for array in arrays {
            there.push(match array.codes().validity.as_ref().filter(|v| v.count_unset() > 0) {
                None => array.codes().values.to_vec(),
                Some(_) => array.codes().iter().flatten().collect(),
            });
        }
        // The arrays of each dictionary.
        let mut dictionaries: Vec<(&'a DictArray, Vec<usize>)> = Vec::new();
        for (number, array) in arrays.iter().enumerate() {
            match dictionaries
                .iter_mut()
                .find(|(first, _)| Arc::ptr_eq(first.dictionary(), array.dictionary()))
            {
                Some((_, numbers)) => numbers.push(number),
                None => dictionaries.push((array, vec![number])),
            }
        }
        let alone = dictionaries.len() == 1;
        let mut table = BytesTable::default();
        let mut coded = Self { entries: Vec::new(), codes: Vec::new() };
        let mut codes: HashMap<usize, Vec<u32>> = HashMap::new();
        for (array, numbers) in dictionaries {
            let dictionary = array.dictionary();
            let keys = || numbers.iter().flat_map(|number| &there[*number]).map(|code| u64::from(*code));
            let (bits, count) = present(keys(), dictionary.len().saturating_sub(1) as u64);
            let all: Vec<u64> = keys().collect();
            let used = ranked(&bits, count, all.into_iter());
            let texts =
                used.entries.iter().map(|entry| dictionary.values().as_binary().value(*entry as usize));
            let mut used_codes = used.codes;
            if alone && dictionary.is_unique() {
                coded.entries = texts.collect();
            } else {
                let numbers: Vec<u32> = texts
                    .map(|text| {
                        let number = table.insert(text, hash_bytes(text));
                        if number as usize == coded.entries.len() {
                            coded.entries.push(text);
                        }
                        number
                    })
                    .collect();
                used_codes.iter_mut().for_each(|code| *code = numbers[*code as usize]);
            }
            let mut rest = &used_codes[..];
            for number in numbers {
                let (mine, others) = rest.split_at(there[number].len());
                codes.insert(number, mine.to_vec());
                rest = others;
            }
        }
        for number in 0..arrays.len() {
            coded.codes.extend(codes.remove(&number).unwrap_or_default());
        }
        coded
    }

    fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.len() + 4).sum()
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
    let coded = match dictionaries {
        Some(arrays) => {
            let coded = Coded::of_dictionaries(&arrays);
            let plain: usize = coded.codes.iter().map(|code| coded.entries[*code as usize].len() + 1).sum();
            let bytes = coded.bytes();
            (bytes <= DICTIONARY && bytes + 2 * coded.codes.len() <= plain + bytes / 2 || bytes <= 4096)
                .then_some(coded)
        }
        None => {
            let texts = Texts::of(columns)?.texts;
            let found = distinct_texts(texts.iter().copied(), texts.len() / 3, DICTIONARY / 2);
            found.map(|found| Coded {
                entries: found.entries.iter().map(|place| texts[*place as usize]).collect(),
                codes: found.codes,
            })
        }
    };
    let chunk = Chunk { rows, validity, descr, statistical, limits };
    match coded {
        Some(coded) => chunk.encode_coded(&coded, scratch),
        None => chunk.encode_texts(&Texts::of(columns)?, scratch),
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
        let mut writer = ChunkWriter::new(
            descr,
            Encoding::RLE_DICTIONARY,
            statistical,
            &mut scratch.compressor,
            &mut scratch.body,
        );
        if let Some(part) = parts.get(parts.len() / 2) {
            writer.try_compression(parts.len(), Some(&dictionary), |out| write(part, out))?;
        }
        writer.dictionary(&dictionary, entries.len(), false)?;
        // Where the entries stand among each other in order, so that ranges are those of numbers.
        let mut sorted: Vec<u32> = (0..entries.len() as u32).collect();
        sorted.sort_unstable_by_key(|entry| entries[*entry as usize]);
        let mut ranks = vec![0u32; entries.len()];
        sorted.iter().enumerate().for_each(|(rank, entry)| ranks[*entry as usize] = rank as u32);
        for part in &parts {
            let codes = &codes[part.values.clone()];
            let mut range = Range::Nothing;
            let mut text = 0;
            if statistical.wanted && !codes.is_empty() {
                let (mut low, mut high) = (u32::MAX, 0);
                for code in codes {
                    let rank = ranks[*code as usize];
                    (low, high) = (low.min(rank), high.max(rank));
                    text += entries[*code as usize].len();
                }
                let end = |rank: u32| entries[sorted[rank as usize] as usize].to_vec();
                range = Range::Bytes { low: end(low), high: end(high) };
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
            delta::integers(&lengths[part.values.clone()], Bits::Narrow, out)?;
            texts.extend(part.values.start, part.values.end, out);
            Ok(())
        };
        let mut writer = ChunkWriter::new(
            descr,
            Encoding::DELTA_LENGTH_BYTE_ARRAY,
            statistical,
            &mut scratch.compressor,
            &mut scratch.body,
        );
        if let Some(part) = parts.get(parts.len() / 2) {
            writer.try_compression(parts.len(), None, |out| write(part, out))?;
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
