"""What is read: paths, open files, bytes, or lists of them."""

from __future__ import annotations

import os

from hypostyle.exceptions import InvalidOperationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def sources(source: Any) -> list[str] | list[bytes]:
    """Paths, or the bytes of files."""
    items = list(source) if isinstance(source, (list, tuple)) else [source]
    paths = [isinstance(item, (str, os.PathLike)) for item in items]
    if all(paths):
        return [os.path.expanduser(os.fspath(item)) for item in items]
    # Of paths among open files the bytes are taken, too.
    return [read_path(item) if is_path else read(item) for item, is_path in zip(items, paths)]


def read_path(path: Any) -> bytes:
    """All bytes of a file."""
    with open(os.path.expanduser(os.fspath(path)), "rb") as file:
        return file.read()


def read(source: Any) -> bytes:
    """All bytes that are left in an open file, or bytes themselves."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, (bytearray, memoryview)):
        return bytes(source)
    if not hasattr(source, "read"):
        msg = f"a path, bytes or an open file is read, not {type(source).__name__}"
        raise TypeError(msg)
    data = source.read()
    return data.encode() if isinstance(data, str) else bytes(data)


def storage(storage_options: Any, credential_provider: Any = "auto") -> list[tuple[str, str]]:
    """How files that are not local are reached: names and values, as `object_store` knows them."""
    if credential_provider not in (None, "auto"):
        msg = "credentials are `storage_options`, or are taken from the environment; `credential_provider` is not called"
        raise InvalidOperationError(msg)
    return [(str(name), _text(value)) for name, value in dict(storage_options or {}).items() if value is not None]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
