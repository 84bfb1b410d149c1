"""Packages that single functions use, and that a user may not have installed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def required(module: str, purpose: str, *, package: str | None = None) -> Any:
    """A module of another package, or an error that says what needs it and how to install it.

    >>> required("math", "this example").pi > 3
    True
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        name = error.name or ""
        if name != module and not module.startswith(name + "."):
            # It is there, and lacks something itself.
            raise
        package = package or module.split(".")[0]
        msg = f"{purpose} needs the package {package!r}, which is not installed: pip install {package}"
        raise ModuleNotFoundError(msg, name=module) from None
