//! File formats, one folder each
#![forbid(unsafe_code)]

pub mod csv;
mod hive;
mod input;
mod output;
pub mod parquet;
mod paths;
mod row_filter;

pub use output::{Output, Target, TextCompression};
