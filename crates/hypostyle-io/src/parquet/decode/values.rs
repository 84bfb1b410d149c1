//! Values of a column out of its pages: only those of the rows that are wanted.

use std::collections::HashSet;
use std::sync::Arc;

use hypostyle_core::{
    Array, BinaryArray, Bitmap, BooleanArray, Column, DataType, DictArray, Dictionary, Error, Native,
    PrimitiveArray, Result, Utf8Array, f16, with_primitive,
};
use hypostyle_kernels::packed::{check_codes, look_up};

use super::Encoding;
use super::hybrid::Hybrid;
use super::page::{Ascending, Nulls, Page, Part, Places, Wanted};

/// How a leaf column is stored, and what it becomes.
#[derive(Clone, Debug)]
pub(in crate::parquet) struct Leaf {
    pub(in crate::parquet) physical: Physical,
    pub(in crate::parquet) dtype: DataType,
    /// Stored numbers are multiplied by this.
    pub(in crate::parquet) factor: i64,
    /// Whether values may be null.
    pub(in crate::parquet) optional: bool,
}

/// Parquet's physical types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parquet) enum Physical {
    Boolean,
    Int32,
    Int64,
    /// Nanoseconds of a day and a Julian day.
    Int96,
    Float,
    Double,
    Bytes,
    Fixed(usize),
}

/// The entries of a dictionary page.
#[derive(Debug)]
pub(in crate::parquet) enum Entries {
    Values(Column),
    Text(Arc<Dictionary>),
}

pub(super) fn short() -> Error {
    Error::compute("its values end too soon")
}

/// The entries of a dictionary page: `count` plain values.
///
/// # Errors
/// If the values end too soon or are no UTF-8.
pub(in crate::parquet) fn read_entries(bytes: Vec<u8>, count: usize, leaf: &Leaf) -> Result<Entries> {
    // Whatever the count says, no entry takes no byte.
    if count > bytes.len() {
        return Err(short());
    }
    let column = plain_column(bytes, count, leaf)?;
    Ok(match column.array() {
        Array::Utf8(text) => {
            let dictionary = Dictionary::try_new(text.clone())?;
            let differ = are_different(text);
            Entries::Text(Arc::new(if differ { dictionary.assert_unique(false) } else { dictionary }))
        }
        _ => Entries::Values(column),
    })
}

/// Dictionaries of more entries are not asked whether they repeat any.
const ASKED_ENTRIES: usize = 4096;

/// Whether texts are known to differ: writers give each of them once, and no rule of the format says that they must.
/// Rows are grouped by codes then, instead of by texts.
fn are_different(entries: &Utf8Array) -> bool {
    let mut seen = HashSet::with_capacity(entries.len().min(ASKED_ENTRIES));
    entries.len() <= ASKED_ENTRIES && (0..entries.len()).all(|i| seen.insert(entries.value(i)))
}

fn plain_column(bytes: Vec<u8>, count: usize, leaf: &Leaf) -> Result<Column> {
    let page = Arc::new(Page::plain(bytes, count));
    let part = Part { page, wanted: Wanted::Range { start: 0, len: count } };
    read_column(leaf, &[part], None)
}

/// A column of the rows that the parts want, in order.
pub(in crate::parquet) fn read_column(
    leaf: &Leaf,
    parts: &[Part<'_>],
    entries: Option<&Entries>,
) -> Result<Column> {
    let reader = Reader { parts, entries, physical: leaf.physical };
    let factor = leaf.factor;
    let dtype = leaf.dtype.clone();
    let physical = (leaf.physical, leaf.dtype.to_physical());
    use Physical as P;
    macro_rules! numbers {
        ($from:ty => $to:ty) => {
            reader.numbers(dtype, |b| <$from>::from_le_bytes(b) as $to)
        };
    }
    match physical {
        (P::Boolean, DataType::Boolean) => reader.booleans(),
        (P::Int32, DataType::Int8) => numbers!(i32 => i8),
        (P::Int32, DataType::Int16) => numbers!(i32 => i16),
        (P::Int32, DataType::Int32) => numbers!(i32 => i32),
        (P::Int32, DataType::UInt8) => numbers!(i32 => u8),
        (P::Int32, DataType::UInt16) => numbers!(i32 => u16),
        (P::Int32, DataType::UInt32) => numbers!(i32 => u32),
        (P::Int32, DataType::Int64) => {
            reader.numbers(dtype, |b| i64::from(i32::from_le_bytes(b)).wrapping_mul(factor))
        }
        (P::Int32, DataType::Int128) => numbers!(i32 => i128),
        (P::Int64, DataType::Int64) if factor == 1 => numbers!(i64 => i64),
        (P::Int64, DataType::Int64) => reader.numbers(dtype, |b| i64::from_le_bytes(b).wrapping_mul(factor)),
        (P::Int64, DataType::UInt64) => numbers!(i64 => u64),
        (P::Int64, DataType::Int128) => numbers!(i64 => i128),
        (P::Int96, DataType::Int64) => reader.numbers(dtype, julian_nanoseconds),
        (P::Fixed(2), DataType::Float16) => reader.numbers(dtype, f16::from_le_bytes),
        (P::Float, DataType::Float32) => numbers!(f32 => f32),
        (P::Double, DataType::Float64) => numbers!(f64 => f64),
        (P::Fixed(16), DataType::UInt128) => numbers!(u128 => u128),
        (P::Fixed(width), DataType::Int128) => reader.decimals(dtype, width),
        (P::Bytes | P::Fixed(_), DataType::String | DataType::Binary) => reader.bytes(dtype),
        (physical, _) => Err(Error::internal(format!("{physical:?} values as {dtype}"))),
    }
}

/// Nanoseconds since 1970 from those of the day and the Julian day number.
fn julian_nanoseconds(bytes: [u8; 12]) -> i64 {
    const EPOCH: i64 = 2_440_588;
    let [a, b, c, d, e, f, g, h, i, j, k, l] = bytes;
    let nanoseconds = i64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let day = i64::from(i32::from_le_bytes([i, j, k, l]));
    (day - EPOCH).wrapping_mul(86_400_000_000_000).wrapping_add(nanoseconds)
}

/// A number of up to sixteen bytes, the most significant one first.
pub(in crate::parquet) fn big_endian(bytes: &[u8]) -> i128 {
    let negative = bytes.first().is_some_and(|b| *b >= 0x80);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i128::from(*byte))
}

/// The number of `width` bytes at a place. What follows it is read with it and shifted out, where there is enough.
#[inline(always)]
fn big_endian_at(bytes: &[u8], width: usize, place: usize) -> Result<i128> {
    let rest = bytes.get(place * width..).unwrap_or_default();
    if let (Some(eight), 1..=8) = (rest.first_chunk::<8>(), width) {
        return Ok(i128::from(i64::from_be_bytes(*eight) >> (64 - 8 * width)));
    }
    if let (Some(sixteen), 9..=16) = (rest.first_chunk::<16>(), width) {
        return Ok(i128::from_be_bytes(*sixteen) >> (128 - 8 * width));
    }
    rest.get(..width).map(big_endian).ok_or_else(short)
}

struct Reader<'a> {
    parts: &'a [Part<'a>],
    entries: Option<&'a Entries>,
    physical: Physical,
}

impl Reader<'_> {
    fn rows(&self) -> usize {
        self.parts.iter().map(|part| part.wanted.len()).sum()
    }

    /// Numbers of `N` bytes.
    fn numbers<const N: usize, T: Native>(
        &self,
        dtype: DataType,
        convert: impl Fn([u8; N]) -> T + Copy,
    ) -> Result<Column> {
        self.native(dtype, |page, places, out| {
            let (values, _) = page.bytes().as_chunks::<N>();
            let values = values.get(..page.values).ok_or_else(short)?;
            match places {
                Places::Range { start, len } => {
                    let values = values.get(*start..start + len).ok_or_else(short)?;
                    out.extend(values.iter().map(|b| convert(*b)));
                }
                Places::Values(places) => {
                    if places.ends().is_some_and(|(_, last)| last >= values.len()) {
                        return Err(short());
                    }
                    out.extend(places.iter().map(|place| convert(values[place])));
                }
            }
            Ok(())
        })
    }

    /// Decimals of a width that is known only now.
    fn decimals(&self, dtype: DataType, width: usize) -> Result<Column> {
        if width == 0 || width > 16 {
            return Err(Error::unsupported(format!("decimals of {width} bytes")));
        }
        self.native(dtype, |page, places, out| {
            let value = |place: usize| big_endian_at(page.bytes(), width, place);
            match places {
                Places::Range { start, len } => {
                    for place in *start..start + len {
                        out.push(value(place)?);
                    }
                }
                Places::Values(places) => {
                    for place in places.iter() {
                        out.push(value(place)?);
                    }
                }
            }
            Ok(())
        })
    }

    fn native<T: Native>(
        &self,
        dtype: DataType,
        plain: impl Fn(&Page, &Places<'_>, &mut Vec<T>) -> Result<()>,
    ) -> Result<Column> {
        let mut out: Vec<T> = Vec::with_capacity(self.rows());
        let mut nulls = Nulls::default();
        let mut codes = Vec::new();
        for part in self.parts {
            let before = nulls.rows();
            let places = part.page.places(&part.wanted, &mut nulls)?;
            if part.page.encoding.is_dictionary() {
                let entries = match self.entries {
                    Some(Entries::Values(column)) => column.expect_primitive::<T>()?,
                    _ => return Err(no_dictionary()),
                };
                read_codes(&part.page, &places, &mut codes)?;
                look_up(entries.values(), &codes, &mut out)?;
            } else {
                plain(&part.page, &places, &mut out)?;
            }
            spread(&mut out, before, &nulls);
        }
        Ok(Column::from_primitive(dtype, PrimitiveArray::try_new(out.into(), nulls.into_validity())?))
    }

    fn booleans(&self) -> Result<Column> {
        let mut out: Vec<bool> = Vec::with_capacity(self.rows());
        let mut nulls = Nulls::default();
        for part in self.parts {
            let before = nulls.rows();
            let places = part.page.places(&part.wanted, &mut nulls)?;
            let bytes = part.page.bytes();
            if part.page.encoding == Encoding::RLE {
                let mut values = Vec::new();
                let coded = bytes.get(4..).ok_or_else(short)?;
                read_places(&mut Hybrid::new(coded, 1)?, &places, &mut values)?;
                out.extend(values.into_iter().map(|v| v == 1));
            } else if part.page.encoding == Encoding::PLAIN {
                let bit =
                    |place: usize| bytes.get(place / 8).map(|b| b >> (place % 8) & 1 == 1).ok_or_else(short);
                match &places {
                    Places::Range { start, len } => {
                        for place in *start..start + len {
                            out.push(bit(place)?);
                        }
                    }
                    Places::Values(places) => {
                        for place in places.iter() {
                            out.push(bit(place)?);
                        }
                    }
                }
            } else {
                return Err(Error::unsupported("booleans in a dictionary"));
            }
            spread(&mut out, before, &nulls);
        }
        let values: Bitmap = out.into_iter().collect();
        Ok(Column::from_boolean(BooleanArray::try_new(values, nulls.into_validity())?))
    }

    /// Text and bytes. Text whose rows are all codes stays codes.
    fn bytes(&self, dtype: DataType) -> Result<Column> {
        let coded =
            !self.parts.is_empty() && self.parts.iter().all(|part| part.page.encoding.is_dictionary());
        match self.entries {
            Some(Entries::Text(dictionary)) if coded && dtype == DataType::String => self.codes(dictionary),
            _ => self.copied_bytes(dtype),
        }
    }

    fn codes(&self, dictionary: &Arc<Dictionary>) -> Result<Column> {
        let codes = read_all_codes(self.parts)?;
        Ok(Column::from_dict(DictArray::try_new(codes, Arc::clone(dictionary))?))
    }

    fn copied_bytes(&self, dtype: DataType) -> Result<Column> {
        let mut ends: Vec<i64> = Vec::with_capacity(self.rows() + 1);
        ends.push(0);
        let expected = self.parts.iter().map(|part| part.page.text_of(part.wanted.len())).sum();
        let mut bytes: Vec<u8> = Vec::with_capacity(expected);
        let mut nulls = Nulls::default();
        let mut codes = Vec::new();
        for part in self.parts {
            let before = nulls.rows();
            let places = part.page.places(&part.wanted, &mut nulls)?;
            let page = &part.page;
            if page.encoding.is_dictionary() {
                let entries = match self.entries {
                    Some(Entries::Values(column)) => column.as_binary(),
                    Some(Entries::Text(dictionary)) => Some(dictionary.values().as_binary()),
                    None => None,
                };
                let entries = entries.ok_or_else(no_dictionary)?;
                read_codes(page, &places, &mut codes)?;
                check_codes(&codes, entries.len())?;
                for code in &codes {
                    bytes.extend_from_slice(entries.value(*code as usize));
                    ends.push(bytes.len() as i64);
                }
            } else if let Physical::Fixed(width) = self.physical {
                let mut push = |place: usize| {
                    let value = page.bytes().get(place * width..(place + 1) * width).ok_or_else(short)?;
                    bytes.extend_from_slice(value);
                    ends.push(bytes.len() as i64);
                    Ok::<_, Error>(())
                };
                match &places {
                    Places::Range { start, len } => (*start..start + len).try_for_each(&mut push)?,
                    Places::Values(places) => places.iter().try_for_each(&mut push)?,
                }
            } else if page.encoding == Encoding::DELTA_LENGTH_BYTE_ARRAY {
                copy_side_by_side(page, &places, &mut bytes, &mut ends)?;
            } else {
                copy_prefixed(page.bytes(), &places, &mut bytes, &mut ends)?;
            }
            spread_ends(&mut ends, before, &nulls);
        }
        let array = BinaryArray::try_new(ends.into(), bytes.into(), nulls.into_validity())?;
        if dtype == DataType::Binary {
            Column::try_new(dtype, Array::Binary(array))
        } else {
            Column::try_new(dtype, Array::Utf8(Utf8Array::from_binary(array)?))
        }
    }
}

/// The codes of the rows that the parts want, all of them of pages of codes. Null rows have code 0.
pub(in crate::parquet) fn read_all_codes(parts: &[Part<'_>]) -> Result<PrimitiveArray<u32>> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.wanted.len()).sum());
    let mut nulls = Nulls::default();
    let mut codes = Vec::new();
    for part in parts {
        let before = nulls.rows();
        let places = part.page.places(&part.wanted, &mut nulls)?;
        read_codes(&part.page, &places, &mut codes)?;
        out.extend_from_slice(&codes);
        spread(&mut out, before, &nulls);
    }
    PrimitiveArray::try_new(out.into(), nulls.into_validity())
}

/// The numbers that codes stand for.
pub(in crate::parquet) fn look_up_column(entries: &Column, codes: &PrimitiveArray<u32>) -> Result<Column> {
    if entries.is_empty() {
        return Ok(Column::full_null(entries.dtype().clone(), codes.len()));
    }
    with_primitive!(entries.array(), |a: T| {
        let mut values: Vec<T> = Vec::with_capacity(codes.len());
        look_up(a.values(), codes.values(), &mut values)?;
        let array = PrimitiveArray::try_new(values.into(), codes.validity().cloned())?;
        Ok(Column::from_primitive(entries.dtype().clone(), array))
    }, else |_other| Err(no_dictionary()))
}

fn no_dictionary() -> Error {
    Error::compute("it has codes, but no dictionary of their type")
}

/// Copies byte strings, each with its length before it, out of a page.
fn copy_prefixed(page: &[u8], places: &Places<'_>, bytes: &mut Vec<u8>, ends: &mut Vec<i64>) -> Result<()> {
    let mut at = 0usize;
    let mut next = |wanted: bool| -> Result<()> {
        let len = page.get(at..).and_then(|b| b.first_chunk()).ok_or_else(short)?;
        let start = at + 4;
        let end = start + u32::from_le_bytes(*len) as usize;
        let value = page.get(start..end).ok_or_else(short)?;
        if wanted {
            bytes.extend_from_slice(value);
            ends.push(bytes.len() as i64);
        }
        at = end;
        Ok(())
    };
    match places {
        Places::Range { start, len } => {
            (0..*start).try_for_each(|_| next(false))?;
            (0..*len).try_for_each(|_| next(true))
        }
        Places::Values(places) => {
            let mut value = 0;
            for place in places.iter() {
                (value..place).try_for_each(|_| next(false))?;
                next(true)?;
                value = place + 1;
            }
            Ok(())
        }
    }
}

/// Copies byte strings that lie side by side out of a page.
fn copy_side_by_side(
    page: &Page,
    places: &Places<'_>,
    bytes: &mut Vec<u8>,
    ends: &mut Vec<i64>,
) -> Result<()> {
    let (texts, text_ends) = (page.bytes(), &page.ends);
    let begin = |place: usize| match place.checked_sub(1) {
        None => Ok(0),
        Some(before) => text_ends.get(before).map(|end| *end as usize).ok_or_else(short),
    };
    match places {
        Places::Range { start, len } => {
            let (from, to) = (begin(*start)?, begin(start + len)?);
            let moved = bytes.len() as i64 - from as i64;
            bytes.extend_from_slice(texts.get(from..to).ok_or_else(short)?);
            let here = text_ends.get(*start..start + len).ok_or_else(short)?;
            ends.extend(here.iter().map(|end| i64::from(*end) + moved));
        }
        Places::Values(places) => {
            for place in places.iter() {
                let text = texts.get(begin(place)?..begin(place + 1)?).ok_or_else(short)?;
                bytes.extend_from_slice(text);
                ends.push(bytes.len() as i64);
            }
        }
    }
    Ok(())
}

/// The codes of the values wanted.
fn read_codes(page: &Page, places: &Places<'_>, codes: &mut Vec<u32>) -> Result<()> {
    codes.clear();
    match places {
        // A page whose rows are all null may leave out even the width.
        Places::Range { len: 0, .. } => Ok(()),
        Places::Range { start, len } => page.codes_from(*start)?.read(*len, codes),
        Places::Values(places) => match places.ends() {
            Some((first, _)) => read_chosen(&mut page.codes_from(first)?, places, codes),
            None => Ok(()),
        },
    }
}

fn read_places(values: &mut Hybrid<'_>, places: &Places<'_>, out: &mut Vec<u32>) -> Result<()> {
    match places {
        Places::Range { start, len } => {
            values.skip(*start)?;
            values.read(*len, out)
        }
        Places::Values(places) => {
            let Some((first, _)) = places.ends() else { return Ok(()) };
            values.skip(first)?;
            read_chosen(values, places, out)
        }
    }
}

/// Values of which the first one chosen comes next.
fn read_chosen(values: &mut Hybrid<'_>, places: &Ascending<'_>, out: &mut Vec<u32>) -> Result<()> {
    let Some((first, last)) = places.ends() else { return Ok(()) };
    let count = last - first + 1;
    if count / 8 > places.len() {
        // Few of many.
        return values.read_places(places.iter(), first, out);
    }
    let start = out.len();
    values.read(count, out)?;
    if count > places.len() {
        let read = &mut out[start..];
        for (to, place) in places.iter().enumerate() {
            // Places ascend, so that nothing is overwritten before it is read.
            read[to] = read[place - first];
        }
        out.truncate(start + places.len());
    }
    Ok(())
}

/// Moves values apart, so that the rows from `before` on that are null have one as well.
fn spread<T: Copy + Default>(values: &mut Vec<T>, before: usize, nulls: &Nulls) {
    let rows = nulls.rows();
    if values.len() == rows {
        return;
    }
    let mut from = values.len();
    values.resize(rows, T::default());
    for to in (before..rows).rev() {
        values[to] = if nulls.is_there(to) && from > before {
            from -= 1;
            values[from]
        } else {
            T::default()
        };
    }
}

/// The same for ends of byte strings: a null is as long as the empty string.
fn spread_ends(ends: &mut Vec<i64>, before: usize, nulls: &Nulls) {
    let rows = nulls.rows();
    if ends.len() == rows + 1 {
        return;
    }
    let mut from = ends.len() - 1;
    ends.resize(rows + 1, 0);
    for to in (before + 1..=rows).rev() {
        ends[to] = ends[from];
        if nulls.is_there(to - 1) && from > before {
            from -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ASKED_ENTRIES, are_different, big_endian, big_endian_at};

    #[test]
    fn dictionaries_that_repeat_entries() {
        let different = |texts: &[&str]| are_different(&texts.iter().map(|t| Some(*t)).collect());
        assert!(different(&[]) && different(&["", "a", "b"]));
        assert!(!different(&["a", "b", "a"]));
        let many: Vec<String> = (0..=ASKED_ENTRIES).map(|i| i.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(different(&many[1..]) && !different(&many));
    }

    #[test]
    fn decimals_of_all_widths() {
        assert_eq!((big_endian(&[0xff, 0xfe]), big_endian(&[1, 0])), (-2, 256));
        let bytes: Vec<u8> = (0u32..200).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for width in 1..=16 {
            for place in 0..bytes.len() / width {
                let plain = big_endian(&bytes[place * width..(place + 1) * width]);
                assert_eq!(big_endian_at(&bytes, width, place).unwrap(), plain, "{width} bytes at {place}");
            }
            assert!(big_endian_at(&bytes, width, bytes.len() / width).is_err());
            assert!(big_endian_at(&bytes, width, usize::MAX / 32).is_err());
        }
    }
}
