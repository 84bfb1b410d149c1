//! The TPC-H harness: `cargo tpch`.

#![forbid(unsafe_code)]

mod data;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    let scale = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0.1);
    let folder = data::ensure(root, scale, 2)?;
    println!("{}", folder.display());
    Ok(())
}
