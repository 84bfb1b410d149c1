"""As-of joins, against Polars."""

from __future__ import annotations

import warnings
from datetime import date, datetime, timedelta

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

STRATEGIES = ["backward", "forward", "nearest"]
KEYS = st.lists(st.integers(-6, 6), max_size=12)


def joined(m, left, right, lazy=True, **options):
    left, right = m.DataFrame(left), m.DataFrame(right)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if lazy:
            return left.lazy().join_asof(right.lazy(), **options).collect()
        return left.join_asof(right, **options)


def ints(m, values):
    return m.Series(values, dtype=m.Int64)


@settings(max_examples=150, deadline=None)
@given(
    left=KEYS,
    right=KEYS,
    nulls=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    strategy=st.sampled_from(STRATEGIES),
    exact=st.booleans(),
    tolerance=st.none() | st.integers(0, 4),
)
def test_random_keys(left, right, nulls, strategy, exact, tolerance):
    options = {"on": "k", "strategy": strategy, "allow_exact_matches": exact, "tolerance": tolerance}
    left, right = ([None] * n + sorted(keys) for n, keys in zip(nulls, (left, right)))
    check(
        lambda m: joined(
            m,
            {"k": ints(m, left), "x": list(range(len(left)))},
            {"k": ints(m, right), "y": list(range(len(right)))},
            **options,
        )
    )


@settings(max_examples=100, deadline=None)
@given(
    left=st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(-6, 6)), max_size=12),
    right=st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(-6, 6)), max_size=12),
    strategy=st.sampled_from(STRATEGIES),
    tolerance=st.none() | st.integers(0, 4),
)
def test_random_groups(left, right, strategy, tolerance):
    left, right = (sorted(rows, key=lambda row: row[1]) for rows in (left, right))

    def frame(m, rows, name):
        keys, values = [row[0] for row in rows], [row[1] for row in rows]
        return {"g": m.Series(keys, dtype=m.String), "k": ints(m, values), name: list(range(len(rows)))}

    options = {"on": "k", "by": "g", "strategy": strategy, "tolerance": tolerance}
    check(lambda m: joined(m, frame(m, left, "x"), frame(m, right, "y"), **options))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_types(strategy):
    # Of booleans Polars knows an order and no distance.
    last = () if strategy == "nearest" else ("Boolean",)
    for dtype in ("Int8", "UInt8", "Int32", "UInt64", "Float32", "Float64", "Date", "Time", *last):

        def program(m, dtype=dtype):
            values = (lambda v: m.Series(v, dtype=m.Int64).cast(getattr(m, dtype))) if dtype != "Boolean" else None
            left, right = ([1, 4, 9], [2, 4, 7]) if values else ([False, True], [True, True])
            column = values or (lambda v: m.Series(v, dtype=m.Boolean))
            return joined(m, {"k": column(left)}, {"k": column(right), "y": list(range(len(right)))}, on="k", strategy=strategy)

        check(program)


def test_times():
    left = {"t": [datetime(2020, 1, 1), datetime(2020, 1, 3)]}
    right = {"t": [datetime(2019, 12, 31), datetime(2020, 1, 2, 12)], "v": [1, 2]}
    for tolerance in ("12h", timedelta(hours=12), "1w", "1mo", 5, None):
        check(lambda m, t=tolerance: joined(m, left, right, on="t", tolerance=t))
    days = {"t": [date(2020, 1, 1), date(2020, 1, 3)]}
    check(lambda m: joined(m, days, {"t": [date(2019, 12, 30), date(2020, 1, 2)], "v": [1, 2]}, on="t", tolerance="1d"))
    check(lambda m: joined(m, days, right, on="t"))


TEXTS = {"k": ["a", "c"]}, {"k": ["b", "c"], "v": [1, 2]}


def test_texts_have_an_order():
    for strategy in STRATEGIES:
        check(lambda m, s=strategy: joined(m, *TEXTS, on="k", strategy=s))


LEFT = {"a": [1, 5, 10], "x": ["a", "b", "c"]}
RIGHT = {"a": [1, 2, 3, 6, 7], "y": [1, 2, 3, 6, 7]}


def test_columns():
    other = {"b": RIGHT["a"], "y": RIGHT["y"]}
    clash = {"a": RIGHT["a"], "x": RIGHT["y"]}
    for coalesce in (True, False):
        check(lambda m, c=coalesce: joined(m, LEFT, RIGHT, on="a", coalesce=c))
        check(lambda m, c=coalesce: joined(m, LEFT, other, left_on="a", right_on="b", coalesce=c))
        check(lambda m, c=coalesce: joined(m, LEFT, RIGHT, on=m.col("a") + 0, coalesce=c))
        check(lambda m, c=coalesce: joined(m, LEFT, clash, on="a", suffix="_r", coalesce=c, lazy=False))
    groups = {"h": ["x", "y", "x"], "a": [1, 2, 4], "v": [1, 2, 3]}
    own = {"g": ["x", "x", "y"], "a": [1, 5, 5]}
    for coalesce in (True, False):
        check(lambda m, c=coalesce: joined(m, own, groups, on="a", by_left="g", by_right="h", coalesce=c))
        check(lambda m, c=coalesce: joined(m, own, groups, on="a", by_left=["g"], by_right=["h"], coalesce=c))


def test_what_is_refused():
    for options in (
        {"on": "zz"},
        {"strategy": "near", "on": "a"},
        {},
        {"left_on": "a"},
    ):
        check(lambda m, o=options: joined(m, LEFT, RIGHT, **o))
    unsorted = {"a": [3, 1]}
    check(lambda m: joined(m, unsorted, RIGHT, on="a"))
    check(lambda m: joined(m, LEFT, unsorted, on="a"))
    # Which rows come out of keys that are in no order is not said.
    assert joined(hs, unsorted, RIGHT, on="a", check_sortedness=False).height == 2
    check(lambda m: joined(m, {"a": [None, 1, None]}, RIGHT, on="a", lazy=False))
    check(lambda m: joined(m, LEFT, {"a": [0.5], "z": [1]}, on="a"))
    check(lambda m: joined(m, LEFT, {"a": ["x"], "z": [1]}, on="a"))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="row by row"):
        joined(hs, LEFT, RIGHT, left_on=hs.col("a").cum_sum(), right_on="a")
    with pytest.raises(hs.exceptions.InvalidOperationError, match="as a number"):
        joined(hs, LEFT, RIGHT, on="a", tolerance="1d")
    with pytest.warns(UserWarning, match="order of keys is not checked"):
        hs.DataFrame({"g": [1], "a": [1]}).join_asof(hs.DataFrame({"g": [1], "a": [1], "v": [2]}), on="a", by="g")


def test_empty_frames():
    for rows_left, rows_right in ((0, 2), (2, 0), (0, 0)):
        check(
            lambda m, a=rows_left, b=rows_right: joined(
                m, {"a": ints(m, [1, 2][:a])}, {"a": ints(m, [1, 2][:b]), "v": ints(m, [3, 4][:b])}, on="a"
            )
        )


def test_what_comes_after():
    """Filters and choices of columns above the join see the same rows."""

    def program(m):
        left = m.LazyFrame({"a": list(range(0, 200_000, 2))})
        right = m.LazyFrame({"a": list(range(1, 200_000, 3))}).with_columns(v=m.col("a") * 10)
        query = left.join_asof(right, on="a", strategy="nearest").filter((m.col("a") > 150_000) & (m.col("v") % 20 == 10))
        return query.select("v").tail(1000)

    check(program)
