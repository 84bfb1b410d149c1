"""Every option of reading and writing CSV, against Polars."""

from __future__ import annotations

import datetime as dt
import gzip
import inspect
import io

import hypostyle as hs
import polars as pl
import pytest
from oracle import check

WIDE = b"a,b\n1,2\n3,4,5\n6\n"
NOTES = b"first\nsecond \"line\n# note\na;b\n1;x\n# note\n2;y\n3;z\n"

READ = {
    "has_header": lambda m: m.read_csv(b"1,x\n2,y\n", has_header=False),
    "separator": lambda m: m.read_csv(b"a|b\n1|x\n", separator="|"),
    "no such separator": lambda m: m.read_csv(b"a|b\n", separator="||"),
    "quote_char": lambda m: m.read_csv(b"a,b\n'1,5',x\n", quote_char="'"),
    "no quote_char": lambda m: m.read_csv(b'a,b\n"1,5"\n', quote_char=None),
    "comment_prefix": lambda m: m.read_csv(b"// n\na,b\n// 1,2\n1,2\n", comment_prefix="//"),
    "skip_lines": lambda m: m.read_csv(NOTES, skip_lines=3, separator=";", comment_prefix="#"),
    "skip_rows": lambda m: m.read_csv(b"x\n\"two\nlines\"\na,b\n1,2\n", skip_rows=2),
    "skip_rows_after_header": lambda m: m.read_csv(b"a,b\nint,int\n1,2\n", skip_rows_after_header=1),
    "n_rows": lambda m: m.read_csv(b"a\n1\n2\n3\n", n_rows=2),
    "no rows": lambda m: m.read_csv(b"a\n1\n2\n3\n", n_rows=0),
    "schema": lambda m: m.read_csv(b"a,b\n1,2\n", schema={"a": m.UInt8, "b": m.String}),
    "schema, no header": lambda m: m.read_csv(b"1,2\n", has_header=False, schema={"x": m.Int8, "y": m.Float32}),
    "schema lacks": lambda m: m.read_csv(b"a,b\n1,2\n", schema={"a": m.Int64}),
    "schema has more": lambda m: m.read_csv(b"a\n1\n", schema={"a": m.Int64, "b": m.Int64}),
    "extra_columns": lambda m: m.read_csv(b"a,b\n1,2\n", schema={"a": m.Int64}, extra_columns="ignore"),
    "extra fields": lambda m: m.read_csv(WIDE, extra_columns="ignore"),
    "extra or not": lambda m: m.read_csv(WIDE, extra_columns="ignore", truncate_ragged_lines=False),
    "missing_columns": lambda m: m.read_csv(b"a\n1\n", schema={"a": m.Int64, "b": m.Date}, missing_columns="insert"),
    "schema_overrides": lambda m: m.read_csv(b"a,b,c\n1,2,3\n", schema_overrides={"c": m.Float64, "a": str}),
    "schema_overrides by position": lambda m: m.read_csv(b"a,b,c\n1,2,3\n", schema_overrides=[m.Int8, m.String]),
    "null_values": lambda m: m.read_csv(b"a,b\nNA,-\n1,x\n", null_values=["NA", "-"]),
    "null_value": lambda m: m.read_csv(b"a,b\nNA,NA\n1,x\n", null_values="NA"),
    "null_values by column": lambda m: m.read_csv(b"a,b\nNA,NA\n1,x\n", null_values={"a": "NA"}),
    "empty_string_is_null": lambda m: m.read_csv(b'a,b\n,1\n"",2\nx,\n', empty_string_is_null=False),
    "ignore_errors": lambda m: m.read_csv(
        b"a,b\n1,x\ny,2020-01-01\n", schema_overrides={"a": m.Int8, "b": m.Date}, ignore_errors=True
    ),
    "try_parse_dates": lambda m: m.read_csv(
        b"d,t,z,h\n2020-01-02,2020-01-02 03:04:05.123,2020-01-02T03:04:05Z,01:02:03\n,,,\n", try_parse_dates=True
    ),
    "infer_schema": lambda m: m.read_csv(b"a,b\n1,true\n", infer_schema=False),
    "infer_schema_length": lambda m: m.read_csv(b"a\n1\n2\nx\n", infer_schema_length=2),
    "infer_schema_length of all": lambda m: m.read_csv(b"a\n" + b"1\n" * 200 + b"x\n", infer_schema_length=None),
    "infer_schema_length of none": lambda m: m.read_csv(b"a\n1\n2\n", infer_schema_length=0),
    "infer_schema_files": lambda m: m.read_csv(b"a\n1\n", infer_schema_files=3),
    "utf8": lambda m: m.read_csv("ä\nü\n".encode(), encoding="utf8"),
    "invalid utf8": lambda m: m.read_csv(b"a\n\xe4\n"),
    "utf8-lossy": lambda m: m.read_csv(b"a\nx\xe4y\n", encoding="utf8-lossy"),
    "windows-1252": lambda m: m.read_csv("ä,€\nü,1\n".encode("cp1252"), encoding="windows-1252"),
    "decimal_comma": lambda m: m.read_csv(b'a;b\n1,5;"-2,25"\n3;4\n', separator=";", decimal_comma=True),
    "eol_char": lambda m: m.read_csv(b"a,b;1,x;2,y;", eol_char=";"),
    "row_index": lambda m: m.read_csv(b"a\n1\n2\n", row_index_name="row", row_index_offset=10),
    "truncate_ragged_lines": lambda m: m.read_csv(WIDE, truncate_ragged_lines=True),
    "ragged lines": lambda m: m.read_csv(WIDE),
    "raise_if_empty": lambda m: m.read_csv(b"", raise_if_empty=False),
    "empty": lambda m: m.read_csv(b""),
    "new_columns": lambda m: m.read_csv(b"a,b\n1,2\n", new_columns=["x", "y"]),
    "with_column_names": lambda m: m.read_csv(b"a,b\n1,2\n", with_column_names=lambda n: [x.upper() for x in n]),
    "with_column_names and types": lambda m: m.read_csv(
        b"a,b\n1,2\n", with_column_names=lambda names: [f"{name}2" for name in names], schema_overrides={"b2": m.Int8}
    ),
    "with too few names": lambda m: m.read_csv(b"a,b\n1,2\n", with_column_names=lambda names: names[:1]),
    "columns": lambda m: m.read_csv(b"a,b,c\n1,2,3\n", columns=["c", "a"]).select("a", "c"),
    "low_memory": lambda m: m.read_csv(b"a\n1\n", low_memory=True),
    "unknown": lambda m: m.read_csv(b"a\n1\n", nonsense=True),
}


@pytest.mark.parametrize("name", READ)
def test_reading(name):
    check(READ[name])


def test_signatures():
    """Whatever Polars takes is taken here, with the same defaults."""
    for name in ("scan_csv", "read_csv"):
        theirs = inspect.signature(getattr(pl, name)).parameters
        ours = {**hs.scan_csv.__kwdefaults__, **getattr(hs, name).__kwdefaults__}
        for parameter, value in theirs.items():
            if parameter != "source":
                assert ours[parameter] == value.default, parameter


def test_threads_are_taken():
    text = b"a,b\n" + b"".join(b"%d,x%d\n" % (i, i % 5) for i in range(300_000))
    expected = hs.read_csv(text)
    assert expected.height == 300_000
    for n_threads in (1, 2, 8):
        assert hs.read_csv(text, n_threads=n_threads).equals(expected)


def test_files(tmp_path):
    for i, day in enumerate(("a", "b", "[c]")):
        (tmp_path / f"{day}.csv").write_text(f"n\n{i}\n")
    check(lambda m: m.scan_csv(tmp_path / "?.csv", include_file_paths="path"))
    check(lambda m: m.scan_csv([tmp_path / "b.csv", tmp_path / "a.csv"], include_file_paths="path", row_index_name="i"))
    check(lambda m: m.read_csv(tmp_path / "[c].csv", glob=False))
    check(lambda m: m.read_csv(tmp_path / "a.csv", encoding="latin-1"))
    check(lambda m: m.read_csv(str(tmp_path / "a.csv"), n_rows=1))
    with open(tmp_path / "a.csv") as text, open(tmp_path / "b.csv", "rb") as binary:
        assert hs.read_csv(text).rows() == [(0,)] and hs.read_csv(binary).rows() == [(1,)]
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"n\n5\n"))
    check(lambda m: m.read_csv(tmp_path / "x.csv.gz"))


def frame(m):
    return m.DataFrame(
        {
            "i": [1, None, -3],
            "f": [1.5, float("nan"), 1e-7],
            "t": ["x;y", 'say "hi"', None],
            "e": ["", "a\r\nb", "1,5"],
            "b": [True, None, False],
            "d": [dt.date(2020, 1, 2), None, dt.date(1969, 12, 31)],
            "m": [dt.datetime(2020, 1, 2, 3, 4, 5, 678), None, dt.datetime(1969, 1, 1)],
            "h": [dt.time(1, 2, 3, 400), None, dt.time(4)],
        }
    )


@pytest.mark.parametrize("style", ["necessary", "always", "non_numeric", "never"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"null_value": "NA"},
        {"separator": ";", "quote_char": "'"},
        {"date_format": "%d/%m/%y", "time_format": "%H.%M", "datetime_format": "%Y%m%d %H%M%S"},
        {"float_precision": 3},
        {"float_scientific": True},
        {"float_scientific": False},
        {"float_scientific": True, "float_precision": 1},
        {"decimal_comma": True, "separator": ";"},
        {"line_terminator": "\r\n", "include_header": False, "include_bom": True},
    ],
    ids=str,
)
def test_writing(style, options):
    check(lambda m: frame(m).write_csv(quote_style=style, **options))


def test_bad_options_of_writing():
    check(lambda m: frame(m).write_csv(quote_style="sometimes"))
    check(lambda m: frame(m).write_csv(separator=";;"))
    check(lambda m: frame(m).write_csv(nonsense=1))


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_compression(tmp_path, compression):
    end = {"gzip": "gz", "zstd": "zst"}[compression]
    path = tmp_path / f"x.csv.{end}"
    plain = frame(hs).write_csv()
    for level in (None, 1, 9):
        frame(hs).write_csv(path, compression=compression, compression_level=level)
        # Polars decompresses what we wrote.
        assert pl.read_csv(path).write_csv() == pl.read_csv(plain.encode()).write_csv()
    buffer = io.BytesIO()
    frame(hs).lazy().sink_csv(buffer, compression=compression)
    assert hs.read_csv(buffer.getvalue()).equals(hs.read_csv(plain.encode()))
    check(lambda m: frame(m).write_csv(tmp_path / "x.csv", compression=compression))
    check(lambda m: frame(m).write_csv(path))
    check(lambda m: frame(m).write_csv(path, compression="lz4"))
    frame(hs).write_csv(tmp_path / "plain.gz", check_extension=False)
    assert (tmp_path / "plain.gz").read_bytes().decode() == plain
    with pytest.raises(hs.exceptions.InvalidOperationError, match="bytes"):
        frame(hs).write_csv(compression=compression)


def test_sinks_make_folders_if_asked(tmp_path):
    path = tmp_path / "new" / "folder" / "x.csv"
    check(lambda m: frame(m).lazy().sink_csv(path))
    frame(hs).lazy().sink_csv(path, mkdir=True)
    assert path.read_bytes().decode() == frame(hs).write_csv()
