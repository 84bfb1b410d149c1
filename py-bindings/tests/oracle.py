"""The same program through Polars and through Hypostyle: results must agree in types and values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import hypostyle as hs
import polars as pl


def check(program: Callable[[Any], Any], *, sort: bool = False, tol: float = 1e-12) -> None:
    """Runs `program(pl)` and `program(hs)` and compares results, or the classes of the exceptions.

    `sort`: rows may come in any order.
    """
    __tracebackhide__ = True
    wanted, found = _run(program, pl), _run(program, hs)
    if isinstance(wanted, Exception) or isinstance(found, Exception):
        if type(wanted).__name__ != type(found).__name__:
            msg = f"Polars: {wanted!r}\nHypostyle: {found!r}"
            raise AssertionError(msg) from (found if isinstance(found, Exception) else None)
        return
    difference = _difference(_plain(wanted, sort=sort), _plain(found, sort=sort), tol)
    if difference:
        msg = f"{difference}\nPolars: {wanted}\nHypostyle: {found}"
        raise AssertionError(msg)


def _run(program: Callable[[Any], Any], module: Any) -> Any:
    try:
        result = program(module)
        return result.collect() if hasattr(result, "collect") else result
    except Exception as error:
        return error


def _plain(value: Any, *, sort: bool) -> Any:
    if hasattr(value, "get_columns"):
        names = [(c.name, repr(c.dtype)) for c in value.get_columns()]
        rows = value.rows()
        return ("frame", names, sorted(rows, key=_order) if sort else rows)
    if hasattr(value, "to_list") and hasattr(value, "dtype"):
        values = value.to_list()
        return ("series", value.name, repr(value.dtype), sorted(values, key=_order) if sort else values)
    if isinstance(value, dict):
        return {key: _plain(item, sort=sort) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, sort=sort) for item in value]
    return value


def _order(row: Any) -> Any:
    if isinstance(row, tuple):
        return tuple(_order(item) for item in row)
    if row is None:
        return (0, "")
    if isinstance(row, float) and math.isnan(row):
        return (1, "")
    if isinstance(row, (int, float)):
        return (2, row)
    return (3, str(row))


def _difference(a: Any, b: Any, tol: float, path: str = "") -> str:
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            same = math.isnan(a) and math.isnan(b)
        elif math.isinf(a) or math.isinf(b):
            same = a == b
        else:
            same = abs(a - b) <= tol * max(1.0, abs(a), abs(b))
        return "" if same else f"{path}: {a!r} != {b!r}"
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        if len(a) != len(b):
            return f"{path}: {len(a)} != {len(b)} items"
        return next(filter(None, (_difference(x, y, tol, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b)))), "")
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return f"{path}: keys {list(a)} != {list(b)}"
        return next(filter(None, (_difference(a[k], b[k], tol, f"{path}.{k}") for k in a)), "")
    return "" if type(a) is type(b) and a == b else f"{path}: {a!r} != {b!r}"


def types(module: Any) -> dict[str, Any]:
    """Five values, with a null among them, of every data type."""
    import datetime as dt
    from decimal import Decimal

    day = dt.date(2020, 2, 29)
    moment = dt.datetime(2021, 3, 4, 5, 6, 7, 89)
    s = module.Series
    integers = {
        name: s(name, [3, 1, None, 2, 1], dtype=getattr(module, name))
        for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Int128", "UInt128")
    }
    return {
        **integers,
        "Float16": s("Float16", [1.5, -0.0, None, float("nan"), float("inf")], dtype=module.Float16),
        "Float32": s("Float32", [1.5, -0.0, None, float("nan"), float("inf")], dtype=module.Float32),
        "Float64": s("Float64", [1.5, -2.25, None, float("nan"), float("inf")]),
        "Boolean": s("Boolean", [True, False, None, True, True]),
        "String": s("String", ["b", "", None, "été", "a longer text"]),
        "Binary": s("Binary", [b"b", b"", None, b"\xff\x00", b"bytes"]),
        "Date": s("Date", [day, dt.date(1969, 12, 31), None, dt.date(1, 1, 1), day]),
        "Time": s("Time", [dt.time(1), dt.time(23, 59, 59, 999_999), None, dt.time(0), dt.time(1)]),
        "Datetime": s("Datetime", [moment, dt.datetime(1969, 12, 31, 23), None, moment, dt.datetime(2000, 1, 1)]),
        "DatetimeMs": s("DatetimeMs", [moment, None, None, moment, None], dtype=module.Datetime("ms")),
        "DatetimeTz": s("DatetimeTz", [moment, None, moment, None, moment], dtype=module.Datetime("us", "UTC")),
        "Duration": s("Duration", [dt.timedelta(1, 2, 3), dt.timedelta(-1), None, dt.timedelta(0), dt.timedelta(9)]),
        "Decimal": s("Decimal", [Decimal("1.50"), Decimal("-2.25"), None, Decimal("0.05"), Decimal("99")]),
        "Categorical": s("Categorical", ["b", "a", None, "b", "c"], dtype=module.Categorical),
        "Enum": s("Enum", ["b", "a", None, "b", "c"], dtype=module.Enum(["c", "b", "a"])),
        "Null": s("Null", [None] * 5),
        "List": s("List", [[1, 2], [], None, [None, 3], [1, 2, 3, 4]]),
        "ListString": s("ListString", [["a"], [], None, [None, "b"], ["a", "b", "c"]]),
        "Array": s("Array", [[1, 2], [None, 3], None, [1, 2], [0, 0]], dtype=module.Array(module.Int16, 2)),
        "ArrayString": s(
            "ArrayString",
            [[["a", None]], None, [["b", ""]], [["a", None]], [[None, None]]],
            dtype=module.Array(module.String, (1, 2)),
        ),
        "Struct": s(
            "Struct", [{"a": 1, "b": "x"}, {"a": None, "b": "y"}, None, {"a": 3, "b": None}, {"a": 1, "b": "x"}]
        ),
    }


TYPES = list(types(hs))
