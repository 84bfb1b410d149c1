//! What a query means: the logical plan, its builder, the optimizer, and the traits at which formats and executors
//! meet.
//!
//! Deliberately absent: threads and files. A plan is testable without either.
#![forbid(unsafe_code)]

pub mod adaptive;
mod as_of;
mod build;
mod describe;
mod distinct;
mod estimate;
mod memory;
pub mod optimizer;
mod plan;
mod pruning;
mod source;
#[cfg(test)]
mod testing;
mod time_groups;

pub use as_of::{AsOfOptions, AsOfStrategy, Tolerance, as_of_columns};
pub use build::{JoinColumn, join_columns, project_names};
pub use describe::explain;
pub use distinct::estimate as estimate_distinct;
pub use estimate::{Estimator, SAMPLE};
pub use memory::{Ascending, FrameSource};
pub use plan::{
    FetchNode, FrameFunction, JoinKind, JoinOptions, JoinOrder, JoinValidation, Keep, Plan, ScanNode,
    SortKey, UnpivotOptions,
};
pub use pruning::{Facts, Pruning};
pub use source::{
    ColumnTest, DataSink, DataSource, MORSEL_ROWS, Piece, PieceEncoder, RowTest, Scan, ScanRequest,
    ValueTest, ValuesTest,
};
pub use time_groups::{Distances, TimeGroupOptions, TimeGroupRule};
