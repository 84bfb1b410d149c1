"""CSV, read and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from hypostyle._hypostyle import PyLazyFrame
from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import describe
from hypostyle.exceptions import ShapeError
from hypostyle.io.output import no_cloud
from hypostyle.io.sources import chosen, file_options, given, read, sources
from hypostyle.lazyframe import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.io.options import CsvOptions
    from typing_extensions import Unpack


def scan_csv(
    source: Any,
    *,
    has_header: bool = True,
    separator: str = ",",
    comment_prefix: str | None = None,
    quote_char: str | None = '"',
    skip_rows: int = 0,
    skip_lines: int = 0,
    schema: Any = None,
    schema_overrides: Any = None,
    null_values: Any = None,
    empty_string_is_null: bool = True,
    ignore_errors: bool = False,
    with_column_names: Callable[[list[str]], list[str]] | None = None,
    infer_schema: bool = True,
    infer_schema_length: int | None = 100,
    infer_schema_files: int = 10,
    n_rows: int | None = None,
    encoding: str = "utf8",
    low_memory: bool = False,
    skip_rows_after_header: int = 0,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    try_parse_dates: bool = False,
    eol_char: str = "\n",
    new_columns: Sequence[str] | None = None,
    truncate_ragged_lines: bool | None = None,
    raise_if_empty: bool | None = None,
    decimal_comma: bool = False,
    glob: bool = True,
    storage_options: Any = None,
    credential_provider: Any = "auto",
    include_file_paths: str | None = None,
    extra_columns: str | None = None,
    missing_columns: str | None = None,
    rechunk: bool = False,
) -> LazyFrame:
    """A query over CSV files: what it does not need is not parsed.

    `schema` names all columns, `schema_overrides` gives types to some, by name or position.

    >>> import tempfile, pathlib, hypostyle as hs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "sales.csv")
    ...     _ = path.write_text("city,sold\\nKyoto,3\\nOslo,5\\n")
    ...     hs.scan_csv(path).filter(hs.col("sold") > 3).collect().rows()
    [('Oslo', 5)]
    """
    options = {name: value for name, value in locals().items() if name != "source"}
    return _scan(source, options)


def _scan(source: Any, options: dict[str, Any]) -> LazyFrame:
    """A query with the keyword arguments of `scan_csv`, all of them."""
    for name in ("low_memory", "rechunk"):
        options.pop(name, None)
    _extra_and_missing(options)
    if isinstance(options["schema_overrides"], (list, tuple)):
        options["dtypes"] = [describe(dtype) for dtype in options.pop("schema_overrides")]
    options = file_options(**options)
    inputs = sources(source)
    rename = options.pop("with_column_names")
    if rename is not None:
        options["new_columns"] = _renamed(rename, inputs, options)
    options["new_columns"] = list(options["new_columns"]) if options["new_columns"] else None
    return LazyFrame._wrap(_query(inputs, options))


def _query(source: Any, options: dict[str, Any]) -> PyLazyFrame:
    return PyLazyFrame.scan_csv(source, given(options, "quote_char", "infer_schema_length"))


def _extra_and_missing(options: dict[str, Any]) -> None:
    """What to do about columns of the file that the schema lacks, and the reverse."""
    extra, missing = options.pop("extra_columns"), options.pop("missing_columns")
    if extra not in (None, "ignore", "raise"):
        msg = f"`extra_columns` is 'ignore' or 'raise', not {extra!r}"
        raise ValueError(msg)
    if missing not in (None, "insert", "raise"):
        msg = f"`missing_columns` is 'insert' or 'raise', not {missing!r}"
        raise ValueError(msg)
    if extra == "ignore" and options["truncate_ragged_lines"] is False:
        msg = "`extra_columns='ignore'` drops what is too long; it does not go with `truncate_ragged_lines=False`"
        raise ValueError(msg)
    options["ignore_extra_columns"] = extra == "ignore"
    options["insert_missing_columns"] = missing == "insert"


def _renamed(rename: Callable[[list[str]], list[str]], source: Any, options: dict[str, Any]) -> list[str]:
    """What a function makes of the names in the file."""
    about_rows = ("schema", "schema_overrides", "dtypes", "row_index_name", "include_file_paths")
    plain = {key: value for key, value in options.items() if key not in about_rows} | {"infer_schema": False}
    names = list(_query(source, plain).schema())
    found = [name if isinstance(name, str) else name[0] for name in names]
    renamed = list(rename(found))
    if len(renamed) != len(found):
        msg = f"`with_column_names` gave {len(renamed)} names for {len(found)} columns"
        raise ShapeError(msg)
    return renamed


def read_csv(
    source: Any,
    *,
    columns: Sequence[int] | Sequence[str] | None = None,
    encoding: str = "utf8",
    n_threads: int | None = None,
    use_pyarrow: bool = False,
    **options: Unpack[CsvOptions],
) -> DataFrame:
    """CSV as a table; `columns` chooses some by name or position. The other options are those of `scan_csv`.

    Files in other encodings than UTF-8 are converted first: `encoding` is a name that Python knows, with `-lossy` at
    its end if what is wrong should become `\ufffd`. `use_pyarrow` changes nothing.

    >>> import io, hypostyle as hs
    >>> hs.read_csv(io.StringIO("a,b\\n1,x\\n")).rows()
    [(1, 'x')]
    """
    del use_pyarrow
    if encoding not in ("utf8", "utf8-lossy"):
        source, encoding = _converted(source, encoding), "utf8"
    defaults = scan_csv.__kwdefaults__
    unknown = sorted(options.keys() - defaults.keys())
    if unknown:
        msg = f"read_csv() got an unexpected keyword argument {unknown[0]!r}"
        raise TypeError(msg)
    query = _scan(source, {**defaults, **options, "encoding": encoding, "n_threads": n_threads})
    return chosen(query, columns or None).collect()


def _converted(source: Any, encoding: str) -> bytes:
    """The text of one file, in UTF-8."""
    if isinstance(source, (str, os.PathLike)):
        with open(os.path.expanduser(os.fspath(source)), "rb") as file:
            data = file.read()
    else:
        data = read(source)
    name = encoding.removesuffix("-lossy")
    return data.decode(name, errors="replace" if name != encoding else "strict").encode()


def csv_options(
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
) -> dict[str, Any]:
    """The options of writing CSV."""
    options = dict(locals())
    no_cloud("CSV", options.pop("storage_options"), options.pop("credential_provider"))
    # Pieces are cut where it pays.
    del options["batch_size"]
    return options
