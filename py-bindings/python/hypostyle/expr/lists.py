"""`Expr.list`: functions on lists."""

from __future__ import annotations

from typing import Any

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace


class ListNamespace(Namespace):
    """Functions on the lists of a column."""

    _prefix = "list."

    def len(self) -> Expr:
        """The number of items, nulls included."""
        return self._call("len")

    def sum(self) -> Expr:
        """The sum of the items."""
        return self._call("sum")

    def mean(self) -> Expr:
        """The mean of the items."""
        return self._call("mean")

    def median(self) -> Expr:
        """The median of the items."""
        return self._call("median")

    def min(self) -> Expr:
        """The smallest item."""
        return self._call("min")

    def max(self) -> Expr:
        """The largest item."""
        return self._call("max")

    def arg_min(self) -> Expr:
        """The position of the smallest item."""
        return self._call("arg_min")

    def arg_max(self) -> Expr:
        """The position of the largest item."""
        return self._call("arg_max")

    def n_unique(self) -> Expr:
        """The number of different items."""
        return self._call("n_unique")

    def any(self, *, ignore_nulls: bool = True) -> Expr:
        """Whether one item is true."""
        return self._call("any", ignore_nulls)

    def all(self, *, ignore_nulls: bool = True) -> Expr:
        """Whether all items are true."""
        return self._call("all", ignore_nulls)

    def get(self, index: Any, *, null_on_oob: bool = False) -> Expr:
        """The item at a position; negative ones count from the end."""
        return self._call("get", index, null_on_oob)

    def first(self) -> Expr:
        """The first item; null where the list is empty."""
        return self._call("get", 0, True)

    def last(self) -> Expr:
        """The last item; null where the list is empty."""
        return self._call("get", -1, True)

    def head(self, n: Any = 5) -> Expr:
        """The first `n` items."""
        return self._call("slice", 0, n)

    def tail(self, n: int = 5) -> Expr:
        """The last `n` items."""
        return self._call("slice", -n, n)

    def slice(self, offset: Any, length: Any = None) -> Expr:
        """`length` items from `offset` on."""
        return self._call("slice", offset, length)

    def contains(self, item: Any, *, nulls_equal: bool = True) -> Expr:
        """Whether an item is in the list."""
        return self._call("contains", item, nulls_equal)

    def join(self, separator: Any, *, ignore_nulls: bool = True) -> Expr:
        """The items of a list of texts as one text."""
        return self._call("join", separator, ignore_nulls)

    def reverse(self) -> Expr:
        """The items from last to first."""
        return self._call("reverse")

    def sort(self, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """The items in order."""
        return self._call("sort", descending, nulls_last)

    def unique(self, *, maintain_order: bool = False) -> Expr:
        """Each item once."""
        del maintain_order
        return self._call("unique")

    def drop_nulls(self) -> Expr:
        """The items that are not null."""
        return self._call("drop_nulls")

    def explode(self, *, empty_as_null: bool = False, keep_nulls: bool = True) -> Expr:
        """The items one a row."""
        return self._expr.explode(empty_as_null=empty_as_null, keep_nulls=keep_nulls)
