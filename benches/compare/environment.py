"""A virtual environment of its own, with the peers and a wheel of this checkout."""

import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENVIRONMENT = HERE / ".venv"
WHEELS = ROOT / "target/wheels-compare"
# Where the other version of Hypostyle is unpacked.
BEFORE = ENVIRONMENT / "before"


def python() -> pathlib.Path:
    """The environment's interpreter; the environment is made if it is not there."""
    interpreter = ENVIRONMENT / "bin/python"
    requirements = (HERE / "requirements.txt").read_text()
    installed = ENVIRONMENT / "installed-requirements.txt"
    if not installed.exists() or installed.read_text() != requirements:
        print("installing the peers", file=sys.stderr)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        pip(interpreter, "--requirement", str(HERE / "requirements.txt"))
        installed.write_text(requirements)
    return interpreter


def install_hypostyle(interpreter: pathlib.Path, wheel: pathlib.Path | None) -> None:
    """Installs the given wheel, or one built from this checkout."""
    if wheel is None:
        shutil.rmtree(WHEELS, ignore_errors=True)
        build = ["-m", "maturin", "build", "--release", "--out", str(WHEELS), "--manifest-path", "py-bindings/Cargo.toml"]
        subprocess.run([interpreter, *build], cwd=ROOT, check=True, stdout=sys.stderr)
        wheel = next(WHEELS.glob("*.whl"))
    pip(interpreter, "--force-reinstall", "--no-deps", str(wheel))


def install_before(interpreter: pathlib.Path, wheel: pathlib.Path) -> None:
    """Unpacks another version of Hypostyle beside the installed one."""
    shutil.rmtree(BEFORE, ignore_errors=True)
    pip(interpreter, "--no-deps", "--target", str(BEFORE), str(wheel))


def pip(interpreter: pathlib.Path, *arguments: str) -> None:
    """Installs something."""
    command = [interpreter, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments]
    subprocess.run(command, check=True, stdout=sys.stderr)
