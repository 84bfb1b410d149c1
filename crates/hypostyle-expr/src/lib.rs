//! What an expression means: names, types and the evaluation of one batch.
//!
//! An [`Expr`] is plain data: it can be compared, hashed, written out and read back. [`bind`] gives it types against
//! a schema; a [`BoundExpr`] evaluates a batch by itself, so that constant folding needs no executor.
//!
//! Deliberately absent: plans, threads, files.
#![forbid(unsafe_code)]

pub mod aggregates;
mod binary;
mod bind;
mod bound;
pub mod column_text;
pub mod compositions;
mod condition;
#[doc(hidden)]
pub mod deep;
pub mod docs;
pub mod dsl;
mod evaluate;
mod expansion;
mod expr;
pub mod functions;
pub mod grouped;
mod map;
mod names;
#[cfg(test)]
mod oracle;
mod program_inputs;
mod rolling;
mod selector;
pub mod tasks;
#[cfg(test)]
mod testing;
mod tiled;
mod tiled_decimals;
pub mod types;

pub use bind::bind;
pub use bound::{BoundExpr, Evaluated, Extent, Risk};
pub use condition::Condition;
pub use evaluate::evaluate_ranges;
pub use expansion::{Expansion, ExpansionCall, UserExpansion, expand};
pub use expr::{BinaryOp, ColumnLiteral, Expr, Literal, OrderKey, WindowMapping};
pub use hypostyle_kernels::cast::CastMode;
pub use map::{UserCall, UserFunction, UserType};
pub use names::{Rename, RenameCall, UserRename, output_name};
pub use rolling::RollingWindow;
pub use selector::{DtypeClass, Selector};
