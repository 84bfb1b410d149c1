"""Namespaces of one's own on expressions, series and frames."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "register_dataframe_namespace",
    "register_expr_namespace",
    "register_lazyframe_namespace",
    "register_series_namespace",
]


class _Accessor:
    def __init__(self, name: str, namespace: type) -> None:
        self._name, self._namespace = name, namespace

    def __get__(self, instance: Any, cls: type) -> Any:
        if instance is None:
            return self._namespace
        return self._namespace(instance)


def _register(name: str, cls: Any) -> Callable[[type], type]:
    def decorate(namespace: type) -> type:
        if name in _reserved(cls):
            msg = f"{cls.__name__} has `{name}` itself"
            raise AttributeError(msg)
        if hasattr(cls, name):
            import warnings

            warnings.warn(f"the namespace `{name}` of {cls.__name__} is replaced", UserWarning, stacklevel=2)
        setattr(cls, name, _Accessor(name, namespace))
        cls._accessors = cls._accessors | {name}
        return namespace

    return decorate


def _reserved(cls: Any) -> set[str]:
    return {name for name in dir(cls) if name not in cls._accessors}


def register_expr_namespace(name: str) -> Callable[[type], type]:
    """A class decorator: `hs.col("a").<name>` becomes an instance around the expression."""
    from hypostyle.expr import Expr

    return _register(name, Expr)


def register_series_namespace(name: str) -> Callable[[type], type]:
    """A class decorator: `series.<name>` becomes an instance around the series."""
    from hypostyle.series import Series

    return _register(name, Series)


def register_dataframe_namespace(name: str) -> Callable[[type], type]:
    """A class decorator: `frame.<name>` becomes an instance around the frame."""
    from hypostyle.dataframe import DataFrame

    return _register(name, DataFrame)


def register_lazyframe_namespace(name: str) -> Callable[[type], type]:
    """A class decorator: `query.<name>` becomes an instance around the query."""
    from hypostyle.lazyframe import LazyFrame

    return _register(name, LazyFrame)
