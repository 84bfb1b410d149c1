"""Columns of regular numbers and times."""

from __future__ import annotations

from hypostyle.datatypes import Date, Datetime, Float64, Int64, Time
from hypostyle.expr import Expr
from hypostyle.expr.parse import literal
from hypostyle.expr.when import when
from hypostyle.functions.columns import lit, nth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def int_range(start: Any = 0, end: Any = None, step: int = 1, *, dtype: Any = Int64, eager: bool = False) -> Any:
    """Whole numbers from `start` up to `end`, without it."""
    if end is None:
        start, end = 0, start
    if step == 0:
        msg = "`step` is not 0"
        raise ValueError(msg)
    if not eager and step == 1 and isinstance(end, Expr) and _beyond_rows(end) == start:
        return (_rows() + start).cast(dtype).alias("literal")
    from hypostyle.series import Series

    series = Series("literal", list(range(_number(start), _number(end), step)), dtype=dtype)
    return series if eager else Expr._wrap(literal(series))


def _number(value: Any) -> int:
    """A number, or an expression of constants."""
    if not isinstance(value, Expr):
        return int(value)
    found = _by_height(value)
    if found is None or len(set(found)) > 1:
        from hypostyle.exceptions import InvalidOperationError

        msg = f"`{value}` is not the same for every frame; a range may end at `len()`, and otherwise at constants"
        raise InvalidOperationError(msg)
    return found[0]


def _by_height(value: Expr) -> list[int] | None:
    """What an expression without columns is for frames of 1, 2 and 5 rows."""
    from hypostyle.dataframe import DataFrame

    if value.meta.root_names():
        return None
    return [int(DataFrame({"": [0] * height}).select(value).item()) for height in (1, 2, 5)]


def _beyond_rows(value: Expr) -> int | None:
    """The number `k` of an expression that is `len() + k`."""
    found = _by_height(value)
    more = set() if found is None else {number - height for number, height in zip(found, (1, 2, 5))}
    return more.pop() if len(more) == 1 else None


def _rows() -> Expr:
    """The number of each row, from 0 on; counted in the first column, whatever it is."""
    return nth(0)._rows().cast(Int64)


def row_index(name: str = "index") -> Expr:
    """The number of each row, from 0 on.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"a": ["x", "y"]}).with_columns(hs.row_index()).rows()
    [('x', 0), ('y', 1)]
    """
    return nth(0)._rows().alias(name)


arange = int_range


def repeat(value: Any, n: Any, *, dtype: Any = None, eager: bool = False) -> Any:
    """One value, `n` times."""
    if not eager and isinstance(n, Expr) and _beyond_rows(n) == 0:
        return when(_rows() >= 0).then(lit(value, dtype=dtype)).alias("literal")
    from hypostyle.series import Series

    count = _number(n)
    if dtype is None and isinstance(value, int) and not isinstance(value, bool):
        from hypostyle.datatypes import Int32

        dtype = Int32 if -(2**31) <= value < 2**31 else Int64
    series = Series("literal", [value] * count, dtype=dtype)
    return series if eager else Expr._wrap(literal(series))


def ones(n: Any, dtype: Any = Float64, *, eager: bool = False) -> Any:
    """Ones."""
    series = repeat(1, n, dtype=dtype, eager=True).rename("ones")
    return series if eager else Expr._wrap(literal(series))


def zeros(n: Any, dtype: Any = Float64, *, eager: bool = False) -> Any:
    """Zeros."""
    series = repeat(0, n, dtype=dtype, eager=True).rename("zeros")
    return series if eager else Expr._wrap(literal(series))


def date_range(start: Any, end: Any, interval: Any = "1d", *, closed: str = "both", eager: bool = False) -> Any:
    """Dates at an interval of days, weeks, months, quarters or years."""
    return _times(start, end, interval, closed, eager, Date)


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
    """Points in time at an interval."""
    return _times(start, end, interval, closed, eager, Datetime(time_unit or "us", time_zone))


def _times(start: Any, end: Any, interval: Any, closed: str, eager: bool, dtype: Any) -> Any:
    from hypostyle.functions.frames import select
    from hypostyle.intervals import months_and_nanoseconds
    from hypostyle.series import Series

    if closed not in ("both", "left", "right", "none"):
        msg = f"`closed` is 'both', 'left', 'right' or 'none', not {closed!r}"
        raise ValueError(msg)
    name, bounds = "literal", [start, end]
    for place, bound in enumerate(bounds):
        if isinstance(bound, Expr):
            value = select(bound).to_series()
            bounds[place] = value.item()
            name = value.name if place == 0 else name
    low, high = Series("literal", bounds, dtype=dtype)._s.cast(_physical(dtype), "strict").to_list()
    months, nanoseconds = months_and_nanoseconds(interval)
    if months < 0 or nanoseconds < 0 or not months and not nanoseconds:
        from hypostyle.exceptions import ComputeError

        msg = f"the interval {interval!r} does not move forward"
        raise ComputeError(msg)
    first = Series("literal", [low], dtype=Int64).cast(dtype)
    per_day = _per_day(dtype)
    if months:
        values, k = [], 0
        while True:
            value = first._apply(lambda c: c.dt.offset_by(f"{months * k}mo")).cast(Int64)[0]
            if value > high:
                break
            values.append(value)
            k += 1
    else:
        step = nanoseconds * per_day // 86_400_000_000_000
        if step == 0:
            from hypostyle.exceptions import ComputeError

            msg = f"the interval {interval!r} is shorter than the unit of {dtype!r}"
            raise ComputeError(msg)
        values = list(range(low, high + 1, step))
    if closed in ("right", "none") and values and values[0] == low:
        values = values[1:]
    if closed in ("left", "none") and values and values[-1] == high:
        values = values[:-1]
    series = Series(name, values, dtype=Int64).cast(dtype)
    return series if eager else Expr._wrap(literal(series))


def _physical(dtype: Any) -> str:
    return "Int32" if dtype == Date else "Int64"


def _per_day(dtype: Any) -> int:
    if dtype == Date:
        return 1
    return {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}[dtype.time_unit]


def time_range(
    start: Any = None, end: Any = None, interval: Any = "1h", *, closed: str = "both", eager: bool = False
) -> Any:
    """Times of day at an interval."""
    import datetime

    from hypostyle.intervals import months_and_nanoseconds
    from hypostyle.series import Series

    low = Series([start or datetime.time()], dtype=Time).cast(Int64)[0]
    high = 86_399_999_999_999 if end is None else Series([end], dtype=Time).cast(Int64)[0]
    step = months_and_nanoseconds(interval)[1]
    values = list(range(low, high + 1, step))
    if closed in ("right", "none"):
        values = [v for v in values if v != low]
    if closed in ("left", "none"):
        values = [v for v in values if v != high]
    series = Series("literal", values, dtype=Int64).cast(Time)
    return series if eager else Expr._wrap(literal(series))
