"""Avro object container files, by the package fastavro."""

from __future__ import annotations

import io
import os

from hypostyle import datatypes as types
from hypostyle.dataframe import DataFrame
from hypostyle.exceptions import ColumnNotFoundError, ComputeError, OutOfBoundsError
from hypostyle.io.sources import read, read_path
from hypostyle.optional import required
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PRIMITIVE: dict[str, Any] = {
    "null": types.Null,
    "boolean": types.Boolean,
    "int": types.Int32,
    "long": types.Int64,
    "float": types.Float32,
    "double": types.Float64,
    "bytes": types.Binary,
    "fixed": types.Binary,
    "string": types.String,
    "enum": types.Categorical,
}

_LOGICAL: dict[str, Any] = {
    "date": types.Date,
    "time-millis": types.Time,
    "time-micros": types.Time,
    **{f"timestamp-{name}": types.Datetime(unit, "UTC") for name, unit in (("millis", "ms"), ("micros", "us"))},
    **{f"local-timestamp-{name}": types.Datetime(unit) for name, unit in (("millis", "ms"), ("micros", "us"))},
}

_CODECS = {"uncompressed": "null", "snappy": "snappy", "deflate": "deflate"}


def read_avro(source: Any, *, columns: Any = None, n_rows: int | None = None) -> DataFrame:
    """An Avro file as a table; `columns` chooses some by name or position, in the order of the file.

    Enums become categories, maps lists of keys and values. Unions of several types are refused, unless one is null.

    >>> import io
    >>> import hypostyle as hs
    >>> file = io.BytesIO()
    >>> hs.DataFrame({"city": ["Kyoto", None], "sold": [3, 5]}).write_avro(file)
    >>> hs.read_avro(file.getvalue(), columns=["sold"]).rows()
    [(3,), (5,)]
    """
    from itertools import islice

    fastavro = required("fastavro", "`read_avro`")
    data = read_path(source) if isinstance(source, (str, os.PathLike)) else read(source)
    if n_rows is not None and n_rows < 0:
        msg = f"`n_rows` is not negative, not {n_rows}"
        raise ValueError(msg)
    try:
        reader = fastavro.reader(io.BytesIO(data))
        rows = list(islice(reader, n_rows))
    except Exception as error:
        if "need to install" in str(error):
            msg = f"{error}: pip install {'cramjam' if 'cramjam' in str(error) else 'backports.zstd'}"
            raise ModuleNotFoundError(msg) from None
        msg = f"this is no valid Avro file: {error or type(error).__name__}"
        raise ComputeError(msg) from error
    schema = reader.writer_schema
    if not isinstance(schema, dict) or schema.get("type") != "record":
        msg = "an Avro file is a table if its values are records; this one's are not"
        raise ComputeError(msg)
    named: dict[str, Any] = {}
    found = []
    for field in schema["fields"]:
        # All fields are looked at: a later one may name the type of an earlier one.
        dtype, convert = _parsed(field["type"], named, field["name"])
        found.append((field["name"], dtype, convert))
    chosen = _chosen([name for name, _, _ in found], columns)
    series = []
    for name, dtype, convert in found:
        if name in chosen:
            values = [row[name] for row in rows]
            if convert is not None:
                values = [None if value is None else convert(value) for value in values]
            series.append(Series(name, values, dtype=dtype))
    return DataFrame(series)


def _chosen(names: list[str], columns: Any) -> set[str]:
    if columns is None:
        return set(names)
    wanted = [columns] if isinstance(columns, (str, int)) else list(columns)
    for column in wanted:
        if isinstance(column, int) and not 0 <= column < len(names):
            msg = f"column {column} of a file of {len(names)} columns"
            raise OutOfBoundsError(msg)
        if isinstance(column, str) and column not in names:
            msg = f"column {column!r} not found; the file has {names}"
            raise ColumnNotFoundError(msg)
    return {names[column] if isinstance(column, int) else column for column in wanted}


def _parsed(avro: Any, named: dict[str, Any], column: str) -> tuple[Any, Callable[[Any], Any] | None]:
    """The type of values of an Avro type, and what makes them out of what fastavro gives, if they differ."""
    if isinstance(avro, list):
        others = [member for member in avro if member != "null"]
        if len(others) > 1:
            msg = f"column {column!r} is a union of {len(others)} types; columns have one"
            raise ComputeError(msg)
        return _parsed(others[0] if others else "null", named, column)
    if isinstance(avro, str):
        if avro in _PRIMITIVE:
            return _PRIMITIVE[avro], None
        if named.get(avro) is None:
            msg = f"column {column!r} is of type {avro!r}, which contains itself; columns cannot"
            raise ComputeError(msg)
        known: tuple[Any, Callable[[Any], Any] | None] = named[avro]
        return known
    kind, logical = avro["type"], avro.get("logicalType")
    if not isinstance(kind, str) or kind in named:
        return _parsed(kind, named, column)
    if "name" in avro:
        # Known when all of it is read: until then, it would contain itself.
        named[avro["name"]] = None
    parsed = _parsed_complex(avro, kind, logical, named, column)
    if "name" in avro:
        named[avro["name"]] = parsed
    return parsed


def _parsed_complex(
    avro: dict[str, Any], kind: str, logical: str | None, named: dict[str, Any], column: str
) -> tuple[Any, Callable[[Any], Any] | None]:
    if logical == "decimal":
        return types.Decimal(avro["precision"], avro.get("scale", 0)), None
    if logical in _LOGICAL:
        return _LOGICAL[logical], None
    if logical == "uuid":
        return types.String, str
    if kind == "array":
        inner, convert = _parsed(avro["items"], named, column)
        return types.List(inner), None if convert is None else _each(convert)
    if kind == "map":
        inner, convert = _parsed(avro["values"], named, column)
        entry = types.Struct({"key": types.String, "value": inner})
        return types.List(entry), _entries(convert)
    if kind == "record":
        fields = {field["name"]: _parsed(field["type"], named, column) for field in avro["fields"]}
        converts = {name: convert for name, (_, convert) in fields.items() if convert is not None}
        dtype = types.Struct({name: dtype for name, (dtype, _) in fields.items()})
        return dtype, _members(converts) if converts else None
    return _PRIMITIVE[kind], None


def _each(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: [None if value is None else convert(value) for value in values]


def _entries(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    def entries(values: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"key": k, "value": v if convert is None or v is None else convert(v)} for k, v in values.items()]

    return entries


def _members(converts: dict[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def members(values: dict[str, Any]) -> dict[str, Any]:
        changed = {name: convert(values[name]) for name, convert in converts.items() if values[name] is not None}
        return {**values, **changed}

    return members


def write_avro(frame: DataFrame, file: Any, compression: str, name: str) -> None:
    """Writes a table into a path or an open file: all of it, or nothing."""
    fastavro = required("fastavro", "`write_avro`")
    if compression not in _CODECS:
        msg = f"`compression` is one of {', '.join(map(repr, _CODECS))}, not {compression!r}"
        raise ValueError(msg)
    if compression == "snappy":
        required("cramjam", "`compression='snappy'`")
    numbers = iter(range(1, 1 << 30))
    fields = [{"name": n, "type": _nullable(dtype, numbers, n)} for n, dtype in frame.schema.items()]
    schema = {"type": "record", "name": name, "fields": fields}
    for column in frame:
        _check_times(column)
    buffer = io.BytesIO()
    # A row without columns is a row, too.
    rows = frame.iter_rows(named=True) if fields else [{}] * frame.height
    fastavro.writer(buffer, fastavro.parse_schema(schema), rows, codec=_CODECS[compression])
    if isinstance(file, (str, os.PathLike)):
        with open(os.path.expanduser(os.fspath(file)), "wb") as opened:
            opened.write(buffer.getvalue())
    else:
        file.write(buffer.getvalue())


def _check_times(column: Series) -> None:
    """Times of Avro are microseconds."""
    if column.dtype == types.Time and ((column.to_physical() % 1000) != 0).any():
        msg = f"column {column.name!r} has times finer than microseconds, which Avro does not have"
        raise ComputeError(msg)


def _nullable(dtype: Any, numbers: Any, column: str) -> Any:
    avro = _avro(dtype, numbers, column)
    return avro if avro == "null" else ["null", avro]


def _avro(dtype: Any, numbers: Any, column: str) -> Any:
    """The type of Avro for values of a type; records are numbered."""
    if dtype in (types.Int8, types.Int16, types.Int32, types.UInt8, types.UInt16):
        return "int"
    if dtype in (types.Int64, types.UInt32):
        return "long"
    if dtype in (types.Float16, types.Float32):
        return "float"
    if dtype in (types.String, types.Categorical, types.Enum):
        return "string"
    for name in ("null", "boolean", "double", "bytes"):
        if dtype == _PRIMITIVE[name]:
            return name
    if dtype == types.Decimal:
        return {"type": "bytes", "logicalType": "decimal", "precision": dtype.precision, "scale": dtype.scale}
    if dtype == types.Date:
        return {"type": "int", "logicalType": "date"}
    if dtype == types.Time:
        return {"type": "long", "logicalType": "time-micros"}
    if dtype == types.Datetime and dtype.time_unit != "ns":
        kind = "local-timestamp" if dtype.time_zone is None else "timestamp"
        unit = {"ms": "millis", "us": "micros"}[dtype.time_unit]
        return {"type": "long", "logicalType": f"{kind}-{unit}"}
    if dtype == types.List or dtype == types.Array and len(dtype.shape) == 1:
        return {"type": "array", "items": _nullable(dtype.inner, numbers, column)}
    if dtype == types.Struct:
        name = f"r{next(numbers)}"
        fields = [{"name": f.name, "type": _nullable(f.dtype, numbers, column)} for f in dtype.fields]
        return {"type": "record", "name": name, "fields": fields}
    msg = f"Avro has no type for column {column!r} of type {dtype!r}"
    raise ComputeError(msg)
