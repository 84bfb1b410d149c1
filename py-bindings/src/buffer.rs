//! Numbers in the memory of NumPy arrays.

use hypostyle_core::{
    Bitmap, BooleanArray, Column, DataType, Native, PrimitiveArray, with_native_type, with_primitive,
};
use pyo3::PyResult;
use pyo3::exceptions::PyTypeError;

/// Copies numbers out of foreign memory: Python's arrays can change, columns cannot.
pub(crate) fn copy_from_address(dtype: &DataType, address: usize, len: usize) -> PyResult<Column> {
    if *dtype == DataType::Boolean {
        let bytes = read::<u8>(address, len);
        let values: Bitmap = bytes.iter().map(|b| *b != 0).collect();
        return Ok(Column::from_boolean(BooleanArray::new(values, None)));
    }
    with_native_type!(
        dtype,
        |T| Ok(Column::from_primitive(dtype.clone(), PrimitiveArray::from_vec(read::<T>(address, len)))),
        else Err(PyTypeError::new_err(format!("no numbers are stored as {dtype}")))
    )
}

/// `len` numbers at an address, which the caller got from a live, contiguous array of that length and type.
fn read<T: Copy>(address: usize, len: usize) -> Vec<T> {
    if len == 0 {
        return Vec::new();
    }
    let pointer = address as *const T;
    // SAFETY: the Python half passes `__array_interface__` of an array that it holds while it calls.
    (0..len).map(|i| unsafe { pointer.add(i).read_unaligned() }).collect()
}

/// Address and number of the values of a numeric column.
pub(crate) fn address(column: &Column) -> Option<(usize, usize)> {
    with_primitive!(column.array(), |a: T| {
        let _ = <T as Native>::DTYPE;
        Some((a.values().as_slice().as_ptr() as usize, a.values().len()))
    }, else |other| { let _ = other; None })
}
