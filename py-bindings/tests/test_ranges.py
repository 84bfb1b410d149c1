"""Ranges of numbers and times, against Polars."""

from __future__ import annotations

import datetime as dt
from typing import Any

import hypostyle as hs
import pytest
from oracle import check

D, T = dt.date, dt.datetime
CLOSED = ("both", "left", "right", "none")


def frame(m: Any) -> Any:
    return m.DataFrame({"a": [1, 3, None], "b": [4, 1, 2], "d": [D(2024, 1, 31), D(2024, 2, 1), None], "e": [D(2024, 4, 30)] * 3})


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize("interval", ["1d", "2d", "1w", "1mo", "1q", "1y", "1mo2d", "12h", "-1d", "0d", "1x", dt.timedelta(days=2)])
def test_dates(interval: Any, closed: str) -> None:
    for low, high in [(D(2024, 1, 31), D(2024, 6, 30)), (D(2024, 1, 1), D(2024, 1, 1)), (T(2024, 1, 1, 5), T(2024, 2, 1))]:
        check(lambda m: m.date_range(low, high, interval, closed=closed, eager=True))
    check(lambda m: frame(m).select(m.date_range(m.col("d").min(), m.col("e").max(), interval, closed=closed)))
    check(lambda m: frame(m).select(m.date_ranges("d", "e", interval, closed=closed)))


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize("interval", ["1h", "90m", "1d", "1d12h", "1mo12h", "1ns", "-1h", dt.timedelta(hours=26)])
def test_datetimes(interval: Any, closed: str) -> None:
    low, high = T(2024, 2, 28, 23, 59, 59, 999_999), T(2024, 3, 1) if interval != "1ns" else T(2024, 2, 29)
    for unit in (None, "ms", "us", "ns"):
        check(lambda m: m.datetime_range(low, high, interval, closed=closed, time_unit=unit, eager=True))
    if interval != "1ns":
        check(lambda m: frame(m).select(m.datetime_ranges("d", "e", interval, closed=closed)))
        check(lambda m: m.datetime_range(D(2024, 1, 1), T(2024, 1, 3), interval, closed=closed, eager=True))


@pytest.mark.parametrize("closed", CLOSED)
def test_times(closed: str) -> None:
    for interval in ("1h", "30m", "7h", "1d", "1mo", "0h", "-1h", "1h1ns"):
        check(lambda m: m.time_range(dt.time(1), dt.time(9, 30), interval, closed=closed, eager=True))
    check(lambda m: m.time_range(interval="6h", closed=closed, eager=True))
    check(lambda m: m.select(m.time_ranges(dt.time(1), dt.time(3), closed=closed)))


def test_integers() -> None:
    for arguments in [(3,), (1, 4), (5, 1), (5, 1, -2), (0, 10, 3), (0, 0), (5, 1, 0), (-3, 3)]:
        check(lambda m: m.int_range(*arguments, eager=True))
        check(lambda m: m.select(m.int_range(*arguments)))
        check(lambda m: m.select(m.int_ranges(*arguments)) if len(arguments) < 3 or arguments[2] else 0)
    for dtype in ("Int8", "UInt8", "Int32", "UInt64", "Float64"):
        for end in (3, 300):
            check(lambda m: m.int_range(0, end, dtype=getattr(m, dtype), eager=True))
        check(lambda m: m.int_range(-3, 3, dtype=getattr(m, dtype), eager=True))
    check(lambda m: frame(m).select(m.int_range(m.col("a").min(), m.col("b").max() + 2)))
    check(lambda m: frame(m).select(m.int_ranges("a", "b")))
    check(lambda m: frame(m).select(m.int_ranges("b")))
    check(lambda m: frame(m).select(m.int_ranges("a", "b", -1, dtype=m.Int16)))
    check(lambda m: frame(m).with_columns(i=m.int_range(m.len())))
    check(lambda m: frame(m).with_columns(i=m.int_range(1, m.len() + 1)))
    check(lambda m: frame(m).with_columns(i=m.int_range(m.len()).over(m.col("b") > 1)))
    check(lambda m: frame(m).group_by(m.col("b") > 1, maintain_order=True).agg(i=m.int_range(m.len())))
    check(lambda m: frame(m).lazy().select(m.int_range(m.len()).alias("i")).filter(m.col("i") > 0))


def test_ends_of_other_types() -> None:
    check(lambda m: m.date_range(None, D(2024, 1, 1), eager=True))
    check(lambda m: m.date_range("x", D(2024, 1, 1), eager=True))
    check(lambda m: m.date_range(5, D(2024, 1, 1), eager=True))
    check(lambda m: m.date_range(D(2024, 1, 1), D(2024, 1, 2), closed="nonsense", eager=True))
    with pytest.raises(hs.exceptions.HypostyleError, match="one value"):
        frame(hs).select(hs.date_range("d", "e"))
    utc = dt.timezone.utc
    check(lambda m: m.datetime_range(T(2024, 1, 1, tzinfo=utc), T(2024, 1, 1, 3, tzinfo=utc), "1h", eager=True))
    check(lambda m: m.datetime_range(T(2024, 1, 1, tzinfo=utc), T(2024, 1, 1, 3), "1h", eager=True))
    check(lambda m: m.select(m.datetime_range(m.lit(T(2024, 1, 1)).cast(m.Datetime("ms")), T(2024, 1, 2))))


def test_one_value_many_times() -> None:
    for value in (1, 2**40, "x", 1.5, None, True, D(2024, 1, 1)):
        check(lambda m: m.repeat(value, 3, eager=True))
    check(lambda m: m.repeat(1, 2, dtype=m.UInt8, eager=True))
    check(lambda m: m.ones(2, eager=True))
    check(lambda m: m.zeros(2, m.Int8, eager=True))
    check(lambda m: frame(m).with_columns(r=m.repeat("x", m.len())))
    check(lambda m: m.repeat(1, -3, eager=True))


def test_an_enormous_range_is_an_error() -> None:
    with pytest.raises(hs.exceptions.OutOfBoundsError, match="`int_range` gives more than 4294967295 values"):
        hs.int_range(0, 2**62, eager=True)
