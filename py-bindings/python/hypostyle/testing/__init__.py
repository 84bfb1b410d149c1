"""Assertions on frames and series."""

from __future__ import annotations

import math

from hypostyle.dataframe import DataFrame
from hypostyle.lazyframe import LazyFrame
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "assert_frame_equal",
    "assert_frame_not_equal",
    "assert_schema_equal",
    "assert_series_equal",
    "assert_series_not_equal",
]


def assert_series_equal(
    left: Series,
    right: Series,
    *,
    check_dtypes: bool = True,
    check_names: bool = True,
    check_order: bool = True,
    check_exact: bool = False,
    rel_tol: float = 1e-05,
    abs_tol: float = 1e-08,
    categorical_as_str: bool = False,
) -> None:
    """Fails unless both series are equal, floats within a tolerance.

    >>> assert_series_equal(Series("a", [1]), Series("a", [1]))
    """
    __tracebackhide__ = True
    if not (isinstance(left, Series) and isinstance(right, Series)):
        _fail("Series", "inputs are of different kinds", type(left).__name__, type(right).__name__)
    if len(left) != len(right):
        _fail("Series", "length mismatch", len(left), len(right))
    if check_names and left.name != right.name:
        _fail("Series", "name mismatch", left.name, right.name)
    if check_dtypes and left.dtype != right.dtype and not (categorical_as_str and _textual(left, right)):
        _fail("Series", "dtype mismatch", left.dtype, right.dtype)
    a, b = left.to_list(), right.to_list()
    if not check_order:
        a, b = sorted(a, key=_key), sorted(b, key=_key)
    for i, (x, y) in enumerate(zip(a, b)):
        if not _same(x, y, exact=check_exact, rel_tol=rel_tol, abs_tol=abs_tol):
            _fail("Series", f"value mismatch in {left.name!r} at row {i}", x, y)


def assert_frame_equal(
    left: Any,
    right: Any,
    *,
    check_row_order: bool = True,
    check_column_order: bool = True,
    check_dtypes: bool = True,
    check_exact: bool = False,
    rel_tol: float = 1e-05,
    abs_tol: float = 1e-08,
    categorical_as_str: bool = False,
) -> None:
    """Fails unless both frames are equal, floats within a tolerance.

    >>> assert_frame_equal(DataFrame({"a": [1]}), DataFrame({"a": [1]}))
    """
    __tracebackhide__ = True
    if isinstance(left, LazyFrame) and isinstance(right, LazyFrame):
        left, right = left.collect(), right.collect()
    if not (isinstance(left, DataFrame) and isinstance(right, DataFrame)):
        _fail("DataFrames", "inputs are of different kinds", type(left).__name__, type(right).__name__)
    if set(left.columns) != set(right.columns) or check_column_order and left.columns != right.columns:
        _fail("DataFrames", "columns mismatch", left.columns, right.columns)
    if left.height != right.height:
        _fail("DataFrames", "height mismatch", left.height, right.height)
    right = right.select(left.columns)
    if not check_row_order:
        left, right = _sorted(left), _sorted(right)
    for a, b in zip(left.get_columns(), right.get_columns()):
        assert_series_equal(
            a,
            b,
            check_dtypes=check_dtypes,
            check_exact=check_exact,
            rel_tol=rel_tol,
            abs_tol=abs_tol,
            categorical_as_str=categorical_as_str,
        )


def assert_schema_equal(
    left_schema: Any, right_schema: Any, *, check_column_order: bool = True, check_dtypes: bool = True
) -> None:
    """Fails unless both schemas have the same names and types.

    >>> assert_schema_equal({"a": DataFrame({"a": [1]}).schema["a"]}, DataFrame({"a": [2]}).schema)
    """
    __tracebackhide__ = True
    left, right = dict(left_schema), dict(right_schema)
    for one, other, where in [(left, right, "left, but not in right"), (right, left, "right, but not in left")]:
        lacking = [name for name in one if name not in other]
        if lacking:
            _fail("Schemas", f"columns mismatch: {lacking} in {where}", list(left), list(right))
    if check_column_order and list(left) != list(right):
        _fail("Schemas", "columns are not in the same order", list(left), list(right))
    differences = [name for name in left if left[name] != right[name]]
    if check_dtypes and differences:
        types = [[(name, schema[name]) for name in differences] for schema in (left, right)]
        _fail("Schemas", "dtypes do not match, differences only", *types)


def assert_series_not_equal(
    left: Series,
    right: Series,
    *,
    check_dtypes: bool = True,
    check_names: bool = True,
    check_order: bool = True,
    check_exact: bool = False,
    rel_tol: float = 1e-05,
    abs_tol: float = 1e-08,
    categorical_as_str: bool = False,
) -> None:
    """Fails if both series are equal."""
    __tracebackhide__ = True
    options = {
        "check_dtypes": check_dtypes,
        "check_names": check_names,
        "check_order": check_order,
        "check_exact": check_exact,
        "rel_tol": rel_tol,
        "abs_tol": abs_tol,
        "categorical_as_str": categorical_as_str,
    }
    _not(assert_series_equal, left, right, options)


def assert_frame_not_equal(
    left: Any,
    right: Any,
    *,
    check_row_order: bool = True,
    check_column_order: bool = True,
    check_dtypes: bool = True,
    check_exact: bool = False,
    rel_tol: float = 1e-05,
    abs_tol: float = 1e-08,
    categorical_as_str: bool = False,
) -> None:
    """Fails if both frames are equal."""
    __tracebackhide__ = True
    options = {
        "check_row_order": check_row_order,
        "check_column_order": check_column_order,
        "check_dtypes": check_dtypes,
        "check_exact": check_exact,
        "rel_tol": rel_tol,
        "abs_tol": abs_tol,
        "categorical_as_str": categorical_as_str,
    }
    _not(assert_frame_equal, left, right, options)


def _not(check: Any, left: Any, right: Any, options: dict[str, Any]) -> None:
    try:
        check(left, right, **options)
    except AssertionError:
        return
    msg = "both are equal"
    raise AssertionError(msg)


def _sorted(frame: DataFrame) -> DataFrame:
    order = sorted(range(frame.height), key=lambda i: tuple(map(_key, frame.row(i))))
    return frame[order] if order else frame


def _textual(left: Series, right: Series) -> bool:
    return {left.dtype.base_type().__name__, right.dtype.base_type().__name__} <= {"String", "Categorical", "Enum"}


def _key(value: Any) -> tuple[Any, ...]:
    """An order of any values: null, then NaN, then by text of the type and value."""
    if value is None:
        return (0,)
    if isinstance(value, float) and math.isnan(value):
        return (1,)
    if isinstance(value, (int, float)):
        return (2, value)
    return (3, str(value))


def _same(a: Any, b: Any, *, exact: bool, rel_tol: float, abs_tol: float) -> bool:
    options: dict[str, Any] = {"exact": exact, "rel_tol": rel_tol, "abs_tol": abs_tol}
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        if exact or math.isinf(a) or math.isinf(b):
            return a == b
        return abs(a - b) <= abs_tol + rel_tol * abs(b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same(x, y, **options) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[k], b[k], **options) for k in a)
    return type(a) is type(b) and a == b or a is None and b is None or _numbers(a, b)


def _numbers(a: Any, b: Any) -> bool:
    return isinstance(a, (int, float)) and isinstance(b, (int, float)) and a == b


def _fail(what: str, how: str, left: Any, right: Any) -> None:
    __tracebackhide__ = True
    msg = f"{what} are different ({how})\n[left]:  {left}\n[right]: {right}"
    raise AssertionError(msg)
