"""Series with values put in, and in smaller types, against Polars."""

from __future__ import annotations

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

VALUES = st.lists(st.none() | st.integers(-5, 5), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(values=VALUES, value=st.none() | st.integers(-9, 9), data=st.data())
def test_set_and_scatter(values, value, data):
    mask = data.draw(st.lists(st.none() | st.booleans(), min_size=len(values), max_size=len(values)))
    check(lambda m: m.Series("a", values, dtype=m.Int64).set(m.Series(mask, dtype=m.Boolean), value))
    rows = data.draw(st.lists(st.integers(-len(values), len(values) - 1), max_size=5, unique_by=lambda i: i % len(values)))
    new = data.draw(st.lists(st.none() | st.integers(-9, 9), min_size=len(rows), max_size=len(rows)))

    def changed(m, indices, values_):
        series = m.Series("a", values, dtype=m.Int64)
        given = series.scatter(indices, values_)
        return m.DataFrame({"given": given, "own": series})

    check(lambda m: changed(m, rows, new))
    check(lambda m: changed(m, rows, value))
    check(lambda m: changed(m, m.Series(rows, dtype=m.Int64), m.Series(new, dtype=m.Int64)))


def test_other_types():
    check(lambda m: m.Series(["a", "b"]).set(m.Series([True, False]), "z"))
    check(lambda m: m.Series(["a", None]).scatter(1, "z"))
    check(lambda m: m.Series([1.5, 2.5]).set(m.Series([True]), 0.5))
    check(lambda m: m.Series([1, 2]).set(m.Series([True, False]), 1.5))
    check(lambda m: m.Series([True, None]).scatter([0], False))


def test_refusals():
    check(lambda m: m.Series([1, 2]).scatter([9], 7))
    check(lambda m: m.Series([1, 2]).scatter([-3], 7))
    with pytest.raises(hs.exceptions.ShapeError, match="2 values for 3 rows"):
        hs.Series([1, 2, 3]).scatter([0, 1, 2], [5, 6])
    with pytest.raises(TypeError):
        hs.Series([1, 2]).scatter([0], "a")


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "Int64"), ([127, -128], "Int64"), ([128], "Int32"), ([-129], "Int64"), ([300], "Int16"),
        ([-1, 2**40], "Int64"), ([2**31], "Int64"), ([1, 255], "UInt64"), ([256], "UInt64"), ([70_000], "UInt32"),
        ([1.5], "Float64"), ([1.5], "Float32"), (["a"], "String"), ([True], "Boolean"), ([None], "Int64"), ([], "UInt64"),
    ],
)  # fmt: skip
def test_smaller_types(values, dtype):
    check(lambda m: m.Series("a", values, dtype=getattr(m, dtype)).shrink_dtype())
