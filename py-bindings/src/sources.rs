//! What is read, from Python: paths, or bytes.

use std::path::PathBuf;

use hypostyle_core::Buffer;
use hypostyle_io::{Location, StorageOptions};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyBytes};
use pyo3::{Bound, PyAny, PyResult};

/// Files by path or pattern, or bytes like theirs.
pub(crate) enum Sources {
    Paths(Vec<PathBuf>),
    Bytes(Vec<Buffer<u8>>),
}

impl Sources {
    /// From one `bytes`, or a list of paths or of `bytes`.
    pub(crate) fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Bytes(vec![copied(bytes)?]));
        }
        let items: Vec<Bound<'_, PyAny>> = object.extract()?;
        if items.first().is_some_and(|item| item.is_instance_of::<PyBytes>()) {
            let buffers = items.iter().map(|item| copied(item.cast::<PyBytes>()?));
            return Ok(Self::Bytes(buffers.collect::<PyResult<_>>()?));
        }
        Ok(Self::Paths(items.iter().map(|item| item.extract()).collect::<PyResult<_>>()?))
    }

    /// The one file that it is.
    pub(crate) fn into_location(self) -> PyResult<Location> {
        let (mut paths, mut buffers) = match self {
            Self::Paths(paths) => (paths, Vec::new()),
            Self::Bytes(buffers) => (Vec::new(), buffers),
        };
        match (paths.pop(), buffers.pop()) {
            (Some(path), None) if paths.is_empty() => Ok(Location::of_path(path, &StorageOptions::default())),
            (None, Some(bytes)) if buffers.is_empty() => Ok(Location::Bytes(bytes)),
            _ => Err(PyValueError::new_err("one file is read at a time")),
        }
    }
}

fn copied(bytes: &Bound<'_, PyBytes>) -> PyResult<Buffer<u8>> {
    Ok(Buffer::from(bytes.extract::<Vec<u8>>()?))
}
