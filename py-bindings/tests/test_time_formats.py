"""Dates and times out of text, against Polars."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any

import pytest
from oracle import check

FORMATS = {
    "%Y-%m-%d %H": "2023-07-30 13",
    "%Y-%m-%d %I %p": "2023-07-30 01 PM",
    "%Y-%m-%d %M": "2023-07-30 13",
    "%Y-%m-%d %H:%M": "2023-07-30 13:10",
    "%Y-%m-%d": "2023-07-30",
    "%Y-%m": "2023-07",
    "%Y": "2023",
    "%Y-%m-%d %T": "2023-07-30 01:02:03",
    "%Y-%m-%d %R": "2023-07-30 01:02",
    "%Y-%m-%d %H:%M:%S%.3f": "2024-05-05 12:30:00.123",
    "%Y-%m-%d %H:%M:%S%.6f": "2024-05-05 12:30:00.123456",
    "%Y-%m-%d %H:%M:%S%.9f": "2024-05-05 12:30:00.123456789",
    "%Y-%m-%d %H:%M:%S%.f": "2024-05-05 12:30:00.123456789",
    "%Y-%m-%d %H:%M:%S.%f": "2024-05-05 12:30:00.123456789",
    "%Y-%m-%d %H:%M:%S.%3f": "2024-05-05 12:30:00.123",
    "%Y-%m-%d %H:%M:%S.%9f": "2024-05-05 12:30:00.123456789",
    "%s": "1700000000",
    "%+": "2024-05-05T12:30:00.5+02:00",
    "%Y-%m-%dT%H:%M:%S%z": "2024-05-05T12:30:00+0200",
    "%d.%m.%Y %H:%M": "5.5.2024 7:03",
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("unit", [None, "ms", "ns"])
def test_formats(format: str, unit: str | None) -> None:
    def parsed(m: Any) -> Any:
        column = m.Series([FORMATS[format], None]).str.to_datetime(format, time_unit=unit)
        return repr(column.dtype), column.dt.timestamp("ns").to_list()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(parsed)
        check(lambda m: m.Series([FORMATS[format], None]).str.to_date(format))


FORMS = (
    *("2020-03-04", "2020/03/04", "2020.03.04", "2020-3-4", "04-03-2020", "04/03/2020", "04.03.2020", "20200304"),
    *("2020-03-04 10:11:12", "2020-03-04T10:11:12.5", "2020/03/04 10:11", "04/03/2020 10:11:12", "04.03.2020T10:11"),
    *("03/25/2020", "x", "", "2020-02-30"),
)


# Polars finds no format of datetimes here, and raises; with `strict=False`, too, but for dates.
UNREADABLE = ("20200304", "03/25/2020", "x", "", "2020-02-30")


@pytest.mark.parametrize("first", FORMS)
def test_the_first_readable_value_decides_which_forms_there_are(first: str) -> None:
    for strict in (False, True):
        check(lambda m: m.Series([first]).str.to_date(strict=strict))
        if strict or first not in UNREADABLE:
            check(lambda m: m.Series([first]).str.to_datetime(strict=strict))
    check(lambda m: m.Series([first, *FORMS, None]).str.to_date(strict=False))
    check(lambda m: m.Series([None, first, *FORMS]).str.to_datetime(strict=False))
    check(lambda m: m.Series(["2020-03-04", first]).str.to_date())


def test_offsets_of_values_that_are_there() -> None:
    for text in ("2020-03-04T10:11:12Z", "2020-03-04 10:11:12+02:00", "2020-03-04T10:11:12.5-0330"):
        check(lambda m: repr(m.Series([None, text]).str.to_datetime().dtype))
        check(lambda m: m.Series([None, text]).str.to_datetime().dt.timestamp())
        check(lambda m: m.LazyFrame({"t": [text]}).select(m.col("t").str.to_datetime()))


def test_times() -> None:
    for text in ("10:11:12", "10:11", "10:11:12.5", "10:11:12.123456789", "25:00:00"):
        check(lambda m: m.Series([text]).str.to_time(strict=False))
    for format, text in [("%H:%M", "10:11"), ("%I:%M %p", "10:11 PM"), ("%H%M%S", "101112"), ("%T", "10:11:12")]:
        check(lambda m: m.Series([text]).str.to_time(format))


@pytest.mark.parametrize("every", ["1w", "2w", "3w", "7d", "14d", "10d", "3y", "7y", "5mo", "7q", "7h", "1500us"])
def test_windows_are_counted_as_polars_counts_them(every: str) -> None:
    days = [dt.datetime(1899, 12, 31) + dt.timedelta(days=97 * i, hours=i) for i in range(700)]
    for unit in ("ms", "us", "ns"):
        check(lambda m: m.Series(days, dtype=m.Datetime(unit)).dt.truncate(every))
    if every != "7h":
        check(lambda m: m.Series(days).cast(m.Date).dt.truncate(every))
    check(lambda m: m.Series(days).dt.offset_by(every))
    check(lambda m: m.Series(days).cast(m.Date).dt.offset_by(f"-{every}"))


@pytest.mark.parametrize("every", ["1mo1d", "-1d", "1x", "d", "1d-1h"])
def test_windows_that_are_none(every: str) -> None:
    check(lambda m: m.Series([dt.datetime(2020, 1, 1)]).dt.truncate(every))


def test_each_row_has_its_interval() -> None:
    def frame(m: Any) -> Any:
        return m.DataFrame({"t": [dt.datetime(2022, 5, 4, 7)] * 3, "by": ["1h", "1d", None]})

    check(lambda m: frame(m).select(m.col("t").dt.truncate(m.col("by"))))
    check(lambda m: frame(m).select(m.col("t").dt.offset_by(m.col("by"))))
