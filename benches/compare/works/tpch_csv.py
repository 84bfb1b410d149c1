"""TPC-H from CSV: every query scans the files it needs."""

from engines import DuckDB
from works import Options, Task
from works.tpch_memory import ENGINES, duckdb_task, folder, frames_task, make_answers, prepare, tables

__all__ = ["ENGINES", "prepare", "tasks"]


def tasks(engine, options: Options) -> list[Task]:
    """One task per query; the tables are scans, or views of the files."""
    if isinstance(engine, DuckDB):
        make_answers.load(engine.connection, folder(options), kind="view")
        return [duckdb_task(engine, number, options) for number in range(1, 23)]
    scans = tables.scan(engine.pl, folder(options))
    return [frames_task(engine, scans, number, options) for number in range(1, 23)]
