//! Where results are written to, from Python: paths, open files, or memory; in which format a dictionary of options
//! says.

use std::io::{Error as IoError, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use hypostyle::{Batches, Context, CreateSink, LazyFrame};
use hypostyle_core::lock::lock;
use hypostyle_core::{DataFrame, Error, ErrorKind, Result, Schema};
use hypostyle_io::csv::{CsvSink, CsvWriteOptions};
use hypostyle_io::ipc::{IpcSink, IpcWriteOptions};
use hypostyle_io::json::JsonSink;
use hypostyle_io::ndjson::{NdjsonSink, NdjsonWriteOptions};
use hypostyle_io::parquet::{ParquetSink, ParquetWriteOptions};
use hypostyle_io::{
    CreateFile, PartitionOptions, PartitionedSink, PlaceFile, Target, TextCompression, hive_paths,
};
use hypostyle_plan::{DataSink, Plan};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyBytes, PyDict, PyDictMethods, PyString};
use pyo3::{Bound, Py, PyAny, PyErr, PyRef, PyResult, Python, pyclass, pymethods};

use crate::door::{POLL, WRITE_GRACE, enter, is_small};
use crate::errors::OrRaise;
use crate::frame::PyDataFrame;
use crate::lazy::PyLazyFrame;
use crate::{csv, ipc, ndjson, parquet};

/// A format with its options.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    Csv(CsvWriteOptions),
    Ndjson(NdjsonWriteOptions),
    Json,
    Ipc(IpcWriteOptions),
    Parquet(ParquetWriteOptions),
}

impl Format {
    /// By name, with Python's keyword arguments.
    pub(crate) fn from_py(name: &str, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        match name {
            "csv" => Ok(Self::Csv(csv::write_options(options)?)),
            "ndjson" => Ok(Self::Ndjson(ndjson::write_options(options)?)),
            "json" => ndjson::document_options(options).map(|()| Self::Json),
            "parquet" => Ok(Self::Parquet(parquet::write_options(options)?)),
            "ipc" => Ok(Self::Ipc(ipc::write_options(options, false)?)),
            "ipc_stream" => Ok(Self::Ipc(ipc::write_options(options, true)?)),
            other => Err(PyValueError::new_err(format!("no format {other:?} is written"))),
        }
    }

    /// Begins a file of columns of these names and types.
    pub(crate) fn create(self, target: Target, schema: &Schema) -> Result<Box<dyn DataSink>> {
        Ok(match self {
            Self::Csv(options) => Box::new(CsvSink::create(target, schema, options)?),
            Self::Ndjson(options) => Box::new(NdjsonSink::create(target, schema, &options)?),
            Self::Parquet(options) => Box::new(ParquetSink::create(target, schema, &options)?),
            Self::Ipc(options) => Box::new(IpcSink::create(target, schema, &options)?),
            Self::Json => Box::new(JsonSink::create(target, schema)?),
        })
    }
}

/// Whether and how text is compressed, and the names of the other options.
pub(crate) fn text_compression(dict: &Bound<'_, PyDict>) -> PyResult<(TextCompression, Vec<String>)> {
    let level: Option<i32> = match dict.get_item("compression_level")? {
        Some(level) => level.extract()?,
        None => None,
    };
    let mut compression = TextCompression::None;
    let mut others = Vec::new();
    for (key, value) in dict.iter() {
        match key.extract::<String>()?.as_str() {
            "compression_level" => {}
            "compression" => {
                compression = match value.extract::<String>()?.as_str() {
                    "uncompressed" => TextCompression::None,
                    "gzip" => TextCompression::Gzip(level.map(|l| l.max(0).unsigned_abs())),
                    "zstd" => TextCompression::Zstd(level),
                    other => return Err(PyValueError::new_err(format!("no compression {other:?}"))),
                };
            }
            other => others.push(other.to_owned()),
        }
    }
    Ok((compression, others))
}

impl Format {
    /// What files of the format end in.
    fn extension(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Ndjson(_) => "jsonl",
            Self::Json => "json",
            Self::Ipc(_) => "ipc",
            Self::Parquet(_) => "parquet",
        }
    }
}

/// Many files below a folder, from an object with the attributes of `PartitionBy`.
fn partitioned(format: &Format, by: &Bound<'_, PyAny>, schema: &Schema) -> PyResult<Box<dyn DataSink>> {
    let options = PartitionOptions {
        keys: by.getattr("_key_names")?.extract()?,
        include_key: by.getattr("_include_key")?.extract()?,
        max_rows: by.getattr("_max_rows_per_file")?.extract()?,
        bytes: by.getattr("_approximate_bytes_per_file")?.extract()?,
    };
    let base: PathBuf = by.getattr("_base_path")?.extract()?;
    let provider = by.getattr("_provider")?;
    let place: PlaceFile = if provider.is_none() {
        hive_paths(base, format.extension())
    } else {
        let provider = provider.unbind();
        Box::new(move |number, schema, key| {
            Python::attach(|py| {
                let key = DataFrame::from_batches(Arc::new(schema.clone()), vec![key.clone()]).or_raise()?;
                let place = provider.call1(py, (number, PyDataFrame::from(key)))?;
                target(place.bind(py), &Memory::default())
            })
            .map_err(|error: PyErr| Error::new(ErrorKind::External(Box::new(error))))
        })
    };
    let format = format.clone();
    let create: CreateFile = Box::new(move |target, schema| format.clone().create(target, schema));
    Ok(Box::new(PartitionedSink::try_new(schema, options, create, place).or_raise()?))
}

/// Bytes that are kept.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
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

/// A query whose result goes to a file, if it has one: format, path or open file, options.
pub(crate) type Job<'py> = (PyRef<'py, PyLazyFrame>, Option<(String, Bound<'py, PyAny>, Bound<'py, PyDict>)>);

/// Runs queries together; gives the results of those that are not written.
pub(crate) fn run_all(py: Python<'_>, jobs: Vec<Job<'_>>) -> PyResult<Vec<PyDataFrame>> {
    let mut queries = Vec::with_capacity(jobs.len());
    let mut inline = true;
    let mut calls_python = false;
    for (query, sink) in jobs {
        let plan = query.input();
        inline &= is_small(py, &plan);
        let create = match sink {
            None => None,
            Some((format, object, options)) => {
                let format = Format::from_py(&format, &options)?;
                if object.hasattr("_key_names")? {
                    calls_python = true;
                    let sink = partitioned(&format, &object, plan.schema())?;
                    Some(Box::new(move |_: &Schema| Ok(sink)) as CreateSink)
                } else {
                    let target = target(&object, &Memory::default())?;
                    calls_python |= matches!(target, Target::Writer(_));
                    Some(Box::new(|schema: &Schema| format.create(target, schema)) as CreateSink)
                }
            }
        };
        queries.push((LazyFrame::from_plan(plan), create));
    }
    let frames = enter(py, inline, WRITE_GRACE, move |context| {
        if calls_python && !inline {
            return hypostyle::run_all(queries, &context.clone().with_own_threads()?);
        }
        hypostyle::run_all(queries, context)
    })?;
    Ok(frames.into_iter().map(Into::into).collect())
}

/// Batches of a query that runs.
#[pyclass(module = "hypostyle._hypostyle", name = "PyBatches", frozen)]
#[derive(Debug)]
pub(crate) struct PyBatches(Mutex<Batches>);

impl PyBatches {
    /// Starts a query.
    pub(crate) fn start(py: Python<'_>, plan: Arc<Plan>, rows: Option<usize>) -> PyResult<Self> {
        let start = || LazyFrame::from_plan(plan).collect_batches(rows, &Context::default());
        Ok(Self(Mutex::new(py.detach(start).or_raise()?)))
    }
}

#[pymethods]
impl PyBatches {
    /// The next rows; `None` at the end.
    fn next(&self, py: Python<'_>) -> PyResult<Option<PyDataFrame>> {
        loop {
            let next = py.detach(|| lock(&self.0).poll_next(POLL));
            match next {
                Poll::Ready(next) => return next.transpose().or_raise().map(|frame| frame.map(Into::into)),
                Poll::Pending => py.check_signals()?,
            }
        }
    }

    /// Stops the query.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| lock(&self.0).stop());
    }
}

/// Runs a query and writes its result; gives the bytes if there is no path and no file.
pub(crate) fn sink<'py>(
    py: Python<'py>,
    plan: Arc<Plan>,
    format: &str,
    object: &Bound<'py, PyAny>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyBytes>> {
    if object.hasattr("_key_names")? {
        let format = Format::from_py(format, options)?;
        let sink = partitioned(&format, object, plan.schema())?;
        let inline = is_small(py, &plan);
        enter(py, inline, WRITE_GRACE, move |context| {
            // Python may be asked where files go.
            let context = if inline { context.clone() } else { context.clone().with_own_threads()? };
            LazyFrame::from_plan(plan).sink(&context, |_| Ok(sink))
        })?;
        return Ok(PyBytes::new(py, b""));
    }
    let format = Format::from_py(format, options)?;
    let memory = Memory::default();
    let target = target(object, &memory)?;
    let inline = is_small(py, &plan);
    let calls_python = matches!(target, Target::Writer(_)) && !object.is_none();
    enter(py, inline, WRITE_GRACE, move |context| {
        let query = LazyFrame::from_plan(plan);
        let create = |schema: &Schema| format.create(target, schema);
        // What a file does with its bytes may be queries, which must not wait for this one.
        if calls_python && !inline {
            return query.sink(&context.clone().with_own_threads()?, create);
        }
        query.sink(context, create)
    })?;
    let bytes = std::mem::take(&mut *lock(&memory.0));
    Ok(PyBytes::new(py, &bytes))
}
