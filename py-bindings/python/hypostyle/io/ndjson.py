"""JSON: lines of objects, and documents that are arrays of objects."""

from __future__ import annotations

from hypostyle._hypostyle import PyLazyFrame
from hypostyle._hypostyle import read_json as _read_json
from hypostyle.dataframe import DataFrame
from hypostyle.io.output import no_cloud
from hypostyle.io.sources import file_options, sources
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def scan_ndjson(
    source: Any,
    *,
    schema: Any = None,
    schema_overrides: Any = None,
    infer_schema_length: int | None = 100,
    batch_size: int | None = 1024,
    n_rows: int | None = None,
    low_memory: bool = False,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    ignore_errors: bool = False,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    include_file_paths: str | None = None,
) -> LazyFrame:
    """A query over lines of JSON, one object a line. Members that it does not need are skipped.

    `schema` names all columns, `schema_overrides` gives types to some. With `ignore_errors`, values that do not fit their
    column become null.

    >>> import hypostyle as hs
    >>> hs.scan_ndjson(b'{"city": "Kyoto", "sold": 3}\\n{"city": "Oslo", "sold": 5}').filter(hs.col("sold") > 3).collect().rows()
    [('Oslo', 5)]
    """
    del batch_size, low_memory
    options = file_options(
        storage_options,
        credential_provider,
        schema=schema,
        schema_overrides=schema_overrides,
        infer_schema_length=_checked_length(infer_schema_length),
        n_rows=n_rows,
        ignore_errors=ignore_errors,
        include_file_paths=include_file_paths,
    )
    frame = LazyFrame._wrap(PyLazyFrame.scan_ndjson(sources(source), options))
    return frame if row_index_name is None else frame.with_row_index(row_index_name, row_index_offset)


def read_ndjson(
    source: Any,
    *,
    schema: Any = None,
    schema_overrides: Any = None,
    infer_schema_length: int | None = 100,
    batch_size: int | None = 1024,
    n_rows: int | None = None,
    low_memory: bool = False,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    ignore_errors: bool = False,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    include_file_paths: str | None = None,
) -> DataFrame:
    """Lines of JSON as a table. The options are those of `scan_ndjson`.

    >>> import io, hypostyle as hs
    >>> hs.read_ndjson(io.StringIO('{"a": [1, 2.5]}\\n{"a": null}')).rows()
    [([1.0, 2.5],), (None,)]
    """
    return scan_ndjson(
        source,
        schema=schema,
        schema_overrides=schema_overrides,
        infer_schema_length=infer_schema_length,
        batch_size=batch_size,
        n_rows=n_rows,
        low_memory=low_memory,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        ignore_errors=ignore_errors,
        storage_options=storage_options,
        credential_provider=credential_provider,
        include_file_paths=include_file_paths,
    ).collect()


def read_json(
    source: Any,
    *,
    schema: Any = None,
    schema_overrides: Any = None,
    infer_schema_length: int | None = 100,
) -> DataFrame:
    """A JSON document, an array of objects, as a table.

    >>> import hypostyle as hs
    >>> hs.read_json(b'[{"a": 1}, {"a": 2, "b": "x"}]').rows()
    [(1, None), (2, 'x')]
    """
    length = _checked_length(infer_schema_length)
    options = file_options(None, None, schema=schema, schema_overrides=schema_overrides, infer_schema_length=length)
    del options["storage"]
    return DataFrame._wrap(_read_json(sources(source), options))


def _checked_length(infer_schema_length: int | None) -> int | None:
    if infer_schema_length is not None and infer_schema_length < 1:
        msg = f"`infer_schema_length` is at least 1, not {infer_schema_length}"
        raise ValueError(msg)
    return infer_schema_length


def ndjson_options(
    *,
    compression: str = "uncompressed",
    compression_level: int | None = None,
    check_extension: bool = True,
    storage_options: Any = None,
    credential_provider: Any = "auto",
) -> dict[str, Any]:
    """The options of writing JSON, as lines or as a document."""
    no_cloud("JSON", storage_options, credential_provider)
    return {
        "compression": compression,
        "compression_level": compression_level,
        "check_extension": check_extension,
    }
