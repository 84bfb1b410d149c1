"""Functions of lists, against Polars."""

from __future__ import annotations

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

LISTS = [[3, 1, None, 1], [], None, [2], [5, 5, 1]]
OTHERS = [[1, 5, 5], [1], [1], None, [5, None]]


def frame(m, rows=5):
    schema = {"l": m.List(m.Int64), "o": m.List(m.Int64), "t": m.List(m.String), "k": m.Int64}
    texts = [["b", "a", None], [], None, ["b"], ["c", "c"]]
    data = {"l": LISTS, "o": OTHERS, "t": texts, "k": [1, 2, 1, 2, 3]}
    return m.DataFrame({name: values[:rows] for name, values in data.items()}, schema=schema)


PROGRAMS = {
    "shift": lambda m: m.col("l").list.shift(),
    "shift back": lambda m: m.col("t").list.shift(-1),
    "diff": lambda m: m.col("l").list.diff(2),
    "diff without nulls": lambda m: m.col("l").list.diff(null_behavior="drop"),
    "gather": lambda m: m.col("l").list.gather([0, -1], null_on_oob=True),
    "gather, own": lambda m: m.col("t").list.gather(m.col("o"), null_on_oob=True),
    "gather_every": lambda m: m.col("l").list.gather_every(2),
    "gather_every from": lambda m: m.col("t").list.gather_every(2, 1),
    "filter": lambda m: m.col("l").list.filter(m.element() > 1),
    "filter texts": lambda m: m.col("t").list.filter(m.element().is_not_null()),
    "count_matches": lambda m: m.col("l").list.count_matches(1),
    "count_matches null": lambda m: m.col("l").list.count_matches(None),
    "count_matches texts": lambda m: m.col("t").list.count_matches("c"),
    "concat": lambda m: m.col("l").list.concat("o"),
    "concat several": lambda m: m.col("l").list.concat([m.col("o"), m.col("l")]),
    "to_struct": lambda m: m.col("l").list.to_struct(["a", "b"]),
    "to_array": lambda m: m.col("l").list.head(1).list.concat(m.lit(0)).list.tail(1).list.to_array(1),
    "concat_list": lambda m: m.concat_list("k", "l", m.col("k") + 1),
}

SETS = {
    "union": lambda m: m.col("l").list.set_union("o"),
    "intersection": lambda m: m.col("l").list.set_intersection("o"),
    "difference": lambda m: m.col("l").list.set_difference("o"),
    "symmetric_difference": lambda m: m.col("l").list.set_symmetric_difference("o"),
    "with a constant": lambda m: m.col("l").list.set_union([7, 3]),
    "of texts": lambda m: m.col("t").list.set_difference(["b", "x"]),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("rows", [5, 1, 0])
def test_columns(name, rows):
    check(lambda m: frame(m, rows).select(PROGRAMS[name](m)))


# Of no rows and a constant Polars makes a row.
@pytest.mark.parametrize(
    ("name", "rows"), [(name, rows) for name in SETS for rows in (5, 1, 0) if rows or name != "with a constant"]
)
def test_sets(name, rows):
    # Polars promises no order within sets.
    check(lambda m: frame(m, rows).select(SETS[name](m).list.sort()))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[st.none() | st.lists(st.none() | st.integers(0, 4), max_size=5)] * 2), max_size=5))
def test_random_sets(rows):
    def made(m, name):
        a, b = (m.Series(n, [row[i] for row in rows], dtype=m.List(m.Int8)) for i, n in enumerate("ab"))
        return m.DataFrame([a, b]).select(getattr(m.col("a").list, name)("b").list.sort())

    for name in ("set_union", "set_intersection", "set_difference", "set_symmetric_difference"):
        check(lambda m, name=name: made(m, name))


@pytest.mark.parametrize("column", ["l", "t"])
def test_explode(column):
    check(lambda m: frame(m).select(m.col(column).explode()))
    check(lambda m: frame(m).select(m.col(column).explode(keep_nulls=False)))
    check(lambda m: frame(m).select(m.col(column).explode(empty_as_null=True)))
    check(lambda m: frame(m).group_by("k", maintain_order=True).agg(m.col(column).explode()))


def test_errors():
    lists = hs.Series(LISTS)
    with pytest.raises(hs.exceptions.OutOfBoundsError):
        lists.list.gather([0])
    with pytest.raises(hs.exceptions.ComputeError):
        lists.list.to_array(2)
