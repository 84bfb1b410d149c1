"""`Expr.bin`: functions on bytes."""

from __future__ import annotations

from typing import Any

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace


class BinaryNamespace(Namespace):
    """Functions on bytes."""

    _prefix = "bin."

    def size(self, unit: str = "b") -> Expr:
        """The number of bytes."""
        scale = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}[unit]
        size = self._call("size")
        return size if scale == 1 else size / scale

    def contains(self, literal: Any) -> Expr:
        """Whether these bytes are in the value."""
        return self._call("contains", literal)

    def starts_with(self, prefix: Any) -> Expr:
        """Whether the value starts so."""
        return self._call("starts_with", prefix)

    def ends_with(self, suffix: Any) -> Expr:
        """Whether the value ends so."""
        return self._call("ends_with", suffix)
