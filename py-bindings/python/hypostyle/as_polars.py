"""Code of other libraries that is written for Polars, run on Hypostyle.

A module or function of such a library gets an `import` of its own, by which `import polars` gives Hypostyle: names and
meanings are the same. Polars need not be installed, and where it is, it is left alone.
"""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Callable
from types import FunctionType, ModuleType

import hypostyle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _NoType:
    """A type that no column has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


#: Types of Polars that are not there.
_TYPES = {name: type(name, (_NoType,), {}) for name in ("Object", "Unknown", "Map")}


class _Polars(ModuleType):
    """Hypostyle as what `import polars` gives: names of types that are not there are types that no column has."""

    #: The version whose names and meanings are those of this package.
    __version__ = "2.1.0"

    def __getattr__(self, name: str) -> Any:
        if name in _TYPES and not hasattr(hypostyle, name):
            return _TYPES[name]
        return getattr(hypostyle, name)


_polars = _Polars("polars")


def import_as_polars(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
    """What `import` does where `polars` is Hypostyle.

    >>> import_as_polars("polars").Int64
    Int64
    """
    if not level and (name == "polars" or name.startswith("polars.")):
        if name == "polars" or not fromlist:
            return _polars
        return importlib.import_module("hypostyle" + name.removeprefix("polars"))
    return builtins.__import__(name, globals, locals, fromlist, level)


def builtins_with(import_: Callable[..., Any]) -> dict[str, Any]:
    """The names that all code has, with an `import` of its own."""
    return {**vars(builtins), "__import__": import_}


def on_hypostyle(function: FunctionType) -> FunctionType:
    """A function that imports Polars, itself or in functions of its module, as one that gets Hypostyle."""
    names = dict(function.__globals__)
    names["__builtins__"] = builtins_with(import_as_polars)
    for name, value in function.__globals__.items():
        if isinstance(value, FunctionType) and any(used.startswith("polars") for used in value.__code__.co_names):
            names[name] = _copy(value, names)
    return _copy(function, names)


def _copy(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy
