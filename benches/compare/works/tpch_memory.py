"""TPC-H with the tables in memory: as frames, or as native tables of DuckDB. Loading is not measured."""

import functools
import sys

from engines import DuckDB
from works import ROOT, Options, Task

sys.path += [str(ROOT / "benches/tpch"), str(ROOT / "data/answers")]
import answers
import make_answers
import queries
import queries_naive
import tables

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb")


def prepare(options: Options) -> None:
    """Checks that the data and the answers are there."""
    for needed in (folder(options), ROOT / f"data/answers/sf{options.scale}"):
        if not needed.exists():
            raise FileNotFoundError(f"{needed}: make it with `cargo tpch --data-only --scale {options.scale}`")


def folder(options: Options):
    """Where the tables are."""
    return ROOT / f"data/tpch/sf{options.scale}"


def tasks(engine, options: Options) -> list[Task]:
    """One task per query."""
    if isinstance(engine, DuckDB):
        make_answers.load(engine.connection, folder(options))
        return [duckdb_task(engine, number, options) for number in range(1, 23)]
    frames = tables.read(engine.pl, folder(options))
    return [frames_task(engine, frames, number, options) for number in range(1, 23)]


def frames_task(engine, frames: dict, number: int, options: Options) -> Task:
    """A query on an engine with the names of Polars: building the plan is measured, too."""
    module = {"queries": queries, "queries_naive": queries_naive}[options.formulation]
    query = getattr(module, f"q{number:02}")
    if number == 11:
        query = functools.partial(query, scale=float(options.scale))

    def verify(result) -> list[float]:
        answers.check(result.columns, result.rows(), answer(number, options))
        return []

    return Task(f"q{number:02}", lambda: engine.collect(query(engine.pl, frames)), verify)


def duckdb_task(engine: DuckDB, number: int, options: Options) -> Task:
    """A query of the specification on DuckDB; the result is an Arrow table."""
    text = make_answers.query(number, float(options.scale))

    def verify(result) -> list[float]:
        rows = list(zip(*result.to_pydict().values(), strict=True))
        answers.check(result.column_names, rows, answer(number, options))
        return []

    return Task(f"q{number:02}", lambda: engine.arrow(text), verify)


def answer(number: int, options: Options):
    """The answer file of a query."""
    return ROOT / f"data/answers/sf{options.scale}/q{number:02}.csv"
