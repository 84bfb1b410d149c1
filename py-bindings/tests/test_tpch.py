"""The answers of TPC-H through Python: both formulations, from CSV, from memory and with decimals, on 1, 2 and 8 threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCALE = "0.01"


@pytest.fixture(scope="module")
def folder():
    """The tables: those that the Rust tests have made, or else made by the harness in the same place."""
    data = ROOT / f"target/tmp/data/tpch/sf{SCALE}"
    if not data.exists():
        make = ["cargo", "run", "--quiet", "--package", "hypostyle-tpch", "--", "--data-only", "--scale", SCALE]
        subprocess.run([*make, "--data-root", str(ROOT / "target/tmp")], cwd=ROOT, check=True)
    return data


# The number of threads is fixed when the package is imported: a process for each.
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_every_answer_is_right(folder, threads):
    done = subprocess.run(
        [sys.executable, ROOT / "benches/tpch/verify.py", folder, SCALE],
        env={**os.environ, "HYPOSTYLE_MAX_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        f"{threads} threads, {source}, {formulation}: 22 right"
        for source in ("scan", "read", "scan_decimals")
        for formulation in ("queries", "queries_naive")
    ]
