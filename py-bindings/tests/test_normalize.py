"""Nested objects as tables, held against Polars; and what a bug report says."""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

import hypostyle as hs
import polars as pl
import pytest
from oracle import check

NESTED = [
    {"id": 1, "n": {"a": 1, "b": {"c": 2, "d": [1, 2]}}},
    {"id": None, "n": None, "e": {}},
    {"id": 3, "n": {"b": {"x": "y"}}, "z": 5},
]
DATA: list[Any] = [
    NESTED,
    NESTED[0],
    tuple(NESTED),
    [],
    [{"a": {"x": {"p": 1}, "y": 2}, "b": 3, "c": {"d": 1}, "e": 1}],
    [{"a": {"b": 1}, "a.b": 2}],
    [{"a": 1}, None, {"a": 2}],
    [{"a": [{"b": {"c": 1}}]}],
    [{"a": {"b": {"c": {"d": 1}}}}],
    "x",
    5,
    [{1: 2}],
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"max_level": 0},
    {"max_level": 1},
    {"max_level": 2},
    {"max_level": -1},
    {"separator": "_"},
    {"infer_schema_length": 1},
    {"infer_schema_length": None},
    {"strict": False},
    {"max_level": 0, "encoder": json.dumps},
    {"max_level": 0, "encoder": lambda value: "!"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("data", DATA, ids=range(len(DATA)))
def test_normalized_as_in_polars(data: Any, options: dict[str, Any]) -> None:
    check(lambda m: m.json_normalize(data, **options))


def test_schemas() -> None:
    check(lambda m: m.json_normalize(NESTED, schema={"id": m.Int8, "n.a": m.Float64}))
    check(lambda m: m.json_normalize([], schema={"a": m.Int8}))
    check(lambda m: m.json_normalize(iter(NESTED)))
    check(lambda m: m.json_normalize([{"a": 1}, {"a": "x"}]))
    check(lambda m: m.json_normalize([{"a": {"b": 1}}, {"a": 3}]))


def test_rows_that_are_no_objects_are_errors() -> None:
    with pytest.raises(TypeError, match="dicts as rows, not 'int'"):
        hs.json_normalize([1])


def test_objects_nested_deeper_than_calls_may_be() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = {"a": deep}
    frame = hs.json_normalize([deep], separator="")
    assert frame.item() == 1 and frame.columns == ["a" * 5000]


def test_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert hs.build_info().keys() == pl.build_info().keys()
    hs.show_versions()
    ours = capsys.readouterr().out
    pl.show_versions()
    theirs = capsys.readouterr().out
    assert [line for line in ours.splitlines() if line.startswith("---")] == [
        line for line in theirs.splitlines() if line.startswith("---")
    ]
    assert f"pyarrow              {importlib.metadata.version('pyarrow')}" in ours
    assert "<not installed>" in ours
