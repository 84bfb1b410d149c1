"""`Expr.struct`: functions on structs."""

from __future__ import annotations

from typing import Any

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace


class StructNamespace(Namespace):
    """Functions on the structs of a column."""

    _prefix = "struct."

    def field(self, name: str) -> Expr:
        """The values of one field."""
        return self._call("field", name)

    def __getitem__(self, name: str) -> Expr:
        return self.field(name)

    def rename_fields(self, names: Any) -> Expr:
        """The fields under other names, in order."""
        return self._call("rename_fields", list(names))
