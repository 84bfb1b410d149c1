//! The public Rust API: LazyFrame, DataFrame, prelude
