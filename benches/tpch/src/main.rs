//! The TPC-H harness: `cargo tpch`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use hypostyle_tpch::{data, root};

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
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    match data::ensure(root(), scale, threads) {
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
