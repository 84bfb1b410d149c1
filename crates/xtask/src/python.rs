//! The Python package: a virtual environment, the package installed in it, and its tests.
//!
//! What is installed is tested, not the source tree: for a release a wheel that maturin builds, otherwise the library
//! that the Rust tests have been built with, beside the sources and what maturin writes about them.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Failure, output, run, step};

/// Interpreters to try, the preferred first. The package supports 3.10 and later, and the peers it is tested
/// against 3.11 and later.
const INTERPRETERS: [&str; 4] = ["python3", "python3.13", "python3.12", "python3.11"];
const VERSION_CHECK: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// Builds the wheel as it is released, installs and tests it.
pub(crate) fn test_wheel(root: &Path) -> Result<(), Failure> {
    lint(root)?;
    let python = interpreter(root);
    let wheels = root.join("target/wheels");
    step("wheel", || {
        let wheel = build_wheel(root, &python, &wheels)?;
        remove_installed(&python)?;
        run(pip(&python).args(["install", "--quiet", "--force-reinstall", "--no-deps"]).arg(wheel))
    })?;
    tests(root)
}

/// Installs the library that has been built, and tests it.
pub(crate) fn test_build(root: &Path) -> Result<(), Failure> {
    step("python package", || install_build(root, &interpreter(root)))?;
    tests(root)
}

fn tests(root: &Path) -> Result<(), Failure> {
    step("python tests", || {
        // Tests run outside py-bindings/python, so that `import hypostyle` finds the installed package.
        run(quiet(&interpreter(root))
            .args(["-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib"])
            .arg("py-bindings/tests")
            .current_dir(root))
    })
}

/// Puts the library that has been built, the sources beside it and the package's metadata where a wheel would be
/// installed.
fn install_build(root: &Path, python: &Path) -> Result<(), String> {
    let site = remove_installed(python)?;
    let package = site.join("hypostyle");
    let sources = root.join("py-bindings/python/hypostyle");
    copy_folder(&sources, &package)?;
    let library = crate::built(root).join(format!("{DLL_PREFIX}_hypostyle{DLL_SUFFIX}"));
    copy(&library, &package.join("_hypostyle.abi3.so"))?;
    run(quiet(python)
        .args(["-m", "maturin", "pep517", "write-dist-info", "--manifest-path", "py-bindings/Cargo.toml"])
        .arg("--metadata-directory")
        .arg(&site)
        .stdout(Stdio::null())
        .current_dir(root))
}

/// Removes the package as either way has installed it; gives the folder that it lies in.
fn remove_installed(python: &Path) -> Result<PathBuf, String> {
    const SITE: &str = "import sysconfig; print(sysconfig.get_path('platlib'))";
    let site = PathBuf::from(output(quiet(python).args(["-c", SITE]))?.trim());
    let failed = |error: std::io::Error| format!("{}: {error}", site.display());
    for entry in fs::read_dir(&site).map_err(failed)?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == "hypostyle" || name.starts_with("hypostyle-") && name.ends_with(".dist-info") {
            fs::remove_dir_all(entry.path()).map_err(failed)?;
        }
    }
    Ok(site)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)?.flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true if entry.file_name() == "__pycache__" => {}
            true => copy_folder(&path, &target)?,
            false => copy(&path, &target)?,
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}

/// Names, imports and likely mistakes of the Python sources, by the rules in `py-bindings/pyproject.toml`.
pub(crate) fn lint(root: &Path) -> Result<(), Failure> {
    let python = interpreter(root);
    step("python environment", || {
        create(&root.join(".venv"), &python)?;
        install_requirements(&root.join(".venv"), &python, &root.join("py-bindings/requirements-test.txt"))
    })?;
    step("ruff", || {
        run(quiet(&python)
            .args(["-m", "ruff", "check", "--no-cache", "--quiet", "python", "tests"])
            .current_dir(root.join("py-bindings")))
    })
}

fn interpreter(root: &Path) -> PathBuf {
    root.join(".venv/bin/python")
}

/// Makes the virtual environment with the first interpreter that can.
fn create(environment: &Path, python: &Path) -> Result<(), String> {
    let usable = |interpreter: &Path| {
        Command::new(interpreter)
            .args(["-c", VERSION_CHECK])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if usable(python) {
        return Ok(());
    }
    let interpreter = INTERPRETERS
        .iter()
        .find(|name| usable(Path::new(name)))
        .ok_or("no Python 3.11 or later with the venv module was found")?;
    println!("making {} with {interpreter}", environment.display());
    run(Command::new(interpreter).args(["-m", "venv", "--clear"]).arg(environment))
}

/// Installs the pinned requirements, unless exactly these are there already.
fn install_requirements(environment: &Path, python: &Path, requirements: &Path) -> Result<(), String> {
    let wanted = read(requirements)?;
    let installed = environment.join("installed-requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    run(pip(python).args(["install", "--quiet", "--requirement"]).arg(requirements))?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))
}

/// Builds a wheel into an emptied folder, so that the one file in it is the one just built.
fn build_wheel(root: &Path, python: &Path, wheels: &Path) -> Result<PathBuf, String> {
    if wheels.exists() {
        fs::remove_dir_all(wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    run(quiet(python)
        .args(["-m", "maturin", "build", "--release", "--manifest-path", "py-bindings/Cargo.toml", "--out"])
        .arg(wheels)
        .current_dir(root))?;
    let entries = fs::read_dir(wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| format!("no wheel in {}", wheels.display()))
}

fn pip(python: &Path) -> Command {
    let mut command = quiet(python);
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    command
}

/// Python that leaves no bytecode in the source tree.
fn quiet(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
