"""The options of functions that pass them on, for type checkers: nothing here runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict


class CsvOptions(TypedDict, total=False):
    """What `read_csv` passes on to `scan_csv`."""

    has_header: bool
    separator: str
    comment_prefix: str | None
    quote_char: str | None
    skip_rows: int
    skip_lines: int
    schema: Any
    schema_overrides: Any
    null_values: Any
    empty_string_is_null: bool
    ignore_errors: bool
    with_column_names: Callable[[list[str]], list[str]] | None
    infer_schema: bool
    infer_schema_length: int | None
    infer_schema_files: int
    n_rows: int | None
    low_memory: bool
    skip_rows_after_header: int
    row_index_name: str | None
    row_index_offset: int
    try_parse_dates: bool
    eol_char: str
    new_columns: Sequence[str] | None
    truncate_ragged_lines: bool | None
    raise_if_empty: bool | None
    decimal_comma: bool
    glob: bool
    storage_options: Any
    credential_provider: Any
    include_file_paths: str | None
    extra_columns: str | None
    missing_columns: str | None
    rechunk: bool


class NdjsonOptions(TypedDict, total=False):
    """What `read_ndjson` passes on to `scan_ndjson`."""

    schema: Any
    schema_overrides: Any
    infer_schema_length: int | None
    batch_size: int | None
    n_rows: int | None
    low_memory: bool
    row_index_name: str | None
    row_index_offset: int
    ignore_errors: bool
    storage_options: Any
    credential_provider: Any
    include_file_paths: str | None


class SinkOptions(TypedDict, total=False):
    """How a query is written: what the `sink_` methods of all formats take."""

    maintain_order: bool
    sync_on_close: str | None
    mkdir: bool
    lazy: bool
    engine: Any
    optimizations: Any


class CsvWriteOptions(TypedDict, total=False):
    """What the methods that write pass on to `csv_options`."""

    include_bom: bool
    compression: str
    compression_level: int | None
    check_extension: bool
    include_header: bool
    separator: str
    line_terminator: str
    quote_char: str
    batch_size: int
    datetime_format: str | None
    date_format: str | None
    time_format: str | None
    float_scientific: bool | None
    float_precision: int | None
    decimal_comma: bool
    null_value: str | None
    quote_style: str | None
    storage_options: Any
    credential_provider: Any


class NdjsonWriteOptions(TypedDict, total=False):
    """What the methods that write pass on to `ndjson_options`."""

    compression: str
    compression_level: int | None
    check_extension: bool
    storage_options: Any
    credential_provider: Any


class IpcWriteOptions(TypedDict, total=False):
    """What the methods that write pass on to `ipc_options`."""

    compression: str | None
    compat_level: Any
    record_batch_size: int | None
    storage_options: Any
    credential_provider: Any


class ParquetWriteOptions(TypedDict, total=False):
    """What the methods that write pass on to `parquet_options`."""

    compression: str
    compression_level: int | None
    statistics: bool | str | dict[str, bool]
    row_group_size: int | None
    data_page_size: int | None
    use_pyarrow: bool
    pyarrow_options: Any
    storage_options: Any
    credential_provider: Any
    metadata: dict[str, str] | None


class CsvSinkOptions(CsvWriteOptions, SinkOptions):
    """What `sink_csv` takes."""


class NdjsonSinkOptions(NdjsonWriteOptions, SinkOptions):
    """What `sink_ndjson` takes."""


class IpcSinkOptions(IpcWriteOptions, SinkOptions):
    """What `sink_ipc` takes."""


class ParquetSinkOptions(ParquetWriteOptions, SinkOptions):
    """What `sink_parquet` takes."""


class IpcReadOptions(TypedDict, total=False):
    """What `read_ipc_stream` passes on to `read_ipc`."""

    columns: Sequence[int] | Sequence[str] | None
    n_rows: int | None
    use_pyarrow: bool
    storage_options: Any
    row_index_name: str | None
    row_index_offset: int


class ParquetOptions(TypedDict, total=False):
    """What `read_parquet` passes on to `scan_parquet`."""

    n_rows: int | None
    row_index_name: str | None
    row_index_offset: int
    parallel: str
    use_statistics: bool
    hive_partitioning: bool | None
    glob: bool
    schema: Any
    hive_schema: Any
    try_parse_hive_dates: bool
    low_memory: bool
    cache: bool
    storage_options: Any
    credential_provider: Any
    include_file_paths: str | None
    missing_columns: str
    extra_columns: str
    cast_options: Any


class JoinOptions(TypedDict, total=False):
    """What `DataFrame.join` passes on to `LazyFrame.join`."""

    left_on: Any
    right_on: Any
    suffix: str
    validate: str
    nulls_equal: bool
    coalesce: bool | None
    maintain_order: str | None
    build_side: str
    allow_parallel: bool
    force_parallel: bool
