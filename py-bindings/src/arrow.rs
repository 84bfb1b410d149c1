//! The Arrow PyCapsule interface: `__arrow_c_stream__`, `__arrow_c_array__`, `__arrow_c_schema__`.

use std::ffi::CStr;

use hypostyle_core::ffi::{ArrowArray, ArrowArrayStream, ArrowSchema, StreamReader, import_column};
use hypostyle_core::{Batch, DataFrame, DataType, Schema, Series};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyCapsule, PyCapsuleMethods};
use pyo3::{Bound, PyAny, PyResult, Python};

use crate::errors::OrRaise;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// A capsule that releases the stream if nobody takes it.
pub(crate) fn stream_capsule(py: Python<'_>, stream: ArrowArrayStream) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, stream, STREAM)
}

/// A capsule that releases the schema if nobody takes it.
pub(crate) fn schema_capsule(py: Python<'_>, schema: ArrowSchema) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

/// A capsule that releases the array if nobody takes it.
pub(crate) fn array_capsule(py: Python<'_>, array: ArrowArray) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, array, ARRAY)
}

fn pointer<T>(capsule: &Bound<'_, PyAny>, name: &CStr) -> PyResult<*mut T> {
    let capsule = capsule.cast::<PyCapsule>()?;
    Ok(capsule.pointer_checked(Some(name))?.as_ptr().cast())
}

fn reader(object: &Bound<'_, PyAny>) -> PyResult<StreamReader> {
    let capsule = object.call_method0("__arrow_c_stream__")?;
    let source = pointer::<ArrowArrayStream>(&capsule, STREAM)?;
    // SAFETY: a capsule of this name holds a stream that follows the specification; taking it marks it as taken.
    unsafe { StreamReader::try_new(ArrowArrayStream::take(source)).or_raise() }
}

/// Any object with an Arrow interface as a series.
pub(crate) fn import_series(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Series> {
    if object.hasattr("__arrow_c_stream__")? {
        let reader = reader(object)?;
        let py = object.py();
        return py.detach(|| reader.read_series()).or_raise().map(|s| renamed(s, name));
    }
    let (field, column) = import_array(object)?;
    let series = Series::try_new(field, vec![column]).or_raise()?;
    Ok(renamed(series, name))
}

fn renamed(series: Series, name: &str) -> Series {
    if name.is_empty() { series } else { series.with_name(name) }
}

/// Any object with an Arrow interface, of structs, as a frame.
pub(crate) fn import_frame(object: &Bound<'_, PyAny>) -> PyResult<DataFrame> {
    if object.hasattr("__arrow_c_stream__")? {
        let reader = reader(object)?;
        let py = object.py();
        return py.detach(|| reader.read_frame()).or_raise();
    }
    let (field, column) = import_array(object)?;
    match (&field.dtype, column.as_struct()) {
        (DataType::Struct(fields), Some(array)) => {
            let batch = Batch::try_new(array.fields().to_vec(), array.len()).or_raise()?;
            let schema = Schema::try_new(fields.clone()).or_raise()?;
            DataFrame::from_batches(schema.into(), vec![batch]).or_raise()
        }
        _ => Err(PyValueError::new_err(format!("a DataFrame needs Arrow structs, not {}", field.dtype))),
    }
}

fn import_array(object: &Bound<'_, PyAny>) -> PyResult<(hypostyle_core::Field, hypostyle_core::Column)> {
    let pair = object.call_method0("__arrow_c_array__")?;
    let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
    let schema = pointer::<ArrowSchema>(&schema, SCHEMA)?;
    let array = pointer::<ArrowArray>(&array, ARRAY)?;
    // SAFETY: capsules of these names hold structs that follow the specification; taking them marks them as taken.
    unsafe { import_column(ArrowArray::take(array), &ArrowSchema::take(schema)).or_raise() }
}
