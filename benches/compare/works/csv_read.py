"""Reading CSV: a whole file into memory, and a query that needs few of its columns.

The files are lineitem of TPC-H (16 columns, quoted strings, dates) and G1 of the H2O benchmark (9 columns).
"""

import pathlib

from engines import DuckDB, Pandas
from works import Options, Task, h2o_data, tpch_memory
from works.tpch_memory import tables

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb", "pandas")

LINEITEM_FLOATS = ["l_quantity", "l_extendedprice", "l_discount", "l_tax"]
LINEITEM_DATES = ["l_shipdate", "l_commitdate", "l_receiptdate"]


def prepare(options: Options) -> None:
    """Makes the G1 file; lineitem has to be there."""
    tpch_memory.prepare(options)
    h2o_data.g1(options.rows)


def tasks(engine, options: Options) -> list[Task]:
    """Both files, whole and projected."""
    lineitem, g1 = tpch_memory.folder(options) / "lineitem.csv", h2o_data.g1(options.rows)
    if isinstance(engine, DuckDB):
        runs = duckdb_runs(engine, lineitem, g1)
    elif isinstance(engine, Pandas):
        runs = pandas_runs(engine, lineitem, g1)
    else:
        runs = frames_runs(engine, lineitem, g1)
    megabytes = {"lineitem": lineitem.stat().st_size / 1e6, "g1": g1.stat().st_size / 1e6}
    return [Task(name, *functions, megabytes[name.split()[0]]) for name, functions in runs.items()]


def frames_runs(engine, lineitem: pathlib.Path, g1: pathlib.Path) -> dict:
    """Polars and those named like it."""
    pl = engine.pl
    types = tables.overrides(pl, "lineitem")

    def projected_lineitem():
        return engine.collect(
            pl.scan_csv(lineitem, schema_overrides=types)
            .filter(pl.col("l_quantity") < 24)
            .select((pl.col("l_extendedprice") * pl.col("l_discount")).sum())
        )

    def projected_g1():
        return engine.collect(pl.scan_csv(g1).group_by("id1").agg(pl.col("v1").sum()))

    def whole(column: str):
        return lambda frame: [frame.height, float(frame[column].sum())]

    return {
        "lineitem whole": (
            lambda: engine.collect(pl.scan_csv(lineitem, schema_overrides=types)),
            whole("l_extendedprice"),
        ),
        "lineitem projected": (projected_lineitem, lambda frame: [float(frame.item())]),
        "g1 whole": (lambda: engine.collect(pl.scan_csv(g1)), whole("v3")),
        "g1 projected": (projected_g1, whole("v1")),
    }


def duckdb_runs(engine: DuckDB, lineitem: pathlib.Path, g1: pathlib.Path) -> dict:
    """DuckDB: into a temporary table, and straight from the file."""
    types = ", ".join(
        [f"'{column}': 'DOUBLE'" for column in LINEITEM_FLOATS] + [f"'{column}': 'DATE'" for column in LINEITEM_DATES]
    )
    from_lineitem = f"from read_csv('{lineitem}', header = true, types = {{{types}}})"
    from_g1 = f"from read_csv('{g1}', header = true)"

    def numbers(query: str):
        return lambda _: [float(value) for value in engine.rows(query)[1][0]]

    def drop_after(verify):
        # The table is dropped, so that it does not count as memory of the next task.
        def dropping(result):
            values = verify(result)
            engine.connection.execute("drop table answer")
            return values

        return dropping

    return {
        "lineitem whole": (
            lambda: engine.table(f"select * {from_lineitem}"),
            drop_after(numbers("select count(*), sum(l_extendedprice) from answer")),
        ),
        "lineitem projected": (
            lambda: engine.table(f"select sum(l_extendedprice * l_discount) as x {from_lineitem} where l_quantity < 24"),
            drop_after(numbers("select x from answer")),
        ),
        "g1 whole": (
            lambda: engine.table(f"select * {from_g1}"),
            drop_after(numbers("select count(*), sum(v3) from answer")),
        ),
        "g1 projected": (
            lambda: engine.table(f"select id1, sum(v1) as v1 {from_g1} group by id1"),
            drop_after(numbers("select count(*), sum(v1) from answer")),
        ),
    }


def pandas_runs(engine: Pandas, lineitem: pathlib.Path, g1: pathlib.Path) -> dict:
    """pandas with its default engine; it has no lazy scan, so projection is `usecols`."""
    pd = engine.pd
    floats = dict.fromkeys(LINEITEM_FLOATS, "float64")

    def projected_lineitem():
        columns = ["l_quantity", "l_extendedprice", "l_discount"]
        frame = pd.read_csv(lineitem, usecols=columns, dtype={column: "float64" for column in columns})
        frame = frame[frame["l_quantity"] < 24]
        return (frame["l_extendedprice"] * frame["l_discount"]).sum()

    def projected_g1():
        return pd.read_csv(g1, usecols=["id1", "v1"]).groupby("id1", as_index=False, sort=False)["v1"].sum()

    def whole(column: str):
        return lambda frame: [len(frame), float(frame[column].sum())]

    return {
        "lineitem whole": (
            lambda: pd.read_csv(lineitem, dtype=floats, parse_dates=LINEITEM_DATES),
            whole("l_extendedprice"),
        ),
        "lineitem projected": (projected_lineitem, lambda value: [float(value)]),
        "g1 whole": (lambda: pd.read_csv(g1), whole("v3")),
        "g1 projected": (projected_g1, whole("v1")),
    }
