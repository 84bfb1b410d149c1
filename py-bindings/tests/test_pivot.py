"""Rows as columns, eager and lazy, against Polars."""

from __future__ import annotations

import hypostyle as hs
import pytest
from oracle import check

ROWS = {
    "i": ["a", "a", "b", "b", "c"],
    "o": ["x", "y", "x", "z", None],
    "v": [1, 2, 3, 4, None],
    "w": [1.5, 2.5, None, 4.5, 5.5],
}
AGGREGATES = [None, "first", "last", "min", "max", "sum", "mean", "median", "len"]
CALLS = {
    "one": {"on": "o", "on_columns": ["x", "y"], "index": "i", "values": "v"},
    "several values": {"on": "o", "on_columns": ["y", "x"], "index": "i", "values": ["v", "w"]},
    "other separator": {"on": "o", "on_columns": ["y"], "index": "i", "values": ["v", "w"], "separator": "|"},
    "named by both": {"on": "o", "on_columns": ["x"], "index": "i", "values": "v", "column_naming": "combine"},
    "no values": {"on": "o", "on_columns": ["x"], "index": "i"},
    "no index": {"on": "o", "on_columns": ["x"], "values": "v"},
    "missing value": {"on": "o", "on_columns": ["x", "q"], "index": "i", "values": "v"},
    "null": {"on": "o", "on_columns": ["x", None], "index": "i", "values": "w"},
    "numbers": {"on": "v", "on_columns": [1, 4, 9], "index": "i", "values": "w"},
    "two of index": {"on": "o", "on_columns": ["x"], "index": ["i", "w"], "values": "v"},
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_lazy(call, aggregate):
    options = {**CALLS[call], "aggregate_function": aggregate, "maintain_order": True}
    check(lambda m: m.LazyFrame(ROWS).pivot(**options), sort=call == "no index")
    check(lambda m: m.LazyFrame(ROWS).head(0).pivot(**options))


@pytest.mark.parametrize("aggregate", [*AGGREGATES, "item"])
def test_several_in_a_cell(aggregate):
    def program(m, frame):
        twice = m.concat([frame(ROWS), frame(ROWS)])
        return twice.pivot("o", ["x", "y"], index="i", values="v", aggregate_function=aggregate, maintain_order=True)

    check(lambda m: program(m, m.DataFrame))
    check(lambda m: program(m, m.LazyFrame))


def test_eager():
    for options in ({}, {"sort_columns": True}, {"column_naming": "combine"}):
        check(lambda m, o=options: m.DataFrame(ROWS).filter(m.col("o").is_not_null()).pivot("o", index="i", values="v", **o))
    check(lambda m: m.DataFrame(ROWS).pivot("o", ["x"], index="i", values="v", aggregate_function=m.element().max() + 1))
    check(lambda m: m.LazyFrame(ROWS).pivot("o", m.Series(["x"]), index="i", values="v", maintain_order=True))
    check(lambda m: m.LazyFrame(ROWS).pivot("o", ["x", "y"], index="i", values="v"), sort=True)
    two = {"o": ["x", "y"], "i": ["a", "a"]}
    check(lambda m: m.LazyFrame(ROWS).pivot(["o", "i"], m.DataFrame(two), values="v", maintain_order=True), sort=True)


def test_refusals():
    check(lambda m: m.DataFrame(ROWS).pivot("o", ["x"], index="i", values="v", aggregate_function="foo"))
    check(lambda m: m.LazyFrame(ROWS).pivot("o", ["x", "x"], index="i", values="v"))
    with pytest.raises(ValueError, match="column_naming"):
        hs.DataFrame(ROWS).pivot("o", index="i", values="v", column_naming="other")


OTHER = {"k": [2, 3, 5], "x": [20, None, 50], "z": [1, 2, 3]}
OWN = {"k": [1, 2, 3, 3], "x": [10, None, 30, 31], "y": ["a", "b", "c", "d"]}


@pytest.mark.parametrize("how", ["left", "inner", "full", "right"])
@pytest.mark.parametrize("nulls", [False, True])
def test_update(how, nulls):
    options = {"how": how, "include_nulls": nulls}
    check(lambda m: m.DataFrame(OWN).update(m.DataFrame(OTHER), on="k", **options), sort=True)
    check(lambda m: m.LazyFrame(OWN).update(m.LazyFrame(OTHER), on=["k"], **options), sort=True)
    check(lambda m: m.DataFrame(OWN).update(m.DataFrame(OTHER), **options), sort=True)
    renamed = {"q" if name == "k" else name: values for name, values in OTHER.items()}
    check(lambda m: m.DataFrame(OWN).update(m.DataFrame(renamed), left_on="k", right_on="q", **options), sort=True)
    check(lambda m: m.DataFrame(OWN).update(m.DataFrame(renamed), left_on="k", **options))
    check(lambda m: m.DataFrame(OWN).update(m.DataFrame(OTHER), on="missing", **options))
    check(lambda m: m.DataFrame(OWN).update(m.DataFrame(OTHER).with_columns(x=m.lit(1.5)), on="k", **options), sort=True)


def test_rows_as_lists_and_first_values():
    def frame(m):
        return m.DataFrame({"a": [1, 2], "b": [3, None], "l": [[1], None]})

    check(lambda m: frame(m).select(m.list("a", "b")))
    check(lambda m: frame(m).select(m.list(["a", "b", m.lit(1.5)])))
    check(lambda m: frame(m).select(m.list("l", "l")))
    groups = {"g": [1, 1, 2], "v": [None, 5, None]}
    for ignore in (False, True):
        check(lambda m, i=ignore: m.DataFrame(groups).group_by("g", maintain_order=True).first(ignore_nulls=i))
        check(lambda m, i=ignore: m.DataFrame(groups).lazy().group_by("g", maintain_order=True).last(ignore_nulls=i))
    check(lambda m: [m.Series([3, None, 1]).cast(m.Date).dt.min(), m.Series([3, 1]).cast(m.Date).dt.max()])


def test_graphs():
    query = hs.LazyFrame({'a"b': [1]}).filter(hs.col('a"b') > 0)
    for stage in ("ir", "physical"):
        text = query.show_graph(raw_output=True, plan_stage=stage)
        assert text.startswith("digraph plan {") and text.endswith("}")
        assert "FILTER" in text and "p1 -> p0" in text
    with pytest.raises(ValueError, match="plan_stage"):
        query.show_graph(plan_stage="other")


def test_graphs_without_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ImportError, match="Graphviz"):
        hs.LazyFrame({"a": [1]}).show_graph()
