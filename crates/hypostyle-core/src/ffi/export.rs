//! Columns as `ArrowArray`s. Offsets are normalised: a slice leaves as an array of its own with offset 0.

use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use super::abi::ArrowArray;
use crate::array::{Array, BinaryArray, DictArray, PrimitiveArray, Utf8Array};
use crate::batch::Batch;
use crate::bitmap::Bitmap;
use crate::buffer::Buffer;
use crate::builder::StringBuilder;
use crate::column::Column;
use crate::dtype::DataType;
use crate::with_primitive;

/// What text leaves as. Categories always leave as dictionaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StringForm {
    /// `LargeUtf8`
    #[default]
    Offsets,
    /// A dictionary of `LargeUtf8` with `UInt32` keys.
    Dictionary,
}

/// An array before it becomes pointers.
#[derive(Default)]
struct Parts {
    length: usize,
    null_count: usize,
    /// Pointer and owner; a null pointer where the specification allows it.
    buffers: Vec<(*const c_void, Option<Arc<dyn Any + Send + Sync>>)>,
    children: Vec<ArrowArray>,
    dictionary: Option<ArrowArray>,
}

struct PrivateArray {
    buffers: Vec<*const c_void>,
    _owners: Vec<Arc<dyn Any + Send + Sync>>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
}

impl Drop for PrivateArray {
    fn drop(&mut self) {
        for child in self.children.drain(..).chain((!self.dictionary.is_null()).then_some(self.dictionary)) {
            // SAFETY: made by `Box::into_raw` in `build` and freed only here; dropping it releases it unless a
            // consumer has moved its content out.
            drop(unsafe { Box::from_raw(child) });
        }
    }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: consumers pass the struct that the callback came in.
        let array = unsafe { &mut *array };
        array.release = None;
        let private = std::mem::replace(&mut array.private_data, ptr::null_mut());
        // SAFETY: `build` put the box there; it is taken out once.
        drop(unsafe { Box::from_raw(private.cast::<PrivateArray>()) });
    }));
}

impl Parts {
    fn new(length: usize, validity: Option<&Bitmap>) -> Self {
        let mut parts = Self { length, ..Self::default() };
        match validity.filter(|v| v.count_unset() > 0) {
            Some(validity) => {
                parts.null_count = validity.count_unset();
                parts.bits(validity);
            }
            None => parts.buffers.push((ptr::null(), None)),
        }
        parts
    }

    fn buffer<T: Send + Sync + 'static>(&mut self, buffer: Buffer<T>) {
        self.buffers.push((buffer.as_slice().as_ptr().cast(), Some(Arc::new(buffer))));
    }

    /// Bits from bit 0 of a byte on: shared where they start at a byte, copied where not.
    fn bits(&mut self, bits: &Bitmap) {
        if bits.offset().is_multiple_of(8) {
            let words = bits.raw_words().clone();
            // SAFETY: the bitmap's bits, hence its first byte, are within its words (or one past, if empty).
            let pointer = unsafe { words.as_slice().as_ptr().cast::<u8>().add(bits.offset() / 8) };
            self.buffers.push((pointer.cast(), Some(Arc::new(words))));
        } else {
            self.buffer(bits.words().collect::<Buffer<u64>>());
        }
    }

    fn bytes(&mut self, array: &BinaryArray) {
        let offsets = array.offsets();
        let (first, last) = (offsets[0], offsets[offsets.len() - 1]);
        self.buffer(rebased(offsets));
        self.buffer(array.values().slice(first as usize, (last - first) as usize));
    }

    fn build(self) -> ArrowArray {
        let (buffers, owners): (Vec<_>, Vec<_>) = self.buffers.into_iter().unzip();
        let mut private = Box::new(PrivateArray {
            buffers,
            _owners: owners.into_iter().flatten().collect(),
            children: self.children.into_iter().map(|c| Box::into_raw(Box::new(c))).collect(),
            dictionary: self.dictionary.map_or(ptr::null_mut(), |d| Box::into_raw(Box::new(d))),
        });
        ArrowArray {
            length: self.length as i64,
            null_count: self.null_count as i64,
            offset: 0,
            n_buffers: private.buffers.len() as i64,
            n_children: private.children.len() as i64,
            buffers: private.buffers.as_mut_ptr(),
            children: private.children.as_mut_ptr(),
            dictionary: private.dictionary,
            release: Some(release_array),
            private_data: Box::into_raw(private).cast(),
        }
    }
}

/// Offsets that start at 0.
fn rebased(offsets: &Buffer<i64>) -> Buffer<i64> {
    match offsets[0] {
        0 => offsets.clone(),
        first => offsets.iter().map(|o| o - first).collect(),
    }
}

/// A column as an array; the type goes apart, with [`super::export_field`] under the same form.
pub fn export_column(column: &Column, strings: StringForm) -> ArrowArray {
    let array = column.array();
    let mut parts = match array {
        // The type `Null` has no buffers, and all its rows are null.
        Array::Null(len) => Parts { length: *len, null_count: *len, ..Parts::default() },
        array => Parts::new(array.len(), array.validity()),
    };
    with_primitive!(array, |a: T| parts.buffer(a.values().clone()), match {
        Array::Null(_) => {}
        Array::Boolean(a) => parts.bits(a.values()),
        Array::Binary(a) => parts.bytes(a),
        Array::Utf8(a) if strings == StringForm::Dictionary => return keyed_by_row(a),
        Array::Utf8(a) => parts.bytes(a.as_binary()),
        Array::Dict(a) if *column.dtype() == DataType::String && strings == StringForm::Offsets => {
            return export_column(&Column::from_utf8(decode(a)), strings);
        }
        Array::Dict(a) => return keyed(a.codes(), a.dictionary().values()),
        Array::List(a) => {
            let (first, last) = (a.offsets()[0], a.offsets()[a.len()]);
            parts.buffer(rebased(a.offsets()));
            let values = a.values().slice(first as usize, (last - first) as usize);
            parts.children.push(export_column(&values, strings));
        }
        Array::FixedList(a) => parts.children.push(export_column(a.values(), strings)),
        Array::Struct(a) => {
            parts.children = a.fields().iter().map(|c| export_column(c, strings)).collect();
        }
    });
    parts.build()
}

/// A batch as a struct without nulls.
pub fn export_batch(batch: &Batch, strings: StringForm) -> ArrowArray {
    let mut parts = Parts::new(batch.len(), None);
    parts.children = batch.columns().iter().map(|c| export_column(c, strings)).collect();
    parts.build()
}

fn keyed(codes: &PrimitiveArray<u32>, entries: &Utf8Array) -> ArrowArray {
    let mut parts = Parts::new(codes.len(), codes.validity());
    match codes.validity() {
        // Consumers check codes of null rows too, which ours leave unspecified.
        Some(validity) if validity.count_unset() > 0 => {
            parts.buffer(codes.iter().map(Option::unwrap_or_default).collect::<Buffer<u32>>());
        }
        _ => parts.buffer(codes.values().clone()),
    }
    let mut dictionary = Parts::new(entries.len(), entries.validity());
    dictionary.bytes(entries.as_binary());
    parts.dictionary = Some(dictionary.build());
    parts.build()
}

/// Text in offsets form as a dictionary without a copy: row `i` has code `i`.
fn keyed_by_row(array: &Utf8Array) -> ArrowArray {
    let codes = PrimitiveArray::new((0..array.len() as u32).collect(), array.validity().cloned());
    keyed(&codes, array)
}

fn decode(array: &DictArray) -> Utf8Array {
    let mut builder = StringBuilder::with_capacity(array.len(), 0);
    for value in array.iter() {
        builder.push_option(value);
    }
    builder.finish_utf8()
}
