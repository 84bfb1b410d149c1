//! Developer commands: `cargo xtask test`, `cargo xtask check`.

fn main() {}
