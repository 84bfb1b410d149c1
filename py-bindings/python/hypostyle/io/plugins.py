"""Queries over data that a Python function gives when they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypostyle.datatypes import Schema
from hypostyle.exceptions import InvalidOperationError, SchemaError
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame
    from hypostyle.expr import Expr

__all__ = ["defer", "register_io_source"]


def register_io_source(
    io_source: Callable[[list[str] | None, Expr | None, int | None, int | None], Iterator[DataFrame]],
    *,
    schema: Any,
    validate_schema: bool = False,
    is_pure: bool = False,
    explain_name: str | None = None,
    explain_detail: str | None = None,
) -> LazyFrame:
    """A query over the frames that a function gives: `io_source(with_columns, predicate, n_rows, batch_size)`.

    The function is called when the query runs, with `None` for all four: it gives all rows of all columns, and the query
    takes from them what it needs. `schema` tells names and types, as a dict or as a function that gives one; what the
    function gives is always held against it, so that `validate_schema` changes nothing.

    >>> import hypostyle as hs
    >>> def numbers(with_columns, predicate, n_rows, batch_size):
    ...     for start in (0, 2):
    ...         yield hs.DataFrame({"a": [start, start + 1]})
    >>> register_io_source(numbers, schema={"a": hs.Int64}).filter(hs.col("a") > 1).collect()["a"].to_list()
    [2, 3]
    """
    del validate_schema
    # A pure source may be read once for several readers; it always may be read for each.
    del is_pure
    for name, value in (("explain_name", explain_name), ("explain_detail", explain_detail)):
        if value is not None:
            msg = f"`{name}` is not supported: plans show such a source as a function"
            raise InvalidOperationError(msg)
    wanted = Schema(schema() if callable(schema) else schema)

    def run(_: DataFrame) -> DataFrame:
        from hypostyle.dataframe import DataFrame
        from hypostyle.functions.frames import concat

        frames = []
        for frame in io_source(None, None, None, None):
            if not isinstance(frame, DataFrame):
                msg = f"a source gives DataFrames, not {type(frame).__name__!r}"
                raise TypeError(msg)
            if frame.schema != wanted:
                msg = f"the source gave {frame.schema!r}, but its schema is {wanted!r}"
                raise SchemaError(msg)
            frames.append(frame)
        return concat(frames, rechunk=False) if frames else DataFrame(schema=wanted)

    return LazyFrame().map_batches(run, schema=wanted)


def defer(function: Callable[[], DataFrame], *, schema: Any, validate_schema: bool = True) -> LazyFrame:
    """A query over the frame that a function gives when the query runs.

    >>> import hypostyle as hs
    >>> defer(lambda: hs.DataFrame({"a": [1, 2]}), schema={"a": hs.Int64}).select(hs.col("a").sum()).collect().item()
    3
    """

    def source(*_: object) -> Iterator[DataFrame]:
        result: Any = function()
        yield result.collect() if isinstance(result, LazyFrame) else result

    return register_io_source(source, schema=schema, validate_schema=validate_schema)
