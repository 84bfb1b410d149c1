"""How data leave for other libraries."""

from __future__ import annotations

__all__ = ["CompatLevel"]


class CompatLevel:
    """Which types of Arrow others can read. What leaves Hypostyle is of types that all libraries read.

    >>> CompatLevel.newest() == CompatLevel.oldest()
    False
    """

    _version: int

    def __init__(self) -> None:
        msg = "a `CompatLevel` is `CompatLevel.newest()` or `CompatLevel.oldest()`"
        raise TypeError(msg)

    @staticmethod
    def _of(version: int) -> CompatLevel:
        level = CompatLevel.__new__(CompatLevel)
        level._version = version
        return level

    @staticmethod
    def newest() -> CompatLevel:
        """The newest types."""
        return CompatLevel._of(1)

    @staticmethod
    def oldest() -> CompatLevel:
        """The types of old."""
        return CompatLevel._of(0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompatLevel) and self._version == other._version

    def __hash__(self) -> int:
        return hash(self._version)

    def __repr__(self) -> str:
        return f"<hypostyle.CompatLevel: {self._version}>"
