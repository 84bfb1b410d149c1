"""Few groups of many rows, and keys in runs: what is not of the H2O questions, on a table made in memory."""

from engines import DuckDB
from works import Options, Task

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb")

RUN = 50


def prepare(_: Options) -> None:
    """Needs no data."""


def table(rows: int):
    """`k` has 3 values, `c` 100, `v` a million; `t` is a text of 25 bytes and `d` an integer, each in runs."""
    import numpy
    import pyarrow

    random = numpy.random.default_rng(1)
    runs = rows // RUN
    names = pyarrow.array([f"customer-number-{i * 7919 % runs:09d}" for i in range(runs)])
    return pyarrow.table(
        {
            "x": random.normal(size=runs * RUN),
            "k": random.integers(0, 3, runs * RUN),
            "c": random.integers(0, 100, runs * RUN),
            "v": random.integers(0, 1_000_000, runs * RUN),
            "t": names.take(pyarrow.array(numpy.repeat(numpy.arange(runs), RUN))),
            "d": numpy.repeat(numpy.arange(runs) * 31 % 1_000, RUN),
        }
    )


def tasks(engine, options: Options) -> list[Task]:
    """One task per question, the table in memory."""
    data = table(options.rows)
    if isinstance(engine, DuckDB):
        engine.connection.register("data", data)
        engine.connection.execute("create table x as select * from data")
        return [duckdb_task(engine, name, query) for name, query in duckdb_queries().items()]
    frame = engine.pl.from_arrow(data).lazy()
    return [
        Task(name, lambda query=query: engine.collect(query), lambda result: checks(engine.pl, result))
        for name, query in frames_queries(engine.pl, frame).items()
    ]


def checks(pl, frame) -> list[float]:
    """Rows, and the sum of every result, of lists with the number of their values."""
    numbers = [float(len(frame))]
    for name in (column for column in frame.columns if column[0] == "r"):
        column = frame[name]
        if isinstance(column.dtype, pl.List):
            flat = frame.select(name).explode(name)[name]
            numbers += [float(len(flat)), float(flat.sum())]
        else:
            numbers.append(float(column.sum()))
    return numbers


def frames_queries(pl, x) -> dict:
    """Polars and those named like it."""
    col = pl.col
    quantiles = [col("x").quantile(q, "linear").alias(f"r{i}") for i, q in enumerate((0.1, 0.5, 0.9))]
    return {
        "median of floats": x.select(col("x").median().alias("r")),
        "median of integers": x.select(col("v").median().alias("r")),
        "three quantiles": x.select(*quantiles),
        "median by 3": x.group_by("k").agg(col("x").median().alias("r")),
        "median by 100": x.group_by("c").agg(col("x").median().alias("r")),
        "distinct by 3": x.group_by("k").agg(col("v").n_unique().alias("r")),
        "distinct by 100": x.group_by("c").agg(col("v").n_unique().alias("r")),
        "lists by 3": x.group_by("k").agg(col("x").alias("r")),
        "three least by 100": x.group_by("c").agg(col("x").bottom_k(3).alias("r")),
        "sorted, first three by 100": x.group_by("c").agg(col("x").sort().head(3).alias("r")),
        "sum by texts in runs": x.group_by("t").agg(col("x").sum().alias("r")),
        "two keys in runs": x.group_by("t", "d").agg(col("x").sum().alias("r0"), col("v").max().alias("r1")),
    }


def duckdb_queries() -> dict:
    """The questions in SQL."""
    return {
        "median of floats": "select median(x) as r from x",
        "median of integers": "select median(v) as r from x",
        "three quantiles": "select quantile_cont(x, 0.1) as r0, quantile_cont(x, 0.5) as r1, "
        "quantile_cont(x, 0.9) as r2 from x",
        "median by 3": "select k, median(x) as r from x group by k",
        "median by 100": "select c, median(x) as r from x group by c",
        "distinct by 3": "select k, count(distinct v) as r from x group by k",
        "distinct by 100": "select c, count(distinct v) as r from x group by c",
        "lists by 3": "select k, list(x) as r from x group by k",
        "three least by 100": "select c, min(x, 3) as r from x group by c",
        "sorted, first three by 100": "select c, list_sort(list(x))[:3] as r from x group by c",
        "sum by texts in runs": "select t, sum(x) as r from x group by t",
        "two keys in runs": "select t, d, sum(x) as r0, max(v) as r1 from x group by t, d",
    }


def duckdb_task(engine: DuckDB, name: str, query: str) -> Task:
    """A question on DuckDB: the result becomes a table."""

    def verify(_) -> list[float]:
        columns = "select column_name, data_type from duckdb_columns() where table_name = 'answer'"
        sums = []
        for column, dtype in engine.rows(columns)[1]:
            if column[0] == "r":
                lists = f"sum(len({column})), sum(list_sum({column}))"
                sums.append(lists if dtype.endswith("[]") else f"sum({column})")
        numbers = [float(value) for value in engine.rows(f"select count(*), {', '.join(sums)} from answer")[1][0]]
        engine.connection.execute("drop table answer")
        return numbers

    return Task(name, lambda: engine.table(query), verify)
