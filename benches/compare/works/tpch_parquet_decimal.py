"""TPC-H from Parquet with money as DECIMAL(15, 2), which the specification asks for; otherwise as `tpch-parquet`.

Answers are held to the same tolerance, which products rounded to two digits would miss: engines with the names of
Polars get prices with six digits (`tables.exact`), DuckDB adds the digits of factors by itself.
"""

from engines import DuckDB
from works import Options, Task, tpch_memory, tpch_parquet
from works.tpch_memory import ENGINES, frames_task, tables

__all__ = ["ENGINES", "folder", "prepare", "tasks"]


def folder(options: Options):
    """Where the Parquet files are."""
    csv = tpch_memory.folder(options)
    return csv.with_name(csv.name + "-parquet-decimal-pyarrow")


def prepare(options: Options) -> None:
    """Writes the files, unless they are there."""
    tpch_parquet.write(options, folder(options), "decimal128", 15, 2)


def tasks(engine, options: Options) -> list[Task]:
    """One task per query; the tables are scans, or views of the files."""
    if isinstance(engine, DuckDB):
        return tpch_parquet.duckdb_tasks(engine, options, folder(options))
    scans = tables.exact(engine.pl, tpch_parquet.scan(engine.pl, folder(options)))
    return [frames_task(engine, scans, number, options) for number in range(1, 23)]
