"""Expressions of compiled plugins, which are not supported."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, NoReturn

__all__ = ["register_plugin_function"]


def register_plugin_function(
    *,
    plugin_path: Path | str,
    function_name: str,
    args: Any,
    kwargs: dict[str, Any] | None = None,
    is_elementwise: bool = False,
    changes_length: bool = False,
    returns_scalar: bool = False,
    cast_to_supertype: bool = False,
    input_wildcard_expansion: bool = False,
    pass_name_to_apply: bool = False,
    use_abs_path: bool = False,
    is_deterministic: bool = True,
) -> NoReturn:
    """Raises: plugins are compiled for the memory of Polars. Python functions go into `map_batches`."""
    del args, kwargs, is_elementwise, changes_length, returns_scalar, cast_to_supertype
    del input_wildcard_expansion, pass_name_to_apply, use_abs_path, is_deterministic
    from hypostyle.exceptions import InvalidOperationError

    msg = f"the plugin function {function_name!r} of {str(plugin_path)!r} cannot be called: plugins are compiled for Polars"
    raise InvalidOperationError(msg)
