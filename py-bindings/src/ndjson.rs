//! Options of JSON, in lines and in documents, from Python's keyword arguments.

use hypostyle_core::Schema;
use hypostyle_io::json::{JsonReadOptions, read_json as read_document};
use hypostyle_io::ndjson::{NdjsonReadOptions, NdjsonSource, NdjsonWriteOptions};
use hypostyle_io::{StorageOptions, TextCompression};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyDict, PyDictMethods};
use pyo3::{Bound, PyAny, PyResult, Python, pyfunction};

use crate::csv::fields;
use crate::errors::OrRaise;
use crate::frame::PyDataFrame;
use crate::sinks::text_compression;
use crate::sources::Sources;

/// A source over paths or bytes.
pub(crate) fn source(source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<NdjsonSource> {
    let options = read_options(options)?;
    Ok(match Sources::from_py(source)? {
        Sources::Paths(paths) => NdjsonSource::from_paths(paths, options),
        Sources::Bytes(buffers) => NdjsonSource::from_buffers(buffers, options),
    })
}

fn schema(value: &Bound<'_, PyAny>) -> PyResult<Option<Schema>> {
    Ok(Some(Schema::try_new(fields(value)?).or_raise()?))
}

fn unknown(key: &str) -> pyo3::PyErr {
    PyValueError::new_err(format!("JSON has no option {key:?}"))
}

fn read_options(dict: &Bound<'_, PyDict>) -> PyResult<NdjsonReadOptions> {
    let mut options = NdjsonReadOptions::default();
    for (key, value) in dict.iter() {
        match key.extract::<String>()?.as_str() {
            "schema" => options.schema = schema(&value)?,
            "schema_overrides" => options.schema_overrides = schema(&value)?,
            "infer_schema_length" => options.infer_schema_length = value.extract()?,
            "storage" => options.storage = StorageOptions(value.extract()?),
            "n_rows" => options.n_rows = value.extract()?,
            "ignore_errors" => options.ignore_errors = value.extract()?,
            "include_file_paths" => options.include_file_paths = value.extract()?,
            other => return Err(unknown(other)),
        }
    }
    Ok(options)
}

/// Options of writing lines.
pub(crate) fn write_options(dict: &Bound<'_, PyDict>) -> PyResult<NdjsonWriteOptions> {
    let (compression, others) = text_compression(dict)?;
    match others.first() {
        Some(other) => Err(unknown(other)),
        None => Ok(NdjsonWriteOptions { compression }),
    }
}

/// Options of writing documents, of which there are none.
pub(crate) fn document_options(dict: &Bound<'_, PyDict>) -> PyResult<()> {
    match text_compression(dict)? {
        (TextCompression::None, others) if others.is_empty() => Ok(()),
        _ => Err(PyValueError::new_err("a JSON document is written without options")),
    }
}

/// A JSON document as a frame.
#[pyfunction]
pub(crate) fn read_json(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
) -> PyResult<PyDataFrame> {
    let location = Sources::from_py(source)?.into_location()?;
    let lines = read_options(options)?;
    let options = JsonReadOptions {
        schema: lines.schema,
        schema_overrides: lines.schema_overrides,
        infer_schema_length: lines.infer_schema_length,
    };
    Ok(py.detach(|| read_document(&location, &options)).or_raise()?.into())
}
