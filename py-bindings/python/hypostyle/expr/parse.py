"""Python values as expressions: names or literals, as the place where they stand asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hypostyle._hypostyle import PyExpr, PySeries
from hypostyle.datatypes import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def literal(value: Any, dtype: Any = None) -> PyExpr:
    """A constant. Plain ints and floats take the type of their surroundings."""
    if is_series(value):
        expr = PyExpr.series(value._s)
        return expr if dtype is None else expr.cast(describe(dtype), "strict")
    return PyExpr.literal(value, None if dtype is None else describe(dtype))


def is_series(value: Any) -> bool:
    """Whether a value is a Series of ours: other libraries' have attributes of the same names."""
    return isinstance(getattr(value, "_s", None), PySeries)


def parse(value: Any, *, str_as_lit: bool = False) -> PyExpr:
    """An expression's Rust half; text is a column's name unless `str_as_lit`."""
    # What most values are comes first: asking for an attribute that is not there costs more than all else here.
    kind = type(value)
    if kind is str:
        return PyExpr.literal(value, None) if str_as_lit else column(value)
    if kind is int or kind is float:
        return PyExpr.literal(value, None)
    inner = getattr(value, "_e", None)
    if isinstance(inner, PyExpr):
        return inner
    if isinstance(value, str) and not str_as_lit:
        return column(value)
    return literal(value)


def parse_value(value: Any) -> PyExpr:
    """As :func:`parse`, where text is a value."""
    return parse(value, str_as_lit=True)


def column(name: str) -> PyExpr:
    """A column, or what `*` and `^...$` stand for."""
    if name == "*":
        return PyExpr.selector("all", None)
    if len(name) > 1 and name.startswith("^") and name.endswith("$"):
        return PyExpr.selector("matches", name)
    return PyExpr.col(name)


def parse_many(*inputs: Any, **named: Any) -> list[PyExpr]:
    """The expressions of `select(*exprs, **named_exprs)`: single ones, or one iterable of them."""
    if len(inputs) == 1 and not is_single(inputs[0]):
        if is_list(inputs[0]):
            inputs = tuple(inputs[0])
        elif isinstance(inputs[0], Mapping):
            msg = "expressions are given by position or by keyword, not as a dict"
            raise TypeError(msg)
    exprs: list[PyExpr] = []
    for value in inputs:
        if is_single(value) or not is_list(value):
            exprs.append(parse(value))
        else:
            exprs.extend([parse(item) for item in value])
    if named:
        exprs.extend([parse(value).alias(name) for name, value in named.items()])
    return exprs


def is_single(value: Any) -> bool:
    """Whether a value is surely one expression: a name, or an expression."""
    return type(value) is str or type(getattr(value, "_e", None)) is PyExpr


def is_list(value: Any) -> bool:
    """Whether a value holds several expressions."""
    # What most values are comes first: asking an abstract class costs more than all else here.
    if isinstance(value, (list, tuple, set, frozenset)):
        return True
    if isinstance(value, (str, bytes)) or hasattr(value, "_e") or not hasattr(value, "__next__"):
        return False
    return isinstance(value, Iterable) and not isinstance(value, Mapping)


def parse_predicates(predicates: tuple[Any, ...], constraints: Mapping[str, Any]) -> list[PyExpr]:
    """The conjuncts of `filter(*predicates, **constraints)`."""
    conjuncts: list[PyExpr] = []
    for value in predicates:
        # Most predicates are expressions, of which there is nothing else to ask.
        inner = getattr(value, "_e", None)
        if type(inner) is PyExpr:
            conjuncts.append(inner)
        elif is_list(value):
            items = list(value)
            if items and all(isinstance(item, bool) for item in items):
                from hypostyle.series import Series

                conjuncts.append(literal(Series(items)))
            else:
                conjuncts.extend(parse(item) for item in items)
        else:
            conjuncts.append(parse(value))
    if constraints:
        conjuncts.extend([PyExpr.col(name).binary("==", literal(value)) for name, value in constraints.items()])
    return conjuncts


def conjunction(conjuncts: list[PyExpr]) -> PyExpr:
    """All of them; true where there are none."""
    if not conjuncts:
        return literal(True)
    combined = conjuncts[0]
    for conjunct in conjuncts[1:]:
        combined = combined.binary("&", conjunct)
    return combined


def flags(value: Any, count: int, name: str) -> list[bool]:
    """A flag for each key: one for all, or as many as there are keys."""
    if isinstance(value, bool):
        return [value] * count
    values = [bool(v) for v in value]
    if len(values) == 1:
        return values * count
    if len(values) != count:
        msg = f"`{name}` has {len(values)} values for {count} keys"
        raise ValueError(msg)
    return values


def duration_text(value: Any) -> Any:
    """A duration such as `1h30m`; a `timedelta` becomes one."""
    if not hasattr(value, "total_seconds"):
        return value
    from datetime import timedelta

    return f"{value // timedelta(microseconds=1)}us"
