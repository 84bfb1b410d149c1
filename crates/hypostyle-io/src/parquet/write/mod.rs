//! Writing Parquet: rows are cut into row groups, which are encoded on many threads and appended in order.

mod options;
mod sink;
#[cfg(test)]
mod tests;

pub use options::{ParquetCompression, ParquetWriteOptions};
pub use sink::ParquetSink;
