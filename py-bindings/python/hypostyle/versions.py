"""What a bug report needs to know."""

from __future__ import annotations

from hypostyle._hypostyle import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Packages that single functions use; see the extras in `pyproject.toml`.
_OPTIONAL = (
    *("adbc_driver_manager", "connectorx", "deltalake", "fastavro", "fastexcel", "jax", "numpy", "openpyxl", "pandas"),
    *("pyarrow", "pyperclip", "sqlalchemy", "torch", "xlsxwriter"),
)


def build_info() -> dict[str, Any]:
    """What is known of how this package was built: its version.

    >>> import hypostyle as hs
    >>> hs.build_info()["version"] == hs.__version__
    True
    """
    return {"version": __version__}


def show_versions() -> None:
    """Prints the versions that a bug report needs: of this package, of Python, and of the packages that it can use.

    >>> import hypostyle as hs
    >>> hs.show_versions()  # doctest: +ELLIPSIS
    --------Version info---------
    Hypostyle:           ...
    """
    import platform
    import sys
    from importlib import metadata

    print("--------Version info---------")
    for name, value in (
        ("Hypostyle:", __version__),
        ("Index type:", "UInt32"),
        ("Platform:", platform.platform()),
        ("Python:", sys.version),
    ):
        print(f"{name:<21}{value}")
    print("\n----Optional dependencies----")
    for name in _OPTIONAL:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = "<not installed>"
        print(f"{name:<21}{version}")
