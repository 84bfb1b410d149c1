"""The class of queries: what to do with tables, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypostyle._hypostyle import PyExpr, PyLazyFrame
from hypostyle.datatypes import Schema, describe
from hypostyle.engine import DEFAULT_OPTIMIZATIONS, check_engine, rules_off
from hypostyle.exceptions import InvalidOperationError
from hypostyle.expr import Expr
from hypostyle.expr.parse import conjunction, flags, is_list, parse_many, parse_predicates
from hypostyle.functions.columns import all as all_columns
from hypostyle.functions.columns import col
from hypostyle.joins import OtherJoins
from hypostyle.lazy_reshape import LazyReshape
from hypostyle.sinks import LazySinks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Any, NoReturn

    from hypostyle.dataframe import DataFrame
    from hypostyle.lazy_group_by import LazyGroupBy

_JOINS = ("inner", "left", "right", "full", "semi", "anti", "cross")


class LazyFrame(OtherJoins, LazyReshape, LazySinks):
    """A query. Nothing is computed before :meth:`collect`, so that the whole can be optimized.

    >>> import hypostyle as hs
    >>> lf = hs.LazyFrame({"a": [1, 2, 3]}).filter(hs.col("a") > 1)
    >>> lf.collect()["a"].to_list()
    [2, 3]
    """

    _ldf: PyLazyFrame
    #: Where the result goes when the query is collected: format, path or open file, options.
    _sink: tuple[str, Any, dict[str, Any]] | None = None
    _accessors: frozenset[str] = frozenset()

    def __init__(
        self,
        data: Any = None,
        schema: Any = None,
        *,
        schema_overrides: Any = None,
        strict: bool = True,
        orient: str | None = None,
        infer_schema_length: int | None = 100,
        nan_to_null: bool = False,
    ) -> None:
        from hypostyle.dataframe import DataFrame

        frame = DataFrame(
            data,
            schema,
            schema_overrides=schema_overrides,
            strict=strict,
            orient=orient,
            infer_schema_length=infer_schema_length,
            nan_to_null=nan_to_null,
        )
        self._ldf = frame.lazy()._ldf

    @classmethod
    def _wrap(cls, inner: PyLazyFrame) -> LazyFrame:
        frame = cls.__new__(cls)
        frame._ldf = inner
        return frame

    def __repr__(self) -> str:
        return f"<LazyFrame at 0x{id(self):X}>"

    def _repr_html_(self) -> str:
        from hypostyle.html import plan_to_html

        return plan_to_html(self.explain(optimized=False))

    def __bool__(self) -> NoReturn:
        msg = "the truth value of a LazyFrame is not known before it is collected"
        raise TypeError(msg)

    def __getitem__(self, key: Any) -> LazyFrame:
        if not isinstance(key, slice) or key.step not in (None, 1) or (key.start or 0) < 0:
            msg = "a LazyFrame takes slices with a step of 1; collect it for more"
            raise TypeError(msg)
        start = key.start or 0
        if key.stop is not None and key.stop < 0:
            msg = "a LazyFrame takes no slices that count from the end; collect it for more"
            raise ValueError(msg)
        return self.slice(start, None if key.stop is None else max(key.stop - start, 0))

    def __contains__(self, key: str) -> bool:
        return key in self.columns

    # What it is.

    def collect_schema(self) -> Schema:
        """The names and types of the result."""
        return Schema(self._ldf.schema(), check_dtypes=False)

    @property
    def schema(self) -> Schema:
        """The names and types of the result."""
        return self.collect_schema()

    @property
    def columns(self) -> list[str]:
        """The names of the result."""
        return self.collect_schema().names()

    @property
    def dtypes(self) -> list[Any]:
        """The types of the result."""
        return self.collect_schema().dtypes()

    @property
    def width(self) -> int:
        """The number of columns of the result."""
        return len(self.collect_schema())

    def explain(
        self,
        *,
        format: str = "plain",
        optimized: bool = True,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
        analyze: bool = False,
        steps: bool = False,
        physical: bool = False,
    ) -> str:
        """The plan as text.

        With `steps`, the plan as it was written and after each optimizer rule that changed it. With `physical`, the
        pipelines that the optimized plan becomes: each from its source to its sink, with the pipelines that must be
        finished before it starts. With `analyze`, the query is run, and the rows and milliseconds of every operator are
        told: time in an operator, added up over all threads.

        >>> import hypostyle as hs
        >>> query = hs.LazyFrame({"a": [1]}).filter(hs.col("a") > 0)
        >>> "FILTER" in query.explain().upper()
        True
        >>> print(query.explain(physical=True))
        PIPELINE 0
          SCAN DataFrame [1 rows, 1 columns]
          FILTER [(col("a")) > (0)]
          COLLECT
        >>> "operator" in query.explain(analyze=True)
        True
        """
        off = rules_off(engine, optimizations)
        if off and (analyze or physical or steps):
            msg = "`optimizations` are for the plan alone, without `analyze`, `physical` and `steps`"
            raise InvalidOperationError(msg)
        if format not in ("plain", "tree"):
            msg = f"`format` is 'plain' or 'tree', not {format!r}"
            raise ValueError(msg)
        if analyze:
            return self._ldf.explain_analyze()
        if physical:
            return self._ldf.explain_physical()
        return self._ldf.explain_steps() if steps else self._ldf.explain(optimized, off)

    # Running it.

    def show_graph(
        self,
        *,
        optimized: bool = True,
        show: bool = True,
        output_path: Any = None,
        raw_output: bool = False,
        figsize: tuple[float, float] = (16.0, 12.0),
        engine: Any = "auto",
        plan_stage: str = "physical",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
    ) -> str | None:
        """Draws the plan by Graphviz, or with `raw_output` gives the text that Graphviz draws.

        >>> import hypostyle as hs
        >>> "FILTER" in hs.LazyFrame({"a": [1]}).filter(hs.col("a") > 0).show_graph(raw_output=True)
        True
        """
        if plan_stage not in ("ir", "physical"):
            msg = f"`plan_stage` is 'ir' or 'physical', not {plan_stage!r}"
            raise ValueError(msg)
        from hypostyle import graph

        physical = plan_stage == "physical" and optimized
        plan = self.explain(optimized=optimized, engine=engine, optimizations=optimizations, physical=physical)
        return graph.show(
            show=show, output_path=output_path, raw_output=raw_output, figsize=figsize, plan=plan
        )

    def collect(self, *, engine: Any = "auto", background: bool = False, optimizations: Any = DEFAULT_OPTIMIZATIONS) -> DataFrame:
        """Runs the query. Ctrl-C stops it."""
        off = rules_off(engine, optimizations)
        if background:
            msg = "`background=True` is not supported"
            raise InvalidOperationError(msg)
        if self._sink is not None:
            self._ldf.sink(*self._sink)
            return self._frame_class()
        return self._frame_class._wrap(self._ldf.collect(off))

    def lazy(self) -> LazyFrame:
        """The query itself."""
        return self

    def clone(self) -> LazyFrame:
        """The same query."""
        return LazyFrame._wrap(self._ldf)

    def cache(self) -> LazyFrame:
        """The same query: subplans that are equal are run once anyway."""
        return self.clone()

    def pipe(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`function(self, *args, **kwargs)`"""
        return function(self, *args, **kwargs)

    # Columns.

    def select(self, *exprs: Any, **named_exprs: Any) -> LazyFrame:
        """These columns and no others.

        >>> import hypostyle as hs
        >>> hs.LazyFrame({"a": [1], "b": [2]}).select("b", c=hs.col("a") + 1).collect().rows()
        [(2, 2)]
        """
        return LazyFrame._wrap(self._ldf.select(parse_many(*exprs, **named_exprs)))

    def select_seq(self, *exprs: Any, **named_exprs: Any) -> LazyFrame:
        """As `select`."""
        return self.select(*exprs, **named_exprs)

    def with_columns(self, *exprs: Any, **named_exprs: Any) -> LazyFrame:
        """Further columns, or others in place of those of the same name.

        >>> import hypostyle as hs
        >>> hs.LazyFrame({"a": [1]}).with_columns(b=hs.col("a") * 10).collect().rows()
        [(1, 10)]
        """
        return LazyFrame._wrap(self._ldf.with_columns(parse_many(*exprs, **named_exprs)))

    def with_columns_seq(self, *exprs: Any, **named_exprs: Any) -> LazyFrame:
        """As `with_columns`."""
        return self.with_columns(*exprs, **named_exprs)

    def drop(self, *columns: Any, strict: bool = True) -> LazyFrame:
        """All columns but these."""
        from hypostyle.selectors import _selection

        items = [item for value in columns for item in (value if is_list(value) else [value])]
        if not items:
            return self.clone()
        if strict:
            # Names that are missing are found while the plan is made.
            schema = self.collect_schema()
            for item in items:
                if isinstance(item, str) and item not in schema and not item.startswith("^"):
                    self.select(col(item)).collect_schema()
        return self.select(Expr._wrap(all_columns()._e.exclude(_selection(items, strict=False))))

    def rename(self, mapping: Any, *, strict: bool = True) -> LazyFrame:
        """Columns under other names: by a dict, or by a function of the name."""
        names = self.columns
        if not callable(mapping):
            if strict:
                for name in mapping:
                    if name not in names:
                        self.select(exact(name)).collect_schema()
            mapping = dict(mapping).get
            return self.select([exact(name).alias(mapping(name, name)) for name in names])
        return self.select([exact(name).alias(mapping(name)) for name in names])

    def cast(self, dtypes: Any, *, strict: bool = True) -> LazyFrame:
        """Columns as other types: one for all, or by name or selector."""
        if not isinstance(dtypes, Mapping):
            return self.with_columns(all_columns().cast(dtypes, strict=strict)) if self.width else self.clone()
        from hypostyle.selectors import Selector, _selection, expand_selector

        schema = self.collect_schema()
        casts: dict[str, Any] = {}
        for key, dtype in dtypes.items():
            if isinstance(key, str):
                casts[key] = dtype
            else:
                selector = key if isinstance(key, Selector) else Selector._of(_selection([key], strict=True))
                casts.update(dict.fromkeys(expand_selector(schema, selector), dtype))
        return self.with_columns([exact(name).cast(dtype, strict=strict) for name, dtype in casts.items()])

    def with_row_index(self, name: str = "index", offset: int = 0) -> LazyFrame:
        """A column of row numbers in front.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": ["x", "y"]}).with_row_index().rows()
        [(0, 'x'), (1, 'y')]
        """
        if offset < 0:
            msg = f"`offset` is not negative, not {offset}"
            raise ValueError(msg)
        return LazyFrame._wrap(self._ldf.with_row_index(name, offset))

    # Rows.

    def filter(self, *predicates: Any, **constraints: Any) -> LazyFrame:
        """The rows for which all predicates are true.

        >>> import hypostyle as hs
        >>> hs.LazyFrame({"a": [1, 2, None]}).filter(hs.col("a") > 1).collect().rows()
        [(2,)]
        """
        conjuncts = parse_predicates(predicates, constraints)
        return LazyFrame._wrap(self._ldf.filter(conjunction(conjuncts))) if conjuncts else self.clone()

    def remove(self, *predicates: Any, **constraints: Any) -> LazyFrame:
        """The rows for which not all predicates are true."""
        conjuncts = parse_predicates(predicates, constraints)
        if not conjuncts:
            return self.clone()
        return self.filter(~Expr._wrap(conjunction(conjuncts)).fill_null(False))

    def slice(self, offset: int, length: int | None = None) -> LazyFrame:
        """`length` rows from `offset` on; a negative offset counts from the end."""
        if length is not None and length < 0:
            msg = f"`length` is not negative, not {length}"
            raise ValueError(msg)
        return LazyFrame._wrap(self._ldf.slice(offset, length))

    def head(self, n: int = 5) -> LazyFrame:
        """The first rows; a negative number leaves out the last."""
        return self.slice(0, n) if n >= 0 else self.select(all_columns().head(n))

    def limit(self, n: int = 5) -> LazyFrame:
        """The first rows; a negative number leaves out the last."""
        return self.head(n)

    def tail(self, n: int = 5) -> LazyFrame:
        """The last rows; a negative number leaves out the first."""
        return self.slice(-n, n if n > 0 else None) if n else self.slice(0, 0)

    def first(self) -> LazyFrame:
        """The first row."""
        return self.slice(0, 1)

    def last(self) -> LazyFrame:
        """The last row."""
        return self.tail(1)

    def gather_every(self, n: int, offset: int = 0) -> LazyFrame:
        """Every `n`th row."""
        name = "__gather_every"
        numbered = self.with_row_index(name).filter((col(name) >= offset) & ((col(name) - offset) % n == 0))
        return numbered.select(all_columns().exclude(name))

    def set_sorted(self, column: Any, *more_columns: Any, descending: Any = False, nulls_last: Any = False) -> LazyFrame:
        """The same query: whether rows are in order is found out, not told."""
        del more_columns, descending, nulls_last
        self._names(column)
        return self.clone()

    def merge_sorted(self, other: LazyFrame, key: Any, *, maintain_order: bool = False) -> LazyFrame:
        """The rows of two queries that are sorted by a key, in its order.

        >>> import hypostyle as hs
        >>> a, b = hs.LazyFrame({"k": [1, 3]}), hs.LazyFrame({"k": [2, 3]})
        >>> a.merge_sorted(b, "k").collect()["k"].to_list()
        [1, 2, 3, 3]
        """
        del maintain_order
        return LazyFrame._wrap(self._ldf.merge_sorted(other._ldf, [key] if isinstance(key, str) else list(key)))

    def clear(self, n: int = 0) -> LazyFrame:
        """A query of the same schema without rows, or with `n` rows of nulls."""
        return self.collect_schema().to_frame().clear(n).lazy()

    def reverse(self) -> LazyFrame:
        """The rows from last to first."""
        return self.select(all_columns().reverse())

    def shift(self, n: Any = 1, *, fill_value: Any = None) -> LazyFrame:
        """Each row `n` further down."""
        return self.select(all_columns().shift(n, fill_value=fill_value))

    def sort(
        self,
        by: Any,
        *more_by: Any,
        descending: Any = False,
        nulls_last: Any = False,
        maintain_order: bool = False,
        multithreaded: bool = True,
    ) -> LazyFrame:
        """The rows in order of one or more keys; nulls come first unless `nulls_last`.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": [2, None, 1]})
        >>> df.sort("a", descending=True, nulls_last=True)["a"].to_list()
        [2, 1, None]
        """
        del multithreaded
        keys = parse_many(by, *more_by)
        if not keys:
            return self.clone()
        order = flags(descending, len(keys), "descending"), flags(nulls_last, len(keys), "nulls_last")
        return LazyFrame._wrap(self._ldf.sort(keys, *order, maintain_order))

    def top_k(self, k: int, *, by: Any, reverse: Any = False) -> LazyFrame:
        """The `k` rows with the largest keys.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 3, 2]}).top_k(2, by="a").sort("a")["a"].to_list()
        [2, 3]
        """
        keys = parse_many(by)
        descending = [not flag for flag in flags(reverse, len(keys), "reverse")]
        return LazyFrame._wrap(self._ldf.sort(keys, descending, [True] * len(keys), False)).head(k)

    def bottom_k(self, k: int, *, by: Any, reverse: Any = False) -> LazyFrame:
        """The `k` rows with the smallest keys."""
        keys = parse_many(by)
        descending = flags(reverse, len(keys), "reverse")
        return LazyFrame._wrap(self._ldf.sort(keys, descending, [True] * len(keys), False)).head(k)

    def unique(self, subset: Any = None, *, keep: str = "any", maintain_order: bool = False) -> LazyFrame:
        """Each row once, or each combination of some columns.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": [1, 1, 2], "b": ["x", "y", "z"]})
        >>> df.unique("a", keep="last", maintain_order=True).rows()
        [(1, 'y'), (2, 'z')]
        """
        if keep not in ("any", "first", "last", "none"):
            msg = f"`keep` is 'any', 'first', 'last' or 'none', not {keep!r}"
            raise ValueError(msg)
        return LazyFrame._wrap(self._ldf.unique(self._names(subset), keep, maintain_order))

    def drop_nulls(self, subset: Any = None) -> LazyFrame:
        """The rows without null."""
        names = self._names(subset) if subset is not None else self.columns
        return self.filter([exact(name).is_not_null() for name in names]) if names else self.clone()

    def drop_nans(self, subset: Any = None) -> LazyFrame:
        """The rows without NaN."""
        schema = self.collect_schema()
        names = self._names(subset) if subset is not None else [n for n, dtype in schema.items() if dtype.is_float()]
        conditions = [exact(name).is_not_nan() | exact(name).is_null() for name in names]
        return self.filter(conditions) if conditions else self.clone()

    def fill_null(
        self,
        value: Any = None,
        strategy: str | None = None,
        limit: int | None = None,
        *,
        matches_supertype: bool = True,
    ) -> LazyFrame:
        """Another value in place of null, in the columns whose type it fits."""
        schema = self.collect_schema()
        names = list(schema)
        if strategy is None and not isinstance(value, Expr) and matches_supertype:
            names = [name for name, dtype in schema.items() if _fits(value, dtype)]
        exprs = [exact(name).fill_null(value, strategy, limit) for name in names]
        return self.with_columns(exprs) if exprs else self.clone()

    def fill_nan(self, value: Any) -> LazyFrame:
        """Another value in place of NaN."""
        names = [name for name, dtype in self.collect_schema().items() if dtype.is_float()]
        return self.with_columns([exact(name).fill_nan(value) for name in names]) if names else self.clone()

    def _names(self, subset: Any) -> list[str] | None:
        """The names that a subset stands for."""
        if subset is None:
            return None
        from hypostyle.selectors import Selector, _selection, expand_selector

        items = list(subset) if is_list(subset) else [subset]
        if all(isinstance(item, str) for item in items):
            schema = self.collect_schema()
            for item in items:
                if item not in schema and not item.startswith("^"):
                    self.select(exact(item)).collect_schema()
            if not any(item.startswith("^") for item in items):
                return items
        return list(expand_selector(self.collect_schema(), Selector._of(_selection(items, strict=True))))

    # Groups and joins.

    def group_by_dynamic(
        self,
        index_column: Any,
        *,
        every: str | timedelta,
        period: str | timedelta | None = None,
        offset: str | timedelta | None = None,
        include_boundaries: bool = False,
        closed: str = "left",
        label: str = "left",
        group_by: Any = None,
        start_by: str = "window",
    ) -> LazyGroupBy:
        """Windows that begin `every` so much and are `period` long, over a column in ascending order.

        >>> import hypostyle as hs
        >>> lf = hs.LazyFrame({"i": [0, 1, 2, 5], "v": [1, 2, 3, 4]})
        >>> lf.group_by_dynamic("i", every="2i").agg(hs.col("v").sum()).collect().rows()
        [(0, 3), (2, 3), (4, 4)]
        """
        from hypostyle.time_groups import LazyTimeGroupBy

        distances = (every, start_by, label, include_boundaries)
        period = every if period is None else period
        return LazyTimeGroupBy(
            self, index_column, group_by, period=period, offset=offset, closed=closed, distances=distances
        )

    def rolling(
        self,
        index_column: Any,
        *,
        period: str | timedelta,
        offset: str | timedelta | None = None,
        closed: str = "right",
        group_by: Any = None,
    ) -> LazyGroupBy:
        """A window for each row, which ends with it unless an `offset` moves it, over a column in ascending order.

        >>> import hypostyle as hs
        >>> lf = hs.LazyFrame({"i": [0, 1, 2, 5], "v": [1, 2, 3, 4]})
        >>> lf.rolling("i", period="2i").agg(hs.col("v").sum()).collect().rows()
        [(0, 1), (1, 3), (2, 5), (5, 4)]
        """
        from hypostyle.time_groups import LazyTimeGroupBy

        return LazyTimeGroupBy(
            self, index_column, group_by, period=period, offset=offset, closed=closed, distances=None
        )

    def group_by(self, *by: Any, maintain_order: bool = False, **named_by: Any) -> LazyGroupBy:
        """Groups of rows with equal keys.

        >>> import hypostyle as hs
        >>> sales = hs.LazyFrame({"shop": ["a", "b", "a"], "sold": [3, 4, 5]})
        >>> sales.group_by("shop").agg(hs.col("sold").sum()).sort("shop").collect().rows()
        [('a', 8), ('b', 4)]
        """
        from hypostyle.lazy_group_by import LazyGroupBy

        return LazyGroupBy(self, parse_many(*by, **named_by), maintain_order=maintain_order)

    def join(
        self,
        other: Any,
        on: Any = None,
        how: str = "inner",
        *,
        left_on: Any = None,
        right_on: Any = None,
        suffix: str = "_right",
        validate: str = "m:m",
        nulls_equal: bool = False,
        coalesce: bool | None = None,
        maintain_order: str | None = None,
        build_side: str = "auto",
        allow_parallel: bool = True,
        force_parallel: bool = False,
    ) -> LazyFrame:
        """Rows of both frames with equal keys, side by side.

        >>> import hypostyle as hs
        >>> a, b = hs.LazyFrame({"k": [1, 2], "x": [3, 4]}), hs.LazyFrame({"k": [2], "y": [5]})
        >>> a.join(b, on="k").collect().rows()
        [(2, 4, 5)]
        """
        del build_side, allow_parallel, force_parallel
        if not isinstance(other, LazyFrame):
            msg = f"a LazyFrame joins a LazyFrame, not {type(other).__name__!r}; call `.lazy()` on it"
            raise TypeError(msg)
        if how in ("outer", "outer_coalesce"):
            how, coalesce = "full", True if how == "outer_coalesce" else coalesce
        if how not in _JOINS:
            msg = f"`how` is one of {', '.join(map(repr, _JOINS))}, not {how!r}"
            raise ValueError(msg)
        if on is not None and (left_on is not None or right_on is not None):
            msg = "`on` does not go with `left_on` and `right_on`"
            raise ValueError(msg)
        if how == "cross":
            if on is not None or left_on is not None or right_on is not None:
                msg = "a cross join has no keys"
                raise ValueError(msg)
            left, right = [], []
        elif on is not None:
            left = right = parse_many(on)
        elif left_on is not None and right_on is not None:
            left, right = parse_many(left_on), parse_many(right_on)
        else:
            msg = "a join needs `on`, or `left_on` and `right_on`"
            raise ValueError(msg)
        order = maintain_order or "none"
        return LazyFrame._wrap(
            self._ldf.join(other._ldf, left, right, how, suffix, validate, nulls_equal, coalesce, order)
        )

    # Shape.

    def explode(
        self, columns: Any, *more_columns: Any, empty_as_null: bool = False, keep_nulls: bool = True
    ) -> LazyFrame:
        """The items of lists, one a row.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2], "l": [["x", "y"], ["z"]]}).explode("l").rows()
        [(1, 'x'), (1, 'y'), (2, 'z')]
        """
        names = self._names([*columns, *more_columns] if is_list(columns) else [columns, *more_columns])
        if empty_as_null or not keep_nulls:
            msg = "`explode` drops empty lists and keeps nulls here: the other settings are not supported"
            raise InvalidOperationError(msg)
        return LazyFrame._wrap(self._ldf.explode(names))

    def collect_async(self, *, gevent: bool = False, engine: Any = "auto", optimizations: Any = DEFAULT_OPTIMIZATIONS) -> Any:
        """Runs the query on a thread of its own; the result is waited for with `await`.

        >>> import asyncio
        >>> import hypostyle as hs
        >>> query = hs.LazyFrame({"a": [1, 2]}).select(hs.col("a").sum())
        >>> asyncio.run(query.collect_async()).item()
        3
        """
        from hypostyle.asynchronous import run_async

        check_engine(engine)
        return run_async(lambda: self.collect(engine=engine, optimizations=optimizations), gevent=gevent)

    def gather(self, indices: Any) -> LazyFrame:
        """The rows of these numbers; negative ones count from the end."""
        return self.select(all_columns().gather([indices] if isinstance(indices, int) else indices))

    def interpolate(self) -> LazyFrame:
        """Nulls between two numbers on the line between them."""
        return self.select(all_columns().interpolate())

    def pipe_with_schema(self, function: Callable[[LazyFrame, Schema], LazyFrame]) -> LazyFrame:
        """`function(self, schema)`"""
        return function(self, self.collect_schema())

    def show(self, limit: int | None = 5, **options: Any) -> None:
        """Prints the first rows; `options` are those of :class:`Config`, for this time only."""
        (self if limit is None else self.head(limit)).collect().show(limit, **options)

    # Functions of one's own.

    def map_batches(
        self,
        function: Callable[[DataFrame], DataFrame],
        *,
        predicate_pushdown: bool = False,
        projection_pushdown: bool = False,
        slice_pushdown: bool = False,
        schema: Any = None,
        validate_output_schema: bool = True,
        streamable: bool = False,
    ) -> LazyFrame:
        """A function of the whole frame as a step of the query; `schema` tells what it gives, if that changes.

        >>> import hypostyle as hs
        >>> hs.LazyFrame({"a": [1, 2, 3]}).map_batches(lambda df: df[::-1]).collect()["a"].to_list()
        [3, 2, 1]
        """
        del predicate_pushdown, projection_pushdown, slice_pushdown, validate_output_schema, streamable
        from hypostyle.dataframe import DataFrame

        def call(inner: Any) -> Any:
            result = function(DataFrame._wrap(inner))
            if not isinstance(result, DataFrame):
                msg = f"the function of `map_batches` gives a DataFrame, not {type(result).__name__!r}"
                raise TypeError(msg)
            return result._df

        fields = None if schema is None else [(name, describe(dtype)) for name, dtype in Schema(schema).items()]
        return LazyFrame._wrap(self._ldf.map_frame(call, fields))

    def inspect(self, fmt: str = "{}") -> LazyFrame:
        """Prints what the query has come to when it runs."""

        def show(frame: DataFrame) -> DataFrame:
            print(fmt.format(frame))
            return frame

        return self.map_batches(show)

    def unnest(self, columns: Any = None, *more_columns: Any, separator: str | None = None) -> LazyFrame:
        """The fields of structs as columns, in place of the structs."""
        from hypostyle.datatypes import Struct

        schema = self.collect_schema()
        if columns is None:
            names = [name for name, dtype in schema.items() if dtype == Struct]
        else:
            names = self._names([*columns, *more_columns] if is_list(columns) else [columns, *more_columns]) or []
        exprs = []
        for name, dtype in schema.items():
            if name not in names:
                exprs.append(exact(name))
            elif dtype != Struct:
                msg = f"`unnest` needs structs, but {name!r} is of {dtype!r}"
                raise InvalidOperationError(msg)
            else:
                prefix = "" if separator is None else f"{name}{separator}"
                exprs.extend(exact(name).struct[field.name].alias(f"{prefix}{field.name}") for field in dtype.fields)
        return self.select(exprs)

    # Statistics of every column.

    def sum(self) -> LazyFrame:
        """The sum of every column."""
        return self._numeric(lambda c: c.sum(), booleans=True)

    def mean(self) -> LazyFrame:
        """The mean of every column."""
        return self._numeric(lambda c: c.mean(), temporal=True, booleans=True)

    def median(self) -> LazyFrame:
        """The median of every column."""
        return self._numeric(lambda c: c.median(), temporal=True, booleans=True)

    def std(self, ddof: int = 1) -> LazyFrame:
        """The standard deviation of every column."""
        return self._numeric(lambda c: c.std(ddof))

    def var(self, ddof: int = 1) -> LazyFrame:
        """The variance of every column."""
        return self._numeric(lambda c: c.var(ddof))

    def quantile(self, quantile: float, interpolation: str = "nearest") -> LazyFrame:
        """A quantile of every column."""
        return self._numeric(lambda c: c.quantile(quantile, interpolation))

    def _numeric(self, build: Callable[[Expr], Expr], *, temporal: bool = False, booleans: bool = False) -> LazyFrame:
        """A statistic of the columns that have one; null for the others."""
        from hypostyle.datatypes import Boolean, Duration
        from hypostyle.functions.columns import lit

        exprs = []
        for name, dtype in self.collect_schema().items():
            fits = dtype.is_numeric() or dtype == Duration or booleans and dtype == Boolean
            fits = fits or temporal and dtype.is_temporal()
            exprs.append(build(exact(name)) if fits else lit(None, dtype=dtype).alias(name))
        return self.select(exprs)

    def min(self) -> LazyFrame:
        """The smallest value of every column."""
        return self.select(all_columns().min())

    def max(self) -> LazyFrame:
        """The largest value of every column."""
        return self.select(all_columns().max())

    def count(self) -> LazyFrame:
        """The number of values of every column that are not null."""
        return self.select(all_columns().count())

    def null_count(self) -> LazyFrame:
        """The number of nulls of every column."""
        return self.select(all_columns().null_count())

    def describe(self, percentiles: Any = (0.25, 0.5, 0.75), *, interpolation: str = "nearest") -> Any:
        """Statistics of every column."""
        return self.collect().describe(percentiles, interpolation=interpolation)


def exact(name: str) -> Expr:
    """A column by its exact name, whatever characters it has."""
    return Expr._wrap(PyExpr.col(name))


def _fits(value: Any, dtype: Any) -> bool:
    """Whether a value can stand in a column of a type."""
    from hypostyle.datatypes import Boolean, Categorical, Enum, Null, String

    if dtype == Null or value is None:
        return True
    if isinstance(value, bool):
        return dtype == Boolean
    if isinstance(value, (int, float)):
        return dtype.is_numeric()
    if isinstance(value, str):
        return dtype in (String, Categorical, Enum)
    from hypostyle.series import Series

    return Series([value]).dtype.base_type() == dtype.base_type()
