"""Methods that write, or hand out, results: of queries, while they are computed, and of tables."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator

from hypostyle._hypostyle import PyLazyFrame
from hypostyle.engine import DEFAULT_OPTIMIZATIONS, check_engine
from hypostyle.exceptions import InvalidOperationError
from hypostyle.foreign import ForeignSinks, ForeignWriters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle._hypostyle import PyBatches
    from hypostyle.dataframe import DataFrame
    from hypostyle.lazyframe import LazyFrame


class LazySinks(ForeignSinks):
    """What `LazyFrame` has of such methods."""

    def sink_csv(  # type: ignore[misc]
        self: LazyFrame,
        path: Any,
        *,
        include_bom: bool = False,
        compression: str = "uncompressed",
        compression_level: int | None = None,
        check_extension: bool = True,
        include_header: bool = True,
        separator: str = ",",
        line_terminator: str = "\n",
        quote_char: str = '"',
        batch_size: int = 1024,
        datetime_format: str | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        float_scientific: bool | None = None,
        float_precision: int | None = None,
        decimal_comma: bool = False,
        null_value: str | None = None,
        quote_style: str | None = None,
        maintain_order: bool = True,
        storage_options: Any = None,
        credential_provider: Any = "auto",
        sync_on_close: str | None = None,
        mkdir: bool = False,
        lazy: bool = False,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
    ) -> LazyFrame | None:
        """Writes the result as CSV while it is computed; the options are those of `DataFrame.write_csv`.

        With `mkdir` folders are made that are not there. With `lazy` it is written when what this gives is collected.
        """
        from hypostyle.io.output import sink

        return sink(
            self,
            "csv",
            path,
            include_bom=include_bom,
            compression=compression,
            compression_level=compression_level,
            check_extension=check_extension,
            include_header=include_header,
            separator=separator,
            line_terminator=line_terminator,
            quote_char=quote_char,
            batch_size=batch_size,
            datetime_format=datetime_format,
            date_format=date_format,
            time_format=time_format,
            float_scientific=float_scientific,
            float_precision=float_precision,
            decimal_comma=decimal_comma,
            null_value=null_value,
            quote_style=quote_style,
            maintain_order=maintain_order,
            storage_options=storage_options,
            credential_provider=credential_provider,
            sync_on_close=sync_on_close,
            mkdir=mkdir,
            lazy=lazy,
            engine=engine,
            optimizations=optimizations,
        )

    def sink_ndjson(  # type: ignore[misc]
        self: LazyFrame,
        path: Any,
        *,
        compression: str = "uncompressed",
        compression_level: int | None = None,
        check_extension: bool = True,
        maintain_order: bool = True,
        storage_options: Any = None,
        credential_provider: Any = "auto",
        sync_on_close: str | None = None,
        mkdir: bool = False,
        lazy: bool = False,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
    ) -> LazyFrame | None:
        """Writes the result as lines of JSON while it is computed; with `lazy`, when what this gives is collected."""
        from hypostyle.io.output import sink

        return sink(
            self,
            "ndjson",
            path,
            compression=compression,
            compression_level=compression_level,
            check_extension=check_extension,
            maintain_order=maintain_order,
            storage_options=storage_options,
            credential_provider=credential_provider,
            sync_on_close=sync_on_close,
            mkdir=mkdir,
            lazy=lazy,
            engine=engine,
            optimizations=optimizations,
        )

    def sink_ipc(  # type: ignore[misc]
        self: LazyFrame,
        path: Any,
        *,
        compression: str | None = "uncompressed",
        compat_level: Any = None,
        record_batch_size: int | None = None,
        maintain_order: bool = True,
        storage_options: Any = None,
        credential_provider: Any = "auto",
        sync_on_close: str | None = None,
        mkdir: bool = False,
        lazy: bool = False,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
        sinked_paths_callback: Any = None,
    ) -> LazyFrame | None:
        """Writes the result as an Arrow IPC file while it is computed; with `lazy`, when what this gives is collected."""
        from hypostyle.io.output import refuse, sink

        refuse("sinked_paths_callback", sinked_paths_callback)
        return sink(
            self,
            "ipc",
            path,
            compression=compression,
            compat_level=compat_level,
            record_batch_size=record_batch_size,
            maintain_order=maintain_order,
            storage_options=storage_options,
            credential_provider=credential_provider,
            sync_on_close=sync_on_close,
            mkdir=mkdir,
            lazy=lazy,
            engine=engine,
            optimizations=optimizations,
        )

    def sink_parquet(  # type: ignore[misc]
        self: LazyFrame,
        path: Any,
        *,
        compression: str = "zstd",
        compression_level: int | None = None,
        statistics: bool | str | dict[str, bool] = True,
        row_group_size: int | None = None,
        data_page_size: int | None = None,
        maintain_order: bool = True,
        storage_options: Any = None,
        credential_provider: Any = "auto",
        sync_on_close: str | None = None,
        metadata: dict[str, str] | None = None,
        arrow_schema: Any = None,
        encryption: Any = None,
        mkdir: bool = False,
        lazy: bool = False,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
        sinked_paths_callback: Any = None,
    ) -> LazyFrame | None:
        """Writes the result as Parquet while it is computed; the options are those of `DataFrame.write_parquet`.

        With `mkdir` folders are made that are not there. With `lazy` it is written when what this gives is collected.
        """
        from hypostyle.io.output import refuse, sink

        refuse("arrow_schema", arrow_schema)
        refuse("encryption", encryption)
        refuse("sinked_paths_callback", sinked_paths_callback)
        return sink(
            self,
            "parquet",
            path,
            compression=compression,
            compression_level=compression_level,
            statistics=statistics,
            row_group_size=row_group_size,
            data_page_size=data_page_size,
            maintain_order=maintain_order,
            storage_options=storage_options,
            credential_provider=credential_provider,
            sync_on_close=sync_on_close,
            metadata=metadata,
            mkdir=mkdir,
            lazy=lazy,
            engine=engine,
            optimizations=optimizations,
        )

    def collect_batches(  # type: ignore[misc]
        self: LazyFrame,
        *,
        chunk_size: int | None = None,
        maintain_order: bool = True,
        lazy: bool = False,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
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

    def sink_batches(  # type: ignore[misc]
        self: LazyFrame,
        function: Callable[[DataFrame], bool | None],
        *,
        chunk_size: int | None = None,
        maintain_order: bool = True,
        lazy: bool = False,
        engine: Any = "auto",
        optimizations: Any = DEFAULT_OPTIMIZATIONS,
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

    def write_csv(  # type: ignore[misc]
        self: DataFrame,
        file: Any = None,
        *,
        include_bom: bool = False,
        compression: str = "uncompressed",
        compression_level: int | None = None,
        check_extension: bool = True,
        include_header: bool = True,
        separator: str = ",",
        line_terminator: str = "\n",
        quote_char: str = '"',
        batch_size: int = 1024,
        datetime_format: str | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        float_scientific: bool | None = None,
        float_precision: int | None = None,
        decimal_comma: bool = False,
        null_value: str | None = None,
        quote_style: str | None = None,
        storage_options: Any = None,
        credential_provider: Any = "auto",
    ) -> str | None:
        """Writes CSV to a path or file, or gives it as text."""
        from hypostyle.io.output import write_text

        options = {
            "include_bom": include_bom,
            "compression": compression,
            "compression_level": compression_level,
            "check_extension": check_extension,
            "include_header": include_header,
            "separator": separator,
            "line_terminator": line_terminator,
            "quote_char": quote_char,
            "batch_size": batch_size,
            "datetime_format": datetime_format,
            "date_format": date_format,
            "time_format": time_format,
            "float_scientific": float_scientific,
            "float_precision": float_precision,
            "decimal_comma": decimal_comma,
            "null_value": null_value,
            "quote_style": quote_style,
            "storage_options": storage_options,
            "credential_provider": credential_provider,
        }
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

    def write_ndjson(  # type: ignore[misc]
        self: DataFrame,
        file: Any = None,
        *,
        compression: str = "uncompressed",
        compression_level: int | None = None,
        check_extension: bool = True,
    ) -> str | None:
        """Writes lines of JSON to a path or file, or gives them as text.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_ndjson()
        '{"a":1,"b":"x"}\\n{"a":null,"b":"y"}\\n'
        """
        from hypostyle.io.output import write_text

        options = {
            "compression": compression,
            "compression_level": compression_level,
            "check_extension": check_extension,
        }
        return write_text(self.lazy(), "ndjson", file, options)

    def write_json(self: DataFrame, file: Any = None) -> str | None:  # type: ignore[misc]
        """Writes a JSON document, an array of objects, to a path or file, or gives it as text.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2]}).write_json()
        '[{"a":1},{"a":2}]'
        """
        from hypostyle.io.output import write_text

        return write_text(self.lazy(), "json", file, {"check_extension": False})

    def write_ipc(  # type: ignore[misc]
        self: DataFrame,
        file: Any,
        *,
        compression: str | None = "uncompressed",
        compat_level: Any = None,
        record_batch_size: int | None = None,
        storage_options: Any = None,
        credential_provider: Any = "auto",
    ) -> io.BytesIO | None:
        """Writes an Arrow IPC file to a path or an open file, or gives its bytes in one if `file` is `None`."""
        from hypostyle.io.output import write

        options = {
            "compression": compression,
            "compat_level": compat_level,
            "record_batch_size": record_batch_size,
            "storage_options": storage_options,
            "credential_provider": credential_provider,
        }
        data = write(self.lazy(), "ipc", file, options)
        return io.BytesIO(data) if file is None else None

    def write_ipc_stream(  # type: ignore[misc]
        self: DataFrame,
        file: Any,
        *,
        compression: str | None = "uncompressed",
        compat_level: Any = None,
    ) -> io.BytesIO | None:
        """Writes an Arrow IPC stream to a path or an open file, or gives its bytes in one if `file` is `None`."""
        from hypostyle.io.output import write

        options = {"compression": compression, "compat_level": compat_level}
        data = write(self.lazy(), "ipc_stream", file, options)
        return io.BytesIO(data) if file is None else None

    def write_parquet(  # type: ignore[misc]
        self: DataFrame,
        file: Any,
        *,
        compression: str = "zstd",
        compression_level: int | None = None,
        statistics: bool | str | dict[str, bool] = True,
        row_group_size: int | None = None,
        data_page_size: int | None = None,
        use_pyarrow: bool = False,
        pyarrow_options: Any = None,
        partition_by: Any = None,
        partition_chunk_size_bytes: int = 4_294_967_296,
        storage_options: Any = None,
        credential_provider: Any = "auto",
        metadata: dict[str, str] | None = None,
        arrow_schema: Any = None,
        encryption: Any = None,
        mkdir: bool = False,
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
        from hypostyle.io.output import refuse, sink
        from hypostyle.io.partition import PartitionBy

        refuse("arrow_schema", arrow_schema)
        refuse("encryption", encryption)
        if partition_by is not None:
            if not isinstance(file, (str, os.PathLike)):
                msg = f"with `partition_by` files are written below a path, not into {type(file).__name__}"
                raise TypeError(msg)
            file = PartitionBy(file, key=partition_by, approximate_bytes_per_file=partition_chunk_size_bytes)
        sink(
            self.lazy(),
            "parquet",
            file,
            compression=compression,
            compression_level=compression_level,
            statistics=statistics,
            row_group_size=row_group_size,
            data_page_size=data_page_size,
            use_pyarrow=use_pyarrow,
            pyarrow_options=pyarrow_options,
            storage_options=storage_options,
            credential_provider=credential_provider,
            metadata=metadata,
            mkdir=mkdir,
        )


def run_all(queries: Iterable[LazyFrame]) -> list[DataFrame]:
    """Runs queries together. Those that are written give tables without columns."""
    from hypostyle.dataframe import DataFrame

    queries = list(queries)
    frames = iter(PyLazyFrame.run_all([(query._ldf, query._sink) for query in queries]))
    return [DataFrame._wrap(next(frames)) if query._sink is None else DataFrame() for query in queries]
