//! JSON: documents that are arrays of objects, and what they share with lines of JSON ([`crate::ndjson`]).
//!
//! Text is taken apart by `serde_json`, straight into columns (`columns`): no value is kept in between. What columns
//! there are is found out from the first rows (`shape`). Writing is `format` (values as text) and `sink`.

pub(crate) mod columns;
pub(crate) mod format;
mod read;
mod rows;
pub(crate) mod shape;
pub(crate) mod sink;

pub(crate) use read::columns_of;
pub use read::{JsonReadOptions, read_json};
pub(crate) use rows::Rows;
pub use sink::JsonSink;
