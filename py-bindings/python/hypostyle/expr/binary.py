"""`Expr.bin`: functions on bytes."""

from __future__ import annotations

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace, column_or_value
from hypostyle.expr.parse import literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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

    def contains(self, literal: Any) -> Expr:
        """Whether other bytes occur in them.

        >>> import hypostyle as hs
        >>> hs.Series([b"abc", None]).bin.contains(b"b").to_list()
        [True, None]
        """
        return self._call("contains", literal)

    def starts_with(self, prefix: Any) -> Expr:
        """Whether they start with other bytes."""
        return self._call("starts_with", prefix)

    def ends_with(self, suffix: Any) -> Expr:
        """Whether they end with other bytes."""
        return self._call("ends_with", suffix)

    def get(self, index: Any, *, null_on_oob: bool = False) -> Expr:
        """The byte at a position, from the end where it is negative.

        >>> import hypostyle as hs
        >>> hs.Series([b"abc", b""]).bin.get(-1, null_on_oob=True).to_list()
        [99, None]
        """
        return self._call("get", column_or_value(index), null_on_oob)

    def head(self, n: Any = 5) -> Expr:
        """The first `n` bytes, or all but the last `-n`."""
        return self._call("head", column_or_value(n))

    def tail(self, n: Any = 5) -> Expr:
        """The last `n` bytes, or all but the first `-n`."""
        return self._call("tail", column_or_value(n))

    def slice(self, offset: Any, length: Any = None) -> Expr:
        """`length` bytes from `offset` on, which counts from the end where it is negative."""
        return self._call("slice", column_or_value(offset), column_or_value(length))

    def reinterpret(self, *, dtype: Any, endianness: str = "little") -> Expr:
        """The bytes as a number, a time or an array of them; null where there are more or fewer bytes.

        >>> import hypostyle as hs
        >>> hs.Series([bytes([1, 2])]).bin.reinterpret(dtype=hs.UInt16, endianness="big").to_list()
        [258]
        """
        if endianness not in ("little", "big"):
            msg = f"`endianness` is 'little' or 'big', not {endianness!r}"
            raise ValueError(msg)
        return self._call("reinterpret", Expr._wrap(literal(None, dtype)), endianness)
