"""Tables on the clipboard: a clipboard of our own, as machines that run tests have none."""

from __future__ import annotations

import sys
import types

import hypostyle as hs
import pytest


@pytest.fixture
def clipboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    held = [""]
    module = types.SimpleNamespace(paste=lambda: held[0], copy=lambda text: held.__setitem__(0, text))
    monkeypatch.setitem(sys.modules, "pyperclip", module)
    return held


def test_tables_come_back(clipboard: list[str]) -> None:
    frame = hs.DataFrame({"a": [1, None, 3], "b": ["x y", "é\tz", None], "c": [0.5, 1e20, None]})
    frame.write_clipboard()
    assert clipboard[0].splitlines()[0] == "a\tb\tc"
    assert hs.read_clipboard().equals(frame)
    for part in (frame.clear(), frame.head(1)):
        part.write_clipboard(separator=";", quote_style="always")
        assert hs.read_clipboard(";").rows() == part.rows()


def test_options_are_those_of_csv(clipboard: list[str]) -> None:
    clipboard[0] = "1\t2020-01-31\r\n2\t\r\n"
    frame = hs.read_clipboard(has_header=False, new_columns=["i", "d"], try_parse_dates=True)
    assert frame.schema == {"i": hs.Int64, "d": hs.Date} and frame.height == 2
    frame.write_clipboard(include_header=False, date_format="%d.%m.%Y")
    assert clipboard[0] == "1\t31.01.2020\n2\t\n"
    with pytest.raises(TypeError, match="zz"):
        hs.read_clipboard(zz=1)


def test_empty_clipboards(clipboard: list[str]) -> None:
    with pytest.raises(hs.exceptions.NoDataError):
        hs.read_clipboard()


def test_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyperclip", None)
    with pytest.raises(ModuleNotFoundError, match="pip install pyperclip"):
        hs.read_clipboard()
    with pytest.raises(ModuleNotFoundError, match="pip install pyperclip"):
        hs.DataFrame({"a": [1]}).write_clipboard()
