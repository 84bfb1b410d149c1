"""Functions on whole frames."""

from __future__ import annotations

from collections.abc import Iterable

from hypostyle._hypostyle import PyDataFrame, PyLazyFrame
from hypostyle._hypostyle import supertype as _supertype
from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import describe, from_description
from hypostyle.engine import DEFAULT_OPTIMIZATIONS, check_engine
from hypostyle.exceptions import InvalidOperationError, SchemaError, ShapeError
from hypostyle.functions.columns import col, lit
from hypostyle.lazyframe import LazyFrame, exact
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Stackable = TypeVar("Stackable", DataFrame, LazyFrame, Series)


def select(*exprs: Any, eager: bool = True, **named_exprs: Any) -> Any:
    """Expressions without a frame.

    >>> select(lit(1) + 1).item()
    2
    """
    frame = DataFrame().lazy().select(*exprs, **named_exprs)
    return frame.collect() if eager else frame


def collect_all(
    lazy_frames: Iterable[LazyFrame],
    *,
    optimizations: Any = DEFAULT_OPTIMIZATIONS,
    engine: Any = "auto",
    lazy: bool = False,
) -> list[DataFrame]:
    """Runs queries together: what they share is computed once.

    >>> query = LazyFrame({"a": [1, 2, 3]}).filter(col("a") > 1)
    >>> [frame.height for frame in collect_all([query, query.sum()])]
    [2, 1]
    """
    from hypostyle.sinks import run_all

    check_engine(engine, optimizations)
    if lazy:
        msg = "queries that are collected together later are not supported: `lazy=True`"
        raise InvalidOperationError(msg)
    return run_all(lazy_frames)


def explain_all(lazy_frames: Iterable[LazyFrame], *, optimizations: Any = DEFAULT_OPTIMIZATIONS) -> str:
    """The plan of queries that run together."""
    check_engine("auto", optimizations)
    return PyLazyFrame.explain_all([frame._ldf for frame in lazy_frames])


def supertype(dtypes: Iterable[Any]) -> Any:
    """The type that can hold the values of all."""
    result = None
    for dtype in dtypes:
        if result is None or result == dtype:
            result = dtype
            continue
        joined = _supertype(describe(result), describe(dtype))
        if joined is None:
            msg = f"{result!r} and {dtype!r} have no common type"
            raise SchemaError(msg)
        result = from_description(joined)
    return result


_HOW = (
    *("vertical", "vertical_relaxed", "diagonal", "diagonal_relaxed", "horizontal", "horizontal_extend"),
    *("align", "align_full", "align_inner", "align_left", "align_right"),
)


def concat(
    items: Iterable[Stackable],
    *,
    how: str = "vertical",
    rechunk: bool = False,
    parallel: bool = True,
    strict: bool | None = None,
) -> Stackable:
    """Frames, queries or series one below the other, or side by side.

    >>> concat([DataFrame({"a": [1]}), DataFrame({"a": [2]})]).rows()
    [(1,), (2,)]
    """
    del parallel, strict
    frames: list[Any] = list(items)
    if not frames:
        msg = "`concat` needs something to concatenate"
        raise ValueError(msg)
    if how not in _HOW:
        msg = f"`how` is one of {', '.join(map(repr, _HOW))}, not {how!r}"
        raise ValueError(msg)
    if isinstance(frames[0], Series):
        if how not in ("vertical", "vertical_relaxed"):
            msg = f"series are concatenated vertically, not by {how!r}"
            raise ValueError(msg)
        name = frames[0].name
        stacked = concat([s.to_frame("") for s in frames], how=how)
        result = stacked.to_series().rename(name)
        return result.rechunk() if rechunk else result
    lazy = isinstance(frames[0], LazyFrame)
    # A frame without columns adds nothing.
    frames = [frame for frame in frames if frame.collect_schema()] or frames[:1]
    if len(frames) == 1:
        return frames[0]
    result: Any
    queries = [frame.lazy() for frame in frames]
    if how.startswith("align"):
        result = _align(queries, how)
    elif how.startswith("horizontal"):
        result = _horizontal([q.collect() for q in queries], extend=how == "horizontal_extend")
    else:
        result = _vertical(queries, how)
    if lazy:
        return result.lazy()
    frame: Any = result.collect() if isinstance(result, LazyFrame) else result
    return frame.rechunk() if rechunk else frame


def _vertical(queries: list[LazyFrame], how: str) -> LazyFrame:
    schemas = [query.collect_schema() for query in queries]
    if how.startswith("diagonal"):
        merged: dict[str, Any] = {}
        for schema in schemas:
            for name, dtype in schema.items():
                if name in merged and how.endswith("relaxed"):
                    dtype = supertype([merged[name], dtype])
                merged.setdefault(name, dtype)
                if how.endswith("relaxed"):
                    merged[name] = dtype
                elif merged[name] != dtype:
                    msg = f"column {name!r} is of {merged[name]!r} and of {dtype!r}"
                    raise SchemaError(msg)
        names = list(merged)
        queries = [
            query.select([exact(n) if n in schema else lit(None, dtype=merged[n]).alias(n) for n in names])
            for query, schema in zip(queries, schemas)
        ]
        schemas = [query.collect_schema() for query in queries]
    first = schemas[0]
    for schema in schemas[1:]:
        if len(schema) != len(first):
            msg = f"frames of {len(first)} and {len(schema)} columns cannot be stacked"
            raise ShapeError(msg)
        if schema.names() != first.names():
            msg = f"frames with columns {first.names()} and {schema.names()} cannot be stacked"
            raise ShapeError(msg)
        if not how.endswith("relaxed") and schema != first:
            differing = next(name for name in first if first[name] != schema[name])
            msg = (
                f"type {schema[differing]!r} of column {differing!r} does not fit {first[differing]!r}; "
                "`how='vertical_relaxed'` converts to a common type"
            )
            raise SchemaError(msg)
    if how.endswith("relaxed"):
        common = {name: supertype([schema[name] for schema in schemas]) for name in first}
        queries = [
            query.cast({n: d for n, d in common.items() if s[n] != d}) if s != common else query
            for query, s in zip(queries, schemas)
        ]
    return LazyFrame._wrap(PyLazyFrame.concat([query._ldf for query in queries]))


def _horizontal(frames: list[DataFrame], *, extend: bool) -> DataFrame:
    heights = {frame.height for frame in frames if frame.width}
    if len(heights) > 1:
        if not extend:
            msg = f"frames of {sorted(heights)} rows cannot stand side by side; use `how='horizontal_extend'`"
            raise ShapeError(msg)
        tallest = max(heights)
        frames = [
            frame.vstack(frame.clear(tallest - frame.height)) if frame.height < tallest else frame for frame in frames
        ]
    return DataFrame._wrap(PyDataFrame([c._s for frame in frames for c in frame.get_columns()]))


def _align(queries: list[LazyFrame], how: str) -> LazyFrame:
    kind = {
        "align": "full",
        "align_full": "full",
        "align_inner": "inner",
        "align_left": "left",
        "align_right": "right",
    }[how]
    common = [n for n in queries[0].columns if all(n in q.columns for q in queries[1:])]
    if not common:
        msg = "frames without common columns cannot be aligned"
        raise InvalidOperationError(msg)
    result = queries[0]
    for query in queries[1:]:
        result = result.join(query, on=common, how=kind, coalesce=True)
    return result.sort(common)


def union(items: Iterable[Stackable], *, how: str = "vertical", strict: bool | None = None) -> Stackable:
    """As `concat`, in any order."""
    return concat(items, how=how, strict=strict)


def from_dict(data: Any, schema: Any = None, *, schema_overrides: Any = None, strict: bool = True) -> DataFrame:
    """A frame out of columns by name."""
    return DataFrame(data, schema, schema_overrides=schema_overrides, strict=strict)


def from_dicts(
    data: Any, schema: Any = None, *, schema_overrides: Any = None, strict: bool = True, infer_schema_length: Any = 100
) -> DataFrame:
    """A frame out of rows as dicts."""
    if not data and not schema:
        from hypostyle.exceptions import NoDataError

        msg = "`from_dicts` needs rows, or a schema"
        raise NoDataError(msg)
    return DataFrame(
        data, schema, schema_overrides=schema_overrides, strict=strict, infer_schema_length=infer_schema_length
    )


def from_records(
    data: Any,
    schema: Any = None,
    *,
    schema_overrides: Any = None,
    strict: bool = True,
    orient: str | None = None,
    infer_schema_length: int | None = 100,
) -> DataFrame:
    """A frame out of rows, or out of columns."""
    return DataFrame(
        data,
        schema,
        schema_overrides=schema_overrides,
        strict=strict,
        orient=orient,
        infer_schema_length=infer_schema_length,
    )


def from_numpy(data: Any, schema: Any = None, *, schema_overrides: Any = None, orient: str | None = None) -> DataFrame:
    """A frame out of a NumPy array."""
    return DataFrame(data, schema, schema_overrides=schema_overrides, orient=orient)


def from_pandas(
    data: Any,
    *,
    schema_overrides: Any = None,
    rechunk: bool = True,
    nan_to_null: bool = True,
    include_index: bool = False,
) -> Any:
    """A frame or series out of pandas'."""
    from hypostyle import construct

    del rechunk
    if not hasattr(data, "columns"):
        return Series._wrap(construct._from_pandas("", data, nan_to_null=nan_to_null))
    inner = construct.from_pandas(data, nan_to_null=nan_to_null, include_index=include_index)
    return DataFrame(DataFrame._wrap(inner), schema_overrides=schema_overrides)


def from_arrow(data: Any, schema: Any = None, *, schema_overrides: Any = None, rechunk: bool = False) -> Any:
    """A frame or series out of anything with an Arrow interface; tables become frames."""
    del rechunk
    if hasattr(data, "column_names") or hasattr(data, "schema") or _is_struct(data):
        return DataFrame(data, schema, schema_overrides=schema_overrides)
    return Series("", data)


def _is_struct(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") and not hasattr(data, "type") and not isinstance(data, Series)


def from_epoch(column: Any, time_unit: str = "s") -> Any:
    """Numbers since 1970 as dates or points in time."""
    from hypostyle.datatypes import Date, Datetime

    expr = col(column) if isinstance(column, str) else column
    if time_unit == "d":
        return expr.cast(Date)
    if time_unit == "s":
        return (expr * 1_000_000).cast(Datetime("us"))
    return expr.cast(Datetime(time_unit))


def align_frames(*frames: Any, on: Any, how: str = "full", select: Any = None, descending: Any = False) -> list[Any]:
    """Frames with the same rows, by keys."""
    keys = [on] if isinstance(on, str) else list(on)
    spine = frames[0].lazy().select(keys)
    for frame in frames[1:]:
        spine = spine.join(frame.lazy().select(keys), on=keys, how=how, coalesce=True)
    spine = spine.unique().sort(keys, descending=descending, maintain_order=True)
    aligned = [spine.join(frame.lazy(), on=keys, how="left", maintain_order="left") for frame in frames]
    aligned = [query.select(frame.columns if select is None else select) for query, frame in zip(aligned, frames)]
    return [query if isinstance(frame, LazyFrame) else query.collect() for query, frame in zip(aligned, frames)]


def merge_sorted(items: Iterable[Any], key: Any, *, maintain_order: bool = False) -> Any:
    """The rows of frames of the same columns, each sorted by a key, in the order of the key.

    >>> import hypostyle as hs
    >>> hs.merge_sorted([hs.DataFrame({"k": [1, 3]}), hs.DataFrame({"k": [2, 4]})], "k")["k"].to_list()
    [1, 2, 3, 4]
    """
    frames = list(items)
    if not frames:
        msg = "`merge_sorted` takes one frame at least"
        raise ValueError(msg)
    merged = frames[0]
    for frame in frames[1:]:
        merged = merged.merge_sorted(frame, key, maintain_order=maintain_order)
    return merged
