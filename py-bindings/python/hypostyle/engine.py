"""Which engine runs a query, and which optimizations it gets.

There is one engine, under the names that Polars gives its own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ENGINES = ("auto", "in-memory", "streaming")

#: The rules of the optimizer that each flag switches off. Other flags of Polars have no rule of their own here.
_RULES = {
    "predicate_pushdown": ("predicate_pushdown",),
    "projection_pushdown": ("projection_pushdown", "unused_joins"),
    "simplify_expression": ("simplify",),
    "slice_pushdown": ("slice_pushdown", "late_materialization"),
    "comm_subplan_elim": ("common_subplans", "shared_scans"),
    "comm_subexpr_elim": ("common_exprs",),
    "cluster_with_columns": (),
    "check_order_observe": ("unused_sorts",),
    "fast_projection": (),
    "sort_collapse": (),
    "pre_partition_hive": (),
    "join_order": ("join_ordering", "group_join", "group_key_reduction", "distinct_counts"),
    "row_estimate": (),
}


class QueryOptFlags:
    """Which optimizations a query gets: all that are not switched off.

    >>> import hypostyle as hs
    >>> query = hs.LazyFrame({"a": [2, 1]}).sort("a").select(hs.col("a").sum())
    >>> "SORT" in query.explain()
    False
    >>> "SORT" in query.explain(optimizations=hs.QueryOptFlags(check_order_observe=False))
    True
    """

    def __init__(self, **flags: bool | None) -> None:
        for name in _RULES:
            setattr(self, name, True)
        self.update(**flags)

    @staticmethod
    def none(**flags: bool | None) -> QueryOptFlags:
        """No optimizations but these."""
        return QueryOptFlags(**{**dict.fromkeys(_RULES, False), **flags})

    def update(self, **flags: bool | None) -> QueryOptFlags:
        """Sets flags; `None` leaves one as it is."""
        for name, value in flags.items():
            if name not in _RULES:
                msg = f"`QueryOptFlags` has no flag {name!r}"
                raise TypeError(msg)
            if value is not None:
                setattr(self, name, value)
        return self

    def no_optimizations(self) -> None:
        """Switches all off."""
        self.update(**dict.fromkeys(_RULES, False))

    def __repr__(self) -> str:
        flags = "".join(f"    {name}: {getattr(self, name)}\n" for name in _RULES)
        return f"QueryOptFlags {{\n{flags}}}"

    def _off(self) -> list[str]:
        return [rule for name, rules in _RULES.items() if not getattr(self, name) for rule in rules]


def check_engine(engine: Any, optimizations: Any = None) -> None:
    """Refuses engines that are not there, and to switch off optimizations where that is not possible.

    >>> check_engine("streaming")
    >>> check_engine("warp")
    Traceback (most recent call last):
    ...
    ValueError: `engine` is 'auto', 'in-memory' or 'streaming', not 'warp'
    """
    if rules_off(engine, optimizations):
        from hypostyle.exceptions import InvalidOperationError

        msg = "optimizations can be switched off in `collect`, `collect_async` and `explain`, and not here"
        raise InvalidOperationError(msg)


def rules_off(engine: Any, optimizations: Any) -> list[str]:
    """The rules of the optimizer that are switched off, on an engine that is there."""
    if engine == "gpu":
        from hypostyle.exceptions import InvalidOperationError

        msg = "`engine='gpu'` is not supported"
        raise InvalidOperationError(msg)
    if engine not in _ENGINES:
        msg = f"`engine` is 'auto', 'in-memory' or 'streaming', not {engine!r}"
        raise ValueError(msg)
    if optimizations is None:
        return []
    if not isinstance(optimizations, QueryOptFlags):
        msg = f"`optimizations` is a `QueryOptFlags`, not {type(optimizations).__name__!r}"
        raise TypeError(msg)
    return optimizations._off()
