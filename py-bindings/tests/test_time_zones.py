"""Local times around the changes of clocks, against Polars. Instants are compared, since Python's `==` takes the two
02:30 of an autumn night for one."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import hypostyle as hs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

# Changes at 02:00, at midnight, of half an hour, on the first of a month, twice a year and no longer.
ZONES = (
    *("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Damascus"),
    *("America/Havana", "Atlantic/Azores", "America/St_Johns", "Asia/Kathmandu", "UTC"),
)
EVERY = ("1h", "2h", "3h", "6h", "12h", "24h", "15m", "30m", "90m", "1d", "2d", "7d", "1w", "2w", "1mo", "1q", "3y", "5mo")
BY = (
    *("1h", "-1h", "24h", "25h", "-24h", "30m", "1d", "-1d", "3d", "1w", "-1w", "1mo", "-1mo", "7mo", "-7mo", "1y"),
    *("1d1h", "1mo1d", "1w1d3h", "-6mo1d", "1q", "0d"),
)
PARIS = "Europe/Paris"


def changes(zone: str) -> list[dt.datetime]:
    """The hours after which the zone's clocks were changed, from 2008 to 2018."""
    clock, found = ZoneInfo(zone), []
    at = dt.datetime(2008, 1, 1, tzinfo=dt.timezone.utc)
    while at.year < 2018:
        later = at + dt.timedelta(hours=6)
        if at.astimezone(clock).utcoffset() != later.astimezone(clock).utcoffset():
            found.append(at)
        at = later
    return found or [dt.datetime(2010, 1, 1, tzinfo=dt.timezone.utc)]


CHANGES = {zone: changes(zone) for zone in ZONES}


@st.composite
def instants(draw: Any) -> tuple[str, list[dt.datetime]]:
    zone = draw(st.sampled_from(ZONES))
    minutes = st.integers(-6 * 60, 14 * 60) | st.integers(-3 * 24 * 60, 3 * 24 * 60) | st.integers(-20, 40).map(lambda h: h * 30)
    one = st.builds(lambda at, m: at + dt.timedelta(minutes=m), st.sampled_from(CHANGES[zone]), minutes)
    return zone, draw(st.lists(one, min_size=1, max_size=20))


def column(m: Any, zone: str, values: list[dt.datetime]) -> Any:
    naive = [value.replace(tzinfo=None) for value in values]
    return m.Series("t", naive, dtype=m.Datetime("us")).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)


def stamps(series: Any) -> Any:
    return series.dt.timestamp("us").to_list(), repr(series.dtype)


@settings(max_examples=300, deadline=None)
@given(instants(), st.sampled_from(EVERY))
def test_truncate(at: tuple[str, list[dt.datetime]], every: str) -> None:
    check(lambda m: stamps(column(m, *at).dt.truncate(every)))


@settings(max_examples=300, deadline=None)
@given(instants(), st.sampled_from(BY))
def test_offset_by(at: tuple[str, list[dt.datetime]], by: str) -> None:
    check(lambda m: stamps(column(m, *at).dt.offset_by(by)))


@settings(max_examples=150, deadline=None)
@given(instants())
def test_edges_of_months(at: tuple[str, list[dt.datetime]]) -> None:
    check(lambda m: stamps(column(m, *at).dt.month_start()))
    check(lambda m: stamps(column(m, *at).dt.month_end()))


@settings(max_examples=150, deadline=None)
@given(instants(), st.sampled_from(["raise", "earliest", "latest", "null"]), st.sampled_from(["raise", "null"]))
def test_replace_time_zone(at: tuple[str, list[dt.datetime]], ambiguous: str, non_existent: str) -> None:
    zone, values = at

    def program(m: Any) -> Any:
        naive = column(m, zone, values).dt.replace_time_zone(None).dt.offset_by("1h")
        zoned = naive.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent=non_existent)
        return stamps(zoned), stamps(zoned.dt.replace_time_zone(None))

    check(program)


@settings(max_examples=150, deadline=None)
@given(instants(), st.sampled_from(["30m", "1h", "2h", "24h", "1d", "1d2h", "1w", "1mo"]), st.sampled_from(["both", "none"]))
def test_ranges(at: tuple[str, list[dt.datetime]], interval: str, closed: str) -> None:
    zone, values = at
    low, high = min(values), min(max(values), min(values) + dt.timedelta(days=40))

    def aware(m: Any) -> Any:
        ends = column(m, zone, [low, high])
        ends = [m.lit(ends.slice(i, 1)).first() for i in range(2)]
        return stamps(m.select(m.datetime_range(*ends, interval, closed=closed)).to_series())

    def local(m: Any) -> Any:
        ends = [value.replace(tzinfo=None) for value in (low, high)]
        return stamps(m.datetime_range(*ends, interval, closed=closed, time_zone=zone, eager=True))

    check(aware)
    check(local)


@settings(max_examples=100, deadline=None)
@given(instants(), st.integers(-(10**12), 10**12))
def test_differences(at: tuple[str, list[dt.datetime]], microseconds: int) -> None:
    span = dt.timedelta(microseconds=microseconds)
    check(lambda m: stamps(column(m, *at) + span))
    check(lambda m: column(m, *at) - column(m, at[0], at[1]).reverse())


def test_each_row_chooses() -> None:
    def program(m: Any) -> Any:
        at = [dt.datetime(2024, 10, 27, 2, 30)] * 4
        frame = m.DataFrame({"t": at, "a": ["earliest", "latest", "null", None]})
        zoned = frame.select(m.col("t").dt.replace_time_zone(PARIS, ambiguous=m.col("a"))).to_series()
        return stamps(zoned)

    check(program)


@pytest.mark.parametrize(
    "text", ["2024-05-05 12:30:00", "2024-10-27 02:30:00", "2024-03-31 02:30:00", "2024-05-05T12:30:00+0200", "2024-05-05T10:30:00Z"]
)
@pytest.mark.parametrize("ambiguous", ["raise", "earliest", "latest", "null"])
@pytest.mark.parametrize("strict", [True, False])
def test_text_of_local_times(text: str, ambiguous: str, strict: bool) -> None:
    def program(m: Any) -> Any:
        column = m.Series([text]).str
        return stamps(column.to_datetime(time_zone=PARIS, ambiguous=ambiguous, strict=strict))

    check(program)


def test_parts() -> None:
    for hour, ambiguous in [(12, "raise"), (2, "raise"), (2, "earliest"), (2, "latest")]:
        check(
            lambda m: stamps(
                m.select(m.datetime(2024, 10, 27, hour, 30, time_zone=PARIS, ambiguous=ambiguous)).to_series()
            )
        )
    check(lambda m: m.select(m.date(2024, 13, 1)))
    check(lambda m: m.select(m.datetime(2024, 1, 1, 25)))
    check(lambda m: m.DataFrame({"m": [1, 2, None]}).select(m.date(2024, "m", 28), m.datetime(2024, "m", 1, 3)))


def test_examples_of_the_second_hour() -> None:
    twice = hs.Series([dt.datetime(2024, 10, 27, 2, 30)]).dt.replace_time_zone(PARIS, ambiguous="latest")
    assert str(twice.dt.truncate("1h").item()) == "2024-10-27 02:00:00+01:00"
    spring = hs.Series([dt.datetime(2024, 3, 31, 3, 15)]).dt.replace_time_zone(PARIS)
    assert str(spring.dt.truncate("2h").item()) == "2024-03-31 03:00:00+02:00"
    with pytest.raises(hs.exceptions.ComputeError, match="occurs twice"):
        hs.Series([dt.datetime(2024, 10, 27, 2, 30)]).dt.replace_time_zone(PARIS)
    assert pl.__version__ == "2.1.0"
