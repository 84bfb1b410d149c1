//! Parquet: the reader and the writer (`write`).
//!
//! A source (`source`) opens files (`file`): the footer is read by arrow-rs' `parquet`. A scan (`scan`) hands out
//! morsels: pieces of row groups. The pages of a column are found here (`header`, `pages`) and decompressed here.
//! Columns that are not nested are decoded here as well: `chunk` finds the rows that a filter left, `decode` turns them
//! into values. Nested columns and rare types are decoded by arrow-rs (`nested`), which gets their pages from here
//! (`nested_pages`). Rows that are wanted late are found by their ids (`row_ids`).
//!
//! Deliberately absent: encryption, and the deprecated compression LZO.

mod chunk;
mod decode;
mod file;
mod header;
mod learned;
mod mapping;
mod nested;
mod nested_pages;
mod options;
#[cfg(test)]
mod orders;
mod pages;
mod pruning;
mod row_ids;
mod scan;
mod source;
#[cfg(test)]
mod tests;
mod text_ranges;
mod write;

pub use options::ParquetReadOptions;
pub use source::ParquetSource;
pub use write::{ParquetCompression, ParquetSink, ParquetWriteOptions};
