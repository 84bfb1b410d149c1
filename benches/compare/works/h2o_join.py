"""The five join questions of the H2O db-benchmark."""

from engines import DuckDB, Pandas
from works import Options, Task, h2o_data
from works.h2o_groupby import duckdb_task, sums

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb", "pandas")

# Question: right side, key, kind of join.
QUESTIONS = {
    "j1": ("small", "id1", "inner"),
    "j2": ("medium", "id2", "inner"),
    "j3": ("medium", "id2", "left"),
    "j4": ("medium", "id5", "inner"),
    "j5": ("big", "id3", "inner"),
}


def prepare(options: Options) -> None:
    """Makes the files."""
    h2o_data.j1(options.rows)


def tasks(engine, options: Options) -> list[Task]:
    """One task per question, the tables in memory."""
    paths = h2o_data.j1(options.rows)
    if isinstance(engine, DuckDB):
        for name, path in paths.items():
            engine.connection.execute(f"create table {name} as select * from read_csv('{path}', header = true)")
        return [
            duckdb_task(engine, name, duckdb_query(engine, right, key, how))
            for name, (right, key, how) in QUESTIONS.items()
        ]
    if isinstance(engine, Pandas):
        frames = {name: engine.pd.read_csv(path, engine="pyarrow") for name, path in paths.items()}

        def run(right: str, key: str, how: str):
            return frames["x"].merge(frames[right], on=key, how=how, suffixes=("", "_right"))
    else:
        frames = {name: engine.pl.read_csv(path).lazy() for name, path in paths.items()}

        def run(right: str, key: str, how: str):
            return engine.collect(frames["x"].join(frames[right], on=key, how=how))

    return [Task(name, lambda question=question: run(*question), sums) for name, question in QUESTIONS.items()]


def duckdb_query(engine: DuckDB, right: str, key: str, how: str) -> str:
    """All columns of both sides, the key once."""
    columns, _ = engine.rows(f"select * from {right} limit 0")
    of_right = ", ".join(
        f"{right}.{column} as {column + '_right' if column.startswith('id') else column}"
        for column in columns
        if column != key
    )
    return f"select x.*, {of_right} from x {how} join {right} using ({key})"
