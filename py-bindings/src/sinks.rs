//! Where results are written to, from Python: paths, open files, or memory; in which format a dictionary of options says.

use std::io::{Error as IoError, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use hypostyle::LazyFrame;
use hypostyle_core::{Result, Schema};
use hypostyle_io::Target;
use hypostyle_io::csv::{CsvSink, CsvWriteOptions};
use hypostyle_plan::{DataSink, Plan};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyBytes, PyDict, PyString};
use pyo3::{Bound, Py, PyAny, PyResult, Python};

use crate::csv;
use crate::door::{WRITE_GRACE, enter, is_small};

/// A format with its options.
#[derive(Debug)]
pub(crate) enum Format {
    Csv(CsvWriteOptions),
}

impl Format {
    /// By name, with Python's keyword arguments.
    pub(crate) fn from_py(name: &str, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        match name {
            "csv" => Ok(Self::Csv(csv::write_options(options)?)),
            other => Err(PyValueError::new_err(format!("no format {other:?} is written"))),
        }
    }

    /// Begins a file of columns of these names and types.
    pub(crate) fn create(self, target: Target, schema: &Schema) -> Result<Box<dyn DataSink>> {
        Ok(match self {
            Self::Csv(options) => Box::new(CsvSink::create(target, schema, options)?),
        })
    }
}

/// Bytes that are kept.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A Python file: of bytes, or of text, which gets whole characters.
struct PythonFile {
    file: Py<PyAny>,
    is_text: bool,
    /// The first bytes of a character that is not complete yet.
    started: Vec<u8>,
}

impl Write for PythonFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Python::attach(|py| {
            if !self.is_text {
                let written = self.file.call_method1(py, "write", (PyBytes::new(py, bytes),))?;
                // Files without a buffer may take a part; other writers say nothing.
                let count = written.extract::<usize>(py).unwrap_or(bytes.len());
                return Ok(count.min(bytes.len()));
            }
            self.started.extend_from_slice(bytes);
            let whole = match std::str::from_utf8(&self.started) {
                Ok(text) => text.len(),
                Err(error) if error.error_len().is_none() => error.valid_up_to(),
                Err(_) => return Err(IoError::new(std::io::ErrorKind::InvalidData, "the text is not UTF-8")),
            };
            let text = String::from_utf8_lossy(&self.started[..whole]);
            self.file.call_method1(py, "write", (PyString::new(py, &text),))?;
            self.started.drain(..whole);
            Ok(bytes.len())
        })
    }

    fn flush(&mut self) -> std::io::Result<()> {
        // Whoever opened the file closes it.
        Ok(())
    }
}

/// A path, an open file, or nothing, which is memory.
fn target(object: &Bound<'_, PyAny>, memory: &Memory) -> PyResult<Target> {
    if object.is_none() {
        return Ok(Target::Writer(Box::new(memory.clone())));
    }
    if let Ok(path) = object.extract::<PathBuf>() {
        return Ok(Target::Path(path));
    }
    // A file of text takes no bytes, not even none.
    let is_text = object.call_method1("write", (PyBytes::new(object.py(), b""),)).is_err();
    let file = PythonFile { file: object.clone().unbind(), is_text, started: Vec::new() };
    Ok(Target::Writer(Box::new(file)))
}

/// Runs a query and writes its result; gives the bytes if there is no path and no file.
pub(crate) fn sink<'py>(
    py: Python<'py>,
    plan: Arc<Plan>,
    format: &str,
    object: &Bound<'py, PyAny>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyBytes>> {
    let format = Format::from_py(format, options)?;
    let memory = Memory::default();
    let target = target(object, &memory)?;
    let inline = is_small(&plan);
    enter(py, inline, WRITE_GRACE, move |context| {
        LazyFrame::from_plan(plan).sink(context, |schema| format.create(target, schema))
    })?;
    let bytes = std::mem::take(&mut *memory.0.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(PyBytes::new(py, &bytes))
}
