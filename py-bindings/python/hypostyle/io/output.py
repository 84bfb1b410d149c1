"""Writing results: what all formats have in common."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypostyle.exceptions import InvalidOperationError

if TYPE_CHECKING:
    from hypostyle.lazyframe import LazyFrame

#: What files of text end in, by how they are compressed.
_EXTENSIONS = {"uncompressed": "", "gzip": ".gz", "zstd": ".zst"}


def no_cloud(what: str, storage_options: Any, credential_provider: Any) -> None:
    """Refuses what only remote files have a use for."""
    if storage_options or credential_provider not in (None, "auto"):
        msg = (
            f"{what} is read from and written to local files: "
            "there is nothing for `storage_options` and `credential_provider` to do"
        )
        raise InvalidOperationError(msg)


def sink(query: LazyFrame, format: str, file: Any, options: dict[str, Any], *, mkdir: bool = False) -> bytes:
    """Runs a query into a path or an open file, or gives the bytes of the file if it is `None`."""
    if isinstance(file, (str, os.PathLike)):
        file = os.path.expanduser(os.fspath(file))
        if mkdir:
            os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
    return query._ldf.sink(format, file, options)


def sink_text(query: LazyFrame, format: str, file: Any, options: dict[str, Any], *, mkdir: bool = False) -> str | None:
    """The same for formats of text, which may be compressed."""
    compression = options["compression"]
    if compression not in _EXTENSIONS:
        msg = f"`compression` is one of {', '.join(map(repr, _EXTENSIONS))}, not {compression!r}"
        raise InvalidOperationError(msg)
    check = options.pop("check_extension")
    if check and isinstance(file, (str, os.PathLike)):
        _check_extension(os.fspath(file), compression)
    if file is None and compression != "uncompressed":
        msg = "compressed text is no text: give a path, or a file that takes bytes"
        raise InvalidOperationError(msg)
    data = sink(query, format, file, options, mkdir=mkdir)
    return data.decode() if file is None else None


def _check_extension(path: str, compression: str) -> None:
    """A name says whether and how a file is compressed."""
    wanted = _EXTENSIONS[compression]
    others = [extension for extension in _EXTENSIONS.values() if extension and extension != wanted]
    if not path.endswith(wanted) or path.endswith(tuple(others)):
        kind = f"{compression!r} ends in {wanted!r}" if wanted else f"{' and '.join(others)} are for compressed files"
        msg = f"the name {path!r} does not say how the file is compressed: {kind}; `check_extension=False` allows it"
        raise InvalidOperationError(msg)
