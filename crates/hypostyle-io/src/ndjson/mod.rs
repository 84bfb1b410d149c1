//! Lines of JSON: one object a line, one row an object.
//!
//! A line break is never inside a value, so blocks of a file are read by as many threads as care to call (`scan`); what
//! a line becomes is the concern of [`crate::json`].
//!
//! Deliberately absent: values that go over several lines, and several on one.

mod options;
mod scan;
mod sink;
mod source;
#[cfg(test)]
mod tests;

pub use options::{NdjsonReadOptions, NdjsonWriteOptions};
pub use sink::NdjsonSink;
pub use source::NdjsonSource;
