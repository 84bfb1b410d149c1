//! Foreign arrays as columns: checked, and shared where layout and alignment allow.

use std::ffi::c_void;
use std::sync::Arc;

use super::abi::{ArrowArray, ArrowSchema};
use super::layout::Layout;
use super::schema::{Foreign, count};
use crate::array::{
    Array, BinaryArray, BooleanArray, DictArray, Dictionary, FixedListArray, ListArray, PrimitiveArray,
    StructArray, Utf8Array,
};
use crate::batch::Batch;
use crate::bitmap::Bitmap;
use crate::buffer::Buffer;
use crate::builder::{BinaryBuilder, PrimitiveBuilder};
use crate::column::Column;
use crate::dispatch::Native;
use crate::dtype::DataType;
use crate::error::{Error, Result};
use crate::schema::Field;
use crate::with_native_type;

/// An array with its type as a column. The array is released when the last buffer that shares it is dropped.
///
/// # Safety
/// Both structs must follow the specification, and buffers must be as long as the lengths say.
pub unsafe fn import_column(array: ArrowArray, schema: &ArrowSchema) -> Result<(Field, Column)> {
    // SAFETY: the caller's promise.
    unsafe {
        let foreign = Foreign::read(schema)?;
        let column = import_foreign(array, &foreign)?;
        Ok((foreign.field(), column))
    }
}

/// A struct's array as a batch.
///
/// # Safety
/// As [`import_column`].
pub unsafe fn import_batch(array: ArrowArray, schema: &ArrowSchema) -> Result<(Field, Batch)> {
    // SAFETY: the caller's promise.
    let (field, column) = unsafe { import_column(array, schema)? };
    Ok((field, struct_to_batch(column)?))
}

/// The fields of a struct as columns; rows where the struct is null are null in each.
pub(super) fn struct_to_batch(column: Column) -> Result<Batch> {
    let Array::Struct(array) = column.into_array() else {
        return Err(Error::schema("a table needs Arrow structs"));
    };
    let columns = array.fields().iter().map(|field| match array.validity() {
        None => field.clone(),
        outer => field.clone().with_validity(Bitmap::and_validity(field.validity(), outer)),
    });
    Batch::try_new(columns.collect(), array.len())
}

/// As [`import_column`], with the schema already read.
///
/// # Safety
/// As [`import_column`].
pub(super) unsafe fn import_foreign(array: ArrowArray, foreign: &Foreign) -> Result<Column> {
    let owner = Arc::new(array);
    // SAFETY: the caller's promise; `owner` keeps all buffers alive.
    let column = unsafe { Reader { array: &owner, owner: &owner }.column(foreign, 0, None)? };
    Ok(column)
}

/// One array of the tree, with the root that keeps it alive.
#[derive(Clone, Copy)]
struct Reader<'a> {
    array: &'a ArrowArray,
    owner: &'a Arc<ArrowArray>,
}

/// Rows of an array: where they start in its buffers, and how many there are.
#[derive(Clone, Copy)]
struct Rows {
    start: usize,
    len: usize,
}

impl Reader<'_> {
    /// The rows from `skip` on, `take` of them (all that are left if `None`).
    ///
    /// # Safety
    /// As [`import_column`]; `foreign` must be the array's type.
    unsafe fn column(&self, foreign: &Foreign, skip: usize, take: Option<usize>) -> Result<Column> {
        let array = self.array;
        if array.is_released() && std::ptr::eq(array, &**self.owner) {
            return Err(Error::schema("an Arrow array was used after its release"));
        }
        let rows = self.rows(skip, take)?;
        let n_buffers = count(array.n_buffers, array.buffers.is_null(), "buffers")?;
        let n_children = count(array.n_children, array.children.is_null(), "children of an array")?;
        let wanted = match &foreign.layout {
            _ if foreign.dictionary.is_some() => 2,
            Layout::Null => 0,
            Layout::FixedList(_) | Layout::Struct => 1,
            Layout::Bytes { .. } | Layout::Views { .. } => 3,
            Layout::Boolean
            | Layout::Primitive(_)
            | Layout::Time32 { .. }
            | Layout::Scaled { .. }
            | Layout::NarrowDecimal { .. }
            | Layout::FixedBytes(_)
            | Layout::List { .. } => 2,
        };
        if n_buffers < wanted || n_children != foreign.children.len() {
            return Err(Error::schema(format!(
                "an Arrow array of {} has {n_buffers} buffers and {n_children} children, not {wanted} and {}",
                foreign.dtype,
                foreign.children.len()
            )));
        }
        if array.null_count > array.length || array.null_count < -1 {
            return Err(Error::schema(format!(
                "Arrow array of {} rows and {} nulls",
                array.length, array.null_count
            )));
        }
        // SAFETY: counts, types and children were just checked; the rest is the caller's promise.
        unsafe {
            let validity = if wanted == 0 { None } else { self.validity(rows)? };
            match &foreign.dictionary {
                Some(values) => self.dictionary(foreign, values, rows, validity),
                None => self.plain(foreign, rows, validity),
            }
        }
    }

    fn rows(&self, skip: usize, take: Option<usize>) -> Result<Rows> {
        let invalid = || {
            Error::schema(format!(
                "Arrow array of {} rows at offset {}",
                self.array.length, self.array.offset
            ))
        };
        let length = usize::try_from(self.array.length).map_err(|_| invalid())?;
        let offset = usize::try_from(self.array.offset).map_err(|_| invalid())?;
        let len = match take {
            None => length.checked_sub(skip),
            Some(take) => skip.checked_add(take).filter(|end| *end <= length).map(|_| take),
        };
        let len = len.ok_or_else(|| {
            Error::shape(format!("an Arrow child of {length} rows is too short for its parent"))
        })?;
        let start = offset.checked_add(skip).ok_or_else(invalid)?;
        // No buffer is longer than half the address space, so neither are 16 bytes a row.
        start
            .checked_add(len)
            .and_then(|end| end.checked_add(1)?.checked_mul(16))
            .filter(|n| *n <= isize::MAX as usize)
            .ok_or_else(invalid)?;
        Ok(Rows { start, len })
    }

    /// The pointer of a buffer; null is only accepted where nothing will be read.
    ///
    /// # Safety
    /// `i` must be below `n_buffers`.
    unsafe fn pointer(&self, i: usize, needed: bool) -> Result<*const c_void> {
        // SAFETY: the caller's promise.
        let pointer = unsafe { *self.array.buffers.add(i) };
        if pointer.is_null() && needed {
            return Err(Error::schema(format!("buffer {i} of an Arrow array is null, but has rows")));
        }
        Ok(pointer)
    }

    /// Values `start .. start + len` of buffer `i`: shared if aligned, copied if not.
    ///
    /// # Safety
    /// Buffer `i` must exist and hold that many values, any bits being a valid `T`.
    unsafe fn values<T: Copy + Send + Sync + 'static>(
        &self,
        i: usize,
        start: usize,
        len: usize,
    ) -> Result<Buffer<T>> {
        if len == 0 {
            return Ok(Buffer::default());
        }
        // SAFETY: the caller's promise.
        unsafe {
            let pointer = self.pointer(i, true)?.cast::<T>().wrapping_add(start);
            Ok(if pointer.is_aligned() {
                Buffer::from_foreign(pointer, len, self.owner.clone())
            } else {
                (0..len).map(|j| pointer.add(j).read_unaligned()).collect()
            })
        }
    }

    /// Bits are copied: foreign bitmaps need not end at a word.
    ///
    /// # Safety
    /// Buffer `i` must exist and hold the rows' bits.
    unsafe fn bits(&self, i: usize, rows: Rows) -> Result<Bitmap> {
        if rows.len == 0 {
            return Ok(Bitmap::constant(false, 0));
        }
        // SAFETY: the caller's promise.
        let bytes = unsafe {
            let pointer = self.pointer(i, true)?.cast::<u8>();
            std::slice::from_raw_parts(pointer, (rows.start + rows.len).div_ceil(8))
        };
        Ok(Bitmap::from_bytes(bytes, rows.start, rows.len))
    }

    /// # Safety
    /// As [`Self::bits`] for buffer 0.
    unsafe fn validity(&self, rows: Rows) -> Result<Option<Bitmap>> {
        // SAFETY: the caller's promise.
        unsafe {
            if self.array.null_count == 0 || rows.len == 0 {
                return Ok(None);
            }
            if self.pointer(0, false)?.is_null() {
                return match self.array.null_count {
                    // Not counted, and no bitmap: no nulls.
                    -1 => Ok(None),
                    nulls => {
                        Err(Error::schema(format!("Arrow array with {nulls} nulls but without a validity")))
                    }
                };
            }
            let bits = self.bits(0, rows)?;
            Ok((bits.count_unset() > 0).then_some(bits))
        }
    }

    /// # Safety
    /// As [`Self::column`], with the number of children checked.
    unsafe fn child(&self, i: usize) -> Result<Self> {
        // SAFETY: the caller's promise.
        let child = unsafe { (*self.array.children.add(i)).as_ref() };
        let array = child.ok_or_else(|| Error::schema("Arrow array with a null child"))?;
        Ok(Self { array, owner: self.owner })
    }

    /// `len + 1` offsets as 64-bit ones. An empty array may have none at all.
    ///
    /// # Safety
    /// Buffer 1 must hold them.
    unsafe fn offsets(&self, rows: Rows, large: bool) -> Result<Buffer<i64>> {
        // SAFETY: the caller's promise.
        unsafe {
            if rows.len == 0 {
                return Ok(vec![0].into());
            }
            if large {
                return self.values::<i64>(1, rows.start, rows.len + 1);
            }
            let offsets = self.values::<i32>(1, rows.start, rows.len + 1)?;
            Ok(offsets.iter().map(|o| i64::from(*o)).collect())
        }
    }

    /// # Safety
    /// As [`Self::column`], with the counts of buffers and children checked.
    unsafe fn plain(&self, foreign: &Foreign, rows: Rows, validity: Option<Bitmap>) -> Result<Column> {
        let Rows { start, len } = rows;
        let dtype = foreign.dtype.clone();
        // SAFETY: the caller's promise, for every call below.
        let array = unsafe {
            match &foreign.layout {
                Layout::Null => Array::Null(len),
                Layout::Boolean => Array::Boolean(BooleanArray::try_new(self.bits(1, rows)?, validity)?),
                Layout::Primitive(_) => with_native_type!(
                    dtype,
                    |T| T::wrap(PrimitiveArray::try_new(self.values::<T>(1, start, len)?, validity)?),
                    else return Err(Error::internal(format!("no numbers are stored as {dtype}")))
                ),
                Layout::Time32 { factor } => {
                    let values = self.values::<i32>(1, start, len)?;
                    let values = values.iter().map(|v| i64::from(*v) * factor).collect();
                    Array::Int64(PrimitiveArray::try_new(values, validity)?)
                }
                Layout::Scaled { factor, .. } => {
                    let values = PrimitiveArray::try_new(self.values::<i64>(1, start, len)?, validity)?;
                    Array::Int64(scaled(&values, *factor, &dtype)?)
                }
                Layout::NarrowDecimal { bytes, .. } => {
                    Array::Int128(self.narrow_decimals(*bytes, rows, validity)?)
                }
                Layout::Bytes { text, large } => {
                    let offsets = self.offsets(rows, *large)?;
                    let (first, last) = (offsets[0], offsets[offsets.len() - 1]);
                    let refused =
                        || Error::out_of_bounds(format!("Arrow offsets {first} to {last} of a byte column"));
                    let end = usize::try_from(last).map_err(|_| refused())?;
                    if first < 0 || first > last {
                        return Err(refused());
                    }
                    let array = BinaryArray::try_new(offsets, self.values::<u8>(2, 0, end)?, validity)?;
                    if *text { Array::Utf8(checked_text(array)?) } else { Array::Binary(array) }
                }
                Layout::Views { text } => {
                    let array = self.views(rows, validity)?;
                    if *text { Array::Utf8(checked_text(array)?) } else { Array::Binary(array) }
                }
                Layout::FixedBytes(_) if dtype == DataType::UInt128 => {
                    Array::UInt128(PrimitiveArray::try_new(self.values::<u128>(1, start, len)?, validity)?)
                }
                Layout::FixedBytes(width) => {
                    let (from, bytes) = (overflowing(start, *width)?, overflowing(len, *width)?);
                    let offsets = (0..=len).map(|i| (i * width) as i64).collect();
                    Array::Binary(BinaryArray::try_new(
                        offsets,
                        self.values::<u8>(1, from, bytes)?,
                        validity,
                    )?)
                }
                Layout::List { large } => {
                    let offsets = self.offsets(rows, *large)?;
                    let values = self.child(0)?.column(&foreign.children[0], 0, None)?;
                    Array::List(ListArray::try_new(offsets, values, validity)?)
                }
                Layout::FixedList(width) => {
                    let (from, items) = (overflowing(start, *width)?, overflowing(len, *width)?);
                    let values = self.child(0)?.column(&foreign.children[0], from, Some(items))?;
                    Array::FixedList(FixedListArray::try_new(values, *width, len, validity)?)
                }
                Layout::Struct => {
                    let fields = (0..foreign.children.len())
                        .map(|i| self.child(i)?.column(&foreign.children[i], start, Some(len)))
                        .collect::<Result<Vec<_>>>()?;
                    Array::Struct(StructArray::try_new(fields, len, validity)?)
                }
            }
        };
        Column::try_new(dtype, array)
    }

    /// # Safety
    /// As [`Self::plain`].
    unsafe fn narrow_decimals(
        &self,
        bytes: usize,
        rows: Rows,
        validity: Option<Bitmap>,
    ) -> Result<PrimitiveArray<i128>> {
        let Rows { start, len } = rows;
        // SAFETY: the caller's promise.
        let values: Buffer<i128> = unsafe {
            match bytes {
                4 => self.values::<i32>(1, start, len)?.iter().map(|v| i128::from(*v)).collect(),
                8 => self.values::<i64>(1, start, len)?.iter().map(|v| i128::from(*v)).collect(),
                _ => {
                    let halves = self.values::<[u64; 4]>(1, start, len)?;
                    let mut values = Vec::with_capacity(len);
                    for (i, [a, b, c, d]) in halves.iter().copied().enumerate() {
                        let low = (u128::from(b) << 64 | u128::from(a)) as i128;
                        let sign = (low >> 127) as u64;
                        if (c, d) != (sign, sign) && validity.as_ref().is_none_or(|v| v.get(i)) {
                            return Err(Error::overflow("a 256-bit decimal does not fit into 128 bits"));
                        }
                        values.push(low);
                    }
                    values.into()
                }
            }
        };
        PrimitiveArray::try_new(values, validity)
    }

    /// Views copied into contiguous bytes.
    ///
    /// # Safety
    /// As [`Self::plain`]; the last buffer holds the sizes of the data buffers.
    unsafe fn views(&self, rows: Rows, validity: Option<Bitmap>) -> Result<BinaryArray> {
        let data = (self.array.n_buffers - 3) as usize;
        // SAFETY: the caller's promise: views in buffer 1, data from buffer 2 on, sizes in the last.
        unsafe {
            let sizes = self.values::<i64>(2 + data, 0, data)?;
            let mut buffers: Vec<&[u8]> = Vec::with_capacity(data);
            for (i, size) in sizes.iter().enumerate() {
                let size = usize::try_from(*size)
                    .map_err(|_| Error::schema(format!("Arrow view buffer of {size} bytes")))?;
                buffers.push(match size {
                    0 => &[],
                    _ => std::slice::from_raw_parts(self.pointer(2 + i, true)?.cast::<u8>(), size),
                });
            }
            let views = self.values::<[u8; 16]>(1, rows.start, rows.len)?;
            let mut builder = BinaryBuilder::with_capacity(rows.len, 0);
            for (i, view) in views.iter().enumerate() {
                match validity.as_ref().is_none_or(|v| v.get(i)) {
                    true => builder.push(viewed(view, &buffers)?),
                    false => builder.push_null(),
                }
            }
            Ok(builder.finish_array())
        }
    }

    /// # Safety
    /// As [`Self::plain`].
    unsafe fn dictionary(
        &self,
        foreign: &Foreign,
        values: &Foreign,
        rows: Rows,
        validity: Option<Bitmap>,
    ) -> Result<Column> {
        // SAFETY: the caller's promise.
        let (codes, values) = unsafe {
            let array = self.array.dictionary.as_ref();
            let array =
                array.ok_or_else(|| Error::schema("Arrow array without the dictionary of its schema"))?;
            let values = Reader { array, owner: self.owner }.column(values, 0, None)?;
            (self.codes(&foreign.layout, rows, validity)?, values)
        };
        let entries = values.len();
        if let Some(code) = codes.iter().flatten().find(|code| *code as usize >= entries) {
            return Err(Error::out_of_bounds(format!("dictionary code {code} of {entries} entries")));
        }
        if foreign.dtype.is_categorical() {
            categories(&foreign.dtype, codes, &values)
        } else {
            // Dictionaries of numbers are decoded.
            let decoded = codes.iter().map(|code| match code {
                Some(code) => values.value(code as usize),
                None => crate::Value::Null,
            });
            Column::from_scalars(foreign.dtype.clone(), decoded)
        }
    }

    /// # Safety
    /// As [`Self::plain`], for a layout of keys.
    unsafe fn codes(
        &self,
        layout: &Layout,
        rows: Rows,
        validity: Option<Bitmap>,
    ) -> Result<PrimitiveArray<u32>> {
        let Rows { start, len } = rows;
        let Layout::Primitive(dtype) = layout else {
            return Err(Error::schema("Arrow dictionary whose keys are no integers"));
        };
        // Four-byte keys are shared: a negative key becomes a large code, which is refused as out of bounds.
        // SAFETY: the caller's promise.
        let values = unsafe {
            if matches!(dtype, DataType::Int32 | DataType::UInt32) {
                self.values::<u32>(1, start, len)?
            } else {
                with_native_type!(
                    dtype,
                    |T| {
                        let keys = self.values::<T>(1, start, len)?;
                        keys.iter()
                            .map(|key| u32::try_from(Native::to_i128(*key)).unwrap_or(u32::MAX))
                            .collect()
                    },
                    else return Err(Error::schema("Arrow dictionary whose keys are no integers"))
                )
            }
        };
        PrimitiveArray::try_new(values, validity)
    }
}

fn overflowing(rows: usize, width: usize) -> Result<usize> {
    rows.checked_mul(width)
        .filter(|n| *n <= isize::MAX as usize)
        .ok_or_else(|| Error::schema(format!("Arrow array of {rows} rows of {width} items")))
}

fn scaled(array: &PrimitiveArray<i64>, factor: i64, dtype: &DataType) -> Result<PrimitiveArray<i64>> {
    let mut builder = PrimitiveBuilder::with_capacity(array.len());
    for value in array.iter() {
        builder.push_option(match value.map(|v| v.checked_mul(factor)) {
            Some(None) => return Err(Error::overflow(format!("a time does not fit into {dtype}"))),
            Some(value) => value,
            None => None,
        });
    }
    Ok(builder.finish_array())
}

/// UTF-8 is asked of rows that are not null; bytes below nulls may be anything, and are then left behind.
fn checked_text(array: BinaryArray) -> Result<Utf8Array> {
    match Utf8Array::from_binary(array.clone()) {
        Err(_) if array.validity().is_some_and(|v| v.count_unset() > 0) => {
            let mut builder = BinaryBuilder::with_capacity(array.len(), array.values().len());
            array.iter().for_each(|row| builder.push_option(row));
            Utf8Array::from_binary(builder.finish_array())
        }
        result => result,
    }
}

/// The bytes of a view: up to 12 in place, more in a buffer.
fn viewed<'a>(view: &'a [u8; 16], buffers: &[&'a [u8]]) -> Result<&'a [u8]> {
    let number =
        |at: usize| u32::from_le_bytes([view[at], view[at + 1], view[at + 2], view[at + 3]]) as usize;
    let len = number(0);
    if len <= 12 {
        return Ok(&view[4..4 + len]);
    }
    let (buffer, offset) = (number(8), number(12));
    let bytes = buffers.get(buffer).and_then(|b| b.get(offset..offset.checked_add(len)?));
    bytes.ok_or_else(|| {
        Error::out_of_bounds(format!("Arrow view of {len} bytes at {offset} of buffer {buffer}"))
    })
}

/// Codes and text entries as a column of categories. Null entries make their rows null, entries that are there twice
/// become one, and an enum's codes become positions in its list.
fn categories(dtype: &DataType, codes: PrimitiveArray<u32>, values: &Column) -> Result<Column> {
    let fixed: Vec<Arc<str>> = match dtype {
        DataType::Enum(categories) => categories.to_vec(),
        _ => Vec::new(),
    };
    let closed = matches!(dtype, DataType::Enum(_));
    let mut positions: std::collections::HashMap<&str, u32> =
        fixed.iter().enumerate().map(|(i, c)| (&**c, i as u32)).collect();
    let mut entries: Vec<&str> = fixed.iter().map(|c| &**c).collect();
    let mut mapped: Vec<Option<u32>> = Vec::with_capacity(values.len());
    for i in 0..values.len() {
        mapped.push(match values.str_at(i) {
            None => None,
            Some(entry) => Some(match positions.get(entry) {
                Some(code) => *code,
                None if closed => {
                    return Err(Error::schema(format!("{entry:?} is not a category of the Arrow enum")));
                }
                None => {
                    let code = entries.len() as u32;
                    positions.insert(entry, code);
                    entries.push(entry);
                    code
                }
            }),
        });
    }
    let same = mapped.iter().enumerate().all(|(i, code)| *code == Some(i as u32));
    let codes = if same {
        codes
    } else {
        let mut builder = PrimitiveBuilder::with_capacity(codes.len());
        codes.iter().for_each(|code| builder.push_option(code.and_then(|c| mapped[c as usize])));
        builder.finish_array()
    };
    let sorted = entries.is_sorted();
    let entries = match values.as_utf8().filter(|v| same && v.len() == entries.len()) {
        Some(shared) => shared.clone(),
        None => entries.iter().map(|e| Some(*e)).collect(),
    };
    let dictionary = Dictionary::try_new(entries)?.assert_unique(sorted);
    Column::try_new(dtype.clone(), Array::Dict(DictArray::try_new(codes, Arc::new(dictionary))?))
}
