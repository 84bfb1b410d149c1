"""`Expr.meta`: questions about an expression itself."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace


class MetaNamespace(Namespace):
    """What an expression is, without data."""

    def eq(self, other: Expr) -> bool:
        """Whether both are the same expression."""
        return self._expr._e.equals(other._e)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MetaNamespace) and self.eq(other._expr)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__

    def ne(self, other: Expr) -> bool:
        """Whether they differ."""
        return not self.eq(other)

    def output_name(self, *, raise_if_undetermined: bool = True) -> str | None:
        """The name of the result."""
        try:
            return self._expr._e.output_name()
        except Exception:
            if raise_if_undetermined:
                raise
            return None

    def root_names(self) -> list[str]:
        """The names of the columns that are read."""
        return self._expr._e.root_names()

    def has_multiple_outputs(self) -> bool:
        """Whether it stands for several columns."""
        return self._expr._e.has_selector()

    def is_column(self) -> bool:
        """Whether it is a column and nothing else."""
        return self._expr._e.kind() == "column"

    def is_literal(self, *, allow_aliasing: bool = False) -> bool:
        """Whether it is a constant and nothing else."""
        return (self._expr._e.undo_aliases() if allow_aliasing else self._expr._e).kind() == "literal"

    def is_column_selection(self, *, allow_aliasing: bool = False) -> bool:
        """Whether it selects columns and does nothing else."""
        inner = self._expr._e.undo_aliases() if allow_aliasing else self._expr._e
        return inner.kind() in ("column", "selector")

    def undo_aliases(self) -> Expr:
        """Without renaming at the top."""
        return Expr._wrap(self._expr._e.undo_aliases())

    def serialize(self) -> bytes:
        """The expression as bytes; `Expr.deserialize` reads them."""
        return self._expr._e.serialize()
