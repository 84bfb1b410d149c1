//! A step: a header, a command, its duration. A task of this program that runs beside another.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::{Command, Output};
use std::thread::JoinHandle;
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

/// A task of this program that runs beside the caller; what it prints is kept until `finish`.
pub(crate) struct Background {
    task: &'static str,
    output: JoinHandle<std::io::Result<Output>>,
}

impl Background {
    pub(crate) fn start(task: &'static str) -> Result<Background, Failure> {
        let program = std::env::current_exe().map_err(|error| Background::failure(task, &error))?;
        let output = std::thread::spawn(move || Command::new(program).arg(task).output());
        Ok(Background { task, output })
    }

    /// Waits for the task and prints what it printed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let output = self
            .output
            .join()
            .unwrap_or_else(|_| Err(std::io::Error::other("the thread that waits for it panicked")));
        let output = output.map_err(|error| Background::failure(self.task, &error))?;
        print!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        if output.status.success() {
            return Ok(());
        }
        Err(Background::failure(self.task, &format_args!("ended with {}", output.status)))
    }

    fn failure(task: &str, cause: &dyn fmt::Display) -> Failure {
        Failure { step: task.to_owned(), cause: cause.to_string() }
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
