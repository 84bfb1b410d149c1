//! Chunks of numbers and booleans: which encoding takes the fewest bytes, and the pages in it.

use hypostyle_core::{Array, Column, Error, Result, f16, with_primitive};
use hypostyle_kernels::distinct::{Distinct, distinct_by_hash, present, ranked, without_nulls};
use hypostyle_kernels::pack::width_of;
use parquet::basic::{Compression, Encoding, Type};

use super::chunk::EncodedChunk;
use super::delta::{self, Bits};
use super::encode::{Chunk, Entries, PagePart, Scratch};
use super::hybrid;
use super::ranges::{self, Order, Range};

/// Numbers whose range is no more than so many times their number are coded by address.
const DENSE: u64 = 4;
/// No dictionary is larger.
const DICTIONARY: usize = 1 << 20;
/// Values that are encoded on trial.
const TRIAL: usize = 1 << 13;

/// How the values of a chunk are ordered, if they are written here.
pub(super) fn order(array: &Array, physical: Type) -> Option<Order> {
    Some(match (array, physical) {
        (Array::Boolean(_), Type::BOOLEAN) => Order::Signed,
        (Array::Int8(_) | Array::Int16(_) | Array::Int32(_), Type::INT32) => Order::Signed,
        (Array::UInt8(_) | Array::UInt16(_) | Array::UInt32(_), Type::INT32) => Order::Signed,
        (Array::Int64(_), Type::INT64) => Order::Signed,
        (Array::UInt64(_), Type::INT64) => Order::Unsigned,
        // Decimals of few digits.
        (Array::Int128(_), Type::INT32 | Type::INT64) => Order::Signed,
        (Array::Float32(_), Type::FLOAT) => Order::Float,
        (Array::Float64(_), Type::DOUBLE) => Order::Double,
        _ => return None,
    })
}

/// A number as 64 bits: integers extended as their sign says.
trait AsBits: Copy {
    fn as_bits(self) -> u64;
}

macro_rules! integers_as_bits {
    ($($t:ty),+) => {$(
        impl AsBits for $t {
            #[inline(always)]
            fn as_bits(self) -> u64 {
                self as u64
            }
        }
    )+};
}

integers_as_bits!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);

impl AsBits for f16 {
    #[inline(always)]
    fn as_bits(self) -> u64 {
        self.to_bits().into()
    }
}

impl AsBits for f32 {
    #[inline(always)]
    fn as_bits(self) -> u64 {
        self.to_bits().into()
    }
}

impl AsBits for f64 {
    #[inline(always)]
    fn as_bits(self) -> u64 {
        self.to_bits()
    }
}

/// The values of columns, one behind the other, without nulls.
fn gather(columns: &[&Column], values: &mut Vec<u64>, nullable: &mut Vec<u64>) -> Result<()> {
    values.clear();
    for column in columns {
        with_primitive!(column.array(), |a: T| {
            let bits = a.values().iter().map(|value| AsBits::as_bits(*value));
            match a.validity().filter(|validity| validity.count_unset() > 0) {
                None => values.extend(bits),
                Some(validity) => {
                    nullable.clear();
                    nullable.extend(bits);
                    without_nulls(nullable, validity, values);
                }
            }
        }, else |_other| return Err(Error::internal("a chunk of numbers has none")));
    }
    Ok(())
}

/// How values are written.
enum Form {
    Plain,
    Delta,
    Dictionary(Distinct<u64>),
}

/// Numbers of one chunk.
struct Numbers<'a> {
    values: &'a [u64],
    order: Order,
    /// Bytes of a value.
    width: usize,
}

impl Numbers<'_> {
    fn is_float(&self) -> bool {
        matches!(self.order, Order::Float | Order::Double)
    }

    fn bits(&self) -> Bits {
        if self.width == 4 { Bits::Narrow } else { Bits::Wide }
    }

    fn form(&self, range: &Range, scratch: &mut Scratch) -> Result<Form> {
        let values = self.values;
        if values.is_empty() {
            return Ok(Form::Plain);
        }
        let plain = values.len() * self.width;
        let deltas = if self.is_float() { plain } else { delta::estimate(values, self.bits()) };
        let others = deltas.min(plain);
        let most = self.most_entries(others + others / 10);
        if let Some(dictionary) = self.dictionary(range, most) {
            return Ok(Form::Dictionary(dictionary));
        }
        if deltas >= plain / 10 * 9 {
            return Ok(Form::Plain);
        }
        // Few bits of many are left, or else compression may find more than differences do.
        if deltas > plain / 2 && scratch.compressor.codec() != Compression::UNCOMPRESSED {
            let middle = (values.len() - values.len().min(TRIAL)) / 2;
            let sample = &values[middle..(middle + TRIAL).min(values.len())];
            scratch.body.clear();
            plain_values(sample, self.width, &mut scratch.body);
            let plain = scratch.compressor.compress(&scratch.body)?.len();
            scratch.body.clear();
            delta::integers(sample, self.bits(), &mut scratch.body)?;
            if plain <= scratch.compressor.compress(&scratch.body)?.len() {
                return Ok(Form::Plain);
            }
        }
        Ok(Form::Delta)
    }

    /// With how many entries a dictionary and its codes take no more than so many bytes.
    fn most_entries(&self, bytes: usize) -> usize {
        let count = self.values.len();
        let runs = 1 + self.values.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let entries = (1..=20u32).map(|width| {
            let packed = count * width as usize / 8;
            let in_runs = runs * (3 + width as usize / 8);
            (bytes.saturating_sub(packed.min(in_runs)) / self.width).min(1 << width)
        });
        entries.max().unwrap_or_default().min(DICTIONARY / self.width)
    }

    /// The distinct values, if there are no more than `most`.
    fn dictionary(&self, range: &Range, most: usize) -> Option<Distinct<u64>> {
        if let Range::Numbers { low, high, .. } = range
            && !self.is_float()
            && let span = high.wrapping_sub(*low) as u64
            && span < DENSE * self.values.len() as u64
        {
            let low = self.order.bits(*low);
            let keys = || self.values.iter().map(|value| value.wrapping_sub(low));
            let (bits, count) = present(keys(), span);
            if count > most {
                return None;
            }
            let mut found = ranked(&bits, count, keys());
            found.entries.iter_mut().for_each(|entry| *entry = entry.wrapping_add(low));
            return Some(found);
        }
        distinct_by_hash(self.values, most)
    }
}

fn plain_values(values: &[u64], width: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + values.len() * width, 0);
    match width {
        4 => {
            let places = out[start..].as_chunks_mut::<4>().0;
            places.iter_mut().zip(values).for_each(|(place, v)| *place = (*v as u32).to_le_bytes());
        }
        _ => {
            let places = out[start..].as_chunks_mut::<8>().0;
            places.iter_mut().zip(values).for_each(|(place, v)| *place = v.to_le_bytes());
        }
    }
}

/// Encodes a chunk of numbers.
pub(super) fn encode(chunk: &Chunk<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
    let mut values = std::mem::take(&mut scratch.numbers);
    gather(chunk.columns, &mut values, &mut scratch.nullable)?;
    let width = match chunk.descr.physical_type() {
        Type::INT32 | Type::FLOAT => 4,
        _ => 8,
    };
    let (parts, statistical) = (chunk.pages(8 * width), chunk.statistical);
    let page_ranges: Vec<Range> = if statistical.wanted || statistical.order == Order::Signed {
        parts.iter().map(|part| ranges::numbers(&values[part.values.clone()], statistical.order)).collect()
    } else {
        vec![Range::Nothing; parts.len()]
    };
    let mut range = Range::Nothing;
    page_ranges.iter().for_each(|page| range.extend(page));
    let numbers = Numbers { values: &values, order: statistical.order, width };
    let form = numbers.form(&range, scratch)?;
    let (encoding, dictionary) = match &form {
        Form::Plain => (Encoding::PLAIN, None),
        Form::Delta => (Encoding::DELTA_BINARY_PACKED, None),
        Form::Dictionary(Distinct { entries, .. }) => {
            let mut bytes = Vec::new();
            plain_values(entries, width, &mut bytes);
            (Encoding::RLE_DICTIONARY, Some(Entries { bytes, count: entries.len(), sorted: false }))
        }
    };
    let body = |part: &PagePart, out: &mut Vec<u8>| {
        let (from, to) = (part.values.start, part.values.end);
        match &form {
            Form::Plain => plain_values(&values[from..to], width, out),
            Form::Delta => delta::integers(&values[from..to], numbers.bits(), out)?,
            Form::Dictionary(dictionary) => {
                coded(&dictionary.codes[from..to], dictionary.entries.len(), out)?
            }
        }
        Ok(())
    };
    let about = |number: usize, _: &PagePart| (page_ranges[number].clone(), 0);
    let written = chunk.write(encoding, &parts, dictionary.as_ref(), about, body, scratch);
    scratch.numbers = values;
    written
}

/// Appends codes behind their width.
pub(super) fn coded(codes: &[u32], entries: usize, out: &mut Vec<u8>) -> Result<()> {
    // Some readers know no codes of no bits.
    let width = width_of(entries.saturating_sub(1) as u64).max(1);
    out.push(width as u8);
    hybrid::codes(codes, width, out)
}

/// Encodes a chunk of booleans.
pub(super) fn encode_booleans(chunk: &Chunk<'_>, scratch: &mut Scratch) -> Result<EncodedChunk> {
    let mut values: Vec<bool> = Vec::new();
    for column in chunk.columns {
        let array = column.expect_boolean()?;
        match array.validity() {
            None => values.extend(array.values().iter()),
            Some(_) => values.extend(array.iter().flatten()),
        }
    }
    let about = |_, part: &PagePart| {
        let values = &values[part.values.clone()];
        let trues = values.iter().filter(|value| **value).count();
        let (low, high) = (i64::from(trues == values.len()), i64::from(trues > 0));
        let range = Range::Numbers { low, high, nans: 0, all_nan: false };
        (if values.is_empty() { Range::Nothing } else { range }, 0)
    };
    let body = |part: &PagePart, out: &mut Vec<u8>| {
        let bits = |part: &[bool]| part.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        out.extend(values[part.values.clone()].chunks(8).map(bits));
        Ok(())
    };
    chunk.write(Encoding::PLAIN, &chunk.pages(1), None, about, body, scratch)
}
