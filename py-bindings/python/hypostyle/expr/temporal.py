"""`Expr.dt`: functions on dates and times."""

from __future__ import annotations

from hypostyle.datatypes import Date, Int32, List, String
from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace, column_or_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_NANOSECONDS = {
    "days": 86_400_000_000_000,
    "hours": 3_600_000_000_000,
    "minutes": 60_000_000_000,
    "seconds": 1_000_000_000,
    "milliseconds": 1_000_000,
    "microseconds": 1_000,
    "nanoseconds": 1,
}


class TemporalNamespace(Namespace):
    """Functions on dates, times and durations."""

    _prefix = "dt."

    def year(self) -> Expr:
        """The year."""
        return self._call("year")

    def century(self) -> Expr:
        """The century: the years up to 100 are the first."""
        return self._call("century")

    def millennium(self) -> Expr:
        """The millennium: the years up to 1000 are the first."""
        return self._call("millennium")

    def iso_year(self) -> Expr:
        """The year that the ISO week belongs to."""
        return self._call("iso_year")

    def quarter(self) -> Expr:
        """The quarter, from 1 on."""
        return self._call("quarter")

    def month(self) -> Expr:
        """The month, from 1 on."""
        return self._call("month")

    def week(self) -> Expr:
        """The ISO week."""
        return self._call("week")

    def weekday(self) -> Expr:
        """The day of the week; Monday is 1."""
        return self._call("weekday")

    def day(self) -> Expr:
        """The day of the month, from 1 on."""
        return self._call("day")

    def ordinal_day(self) -> Expr:
        """The day of the year, from 1 on."""
        return self._call("ordinal_day")

    def hour(self) -> Expr:
        """The hour."""
        return self._call("hour")

    def minute(self) -> Expr:
        """The minute."""
        return self._call("minute")

    def second(self, *, fractional: bool = False) -> Expr:
        """The second, with its fraction if asked for."""
        if fractional:
            return self._call("second") + self._call("nanosecond") / 1_000_000_000
        return self._call("second")

    def millisecond(self) -> Expr:
        """The milliseconds of the second."""
        return self._call("millisecond")

    def microsecond(self) -> Expr:
        """The microseconds of the second."""
        return self._call("microsecond")

    def nanosecond(self) -> Expr:
        """The nanoseconds of the second."""
        return self._call("nanosecond")

    def date(self) -> Expr:
        """The date alone."""
        return self._call("date")

    def time(self) -> Expr:
        """The time of day alone."""
        return self._call("time")

    def is_leap_year(self) -> Expr:
        """Whether the year has a 29 February."""
        return self._call("is_leap_year")

    def days_in_month(self) -> Expr:
        """The number of days of the month."""
        return self._call("days_in_month")

    def month_start(self) -> Expr:
        """The first day of the month."""
        return self._call("month_start")

    def month_end(self) -> Expr:
        """The last day of the month."""
        return self._call("month_end")

    def epoch(self, time_unit: str = "us") -> Expr:
        """The time since 1970 in a unit: 'ns', 'us', 'ms', 's' or 'd'."""
        if time_unit in ("ns", "us", "ms"):
            return self.timestamp(time_unit)
        if time_unit not in ("s", "d"):
            msg = f"`time_unit` is 'ns', 'us', 'ms', 's' or 'd', not {time_unit!r}"
            raise ValueError(msg)
        if time_unit == "d":
            return self._expr.cast(Date).cast(Int32)
        return self._call("timestamp", "ms") // 1_000

    def timestamp(self, time_unit: str = "us") -> Expr:
        """The time since 1970 in a unit: 'ns', 'us' or 'ms'."""
        return self._call("timestamp", time_unit)

    def truncate(self, every: Any) -> Expr:
        """Down to a multiple of a duration such as '1h' or '2w'."""
        return self._call("truncate", _duration_string(every))

    def round(self, every: Any) -> Expr:
        """To the nearest multiple of a duration such as '1h' or '2w'; of two equally near to the later.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.datetime(2024, 5, 1, 12, 40)]).dt.round("1h").item()
        datetime.datetime(2024, 5, 1, 13, 0)
        """
        return self._call("round", _duration_string(every))

    def combine(self, time: Any, time_unit: str = "us") -> Expr:
        """The day at a time of day, as a datetime of a unit.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.date(2024, 5, 1)]).dt.combine(dt.time(12, 30)).item()
        datetime.datetime(2024, 5, 1, 12, 30)
        """
        if isinstance(time, str):
            msg = "`time` is a time or an expression, not a string"
            raise TypeError(msg)
        return self._call("combine", time, time_unit)

    def replace(
        self,
        *,
        year: Any = None,
        month: Any = None,
        day: Any = None,
        hour: Any = None,
        minute: Any = None,
        second: Any = None,
        microsecond: Any = None,
        ambiguous: Any = "raise",
    ) -> Expr:
        """The time with other parts, those that are not given as they are.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.date(2024, 5, 17)]).dt.replace(day=1).item()
        datetime.date(2024, 5, 1)
        """
        parts = (year, month, day, hour, minute, second, microsecond)
        return self._call("replace", *map(column_or_value, parts), ambiguous)

    def base_utc_offset(self) -> Expr:
        """What the standard time of the zone is ahead of UTC at that time.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.datetime(2024, 7, 1)]).dt.replace_time_zone("Europe/Paris").dt.base_utc_offset().item()
        datetime.timedelta(seconds=3600)
        """
        return self._call("base_utc_offset")

    def dst_offset(self) -> Expr:
        """What daylight saving adds to the standard time of the zone at that time."""
        return self._call("dst_offset")

    def add_business_days(
        self,
        n: Any,
        *,
        week_mask: Iterable[bool] = (True, True, True, True, True, False, False),
        holidays: Any = (),
        roll: str = "raise",
    ) -> Expr:
        """The day `n` business days later.

        `week_mask` says which days of the week are business days, from Monday on; `holidays` are dates, or an expression of
        lists of them. A day that is not a business day is an error, or with `roll` 'forward' or 'backward' counted from the
        next or the previous business day.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.date(2024, 5, 3)]).dt.add_business_days(1).item()
        datetime.date(2024, 5, 6)
        """
        return self._call("add_business_days", column_or_value(n), *business_week(week_mask, holidays), roll)

    def is_business_day(
        self, *, week_mask: Iterable[bool] = (True, True, True, True, True, False, False), holidays: Any = ()
    ) -> Expr:
        """Whether it is a business day: one that the week mask (from Monday on) has, and no holiday.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.date(2024, 5, 3), dt.date(2024, 5, 4)]).dt.is_business_day().to_list()
        [True, False]
        """
        return self._call("is_business_day", *business_week(week_mask, holidays))

    def offset_by(self, by: Any) -> Expr:
        """Later by a duration such as '1mo' or '-3d'."""
        return self._call("offset_by", by)

    def strftime(self, format: str) -> Expr:
        """As text, by a format."""
        return self._call("strftime", format)

    def to_string(self, format: str | None = None) -> Expr:
        """As text, by a format or in ISO form."""
        if format in (None, "iso"):
            return self._expr.cast(String)
        return self._call("strftime", format)

    def cast_time_unit(self, time_unit: str) -> Expr:
        """The same times in another unit."""
        return self._call("cast_time_unit", time_unit)

    def convert_time_zone(self, time_zone: str) -> Expr:
        """The same points in time, as clocks of another zone show them."""
        return self._call("convert_time_zone", time_zone)

    def replace_time_zone(
        self, time_zone: str | None, *, ambiguous: Any = "raise", non_existent: str = "raise"
    ) -> Expr:
        """The same clock times in another zone; a time that occurs twice there, or never, is an error unless
        `ambiguous` ('earliest', 'latest', 'null', or an expression of these) and `non_existent` ('null') say otherwise.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> twice = hs.Series([dt.datetime(2024, 10, 27, 2, 30)])
        >>> str(twice.dt.replace_time_zone("Europe/Paris", ambiguous="latest").item())
        '2024-10-27 02:30:00+01:00'
        """
        if non_existent not in ("raise", "null"):
            msg = f"`non_existent` is 'raise' or 'null', not {non_existent!r}"
            raise ValueError(msg)
        return self._call("replace_time_zone", time_zone, ambiguous, non_existent)

    def total_days(self, *, fractional: bool = False) -> Expr:
        """The duration in days."""
        return self._total("days", fractional=fractional)

    def total_hours(self, *, fractional: bool = False) -> Expr:
        """The duration in hours."""
        return self._total("hours", fractional=fractional)

    def total_minutes(self, *, fractional: bool = False) -> Expr:
        """The duration in minutes."""
        return self._total("minutes", fractional=fractional)

    def total_seconds(self, *, fractional: bool = False) -> Expr:
        """The duration in seconds."""
        return self._total("seconds", fractional=fractional)

    def total_milliseconds(self, *, fractional: bool = False) -> Expr:
        """The duration in milliseconds."""
        return self._total("milliseconds", fractional=fractional)

    def total_microseconds(self, *, fractional: bool = False) -> Expr:
        """The duration in microseconds."""
        return self._total("microseconds", fractional=fractional)

    def total_nanoseconds(self, *, fractional: bool = False) -> Expr:
        """The duration in nanoseconds."""
        return self._total("nanoseconds", fractional=fractional)

    def _total(self, unit: str, *, fractional: bool) -> Expr:
        return self._call("total_nanoseconds") / _NANOSECONDS[unit] if fractional else self._call(f"total_{unit}")


def _duration_string(value: Any) -> Any:
    """A `timedelta` in the notation of durations."""
    if hasattr(value, "total_seconds"):
        return f"{round(value.total_seconds() * 1_000_000)}us"
    return value


def business_week(week_mask: Iterable[bool], holidays: Any) -> list[Any]:
    """The arguments of functions of business days: a flag for each day of the week, and a list of holidays."""
    mask = list(week_mask)
    if len(mask) != 7:
        msg = f"`week_mask` has a flag for each of the seven days of the week, not {len(mask)}"
        raise ValueError(msg)
    if isinstance(holidays, Expr):
        return [mask, holidays]
    from hypostyle.series import Series

    if isinstance(holidays, Series):
        return [mask, holidays if isinstance(holidays.dtype, List) else holidays.cast(Date).implode()]
    return [mask, Series([list(holidays)], dtype=List(Date))]
