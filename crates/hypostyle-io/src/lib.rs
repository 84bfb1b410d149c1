//! File formats, one folder each
#![forbid(unsafe_code)]

pub mod csv;
pub mod parquet;
mod paths;
mod row_filter;
