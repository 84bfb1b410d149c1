//! Encoding of flat columns straight from their arrays: which columns, and how they are cut into pages.

use hypostyle_core::{Array, Bitmap, Column, MutableBitmap, Result};
use parquet::basic::{Compression, Encoding, Type};
use parquet::schema::types::ColumnDescPtr;

use super::chunk::{ChunkWriter, EncodedChunk, PageRows, Statistical};
use super::compress::Compressor;
use super::ranges::{Order, Range};
use super::{numbers, texts};

/// Memory and contexts that are used again and again: one a worker.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) compressor: Compressor,
    pub(super) body: Vec<u8>,
    pub(super) numbers: Vec<u64>,
    pub(super) nullable: Vec<u64>,
}

impl Scratch {
    pub(super) fn new(codec: Compression) -> Result<Self> {
        let compressor = Compressor::new(codec)?;
        Ok(Self { compressor, body: Vec::new(), numbers: Vec::new(), nullable: Vec::new() })
    }
}

/// Rows of a page: a part of a morsel that readers take, so that none of their morsels begins within a page.
const PAGE_ROWS: usize = 1 << 14;

/// How large pages become.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) page_bytes: usize,
}

impl Limits {
    /// Rows of a page whose values have about so many bits each.
    fn page_rows(&self, bits: usize) -> usize {
        (self.page_bytes.saturating_mul(8) / bits.max(1)).clamp(1, PAGE_ROWS)
    }

    /// Pages cut again where their texts are longer than most.
    fn cut_by_bytes(&self, parts: Vec<PagePart>, texts: &[&[u8]]) -> Vec<PagePart> {
        let mut cut = Vec::with_capacity(parts.len());
        for part in parts {
            let bytes: usize = texts[part.values.clone()].iter().map(|text| text.len()).sum();
            if bytes / 2 <= self.page_bytes {
                cut.push(part);
                continue;
            }
            let mut value = part.values.start;
            let (mut from, mut bytes, mut first) = (0, 0, value);
            for row in 0..part.rows {
                let is_there = part.validity.as_ref().is_none_or(|validity| validity.get(row));
                let len = if is_there { texts[value].len() } else { 0 };
                if row > from && bytes + len > self.page_bytes {
                    cut.push(part.slice(from, row, first..value));
                    (from, bytes, first) = (row, 0, value);
                }
                bytes += len;
                value += usize::from(is_there);
            }
            cut.push(part.slice(from, part.rows, first..value));
        }
        cut
    }
}

/// Rows of a chunk that become a page, and which values they have.
#[derive(Debug)]
pub(super) struct PagePart {
    rows: usize,
    validity: Option<Bitmap>,
    pub(super) values: std::ops::Range<usize>,
}

impl PagePart {
    fn rows(&self) -> PageRows<'_> {
        PageRows { rows: self.rows, validity: self.validity.as_ref() }
    }

    fn slice(&self, from: usize, to: usize, values: std::ops::Range<usize>) -> Self {
        let validity = self.validity.as_ref().map(|validity| validity.slice(from, to - from));
        Self { rows: to - from, validity, values }
    }
}

/// Cuts rows into pages.
fn pages(rows: usize, validity: Option<&Bitmap>, page_rows: usize) -> Vec<PagePart> {
    let mut value = 0;
    let page = |from| {
        let rows = page_rows.min(rows - from);
        let validity = validity.map(|validity| validity.slice(from, rows));
        let first = value;
        value += validity.as_ref().map_or(rows, Bitmap::count_set);
        PagePart { rows, validity, values: first..value }
    };
    (0..rows).step_by(page_rows).map(page).collect()
}

/// Which rows of columns are there; `None` if all are.
fn validity(columns: &[&Column]) -> Option<Bitmap> {
    if columns.iter().all(|column| column.null_count() == 0) {
        return None;
    }
    let mut bits = MutableBitmap::new();
    for column in columns {
        match column.validity() {
            Some(validity) => bits.extend_from_bitmap(validity),
            None => bits.extend_constant(true, column.len()),
        }
    }
    Some(bits.freeze())
}

/// A chunk that is to be encoded.
pub(super) struct Chunk<'a> {
    pub(super) columns: &'a [&'a Column],
    validity: Option<Bitmap>,
    pub(super) descr: &'a ColumnDescPtr,
    pub(super) statistical: Statistical,
    limits: &'a Limits,
}

/// The dictionary of a chunk.
pub(super) struct Entries {
    pub(super) bytes: Vec<u8>,
    pub(super) count: usize,
    pub(super) sorted: bool,
}

impl Chunk<'_> {
    /// Pages whose values have about so many bits each.
    pub(super) fn pages(&self, bits: usize) -> Vec<PagePart> {
        let rows = self.columns.iter().map(|column| column.len()).sum();
        pages(rows, self.validity.as_ref(), self.limits.page_rows(bits))
    }

    /// The same of texts, cut again where these are longer than most.
    pub(super) fn pages_of_texts(&self, bits: usize, texts: &[&[u8]]) -> Vec<PagePart> {
        self.limits.cut_by_bytes(self.pages(bits), texts)
    }

    /// Writes the dictionary, if there is one, and all pages. `about` knows the range of a page by its number, and the
    /// bytes of its texts; `body` appends its values, and is tried on one page before.
    pub(super) fn write(
        &self,
        encoding: Encoding,
        parts: &[PagePart],
        dictionary: Option<&Entries>,
        mut about: impl FnMut(usize, &PagePart) -> (Range, usize),
        body: impl Fn(&PagePart, &mut Vec<u8>) -> Result<()>,
        scratch: &mut Scratch,
    ) -> Result<EncodedChunk> {
        let mut writer =
            ChunkWriter::new(self.descr.clone(), encoding, parts.len(), self.statistical, scratch);
        if let Some(part) = parts.get(parts.len() / 2) {
            writer.try_compression(dictionary.map(|entries| &entries.bytes[..]), |out| body(part, out))?;
        }
        if let Some(Entries { bytes, count, sorted }) = dictionary {
            writer.dictionary(bytes, *count, *sorted)?;
        }
        for (number, part) in parts.iter().enumerate() {
            let (range, text) = about(number, part);
            writer.page(&part.rows(), range, text, |out| body(part, out))?;
        }
        writer.finish()
    }
}

/// Encodes a chunk, unless it is nested or rare: `None`.
pub(super) fn encode(
    columns: &[&Column],
    descr: &ColumnDescPtr,
    statistics: bool,
    limits: &Limits,
    scratch: &mut Scratch,
) -> Result<Option<EncodedChunk>> {
    if (descr.max_def_level(), descr.max_rep_level()) != (1, 0) {
        return Ok(None);
    }
    let physical = descr.physical_type();
    let texts = physical == Type::BYTE_ARRAY;
    let order = |column: &&Column| match texts {
        true => texts::is_text(column.array()).then_some(Order::Signed),
        false => numbers::order(column.array(), physical),
    };
    let orders: Option<Vec<Order>> = columns.iter().map(order).collect();
    let Some(order) = orders.and_then(|orders| orders.first().copied()) else { return Ok(None) };
    let statistical = Statistical { wanted: statistics, order };
    let chunk = Chunk { columns, validity: validity(columns), descr, statistical, limits };
    let encode = match columns.first().map(|column| column.array()) {
        _ if texts => texts::encode,
        Some(Array::Boolean(_)) => numbers::encode_booleans,
        _ => numbers::encode,
    };
    encode(&chunk, scratch).map(Some)
}
