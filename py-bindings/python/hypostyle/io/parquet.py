"""Parquet, read and written."""

from __future__ import annotations

from collections.abc import Sequence

from hypostyle._hypostyle import PyLazyFrame
from hypostyle._hypostyle import read_parquet_metadata as _read_parquet_metadata
from hypostyle.dataframe import DataFrame
from hypostyle.exceptions import InvalidOperationError
from hypostyle.io.output import no_cloud, refuse
from hypostyle.io.sources import chosen, file_options, given, sources
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ScanCastOptions:
    """What to do about files whose numbers are of narrower types than those of the schema: nothing, or widen them.

    >>> import hypostyle as hs
    >>> hs.ScanCastOptions(integer_cast="upcast").float_cast
    'forbid'
    """

    def __init__(self, *, integer_cast: str = "forbid", float_cast: str = "forbid") -> None:
        for value in (integer_cast, float_cast):
            if value not in ("upcast", "forbid"):
                msg = f"casts are 'upcast' or 'forbid', not {value!r}"
                raise InvalidOperationError(msg)
        self.integer_cast, self.float_cast = integer_cast, float_cast


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
    cast_options: ScanCastOptions | None = None,
) -> LazyFrame:
    """A query over Parquet files: what it does not need is not read.

    `source` is a path, a pattern, a directory, a list of these, or the bytes of a file. Directories named `name=value`
    become columns where `hive_partitioning` says so, or where `source` is a directory or `hive_schema` is given.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"city": ["Kyoto", "Oslo"], "sold": [3, 5]}).write_parquet(file)
    >>> hs.scan_parquet(file.getvalue()).filter(hs.col("sold") > 3).collect().rows()
    [('Oslo', 5)]
    """
    del parallel, low_memory, cache
    options = file_options(
        storage_options,
        credential_provider,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        use_statistics=use_statistics,
        hive_partitioning=hive_partitioning,
        glob=glob,
        schema=schema,
        hive_schema=hive_schema,
        try_parse_hive_dates=try_parse_hive_dates,
        include_file_paths=include_file_paths,
        insert_missing_columns=_chosen("missing_columns", missing_columns, "insert"),
        ignore_extra_columns=_chosen("extra_columns", extra_columns, "ignore"),
        widen_integers=cast_options is not None and cast_options.integer_cast == "upcast",
        widen_floats=cast_options is not None and cast_options.float_cast == "upcast",
    )
    return LazyFrame._wrap(PyLazyFrame.scan_parquet(_source(source), given(options)))


def _chosen(name: str, value: str, yes: str) -> bool:
    if value not in (yes, "raise"):
        msg = f"`{name}` is {yes!r} or 'raise', not {value!r}"
        raise ValueError(msg)
    return value == yes


def read_parquet(
    source: Any,
    *,
    columns: Sequence[int] | Sequence[str] | None = None,
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
    storage_options: Any = None,
    credential_provider: Any = "auto",
    use_pyarrow: bool = False,
    pyarrow_options: Any = None,
    memory_map: bool = True,
    include_file_paths: str | None = None,
    missing_columns: str = "raise",
    decryption: Any = None,
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
    refuse("decryption", decryption)
    query = scan_parquet(
        source,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        parallel=parallel,
        use_statistics=use_statistics,
        hive_partitioning=hive_partitioning,
        glob=glob,
        schema=schema,
        hive_schema=hive_schema,
        try_parse_hive_dates=try_parse_hive_dates,
        low_memory=low_memory,
        storage_options=storage_options,
        credential_provider=credential_provider,
        include_file_paths=include_file_paths,
        missing_columns=missing_columns,
    )
    return chosen(query, columns).collect()


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


#: Names of compressions, and the levels that they take.
_COMPRESSIONS = {"uncompressed": None, "snappy": None, "lz4": None, "gzip": range(10), "zstd": range(1, 23)}


def parquet_options(
    *,
    compression: str = "zstd",
    compression_level: int | None = None,
    statistics: bool | str | dict[str, bool] = True,
    row_group_size: int | None = None,
    data_page_size: int | None = None,
    use_pyarrow: bool = False,
    pyarrow_options: Any = None,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    metadata: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The options of writing Parquet."""
    del use_pyarrow, pyarrow_options
    no_cloud("Parquet", storage_options, credential_provider)
    if compression not in _COMPRESSIONS:
        msg = f"`compression` is one of {', '.join(map(repr, _COMPRESSIONS))}, not {compression!r}"
        raise InvalidOperationError(msg)
    levels = _COMPRESSIONS[compression]
    if compression_level is not None and levels is not None and compression_level not in levels:
        msg = f"{compression} has levels from {levels[0]} to {levels[-1]}, not {compression_level}"
        raise InvalidOperationError(msg)
    if metadata is not None and not isinstance(metadata, dict):
        msg = "`metadata` is a dict of texts"
        raise TypeError(msg)
    if isinstance(statistics, dict):
        statistics = any(statistics.values())
    return {
        "compression": compression,
        "compression_level": compression_level if levels is not None else None,
        "statistics": bool(statistics),
        "row_group_size": row_group_size,
        "data_page_size": data_page_size,
        "metadata": list(metadata.items()) if metadata else None,
    }


def _source(source: Any) -> list[str] | bytes:
    """Paths, or the bytes of one file."""
    if hasattr(source, "getvalue"):
        return bytes(source.getvalue())
    found = sources(source)
    if not found or isinstance(found[0], str):
        return found  # type: ignore[return-value]
    if len(found) > 1:
        msg = f"Parquet is read from the bytes of one file, not of {len(found)}"
        raise InvalidOperationError(msg)
    return found[0]
