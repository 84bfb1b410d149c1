"""Writing lineitem of TPC-H as Parquet from memory, in three compressions. The size of the file is what is compared."""

import pathlib
import sys
import tempfile

from engines import DuckDB
from works import ROOT, Options, Task, tpch_memory
from works.tpch_memory import make_answers, prepare, tables

__all__ = ["ENGINES", "prepare", "tasks"]

ENGINES = ("hypostyle", "polars", "duckdb")
COMPRESSIONS = ("zstd", "snappy", "uncompressed")


def tasks(engine, options: Options) -> list[Task]:
    """One task a compression; each engine writes with its own defaults otherwise."""
    source = tpch_memory.folder(options) / "lineitem.csv"
    target = pathlib.Path(tempfile.mkdtemp(dir=ROOT / "target")) / "lineitem.parquet"
    if isinstance(engine, DuckDB):
        make_answers.load(engine.connection, source.parent)

        def write(compression: str):
            return engine.connection.execute(
                f"copy lineitem to '{target}' (format parquet, compression {compression})"
            ).fetchall()

    else:
        frame = engine.pl.read_csv(source, schema_overrides=tables.overrides(engine.pl, "lineitem"))

        def write(compression: str):
            return frame.write_parquet(target, compression=compression)

    return [_task(target, compression, write) for compression in COMPRESSIONS]


def _task(target: pathlib.Path, compression: str, write) -> Task:
    def verify(_result) -> list[float]:
        import pyarrow.parquet

        size = target.stat().st_size / 1e6
        print(f"{compression}: {size:.1f} MB", file=sys.stderr)
        rows = pyarrow.parquet.read_table(target, columns=["l_extendedprice", "l_comment"])
        target.unlink()
        return [float(rows.num_rows), float(rows["l_extendedprice"].to_numpy().sum())]

    return Task(compression, lambda: write(compression), verify)
