"""Constructors: what becomes of Python's values."""

from __future__ import annotations

import datetime as dt
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal

import hypostyle as hs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import TYPES, check, types

VALUES = [
    [1, 2],
    [1.5, 2],
    [1, 2.5],
    [1, "a"],
    ["a", 1],
    [True, 1],
    [1, True],
    [None, 1],
    [],
    [None],
    [1, 2**40],
    [2**63],
    [2**63, -1],
    [1.0, True],
    ["a", b"b"],
    [dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)],
    [dt.datetime(2020, 1, 1), dt.date(2020, 1, 1)],
    [dt.timedelta(1), None],
    [dt.time(1), None],
    [Decimal("1.5"), Decimal("2.25")],
    [Decimal("1.5"), 1],
    [[1], ["a"]],
    [[], [1]],
    [[None], [1]],
    [{"a": 1}, {"a": "x"}],
    [{"a": 1}, None],
    [(1, 2), [3]],
    [np.int8(1), np.int8(2)],
    [np.float32(1), None],
    ["a", None, 2.5],
    [dt.date(2020, 1, 1), 1],
    [float("nan"), 1],
    [[[1]], [[None]]],
    [{"a": [1]}, {"a": []}],
    range(3),
    (1, 2),
    {1},
    "abc",
    np.array([1, 2], dtype=np.int8),
    np.array(["a", "b"]),
    np.array([1.5, np.nan]),
    np.array([True, False]),
    np.array(["2020-01-01"], dtype="M8[D]"),
    np.array(["2020-01-01", "NaT"], dtype="M8[us]"),
    np.array(["2020-01-01"], dtype="M8[s]"),
    np.array([5], dtype="m8[us]"),
    np.array(["a", None], dtype=object),
    np.arange(10, dtype=np.int64)[::3],
    np.array([1, 2], dtype=">i4"),
]


@pytest.mark.parametrize("values", VALUES, ids=repr)
@pytest.mark.parametrize("strict", [True, False])
def test_inferred(values, strict):
    check(lambda m: m.Series("x", values, strict=strict))


TYPED = [
    ([1, 2], lambda m: m.Int8),
    ([300], lambda m: m.Int8),
    ([1.5], lambda m: m.Int64),
    (["1"], lambda m: m.Int64),
    ([1], lambda m: m.String),
    ([1], lambda m: m.Float32),
    ([1], lambda m: m.Boolean),
    ([True], lambda m: m.Int64),
    ([1, None], lambda m: m.UInt8),
    ([-1], lambda m: m.UInt8),
    (["a", "b", "a"], lambda m: m.Categorical),
    (["a"], lambda m: m.Enum(["a"])),
    (["b"], lambda m: m.Enum(["a"])),
    (["2020-01-01"], lambda m: m.Date),
    ([dt.date(2020, 1, 1)], lambda m: m.Datetime("ms")),
    ([1], lambda m: m.Date),
    ([1], lambda m: m.Datetime("us")),
    ([1.5], lambda m: m.Decimal(10, 2)),
    (["1.5"], lambda m: m.Decimal(10, 2)),
    ([Decimal("1.555")], lambda m: m.Decimal(10, 2)),
    ([1], lambda m: m.Decimal(10, 2)),
    ([[1]], lambda m: m.List(m.Int8)),
    ([{"a": 1}], lambda m: m.Struct({"a": m.Int8, "b": m.String})),
    ([dt.timedelta(1)], lambda m: m.Duration("ms")),
    (["a"], lambda m: m.Binary),
    ([None], lambda m: m.Int8),
    ([1], lambda m: m.Null),
    ([1.0], lambda m: m.Int32),
    ([dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)], lambda m: None),
    ([dt.datetime(2020, 1, 1)], lambda m: m.Datetime("us", "UTC")),
    ([1], lambda m: int),
    ([1], lambda m: float),
    (["x"], lambda m: str),
    ([dt.time(1)], lambda m: dt.time),
    (np.array([1, 2]), lambda m: m.Float32),
]


@pytest.mark.parametrize(("values", "dtype"), TYPED, ids=repr)
@pytest.mark.parametrize("strict", [True, False])
def test_typed(values, dtype, strict):
    check(lambda m: m.Series("x", values, dtype=dtype(m), strict=strict))


@pytest.mark.parametrize("name", TYPES)
def test_every_type(name):
    check(lambda m: types(m)[name])


Point = namedtuple("Point", "x y")


@dataclass
class Pair:
    a: int
    b: str


FRAMES = [
    lambda m: m.DataFrame(),
    lambda m: m.DataFrame({}),
    lambda m: m.DataFrame({"a": [1, 2], "b": ["x", None]}),
    lambda m: m.DataFrame({"a": [1, 2], "b": 5}),
    lambda m: m.DataFrame({"a": [1, 2], "b": "x"}),
    lambda m: m.DataFrame({"a": 1, "b": "x"}),
    lambda m: m.DataFrame({"a": [1, 2], "b": None}),
    lambda m: m.DataFrame({"a": [1, 2], "b": [1]}),
    lambda m: m.DataFrame({"a": range(3)}),
    lambda m: m.DataFrame({"a": np.arange(3)}),
    lambda m: m.DataFrame({"a": m.Series("z", [1, 2])}),
    lambda m: m.DataFrame({"a": (i for i in range(2))}),
    lambda m: m.DataFrame({"a": []}),
    lambda m: m.DataFrame({"a": []}, schema={"a": m.Int8}),
    lambda m: m.DataFrame({"a": [1]}, schema={"a": m.Int8}),
    lambda m: m.DataFrame({"a": [1], "b": [2]}, schema_overrides={"b": m.Float32}),
    lambda m: m.DataFrame(schema={"a": m.Int8, "b": m.List(m.String)}),
    lambda m: m.DataFrame(schema=["a", "b"]),
    lambda m: m.DataFrame([{"a": 1, "b": "x"}, {"a": 2, "b": None}]),
    lambda m: m.DataFrame([{"a": 1}, {"b": 2}]),
    lambda m: m.DataFrame([{"a": 1}, {"a": 2.5}]),
    lambda m: m.DataFrame([{"a": 1}, {"a": 2}], schema={"a": m.Int8}),
    lambda m: m.DataFrame([(1, "x"), (2, "y")], orient="row"),
    lambda m: m.DataFrame([(1, "x"), (2, "y")], schema=["a", "b"], orient="row"),
    lambda m: m.DataFrame([(1, "x"), (2, "y"), (3, "z")], schema=["a", "b"], orient="row"),
    lambda m: m.DataFrame([[1, 2, 3], [4, 5, 6]]),
    lambda m: m.DataFrame([[1, 2, 3], [4, 5, 6]], schema=["a", "b"], orient="col"),
    lambda m: m.DataFrame([[1, 2], [3, 4]], orient="row"),
    lambda m: m.DataFrame([1, 2, 3]),
    lambda m: m.DataFrame(["x", "y"]),
    lambda m: m.DataFrame([m.Series("a", [1, 2]), m.Series("b", [3, 4])]),
    lambda m: m.DataFrame([m.Series([1, 2]), m.Series("b", [3, 4])]),
    lambda m: m.DataFrame(m.Series("a", [1, 2])),
    lambda m: m.DataFrame(np.array([[1, 2], [3, 4], [5, 6]])),
    lambda m: m.DataFrame(np.array([[1, 2], [3, 4], [5, 6]]), schema=["a", "b"]),
    lambda m: m.DataFrame(np.array([1, 2, 3]), schema=["a"]),
    lambda m: m.DataFrame(np.array([(1, 2.5)], dtype=[("x", "i4"), ("y", "f8")])),
    lambda m: m.DataFrame([Point(1, 2), Point(3, 4)]),
    lambda m: m.DataFrame([Pair(1, "x"), Pair(2, "y")]),
    lambda m: m.DataFrame(pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, float("nan")]})),
    lambda m: m.DataFrame(m.DataFrame({"a": [1]})),
    lambda m: m.DataFrame(5),
    lambda m: m.from_dict({"a": [1]}),
    lambda m: m.from_dicts([{"a": 1}, {"a": 2}]),
    lambda m: m.from_dicts([]),
    lambda m: m.from_records([[1, 2], [3, 4]], schema=["a", "b"]),
    lambda m: m.from_numpy(np.ones((2, 2)), schema=["a", "b"]),
    lambda m: m.from_pandas(pd.DataFrame({"a": [1, None], "t": pd.to_datetime(["2020-01-01", None])})),
    lambda m: m.from_pandas(pd.Series([1, 2], name="s")),
    lambda m: m.from_pandas(pd.DataFrame({"a": [1]}, index=[7]), include_index=True),
]


@pytest.mark.parametrize("number", range(len(FRAMES)))
def test_frames(number):
    check(FRAMES[number])


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=5),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(dt.timedelta(-(10**5)), dt.timedelta(10**5)),
    st.binary(max_size=4),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(scalars, max_size=4))
def test_any_mixture_strictly(values):
    check(lambda m: m.Series("x", values))


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(scalars.filter(lambda v: not isinstance(v, float)), lambda s: st.lists(s, max_size=3), max_leaves=6)
)
def test_what_goes_in_comes_out(value):
    if isinstance(value, list):
        try:
            series = hs.Series([value])
        except TypeError:
            return
        assert series.to_list() == [value]


def test_differences_by_decision():
    # Polars loses the other half of each row.
    assert hs.Series([{"a": 1}, {"b": 2}]).to_list() == [{"a": 1, "b": None}, {"a": None, "b": 2}]
    # Polars truncates 2.5 to 2.
    with pytest.raises(TypeError):
        hs.Series([[1], [2.5]])
    # Polars makes an opaque column of Python objects.
    with pytest.raises(TypeError):
        hs.Series([object()])
