"""What is read: paths, open files, bytes, or lists of them."""

from __future__ import annotations

import os

from hypostyle.datatypes import described_fields
from hypostyle.exceptions import InvalidOperationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hypostyle.lazyframe import LazyFrame


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


def given(options: dict[str, Any], *saying: str) -> dict[str, Any]:
    """Options without those that are `None`, unless `None` says something."""
    return {name: value for name, value in options.items() if value is not None or name in saying}


def file_options(
    storage_options: Any,
    credential_provider: Any,
    *,
    hive_schema: Any = None,
    schema: Any = None,
    schema_overrides: Any = None,
    **options: Any,
) -> dict[str, Any]:
    """The options of reading files, as the engine takes them; those are passed on that mean the same everywhere."""
    schemas = {"hive_schema": hive_schema, "schema": schema, "schema_overrides": schema_overrides}
    described = {name: described_fields(value) for name, value in schemas.items()}
    return {"storage": storage(storage_options, credential_provider), **given(described), **options}


def chosen(query: LazyFrame, columns: Sequence[int] | Sequence[str] | None) -> LazyFrame:
    """Some columns of a query, by name or position; all if `None`."""
    if columns is None:
        return query
    names = query.collect_schema().names()
    return query.select([names[c] if isinstance(c, int) else c for c in columns])


def storage(storage_options: Any, credential_provider: Any = "auto") -> list[tuple[str, str]]:
    """How files that are not local are reached: names and values, as `object_store` knows them."""
    if credential_provider not in (None, "auto"):
        msg = (
            "credentials are `storage_options`, or are taken from the environment; `credential_provider` is not called"
        )
        raise InvalidOperationError(msg)
    return [(str(name), _text(value)) for name, value in dict(storage_options or {}).items() if value is not None]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
