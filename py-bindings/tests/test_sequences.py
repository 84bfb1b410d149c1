"""Runs, peaks, fading weights, intervals and rows by chance, against Polars."""

from __future__ import annotations

import math

import hypostyle as hs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

INTEGERS = st.lists(st.none() | st.integers(-3, 3), max_size=20)
FLOATS = st.lists(st.none() | st.sampled_from([-1.5, -1.0, 0.0, 0.5, 1.0, 7.25, math.nan]), max_size=20)
TYPES = ["Int8", "Int32", "Int64", "UInt8", "UInt64", "Float32", "Float64"]
NUMBERS = [1, 3, 3, None, 2, 0]

BY_ROW = {
    "rle": lambda e: e.rle(),
    "rle_id": lambda e: e.rle_id(),
    "peak_max": lambda e: e.peak_max(),
    "peak_min": lambda e: e.peak_min(),
    "value_counts": lambda e: e.value_counts(sort=True).struct.field("count"),
    "ewm_mean": lambda e: e.ewm_mean(alpha=0.3),
    "ewm_mean, not adjusted": lambda e: e.ewm_mean(span=3, adjust=False, min_samples=2),
    "ewm_mean, without nulls": lambda e: e.ewm_mean(half_life=2, ignore_nulls=True),
    "ewm_var": lambda e: e.ewm_var(com=1.5),
    "ewm_std": lambda e: e.ewm_std(alpha=0.4, adjust=False, bias=True),
    "ewm_sum": lambda e: e.ewm_sum(alpha=0.5, min_samples=3),
    "cut": lambda e: e.cut([-1, 0.5, 2]),
    "cut, left": lambda e: e.cut([2, -1], labels=["a", "b", "c"], left_closed=True),
    "cut, with breaks": lambda e: e.cut([0], include_breaks=True),
    "append": lambda e: e.append(e.max()),
    "extend_constant": lambda e: e.extend_constant(e.max(), 2),
    "is_empty": lambda e: e.is_empty(),
    "is_empty, without nulls": lambda e: e.is_empty(ignore_nulls=True),
    "lower_bound": lambda e: e.lower_bound(),
    "upper_bound": lambda e: e.upper_bound(),
    "round_sig_figs": lambda e: e.round_sig_figs(2),
    "truncate": lambda e: e.truncate(),
    "repeat_by": lambda e: e.repeat_by(2),
    "reshape": lambda e: e.reshape((-1, 1)),
    "hist": lambda e: e.hist([-1, 0, 1, 3], include_category=True, include_breakpoint=True),
    "hist, counted": lambda e: e.hist(bin_count=4),
    "rolling_quantile": lambda e: e.rolling_quantile(0.4, "linear", 3, min_samples=1),
    "rolling_rank": lambda e: e.rolling_rank(3, "min", min_samples=1),
    "rolling_skew": lambda e: e.rolling_skew(4, min_samples=2),
    "rolling_kurtosis": lambda e: e.rolling_kurtosis(4, min_samples=3),
}


@pytest.mark.parametrize("name", BY_ROW)
@pytest.mark.parametrize("dtype", TYPES)
def test_types(name, dtype):
    # Polars gives an empty rank the type of its input.
    for rows in (6, 1) if name == "rolling_rank" else (6, 1, 0):
        values = NUMBERS[:rows]
        check(
            lambda m, v=values: m.DataFrame({"a": m.Series(v, dtype=getattr(m, dtype))}).select(BY_ROW[name](m.col("a"))),
            tol=1e-5,
        )


NOT_A_NUMBER = {"rolling_skew", "rolling_kurtosis", "hist", "hist, counted", "value_counts"}


@pytest.mark.parametrize("name", BY_ROW)
@settings(max_examples=30, deadline=None)
@given(values=FLOATS)
def test_floats(name, values):
    if name in NOT_A_NUMBER:
        values = [None if value != value else value for value in values]
    if name.startswith("rolling_"):
        # Sums that ought to be 0 differ by what is left of rounding.
        values = [value for value in values if value is None or value == value]
    if name == "rolling_rank" and not values:
        return
    check(lambda m: m.DataFrame({"a": m.Series(values, dtype=m.Float64)}).select(BY_ROW[name](m.col("a"))), tol=1e-6)


PER_GROUP = [name for name in BY_ROW if not name.startswith("reshape")]


@pytest.mark.parametrize("name", PER_GROUP)
def test_groups(name):
    def frame(m):
        return m.DataFrame({"g": [1, 2, 1, 1, 2, 1, 1], "a": [1.0, 2.0, 3.0, None, 5.0, 7.0, 7.0]})

    check(lambda m: frame(m).group_by("g", maintain_order=True).agg(BY_ROW[name](m.col("a"))), tol=1e-9)
    if name in ("rle_id", "peak_max", "peak_min", "cut", "truncate") or name.startswith(("ewm", "rolling")):
        check(lambda m: frame(m).select(BY_ROW[name](m.col("a")).over("g")), tol=1e-9)


@pytest.mark.parametrize("name", ["rle", "rle_id", "value_counts", "append", "repeat_by"])
def test_texts_and_times(name):
    check(lambda m: m.DataFrame({"a": ["x", "x", None, "y"]}).select(BY_ROW[name](m.col("a"))))
    days = [None, 3, 3, 1]
    check(lambda m: m.DataFrame({"a": m.Series(days, dtype=m.Date)}).select(BY_ROW[name](m.col("a"))))


@settings(max_examples=60, deadline=None)
@given(
    values=INTEGERS,
    wanted=st.lists(st.none() | st.integers(-4, 4), min_size=1, max_size=5),
    side=st.sampled_from(["any", "left", "right"]),
    descending=st.booleans(),
)
def test_search_sorted(values, wanted, side, descending):
    def program(m):
        series = m.Series("a", values, dtype=m.Int64).sort(descending=descending)
        found = series.search_sorted(m.Series(wanted, dtype=m.Int64), side, descending=descending)
        # Any of equal places may be found.
        return found if side != "any" else None

    check(program)
    one = wanted[0] if wanted[0] is not None else 0
    check(lambda m: m.Series("a", values, dtype=m.Int64).sort().search_sorted(one, "left"))


def test_search_sorted_of_types():
    check(lambda m: m.Series(["a", "c", "e"]).search_sorted("d"))
    check(lambda m: m.Series([1, 2, 4]).search_sorted(2.5))
    check(lambda m: m.DataFrame({"a": [1, 2, 4]}).select(m.col("a").search_sorted(3)))
    check(lambda m: m.DataFrame({"a": [1, 2, 4]}).select(m.col("a").search_sorted(m.col("a") + 1)))
    check(lambda m: m.Series([1]).search_sorted([1, 2]))


QUANTILES = [0.25, 0.5, 0.75]


@settings(max_examples=60, deadline=None)
@given(values=FLOATS, left=st.booleans(), breaks=st.booleans())
def test_qcut(values, left, breaks):
    values = [value for value in values if value == value]
    options = {"left_closed": left, "include_breaks": breaks, "allow_duplicates": True}
    check(lambda m: m.DataFrame({"a": m.Series(values, dtype=m.Float64)}).select(m.col("a").qcut(QUANTILES, **options)))


def test_cut_and_qcut_refuse():
    for program in (
        lambda e: e.cut([1, 1]),
        lambda e: e.cut([math.nan]),
        lambda e: e.cut([1], labels=["x"]),
        lambda e: e.cut([1], labels=["x", "x"]),
        lambda e: e.qcut(4),
        lambda e: e.qcut([1.5]),
        lambda e: e.qcut(2, labels=["low", "high"]),
        lambda e: e.hist([2, 1]),
        lambda e: e.hist([1, 2], bin_count=2),
    ):
        check(lambda m, p=program: m.DataFrame({"a": [1, 1, 1, 2]}).select(p(m.col("a"))))


def test_series():
    check(lambda m: m.Series("a", [1, 2, 2, 9]).hist(bin_count=2))
    check(lambda m: m.Series("a", [1, 2, 2, 9]).hist([1, 2, 3], include_category=False))
    check(lambda m: m.Series(range(12)).reshape((2, -1, 2)))
    check(lambda m: m.Series("a", [[1, 2], [3, 4]]).reshape((-1,)))
    check(lambda m: m.Series("a", [1, 2, 3]).reshape((2, 2)))
    check(lambda m: m.Series("a", [1, -1]).reinterpret(signed=False))
    check(lambda m: m.Series("a", [1.5]).reinterpret(dtype=m.UInt64))
    check(lambda m: m.Series("a", [1.5]).reinterpret(dtype=m.UInt8))
    check(lambda m: m.Series("a", [1.5]).reinterpret())
    check(lambda m: m.Series("a", [1, 6, None]).bitwise_xor())


@pytest.mark.parametrize("count", ["count_ones", "count_zeros", "leading_ones", "leading_zeros", "trailing_ones", "trailing_zeros"])
def test_bits(count):
    for dtype in ("Int8", "UInt16", "Int32", "UInt64"):
        check(lambda m, d=dtype: getattr(m.Series("a", [0, 1, 6, 127, None], dtype=getattr(m, d)), f"bitwise_{count}")())
    check(lambda m: getattr(m.Series("a", [True, False, None]), f"bitwise_{count}")())


def test_fading_weights_are_checked():
    for options in ({}, {"alpha": 2}, {"com": -1}, {"alpha": 0.5, "com": 1}, {"span": 0.5}, {"half_life": 0}):
        check(lambda m, o=options: m.Series([1.0]).ewm_mean(**o))


def test_item():
    frame = {"a": [7], "b": [None]}
    check(lambda m: m.DataFrame(frame).select(m.col("a").item(), m.col("b").item()))
    check(lambda m: m.DataFrame({"a": [1, 2]}).select(m.col("a").item()))
    check(lambda m: m.DataFrame({"a": [1, 2]}).select(m.col("a").filter(m.col("a") > 5).item()))
    check(lambda m: m.DataFrame({"a": [1, 2]}).select(m.col("a").filter(m.col("a") > 5).item(allow_empty=True)))
    check(lambda m: m.DataFrame({"g": [1, 2], "a": [3, 4]}).group_by("g", maintain_order=True).agg(m.col("a").item()))


def test_rows_below():
    frame = {"a": [1, 2], "b": [1.5, None], "c": ["x", "y"]}
    check(lambda m: m.DataFrame(frame).select(m.col("a").append("b")))
    check(lambda m: m.DataFrame(frame).select(m.col("a").append("c")))
    check(lambda m: m.DataFrame(frame).select(m.col("a").append("b", upcast=False)))
    check(lambda m: m.DataFrame(frame).select(m.col("a").extend_constant(None, 1)))
    check(lambda m: m.DataFrame(frame).select(m.col("c").extend_constant("z", m.len())))
    check(lambda m: m.DataFrame(frame).select(m.col("a").extend_constant(1, -1)))


def test_values_several_times():
    frame = {"a": [1, 2, None, 4], "n": [2, 0, 1, 3], "m": [1, -1, 1, 1]}
    check(lambda m: m.DataFrame(frame).select(m.col("a").repeat_by("n")))
    check(lambda m: m.DataFrame(frame).select(m.lit("k").repeat_by("n")))
    check(lambda m: m.DataFrame(frame).select(m.col("a").repeat_by("m")))


@settings(max_examples=60, deadline=None)
@given(values=FLOATS, data=st.data())
def test_interpolate_by(values, data):
    values = [value for value in values if value == value]
    by = data.draw(st.lists(st.integers(-5, 5), min_size=len(values), max_size=len(values), unique=len(values) <= 11))
    if len(set(by)) == len(by):
        check(
            lambda m: m.DataFrame(
                {"a": m.Series(values, dtype=m.Float64), "b": m.Series(by, dtype=m.Int64)}
            ).select(m.col("a").interpolate_by("b"))
        )


def test_chance():
    series = hs.Series("a", range(1000))
    shuffled = series.shuffle(seed=1)
    assert shuffled.to_list() != series.to_list()
    assert sorted(shuffled) == series.to_list()
    assert shuffled.to_list() == series.shuffle(seed=1).to_list()
    some = series.sample(100, seed=2)
    assert len(set(some)) == 100
    assert some.to_list() == sorted(some)
    assert len(series.sample(fraction=0.25)) == 250
    assert len(series.sample(3000, with_replacement=True)) == 3000
    hs.set_random_seed(5)
    first = (series.shuffle().to_list(), series.sample(5).to_list())
    hs.set_random_seed(5)
    assert first == (series.shuffle().to_list(), series.sample(5).to_list())
    frame = series.to_frame().with_columns(b=hs.col("a") * 2)
    rows = frame.sample(10, seed=1, shuffle=True)
    assert rows.height == 10
    assert (rows["b"] == rows["a"] * 2).all()
    for m in (hs, pl):
        with pytest.raises(m.exceptions.ShapeError):
            m.Series([1, 2]).sample(3)
        with pytest.raises(ValueError, match="both"):
            m.Series([1, 2]).sample(3, fraction=0.5)


def test_hashes():
    frame = hs.DataFrame({"a": [1, 2, 1, None, None], "b": ["x", "y", "x", None, None]})
    for name in frame.columns:
        hashes = frame[name].hash()
        assert hashes.dtype == hs.UInt64
        assert hashes[0] == hashes[2] != hashes[1]
        assert hashes[3] == hashes[4]
        assert hashes.to_list() != frame[name].hash(seed=1).to_list()
        assert frame[name].slice(1, 1).hash()[0] == hashes[1]
