//! Kernels on raw bytes: what text formats need before there are columns.
//!
//! [`structure`] finds the separators and newlines of delimited text, [`decimals`] reads numbers. Nothing here knows a type, a schema or a
//! file; the vector instructions are chosen at run time and every choice gives the same answer.

pub mod decimals;
mod lanes;
pub mod structure;

pub use decimals::{DECIMALS, DecimalFields, Decimals};
pub use structure::{Dialect, StructuralIndex};
