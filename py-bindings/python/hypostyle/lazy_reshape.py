"""Columns as rows, and rows as columns."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame
    from hypostyle.lazyframe import LazyFrame


class LazyReshape:
    """Rows and columns of a query exchanged."""

    def unpivot(
        self: Any, on: Any = None, *, index: Any = None, variable_name: str | None = None, value_name: str | None = None
    ) -> LazyFrame:
        """Columns as rows of name and value.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"id": [1], "x": [3], "y": [4]}).unpivot(index="id").rows()
        [(1, 'x', 3), (1, 'y', 4)]
        """
        keep = self._names(index) or []
        names = self._names(on) if on is not None else [name for name in self.columns if name not in keep]
        return self._wrap(self._ldf.unpivot(names, keep, variable_name or "variable", value_name or "value"))

    def pivot(
        self: Any,
        on: Any,
        on_columns: Any,
        *,
        index: Any = None,
        values: Any = None,
        aggregate_function: Any = None,
        maintain_order: bool = False,
        separator: str = "_",
        column_naming: str = "auto",
    ) -> LazyFrame:
        """A column for each of the values of `on` that `on_columns` names, holding `values`, and a row for each `index`.

        A cell holds the only value there; where there are more, `aggregate_function` says which: "first", "last", "min", "max",
        "sum", "mean", "median", "len", "item", or an expression of `element()`. With `column_naming="combine"` names of columns
        have those of the values even where there is one.

        >>> import hypostyle as hs
        >>> sales = hs.LazyFrame({"shop": ["a", "a", "b"], "year": [2023, 2024, 2024], "sold": [1, 2, 3]})
        >>> sales.pivot("year", [2023, 2024], index="shop", values="sold", maintain_order=True).collect().rows()
        [('a', 1, 2), ('b', None, 3)]
        """
        from hypostyle.pivot import pivot

        return pivot(
            self,
            on,
            on_columns,
            index=index,
            values=values,
            aggregate_function=aggregate_function,
            maintain_order=maintain_order,
            sort_columns=False,
            separator=separator,
            column_naming=column_naming,
        )


class FramePivot:
    """Rows of a frame as columns."""

    def pivot(
        self: Any,
        on: Any,
        on_columns: Any = None,
        *,
        index: Any = None,
        values: Any = None,
        aggregate_function: Any = None,
        maintain_order: bool = True,
        sort_columns: bool = False,
        separator: str = "_",
        column_naming: str = "auto",
    ) -> DataFrame:
        """A column for each value of `on`, holding `values`, and a row for each `index`; see :meth:`LazyFrame.pivot`."""
        from hypostyle.pivot import pivot

        return pivot(
            self,
            on,
            on_columns,
            index=index,
            values=values,
            aggregate_function=aggregate_function,
            maintain_order=maintain_order,
            sort_columns=sort_columns,
            separator=separator,
            column_naming=column_naming,
        )
