"""Lines of text files, held against Polars."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import hypostyle as hs
import pytest
from oracle import check

CONTENTS = [
    b"",
    b"\n",
    b"a",
    b"a\n\n",
    b"\n\na",
    b'a,b\r\n"x\n\n  y  \n\xc3\xa9',
    b"a\rb\n\r\n",
    b"a\xff\nb",
    b"1\n2.5\nnull\nNA\n",
    b"x" * 200_000 + b"\n" + b"y\n" * 100_000,
]


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
def test_lines_are_those_of_polars(content: bytes) -> None:
    check(lambda m: m.read_lines(content))
    check(lambda m: m.scan_lines(content))
    check(lambda m: m.read_lines(io.BytesIO(content), n_rows=1))
    check(lambda m: m.scan_lines([content, content], row_index_name="i", row_index_offset=3))
    check(lambda m: m.read_lines(gzip.compress(content)))


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\n")
    (tmp_path / "b.txt").write_bytes(b"three")
    (tmp_path / "c.txt").touch()
    paths = sorted(tmp_path.iterdir())

    options: list[dict[str, Any]] = [{}, {"name": "q"}, {"n_rows": 2}, {"n_rows": 0}, {"include_file_paths": "path"}]
    options += [{"include_file_paths": "line"}, {"row_index_name": "i", "include_file_paths": "p", "n_rows": 3}]
    for kwargs in options:
        check(lambda m: m.read_lines(paths, **kwargs))
        check(lambda m: m.scan_lines(str(tmp_path / "*.txt"), **kwargs))
        check(lambda m: m.read_lines(paths[0], **kwargs))
    check(lambda m: m.read_lines(tmp_path / "[ab].txt", glob=False))
    check(lambda m: m.read_lines(tmp_path / "nowhere.txt"))
    check(lambda m: m.scan_lines(paths[0]).filter(m.col("line").str.starts_with("t")).select(m.len()))
    with pytest.raises(hs.exceptions.DuplicateError, match="line"):
        hs.read_lines(paths[0], row_index_name="line")


def test_a_zero_byte_is_an_error_that_says_where() -> None:
    with pytest.raises(hs.exceptions.HypostyleError):
        hs.read_lines(b"a\nb\0c\n")
