"""Names whose modules are imported when somebody asks for them."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypostyle as hs
import polars as pl


def test_late_names_are_there_and_are_those_that_checkers_see() -> None:
    for name, module in hs._LATE.items():
        assert getattr(hs, name).__module__ == module
        assert name in hs.__all__ and name in dir(hs) and hasattr(pl, name)
    tree = ast.parse(Path(hs.__file__).read_text())
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    imported = {
        alias.name: node.module
        for block in blocks
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == hs._LATE


METHODS = [
    *((cls, name) for cls in ("DataFrame", "Series") for name in ("to_torch", "to_jax")),
    *(
        ("DataFrame", name)
        for name in ("write_excel", "write_avro", "write_clipboard", "write_database", "write_delta")
    ),
    *(("DataFrame", name) for name in ("serialize", "deserialize")),
    ("LazyFrame", "sink_delta"),
]


def parameters(function: Any) -> list[tuple[str, Any, str]]:
    """Names, kinds and defaults; those that are objects of our own by what they say."""
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, "" if p.name == "optimizations" else repr(p.default)) for p in found]


def test_parameters_are_those_of_polars() -> None:
    # The context manager takes whatever Polars' deprecated one takes.
    names = [name for name in hs._LATE if name not in ("StringCache", "CompatLevel")]
    pairs = [(getattr(hs, name), getattr(pl, name)) for name in names]
    pairs += [(getattr(getattr(hs, cls), name), getattr(getattr(pl, cls), name)) for cls, name in METHODS]
    for ours, theirs in pairs:
        assert parameters(ours) == parameters(theirs), ours.__name__


def test_all_names_can_be_imported() -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(hs.__file__).parents[1])!r}); from hypostyle import *; print(read_excel, scan_delta)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "read_excel" in done.stdout


def test_the_package_imports_none_of_them() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(hs.__file__).parents[1])!r})
import hypostyle
print([module for module in {sorted(set(hs._LATE.values()))} if module in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
