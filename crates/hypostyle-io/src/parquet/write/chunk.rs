//! A column chunk in the making: pages one behind the other, and what the footer and the page index say of them.

use bytes::Bytes;
use hypostyle_core::{Bitmap, Error, Result};
use parquet::basic::{BoundaryOrder, Compression, Encoding, PageType, Type};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, LevelHistogram, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::statistics::{Statistics, ValueStatistics};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::compress::Compressor;
use super::encode::Scratch;
use super::hybrid;
use super::ranges::{Order, Range, cut_high, cut_low};

/// Bytes of a text that statistics hold.
const TEXT: usize = 64;
/// Chunks of fewer bytes are compressed without a look whether it is of use.
const SMALL: usize = 1 << 16;

/// A chunk that is ready to be appended.
pub(super) struct EncodedChunk {
    pub(super) bytes: Bytes,
    pub(super) close: ColumnCloseResult,
}

/// How values are ordered and whether statistics are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statistical {
    pub(super) wanted: bool,
    /// The order of numbers.
    pub(super) order: Order,
}

/// The rows of a page.
pub(super) struct PageRows<'a> {
    pub(super) rows: usize,
    pub(super) validity: Option<&'a Bitmap>,
}

impl PageRows<'_> {
    fn nulls(&self) -> usize {
        self.validity.map_or(0, Bitmap::count_unset)
    }
}

/// What is known of the pages that were written.
struct PageEntry {
    offset: u64,
    /// With its header.
    compressed: usize,
    rows: usize,
    nulls: usize,
    range: Range,
    /// Bytes of its texts.
    text: usize,
}

pub(super) struct ChunkWriter<'a> {
    descr: ColumnDescPtr,
    statistical: Statistical,
    compressor: &'a mut Compressor,
    codec: Compression,
    sink: TrackedWrite<Vec<u8>>,
    body: &'a mut Vec<u8>,
    /// How many pages there will be.
    expected: usize,
    pages: Vec<PageEntry>,
    encoding: Encoding,
    /// The bytes of a dictionary page with its header.
    dictionary: Option<usize>,
    uncompressed: usize,
}

fn failed(error: ParquetError) -> Error {
    Error::compute(format!("a page cannot be written: {error}"))
}

impl<'a> ChunkWriter<'a> {
    /// Begins a chunk of as many data pages, which have an encoding.
    pub(super) fn new(
        descr: ColumnDescPtr,
        encoding: Encoding,
        expected: usize,
        statistical: Statistical,
        scratch: &'a mut Scratch,
    ) -> Self {
        let Scratch { compressor, body, .. } = scratch;
        Self {
            descr,
            statistical,
            codec: compressor.codec(),
            compressor,
            sink: TrackedWrite::new(Vec::new()),
            body,
            expected,
            pages: Vec::with_capacity(expected),
            encoding,
            dictionary: None,
            uncompressed: 0,
        }
    }

    /// Looks whether compression is of use: on the dictionary, if there is one, and on one page. If it saves next to
    /// nothing the chunk is not compressed.
    pub(super) fn try_compression(
        &mut self,
        dictionary: Option<&[u8]>,
        values: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let pages = self.expected;
        if self.codec == Compression::UNCOMPRESSED || pages < 4 {
            return Ok(());
        }
        self.body.clear();
        values(self.body)?;
        if self.body.len() * pages < SMALL {
            return Ok(());
        }
        let mut whole = self.body.len() * pages;
        let mut left = self.compressor.compress(self.body)?.len() * pages;
        if let Some(dictionary) = dictionary {
            whole += dictionary.len();
            left += self.compressor.compress(dictionary)?.len();
        }
        if left + whole / 50 > whole {
            self.codec = Compression::UNCOMPRESSED;
        }
        Ok(())
    }

    /// Writes the dictionary, in front of all pages.
    pub(super) fn dictionary(&mut self, entries: &[u8], count: usize, is_sorted: bool) -> Result<()> {
        let compressed = match self.codec {
            Compression::UNCOMPRESSED => entries,
            _ => self.compressor.compress(entries)?,
        };
        let page = Page::DictionaryPage {
            buf: Bytes::copy_from_slice(compressed),
            num_values: count as u32,
            encoding: Encoding::PLAIN,
            is_sorted,
        };
        let page = CompressedPage::new(page, entries.len());
        let written = SerializedPageWriter::new(&mut self.sink).write_page(page).map_err(failed)?;
        self.dictionary = Some(written.compressed_size);
        self.uncompressed += written.uncompressed_size;
        Ok(())
    }

    /// Writes a page of values that are appended by `values`; `text` is how many bytes of them are text.
    pub(super) fn page(
        &mut self,
        rows: &PageRows<'_>,
        range: Range,
        text: usize,
        values: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        self.body.clear();
        hybrid::levels(rows.rows, rows.validity, self.body);
        values(self.body)?;
        let size = self.body.len();
        // What is not compressed is lent to the page, and comes back.
        let buf = match self.codec {
            Compression::UNCOMPRESSED => Bytes::from(std::mem::take(self.body)),
            _ => Bytes::copy_from_slice(self.compressor.compress(self.body)?),
        };
        let lent = (self.codec == Compression::UNCOMPRESSED).then(|| buf.clone());
        if self.pages.is_empty() {
            let about = self.expected * (buf.len() + buf.len() / 32 + 64);
            self.sink.inner_mut().reserve(about);
        }
        let page = Page::DataPage {
            buf,
            num_values: rows.rows as u32,
            encoding: self.encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let page = CompressedPage::new(page, size);
        let written = SerializedPageWriter::new(&mut self.sink).write_page(page).map_err(failed)?;
        if let Some(lent) = lent {
            *self.body = lent.into();
        }
        self.uncompressed += written.uncompressed_size;
        self.pages.push(PageEntry {
            offset: written.offset,
            compressed: written.compressed_size,
            rows: rows.rows,
            nulls: rows.nulls(),
            range,
            text,
        });
        Ok(())
    }

    pub(super) fn finish(self) -> Result<EncodedChunk> {
        let rows: usize = self.pages.iter().map(|page| page.rows).sum();
        let nulls: usize = self.pages.iter().map(|page| page.nulls).sum();
        let written = self.sink.bytes_written();
        let is_text = self.descr.physical_type() == Type::BYTE_ARRAY;

        let mut encoding_stats = Vec::new();
        let mut encodings = vec![Encoding::RLE, self.encoding];
        if self.dictionary.is_some() {
            let (page_type, encoding) = (PageType::DICTIONARY_PAGE, Encoding::PLAIN);
            encoding_stats.push(PageEncodingStats { page_type, encoding, count: 1 });
            encodings.push(encoding);
        }
        let (page_type, count) = (PageType::DATA_PAGE, self.pages.len() as i32);
        encoding_stats.push(PageEncodingStats { page_type, encoding: self.encoding, count });

        let mut builder = ColumnChunkMetaData::builder(self.descr.clone())
            .set_compression(self.codec)
            .set_encodings(encodings)
            .set_page_encoding_stats(encoding_stats)
            .set_total_compressed_size(written as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_num_values(rows as i64)
            .set_data_page_offset(self.dictionary.unwrap_or_default() as i64)
            .set_dictionary_page_offset(self.dictionary.map(|_| 0));
        let mut column_index = None;
        if self.statistical.wanted {
            let text: usize = self.pages.iter().map(|page| page.text).sum();
            builder = builder
                .set_statistics(self.statistics(nulls))
                .set_unencoded_byte_array_data_bytes(is_text.then_some(text as i64))
                .set_definition_level_histogram(histogram(rows, nulls));
            column_index = self.column_index()?;
        }
        let mut offsets = OffsetIndexBuilder::new();
        for page in &self.pages {
            offsets.append_row_count(page.rows as i64);
            offsets.append_unencoded_byte_array_data_bytes(is_text.then_some(page.text as i64));
            offsets.append_offset_and_size(page.offset as i64, page.compressed as i32);
        }
        let close = ColumnCloseResult {
            bytes_written: written as u64,
            rows_written: rows as u64,
            metadata: builder.build().map_err(failed)?,
            bloom_filter: None,
            column_index,
            offset_index: Some(offsets.build()),
        };
        Ok(EncodedChunk { bytes: self.sink.into_inner().map_err(failed)?.into(), close })
    }

    fn is_utf8(&self) -> bool {
        use parquet::basic::{ConvertedType, LogicalType};
        self.descr.logical_type_ref() == Some(&LogicalType::String)
            || self.descr.converted_type() == ConvertedType::UTF8
    }

    /// The ends of a range as statistics hold them.
    fn ends(&self, range: &Range) -> Option<(Vec<u8>, Vec<u8>)> {
        match range {
            Range::Nothing => None,
            Range::Numbers { low, high, .. } => {
                let bytes = |key: i64| self.number(key).to_vec();
                Some((bytes(*low), bytes(*high)))
            }
            Range::Bytes { low, high } => {
                let is_utf8 = self.is_utf8();
                Some((cut_low(low, TEXT, is_utf8).0, cut_high(high, TEXT, is_utf8).0))
            }
        }
    }

    fn number(&self, key: i64) -> Number {
        let bytes = self.statistical.order.bits(key).to_le_bytes();
        let len = match self.descr.physical_type() {
            Type::BOOLEAN => 1,
            Type::INT32 | Type::FLOAT => 4,
            _ => 8,
        };
        Number { bytes, len }
    }

    fn statistics(&self, nulls: usize) -> Statistics {
        let mut all = Range::Nothing;
        for page in &self.pages {
            all.extend(&page.range);
        }
        let nulls = Some(nulls as u64);
        let signed = self.descr.sort_order().is_signed();
        macro_rules! numbers {
            ($variant:ident, $convert:expr, $nan_count:expr) => {{
                let (low, high) = match all {
                    Range::Numbers { low, high, .. } => {
                        let bits = |key| $convert(self.statistical.order.bits(key));
                        (Some(bits(low)), Some(bits(high)))
                    }
                    _ => (None, None),
                };
                let statistics = ValueStatistics::new(low, high, None, nulls, false);
                let statistics = statistics.with_nan_count($nan_count);
                Statistics::$variant(statistics.with_backwards_compatible_min_max(signed))
            }};
        }
        let nans = match all {
            Range::Numbers { nans, .. } => Some(nans),
            _ => None,
        };
        match self.descr.physical_type() {
            Type::BOOLEAN => numbers!(Boolean, |bits| bits != 0, None),
            Type::INT32 => numbers!(Int32, |bits| bits as i32, None),
            Type::FLOAT => numbers!(Float, |bits| f32::from_bits(bits as u32), nans),
            Type::DOUBLE => numbers!(Double, f64::from_bits, nans),
            Type::BYTE_ARRAY => {
                let Range::Bytes { low, high } = all else {
                    let none = ValueStatistics::<ByteArray>::new(None, None, None, nulls, false);
                    return Statistics::ByteArray(none.with_backwards_compatible_min_max(signed));
                };
                let is_utf8 = self.is_utf8();
                let (low, low_cut) = cut_low(&low, TEXT, is_utf8);
                let (high, high_cut) = cut_high(&high, TEXT, is_utf8);
                let ends = (Some(low.into()), Some(high.into()));
                let statistics = ValueStatistics::<ByteArray>::new(ends.0, ends.1, None, nulls, signed);
                let statistics = statistics.with_min_is_exact(!low_cut).with_max_is_exact(!high_cut);
                Statistics::ByteArray(statistics)
            }
            Type::FIXED_LEN_BYTE_ARRAY | Type::INT96 => {
                Statistics::FixedLenByteArray(ValueStatistics::<FixedLenByteArray>::new(
                    None, None, None, nulls, false,
                ))
            }
            Type::INT64 => numbers!(Int64, |bits| bits as i64, None),
        }
    }

    fn column_index(&self) -> Result<Option<parquet::file::page_index::column_index::ColumnIndexMetaData>> {
        let mut builder = ColumnIndexBuilder::new(self.descr.physical_type());
        let is_float = matches!(self.descr.physical_type(), Type::FLOAT | Type::DOUBLE);
        let (mut ascending, mut descending) = (true, true);
        let mut before: Option<&Range> = None;
        for page in &self.pages {
            let nans = match page.range {
                Range::Numbers { nans, .. } => nans as i64,
                _ => 0,
            };
            let ends = self.ends(&page.range);
            let is_null = ends.is_none();
            let (low, high) = ends.unwrap_or_default();
            builder.append(is_null, low, high, page.nulls as i64, is_float.then_some(nans));
            builder.append_histograms(&None, &histogram(page.rows, page.nulls));
            if !is_null {
                let order = before.map_or((true, true), |before| page.range.order_after(before));
                ascending &= order.0;
                descending &= order.1;
                before = Some(&page.range);
            }
        }
        builder.set_boundary_order(match (ascending, descending) {
            (true, _) => BoundaryOrder::ASCENDING,
            (false, true) => BoundaryOrder::DESCENDING,
            (false, false) => BoundaryOrder::UNORDERED,
        });
        builder.build().map(Some).map_err(failed)
    }
}

/// A number as it is written down.
struct Number {
    bytes: [u8; 8],
    len: usize,
}

impl Number {
    fn to_vec(&self) -> Vec<u8> {
        self.bytes[..self.len].to_vec()
    }
}

/// How many rows are null, and how many not.
fn histogram(rows: usize, nulls: usize) -> Option<LevelHistogram> {
    let mut histogram = LevelHistogram::try_new(1)?;
    histogram.increment_by(0, nulls as i64);
    histogram.increment_by(1, (rows - nulls) as i64);
    Some(histogram)
}
