"""`Expr.name`: functions on the name of the result."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace


class NameNamespace(Namespace):
    """Names made from that of the column at the root."""

    def _rename(self, kind: str, *texts: str) -> Expr:
        return Expr._wrap(self._expr._e.rename(kind, list(texts)))

    def keep(self) -> Expr:
        """The root's name, whatever aliases came since."""
        return self._rename("keep")

    def prefix(self, prefix: str) -> Expr:
        """A text before the root's name."""
        return self._rename("prefix", prefix)

    def suffix(self, suffix: str) -> Expr:
        """A text after the root's name."""
        return self._rename("suffix", suffix)

    def to_lowercase(self) -> Expr:
        """The root's name in lower case."""
        return self._rename("to_lowercase")

    def to_uppercase(self) -> Expr:
        """The root's name in upper case."""
        return self._rename("to_uppercase")

    def replace(self, pattern: str, value: str, *, literal: bool = False) -> Expr:
        """Every occurrence of a text in the root's name replaced."""
        if not literal:
            import re

            if re.escape(pattern) != pattern:
                from hypostyle.exceptions import InvalidOperationError

                msg = "`name.replace` takes plain text here: pass `literal=True`"
                raise InvalidOperationError(msg)
        return self._rename("replace", pattern, value)
