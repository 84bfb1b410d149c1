"""The works: what is measured, one module each.

A work module has

- `ENGINES`: the names of the engines that can do it;
- `prepare(options)`: makes the data, once, in the parent process;
- `tasks(engine, options)`: loads what is not measured and gives the tasks in order, in a child process.
"""

import dataclasses
import importlib
import pathlib
from collections.abc import Callable

NAMES = ("tpch-memory", "tpch-csv", "tpch-parquet", "tpch-parquet-decimal", "parquet-write", "csv-read", "h2o-groupby",
         "h2o-join", "few-groups", "group-expressions", "light")  # fmt: skip
ROOT = pathlib.Path(__file__).resolve().parents[3]


@dataclasses.dataclass(frozen=True)
class Options:
    """What the command line says about the data."""

    scale: str = "1"
    rows: int = 10_000_000
    formulation: str = "queries"


@dataclasses.dataclass(frozen=True)
class Task:
    """One measured piece of work.

    `verify` gets what `run` gave, raises if it is wrong, and gives numbers that have to be the same for every
    engine: the parent compares them.
    """

    name: str
    run: Callable[[], object]
    verify: Callable[[object], list[float]]
    megabytes: float | None = None


def work_module(name: str):
    """The module of a work."""
    return importlib.import_module(f"works.{name.replace('-', '_')}")
