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

    def __init__(
        self,
        *,
        predicate_pushdown: bool | None = None,
        projection_pushdown: bool | None = None,
        simplify_expression: bool | None = None,
        slice_pushdown: bool | None = None,
        comm_subplan_elim: bool | None = None,
        comm_subexpr_elim: bool | None = None,
        cluster_with_columns: bool | None = None,
        check_order_observe: bool | None = None,
        fast_projection: bool | None = None,
        sort_collapse: bool | None = None,
        pre_partition_hive: bool | None = None,
        join_order: bool | None = None,
        row_estimate: bool | None = None,
    ) -> None:
        for name in _RULES:
            setattr(self, name, True)
        self.update(
            predicate_pushdown=predicate_pushdown,
            projection_pushdown=projection_pushdown,
            simplify_expression=simplify_expression,
            slice_pushdown=slice_pushdown,
            comm_subplan_elim=comm_subplan_elim,
            comm_subexpr_elim=comm_subexpr_elim,
            cluster_with_columns=cluster_with_columns,
            check_order_observe=check_order_observe,
            fast_projection=fast_projection,
            sort_collapse=sort_collapse,
            pre_partition_hive=pre_partition_hive,
            join_order=join_order,
            row_estimate=row_estimate,
        )

    @staticmethod
    def none(
        *,
        predicate_pushdown: bool | None = None,
        projection_pushdown: bool | None = None,
        simplify_expression: bool | None = None,
        slice_pushdown: bool | None = None,
        comm_subplan_elim: bool | None = None,
        comm_subexpr_elim: bool | None = None,
        cluster_with_columns: bool | None = None,
        check_order_observe: bool | None = None,
        fast_projection: bool | None = None,
        sort_collapse: bool | None = None,
        pre_partition_hive: bool | None = None,
        join_order: bool | None = None,
        row_estimate: bool | None = None,
    ) -> QueryOptFlags:
        """No optimizations but these."""
        flags = QueryOptFlags()
        flags.no_optimizations()
        return flags.update(
            predicate_pushdown=predicate_pushdown,
            projection_pushdown=projection_pushdown,
            simplify_expression=simplify_expression,
            slice_pushdown=slice_pushdown,
            comm_subplan_elim=comm_subplan_elim,
            comm_subexpr_elim=comm_subexpr_elim,
            cluster_with_columns=cluster_with_columns,
            check_order_observe=check_order_observe,
            fast_projection=fast_projection,
            sort_collapse=sort_collapse,
            pre_partition_hive=pre_partition_hive,
            join_order=join_order,
            row_estimate=row_estimate,
        )

    def update(
        self,
        *,
        predicate_pushdown: bool | None = None,
        projection_pushdown: bool | None = None,
        simplify_expression: bool | None = None,
        slice_pushdown: bool | None = None,
        comm_subplan_elim: bool | None = None,
        comm_subexpr_elim: bool | None = None,
        cluster_with_columns: bool | None = None,
        check_order_observe: bool | None = None,
        fast_projection: bool | None = None,
        sort_collapse: bool | None = None,
        pre_partition_hive: bool | None = None,
        join_order: bool | None = None,
        row_estimate: bool | None = None,
    ) -> QueryOptFlags:
        """Sets flags; `None` leaves one as it is."""
        given = locals()
        for name in _RULES:
            if given[name] is not None:
                setattr(self, name, given[name])
        return self

    def no_optimizations(self) -> None:
        """Switches all off."""
        for name in _RULES:
            setattr(self, name, False)

    def __repr__(self) -> str:
        flags = "".join(f"    {name}: {getattr(self, name)}\n" for name in _RULES)
        return f"QueryOptFlags {{\n{flags}}}"

    def _off(self) -> list[str]:
        return [rule for name, rules in _RULES.items() if not getattr(self, name) for rule in rules]


#: What queries get that say nothing of it.
DEFAULT_OPTIMIZATIONS = QueryOptFlags()


class Engine:
    """An engine as an object, where a name would do as well. This is the class of all; it cannot be made itself.

    >>> import hypostyle as hs
    >>> hs.StreamingEngine().collect(hs.LazyFrame({"a": [1]})).rows()
    [(1,)]
    """

    #: The name of the engine.
    name: str

    def __init__(self, *, monitoring: bool | None = None) -> None:
        if type(self) is Engine:
            msg = "an `Engine` is an `InMemoryEngine` or a `StreamingEngine`"
            raise TypeError(msg)
        if monitoring:
            from hypostyle.exceptions import InvalidOperationError

            msg = "`monitoring=True` is not supported: it is a service of Polars Cloud"
            raise InvalidOperationError(msg)
        self.monitoring = monitoring

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def plan_engine(self) -> str:
        """The name of the engine that queries are planned for."""
        return self.name

    def collect(
        self,
        lf: Any,
        *,
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
        background: bool = False,
        post_opt_callback: Any = None,
    ) -> Any:
        """As `LazyFrame.collect`, on this engine."""
        if post_opt_callback is not None:
            from hypostyle.exceptions import InvalidOperationError

            msg = "`post_opt_callback` is not supported"
            raise InvalidOperationError(msg)
        return lf.collect(engine=self, background=background, optimizations=optimizations)

    def collect_all(self, lfs: Any, *, optimizations: Any = DEFAULT_OPTIMIZATIONS) -> Any:
        """As `collect_all`, on this engine."""
        from hypostyle.functions.frames import collect_all

        return collect_all(lfs, engine=self, optimizations=optimizations)

    def collect_async(self, lf: Any, *, optimizations: Any = DEFAULT_OPTIMIZATIONS, gevent: bool = False) -> Any:
        """As `LazyFrame.collect_async`, on this engine."""
        return lf.collect_async(engine=self, gevent=gevent, optimizations=optimizations)

    def collect_all_async(self, lfs: Any, *, optimizations: Any = DEFAULT_OPTIMIZATIONS, gevent: bool = False) -> Any:
        """As `collect_all_async`, on this engine."""
        from hypostyle.asynchronous import collect_all_async

        return collect_all_async(lfs, engine=self, gevent=gevent, optimizations=optimizations)

    def collect_batches(
        self,
        lf: Any,
        *,
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
        maintain_order: bool = True,
        chunk_size: int | None = None,
        lazy: bool = False,
    ) -> Any:
        """As `LazyFrame.collect_batches`, on this engine."""
        return lf.collect_batches(
            engine=self, optimizations=optimizations, maintain_order=maintain_order, chunk_size=chunk_size, lazy=lazy
        )


class InMemoryEngine(Engine):
    """The engine by its name 'in-memory'."""

    name = "in-memory"


class StreamingEngine(Engine):
    """The engine by its name 'streaming'."""

    name = "streaming"


def engine_name(engine: Any) -> str:
    """The name of an engine that is there.

    >>> engine_name(InMemoryEngine())
    'in-memory'
    """
    if isinstance(engine, Engine):
        return engine.name
    if engine == "gpu" or type(engine).__name__ in ("GPUEngine", "RemoteEngine"):
        from hypostyle.exceptions import InvalidOperationError

        msg = f"`engine={engine!r}` is not supported"
        raise InvalidOperationError(msg)
    if engine not in _ENGINES:
        msg = f"`engine` is 'auto', 'in-memory' or 'streaming', not {engine!r}"
        raise ValueError(msg)
    return engine  # type: ignore[no-any-return]


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
    engine_name(engine)
    if optimizations is None:
        return []
    if not isinstance(optimizations, QueryOptFlags):
        msg = f"`optimizations` is a `QueryOptFlags`, not {type(optimizations).__name__!r}"
        raise TypeError(msg)
    return optimizations._off()
