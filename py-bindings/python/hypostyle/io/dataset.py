"""Data that other libraries hold: datasets of pyarrow, and streams of Arrow."""

from __future__ import annotations

from hypostyle._hypostyle import PyDataFrame
from hypostyle.dataframe import DataFrame
from hypostyle.exceptions import InvalidOperationError
from hypostyle.functions.columns import lit
from hypostyle.lazyframe import LazyFrame, exact
from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def scan_pyarrow_dataset(source: Any, *, allow_pyarrow_filter: bool = True, batch_size: int | None = None) -> LazyFrame:
    """A query over a dataset of pyarrow: of Parquet or Arrow IPC files on this machine, or of tables in memory.

    The files are read by ourselves, so that what the query does not need is not read; `allow_pyarrow_filter` and `batch_size` change
    nothing. Datasets of other files, of other file systems, or with a filter are refused.

    >>> import pyarrow, pyarrow.dataset
    >>> import hypostyle as hs
    >>> dataset = pyarrow.dataset.dataset(pyarrow.table({"a": [1, 2, 3]}))
    >>> hs.scan_pyarrow_dataset(dataset).filter(hs.col("a") > 1).collect()["a"].to_list()
    [2, 3]
    """
    del allow_pyarrow_filter, batch_size
    dataset = required("pyarrow.dataset", "`scan_pyarrow_dataset`")
    if not isinstance(source, dataset.Dataset):
        msg = f"`scan_pyarrow_dataset` takes a Dataset of pyarrow, not {type(source).__name__!r}"
        raise TypeError(msg)
    if getattr(source, "_scan_options", None):
        msg = "the dataset has a filter of its own, which is not supported: use `filter` of the query"
        raise InvalidOperationError(msg)
    schema = DataFrame(source.schema.empty_table()).schema
    if isinstance(source, dataset.InMemoryDataset):
        return DataFrame(source.to_table()).lazy()
    if isinstance(source, dataset.UnionDataset):
        from hypostyle.functions.frames import concat

        children = [scan_pyarrow_dataset(child) for child in source.children]
        return concat(children, how="diagonal_relaxed").select([exact(name) for name in schema])
    if not isinstance(source, dataset.FileSystemDataset):
        msg = f"datasets of the kind {type(source).__name__!r} are not supported"
        raise InvalidOperationError(msg)
    return _files(dataset, source, schema)


def _files(dataset: Any, source: Any, schema: Any) -> LazyFrame:
    """A query over files; those of one partition are one scan."""
    from hypostyle.functions.frames import concat

    if source.filesystem.type_name != "local":
        msg = f"datasets of the file system {source.filesystem.type_name!r} are not supported, but local ones"
        raise InvalidOperationError(msg)
    kind = source.format.default_extname
    if kind not in ("parquet", "arrow", "ipc", "feather"):
        msg = f"datasets of {kind} files are not supported, but Parquet and Arrow IPC; see `scan_csv` and `scan_ndjson`"
        raise InvalidOperationError(msg)
    partitions: dict[tuple[Any, ...], list[str]] = {}
    for fragment in source.get_fragments():
        if _is_part(fragment):
            msg = "the dataset has some row groups of files alone, which is not supported"
            raise InvalidOperationError(msg)
        keys = tuple(sorted(dataset.get_partition_keys(fragment.partition_expression).items()))
        partitions.setdefault(keys, []).append(fragment.path)
    if not partitions:
        return DataFrame(schema=schema).lazy()
    parts = []
    for keys, paths in partitions.items():
        constants = dict(keys)
        inside = {name: dtype for name, dtype in schema.items() if name not in constants}
        columns = [
            lit(constants[name], dtype=dtype).alias(name) if name in constants else exact(name)
            for name, dtype in schema.items()
        ]
        parts.append(_scan(paths, kind, inside).select(columns))
    return concat(parts)


def _is_part(fragment: Any) -> bool:
    """Whether a fragment is some row groups of its file and not all."""
    if not hasattr(fragment, "row_groups"):
        return False
    return bool(len(fragment.row_groups) != fragment.metadata.num_row_groups)


def _scan(paths: list[str], kind: str, schema: dict[str, Any]) -> LazyFrame:
    if kind == "parquet":
        from hypostyle.io.parquet import ScanCastOptions, scan_parquet

        casts = ScanCastOptions(integer_cast="upcast", float_cast="upcast")
        return scan_parquet(
            paths,
            glob=False,
            hive_partitioning=False,
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
            cast_options=casts,
        )
    from hypostyle.io.ipc import scan_ipc

    return scan_ipc(paths, glob=False, hive_partitioning=False)


def scan_arrow_c_stream(source: Any) -> LazyFrame:
    """A query over a stream of Arrow, such as a reader of pyarrow.

    A stream can be read once, and is: all of it, into memory, when this is called. So the query can run more than once.

    >>> import pyarrow
    >>> import hypostyle as hs
    >>> reader = pyarrow.table({"a": [1, 2, 3]}).to_reader()
    >>> hs.scan_arrow_c_stream(reader).filter(hs.col("a") > 1).collect()["a"].to_list()
    [2, 3]
    """
    if not hasattr(source, "__arrow_c_stream__"):
        msg = (
            f"`scan_arrow_c_stream` takes an object with the method `__arrow_c_stream__`, not {type(source).__name__!r}"
        )
        raise TypeError(msg)
    return DataFrame._wrap(PyDataFrame.from_arrow(source)).lazy()


def from_dataframe(df: Any, *, rechunk: bool = True) -> DataFrame:
    """A frame out of another library's, by the Arrow interface that both speak; in one piece of memory with `rechunk`.

    >>> import pandas
    >>> import hypostyle as hs
    >>> hs.from_dataframe(pandas.DataFrame({"a": [1, 2]}))["a"].to_list()
    [1, 2]
    """
    if not hasattr(df, "__arrow_c_stream__") and not hasattr(df, "__arrow_c_array__"):
        msg = f"`from_dataframe` takes an object with an Arrow interface (`__arrow_c_stream__`), not {type(df).__name__!r}"
        raise TypeError(msg)
    frame = DataFrame._wrap(PyDataFrame.from_arrow(df))
    return frame.rechunk() if rechunk else frame
