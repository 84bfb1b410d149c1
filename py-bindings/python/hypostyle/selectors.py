"""Sets of columns by name, position or data type, resolved when the schema is known.

>>> import hypostyle as hs
>>> import hypostyle.selectors as cs
>>> hs.DataFrame({"a": [1], "b": ["x"]}).select(cs.numeric()).columns
['a']
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping

from hypostyle import datatypes as dt
from hypostyle._hypostyle import PyExpr
from hypostyle.exceptions import InvalidOperationError
from hypostyle.expr.expr import Expr
from hypostyle.expr.parse import is_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "Selector",
    "all",
    "alpha",
    "alphanumeric",
    "binary",
    "boolean",
    "by_dtype",
    "by_index",
    "by_name",
    "categorical",
    "contains",
    "date",
    "datetime",
    "decimal",
    "digit",
    "duration",
    "empty",
    "ends_with",
    "enum",
    "exclude",
    "expand_selector",
    "first",
    "float",
    "integer",
    "is_selector",
    "last",
    "list",
    "matches",
    "nested",
    "numeric",
    "signed_integer",
    "starts_with",
    "string",
    "struct",
    "temporal",
    "time",
    "unsigned_integer",
]

_list = list


class Selector(Expr):
    """A set of columns: `|`, `&`, `-`, `^` and `~` combine sets."""

    @classmethod
    def _of(cls, inner: PyExpr) -> Selector:
        selector = cls.__new__(cls)
        selector._e = inner
        return selector

    def _set(self, op: str, other: Selector) -> Selector:
        return Selector._of(self._e.selector_op(op, other._e))

    def __or__(self, other: Any) -> Any:
        return self._set("or", other) if isinstance(other, Selector) else self.as_expr() | other

    def __ror__(self, other: Any) -> Any:
        return self.as_expr().__ror__(other)

    def __and__(self, other: Any) -> Any:
        return self._set("and", other) if isinstance(other, Selector) else self.as_expr() & other

    def __rand__(self, other: Any) -> Any:
        return self.as_expr().__rand__(other)

    def __sub__(self, other: Any) -> Any:
        return self._set("minus", other) if isinstance(other, Selector) else self.as_expr() - other

    def __xor__(self, other: Any) -> Any:
        if isinstance(other, Selector):
            return (self | other) - (self & other)
        return self.as_expr() ^ other

    def __invert__(self) -> Selector:
        return all()._set("minus", self)

    def exclude(self, columns: Any, *more_columns: Any) -> Selector:
        """All but these columns, given by name, pattern, data type or selector."""
        items = [*columns, *more_columns] if is_list(columns) else [columns, *more_columns]
        return Selector._of(self._e.exclude(_selection(items, strict=False)))

    def as_expr(self) -> Expr:
        """As an expression, so that operators compute instead of combining sets."""
        return Expr._wrap(self._e)


def _make(kind: str, argument: Any = None) -> Selector:
    return Selector._of(PyExpr.selector(kind, argument))


def _class(name: str) -> Selector:
    return _make("class", name)


def _selection(items: Any, *, strict: bool) -> PyExpr:
    """Names, patterns, data types, selectors and columns together as one selector."""
    selector: Selector | None = None
    for item in items:
        if isinstance(item, str):
            part = matches(item) if item.startswith("^") and item.endswith("$") else by_name(item, require_all=strict)
        elif dt.is_dtype(item) or isinstance(item, type):
            part = by_dtype(item)
        elif isinstance(item, Selector):
            part = item
        elif isinstance(item, Expr) and item.meta.is_column_selection():
            part = Selector._of(item._e)
            if item.meta.is_column():
                part = by_name(item.meta.output_name(), require_all=strict)
        else:
            msg = f"{item!r} does not select columns"
            raise TypeError(msg)
        selector = part if selector is None else selector | part
    return empty()._e if selector is None else selector._e


def _flat(values: tuple[Any, ...]) -> _list[Any]:
    return [item for value in values for item in (value if is_list(value) else [value])]


def all() -> Selector:
    """Every column."""
    return _make("all")


def empty() -> Selector:
    """No column."""
    return _make("by_name", ([], True))


def by_name(*names: Any, require_all: bool = True) -> Selector:
    """Columns of these names; a missing one is an error if `require_all`."""
    flat = _flat(names)
    if not _builtin_all(isinstance(name, str) for name in flat):
        msg = f"`by_name` takes strings, not {flat!r}"
        raise TypeError(msg)
    return _make("by_name", (flat, require_all))


def by_index(*indices: Any, require_all: bool = True) -> Selector:
    """Columns at these positions; negative ones count from the end."""
    flat = [int(i) for value in indices for i in (value if isinstance(value, range) or is_list(value) else [value])]
    return _make("by_index", (flat, require_all))


def first(*, strict: bool = True) -> Selector:
    """The first column."""
    return by_index(0, require_all=strict)


def last(*, strict: bool = True) -> Selector:
    """The last column."""
    return by_index(-1, require_all=strict)


_CLASSES = {
    dt.Datetime: "Datetime",
    dt.Duration: "Duration",
    dt.Decimal: "Decimal",
    dt.List: "List",
    dt.Array: "Array",
    dt.Struct: "Struct",
    dt.Enum: "Enum",
}


def by_dtype(*dtypes: Any) -> Selector:
    """Columns of these data types; a class without its parameters stands for all of them."""
    exact, selector = [], None
    for dtype in _flat(dtypes):
        if isinstance(dtype, dt.DataTypeClass) and dtype in _CLASSES:
            part = _class(_CLASSES[dtype])
            selector = part if selector is None else selector | part
        elif dtype is int:
            selector = integer() if selector is None else selector | integer()
        elif dtype is _builtin_float:
            selector = float() if selector is None else selector | float()
        else:
            exact.append(dt.describe(dtype))
    if exact or selector is None:
        part = _make("by_dtype", exact)
        selector = part if selector is None else selector | part
    return selector


def matches(pattern: str) -> Selector:
    """Columns whose name a regular expression finds."""
    return _make("matches", pattern)


def _affix(template: str, texts: tuple[Any, ...]) -> Selector:
    import re

    return matches(template.format("|".join(re.escape(text) for text in _flat(texts))))


def contains(*substring: Any) -> Selector:
    """Columns whose name has one of these texts in it."""
    return _affix("({})", substring)


def starts_with(*prefix: Any) -> Selector:
    """Columns whose name starts with one of these texts."""
    return _affix("^({})", prefix)


def ends_with(*suffix: Any) -> Selector:
    """Columns whose name ends with one of these texts."""
    return _affix("({})$", suffix)


def alpha(ascii_only: bool = False, *, ignore_spaces: bool = False) -> Selector:
    """Columns whose name has letters alone."""
    letters = "a-zA-Z" if ascii_only else r"\p{Alphabetic}"
    return matches(f"^[{letters}{' ' if ignore_spaces else ''}]+$")


def alphanumeric(ascii_only: bool = False, *, ignore_spaces: bool = False) -> Selector:
    """Columns whose name has letters and digits alone."""
    characters = "a-zA-Z0-9" if ascii_only else r"\p{Alphabetic}\d"
    return matches(f"^[{characters}{' ' if ignore_spaces else ''}]+$")


def digit(ascii_only: bool = False) -> Selector:
    """Columns whose name has digits alone."""
    return matches("^[0-9]+$" if ascii_only else r"^\d+$")


def exclude(columns: Any, *more_columns: Any) -> Selector:
    """Every column but these."""
    return all().exclude(columns, *more_columns)


def numeric() -> Selector:
    """Numbers."""
    return _class("Numeric")


def integer() -> Selector:
    """Whole numbers."""
    return _class("Integer")


def signed_integer() -> Selector:
    """Whole numbers with a sign."""
    return _class("SignedInteger")


def unsigned_integer() -> Selector:
    """Whole numbers without a sign."""
    return _class("UnsignedInteger")


def float() -> Selector:
    """Floats."""
    return _class("Float")


def decimal() -> Selector:
    """Decimals."""
    return _class("Decimal")


def temporal() -> Selector:
    """Dates, times and durations."""
    return _class("Temporal")


def date() -> Selector:
    """Dates."""
    return _class("Date")


def time() -> Selector:
    """Times of day."""
    return _class("Time")


def datetime(time_unit: Any = None, time_zone: Any = ("*", None)) -> Selector:
    """Points in time, of some units and zones if given."""
    zones = _list(time_zone) if isinstance(time_zone, (tuple, _list, set)) else [time_zone]
    if time_unit is None and set(zones) == {"*", None}:
        return _class("Datetime")
    if "*" in zones:
        msg = "`datetime` with a unit needs the zones by name (None for naive ones)"
        raise InvalidOperationError(msg)
    units = ["ms", "us", "ns"] if time_unit is None else [time_unit] if isinstance(time_unit, str) else time_unit
    return by_dtype([dt.Datetime(unit, zone) for unit in units for zone in zones])


def duration(time_unit: Any = None) -> Selector:
    """Durations, of some units if given."""
    if time_unit is None:
        return _class("Duration")
    return by_dtype([dt.Duration(unit) for unit in ([time_unit] if isinstance(time_unit, str) else time_unit)])


def string(*, include_categorical: bool = False) -> Selector:
    """Text."""
    return _class("String") | _class("Categorical") if include_categorical else _class("String")


def categorical() -> Selector:
    """Categories."""
    return _class("Categorical")


def enum() -> Selector:
    """Enums."""
    return _class("Enum")


def boolean() -> Selector:
    """Booleans."""
    return _class("Boolean")


def binary() -> Selector:
    """Bytes."""
    return _class("Binary")


def nested() -> Selector:
    """Lists, arrays and structs."""
    return _class("Nested")


def list() -> Selector:
    """Lists."""
    return _class("List")


def array(inner: Any = None, *, width: int | None = None) -> Selector:
    """Lists of one length."""
    if inner is not None or width is not None:
        msg = "`array` takes no `inner` and no `width` yet; use `by_dtype`"
        raise NotImplementedError(msg)
    return _class("Array")


def struct() -> Selector:
    """Structs."""
    return _class("Struct")


def is_selector(obj: Any) -> bool:
    """Whether a value is a selector."""
    return isinstance(obj, Selector)


def expand_selector(target: Any, selector: Any, *, strict: bool = True) -> tuple[str, ...]:
    """The names that a selector stands for in a frame or schema."""
    del strict
    schema = target if isinstance(target, Mapping) else target.collect_schema()
    described = [(name, dt.describe(dtype)) for name, dtype in schema.items()]
    return tuple(selector._e.resolve_selector(described))


_builtin_all = builtins.all
_builtin_float = builtins.float
