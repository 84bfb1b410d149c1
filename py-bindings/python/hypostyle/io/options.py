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
