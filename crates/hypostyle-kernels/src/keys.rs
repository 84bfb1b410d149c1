//! Keys of several columns as one value that can be compared and hashed.
//!
//! Fixed-width columns pack into 64 or 128 bits; anything else is encoded as bytes, row by row. Equal rows have
//! equal keys: −0.0 is 0.0, all NaN are one, null is a value of its own where the codec is told that it occurs.

use hypostyle_core::{Array, Bitmap, Column, DataType, Error, Native, Result, with_primitive};

use crate::hash::{PackedKey, hash_bytes};
use crate::zones::extremes;

/// How rows become keys; the same codec must encode both sides of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCodec {
    nullable: Vec<bool>,
    /// For columns whose integers are known to lie in a range: its low end and the bits of a distance from it.
    offsets: Vec<Option<(i128, u32)>>,
    width: KeyWidth,
    bits: Option<u32>,
}

/// What keys are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyWidth {
    /// 64 bits
    U64,
    /// 128 bits
    U128,
    /// Bytes
    Bytes,
}

/// Keys of a batch's rows.
#[derive(Clone, Debug)]
pub enum Keys {
    /// Packed into 64 bits.
    U64(Vec<u64>),
    /// Packed into 128 bits.
    U128(Vec<u128>),
    /// Encoded as bytes.
    Bytes(ByteKeys),
}

/// Byte keys one after the other, with their hashes.
#[derive(Clone, Debug, Default)]
pub struct ByteKeys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hashes: Vec<u64>,
}

impl ByteKeys {
    /// The texts of a column, whatever its form; `None` if it has none.
    fn of_texts(column: &Column, nullable: bool) -> Option<Self> {
        match column.array() {
            Array::Utf8(array) => Some(Self::of(array.len(), nullable, |row| array.as_binary().get(row))),
            Array::Binary(array) => Some(Self::of(array.len(), nullable, |row| array.get(row))),
            Array::Dict(array) => {
                Some(Self::of(array.len(), nullable, |row| array.get(row).map(str::as_bytes)))
            }
            _ => None,
        }
    }

    /// Texts after a flag where there may be nulls: where each is the whole key, it needs no length.
    fn of<'a>(len: usize, nullable: bool, text: impl Fn(usize) -> Option<&'a [u8]>) -> Self {
        let mut keys =
            Self { bytes: Vec::new(), ends: Vec::with_capacity(len), hashes: Vec::with_capacity(len) };
        for row in 0..len {
            let (start, text) = (keys.bytes.len(), text(row));
            if nullable {
                keys.bytes.push(u8::from(text.is_some()));
            }
            keys.bytes.extend_from_slice(text.unwrap_or_default());
            keys.hashes.push(hash_bytes(&keys.bytes[start..]));
            keys.ends.push(keys.bytes.len());
        }
        keys
    }

    /// The key of row `i`.
    #[inline]
    pub fn get(&self, i: usize) -> &[u8] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[start..self.ends[i]]
    }

    /// The hash of row `i`'s key.
    #[inline]
    pub fn hash(&self, i: usize) -> u64 {
        self.hashes[i]
    }

    /// The keys of these rows, in their order.
    pub fn gather(&self, rows: &[u32]) -> Self {
        let mut gathered = Self {
            bytes: Vec::with_capacity(rows.iter().map(|row| self.get(*row as usize).len()).sum()),
            ends: Vec::with_capacity(rows.len()),
            hashes: Vec::with_capacity(rows.len()),
        };
        for row in rows {
            gathered.bytes.extend_from_slice(self.get(*row as usize));
            gathered.ends.push(gathered.bytes.len());
            gathered.hashes.push(self.hash(*row as usize));
        }
        gathered
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl Keys {
    /// Number of keys.
    pub fn len(&self) -> usize {
        match self {
            Self::U64(keys) => keys.len(),
            Self::U128(keys) => keys.len(),
            Self::Bytes(keys) => keys.len(),
        }
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash of every key.
    pub fn hashes(&self) -> Vec<u64> {
        match self {
            Self::U64(keys) => keys.iter().map(|k| k.hash()).collect(),
            Self::U128(keys) => keys.iter().map(|k| k.hash()).collect(),
            Self::Bytes(keys) => keys.hashes.clone(),
        }
    }
}

/// Bits that a value of a type takes in a packed key, if it has a fixed width.
fn packed_bits(dtype: &DataType) -> Option<u32> {
    match dtype {
        DataType::Boolean => Some(1),
        DataType::Null => Some(0),
        DataType::Categorical | DataType::Enum(_) => None,
        // The width of the stored values, where there is one.
        other => other.byte_width().map(|w| w as u32 * 8),
    }
}

impl KeyCodec {
    /// A codec for columns of these types; `nullable[i]` says whether column `i` may hold null.
    pub fn new(dtypes: &[DataType], nullable: &[bool]) -> Self {
        Self::ranged(dtypes, nullable, &vec![None; dtypes.len()])
    }

    /// As [`Self::new`], for integers that are known to lie between these ends: they take the bits of the distance.
    /// Only columns whose values all lie there may be encoded.
    pub fn ranged(dtypes: &[DataType], nullable: &[bool], ranges: &[Option<(i128, i128)>]) -> Self {
        let offsets: Vec<Option<(i128, u32)>> = ranges
            .iter()
            .map(|range| {
                let (low, high) = (*range)?;
                Some((low, 128 - high.checked_sub(low)?.leading_zeros()))
            })
            .collect();
        let bits = dtypes
            .iter()
            .zip(nullable)
            .zip(&offsets)
            .map(|((dtype, nullable), offset)| {
                let value = offset.map_or_else(|| packed_bits(dtype), |(_, bits)| Some(bits))?;
                Some(value + u32::from(*nullable))
            })
            .sum::<Option<u32>>();
        let width = match bits {
            Some(0..=64) => KeyWidth::U64,
            Some(65..=128) => KeyWidth::U128,
            _ => KeyWidth::Bytes,
        };
        Self { nullable: nullable.to_vec(), offsets, width, bits }
    }

    /// A codec for exactly these columns.
    pub fn for_columns(columns: &[Column]) -> Self {
        let dtypes: Vec<DataType> = columns.iter().map(|c| c.dtype().clone()).collect();
        let nullable: Vec<bool> = columns.iter().map(|c| c.null_count() > 0).collect();
        let plain = Self::new(&dtypes, &nullable);
        if plain.width == KeyWidth::U64 {
            return plain;
        }
        // Too wide by type; perhaps not by value.
        let ranges: Vec<_> = columns.iter().map(integer_range).collect();
        Self::ranged(&dtypes, &nullable, &ranges)
    }

    /// Number of bits that packed keys differ in; `None` if they are bytes.
    pub fn bits(&self) -> Option<u32> {
        self.bits
    }

    /// What the keys are made of.
    pub fn width(&self) -> KeyWidth {
        self.width
    }

    /// The keys of `len` rows.
    pub fn encode(&self, columns: &[Column], len: usize) -> Result<Keys> {
        Ok(match self.width {
            KeyWidth::U64 => Keys::U64(self.pack::<u64>(columns, len)?),
            KeyWidth::U128 => Keys::U128(self.pack::<u128>(columns, len)?),
            KeyWidth::Bytes => Keys::Bytes(self.encode_bytes(columns, len)?),
        })
    }

    fn pack<K: Packed>(&self, columns: &[Column], len: usize) -> Result<Vec<K>> {
        let mut keys = vec![K::default(); len];
        for ((column, nullable), offset) in columns.iter().zip(&self.nullable).zip(&self.offsets) {
            let validity = column.validity();
            match column.array() {
                Array::Null(_) => {}
                Array::Boolean(a) => {
                    for (i, key) in keys.iter_mut().enumerate() {
                        *key = key.append(u128::from(a.values().get(i)), 1);
                    }
                }
                array => with_primitive!(array, |a: T| match offset {
                    None => append::<K, T>(&mut keys, a.values()),
                    Some((low, bits)) => append_distance::<K, T>(&mut keys, a.values(), *low, *bits),
                }, else |_other| {
                    return Err(Error::internal(format!("cannot pack keys of {}", column.dtype())));
                }),
            }
            if let Some(validity) = validity.filter(|v| v.count_unset() > 0) {
                let bits = offset.map_or_else(|| packed_bits(column.dtype()).unwrap_or(0), |(_, bits)| bits);
                clear_nulls(&mut keys, validity, bits);
            }
            if *nullable {
                match (column.array(), validity) {
                    (Array::Null(_), _) | (_, None) => {
                        let bit = u128::from(!matches!(column.array(), Array::Null(_)));
                        keys.iter_mut().for_each(|key| *key = key.append(bit, 1));
                    }
                    (_, Some(validity)) => {
                        for (key, valid) in keys.iter_mut().zip(validity.iter()) {
                            *key = key.append(u128::from(valid), 1);
                        }
                    }
                }
            }
        }
        Ok(keys)
    }

    fn encode_bytes(&self, columns: &[Column], len: usize) -> Result<ByteKeys> {
        if let ([column], [nullable]) = (columns, &self.nullable[..])
            && let Some(keys) = ByteKeys::of_texts(column, *nullable)
        {
            return Ok(keys);
        }
        let mut keys = ByteKeys {
            bytes: Vec::with_capacity(len * columns.len() * 9),
            ends: Vec::with_capacity(len),
            hashes: Vec::with_capacity(len),
        };
        let mut start = 0;
        for i in 0..len {
            for column in columns {
                push_value(&mut keys.bytes, column, i);
            }
            keys.hashes.push(hash_bytes(&keys.bytes[start..]));
            start = keys.bytes.len();
            keys.ends.push(start);
        }
        Ok(keys)
    }
}

/// Packed integers that keys are shifted into.
trait Packed: PackedKey {
    fn append(self, value: u128, bits: u32) -> Self;
    fn clear_low(self, bits: u32) -> Self;
}

impl Packed for u64 {
    #[inline(always)]
    fn append(self, value: u128, bits: u32) -> Self {
        self.unbounded_shl(bits) | value as u64
    }
    #[inline(always)]
    fn clear_low(self, bits: u32) -> Self {
        self.unbounded_shr(bits).unbounded_shl(bits)
    }
}

impl Packed for u128 {
    #[inline(always)]
    fn append(self, value: u128, bits: u32) -> Self {
        self.unbounded_shl(bits) | value
    }
    #[inline(always)]
    fn clear_low(self, bits: u32) -> Self {
        self.unbounded_shr(bits).unbounded_shl(bits)
    }
}

fn append<K: Packed, T: Native>(keys: &mut [K], values: &[T]) {
    let bits = size_of::<T>() as u32 * 8;
    let mask = u128::MAX.unbounded_shr(128 - bits);
    for (key, value) in keys.iter_mut().zip(values) {
        *key = key.append(value.wide_key() & mask, bits);
    }
}

/// Distances from the low end of a range. What null rows hold may lie outside; its bits are cut off.
fn append_distance<K: Packed, T: Native>(keys: &mut [K], values: &[T], low: i128, bits: u32) {
    if bits == 0 {
        return;
    }
    if size_of::<T>() <= 8 && bits <= 64 {
        // The difference of 64-bit numbers, cut to 64 bits, is their distance where that fits.
        let (low, mask) = (low as u64, u64::MAX >> (64 - bits));
        for (key, value) in keys.iter_mut().zip(values) {
            *key = key.append(u128::from(low_bits(*value).wrapping_sub(low) & mask), bits);
        }
        return;
    }
    let mask = u128::MAX >> (128 - bits);
    for (key, value) in keys.iter_mut().zip(values) {
        *key = key.append(value.to_i128().wrapping_sub(low) as u128 & mask, bits);
    }
}

/// An integer cut to 64 bits: differences of integers that lie in a range below 2⁶⁴ are right in these.
#[inline(always)]
pub(crate) fn low_bits<T: Native>(value: T) -> u64 {
    Native::to_i128(value) as u64
}

fn clear_nulls<K: Packed>(keys: &mut [K], validity: &Bitmap, bits: u32) {
    for (key, valid) in keys.iter_mut().zip(validity.iter()) {
        if !valid {
            *key = key.clear_low(bits);
        }
    }
}

/// One value: a flag byte, then fixed-width bytes, or a length and the bytes.
fn push_value(out: &mut Vec<u8>, column: &Column, i: usize) {
    if column.is_null(i) {
        out.push(0);
        return;
    }
    out.push(1);
    let push_bytes = |out: &mut Vec<u8>, bytes: &[u8]| {
        out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    with_primitive!(column.array(), |a: T| {
        out.extend_from_slice(&Native::wide_key(a.values()[i]).to_le_bytes()[..size_of::<T>()]);
    }, match {
        Array::Null(_) => {}
        Array::Boolean(a) => out.push(u8::from(a.values().get(i))),
        Array::Utf8(a) => push_bytes(out, a.value(i).as_bytes()),
        Array::Dict(a) => push_bytes(out, a.get(i).unwrap_or_default().as_bytes()),
        Array::Binary(a) => push_bytes(out, a.value(i)),
        Array::List(a) => {
            let items = a.get(i);
            let len = items.as_ref().map_or(0, Column::len);
            out.extend_from_slice(&(len as u64).to_le_bytes());
            if let Some(items) = items {
                (0..len).for_each(|j| push_value(out, &items, j));
            }
        }
        Array::FixedList(a) => {
            (i * a.width()..(i + 1) * a.width()).for_each(|j| push_value(out, a.values(), j));
        }
        Array::Struct(a) => a.fields().iter().for_each(|f| push_value(out, f, i)),
    });
}

/// The smallest and largest integer of a column that is stored as integers, nulls left out. `None` if there are none,
/// or if one is too large for the signed type.
pub fn integer_range(column: &Column) -> Option<(i128, i128)> {
    if column.dtype().is_float() {
        return None;
    }
    with_primitive!(column.array(), |a: T| {
        let ends = extremes(a.values(), a.validity())?;
        let fits = ends.high.fits_i128();
        fits.then(|| (Native::to_i128(ends.low), Native::to_i128(ends.high)))
    }, else |_other| None)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{DictArray, Dictionary, PrimitiveArray};
    use proptest::prelude::*;

    use super::*;
    use crate::hash::{BytesTable, KeyTable};

    fn distinct(columns: &[Column]) -> Vec<u32> {
        let len = columns[0].len();
        match KeyCodec::for_columns(columns).encode(columns, len).unwrap() {
            Keys::U64(keys) => {
                let mut table = KeyTable::with_capacity(0);
                keys.into_iter().map(|k| table.insert(k)).collect()
            }
            Keys::U128(keys) => {
                let mut table = KeyTable::with_capacity(0);
                keys.into_iter().map(|k| table.insert(k)).collect()
            }
            Keys::Bytes(keys) => {
                let mut table = BytesTable::default();
                (0..len).map(|i| table.insert(keys.get(i), keys.hash(i))).collect()
            }
        }
    }

    #[test]
    fn equal_rows_have_equal_keys() {
        let nan2 = f64::from_bits(f64::NAN.to_bits() | 1 << 63 | 5);
        let floats = Column::from_options([Some(0.0), Some(-0.0), Some(f64::NAN), Some(nan2), None, None]);
        assert_eq!(distinct(std::slice::from_ref(&floats)), [0, 0, 1, 1, 2, 2]);
        let ints = Column::from_options([Some(1i32), Some(1), None, None, Some(-1), Some(-1)]);
        assert_eq!(distinct(&[ints.clone(), floats.clone()]), [0, 0, 1, 1, 2, 2]);
        let text = Column::from_strs(["a", "a", "", "", "b", "c"]);
        assert_eq!(distinct(&[ints, text, floats]), [0, 0, 1, 1, 2, 3]);
    }

    #[test]
    fn ranges_pack_what_types_do_not() {
        let n = 2_000i64;
        let column = |step: i64, nulls: bool| {
            Column::from_options((0..n).map(|i| (!nulls || i % 7 != 0).then_some((i * 31 % 97 - 48) * step)))
        };
        for (step, nulls) in [(1, false), (1, true), (1 << 20, true), (1 << 50, false), (1 << 56, true)] {
            let columns = [column(step, nulls), column(3, nulls), Column::from_vec(vec![5i64; n as usize])];
            let mut plain = std::collections::HashMap::new();
            let expected: Vec<u32> = (0..n as usize)
                .map(|i| {
                    let next = plain.len() as u32;
                    *plain.entry([columns[0].value(i), columns[1].value(i)]).or_insert(next)
                })
                .collect();
            assert_eq!(distinct(&columns), expected, "{step} {nulls}");
        }
        let extremes = [Column::from_vec(vec![i64::MIN, i64::MAX, 0]), Column::from_vec(vec![1i64, 1, 1])];
        assert_eq!(distinct(&extremes), [0, 1, 2]);
        let wide = [Column::from_vec(vec![i128::MIN, i128::MAX, i128::MIN])];
        assert_eq!(distinct(&wide), [0, 1, 0]);
    }

    #[test]
    fn negative_numbers_do_not_spill_into_their_neighbours() {
        let a = Column::from_vec(vec![-1i8, -1, 0, 0]);
        let b = Column::from_vec(vec![1i32, -1, 1, -1]);
        assert_eq!(distinct(&[a, b]), [0, 1, 2, 3]);
    }

    proptest! {
        /// Whatever form texts have, alone or with other keys: equal ones have equal keys, others do not.
        #[test]
        fn texts_are_keys_in_every_form(
            texts in prop::collection::vec(prop::option::weighted(0.8, "[ab\u{0}]{0,3}|[a-z]{20}"), 1..40),
            nullable: bool,
            seed: u32,
        ) {
            let texts: Vec<Option<String>> =
                texts.into_iter().map(|t| if nullable { t } else { Some(t.unwrap_or_default()) }).collect();
            let plain = Column::from_utf8(texts.iter().map(Option::as_deref).collect());
            let rows: Vec<u32> = (0..texts.len() as u32).map(|i| (i ^ seed) % texts.len() as u32).collect();
            let dictionary = Dictionary::try_new(plain.as_utf8().unwrap().clone());
            let dict = dictionary.ok().map(|dictionary| {
                let codes = PrimitiveArray::from_vec((0..texts.len() as u32).collect());
                Column::from_dict(DictArray::try_new(codes, dictionary.into()).unwrap())
            });
            let number = Column::from_vec(vec![7i64; texts.len()]);
            let codec = KeyCodec::new(&[DataType::String], &[nullable]);
            let two = KeyCodec::new(&[DataType::String, DataType::Int64], &[nullable, false]);
            let bytes = |keys: Keys| match keys {
                Keys::Bytes(keys) => keys,
                _ => unreachable!("texts have no width"),
            };
            let keys = bytes(codec.encode(std::slice::from_ref(&plain), texts.len()).unwrap());
            let both = bytes(two.encode(&[plain.clone(), number], texts.len()).unwrap());
            let mut table = BytesTable::default();
            let numbers: Vec<u32> = (0..texts.len()).map(|i| table.insert(keys.get(i), keys.hash(i))).collect();
            for i in 0..texts.len() {
                for j in 0..texts.len() {
                    prop_assert_eq!(keys.get(i) == keys.get(j), texts[i] == texts[j]);
                    prop_assert_eq!(both.get(i) == both.get(j), texts[i] == texts[j]);
                    prop_assert_eq!(numbers[i] == numbers[j], texts[i] == texts[j]);
                }
            }
            if let Some(dict) = dict {
                let coded = bytes(codec.encode(&[dict], texts.len()).unwrap());
                prop_assert!((0..texts.len()).all(|i| coded.get(i) == keys.get(i)));
            }
            let gathered = keys.gather(&rows);
            for (i, row) in rows.iter().enumerate() {
                prop_assert_eq!(gathered.get(i), keys.get(*row as usize));
                prop_assert_eq!(gathered.hash(i), keys.hash(*row as usize));
            }
            let mut some = BytesTable::default();
            for i in (0..texts.len()).step_by(2) {
                some.insert(keys.get(i), keys.hash(i));
            }
            let expected: Vec<u32> =
                (0..texts.len()).map(|i| some.find(keys.get(i), keys.hash(i)).unwrap_or(u32::MAX)).collect();
            prop_assert_eq!(some.find_all(&keys, u32::MAX), expected);
        }
    }
}
