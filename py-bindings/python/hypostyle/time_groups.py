"""Groups by windows of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypostyle.expr import Expr
from hypostyle.expr.parse import duration_text, parse_many
from hypostyle.functions.columns import col
from hypostyle.group_by import ROW, frames_of
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
            import copy  # Late: it loads four modules.

            group = copy.copy(self)
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

        lazy = copy.copy(self._lazy)
        frame = lazy._frame.collect()
        lazy._frame = frame.with_row_index(ROW).lazy()
        return frames_of(frame, lazy.agg(col(ROW)).collect())

    def map_groups(self, function: Callable[[DataFrame], DataFrame], schema: Any = None) -> DataFrame:
        """A function of each window's frame; the results one below the other."""
        del schema
        from hypostyle.functions.frames import concat

        return concat([function(frame) for _, frame in self])


def upsample(frame: DataFrame, time: str, every: str | timedelta, keys: list[str]) -> DataFrame:
    """The rows at times that lie `every` so much apart, from the first to the last of each group, with nulls where there are
    none.
    """
    from hypostyle.datatypes import Date, Datetime
    from hypostyle.exceptions import ComputeError, InvalidOperationError
    from hypostyle.functions.ranges import date_range, datetime_range, int_range

    column, distance = col(time), duration_text(every)
    dtype = frame.get_column(time).dtype
    in_order = column.is_sorted().over(keys).all() if keys else column.is_sorted()
    if not frame.select(in_order).item():
        msg = f"{time!r} is not in ascending order; sort by it first"
        raise InvalidOperationError(msg)
    if not frame.height:
        msg = f"{time!r} has no values between which rows could be"
        raise ComputeError(msg)
    first, last = column.first(), column.last()
    if dtype == Date:
        times = date_range(first, last, distance)
    elif dtype == Datetime:
        times = datetime_range(first, last, distance)
    else:
        if not distance.endswith("i"):
            msg = f"`every` is a count such as '2i' where rows are counted by integers, not {distance!r}"
            raise InvalidOperationError(msg)
        times = int_range(first, last + 1, int(distance[:-1])).cast(dtype)
    times = times.alias(time)
    by_group = frame.group_by(keys, maintain_order=True) if keys else None
    grid = frame.select(times) if by_group is None else by_group.agg(times).explode(time)
    joined = grid.join(frame, on=[*keys, time], how="left", maintain_order="left_right", nulls_equal=True)
    return joined.select(frame.columns) if keys else joined
