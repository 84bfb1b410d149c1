"""Eager groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypostyle.expr.parse import parse_many
from hypostyle.lazyframe import LazyGroupBy


class GroupBy:
    """Groups of rows with equal keys. Iterating gives keys, as tuples, and frames."""

    def __init__(self, frame: Any, by: tuple[Any, ...], named_by: dict[str, Any], *, maintain_order: bool) -> None:
        self._frame, self._by, self._named, self._maintain_order = frame, by, named_by, maintain_order
        keys = parse_many(*by, **named_by)
        self._lazy = LazyGroupBy(frame.lazy(), keys, maintain_order=maintain_order)

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], Any]]:
        from hypostyle.functions.columns import col
        from hypostyle.series import Series

        row = "__row"
        numbered = self._frame.with_row_index(row)
        grouped = numbered.lazy().group_by(*self._by, maintain_order=self._maintain_order, **self._named)
        groups = grouped.agg(col(row).implode()).collect()
        rows = groups.get_column(row)
        keys = groups.drop(row).rows()
        for i, key in enumerate(keys):
            indices = rows._s.get_list(i)
            yield key, self._frame[Series._wrap(indices)]

    def agg(self, *aggs: Any, **named_aggs: Any) -> Any:
        """One row for each group."""
        return self._lazy.agg(*aggs, **named_aggs).collect()

    def having(self, *predicates: Any) -> GroupBy:
        """Only the groups for which all predicates hold."""
        group = GroupBy(self._frame, self._by, self._named, maintain_order=self._maintain_order)
        group._lazy = self._lazy.having(*predicates)
        return group

    def map_groups(self, function: Any) -> Any:
        """A function of each group's frame; the results one below the other."""
        from hypostyle.functions.frames import concat

        return concat([function(frame) for _, frame in self])


def _delegate(name: str) -> Any:
    def method(self: GroupBy, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._lazy, name)(*args, **kwargs).collect()

    method.__name__, method.__doc__ = name, getattr(LazyGroupBy, name).__doc__
    return method


_METHODS = (
    *("len", "all", "first", "last", "head", "tail", "sum", "mean", "median", "min", "max", "n_unique", "quantile"),
)
for _name in _METHODS:
    setattr(GroupBy, _name, _delegate(_name))
del _name
