"""`Config`: its state, the environment, and JSON that both packages read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import hypostyle as hs
import polars as pl
import pytest

TABLE = {
    "a": [1, 2, 3, 4, 5],
    "b": ["x", "yyyyyyyyyyyyyyyyyyyyyyyyyy", None, "z", "u"],
    "c": [1.5, 2.25, 3.0, None, 1e9],
}


@pytest.fixture(autouse=True)
def defaults():
    yield
    hs.Config.restore_defaults()
    pl.Config.restore_defaults()
    hs.Config.reload_env_vars()


#: Programs that set something, or raise.
SETTINGS = {
    "ascii": lambda c: c.set_ascii_tables(),
    "not_ascii": lambda c: c.set_ascii_tables(False),
    "ascii_unset": lambda c: c.set_ascii_tables().set_ascii_tables(None),
    "rows": lambda c: c.set_tbl_rows(2),
    "all_rows": lambda c: c.set_tbl_rows(-1),
    "cols": lambda c: c.set_tbl_cols(2),
    "width": lambda c: c.set_tbl_width_chars(-1),
    "formatting": lambda c: c.set_tbl_formatting("MARKDOWN"),
    "no_formatting": lambda c: c.set_tbl_formatting("XX"),
    "square": lambda c: c.set_tbl_formatting(None, None),
    "types": lambda c: c.set_tbl_hide_column_data_types(),
    "names": lambda c: c.set_tbl_hide_column_names().set_tbl_hide_column_names(False),
    "separator": lambda c: c.set_tbl_hide_dtype_separator(),
    "shape": lambda c: c.set_tbl_hide_dataframe_shape(),
    "below": lambda c: c.set_tbl_dataframe_shape_below(),
    "inline": lambda c: c.set_tbl_column_data_type_inline(),
    "alignment": lambda c: c.set_tbl_cell_alignment("RIGHT"),
    "no_alignment": lambda c: c.set_tbl_cell_alignment("UP"),
    "numbers": lambda c: c.set_tbl_cell_numeric_alignment("RIGHT"),
    "lengths": lambda c: c.set_fmt_str_lengths(5),
    "no_lengths": lambda c: c.set_fmt_str_lengths(0),
    "lists": lambda c: c.set_fmt_table_cell_list_len(2),
    "full": lambda c: c.set_fmt_float("full"),
    "mixed": lambda c: c.set_fmt_float("full").set_fmt_float(None),
    "no_float": lambda c: c.set_fmt_float("x"),
    "precision": lambda c: c.set_float_precision(3),
    "decimal_separator": lambda c: c.set_decimal_separator(".").set_decimal_separator(),
    "thousands_separator": lambda c: c.set_thousands_separator(False).set_thousands_separator(None),
    "zeros": lambda c: c.set_trim_decimal_zeros(False),
    "engine": lambda c: c.set_engine_affinity("streaming"),
    "no_engine": lambda c: c.set_engine_affinity("warp"),
    "chunk": lambda c: c.set_streaming_chunk_size(5),
    "no_chunk": lambda c: c.set_streaming_chunk_size(0),
    "verbose": lambda c: c.set_verbose(),
    "not_verbose": lambda c: c.set_verbose(False),
    "depth": lambda c: c.set_expr_depth_warning(5),
    "no_depth": lambda c: c.set_expr_depth_warning(-1),
    "unstable": lambda c: c.warn_unstable(),
    "credentials": lambda c: c.set_default_credential_provider("auto"),
    "load": lambda c: c.load('{"environment":{"POLARS_FMT_MAX_ROWS":"3","A":"1"},"direct":{"set_fmt_float":"full"}}'),
    "load_nothing": lambda c: c.load("{}"),
    "no_load": lambda c: c.load("x"),
    "no_file": lambda c: c.load_from_file("/nowhere"),
    "option": lambda c: c(tbl_rows=2),
    "no_option": lambda c: c(x=1),
    "restored": lambda c: c(tbl_rows=2, restore_defaults=True),
    "late": lambda c: c(tbl_rows=2, apply_on_context_enter=True),
    "twice": lambda c: c(tbl_rows=2, warn_unstable=True, set_verbose=False),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_have_the_state_and_the_table_that_polars_gives(name):
    found = []
    for module in (pl, hs):
        try:
            SETTINGS[name](module.Config)
        except Exception as error:
            found.append(type(error))
            continue
        config = module.Config
        found.append(
            (config.state(), config.state(if_set=True, env_only=True), str(module.DataFrame(TABLE)), config.save())
        )
        pl.Config.restore_defaults()
    if isinstance(found[0], tuple):
        assert json.loads(found[0][3]) == json.loads(found[1][3])
        assert found[0][:3] == found[1][:3]
    else:
        assert found[0] is found[1]


def test_what_tables_cannot_do_is_an_error_that_names_it():
    for program, words in [
        (lambda c: c.set_decimal_separator(","), "set_decimal_separator"),
        (lambda c: c.set_thousands_separator(True), "set_thousands_separator"),
        (lambda c: c.set_thousands_separator("_"), "set_thousands_separator"),
        (lambda c: c.set_trim_decimal_zeros(), "set_trim_decimal_zeros"),
        (lambda c: c.set_tbl_formatting("UTF8_FULL", rounded_corners=True), "rounded_corners"),
        (lambda c: c.enable_monitoring(), "enable_monitoring"),
        (lambda c: c.set_default_credential_provider(lambda: None), "set_default_credential_provider"),
    ]:
        with pytest.raises(hs.exceptions.InvalidOperationError, match=words):
            program(hs.Config)
    assert hs.Config.state(if_set=True, env_only=True) == {}


def test_what_one_package_saves_the_other_loads(tmp_path):
    pl.Config.set_tbl_rows(3).set_fmt_float("full")
    pl.Config.save_to_file(tmp_path / "polars.json")
    pl.Config.restore_defaults()
    hs.Config.load_from_file(tmp_path / "polars.json")
    assert hs.Config.state()["POLARS_FMT_MAX_ROWS"] == "3" and hs.Config.state()["set_fmt_float"] == "full"
    hs.Config.set_tbl_cols(1)
    hs.Config.save_to_file(str(tmp_path / "ours.json"))
    hs.Config.restore_defaults()
    pl.Config.load_from_file(tmp_path / "ours.json")
    assert pl.Config.state(if_set=True, env_only=True) == {"POLARS_FMT_MAX_ROWS": "3", "POLARS_FMT_MAX_COLS": "1"}


def test_variables_of_the_environment_count():
    code = """
import os, hypostyle as hs
rows = lambda: hs.Config.state()["POLARS_FMT_MAX_ROWS"]
print(rows(), str(hs.DataFrame({"a": range(9)})).count("\\n"))
hs.Config.restore_defaults(); print(rows(), os.environ["POLARS_FMT_MAX_ROWS"])
hs.Config.reload_env_vars(); print(rows())
hs.Config.set_tbl_rows(4); print(os.environ["HYPOSTYLE_FMT_MAX_ROWS"])
"""
    path = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(hs.__file__)), "POLARS_FMT_MAX_ROWS": "7"}
    for extra, first in [({}, "7"), ({"HYPOSTYLE_FMT_MAX_ROWS": "2"}, "2")]:
        done = subprocess.run(
            [sys.executable, "-c", code], env={**path, **extra}, capture_output=True, text=True, check=True
        )
        lines = done.stdout.split("\n")
        assert lines[0].startswith(first + " ") and lines[1:4] == ["None 7", "7", "4"]


def test_a_variable_that_is_no_number_is_named(monkeypatch):
    monkeypatch.setenv("HYPOSTYLE_FMT_MAX_ROWS", "many")
    with pytest.raises(ValueError, match="FMT_MAX_ROWS.*'many'"):
        str(hs.DataFrame({"a": [1]}))


def test_blocks_and_functions_give_back_what_was_there():
    hs.Config.set_tbl_rows(9)
    with hs.Config(restore_defaults=True, tbl_cols=3):
        assert hs.Config.state(if_set=True, env_only=True) == {"POLARS_FMT_MAX_COLS": "3"}
    late = hs.Config(tbl_rows=1, apply_on_context_enter=True)
    assert hs.Config.state()["POLARS_FMT_MAX_ROWS"] == "9"
    with late:
        assert hs.Config.state()["POLARS_FMT_MAX_ROWS"] == "1"
    assert hs.Config.state(if_set=True, env_only=True) == {"POLARS_FMT_MAX_ROWS": "9"}

    @hs.Config(tbl_rows=2)
    def rows():
        return hs.Config.state()["POLARS_FMT_MAX_ROWS"]

    assert rows() == "2" and hs.Config.state()["POLARS_FMT_MAX_ROWS"] == "9"
