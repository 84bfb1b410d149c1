//! Developer commands: `cargo xtask test`, `cargo xtask check`, `cargo xtask python`, `cargo xtask sanitize`.
//!
//! - `check`: formatting, lints and house rules; what to run before a commit.
//! - `test`: everything that must hold before a merge: `check`, all Rust tests, and `python` beside them.
//! - `python`: the Python package, built as a wheel, installed and tested.
//! - `sanitize`: tests of unsafe code and of the workers under AddressSanitizer and ThreadSanitizer; many minutes.
//!
//! Steps run one after the other, each with a header and its duration; the first failure ends the run and
//! is named. Only `test` runs two rows of steps beside each other: the wheel is an optimized build, which
//! spends minutes on one core. What the second row prints is in `target/python.log`, and comes when both are done. Nothing is written
//! outside `target/` and `.venv/`.

#![forbid(unsafe_code)]

mod python;
mod sanitize;
mod step;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use crate::step::{Background, Failure, cargo, step};

const USAGE: &str = "usage: cargo xtask <test|check|python|sanitize>";

/// Lints and tests see the feature that all other builds leave out.
const CLOUD: [&str; 2] = ["--features", "hypostyle/cloud"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task: fn(&Path) -> Result<(), Failure> =
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["test"] => test,
            ["check"] => check,
            ["python"] => python::test,
            ["sanitize"] => sanitize::sanitize,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        };

    let start = Instant::now();
    match task(&root()) {
        Ok(()) => {
            println!("\n==> all steps passed in {:.1} s", start.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("\n==> {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root: two levels above this crate.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

fn check(root: &Path) -> Result<(), Failure> {
    format(root)?;
    clippy(root)?;
    python::lint(root)?;
    let rules = ["test", "--quiet", "--package", "xtask", "--test", "house_rules", "--test", "dependencies"];
    step("house rules", || cargo(root, &rules))
}

fn test(root: &Path) -> Result<(), Failure> {
    format(root)?;
    let python = Background::start(root, "python")?;
    let rust = clippy(root)
        .and_then(|()| step("test", || cargo(root, &[&["test", "--workspace"], &CLOUD[..]].concat())));
    if let Err(failure) = &rust {
        eprintln!("\n==> {failure}\n==> waiting for the Python tests");
    }
    python.finish().and(rust)
}

fn format(root: &Path) -> Result<(), Failure> {
    step("format", || cargo(root, &["fmt", "--all", "--check"]))
}

fn clippy(root: &Path) -> Result<(), Failure> {
    let errors = ["--", "-D", "warnings"];
    step("clippy", || {
        cargo(root, &[&["clippy", "--workspace", "--all-targets"], &CLOUD[..], &errors].concat())
    })
}
