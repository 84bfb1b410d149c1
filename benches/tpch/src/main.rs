//! The TPC-H harness: `cargo tpch`.

fn main() {}
