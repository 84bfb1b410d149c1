//! Lines of JSON, and JSON documents, in and out.

use std::path::PathBuf;

use hypostyle_core::{Buffer, DataFrame, Result};
use hypostyle_exec::Context;
use hypostyle_io::json::{JsonReadOptions, JsonSink};
use hypostyle_io::ndjson::{NdjsonReadOptions, NdjsonSink, NdjsonSource, NdjsonWriteOptions};
use hypostyle_io::{Location, StorageOptions, Target};

use crate::lazy::LazyFrame;

/// A query that reads lines of JSON: a file, or all files that a glob names.
pub fn scan_ndjson(path: impl Into<PathBuf>, options: NdjsonReadOptions) -> LazyFrame {
    LazyFrame::scan(NdjsonSource::from_paths([path], options))
}

/// A query that reads lines of JSON in memory.
pub fn scan_ndjson_bytes(bytes: impl Into<Buffer<u8>>, options: NdjsonReadOptions) -> LazyFrame {
    LazyFrame::scan(NdjsonSource::from_buffers(vec![bytes.into()], options))
}

/// Reads lines of JSON.
///
/// # Errors
/// `Io` if they cannot be read, `Parse` (with file, line, column and value) if a value does not fit its column,
/// `Compute` if a line is no JSON object.
pub fn read_ndjson(path: impl Into<PathBuf>, options: NdjsonReadOptions) -> Result<DataFrame> {
    scan_ndjson(path, options).collect()
}

/// Reads a JSON document: an array of objects.
///
/// # Errors
/// As [`read_ndjson`].
pub fn read_json(path: impl Into<PathBuf>, options: &JsonReadOptions) -> Result<DataFrame> {
    hypostyle_io::json::read_json(&Location::of_path(path.into(), &StorageOptions::default()), options)
}

/// Writing JSON.
pub trait JsonWrite {
    /// Writes lines of JSON: all of them, or nothing.
    fn write_ndjson(&self, target: impl Into<Target>, options: &NdjsonWriteOptions) -> Result<()>;

    /// Writes a JSON document, an array of objects: all of it, or nothing.
    fn write_json(&self, target: impl Into<Target>) -> Result<()>;
}

impl JsonWrite for DataFrame {
    fn write_ndjson(&self, target: impl Into<Target>, options: &NdjsonWriteOptions) -> Result<()> {
        LazyFrame::from(self.clone()).sink_ndjson(target, options, &Context::default())
    }

    fn write_json(&self, target: impl Into<Target>) -> Result<()> {
        let query = LazyFrame::from(self.clone());
        query.sink(&Context::default(), |schema| Ok(Box::new(JsonSink::create(target, schema)?)))
    }
}

impl LazyFrame {
    /// Runs the query and writes its result as lines of JSON while it is made: all of it, or nothing.
    pub fn sink_ndjson(
        &self,
        target: impl Into<Target>,
        options: &NdjsonWriteOptions,
        context: &Context,
    ) -> Result<()> {
        self.sink(context, |schema| Ok(Box::new(NdjsonSink::create(target, schema, options)?)))
    }
}
