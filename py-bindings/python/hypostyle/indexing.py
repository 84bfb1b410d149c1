"""`frame[rows, columns]`, and assignment to a cell."""

from __future__ import annotations

from hypostyle.lazyframe import exact
from hypostyle.series import Series, position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


def cells(frame: DataFrame, rows: Any, columns: Any) -> Any:
    """Some rows of some columns: a value, a series or a frame."""
    if isinstance(columns, str):
        selected: Any = frame.get_column(columns)
    elif isinstance(columns, int) and not isinstance(columns, bool):
        selected = frame.to_series(columns)
    else:
        if isinstance(columns, slice):
            names = frame.columns
            start = names.index(columns.start) if isinstance(columns.start, str) else columns.start
            stop = names.index(columns.stop) + 1 if isinstance(columns.stop, str) else columns.stop
            chosen = names[slice(start, stop, columns.step)]
        elif isinstance(columns, range):
            chosen = [frame.columns[i] for i in columns]
        else:
            items = list(columns)
            if items and all(isinstance(item, bool) for item in items):
                chosen = [n for n, keep in zip(frame.columns, items) if keep]
            else:
                chosen = [frame.columns[i] if isinstance(i, int) else i for i in items]
        selected = frame.select([exact(name) for name in chosen])
    if isinstance(rows, slice) and rows == slice(None):
        return selected
    return selected[rows]


def assign(frame: DataFrame, key: Any, value: Any) -> None:
    """Another value in a cell, in place."""
    if isinstance(key, str):
        msg = "a DataFrame has no assignment of columns by name; use `with_columns`"
        raise TypeError(msg)
    if isinstance(key, tuple) and len(key) == 2:
        row, column = key
        name = column if isinstance(column, str) else frame.columns[column]
        values = frame.get_column(name).to_list()
        values[position(row, frame.height)] = value
        frame._df = frame._with(Series(name, values, dtype=frame.schema[name]))._df
        return
    msg = f"a DataFrame cannot be assigned to by {type(key).__name__!r}"
    raise TypeError(msg)
