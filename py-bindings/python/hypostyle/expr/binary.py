"""`Expr.bin`: functions on bytes."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace

_UNITS = {"b": 0, "kb": 1, "mb": 2, "gb": 3, "tb": 4}


class BinaryNamespace(Namespace):
    """Functions on bytes."""

    _prefix = "bin."

    def size(self, unit: str = "b") -> Expr:
        """The number of bytes, or of a larger unit."""
        if unit not in _UNITS:
            msg = f"`unit` is one of {', '.join(map(repr, _UNITS))}, not {unit!r}"
            raise ValueError(msg)
        return self._call("size") if unit == "b" else self._call("size") / 1024 ** _UNITS[unit]

    def encode(self, encoding: str) -> Expr:
        """The bytes as text, in `hex` or `base64`."""
        return self._call("encode", encoding)

    def decode(self, encoding: str, *, strict: bool = True) -> Expr:
        """The bytes that were written in `hex` or `base64`."""
        return self._call("decode", encoding, strict)
