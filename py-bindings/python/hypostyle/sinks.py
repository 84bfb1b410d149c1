"""Methods that write, or hand out, results: of queries, while they are computed, and of tables."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator

from hypostyle._hypostyle import PyLazyFrame
from hypostyle.engine import check_engine
from hypostyle.exceptions import InvalidOperationError
from hypostyle.foreign import ForeignSinks, ForeignWriters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle._hypostyle import PyBatches
    from hypostyle.dataframe import DataFrame
    from hypostyle.io.options import (
        CsvSinkOptions,
        CsvWriteOptions,
        IpcSinkOptions,
        IpcWriteOptions,
        NdjsonSinkOptions,
        NdjsonWriteOptions,
        ParquetSinkOptions,
        ParquetWriteOptions,
    )
    from hypostyle.lazyframe import LazyFrame
    from typing_extensions import Unpack


class LazySinks(ForeignSinks):
    """What `LazyFrame` has of such methods."""

    def sink_csv(self: LazyFrame, path: Any, **options: Unpack[CsvSinkOptions]) -> LazyFrame | None:  # type: ignore[misc]
        """Writes the result as CSV while it is computed; the options are those of `DataFrame.write_csv`.

        With `mkdir` folders are made that are not there. With `lazy` it is written when what this gives is collected.
        """
        from hypostyle.io.output import sink

        return sink(self, "csv", path, **options)

    def sink_ndjson(self: LazyFrame, path: Any, **options: Unpack[NdjsonSinkOptions]) -> LazyFrame | None:  # type: ignore[misc]
        """Writes the result as lines of JSON while it is computed; with `lazy`, when what this gives is collected."""
        from hypostyle.io.output import sink

        return sink(self, "ndjson", path, **options)

    def sink_ipc(self: LazyFrame, path: Any, **options: Unpack[IpcSinkOptions]) -> LazyFrame | None:  # type: ignore[misc]
        """Writes the result as an Arrow IPC file while it is computed; with `lazy`, when what this gives is collected."""
        from hypostyle.io.output import sink

        return sink(self, "ipc", path, **options)

    def sink_parquet(self: LazyFrame, path: Any, **options: Unpack[ParquetSinkOptions]) -> LazyFrame | None:  # type: ignore[misc]
        """Writes the result as Parquet while it is computed; the options are those of `DataFrame.write_parquet`.

        With `mkdir` folders are made that are not there. With `lazy` it is written when what this gives is collected.
        """
        from hypostyle.io.output import sink

        return sink(self, "parquet", path, **options)

    def collect_batches(
        self: LazyFrame,  # type: ignore[misc]
        *,
        chunk_size: int | None = None,
        maintain_order: bool = True,
        lazy: bool = False,
        engine: str = "auto",
        optimizations: Any = None,
    ) -> Batches:
        """Runs the query and gives its rows while they are computed, as tables of `chunk_size` rows.

        The query runs ahead of who takes the tables by a few of them, and stops when nobody holds the iterator any more.
        With `lazy` it starts when the first is asked for.

        >>> import hypostyle as hs
        >>> [batch.height for batch in hs.LazyFrame({"a": range(10)}).collect_batches(chunk_size=4)]
        [4, 4, 2]
        """
        del maintain_order
        check_engine(engine, optimizations)
        if chunk_size is not None and chunk_size < 1:
            msg = f"`chunk_size` is at least 1, not {chunk_size}"
            raise ValueError(msg)
        return Batches(self, chunk_size, start=not lazy)

    def sink_batches(
        self: LazyFrame,  # type: ignore[misc]
        function: Callable[[DataFrame], bool | None],
        *,
        chunk_size: int | None = None,
        maintain_order: bool = True,
        lazy: bool = False,
        engine: str = "auto",
        optimizations: Any = None,
    ) -> None:
        """Runs the query and calls a function with its rows, some at a time, until it says `True`.

        >>> import hypostyle as hs
        >>> heights = []
        >>> hs.LazyFrame({"a": range(10)}).sink_batches(lambda batch: heights.append(batch.height), chunk_size=4)
        >>> heights
        [4, 4, 2]
        """
        check_engine(engine, optimizations)
        if lazy:
            msg = "batches that are handed out later are not supported: `lazy=True`"
            raise InvalidOperationError(msg)
        with self.collect_batches(chunk_size=chunk_size) as batches:
            for batch in batches:
                if function(batch):
                    return


class Batches(Iterator["DataFrame"]):
    """The rows of a query that runs, as tables. At the end of a `with` block, or when nobody holds it, the query stops."""

    def __init__(self, query: LazyFrame, chunk_size: int | None, *, start: bool) -> None:
        self._query = query
        self._chunk_size = chunk_size
        self._inner: PyBatches | None = query._ldf.batches(chunk_size) if start else None

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> DataFrame:
        from hypostyle.dataframe import DataFrame

        if self._inner is None:
            self._inner = self._query._ldf.batches(self._chunk_size)
        frame = self._inner.next()
        if frame is None:
            raise StopIteration
        return DataFrame._wrap(frame)

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        if self._inner is not None:
            self._inner.stop()


class Writers(ForeignWriters):
    """What `DataFrame` has of such methods."""

    def write_csv(self: DataFrame, file: Any = None, **options: Unpack[CsvWriteOptions]) -> str | None:  # type: ignore[misc]
        """Writes CSV to a path or file, or gives it as text."""
        from hypostyle.io.output import write_text

        return write_text(self.lazy(), "csv", file, options)

    def write_database(  # type: ignore[misc]
        self: DataFrame,
        table_name: str,
        connection: Any,
        *,
        if_table_exists: str = "fail",
        engine: str | None = None,
        engine_options: dict[str, Any] | None = None,
    ) -> int:
        """Writes a table of a database; the number of rows written.

        `connection` is a connection of ADBC, an engine, connection or session of SQLAlchemy, a connection of `sqlite3`, or a URI,
        for which `engine` says how: 'sqlalchemy', the default, or 'adbc'. Through SQLAlchemy pandas writes. `if_table_exists` is
        'fail', 'replace' or 'append'; `engine_options` go to `adbc_ingest`, or to the method `to_sql` of pandas.

        >>> import sqlite3
        >>> import hypostyle as hs
        >>> connection = sqlite3.connect(":memory:")
        >>> hs.DataFrame({"a": [1, 2]}).write_database("t", connection)
        2
        """
        from hypostyle.io.database import write_database

        options = dict(engine_options or {})
        return write_database(
            self, table_name, connection, if_table_exists=if_table_exists, engine=engine, options=options
        )

    def write_ndjson(self: DataFrame, file: Any = None, **options: Unpack[NdjsonWriteOptions]) -> str | None:  # type: ignore[misc]
        """Writes lines of JSON to a path or file, or gives them as text.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_ndjson()
        '{"a":1,"b":"x"}\\n{"a":null,"b":"y"}\\n'
        """
        from hypostyle.io.output import write_text

        return write_text(self.lazy(), "ndjson", file, options)

    def write_json(self: DataFrame, file: Any = None) -> str | None:  # type: ignore[misc]
        """Writes a JSON document, an array of objects, to a path or file, or gives it as text.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2]}).write_json()
        '[{"a":1},{"a":2}]'
        """
        from hypostyle.io.output import write_text

        return write_text(self.lazy(), "json", file, {"check_extension": False})

    def write_ipc(self: DataFrame, file: Any, **options: Unpack[IpcWriteOptions]) -> io.BytesIO | None:  # type: ignore[misc]
        """Writes an Arrow IPC file to a path or an open file, or gives its bytes in one if `file` is `None`."""
        from hypostyle.io.output import write

        data = write(self.lazy(), "ipc", file, options)
        return io.BytesIO(data) if file is None else None

    def write_ipc_stream(self: DataFrame, file: Any, **options: Unpack[IpcWriteOptions]) -> io.BytesIO | None:  # type: ignore[misc]
        """Writes an Arrow IPC stream to a path or an open file, or gives its bytes in one if `file` is `None`."""
        from hypostyle.io.output import write

        data = write(self.lazy(), "ipc_stream", file, options)
        return io.BytesIO(data) if file is None else None

    def write_parquet(
        self: DataFrame,  # type: ignore[misc]
        file: Any,
        *,
        mkdir: bool = False,
        partition_by: Any = None,
        partition_chunk_size_bytes: int = 4_294_967_296,
        **options: Unpack[ParquetWriteOptions],
    ) -> None:
        """Writes Parquet to a path or file: all of it, or nothing.

        `compression` is one of `zstd`, `snappy`, `lz4`, `gzip` and `uncompressed`. With `partition_by`, the names of columns,
        it writes folders `name=value` below the path, each with files of about `partition_chunk_size_bytes` in memory.

        >>> import tempfile, hypostyle as hs
        >>> folder = tempfile.mkdtemp()
        >>> hs.DataFrame({"year": [2026, 2027], "sold": [3, 5]}).write_parquet(folder, partition_by="year")
        >>> hs.scan_parquet(folder).filter(hs.col("year") == 2027).collect().rows()
        [(2027, 5)]
        """
        from hypostyle.io.output import sink
        from hypostyle.io.partition import PartitionBy

        if partition_by is not None:
            if not isinstance(file, (str, os.PathLike)):
                msg = f"with `partition_by` files are written below a path, not into {type(file).__name__}"
                raise TypeError(msg)
            file = PartitionBy(file, key=partition_by, approximate_bytes_per_file=partition_chunk_size_bytes)
        sink(self.lazy(), "parquet", file, mkdir=mkdir, **options)


def run_all(queries: Iterable[LazyFrame]) -> list[DataFrame]:
    """Runs queries together. Those that are written give tables without columns."""
    from hypostyle.dataframe import DataFrame

    queries = list(queries)
    frames = iter(PyLazyFrame.run_all([(query._ldf, query._sink) for query in queries]))
    return [DataFrame._wrap(next(frames)) if query._sink is None else DataFrame() for query in queries]
