//! End to end: the queries, their answers and their plans.

#![allow(clippy::unwrap_used, reason = "helpers of tests, outside any #[test]")]

mod answers;
mod plans;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hypostyle_tpch::data;
use hypostyle_tpch::tables::{Money, Tables};

const SCALE: f64 = 0.01;

/// Scans of the data at this scale, which is generated below the build's folder.
fn scan(money: Money) -> Tables {
    // Tests run at the same time; one of them generates.
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder =
        FOLDER.get_or_init(|| data::ensure(Path::new(env!("CARGO_TARGET_TMPDIR")), SCALE, 2).unwrap());
    Tables::scan(folder, SCALE, money)
}
