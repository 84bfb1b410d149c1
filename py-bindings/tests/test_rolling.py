"""Windows of rows, against Polars."""

from __future__ import annotations

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

NAMES = ["sum", "mean", "min", "max", "var", "std", "median"]
TYPES = ["Int8", "Int32", "Int64", "UInt8", "UInt64", "Float32", "Float64"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", TYPES)
def test_types(name, dtype):
    for rows in (6, 1, 0):
        values = [1, 2, None, 4, 5, 6][:rows]
        check(lambda m, v=values: getattr(m.Series("x", v, dtype=getattr(m, dtype)), f"rolling_{name}")(2), tol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.none() | st.integers(-8, 8).map(lambda v: v / 4), max_size=25),
    size=st.integers(1, 9),
    least=st.none() | st.integers(1, 9),
    center=st.booleans(),
)
def test_random_windows(name, values, size, least, center):
    least = None if least is None else min(least, size)
    options = {"min_samples": least, "center": center}
    check(lambda m: getattr(m.Series("x", values, dtype=m.Float64), f"rolling_{name}")(size, **options), tol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_groups(name):
    def frame(m):
        return m.DataFrame({"g": [1, 2, 1, 1, 2, 1], "a": [1.0, 2.0, 3.0, None, 5.0, 7.0]})

    check(lambda m: frame(m).select(getattr(m.col("a"), f"rolling_{name}")(2, min_samples=1).over("g")), tol=1e-9)
    check(
        lambda m: frame(m)
        .group_by("g", maintain_order=True)
        .agg(getattr(m.col("a"), f"rolling_{name}")(2, min_samples=1)),
        tol=1e-9,
    )


def test_values_that_are_not_finite():
    values = [1.0, float("nan"), 3.0, 4.0, float("inf"), 1.0, 2.0, 3.0]
    for name in ("sum", "mean", "min", "max", "var"):
        check(lambda m, name=name: getattr(m.Series("x", values), f"rolling_{name}")(2))


def test_errors():
    series = hs.Series([1, 2])
    with pytest.raises(hs.exceptions.InvalidOperationError):
        series.rolling_sum(2, min_samples=3)
    with pytest.raises(hs.exceptions.InvalidOperationError, match="weights"):
        series.rolling_sum(2, [0.5, 0.5])
    with pytest.raises(hs.exceptions.InvalidOperationError):
        hs.Series(["a"]).rolling_sum(2)
