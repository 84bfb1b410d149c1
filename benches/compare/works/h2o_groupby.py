"""The ten group-by questions of the H2O db-benchmark."""

from engines import DuckDB, Pandas
from works import Options, Task, h2o_data

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb", "pandas")

QUESTIONS = {
    "g01": "sum v1 by id1",
    "g02": "sum v1 by id1, id2",
    "g03": "sum v1, mean v3 by id3",
    "g04": "mean v1 to v3 by id4",
    "g05": "sum v1 to v3 by id6",
    "g06": "median, std v3 by id4, id5",
    "g07": "max v1 - min v2 by id3",
    "g08": "two largest v3 by id6",
    "g09": "squared correlation of v1, v2 by id2, id4",
    "g10": "sum v3, count by id1 to id6",
}


def prepare(options: Options) -> None:
    """Makes the file."""
    h2o_data.g1(options.rows)


def tasks(engine, options: Options) -> list[Task]:
    """One task per question, the table in memory."""
    path = h2o_data.g1(options.rows)
    if isinstance(engine, DuckDB):
        engine.connection.execute(f"create table x as select * from read_csv('{path}', header = true)")
        return [duckdb_task(engine, name, query) for name, query in duckdb_queries().items()]
    if isinstance(engine, Pandas):
        frame = engine.pd.read_csv(path, engine="pyarrow")
        return [Task(name, lambda run=run: run(frame), sums) for name, run in pandas_queries().items()]
    frame = engine.pl.read_csv(path).lazy()
    return [
        Task(name, lambda query=query: engine.collect(query), sums)
        for name, query in frames_queries(engine.pl, frame).items()
    ]


def sums(frame) -> list[float]:
    """Rows and the sum of every column that is not a key: what every engine has to agree on."""
    values = [column for column in frame.columns if not column.startswith("id")]
    return [len(frame), *(float(frame[column].sum()) for column in values)]


def frames_queries(pl, x) -> dict:
    """Polars and those named like it."""
    col = pl.col
    return {
        "g01": x.group_by("id1").agg(col("v1").sum()),
        "g02": x.group_by("id1", "id2").agg(col("v1").sum()),
        "g03": x.group_by("id3").agg(col("v1").sum(), col("v3").mean()),
        "g04": x.group_by("id4").agg(col("v1").mean(), col("v2").mean(), col("v3").mean()),
        "g05": x.group_by("id6").agg(col("v1").sum(), col("v2").sum(), col("v3").sum()),
        "g06": x.group_by("id4", "id5").agg(
            col("v3").median().alias("median_v3"), col("v3").std().alias("std_v3")
        ),
        "g07": x.group_by("id3").agg((col("v1").max() - col("v2").min()).alias("range_v1_v2")),
        "g08": x.group_by("id6").agg(col("v3").top_k(2).alias("largest2_v3")).explode("largest2_v3"),
        "g09": x.group_by("id2", "id4").agg((pl.corr("v1", "v2") ** 2).alias("r2")),
        "g10": x.group_by("id1", "id2", "id3", "id4", "id5", "id6").agg(
            col("v3").sum(), pl.len().alias("count")
        ),
    }


def duckdb_queries() -> dict:
    """The questions in SQL."""
    return {
        "g01": "select id1, sum(v1) as v1 from x group by id1",
        "g02": "select id1, id2, sum(v1) as v1 from x group by id1, id2",
        "g03": "select id3, sum(v1) as v1, mean(v3) as v3 from x group by id3",
        "g04": "select id4, mean(v1) as v1, mean(v2) as v2, mean(v3) as v3 from x group by id4",
        "g05": "select id6, sum(v1) as v1, sum(v2) as v2, sum(v3) as v3 from x group by id6",
        "g06": "select id4, id5, quantile_cont(v3, 0.5) as median_v3, stddev(v3) as std_v3 from x group by id4, id5",
        "g07": "select id3, max(v1) - min(v2) as range_v1_v2 from x group by id3",
        "g08": "select id6, unnest(max(v3, 2)) as largest2_v3 from x group by id6",
        "g09": "select id2, id4, pow(corr(v1, v2), 2) as r2 from x group by id2, id4",
        "g10": "select id1, id2, id3, id4, id5, id6, sum(v3) as v3, count(*) as count from x group by all",
    }


def pandas_queries() -> dict:
    """The questions that pandas answers without calling Python per group."""

    def by(*keys: str):
        return lambda x: x.groupby(list(keys), as_index=False, sort=False, observed=True, dropna=False)

    return {
        "g01": lambda x: by("id1")(x).agg({"v1": "sum"}),
        "g02": lambda x: by("id1", "id2")(x).agg({"v1": "sum"}),
        "g03": lambda x: by("id3")(x).agg({"v1": "sum", "v3": "mean"}),
        "g04": lambda x: by("id4")(x).agg({"v1": "mean", "v2": "mean", "v3": "mean"}),
        "g05": lambda x: by("id6")(x).agg({"v1": "sum", "v2": "sum", "v3": "sum"}),
        "g06": lambda x: by("id4", "id5")(x).agg(median_v3=("v3", "median"), std_v3=("v3", "std")),
        "g10": lambda x: by("id1", "id2", "id3", "id4", "id5", "id6")(x).agg(
            v3=("v3", "sum"), count=("v1", "size")
        ),
    }


def duckdb_task(engine: DuckDB, name: str, query: str) -> Task:
    """A question on DuckDB: the result becomes a table."""

    def verify(_) -> list[float]:
        columns, _rows = engine.rows("select * from answer limit 0")
        values = ", ".join(f"sum({column})" for column in columns if not column.startswith("id"))
        numbers = [float(value) for value in engine.rows(f"select count(*), {values} from answer")[1][0]]
        engine.connection.execute("drop table answer")
        return numbers

    return Task(name, lambda: engine.table(query), verify)
