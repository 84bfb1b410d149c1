//! File formats, one folder each
#![forbid(unsafe_code)]
// Lints run with the feature; code that is there without it alone is seen by the wheel.
#![cfg_attr(not(feature = "cloud"), deny(unused))]

pub mod csv;
mod foreign;
mod hive;
mod input;
pub mod ipc;
pub mod json;
pub mod ndjson;
mod output;
pub mod parquet;
mod partition;
mod paths;
mod row_filter;

pub use input::{Location, RemoteUrl, StorageOptions};
pub use output::{Output, Target, TextCompression};
pub use partition::{CreateFile, PartitionOptions, PartitionedSink, PlaceFile, hive_paths};
