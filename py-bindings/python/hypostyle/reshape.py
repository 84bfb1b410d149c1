"""Frames in another shape: columns as rows, values as columns."""

from __future__ import annotations

from hypostyle._hypostyle import PyDataFrame
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


def transpose(frame: DataFrame, *, include_header: bool, header_name: str, column_names: Any) -> DataFrame:
    """Columns as rows."""
    from hypostyle.functions.frames import supertype

    chosen = frame
    if isinstance(column_names, str):
        names = [str(v) for v in frame.get_column(column_names).to_list()]
        chosen = frame.drop(column_names)
    elif column_names is None:
        names = [f"column_{i}" for i in range(frame.height)]
    else:
        names = [name for name, _ in zip(column_names, range(frame.height))]
    dtype = supertype(chosen.dtypes)
    columns = chosen.cast(dtype).get_columns() if chosen.width else []
    data = {header_name: chosen.columns} if include_header else {}
    rows = list(zip(*(c.to_list() for c in columns)))
    result = type(frame)(data)
    parts = [Series(name, list(row), dtype=dtype)._s for name, row in zip(names, rows)]
    return type(frame)._wrap(PyDataFrame([*(c._s for c in result.get_columns()), *parts]))


def to_dummies(frame: DataFrame, columns: Any, *, separator: str, drop_first: bool, drop_nulls: bool) -> DataFrame:
    """A column of 0 and 1 for each value of some columns."""
    from hypostyle.datatypes import UInt8

    chosen = frame.columns if columns is None else frame.lazy()._names(columns) or []
    parts: list[Series] = []
    for column in frame.get_columns():
        if column.name not in chosen:
            parts.append(column)
            continue
        values = column.unique().sort().to_list()
        if drop_nulls:
            values = [v for v in values if v is not None]
        for value in values[1:] if drop_first else values:
            label = "null" if value is None else value
            same = column.eq_missing(value)
            parts.append(same.cast(UInt8).rename(f"{column.name}{separator}{label}"))
    return type(frame)._wrap(PyDataFrame([part._s for part in parts]))
