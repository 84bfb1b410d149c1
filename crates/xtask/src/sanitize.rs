//! Tests under sanitizers: memory of the crates with `unsafe` code under AddressSanitizer, the workers under
//! ThreadSanitizer.
//!
//! The runtimes come with the stable toolchain, the flags do not: `RUSTC_BOOTSTRAP` lets them in. A data race is seen
//! only between parts that were all compiled for it, the standard library too, which takes the component `rust-src`.

use std::path::Path;
use std::process::Command;

use crate::step::{Failure, cargo_command, output, run, step};

pub(crate) fn sanitize(root: &Path) -> Result<(), Failure> {
    step("address sanitizer", || {
        let packages = ["hypostyle-core", "hypostyle-kernels", "hypostyle-io"];
        run(&mut tests(root, "address", &packages, &[])?)
    })?;
    step("thread sanitizer", || {
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
        if !Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library").exists() {
            return Err(
                "the source of the standard library is missing: `rustup component add rust-src`".into()
            );
        }
        run(&mut tests(root, "thread", &["hypostyle-exec"], &["-Zbuild-std"])?)
    })
}

/// The library tests of some packages, compiled for a sanitizer into a folder of its own.
fn tests(root: &Path, sanitizer: &str, packages: &[&str], flags: &[&str]) -> Result<Command, String> {
    let version = output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc does not say for which host it is")?;
    let mut command = cargo_command(root);
    command
        .args(["test", "--lib", "--target", host])
        .args(packages.iter().flat_map(|package| ["--package", package]))
        .args(flags)
        .arg("--target-dir")
        .arg(root.join("target/sanitize").join(sanitizer))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("-Zsanitizer={sanitizer}"))
        // What lives as long as the process is no leak.
        .env("ASAN_OPTIONS", "detect_leaks=0");
    Ok(command)
}
