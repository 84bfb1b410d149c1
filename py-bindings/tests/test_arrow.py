"""Arrow in and out: PyArrow, pandas, Polars and DuckDB as partners."""

from __future__ import annotations

import datetime as dt
import gc
from decimal import Decimal

import duckdb
import hypostyle as hs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from oracle import TYPES, check, types

# Arrow has no 128-bit integers; everything else survives in both directions.
ARROW = [name for name in TYPES if name not in ("Int128", "UInt128")]


@pytest.mark.parametrize("name", ARROW)
@pytest.mark.parametrize("rows", [slice(0, 5), slice(1, 4), slice(2, 3), slice(0, 0)], ids=str)
def test_out_to_pyarrow_and_back(name, rows):
    series = types(hs)[name][rows]
    frame = series.to_frame()
    table = pa.table(frame)
    table.validate(full=True)
    assert hs.DataFrame(table).equals(frame)
    array = series.to_arrow()
    array.validate(full=True)
    assert hs.from_arrow(array).equals(series)
    assert hs.Series(name, array).equals(series, check_names=True)


@pytest.mark.parametrize("name", TYPES)
def test_polars_both_ways(name):
    ours, theirs = types(hs)[name], types(pl)[name]
    assert hs.DataFrame(theirs.to_frame()).to_series().equals(ours, check_dtypes=True)
    back = pl.DataFrame(ours.to_frame()).to_series()
    if name not in ("Int128", "UInt128"):
        assert back.to_list() == theirs.to_list() or name.startswith("Float")
        assert repr(back.dtype) == repr(theirs.dtype)


def test_pyarrow_types():
    moment = dt.datetime(2020, 1, 2, 3, 4, 5)
    arrays = {
        "string": pa.array(["a", None, "ü"]),
        "large_string": pa.array(["a", None, "ü"], pa.large_string()),
        "string_view": pa.array(["a", None, "a text longer than twelve bytes"], pa.string_view()),
        "binary": pa.array([b"a", None, b"\xff"]),
        "binary_view": pa.array([b"a", None, b"bytes longer than twelve of them"], pa.binary_view()),
        "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
        "half": pa.array([1.0, None, 2.0], pa.float16()),
        "date32": pa.array([dt.date(2020, 1, 1), None, None]),
        "time32": pa.array([dt.time(1), None, None], pa.time32("s")),
        "time32ms": pa.array([dt.time(1), None, None], pa.time32("ms")),
        "time64us": pa.array([dt.time(1), None, None], pa.time64("us")),
        "seconds": pa.array([moment, None, None], pa.timestamp("s")),
        "zoned": pa.array([moment, None, None], pa.timestamp("ms", "Europe/Vienna")),
        "duration": pa.array([dt.timedelta(1), None, None], pa.duration("s")),
        "decimal": pa.array([Decimal("1.5"), None, Decimal("-2.5")], pa.decimal128(10, 1)),
        "decimal256": pa.array([Decimal("1.5"), None, Decimal("-2.5")], pa.decimal256(50, 1)),
        "list": pa.array([[1], None, [2, 3]], pa.list_(pa.int8())),
        "large_list": pa.array([["a"], None, []], pa.large_list(pa.string())),
        "fixed_list": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int16(), 2)),
        "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": None}]),
        "dictionary": pa.array(["a", None, "a"]).dictionary_encode(),
        "numbers": pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.int8()), pa.array([5, 6])),
        "boolean": pa.array([True, None, False]),
        "null": pa.nulls(3),
    }
    for name, array in arrays.items():
        for part in (array, array[1:], array[:0], pa.chunked_array([array, array[2:], array[:1]])):
            assert hs.Series(name, part).to_list() == part.to_pylist(), name
        frame = hs.DataFrame(pa.table({name: array}))
        assert frame[name].to_list() == array.to_pylist()


def test_memory_outlives_its_producer():
    table = pa.table({"a": np.arange(100_000), "t": [f"text {i}" for i in range(100_000)]})
    frame = hs.DataFrame(table)
    del table
    gc.collect()
    assert frame["a"].sum() == 4_999_950_000 and frame["t"][99_999] == "text 99999"
    exported = pa.table(frame)
    del frame
    gc.collect()
    assert exported["t"][5].as_py() == "text 5"


def test_record_batches_and_streams():
    batch = pa.record_batch({"a": [1, 2], "b": ["x", None]})
    assert hs.DataFrame(batch).rows() == [(1, "x"), (2, None)]
    reader = pa.RecordBatchReader.from_batches(batch.schema, [batch, batch])
    assert hs.DataFrame(reader).height == 4
    assert hs.DataFrame(pa.table({"a": pa.array([], pa.int64())})).shape == (0, 1)
    assert pa.schema(hs.DataFrame({"a": [1]})) == pa.schema({"a": pa.int64()})


def test_duckdb():
    frame = hs.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3], "d": [dt.date(2020, 1, 1), None, None]})  # noqa: F841
    result = duckdb.sql("select k, sum(v)::bigint as s, count(d) as n from frame group by k order by k")
    assert hs.DataFrame(result.to_arrow_table()).rows() == [("a", 4, 1), ("b", 2, 0)]


def test_pandas():
    moment = pd.Timestamp("2020-01-02 03:04:05")
    source = pd.DataFrame(
        {
            "i": [1, 2],
            "f": [1.5, np.nan],
            "t": ["x", None],
            "b": [True, False],
            "d": [moment, pd.NaT],
            "c": pd.Categorical(["u", "v"]),
            "n": pd.array([1, None], dtype="Int64"),
        }
    )
    frame = hs.from_pandas(source)
    assert frame.rows() == [
        (1, 1.5, "x", True, moment.to_pydatetime(), "u", 1),
        (2, None, None, False, None, "v", None),
    ]
    back = frame.to_pandas()
    assert back["i"].tolist() == [1, 2] and list(back.columns) == list(source.columns)
    check(lambda m: m.from_pandas(source.drop(columns="c")))


def test_from_arrow_names_and_kinds():
    check(lambda m: m.from_arrow(pa.table({"a": [1, 2]})))
    check(lambda m: m.from_arrow(pa.array([1, 2])))
    check(lambda m: m.from_arrow(pa.chunked_array([[1], [2]])))
    check(lambda m: m.from_arrow(pa.table({"a": [1, 2]}), schema_overrides={"a": m.Int8}))


def test_hostile_capsules_are_refused():
    class Lies:
        def __arrow_c_stream__(self, requested_schema=None):
            return object()

    class Released:
        def __arrow_c_stream__(self, requested_schema=None):
            capsule = pa.table({"a": [1]}).__arrow_c_stream__()
            hs.DataFrame(type("Once", (), {"__arrow_c_stream__": lambda _, requested_schema=None: capsule})())
            return capsule

    with pytest.raises(TypeError):
        hs.DataFrame(Lies())
    with pytest.raises(hs.exceptions.SchemaError, match="release"):
        hs.DataFrame(Released())
    with pytest.raises(hs.exceptions.InvalidOperationError, match="format"):
        hs.Series(pa.array([(1, 2, 3)], pa.month_day_nano_interval()))
