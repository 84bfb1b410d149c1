"""Tables and series out of what was printed, by us and by Polars."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import hypostyle as hs
import polars as pl
import pytest
from oracle import TYPES, types

#: Types whose values do not stand in a printed table.
NESTED = {"List", "ListString", "Array", "ArrayString", "Struct"}


def same(printed: str) -> None:
    """Both read the same out of a text."""
    ours, theirs = hs.from_repr(printed), pl.from_repr(printed)
    if isinstance(theirs, pl.Series):
        ours, theirs = ours.to_frame(), theirs.to_frame()
    assert repr(ours.schema).replace("hypostyle", "polars") == repr(theirs.schema)
    assert repr(ours.rows()) == repr(theirs.rows())


def as_shown(value: Any) -> Any:
    """A value with no more digits than are printed."""
    return float(f"{value:.5g}") if isinstance(value, float) else value


@pytest.mark.parametrize("name", [name for name in TYPES if name not in (*NESTED, "Enum")])
@pytest.mark.parametrize("module", [hs, pl])
def test_values_of_all_types_come_back(name: str, module: Any) -> None:
    column = types(module)[name]
    wanted = [as_shown(value) for value in types(hs)[name].to_list()]
    for printed in (repr(column), repr(column.to_frame()), repr(column.head(1)), repr(column.clear())):
        found = hs.from_repr(printed)
        found = found if isinstance(found, hs.Series) else found.to_series()
        assert found.name == name and found.dtype == types(hs)[name].dtype
        assert repr(found.to_list()) == repr(wanted[: len(found)])
    assert len(hs.from_repr(repr(column))) == 5


@pytest.mark.parametrize("name", [*sorted(NESTED), "Enum"])
def test_types_that_are_not_read_are_named(name: str) -> None:
    column = types(hs)[name]
    for printed in (repr(column), repr(column.to_frame())):
        with pytest.raises(NotImplementedError, match=r"type '(list|array|struct|enum)"):
            hs.from_repr(printed)


FRAME = pl.DataFrame(
    {
        "a": range(30),
        "a long name of a column that is wrapped": ["a text that is wrapped over several lines"] * 30,
        "x  y": ["null"] * 30,
    }
)
OPTIONS = [
    {},
    {"tbl_hide_column_data_types": True},
    {"tbl_formatting": "ASCII_FULL"},
    {"tbl_formatting": "UTF8_FULL"},
    {"tbl_formatting": "UTF8_FULL", "tbl_width_chars": 30, "fmt_str_lengths": 100},
    {"tbl_column_data_type_inline": True},
    {"tbl_hide_dtype_separator": True},
    {"tbl_hide_dataframe_shape": True},
    {"tbl_dataframe_shape_below": True},
    {"tbl_cell_alignment": "RIGHT"},
    {"tbl_rows": 0},
    {"tbl_rows": -1},
    {"fmt_str_lengths": 100},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_styles_of_tables(options: dict[str, Any]) -> None:
    with pl.Config(**options):
        for frame in (FRAME, FRAME.head(3), FRAME.head(1), FRAME.clear()):
            same(repr(frame))


def test_what_is_left_out_stays_out() -> None:
    wide = repr(hs.DataFrame({f"c{i}": [i] for i in range(20)}))
    assert hs.from_repr(wide).columns == ["c0", "c1", "c2", "c3", "c16", "c17", "c18", "c19"]
    same(wide)
    long = repr(hs.Series("a", range(100)))
    assert hs.from_repr(long).to_list() == [0, 1, 2, 3, 4, 95, 96, 97, 98, 99]


def test_tables_amid_other_text() -> None:
    frame = repr(hs.DataFrame({"a": [1, 2], "b": ["x", None]}))
    for before in ("    ", "# ", ">>> df\n"):
        same(before + frame.replace("\n", "\n" + before.split("\n")[-1]) + "\nmore\n")
    assert hs.from_repr(frame + "\n" + repr(hs.Series([1]))).width == 2


def test_types_that_are_not_printed_are_found() -> None:
    frame = pl.DataFrame(
        {
            "d": [dt.date(2020, 1, 1)],
            "t": [dt.datetime(2020, 1, 1, 3)],
            "b": [True],
            "f": [1.5],
            "e": [""],
            "ti": [dt.time(3)],
        }
    )
    with pl.Config(tbl_hide_column_data_types=True):
        same(repr(frame))


def test_more_than_polars_reads() -> None:
    texts = ['a"b', "x\ny", None, "null", "", "]"]
    assert hs.from_repr(repr(hs.Series("s", texts))).to_list() == texts
    data = [b'a"\\\x00\xff\n', None]
    assert hs.from_repr(repr(hs.Series("s", data))).to_list() == data
    lengths = [dt.timedelta(days=-1, milliseconds=5), dt.timedelta(0)]
    assert hs.from_repr(repr(hs.Series("s", lengths))).to_list() == lengths
    money = hs.Series("s", [Decimal("1.50"), None])
    assert hs.from_repr(repr(money)).equals(money, check_dtypes=True)
    assert hs.from_repr(repr(hs.DataFrame())).shape == (0, 0)
    assert hs.from_repr(repr(hs.DataFrame({"": [1], "│": ["┆"]}))).rows() == [(1, "┆")]


def test_hours_that_are_there_twice() -> None:
    summer = dt.datetime(2020, 10, 25, 0, 30, tzinfo=dt.timezone.utc)
    times = [summer + dt.timedelta(hours=i) for i in range(3)]
    column = hs.Series("t", times, dtype=hs.Datetime("us", "Europe/Berlin"))
    assert "CEST" in repr(column)
    assert hs.from_repr(repr(column)).equals(column, check_dtypes=True)


@pytest.mark.parametrize("text", ["", "hello", "shape: (1, 1)", "a | b\n1 | 2"])
def test_no_table_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no printed DataFrame or Series"):
        hs.from_repr(text)


def test_broken_tables_are_errors() -> None:
    with pl.Config(tbl_formatting="UTF8_BORDERS_ONLY"), pytest.raises(ValueError, match="no borders between"):
        hs.from_repr(repr(FRAME))
    frame = repr(hs.DataFrame({"a": [1], "b": [True]}))
    with pytest.raises(ValueError, match="'maybe'"):
        hs.from_repr(frame.replace("true", "maybe"))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="x"):
        hs.from_repr(frame.replace("│ 1 ", "│ x "))
