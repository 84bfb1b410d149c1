"""What a small program pays: starting Python and importing the package, and queries of five rows, 500 times each."""

import subprocess
import sys
from collections.abc import Callable

from engines import MODULES, DuckDB, Pandas
from works import Options, Task

ENGINES = ("hypostyle", "polars", "polars-streaming", "duckdb", "pandas")

ROWS = {"k": ["a", "b", "a", "b", "a"], "v": [1, 2, 3, 4, 5]}
CALLS = 500


def prepare(_: Options) -> None:
    """Needs no data."""


def tasks(engine, _: Options) -> list[Task]:
    """Import, an eager filter, and a lazy filter, group-by and sort."""
    module, few, grouped = queries(engine)
    importing = [sys.executable, "-B", "-c", f"import {module}"]
    return [
        Task("start and import", lambda: subprocess.run(importing, check=True), lambda _: []),
        Task(f"filter, {CALLS} times", repeated(few), lambda result: [len(result)]),
        Task(f"group-by, {CALLS} times", repeated(grouped), lambda result: [len(result)]),
    ]


def queries(engine) -> tuple[str, Callable[[], object], Callable[[], object]]:
    """The module's name and the two queries."""
    if isinstance(engine, DuckDB):
        engine.connection.execute("create table x as from (values ('a', 1), ('b', 2), ('a', 3), ('b', 4), ('a', 5)) x(k, v)")
        return (
            MODULES["duckdb"],
            lambda: engine.arrow("select * from x where v > 2"),
            lambda: engine.arrow("select k, sum(v) as v from x where v > 1 group by k order by k"),
        )
    if isinstance(engine, Pandas):
        frame = engine.pd.DataFrame(ROWS)
        return (
            MODULES["pandas"],
            lambda: frame[frame["v"] > 2],
            lambda: frame[frame["v"] > 1].groupby("k", as_index=False)["v"].sum(),
        )
    pl = engine.pl
    frame = pl.DataFrame(ROWS)
    return (
        pl.__name__,
        lambda: frame.filter(pl.col("v") > 2),
        lambda: engine.collect(
            frame.lazy().filter(pl.col("v") > 1).group_by("k").agg(pl.col("v").sum()).sort("k")
        ),
    )


def repeated(call: Callable[[], object]) -> Callable[[], object]:
    """Many calls; the last result."""

    def run() -> object:
        for _ in range(CALLS - 1):
            call()
        return call()

    return run
