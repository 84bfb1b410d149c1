"""`Expr.cat`: functions on categories."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace


class CategoricalNamespace(Namespace):
    """Functions on categories, each computed once a category where that is possible."""

    _prefix = "str."

    def starts_with(self, prefix: str) -> Expr:
        """Whether the category starts so."""
        return self._text("starts_with", prefix)

    def ends_with(self, suffix: str) -> Expr:
        """Whether the category ends so."""
        return self._text("ends_with", suffix)

    def len_bytes(self) -> Expr:
        """The number of bytes."""
        return self._text("len_bytes")

    def len_chars(self) -> Expr:
        """The number of characters."""
        return self._text("len_chars")

    def slice(self, offset: int, length: int | None = None) -> Expr:
        """`length` characters from `offset` on."""
        return self._text("slice", offset, length)

    def physical(self) -> Expr:
        """The codes of the categories.

        >>> import hypostyle as hs
        >>> hs.Series(["b", "a", "b"], dtype=hs.Enum(["a", "b"])).cat.physical().to_list()
        [1, 0, 1]
        """
        return self._expr.to_physical()

    def _text(self, name: str, *args: object) -> Expr:
        from hypostyle.datatypes import String

        return self._expr.cast(String)._call(f"str.{name}", *args)
