"""Python functions of several expressions."""

from __future__ import annotations

from hypostyle.expr import Expr
from hypostyle.expr.parse import parse, parse_many
from hypostyle.expr.user import map_series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hypostyle.series import Series


def map_batches(
    exprs: Any,
    function: Callable[[list[Series]], Any],
    return_dtype: Any = None,
    *,
    is_elementwise: bool = False,
    returns_scalar: bool = False,
) -> Expr:
    """A function of several expressions' values, given as a list of Series; see :meth:`Expr.map_batches`.

    >>> import hypostyle as hs
    >>> df = hs.DataFrame({"a": [1, 2], "b": [10, 20]})
    >>> df.select(hs.map_batches(["a", "b"], lambda s: s[0] + s[1]))["a"].to_list()
    [11, 22]
    """
    return Expr._wrap(
        map_series(
            parse_many(exprs), function, return_dtype, is_elementwise=is_elementwise, returns_scalar=returns_scalar
        )
    )


def map_groups(
    exprs: Any,
    function: Callable[[list[Series]], Any],
    return_dtype: Any = None,
    *,
    is_elementwise: bool = False,
    returns_scalar: bool = False,
) -> Expr:
    """A function of several expressions' values in each group, given as a list of Series; see :meth:`Expr.map_batches`.

    >>> import hypostyle as hs
    >>> df = hs.DataFrame({"g": ["x", "y", "x"], "a": [1, 2, 3]})
    >>> total = hs.map_groups(["a"], lambda s: s[0].sum(), returns_scalar=True)
    >>> df.group_by("g", maintain_order=True).agg(total).rows()
    [('x', 4), ('y', 2)]
    """
    return map_batches(exprs, function, return_dtype, is_elementwise=is_elementwise, returns_scalar=returns_scalar)


def cum_reduce(
    function: Callable[[Series, Series], Series],
    exprs: Any,
    *,
    returns_scalar: bool = False,
    return_dtype: Any = None,
) -> Expr:
    """The row reduced from the left, by a function of two Series, with every step as a field of a struct.

    >>> import hypostyle as hs
    >>> df = hs.DataFrame({"a": [1, 2], "b": [3, 4]})
    >>> df.select(hs.cum_reduce(lambda acc, x: acc + x, ["a", "b"]).alias("steps"))["steps"].to_list()
    [{'a': 1, 'b': 4}, {'a': 2, 'b': 6}]
    """

    inputs = parse_many(exprs)
    names = [expr.output_name() for expr in inputs]

    def steps(inputs: list[Series]) -> Series:
        reduced = [inputs[0]]
        for values in inputs[1:]:
            reduced.append(function(reduced[-1], values))
        return _fields(reduced, names)

    return Expr._wrap(map_series(inputs, steps, return_dtype, returns_scalar=returns_scalar)).alias("cum_reduce")


def cum_fold(
    acc: Any,
    function: Callable[[Series, Series], Series],
    exprs: Any,
    *,
    returns_scalar: bool = False,
    return_dtype: Any = None,
    include_init: bool = False,
) -> Expr:
    """The row folded from the left, by a function of two Series, with every step as a field of a struct.

    >>> import hypostyle as hs
    >>> df = hs.DataFrame({"a": [1, 2], "b": [3, 4]})
    >>> df.select(hs.cum_fold(hs.lit(10), lambda acc, x: acc + x, ["a", "b"]).alias("steps"))["steps"].to_list()
    [{'a': 11, 'b': 14}, {'a': 12, 'b': 16}]
    """

    inputs = [parse(acc), *parse_many(exprs)]
    names = [expr.output_name() for expr in inputs]

    def steps(inputs: list[Series]) -> Series:
        folded = [inputs[0]]
        for values in inputs[1:]:
            folded.append(function(folded[-1], values))
        return _fields(folded, names) if include_init else _fields(folded[1:], names[1:])

    return Expr._wrap(map_series(inputs, steps, return_dtype, returns_scalar=returns_scalar)).alias("cum_fold")


def cum_sum_horizontal(*exprs: Any) -> Expr:
    """The sums of the row up to each column, as the fields of a struct named `cum_sum`.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"a": [1, 2], "b": [3, 4]}).select(hs.cum_sum_horizontal("a", "b"))["cum_sum"].to_list()
    [{'a': 1, 'b': 4}, {'a': 2, 'b': 6}]
    """
    columns = [Expr._wrap(expr) for expr in parse_many(*exprs)]
    return cum_reduce(lambda acc, values: acc + values, columns).alias("cum_sum")


def _fields(columns: list[Series], names: list[str]) -> Series:
    """Series as the fields of a struct, all of the type of the last; one of one value stands for all rows."""
    from hypostyle.dataframe import DataFrame

    rows, dtype = max(len(column) for column in columns), columns[-1].dtype
    full = [(column if len(column) == rows else column.new_from_index(0, rows)).cast(dtype) for column in columns]
    return DataFrame([column.alias(name) for column, name in zip(full, names)]).to_struct(names[0])
