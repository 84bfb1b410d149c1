"""Frames in another shape: fields as columns, columns as rows, values as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypostyle._hypostyle import PyDataFrame
from hypostyle.expr.parse import is_list
from hypostyle.series import Series

if TYPE_CHECKING:
    from hypostyle.dataframe import DataFrame


def unnest(frame: DataFrame, columns: Any, more_columns: tuple[Any, ...], separator: str | None) -> DataFrame:
    """The fields of structs as columns, in place of the structs."""
    from hypostyle.datatypes import Struct
    from hypostyle.exceptions import InvalidOperationError

    if columns is None:
        names = [name for name, dtype in frame.schema.items() if dtype == Struct]
    else:
        names = (
            frame.lazy()._names([*columns, *more_columns] if is_list(columns) else [columns, *more_columns]) or []
        )
    parts: list[Any] = []
    for column in frame.get_columns():
        if column.name not in names:
            parts.append(column._s)
        elif column.dtype != Struct:
            msg = f"`unnest` needs structs, but {column.name!r} is of {column.dtype!r}"
            raise InvalidOperationError(msg)
        else:
            prefix = "" if separator is None else f"{column.name}{separator}"
            parts.extend(field.rename(f"{prefix}{field.name()}") for field in column._s.fields())
    return type(frame)._wrap(PyDataFrame(parts))


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
