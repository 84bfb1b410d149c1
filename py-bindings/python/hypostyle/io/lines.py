"""Lines of text, one a row."""

from __future__ import annotations

from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import String
from hypostyle.exceptions import DuplicateError
from hypostyle.io.csv import scan_csv
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def scan_lines(
    source: Any,
    *,
    name: str = "line",
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    glob: bool = True,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    include_file_paths: str | None = None,
) -> LazyFrame:
    """A query over the lines of text files, in a column `name`, without the ends of the lines.

    Files are UTF-8, as they are or compressed. Other arguments are those of `scan_csv`: this is its reader, with a separator that
    texts do not have, a zero byte.

    >>> import hypostyle as hs
    >>> hs.scan_lines(b"GET /a\\nPOST /b\\n").filter(hs.col("line").str.starts_with("GET")).collect().rows()
    [('GET /a',)]
    """
    if name in (row_index_name, include_file_paths):
        msg = f"the column {name!r} is that of the lines; give the row numbers and file paths other names"
        raise DuplicateError(msg)
    return scan_csv(
        source,
        has_header=False,
        separator="\0",
        quote_char=None,
        schema={name: String},
        empty_string_is_null=False,
        raise_if_empty=False,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        glob=glob,
        storage_options=storage_options,
        credential_provider=credential_provider,
        include_file_paths=include_file_paths,
    )


def read_lines(
    source: Any,
    *,
    name: str = "line",
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    glob: bool = True,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    include_file_paths: str | None = None,
) -> DataFrame:
    """The lines of text files as a table. The arguments are those of `scan_lines`.

    >>> import io, hypostyle as hs
    >>> hs.read_lines(io.StringIO("one\\n\\nthree"), row_index_name="row").rows()
    [(0, 'one'), (1, ''), (2, 'three')]
    """
    return scan_lines(**locals()).collect()
