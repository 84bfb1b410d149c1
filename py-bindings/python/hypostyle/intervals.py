"""The notation of durations: '1d12h', '3mo', '-2w'."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}
_MONTHS = {"mo": 1, "q": 3, "y": 12}


def months_and_nanoseconds(interval: Any) -> tuple[int, int]:
    """The calendar part and the clock part of a duration.

    >>> months_and_nanoseconds("1y2mo")
    (14, 0)
    """
    if hasattr(interval, "total_seconds"):
        microseconds = (interval.days * 86_400 + interval.seconds) * 1_000_000 + interval.microseconds
        return 0, microseconds * 1_000
    text = interval[1:] if interval.startswith("-") else interval
    sign = -1 if interval.startswith("-") else 1
    parts = re.findall(r"(\d+)(ns|us|ms|mo|s|m|h|d|w|q|y)", text)
    if not parts or "".join(n + unit for n, unit in parts) != text:
        from hypostyle.exceptions import InvalidOperationError

        msg = f"{interval!r} is no duration: units are ns, us, ms, s, m, h, d, w, mo, q, y"
        raise InvalidOperationError(msg)
    months = sum(int(n) * _MONTHS[unit] for n, unit in parts if unit in _MONTHS)
    nanoseconds = sum(int(n) * _NANOSECONDS[unit] for n, unit in parts if unit in _NANOSECONDS)
    return sign * months, sign * nanoseconds
