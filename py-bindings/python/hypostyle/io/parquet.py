"""Parquet, read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from hypostyle._hypostyle import PyLazyFrame
from hypostyle._hypostyle import read_parquet_metadata as _read_parquet_metadata
from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import describe, parse_schema
from hypostyle.exceptions import InvalidOperationError
from hypostyle.lazyframe import LazyFrame


def scan_parquet(
    source: Any,
    *,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    parallel: str = "auto",
    use_statistics: bool = True,
    hive_partitioning: bool | None = None,
    glob: bool = True,
    schema: Any = None,
    hive_schema: Any = None,
    try_parse_hive_dates: bool = True,
    low_memory: bool = False,
    cache: bool = True,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    include_file_paths: str | None = None,
    missing_columns: str = "raise",
    extra_columns: str = "raise",
    cast_options: Any = None,
) -> LazyFrame:
    """A query over Parquet files: what it does not need is not read.

    `source` is a path, a pattern, a directory, a list of these, or the bytes of a file. Directories named `name=value`
    become columns where `hive_partitioning` says so, or where `source` is a directory.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"city": ["Kyoto", "Oslo"], "sold": [3, 5]}).write_parquet(file)
    >>> hs.scan_parquet(file.getvalue()).filter(hs.col("sold") > 3).collect().rows()
    [('Oslo', 5)]
    """
    del parallel, low_memory, cache
    if storage_options or credential_provider not in (None, "auto"):
        msg = "Parquet is read from local files: `storage_options` and `credential_provider` have nothing to do"
        raise InvalidOperationError(msg)
    options = {
        "n_rows": n_rows,
        "row_index_name": row_index_name,
        "row_index_offset": row_index_offset,
        "use_statistics": use_statistics,
        "hive_partitioning": hive_partitioning,
        "glob": glob,
        "schema": _fields(schema),
        "hive_schema": _fields(hive_schema),
        "try_parse_hive_dates": try_parse_hive_dates,
        "include_file_paths": include_file_paths,
        "insert_missing_columns": _chosen("missing_columns", missing_columns, "insert"),
        "ignore_extra_columns": _chosen("extra_columns", extra_columns, "ignore"),
        "widen": cast_options is not None,
    }
    options = {name: value for name, value in options.items() if value is not None}
    return LazyFrame._wrap(PyLazyFrame.scan_parquet(_source(source), options))


def _chosen(name: str, value: str, yes: str) -> bool:
    if value not in (yes, "raise"):
        msg = f"`{name}` is {yes!r} or 'raise', not {value!r}"
        raise ValueError(msg)
    return value == yes


def _fields(schema: Any) -> list[tuple[str, Any]] | None:
    if schema is None:
        return None
    names, dtypes = parse_schema(schema)
    return [(name, describe(dtypes.get(name, str))) for name in names]


def read_parquet(
    source: Any,
    *,
    columns: Sequence[int] | Sequence[str] | None = None,
    use_pyarrow: bool = False,
    pyarrow_options: Any = None,
    memory_map: bool = True,
    **options: Any,
) -> DataFrame:
    """Parquet as a table; `columns` chooses some by name or position. The other options are those of `scan_parquet`.

    `use_pyarrow`, `pyarrow_options` and `memory_map` change nothing.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"a": [1, 2], "b": ["x", None]}).write_parquet(file)
    >>> hs.read_parquet(file, columns=["b"]).rows()
    [('x',), (None,)]
    """
    del use_pyarrow, pyarrow_options, memory_map
    frame = scan_parquet(source, **options)
    if columns is not None:
        names = frame.collect_schema().names()
        frame = frame.select([names[c] if isinstance(c, int) else c for c in columns])
    return frame.collect()


def read_parquet_schema(source: Any) -> dict[str, Any]:
    """Names and types of the columns, without reading any.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"a": [1, 2]}).write_parquet(file)
    >>> hs.read_parquet_schema(file)
    {'a': Int64}
    """
    return dict(scan_parquet(source).collect_schema())


def read_parquet_metadata(source: Any) -> dict[str, str]:
    """What the footer of a file says beside its columns.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"a": [1, 2]}).write_parquet(file)
    >>> "ARROW:schema" in hs.read_parquet_metadata(file)
    True
    """
    return dict(_read_parquet_metadata(_source(source)))


def _source(source: Any) -> Any:
    """Paths as a list, or bytes."""
    if isinstance(source, (bytes, bytearray)):
        return bytes(source)
    if hasattr(source, "getvalue"):
        return bytes(source.getvalue())
    if hasattr(source, "read"):
        return bytes(source.read())
    if isinstance(source, (list, tuple)):
        return [os.path.expanduser(os.fspath(path)) for path in source]
    return [os.path.expanduser(os.fspath(source))]
