//! File formats, one folder each
#![forbid(unsafe_code)]

pub mod csv;
