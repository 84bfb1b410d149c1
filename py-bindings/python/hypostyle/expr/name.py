"""`Expr.name`: functions on the name of the result."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class NameNamespace(Namespace):
    """Names made from the one that the expression has."""

    def _rename(self, kind: str, *texts: str) -> Expr:
        return Expr._wrap(self._expr._e.rename(kind, list(texts)))

    def keep(self) -> Expr:
        """The root's name, whatever aliases came since."""
        return self._rename("keep")

    def prefix(self, prefix: str) -> Expr:
        """A text before the name."""
        return self._rename("prefix", prefix)

    def suffix(self, suffix: str) -> Expr:
        """A text after the name."""
        return self._rename("suffix", suffix)

    def to_lowercase(self) -> Expr:
        """The name in lower case."""
        return self._rename("to_lowercase")

    def to_uppercase(self) -> Expr:
        """The name in upper case."""
        return self._rename("to_uppercase")

    def replace(self, pattern: str, value: str, *, literal: bool = False) -> Expr:
        """Every match of a pattern in the name replaced, or every occurrence of a text if `literal`."""
        return self._rename("replace" if literal else "replace_pattern", pattern, value)

    def strip_prefix(self, prefix: str) -> Expr:
        """The name without a text at its beginning."""
        return self._rename("strip_prefix", prefix)

    def strip_suffix(self, suffix: str) -> Expr:
        """The name without a text at its end."""
        return self._rename("strip_suffix", suffix)

    def map(self, function: Callable[[str], str]) -> Expr:
        """What a function makes of the name.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1]}).select(hs.all().name.map(lambda name: name * 2)).columns
        ['aa']
        """
        return Expr._wrap(self._expr._e.rename_by(function))

    def prefix_fields(self, prefix: str) -> Expr:
        """A text before the names of the fields of a struct.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"s": [{"x": 1}]}).select(hs.col("s").name.prefix_fields("p_")).to_series().struct.fields
        ['p_x']
        """
        return self._expr._call("struct.prefix_fields", prefix)

    def suffix_fields(self, suffix: str) -> Expr:
        """A text behind the names of the fields of a struct."""
        return self._expr._call("struct.suffix_fields", suffix)

    def map_fields(self, function: Callable[[str], str]) -> Expr:
        """The names of the fields of a struct as a function makes them of the names that they have."""

        def renamed(expr: Expr, dtype: Any) -> Expr:
            return expr.struct.rename_fields([function(field.name) for field in dtype.fields])

        return self._expr.pipe_with_dtype(renamed)
