"""`col`, `lit` and their kin: where expressions start."""

from __future__ import annotations

import builtins

from hypostyle._hypostyle import PyExpr
from hypostyle.datatypes import is_dtype
from hypostyle.expr import Expr
from hypostyle.expr.derived import by_types
from hypostyle.expr.parse import column, flags, is_list, literal, parse, parse_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class _Column:
    """`col("name")`, or `col.name`."""

    def __call__(self, name: Any, *more_names: Any) -> Expr:
        """The column of a name; several names, patterns or data types stand for several columns."""
        if isinstance(name, str) and not more_names:
            return Expr._wrap(column(name))
        items = [item for value in (name, *more_names) for item in (value if is_list(value) else [value])]
        if builtins.all(isinstance(item, str) for item in items) and not any(item.startswith("^") for item in items):
            return Expr._wrap(PyExpr.selector("by_name", (items, True)))
        if not builtins.all(isinstance(item, str) or is_dtype(item) or isinstance(item, type) for item in items):
            msg = f"`col` takes names or data types, not {items!r}"
            raise TypeError(msg)
        from hypostyle.selectors import _selection

        return Expr._wrap(_selection(items, strict=True))

    def __getattr__(self, name: str) -> Expr:
        if name.startswith("__"):
            raise AttributeError(name)
        return Expr._wrap(PyExpr.col(name))

    def __repr__(self) -> str:
        return "col"


col = _Column()


def lit(value: Any, dtype: Any = None) -> Expr:
    """A constant, or the values of a Series.

    >>> import hypostyle as hs
    >>> hs.select(hs.lit(1) + 2).item()
    3
    """
    return Expr._wrap(literal(value, dtype))


def all(*names: str, ignore_nulls: bool = True) -> Expr:
    """Every column; with names, whether all values of these are true."""
    return col(*names).all(ignore_nulls=ignore_nulls) if names else Expr._wrap(PyExpr.selector("all", None))


def exclude(columns: Any, *more_columns: Any) -> Expr:
    """Every column but these."""
    return all().exclude(columns, *more_columns)


def element() -> Expr:
    """The values of a list, in `list.eval` and `list.agg`."""
    return Expr._wrap(PyExpr.col(""))


def field(name: str | list[str]) -> Expr:
    """A field of the struct, in `struct.with_fields` and `struct.eval`."""
    return element().struct.field(name)


def nth(*indices: Any, strict: bool = True) -> Expr:
    """The columns at these positions."""
    flat = [i for value in indices for i in (value if is_list(value) else [value])]
    return Expr._wrap(PyExpr.selector("by_index", (flat, strict)))


def arg_where(condition: Expr, *, eager: bool = False) -> Any:
    """The positions where a condition is true."""
    from hypostyle.functions.frames import select

    positions = condition.arg_true()
    return select(positions).to_series() if eager else positions


def arg_sort_by(
    exprs: Any,
    *more_exprs: Any,
    descending: Any = False,
    nulls_last: Any = False,
    multithreaded: bool = True,
    maintain_order: bool = False,
) -> Expr:
    """The positions that put rows in the order of expressions."""
    del multithreaded, maintain_order
    keys = parse_many(exprs, *more_exprs)
    order = [
        literal(flags(descending, len(keys), "descending")),
        literal(flags(nulls_last, len(keys), "nulls_last")),
    ]
    return Expr._wrap(PyExpr.call("arg_sort_by", [*order, *keys]))


def arctan2(y: Any, x: Any) -> Expr:
    """The angle in radians of the point (x, y) as seen from the origin.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"y": [1.0], "x": [0.0]}).select(hs.arctan2("y", "x").degrees()).item()
    90.0
    """
    return Expr._wrap(PyExpr.call("arctan2", [parse(y), parse(x)]))


def pipe_with_dtype(exprs: Any, function: Callable[[list[tuple[Expr, Any]]], Any]) -> Expr:
    """The expression that a function makes of pairs of an expression and its type.

    >>> import hypostyle as hs
    >>> pick = lambda pairs: next(e for e, dtype in pairs if dtype == hs.String)
    >>> hs.DataFrame({"a": [1], "b": ["x"]}).select(hs.pipe_with_dtype(["a", "b"], pick)).item()
    'x'
    """
    return by_types(parse_many(exprs), function)


def escape_regex(s: str) -> str:
    r"""A string as a pattern that matches it.

    >>> import hypostyle as hs
    >>> hs.escape_regex("a.b")
    'a\\.b'
    """
    if not isinstance(s, str):
        msg = f"`escape_regex` takes a string, not {type(s).__name__!r}; of a column use `str.escape_regex`"
        raise TypeError(msg)
    from hypostyle.functions.frames import select

    return select(lit(s).str.escape_regex()).item()
