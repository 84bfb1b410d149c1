"""Columns of regular numbers and times."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.datatypes import Float64, Int32, Int64, Time
from hypostyle.expr import Expr
from hypostyle.expr.parse import literal, parse
from hypostyle.functions.columns import nth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _range(name: str, args: list[PyExpr], *, eager: bool) -> Any:
    expr = Expr._wrap(PyExpr.call(name, args))
    if not eager:
        return expr
    from hypostyle.functions.frames import select

    return select(expr).to_series()


def int_range(start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = Int64, eager: bool = False) -> Any:
    """Whole numbers from `start` up to `end`, without it; text is a column's name.

    >>> int_range(3, eager=True).to_list()
    [0, 1, 2]
    """
    return _integers("int_range", start, end, step, dtype, eager=eager)


def int_ranges(start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = Int64, eager: bool = False) -> Any:
    """For each row a list of the whole numbers from `start` up to `end`, without it.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"n": [1, 2]}).select(int_ranges("n"))["literal"].to_list()
    [[0], [0, 1]]
    """
    return _integers("int_ranges", start, end, step, dtype, eager=eager)


def _integers(name: str, start: Any, end: Any, step: Any, dtype: Any, *, eager: bool) -> Any:
    if end is None:
        start, end = 0, start
    return _range(name, [parse(start), parse(end), parse(step), literal(None, dtype)], eager=eager)


def row_index(name: str = "index") -> Expr:
    """The number of each row, from 0 on.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"a": ["x", "y"]}).with_columns(hs.row_index()).rows()
    [('x', 0), ('y', 1)]
    """
    return nth(0)._call("row_index").alias(name)


arange = int_range


def repeat(value: Any, n: Any, *, dtype: Any = None, eager: bool = False) -> Any:
    """One value, `n` times.

    >>> repeat("x", 2, eager=True).to_list()
    ['x', 'x']
    """
    if dtype is None and isinstance(value, int) and not isinstance(value, bool):
        dtype = Int32 if -(2**31) <= value < 2**31 else Int64
    inner = parse(value, str_as_lit=True) if dtype is None else literal(value, dtype)
    return _range("repeat", [inner, parse(n)], eager=eager)


def ones(n: Any, dtype: Any = Float64, *, eager: bool = False) -> Any:
    """Ones."""
    return repeat(1, n, dtype=dtype, eager=eager).alias("ones")


def zeros(n: Any, dtype: Any = Float64, *, eager: bool = False) -> Any:
    """Zeros."""
    return repeat(0, n, dtype=dtype, eager=eager).alias("zeros")


def date_range(start: Any, end: Any, interval: Any = "1d", *, closed: str = "both", eager: bool = False) -> Any:
    """Dates at an interval of days, weeks, months, quarters or years; text is a column's name.

    >>> import datetime as dt
    >>> date_range(dt.date(2024, 1, 31), dt.date(2024, 3, 31), "1mo", eager=True).dt.day().to_list()
    [31, 29, 31]
    """
    return _range("date_range", _ends(start, end, interval, closed), eager=eager)


def date_ranges(start: Any, end: Any, interval: Any = "1d", *, closed: str = "both", eager: bool = False) -> Any:
    """For each row a list of the dates between two."""
    return _range("date_ranges", _ends(start, end, interval, closed), eager=eager)


def datetime_range(
    start: Any,
    end: Any,
    interval: Any = "1d",
    *,
    closed: str = "both",
    time_unit: str | None = None,
    time_zone: str | None = None,
    eager: bool = False,
) -> Any:
    """Points in time at an interval; ends without a zone are local times of `time_zone`.

    >>> import datetime as dt
    >>> start = dt.datetime(2024, 2, 7, 9)
    >>> str(datetime_range(start, start, "1h", time_zone="America/New_York", eager=True).item())
    '2024-02-07 09:00:00-05:00'
    """
    zone = [literal(time_unit), literal(time_zone)]
    return _range("datetime_range", [*_ends(start, end, interval, closed), *zone], eager=eager)


def datetime_ranges(
    start: Any,
    end: Any,
    interval: Any = "1d",
    *,
    closed: str = "both",
    time_unit: str | None = None,
    time_zone: str | None = None,
    eager: bool = False,
) -> Any:
    """For each row a list of the points in time between two."""
    zone = [literal(time_unit), literal(time_zone)]
    return _range("datetime_ranges", [*_ends(start, end, interval, closed), *zone], eager=eager)


def time_range(
    start: Any = None, end: Any = None, interval: Any = "1h", *, closed: str = "both", eager: bool = False
) -> Any:
    """Times of day at an interval; the whole day without ends."""
    return _range("time_range", _times(start, end, interval, closed), eager=eager)


def time_ranges(
    start: Any = None, end: Any = None, interval: Any = "1h", *, closed: str = "both", eager: bool = False
) -> Any:
    """For each row a list of the times of day between two."""
    return _range("time_ranges", _times(start, end, interval, closed), eager=eager)


def _times(start: Any, end: Any, interval: Any, closed: str) -> list[PyExpr]:
    first, last = 0, 86_399_999_999_999
    start = Expr._wrap(literal(first, Int64)).cast(Time) if start is None else start
    end = Expr._wrap(literal(last, Int64)).cast(Time) if end is None else end
    unit = next((unit for unit in ("d", "w", "mo", "q", "y") if isinstance(interval, str) and unit in interval), None)
    if unit is not None:
        msg = f"the interval of a range of times has no {unit!r}"
        raise ValueError(msg)
    return _ends(start, end, interval, closed)


def _ends(start: Any, end: Any, interval: Any, closed: str) -> list[PyExpr]:
    if closed not in ("both", "left", "right", "none"):
        msg = f"`closed` is 'both', 'left', 'right' or 'none', not {closed!r}"
        raise ValueError(msg)
    return [parse(start), parse(end), literal(_interval(interval)), literal(closed)]


def _interval(value: Any) -> Any:
    """A `timedelta` in the notation of durations: its days are days of the calendar."""
    if not hasattr(value, "total_seconds"):
        return value
    sign = "-" if value.days < 0 else ""
    value = abs(value)
    parts = ((value.days, "d"), (value.seconds, "s"), (value.microseconds, "us"))
    return sign + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0s")
