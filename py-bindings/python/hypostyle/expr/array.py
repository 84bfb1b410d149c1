"""`Expr.arr`: functions on the values of each array."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.list import ListNamespace
from hypostyle.expr.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ArrayNamespace(ListNamespace):
    """Functions on arrays: those of lists of the same names, and what has the width of the array is an array again.

    >>> import hypostyle as hs
    >>> hs.Series([[3, 1], [2, 5]], dtype=hs.Array(hs.Int64, 2)).arr.sort().to_list()
    [[1, 3], [2, 5]]
    """

    _prefix = "arr."

    def to_list(self) -> Expr:
        """The arrays as lists."""
        return self._call("to_list")

    def eval(self, expr: Expr, *, as_list: bool = False) -> Expr:
        """An expression over the values of each array, which `element()` stands for."""
        values = Expr._wrap(self.to_list()._e.lists(parse(expr), True))
        return values if as_list else values._call("arr.of_width", self._expr)

    def agg(self, expr: Expr) -> Expr:
        """As `eval`, but one value for each array where the expression gives one."""
        return Expr._wrap(self.to_list()._e.lists(parse(expr), False))

    def head(self, n: Any = 5, *, as_array: bool = False) -> Expr:
        """The first `n` values."""
        return self._part(super().head(n), n, as_array)

    def tail(self, n: Any = 5, *, as_array: bool = False) -> Expr:
        """The last `n` values."""
        return self._part(super().tail(n), n, as_array)

    def slice(self, offset: Any, length: Any = None, *, as_array: bool = False) -> Expr:
        """`length` values from `offset` on; a negative offset counts from the end."""
        return self._part(super().slice(offset, length), length, as_array)

    def _part(self, values: Expr, length: Any, as_array: bool) -> Expr:
        if not as_array:
            return values
        if not isinstance(length, int):
            msg = "an array has a width that is known: `as_array` goes with a number of values"
            raise TypeError(msg)
        return values.list.to_array(length)
