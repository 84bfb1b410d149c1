"""Joins by the nearest key, and by predicates."""

from __future__ import annotations

from hypostyle.expr.parse import duration_text, parse, parse_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Any

    from hypostyle.lazyframe import LazyFrame


class OtherJoins:
    """Joins of queries by more than equal keys."""

    _ldf: Any
    _wrap: Any

    def join_asof(
        self,
        other: LazyFrame,
        *,
        left_on: Any = None,
        right_on: Any = None,
        on: Any = None,
        by_left: Any = None,
        by_right: Any = None,
        by: Any = None,
        strategy: str = "backward",
        suffix: str = "_right",
        tolerance: str | int | float | timedelta | None = None,
        allow_parallel: bool = True,
        force_parallel: bool = False,
        coalesce: bool = True,
        allow_exact_matches: bool = True,
        check_sortedness: bool = True,
    ) -> LazyFrame:
        """Every row with that row of another frame whose key is nearest: the last that is not larger, with "forward" the
        first that is not smaller, with "nearest" the nearer of both. Both frames are sorted by that key.

        `by` names keys that have to be equal, `tolerance` how far keys may be apart: a number, or a duration such as "2h".

        >>> import hypostyle as hs
        >>> trades, quotes = hs.LazyFrame({"t": [2, 5]}), hs.LazyFrame({"t": [1, 4], "price": [10, 40]})
        >>> trades.join_asof(quotes, on="t").collect()["price"].to_list()
        [10, 40]
        """
        del allow_parallel, force_parallel
        if not hasattr(other, "_ldf"):
            msg = f"a LazyFrame joins a LazyFrame, not {type(other).__name__!r}; call `.lazy()` on it"
            raise TypeError(msg)
        left_on, right_on = (on, on) if on is not None else (left_on, right_on)
        if left_on is None or right_on is None:
            msg = "an as-of join needs `on`, or `left_on` and `right_on`"
            raise ValueError(msg)
        for name, key in (("left_on", left_on), ("right_on", right_on)):
            if not isinstance(key, str) and not hasattr(key, "_e"):
                msg = f"`{name}` is a column name or an expression, not {type(key).__name__!r}; `on` is both"
                raise TypeError(msg)
        if strategy not in ("backward", "forward", "nearest"):
            msg = f"`strategy` is 'backward', 'forward' or 'nearest', not {strategy!r}"
            raise ValueError(msg)
        by_left, by_right = (by, by) if by is not None else (by_left, by_right)
        if (by_left is None) != (by_right is None):
            msg = "`by_left` and `by_right` go together; `by` is both"
            raise ValueError(msg)
        groups_left, groups_right = ([] if keys is None else parse_many(keys) for keys in (by_left, by_right))
        if groups_left and check_sortedness:
            import warnings

            warnings.warn("the order of keys is not checked within the groups of `by`", UserWarning, stacklevel=2)
        return self._wrap(
            self._ldf.join_asof(
                other._ldf,
                [*groups_left, parse(left_on)],
                [*groups_right, parse(right_on)],
                strategy,
                duration_text(tolerance),
                allow_exact_matches,
                suffix,
                coalesce,
                check_sortedness,
            )
        )

    def join_where(self, other: LazyFrame, *predicates: Any, how: str = "inner", suffix: str = "_right") -> LazyFrame:
        """The pairs of rows for which all predicates hold, which may compare columns of both frames. Columns that both have
        end in the suffix, where they are the other frame's.

        `how` is "inner", "left", "right" or "full": rows of those sides that have no partner come too, with nulls beside
        them. Rows come in any order.

        >>> import hypostyle as hs
        >>> shifts = hs.LazyFrame({"name": ["a", "b"], "start": [1, 5], "end": [4, 9]})
        >>> calls = hs.LazyFrame({"at": [2, 7, 4]})
        >>> inside = calls.join_where(shifts, hs.col("at") >= hs.col("start"), hs.col("at") < hs.col("end"))
        >>> inside.sort("at").collect()["name"].to_list()
        ['a', 'b']
        """
        if not hasattr(other, "_ldf"):
            msg = f"a LazyFrame joins a LazyFrame, not {type(other).__name__!r}; call `.lazy()` on it"
            raise TypeError(msg)
        return self._wrap(self._ldf.join_where(other._ldf, parse_many(*predicates), how, suffix))

    def update(
        self: Any,
        other: LazyFrame,
        on: Any = None,
        how: str = "left",
        *,
        left_on: Any = None,
        right_on: Any = None,
        include_nulls: bool = False,
        maintain_order: str | None = "left",
    ) -> LazyFrame:
        """The values of another frame in place of one's own, where keys are equal; without keys, row by row.

        Nulls of the other frame replace nothing unless `include_nulls`. `how` is "left" (all rows of one's own), "inner" (those
        with a partner) or "full" (and those of the other frame without one).

        >>> import hypostyle as hs
        >>> a, b = hs.LazyFrame({"k": [1, 2], "x": [3, 4]}), hs.LazyFrame({"k": [2], "x": [5]})
        >>> a.update(b, on="k").collect().rows()
        [(1, 3), (2, 5)]
        """
        if how not in ("left", "inner", "full"):
            msg = f"`how` is 'left', 'inner' or 'full', not {how!r}"
            raise ValueError(msg)
        row, matched, new = "__row", "__matched", "__new"
        left, right, added = self, other, []
        if on is not None:
            left_on = right_on = on
        elif left_on is None and right_on is None:
            left, right, added = self.with_row_index(row), other.with_row_index(row), [row]
            left_on = right_on = row
        if left_on is None or right_on is None:
            msg = "`update` takes `on`, or `left_on` and `right_on` together"
            raise ValueError(msg)
        keys = [[key] if isinstance(key, str) else list(key) for key in (left_on, right_on)]
        own, others = left.columns, right.columns
        for side, names, known in (("left", keys[0], own), ("right", keys[1], others)):
            for name in names:
                if name not in known:
                    msg = f"the {side} frame has no column {name!r} to join by"
                    raise ValueError(msg)
        shared = [name for name in others if name in own and name not in keys[0] and name not in keys[1]]
        from hypostyle.expr.when import when
        from hypostyle.functions.columns import col, lit
        from hypostyle.functions.horizontal import coalesce

        changes = right.select([*keys[1], *shared]).with_columns(lit(True).alias(matched))
        joined = left.join(
            changes,
            left_on=keys[0],
            right_on=keys[1],
            how=how,
            suffix=new,
            coalesce=True,
            maintain_order=maintain_order,
        )

        def newer(name: str) -> Any:
            if include_nulls:
                return when(col(matched)).then(col(f"{name}{new}")).otherwise(col(name)).alias(name)
            return coalesce(col(f"{name}{new}"), col(name)).alias(name)

        return joined.with_columns([newer(name) for name in shared]).select([name for name in own if name not in added])
