"""Arrow IPC: files and streams."""

from __future__ import annotations

from collections.abc import Sequence

from hypostyle._hypostyle import PyLazyFrame
from hypostyle.io.output import no_cloud
from hypostyle.io.sources import chosen, file_options, sources
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


def scan_ipc(
    source: Any,
    *,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    glob: bool = True,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    hive_partitioning: bool | None = None,
    hive_schema: Any = None,
    try_parse_hive_dates: bool = True,
    include_file_paths: str | None = None,
) -> LazyFrame:
    """A query over Arrow IPC files: columns that it does not need are not decoded. Streams are read as well.

    `source` is a path, a pattern, a directory, a list of these, or the bytes of a file. Directories named `name=value`
    become columns where `hive_partitioning` says so, or where `source` is a directory or `hive_schema` is given.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"city": ["Kyoto", "Oslo"], "sold": [3, 5]}).write_ipc(file)
    >>> hs.scan_ipc(file.getvalue()).filter(hs.col("sold") > 3).collect().rows()
    [('Oslo', 5)]
    """
    options = file_options(
        storage_options,
        credential_provider,
        n_rows=n_rows,
        glob=glob,
        include_file_paths=include_file_paths,
        hive_partitioning=hive_partitioning,
        hive_schema=hive_schema,
        try_parse_hive_dates=try_parse_hive_dates,
    )
    frame = LazyFrame._wrap(PyLazyFrame.scan_ipc(sources(source), options))
    return frame if row_index_name is None else frame.with_row_index(row_index_name, row_index_offset)


def read_ipc(
    source: Any,
    *,
    columns: Sequence[int] | Sequence[str] | None = None,
    n_rows: int | None = None,
    use_pyarrow: bool = False,
    storage_options: Any = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
) -> DataFrame:
    """An Arrow IPC file as a table; `columns` chooses some by name or position. `use_pyarrow` changes nothing.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"a": [1, 2], "b": ["x", None]}).write_ipc(file)
    >>> hs.read_ipc(file.getvalue(), columns=["b"]).rows()
    [('x',), (None,)]
    """
    del use_pyarrow
    frame = chosen(scan_ipc(source, n_rows=n_rows, storage_options=storage_options), columns)
    if row_index_name is not None:
        frame = frame.with_row_index(row_index_name, row_index_offset)
    return frame.collect()


def read_ipc_stream(
    source: Any,
    *,
    columns: Sequence[int] | Sequence[str] | None = None,
    n_rows: int | None = None,
    use_pyarrow: bool = False,
    storage_options: dict[str, Any] | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
) -> DataFrame:
    """An Arrow IPC stream as a table. The options are those of `read_ipc`.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"a": [1, 2]}).write_ipc_stream(file)
    >>> hs.read_ipc_stream(file.getvalue()).rows()
    [(1,), (2,)]
    """
    return read_ipc(
        source,
        columns=columns,
        n_rows=n_rows,
        use_pyarrow=use_pyarrow,
        storage_options=storage_options,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
    )


def read_ipc_schema(source: Any) -> dict[str, Any]:
    """Names and types of the columns, without reading any.

    >>> import io, hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"a": [1, 2]}).write_ipc(file)
    >>> hs.read_ipc_schema(file.getvalue())
    {'a': Int64}
    """
    return dict(scan_ipc(source).collect_schema())


def ipc_options(
    *,
    compression: str | None = "uncompressed",
    compat_level: Any = None,
    record_batch_size: int | None = None,
    storage_options: Any = None,
    credential_provider: Any = "auto",
) -> dict[str, Any]:
    """The options of writing Arrow IPC."""
    del compat_level
    no_cloud("Arrow IPC", storage_options, credential_provider)
    if compression not in (None, "uncompressed", "lz4", "zstd"):
        msg = f"`compression` is one of 'uncompressed', 'lz4', 'zstd', not {compression!r}"
        raise ValueError(msg)
    if record_batch_size is not None and record_batch_size < 1:
        msg = f"`record_batch_size` is at least 1, not {record_batch_size}"
        raise ValueError(msg)
    return {"compression": compression or "uncompressed", "record_batch_size": record_batch_size}
