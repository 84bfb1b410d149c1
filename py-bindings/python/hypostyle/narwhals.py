"""The plugin of narwhals, by which libraries that take frames of any kind take ours.

It is narwhals' own way to Polars, whose names and meanings are ours, run on Hypostyle: the modules `narwhals._polars.*`
are loaded once more under the names `hypostyle.narwhals.*`, and there `import polars` gives Hypostyle. Polars itself need
not be installed. Nothing of it is loaded before narwhals asks for it.
"""

from __future__ import annotations

import sys
from types import ModuleType

import hypostyle
from hypostyle.as_polars import builtins_with, import_as_polars

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The package whose objects narwhals asks this plugin about.
NATIVE_PACKAGE = "hypostyle"
#: The version of Polars whose names and meanings are those of this package.
_POLARS_VERSION = (2, 1, 0)


class _Implementation:
    """What narwhals asks of a library: as of one that it does not know, but for the version and the module."""

    def __getattr__(self, name: str) -> Any:
        from narwhals._utils import Implementation

        return getattr(Implementation.UNKNOWN, name)

    def _backend_version(self) -> tuple[int, ...]:
        return _POLARS_VERSION

    def to_native_namespace(self) -> ModuleType:
        return hypostyle

    def __repr__(self) -> str:
        return "<Implementation: hypostyle>"


class _Implementations:
    """The enumeration of libraries, with Hypostyle in the place of Polars."""

    POLARS = _Implementation()

    def __getattr__(self, name: str) -> Any:
        from narwhals._utils import Implementation

        return getattr(Implementation, name)


def _import(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
    """`import` as the modules of the backend see it."""
    if name.startswith("narwhals._polars."):
        return _load(name.removeprefix("narwhals._polars."))
    module = import_as_polars(name, globals, locals, fromlist, level)
    if name == "narwhals._utils" and "Implementation" in (fromlist or ()):
        changed = ModuleType(name)
        changed.__dict__.update({**module.__dict__, "Implementation": _Implementations()})
        return changed
    return module


def _load(name: str) -> ModuleType:
    """A module of the backend."""
    full = f"hypostyle.narwhals.{name}"
    if full in sys.modules:
        return sys.modules[full]
    from importlib.util import find_spec

    spec = find_spec(f"narwhals._polars.{name}")
    if spec is None or spec.loader is None:
        msg = f"this version of narwhals has no module `narwhals._polars.{name}`; `pip install -U narwhals hypostyle`"
        raise ImportError(msg)
    code = spec.loader.get_code(spec.name)  # type: ignore[attr-defined]
    module = ModuleType(full)
    module.__file__ = spec.origin
    module.__dict__["__builtins__"] = builtins_with(_import)
    sys.modules[full] = module
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[full]
        raise
    if name in ("dataframe", "series"):
        # The backend gives what it has, which is not of Polars here.
        cls = module.PolarsDataFrame if name == "dataframe" else module.PolarsSeries
        cls.to_polars = _to_polars
    return module


def _to_polars(compliant: Any) -> Any:
    import polars

    native = compliant.native
    if isinstance(native, hypostyle.DataFrame):
        return polars.DataFrame(native)
    return polars.Series(native.name, native)


def __narwhals_namespace__(version: Any) -> Any:
    """What narwhals calls for all that it does with our objects."""
    return _load("namespace").PolarsNamespace(version=version)


def is_native(native_object: object, /) -> bool:
    """Whether an object is one of ours.

    >>> is_native(hypostyle.DataFrame()), is_native([])
    (True, False)
    """
    return isinstance(native_object, (hypostyle.DataFrame, hypostyle.LazyFrame, hypostyle.Series))
