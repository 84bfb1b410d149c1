"""Methods of eager classes that are those of lazy ones, evaluated at once: each is one line where its class stands.

The types keep the arguments of the lazy method, so that a type checker and an editor know them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Concatenate, ParamSpec

    from hypostyle.dataframe import DataFrame
    from hypostyle.expr import Expr
    from hypostyle.lazyframe import LazyFrame
    from hypostyle.series import Series
    from hypostyle.time_groups import TimeGroupBy

    P = ParamSpec("P")


class _Named:
    """A function that takes its qualified name from the class that it is assigned in."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __set_name__(self, owner: type, name: str) -> None:
        self._function.__name__, self._function.__qualname__ = name, f"{owner.__name__}.{name}"
        self._function.__module__ = owner.__module__
        setattr(owner, name, self._function)


def collected(method: Callable[Concatenate[LazyFrame, P], LazyFrame]) -> Callable[Concatenate[Any, P], DataFrame]:
    """The query's method on a frame, collected."""

    @functools.wraps(method)
    def eager(self: Any, *args: P.args, **kwargs: P.kwargs) -> DataFrame:
        return method(self.lazy(), *args, **kwargs).collect()

    return _Named(eager)  # type: ignore[return-value]


def paired(method: Callable[Concatenate[LazyFrame, LazyFrame, P], LazyFrame]) -> Callable[Concatenate[Any, Any, P], DataFrame]:
    """The query's method on two frames, collected."""

    @functools.wraps(method)
    def eager(self: Any, other: Any, *args: P.args, **kwargs: P.kwargs) -> DataFrame:
        return method(self.lazy(), other.lazy(), *args, **kwargs).collect()

    return _Named(eager)  # type: ignore[return-value]


def windowed(method: Callable[Concatenate[LazyFrame, P], Any]) -> Callable[Concatenate[Any, P], TimeGroupBy]:
    """The query's method that gives windows, over a frame."""

    @functools.wraps(method)
    def eager(self: Any, *args: P.args, **kwargs: P.kwargs) -> TimeGroupBy:
        from hypostyle.time_groups import TimeGroupBy

        return TimeGroupBy(method(self.lazy(), *args, **kwargs))

    return _Named(eager)  # type: ignore[return-value]


def applied(method: Callable[Concatenate[Expr, P], Expr]) -> Callable[Concatenate[Any, P], Series]:
    """The expression's method on a series."""

    @functools.wraps(method)
    def eager(self: Any, *args: P.args, **kwargs: P.kwargs) -> Series:
        return self._apply(lambda expr: method(expr, *args, **kwargs))

    return _Named(eager)  # type: ignore[return-value]


def reduced(method: Callable[Concatenate[Expr, P], Expr]) -> Callable[Concatenate[Any, P], Any]:
    """The expression's method on a series, that gives one value."""

    @functools.wraps(method)
    def eager(self: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._scalar(lambda expr: method(expr, *args, **kwargs))

    return _Named(eager)  # type: ignore[return-value]
