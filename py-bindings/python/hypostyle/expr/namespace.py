"""What all namespaces of expressions have in common."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Namespace:
    """An expression behind an accessor."""

    _prefix = ""

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _call(self, name: str, *args: Any) -> Expr:
        return self._expr._call(f"{self._prefix}{name}", *args)

    def _aggregate(self, name: str, *args: Any) -> Expr:
        return self._expr._aggregate(f"{self._prefix}{name}", *args)


def column_or_value(value: Any) -> Any:
    """An argument where text is a column's name."""
    return Expr._wrap(parse(value)) if isinstance(value, str) else value
