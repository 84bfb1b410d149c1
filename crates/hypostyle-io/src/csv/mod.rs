//! CSV: the reader and the writer.
//!
//! Reading goes in two stages. A scan hands out blocks of about 1 MiB (`scan`); in each, stage 1 finds rows and fields
//! (`tokens`, with the structural index of `hypostyle-kernels`, or `records`, which is `csv-core`), and stage 2 turns
//! the fields of one column after the other into typed values (`blocks`, `columns`, `parse`, `dictionary`). Blocks
//! learn from one another where their first row starts (`chain`), so there is no serial pass. Before all that, `layout`
//! finds out what columns there are. Writing is a folder of its own (`write`).
//!
//! Deliberately absent: multi-byte separators, escape characters, encodings other than UTF-8, and any guessing of the
//! dialect.

mod blocks;
mod chain;
mod columns;
mod dictionary;
mod field;
mod gate;
mod infer;
mod layout;
mod learned;
mod options;
#[cfg(test)]
mod orders;
mod parse;
mod plan;
mod prologue;
mod records;
mod report;
mod scan;
#[cfg(test)]
mod tests;
mod tokens;
pub(crate) mod values;
pub(crate) mod write;

use crate::input;

pub use options::{CsvEncoding, CsvReadOptions, NullValues, SchemaOverrides};
pub use scan::{CsvScan, CsvSource};
pub use write::{CsvFormat, CsvSink, CsvWriteOptions, QuoteStyle};
