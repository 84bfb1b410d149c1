//! CSV in and out.

use std::path::PathBuf;

use hypostyle_core::{Buffer, DataFrame, Result};
use hypostyle_exec::Context;
use hypostyle_io::Target;
use hypostyle_io::csv::{CsvReadOptions, CsvSink, CsvSource, CsvWriteOptions};

use crate::lazy::LazyFrame;

/// A query that reads a CSV file, or all files that a glob names.
pub fn scan_csv(path: impl Into<PathBuf>, options: CsvReadOptions) -> LazyFrame {
    scan_csv_paths([path], options)
}

/// A query that reads CSV files of one schema, one after the other.
pub fn scan_csv_paths<P: Into<PathBuf>>(
    paths: impl IntoIterator<Item = P>,
    options: CsvReadOptions,
) -> LazyFrame {
    LazyFrame::scan(CsvSource::from_paths(paths, options))
}

/// A query that reads CSV text in memory.
pub fn scan_csv_bytes(bytes: impl Into<Buffer<u8>>, options: CsvReadOptions) -> LazyFrame {
    LazyFrame::scan(CsvSource::from_bytes(bytes, options))
}

/// Reads a CSV file.
///
/// # Errors
/// `Io` if it cannot be read, `NoData` if it is empty, `Parse` (with file, line, column and the text) if a field is no
/// value of its column's type.
pub fn read_csv(path: impl Into<PathBuf>, options: CsvReadOptions) -> Result<DataFrame> {
    scan_csv(path, options).collect()
}

/// Writing CSV.
pub trait CsvWrite {
    /// Writes a CSV file: all of it, or nothing.
    fn write_csv(&self, target: impl Into<Target>, options: CsvWriteOptions) -> Result<()>;
}

impl CsvWrite for DataFrame {
    fn write_csv(&self, target: impl Into<Target>, options: CsvWriteOptions) -> Result<()> {
        LazyFrame::from(self.clone()).sink_csv(target, options, &Context::default())
    }
}

impl LazyFrame {
    /// Runs the query and writes its result as a CSV file while it is made: all of it, or nothing.
    pub fn sink_csv(
        &self,
        target: impl Into<Target>,
        options: CsvWriteOptions,
        context: &Context,
    ) -> Result<()> {
        self.sink(context, |schema| Ok(Box::new(CsvSink::create(target, schema, options)?)))
    }
}
