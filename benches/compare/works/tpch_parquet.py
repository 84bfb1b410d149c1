"""TPC-H from Parquet: every query scans the files it needs. The files are written once, by PyArrow with its defaults."""

import pathlib
import shutil
from typing import NamedTuple

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
    write(options, folder(options), "float64")


def write(options: Options, target: pathlib.Path, money: str, *arguments: int) -> None:
    """Writes the tables into a folder, unless it is there, numbers with two digits as this type of PyArrow."""
    tpch_memory.prepare(options)
    if target.exists():
        return
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    types = Types(getattr(pyarrow, money)(*arguments), pyarrow.date32())
    unfinished = target.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for table in tables.TABLES:
        convert = pyarrow.csv.ConvertOptions(column_types=tables.overrides(types, table))
        batches = pyarrow.csv.open_csv(tpch_memory.folder(options) / f"{table}.csv", convert_options=convert)
        with pyarrow.parquet.ParquetWriter(unfinished / f"{table}.parquet", batches.schema) as writer:
            for group in row_groups(batches):
                writer.write_table(group, ROW_GROUP)
    unfinished.rename(target)


# What `pyarrow.parquet.write_table` takes.
ROW_GROUP = 1 << 20


def row_groups(batches):
    """The rows of batches in tables of `ROW_GROUP` rows: a whole table of scale 10 is more than a small machine has room
    for."""
    import pyarrow

    rest = []
    for batch in batches:
        rest.append(batch)
        while sum(map(len, rest)) >= ROW_GROUP:
            table = pyarrow.Table.from_batches(rest)
            yield table.slice(0, ROW_GROUP).combine_chunks()
            rest = table.slice(ROW_GROUP).to_batches()
    if rest:
        yield pyarrow.Table.from_batches(rest).combine_chunks()


class Types(NamedTuple):
    """The types that `tables.overrides` names."""

    Float64: object
    Date: object


def tasks(engine, options: Options) -> list[Task]:
    """One task per query; the tables are scans, or views of the files."""
    if isinstance(engine, DuckDB):
        return duckdb_tasks(engine, options, folder(options))
    scans = scan(engine.pl, folder(options))
    return [frames_task(engine, scans, number, options) for number in range(1, 23)]


def scan(pl, source: pathlib.Path) -> dict:
    """The tables as lazy frames over the files in a folder."""
    return {table: pl.scan_parquet(source / f"{table}.parquet") for table in tables.TABLES}


def duckdb_tasks(engine: DuckDB, options: Options, source: pathlib.Path) -> list[Task]:
    """The queries over views of the files in a folder."""
    for table in tables.TABLES:
        path = source / f"{table}.parquet"
        engine.connection.execute(f"create view {table} as select * from read_parquet('{path}')")
    return [duckdb_task(engine, number, options) for number in range(1, 23)]
