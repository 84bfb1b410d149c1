"""Statistics of every column of a frame."""

from __future__ import annotations

from hypostyle.datatypes import Boolean, Date, Datetime, Duration, String, Time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def describe(frame: Any, percentiles: Any, *, interpolation: str) -> Any:
    """Counts, mean, deviation, extremes and quantiles: a row for each statistic, a column for each column."""
    from hypostyle.dataframe import DataFrame

    if not frame.width:
        msg = "a frame without columns cannot be described"
        raise TypeError(msg)
    levels = [] if percentiles is None else [percentiles] if isinstance(percentiles, float) else sorted(percentiles)
    names = ["count", "null_count", "mean", "std", "min", *(f"{level:.0%}" for level in levels), "max"]
    data: dict[str, list[Any]] = {"statistic": names}
    for column in frame.get_columns():
        data[column.name] = _statistics(column, levels, interpolation)
    schema = {name: None if name == "statistic" or not _is_number(frame.schema[name]) else float for name in data}
    overrides = {name: dtype for name, dtype in schema.items() if dtype is not None}
    overrides.update({name: String for name in data if name not in overrides})
    return DataFrame(data, schema_overrides=overrides, strict=False)


def _is_number(dtype: Any) -> bool:
    return dtype.is_numeric() or dtype == Boolean


def _statistics(column: Any, levels: list[float], interpolation: str) -> list[Any]:
    dtype = column.dtype
    nulls = column.null_count()
    counts: list[Any] = [len(column) - nulls, nulls]
    if _is_number(dtype):
        values = column if dtype != Boolean else column.cast(float)
        extremes = column.min(), column.max()
        quantiles = [None if dtype == Boolean else values.quantile(level, interpolation) for level in levels]
        std = None if dtype == Boolean else values.std()
        result = [*counts, values.mean(), std, extremes[0], *quantiles, extremes[1]]
        return [None if value is None else float(value) for value in result]
    temporal = dtype in (Date, Datetime, Duration, Time)
    if temporal:
        quantiles = [column.quantile(level, interpolation) for level in levels]
        if dtype == Date:
            quantiles = [None if value is None else value.date() for value in quantiles]
        result = [*counts, column.mean(), None, column.min(), *quantiles, column.max()]
    else:
        ordered = dtype == String or not dtype.is_nested()
        low, high = (column.min(), column.max()) if ordered else (None, None)
        result = [*counts, None, None, low, *(None for _ in levels), high]
    return [None if value is None else str(value) for value in result]


def glimpse(frame: Any, items: int, name_length: int) -> str:
    """A line for each column: name, type, first values."""
    columns = frame.get_columns()
    types = [f"<{column._s.dtype_name()}>" for column in columns]
    names = [c.name if len(c.name) <= name_length else f"{c.name[: name_length - 1]}…" for c in columns]
    longest, widest = max(map(len, names), default=0), max(map(len, types), default=0)
    lines = [f"Rows: {frame.height}", f"Columns: {frame.width}"]
    for column, name, dtype in zip(columns, names, types):
        values = ", ".join(_glimpsed(value) for value in column.head(items).to_list())
        lines.append(f"$ {name:<{longest}} {dtype:>{widest}} {values}")
    return "\n".join(lines) + "\n"


def _glimpsed(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return "null" if value is None else str(value)
