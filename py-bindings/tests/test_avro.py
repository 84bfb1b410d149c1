"""Avro files: what Polars reads we read the same, what we write Polars and fastavro read."""

from __future__ import annotations

import datetime as dt
import io
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import hypostyle as hs
import polars as pl
import pytest
from oracle import TYPES, check, types

UTC = dt.timezone.utc


def container(avro: Any, values: list[Any], codec: str = "null") -> io.BytesIO:
    """A file with a column `x`, as fastavro writes it."""
    file = io.BytesIO()
    schema = fastavro.parse_schema({"type": "record", "name": "r", "fields": [{"name": "x", "type": avro}]})
    fastavro.writer(file, schema, [{"x": value} for value in values], codec=codec)
    return io.BytesIO(file.getvalue())


def nullable(avro: Any) -> list[Any]:
    return ["null", avro]


ENUM = {"type": "enum", "name": "e", "symbols": ["a", "b"]}
RECORD = {"type": "record", "name": "q", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}
KNOWN: list[tuple[Any, list[Any]]] = [
    ("boolean", [True, False]),
    ("int", [1, -1]),
    ("long", [2**40]),
    ("float", [1.5]),
    ("double", [1.5, float("inf")]),
    ("bytes", [b"a", b""]),
    ("string", ["a", "é", ""]),
    (ENUM, ["a", "b", "a"]),
    ({"type": "fixed", "name": "f", "size": 2}, [b"ab"]),
    ({"type": "array", "items": "int"}, [[1, 2], []]),
    ({"type": "array", "items": ["null", "string"]}, [["a", None], []]),
    (RECORD, [{"a": 1, "b": "x"}]),
    ({"type": "int", "logicalType": "date"}, [dt.date(2020, 1, 1), dt.date(1, 1, 1)]),
    ({"type": "int", "logicalType": "time-millis"}, [dt.time(1, 2, 3)]),
    ({"type": "long", "logicalType": "time-micros"}, [dt.time(1, 2, 3, 4)]),
    ({"type": "long", "logicalType": "timestamp-millis"}, [dt.datetime(2020, 1, 1, tzinfo=UTC)]),
    ({"type": "long", "logicalType": "timestamp-micros"}, [dt.datetime(1960, 1, 1, 0, 0, 0, 7, tzinfo=UTC)]),
    ({"type": "long", "logicalType": "local-timestamp-millis"}, [dt.datetime(2020, 1, 1)]),
    ({"type": "long", "logicalType": "local-timestamp-micros"}, [dt.datetime(2020, 1, 1, 0, 0, 0, 7)]),
    ({"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}, [Decimal("1.25"), Decimal("-0.01")]),
    (
        {"type": "fixed", "size": 4, "name": "d", "logicalType": "decimal", "precision": 5, "scale": 2},
        [Decimal("1.25")],
    ),
]


@pytest.mark.parametrize(("avro", "values"), KNOWN, ids=str)
def test_types_that_polars_reads(avro: Any, values: list[Any]) -> None:
    check(lambda m: m.read_avro(container(avro, values)))
    check(lambda m: m.read_avro(container(avro, [])))
    if avro != ENUM:  # Polars panics.
        check(lambda m: m.read_avro(container(nullable(avro), [None, *values, None])))
        check(lambda m: m.read_avro(container([avro, "null"], [None, *values])))


OURS: list[tuple[Any, list[Any], Any, list[Any]]] = [
    (nullable(ENUM), ["a", None], hs.Categorical, ["a", None]),
    ({"type": "string", "logicalType": "uuid"}, ["ab" * 16], hs.String, ["abababab-abab-abab-abab-abababababab"]),
    ("null", [None, None], hs.Null, [None, None]),
    (
        {"type": "map", "values": ["null", "int"]},
        [{"a": 1, "b": None}, {}],
        hs.List(hs.Struct({"key": hs.String, "value": hs.Int32})),
        [[{"key": "a", "value": 1}, {"key": "b", "value": None}], []],
    ),
    (
        {"type": "array", "items": nullable({"type": "map", "values": "string"})},
        [[{"a": "x"}, None]],
        hs.List(hs.List(hs.Struct({"key": hs.String, "value": hs.String}))),
        [[[{"key": "a", "value": "x"}], None]],
    ),
    (
        {
            "type": "record",
            "name": "q",
            "fields": [{"name": "u", "type": nullable({"type": "string", "logicalType": "uuid"})}],
        },
        [{"u": "ab" * 16}, {"u": None}],
        hs.Struct({"u": hs.String}),
        [{"u": "abababab-abab-abab-abab-abababababab"}, {"u": None}],
    ),
]


@pytest.mark.parametrize(("avro", "values", "dtype", "wanted"), OURS, ids=str)
def test_types_that_polars_does_not_read(avro: Any, values: list[Any], dtype: Any, wanted: list[Any]) -> None:
    column = hs.read_avro(container(avro, values))["x"]
    assert column.dtype == dtype and column.to_list() == wanted


def test_types_by_name() -> None:
    fields = [{"name": "a", "type": RECORD}, {"name": "b", "type": ["null", "q"]}, {"name": "c", "type": {"type": "q"}}]
    file = io.BytesIO()
    row = {"a": 1, "b": "x"}
    schema = fastavro.parse_schema({"type": "record", "name": "r", "fields": fields[:2]})
    fastavro.writer(file, schema, [{"a": row, "b": row}, {"a": row, "b": None}])
    assert hs.read_avro(file.getvalue()).rows() == [(row, row), (row, None)]


@pytest.mark.parametrize(
    ("avro", "values", "text"),
    [
        (["int", "string"], [1, "a"], "union of 2 types"),
        (["null", "int", "string"], [1, None], "union of 2 types"),
        (
            {"type": "record", "name": "q", "fields": [{"name": "next", "type": ["null", "q"]}]},
            [{"next": None}],
            "contains itself",
        ),
    ],
)
def test_types_that_columns_do_not_have(avro: Any, values: list[Any], text: str) -> None:
    with pytest.raises(hs.exceptions.ComputeError, match=f"'x'.*{text}"):
        hs.read_avro(container(avro, values))


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "bzip2", "xz"])
def test_codecs_are_read(codec: str) -> None:
    assert hs.read_avro(container("int", [1, 2], codec)).rows() == [(1,), (2,)]


FRAME = pl.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"]})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"columns": ["b"]},
        {"columns": ["b", "a"]},
        {"columns": [1, 0]},
        {"columns": "b"},
        {"columns": ["zz"]},
        {"n_rows": 2},
        {"n_rows": 0},
        {"n_rows": 9},
        {"n_rows": 2, "columns": [1]},
    ],
    ids=str,
)
def test_arguments(options: dict[str, Any], tmp_path: Path) -> None:
    FRAME.write_avro(tmp_path / "a.avro")
    check(lambda m: m.read_avro(tmp_path / "a.avro", **options))
    check(lambda m: m.read_avro(open(tmp_path / "a.avro", "rb"), **options))
    FRAME.clear().write_avro(tmp_path / "b.avro")
    if len(options.get("columns", [])) < 2:  # Without rows, Polars gives the columns in the order of the argument.
        check(lambda m: m.read_avro(str(tmp_path / "b.avro"), **options))


def test_bad_input(tmp_path: Path) -> None:
    FRAME.write_avro(tmp_path / "a.avro")
    data = (tmp_path / "a.avro").read_bytes()
    for broken in (b"abc", b"", data[:-5], data[:30]):
        check(lambda m: m.read_avro(io.BytesIO(broken)))
    check(lambda m: m.read_avro("/nowhere.avro"))
    check(lambda m: m.read_avro(5))
    numbers = io.BytesIO()
    fastavro.writer(numbers, "int", [1, 2])
    check(lambda m: m.read_avro(io.BytesIO(numbers.getvalue())))
    with pytest.raises(hs.exceptions.OutOfBoundsError, match="column 7 of a file of 2"):
        hs.read_avro(data, columns=[7])
    with pytest.raises(ValueError, match="n_rows"):
        hs.read_avro(data, n_rows=-1)


REFUSED = {"Int128", "UInt128", "UInt64", "Duration", "ArrayString"}
#: What types become in a file, where it has no such type.
BECOME = {
    **dict.fromkeys(["Int8", "Int16", "UInt8", "UInt16"], hs.Int32),
    "UInt32": hs.Int64,
    "Float16": hs.Float32,
    "Categorical": hs.String,
    "Enum": hs.String,
    "Array": hs.List(hs.Int32),
}


@pytest.mark.parametrize("name", TYPES)
def test_all_types_there_and_back(name: str) -> None:
    column = types(hs)[name]
    if name in REFUSED:
        with pytest.raises(hs.exceptions.ComputeError, match=f"no type for column {name!r}"):
            column.to_frame().write_avro(io.BytesIO())
        return
    whole = column.append(column.clone()).to_frame()
    for frame in (whole, whole.head(1), whole.clear(), whole.slice(2, 3), whole.tail(1)):
        file = io.BytesIO()
        frame.write_avro(file)
        back = hs.read_avro(file.getvalue())
        assert back.schema == {name: BECOME.get(name, column.dtype)}
        assert repr(back.rows()) == repr(frame.rows())
        if name != "Null":  # Polars panics.
            check(lambda m: m.read_avro(io.BytesIO(file.getvalue())))


@pytest.mark.parametrize("compression", ["uncompressed", "snappy", "deflate", "zstd"])
def test_files_as_polars_writes_them(compression: str, tmp_path: Path) -> None:
    def program(m: Any) -> Any:
        frame = m.DataFrame({"a b": [1, None], "s": [{"x": 1, "y": [1.5]}, None], "d": [Decimal("1.25"), None]})
        frame.write_avro(tmp_path / "a.avro", compression, name="rows")
        with open(tmp_path / "a.avro", "rb") as file:
            reader = fastavro.reader(file)
            return [reader.codec, reader.writer_schema, list(reader)]

    check(program)


def test_what_is_not_written(tmp_path: Path) -> None:
    check(lambda m: m.DataFrame({"a": [1]}).write_avro("/nowhere/a.avro"))
    check(lambda m: m.DataFrame({"a": [1]}, schema={"a": m.Datetime("ns")}).write_avro(io.BytesIO()))
    with pytest.raises(hs.exceptions.ComputeError, match="'t'.*finer than microseconds"):
        hs.Series("t", [1], dtype=hs.Int64).cast(hs.Time).to_frame().write_avro(tmp_path / "a.avro")
    assert not list(tmp_path.iterdir())
    file = io.BytesIO()
    hs.DataFrame().write_avro(file)
    assert hs.read_avro(file.getvalue()).shape == (0, 0)


def test_packages_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cramjam", None)
    with pytest.raises(ModuleNotFoundError, match="pip install cramjam"):
        hs.DataFrame({"a": [1]}).write_avro(io.BytesIO(), "snappy")
    monkeypatch.setitem(sys.modules, "fastavro", None)
    for call in (lambda: hs.read_avro(b""), lambda: hs.DataFrame({"a": [1]}).write_avro(io.BytesIO())):
        with pytest.raises(ModuleNotFoundError, match="pip install fastavro"):
            call()
