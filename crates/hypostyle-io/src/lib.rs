//! File formats, one folder each
#![forbid(unsafe_code)]

pub mod csv;
mod output;

pub use output::{Output, Target, TextCompression};
