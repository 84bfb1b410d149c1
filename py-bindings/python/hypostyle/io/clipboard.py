"""Tables on the clipboard, as text; by the package pyperclip."""

from __future__ import annotations

from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


def read_clipboard(separator: str = "\t", **kwargs: Any) -> DataFrame:
    """What is on the clipboard, as `read_csv` reads it: cells copied from a spreadsheet are separated by tabs."""
    from hypostyle.io.csv import read_csv

    text = required("pyperclip", "the clipboard").paste()
    return read_csv(text.encode(), separator=separator, **kwargs)


def write_clipboard(frame: DataFrame, separator: str, options: dict[str, Any]) -> None:
    """Puts a table on the clipboard as CSV."""
    text = frame.write_csv(separator=separator, **options)
    required("pyperclip", "the clipboard").copy(text)
