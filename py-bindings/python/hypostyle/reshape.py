"""Frames in another shape: columns as rows, values as columns."""

from __future__ import annotations

from hypostyle._hypostyle import PyDataFrame
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


class Reshaping:
    """The methods of frames that make columns of rows or of values."""

    def transpose(
        self, *, include_header: bool = False, header_name: str = "column", column_names: Any = None
    ) -> DataFrame:
        """Columns as rows."""
        return transpose(self, include_header=include_header, header_name=header_name, column_names=column_names)

    def to_dummies(
        self, columns: Any = None, *, separator: str = "_", drop_first: bool = False, drop_nulls: bool = False
    ) -> DataFrame:
        """A column of 0 and 1 for each value of some columns."""
        return to_dummies(self, columns, separator=separator, drop_first=drop_first, drop_nulls=drop_nulls)

    def unstack(
        self, *, step: int, how: str = "vertical", columns: Any = None, fill_values: list[Any] | None = None
    ) -> DataFrame:
        """Rows side by side, `step` to a column (`how="vertical"`) or to a row (`how="horizontal"`).

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2, 3, 4]}).unstack(step=2).rows()
        [(1, 3), (2, 4)]
        """
        return unstack(self, step=step, how=how, columns=columns, fill_values=fill_values)


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


def unstack(frame: DataFrame, *, step: int, how: str, columns: Any, fill_values: Any) -> DataFrame:
    """Rows side by side."""
    if how not in ("vertical", "horizontal"):
        msg = f"`how` is 'vertical' or 'horizontal', not {how!r}"
        raise ValueError(msg)
    if columns is not None:
        frame = frame.select(columns)
    count = -(-frame.height // step)
    rows = step if how == "vertical" else count
    width = count if how == "vertical" else step
    missing = rows * width - frame.height
    fills = fill_values if isinstance(fill_values, list) else [fill_values] * frame.width
    parts = []
    for column, fill in zip(frame.get_columns(), fills):
        if missing:
            column = column.append(Series(column.name, [fill] * missing, dtype=column.dtype))
        for i in range(width):
            start, every = (i * rows, 1) if how == "vertical" else (i, width)
            part = column[start : start + rows] if every == 1 else column[start::every]
            parts.append(part.rename(f"{column.name}_{i:0{len(str(width - 1))}d}")._s)
    return type(frame)._wrap(PyDataFrame(parts))
