"""The string cache, which Polars 2 has deprecated: categories of one column and another go together without it."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self


def _warn() -> None:
    import warnings

    warnings.warn("the string cache has been replaced by `Categories`", DeprecationWarning, stacklevel=3)


class StringCache:
    """Does nothing: a context manager and decorator for programs of before."""

    def __init__(self) -> None:
        _warn()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function


def enable_string_cache() -> None:
    """Does nothing."""
    _warn()


def disable_string_cache() -> None:
    """Does nothing."""
    _warn()


def using_string_cache() -> bool:
    """Always true: categories of all columns can be compared.

    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     using_string_cache()
    True
    """
    _warn()
    return True
