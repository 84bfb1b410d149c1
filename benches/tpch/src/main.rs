//! The TPC-H harness: `cargo tpch`.

#![forbid(unsafe_code)]

mod data;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo tpch --data-only [--scale S]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let scale = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--data-only"] => Some(0.1),
        ["--data-only", "--scale", scale] | ["--scale", scale, "--data-only"] => scale.parse().ok(),
        _ => None,
    };
    let Some(scale) = scale else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    match data::ensure(root, scale, threads) {
        Ok(folder) => {
            println!("{}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
