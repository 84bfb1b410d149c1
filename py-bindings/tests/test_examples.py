"""The examples in the catalog's entries, held against Polars; and the names that entries have in SQL, against DuckDB and
the SQL of Polars."""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import math
from typing import Any

import duckdb
import hypostyle as hs
import polars as pl
import pytest
from hypostyle._hypostyle import catalog_examples

A, B = pl.col("a"), pl.col("b")
CONSTANTS = {"true": True, "false": False, "null": None}

# Entries that Polars knows under another name, or calls another way.
IN_POLARS = {
    "neg": -A,
    "not": ~A,
    "pow": A.pow(3),
    "as_struct": pl.struct(A.alias("x"), B.alias("y")),
    "concat_str": pl.concat_str(A, B, separator="-", ignore_nulls=True),
    "date": pl.date(A, B, pl.col("c")),
    "datetime": pl.datetime(A, B, pl.col("c"), pl.col("d")),
    "repeat": pl.repeat("a", 3, eager=False),
    "int_range": pl.int_range(1, 6, 2),
    "row_index": pl.row_index(),
    "arg_sort_by": pl.arg_sort_by(A, descending=False, nulls_last=False),
    "sort_by": A.sort_by(B, descending=False, nulls_last=True),
    "coalesce": pl.coalesce(A, B),
    "gather": A.gather(B),
    "cov": pl.cov(A, B),
    "corr": pl.corr(A, B),
    "first_non_null": A.drop_nulls().first(),
    "mean_horizontal": pl.mean_horizontal(A, B),
    "sum_horizontal": pl.sum_horizontal(A, B),
    "struct.field": A.struct.field("x"),
    "struct.rename_fields": A.struct.rename_fields(["p", "q"]),
    "struct.prefix_fields": A.name.prefix_fields("p_"),
    "struct.suffix_fields": A.name.suffix_fields("_s"),
    "struct.with_fields": A.struct.with_fields(B.alias("x")),
    "struct.eval": A.struct.eval(B.alias("x")),
    "struct.drop": A.struct.drop(["x"]),
    "bin.reinterpret": A.bin.reinterpret(dtype=pl.Float64),
    "list.drop_nulls": A.list.drop_nulls(),
    "list.filter": A.list.filter(pl.lit(False)),
    "list.to_struct": A.list.to_struct(["x", "y"]),
    "arr.to_struct": A.arr.to_struct(["x", "y"]),
    "arr.of_width": A.list.to_array(2),
    "only": A.item(),
    "lowest": A.lower_bound(),
    "highest": A.upper_bound(),
    "reinterpret": A.reinterpret(dtype=pl.UInt64),
    "value_counts": A.value_counts().struct.rename_fields(["value", "count"]),
    "top_k_by": A.top_k_by(B, 2),
    "bottom_k_by": A.bottom_k_by(B, 2),
    "str.extract": A.str.extract(r"b([0-9]+)", 1),
}
# The aggregates `top_k` and `bottom_k` are what the expressions of these names give a group: lists, in order.
LISTS = {"top_k": A.top_k(2).sort(descending=True).implode(), "bottom_k": A.bottom_k(2).sort().implode()}
IN_ANY_ORDER = {"mode", "arg_unique", "unique", "top_k", "bottom_k", "value_counts"}


def constant(text: str) -> Any:
    for kind in (dt.date, dt.datetime, dt.time):
        with contextlib.suppress(ValueError):
            if text[0].isdigit() and len(text) >= 8:
                return kind.fromisoformat(text)
    return CONSTANTS[text] if text in CONSTANTS else ast.literal_eval(text)


def is_constant(text: str) -> bool:
    return text in CONSTANTS or text[0] in '"[-' or text[0].isdigit()


EXAMPLES = [
    (name, kind, params, sql, args, pl.DataFrame({n: pl.Series(s) for n, s in zip("abcd", columns)}), result)
    for name, kind, params, sql, args, columns, result in (
        (*head, [hs.Series._wrap(c) for c in columns], hs.Series._wrap(result))
        for *head, columns, result in catalog_examples()
    )
]


def in_polars(name: str, kind: str, params: list[str], args: list[str]) -> pl.Expr:
    """The same call in Polars: a method of its first argument, with the names of the parameters, or a function."""
    if kind == "aggregate" and name in LISTS:
        return LISTS[name]
    if name in IN_POLARS:
        return IN_POLARS[name]
    columns = iter("abcd")
    values = [constant(text) if is_constant(text) else pl.col(next(columns)) for text in args]
    *namespaces, method = name.split(".")
    if len(params) == 1 and len(values) > 1 or not hasattr(pl.Expr, name.split(".")[0]):
        return getattr(pl, name)(*values)
    found: Any = values[0]
    for namespace in namespaces:
        found = getattr(found, namespace)
    call = getattr(found, method)
    try:
        return call(*values[1:])
    except TypeError:
        return call(**dict(zip(params[1:], values[1:])))


def near(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12) or (math.isnan(left) and math.isnan(right))
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(near, left, right))
    return bool(left == right)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e[1]}-{e[0]}" for e in EXAMPLES])
def test_examples_are_those_of_polars(example):
    name, kind, params, _, args, frame, result = example
    wanted = frame.select(in_polars(name, kind, params, args).alias("")).to_series()
    found = pl.Series("", result)
    assert found.dtype == wanted.dtype
    left, right = found.to_list(), wanted.to_list()
    if name in IN_ANY_ORDER and kind != "aggregate":
        left, right = sorted(left, key=repr), sorted(right, key=repr)
    assert near(left, right), f"Hypostyle: {left}, Polars: {right}"


SQL_NAMES = [(sql, example) for example in EXAMPLES for sql in example[3]]


def plain(value: Any) -> Any:
    """A value whose type does not matter."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, int) or hasattr(value, "as_integer_ratio"):
        return float(value)
    return value


def written(text: str) -> str:
    value = constant(text)
    return "'" + value + "'" if isinstance(value, str) else str(value)


@pytest.mark.parametrize(("sql", "example"), SQL_NAMES, ids=[sql for sql, _ in SQL_NAMES])
def test_names_in_sql_are_those_of_duckdb_or_polars(sql, example):
    _, _, _, _, args, frame, result = example
    columns = iter("abcd")
    arguments = ", ".join(written(text) if is_constant(text) else next(columns) for text in args)
    wanted = [plain(value) for value in result.to_list()]
    query = f"SELECT {sql}({arguments}) AS r FROM frame"
    found = []
    try:
        found.append(duckdb.sql(query).pl()["r"].to_list())
    except duckdb.Error as error:
        found.append(error)
    try:
        found.append(pl.SQLContext(frame=frame).execute(query, eager=True)["r"].to_list())
    except Exception as error:
        found.append(error)
    same = [isinstance(rows, list) and near([plain(v) for v in rows], wanted) for rows in found]
    assert any(same), f"{query}: {wanted} wanted, DuckDB: {found[0]}, Polars: {found[1]}"
