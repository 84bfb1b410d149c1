"""Columns out of Python's values, NumPy arrays, and anything that speaks Arrow."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from hypostyle._hypostyle import PyDataFrame, PySeries
from hypostyle.datatypes import DataTypeClass, Datetime, Duration, Int32, List, Struct, describe, parse_schema
from hypostyle.exceptions import ShapeError
from hypostyle.expr.parse import is_series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: NumPy's names of number types, by what they are here.
_NUMPY = {
    "bool": "Boolean",
    "int8": "Int8",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "uint8": "UInt8",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float16": "Float16",
    "float32": "Float32",
    "float64": "Float64",
}


def is_numpy(value: Any) -> bool:
    """Whether a value is a NumPy array, without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def is_pandas(value: Any) -> bool:
    """Whether a value is of pandas, without importing pandas."""
    return type(value).__module__.split(".")[0] == "pandas"


def series(name: str, values: Any, dtype: Any = None, *, strict: bool = True, nan_to_null: bool = False) -> PySeries:
    """A column of values of whatever kind."""
    inner = _column(name, values, dtype, strict=strict, nan_to_null=nan_to_null)
    if dtype is None or isinstance(dtype, DataTypeClass) and dtype in (List, Struct):
        return inner
    wanted = describe(dtype)
    return inner if describe(inner.dtype()) == wanted else inner.cast(wanted, "strict" if strict else "nonstrict")


def _column(name: str, values: Any, dtype: Any, *, strict: bool, nan_to_null: bool) -> PySeries:
    if values is None:
        values = []
    inner = getattr(values, "_s", None)
    if isinstance(inner, PySeries):
        return inner.rename(name) if name else inner
    if is_numpy(values):
        return _from_numpy(name, values, nan_to_null=nan_to_null, strict=strict)
    if is_pandas(values):
        return _from_pandas(name, values, nan_to_null=nan_to_null)
    if hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__"):
        return PySeries.from_arrow(name, values)
    if isinstance(values, (set, frozenset, Mapping)) or not isinstance(values, Iterable):
        msg = f"Series constructor called with unsupported type {type(values).__name__!r} for the `values` parameter"
        raise TypeError(msg)
    if dtype is None and isinstance(values, range) and not values:
        # Even without values it is of integers.
        return PySeries.from_values(name, [], "Int64", strict)
    if dtype is None or isinstance(dtype, DataTypeClass) and dtype in (List, Struct):
        return PySeries.from_values(name, values, None, strict)
    return _typed(name, values, dtype, strict=strict)


def _typed(name: str, values: Iterable[Any], dtype: Any, *, strict: bool) -> PySeries:
    """Values of a given type. Text becomes dates by parsing, as Polars' constructors do it."""
    values = values if isinstance(values, (list, tuple)) else list(values)
    first = next((value for value in values if value is not None), None)
    if isinstance(first, str) and describe(dtype) == "Date":
        from hypostyle.series import Series

        text = PySeries.from_values(name, values, "String", strict)
        return Series._wrap(text).str.to_date(strict=strict)._s
    return PySeries.from_values(name, values, describe(dtype), strict)


def _from_numpy(name: str, array: Any, *, nan_to_null: bool, strict: bool) -> PySeries:
    import numpy

    if array.ndim != 1:
        if array.ndim == 0:
            msg = "a Series needs an array of one dimension, not a scalar"
            raise TypeError(msg)
        if array.dtype.kind == "O":
            return PySeries.from_values(name, array.tolist(), None, strict)
        inner = _from_numpy(name, array.reshape(-1), nan_to_null=nan_to_null, strict=strict)
        for axis in reversed(range(1, array.ndim)):
            inner = inner.to_arrays(array.shape[axis], int(numpy.prod(array.shape[:axis])))
        return inner
    kind = array.dtype.kind
    if kind in "mM":
        return _from_numpy_times(name, array)
    description = _NUMPY.get(array.dtype.name)
    if description is None:
        values = array.tolist()
        if kind == "O" and nan_to_null:
            values = [None if isinstance(value, float) and value != value else value for value in values]
        return PySeries.from_values(name, values, None, strict)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    missing = numpy.isnan(array) if nan_to_null and kind == "f" else None
    return _with_nulls(_from_memory(name, description, array), missing)


def _from_memory(name: str, description: Any, array: Any) -> PySeries:
    """The numbers of an array, copied: arrays can change, columns cannot."""
    import numpy

    array = numpy.ascontiguousarray(array)
    return PySeries.from_address(name, description, array.__array_interface__["data"][0], len(array))


def _with_nulls(inner: PySeries, missing: Any) -> PySeries:
    """Null where a mask of NumPy is true."""
    if missing is None or not missing.any():
        return inner
    from hypostyle.expr.when import when
    from hypostyle.functions.columns import col
    from hypostyle.series import Series

    name = inner.name()
    keep = Series._wrap(_from_memory("keep", "Boolean", ~missing))
    frame = Series._wrap(inner).to_frame("values")._with(keep)
    return frame._evaluate(when(col("keep")).then(col("values"))).rename(name)._s


def _from_numpy_times(name: str, array: Any) -> PySeries:
    import numpy

    unit = numpy.datetime_data(array.dtype)[0]
    moment = array.dtype.kind == "M"
    if unit not in ("ms", "us", "ns") and not (moment and unit == "D"):
        msg = f"incorrect NumPy datetime resolution {unit!r}: 'D' (datetime only), 'ms', 'us' and 'ns' are supported"
        raise ValueError(msg)
    dtype = "Date" if unit == "D" else describe(Datetime(unit) if moment else Duration(unit))
    missing = numpy.isnat(array)
    numbers = array.astype(numpy.int64)
    if unit == "D":
        numbers = numbers.astype(numpy.int32)
    return _with_nulls(_from_memory(name, dtype, numbers), missing)


def _from_pandas(name: str, values: Any, *, nan_to_null: bool) -> PySeries:
    """Through Arrow, so that pandas' own missing values become null."""
    import pyarrow

    name = name or (values.name if isinstance(values.name, str) else "" if values.name is None else str(values.name))
    array = pyarrow.Array.from_pandas(values) if nan_to_null else pyarrow.array(values, from_pandas=False)
    if isinstance(array, pyarrow.ChunkedArray):
        array = pyarrow.chunked_array(array.chunks, array.type)
    return PySeries.from_arrow(name, array)


def frame(
    data: Any = None,
    schema: Any = None,
    *,
    schema_overrides: Any = None,
    strict: bool = True,
    orient: str | None = None,
    infer_schema_length: int | None = 100,
    nan_to_null: bool = False,
) -> PyDataFrame:
    """A table out of data of whatever kind."""
    names, dtypes = parse_schema(schema)
    overrides = {**dtypes, **dict(schema_overrides or {})}
    options: dict[str, Any] = {"strict": strict, "nan_to_null": nan_to_null}
    if data is None:
        data = {}
    inner = getattr(data, "_df", None)
    inner = inner if isinstance(inner, PyDataFrame) else None
    if inner is None and isinstance(data, Mapping):
        return _from_mapping(data, names, overrides, options)
    if is_series(data):
        data = [data]
    if inner is None:
        if is_numpy(data):
            return _from_matrix(data, names, overrides, orient, options)
        if is_pandas(data):
            if hasattr(data, "columns"):
                inner = from_pandas(data, nan_to_null=nan_to_null or True)
            else:
                data = [_pandas_series(data)]
        elif hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
            inner = PyDataFrame.from_arrow(data)
    if inner is not None:
        return _restyled(inner, names, overrides, strict=strict)
    if isinstance(data, (str, bytes)) or not isinstance(data, Iterable):
        msg = f"DataFrame constructor called with unsupported type {type(data).__name__!r} for the `data` parameter"
        raise TypeError(msg)
    return _from_sequence(list(data), names, overrides, orient, infer_schema_length, options)


def _pandas_series(data: Any) -> Any:
    from hypostyle.series import Series

    return Series._wrap(_from_pandas("", data, nan_to_null=True))


def _from_mapping(data: Mapping[str, Any], names: list[str], dtypes: Mapping[str, Any], options: Any) -> PyDataFrame:
    if names:
        if not data:
            data = {name: [] for name in names}
        missing = [name for name in names if name not in data]
        if missing and len(names) == len(data):
            data = dict(zip(names, data.values()))
        else:
            data = {name: data.get(name) for name in names}
            height = next((len(v) for v in data.values() if v is not None and hasattr(v, "__len__")), 0)
            data = {name: [None] * height if v is None else v for name, v in data.items()}
    data = {name: _of_arrow(value) for name, value in data.items()}
    scalars = {name for name, value in data.items() if _is_scalar(value)}
    lengths = [_length(value) for name, value in data.items() if name not in scalars]
    height = max(lengths, default=1 if scalars else 0)
    columns = []
    for name, value in data.items():
        dtype = dtypes.get(name)
        if name in scalars:
            if dtype is None and lengths and type(value) is int and -(2**31) <= value < 2**31:
                # A constant beside columns has the type of a literal.
                dtype = Int32
            columns.append(_repeated(name, value, dtype, height, options))
            continue
        if not hasattr(value, "__len__") and not is_series(value):
            value = list(value)
        columns.append(series(name, value, dtype, **options))
    return PyDataFrame(columns)


def _repeated(name: str, value: Any, dtype: Any, height: int, options: Any) -> PySeries:
    if hasattr(value, "_e"):
        msg = f"column {name!r}: expressions have no values before they are evaluated; use `hs.select`"
        raise TypeError(msg)
    return series(name, [value] * height, dtype, **options)


def _of_arrow(value: Any) -> Any:
    """A series, of an object that speaks Arrow and nothing else."""
    speaks = hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")
    if not speaks or isinstance(value, Iterable):
        return value
    from hypostyle.series import Series

    return Series("", value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable) and not is_series(value)


def _length(value: Any) -> int:
    return len(value) if hasattr(value, "__len__") else 0


def _from_sequence(
    data: list[Any],
    names: list[str],
    dtypes: Mapping[str, Any],
    orient: str | None,
    infer_schema_length: int | None,
    options: Any,
) -> PyDataFrame:
    first = next((row for row in data if row is not None), None)
    if first is None:
        return PyDataFrame(
            [series(name, data, dtypes.get(name), **options) for name in names or ["column_0"][: len(data)]]
        )
    if is_series(first):
        return _from_columns([s._s for s in data], names, dtypes, options)
    if isinstance(first, Mapping):
        return from_dicts(data, names, dtypes, infer_schema_length, options)
    if hasattr(first, "_asdict"):
        return from_dicts([row._asdict() for row in data], names, dtypes, infer_schema_length, options)
    if hasattr(first, "__dataclass_fields__"):
        fields = list(first.__dataclass_fields__)
        return from_dicts([{f: getattr(row, f) for f in fields} for row in data], names, dtypes, None, options)
    if hasattr(type(first), "model_fields") and hasattr(first, "model_dump"):
        # A model of pydantic.
        fields = list(type(first).model_fields)
        return from_dicts([{f: getattr(row, f) for f in fields} for row in data], names, dtypes, None, options)
    if is_numpy(first):
        if orient == "row":
            return _from_matrix(__import__("numpy").stack(data), names, dtypes, orient, options)
        return _named([series("", column, **options) for column in data], names, dtypes, options)
    if isinstance(first, Sequence) and not isinstance(first, (str, bytes)):
        return _from_records(data, names, dtypes, orient, options)
    # A plain list of values is one column.
    return _named([series("", data, **options)], names, dtypes, options)


def _from_records(
    data: list[Any], names: list[str], dtypes: Mapping[str, Any], orient: str | None, options: Any
) -> PyDataFrame:
    if orient is None:
        # Rows if they are as long as the schema; else, as Polars: lists are columns, tuples rows.
        by_row = len(data[0]) == len(names) and len(data) != len(names) if names else isinstance(data[0], tuple)
        orient = "row" if by_row else "col"
    if orient == "row":
        width = len(names) or max((len(row) for row in data), default=0)
        if any(len(row) != width for row in data):
            msg = f"rows of different lengths cannot be a table of {width} columns"
            raise ShapeError(msg)
        data = [list(column) for column in zip(*data)]
    elif orient != "col":
        msg = f"`orient` is 'row' or 'col', not {orient!r}"
        raise ValueError(msg)
    names = names or [f"column_{i}" for i in range(len(data))]
    if len(names) != len(data):
        msg = f"the schema has {len(names)} names for {len(data)} columns"
        raise ShapeError(msg)
    return PyDataFrame([series(name, column, dtypes.get(name), **options) for name, column in zip(names, data)])


def from_dicts(
    data: list[Any], names: list[str], dtypes: Mapping[str, Any], infer_schema_length: int | None, options: Any
) -> PyDataFrame:
    """Rows as dicts; the columns are the keys of the first rows, or those of the schema."""
    if not names:
        seen: dict[str, None] = {}
        for row in data if infer_schema_length is None else data[:infer_schema_length]:
            seen.update(dict.fromkeys(row or {}))
        names = list(seen)
    columns = []
    for name in names:
        values = [None if row is None else row.get(name) for row in data]
        # Types of the first rows do not bind the later ones, as a strict column's would.
        dtype = dtypes.get(name)
        columns.append(series(name, values, dtype, **{**options, "strict": options["strict"] and dtype is not None}))
    return PyDataFrame(columns)


def _from_columns(columns: list[PySeries], names: list[str], dtypes: Mapping[str, Any], options: Any) -> PyDataFrame:
    named = [column if column.name() else column.rename(f"column_{i}") for i, column in enumerate(columns)]
    return _named(named, names, dtypes, options)


def _named(columns: list[PySeries], names: list[str], dtypes: Mapping[str, Any], options: Any) -> PyDataFrame:
    if names and len(names) != len(columns):
        msg = f"the schema has {len(names)} names for {len(columns)} columns"
        raise ShapeError(msg)
    names = names or [column.name() or f"column_{i}" for i, column in enumerate(columns)]
    renamed = [column.rename(name) for name, column in zip(names, columns)]
    return _restyled(PyDataFrame(renamed), [], dtypes, strict=options["strict"])


def _from_matrix(
    data: Any, names: list[str], dtypes: Mapping[str, Any], orient: str | None, options: Any
) -> PyDataFrame:
    if data.dtype.names:
        columns = [series(field, data[field], **options) for field in data.dtype.names]
        return _named(columns, names, dtypes, options)
    if data.ndim == 1:
        return _named([series("", data, **options)], names, dtypes, options)
    if data.ndim != 2:
        msg = f"a DataFrame needs an array of one or two dimensions, not {data.ndim}"
        raise ValueError(msg)
    by_column = orient == "col" or orient is None and bool(names) and len(names) == data.shape[0] != data.shape[1]
    vectors = list(data) if by_column else [data[:, i] for i in range(data.shape[1])]
    return _named([series("", vector, **options) for vector in vectors], names, dtypes, options)


def _restyled(inner: PyDataFrame, names: list[str], dtypes: Mapping[str, Any], *, strict: bool) -> PyDataFrame:
    """Under other names, with other types."""
    if not names and not dtypes:
        return inner
    columns = [inner.column_at(i) for i in range(inner.width())]
    if names:
        if len(names) != len(columns):
            msg = f"the schema has {len(names)} names for {len(columns)} columns"
            raise ShapeError(msg)
        columns = [column.rename(name) for name, column in zip(names, columns)]
    mode = "strict" if strict else "nonstrict"
    columns = [c.cast(describe(dtypes[c.name()]), mode) if c.name() in dtypes else c for c in columns]
    return PyDataFrame(columns)


def from_pandas(data: Any, *, nan_to_null: bool = True, include_index: bool = False) -> PyDataFrame:
    """A pandas frame, column by column through Arrow."""
    if include_index:
        name = data.index.name
        data = data.reset_index(names=["None" if name is None else name])
    columns = []
    for name in data.columns:
        column = _from_pandas(str(name), data[name], nan_to_null=nan_to_null)
        if data[name].dtype == object and describe(column.dtype()) == "Null":
            # Objects without a value among them are most often texts.
            column = column.cast("String", "strict")
        columns.append(column.rename(str(name)))
    return PyDataFrame(columns)
