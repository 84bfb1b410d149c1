"""Expressions that change the number of rows, in a select, by group, over groups and over lists, against Polars."""

import hypostyle as hs
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from oracle import check

# What is asked of a column of numbers, some of which are null.
BODIES = {
    "head": lambda pl, x: x.head(2),
    "tail": lambda pl, x: x.tail(1),
    "slice": lambda pl, x: x.slice(1, 2),
    "filter": lambda pl, x: x.filter(x > 0),
    "filter, sum": lambda pl, x: x.filter(x > 0).sum(),
    "drop_nulls": lambda pl, x: x.drop_nulls(),
    "drop_nulls, first": lambda pl, x: x.drop_nulls().first(),
    "sort": lambda pl, x: x.sort(descending=True),
    "sort, cum_sum": lambda pl, x: x.sort().cum_sum(),
    "reverse": lambda pl, x: x.reverse(),
    "shift": lambda pl, x: x.shift(1),
    "shift by a group's own number": lambda pl, x: x.shift(x.count()),
    "rank": lambda pl, x: x.rank(),
    "centred": lambda pl, x: x - x.mean(),
    "centred, largest": lambda pl, x: (x - x.mean()).abs().max(),
    "first repeated": lambda pl, x: x - x.head(1),
    "single values": lambda pl, x: x.head(1) * x.tail(1),
    "forward_fill": lambda pl, x: x.forward_fill(),
    "diff, sum": lambda pl, x: x.diff().sum(),
    "gather": lambda pl, x: x.gather(x.arg_sort()),
    "unique, sort": lambda pl, x: x.unique().sort(),
    "unique, len": lambda pl, x: x.unique().len(),
    "top_k": lambda pl, x: x.top_k(2).sort(),
    "arg_true": lambda pl, x: (x > 0).arg_true(),
    "arg_unique": lambda pl, x: x.arg_unique(),
    "gather_every": lambda pl, x: x.gather_every(2),
    "unique_counts": lambda pl, x: x.unique_counts().sum(),
    "interpolate": lambda pl, x: x.interpolate(),
    "is_sorted": lambda pl, x: x.sort().diff().drop_nulls().sum(),
    "skew": lambda pl, x: x.skew(),
    "kurtosis": lambda pl, x: x.kurtosis(),
    "pct_change": lambda pl, x: x.cast(pl.Float64).pct_change(),
    "when": lambda pl, x: pl.when(x > x.mean()).then(x).otherwise(x.min()),
    "constant": lambda pl, x: pl.lit(7),
    "running sum of one value": lambda pl, x: x.sum().cum_sum(),
    "sum of a head": lambda pl, x: x.head(2).sum() + x.tail(2).sum(),
}

numbers = st.lists(st.one_of(st.none(), st.integers(-4, 4)), max_size=8)


@pytest.mark.parametrize("name", list(BODIES))
@given(
    st.lists(st.one_of(st.none(), st.integers(-4, 4)), min_size=1, max_size=8),
    st.lists(st.integers(0, 2), min_size=8, max_size=8),
)
@settings(max_examples=30, deadline=None)
def test_by_group(name, values, keys):
    def program(m):
        frame = m.DataFrame({"g": keys[: len(values)], "x": values}, schema={"g": m.Int64, "x": m.Int64})
        return frame.group_by("g", maintain_order=True).agg(BODIES[name](m, m.col("x")).alias("r"))

    check(program)


@pytest.mark.parametrize("order", [{}, {"order_by": "o"}, {"order_by": ["p", "o"], "descending": True}])
@pytest.mark.parametrize("name", list(BODIES))
@given(st.lists(st.one_of(st.none(), st.integers(-4, 4)), min_size=1, max_size=8), st.data())
@settings(max_examples=20, deadline=None)
def test_over_groups(name, order, values, data):
    keys = data.draw(st.lists(st.integers(0, 2), min_size=len(values), max_size=len(values)))
    places = data.draw(st.permutations(range(len(values))))

    def program(m):
        columns = {"g": keys, "x": values, "o": places, "p": [place % 2 for place in places]}
        frame = m.DataFrame(columns, schema_overrides={"x": m.Int64})
        return frame.select(BODIES[name](m, m.col("x")).over("g", **order).alias("r"))

    check(program)


@pytest.mark.parametrize("name", list(BODIES))
@given(st.lists(st.one_of(st.none(), numbers), max_size=4))
@settings(max_examples=30, deadline=None)
def test_over_lists(name, lists):
    check(lambda m: m.Series("l", lists, dtype=m.List(m.Int64)).list.eval(BODIES[name](m, m.element())))


@pytest.mark.parametrize("name", ["head, sum", "centred, largest", "skew", "drop_nulls", "sort"])
def test_one_value_for_each_list(name):
    bodies = {**BODIES, "head, sum": lambda _, x: x.head(2).sum()}
    lists = [[3, 1, None, 7], [], None, [None], [2, 2]]
    check(lambda m: m.Series("l", lists, dtype=m.List(m.Int64)).list.agg(bodies[name](m, m.element())))


@pytest.mark.parametrize("mapping", ["group_to_rows", "join", "explode"])
@pytest.mark.parametrize("name", ["shift", "sort", "rank", "centred, largest"])
def test_mappings(name, mapping):
    def program(m):
        frame = m.DataFrame({"g": [2, 1, 2, 1, 2], "x": [5, None, 3, 1, 4]})
        return frame.select(BODIES[name](m, m.col("x")).over("g", mapping_strategy=mapping).alias("r"))

    check(program)


def test_windows_inside_groups():
    def program(m):
        frame = m.DataFrame({"g": [1, 1, 1, 2, 2], "h": [1, 2, 1, 1, 1], "x": [5, 1, 3, 1, 4]})
        nested = (m.col("x") - m.col("x").max().over("h")).min().alias("r")
        return frame.group_by("g", maintain_order=True).agg(nested)

    check(program)


def test_options_are_constants():
    frame = hs.DataFrame({"s": ["a1", "b2"], "n": [1, 2], "b": [True, False]})
    with pytest.raises(hs.exceptions.InvalidOperationError, match="`reverse` of `cum_sum` is a constant"):
        frame.select(hs.col("n")._call("cum_sum", hs.col("b")))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="`method` of `rank` must be one of"):
        frame.select(hs.col("n").rank("best"))
    with pytest.raises(hs.exceptions.ShapeError, match="one value, not one for each row"):
        frame.select(hs.col("n").shift(hs.col("n")))


@pytest.mark.parametrize("shape", [
    lambda m: m.sum_horizontal(m.all()) + 1,
    lambda m: ~m.all_horizontal(m.all().is_null()),
    lambda m: m.max_horizontal(m.all()).alias("x") * m.col("b"),
    lambda m: m.sum_horizontal(m.sum_horizontal(m.all()), m.all()),
    lambda m: m.all() - m.min_horizontal(m.all()),
    lambda m: m.when(m.any_horizontal(m.all() > 3)).then(m.col("a")).otherwise(m.max_horizontal(m.all())),
])
def test_sets_of_columns_within_other_expressions(shape):
    def frame(m):
        return m.DataFrame({"a": [1, None, 3], "b": [4, None, 2]})

    check(lambda m: frame(m).select(shape(m)))
    check(lambda m: frame(m).group_by("b", maintain_order=True).agg(m.sum_horizontal(m.all()).max() + 1))
    check(lambda m: frame(m).filter(~m.all_horizontal(m.all().is_null())))
    check(lambda m: frame(m).remove(m.all_horizontal(m.all().is_null())))
