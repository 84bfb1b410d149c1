"""CSV, read and written."""

from __future__ import annotations

import os
from typing import Any

from hypostyle._hypostyle import PyLazyFrame
from hypostyle._hypostyle import write_csv as _write_csv
from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import describe, parse_schema
from hypostyle.lazyframe import LazyFrame


def scan_csv(
    source: Any,
    *,
    has_header: bool = True,
    separator: str = ",",
    comment_prefix: str | None = None,
    quote_char: str | None = '"',
    skip_rows: int = 0,
    skip_lines: int = 0,
    schema: Any = None,
    schema_overrides: Any = None,
    null_values: Any = None,
    empty_string_is_null: bool = True,
    ignore_errors: bool = False,
    infer_schema: bool = True,
    infer_schema_length: int | None = 100,
    n_rows: int | None = None,
    encoding: str = "utf8",
    low_memory: bool = False,
    skip_rows_after_header: int = 0,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    try_parse_dates: bool = False,
    eol_char: str = "\n",
    truncate_ragged_lines: bool = False,
    decimal_comma: bool = False,
    glob: bool = True,
    rechunk: bool = False,
    raise_if_empty: bool = True,
    new_columns: Any = None,
    include_file_paths: str | None = None,
) -> LazyFrame:
    """A query over CSV files: what it does not need is not parsed.

    `schema` names all columns, `schema_overrides` gives types to some, by name or position.
    """
    del low_memory, rechunk
    options: dict[str, Any] = {
        "has_header": has_header,
        "separator": separator,
        "comment_prefix": comment_prefix,
        "quote_char": quote_char,
        "skip_rows": skip_rows,
        "skip_lines": skip_lines,
        "skip_rows_after_header": skip_rows_after_header,
        "null_values": null_values,
        "empty_string_is_null": empty_string_is_null,
        "ignore_errors": ignore_errors,
        "infer_schema": infer_schema,
        "infer_schema_length": infer_schema_length,
        "n_rows": n_rows,
        "encoding": encoding,
        "try_parse_dates": try_parse_dates,
        "eol_char": eol_char,
        "truncate_ragged_lines": truncate_ragged_lines,
        "decimal_comma": decimal_comma,
        "glob": glob,
        "raise_if_empty": raise_if_empty,
        "row_index_name": row_index_name,
        "row_index_offset": row_index_offset,
        "new_columns": list(new_columns) if new_columns else None,
        "include_file_paths": include_file_paths,
    }
    if schema is not None:
        names, dtypes = parse_schema(schema)
        options["schema"] = [(name, describe(dtypes.get(name, str))) for name in names]
    if isinstance(schema_overrides, (list, tuple)):
        options["dtypes"] = [describe(dtype) for dtype in schema_overrides]
    elif schema_overrides is not None:
        options["schema_overrides"] = [(name, describe(dtype)) for name, dtype in dict(schema_overrides).items()]
    for key in [key for key, value in options.items() if value is None]:
        if key not in ("quote_char", "infer_schema_length"):
            del options[key]
    return LazyFrame._wrap(PyLazyFrame.scan_csv(_source(source), options))


def read_csv(source: Any, *, columns: Any = None, n_threads: int | None = None, **options: Any) -> DataFrame:
    """CSV as a table; `columns` chooses some by name or position.

    >>> import io, hypostyle as hs
    >>> hs.read_csv(io.StringIO("a,b\\n1,x\\n")).rows()
    [(1, 'x')]
    """
    del n_threads
    frame = scan_csv(source, **options)
    if columns:
        names = frame.columns
        frame = frame.select([names[c] if isinstance(c, int) else c for c in columns])
    return frame.collect()


def _source(source: Any) -> Any:
    """Paths as a list, or bytes."""
    if isinstance(source, (bytes, bytearray)) or hasattr(source, "read"):
        return _read(source)
    if isinstance(source, (list, tuple)):
        return [os.path.expanduser(os.fspath(path)) for path in source]
    return [os.path.expanduser(os.fspath(source))]


def _read(source: Any) -> bytes:
    """All bytes of an open file."""
    data = source if isinstance(source, (bytes, bytearray)) else source.read()
    return data.encode() if isinstance(data, str) else bytes(data)


def write_csv(
    frame: DataFrame,
    file: Any = None,
    *,
    include_bom: bool = False,
    include_header: bool = True,
    separator: str = ",",
    line_terminator: str = "\n",
    quote_char: str = '"',
    quote_style: str | None = None,
    null_value: str | None = None,
    date_format: str | None = None,
    time_format: str | None = None,
    datetime_format: str | None = None,
    float_precision: int | None = None,
    float_scientific: bool | None = None,
    decimal_comma: bool = False,
    batch_size: int = 1024,
) -> str | None:
    """A table as CSV, to a path, an open file, or as text."""
    del batch_size
    options: dict[str, Any] = {
        "include_bom": include_bom,
        "include_header": include_header,
        "separator": separator,
        "line_terminator": line_terminator,
        "quote_char": quote_char,
        "quote_style": quote_style,
        "null_value": null_value,
        "date_format": date_format,
        "time_format": time_format,
        "datetime_format": datetime_format,
        "float_precision": float_precision,
        "float_scientific": float_scientific,
        "decimal_comma": decimal_comma,
    }
    options = {key: value for key, value in options.items() if value is not None}
    if isinstance(file, (str, os.PathLike)):
        _write_csv(frame._df, os.path.expanduser(os.fspath(file)), options)
        return None
    data = bytes(_write_csv(frame._df, None, options))
    if file is None:
        return data.decode()
    try:
        file.write(data)
    except TypeError:
        file.write(data.decode())
    return None
