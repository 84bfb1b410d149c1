//! Growing columns value by value.

use crate::array::{Array, BinaryArray, BooleanArray, PrimitiveArray, Utf8Array};
use crate::bitmap::MutableBitmap;
use crate::column::Column;
use crate::dispatch::Native;
use crate::dtype::DataType;

/// A validity that costs nothing until the first null.
#[derive(Clone, Debug, Default)]
struct LazyValidity {
    bits: Option<MutableBitmap>,
}

impl LazyValidity {
    #[inline]
    fn push(&mut self, valid: bool, len_before: usize) {
        match &mut self.bits {
            Some(bits) => bits.push(valid),
            None if valid => {}
            None => {
                let mut bits = MutableBitmap::constant(true, len_before);
                bits.push(false);
                self.bits = Some(bits);
            }
        }
    }
}

/// Grows a column of numbers.
#[derive(Clone, Debug, Default)]
pub struct PrimitiveBuilder<T> {
    values: Vec<T>,
    validity: LazyValidity,
}

impl<T: Native> PrimitiveBuilder<T> {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Empty, with room.
    pub fn with_capacity(rows: usize) -> Self {
        Self { values: Vec::with_capacity(rows), validity: LazyValidity::default() }
    }

    /// Number of rows so far.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows yet.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Appends a value.
    #[inline]
    pub fn push(&mut self, value: T) {
        self.validity.push(true, self.values.len());
        self.values.push(value);
    }

    /// Appends a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.validity.push(false, self.values.len());
        self.values.push(T::default());
    }

    /// Appends a value or null.
    #[inline]
    pub fn push_option(&mut self, value: Option<T>) {
        match value {
            Some(value) => self.push(value),
            None => self.push_null(),
        }
    }

    /// The array.
    pub fn finish_array(self) -> PrimitiveArray<T> {
        let validity = self.validity.bits.and_then(MutableBitmap::into_validity);
        PrimitiveArray::new(self.values.into(), validity)
    }

    /// A column of a logical type that is stored as `T`.
    pub fn finish(self, dtype: DataType) -> Column {
        Column::from_primitive(dtype, self.finish_array())
    }
}

/// Grows a column of booleans.
#[derive(Clone, Debug, Default)]
pub struct BooleanBuilder {
    values: MutableBitmap,
    validity: LazyValidity,
}

impl BooleanBuilder {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a value or null.
    #[inline]
    pub fn push_option(&mut self, value: Option<bool>) {
        self.validity.push(value.is_some(), self.values.len());
        self.values.push(value.unwrap_or(false));
    }

    /// The column.
    pub fn finish(self) -> Column {
        let validity = self.validity.bits.and_then(MutableBitmap::into_validity);
        Column::from_boolean(BooleanArray::new(self.values.freeze(), validity))
    }
}

/// Grows a column of byte strings.
#[derive(Clone, Debug)]
pub struct BinaryBuilder {
    offsets: Vec<i64>,
    values: Vec<u8>,
    validity: LazyValidity,
}

impl Default for BinaryBuilder {
    fn default() -> Self {
        Self { offsets: vec![0], values: Vec::new(), validity: LazyValidity::default() }
    }
}

impl BinaryBuilder {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Empty, with room.
    pub fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, values: Vec::with_capacity(bytes), validity: LazyValidity::default() }
    }

    /// Number of rows so far.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no rows yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a value.
    #[inline]
    pub fn push(&mut self, value: &[u8]) {
        self.validity.push(true, self.offsets.len() - 1);
        self.values.extend_from_slice(value);
        self.offsets.push(self.values.len() as i64);
    }

    /// Appends a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.validity.push(false, self.offsets.len() - 1);
        self.offsets.push(self.values.len() as i64);
    }

    /// Appends a value or null.
    #[inline]
    pub fn push_option(&mut self, value: Option<&[u8]>) {
        match value {
            Some(value) => self.push(value),
            None => self.push_null(),
        }
    }

    /// The array.
    pub fn finish_array(self) -> BinaryArray {
        BinaryArray::from_builder(
            self.offsets,
            self.values,
            self.validity.bits.and_then(MutableBitmap::into_validity),
        )
    }

    /// The column.
    pub fn finish(self) -> Column {
        Column::from_array(DataType::Binary, Array::Binary(self.finish_array()))
    }
}

/// Grows a column of text.
#[derive(Clone, Debug, Default)]
pub struct StringBuilder(BinaryBuilder);

impl StringBuilder {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Empty, with room.
    pub fn with_capacity(rows: usize, bytes: usize) -> Self {
        Self(BinaryBuilder::with_capacity(rows, bytes))
    }

    /// Number of rows so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no rows yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends a value.
    #[inline]
    pub fn push(&mut self, value: &str) {
        self.0.push(value.as_bytes());
    }

    /// Appends a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.0.push_null();
    }

    /// Appends a value or null.
    #[inline]
    pub fn push_option(&mut self, value: Option<&str>) {
        self.0.push_option(value.map(str::as_bytes));
    }

    /// The array.
    pub fn finish_utf8(self) -> Utf8Array {
        // SAFETY: only whole `&str` were pushed.
        unsafe { Utf8Array::from_binary_unchecked(self.0.finish_array()) }
    }

    /// The column.
    pub fn finish(self) -> Column {
        Column::from_utf8(self.finish_utf8())
    }
}
