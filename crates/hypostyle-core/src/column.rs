//! A column: a logical type over a physical array.

use std::sync::Arc;

use crate::array::{
    Array, BinaryArray, BooleanArray, DictArray, Dictionary, FixedListArray, ListArray, PrimitiveArray,
    StructArray, Utf8Array,
};
use crate::bitmap::Bitmap;
use crate::builder::{BinaryBuilder, BooleanBuilder, PrimitiveBuilder, StringBuilder};
use crate::dispatch::Native;
use crate::dtype::DataType;
use crate::error::{Error, Result};
use crate::scalar::{Scalar, Value};
use crate::{with_native_type, with_number_type, with_primitive};

/// Values of one logical type, contiguous and immutable. Cloning and slicing do not copy.
#[derive(Clone, Debug)]
pub struct Column {
    dtype: DataType,
    array: Array,
}

impl Column {
    /// Checks that the array is a layout of the type.
    pub fn try_new(dtype: DataType, array: Array) -> Result<Self> {
        if layout_fits(&dtype, &array) {
            Ok(Self { dtype, array })
        } else {
            Err(Error::internal(format!("an array of another layout cannot be a column of {dtype}")))
        }
    }

    /// As [`Self::try_new`], for callers who match on the type themselves.
    ///
    /// # Panics
    /// In debug builds, if the layout is not one of the type.
    #[track_caller]
    pub fn from_array(dtype: DataType, array: Array) -> Self {
        debug_assert!(layout_fits(&dtype, &array), "layout of {dtype}: {array:?}");
        Self { dtype, array }
    }

    /// Numbers under a logical type that is stored as `T`.
    #[track_caller]
    pub fn from_primitive<T: Native>(dtype: DataType, array: PrimitiveArray<T>) -> Self {
        Self::from_array(dtype, T::wrap(array))
    }

    /// Numbers without nulls.
    pub fn from_vec<T: Native>(values: Vec<T>) -> Self {
        Self::from_primitive(T::DTYPE, PrimitiveArray::from_vec(values))
    }

    /// Numbers with nulls.
    pub fn from_options<T: Native>(values: impl IntoIterator<Item = Option<T>>) -> Self {
        let mut builder = PrimitiveBuilder::<T>::new();
        for value in values {
            builder.push_option(value);
        }
        builder.finish(T::DTYPE)
    }

    /// Booleans.
    pub fn from_boolean(array: BooleanArray) -> Self {
        Self { dtype: DataType::Boolean, array: Array::Boolean(array) }
    }

    /// Booleans without nulls.
    pub fn from_bitmap(values: Bitmap) -> Self {
        Self::from_boolean(BooleanArray::new(values, None))
    }

    /// Text.
    pub fn from_utf8(array: Utf8Array) -> Self {
        Self { dtype: DataType::String, array: Array::Utf8(array) }
    }

    /// Text in dictionary form.
    pub fn from_dict(array: DictArray) -> Self {
        Self { dtype: DataType::String, array: Array::Dict(array) }
    }

    /// Text without nulls.
    pub fn from_strs<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self::from_utf8(values.into_iter().map(Some).collect())
    }

    /// `len` nulls.
    pub fn full_null(dtype: DataType, len: usize) -> Self {
        Self::from_scalar(&Scalar::null(dtype), len)
    }

    /// A column without rows.
    pub fn empty(dtype: DataType) -> Self {
        Self::full_null(dtype, 0)
    }

    /// `len` times one value, null if it is none of the type (see [`Value::is_of`]). Text becomes a dictionary of one
    /// entry.
    pub fn from_scalar(scalar: &Scalar, len: usize) -> Self {
        let dtype = scalar.dtype.clone();
        if scalar.is_null() || matches!(dtype, DataType::Null) {
            return null_column(dtype, len);
        }
        let array = match (&scalar.value, &dtype) {
            (Value::Boolean(v), _) => Array::Boolean(BooleanArray::new(Bitmap::constant(*v, len), None)),
            (Value::String(v), DataType::Enum(categories)) => {
                let Some(code) = categories.iter().position(|c| c == v) else {
                    return null_column(dtype, len);
                };
                let code = code as u32;
                let dictionary: Utf8Array = categories.iter().map(|c| Some(&**c)).collect();
                dict(dictionary, code, len)
            }
            (Value::String(v), DataType::String) if len <= 1 => {
                Array::Utf8(std::iter::repeat_n(Some(&**v), len).collect())
            }
            (Value::String(v), _) => dict([Some(&**v)].into_iter().collect(), 0, len),
            (Value::Binary(v), _) => {
                let mut builder = BinaryBuilder::with_capacity(len, v.len() * len);
                (0..len).for_each(|_| builder.push(v));
                Array::Binary(builder.finish_array())
            }
            (Value::Int(_) | Value::UInt128(_) | Value::Float(_), _) => return repeat_number(scalar, len),
            (Value::Null | Value::List(_), _) => {
                let values = std::iter::repeat_n(scalar.value.clone(), len);
                return Self::from_scalars(dtype.clone(), values).unwrap_or_else(|_| null_column(dtype, len));
            }
        };
        Self::from_array(dtype, array)
    }

    /// Values one by one: for small columns, at the borders of the engine.
    ///
    /// # Errors
    /// If a value is none of the type.
    ///
    /// ```
    /// use hypostyle_core::{Column, DataType, Value};
    /// assert!(Column::from_scalars(DataType::Int8, [Value::Int(44), Value::Null]).is_ok());
    /// assert!(Column::from_scalars(DataType::Int8, [Value::Int(300)]).is_err());
    /// ```
    pub fn from_scalars(dtype: DataType, values: impl IntoIterator<Item = Value>) -> Result<Self> {
        let values: Vec<Value> = values.into_iter().collect();
        let is_of: Box<dyn Fn(&Value) -> bool> = match &dtype {
            DataType::Enum(categories) => {
                let known: std::collections::HashSet<Arc<str>> = categories.iter().cloned().collect();
                Box::new(move |value| match value {
                    Value::String(text) => known.contains(text),
                    other => other.is_null(),
                })
            }
            dtype => {
                let dtype = dtype.clone();
                Box::new(move |value| value.is_of(&dtype))
            }
        };
        match values.iter().find(|value| !is_of(value)) {
            Some(value) => Err(Error::invalid_operation(format!("{value} is not a value of {dtype}"))),
            None => Ok(Self::of_checked(dtype, values)),
        }
    }

    /// Values that are of the type.
    fn of_checked(dtype: DataType, values: Vec<Value>) -> Self {
        let values = values.into_iter();
        with_number_type!(&dtype, |T| numbers_from_values::<T>(dtype, values), match {
            DataType::Null => Self { dtype, array: Array::Null(values.count()) },
            DataType::Date => numbers_from_values::<i32>(dtype, values),
            DataType::Time | DataType::Datetime(..) | DataType::Duration(_) => {
                numbers_from_values::<i64>(dtype, values)
            }
            DataType::Decimal(..) => numbers_from_values::<i128>(dtype, values),
            DataType::Boolean => {
                let mut builder = BooleanBuilder::new();
                values.for_each(|v| {
                    builder.push_option(match v {
                        Value::Boolean(b) => Some(b),
                        _ => None,
                    });
                });
                builder.finish()
            }
            DataType::String => {
                let mut builder = StringBuilder::new();
                values.for_each(|v| match v {
                    Value::String(s) => builder.push(&s),
                    _ => builder.push_null(),
                });
                builder.finish()
            }
            DataType::Binary => {
                let mut builder = BinaryBuilder::new();
                values.for_each(|v| match v {
                    Value::Binary(s) => builder.push(&s),
                    _ => builder.push_null(),
                });
                builder.finish()
            }
            DataType::Categorical | DataType::Enum(_) => encode_categories(dtype, values),
            DataType::List(inner) => {
                let (mut offsets, mut valid, mut flat) =
                    (vec![0i64], crate::MutableBitmap::new(), Vec::new());
                for value in values {
                    valid.push(!value.is_null());
                    if let Value::List(items) = value {
                        flat.extend(items.iter().cloned());
                    }
                    offsets.push(flat.len() as i64);
                }
                let values = Self::of_checked((**inner).clone(), flat);
                let array = ListArray::try_new(offsets.into(), values, valid.into_validity());
                Self::from_parts(dtype, array.map(Array::List))
            }
            DataType::Array(inner, width) => {
                let (mut valid, mut flat) = (crate::MutableBitmap::new(), Vec::new());
                for value in values {
                    match value {
                        Value::List(items) if items.len() == *width => {
                            valid.push(true);
                            flat.extend(items.iter().cloned());
                        }
                        // What has another length is no value of the type.
                        _ => {
                            valid.push(false);
                            flat.extend(std::iter::repeat_n(Value::Null, *width));
                        }
                    }
                }
                let len = valid.len();
                let values = Self::of_checked((**inner).clone(), flat);
                let array = FixedListArray::try_new(values, *width, len, valid.into_validity());
                Self::from_parts(dtype, array.map(Array::FixedList))
            }
            DataType::Struct(fields) => {
                let rows: Vec<Value> = values.collect();
                let valid: crate::MutableBitmap =
                    rows.iter().fold(crate::MutableBitmap::new(), |mut bits, v| {
                        bits.push(!v.is_null());
                        bits
                    });
                let columns = fields
                    .iter()
                    .enumerate()
                    .map(|(i, field)| {
                        let values: Vec<Value> = rows
                            .iter()
                            .map(|row| match row {
                                Value::List(items) => items.get(i).cloned().unwrap_or(Value::Null),
                                _ => Value::Null,
                            })
                            .collect();
                        Self::of_checked(field.dtype.clone(), values)
                    })
                    .collect();
                let array = StructArray::try_new(columns, rows.len(), valid.into_validity());
                Self::from_parts(dtype, array.map(Array::Struct))
            }
        })
    }

    /// Parts that were made to fit each other.
    fn from_parts(dtype: DataType, array: Result<Array>) -> Self {
        #[expect(clippy::expect_used, reason = "the caller counted lengths and offsets itself")]
        Self::from_array(dtype, array.expect("lengths agree"))
    }

    /// The logical type.
    pub fn dtype(&self) -> &DataType {
        &self.dtype
    }

    /// The physical values.
    pub fn array(&self) -> &Array {
        &self.array
    }

    /// Takes the physical values out.
    pub fn into_array(self) -> Array {
        self.array
    }

    /// The same values under another type of the same layout.
    pub fn with_dtype(self, dtype: DataType) -> Result<Self> {
        Self::try_new(dtype, self.array)
    }

    /// The same values under another validity.
    ///
    /// # Panics
    /// If it is not of the same length.
    #[track_caller]
    pub fn with_validity(self, validity: Option<Bitmap>) -> Self {
        Self { array: self.array.with_validity(validity), dtype: self.dtype }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.array.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which rows are not null: `None` if all are (or, for the type `Null`, none).
    pub fn validity(&self) -> Option<&Bitmap> {
        self.array.validity()
    }

    /// The validity as bits, also where there is none or the type is `Null`.
    pub fn validity_or_full(&self) -> Bitmap {
        match (&self.array, self.validity()) {
            (Array::Null(len), _) => Bitmap::constant(false, *len),
            (_, Some(validity)) => validity.clone(),
            (array, None) => Bitmap::constant(true, array.len()),
        }
    }

    /// Number of nulls.
    pub fn null_count(&self) -> usize {
        match &self.array {
            Array::Null(len) => *len,
            array => array.validity().map_or(0, Bitmap::count_unset),
        }
    }

    /// Whether row `i` is null.
    #[inline]
    pub fn is_null(&self, i: usize) -> bool {
        match &self.array {
            Array::Null(_) => true,
            array => array.validity().is_some_and(|v| !v.get(i)),
        }
    }

    /// `len` rows from `offset` on, in O(1). Fails if they are not all there.
    pub fn try_slice(&self, offset: usize, len: usize) -> Result<Self> {
        match offset.checked_add(len) {
            Some(end) if end <= self.len() => {
                Ok(Self { dtype: self.dtype.clone(), array: self.array.slice(offset, len) })
            }
            _ => Err(Error::out_of_bounds(format!(
                "cannot slice {len} rows from row {offset} on out of {}",
                self.len()
            ))),
        }
    }

    /// As [`Self::try_slice`].
    ///
    /// # Panics
    /// If the rows are not all there.
    #[track_caller]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        match self.try_slice(offset, len) {
            Ok(column) => column,
            #[expect(clippy::panic, reason = "documented; callers that take user input use try_slice")]
            Err(error) => panic!("{error}"),
        }
    }

    /// The numbers, if they are stored as `T`.
    pub fn as_primitive<T: Native>(&self) -> Option<&PrimitiveArray<T>> {
        T::unwrap(&self.array)
    }

    /// The numbers, or an internal error.
    pub fn expect_primitive<T: Native>(&self) -> Result<&PrimitiveArray<T>> {
        self.as_primitive::<T>().ok_or_else(|| {
            Error::internal(format!("a column of {} where {} was planned", self.dtype, T::DTYPE))
        })
    }

    /// The booleans, if they are.
    pub fn as_boolean(&self) -> Option<&BooleanArray> {
        match &self.array {
            Array::Boolean(array) => Some(array),
            _ => None,
        }
    }

    /// The booleans, or an internal error.
    pub fn expect_boolean(&self) -> Result<&BooleanArray> {
        self.as_boolean()
            .ok_or_else(|| Error::internal(format!("a column of {} where bool was planned", self.dtype)))
    }

    /// Text in offsets form, if it is.
    pub fn as_utf8(&self) -> Option<&Utf8Array> {
        match &self.array {
            Array::Utf8(array) => Some(array),
            _ => None,
        }
    }

    /// Text in dictionary form, if it is.
    pub fn as_dict(&self) -> Option<&DictArray> {
        match &self.array {
            Array::Dict(array) => Some(array),
            _ => None,
        }
    }

    /// Bytes, if they are.
    pub fn as_binary(&self) -> Option<&BinaryArray> {
        match &self.array {
            Array::Binary(array) => Some(array),
            _ => None,
        }
    }

    /// Lists, if they are.
    pub fn as_list(&self) -> Option<&ListArray> {
        match &self.array {
            Array::List(array) => Some(array),
            _ => None,
        }
    }

    /// Lists of one length, if they are.
    pub fn as_fixed_list(&self) -> Option<&FixedListArray> {
        match &self.array {
            Array::FixedList(array) => Some(array),
            _ => None,
        }
    }

    /// Structs, if they are.
    pub fn as_struct(&self) -> Option<&StructArray> {
        match &self.array {
            Array::Struct(array) => Some(array),
            _ => None,
        }
    }

    /// The text of row `i` in whatever form; `None` if it is null or no text.
    #[inline]
    pub fn str_at(&self, i: usize) -> Option<&str> {
        match &self.array {
            Array::Utf8(array) => array.get(i),
            Array::Dict(array) => array.get(i),
            _ => None,
        }
    }

    /// Row `i`.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn get(&self, i: usize) -> Scalar {
        Scalar::new(self.dtype.clone(), self.value(i))
    }

    /// The value of row `i`.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn value(&self, i: usize) -> Value {
        assert!(i < self.len(), "row {i} of {}", self.len());
        if self.is_null(i) {
            return Value::Null;
        }
        with_primitive!(&self.array, |a: T| {
            Native::to_value(a.values()[i])
        }, match {
            Array::Null(_) => Value::Null,
            Array::Boolean(a) => Value::Boolean(a.values().get(i)),
            Array::Utf8(a) => Value::String(a.value(i).into()),
            Array::Dict(a) => a.get(i).map_or(Value::Null, |s| Value::String(s.into())),
            Array::Binary(a) => Value::Binary(a.value(i).into()),
            Array::List(a) => list_value(a.get(i)),
            Array::FixedList(a) => list_value(a.get(i)),
            Array::Struct(a) => Value::List(a.fields().iter().map(|f| f.value(i)).collect()),
        })
    }

    /// Bytes of memory that the rows take, without what slices leave unused.
    pub fn estimated_size(&self) -> usize {
        let validity = self.validity().map_or(0, |v| v.len().div_ceil(8));
        validity
            + with_primitive!(&self.array, |a: T| std::mem::size_of_val(a.values().as_slice()), match {
                Array::Null(_) => 0,
                Array::Boolean(a) => a.len().div_ceil(8),
                Array::Utf8(a) => text_size(a.as_binary()),
                Array::Binary(a) => text_size(a),
                Array::Dict(a) => {
                    // Of a dictionary with more entries than rows no more than a share can be these rows'.
                    let entries = a.dictionary().len().max(1);
                    let share = a.len().min(entries) as u128;
                    let text = text_size(a.dictionary().values().as_binary()) as u128;
                    a.len() * 4 + (text * share / entries as u128) as usize
                }
                Array::List(a) => a.offsets().len() * 8 + a.values().estimated_size(),
                Array::FixedList(a) => a.values().estimated_size(),
                Array::Struct(a) => a.fields().iter().map(Column::estimated_size).sum(),
            })
    }
}

fn list_value(items: Option<Column>) -> Value {
    match items {
        Some(items) => Value::List((0..items.len()).map(|j| items.value(j)).collect()),
        None => Value::Null,
    }
}

fn text_size(array: &BinaryArray) -> usize {
    let offsets = array.offsets();
    offsets.len() * 8 + (offsets[offsets.len() - 1] - offsets[0]) as usize
}

fn dict(entries: Utf8Array, code: u32, len: usize) -> Array {
    let dictionary = Dictionary::try_new(entries).map(|d| d.assert_unique(false));
    let codes = PrimitiveArray::from_vec(vec![code; len]);
    #[expect(clippy::expect_used, reason = "the caller gives an entry for the code, and no null entries")]
    Array::Dict(
        dictionary.and_then(|d| DictArray::try_new(codes, Arc::new(d))).expect("the code has an entry"),
    )
}

fn numbers_from_values<T: Native>(dtype: DataType, values: impl Iterator<Item = Value>) -> Column {
    let mut builder = PrimitiveBuilder::<T>::new();
    values.for_each(|value| builder.push_option(T::from_value(&value)));
    builder.finish(dtype)
}

fn repeat_number(scalar: &Scalar, len: usize) -> Column {
    let dtype = scalar.dtype.clone();
    with_native_type!(
        dtype,
        |T| {
            if !scalar.value.is_of(&dtype) {
                return null_column(dtype, len);
            }
            let value = <T as Native>::from_value(&scalar.value).unwrap_or_default();
            Column::from_primitive(dtype, PrimitiveArray::from_vec(vec![value; len]))
        },
        else null_column(dtype, len)
    )
}

fn null_column(dtype: DataType, len: usize) -> Column {
    let nulls = || (len > 0).then(|| Bitmap::constant(false, len));
    let array = with_number_type!(&dtype, |T| null_numbers::<T>(len, nulls()), match {
        DataType::Null => Array::Null(len),
        DataType::Date => null_numbers::<i32>(len, nulls()),
        DataType::Time | DataType::Datetime(..) | DataType::Duration(_) => null_numbers::<i64>(len, nulls()),
        DataType::Decimal(..) => null_numbers::<i128>(len, nulls()),
        DataType::Boolean => {
            Array::Boolean(BooleanArray::new(Bitmap::constant(false, len), nulls()))
        }
        DataType::String | DataType::Binary => {
            let array = BinaryArray::from_builder(vec![0; len + 1], Vec::new(), nulls());
            if dtype == DataType::Binary {
                Array::Binary(array)
            } else {
                // SAFETY: every row is empty.
                Array::Utf8(unsafe { Utf8Array::from_binary_unchecked(array) })
            }
        }
        DataType::Categorical | DataType::Enum(_) => {
            return encode_categories(dtype, std::iter::repeat_n(Value::Null, len));
        }
        DataType::List(inner) => {
            let array =
                ListArray::try_new(vec![0; len + 1].into(), Column::empty((**inner).clone()), nulls());
            return Column::from_parts(dtype, array.map(Array::List));
        }
        DataType::Array(inner, width) => {
            let values = null_column((**inner).clone(), len * width);
            let array = FixedListArray::try_new(values, *width, len, nulls());
            return Column::from_parts(dtype, array.map(Array::FixedList));
        }
        DataType::Struct(fields) => {
            let fields = fields.iter().map(|f| null_column(f.dtype.clone(), len)).collect();
            return Column::from_parts(dtype, StructArray::try_new(fields, len, nulls()).map(Array::Struct));
        }
    });
    Column::from_array(dtype, array)
}

fn null_numbers<T: Native>(len: usize, validity: Option<Bitmap>) -> Array {
    T::wrap(PrimitiveArray::new(vec![T::default(); len].into(), validity))
}

fn encode_categories(dtype: DataType, values: impl Iterator<Item = Value>) -> Column {
    let mut entries: Vec<Arc<str>> = match &dtype {
        DataType::Enum(categories) => categories.to_vec(),
        _ => Vec::new(),
    };
    let fixed = matches!(dtype, DataType::Enum(_));
    let mut positions: std::collections::HashMap<Arc<str>, u32> =
        entries.iter().enumerate().map(|(i, e)| (e.clone(), i as u32)).collect();
    let mut codes = PrimitiveBuilder::<u32>::new();
    for value in values {
        codes.push_option(match value {
            Value::String(s) => match positions.get(&s) {
                Some(code) => Some(*code),
                None if fixed => None,
                None => {
                    let code = entries.len() as u32;
                    entries.push(s.clone());
                    positions.insert(s, code);
                    Some(code)
                }
            },
            _ => None,
        });
    }
    let dictionary = Dictionary::try_new(entries.iter().map(|e| Some(&**e)).collect());
    let array = dictionary
        .and_then(|d| DictArray::try_new(codes.finish_array(), Arc::new(d.assert_unique(false))))
        .map(Array::Dict);
    Column::from_parts(dtype, array)
}

macro_rules! define_layout_fits {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {
        fn layout_fits(dtype: &DataType, array: &Array) -> bool {
            match dtype {
                $(DataType::$variant => matches!(array, Array::$variant(_)),)+
                DataType::Null => matches!(array, Array::Null(_)),
                DataType::Boolean => matches!(array, Array::Boolean(_)),
                DataType::Date => matches!(array, Array::Int32(_)),
                DataType::Time | DataType::Datetime(..) | DataType::Duration(_) => {
                    matches!(array, Array::Int64(_))
                }
                DataType::Decimal(..) => matches!(array, Array::Int128(_)),
                DataType::String => matches!(array, Array::Utf8(_) | Array::Dict(_)),
                DataType::Categorical | DataType::Enum(_) => matches!(array, Array::Dict(_)),
                DataType::Binary => matches!(array, Array::Binary(_)),
                DataType::List(inner) => {
                    matches!(array, Array::List(list) if list.values().dtype() == &**inner)
                }
                DataType::Array(inner, width) => matches!(
                    array,
                    Array::FixedList(list) if list.values().dtype() == &**inner && list.width() == *width
                ),
                DataType::Struct(fields) => match array {
                    Array::Struct(array) => {
                        fields.len() == array.fields().len()
                            && fields.iter().zip(array.fields()).all(|(f, c)| &f.dtype == c.dtype())
                    }
                    _ => false,
                },
            }
        }
    };
}

crate::primitive_types!(@define_layout_fits);
