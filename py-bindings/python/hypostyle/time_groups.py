"""Groups by windows of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypostyle.expr import Expr
from hypostyle.expr.parse import duration_text, parse_many
from hypostyle.functions.columns import col
from hypostyle.lazy_group_by import LazyGroupBy
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Any

    from hypostyle._hypostyle import PyExpr
    from hypostyle.dataframe import DataFrame


class LazyTimeGroupBy(LazyGroupBy):
    """Windows over a column of times or integers in ascending order, waiting for what to compute."""

    def __init__(
        self,
        frame: LazyFrame,
        index: Any,
        group_by: Any,
        *,
        period: str | timedelta,
        offset: str | timedelta | None,
        closed: str,
        distances: tuple[str | timedelta, str, str, bool] | None,
    ) -> None:
        if isinstance(index, str):
            name = index
        else:
            name = index.meta.output_name()
            frame = frame.with_columns(index)
        super().__init__(frame, [] if group_by is None else parse_many(group_by), maintain_order=True)
        every = None if distances is None else (duration_text(distances[0]), *distances[1:])
        self._index, self._options = name, (duration_text(period), duration_text(offset), closed, every)

    def _grouped(self, exprs: list[PyExpr]) -> LazyFrame:
        return LazyFrame._wrap(self._frame._ldf.time_groups(self._keys, exprs, self._index, *self._options))

    def map_groups(self, function: Callable[[DataFrame], DataFrame], schema: Any = None) -> LazyFrame:
        """A function of each window's frame; the results one below the other, of the schema given or the input's."""

        def call(frame: DataFrame) -> DataFrame:
            group = LazyTimeGroupBy.__new__(LazyTimeGroupBy)
            group.__dict__.update(self.__dict__)
            group._frame = frame.lazy()
            return TimeGroupBy(group).map_groups(function)

        return self._frame.map_batches(call, schema=schema)

    def _others(self) -> Expr:
        return super()._others().exclude(self._index)


class TimeGroupBy:
    """Windows of a frame. Iterating gives keys, as tuples, and frames."""

    def __init__(self, lazy: LazyTimeGroupBy) -> None:
        self._lazy = lazy

    def agg(self, *aggs: Any, **named_aggs: Any) -> DataFrame:
        """One row for each window."""
        return self._lazy.agg(*aggs, **named_aggs).collect()

    def having(self, *predicates: Any) -> TimeGroupBy:
        """Only the windows for which all predicates hold."""
        return TimeGroupBy(self._lazy.having(*predicates))

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], DataFrame]]:
        import copy

        from hypostyle.series import Series

        row = "__row"
        lazy = copy.copy(self._lazy)
        frame = lazy._frame.collect()
        lazy._frame = frame.with_row_index(row).lazy()
        groups = lazy.agg(col(row)).collect()
        rows = groups.get_column(row)
        for i, key in enumerate(groups.drop(row).rows()):
            yield key, frame[Series._wrap(rows._s.get_list(i))]

    def map_groups(self, function: Callable[[DataFrame], DataFrame], schema: Any = None) -> DataFrame:
        """A function of each window's frame; the results one below the other."""
        del schema
        from hypostyle.functions.frames import concat

        return concat([function(frame) for _, frame in self])
