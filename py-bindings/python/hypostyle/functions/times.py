"""Dates and times out of their parts."""

from __future__ import annotations

from hypostyle.datatypes import Datetime, Duration, Int64
from hypostyle.expr import Expr
from hypostyle.expr.parse import literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _constant(what: str, *parts: Any) -> None:
    if any(isinstance(part, (Expr, str)) for part in parts):
        from hypostyle.exceptions import InvalidOperationError

        msg = f"`{what}` takes numbers here, not columns"
        raise InvalidOperationError(msg)


def date(year: Any, month: Any, day: Any) -> Expr:
    """A date."""
    _constant("date", year, month, day)
    import datetime as dt

    return Expr._wrap(literal(dt.date(year, month, day))).alias("date")


def time(hour: Any = None, minute: Any = None, second: Any = None, microsecond: Any = None) -> Expr:
    """A time of day."""
    _constant("time", hour, minute, second, microsecond)
    import datetime as dt

    return Expr._wrap(literal(dt.time(hour or 0, minute or 0, second or 0, microsecond or 0))).alias("time")


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
    """A point in time."""
    del ambiguous
    _constant("datetime", year, month, day, hour, minute, second, microsecond)
    import datetime as dt

    value = dt.datetime(year, month, day, hour or 0, minute or 0, second or 0, microsecond or 0)
    expr = Expr._wrap(literal(value, Datetime(time_unit)))
    return (expr if time_zone is None else expr.dt.replace_time_zone(time_zone)).alias("datetime")


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
