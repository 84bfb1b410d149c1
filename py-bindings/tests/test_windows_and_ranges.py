"""Joins by predicates, and expressions over windows of rows, against Polars."""

from __future__ import annotations

import datetime as dt

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

KEY = st.none() | st.integers(-4, 4)
ROWS = st.lists(st.tuples(KEY, KEY, st.integers(0, 2)), max_size=9)
OPERATORS = ["<", "<=", ">", ">="]


def sides(m, left, right, dtype="Int64"):
    def frame(rows, names):
        columns = list(zip(*rows)) if rows else [(), (), ()]
        return m.DataFrame({n: m.Series(c, dtype=getattr(m, dtype)) for n, c in zip(names, columns)})

    return frame(left, ["a", "b", "g"]), frame(right, ["x", "y", "g"])


def compare(left, operator, right):
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


@settings(max_examples=60, deadline=None)
@given(
    left=ROWS,
    right=ROWS,
    operators=st.lists(st.sampled_from(OPERATORS), min_size=2, max_size=2),
    how=st.sampled_from(["inner", "left", "right", "full"]),
    dtype=st.sampled_from(["Int64", "Float64", "Int8"]),
)
def test_pairs(left, right, operators, how, dtype):
    shapes = [
        lambda m, c: [compare(c("a"), operators[0], c("x"))],
        # Both ends of a range on one side, or on the other, or keys that share nothing.
        lambda m, c: [compare(c("a"), operators[0], c("x")), compare(c("b"), operators[1], c("x"))],
        lambda m, c: [compare(c("a"), operators[0], c("x")), compare(c("a"), operators[1], c("y"))],
        lambda m, c: [compare(c("x"), operators[0], c("a")), compare(c("b"), operators[1], c("y"))],
        lambda m, c: [compare(c("a") + 1, operators[0], c("x") * 2), c("g") == c("g_right")],
        lambda m, c: [compare(c("a"), operators[0], c("x")) | (c("g") == 1)],
        lambda m, c: [compare(c("a"), operators[0], c("x")) & compare(c("g"), operators[1], c("g_right"))],
    ]
    for shape in shapes:

        def program(m, shape=shape):
            a, b = sides(m, left, right, dtype)
            return a.join_where(b, *shape(m, m.col), how=how)

        check(program, sort=True)


@pytest.mark.parametrize("how", ["inner", "left", "right", "full"])
def test_types_of_keys(how):
    times = [dt.datetime(2024, 1, 1), None, dt.datetime(2024, 3, 1)]
    keys = {
        "texts": (["b", None, "a", "c"], ["a", "b", None]),
        "times": (times, times[::-1]),
        "dates": ([dt.date(2024, 1, 1), None], [dt.date(2023, 1, 1), dt.date(2025, 1, 1)]),
        "NaN": ([1.0, float("nan"), None], [float("nan"), 1.0, float("inf")]),
        "booleans": ([True, False, None], [False, True]),
    }
    for left, right in keys.values():
        for operator in OPERATORS:
            check(
                lambda m, a=left, b=right, o=operator: m.DataFrame({"a": a}).join_where(
                    m.DataFrame({"x": b}), compare(m.col("a"), o, m.col("x")), how=how
                ),
                sort=True,
            )


def test_integers_beside_floats():
    left, right = hs.DataFrame({"a": [1, 2, None]}), hs.DataFrame({"x": [1.5, float("nan"), None]})
    # Polars refuses them.
    assert sorted(left.join_where(right, hs.col("a") > hs.col("x")).rows()) == [(2, 1.5)]
    assert len(left.join_where(right, hs.col("a") < hs.col("x"))) == 3


def test_names_and_refusals():
    def frame(m):
        return m.DataFrame({"a": [1, 2], "b": [3, 4]})

    check(lambda m: frame(m).join_where(frame(m), m.col("a") < m.col("a_right")), sort=True)
    check(lambda m: frame(m).join_where(frame(m), m.col("a") < m.col("a_r"), suffix="_r"), sort=True)
    check(lambda m: frame(m).lazy().join_where(frame(m).lazy(), [m.col("a") < 2, m.col("b_right") > 3]), sort=True)
    check(lambda m: frame(m).join_where(frame(m)))
    check(lambda m: frame(m).join_where(frame(m), m.col("q") < m.col("a")))
    check(lambda m: frame(m).join_where(frame(m), m.col("a") + m.col("a_right")))
    check(lambda m: frame(m).join_where(frame(m), m.col("a") < m.col("a_right"), how="semi"))
    check(lambda m: frame(m).lazy().join_where(frame(m), m.col("a") < m.col("a_right")))


def test_many_pairs_in_little_memory():
    """Four million candidates for one sum; ranges are found by search and pairs handed on as they come."""
    n = 200_000
    rows = hs.DataFrame({"a": range(n)})
    spans = hs.DataFrame({"start": range(0, n, 100)}).with_columns(end=hs.col("start") + 20)
    inside = rows.lazy().join_where(spans.lazy(), hs.col("a") >= hs.col("start"), hs.col("a") < hs.col("end"))
    assert inside.select(hs.len(), hs.col("a").sum()).collect().rows() == [
        (n // 100 * 20, sum(a for a in range(n) if a % 100 < 20))
    ]
    plan = inside.explain(physical=True)
    assert "FILTER" in plan.upper()


EXPRESSIONS = {
    "sum": lambda m: m.col("v").sum(),
    "list": lambda m: m.col("v"),
    "mixed": lambda m: (m.col("v") - m.col("v").mean()).abs().max(),
    "filter": lambda m: m.col("v").filter(m.col("v") > 2).sum(),
    "len": lambda m: m.len(),
    "first": lambda m: m.col("v").sort(descending=True).first(),
    "literal": lambda m: m.lit(3),
}
INDEX = st.lists(st.integers(-3, 12), max_size=12).map(sorted)


@settings(max_examples=50, deadline=None)
@given(
    index=INDEX,
    period=st.integers(1, 5),
    offset=st.none() | st.integers(-6, 3),
    closed=st.sampled_from(["left", "right", "both", "none"]),
    data=st.data(),
)
def test_windows(index, period, offset, closed, data):
    values = data.draw(st.lists(st.none() | st.integers(-5, 5), min_size=len(index), max_size=len(index)))
    window = {"period": f"{period}i", "closed": closed} | ({} if offset is None else {"offset": f"{offset}i"})
    for expression in EXPRESSIONS.values():

        def program(m, e=expression):
            frame = m.DataFrame({"i": m.Series(index, dtype=m.Int64), "v": m.Series(values, dtype=m.Int64)})
            return frame.select(e(m).rolling("i", **window))

        check(program)


def test_windows_of_time():
    def frame(m):
        days = [dt.date(2024, 1, 31), dt.date(2024, 2, 1), dt.date(2024, 2, 29), dt.date(2024, 3, 31)]
        return m.DataFrame({"t": days, "v": [1, 2, 3, 4], "g": [1, 1, 2, 2]})

    for period in ("1mo", "2d", "1w", dt.timedelta(days=40)):
        check(lambda m, p=period: frame(m).select(m.col("v").sum().rolling("t", period=p)))
        check(lambda m, p=period: frame(m).select(m.col("v") - m.col("v").mean().rolling("t", period=p)))
    check(lambda m: frame(m).select(m.col("v").sum().rolling(m.col("t").cast(m.Datetime("ms")), period="2d")))
    check(lambda m: frame(m).select(m.col("v").sum().rolling("t", period="40d").over("g")))
    check(lambda m: frame(m).group_by("g", maintain_order=True).agg(m.col("v").sum().rolling("t", period="40d")))
    check(lambda m: frame(m).lazy().with_columns(s=m.col("v").max().rolling("t", period="40d")).filter(m.col("s") > 2))


@pytest.mark.parametrize("aggregate", ["sum", "max", "mean"])
def test_windows_that_overlap_far(aggregate):
    """Evaluated in pieces on all threads, as the functions that slide over the rows have them."""
    n = 4_000
    frame = hs.DataFrame({"i": range(n), "v": [i * 7919 % 23 for i in range(n)]})
    found = frame.select(
        getattr(hs.col("v"), aggregate)().rolling("i", period="300i"),
        w=getattr(hs.col("v"), f"rolling_{aggregate}_by")("i", "300i"),
    )
    assert found["v"].to_list() == pytest.approx(found["w"].to_list())


def test_windows_refuse():
    def frame(m, index):
        return m.DataFrame({"i": index, "v": [1, 2]})

    for index in ([2, 1], [None, 1], [1.0, 2.0], ["a", "b"]):
        check(lambda m, i=index: frame(m, i).select(m.col("v").sum().rolling("i", period="2i")))
    for period in ("-2i", "0i"):
        check(lambda m, p=period: frame(m, [1, 2]).select(m.col("v").sum().rolling("i", period=p)))
