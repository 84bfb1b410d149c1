"""Tables as text: byte for byte as Polars shows them."""

from __future__ import annotations

import datetime as dt

import hypostyle as hs
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle import TYPES, types


def same(program, **config):
    with pl.Config(**config):
        wanted = str(program(pl))
    with hs.Config(**config):
        found = str(program(hs))
    assert found == wanted, f"\n{wanted}\n{found}"


@pytest.mark.parametrize("name", TYPES)
def test_every_type_in_a_frame_and_in_a_series(name):
    same(lambda m: types(m)[name])
    same(lambda m: types(m)[name].to_frame())


@pytest.mark.parametrize("name", TYPES)
def test_empty(name):
    same(lambda m: types(m)[name].head(0))
    same(lambda m: types(m)[name].head(0).to_frame())


def test_all_types_side_by_side():
    same(lambda m: m.DataFrame(list(types(m).values())))
    same(lambda m: m.DataFrame(list(types(m).values())), tbl_cols=-1, tbl_width_chars=400)
    same(lambda m: m.DataFrame(list(types(m).values())[9:17]))
    same(lambda m: m.DataFrame(list(types(m).values())[16:]))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(), min_size=1, max_size=10))
def test_floats(values):
    same(lambda m: m.DataFrame({"f": values}))
    same(lambda m: m.Series("f", values, dtype=m.Float32, strict=False))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=10))
def test_durations(unit, values):
    same(lambda m: m.Series("d", values, dtype=m.Int64).cast(m.Duration(unit)))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata"])
def test_datetimes(unit, zone):
    values = [0, 1, -1, 1_000_000, 1_700_000_000_000, -5_000_000_000, 999]
    same(lambda m: m.Series("d", values, dtype=m.Int64).cast(m.Datetime(unit, zone)).to_frame())


ascii_words = st.text(st.characters(codec="ascii", categories=["L", "Nd", "Zs", "Po"]), max_size=45)


@settings(max_examples=150, deadline=None)
@given(
    names=st.lists(st.text("abcdefgh_", min_size=1, max_size=25), min_size=1, max_size=8, unique=True),
    cells=st.lists(ascii_words, min_size=1, max_size=4),
    width=st.integers(100, 160),
)
@example(names=["a", "b", "c"], cells=["0000000000000000000000 00000000"], width=100)
def test_long_texts_are_broken_the_same(names, cells, width):
    data = {name: [cells[(i + j) % len(cells)] for j in range(3)] for i, name in enumerate(names)}
    same(lambda m: m.DataFrame(data), tbl_width_chars=width)


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 8, 9, 10, 11, 25, 2000])
def test_heights(rows):
    same(lambda m: m.DataFrame({"a": list(range(rows))}, schema={"a": m.Int64}))
    same(lambda m: m.Series("a", list(range(rows)), dtype=m.Int64))


@pytest.mark.parametrize("cols", [0, 1, 7, 8, 9, 20])
def test_widths(cols):
    same(lambda m: m.DataFrame({f"c{i}": [i] for i in range(cols)}))


@pytest.mark.parametrize(
    "config",
    [
        {"tbl_rows": 0},
        {"tbl_rows": 1},
        {"tbl_rows": 5},
        {"tbl_cols": 0},
        {"tbl_cols": 1},
        {"tbl_cols": 3},
        {"tbl_hide_column_data_types": True},
        {"tbl_hide_column_names": True},
        {"tbl_hide_dtype_separator": True},
        {"tbl_hide_dataframe_shape": True},
        {"tbl_dataframe_shape_below": True},
        {"tbl_column_data_type_inline": True},
        {"tbl_cell_alignment": "RIGHT"},
        {"tbl_cell_alignment": "CENTER"},
        {"tbl_cell_numeric_alignment": "RIGHT"},
        {"float_precision": 2},
        {"fmt_float": "full"},
        {"fmt_str_lengths": 5},
        {"fmt_table_cell_list_len": 1},
        {"fmt_table_cell_list_len": 5},
        *({"tbl_formatting": name} for name in ("ASCII_MARKDOWN", "ASCII_FULL", "ASCII_FULL_CONDENSED", "UTF8_FULL")),
        *({"tbl_formatting": name} for name in ("ASCII_BORDERS_ONLY", "ASCII_BORDERS_ONLY_CONDENSED", "NOTHING")),
        *({"tbl_formatting": name} for name in ("ASCII_NO_BORDERS", "ASCII_HORIZONTAL_ONLY", "UTF8_NO_BORDERS")),
        *({"tbl_formatting": name} for name in ("UTF8_BORDERS_ONLY", "UTF8_HORIZONTAL_ONLY", "UTF8_FULL_CONDENSED")),
    ],
)
def test_settings(config):
    def program(m):
        n = 11
        return m.DataFrame(
            {
                "a": range(n),
                "f": [1.0, 2.3456, 1e20] + [0.5] * (n - 3),
                "text": ["x", "longer than five", "y" * 40] + ["z"] * (n - 3),
                "list": [[1, 2, 3, 4, 5, 6], [], None] + [[7]] * (n - 3),
            }
        )

    same(program, **config)


def test_unusual_text():
    same(lambda m: m.DataFrame({"日本語": ["日本語", "x"], "é": ["é", "👍"]}))
    same(lambda m: m.DataFrame({"a": ['"quoted"', "back\\slash", "new\nline"]}))


def test_html_has_every_cell_escaped():
    html = hs.DataFrame({"a<b": ["<i>", "x"], "d": [dt.date(2020, 1, 1), None]})._repr_html_()
    assert "a&lt;b" in html and "&lt;i&gt;" in html and "2020-01-01" in html and "shape: (2, 2)" in html


def test_config_is_undone():
    frame = hs.DataFrame({"a": range(5)})
    before = str(frame)
    with hs.Config(tbl_rows=2):
        assert "…" in str(frame)
    assert str(frame) == before

    @hs.Config(tbl_hide_dataframe_shape=True)
    def shown():
        return str(frame)

    assert "shape" not in shown()
    assert str(frame) == before
    hs.Config.set_tbl_rows(1)
    hs.Config.restore_defaults()
    assert str(frame) == before


def test_html_of_plans_and_expressions():
    query = hs.LazyFrame({"a": [1]}).filter(hs.col("a") < 2)
    assert query._repr_html_().startswith("<pre>") and "&lt;" in query._repr_html_()
    assert hs.col("a")._repr_html_() == pl.col("a")._repr_html_()
