//! A page made ready: decompressed, levels as bits, values in the plain encoding or as codes.

use std::borrow::Cow;
use std::sync::Arc;

use hypostyle_core::{Bitmap, Error, MutableBitmap, Result};

use super::super::header::{PageHeader, PageKind};
use super::Encoding;
use super::decompress::Decompressor;
use super::delta;
use super::hybrid::Hybrid;
use super::values::{Leaf, Physical, short};

/// The largest page: sizes are 31 bits wide.
const MOST: usize = i32::MAX as usize;

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
                delta::integers(self.bytes(), width, values, memory.any_buffer())?
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

    /// Its memory, for another page.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
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
