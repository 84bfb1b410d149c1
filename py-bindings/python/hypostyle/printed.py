"""Tables and series out of their printed form."""

from __future__ import annotations

import re
from itertools import pairwise

from hypostyle import datatypes as types
from hypostyle._hypostyle import PyDataFrame
from hypostyle.dataframe import DataFrame
from hypostyle.expr.when import when
from hypostyle.functions.columns import col, lit
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_SERIES = re.compile(r"Series: '(?P<name>.*)' \[(?P<dtype>.+)\]\s*$")
_TOP = re.compile(r"[┌╭][─┐╮]|\+-")
_BODY = ("╞", "├═", "+=")
_BETWEEN = ("├", "|-")
_BOTTOM = ("└", "╰", "+-")
_LEFT_OUT = {"…", "..."}

#: Types by how they are printed; those with parameters are in `_dtype`.
_TYPES: dict[str, Any] = {
    **{
        f"{letter}{bits}": f"{kind}{bits}"
        for letter, kind in (("i", "Int"), ("u", "UInt"))
        for bits in (8, 16, 32, 64, 128)
    },
    **{f"f{bits}": f"Float{bits}" for bits in (16, 32, 64)},
    "str": "String",
    "bool": "Boolean",
    "binary": "Binary",
    "date": "Date",
    "time": "Time",
    "null": "Null",
    "cat": "Categorical",
}

_UNITS = {"w": 604_800_000_000_000, "d": 86_400_000_000_000, "h": 3_600_000_000_000, "m": 60_000_000_000}
_UNITS |= {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}


def from_repr(data: str) -> Any:
    """The first table or series in a text, as `print` writes them.

    Rows and columns that the text leaves out (`…`) are left out. Where the types of the columns are not printed they are found in
    the values. Nested types, enums and objects cannot be read.

    >>> import hypostyle as hs
    >>> df = hs.from_repr('''
    ... ┌─────┬──────┐
    ... │ a   ┆ b    │
    ... │ --- ┆ ---  │
    ... │ i64 ┆ str  │
    ... ╞═════╪══════╡
    ... │ 1   ┆ x    │
    ... │ 2   ┆ null │
    ... └─────┴──────┘
    ... ''')
    >>> df.rows()
    [(1, 'x'), (2, None)]
    """
    lines = data.splitlines()
    for number, line in enumerate(lines):
        if found := _TOP.search(line):
            return _table([row[found.start() :].rstrip() for row in lines[number:]])
        if series := _SERIES.search(line):
            return _series(series["name"], series["dtype"], lines[number + 1 :])
    msg = "the text holds no printed DataFrame or Series"
    raise ValueError(msg)


# Tables.


def _table(lines: list[str]) -> DataFrame:
    width = max(lines[0].count("┬"), lines[0][1:-1].count("+")) + 1
    if width == 1 and not lines[0].strip("┌┐╭╮"):
        return DataFrame()
    header: list[Any] = []
    body: list[Any] = []
    into = header
    for line in lines[1:]:
        if line.startswith(_BODY):
            into = body
        elif line.startswith(_BOTTOM):
            break
        elif line.startswith(_BETWEEN):
            into.append(None)
        else:
            into.append(_cells(line, width, lines[0]))
    names, dtypes = _header([line for line in header if line is not None], width)
    kept = [i for i, name in enumerate(names) if name not in _LEFT_OUT]
    rows = [row for row in _rows(body, dtypes, kept) if any(row[i] not in _LEFT_OUT for i in kept)]
    columns = []
    for i in kept:
        texts = [None if row[i] == "null" else row[i] for row in rows]
        dtype = dtypes[i]
        columns.append(_column(names[i], texts, _dtype(dtype) if dtype else _guess(texts)))
    return DataFrame._wrap(PyDataFrame([column._s for column in columns]))


def _cells(line: str, width: int, top: str) -> list[str]:
    """The cells of a line; texts may hold the sign that is between cells, so that it is found by its place."""
    inner = line[1:-1]
    cells = re.split("[┆│]" if line[0] in "│┆" else r"\|", inner)
    if len(cells) != width:
        places = [i for i, sign in enumerate(top) if sign in "┬+" and i not in (0, len(top) - 1)]
        edges = [0, *places, len(line) - 1]
        cells = [line[left + 1 : right] for left, right in pairwise(edges)]
    return [cell.strip() for cell in cells]


def _header(lines: list[list[str]], width: int) -> tuple[list[str], list[str]]:
    """Names and printed types; both may be wrapped over several lines."""
    names, dtypes = [], []
    for i in range(width):
        parts = [line[i] for line in lines]
        if any(part.startswith("--- ") for part in parts):
            msg = "the table has no borders between its columns"
            raise ValueError(msg)
        at = parts.index("---") if "---" in parts else len(parts)
        names.append("".join(parts[:at]))
        dtypes.append("".join(parts[at + 1 :]))
    return names, dtypes


def _rows(lines: list[list[str] | None], dtypes: list[str], kept: list[int]) -> Iterator[list[str]]:
    """The rows: between separators all lines are one row, and without them those are that have a value in each column."""
    separated = None in lines
    block: list[list[str]] = []
    for line in [*lines, None]:
        whole = line is not None and not separated and all(line[i] or dtypes[i] in ("", "str", "cat") for i in kept)
        if (line is None or whole) and block:
            yield [" ".join(cell for cell in cells if cell) for cells in zip(*block)]
            block = []
        if line is not None:
            block.append(line)


# Series.


def _series(name: str, dtype: str, lines: list[str]) -> Series:
    parsed = _dtype(dtype)
    quoted = parsed in (types.String, types.Categorical)
    texts: list[str | None] = []
    open_text: list[str] = []
    begun = False
    for line in lines:
        text = line.strip()
        if open_text or begun and quoted and text.startswith('"') and not _closed(text):
            # A text of several lines.
            open_text.append(line.rstrip("\n") if open_text else text)
            if len(open_text) > 1 and text.endswith('"'):
                texts.append("\n".join(open_text)[1:-1])
                open_text = []
        elif text == "[" and not begun:
            begun = True
        elif text == "]":
            break
        elif begun and text and text not in _LEFT_OUT:
            texts.append(None if text == "null" else text[1:-1] if quoted and _closed(text) else text)
    return _column(name, texts, parsed)


def _closed(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == '"'


# Values.


def _dtype(text: str) -> Any:
    """The type that is printed so."""
    if text in _TYPES:
        return getattr(types, _TYPES[text])
    kind, _, rest = text.partition("[")
    parameters = [part.strip() for part in rest.rstrip("]").split(",")] if rest else []
    unit = parameters[0].replace("μ", "u").replace("µ", "u") if parameters else "us"
    if kind == "datetime" and unit in ("ms", "us", "ns"):
        return types.Datetime(unit, parameters[1] if len(parameters) > 1 else None)
    if kind == "duration" and unit in ("ms", "us", "ns"):
        return types.Duration(unit)
    if kind == "decimal" and len(parameters) == 2:
        return types.Decimal(int(parameters[0]), int(parameters[1]))
    msg = f"`from_repr` does not read values of type {text!r}"
    raise NotImplementedError(msg)


#: What values look like whose type is not printed.
_LOOKS = (
    (re.compile(r"[+-]?[\d,]+"), types.Int64),
    (re.compile(r"[+-]?([\d,]+\.\d*([eE][+-]?\d+)?|inf|NaN)"), types.Float64),
    (re.compile(r"true|false"), types.Boolean),
    (re.compile(r"\d{4}-\d\d-\d\d"), types.Date),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?"), types.Datetime("us")),
    (re.compile(r"\d\d:\d\d:\d\d(\.\d+)?"), types.Time),
)


def _guess(texts: Iterable[str | None]) -> Any:
    values = [text for text in texts if text is not None]
    fitting = (dtype for form, dtype in _LOOKS if all(form.fullmatch(value) for value in values))
    return next(fitting, types.String) if values else types.String


def _column(name: str, texts: list[str | None], dtype: Any) -> Series:
    """Values of a type out of how they are printed."""
    if dtype == types.Null:
        return Series(name, [None] * len(texts), dtype=dtype)
    if dtype == types.Binary:
        return Series(name, [None if text is None else _bytes(text) for text in texts], dtype=dtype)
    if dtype == types.Boolean:
        return Series(name, [None if text is None else _boolean(text) for text in texts], dtype=dtype)
    if dtype == types.Duration:
        size = _UNITS[dtype.time_unit]
        numbers = [None if text is None else _duration(text) // size for text in texts]
        return Series(name, numbers, dtype=types.Int64).cast(dtype)
    if dtype.is_numeric():
        texts = [None if text is None else text.replace(",", "").replace("_", "") for text in texts]
    column = Series(name, texts, dtype=types.String)
    if dtype == types.Datetime:
        return _moments(column, dtype)
    if dtype == types.Date:
        return column.str.to_date("%Y-%m-%d")
    if dtype == types.Time:
        return column.str.to_time("%H:%M:%S%.f")
    return column.cast(dtype)


def _bytes(text: str) -> bytes:
    """Bytes as they are printed: ASCII as it is, the rest by escapes."""

    def value(found: re.Match[str]) -> str:
        escape = found[1]
        return chr(int(escape[1:], 16)) if escape[0] == "x" and len(escape) == 3 else _ESCAPES.get(escape, escape)

    inner = text[2:-1] if text.startswith('b"') and text.endswith('"') else text
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", value, inner, flags=re.DOTALL).encode("latin-1")


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        msg = f"a boolean is printed as 'true' or 'false', not {text!r}"
        raise ValueError(msg)
    return text == "true"


def _duration(text: str) -> int:
    """Nanoseconds of a length of time such as `1d 3s 5µs`; each part has a sign of its own."""
    total = 0
    for part in text.split():
        found = re.fullmatch(r"(-?\d+)([a-zμµ]+)", part)
        unit = found[2].replace("μ", "u").replace("µ", "u") if found else ""
        if found is None or unit not in _UNITS:
            msg = f"{text!r} is not a length of time"
            raise ValueError(msg)
        total += int(found[1]) * _UNITS[unit]
    return total


def _moments(texts: Series, dtype: Any) -> Series:
    """Points in time; with a zone they are printed in local time, with the zone's abbreviation."""
    zone = dtype.time_zone
    parts = texts.to_frame("text").select(
        col("text")
        .str.extract(r"^(\S+ \S+)", 1)
        .str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit=dtype.time_unit)
        .alias("time"),
        col("text").str.extract(r"^\S+ \S+ (.+)$", 1).alias("zone"),
    )
    if zone is None:
        return parts["time"].rename(texts.name)
    # In the hour that is there twice, the abbreviation says which one is meant.
    early, late = (col("time").dt.replace_time_zone(zone, ambiguous=which) for which in ("earliest", "latest"))
    is_early = early.dt.to_string("%Z").eq(col("zone")) | col("zone").is_null() | (early.eq(late))
    return parts.select(when(is_early).then(early).when(lit(True)).then(late).alias(texts.name)).to_series()
