"""Writing results: what all formats have in common."""

from __future__ import annotations

import os

from hypostyle.engine import DEFAULT_OPTIMIZATIONS, check_engine
from hypostyle.exceptions import InvalidOperationError
from hypostyle.io.sources import given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.lazyframe import LazyFrame

#: What files of text end in, by how they are compressed.
_EXTENSIONS = {"uncompressed": "", "gzip": ".gz", "zstd": ".zst"}


def no_cloud(what: str, storage_options: Any, credential_provider: Any) -> None:
    """Refuses what only files that are not local have a use for: those are not written."""
    if storage_options or credential_provider not in (None, "auto"):
        msg = (
            f"{what} is written to local files: there is nothing for `storage_options` and `credential_provider` to do"
        )
        raise InvalidOperationError(msg)


def refuse(name: str, value: Any) -> None:
    """Refuses an argument that is not supported, if it is given."""
    if value is not None:
        msg = f"`{name}` is not supported"
        raise InvalidOperationError(msg)


def write(query: LazyFrame, format: str, file: Any, options: dict[str, Any]) -> bytes:
    """Runs a query into a path or an open file, or gives the bytes of the file if it is `None`."""
    return query._ldf.sink(format, _expanded(file), _checked(format, file, options))


def write_text(query: LazyFrame, format: str, file: Any, options: dict[str, Any]) -> str | None:
    """As `write`, for formats of text, which it gives as such."""
    options = _checked(format, file, options)
    if file is None and options["compression"] != "uncompressed":
        msg = "compressed text is no text: give a path, or a file that takes bytes"
        raise InvalidOperationError(msg)
    data = query._ldf.sink(format, _expanded(file), options)
    return data.decode() if file is None else None


def sink(
    query: LazyFrame,
    format: str,
    file: Any,
    /,
    *,
    maintain_order: bool = True,
    sync_on_close: str | None = None,
    mkdir: bool = False,
    lazy: bool = False,
    engine: Any = "auto",
    optimizations: Any = DEFAULT_OPTIMIZATIONS,
    **options: Any,
) -> LazyFrame | None:
    """Runs a query into a path or an open file, or, if `lazy`, gives the query that does when it is collected.

    What is not said of all formats are the options of this one.
    """
    del maintain_order, sync_on_close
    check_engine(engine, optimizations)
    options = _checked(format, file, options)
    if hasattr(file, "_with_keys"):
        query = file._with_keys(query)
    file = _expanded(file)
    # A URL is refused by whoever is to write it, and no folder until then.
    if mkdir and isinstance(file, str) and "://" not in file:
        os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
    if lazy:
        written = type(query)._wrap(query._ldf)
        written._sink = (format, file, options)
        return written
    query._ldf.sink(format, file, options)
    return None


def _expanded(file: Any) -> Any:
    """A path with the home folder of a user in it."""
    return os.path.expanduser(os.fspath(file)) if isinstance(file, (str, os.PathLike)) else file


#: Who checks the options of a format, and names them as the engine does. Loaded when something is written.
_OPTIONS = {
    "csv": ("hypostyle.io.csv", "csv_options"),
    "ndjson": ("hypostyle.io.ndjson", "ndjson_options"),
    "json": ("hypostyle.io.ndjson", "ndjson_options"),
    "ipc": ("hypostyle.io.ipc", "ipc_options"),
    "ipc_stream": ("hypostyle.io.ipc", "ipc_options"),
    "parquet": ("hypostyle.io.parquet", "parquet_options"),
}


def _checked(format: str, file: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The options that say something, as the engine takes them."""
    import importlib

    module, function = _OPTIONS[format]
    options = given(getattr(importlib.import_module(module), function)(**options))
    # Formats of text may be compressed as a whole.
    if "check_extension" in options:
        compression = options["compression"]
        if compression not in _EXTENSIONS:
            msg = f"`compression` is one of {', '.join(map(repr, _EXTENSIONS))}, not {compression!r}"
            raise InvalidOperationError(msg)
        if options.pop("check_extension") and isinstance(file, (str, os.PathLike)):
            _check_extension(os.fspath(file), compression)
    return options


def _check_extension(path: str, compression: str) -> None:
    """A name says whether and how a file is compressed."""
    wanted = _EXTENSIONS[compression]
    others = [extension for extension in _EXTENSIONS.values() if extension and extension != wanted]
    if not path.endswith(wanted) or path.endswith(tuple(others)):
        kind = f"{compression!r} ends in {wanted!r}" if wanted else f"{' and '.join(others)} are for compressed files"
        msg = f"the name {path!r} does not say how the file is compressed: {kind}; `check_extension=False` allows it"
        raise InvalidOperationError(msg)
