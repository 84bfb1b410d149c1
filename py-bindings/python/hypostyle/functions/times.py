"""Dates and times out of their parts."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.datatypes import Duration, Int64
from hypostyle.expr import Expr
from hypostyle.expr.parse import literal, parse, parse_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def date(year: Any, month: Any, day: Any) -> Expr:
    """A date; text is a column's name.

    >>> import hypostyle as hs
    >>> hs.select(date(2020, 1, 31)).item()
    datetime.date(2020, 1, 31)
    """
    return Expr._wrap(PyExpr.call("date", [parse(part) for part in (year, month, day)])).alias("date")


def time(hour: Any = None, minute: Any = None, second: Any = None, microsecond: Any = None) -> Expr:
    """A time of day; text is a column's name."""
    parts = [0 if part is None else part for part in (hour, minute, second, microsecond)]
    at = Expr._wrap(PyExpr.call("datetime", [parse(part) for part in (1970, 1, 1, *parts)]))
    return at.dt.time().alias("time")


def datetime(
    year: Any,
    month: Any,
    day: Any,
    hour: Any = None,
    minute: Any = None,
    second: Any = None,
    microsecond: Any = None,
    *,
    time_unit: str = "us",
    time_zone: str | None = None,
    ambiguous: Any = "raise",
) -> Expr:
    """A point in time; text is a column's name.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"h": [1, 2]}).select(datetime(2020, 1, 31, "h")).to_series().dt.hour().to_list()
    [1, 2]
    """
    parts = [0 if part is None else part for part in (hour, minute, second, microsecond)]
    args = [parse(part) for part in (year, month, day, *parts)]
    args += [literal(time_unit), literal(time_zone), parse_value(ambiguous)]
    return Expr._wrap(PyExpr.call("datetime", args))


def duration(
    *,
    weeks: Any = None,
    days: Any = None,
    hours: Any = None,
    minutes: Any = None,
    seconds: Any = None,
    milliseconds: Any = None,
    microseconds: Any = None,
    nanoseconds: Any = None,
    time_unit: str | None = None,
) -> Expr:
    """A difference of times."""
    parts = (weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds)
    unit = time_unit or ("ns" if nanoseconds is not None else "us")
    per_second = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit]
    nanos = (
        *(604_800_000_000_000, 86_400_000_000_000, 3_600_000_000_000, 60_000_000_000, 1_000_000_000),
        *(1_000_000, 1_000, 1),
    )
    given = [(part, scale * per_second / 1_000_000_000) for part, scale in zip(parts, nanos) if part is not None]
    if not any(isinstance(part, (Expr, str)) for part in parts):
        total = sum(part * scale for part, scale in given)
        return Expr._wrap(literal(int(total), Int64)).cast(Duration(unit)).alias("duration")
    from hypostyle.functions.columns import col

    total_expr: Any = None
    for part, scale in given:
        value = col(part) if isinstance(part, str) else part
        value = value.cast(Int64) if isinstance(value, Expr) else value
        scaled = value * int(scale) if scale >= 1 else value // int(1 / scale)
        total_expr = scaled if total_expr is None else total_expr + scaled
    return total_expr.cast(Duration(unit)).alias("duration")


def business_day_count(
    start: Any,
    end: Any,
    *,
    week_mask: Iterable[bool] = (True, True, True, True, True, False, False),
    holidays: Any = (),
) -> Expr:
    """The number of business days from `start` on until before `end`, negative where `end` is earlier.

    >>> import datetime as dt
    >>> import hypostyle as hs
    >>> hs.select(hs.business_day_count(dt.date(2024, 5, 3), dt.date(2024, 5, 7))).item()
    2
    """
    from hypostyle.expr.temporal import business_week

    args = [parse(start), parse(end), *map(parse_value, business_week(week_mask, holidays))]
    return Expr._wrap(PyExpr.call("business_day_count", args))
