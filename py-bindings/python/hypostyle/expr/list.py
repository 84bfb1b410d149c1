"""`Expr.list`: functions on the values of each list."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace, column_or_value
from hypostyle.expr.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ListNamespace(Namespace):
    """Functions on lists. A list that is null gives null.

    >>> import hypostyle as hs
    >>> hs.Series([[3, 1], [], None]).list.sum().to_list()
    [4, 0, None]
    """

    _prefix = "list."

    def eval(self, expr: Expr) -> Expr:
        """An expression over the values of each list, which `element()` stands for; the result is a list.

        >>> import hypostyle as hs
        >>> hs.Series([[3, 1, 2], [5]]).list.eval(hs.element().rank()).to_list()
        [[3.0, 1.0, 2.0], [1.0]]
        """
        return Expr._wrap(self._expr._e.lists(parse(expr), True))

    def agg(self, expr: Expr) -> Expr:
        """As `eval`, but one value for each list where the expression gives one.

        >>> import hypostyle as hs
        >>> hs.Series([[3, 1, 2], [5]]).list.agg(hs.element().max() - hs.element().min()).to_list()
        [2, 0]
        """
        return Expr._wrap(self._expr._e.lists(parse(expr), False))

    def len(self) -> Expr:
        """The number of values, nulls among them."""
        return self._call("len")

    def get(self, index: Any, *, null_on_oob: bool = False) -> Expr:
        """The value at a position; negative ones count from the end.

        >>> import hypostyle as hs
        >>> hs.Series(["a,b", "c"]).str.split(",").list.get(1, null_on_oob=True).to_list()
        ['b', None]
        """
        return self._call("get", column_or_value(index), null_on_oob)

    def first(self) -> Expr:
        """The first value."""
        return self._call("first")

    def last(self) -> Expr:
        """The last value."""
        return self._call("last")

    def contains(self, item: Any, *, nulls_equal: bool = True) -> Expr:
        """Whether a value is in the list."""
        return self._call("contains", item, nulls_equal)

    def join(self, separator: Any, *, ignore_nulls: bool = True) -> Expr:
        """The texts of a list as one."""
        return self._call("join", separator, ignore_nulls)

    def head(self, n: Any = 5) -> Expr:
        """The first `n` values."""
        return self._call("head", column_or_value(n))

    def tail(self, n: Any = 5) -> Expr:
        """The last `n` values."""
        return self._call("tail", column_or_value(n))

    def slice(self, offset: Any, length: Any = None) -> Expr:
        """`length` values from `offset` on; a negative offset counts from the end."""
        return self._call("slice", column_or_value(offset), column_or_value(length))

    def sort(self, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """The values in order."""
        return self._call("sort", descending, nulls_last)

    def reverse(self) -> Expr:
        """The values from last to first."""
        return self._call("reverse")

    def unique(self, *, maintain_order: bool = False) -> Expr:
        """Each value once."""
        del maintain_order
        return self._call("unique")

    def drop_nulls(self) -> Expr:
        """The values that are not null."""
        return self._call("drop_nulls")

    def sum(self) -> Expr:
        """The sum; 0 without values."""
        return self._call("sum")

    def min(self) -> Expr:
        """The smallest value."""
        return self._call("min")

    def max(self) -> Expr:
        """The largest value."""
        return self._call("max")

    def mean(self) -> Expr:
        """The mean."""
        return self._call("mean")

    def median(self) -> Expr:
        """The median."""
        return self._call("median")

    def std(self, ddof: int = 1) -> Expr:
        """The standard deviation."""
        return self._call("std", ddof)

    def var(self, ddof: int = 1) -> Expr:
        """The variance."""
        return self._call("var", ddof)

    def n_unique(self) -> Expr:
        """The number of different values."""
        return self._call("n_unique")

    def any(self, *, ignore_nulls: bool = True) -> Expr:
        """Whether a value is true."""
        return self._call("any", ignore_nulls)

    def all(self, *, ignore_nulls: bool = True) -> Expr:
        """Whether all values are true."""
        return self._call("all", ignore_nulls)

    def arg_min(self) -> Expr:
        """The position of the smallest value."""
        return self._call("arg_min")

    def arg_max(self) -> Expr:
        """The position of the largest value."""
        return self._call("arg_max")

    def shift(self, n: Any = 1) -> Expr:
        """Each value `n` places further down; what comes free is null."""
        return self._call("shift", n)

    def diff(self, n: int = 1, null_behavior: str = "ignore") -> Expr:
        """The differences to the values `n` places before.

        >>> import hypostyle as hs
        >>> hs.Series([[1, 4, 9], [2]]).list.diff().to_list()
        [[None, 3, 5], [None]]
        """
        if null_behavior not in ("ignore", "drop"):
            msg = f"`null_behavior` is 'ignore' or 'drop', not {null_behavior!r}"
            raise ValueError(msg)
        found = self._call("diff", n)
        return found.list.slice(n) if null_behavior == "drop" else found

    def gather(self, indices: Any, *, null_on_oob: bool = False) -> Expr:
        """The values at positions, for each list its own or the same for all; negative ones count from the end.

        >>> import hypostyle as hs
        >>> hs.Series([[1, 2, 3], [4]]).list.gather([0, -1]).to_list()
        [[1, 3], [4, 4]]
        """
        return self._call("gather", _lists(indices), null_on_oob)

    def item(self, *, allow_empty: bool = False) -> Expr:
        """The only value of each list; another number of values is an error, but for none where `allow_empty`.

        >>> import hypostyle as hs
        >>> hs.Series([[1], [], None]).list.item(allow_empty=True).to_list()
        [1, None, None]
        """
        return self._call("item", allow_empty)

    def gather_every(self, n: Any, offset: Any = 0) -> Expr:
        """Every `n`th value from `offset` on."""
        return self._call("gather_every", n, offset)

    def filter(self, predicate: Expr) -> Expr:
        """The values for which a predicate of `element()` holds.

        >>> import hypostyle as hs
        >>> hs.Series([[1, 5], [7]]).list.filter(hs.element() > 4).to_list()
        [[5], [7]]
        """
        return self._call("filter", predicate)

    def count_matches(self, element: Any) -> Expr:
        """How often a value is in the list."""
        return self._call("count_matches", element)

    def set_union(self, other: Any) -> Expr:
        """The values of either list, each once.

        >>> import hypostyle as hs
        >>> hs.Series([[2, 1], [3]]).list.set_union([1, 4]).to_list()
        [[2, 1, 4], [3, 1, 4]]
        """
        return self._call("set_union", _lists(other))

    def set_intersection(self, other: Any) -> Expr:
        """The values that both lists have, each once."""
        return self._call("set_intersection", _lists(other))

    def set_difference(self, other: Any) -> Expr:
        """The values that the other list does not have, each once."""
        return self._call("set_difference", _lists(other))

    def set_symmetric_difference(self, other: Any) -> Expr:
        """The values that one of the lists has, each once."""
        return self._call("set_symmetric_difference", _lists(other))

    def concat(self, other: Any) -> Expr:
        """The list and others, or values, as one list."""
        from hypostyle._hypostyle import PyExpr

        others = other if isinstance(other, list) and all(isinstance(o, (str, Expr)) for o in other) else [other]
        parts = [_lists(part) if isinstance(part, list) else part for part in others]
        return Expr._wrap(PyExpr.call("concat_list", [self._expr._e, *(parse(part) for part in parts)]))

    def explode(self, *, empty_as_null: bool = False, keep_nulls: bool = True) -> Expr:
        """The values of all lists, one after the other."""
        return self._expr.explode(empty_as_null=empty_as_null, keep_nulls=keep_nulls)

    def to_array(self, width: int) -> Expr:
        """Lists of one length as arrays."""
        return self._call("to_array", width)

    def to_struct(self, fields: Any) -> Expr:
        """The first values as the fields of a struct.

        >>> import hypostyle as hs
        >>> hs.Series([[1, 2], [3]]).list.to_struct(["a", "b"]).to_list()
        [{'a': 1, 'b': 2}, {'a': 3, 'b': None}]
        """
        return self._call("to_struct", *fields).name.keep()


def _lists(value: Any) -> Any:
    """A list is the same for all rows, one of lists a list for each; text a column's name."""
    if isinstance(value, (list, tuple, set)) and any(isinstance(item, (list, tuple)) for item in value):
        from hypostyle.series import Series

        return Series("", list(value))
    return column_or_value(list(value) if isinstance(value, (tuple, set)) else value)
