//! Physical layouts: a closed enum, matched without `dyn`.

use std::sync::Arc;

use crate::bitmap::Bitmap;
use crate::buffer::Buffer;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::{Native, with_primitive};

macro_rules! define_array {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {
        /// The values of a column as they lie in memory.
        #[derive(Clone, Debug)]
        pub enum Array {
            /// Only nulls: a length.
            Null(usize),
            /// Packed bits.
            Boolean(BooleanArray),
            $($variant(PrimitiveArray<$t>),)+
            /// Text as offsets into contiguous bytes.
            Utf8(Utf8Array),
            /// Text as codes into a shared dictionary.
            Dict(DictArray),
            /// Bytes as offsets into contiguous bytes.
            Binary(BinaryArray),
            List(ListArray),
            /// Lists of one length.
            FixedList(FixedListArray),
            Struct(StructArray),
        }
    };
}

crate::primitive_types!(@define_array);

impl Array {
    /// Number of rows.
    pub fn len(&self) -> usize {
        with_primitive!(self, |a: T| a.len(), match {
            Array::Null(len) => *len,
            Array::Boolean(a) => a.values.len(),
            Array::Utf8(a) => a.len(),
            Array::Dict(a) => a.codes.len(),
            Array::Binary(a) => a.len(),
            Array::List(a) => a.len(),
            Array::FixedList(a) => a.len,
            Array::Struct(a) => a.len,
        })
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which rows are not null; `None` if all are, or if the array is `Null`.
    pub fn validity(&self) -> Option<&Bitmap> {
        with_primitive!(self, |a: T| a.validity.as_ref(), match {
            Array::Null(_) => None,
            Array::Boolean(a) => a.validity.as_ref(),
            Array::Utf8(a) => a.0.validity.as_ref(),
            Array::Dict(a) => a.codes.validity.as_ref(),
            Array::Binary(a) => a.validity.as_ref(),
            Array::List(a) => a.validity.as_ref(),
            Array::FixedList(a) => a.validity.as_ref(),
            Array::Struct(a) => a.validity.as_ref(),
        })
    }

    /// The same values under another validity.
    ///
    /// # Panics
    /// If it is not of the same length.
    #[track_caller]
    pub fn with_validity(self, validity: Option<Bitmap>) -> Array {
        fit(check_validity(self.len(), validity.as_ref()));
        with_primitive!(self, |a: T| <T as Native>::wrap(PrimitiveArray { validity, ..a }), match {
            Array::Null(len) => Array::Null(len),
            Array::Boolean(a) => Array::Boolean(BooleanArray { validity, ..a }),
            Array::Utf8(a) => Array::Utf8(Utf8Array(BinaryArray { validity, ..a.0 })),
            Array::Dict(a) => Array::Dict(DictArray { codes: PrimitiveArray { validity, ..a.codes }, ..a }),
            Array::Binary(a) => Array::Binary(BinaryArray { validity, ..a }),
            Array::List(a) => Array::List(ListArray { validity, ..a }),
            Array::FixedList(a) => Array::FixedList(FixedListArray { validity, ..a }),
            Array::Struct(a) => Array::Struct(StructArray { validity, ..a }),
        })
    }

    /// Rows `offset .. offset + len`, in O(1) but for structs, which slice each field.
    ///
    /// # Panics
    /// If they are not all there; [`Column::try_slice`] checks first.
    #[track_caller]
    pub(crate) fn slice(&self, offset: usize, len: usize) -> Array {
        let validity = |v: &Option<Bitmap>| v.as_ref().map(|v| v.slice(offset, len));
        with_primitive!(self, |a: T| <T as Native>::wrap(PrimitiveArray {
            values: a.values.slice(offset, len),
            validity: validity(&a.validity),
        }), match {
            Array::Null(_) => Array::Null(len),
            Array::Boolean(a) => Array::Boolean(BooleanArray {
                values: a.values.slice(offset, len),
                validity: validity(&a.validity),
            }),
            Array::Utf8(a) => Array::Utf8(Utf8Array(a.0.slice(offset, len))),
            Array::Dict(a) => Array::Dict(DictArray {
                codes: PrimitiveArray {
                    values: a.codes.values.slice(offset, len),
                    validity: validity(&a.codes.validity),
                },
                dictionary: a.dictionary.clone(),
            }),
            Array::Binary(a) => Array::Binary(a.slice(offset, len)),
            Array::List(a) => Array::List(ListArray {
                offsets: a.offsets.slice(offset, len + 1),
                values: a.values.clone(),
                validity: validity(&a.validity),
            }),
            Array::FixedList(a) => Array::FixedList(FixedListArray {
                values: Arc::new(a.values.slice(offset * a.width, len * a.width)),
                width: a.width,
                len,
                validity: validity(&a.validity),
            }),
            Array::Struct(a) => Array::Struct(StructArray {
                fields: a.fields.iter().map(|f| f.slice(offset, len)).collect(),
                len,
                validity: validity(&a.validity),
            }),
        })
    }
}

/// Packed booleans.
#[derive(Clone, Debug)]
pub struct BooleanArray {
    values: Bitmap,
    validity: Option<Bitmap>,
}

impl BooleanArray {
    /// Checks that the lengths agree.
    pub fn try_new(values: Bitmap, validity: Option<Bitmap>) -> Result<Self> {
        check_validity(values.len(), validity.as_ref())?;
        Ok(Self { values, validity })
    }

    /// As [`Self::try_new`], for those who made both of the same rows.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn new(values: Bitmap, validity: Option<Bitmap>) -> Self {
        fit(Self::try_new(values, validity))
    }

    /// The bits; unspecified where null.
    #[inline]
    pub fn values(&self) -> &Bitmap {
        &self.values
    }

    /// Which rows are not null; `None` if all are.
    #[inline]
    pub fn validity(&self) -> Option<&Bitmap> {
        self.validity.as_ref()
    }

    /// The bits and which rows are not null.
    pub fn into_parts(self) -> (Bitmap, Option<Bitmap>) {
        (self.values, self.validity)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Row `i`, `None` if null.
    #[inline]
    pub fn get(&self, i: usize) -> Option<bool> {
        self.validity.as_ref().is_none_or(|v| v.get(i)).then(|| self.values.get(i))
    }

    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<bool>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Bits that are valid and true: what a filter keeps.
    pub fn truthy(&self) -> Bitmap {
        match &self.validity {
            None => self.values.clone(),
            Some(validity) => self.values.zip(validity, |a, b| a & b),
        }
    }
}

/// Fixed-width numbers.
#[derive(Clone, Debug)]
pub struct PrimitiveArray<T> {
    values: Buffer<T>,
    validity: Option<Bitmap>,
}

impl<T: Copy + Send + Sync + 'static> PrimitiveArray<T> {
    /// Checks that the lengths agree.
    pub fn try_new(values: Buffer<T>, validity: Option<Bitmap>) -> Result<Self> {
        check_validity(values.len(), validity.as_ref())?;
        Ok(Self { values, validity })
    }

    /// As [`Self::try_new`], for those who made both of the same rows.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn new(values: Buffer<T>, validity: Option<Bitmap>) -> Self {
        fit(Self::try_new(values, validity))
    }

    /// The values; unspecified where null.
    #[inline]
    pub fn values(&self) -> &Buffer<T> {
        &self.values
    }

    /// Which rows are not null; `None` if all are.
    #[inline]
    pub fn validity(&self) -> Option<&Bitmap> {
        self.validity.as_ref()
    }

    /// The values and which rows are not null.
    pub fn into_parts(self) -> (Buffer<T>, Option<Bitmap>) {
        (self.values, self.validity)
    }

    /// Values without nulls.
    pub fn from_vec(values: Vec<T>) -> Self {
        Self { values: values.into(), validity: None }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Row `i`, `None` if null.
    #[inline]
    pub fn get(&self, i: usize) -> Option<T> {
        self.validity.as_ref().is_none_or(|v| v.get(i)).then(|| self.values[i])
    }

    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<T>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// Byte strings: row `i` is `values[offsets[i] .. offsets[i + 1]]`.
#[derive(Clone, Debug)]
pub struct BinaryArray {
    offsets: Buffer<i64>,
    values: Buffer<u8>,
    validity: Option<Bitmap>,
}

impl BinaryArray {
    /// Checks lengths and that offsets do not decrease and stay within the values.
    pub fn try_new(offsets: Buffer<i64>, values: Buffer<u8>, validity: Option<Bitmap>) -> Result<Self> {
        check_offsets(&offsets, values.len())?;
        check_validity(offsets.len() - 1, validity.as_ref())?;
        Ok(Self { offsets, values, validity })
    }

    /// What a builder grew: offsets that ascend from 0 to the number of bytes.
    pub(crate) fn from_builder(offsets: Vec<i64>, values: Vec<u8>, validity: Option<Bitmap>) -> Self {
        Self { offsets: offsets.into(), values: values.into(), validity }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `len + 1` offsets; the first need not be 0.
    pub fn offsets(&self) -> &Buffer<i64> {
        &self.offsets
    }

    /// The bytes that the offsets point into.
    pub fn values(&self) -> &Buffer<u8> {
        &self.values
    }

    /// Which rows are not null.
    pub fn validity(&self) -> Option<&Bitmap> {
        self.validity.as_ref()
    }

    /// Row `i`, whatever its validity.
    #[inline]
    pub fn value(&self, i: usize) -> &[u8] {
        let (start, end) = (self.offsets[i] as usize, self.offsets[i + 1] as usize);
        // SAFETY: `try_new` checked that offsets do not decrease and end within `values`; both are immutable.
        unsafe { self.values.get_unchecked(start..end) }
    }

    /// Row `i`, `None` if null.
    #[inline]
    pub fn get(&self, i: usize) -> Option<&[u8]> {
        self.validity.as_ref().is_none_or(|v| v.get(i)).then(|| self.value(i))
    }

    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&[u8]>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    fn slice(&self, offset: usize, len: usize) -> Self {
        Self {
            offsets: self.offsets.slice(offset, len + 1),
            values: self.values.clone(),
            validity: self.validity.as_ref().map(|v| v.slice(offset, len)),
        }
    }
}

/// Text: bytes whose rows are UTF-8.
#[derive(Clone, Debug)]
pub struct Utf8Array(BinaryArray);

impl Utf8Array {
    /// Checks what [`BinaryArray::try_new`] checks and that every row is UTF-8.
    pub fn try_new(offsets: Buffer<i64>, values: Buffer<u8>, validity: Option<Bitmap>) -> Result<Self> {
        Self::from_binary(BinaryArray::try_new(offsets, values, validity)?)
    }

    /// Checks that every row is UTF-8.
    pub fn from_binary(array: BinaryArray) -> Result<Self> {
        let first = array.offsets[0] as usize;
        let last = array.offsets[array.len()] as usize;
        let bytes = &array.values[first..last];
        let text = simdutf8::basic::from_utf8(bytes).map_err(|_| {
            // The fast validation does not say where.
            let place = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len);
            Error::compute(format!("invalid UTF-8 at byte {place} of a text column"))
        })?;
        if !text.is_ascii()
            && let Some(row) =
                array.offsets.iter().position(|offset| !text.is_char_boundary(*offset as usize - first))
        {
            return Err(Error::compute(format!(
                "invalid UTF-8: row {row} of a text column splits a character"
            )));
        }
        Ok(Self(array))
    }

    /// Text that is known to be UTF-8.
    ///
    /// # Safety
    /// Every row must be UTF-8.
    pub unsafe fn from_binary_unchecked(array: BinaryArray) -> Self {
        Self(array)
    }

    /// The same as bytes.
    pub fn as_binary(&self) -> &BinaryArray {
        &self.0
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `len + 1` offsets.
    pub fn offsets(&self) -> &Buffer<i64> {
        &self.0.offsets
    }

    /// The bytes.
    pub fn values(&self) -> &Buffer<u8> {
        &self.0.values
    }

    /// Which rows are not null.
    pub fn validity(&self) -> Option<&Bitmap> {
        self.0.validity.as_ref()
    }

    /// Row `i`, whatever its validity.
    #[inline]
    pub fn value(&self, i: usize) -> &str {
        // SAFETY: every row was checked to be UTF-8 when the array was made.
        unsafe { std::str::from_utf8_unchecked(self.0.value(i)) }
    }

    /// Row `i`, `None` if null.
    #[inline]
    pub fn get(&self, i: usize) -> Option<&str> {
        self.0.validity.as_ref().is_none_or(|v| v.get(i)).then(|| self.value(i))
    }

    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }
}

impl<'a> FromIterator<Option<&'a str>> for Utf8Array {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(iter: I) -> Self {
        let mut builder = crate::builder::StringBuilder::new();
        for value in iter {
            builder.push_option(value);
        }
        builder.finish_utf8()
    }
}

/// The entries that dictionary codes point to. There are no null entries.
#[derive(Clone, Debug)]
pub struct Dictionary {
    values: Utf8Array,
    unique: bool,
    sorted: bool,
}

impl Dictionary {
    /// Entries of which nothing is known. Fails if one is null.
    pub fn try_new(values: Utf8Array) -> Result<Self> {
        if values.validity().is_some_and(|v| v.count_unset() > 0) {
            return Err(Error::internal("a dictionary must not hold null"));
        }
        Ok(Self { values, unique: false, sorted: false })
    }

    /// States that no two entries are equal, and whether they ascend. Only who made them so may say it.
    pub fn assert_unique(mut self, sorted: bool) -> Self {
        self.unique = true;
        self.sorted = sorted;
        self
    }

    /// The entries.
    pub fn values(&self) -> &Utf8Array {
        &self.values
    }

    /// Whether no two entries are equal.
    pub fn is_unique(&self) -> bool {
        self.unique
    }

    /// Whether entries ascend.
    pub fn is_sorted(&self) -> bool {
        self.sorted
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Text as codes into a dictionary.
#[derive(Clone, Debug)]
pub struct DictArray {
    codes: PrimitiveArray<u32>,
    dictionary: Arc<Dictionary>,
}

impl DictArray {
    /// Checks that every valid code is below the number of entries. Codes of null rows are not looked at and
    /// must not be used.
    pub fn try_new(codes: PrimitiveArray<u32>, dictionary: Arc<Dictionary>) -> Result<Self> {
        let entries = dictionary.len() as u64;
        let largest = match &codes.validity {
            // Without branches, unlike `max`.
            None => codes.values.iter().copied().reduce(|largest, code| largest.max(code)),
            Some(_) => codes.iter().flatten().max(),
        };
        if let Some(code) = largest.filter(|code| u64::from(*code) >= entries) {
            return Err(Error::out_of_bounds(format!("dictionary code {code} of {entries} entries")));
        }
        Ok(Self { codes, dictionary })
    }

    /// The codes.
    pub fn codes(&self) -> &PrimitiveArray<u32> {
        &self.codes
    }

    /// The entries.
    pub fn dictionary(&self) -> &Arc<Dictionary> {
        &self.dictionary
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Row `i`, `None` if null.
    #[inline]
    pub fn get(&self, i: usize) -> Option<&str> {
        self.codes.get(i).map(|code| self.dictionary.values.value(code as usize))
    }

    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// Lists: row `i` is `values[offsets[i] .. offsets[i + 1]]`.
#[derive(Clone, Debug)]
pub struct ListArray {
    offsets: Buffer<i64>,
    values: Arc<Column>,
    validity: Option<Bitmap>,
}

impl ListArray {
    /// Checks lengths and offsets.
    pub fn try_new(offsets: Buffer<i64>, values: Column, validity: Option<Bitmap>) -> Result<Self> {
        check_offsets(&offsets, values.len())?;
        check_validity(offsets.len() - 1, validity.as_ref())?;
        Ok(Self { offsets, values: Arc::new(values), validity })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `len + 1` offsets; the first need not be 0.
    pub fn offsets(&self) -> &Buffer<i64> {
        &self.offsets
    }

    /// The values of all lists, one after the other.
    pub fn values(&self) -> &Column {
        &self.values
    }

    /// Which rows are not null.
    pub fn validity(&self) -> Option<&Bitmap> {
        self.validity.as_ref()
    }

    /// The values of row `i`, `None` if null.
    pub fn get(&self, i: usize) -> Option<Column> {
        self.validity.as_ref().is_none_or(|v| v.get(i)).then(|| {
            let (start, end) = (self.offsets[i] as usize, self.offsets[i + 1] as usize);
            self.values.slice(start, end - start)
        })
    }
}

/// Lists of one length: row `i` is `values[i * width .. (i + 1) * width]`.
#[derive(Clone, Debug)]
pub struct FixedListArray {
    values: Arc<Column>,
    width: usize,
    len: usize,
    validity: Option<Bitmap>,
}

impl FixedListArray {
    /// Checks that there are `width` values for each of `len` rows.
    pub fn try_new(values: Column, width: usize, len: usize, validity: Option<Bitmap>) -> Result<Self> {
        check_validity(len, validity.as_ref())?;
        if len.checked_mul(width) != Some(values.len()) {
            return Err(Error::shape(format!("{} values for {len} lists of {width}", values.len())));
        }
        Ok(Self { values: Arc::new(values), width, len, validity })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of values of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The values of all rows, one after the other; where a row is null, its values are unspecified.
    pub fn values(&self) -> &Column {
        &self.values
    }

    /// Which rows are not null.
    pub fn validity(&self) -> Option<&Bitmap> {
        self.validity.as_ref()
    }

    /// The values of row `i`, `None` if null.
    pub fn get(&self, i: usize) -> Option<Column> {
        let valid = self.validity.as_ref().is_none_or(|v| v.get(i));
        valid.then(|| self.values.slice(i * self.width, self.width))
    }
}

/// Columns side by side. The names are in the data type.
#[derive(Clone, Debug)]
pub struct StructArray {
    fields: Vec<Column>,
    len: usize,
    validity: Option<Bitmap>,
}

impl StructArray {
    /// Checks that every field has `len` rows.
    pub fn try_new(fields: Vec<Column>, len: usize, validity: Option<Bitmap>) -> Result<Self> {
        check_validity(len, validity.as_ref())?;
        match fields.iter().find(|f| f.len() != len) {
            Some(field) => {
                Err(Error::shape(format!("a struct of {len} rows has a field of {}", field.len())))
            }
            None => Ok(Self { fields, len, validity }),
        }
    }

    /// The fields' values; where the struct is null, theirs are unspecified.
    pub fn fields(&self) -> &[Column] {
        &self.fields
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Which rows are not null.
    pub fn validity(&self) -> Option<&Bitmap> {
        self.validity.as_ref()
    }
}

fn check_validity(len: usize, validity: Option<&Bitmap>) -> Result<()> {
    match validity {
        Some(v) if v.len() != len => {
            Err(Error::shape(format!("a validity of {} bits for {len} rows", v.len())))
        }
        _ => Ok(()),
    }
}

#[track_caller]
fn fit<T>(checked: Result<T>) -> T {
    match checked {
        Ok(fits) => fits,
        #[expect(clippy::panic, reason = "documented; parts of unknown lengths go through try_new")]
        Err(error) => panic!("{error}"),
    }
}

fn check_offsets(offsets: &[i64], values: usize) -> Result<()> {
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else {
        return Err(Error::shape("offsets must not be empty: n rows have n + 1"));
    };
    let ascending = *first >= 0 && offsets.windows(2).fold(true, |ok, pair| ok & (pair[0] <= pair[1]));
    if !ascending || usize::try_from(*last).map_or(true, |last| last > values) {
        return Err(Error::out_of_bounds(format!("offsets decrease or pass the end of {values} values")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_checked() {
        let values: Buffer<u8> = b"abc".to_vec().into();
        for bad in [vec![], vec![0, 4], vec![2, 1], vec![-1, 2], vec![0, i64::MAX]] {
            assert!(BinaryArray::try_new(bad.into(), values.clone(), None).is_err());
        }
        let good = BinaryArray::try_new(vec![1, 1, 3].into(), values, None).unwrap();
        assert_eq!(good.value(1), b"bc");
    }

    #[test]
    fn a_validity_of_another_length_is_refused() {
        let of = |len| Some(Bitmap::constant(true, len));
        for wrong in [0, 2, 4, 64] {
            let error = PrimitiveArray::try_new(vec![1i32, 2, 3].into(), of(wrong)).unwrap_err();
            assert_eq!(error.to_string(), format!("a validity of {wrong} bits for 3 rows"));
            assert!(BooleanArray::try_new(Bitmap::constant(true, 3), of(wrong)).is_err());
            let array = || PrimitiveArray::from_vec(vec![1i32, 2, 3]);
            let panics = [
                std::panic::catch_unwind(|| drop(PrimitiveArray::new(array().into_parts().0, of(wrong)))),
                std::panic::catch_unwind(|| drop(Array::Int32(array()).with_validity(of(wrong)))),
                std::panic::catch_unwind(|| drop(BooleanArray::new(Bitmap::constant(true, 3), of(wrong)))),
            ];
            assert!(panics.iter().all(std::thread::Result::is_err), "{wrong}");
        }
        let array = PrimitiveArray::try_new(vec![1i32, 2, 3].into(), of(3)).unwrap();
        assert_eq!(array.validity().map(Bitmap::len), Some(3));
        assert_eq!(Array::Int32(array).with_validity(None).validity(), None);
    }

    #[test]
    fn text_is_checked() {
        let bytes: Buffer<u8> = "aé".as_bytes().to_vec().into();
        assert!(Utf8Array::try_new(vec![0, 2, 3].into(), bytes.clone(), None).is_err());
        assert!(Utf8Array::try_new(vec![0, 1, 3].into(), bytes, None).is_ok());
        assert!(Utf8Array::try_new(vec![0, 1].into(), vec![0xff].into(), None).is_err());
    }

    #[test]
    fn lists_of_one_length_are_checked() {
        let values = Column::from_vec(vec![1i64, 2, 3, 4]);
        assert!(FixedListArray::try_new(values.clone(), 3, 1, None).is_err());
        assert!(FixedListArray::try_new(values.clone(), usize::MAX, 4, None).is_err());
        let array = Array::FixedList(FixedListArray::try_new(values, 2, 2, None).unwrap());
        let Array::FixedList(second) = array.slice(1, 1) else { unreachable!() };
        assert_eq!(second.get(0).unwrap().as_primitive::<i64>().unwrap().values().to_vec(), [3, 4]);
        // Rows without values are still rows.
        let empty = Column::empty(crate::DataType::Int64);
        let none = Array::FixedList(FixedListArray::try_new(empty, 0, 3, None).unwrap());
        assert_eq!((none.len(), none.slice(1, 2).len()), (3, 2));
    }

    /// arrow2 accepts keys equal to the dictionary's length.
    #[test]
    fn a_code_equal_to_the_number_of_entries_is_refused() {
        let dictionary = Arc::new(Dictionary::try_new([Some("a")].into_iter().collect()).unwrap());
        let codes = |code| PrimitiveArray::from_vec(vec![0u32, code]);
        assert!(DictArray::try_new(codes(1), dictionary.clone()).is_err());
        assert!(DictArray::try_new(codes(0), dictionary.clone()).is_ok());
        let null = PrimitiveArray { validity: Some([true, false].into_iter().collect()), ..codes(7) };
        assert!(DictArray::try_new(null, dictionary).is_ok());
    }
}
