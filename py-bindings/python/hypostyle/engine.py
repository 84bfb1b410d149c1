"""Which engine runs a query: there is one, under the names that Polars gives its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ENGINES = ("auto", "in-memory", "streaming")


def check_engine(engine: Any, optimizations: Any = None) -> None:
    """Refuses engines that are not there, and settings of the optimizer.

    >>> check_engine("streaming")
    >>> check_engine("warp")
    Traceback (most recent call last):
    ...
    ValueError: `engine` is 'auto', 'in-memory' or 'streaming', not 'warp'
    """
    if engine == "gpu" or optimizations is not None:
        from hypostyle.exceptions import InvalidOperationError

        msg = "`engine='gpu'` is not supported" if engine == "gpu" else "`optimizations` is not supported"
        raise InvalidOperationError(msg)
    if engine not in _ENGINES:
        msg = f"`engine` is 'auto', 'in-memory' or 'streaming', not {engine!r}"
        raise ValueError(msg)
