"""The engines: how each is opened with a number of threads, and how it says its version.

The environment variables that set thread counts are read on import, so engines are opened in child processes of
their own (`worker.py`), and imported nowhere else.
"""

import importlib
import sys

import environment

# `hypostyle-before` is another wheel of Hypostyle, given with `--before`: two versions in one run.
NAMES = ("hypostyle", "hypostyle-before", "polars", "polars-streaming", "duckdb", "pandas")

# What an engine is installed as.
MODULES = {
    "hypostyle": "hypostyle",
    "hypostyle-before": "hypostyle",
    "polars": "polars",
    "polars-streaming": "polars",
    "duckdb": "duckdb",
    "pandas": "pandas",
}

THREAD_VARIABLES = (
    "HYPOSTYLE_MAX_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "OMP_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
)


class Frames:
    """An engine with the names of Polars."""

    def __init__(self, name: str) -> None:
        if name == "hypostyle-before":
            sys.path.insert(0, str(environment.BEFORE))
        self.pl = importlib.import_module(MODULES[name])
        self.version = self.pl.__version__
        engine = {"polars": "in-memory", "polars-streaming": "streaming"}.get(name)
        self.arguments = {"engine": engine} if engine else {}

    def collect(self, lazy):
        """Runs a lazy frame on the engine that is measured."""
        return lazy.collect(**self.arguments)


class DuckDB:
    """DuckDB from Python SQL."""

    def __init__(self, threads: int) -> None:
        import duckdb

        self.version = duckdb.__version__
        self.connection = duckdb.connect(config={"threads": threads})

    def rows(self, query: str) -> tuple[list[str], list[tuple]]:
        """Columns and rows of a small result."""
        result = self.connection.execute(query)
        return [column[0] for column in result.description], result.fetchall()

    def arrow(self, query: str):
        """A result of middling size as an Arrow table."""
        return self.connection.execute(query).to_arrow_table()

    def table(self, query: str) -> None:
        """Materialises a large result in DuckDB's own form, as the other engines do in theirs."""
        self.connection.execute(f"create or replace temp table answer as {query}")


class Pandas:
    """pandas with its default types."""

    def __init__(self) -> None:
        import pandas

        self.pd = pandas
        self.version = pandas.__version__


def open_engine(name: str, threads: int) -> Frames | DuckDB | Pandas:
    """The engine of this name."""
    if name == "duckdb":
        return DuckDB(threads)
    if name == "pandas":
        return Pandas()
    return Frames(name)
