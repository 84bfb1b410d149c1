"""Expressions that are more than aggregates, by many groups and over them, on a table made in memory.

Ten rows a group: what an engine does for each group counts here.
"""

from engines import DuckDB
from works import Options, Task

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb", "pandas")

ROWS_A_GROUP = 10


def prepare(_: Options) -> None:
    """Needs no data."""


def table(rows: int):
    """`g` has a tenth as many values as there are rows, in no order; `x` is a float, one in ten null; `t` a number of
    its own for each row, in no order."""
    import numpy
    import pyarrow

    random = numpy.random.default_rng(7)
    return pyarrow.table(
        {
            "g": random.integers(0, rows // ROWS_A_GROUP, rows),
            "x": pyarrow.array(random.normal(size=rows).round(6), mask=random.random(rows) < 0.1),
            "t": random.permutation(rows),
        }
    )


def tasks(engine, options: Options) -> list[Task]:
    """One task per expression, the table in memory."""
    data = table(options.rows)
    if isinstance(engine, DuckDB):
        engine.connection.register("data", data)
        engine.connection.execute("create table x as select * from data")
        return [duckdb_task(engine, name, query) for name, query in duckdb_queries().items()]
    if not hasattr(engine, "pl"):
        frame = data.to_pandas()
        return [Task(name, lambda query=query: query(frame), pandas_checks) for name, query in pandas_queries().items()]
    frame = engine.pl.from_arrow(data).lazy()
    return [
        Task(name, lambda query=query: engine.collect(query), lambda result: checks(engine.pl, result))
        for name, query in frames_queries(engine.pl, frame).items()
    ]


def checks(pl, frame) -> list[float]:
    """Rows, the number of values that are not null, and the sum of their absolute values (some sum to nothing)."""
    column = frame["r"]
    if isinstance(column.dtype, pl.List):
        column = frame.select("r").explode("r")["r"]
    return [float(len(frame)), float(column.count()), float(column.abs().sum())]


def frames_queries(pl, x) -> dict:
    """Polars and those named like it."""
    v, t = pl.col("x"), pl.col("t")
    by_group = {
        "head(2)": v.head(2),
        "filter, sum": v.filter(v > 0).sum(),
        "unique, len": v.unique().len(),
        "sort_by, last": v.sort_by(t).last(),
        "centred, abs, max": (v - v.mean()).abs().max(),
        "drop_nulls, first": v.drop_nulls().first(),
    }
    over = {
        "over: rank": v.rank(),
        "over: cum_sum": v.cum_sum(),
        "over: shift": v.shift(1),
        "over: centred": v - v.mean(),
        "over: forward_fill": v.forward_fill(),
    }
    return {
        **{name: x.group_by("g").agg(expr.alias("r")) for name, expr in by_group.items()},
        **{name: x.select(expr.over("g").alias("r")) for name, expr in over.items()},
    }


def duckdb_queries() -> dict:
    """The questions in SQL. DuckDB has no order of rows: `rowid` is that of the table."""
    last = "rows between unbounded preceding and current row"
    return {
        "head(2)": "select g, list(x order by i)[:2] as r from (select *, rowid as i from x) group by g",
        "filter, sum": "select g, coalesce(sum(x) filter (x > 0), 0) as r from x group by g",
        "unique, len": "select g, count(distinct x) + (count(x) < count(*))::int as r from x group by g",
        "sort_by, last": "select g, arg_max_null(x, t) as r from x group by g",
        "centred, abs, max": "select g, max(abs(x - m)) as r from "
        "(select g, x, avg(x) over (partition by g) as m from x) group by g",
        "drop_nulls, first": "select g, arg_min(x, i) filter (x is not null) as r from "
        "(select *, rowid as i from x) group by g",
        "over: cum_sum": f"select case when x is not null then sum(x) over (partition by g order by rowid {last}) end "
        "as r from x",
        "over: shift": "select lag(x) over (partition by g order by rowid) as r from x",
        "over: centred": "select x - avg(x) over (partition by g) as r from x",
        "over: forward_fill": f"select last_value(x ignore nulls) over (partition by g order by rowid {last}) as r from x",
    }


def duckdb_task(engine: DuckDB, name: str, query: str) -> Task:
    """A question on DuckDB: the result becomes a table."""

    def verify(_) -> list[float]:
        lists = name == "head(2)"
        values = "select unnest(r) as r from answer" if lists else "select r from answer"
        rows = engine.rows("select count(*) from answer")[1][0][0]
        count, total = engine.rows(f"select count(r), sum(abs(r)) from ({values})")[1][0]
        engine.connection.execute("drop table answer")
        return [float(rows), float(count), float(total)]

    return Task(name, lambda: engine.table(query), verify)


def pandas_queries() -> dict:
    """What pandas has a function for that works on all groups at once."""
    return {
        "over: rank": lambda x: x.groupby("g")["x"].rank(),
        "over: cum_sum": lambda x: x.groupby("g")["x"].cumsum(),
        "over: shift": lambda x: x.groupby("g")["x"].shift(1),
        "over: centred": lambda x: x["x"] - x.groupby("g")["x"].transform("mean"),
        "over: forward_fill": lambda x: x.groupby("g")["x"].ffill(),
        "drop_nulls, first": lambda x: x.groupby("g")["x"].first(),
    }


def pandas_checks(column) -> list[float]:
    """As the others'."""
    return [float(len(column)), float(column.count()), float(column.abs().sum())]
