//! Parquet in and out.

use std::path::PathBuf;

use hypostyle_core::{Buffer, DataFrame, Result};
use hypostyle_exec::Context;
use hypostyle_io::Target;
use hypostyle_io::parquet::{ParquetReadOptions, ParquetSink, ParquetSource, ParquetWriteOptions};

use crate::lazy::LazyFrame;

/// A query that reads a Parquet file, or all files that a glob names.
pub fn scan_parquet(path: impl Into<PathBuf>, options: ParquetReadOptions) -> LazyFrame {
    scan_parquet_paths([path], options)
}

/// A query that reads Parquet files, one after the other.
pub fn scan_parquet_paths<P: Into<PathBuf>>(
    paths: impl IntoIterator<Item = P>,
    options: ParquetReadOptions,
) -> LazyFrame {
    LazyFrame::scan(ParquetSource::from_paths(paths, options))
}

/// A query that reads the bytes of a Parquet file.
pub fn scan_parquet_bytes(bytes: impl Into<Buffer<u8>>, options: ParquetReadOptions) -> LazyFrame {
    LazyFrame::scan(ParquetSource::from_bytes(bytes, options))
}

/// Reads a Parquet file.
///
/// # Errors
/// `Io` if it cannot be read, `Compute` if it is no Parquet file or a broken one, `Unsupported` if it holds types or
/// encodings that are not known.
pub fn read_parquet(path: impl Into<PathBuf>, options: ParquetReadOptions) -> Result<DataFrame> {
    scan_parquet(path, options).collect()
}

/// Writing Parquet.
pub trait ParquetWrite {
    /// Writes a Parquet file: all of it, or nothing.
    fn write_parquet(&self, target: impl Into<Target>, options: &ParquetWriteOptions) -> Result<()>;
}

impl ParquetWrite for DataFrame {
    fn write_parquet(&self, target: impl Into<Target>, options: &ParquetWriteOptions) -> Result<()> {
        LazyFrame::from(self.clone()).sink_parquet(target, options, &Context::default())
    }
}

impl LazyFrame {
    /// Runs the query and writes its result as a Parquet file while it is made: all of it, or nothing.
    pub fn sink_parquet(
        &self,
        target: impl Into<Target>,
        options: &ParquetWriteOptions,
        context: &Context,
    ) -> Result<()> {
        self.sink(context, |schema| Ok(Box::new(ParquetSink::create(target, schema, options)?)))
    }
}
