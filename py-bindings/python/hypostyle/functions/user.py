"""Python functions of several expressions."""

from __future__ import annotations

from hypostyle.expr import Expr
from hypostyle.expr.parse import parse_many
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
