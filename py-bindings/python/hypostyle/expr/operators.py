"""The operators of expressions, as symbols and by name."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.expr.parse import conjunction, parse, parse_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Arithmetic:
    """What `+`, `==` and their kin make of tables, series and expressions, which say how a node is made."""

    _binary: Any
    _reflected: Any

    def __add__(self, other: Any) -> Any:
        return self._binary("+", other)

    def __radd__(self, other: Any) -> Any:
        return self._reflected("+", other)

    def __sub__(self, other: Any) -> Any:
        return self._binary("-", other)

    def __rsub__(self, other: Any) -> Any:
        return self._reflected("-", other)

    def __mul__(self, other: Any) -> Any:
        return self._binary("*", other)

    def __rmul__(self, other: Any) -> Any:
        return self._reflected("*", other)

    def __truediv__(self, other: Any) -> Any:
        return self._binary("/", other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._reflected("/", other)

    def __floordiv__(self, other: Any) -> Any:
        return self._binary("//", other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._reflected("//", other)

    def __mod__(self, other: Any) -> Any:
        return self._binary("%", other)

    def __rmod__(self, other: Any) -> Any:
        return self._reflected("%", other)

    def __eq__(self, other: object) -> Any:  # type: ignore[override]
        return self._binary("==", other)

    def __ne__(self, other: object) -> Any:  # type: ignore[override]
        return self._binary("!=", other)

    def __lt__(self, other: Any) -> Any:
        return self._binary("<", other)

    def __le__(self, other: Any) -> Any:
        return self._binary("<=", other)

    def __gt__(self, other: Any) -> Any:
        return self._binary(">", other)

    def __ge__(self, other: Any) -> Any:
        return self._binary(">=", other)


class Symbols(Arithmetic):
    """The other operators, which series and expressions have, and tables do not."""

    _unary: Any
    _power: Any

    def __pow__(self, other: Any) -> Any:
        return self._power(other)

    def __rpow__(self, other: Any) -> Any:
        return self._power(other, reflected=True)

    def __and__(self, other: Any) -> Any:
        return self._binary("&", other)

    def __rand__(self, other: Any) -> Any:
        return self._reflected("&", other)

    def __or__(self, other: Any) -> Any:
        return self._binary("|", other)

    def __ror__(self, other: Any) -> Any:
        return self._reflected("|", other)

    def __xor__(self, other: Any) -> Any:
        return self._binary("^", other)

    def __rxor__(self, other: Any) -> Any:
        return self._reflected("^", other)

    def __invert__(self) -> Any:
        return self._unary("not")

    def __neg__(self) -> Any:
        return self._unary("neg")

    def __abs__(self) -> Any:
        return self._unary("abs")

    def __pos__(self) -> Any:
        return self


class Operators(Symbols):
    """The operators of expressions. `Expr` says how nodes are made."""

    _e: PyExpr
    _wrap: Any
    _call: Any

    def _unary(self, name: str) -> Any:
        return self._call(name)

    def _power(self, other: Any, *, reflected: bool = False) -> Any:
        other = parse_value(other)
        return self._wrap(PyExpr.call("pow", [other, self._e] if reflected else [self._e, other]))

    __hash__ = object.__hash__

    # Operators by name.

    def add(self, other: Any) -> Any:
        """`self + other`"""
        return self + other

    def sub(self, other: Any) -> Any:
        """`self - other`"""
        return self - other

    def mul(self, other: Any) -> Any:
        """`self * other`"""
        return self * other

    def truediv(self, other: Any) -> Any:
        """`self / other`"""
        return self / other

    def floordiv(self, other: Any) -> Any:
        """`self // other`: rounds down."""
        return self // other

    def truncdiv(self, other: Any) -> Any:
        """Integer division that rounds towards zero."""
        return self._binary("truncdiv", other)

    def mod(self, other: Any) -> Any:
        """`self % other`: takes the divisor's sign."""
        return self % other

    def pow(self, exponent: Any) -> Any:
        """`self ** exponent`"""
        return self**exponent

    def neg(self) -> Any:
        """`-self`"""
        return -self

    def not_(self) -> Any:
        """`~self`"""
        return ~self

    def and_(self, *others: Any) -> Any:
        """Whether this and all others hold."""
        return self._wrap(conjunction([self._e, *(parse(other) for other in others)]))

    def or_(self, *others: Any) -> Any:
        """Whether this or one of the others holds."""
        result: Any = self
        for other in others:
            result = result._binary("|", other)
        return result

    def xor(self, other: Any) -> Any:
        """Whether one of both holds, but not both."""
        return self ^ other

    def eq(self, other: Any) -> Any:
        """`self == other`; null where one side is."""
        return self == other

    def ne(self, other: Any) -> Any:
        """`self != other`; null where one side is."""
        return self != other

    def lt(self, other: Any) -> Any:
        """`self < other`"""
        return self < other

    def le(self, other: Any) -> Any:
        """`self <= other`"""
        return self <= other

    def gt(self, other: Any) -> Any:
        """`self > other`"""
        return self > other

    def ge(self, other: Any) -> Any:
        """`self >= other`"""
        return self >= other

    def eq_missing(self, other: Any) -> Any:
        """As `eq`, where null equals null."""
        return self._binary("eq_missing", other)

    def ne_missing(self, other: Any) -> Any:
        """As `ne`, where null equals null."""
        return self._binary("ne_missing", other)
