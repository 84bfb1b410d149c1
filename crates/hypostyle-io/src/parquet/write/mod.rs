//! Writing Parquet: rows are cut into row groups, which are encoded on many threads and appended in order.
//!
//! Columns that are not nested are encoded here (`encode`): `numbers` and `texts` choose an encoding and write pages in
//! it (`hybrid`, `delta`), `chunk` compresses them and keeps account of them (`ranges`). Footers, page headers and
//! indexes, and columns that are nested or rare, are arrow-rs'.

#[cfg(test)]
mod against_arrow;
mod chunk;
mod compress;
mod delta;
mod encode;
mod hybrid;
mod numbers;
mod options;
mod ranges;
mod sink;
#[cfg(test)]
mod tests;
mod texts;

#[cfg(test)]
pub(super) use compress::Compressor;
pub use options::{ParquetCompression, ParquetWriteOptions};
pub use sink::ParquetSink;
