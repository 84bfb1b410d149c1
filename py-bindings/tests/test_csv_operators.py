"""Operators over CSV that has nulls, empty texts, quoted newlines, separators and quotes, and CRLF.

The files are written here by hand, not by a writer under test; Polars is the oracle.
"""

from __future__ import annotations

import datetime
import os
import random
import subprocess
import sys
from pathlib import Path

import hypostyle as hs
import polars as pl
import pytest
from csv_operators import PROGRAMS, differences, schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

NAMES = list(schema(hs))
TEXTS = ["", "a", "a,b", "ü", "two\nlines", "two\r\nlines", 'say "hi"', '"', "\n", ",", " ", "日本,\n語", "x" * 40]
GROUPS = ["", "ü", "a,b", "new\nline", 'q"q', "plain"]


def field(value: object, quoted: bool) -> str:
    """A value as it stands in CSV. Missing is nothing, the empty text is quoted."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else "NaN" if value != value else str(value)
    if quoted or (isinstance(value, str) and (not text or any(c in text for c in ',"\r\n'))):
        return '"' + text.replace('"', '""') + '"'
    return text


def csv(names: list[str], rows: list[tuple], end: str, quoted: bool = False, last_end: bool = True) -> str:
    """Rows as the text of a file."""
    lines = [",".join(names), *(",".join(field(value, quoted) for value in row) for row in rows)]
    return end.join(lines) + (end if last_end else "")


def write(path: Path, text: str) -> Path:
    """Writes the text as it is: line ends are part of it."""
    path.write_bytes(text.encode())
    return path


def left_row(chance: random.Random, number: int) -> tuple:
    """A row of which each value but the first may be missing."""

    def sometimes(value: object) -> object:
        return None if chance.random() < 0.15 else value

    text = chance.choice(TEXTS) if chance.random() < 0.7 else f"{chance.choice(TEXTS)}{chance.randrange(3000)}"
    return (
        number,
        sometimes(chance.randrange(-3, 9)),
        sometimes(chance.choice(GROUPS)),
        sometimes(text),
        sometimes(chance.choice([chance.randrange(-40, 40) / 4, float("nan"), float("inf")])),
        sometimes(chance.random() < 0.5),
        sometimes(datetime.date(2020, 1, 1) + datetime.timedelta(chance.randrange(400))),
    )


def right_rows() -> list[tuple]:
    """Some keys once, some twice, some never; null and the empty text are among them."""
    keys = [(k, g) for k in (None, -1, 0, 3, 5) for g in (None, "", "ü", "a,b", "new\nline")]
    return [(k, g, w) for w, (k, g) in enumerate([*keys, *keys[::3], (99, "elsewhere")])]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Tables of several blocks: 60,000 rows whose quoted newlines fall on borders of blocks, too."""
    folder = tmp_path_factory.mktemp("csv")
    chance = random.Random(7)
    rows = [left_row(chance, number) for number in range(60_000)]
    left = write(folder / "left.csv", csv(NAMES, rows, "\r\n"))
    assert left.stat().st_size > 2 << 20
    return left, write(folder / "right.csv", csv(["k", "g", "w"], right_rows(), "\n"))


# The number of threads is fixed when the package is imported: a process for each.
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_every_operator_on_threads(large, threads):
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("csv_operators.py"), *large],
        env={**os.environ, "HYPOSTYLE_MAX_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{threads} threads")


@pytest.mark.parametrize("rows", [0, 1, 2, 50])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_every_operator_on_few_rows(tmp_path, rows, end):
    chance = random.Random(rows)
    left = csv(NAMES, [left_row(chance, number) for number in range(rows)], end, quoted=False, last_end=rows != 2)
    right = csv(["k", "g", "w"], right_rows()[:rows], end)
    assert not differences(write(tmp_path / "left.csv", left), write(tmp_path / "right.csv", right))


cells = st.none() | st.text(alphabet=['"', ",", "\n", "\r", "a", "ü", " ", "#", "1"], max_size=5)
rows = st.tuples(
    st.integers(-9, 9),
    st.none() | st.integers(-1, 3),
    st.none() | st.sampled_from(GROUPS),
    cells,
    st.none() | st.sampled_from([0.25, -1.5, float("nan")]),
    st.none() | st.booleans(),
    st.none() | st.dates(datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rows, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from(list(PROGRAMS)))
def test_random_tables(tmp_path_factory, values, end, last_end, program):
    numbered = [(number, *row[1:]) for number, row in enumerate(values)]
    folder = tmp_path_factory.mktemp("random")
    left = write(folder / "left.csv", csv(NAMES, numbered, end, last_end=last_end))
    right = write(folder / "right.csv", csv(["k", "g", "w"], right_rows(), end))
    assert not differences(left, right, [program])


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_was_written_by_hand_is_read(values, end, quoted):
    """Against the values themselves: no reader is the oracle here."""
    if quoted:
        # A quoted nothing is the empty text.
        values = [tuple("" if value is None else value for value in row) for row in values]
    found = hs.read_csv(csv(NAMES, values, end, quoted=quoted).encode(), schema=dict.fromkeys(NAMES, hs.String))
    wanted = [tuple(field(v, False) if v is not None and not isinstance(v, str) else v for v in row) for row in values]
    assert found.rows() == wanted


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"line_terminator": "\r\n"},
        {"quote_style": "non_numeric", "null_value": "NULL"},
        {"separator": "\t"},
        {"include_bom": True},
        {"null_value": "missing"},
    ],
    ids=str,
)
def test_round_trip(large, tmp_path, options):
    frame = hs.read_csv(large[0], schema=schema(hs))
    path = tmp_path / "out.csv"
    frame.write_csv(path, **options)
    reading = {"separator": options.get("separator", ","), "null_values": options.get("null_value")}
    assert hs.read_csv(path, schema=schema(hs), **reading).equals(frame)
    assert_frame_equal(pl.read_csv(path, schema=schema(pl), **reading), pl.DataFrame(frame))
    frame.lazy().sink_csv(tmp_path / "sink.csv", **options)
    assert (tmp_path / "sink.csv").read_bytes() == path.read_bytes()


def test_missing_and_empty_are_two_things():
    text = b'a,b\r\n,""\r\n"",x\r\n'
    assert hs.read_csv(text).rows() == [(None, ""), ("", "x")]
    assert hs.read_csv(text, empty_string_is_null=False).rows() == [("", ""), ("", "x")]
    assert hs.read_csv(text).write_csv() == 'a,b\n,""\n"",x\n'
