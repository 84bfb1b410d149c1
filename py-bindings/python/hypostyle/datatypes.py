"""Data types: classes where a type has no parameters, instances where it has.

A class equals its instances: ``Int64 == Int64()`` and ``Datetime("us") == Datetime``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "Array",
    "Binary",
    "Boolean",
    "Categorical",
    "DataType",
    "Date",
    "Datetime",
    "Decimal",
    "Duration",
    "Enum",
    "Field",
    "Float16",
    "Float32",
    "Float64",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "Int128",
    "List",
    "Null",
    "Schema",
    "String",
    "Struct",
    "Time",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "UInt128",
    "Utf8",
]


class DataTypeClass(type):
    """Makes the classes themselves compare and print as data types."""

    _groups: frozenset[str] = frozenset()

    def __repr__(cls) -> str:
        return cls.__name__

    def __eq__(cls, other: object) -> bool:
        if isinstance(other, DataTypeClass):
            return cls is other
        if isinstance(other, DataType):
            return type(other) is cls
        return False

    def __hash__(cls) -> int:
        return hash(cls.__name__)


class _OnBoth:
    """A method of instances that classes have too: the class then stands for its instance without parameters."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, cls: Any) -> Any:
        return functools.partial(self._function, cls if instance is None else instance)


class DataType(metaclass=DataTypeClass):
    """The base of all data types."""

    def _parameters(self) -> tuple[Any, ...]:
        return ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DataTypeClass):
            return type(self) is other
        return type(self) is type(other) and self._parameters() == other._parameters()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(type(self).__name__)

    def __repr__(self) -> str:
        return type(self).__name__

    def __reduce__(self) -> Any:
        return (type(self), self._parameters())

    @_OnBoth
    def is_(self, other: Any) -> bool:
        """Whether both are the same type, parameters included."""
        return self == other and _form(self) == _form(other)

    @classmethod
    def base_type(cls) -> DataTypeClass:
        """The class, without parameters."""
        return cls

    @classmethod
    def is_numeric(cls) -> bool:
        """Whether values are numbers."""
        return "numeric" in cls._groups

    @classmethod
    def is_integer(cls) -> bool:
        """Whether values are whole numbers."""
        return "integer" in cls._groups

    @classmethod
    def is_signed_integer(cls) -> bool:
        """Whether values are whole numbers with a sign."""
        return "signed" in cls._groups

    @classmethod
    def is_unsigned_integer(cls) -> bool:
        """Whether values are whole numbers without a sign."""
        return "unsigned" in cls._groups

    @classmethod
    def is_float(cls) -> bool:
        """Whether values are floats."""
        return "float" in cls._groups

    @classmethod
    def is_decimal(cls) -> bool:
        """Whether values have a fixed point."""
        return cls is Decimal

    @classmethod
    def is_temporal(cls) -> bool:
        """Whether values are times or differences of times."""
        return "temporal" in cls._groups

    @classmethod
    def is_nested(cls) -> bool:
        """Whether values hold values."""
        return "nested" in cls._groups

    @classmethod
    def is_object(cls) -> bool:
        """Never: there are no Python objects in columns."""
        return False

    @classmethod
    def to_python(cls) -> type:
        """The Python class of the values."""
        return _PYTHON[cls.__name__]()


class NumericType(DataType):
    """The base of numbers."""

    _groups = frozenset({"numeric"})


class IntegerType(NumericType):
    """The base of whole numbers."""

    _groups = frozenset({"numeric", "integer"})


class SignedIntegerType(IntegerType):
    """The base of whole numbers with a sign."""

    _groups = frozenset({"numeric", "integer", "signed"})


class UnsignedIntegerType(IntegerType):
    """The base of whole numbers without a sign."""

    _groups = frozenset({"numeric", "integer", "unsigned"})


class FloatType(NumericType):
    """The base of floats."""

    _groups = frozenset({"numeric", "float"})


class TemporalType(DataType):
    """The base of times and differences of times."""

    _groups = frozenset({"temporal"})


class NestedType(DataType):
    """The base of types whose values hold values."""

    _groups = frozenset({"nested"})


class Null(DataType):
    """No values but null."""


class Boolean(DataType):
    """true, false"""


class Int8(SignedIntegerType):
    """8-bit signed"""


class Int16(SignedIntegerType):
    """16-bit signed"""


class Int32(SignedIntegerType):
    """32-bit signed"""


class Int64(SignedIntegerType):
    """64-bit signed"""


class Int128(SignedIntegerType):
    """128-bit signed"""


class UInt8(UnsignedIntegerType):
    """8-bit unsigned"""


class UInt16(UnsignedIntegerType):
    """16-bit unsigned"""


class UInt32(UnsignedIntegerType):
    """32-bit unsigned"""


class UInt64(UnsignedIntegerType):
    """64-bit unsigned"""


class UInt128(UnsignedIntegerType):
    """128-bit unsigned"""


class Float16(FloatType):
    """IEEE 754 binary16"""


class Float32(FloatType):
    """IEEE 754 binary32"""


class Float64(FloatType):
    """IEEE 754 binary64"""


class Decimal(NumericType):
    """Fixed point with at most 38 digits."""

    def __init__(self, precision: int | None = None, scale: int = 0) -> None:
        self.precision = 38 if precision is None else precision
        self.scale = scale

    def _parameters(self) -> tuple[Any, ...]:
        return (self.precision, self.scale)

    def __repr__(self) -> str:
        return f"Decimal(precision={self.precision}, scale={self.scale})"


class String(DataType):
    """UTF-8 text"""


#: The old name of String.
Utf8 = String


class Binary(DataType):
    """Bytes"""


class Date(TemporalType):
    """Days"""


class Time(TemporalType):
    """Times of day, in nanoseconds"""


class Datetime(TemporalType):
    """Points in time, naive or in a zone."""

    def __init__(self, time_unit: str = "us", time_zone: str | None = None) -> None:
        if time_unit not in ("ms", "us", "ns"):
            msg = f"invalid `time_unit`: a Datetime has 'ms', 'us' or 'ns', not {time_unit!r}"
            raise ValueError(msg)
        self.time_unit = time_unit
        self.time_zone = None if time_zone is None else str(time_zone)

    def _parameters(self) -> tuple[Any, ...]:
        return (self.time_unit, self.time_zone)

    def __repr__(self) -> str:
        return f"Datetime(time_unit={self.time_unit!r}, time_zone={self.time_zone!r})"


class Duration(TemporalType):
    """Differences of times."""

    def __init__(self, time_unit: str = "us") -> None:
        if time_unit not in ("ms", "us", "ns"):
            msg = f"invalid `time_unit`: a Duration has 'ms', 'us' or 'ns', not {time_unit!r}"
            raise ValueError(msg)
        self.time_unit = time_unit

    def _parameters(self) -> tuple[Any, ...]:
        return (self.time_unit,)

    def __repr__(self) -> str:
        return f"Duration(time_unit={self.time_unit!r})"


class Categorical(DataType):
    """Text of few distinct values."""

    def __init__(self, ordering: Any = None) -> None:
        # Order is always lexical, as in Polars 2.
        del ordering


class Enum(DataType):
    """Text out of a fixed list, ordered as the list."""

    def __init__(self, categories: Any) -> None:
        if isinstance(categories, type):
            categories = [member.value for member in categories]
        elif hasattr(categories, "to_list"):
            categories = categories.to_list()
        self._list = list(categories)
        if any(not isinstance(category, str) for category in self._list):
            msg = "the categories of an Enum are strings"
            raise TypeError(msg)
        if len(set(self._list)) != len(self._list):
            msg = "the categories of an Enum must not repeat"
            raise ValueError(msg)

    @property
    def categories(self) -> Any:
        """The categories as a Series."""
        from hypostyle.series import Series

        return Series("category", self._list, dtype=String)

    def _parameters(self) -> tuple[Any, ...]:
        return (tuple(self._list),)

    def __repr__(self) -> str:
        return f"Enum(categories={self._list!r})"


class List(NestedType):
    """A variable number of values a row."""

    def __init__(self, inner: Any) -> None:
        self.inner = parse(inner)

    def _parameters(self) -> tuple[Any, ...]:
        return (self.inner,)

    def __repr__(self) -> str:
        return f"List({self.inner!r})"


class Array(NestedType):
    """As many values in every row.

    >>> Array(Int64, 2), Array(Int64, (2, 3)).shape
    (Array(Int64, shape=(2,)), (2, 3))
    """

    def __init__(self, inner: Any, shape: Any = None, *, width: int | None = None) -> None:
        if width is not None:
            shape = width
        if shape is None:
            msg = "Array constructor is missing the required argument `shape`"
            raise TypeError(msg)
        inner = parse(inner)
        if isinstance(shape, int):
            lengths = (shape,)
        elif isinstance(shape, (tuple, list)) and shape and all(isinstance(length, int) for length in shape):
            lengths = tuple(shape)
        else:
            msg = f"invalid input for shape: {shape!r}"
            raise TypeError(msg)
        if min(lengths) < 0:
            msg = f"the lengths of an Array cannot be negative: {shape!r}"
            raise ValueError(msg)
        for length in lengths[:0:-1]:
            inner = Array(inner, length)
        self.inner = inner
        self.size = lengths[0]
        self.shape = (self.size, *(inner.shape if isinstance(inner, Array) else ()))

    def _parameters(self) -> tuple[Any, ...]:
        return (self.inner, self.size)

    def __repr__(self) -> str:
        leaf = self.inner
        while isinstance(leaf, Array):
            leaf = leaf.inner
        return f"Array({leaf!r}, shape={self.shape})"


class Field:
    """A name and a data type."""

    def __init__(self, name: str, dtype: Any) -> None:
        self.name = name
        self.dtype = parse(dtype)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and (self.name, self.dtype) == (other.name, other.dtype)

    def __hash__(self) -> int:
        return hash((self.name, self.dtype))

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.dtype!r})"


class Struct(NestedType):
    """Named values side by side."""

    def __init__(self, fields: Any) -> None:
        if isinstance(fields, Mapping):
            self.fields = [Field(name, dtype) for name, dtype in fields.items()]
        else:
            self.fields = [field if isinstance(field, Field) else Field(*field) for field in fields]

    def _parameters(self) -> tuple[Any, ...]:
        return (tuple(self.fields),)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((field.name, field.dtype) for field in self.fields)

    def to_schema(self) -> Schema:
        """The fields as a schema."""
        return Schema(dict(iter(self)))

    def __repr__(self) -> str:
        return f"Struct({dict(iter(self))!r})"


class Schema(dict):  # type: ignore[type-arg]
    """Names and data types in order.

    >>> Schema({"a": int}).names()
    ['a']
    """

    def __init__(self, schema: Any = None, *, check_dtypes: bool = True) -> None:
        if schema is None:
            schema = {}
        items = schema.items() if isinstance(schema, Mapping) else schema
        for item in items:
            name, dtype = (item.name, item.dtype) if isinstance(item, Field) else item
            if name in self:
                from hypostyle.exceptions import DuplicateError

                msg = f"the schema has the name {name!r} twice"
                raise DuplicateError(msg)
            super().__setitem__(name, parse(dtype) if check_dtypes else dtype)

    def __setitem__(self, name: str, dtype: Any) -> None:
        super().__setitem__(name, parse(dtype))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and list(self.items()) == list(other.items())

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def names(self) -> list[str]:
        """The names."""
        return list(self)

    def dtypes(self) -> list[Any]:
        """The data types."""
        return list(self.values())

    def len(self) -> int:
        """Number of columns."""
        return len(self)

    def to_python(self) -> dict[str, type]:
        """Names and the Python classes of the values."""
        return {name: dtype.to_python() for name, dtype in self.items()}

    def to_frame(self) -> Any:
        """An empty frame of this schema."""
        from hypostyle.dataframe import DataFrame

        return DataFrame(schema=self)

    def __repr__(self) -> str:
        return f"Schema({list(self.items())!r})"


def _standard(module: str, name: str) -> Any:
    return lambda: getattr(__import__(module), name)


_PYTHON: dict[str, Any] = {
    **{f"{sign}Int{bits}": lambda: int for sign in ("", "U") for bits in (8, 16, 32, 64)},
    "Int128": lambda: int,
    "UInt128": lambda: int,
    "Float16": lambda: float,
    "Float32": lambda: float,
    "Float64": lambda: float,
    "Boolean": lambda: bool,
    "String": lambda: str,
    "Categorical": lambda: str,
    "Enum": lambda: str,
    "Binary": lambda: bytes,
    "Null": lambda: type(None),
    "List": lambda: list,
    "Array": lambda: list,
    "Struct": lambda: dict,
    "Decimal": _standard("decimal", "Decimal"),
    "Date": _standard("datetime", "date"),
    "Time": _standard("datetime", "time"),
    "Datetime": _standard("datetime", "datetime"),
    "Duration": _standard("datetime", "timedelta"),
}

_BY_NAME: dict[str, DataTypeClass] = {
    cls.__name__: cls
    for cls in (
        *(Null, Boolean, Int8, Int16, Int32, Int64, Int128, UInt8, UInt16, UInt32, UInt64, UInt128),
        *(Float16, Float32, Float64, String, Binary, Date, Time, Categorical),
    )
}

_FROM_PYTHON: dict[type, Any] = {
    int: Int64,
    float: Float64,
    str: String,
    bool: Boolean,
    bytes: Binary,
    bytearray: Binary,
    type(None): Null,
}


def parse(dtype: Any) -> Any:
    """A data type from itself or from a Python class.

    >>> parse(int)
    Int64
    """
    if isinstance(dtype, DataTypeClass):
        if dtype is Datetime or dtype is Duration:
            return dtype()
        if dtype is Decimal:
            return Decimal(38, 0)
        return dtype
    if isinstance(dtype, DataType):
        # Types without parameters are their classes, so that there is one form to print and compare.
        return dtype if dtype._parameters() else type(dtype)
    if dtype is None:
        return Null
    if isinstance(dtype, type):
        known = _FROM_PYTHON.get(dtype)
        if known is not None:
            return known
        if dtype.__module__ in ("datetime", "decimal", "_pydecimal"):
            return _STANDARD[dtype.__name__]()
        if dtype in (list, tuple):
            return List
    msg = f"{dtype!r} is not a data type"
    raise TypeError(msg)


_STANDARD: dict[str, Any] = {
    "date": lambda: Date,
    "datetime": lambda: Datetime("us"),
    "time": lambda: Time,
    "timedelta": lambda: Duration("us"),
    "Decimal": lambda: Decimal(38, 0),
}


def _form(dtype: Any) -> str:
    """Whether a type has parameters, and which."""
    return repr(dtype if isinstance(dtype, DataTypeClass) else parse(dtype))


def is_dtype(value: Any) -> bool:
    """Whether a value is a data type (Python classes are not)."""
    return isinstance(value, (DataType, DataTypeClass))


def describe(dtype: Any) -> Any:
    """The plain form in which the extension module takes data types."""
    dtype = parse(dtype)
    if isinstance(dtype, DataTypeClass):
        if dtype in (List, Array, Struct, Enum):
            msg = f"{dtype!r} needs parameters here"
            raise TypeError(msg)
        return dtype.__name__
    if isinstance(dtype, (List,)):
        return ("List", describe(dtype.inner))
    if isinstance(dtype, Array):
        return ("Array", describe(dtype.inner), dtype.size)
    if isinstance(dtype, Struct):
        return ("Struct", [(field.name, describe(field.dtype)) for field in dtype.fields])
    if isinstance(dtype, Enum):
        return ("Enum", dtype._list)
    return (type(dtype).__name__, *dtype._parameters())


def code_of(dtype: Any) -> str:
    """Python code that makes a data type."""
    if isinstance(dtype, List):
        return f"pl.List({code_of(dtype.inner)})"
    if isinstance(dtype, Array):
        return f"pl.Array({code_of(dtype.inner)}, shape=({dtype.size},))"
    if isinstance(dtype, Struct):
        fields = ", ".join(f"{field.name!r}: {code_of(field.dtype)}" for field in dtype.fields)
        return f"pl.Struct({{{fields}}})"
    return f"pl.{dtype!r}"


def from_description(description: Any) -> Any:
    """The data type of a plain form: the inverse of :func:`describe`."""
    if isinstance(description, str):
        return _BY_NAME[description]
    name, *parameters = description
    if name == "List":
        return List(from_description(parameters[0]))
    if name == "Array":
        return Array(from_description(parameters[0]), parameters[1])
    if name == "Struct":
        return Struct([Field(field, from_description(inner)) for field, inner in parameters[0]])
    return {"Datetime": Datetime, "Duration": Duration, "Decimal": Decimal, "Enum": Enum}[name](*parameters)


def parse_schema(schema: Any) -> tuple[list[str], dict[str, Any]]:
    """Names, and data types by name where they are given, of a schema in any of its forms."""
    if schema is None:
        return [], {}
    items: Iterable[Any] = schema.items() if isinstance(schema, Mapping) else schema
    names: list[str] = []
    dtypes: dict[str, Any] = {}
    for item in items:
        if isinstance(item, Field):
            name, dtype = item.name, item.dtype
        elif isinstance(item, str):
            name, dtype = item, None
        else:
            name, dtype = item
        names.append(name)
        if dtype is not None:
            dtypes[name] = parse(dtype)
    return names, dtypes


def described_fields(schema: Any) -> list[tuple[str, Any]] | None:
    """Names and types of a schema as the engine takes them."""
    if schema is None:
        return None
    names, dtypes = parse_schema(schema)
    return [(name, describe(dtypes.get(name, str))) for name in names]
