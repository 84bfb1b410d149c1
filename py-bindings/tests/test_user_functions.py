"""Python functions in expressions and of frames, against Polars."""

from __future__ import annotations

import datetime as dt
import decimal
import threading
from typing import Any

import hypostyle as hs
import numpy as np
import polars as pl
import pytest
from oracle import check

pytestmark = pytest.mark.filterwarnings("ignore:.*map_elements.*")


def frame(m: Any) -> Any:
    return m.DataFrame({"g": ["x", "y", "x", "y"], "a": [1, 2, None, 4], "b": [1.5, 2.5, 3.5, None], "s": ["p", None, "q", "r"]})


PROGRAMS = [
    lambda m: m.col("a").map_elements(lambda v: v * 10, return_dtype=m.Int64),
    lambda m: m.col("a").map_elements(lambda v: v * 1.5),
    lambda m: m.col("a").map_elements(lambda v: None if v == 2 else [v] * v, return_dtype=m.List(m.Int64)),
    lambda m: m.col("a").map_elements(lambda v: {"v": v, "t": str(v)}),
    lambda m: m.col("a").map_elements(lambda v: -1 if v is None else v, return_dtype=m.Int64, skip_nulls=False),
    lambda m: m.col("s").map_elements(str.upper),
    lambda m: m.col("s").map_elements(len, return_dtype=m.Int64) + m.col("a"),
    lambda m: m.col("a", "b").map_batches(lambda s: s.reverse()),
    lambda m: m.col("a").map_batches(lambda s: s + 1, is_elementwise=True),
    lambda m: m.col("b").map_batches(lambda s: s.sum(), return_dtype=m.Float64, returns_scalar=True),
    lambda m: m.col("b").map_batches(lambda s: s.sum(), returns_scalar=True),
    lambda m: m.col("b").fill_null(0).map_batches(lambda s: np.sqrt(s.to_numpy())),
    lambda m: m.col("b").map_batches(lambda s: s.rank().alias("other")),
    lambda m: m.map_batches(["a", "b"], lambda s: s[0] * s[1]),
    lambda m: m.map_batches(["b", "a"], lambda s: s[1], return_dtype=m.Int64),
    lambda m: m.col("a").map_batches(lambda s: s.cast(m.String)).str.len_chars(),
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_functions_of_columns(program: Any) -> None:
    check(lambda m: frame(m).select(program(m)))
    check(lambda m: frame(m).lazy().with_columns(program(m).name.suffix("_new")).collect())
    check(lambda m: frame(m).head(1).select(program(m)))


@pytest.mark.parametrize(
    "program",
    [
        lambda m: m.col("a").map_batches(lambda s: s + 1),
        lambda m: m.col("a").map_batches(lambda s: s + 1, is_elementwise=True),
        lambda m: m.col("a").map_batches(lambda s: s.max(), return_dtype=m.Int64, returns_scalar=True),
        lambda m: m.col("a").map_batches(lambda s: s.drop_nulls(), return_dtype=m.Int64),
        lambda m: m.col("a").map_elements(lambda v: v * 2, return_dtype=m.Int64),
        lambda m: m.map_groups(["a", "b"], lambda s: s[0].sum() + s[1].sum(), return_dtype=m.Float64, returns_scalar=True),
        lambda m: m.map_groups(["a", "b"], lambda s: s[1].head(1), return_dtype=m.Float64),
    ],
)
def test_functions_of_groups(program: Any) -> None:
    check(lambda m: frame(m).group_by("g", maintain_order=True).agg(program(m)))
    check(lambda m: frame(m).head(0).group_by("g", maintain_order=True).agg(program(m)))


def test_the_function_sees_the_values_of_the_group_by_name() -> None:
    def seen(m: Any) -> list[Any]:
        calls = []

        def note(s: list[Any]) -> Any:
            calls.append([one.to_list() for one in s])
            return s[0].sum()

        out = m.map_groups(["a", m.col("b") * 2], note, return_dtype=m.Int64, returns_scalar=True)
        frame(m).group_by("g", maintain_order=True).agg(out)
        return calls

    assert seen(hs) == seen(pl)
    names = hs.map_batches(["a", hs.col("b") * 2], lambda s: hs.Series([one.name for one in s]), return_dtype=hs.String)
    assert frame(hs).select(names).to_series().to_list() == ["a", "b"]


TYPES = [
    lambda m: m.Int8,
    lambda m: m.UInt64,
    lambda m: m.Float32,
    lambda m: m.Boolean,
    lambda m: m.String,
    lambda m: m.Binary,
    lambda m: m.Date,
    lambda m: m.Datetime("us"),
    lambda m: m.Datetime("ms", "UTC"),
    lambda m: m.Time,
    lambda m: m.Duration("us"),
    lambda m: m.Decimal(10, 2),
    lambda m: m.List(m.Int64),
    lambda m: m.Struct({"x": m.Int64, "y": m.String}),
    lambda m: m.Enum(["a", "b"]),
]


@pytest.mark.parametrize("dtype", TYPES)
def test_the_type_of_the_result_is_found_by_a_call(dtype: Any) -> None:
    def seen(m: Any) -> Any:
        values = []

        def note(value: Any) -> Any:
            values.append(value.to_list() if isinstance(value, m.Series) else value)
            return value

        schema = m.LazyFrame(schema={"a": dtype(m)}).select(m.col("a").map_elements(note)).collect_schema()
        return repr(values[:2]), repr(schema)

    assert seen(hs) == seen(pl)


def test_values_of_every_type_go_in_and_out() -> None:
    values = {
        "date": [dt.date(2024, 1, 31), None],
        "datetime": [dt.datetime(2024, 1, 31, 12, 30), None],
        "time": [dt.time(1, 2, 3), None],
        "duration": [dt.timedelta(days=1), None],
        "decimal": [decimal.Decimal("1.25"), None],
        "binary": [b"ab", None],
        "list": [[1, None], None],
        "struct": [{"x": 1, "y": "t"}, {"x": None, "y": None}],
    }
    for column in values.values():
        out = hs.DataFrame({"v": column}).select(hs.col("v").map_batches(lambda s: s))
        assert out["v"].to_list() == column
        kept = hs.Series("v", column).map_elements(lambda value: value)
        assert kept.to_list() == column


def test_exceptions_keep_their_type_and_the_engine_goes_on() -> None:
    class OwnError(Exception):
        pass

    def fail(_: Any) -> Any:
        raise OwnError("mine")

    df = hs.DataFrame({"a": list(range(200_000))})
    for program in (
        hs.col("a").map_elements(fail, return_dtype=hs.Int64),
        hs.col("a").map_batches(fail, return_dtype=hs.Int64),
    ):
        for source in (df, df.head(2)):
            with pytest.raises(OwnError, match="mine"):
                source.select(program)
    assert df.select(hs.col("a").sum()).item() == 19_999_900_000


def test_what_a_function_may_not_give() -> None:
    df = hs.DataFrame({"a": [1, 2, 3]})

    def wrong(error: type[Exception], match: str, expr: Any) -> None:
        with pytest.raises(error, match=match):
            df.select(expr)

    wrong(hs.exceptions.InvalidOperationError, "ZeroDivisionError.*set `return_dtype`", hs.col("a").map_elements(lambda v: 1 / 0))
    wrong(hs.exceptions.SchemaError, "the type Int64, not String", hs.col("a").map_batches(lambda s: s.cast(hs.String), return_dtype=hs.Int64))
    wrong(hs.exceptions.SchemaError, "values of the type Int64", hs.col("a").map_elements(lambda v: "s", return_dtype=hs.Int64))
    wrong(TypeError, "must give a Series.*not 'NoneType'", hs.col("a").map_batches(lambda s: None, return_dtype=hs.Int64))
    wrong(TypeError, "must give a Series.*not 'list'", hs.col("a").map_batches(lambda s: [1], return_dtype=hs.Int64))


def test_functions_run_queries_of_their_own() -> None:
    df = hs.DataFrame({"a": list(range(300_000))})

    def nested(s: Any) -> Any:
        return s.to_frame("b").lazy().select(hs.col("b").rank().sort() * 0 + hs.col("b").sum()).collect()["b"]

    done = threading.Event()

    def run() -> None:
        program = hs.col("a").map_batches(nested, return_dtype=hs.Float64, is_elementwise=True)
        assert df.lazy().select(program).collect().height == 300_000
        done.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert done.wait(120), "a query within a query waits for itself"


def test_rows_and_columns_of_frames() -> None:
    check(lambda m: frame(m).map_rows(lambda row: (row[0], row[1])))
    check(lambda m: frame(m).map_rows(lambda row: len(row)))
    check(lambda m: frame(m).map_columns("a", lambda s: s + 1))
    check(lambda m: frame(m).map_columns(["a", "b"], lambda s, n: s * n, 3))
    check(lambda m: frame(m).group_by("g", maintain_order=True).map_groups(lambda d: d.head(1)))
    check(lambda m: frame(m).lazy().group_by("g", maintain_order=True).map_groups(lambda d: d.tail(1), schema=None).collect())
    many = hs.col("a").count() > 1
    groups = frame(hs).group_by("g", maintain_order=True).having(many)
    assert [key for key, _ in groups] == [("y",)]
    lazy = frame(hs).lazy().group_by("g").having(many).map_groups(lambda d: d.head(1))
    assert groups.map_groups(lambda d: d.head(1)).equals(lazy.collect())
    with pytest.raises(hs.exceptions.ShapeError):
        hs.DataFrame({"a": [1, 2]}).map_rows(lambda row: (1,) * row[0])


def test_inspect_prints_and_passes_on(capsys: pytest.CaptureFixture[str]) -> None:
    out = hs.DataFrame({"a": [1, 2]}).select(hs.col("a").inspect("seen {}"))
    assert out["a"].to_list() == [1, 2]
    assert "seen shape: (2,)" in capsys.readouterr().out
