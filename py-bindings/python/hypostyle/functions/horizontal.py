"""Functions over the columns of a row, and constructors of columns out of columns."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.expr import Expr
from hypostyle.expr.parse import literal, parse_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _variadic(name: str, exprs: tuple[Any, ...], *options: Any) -> Expr:
    return Expr._wrap(PyExpr.call(name, [*parse_many(*exprs), *(literal(option) for option in options)]))


def all_horizontal(*exprs: Any) -> Expr:
    """Whether all values of the row are true."""
    return _variadic("all_horizontal", exprs)


def any_horizontal(*exprs: Any) -> Expr:
    """Whether a value of the row is true."""
    return _variadic("any_horizontal", exprs)


def max_horizontal(*exprs: Any) -> Expr:
    """The largest value of the row."""
    return _variadic("max_horizontal", exprs)


def min_horizontal(*exprs: Any) -> Expr:
    """The smallest value of the row."""
    return _variadic("min_horizontal", exprs)


def sum_horizontal(*exprs: Any, ignore_nulls: bool = True) -> Expr:
    """The sum of the row."""
    return _variadic("sum_horizontal", exprs) if ignore_nulls else _plain_sum(exprs)


def mean_horizontal(*exprs: Any, ignore_nulls: bool = True) -> Expr:
    """The mean of the row."""
    if ignore_nulls:
        return _variadic("mean_horizontal", exprs)
    return _plain_sum(exprs) / len(parse_many(*exprs))


def _plain_sum(exprs: tuple[Any, ...]) -> Expr:
    """The sum of the row, null if one value is."""
    first, *rest = parse_many(*exprs)
    for expr in rest:
        first = first.binary("+", expr)
    return Expr._wrap(first)


def concat_list(exprs: Any, *more_exprs: Any) -> Expr:
    """Lists and values of the row as one list."""
    return _variadic("concat_list", (exprs, *more_exprs) if more_exprs else (exprs,))


def concat_arr(exprs: Any, *more_exprs: Any) -> Expr:
    """Arrays and values of the row, all of one type, as one array.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"a": [1, 2], "b": [3, None]}).select(hs.concat_arr("a", "b"))["a"].to_list()
    [[1, 3], [2, None]]
    """
    return _variadic("concat_arr", (exprs, *more_exprs) if more_exprs else (exprs,))


def coalesce(exprs: Any, *more_exprs: Any, eager: bool = False) -> Any:
    """The first value of the row that is not null; with `eager` of series, as a series.

    >>> import hypostyle as hs
    >>> hs.coalesce(hs.Series("a", [None, 2]), hs.Series("b", [1, 3]), eager=True).to_list()
    [1, 2]
    """
    expr = _variadic("coalesce", (exprs, *more_exprs) if more_exprs else (exprs,))
    if not eager:
        return expr
    from hypostyle.functions.frames import select

    return select(expr).to_series()


def concat_str(exprs: Any, *more_exprs: Any, separator: str = "", ignore_nulls: bool = False) -> Expr:
    """The texts of the row as one."""
    inputs = (exprs, *more_exprs) if more_exprs else (exprs,)
    return _variadic("concat_str", inputs, separator, ignore_nulls)


def format(f_string: str, *args: Any) -> Expr:
    """A text with `{}` where the values of the row go."""
    parts = f_string.split("{}")
    if len(parts) != len(args) + 1:
        msg = f"the format has {len(parts) - 1} places for {len(args)} values"
        raise ValueError(msg)
    values = parse_many(*args)
    pieces: list[PyExpr] = []
    for part, value in zip(parts, values):
        pieces += [literal(part), value] if part else [value]
    if parts[-1]:
        pieces.append(literal(parts[-1]))
    return Expr._wrap(PyExpr.call("concat_str", [*pieces, literal(""), literal(False)]))


def struct(*exprs: Any, schema: Any = None, eager: bool = False, **named_exprs: Any) -> Any:
    """The values of the row as a struct."""
    result = Expr._wrap(PyExpr.struct(parse_many(*exprs, **named_exprs)))
    if schema is not None:
        from hypostyle.datatypes import Struct

        result = result.cast(Struct(schema))
    return _eager(result) if eager else result


def _eager(expr: Expr) -> Any:
    from hypostyle.functions.frames import select

    return select(expr).to_series()


def fold(acc: Any, function: Any, exprs: Any, *, returns_scalar: bool = False, return_dtype: Any = None) -> Expr:
    """The row folded from the left, by a function of expressions.

    With `return_dtype` the result is cast. Whether it is a scalar is known, so that `returns_scalar` changes nothing.
    """
    del returns_scalar
    result = acc if isinstance(acc, Expr) else Expr._wrap(literal(acc))
    for expr in parse_many(exprs):
        result = function(result, Expr._wrap(expr))
    return result if return_dtype is None else result.cast(return_dtype)


def reduce(function: Any, exprs: Any, *, returns_scalar: bool = False, return_dtype: Any = None) -> Expr:
    """As `fold`, from the first column on."""
    del returns_scalar
    first, *rest = parse_many(exprs)
    result = Expr._wrap(first)
    for expr in rest:
        result = function(result, Expr._wrap(expr))
    return result if return_dtype is None else result.cast(return_dtype)


def list(exprs: Any, *more_exprs: Any) -> Expr:
    """The values of the row as one list; a list among them is one of its values.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"a": [1, 2], "b": [3, None]}).select(hs.list("a", "b"))["a"].to_list()
    [[1, 3], [2, None]]
    """
    values = parse_many(*((exprs, *more_exprs) if more_exprs else (exprs,)))
    return Expr._wrap(PyExpr.call("concat_list", [Expr._wrap(value).repeat_by(1)._e for value in values]))
