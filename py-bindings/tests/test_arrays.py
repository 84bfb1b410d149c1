"""Functions of arrays, against Polars."""

from __future__ import annotations

import hypostyle as hs
import pytest
from oracle import check

PROGRAMS = {
    **{name: lambda m, name=name: getattr(m.col("a").arr, name)() for name in (
        "sum", "min", "max", "mean", "median", "std", "var", "n_unique", "arg_min", "arg_max", "first", "last", "len",
        "reverse", "sort", "unique", "explode", "to_list", "shift",
    )},
    "sort descending": lambda m: m.col("a").arr.sort(descending=True, nulls_last=True),
    "get": lambda m: m.col("a").arr.get(-1),
    "get past the end": lambda m: m.col("a").arr.get(5, null_on_oob=True),
    "contains": lambda m: m.col("a").arr.contains(5),
    "contains null": lambda m: m.col("a").arr.contains(None),
    "count_matches": lambda m: m.col("a").arr.count_matches(5),
    "join": lambda m: m.col("t").arr.join("-"),
    "any": lambda m: m.col("b").arr.any(),
    "all": lambda m: m.col("b").arr.all(),
    "head": lambda m: m.col("a").arr.head(1),
    "tail": lambda m: m.col("a").arr.tail(1),
    "slice": lambda m: m.col("a").arr.slice(0, 1),
    "to_struct": lambda m: m.col("a").arr.to_struct(["x", "y"]),
    "eval": lambda m: m.col("a").arr.eval(m.element() + 1),
    "eval as lists": lambda m: m.col("a").arr.eval(m.element() + 1, as_list=True),
    "agg": lambda m: m.col("a").arr.agg(m.element().sum()),
}  # fmt: skip


def frame(m, rows=4):
    data = {
        "a": [[3, 1], [None, 2], None, [5, 5]],
        "b": [[True, None], [False, False], None, [True, True]],
        "t": [["x", "y"], ["z", None], None, ["", ""]],
    }
    schema = {name: m.Array(dtype, 2) for name, dtype in {"a": m.Int64, "b": m.Boolean, "t": m.String}.items()}
    return m.DataFrame({name: values[:rows] for name, values in data.items()}, schema=schema)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("rows", [4, 1, 0])
def test_columns(name, rows):
    check(lambda m: frame(m, rows).select(PROGRAMS[name](m)))


def test_series_and_errors():
    arrays = hs.Series([[1, 2]], dtype=hs.Array(hs.Int64, 2))
    assert arrays.arr.slice(0, 1, as_array=True).dtype == hs.Array(hs.Int64, 1)
    with pytest.raises(hs.exceptions.InvalidOperationError):
        hs.Series([[1]]).arr.sum()
