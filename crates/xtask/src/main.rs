//! Developer commands: `cargo xtask test`, `cargo xtask check`, `cargo xtask python`, `cargo xtask sanitize`.
//!
//! - `check`: formatting, lints and house rules; what to run before a commit.
//! - `test`: everything that must hold before a merge: `check`, all Rust tests, and the Python tests on the same
//!   build.
//! - `python`: the Python package as it is released: an optimized wheel, installed and tested; many minutes.
//! - `sanitize`: tests of unsafe code and of the workers under AddressSanitizer and ThreadSanitizer; many minutes.
//!
//! Steps run one after the other, each with a header and its duration; the first failure ends the run and
//! is named. In `test` the Python tests run beside the Rust ones; what they print is in `target/python-tests.log`, and
//! comes when both are done. Nothing is written outside `target/` and `.venv/`.

#![forbid(unsafe_code)]

mod python;
mod sanitize;
mod step;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::step::{Background, Failure, cargo, run, step};

const USAGE: &str = "usage: cargo xtask <test|check|python|sanitize>";

/// Lints and tests see the feature that all other builds leave out.
const CLOUD: [&str; 2] = ["--features", "hypostyle/cloud"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task: fn(&Path) -> Result<(), Failure> =
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["test"] => test,
            ["check"] => check,
            ["python"] => python::test_wheel,
            // Parts of `test` that it runs beside others.
            ["python-environment"] => python::lint,
            ["python-tests"] => python::test_build,
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
    let environment = Background::start(root, "python-environment")?;
    let built = clippy(root).and_then(|()| build(root));
    environment.finish()?;
    built?;
    tables(root)?;
    let python = Background::start(root, "python-tests")?;
    let rust = step("test", || cargo(root, &[&["test", "--workspace"], &CLOUD[..]].concat()));
    if let Err(failure) = &rust {
        eprintln!("\n==> {failure}\n==> waiting for the Python tests");
    }
    python.finish().and(rust)
}

/// All that tests run, Python's library among it, so that both languages test one build.
fn build(root: &Path) -> Result<(), Failure> {
    step("build", || {
        cargo(root, &[&["build", "--workspace", "--lib", "--bins", "--tests"], &CLOUD[..]].concat())
    })
}

/// The tables of TPC-H that tests of both languages read.
fn tables(root: &Path) -> Result<(), Failure> {
    step("tables", || {
        let program = built(root).join("hypostyle-tpch");
        let target = root.join("target/tmp");
        run(Command::new(program)
            .args(["--data-only", "--scale", "0.01", "--data-root"])
            .arg(target)
            .current_dir(root))
    })
}

/// Where this program lies is where cargo puts all that it builds.
fn built(root: &Path) -> PathBuf {
    let own = std::env::current_exe().ok();
    own.and_then(|own| own.parent().map(Path::to_path_buf)).unwrap_or_else(|| root.join("target/debug"))
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
