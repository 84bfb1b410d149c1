//! A page made ready: decompressed, levels as bits, values in the plain encoding or as codes.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use hypostyle_core::{Bitmap, Error, MutableBitmap, Result};
use hypostyle_kernels::snappy::{self, Block};

use super::super::header::{PageHeader, PageKind};
use super::Encoding;
use super::delta;
use super::hybrid::Hybrid;
use super::values::{Leaf, Physical, short};
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
    /// Where runs of codes begin, for reading that begins in the middle.
    marks: Vec<Mark>,
    /// Where texts end that lie side by side.
    pub(super) ends: Vec<u32>,
}

/// Codes from one on, and where their run begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) value: usize,
    pub(super) byte: usize,
}

/// About how many codes lie between two marks.
const MARKED: usize = 1 << 14;

#[derive(Debug)]
struct Validity {
    bits: Bitmap,
    /// Ones before each word.
    ranks: Vec<u32>,
}

/// The part of a page that is compressed.
#[derive(Clone, Copy, Debug)]
pub(in crate::parquet) struct Body<'a> {
    compressed: &'a [u8],
    codec: Compression,
    /// Bytes that come out.
    size: usize,
    /// Whether they are those of numbers.
    numbers: bool,
}

impl<'a> Body<'a> {
    pub(in crate::parquet) fn of(
        header: &PageHeader,
        raw: &'a [u8],
        codec: Compression,
        leaf: &Leaf,
    ) -> Result<Self> {
        let numbers = !matches!(leaf.physical, Physical::Bytes | Physical::Fixed(_));
        let PageKind::DataV2 { levels, repetition, compressed, .. } = header.kind else {
            return Ok(Self { compressed: raw, codec, size: header.uncompressed, numbers });
        };
        let behind = levels.checked_add(repetition).filter(|n| *n <= raw.len().min(header.uncompressed));
        let behind = behind.ok_or_else(|| Error::compute("its levels end too soon"))?;
        let codec = if compressed { codec } else { Compression::UNCOMPRESSED };
        Ok(Self { compressed: &raw[behind..], codec, size: header.uncompressed - behind, numbers })
    }
}

/// Rows of one page that are wanted.
#[derive(Debug)]
pub(in crate::parquet) struct Part<'a> {
    pub(in crate::parquet) page: Arc<Page>,
    pub(in crate::parquet) wanted: Wanted<'a>,
}

/// Numbers that ascend.
#[derive(Clone, Debug)]
pub(in crate::parquet) struct Ascending<'a> {
    numbers: Cow<'a, [u32]>,
    /// Added to each of them, without regard to an overflow.
    offset: u32,
}

impl<'a> Ascending<'a> {
    /// Numbers, each of them so much larger; or smaller, if that is negative.
    pub(in crate::parquet) fn shifted(numbers: &'a [u32], offset: isize) -> Self {
        Self { numbers: numbers.into(), offset: offset as u32 }
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.numbers.iter().map(|number| number.wrapping_add(self.offset) as usize)
    }

    /// The first and the last of them.
    pub(super) fn ends(&self) -> Option<(usize, usize)> {
        let (first, last) = (self.numbers.first()?, self.numbers.last()?);
        Some((first.wrapping_add(self.offset) as usize, last.wrapping_add(self.offset) as usize))
    }
}

/// Which rows of a page are wanted, counted from its start.
#[derive(Debug)]
pub(in crate::parquet) enum Wanted<'a> {
    Range { start: usize, len: usize },
    Rows(Ascending<'a>),
}

impl Wanted<'_> {
    pub(in crate::parquet) fn len(&self) -> usize {
        match self {
            Self::Range { len, .. } => *len,
            Self::Rows(rows) => rows.len(),
        }
    }
}

/// Which values of a page are wanted: as rows, but nulls do not count.
#[derive(Debug)]
pub(super) enum Places<'a> {
    Range { start: usize, len: usize },
    Values(Ascending<'a>),
}

impl Page {
    /// Makes a page ready of what its body was compressed from. Its rows are as many as `rows` says.
    pub(in crate::parquet) fn of(
        header: &PageHeader,
        raw: &[u8],
        bytes: Vec<u8>,
        leaf: &Leaf,
        rows: usize,
        memory: &mut Decompressor,
    ) -> Result<Self> {
        let short = || Error::compute("its levels end too soon");
        let (start, encoding, validity) = match header.kind {
            PageKind::Data { encoding, levels, .. } if leaf.optional => {
                if levels != Encoding::RLE {
                    return Err(Error::unsupported(format!("its levels have encoding {}", levels.0)));
                }
                let len = bytes.first_chunk().ok_or_else(short)?;
                let len = u32::from_le_bytes(*len) as usize;
                let coded = bytes[4..].get(..len).ok_or_else(short)?;
                (4 + len, encoding, read_levels(coded, rows)?)
            }
            PageKind::DataV2 { encoding, levels, repetition, .. } if leaf.optional => {
                let coded = raw.get(repetition..).and_then(|raw| raw.get(..levels)).ok_or_else(short)?;
                (0, encoding, read_levels(coded, rows)?)
            }
            PageKind::Data { encoding, .. } | PageKind::DataV2 { encoding, .. } => (0, encoding, None),
            PageKind::Dictionary { .. } | PageKind::Other => {
                return Err(Error::internal("a data page was to be read"));
            }
        };
        let values = validity.as_ref().map_or(rows, |v: &Validity| v.bits.count_set());
        let (marks, ends) = (Vec::new(), Vec::new());
        let page = Self { bytes, start, encoding, rows, values, validity, marks, ends };
        page.made_plain(leaf, memory)
    }

    /// A page of plain values, none of them null.
    pub(super) fn plain(bytes: Vec<u8>, values: usize) -> Self {
        Self {
            bytes,
            start: 0,
            encoding: Encoding::PLAIN,
            rows: values,
            values,
            validity: None,
            marks: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The page with its values in the plain encoding, as codes, as booleans in runs, or as texts side by side.
    fn made_plain(mut self, leaf: &Leaf, memory: &mut Decompressor) -> Result<Self> {
        let (physical, values) = (leaf.physical, self.values);
        let plain = match (self.encoding, physical) {
            (Encoding::PLAIN, _) => return Ok(self),
            (encoding, _) if encoding.is_dictionary() => {
                if values > 2 * MARKED
                    && let Ok(codes) = self.codes()
                {
                    self.marks = codes.marks(values, MARKED);
                }
                return Ok(self);
            }
            (Encoding::RLE, Physical::Boolean) => return Ok(self),
            (Encoding::DELTA_BINARY_PACKED, Physical::Int32 | Physical::Int64) => {
                let width = if physical == Physical::Int32 { 4 } else { 8 };
                delta::integers(self.bytes(), width, values, memory.buffers.pop().unwrap_or_default())?
            }
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, Physical::Bytes) => {
                let (ends, first) = delta::ends(self.bytes(), values)?;
                (self.ends, self.start) = (ends, self.start + first);
                return Ok(self);
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
        memory.keep(std::mem::replace(&mut self.bytes, plain));
        Ok(Self { start: 0, encoding: Encoding::PLAIN, ..self })
    }

    /// About how many bytes of text so many of its rows have, and an eighth more; none if they are codes.
    pub(super) fn text_of(&self, rows: usize) -> usize {
        if self.is_coded() {
            return 0;
        }
        let all = self.bytes().len();
        let lengths = if self.encoding == Encoding::PLAIN { 4 * self.values } else { 0 };
        let mean = all.saturating_sub(lengths) as f64 / self.rows.max(1) as f64;
        ((mean * rows as f64 * 1.125) as usize).min(all)
    }

    /// Its codes, from the first one on.
    fn codes(&self) -> Result<Hybrid<'_>> {
        let (width, coded) = self.bytes().split_first().ok_or_else(short)?;
        Hybrid::new(coded, u32::from(*width))
    }

    /// Its codes from one on.
    pub(super) fn codes_from(&self, value: usize) -> Result<Hybrid<'_>> {
        let mut codes = self.codes()?;
        let before = self.marks.partition_point(|mark| mark.value <= value);
        let mark = before.checked_sub(1).map(|last| self.marks[last]);
        if let Some(mark) = mark {
            codes.jump(mark.byte);
        }
        codes.skip(value - mark.map_or(0, |mark| mark.value))?;
        Ok(codes)
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
    pub(super) fn places<'a>(&self, wanted: &Wanted<'a>, nulls: &mut Nulls) -> Result<Places<'a>> {
        let end = match wanted {
            Wanted::Range { start, len } => start + len,
            Wanted::Rows(rows) => rows.ends().map_or(0, |(_, last)| last + 1),
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
                let there: Bitmap = rows.iter().map(|row| validity.bits.get(row)).collect();
                nulls.some_there(&there);
                let places = rows.iter().filter(|row| validity.bits.get(*row));
                let numbers = places.map(|row| validity.rank(row) as u32).collect();
                Places::Values(Ascending { numbers, offset: 0 })
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
    let mut levels = Hybrid::new(coded, 1)?;
    if levels.next_are(1, rows)? {
        return Ok(None);
    }
    let mut bits = MutableBitmap::new();
    levels.read_bits(rows, &mut bits)?;
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
        self.keep(page.bytes);
    }

    fn keep(&mut self, buffer: Vec<u8>) {
        if self.buffers.len() < KEPT_BUFFERS {
            self.buffers.push(buffer);
        }
    }

    /// A buffer with memory for so many bytes, if there is one; else the one that comes closest. It has bytes of other pages.
    fn buffer(&mut self, size: usize) -> Vec<u8> {
        let lacks = |buffer: &Vec<u8>| (size.saturating_sub(buffer.capacity()), buffer.capacity());
        let best = (0..self.buffers.len()).min_by_key(|i| lacks(&self.buffers[*i]));
        best.map(|i| self.buffers.swap_remove(i)).unwrap_or_default()
    }

    /// What two pages were compressed from. Where two at once take less time than one after the other, they are.
    pub(in crate::parquet) fn read_two(&mut self, bodies: [Body<'_>; 2]) -> [Result<Vec<u8>>; 2] {
        let [first, second] = bodies;
        if (first.codec, second.codec) != (Compression::SNAPPY, Compression::SNAPPY) {
            return bodies.map(|body| self.read(body));
        }
        match bodies.map(|body| self.snappy_room(body)) {
            [Ok(mut one), Ok(mut two)] => {
                let done = snappy::decompress_two(
                    Block { compressed: first.compressed, out: &mut one, short: first.numbers },
                    Block { compressed: second.compressed, out: &mut two, short: second.numbers },
                );
                let [first, second] = done.map(|done| done.map_err(|e| refused(&e)));
                [first.map(|()| one), second.map(|()| two)]
            }
            rooms => {
                self.buffers.extend(rooms.into_iter().flatten());
                bodies.map(|body| self.read(body))
            }
        }
    }

    fn snappy_room(&mut self, body: Body<'_>) -> Result<Vec<u8>> {
        if snappy::size(body.compressed) != Some(body.size) {
            return Err(contradiction());
        }
        Ok(self.buffer(body.size))
    }

    /// The bytes that a page was compressed from, as many as it says.
    pub(in crate::parquet) fn read(&mut self, body: Body<'_>) -> Result<Vec<u8>> {
        let Body { compressed: raw, codec, size, numbers } = body;
        let bytes = match codec {
            Compression::UNCOMPRESSED => {
                let mut bytes = self.buffer(raw.len());
                bytes.clear();
                bytes.extend_from_slice(raw);
                bytes
            }
            _ if size == 0 => Vec::new(),
            Compression::SNAPPY => {
                let mut bytes = self.snappy_room(body)?;
                let block = Block { compressed: raw, out: &mut bytes, short: numbers };
                snappy::decompress(block).map_err(|e| refused(&e))?;
                bytes
            }
            Compression::LZ4_RAW => {
                // A byte stands for 255 at most.
                if size / 256 > raw.len() {
                    return Err(contradiction());
                }
                let mut bytes = self.buffer(size);
                bytes.resize(size, 0);
                let len = lz4_flex::block::decompress_into(raw, &mut bytes).map_err(|e| refused(&e))?;
                bytes.truncate(len);
                bytes
            }
            Compression::ZSTD(_) if size <= TRUSTED => {
                let mut bytes = self.buffer(size);
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

fn refused(why: &dyn std::fmt::Display) -> Error {
    Error::compute(format!("it cannot be decompressed: {why}"))
}

fn contradiction() -> Error {
    refused(&"its sizes contradict each other")
}

/// One byte more than promised is enough to know that the promise was broken.
fn read_up_to(stream: impl Read, size: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size.min(TRUSTED));
    stream.take(size as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
