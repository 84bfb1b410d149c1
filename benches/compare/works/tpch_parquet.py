"""TPC-H from Parquet: every query scans the files it needs. The files are written once, by PyArrow with its defaults."""

import shutil

from engines import DuckDB
from works import Options, Task, tpch_memory
from works.tpch_memory import ENGINES, duckdb_task, frames_task, tables

__all__ = ["ENGINES", "folder", "prepare", "tasks"]


def folder(options: Options):
    """Where the Parquet files are."""
    csv = tpch_memory.folder(options)
    return csv.with_name(csv.name + "-parquet-pyarrow")


def prepare(options: Options) -> None:
    """Writes the files, unless they are there: none of the engines is the writer."""
    tpch_memory.prepare(options)
    if folder(options).exists():
        return
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    unfinished = folder(options).with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for table in tables.TABLES:
        types = tables.overrides(_Types, table)
        convert = pyarrow.csv.ConvertOptions(column_types={name: make() for name, make in types.items()})
        rows = pyarrow.csv.read_csv(tpch_memory.folder(options) / f"{table}.csv", convert_options=convert)
        pyarrow.parquet.write_table(rows, unfinished / f"{table}.parquet")
    unfinished.rename(folder(options))


class _Types:
    """The types that `tables.overrides` names, of PyArrow."""

    @staticmethod
    def Float64():  # noqa: N802
        import pyarrow

        return pyarrow.float64()

    @staticmethod
    def Date():  # noqa: N802
        import pyarrow

        return pyarrow.date32()


def tasks(engine, options: Options) -> list[Task]:
    """One task per query; the tables are scans, or views of the files."""
    if isinstance(engine, DuckDB):
        for table in tables.TABLES:
            path = folder(options) / f"{table}.parquet"
            engine.connection.execute(f"create view {table} as select * from read_parquet('{path}')")
        return [duckdb_task(engine, number, options) for number in range(1, 23)]
    scans = {table: engine.pl.scan_parquet(folder(options) / f"{table}.parquet") for table in tables.TABLES}
    return [frames_task(engine, scans, number, options) for number in range(1, 23)]
