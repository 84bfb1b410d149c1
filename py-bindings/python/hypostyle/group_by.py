"""Eager groups."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from hypostyle.expr.parse import parse_many
from hypostyle.lazy_group_by import LazyGroupBy
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Concatenate, ParamSpec

    from hypostyle.dataframe import DataFrame

    P = ParamSpec("P")


# The column of row numbers while a frame is taken apart.
ROW = "__row"


def frames_of(frame: DataFrame, groups: DataFrame) -> Iterator[tuple[tuple[Any, ...], DataFrame]]:
    """The keys of groups, as tuples, and the rows of a frame whose numbers they have in a list."""
    from hypostyle.series import Series

    rows = groups.get_column(ROW)
    for i, key in enumerate(groups.drop(ROW).rows()):
        yield key, frame[Series._wrap(rows._s.get_list(i))]


def _collected(method: Callable[Concatenate[LazyGroupBy, P], LazyFrame]) -> Callable[Concatenate[Any, P], DataFrame]:
    """The method of lazy groups, collected."""

    @functools.wraps(method)
    def eager(self: Any, *args: P.args, **kwargs: P.kwargs) -> DataFrame:
        return method(self._lazy, *args, **kwargs).collect()

    return eager


class GroupBy:
    """Groups of rows with equal keys. Iterating gives keys, as tuples, and frames."""

    def __init__(self, frame: Any, by: tuple[Any, ...], named_by: dict[str, Any], *, maintain_order: bool) -> None:
        self._frame, self._by, self._named, self._maintain_order = frame, by, named_by, maintain_order
        keys = parse_many(*by, **named_by)
        self._lazy = LazyGroupBy(frame.lazy(), keys, maintain_order=maintain_order)

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], DataFrame]]:
        from hypostyle.functions.columns import col

        numbered = self._frame.with_row_index(ROW)
        grouped = numbered.lazy().group_by(*self._by, maintain_order=self._maintain_order, **self._named)
        groups = grouped.having(*self._lazy.predicates()).agg(col(ROW).implode()).collect()
        return frames_of(self._frame, groups)

    def agg(self, *aggs: Any, **named_aggs: Any) -> DataFrame:
        """One row for each group."""
        return self._lazy.agg(*aggs, **named_aggs).collect()

    def having(self, *predicates: Any) -> GroupBy:
        """Only the groups for which all predicates hold."""
        group = GroupBy(self._frame, self._by, self._named, maintain_order=self._maintain_order)
        group._lazy = self._lazy.having(*predicates)
        return group

    def map_groups(self, function: Any) -> DataFrame:
        """A function of each group's frame; the results one below the other."""
        from hypostyle.functions.frames import concat

        return concat([function(frame) for _, frame in self])

    len = _collected(LazyGroupBy.len)
    all = _collected(LazyGroupBy.all)
    first = _collected(LazyGroupBy.first)
    last = _collected(LazyGroupBy.last)
    head = _collected(LazyGroupBy.head)
    tail = _collected(LazyGroupBy.tail)
    sum = _collected(LazyGroupBy.sum)
    mean = _collected(LazyGroupBy.mean)
    median = _collected(LazyGroupBy.median)
    min = _collected(LazyGroupBy.min)
    max = _collected(LazyGroupBy.max)
    n_unique = _collected(LazyGroupBy.n_unique)
    quantile = _collected(LazyGroupBy.quantile)
