"""Tables to print by great_tables."""

from __future__ import annotations

import functools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


@functools.cache
def register() -> None:
    """Tells great_tables how to work with our frames, series, expressions and selectors: as with those of Polars.

    What it has to know of a library are functions for each class; those for Polars are taken, on Hypostyle.
    """
    from great_tables import _tbl_data
    from hypostyle.as_polars import on_hypostyle
    from hypostyle.dataframe import DataFrame
    from hypostyle.expr import Expr
    from hypostyle.selectors import Selector
    from hypostyle.series import Series

    classes: list[tuple[str, type]] = [
        ("PlDataFrame", DataFrame),
        ("PlSeries", Series),
        ("PlExpr", Expr),
        ("PlSelectExpr", Selector),
    ]
    for theirs, ours in classes:
        # For checks by `isinstance`.
        getattr(_tbl_data, theirs).register_backend(ours.__module__, ours.__name__)
    for function in list(vars(_tbl_data).values()):
        registry = getattr(function, "registry", {})
        for theirs, ours in classes:
            implementation = registry.get(getattr(_tbl_data, theirs))
            if implementation is not None:
                function.register(ours, on_hypostyle(implementation))


def style(frame: DataFrame) -> Any:
    """A table of great_tables with a frame in it."""
    try:
        import great_tables
    except ModuleNotFoundError:
        msg = "`DataFrame.style` needs the package great_tables: `pip install hypostyle[style]`, or `pip install great-tables`"
        raise ModuleNotFoundError(msg) from None
    register()
    return great_tables.GT(frame)
