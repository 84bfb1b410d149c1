"""`Config`: how tables look, and other settings of the process."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEFAULTS: dict[str, Any] = {}
_settings: dict[str, Any] = dict(_DEFAULTS)


def options() -> dict[str, Any]:
    """The options of tables, as the extension module takes them."""
    options = dict(_settings)
    if "width" not in options:
        options["width"] = _terminal_width()
    return options


def _terminal_width() -> int:
    if "COLUMNS" in os.environ or sys.stdout is not None and sys.stdout.isatty():
        import shutil  # Which imports all of the compression formats: not before a table is shown.

        return shutil.get_terminal_size((100, 24)).columns
    return 100


class Config:
    """Settings of tables; as a context manager they last as long as the block, as a decorator as the call.

    >>> with Config(tbl_rows=2):
    ...     pass
    """

    def __init__(self, **settings: Any) -> None:
        self._given = settings
        self._before: list[dict[str, Any]] = []
        for name in settings:
            if not hasattr(Config, name if name.startswith("set_") else f"set_{name}"):
                msg = f"`Config` has no option `{name}`"
                raise AttributeError(msg)
        self._original = dict(_settings)
        self._set()

    def _set(self) -> None:
        for name, value in self._given.items():
            getattr(Config, name if name.startswith("set_") else f"set_{name}")(value)

    def __enter__(self) -> Config:
        self._before.append(self._original)
        self._set()
        return self

    def __exit__(self, *_: object) -> None:
        before = self._before.pop()
        _settings.clear()
        _settings.update(before)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        before = dict(self._original)
        self.__dict__["_given"] = dict(self._given)
        _settings.clear()
        _settings.update(before)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with Config(**self._given):
                return function(*args, **kwargs)

        return wrapped

    @classmethod
    def _option(cls, name: str, value: Any) -> type[Config]:
        if value is None:
            _settings.pop(name, None)
        else:
            _settings[name] = value
        return cls

    @classmethod
    def restore_defaults(cls) -> type[Config]:
        """Everything as it was at the start."""
        _settings.clear()
        _settings.update(_DEFAULTS)
        return cls

    @classmethod
    def state(cls) -> dict[str, Any]:
        """What is set."""
        return dict(_settings)

    @classmethod
    def set_tbl_rows(cls, n: int | None) -> type[Config]:
        """The number of rows shown; -1 for all."""
        return cls._option("rows", n)

    @classmethod
    def set_tbl_cols(cls, n: int | None) -> type[Config]:
        """The number of columns shown; -1 for all."""
        return cls._option("cols", n)

    @classmethod
    def set_tbl_width_chars(cls, width: int | None) -> type[Config]:
        """The number of characters a line; -1 for no limit."""
        return cls._option("width", width)

    @classmethod
    def set_tbl_formatting(cls, format: str | None = None, rounded_corners: bool | None = False) -> type[Config]:
        """The lines around cells, by name."""
        del rounded_corners
        return cls._option("frame", format)

    @classmethod
    def set_tbl_hide_column_data_types(cls, active: bool | None = True) -> type[Config]:
        """No data types below the names."""
        return cls._option("hide_dtypes", active)

    @classmethod
    def set_tbl_hide_column_names(cls, active: bool | None = True) -> type[Config]:
        """No names."""
        return cls._option("hide_names", active)

    @classmethod
    def set_tbl_hide_dtype_separator(cls, active: bool | None = True) -> type[Config]:
        """No `---` between names and data types."""
        return cls._option("hide_separator", active)

    @classmethod
    def set_tbl_hide_dataframe_shape(cls, active: bool | None = True) -> type[Config]:
        """No shape."""
        return cls._option("hide_shape", active)

    @classmethod
    def set_tbl_dataframe_shape_below(cls, active: bool | None = True) -> type[Config]:
        """The shape below the table."""
        return cls._option("shape_below", active)

    @classmethod
    def set_tbl_column_data_type_inline(cls, active: bool | None = True) -> type[Config]:
        """Data types beside the names."""
        return cls._option("inline_dtypes", active)

    @classmethod
    def set_tbl_cell_alignment(cls, format: str | None) -> type[Config]:
        """'LEFT', 'CENTER' or 'RIGHT'."""
        return cls._option("align", format)

    @classmethod
    def set_tbl_cell_numeric_alignment(cls, format: str | None) -> type[Config]:
        """'LEFT', 'CENTER' or 'RIGHT', for numbers."""
        return cls._option("align_numbers", format)

    @classmethod
    def set_fmt_str_lengths(cls, n: int | None) -> type[Config]:
        """The number of characters of a text shown."""
        return cls._option("str_len", n)

    @classmethod
    def set_fmt_table_cell_list_len(cls, n: int | None) -> type[Config]:
        """The number of items of a list shown."""
        return cls._option("list_len", n)

    @classmethod
    def set_fmt_float(cls, fmt: str | None = "mixed") -> type[Config]:
        """'full' for floats in full, else 'mixed'."""
        return cls._option("float_full", None if fmt in (None, "mixed") else fmt == "full")

    @classmethod
    def set_float_precision(cls, precision: int | None = None) -> type[Config]:
        """The number of digits after the point."""
        return cls._option("float_precision", precision)
