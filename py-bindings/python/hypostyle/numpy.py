"""Columns as NumPy arrays. NumPy is imported when it is asked for."""

from __future__ import annotations

from hypostyle.datatypes import (
    Array,
    Boolean,
    Date,
    Datetime,
    Duration,
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int64,
    Int128,
    List,
    Null,
    String,
    UInt8,
    UInt16,
    UInt128,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
    "Float16": "<f2",
    "Float32": "<f4",
    "Float64": "<f8",
}


def to_numpy(series: Any, *, writable: bool, allow_copy: bool) -> Any:
    """A series as an array: nulls make numbers NaN, times NaT, and everything else an array of objects."""
    import numpy

    dtype = series.dtype
    if dtype == Array:
        # One more dimension for each level of arrays.
        values = type(series)._wrap(series._s.array_values())
        return values.to_numpy(writable=writable, allow_copy=allow_copy).reshape(len(series), *dtype.shape)
    if len(series) and not series.null_count():
        shared = _shared(series, dtype)
        if shared is not None:
            return shared.copy() if writable else shared
    if not allow_copy:
        msg = "`to_numpy` needs a copy here, which `allow_copy=False` forbids"
        raise RuntimeError(msg)
    if dtype == Null:
        return numpy.full(len(series), numpy.nan, dtype=numpy.float32)
    if dtype.is_float() or dtype.is_integer() and dtype not in (Int128, UInt128) and series.null_count():
        # NaN needs floats: the narrow ones, as long as they hold every value.
        narrow = dtype == Float32 or dtype in (Int8, Int16, UInt8, UInt16)
        wanted = Float16 if dtype == Float16 else Float32 if narrow else Float64
        return _copied(series.cast(wanted).fill_null(float("nan")))
    if dtype in (Datetime, Duration, Date):
        kind = "m8" if dtype == Duration else "M8"
        unit = "D" if dtype == Date else dtype.time_unit
        return _copied(series.cast(Int64).fill_null(-(2**63))).view(f"{kind}[{unit}]")
    if dtype == Boolean and not series.null_count():
        return _copied(series.cast(UInt8)).view(bool)
    if dtype.is_integer() and dtype not in (Int128, UInt128):
        return _copied(series)
    array = numpy.empty(len(series), dtype=object)
    array[:] = _arrays(series) if dtype == List else series.to_list()
    return array


def frame_to_numpy(frame: Any, *, order: str, structured: bool) -> Any:
    """A frame as rows and columns, or as rows with named fields."""
    import numpy

    if structured:
        arrays = [
            column.to_numpy().astype(str) if column.dtype == String and not column.null_count() else column.to_numpy()
            for column in frame.get_columns()
        ]
        fields = [(name, array.dtype, array.shape[1:]) for name, array in zip(frame.columns, arrays)]
        result = numpy.empty(frame.height, dtype=fields)
        for name, array in zip(frame.columns, arrays):
            result[name] = array
        return result
    if not frame.width:
        return numpy.empty((frame.height, 0))
    columns = [_one_dimension(column.to_numpy()) for column in frame.get_columns()]
    return numpy.column_stack(columns).copy(order="F" if order == "fortran" else "C")


def _one_dimension(array: Any) -> Any:
    """A column with one cell a row: arrays are objects then."""
    import numpy

    if array.ndim == 1:
        return array
    cells = numpy.empty(len(array), dtype=object)
    for row, values in enumerate(array):
        cells[row] = values
    return cells


def _copied(series: Any) -> Any:
    """An array of its own of numbers without nulls."""
    import numpy

    shared = _shared(series, series.dtype) if len(series) else None
    return numpy.empty(0, dtype=_TYPES[repr(series.dtype)]) if shared is None else shared.copy()


def _arrays(series: Any) -> list[Any]:
    """Each list as an array."""
    whole = series.rechunk()
    rows = (whole._s.get_list(row) for row in range(len(whole)))
    return [None if row is None else type(series)._wrap(row).to_numpy(writable=True) for row in rows]


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
