"""Sheets of Excel and OpenDocument workbooks, read through fastexcel (the engine `calamine`) or openpyxl."""

from __future__ import annotations

import os

from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import Date, Datetime, Float64, Int64, Null, String
from hypostyle.exceptions import ColumnNotFoundError, InvalidOperationError, NoDataError
from hypostyle.functions.columns import lit
from hypostyle.functions.horizontal import any_horizontal
from hypostyle.io.sources import read
from hypostyle.lazyframe import exact
from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def read_excel(
    source: Any,
    *,
    sheet_id: int | Sequence[int] | None = None,
    sheet_name: str | list[str] | tuple[str, ...] | None = None,
    table_name: str | None = None,
    engine: str = "calamine",
    engine_options: dict[str, Any] | None = None,
    read_options: dict[str, Any] | None = None,
    has_header: bool = True,
    columns: Sequence[int] | Sequence[str] | str | None = None,
    schema_overrides: Any = None,
    infer_schema_length: int | None = 100,
    include_file_paths: str | None = None,
    drop_empty_rows: bool = True,
    drop_empty_cols: bool = True,
    raise_if_empty: bool = True,
) -> Any:
    """A sheet of a workbook, the first if none is named; of several sheets a dict of frames by their names.

    Sheets are named by `sheet_id`, counted from 1 (0: all sheets), or `sheet_name`, a table within them by `table_name`. Of several
    workbooks, or a pattern of paths, the rows stand one below the other. `engine` is 'calamine', which is the package fastexcel and
    fast, or 'openpyxl'. Values that do not fit a type of `schema_overrides` become null. `read_options` go to the method `load_sheet`
    of fastexcel, `engine_options` to the function that opens the workbook.

    >>> import io
    >>> import hypostyle as hs
    >>> file = io.BytesIO()
    >>> _ = hs.DataFrame({"city": ["Kyoto", "Oslo"], "sold": [3, 5]}).write_excel(file)
    >>> hs.read_excel(file).rows()
    [('Kyoto', 3), ('Oslo', 5)]
    """
    if sheet_id is not None and sheet_name is not None:
        msg = f"a sheet is named by `sheet_name` ({sheet_name!r}) or by `sheet_id` ({sheet_id!r}), not by both"
        raise ValueError(msg)
    if engine == "xlsx2csv":
        msg = "`engine='xlsx2csv'` is not supported: 'calamine' and 'openpyxl' read the same files"
        raise InvalidOperationError(msg)
    if engine not in _ENGINES:
        msg = f"`engine` is 'calamine' or 'openpyxl', not {engine!r}"
        raise NotImplementedError(msg)
    overrides = dict(schema_overrides or {})
    several = not (sheet_id is None or isinstance(sheet_id, int)) or isinstance(sheet_name, (list, tuple))
    found: dict[str, list[DataFrame]] = {}
    for origin, file in _workbooks(source):
        workbook = _ENGINES[engine](file, dict(engine_options or {}))
        for name in workbook.chosen(sheet_id, sheet_name, table_name):
            frame = workbook.sheet(
                name, table_name, has_header, overrides, infer_schema_length, drop_empty_cols, dict(read_options or {})
            )
            frame = _shaped(frame, name, overrides, columns, drop_empty_rows, raise_if_empty)
            if include_file_paths is not None:
                frame = frame.with_columns(lit(origin, dtype=String).alias(include_file_paths))
            found.setdefault(name or "", []).append(frame)
    if several or sheet_id == 0:
        return {name: _below(frames) for name, frames in found.items()}
    return _below([frame for frames in found.values() for frame in frames])


def read_ods(
    source: Any,
    *,
    sheet_id: int | Sequence[int] | None = None,
    sheet_name: str | list[str] | tuple[str, ...] | None = None,
    has_header: bool = True,
    columns: Sequence[int] | Sequence[str] | None = None,
    schema_overrides: Any = None,
    infer_schema_length: int | None = 100,
    include_file_paths: str | None = None,
    drop_empty_rows: bool = True,
    drop_empty_cols: bool = True,
    raise_if_empty: bool = True,
) -> Any:
    """A sheet of an OpenDocument workbook, or several. The arguments are those of `read_excel`."""
    return read_excel(**locals())


def _workbooks(source: Any) -> list[tuple[str, Any]]:
    """Each workbook with where it comes from: paths as such, other sources as their bytes."""
    from glob import glob

    items = source if isinstance(source, (list, tuple)) else [source]
    found: list[tuple[str, Any]] = []
    for item in items:
        if not isinstance(item, (str, os.PathLike)):
            file = item.getvalue() if hasattr(item, "getvalue") else item
            found.append(("in-mem", read(file)))
            continue
        path = os.path.expanduser(os.fspath(item))
        paths = [path] if os.path.exists(path) else sorted(glob(path, recursive=True))
        if not paths:
            msg = f"no workbook found at path {path!r}"
            raise FileNotFoundError(msg)
        found += [(path, path) for path in paths]
    if not found:
        msg = "`source` names no workbook"
        raise ValueError(msg)
    return found


def _below(frames: list[DataFrame]) -> DataFrame:
    from hypostyle.functions.frames import concat

    return frames[0] if len(frames) == 1 else concat(frames, how="vertical_relaxed")


def _sheets(names: list[str], sheet_id: Any, sheet_name: Any) -> list[str]:
    """The names that are asked for."""
    if sheet_id is None and sheet_name is None:
        return names[:1]
    if sheet_id == 0 and not isinstance(sheet_id, bool):
        return names
    if sheet_name is not None:
        wanted = [sheet_name] if isinstance(sheet_name, str) else list(sheet_name)
        chosen = [name for name in wanted if name in names]
        argument, value = "sheet_name", sheet_name
    else:
        wanted = [sheet_id] if isinstance(sheet_id, int) else list(sheet_id)
        if not all(isinstance(number, int) and not isinstance(number, bool) for number in wanted):
            msg = f"`sheet_id` is a number, or several, not {sheet_id!r}"
            raise TypeError(msg)
        chosen = [names[number - 1] for number in wanted if 0 < number <= len(names)]
        argument, value = "sheet_id", sheet_id
    if not wanted or len(chosen) < len(wanted):
        msg = f"no matching sheet found when `{argument}` is {value!r}; the workbook has {names}"
        raise ValueError(msg)
    return chosen


def _shaped(
    frame: DataFrame, sheet: str | None, overrides: dict[str, Any], columns: Any, drop_rows: bool, raise_if_empty: bool
) -> DataFrame:
    """What all engines do with the values of a sheet."""
    if not frame.width:
        if raise_if_empty:
            msg = f"the sheet {sheet!r} is empty; `raise_if_empty=False` makes an empty frame of it"
            raise NoDataError(msg)
        return frame
    unknown = [name for name in overrides if name not in frame.columns]
    if unknown:
        msg = f"column {unknown[0]!r} of `schema_overrides` not found in sheet {sheet!r}; it has {frame.columns}"
        raise ColumnNotFoundError(msg)
    if drop_rows and frame.height:
        frame = frame.filter(any_horizontal([exact(name).is_not_null() for name in frame.columns]))
    frame = frame.cast(overrides, strict=False) if overrides else frame
    if columns is None:
        return frame
    wanted = [columns] if isinstance(columns, (str, int)) else list(columns)
    for column in wanted:
        if not (-frame.width <= column < frame.width if isinstance(column, int) else column in frame.columns):
            msg = f"column {column!r} of `columns` not found in sheet {sheet!r}; it has {frame.columns}"
            raise ColumnNotFoundError(msg)
    return DataFrame([frame.to_series(c) if isinstance(c, int) else frame.get_column(c) for c in wanted])


class _Calamine:
    """Workbooks through fastexcel."""

    def __init__(self, file: Any, options: dict[str, Any]) -> None:
        fastexcel = required("fastexcel", "reading workbooks with `engine='calamine'`")
        self._reader = fastexcel.read_excel(file, **options)

    def chosen(self, sheet_id: Any, sheet_name: Any, table_name: str | None) -> list[Any]:
        if table_name is not None and sheet_id is None and sheet_name is None:
            return [None]
        return _sheets(self._reader.sheet_names, sheet_id, sheet_name)

    def sheet(
        self,
        name: str | None,
        table_name: str | None,
        has_header: bool,
        overrides: dict[str, Any],
        length: int | None,
        drop_empty: bool,
        options: dict[str, Any],
    ) -> DataFrame:
        if length == 0:
            # Nothing is said of the types: all is text.
            options.setdefault("dtypes", "string")
        else:
            options.setdefault("schema_sample_rows", length)
        texts = {column: "string" for column, dtype in overrides.items() if dtype == String}
        if table_name is not None:
            table = self._table(name, table_name, options)
        else:
            if not has_header:
                options["header_row"] = None
            table = self._load(name, texts, options)
        if not table.width:
            return DataFrame()
        frame = DataFrame(table if hasattr(table, "__arrow_c_array__") else table.to_arrow())
        if not has_header and table_name is None:
            frame.columns = [f"column_{i}" for i in range(frame.width)]
        elif drop_empty:
            unnamed = [c for c in frame.columns if c.startswith("__UNNAMED__")]
            frame = frame.drop([c for c in unnamed if frame[c].null_count() == frame.height])
        return frame.with_columns([_narrowed(column) for column in frame if column.name not in overrides])

    def _table(self, sheet: str | None, name: str, options: dict[str, Any]) -> Any:
        names = self._reader.table_names(sheet) if sheet else self._reader.table_names()
        if name not in names:
            where = f"sheet {sheet!r}" if sheet else "the workbook"
            msg = f"table named {name!r} not found in {where}, which has {names}"
            raise RuntimeError(msg)
        return self._reader.load_table(name, **options)

    def _load(self, name: str | None, texts: dict[str, str], options: dict[str, Any]) -> Any:
        if not texts or "dtypes" in options:
            return self._reader.load_sheet(name, **options)
        names = {c.name for c in self._reader.load_sheet(name, **{**options, "n_rows": 0}).available_columns()}
        dtypes = {column: dtype for column, dtype in texts.items() if column in names}
        return self._reader.load_sheet(name, **{"dtypes": dtypes, **options})


def _narrowed(column: Any) -> Any:
    """Workbooks know numbers and points in time alone: those that all are whole numbers, or days, become such."""
    if column.dtype == Null:
        return column.cast(String)
    if column.null_count() == len(column):
        return column
    if column.dtype == Float64:
        whole = column.cast(Int64, strict=False)
        return whole if (whole.cast(Float64) == column).all() and whole.null_count() == column.null_count() else column
    if column.dtype == Datetime:
        days = column.cast(Date)
        return days if (days.cast(column.dtype) == column).all() else column
    return column


class _Openpyxl:
    """Workbooks through openpyxl."""

    def __init__(self, file: Any, options: dict[str, Any]) -> None:
        import io

        openpyxl = required("openpyxl", "reading workbooks with `engine='openpyxl'`")
        file = io.BytesIO(file) if isinstance(file, bytes) else file
        self._book = openpyxl.load_workbook(file, data_only=True, **options)

    def chosen(self, sheet_id: Any, sheet_name: Any, table_name: str | None) -> list[Any]:
        names = [sheet.title for sheet in self._book.worksheets]
        if table_name is None or sheet_id is not None or sheet_name is not None:
            return _sheets(names, sheet_id, sheet_name)
        holding = [sheet.title for sheet in self._book.worksheets if table_name in sheet.tables]
        if not holding:
            msg = f"table named {table_name!r} not found in the workbook"
            raise RuntimeError(msg)
        return holding

    def sheet(
        self,
        name: str,
        table_name: str | None,
        has_header: bool,
        overrides: dict[str, Any],
        length: int | None,
        drop_empty: bool,
        options: dict[str, Any],
    ) -> DataFrame:
        if options:
            msg = f"`read_options` is for `engine='calamine'`: openpyxl takes none, and was given {sorted(options)}"
            raise InvalidOperationError(msg)
        rows = _values(self._cells(name, table_name))
        if not rows or has_header and len(rows) == 1:
            return DataFrame()
        if not has_header:
            names = [f"column_{i}" for i in range(len(rows[0]))]
        else:
            names = _numbered([_title(value) for value in rows.pop(0)])
        frame: dict[str, Any] = {}
        for title, values in zip(names, zip(*rows)):
            if not (has_header and drop_empty and title == "" and all(value is None for value in values)):
                frame[title] = _series(values, as_text=length == 0 or overrides.get(title) == String)
        return DataFrame(frame)

    def _cells(self, name: str, table_name: str | None) -> Any:
        sheet = self._book[name]
        if table_name is None:
            return sheet.iter_rows(values_only=True)
        if table_name not in sheet.tables:
            msg = f"table named {table_name!r} not found in sheet {name!r}, which has {list(sheet.tables)}"
            raise RuntimeError(msg)
        return [[cell.value for cell in row] for row in sheet[sheet.tables[table_name].ref]]


def _values(rows: Any) -> list[list[Any]]:
    """The rows of a sheet without the empty ones before the first, and without the empty columns to the left."""
    kept = [list(row) for row in rows]
    while kept and all(value is None for value in kept[0]):
        kept.pop(0)
    used = [i for row in kept for i, value in enumerate(row) if value is not None]
    return [row[min(used) : max(used) + 1] for row in kept] if used else []


def _title(value: Any) -> str:
    return "" if value is None else str(value)


def _numbered(titles: list[str]) -> list[str]:
    """Names that are there once: the second `a` is `a0`, the third `a1`."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for title in titles:
        name = title
        while name in names:
            name = f"{title}{seen.get(title, 0)}"
            seen[title] = seen.get(title, 0) + 1
        names.append(name)
    return names


def _series(values: Sequence[Any], *, as_text: bool) -> Any:
    """Values of a column; those of several kinds become text."""
    from hypostyle.series import Series

    kinds = {type(value) for value in values if value is not None}
    if as_text or len(kinds) > 1 and not kinds <= {int, float, bool}:
        plain = {bool: lambda value: str(value) if as_text else str(value).lower()}
        return Series("", [None if v is None else plain.get(type(v), str)(v) for v in values], dtype=String)
    return Series("", list(values), strict=False)


_ENGINES: dict[str, Callable[[Any, dict[str, Any]], Any]] = {"calamine": _Calamine, "openpyxl": _Openpyxl}
