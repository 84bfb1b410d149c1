"""The class of groups of a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypostyle.expr import Expr
from hypostyle.expr.parse import conjunction, is_single, parse_many, parse_predicates
from hypostyle.functions.columns import all as all_columns
from hypostyle.functions.columns import col
from hypostyle.lazyframe import LazyFrame, exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle._hypostyle import PyExpr
    from hypostyle.dataframe import DataFrame


class LazyGroupBy:
    """Groups of rows with equal keys, waiting for what to compute."""

    def __init__(self, frame: LazyFrame, keys: list[PyExpr], *, maintain_order: bool) -> None:
        self._frame, self._keys, self._maintain_order = frame, keys, maintain_order
        self._having: list[PyExpr] = []

    def agg(self, *aggs: Any, **named_aggs: Any) -> LazyFrame:
        """One row for each group: the keys, then these columns. Expressions that do not aggregate give lists."""
        if len(aggs) == 1 and not is_single(aggs[0]) and isinstance(aggs[0], Mapping):
            msg = "`agg` takes expressions, not a dict"
            raise TypeError(msg)
        exprs = parse_many(*aggs, **named_aggs)
        if not self._having:
            return self._grouped(exprs)
        flag = "__having"
        grouped = self._grouped([*exprs, conjunction(self._having).alias(flag)])
        return grouped.filter(col(flag)).select(all_columns().exclude(flag))

    def _grouped(self, exprs: list[PyExpr]) -> LazyFrame:
        return LazyFrame._wrap(self._frame._ldf.group_by(self._keys, exprs, self._maintain_order))

    def having(self, *predicates: Any) -> LazyGroupBy:
        """Only the groups for which all predicates hold."""
        import copy  # Late: it loads four modules.

        group = copy.copy(self)
        group._having = [*self._having, *parse_predicates(predicates, {})]
        return group

    def map_groups(self, function: Callable[[DataFrame], DataFrame], schema: Any = None) -> LazyFrame:
        """A function of each group's frame; the results one below the other, of the schema given or the input's."""
        keys = [Expr._wrap(key) for key in self._keys]

        def call(frame: DataFrame) -> DataFrame:
            groups = frame.group_by(keys, maintain_order=self._maintain_order)
            return groups.having(*self.predicates()).map_groups(function)

        return self._frame.map_batches(call, schema=schema)

    def predicates(self) -> list[Expr]:
        """What holds for the groups that are kept."""
        return [Expr._wrap(predicate) for predicate in self._having]

    def _others(self) -> Expr:
        names = {name for key in self._keys for name in [key.output_name()]}
        return all_columns().exclude(list(names)) if names else all_columns()

    def len(self, name: str | None = None) -> LazyFrame:
        """The number of rows of each group."""
        from hypostyle.functions.aggregates import len as length

        return self.agg(length().alias(name or "len"))

    def all(self) -> LazyFrame:
        """The values of each group as lists."""
        return self.agg(self._others().implode())

    def first(self, *, ignore_nulls: bool = False) -> LazyFrame:
        """The first value of each column in each group; with `ignore_nulls` the first that is not null."""
        return self.agg(self._others().first(ignore_nulls=ignore_nulls))

    def last(self, *, ignore_nulls: bool = False) -> LazyFrame:
        """The last value of each column in each group; with `ignore_nulls` the last that is not null."""
        return self.agg(self._others().last(ignore_nulls=ignore_nulls))

    def head(self, n: int = 5) -> LazyFrame:
        """The first rows of each group."""
        return self._rows(lambda c: c.head(n))

    def tail(self, n: int = 5) -> LazyFrame:
        """The last rows of each group."""
        return self._rows(lambda c: c.tail(n))

    def _rows(self, build: Callable[[Expr], Expr]) -> LazyFrame:
        names = [name for name in self._frame.columns if name not in {k.output_name() for k in self._keys}]
        return self.agg([build(exact(name)) for name in names]).explode(names)

    def sum(self) -> LazyFrame:
        """The sums of each group."""
        return self.agg(self._others().sum())

    def mean(self) -> LazyFrame:
        """The means of each group."""
        return self.agg(self._others().mean())

    def median(self) -> LazyFrame:
        """The medians of each group."""
        return self.agg(self._others().median())

    def min(self) -> LazyFrame:
        """The smallest values of each group."""
        return self.agg(self._others().min())

    def max(self) -> LazyFrame:
        """The largest values of each group."""
        return self.agg(self._others().max())

    def n_unique(self) -> LazyFrame:
        """The numbers of different values of each group."""
        return self.agg(self._others().n_unique())

    def quantile(self, quantile: float, interpolation: str = "nearest") -> LazyFrame:
        """A quantile of each group."""
        return self.agg(self._others().quantile(quantile, interpolation))
