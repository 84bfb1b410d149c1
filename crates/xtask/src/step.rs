//! A step: a header, a command, its duration. A task of this program that runs beside another.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Instant;

/// Why a run ended: the step and what went wrong in it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) step: String,
    pub(crate) cause: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "step '{}' failed: {}", self.step, self.cause)
    }
}

/// Runs `work` under a header and prints how long it took.
pub(crate) fn step(name: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), Failure> {
    println!("\n==> {name}");
    let start = Instant::now();
    let outcome = work();
    println!("==> {name}: {:.1} s", start.elapsed().as_secs_f64());
    outcome.map_err(|cause| Failure { step: name.to_owned(), cause })
}

/// A task of this program that runs beside the caller; what it prints is kept in a file until `finish`.
pub(crate) struct Background {
    task: &'static str,
    child: Child,
    log: PathBuf,
}

impl Background {
    pub(crate) fn start(root: &Path, task: &'static str) -> Result<Background, Failure> {
        let log = root.join("target").join(format!("{task}.log"));
        let child = std::env::current_exe().and_then(|program| {
            // Cargo may build elsewhere.
            std::fs::create_dir_all(root.join("target"))?;
            let file = File::create(&log)?;
            Command::new(program).arg(task).stdout(file.try_clone()?).stderr(file).spawn()
        });
        let child = child.map_err(|error| Failure { step: task.to_owned(), cause: error.to_string() })?;
        Ok(Background { task, child, log })
    }

    /// Waits for the task and prints what it printed.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let outcome = self.child.wait().and_then(|status| {
            println!("{}", String::from_utf8_lossy(&std::fs::read(&self.log)?));
            Ok(status)
        });
        let cause = match outcome {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => format!("ended with {status}"),
            Err(error) => error.to_string(),
        };
        Err(Failure { step: self.task.to_owned(), cause })
    }
}

/// Runs a command to its end; the error says which command and how it ended.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{}: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command))) }
}

/// What a command writes; the error says which command and how it ended.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", line(command)))?;
    if !output.status.success() {
        return Err(format!("`{}` ended with {}", line(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{}` does not write text", line(command)))
}

/// The cargo that started this program.
pub(crate) fn cargo_command(root: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root);
    command
}

/// Runs the cargo that started this program.
pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Result<(), String> {
    run(cargo_command(root).args(arguments))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
