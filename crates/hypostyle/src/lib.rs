//! Hypostyle: a columnar DataFrame engine. Queries are planned lazily, optimized, and run by all cores over Arrow
//! columns.
//!
//! ```
//! use hypostyle::prelude::*;
//!
//! let frame = DataFrame::new([
//!     ("city", Column::from_strs(["Kyoto", "Oslo", "Kyoto"])),
//!     ("sales", Column::from_vec(vec![3i64, 5, 4])),
//! ])?;
//! let totals = frame
//!     .lazy()
//!     .filter(col("sales").gt(lit(2)))
//!     .group_by([col("city")])
//!     .agg([col("sales").sum()])
//!     .sort(["city"], SortOptions::default())
//!     .collect()?;
//! assert_eq!(totals.height(), 2);
//! assert_eq!(totals.column("sales")?.get(0)?, Scalar::from(7i64));
//! # Ok::<(), Error>(())
//! ```
#![forbid(unsafe_code)]

mod concat;
mod csv;
mod eager;
mod group_by;
mod ipc;
mod lazy;
mod ndjson;
mod parquet;
pub mod prelude;
mod sinks;

pub use concat::{concat, concat_horizontal};
pub use csv::{CsvWrite, read_csv, scan_csv, scan_csv_bytes, scan_csv_paths};
pub use eager::DataFrameOps;
pub use group_by::LazyGroupBy;
pub use hypostyle_core as core;
pub use hypostyle_core::{
    Batch, Column, DataFrame, DataType, Error, ErrorKind, Field, Result, Scalar, Schema, SchemaRef, Series,
    TimeUnit, Value,
};
pub use hypostyle_exec::inline;
pub use hypostyle_exec::{CancelToken, Context, OperatorProfile, Profile, Progress};
pub use hypostyle_expr as expr;
pub use hypostyle_expr::Expr;
pub use hypostyle_io::csv::{
    CsvEncoding, CsvReadOptions, CsvWriteOptions, NullValues, QuoteStyle, SchemaOverrides,
};
pub use hypostyle_io::ipc::{IpcCompression, IpcReadOptions, IpcWriteOptions};
pub use hypostyle_io::json::JsonReadOptions;
pub use hypostyle_io::ndjson::{NdjsonReadOptions, NdjsonWriteOptions};
pub use hypostyle_io::parquet::{ParquetCompression, ParquetReadOptions, ParquetWriteOptions};
pub use hypostyle_io::{Location, StorageOptions, Target, TextCompression};
pub use hypostyle_kernels as kernels;
pub use hypostyle_plan as plan;
pub use hypostyle_plan::{AsOfOptions, AsOfStrategy, Distances, TimeGroupOptions};
pub use ipc::{IpcWrite, read_ipc, scan_ipc, scan_ipc_bytes};
pub use lazy::{JoinArgs, JoinType, LazyFrame, SortOptions, UniqueKeep};
pub use ndjson::{JsonWrite, read_json, read_ndjson, scan_ndjson, scan_ndjson_bytes};
pub use parquet::{ParquetWrite, read_parquet, scan_parquet, scan_parquet_bytes, scan_parquet_paths};
pub use sinks::{Batches, CreateSink, collect_all, run_all};

/// The Rust examples of the README are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
