"""Frames that are merged by the keys they are sorted by, against Polars."""

from __future__ import annotations

import datetime

import hypostyle as hs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

DAYS = [datetime.date(2024, 1, day) for day in (1, 5, 5, 9)]
KEYS = {
    "integers": ([None, 1, 1, 7], [None, None, 0, 1, 9]),
    "floats": ([None, -1.5, 0.0, float("inf")], [-2.0, 0.5, float("inf")]),
    "text": ([None, "a", "a rather long text 1", "b"], ["", "a", "a rather long text 0"]),
    "dates": (DAYS, [None, *DAYS[1:3]]),
    "booleans": ([None, False, True], [False, False, True]),
    "nothing left": ([], [1, 2]),
    "nothing right": ([1, 2], []),
}


def frame(m, values, side, dtype=None):
    key = m.Series("k", values, dtype=dtype)
    return m.DataFrame([key]).with_columns(m.int_range(m.len()).cast(m.String).alias("v") + side)


@pytest.mark.parametrize("name", KEYS)
def test_keys(name):
    left, right = KEYS[name]
    dtype = {"m": None} if left and right else "Int64"

    def merged(m):
        of = getattr(m, dtype) if isinstance(dtype, str) else None
        return frame(m, left, "l", of).merge_sorted(frame(m, right, "r", of), "k", maintain_order=True)

    check(merged)
    check(lambda m: merged(m).lazy().filter(m.col("v").str.ends_with("r")).select("v").collect())


@settings(max_examples=60, deadline=None)
@given(*[st.lists(st.tuples(st.none() | st.integers(0, 3), st.sampled_from("abc")), max_size=9)] * 2)
def test_several_keys(left, right):
    def side(m, rows, tag):
        schema = {"k": m.Int64, "t": m.String}
        rows = m.DataFrame(rows, schema=schema, orient="row").sort("k", "t", maintain_order=True)
        return rows.with_columns(m.int_range(m.len()).cast(m.String).alias("v") + tag)

    check(lambda m: side(m, left, "l").merge_sorted(side(m, right, "r"), ["k", "t"], maintain_order=True))


@pytest.mark.parametrize("chunks", [1, 5])
def test_many_rows(chunks):
    def side(m, start, step, rows):
        parts = [m.DataFrame({"k": range(start + i, start + step * rows, step * chunks)}) for i in range(chunks)]
        return m.concat(parts).sort("k").with_columns((m.col("k") * step).alias("v"))

    check(lambda m: side(m, 0, 3, 100_000).merge_sorted(side(m, 50, 2, 120_000), "k"))


def test_columns_that_differ():
    left = {"k": [1], "v": ["a"]}
    others = [{"k": [1]}, {"k": [1], "w": ["a"]}, {"v": ["a"], "k": [1]}, {"k": [1], "v": [1]}, {"k": [1.0], "v": ["a"]}]
    for other in others:
        with pytest.raises(pl.exceptions.SchemaError):
            pl.DataFrame(left).merge_sorted(pl.DataFrame(other), "k")
        with pytest.raises(hs.exceptions.SchemaError):
            hs.DataFrame(left).merge_sorted(hs.DataFrame(other), "k")
    with pytest.raises(hs.exceptions.ColumnNotFoundError):
        hs.DataFrame(left).merge_sorted(hs.DataFrame(left), "z")


def test_nan_comes_last_as_in_sorted_frames():
    left, right = hs.DataFrame({"k": [1.0, float("inf")]}), hs.DataFrame({"k": [2.0, float("nan")]})
    assert repr(left.merge_sorted(right, "k")["k"].to_list()) == "[1.0, 2.0, inf, nan]"


def test_several_frames():
    def program(m):
        frames = [m.DataFrame({"k": keys, "n": keys}) for keys in ([1, 4, 9], [2, 3], [0, 4])]
        return m.merge_sorted(frames, "k").select("k")

    check(program)
    check(lambda m: m.merge_sorted([m.LazyFrame({"k": [2]}), m.LazyFrame({"k": [1]})], "k"))


def test_hashes_of_rows():
    frame = hs.DataFrame({"a": [1, 2, 1], "b": ["x", "y", "x"]})
    hashes = frame.hash_rows()
    assert hashes.dtype == hs.UInt64
    assert hashes[0] == hashes[2] != hashes[1]
    assert frame.hash_rows(seed=1)[0] != hashes[0]
