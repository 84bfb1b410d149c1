//! A page made ready: decompressed, levels as bits, values in the plain encoding or as codes.

use std::io::Read;
use std::sync::Arc;

use hypostyle_core::{Bitmap, Error, MutableBitmap, Result};

use super::super::header::{PageHeader, PageKind};
use super::Encoding;
use super::delta;
use super::hybrid::Hybrid;
use super::values::{Leaf, Physical};
use parquet::basic::Compression;

/// The largest page: sizes are 31 bits wide.
const MOST: usize = i32::MAX as usize;
/// Up to here memory is taken at once; what claims to be larger has to prove it.
const TRUSTED: usize = 16 << 20;

/// A data page of a column that is not nested.
#[derive(Debug)]
pub(in crate::parquet) struct Page {
    bytes: Vec<u8>,
    /// Where the values begin.
    start: usize,
    pub(super) encoding: Encoding,
    /// Rows, nulls among them.
    rows: usize,
    /// Values, one for each row that is not null.
    pub(super) values: usize,
    validity: Option<Validity>,
}

#[derive(Debug)]
struct Validity {
    bits: Bitmap,
    /// Ones before each word.
    ranks: Vec<u32>,
}

/// Rows of one page that are wanted.
#[derive(Debug)]
pub(in crate::parquet) struct Part {
    pub(in crate::parquet) page: Arc<Page>,
    pub(in crate::parquet) wanted: Wanted,
}

/// Which rows of a page are wanted, counted from its start.
#[derive(Debug)]
pub(in crate::parquet) enum Wanted {
    Range {
        start: usize,
        len: usize,
    },
    /// Ascending.
    Rows(Vec<u32>),
}

impl Wanted {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Range { len, .. } => *len,
            Self::Rows(rows) => rows.len(),
        }
    }
}

/// Which values of a page are wanted: as rows, but nulls do not count.
#[derive(Debug)]
pub(super) enum Places {
    Range { start: usize, len: usize },
    Values(Vec<u32>),
}

impl Page {
    /// Makes a page ready. Its rows are as many as `rows` says.
    pub(in crate::parquet) fn read(
        header: &PageHeader,
        raw: &[u8],
        decompressor: &mut Decompressor,
        codec: Compression,
        leaf: &Leaf,
        rows: usize,
    ) -> Result<Self> {
        let (bytes, start, encoding, validity) = match header.kind {
            PageKind::Data { encoding, levels, .. } => {
                let bytes = decompressor.read(codec, raw, header.uncompressed)?;
                let mut start = 0;
                let mut validity = None;
                if leaf.optional {
                    if levels != Encoding::RLE {
                        return Err(Error::unsupported(format!("its levels have encoding {}", levels.0)));
                    }
                    let short = || Error::compute("its levels end too soon");
                    let len = bytes.first_chunk().ok_or_else(short)?;
                    let len = u32::from_le_bytes(*len) as usize;
                    let coded = bytes[4..].get(..len).ok_or_else(short)?;
                    validity = read_levels(coded, rows)?;
                    start = 4 + len;
                }
                (bytes, start, encoding, validity)
            }
            PageKind::DataV2 { encoding, levels, repetition, compressed, .. } => {
                let behind =
                    levels.checked_add(repetition).filter(|n| *n <= raw.len().min(header.uncompressed));
                let behind = behind.ok_or_else(|| Error::compute("its levels end too soon"))?;
                let validity =
                    if leaf.optional { read_levels(&raw[repetition..behind], rows)? } else { None };
                let codec = if compressed { codec } else { Compression::UNCOMPRESSED };
                let bytes = decompressor.read(codec, &raw[behind..], header.uncompressed - behind)?;
                (bytes, 0, encoding, validity)
            }
            PageKind::Dictionary { .. } | PageKind::Other => {
                return Err(Error::internal("a data page was to be read"));
            }
        };
        let values = validity.as_ref().map_or(rows, |v: &Validity| v.bits.count_set());
        let page = Self { bytes, start, encoding, rows, values, validity };
        page.made_plain(leaf)
    }

    /// A page of plain values, none of them null.
    pub(super) fn plain(bytes: Vec<u8>, values: usize) -> Self {
        Self { bytes, start: 0, encoding: Encoding::PLAIN, rows: values, values, validity: None }
    }

    /// The page with its values in the plain encoding, as codes, or as booleans in runs.
    fn made_plain(self, leaf: &Leaf) -> Result<Self> {
        let (physical, values) = (leaf.physical, self.values);
        let plain = match (self.encoding, physical) {
            (encoding, _) if encoding == Encoding::PLAIN || encoding.is_dictionary() => return Ok(self),
            (Encoding::RLE, Physical::Boolean) => return Ok(self),
            (Encoding::DELTA_BINARY_PACKED, Physical::Int32) => delta::integers(self.bytes(), 4, values)?,
            (Encoding::DELTA_BINARY_PACKED, Physical::Int64) => delta::integers(self.bytes(), 8, values)?,
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, Physical::Bytes) => {
                delta::lengths_first(self.bytes(), values)?
            }
            (Encoding::DELTA_BYTE_ARRAY, Physical::Bytes) => {
                delta::prefixes(self.bytes(), values, None, MOST)?
            }
            (Encoding::DELTA_BYTE_ARRAY, Physical::Fixed(width)) => {
                delta::prefixes(self.bytes(), values, Some(width), MOST)?
            }
            (Encoding::BYTE_STREAM_SPLIT, Physical::Int32 | Physical::Float) => {
                delta::streams(self.bytes(), 4)?
            }
            (Encoding::BYTE_STREAM_SPLIT, Physical::Int64 | Physical::Double) => {
                delta::streams(self.bytes(), 8)?
            }
            (Encoding::BYTE_STREAM_SPLIT, Physical::Fixed(width)) => delta::streams(self.bytes(), width)?,
            (encoding, physical) => {
                return Err(Error::unsupported(format!(
                    "values of {physical:?} with encoding {}",
                    encoding.0
                )));
            }
        };
        Ok(Self { bytes: plain, start: 0, encoding: Encoding::PLAIN, ..self })
    }

    /// Whether its values are codes.
    pub(in crate::parquet) fn is_coded(&self) -> bool {
        self.encoding.is_dictionary()
    }

    /// The values' bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// The values of the rows wanted; which of the rows are null goes into `nulls`.
    pub(super) fn places(&self, wanted: &Wanted, nulls: &mut Nulls) -> Result<Places> {
        let end = match wanted {
            Wanted::Range { start, len } => start + len,
            Wanted::Rows(rows) => rows.last().map_or(0, |last| *last as usize + 1),
        };
        if end > self.rows {
            return Err(Error::internal(format!("row {end} of a page of {}", self.rows)));
        }
        let Some(validity) = &self.validity else {
            nulls.all_there(wanted.len());
            return Ok(match wanted {
                Wanted::Range { start, len } => Places::Range { start: *start, len: *len },
                Wanted::Rows(rows) => Places::Values(rows.clone()),
            });
        };
        Ok(match wanted {
            Wanted::Range { start, len } => {
                nulls.some_there(&validity.bits.slice(*start, *len));
                let first = validity.rank(*start);
                Places::Range { start: first, len: validity.rank(start + len) - first }
            }
            Wanted::Rows(rows) => {
                let there: Bitmap = rows.iter().map(|row| validity.bits.get(*row as usize)).collect();
                nulls.some_there(&there);
                let places = rows.iter().filter(|row| validity.bits.get(**row as usize));
                Places::Values(places.map(|row| validity.rank(*row as usize) as u32).collect())
            }
        })
    }
}

impl Validity {
    /// Ones before a row.
    fn rank(&self, row: usize) -> usize {
        let before = self.ranks.get(row / 64).copied().unwrap_or_default() as usize;
        let within = row % 64;
        if row == self.bits.len() {
            return self.bits.count_set();
        }
        let word = self.bits.word(row / 64) & ((1 << within) - 1);
        before + word.count_ones() as usize
    }
}

/// Which rows are there, by levels of a single bit; `None` if all are.
fn read_levels(coded: &[u8], rows: usize) -> Result<Option<Validity>> {
    let mut bits = MutableBitmap::new();
    Hybrid::new(coded, 1)?.read_bits(rows, &mut bits)?;
    let bits = bits.freeze();
    if bits.count_unset() == 0 {
        return Ok(None);
    }
    let mut total = 0;
    let ranks = bits.words().map(|word| {
        let before = total;
        total += word.count_ones();
        before
    });
    let ranks = ranks.collect();
    Ok(Some(Validity { ranks, bits }))
}

/// The nulls of a column that grows.
#[derive(Debug, Default)]
pub(super) struct Nulls {
    rows: usize,
    bits: Option<MutableBitmap>,
}

impl Nulls {
    fn all_there(&mut self, rows: usize) {
        self.rows += rows;
        if let Some(bits) = &mut self.bits {
            bits.extend_constant(true, rows);
        }
    }

    fn some_there(&mut self, there: &Bitmap) {
        if there.count_unset() > 0 {
            let before = self.rows;
            let bits = self.bits.get_or_insert_with(|| MutableBitmap::constant(true, before));
            bits.extend_from_bitmap(there);
            self.rows += there.len();
        } else {
            self.all_there(there.len());
        }
    }

    pub(super) fn is_there(&self, row: usize) -> bool {
        self.bits.as_ref().is_none_or(|bits| bits.get(row))
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn into_validity(self) -> Option<Bitmap> {
        self.bits.and_then(MutableBitmap::into_validity)
    }
}

/// What decompresses pages, and memory for them: one a worker.
#[derive(Default)]
pub(in crate::parquet) struct Decompressor {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
    buffers: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Decompressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decompressor").field("buffers", &self.buffers.len()).finish_non_exhaustive()
    }
}

/// Buffers that are kept for the next pages.
const KEPT_BUFFERS: usize = 16;

impl Decompressor {
    /// Takes the memory of a page that nobody needs any more.
    pub(in crate::parquet) fn recycle(&mut self, page: Page) {
        if self.buffers.len() < KEPT_BUFFERS {
            self.buffers.push(page.bytes);
        }
    }

    /// A buffer of a size; what is in it is to be overwritten.
    fn buffer(&mut self, size: usize) -> Vec<u8> {
        let mut buffer = self.buffers.pop().unwrap_or_default();
        // Only what it did not have before is filled with zeros.
        buffer.resize(size, 0);
        buffer
    }

    /// The bytes that a page was compressed from, as many as it says.
    pub(in crate::parquet) fn read(
        &mut self,
        codec: Compression,
        raw: &[u8],
        size: usize,
    ) -> Result<Vec<u8>> {
        let refused =
            |why: &dyn std::fmt::Display| Error::compute(format!("it cannot be decompressed: {why}"));
        let contradiction = || refused(&"its sizes contradict each other");
        let bytes = match codec {
            Compression::UNCOMPRESSED => {
                let mut bytes = self.buffers.pop().unwrap_or_default();
                bytes.clear();
                bytes.extend_from_slice(raw);
                bytes
            }
            _ if size == 0 => Vec::new(),
            Compression::SNAPPY => {
                let known = snap::raw::decompress_len(raw).map_err(|e| refused(&e))?;
                // Three bytes stand for 64 at most.
                if known != size || size / 32 > raw.len() {
                    return Err(contradiction());
                }
                let mut bytes = self.buffer(size);
                snap::raw::Decoder::new().decompress(raw, &mut bytes).map_err(|e| refused(&e))?;
                bytes
            }
            Compression::LZ4_RAW => {
                // A byte stands for 255 at most.
                if size / 256 > raw.len() {
                    return Err(contradiction());
                }
                let mut bytes = self.buffer(size);
                let len = lz4_flex::block::decompress_into(raw, &mut bytes).map_err(|e| refused(&e))?;
                bytes.truncate(len);
                bytes
            }
            Compression::ZSTD(_) if size <= TRUSTED => {
                let mut bytes = self.buffers.pop().unwrap_or_default();
                bytes.clear();
                bytes.reserve(size);
                if self.zstd.is_none() {
                    self.zstd = Some(zstd::bulk::Decompressor::new()?);
                }
                if let Some(zstd) = &mut self.zstd {
                    zstd.decompress_to_buffer(raw, &mut bytes).map_err(|e| refused(&e))?;
                }
                bytes
            }
            Compression::ZSTD(_) => {
                let stream = zstd::stream::Decoder::with_buffer(raw).map_err(|e| refused(&e))?;
                read_up_to(stream, size).map_err(|e| refused(&e))?
            }
            Compression::GZIP(_) => {
                read_up_to(flate2::bufread::MultiGzDecoder::new(raw), size).map_err(|e| refused(&e))?
            }
            other => return Err(Error::unsupported(format!("compression {other:?} cannot be read"))),
        };
        if bytes.len() != size {
            return Err(refused(&format!("{} bytes came out where {size} were promised", bytes.len())));
        }
        Ok(bytes)
    }
}

/// One byte more than promised is enough to know that the promise was broken.
fn read_up_to(stream: impl Read, size: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size.min(TRUSTED));
    stream.take(size as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
