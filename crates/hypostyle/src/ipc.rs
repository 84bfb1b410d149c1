//! Arrow IPC in and out.

use std::path::PathBuf;

use hypostyle_core::{Buffer, DataFrame, Result};
use hypostyle_exec::Context;
use hypostyle_io::Target;
use hypostyle_io::ipc::{IpcReadOptions, IpcSink, IpcSource, IpcWriteOptions};

use crate::lazy::LazyFrame;

/// A query that reads an Arrow IPC file, or all files that a glob names. Streams are read as well.
pub fn scan_ipc(path: impl Into<PathBuf>, options: IpcReadOptions) -> LazyFrame {
    LazyFrame::scan(IpcSource::from_paths([path], options))
}

/// A query that reads Arrow IPC in memory.
pub fn scan_ipc_bytes(bytes: impl Into<Buffer<u8>>, options: IpcReadOptions) -> LazyFrame {
    LazyFrame::scan(IpcSource::from_buffers(vec![bytes.into()], options))
}

/// Reads an Arrow IPC file.
///
/// # Errors
/// `Io` if it cannot be read, `Compute` if it is no Arrow IPC, `Unsupported` if it has a type that no column has.
pub fn read_ipc(path: impl Into<PathBuf>, options: IpcReadOptions) -> Result<DataFrame> {
    scan_ipc(path, options).collect()
}

/// Writing Arrow IPC.
pub trait IpcWrite {
    /// Writes an Arrow IPC file: all of it, or nothing.
    fn write_ipc(&self, target: impl Into<Target>, options: &IpcWriteOptions) -> Result<()>;
}

impl IpcWrite for DataFrame {
    fn write_ipc(&self, target: impl Into<Target>, options: &IpcWriteOptions) -> Result<()> {
        LazyFrame::from(self.clone()).sink_ipc(target, options, &Context::default())
    }
}

impl LazyFrame {
    /// Runs the query and writes its result as Arrow IPC while it is made: all of it, or nothing.
    pub fn sink_ipc(
        &self,
        target: impl Into<Target>,
        options: &IpcWriteOptions,
        context: &Context,
    ) -> Result<()> {
        self.sink(context, |schema| Ok(Box::new(IpcSink::create(target, schema, options)?)))
    }
}
