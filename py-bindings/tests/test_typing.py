"""Programs through a type checker: what is right is accepted, and slips are found."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).with_name("typing")


def errors(program: str, cache: Path) -> list[str]:
    """What mypy says about a program, against the installed package."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, program],
        cwd=PROGRAMS,
        capture_output=True,
        text=True,
    )
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if ": error: " in line]


def test_a_right_program_is_accepted(tmp_path):
    assert errors("accepted.py", tmp_path) == []


def test_slips_are_found(tmp_path):
    lines = (PROGRAMS / "refused.py").read_text().splitlines()
    first = next(number for number, line in enumerate(lines, 1) if line.startswith("orders =")) + 1
    found = [int(re.match(r"refused\.py:(\d+)", error).group(1)) for error in errors("refused.py", tmp_path)]
    assert found == list(range(first, len(lines) + 1))
