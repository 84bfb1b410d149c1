"""CSV through Python: the reader's own tests are in Rust, these compare with Polars."""

from __future__ import annotations

import datetime as dt
import io

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

TEXTS = {
    "plain": "a,b\n1,x\n2,y\n",
    "types": "i,f,t,b,n\n1,1.5,x,true,\n-2,inf,,false,\n",
    "quotes": 'a,b\n1,2\n"x,1","say ""hi"""\n"new\nline",""\n',
    "crlf": "a,b\r\n1,2\r\n",
    "no_newline_at_end": "a,b\n1,2",
    "header_only": "a,b\n",
    "spaces": "a, b\n 1, 2\n",
    "short_row": "a,b\n1\n2,3\n",
    "long_row": "a,b\n1,2,3\n",
    "duplicate_names": "a,a\n1,2\n",
    "int_then_float": "a\n1\n2.5\n",
    "int_then_text": "a\n1\nx\n",
    "plus": "a\n+1\n",
    "big": "a\n99999999999999999999\n",
    "unicode": "ä,b\nü,日本\n",
    "bom": "\ufeffa,b\n1,2\n",
    "dates": "d,t\n2020-01-02,2020-01-02T03:04:05\n",
    "empty": "",
    "blank_line": "a,b\n1,2\n\n3,4\n",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"has_header": False},
        {"infer_schema": False},
        {"try_parse_dates": True},
        {"truncate_ragged_lines": True},
        {"ignore_errors": True, "truncate_ragged_lines": True},
        {"n_rows": 1},
        {"skip_rows": 1},
        {"null_values": ["1", "x"]},
        {"row_index_name": "i"},
        {"quote_char": None},
    ],
    ids=str,
)
def test_reading(name, options):
    check(lambda m: m.read_csv(io.BytesIO(TEXTS[name].encode()), **options))


def test_more_options():
    text = "# note\nx;y\n1,5;2020-01-01\n"
    check(lambda m: m.read_csv(text.encode(), separator=";", comment_prefix="#", decimal_comma=True))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", schema={"x": m.Int8, "y": m.String}))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", schema_overrides={"b": m.Float32}))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", schema_overrides=[m.Int8, m.Int16]))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", new_columns=["x", "y"]))
    check(lambda m: m.read_csv(b"a,b\n1,x\n", schema_overrides={"b": m.Int64}))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", columns=["b"]))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", columns=[0]))
    check(lambda m: m.read_csv(b"a,b\n1,2\n", columns=["nope"]))
    check(lambda m: m.read_csv("/nowhere/at/all.csv"))
    check(lambda m: m.read_csv(b"a\n1\n", separator=",,"))


def test_scans(tmp_path):
    for i in range(3):
        (tmp_path / f"part{i}.csv").write_text(f"a,b\n{i},x\n{i + 10},y\n")
    check(lambda m: m.scan_csv(tmp_path / "part0.csv").filter(m.col("a") > 5).select("b"))
    check(lambda m: m.scan_csv(str(tmp_path / "part*.csv")).group_by("b").agg(m.col("a").sum()).sort("b"))
    check(lambda m: m.scan_csv([tmp_path / "part0.csv", tmp_path / "part2.csv"]).head(3))
    check(lambda m: m.scan_csv(tmp_path / "part0.csv").collect_schema().names())


def frame(m):
    return m.DataFrame(
        {
            "i": [1, None, -3],
            "f": [1.5, float("nan"), 1e20],
            "t": ["x,y", 'say "hi"', None],
            "e": ["", "a\nb", " "],
            "b": [True, None, False],
            "d": [dt.date(2020, 1, 2), None, dt.date(1, 1, 1)],
            "m": [dt.datetime(2020, 1, 2, 3, 4, 5), None, dt.datetime(1969, 1, 1)],
            "h": [dt.time(1, 2, 3), None, dt.time(4)],
        }
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"separator": ";"},
        {"include_header": False},
        {"quote_style": "always"},
        {"quote_style": "never"},
        {"quote_style": "non_numeric"},
        {"null_value": "NA"},
        {"date_format": "%d.%m.%Y"},
        {"float_precision": 2},
        {"line_terminator": "\r\n"},
        {"include_bom": True},
    ],
    ids=str,
)
def test_writing(options):
    check(lambda m: frame(m).write_csv(**options))


def test_targets(tmp_path):
    d = frame(hs)
    text = d.write_csv()
    d.write_csv(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().decode() == text
    buffer = io.BytesIO()
    d.write_csv(buffer)
    assert buffer.getvalue().decode() == text
    buffer = io.StringIO()
    d.write_csv(buffer)
    assert buffer.getvalue() == text
    check(lambda m: m.DataFrame({"l": [[1]]}).write_csv())
    check(lambda m: frame(m).lazy().sink_csv(tmp_path / "y.csv"))
    assert (tmp_path / "y.csv").read_bytes().decode() == text


cells = st.one_of(st.none(), st.text(max_size=8).filter(lambda t: "\x00" not in t))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), st.floats(), cells), max_size=8))
def test_round_trip(rows):
    schema = {"i": hs.Int64, "f": hs.Float64, "t": hs.String}
    d = hs.DataFrame(rows, schema=schema, orient="row")
    back = hs.read_csv(d.write_csv().encode(), schema=schema)
    # A text without quotes that is empty is null; the writer quotes empty texts.
    assert back.equals(d)
