//! Writing CSV: batches become text on any thread ([`CsvFormat`]), text becomes a file on one ([`CsvSink`]).

mod cell;
mod format;
mod options;
mod sink;
#[cfg(test)]
mod tests;

pub use format::CsvFormat;
pub use options::{CsvWriteOptions, QuoteStyle};
pub use sink::CsvSink;
