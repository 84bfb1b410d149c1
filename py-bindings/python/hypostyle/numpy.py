"""Columns as NumPy arrays. NumPy is imported when it is asked for."""

from __future__ import annotations

from typing import Any

from hypostyle.datatypes import Boolean, Date, Datetime, Duration, Float32, Float64


class _View:
    """The memory of a column, for NumPy to look at without a copy."""

    def __init__(self, owner: Any, address: int, length: int, typestr: str) -> None:
        self._owner = owner
        self.__array_interface__ = {
            "data": (address, True),
            "shape": (length,),
            "typestr": typestr,
            "version": 3,
        }


_TYPES = {
    "Int8": "|i1",
    "Int16": "<i2",
    "Int32": "<i4",
    "Int64": "<i8",
    "UInt8": "|u1",
    "UInt16": "<u2",
    "UInt32": "<u4",
    "UInt64": "<u8",
    "Float32": "<f4",
    "Float64": "<f8",
}


def to_numpy(series: Any, *, writable: bool, allow_copy: bool) -> Any:
    """A series as an array: nulls make integers floats, booleans and text objects, and times NaT."""
    import numpy

    dtype = series.dtype
    if len(series) and not series.null_count():
        shared = _shared(series, dtype)
        if shared is not None:
            return shared.copy() if writable else shared
    if not allow_copy:
        msg = "`to_numpy` needs a copy here, which `allow_copy=False` forbids"
        raise RuntimeError(msg)
    if dtype.is_integer() and series.null_count():
        return numpy.array([numpy.nan if v is None else v for v in series.to_list()], dtype=numpy.float64)
    if dtype in (Float32, Float64):
        values = [numpy.nan if v is None else v for v in series.to_list()]
        return numpy.array(values, dtype=numpy.float32 if dtype == Float32 else numpy.float64)
    if dtype in (Datetime, Duration, Date):
        kind = "m8" if dtype == Duration else "M8"
        unit = "D" if dtype == Date else dtype.time_unit
        from hypostyle.datatypes import Int64

        nat = numpy.iinfo(numpy.int64).min
        numbers = [nat if v is None else v for v in series.cast(Int64).to_list()]
        return numpy.array(numbers, dtype=numpy.int64).view(f"{kind}[{unit}]")
    if dtype == Boolean and not series.null_count():
        return numpy.array(series.to_list(), dtype=bool)
    if dtype.is_integer():
        return numpy.array(series.to_list(), dtype=_TYPES.get(repr(dtype), object))
    array = numpy.empty(len(series), dtype=object)
    array[:] = series.to_list()
    return array


def _shared(series: Any, dtype: Any) -> Any:
    import numpy

    whole = series._s if series._s.n_chunks() == 1 else series._s.rechunk()
    place = whole.address()
    if place is None:
        return None
    if dtype in (Datetime, Duration):
        kind = "m8" if dtype == Duration else "M8"
        return numpy.asarray(_View(whole, *place, "<i8")).view(f"{kind}[{dtype.time_unit}]")
    typestr = _TYPES.get(repr(dtype))
    return None if typestr is None else numpy.asarray(_View(whole, *place, typestr))
