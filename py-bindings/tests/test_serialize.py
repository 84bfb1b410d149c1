"""Frames written out whole and read again."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import hypostyle as hs
import polars as pl
import pytest
from oracle import TYPES, check, types


@pytest.mark.parametrize("format", ["binary", "json"])
@pytest.mark.parametrize("name", TYPES)
def test_all_types_come_back(name: str, format: str) -> None:
    column = types(hs)[name]
    whole = column.append(column.clone()).to_frame()
    for frame in (whole, whole.head(1), whole.clear(), whole.slice(2, 5), hs.concat([whole, whole])):
        back = hs.DataFrame.deserialize(io.BytesIO(_bytes(frame.serialize(format=format))), format=format)
        assert back.schema == frame.schema and repr(back.rows()) == repr(frame.rows())
        again = pickle.loads(pickle.dumps(frame))
        assert again.schema == frame.schema and repr(again.rows()) == repr(frame.rows())


def _bytes(data: Any) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


FRAME = hs.DataFrame({"a": [1, None], "b": ["x", "y"]})


def test_targets_and_sources(tmp_path: Path) -> None:
    for path in (tmp_path / "frame", str(tmp_path / "frame")):
        for format in ("binary", "json"):
            assert FRAME.serialize(path, format=format) is None
            assert hs.DataFrame.deserialize(path, format=format).equals(FRAME)
            with open(path, "rb") as opened:
                assert hs.DataFrame.deserialize(opened, format=format).equals(FRAME)
    file = io.BytesIO()
    assert FRAME.serialize(file) is None
    assert hs.DataFrame.deserialize(file.getvalue()).equals(FRAME)
    text = io.StringIO()
    FRAME.serialize(text, format="json")
    assert hs.DataFrame.deserialize(io.StringIO(text.getvalue()), format="json").equals(FRAME)
    assert hs.DataFrame.deserialize(hs.DataFrame().serialize()).shape == (0, 0)


def test_frames_of_polars_are_read() -> None:
    theirs = pl.DataFrame({"a": [1, None], "b": ["x", "y"], "l": [[1], []]})
    for format in ("binary", "json"):
        data = _bytes(theirs.serialize(format=format))
        assert hs.DataFrame.deserialize(data, format=format).rows() == theirs.rows()


def test_bad_input(tmp_path: Path) -> None:
    data = FRAME.serialize()
    for broken in (b"", b"abc", data[:20], data[: len(data) // 2], b"[1,2]", b"{}", b'{"ipc": 5}', b'{"ipc": "AAAA"}'):
        for format in ("binary", "json"):
            with pytest.raises(hs.exceptions.ComputeError):
                hs.DataFrame.deserialize(broken, format=format)
    check(lambda m: m.DataFrame.deserialize("/nowhere"))
    check(lambda m: m.DataFrame.deserialize(5))
    check(lambda m: m.DataFrame().serialize(format="zz"))
    check(lambda m: m.DataFrame.deserialize(b"", format="zz"))
    check(lambda m: m.DataFrame().serialize("/nowhere/frame"))
    with pytest.raises(TypeError, match="files of bytes"):
        FRAME.serialize(io.StringIO())
