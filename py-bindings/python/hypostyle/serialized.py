"""Frames written out whole, to be read by the same library: an envelope around an Arrow IPC stream."""

from __future__ import annotations

import io
import os

from hypostyle.dataframe import DataFrame
from hypostyle.exceptions import ComputeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The first bytes of the envelope; the last is its version.
_MAGIC = b"HYPOSTYLE-FRAME\x01"


def serialize(frame: DataFrame, file: Any, format: str) -> bytes | str | None:
    """The bytes, or the text, of a frame; or it writes them."""
    _check_format(format)
    stream = frame.write_ipc_stream(None)
    data = _MAGIC + (b"" if stream is None else stream.getvalue())
    if format == "binary":
        return _written(file, data)
    import base64
    import json

    return _written(file, json.dumps({"hypostyle-frame": 1, "ipc": base64.b64encode(data).decode()}))


def _check_format(format: str) -> None:
    if format not in ("binary", "json"):
        msg = f"`format` is 'binary' or 'json', not {format!r}"
        raise ValueError(msg)


def _written(file: Any, data: bytes | str) -> bytes | str | None:
    if file is None:
        return data
    raw = data.encode() if isinstance(data, str) else data
    if isinstance(file, (str, os.PathLike)):
        with open(os.path.expanduser(os.fspath(file)), "wb") as opened:
            opened.write(raw)
    elif isinstance(file, io.TextIOBase):
        if isinstance(data, bytes):
            msg = "`format='binary'` is written into files of bytes, not of text"
            raise TypeError(msg)
        file.write(data)
    else:
        file.write(raw)
    return None


def deserialize(source: Any, format: str) -> DataFrame:
    """The frame that was written."""
    from hypostyle.io.ipc import read_ipc_stream
    from hypostyle.io.sources import read, read_path

    _check_format(format)
    data = read_path(source) if isinstance(source, (str, os.PathLike)) else read(source)
    if format == "json":
        data = _from_json(data)
    # Polars writes the stream without an envelope.
    data = data.removeprefix(_MAGIC)
    if not data.startswith(b"\xff\xff\xff\xff"):
        msg = f"this is no serialized DataFrame (`format={format!r}`)"
        raise ComputeError(msg)
    return read_ipc_stream(data)


def _from_json(data: bytes) -> bytes:
    import base64
    import json

    try:
        envelope = json.loads(data)
        return base64.b64decode(envelope["ipc"]) if isinstance(envelope, dict) else bytes(envelope)
    except (ValueError, KeyError, TypeError) as error:
        msg = f"this is no serialized DataFrame (`format='json'`): {error}"
        raise ComputeError(msg) from None
