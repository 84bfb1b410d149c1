//! Kernels on raw bytes: what text formats need before there are columns.
//!
//! [`structure`] finds the separators and newlines of delimited text, [`rows`] those of the fields that are wanted,
//! [`numbers`] reads numbers, [`dates`] dates. Nothing here knows a type, a schema or a file; the vector instructions
//! are chosen at run time and every choice gives the same answer.

pub mod dates;
mod lanes;
pub mod numbers;
pub mod rows;
pub mod span;
pub mod structure;

pub use dates::dates;
pub use numbers::{NUMBERS, integers, plain_floats};
pub use rows::{RowPattern, UniformRows, column_spans};
pub use span::Span;
pub use structure::{Dialect, StructuralIndex, starts_inside};
