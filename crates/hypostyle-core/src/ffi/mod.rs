//! The Arrow C Data Interface, ours: how columns cross the border of the process's languages without a copy.
//!
//! Specification: <https://arrow.apache.org/docs/format/CDataInterface.html> and its stream companion.
//!
//! Invariants: what leaves has offset 0 everywhere, also in children; what enters is checked before anybody reads
//! it; every `release` is called exactly once; no panic crosses the border.
//!
//! Deliberately absent: the device interface, and list views, run-end encoding and intervals, which no data type of
//! ours can hold without loss (they are refused with `Unsupported`).

mod abi;
mod export;
#[cfg(test)]
mod fuzz;
mod import;
mod layout;
mod schema;
mod stream;
#[cfg(test)]
mod tests;

pub use abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
pub use export::{StringForm, export_batch, export_column};
pub use import::{import_batch, import_column};
pub use schema::{export_field, export_schema, import_field, import_schema};
pub use stream::{StreamReader, export_frame, export_series, export_stream};
