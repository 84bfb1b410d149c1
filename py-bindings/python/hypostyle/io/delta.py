"""Delta Lake tables, by the package deltalake: it reads and writes their logs, the Parquet files are read by ourselves."""

from __future__ import annotations

import os

from hypostyle import datatypes as types
from hypostyle.dataframe import DataFrame
from hypostyle.exceptions import InvalidOperationError
from hypostyle.io.parquet import ScanCastOptions, scan_parquet
from hypostyle.io.sources import storage
from hypostyle.lazyframe import LazyFrame, exact
from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

#: The types of integers that Delta has, for those that it has not.
_SIGNED = {
    types.UInt8: types.Int8,
    types.UInt16: types.Int16,
    types.UInt32: types.Int32,
    types.UInt64: types.Int64,
}


def scan_delta(
    source: Any,
    *,
    version: Any = None,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    delta_table_options: dict[str, Any] | None = None,
    use_pyarrow: bool = False,
    pyarrow_options: dict[str, Any] | None = None,
) -> LazyFrame:
    """A query over a Delta table: a path, or a table of deltalake. What it does not need is not read.

    `version` is a number, or a time as `datetime` or text, of which the last version is taken. Tables with deletion vectors or with
    names of columns that are not those in the files are refused. `use_pyarrow` changes nothing.

    >>> import tempfile
    >>> import hypostyle as hs
    >>> path = tempfile.mkdtemp()
    >>> hs.DataFrame({"city": ["Kyoto", "Oslo"], "sold": [3, 5]}).write_delta(path)
    >>> hs.scan_delta(path).filter(hs.col("sold") > 3).collect().rows()
    [('Oslo', 5)]
    """
    del use_pyarrow
    storage(storage_options, credential_provider)
    table = _table(source, version, storage_options, delta_table_options)
    if pyarrow_options:
        msg = "`pyarrow_options` are not supported: the files are not read by pyarrow"
        raise InvalidOperationError(msg)
    metadata = table.metadata()
    if metadata.configuration.get("delta.columnMapping.mode", "none") != "none":
        msg = "the Delta table has other names of columns than its files (column mapping), which is not supported"
        raise InvalidOperationError(msg)
    features = table.protocol().reader_features or []
    if "deletionVectors" in features and _deleted(table):
        msg = (
            "the Delta table has deletion vectors, which are not supported; `DeltaTable.optimize` writes files without"
        )
        raise InvalidOperationError(msg)
    empty = _empty(table)
    files = table.file_uris()
    if not files:
        return empty.lazy()
    partitions = metadata.partition_columns
    for column in partitions:
        if any(f"/{column}=" not in file for file in files):
            msg = (
                f"the files of the Delta table are not in folders named {column!r}=value, by which partitions are found"
            )
            raise InvalidOperationError(msg)
    schema = empty.schema
    query = scan_parquet(
        files,
        glob=False,
        schema=schema,
        hive_partitioning=bool(partitions),
        hive_schema={column: schema[column] for column in partitions} if partitions else None,
        missing_columns="insert",
        cast_options=ScanCastOptions(integer_cast="upcast", float_cast="upcast"),
        storage_options=storage_options,
    )
    return query.select([exact(name) for name in schema])


def read_delta(
    source: Any,
    *,
    version: Any = None,
    columns: list[str] | None = None,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    delta_table_options: dict[str, Any] | None = None,
    use_pyarrow: bool = False,
    pyarrow_options: dict[str, Any] | None = None,
) -> DataFrame:
    """A Delta table as a table in memory, or some of its columns. Other arguments are those of `scan_delta`.

    >>> import tempfile
    >>> import hypostyle as hs
    >>> path = tempfile.mkdtemp()
    >>> hs.DataFrame({"a": [1, 2], "b": ["x", None]}).write_delta(path)
    >>> hs.read_delta(path, columns=["b"]).rows()
    [('x',), (None,)]
    """
    query = scan_delta(
        source,
        version=version,
        storage_options=storage_options,
        credential_provider=credential_provider,
        delta_table_options=delta_table_options,
        use_pyarrow=use_pyarrow,
        pyarrow_options=pyarrow_options,
    )
    return (query if columns is None else query.select([exact(name) for name in columns])).collect()


def _table(source: Any, version: Any, storage_options: Any, options: dict[str, Any] | None) -> Any:
    deltalake = required("deltalake", "Delta tables")
    options = dict(options or {})
    if isinstance(source, deltalake.DeltaTable):
        if version is None:
            return source
        # The caller's table stays at the version where it is.
        source, options = source.table_uri, {"storage_options": storage_options, **options}
    elif isinstance(source, (str, os.PathLike)):
        path = os.path.expanduser(os.fspath(source))
        if "://" not in path and not os.path.exists(path):
            msg = f"No such file or directory: {path!r}"
            raise FileNotFoundError(msg)
        source, options = path, {"storage_options": storage_options, **options}
    else:
        msg = f"a Delta table is a path or a DeltaTable, not {type(source).__name__!r}"
        raise TypeError(msg)
    if version is None or isinstance(version, int):
        return deltalake.DeltaTable(source, version=version, **options)
    table = deltalake.DeltaTable(source, **options)
    table.load_as_version(version)
    return table


def _empty(table: Any) -> DataFrame:
    """A frame of the table's columns, without rows."""
    schema = table.schema().to_arrow()
    return DataFrame(schema.empty_table())


def _deleted(table: Any) -> bool:
    vectors = DataFrame(table.deletion_vectors())
    return vectors.height > 0


def write_delta(
    frame: DataFrame | LazyFrame,
    target: Any,
    *,
    mode: str,
    storage_options: Any,
    credential_provider: Any,
    write_options: dict[str, Any],
    merge_options: dict[str, Any] | None,
) -> Any:
    """Writes a table, or the result of a query while it is computed; or gives what merges into a table."""
    deltalake = required("deltalake", "Delta tables")
    storage(storage_options, credential_provider)
    modes = ("error", "append", "overwrite", "ignore", "merge")
    if mode not in modes:
        msg = f"`mode` is one of {', '.join(map(repr, modes))}, not {mode!r}"
        raise ValueError(msg)
    frame = _writable(frame)
    if isinstance(target, os.PathLike):
        target = os.fspath(target)
    if mode != "merge":
        if merge_options is not None:
            msg = "`delta_merge_options` is for `mode='merge'`"
            raise ValueError(msg)
        options = {"mode": mode, "storage_options": storage_options, **write_options}
        if isinstance(frame, DataFrame):
            deltalake.write_deltalake(target, frame, **options)
        else:
            _stream(frame, lambda reader: deltalake.write_deltalake(target, reader, **options))
        return None
    if not merge_options or "predicate" not in merge_options:
        msg = "`mode='merge'` needs `delta_merge_options` with a 'predicate' at least"
        raise ValueError(msg)
    if write_options:
        msg = "`delta_write_options` is not for `mode='merge'`"
        raise ValueError(msg)
    if isinstance(target, str):
        target = deltalake.DeltaTable(target, storage_options=storage_options)
    return target.merge(frame.lazy().collect(), **merge_options)


def _stream(query: LazyFrame, write: Callable[[Any], None]) -> None:
    """Hands the rows of a query to a writer while they are computed. What the query raises keeps its type."""
    # What deltalake itself reads streams with.
    arrow = required("arro3.core", "Delta tables", package="arro3-core")
    failed: list[BaseException] = []

    def batches() -> Iterator[Any]:
        try:
            for frame in query.collect_batches():
                yield from arrow.Table.from_arrow(frame).to_batches()
        except BaseException as error:
            failed.append(error)
            raise

    schema = arrow.Table.from_arrow(DataFrame(schema=query.collect_schema())).schema
    try:
        write(arrow.RecordBatchReader.from_batches(schema, batches()))
    except Exception:
        if failed:
            raise failed[0] from None
        raise


def _writable(frame: DataFrame | LazyFrame) -> DataFrame | LazyFrame:
    """The frame with types that Delta has. Unsigned integers become signed ones of their width, where they fit."""
    schema = frame.collect_schema()
    casts = {name: _delta_type(dtype, name) for name, dtype in schema.items()}
    changed = {name: dtype for name, dtype in casts.items() if dtype != schema[name]}
    return frame.cast(changed) if changed else frame


def _delta_type(dtype: Any, column: str) -> Any:
    base = dtype.base_type()
    if base in _SIGNED:
        return _SIGNED[base]
    if base in (types.Categorical, types.Enum):
        return types.String
    if base == types.List:
        return types.List(_delta_type(dtype.inner, column))
    if base == types.Array and len(dtype.shape) == 1:
        return types.List(_delta_type(dtype.inner, column))
    if base == types.Struct:
        return types.Struct({field.name: _delta_type(field.dtype, column) for field in dtype.fields})
    unknown = (types.Array, types.Duration, types.Float16, types.Int128, types.Null, types.Time, types.UInt128)
    if base in unknown:
        msg = f"Delta has no type for column {column!r} of type {dtype!r}"
        raise TypeError(msg)
    return dtype
