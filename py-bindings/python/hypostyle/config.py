"""`Config`: how tables look, and other settings of the process.

Settings are kept in the environment under names that begin with `HYPOSTYLE_`, so that processes which this one starts have
them too. What is not set there is read from the variables of Polars, which begin with `POLARS_`.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from typing_extensions import Self

#: The settings that stand in the environment: without their prefix, with what the tables of the extension call them.
_VARIABLES: dict[str, str | None] = {
    "ENGINE_AFFINITY": None,
    "FMT_MAX_COLS": "cols",
    "FMT_MAX_ROWS": "rows",
    "FMT_NUM_DECIMAL": None,
    "FMT_NUM_GROUP_SEPARATOR": None,
    "FMT_NUM_LEN": None,
    "FMT_STR_LEN": "str_len",
    "FMT_TABLE_CELL_ALIGNMENT": "align",
    "FMT_TABLE_CELL_LIST_LEN": "list_len",
    "FMT_TABLE_CELL_NUMERIC_ALIGNMENT": "align_numbers",
    "FMT_TABLE_DATAFRAME_SHAPE_BELOW": "shape_below",
    "FMT_TABLE_FORMATTING": "frame",
    "FMT_TABLE_HIDE_COLUMN_DATA_TYPES": "hide_dtypes",
    "FMT_TABLE_HIDE_COLUMN_NAMES": "hide_names",
    "FMT_TABLE_HIDE_COLUMN_SEPARATOR": "hide_separator",
    "FMT_TABLE_HIDE_DATAFRAME_SHAPE_INFORMATION": "hide_shape",
    "FMT_TABLE_INLINE_COLUMN_DATA_TYPE": "inline_dtypes",
    "FMT_TABLE_ROUNDED_CORNERS": None,
    "IDEAL_MORSEL_SIZE": None,
    "MAX_EXPR_DEPTH": None,
    "QUERY_MONITORING": None,
    "QUERY_MONITORING_ORGANIZATION": None,
    "QUERY_MONITORING_WORKSPACE": None,
    "TABLE_WIDTH": "width",
    "VERBOSE": None,
    "WARN_UNSTABLE": None,
}
_LIMITS = ("cols", "rows", "str_len", "list_len", "width")
_TEXTS = ("align", "align_numbers", "frame")
_ALIGNMENTS = ("LEFT", "CENTER", "RIGHT")
_FORMATS = (
    "ASCII_FULL",
    "ASCII_FULL_CONDENSED",
    "ASCII_NO_BORDERS",
    "ASCII_BORDERS_ONLY",
    "ASCII_BORDERS_ONLY_CONDENSED",
    "ASCII_HORIZONTAL_ONLY",
    "ASCII_MARKDOWN",
    "MARKDOWN",
    "UTF8_FULL",
    "UTF8_FULL_CONDENSED",
    "UTF8_NO_BORDERS",
    "UTF8_BORDERS_ONLY",
    "UTF8_HORIZONTAL_ONLY",
    "NOTHING",
)
#: The settings that do not stand in the environment.
_DIRECT: dict[str, Any] = {
    "set_fmt_float": "mixed",
    "set_float_precision": None,
    "set_thousands_separator": "",
    "set_decimal_separator": ".",
    "set_trim_decimal_zeros": False,
}
_direct: dict[str, Any] = dict(_DIRECT)
#: Variables of Polars that do not count here, since `Config` has set them back.
_hidden: set[str] = set()


def _variable(name: str) -> str | None:
    """The value of a setting in the environment."""
    own = os.environ.get(f"HYPOSTYLE_{name}")
    return own if own is not None or name in _hidden else os.environ.get(f"POLARS_{name}")


def _set_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(f"HYPOSTYLE_{name}", None)
        _hidden.add(name)
    else:
        os.environ[f"HYPOSTYLE_{name}"] = value


def options() -> dict[str, Any]:
    """The options of tables, as the extension module takes them."""
    options: dict[str, Any] = {}
    for name, option in _VARIABLES.items():
        text = _variable(name) if option is not None else None
        if option is None or not text:
            continue
        if option in _TEXTS:
            options[option] = text
        elif option in _LIMITS:
            try:
                options[option] = int(text)
            except ValueError:
                msg = f"the environment variable of {name} is a whole number, not {text!r}"
                raise ValueError(msg) from None
        else:
            options[option] = text == "1"
    if _direct["set_fmt_float"] == "full":
        options["float_full"] = True
    if _direct["set_float_precision"] is not None:
        options["float_precision"] = _direct["set_float_precision"]
    if "width" not in options:
        options["width"] = _terminal_width()
    return options


def _terminal_width() -> int:
    if "COLUMNS" in os.environ or sys.stdout is not None and sys.stdout.isatty():
        import shutil  # Which imports all of the compression formats: not before a table is shown.

        return shutil.get_terminal_size((100, 24)).columns
    return 100


def _unsupported(what: str, why: str) -> Exception:
    from hypostyle.exceptions import InvalidOperationError

    return InvalidOperationError(f"{what} is not supported: {why}")


def _one_of(value: str, names: tuple[str, ...], what: str) -> None:
    if value not in names:
        msg = f"invalid {what}: {value!r}; it is one of {', '.join(names)}"
        raise ValueError(msg)


class Config:
    """Settings of tables; as a context manager they last as long as the block, as a decorator as the call.

    >>> with Config(tbl_rows=2):
    ...     pass
    """

    def __init__(self, *, restore_defaults: bool = False, apply_on_context_enter: bool = False, **options: Any) -> None:
        self._given = {name if name.startswith("set_") else f"set_{name}": value for name, value in options.items()}
        if "set_warn_unstable" in self._given and "warn_unstable" in options:
            self._given["warn_unstable"] = self._given.pop("set_warn_unstable")
        for name in self._given:
            if not hasattr(Config, name):
                msg = f"`Config` has no option {name!r}"
                raise AttributeError(msg)
        self._restores = restore_defaults
        self._late = apply_on_context_enter
        self._before: list[Any] = []
        self._original = _snapshot()
        if not apply_on_context_enter:
            self._set()

    def _set(self) -> None:
        if self._restores:
            self.restore_defaults()
        for name, value in self._given.items():
            getattr(Config, name)(value)

    def __enter__(self) -> Self:
        self._before.append(_snapshot() if self._late else self._original)
        self._set()
        return self

    def __exit__(self, *_: object) -> None:
        _go_back_to(self._before.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        _go_back_to(self._original)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with Config(restore_defaults=self._restores, **self._given):
                return function(*args, **kwargs)

        return wrapped

    # The state as a whole.

    @classmethod
    def load(cls, cfg: str) -> Config:
        """Sets what :meth:`save` gave, here or in Polars.

        >>> before = Config.save()
        >>> Config.load(before).save() == before
        True
        """
        import json

        try:
            settings = json.loads(cfg)
            environment, direct = dict(settings.get("environment", {})), dict(settings.get("direct", {}))
        except (ValueError, AttributeError, TypeError):
            msg = "the text is no state of `Config`; for the path of a file there is `load_from_file`"
            raise ValueError(msg) from None
        for name, value in environment.items():
            # Names of Polars, or ours.
            name = name.partition("_")[2]
            if name in _VARIABLES:
                _set_variable(name, value)
        for name, value in direct.items():
            if name in _DIRECT:
                getattr(cls, name)(value)
        return cls()

    @classmethod
    def load_from_file(cls, file: Path | str) -> Config:
        """Sets what :meth:`save_to_file` wrote."""
        try:
            with open(os.path.expanduser(os.fspath(file)), encoding="utf-8") as opened:
                text = opened.read()
        except OSError as error:
            msg = f"the file of `Config` cannot be read; for its text there is `load`\n{error}"
            raise ValueError(msg) from None
        return cls.load(text)

    @classmethod
    def save(cls, *, if_set: bool = False) -> str:
        """The state as JSON, for :meth:`load` here and in Polars; with `if_set` without what is not set."""
        import json

        environment = cls.state(if_set=if_set, env_only=True)
        return json.dumps({"environment": environment, "direct": dict(_direct)}, separators=(",", ":"))

    @classmethod
    def save_to_file(cls, file: Path | str) -> None:
        """Writes the state as JSON."""
        text = cls.save()
        with open(os.path.expanduser(os.fspath(file)), "w", encoding="utf-8") as opened:
            opened.write(text)

    @classmethod
    def state(cls, *, if_set: bool = False, env_only: bool = False) -> dict[str, Any]:
        """The settings under the names that they have in Polars; with `if_set` without what is not set.

        >>> with Config(tbl_rows=3):
        ...     Config.state(if_set=True, env_only=True)
        {'POLARS_FMT_MAX_ROWS': '3'}
        """
        values: dict[str, Any] = {f"POLARS_{name}": _variable(name) for name in _VARIABLES}
        if if_set:
            values = {name: value for name, value in values.items() if value is not None}
        return values if env_only else {**values, **_direct}

    @classmethod
    def restore_defaults(cls) -> type[Config]:
        """Sets everything back; variables that begin with `POLARS_` count no longer."""
        for name in _VARIABLES:
            _set_variable(name, None)
        _direct.update(_DIRECT)
        return cls

    @staticmethod
    def reload_env_vars() -> None:
        """Makes variables that begin with `POLARS_` count again after they were set back."""
        _hidden.clear()

    @classmethod
    def _variable(cls, name: str, value: Any) -> type[Config]:
        _set_variable(name, None if value is None else str(int(value) if isinstance(value, bool) else value))
        return cls

    # Tables.

    @classmethod
    def set_ascii_tables(cls, active: bool | None = True) -> type[Config]:
        """Whether lines are made of ASCII characters."""
        frames = {None: None, True: "ASCII_FULL_CONDENSED", False: "UTF8_FULL_CONDENSED"}
        return cls._variable("FMT_TABLE_FORMATTING", frames[active])

    @classmethod
    def set_tbl_rows(cls, n: int | None) -> type[Config]:
        """The number of rows shown; -1 for all."""
        return cls._variable("FMT_MAX_ROWS", n)

    @classmethod
    def set_tbl_cols(cls, n: int | None) -> type[Config]:
        """The number of columns shown; -1 for all."""
        return cls._variable("FMT_MAX_COLS", n)

    @classmethod
    def set_tbl_width_chars(cls, width: int | None) -> type[Config]:
        """The number of characters a line; -1 for no limit."""
        return cls._variable("TABLE_WIDTH", width)

    @classmethod
    def set_tbl_formatting(cls, format: str | None = None, rounded_corners: bool | None = False) -> type[Config]:
        """The lines around cells, by name."""
        if format is not None:
            _one_of(format, _FORMATS, "table format name")
        if rounded_corners:
            raise _unsupported("`rounded_corners=True`", "tables have square corners")
        cls._variable("FMT_TABLE_ROUNDED_CORNERS", rounded_corners)
        return cls._variable("FMT_TABLE_FORMATTING", format)

    @classmethod
    def set_tbl_hide_column_data_types(cls, active: bool | None = True) -> type[Config]:
        """No data types below the names."""
        return cls._variable("FMT_TABLE_HIDE_COLUMN_DATA_TYPES", active)

    @classmethod
    def set_tbl_hide_column_names(cls, active: bool | None = True) -> type[Config]:
        """No names."""
        return cls._variable("FMT_TABLE_HIDE_COLUMN_NAMES", active)

    @classmethod
    def set_tbl_hide_dtype_separator(cls, active: bool | None = True) -> type[Config]:
        """No `---` between names and data types."""
        return cls._variable("FMT_TABLE_HIDE_COLUMN_SEPARATOR", active)

    @classmethod
    def set_tbl_hide_dataframe_shape(cls, active: bool | None = True) -> type[Config]:
        """No shape."""
        return cls._variable("FMT_TABLE_HIDE_DATAFRAME_SHAPE_INFORMATION", active)

    @classmethod
    def set_tbl_dataframe_shape_below(cls, active: bool | None = True) -> type[Config]:
        """The shape below the table."""
        return cls._variable("FMT_TABLE_DATAFRAME_SHAPE_BELOW", active)

    @classmethod
    def set_tbl_column_data_type_inline(cls, active: bool | None = True) -> type[Config]:
        """Data types beside the names."""
        return cls._variable("FMT_TABLE_INLINE_COLUMN_DATA_TYPE", active)

    @classmethod
    def set_tbl_cell_alignment(cls, format: str | None) -> type[Config]:
        """'LEFT', 'CENTER' or 'RIGHT'."""
        if format is not None:
            _one_of(format, _ALIGNMENTS, "alignment")
        return cls._variable("FMT_TABLE_CELL_ALIGNMENT", format)

    @classmethod
    def set_tbl_cell_numeric_alignment(cls, format: str | None) -> type[Config]:
        """'LEFT', 'CENTER' or 'RIGHT', for numbers."""
        if format is not None:
            _one_of(format, _ALIGNMENTS, "alignment")
        return cls._variable("FMT_TABLE_CELL_NUMERIC_ALIGNMENT", format)

    @classmethod
    def set_fmt_str_lengths(cls, n: int | None) -> type[Config]:
        """The number of characters of a text shown."""
        if n is not None and n < 1:
            msg = f"the number of characters is at least 1, not {n}"
            raise ValueError(msg)
        return cls._variable("FMT_STR_LEN", n)

    @classmethod
    def set_fmt_table_cell_list_len(cls, n: int | None) -> type[Config]:
        """The number of items of a list shown."""
        return cls._variable("FMT_TABLE_CELL_LIST_LEN", n)

    # Numbers.

    @classmethod
    def set_fmt_float(cls, fmt: str | None = "mixed") -> type[Config]:
        """'full' for floats in full, else 'mixed'."""
        _one_of("mixed" if fmt is None else fmt, ("full", "mixed"), "format of floats")
        _direct["set_fmt_float"] = "mixed" if fmt is None else fmt
        return cls

    @classmethod
    def set_float_precision(cls, precision: int | None = None) -> type[Config]:
        """The number of digits after the point."""
        _direct["set_float_precision"] = precision
        return cls

    @classmethod
    def set_decimal_separator(cls, separator: str | None = None) -> type[Config]:
        """The character before fractions; only '.' is supported."""
        if separator not in (None, "."):
            raise _unsupported(f"`set_decimal_separator({separator!r})`", "tables write '.' before fractions")
        return cls

    @classmethod
    def set_thousands_separator(cls, separator: str | bool | None = None) -> type[Config]:
        """The character between groups of three digits; only none is supported."""
        if separator not in (None, False, ""):
            raise _unsupported(f"`set_thousands_separator({separator!r})`", "tables write digits without groups")
        return cls

    @classmethod
    def set_trim_decimal_zeros(cls, active: bool | None = True) -> type[Config]:
        """Whether zeros at the end of decimals are left out; only `False` is supported."""
        if active:
            raise _unsupported("`set_trim_decimal_zeros(True)`", "tables write all digits of decimals")
        return cls

    # How queries run.

    @classmethod
    def set_engine_affinity(cls, engine: Any = None) -> type[Config]:
        """The engine of queries that name none. There is one engine, so that this changes nothing."""
        from hypostyle.engine import engine_name

        return cls._variable("ENGINE_AFFINITY", None if engine is None else engine_name(engine))

    @classmethod
    def set_streaming_chunk_size(cls, size: int | None) -> type[Config]:
        """The number of rows of a chunk. The engine chooses chunks by the data, so that this changes nothing."""
        if size is not None and size < 1:
            msg = f"the number of rows of a chunk is at least 1, not {size}"
            raise ValueError(msg)
        return cls._variable("IDEAL_MORSEL_SIZE", size)

    @classmethod
    def set_verbose(cls, active: bool | None = True) -> type[Config]:
        """Whether Polars says what it does. Here `LazyFrame.explain(analyze=True)` does, and this changes nothing."""
        return cls._variable("VERBOSE", active)

    @classmethod
    def set_expr_depth_warning(cls, limit: int) -> type[Config]:
        """The depth at which Polars warns of expressions. Any depth is fine here, so that this changes nothing."""
        if limit < 0:
            msg = f"the depth is at least 0, not {limit}"
            raise ValueError(msg)
        return cls._variable("MAX_EXPR_DEPTH", limit)

    @classmethod
    def warn_unstable(cls, active: bool | None = True) -> type[Config]:
        """Whether Polars warns of what may change. Nothing is marked so here, and this changes nothing."""
        return cls._variable("WARN_UNSTABLE", active)

    @classmethod
    def enable_monitoring(
        cls, active: bool | None = True, *, workspace: str | None = None, organization: str | None = None
    ) -> type[Config]:
        """Monitoring by Polars Cloud, which is not supported."""
        if active or workspace is not None or organization is not None:
            raise _unsupported("`enable_monitoring`", "it is a service of Polars Cloud")
        return cls

    @classmethod
    def set_default_credential_provider(cls, credential_provider: Any) -> type[Config]:
        """What gives credentials for files that are not local; only 'auto' and `None` are supported."""
        if credential_provider not in (None, "auto"):
            raise _unsupported("`set_default_credential_provider`", "credentials are taken from `storage_options`")
        return cls


def _snapshot() -> tuple[dict[str, str | None], dict[str, Any], set[str]]:
    return {name: os.environ.get(f"HYPOSTYLE_{name}") for name in _VARIABLES}, dict(_direct), set(_hidden)


def _go_back_to(before: tuple[dict[str, str | None], dict[str, Any], set[str]]) -> None:
    variables, direct, hidden = before
    for name, value in variables.items():
        _set_variable(name, value)
    _direct.update(direct)
    _hidden.clear()
    _hidden.update(hidden)
