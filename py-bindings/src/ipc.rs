//! Options of Arrow IPC from Python's keyword arguments.

use hypostyle_core::Schema;
use hypostyle_io::StorageOptions;
use hypostyle_io::ipc::{IpcCompression, IpcReadOptions, IpcSource, IpcWriteOptions};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyDict, PyDictMethods};
use pyo3::{Bound, PyAny, PyResult};

use crate::csv::fields;
use crate::errors::OrRaise;
use crate::sources::Sources;

fn unknown(key: &str) -> pyo3::PyErr {
    PyValueError::new_err(format!("Arrow IPC has no option {key:?}"))
}

/// A source over paths or bytes.
pub(crate) fn source(source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<IpcSource> {
    let options = read_options(options)?;
    Ok(match Sources::from_py(source)? {
        Sources::Paths(paths) => IpcSource::from_paths(paths, options),
        Sources::Bytes(buffers) => IpcSource::from_buffers(buffers, options),
    })
}

fn read_options(dict: &Bound<'_, PyDict>) -> PyResult<IpcReadOptions> {
    let mut options = IpcReadOptions::default();
    for (key, value) in dict.iter() {
        match key.extract::<String>()?.as_str() {
            "n_rows" => options.n_rows = value.extract()?,
            "glob" => options.glob = value.extract()?,
            "storage" => options.storage = StorageOptions(value.extract()?),
            "hive_partitioning" => options.hive_partitioning = value.extract()?,
            "hive_schema" if value.is_none() => {}
            "hive_schema" => options.hive_schema = Some(Schema::try_new(fields(&value)?).or_raise()?),
            "try_parse_hive_dates" => options.try_parse_hive_dates = value.extract()?,
            "include_file_paths" => options.include_file_paths = value.extract()?,
            other => return Err(unknown(other)),
        }
    }
    Ok(options)
}

/// Options of writing.
pub(crate) fn write_options(dict: &Bound<'_, PyDict>, stream: bool) -> PyResult<IpcWriteOptions> {
    let mut options = IpcWriteOptions { stream, ..IpcWriteOptions::default() };
    for (key, value) in dict.iter() {
        match key.extract::<String>()?.as_str() {
            "compression" => {
                options.compression = match value.extract::<Option<String>>()?.as_deref() {
                    None | Some("uncompressed") => IpcCompression::None,
                    Some("lz4") => IpcCompression::Lz4,
                    Some("zstd") => IpcCompression::Zstd,
                    Some(other) => return Err(PyValueError::new_err(format!("no compression {other:?}"))),
                };
            }
            "record_batch_size" => options.record_batch_rows = value.extract()?,
            other => return Err(unknown(other)),
        }
    }
    Ok(options)
}
