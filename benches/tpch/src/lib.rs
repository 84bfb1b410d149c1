//! TPC-H for Hypostyle: the data, the 22 queries and their answers. The program over it is `cargo tpch`.

#![forbid(unsafe_code)]

pub mod answers;
pub mod data;
pub mod naive;
pub mod queries;
pub mod rows;
pub mod tables;

use std::path::Path;

/// The workspace's root, where `data/` is.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}
