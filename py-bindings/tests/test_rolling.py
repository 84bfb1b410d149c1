"""Windows of rows, against Polars."""

from __future__ import annotations

from datetime import date, datetime, timedelta

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


BY_TIME = ["sum", "mean", "min", "max", "var", "std", "median", "rank"]


@pytest.mark.parametrize("name", BY_TIME)
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.none() | st.integers(-8, 8).map(lambda v: v / 4), st.integers(0, 12)), max_size=20),
    size=st.sampled_from(["1d", "2d", "36h", "1w"]),
    least=st.integers(0, 3),
    closed=st.sampled_from(["right", "left", "both", "none"]),
)
def test_windows_of_time(name, rows, size, least, closed):
    values, hours = [row[0] for row in rows], [row[1] * 12 for row in rows]
    if name == "rank" and closed != "right":
        # A row outside its own window has no rank here.
        closed = "right"
    start = datetime(2024, 1, 1)

    def program(m):
        times = m.Series("t", [start + timedelta(hours=h) for h in hours], dtype=m.Datetime("us"))
        frame = m.DataFrame([m.Series("x", values, dtype=m.Float64), times])
        method = getattr(m.col("x"), f"rolling_{name}_by")
        return frame.select(method("t", size, min_samples=max(least, int(name != "sum")), closed=closed))

    check(program, tol=1e-9)


def test_windows_of_time_by_kind():
    def frame(m):
        dates = [date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1)]
        return m.DataFrame({"g": [1, 2, 1, 2], "x": [1, 2, 3, 4], "d": dates, "i": [4, 3, 2, 1]})

    for size in ("1mo", "2d", timedelta(days=30), "0d", "-1d", "3i"):
        check(lambda m, s=size: frame(m).select(m.col("x").rolling_sum_by("d", s)))
        check(lambda m, s=size: frame(m).select(m.col("x").rolling_mean_by("d", s).over("g")))
    for size in ("2i", "1d", "0i"):
        check(lambda m, s=size: frame(m).select(m.col("x").rolling_max_by("i", s)))
    check(lambda m: frame(m).select(m.col("x").rolling_sum_by(m.col("i").cast(m.Float64), "2i")))
    check(lambda m: frame(m).select(m.col("x").rolling_quantile_by("i", "3i", quantile=0.3, interpolation="linear")))
    check(lambda m: frame(m).select(m.col("x").rolling_std_by("i", "3i", ddof=0)))
    check(lambda m: frame(m).group_by("g", maintain_order=True).agg(m.col("x").rolling_sum_by("d", "1y")))
    found = frame(hs).select(hs.lit(5).rolling_sum_by("i", "9i"), hs.lit(1.0).interpolate_by("i").alias("b"))
    assert found.rows() == [(20, 1.0), (15, 1.0), (10, 1.0), (5, 1.0)]
