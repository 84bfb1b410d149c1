"""Some values for others, against Polars."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from oracle import check

I, F, S = [1, 2, None, 3], [1.5, float("nan"), None], ["x", "y", None]

REPLACED: list[tuple[list[Any], tuple[Any, ...]]] = [
    (I, ({1: 9},)),
    (I, ({1: 9, None: 0},)),
    (I, ([1, 2], [8, 9])),
    (I, ([1, 2], 9)),
    (I, ([1, 2], [9])),
    (I, (1, 9)),
    (I, (None, 9)),
    (I, ([1, 1], [2, 3])),
    (I, ([1, 2], [2, 3, 4])),
    (I, (1, "x")),
    (I, ({},)),
    (I, ([], [])),
    (F, ({float("nan"): 0.0},)),
    (F, ({1.5: None},)),
    (S, ({"x": "z"},)),
    (S, (["x", "y"], ["y", "x"])),
    ([True, False], (True, False)),
    ([dt.date(2020, 1, 1)], ({dt.date(2020, 1, 1): dt.date(2021, 1, 1)},)),
]


@pytest.mark.parametrize(("values", "arguments"), REPLACED)
def test_replace(values: list[Any], arguments: tuple[Any, ...]) -> None:
    check(lambda m: m.Series("v", values).replace(*arguments))


STRICT: list[tuple[list[Any], dict[str, Any]]] = [
    (I, {"old": {1: 2}}),
    (I, {"old": {1: 2, 2: 3, 3: 4}}),
    (I, {"old": {1: "a", 2: "b", 3: "c"}}),
    (I, {"old": {1: "a"}, "default": "z"}),
    (I, {"old": {1: "a"}, "default": 1}),
    (I, {"old": {1: 7}, "default": 1.5}),
    (I, {"old": {1: 7}, "default": None}),
    (I, {"old": {}}),
    (I, {"old": {}, "default": 1}),
    (S, {"old": ["x", "y"], "new": ["1", "2"], "default": "b"}),
    (S, {"old": ["x", "y"], "new": [1, 2], "default": 0}),
    ([True, False], {"old": {True: 1, False: 0}}),
]


@pytest.mark.parametrize(("values", "arguments"), STRICT)
def test_replace_strict(values: list[Any], arguments: dict[str, Any]) -> None:
    check(lambda m: m.Series("v", values).replace_strict(**arguments))
    check(lambda m: m.Series("v", values).replace_strict(**arguments, return_dtype=m.String))


def test_expressions() -> None:
    def frame(m: Any) -> Any:
        return m.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"], "n": [10, 20, 30]})

    programs = [
        lambda m: m.col("a").replace(m.col("a").head(2), m.col("n").head(2)),
        lambda m: m.col("a").replace([1, 2], m.col("n").head(2)),
        lambda m: m.col("a").replace(m.col("a").max(), m.col("n").max()),
        lambda m: m.col("a").replace_strict({1: "q"}, default=m.col("b")),
        lambda m: m.col("a").replace_strict({1: 100}, default=m.col("n"), return_dtype=m.Int32),
        lambda m: m.col("a").replace(m.Series([1, 2]), m.Series([5, 6])),
        lambda m: m.col("a").replace({1: 5}).over("b"),
    ]
    for program in programs:
        check(lambda m: frame(m).select(program(m).alias("r")))
    check(lambda m: m.Series([1, 2], dtype=m.Int8).replace({1: 300}))
    check(lambda m: m.Series([1, 2], dtype=m.Int8).replace_strict({1: 3, 2: 4}))
