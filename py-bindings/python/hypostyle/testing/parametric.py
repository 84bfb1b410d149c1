"""Strategies of hypothesis that make frames, series, types and lists for tests of properties.

Importing this module needs the package hypothesis: `pip install hypothesis`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal as PyDecimal
from typing import Any

try:
    import hypothesis
    from hypothesis import strategies as st
    from hypothesis.errors import InvalidArgument
except ModuleNotFoundError:
    msg = "`hypostyle.testing.parametric` needs the package hypothesis: `pip install hypothesis`"
    raise ModuleNotFoundError(msg) from None

import hypostyle as hs

__all__ = ["column", "dataframes", "dtypes", "lists", "load_profile", "series", "set_profile"]

_INTEGERS: dict[Any, int] = {
    hs.Int8: 7,
    hs.Int16: 15,
    hs.Int32: 31,
    hs.Int64: 63,
    hs.Int128: 127,
    hs.UInt8: 8,
    hs.UInt16: 16,
    hs.UInt32: 32,
    hs.UInt64: 64,
    hs.UInt128: 128,
}
_FLOATS: dict[Any, Any] = {hs.Float16: 16, hs.Float32: 32, hs.Float64: 64}
_PLAIN = [*_INTEGERS, *_FLOATS, hs.Boolean, hs.String, hs.Binary, hs.Date, hs.Time, hs.Null]
_PARAMETRIC = [hs.Datetime, hs.Duration, hs.Categorical, hs.Decimal, hs.Enum]
_NESTED = [hs.List, hs.Array, hs.Struct]
_UNITS = ("ms", "us", "ns")
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney")
#: Microseconds since 1970 that every unit of time holds as an Int64.
_YEARS = (datetime(1700, 1, 1), datetime(2250, 1, 1))
_PROFILES = {"fast": 100, "balanced": 1_000, "expensive": 10_000}
_PROFILE_VARIABLE = "HYPOSTYLE_HYPOTHESIS_PROFILE"


# Types.


def _fits(dtype: Any, allowed: Collection[Any] | None, excluded: Collection[Any] | None) -> bool:
    return (allowed is None or dtype in allowed) and (excluded is None or dtype not in excluded)


def _listed(given: Any) -> list[Any] | None:
    if given is None:
        return None
    single = isinstance(given, (type, hs.DataType))
    return [given] if single else list(given)


@st.composite
def _dtypes(
    draw: Any, allowed: list[Any] | None, excluded: list[Any] | None, allow_time_zones: bool, nesting_level: int
) -> Any:
    if allowed is not None:
        kinds = [dtype for dtype in allowed if excluded is None or dtype not in excluded]
    else:
        kinds = [dtype for dtype in [*_PLAIN, *_PARAMETRIC] if _fits(dtype, None, excluded)]
        # The simplest first, so that examples shrink to them.
        kinds += [dtype for dtype in _NESTED if nesting_level > 0 and _fits(dtype, None, excluded)]
    if not kinds:
        msg = "no data type is allowed that is not excluded"
        raise InvalidArgument(msg)
    kind = draw(st.sampled_from(kinds))
    if not isinstance(kind, type):
        return kind
    if kind in _NESTED:
        inner = [dtype for dtype in allowed if dtype not in _NESTED] if allowed is not None else None
        if inner is not None and nesting_level > 1:
            inner = allowed
        below = _dtypes(inner or None, excluded, allow_time_zones, nesting_level - 1)
        return draw(_nested(kind, below))
    return draw(_parametrized(kind, allow_time_zones))


@st.composite
def _nested(draw: Any, kind: Any, inner: Any) -> Any:
    if kind == hs.List:
        return hs.List(draw(inner))
    if kind == hs.Array:
        return hs.Array(draw(inner), draw(st.integers(1, 3)))
    return hs.Struct({f"f{i}": dtype for i, dtype in enumerate(draw(st.lists(inner, min_size=1, max_size=3)))})


def _parametrized(kind: Any, allow_time_zones: bool) -> Any:
    """Types of a class of types that have parameters."""
    if kind == hs.Datetime:
        zones = st.sampled_from([None, *_ZONES]) if allow_time_zones else st.none()
        return st.builds(hs.Datetime, st.sampled_from(_UNITS), zones)
    if kind == hs.Duration:
        return st.builds(hs.Duration, st.sampled_from(_UNITS))
    if kind == hs.Decimal:
        return st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda scale: hs.Decimal(p, scale)))
    if kind == hs.Enum:
        return st.integers(1, 3).map(lambda n: hs.Enum([f"c{i}" for i in range(n)]))
    return st.just(kind() if kind in _PLAIN else kind)


def dtypes(
    *,
    allowed_dtypes: Collection[Any] | None = None,
    excluded_dtypes: Sequence[Any] | None = None,
    allow_time_zones: bool = True,
    nesting_level: int = 3,
) -> Any:
    """A strategy of data types, nested up to a level.

    >>> import hypothesis
    >>> hypothesis.find(dtypes(allowed_dtypes=[hs.List]), lambda dtype: True) == hs.List
    True
    """
    return _dtypes(_listed(allowed_dtypes), _listed(excluded_dtypes), allow_time_zones, nesting_level)


# Values.


def _values(dtype: Any) -> Any:
    """A strategy of values of a data type, none of them null."""
    kind = dtype.base_type() if not isinstance(dtype, type) else dtype
    if kind in _INTEGERS:
        bits = _INTEGERS[kind]
        return st.integers(-(2**bits) if dtype.is_signed_integer() else 0, 2**bits - 1)
    if kind in _FLOATS:
        return st.floats(width=_FLOATS[kind])
    if kind == hs.Decimal:
        # Types without their parameters have the precision of 38 digits and no digits after the point.
        precision, scale = (getattr(dtype, "precision", None) or 38, getattr(dtype, "scale", None) or 0)
        largest = 10**precision - 1
        return st.integers(-largest, largest).map(
            lambda n: PyDecimal((int(n < 0), tuple(map(int, str(abs(n)))), -scale))
        )
    if kind == hs.Datetime:
        # Values with a zone are instants.
        return _datetimes(dtype)
    if kind == hs.Duration:
        return _in_unit(dtype, st.timedeltas(timedelta(days=-90_000), timedelta(days=90_000)))
    if kind == hs.Enum:
        return st.sampled_from(list(dtype.categories))
    if kind == hs.List:
        return lists(dtype.inner, max_size=3)
    if kind == hs.Array:
        return lists(dtype.inner, min_size=dtype.size, max_size=dtype.size)
    if kind == hs.Struct:
        return st.fixed_dictionaries({field.name: _or_null(_values(field.dtype)) for field in dtype.fields})
    simple: dict[Any, Any] = {
        hs.Boolean: st.booleans(),
        hs.String: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        hs.Categorical: st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
        hs.Binary: st.binary(max_size=8),
        hs.Date: st.dates(date(1, 1, 1), date(9999, 12, 31)),
        hs.Time: st.times(time(0), time(23, 59, 59, 999_999)),
        hs.Null: st.none(),
    }
    if kind not in simple:
        msg = f"there is no strategy for values of {dtype!r}"
        raise InvalidArgument(msg)
    return simple[kind]


def _or_null(values: Any) -> Any:
    return st.one_of(st.none(), values)


def _datetimes(dtype: Any) -> Any:
    moments = _in_unit(dtype, st.datetimes(*_YEARS))
    zone = getattr(dtype, "time_zone", None)
    if zone is None:
        return moments
    from zoneinfo import ZoneInfo

    return moments.map(lambda moment: moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)))


def _in_unit(dtype: Any, values: Any) -> Any:
    """Times that the unit of a type holds: whole milliseconds for `ms`."""
    if getattr(dtype, "time_unit", "us") != "ms":
        return values
    cut = timedelta(milliseconds=1)
    if getattr(dtype, "base_type", lambda: dtype)() == hs.Duration:
        return values.map(lambda value: value // cut * cut)
    return values.map(lambda value: value.replace(microsecond=value.microsecond // 1000 * 1000))


def lists(
    inner_dtype: Any,
    *,
    select_from: Sequence[Any] | None = None,
    min_size: int = 0,
    max_size: int | None = None,
    unique: bool = False,
    **kwargs: Any,
) -> Any:
    """A strategy of lists of values of a data type, nulls among them unless `allow_null=False`.

    >>> import hypothesis
    >>> hypothesis.find(lists(hs.Int8, min_size=2, allow_null=False), lambda values: True)
    [0, 0]
    """
    allow_null = kwargs.pop("allow_null", True)
    _refuse("lists", kwargs)
    if max_size is None:
        max_size = max(min_size, 3)
    values = _values(inner_dtype) if select_from is None else st.sampled_from(list(select_from))
    if allow_null and select_from is None:
        values = _or_null(values)
    return st.lists(values, min_size=min_size, max_size=max_size, unique_by=repr if unique else None)


def _refuse(what: str, kwargs: Mapping[str, Any]) -> None:
    if kwargs:
        from hypostyle.exceptions import ArgumentRemovedError

        name = next(iter(kwargs))
        instead = {"size": "; use `min_size` and `max_size`", "chunked": "; use `allow_chunks`"}.get(name, "")
        msg = f"`{what}` has no argument `{name}`{instead}"
        raise ArgumentRemovedError(msg) if instead else TypeError(msg)


# Series and frames.


@st.composite
def _series(
    draw: Any, name: Any, types: Any, size: Any, strategy: Any, allow_null: bool, allow_chunks: bool, unique: bool
) -> Any:
    dtype = None if types is None else draw(types) if isinstance(types, st.SearchStrategy) else types
    if dtype is not None and isinstance(dtype, type) and (dtype in _PARAMETRIC or dtype in _NESTED):
        # A class of types: one of them.
        dtype = (
            draw(_dtypes([dtype], None, True, 1))
            if dtype in _PARAMETRIC
            else draw(_nested(dtype, _dtypes(None, None, True, 0)))
        )
    name = draw(name) if isinstance(name, st.SearchStrategy) else name
    rows = draw(size) if isinstance(size, st.SearchStrategy) else size
    values = strategy if strategy is not None else _values(dtype)
    if allow_null and strategy is None:
        values = _or_null(values)
    drawn = draw(st.lists(values, min_size=rows, max_size=rows, unique_by=repr if unique else None))
    made = hs.Series(name or "", drawn, dtype=dtype)
    if allow_chunks and rows > 1 and draw(st.booleans()):
        at = rows // 2
        made = made[:at].append(made[at:])
    return made


def series(
    *,
    name: Any = None,
    dtype: Any = None,
    min_size: int = 0,
    max_size: int = 5,
    strategy: Any = None,
    allow_null: bool = True,
    allow_chunks: bool = True,
    allow_masked_out: bool = True,
    unique: bool = False,
    allowed_dtypes: Any = None,
    excluded_dtypes: Any = None,
    allow_time_zones: bool = True,
    **kwargs: Any,
) -> Any:
    """A strategy of series: of one type, or of any.

    >>> import hypothesis
    >>> hypothesis.find(series(dtype=hs.Int8, min_size=1, allow_null=False), lambda s: True).to_list()
    [0]
    """
    del allow_masked_out
    _refuse("series", kwargs)
    if dtype is None and strategy is None:
        dtype = dtypes(
            allowed_dtypes=_listed(allowed_dtypes),
            excluded_dtypes=_listed(excluded_dtypes),
            allow_time_zones=allow_time_zones,
        )
    size = st.integers(min_size, max(min_size, max_size))
    return _series(name, dtype, size, strategy, allow_null, allow_chunks, unique)


@dataclass
class column:
    """A column of :func:`dataframes`: its name, its type or the strategy of its values, and whether they may be null.

    >>> column("a", dtype=hs.Int8).name
    'a'
    """

    name: str | None = None
    dtype: Any = None
    strategy: Any = None
    allow_null: bool | None = None
    unique: bool = False


@st.composite
def _dataframes(
    draw: Any,
    cols: Any,
    lazy: bool,
    widths: tuple[int, int],
    sizes: tuple[int, int],
    include_cols: Any,
    allow_null: Any,
    allow_chunks: bool,
    types: Any,
) -> Any:
    if cols is None:
        cols = draw(st.integers(*widths))
    columns = (
        [column() for _ in range(cols)] if isinstance(cols, int) else [cols] if isinstance(cols, column) else list(cols)
    )
    columns += (
        [] if include_cols is None else [include_cols] if isinstance(include_cols, column) else list(include_cols)
    )
    rows = draw(st.integers(*sizes)) if columns else 0
    made = []
    for number, wanted in enumerate(columns):
        name = wanted.name if wanted.name is not None else f"col{number}"
        nulls = wanted.allow_null
        if nulls is None:
            nulls = allow_null.get(name, True) if isinstance(allow_null, Mapping) else allow_null
        dtype = wanted.dtype if wanted.dtype is not None or wanted.strategy is not None else types
        made.append(draw(_series(name, dtype, rows, wanted.strategy, nulls, False, wanted.unique)))
    frame = hs.DataFrame(made)
    if allow_chunks and rows > 1 and draw(st.booleans()):
        frame = frame[: rows // 2].vstack(frame[rows // 2 :])
    return frame.lazy() if lazy else frame


def dataframes(
    cols: int | column | Sequence[column] | None = None,
    *,
    lazy: bool = False,
    min_cols: int = 1,
    max_cols: int = 5,
    min_size: int = 0,
    max_size: int = 5,
    include_cols: Sequence[column] | column | None = None,
    allow_null: bool | Mapping[str, bool] = True,
    allow_chunks: bool = True,
    allow_masked_out: bool = True,
    allowed_dtypes: Any = None,
    excluded_dtypes: Any = None,
    allow_time_zones: bool = True,
    **kwargs: Any,
) -> Any:
    """A strategy of frames, or with `lazy` of queries over them.

    >>> import hypothesis
    >>> hypothesis.find(dataframes([column("a", hs.Int8)], min_size=1, allow_null=False), lambda df: True).rows()
    [(0,)]
    """
    del allow_masked_out
    _refuse("dataframes", kwargs)
    types = dtypes(
        allowed_dtypes=_listed(allowed_dtypes),
        excluded_dtypes=_listed(excluded_dtypes),
        allow_time_zones=allow_time_zones,
    )
    widths, sizes = (min_cols, max(min_cols, max_cols)), (min_size, max(min_size, max_size))
    return _dataframes(cols, lazy, widths, sizes, include_cols, allow_null, allow_chunks, types)


# How many examples.


def load_profile(profile: Any = "fast", *, set_environment: bool = False) -> None:
    """How many examples hypothesis tries: 'fast' (100), 'balanced' (1,000), 'expensive' (10,000), or a number."""
    name = str(_known(profile))
    examples = _PROFILES.get(name) or int(name)
    hypothesis.settings.register_profile(f"hypostyle.{name}", max_examples=examples, deadline=None)
    hypothesis.settings.load_profile(f"hypostyle.{name}")
    if set_environment:
        set_profile(profile)


def set_profile(profile: Any) -> None:
    """Sets the profile in the environment, for processes that are started later."""
    os.environ[_PROFILE_VARIABLE] = str(_known(profile))


def _known(profile: Any) -> Any:
    if profile not in _PROFILES and not (isinstance(profile, int) or str(profile).isdigit()):
        msg = f"invalid profile name {profile!r}; it is one of {', '.join(_PROFILES)}, or a number of examples"
        raise ValueError(msg)
    return profile


if os.environ.get(_PROFILE_VARIABLE):
    load_profile(os.environ[_PROFILE_VARIABLE])
