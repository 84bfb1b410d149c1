"""Python functions of a frame's rows and columns."""

from __future__ import annotations

from hypostyle.expr.user import series_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class FrameFunctions:
    """The methods of frames that call Python functions."""

    def map_rows(
        self, function: Callable[[tuple[Any, ...]], Any], return_dtype: Any = None, *, inference_size: int = 256
    ) -> Any:
        """A function of each row as a tuple: what it gives as a column `map`, tuples as columns `column_0`, `column_1`, ….

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2], "b": [3, 4]}).map_rows(lambda row: (row[0] + row[1], row[0]))["column_0"].to_list()
        [4, 6]
        """
        from hypostyle.dataframe import DataFrame

        results = [function(row) for row in self.rows()]
        first = next((result for result in results if result is not None), None)
        if not isinstance(first, tuple):
            return DataFrame([series_of("map", results, return_dtype)])
        rows = [(None,) * len(first) if row is None else row for row in results]
        if any(len(row) != len(first) for row in rows):
            from hypostyle.exceptions import ShapeError

            msg = "the function gave tuples of different lengths"
            raise ShapeError(msg)
        columns = zip(*rows)
        return DataFrame([series_of(f"column_{i}", list(values), return_dtype) for i, values in enumerate(columns)])

    def map_columns(self, column_names: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The frame with some columns replaced by what a function of each, as a Series, gives.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2], "b": [3, 4]}).map_columns("a", lambda s: s * 10).rows()
        [(10, 3), (20, 4)]
        """
        columns = self.select(column_names).get_columns()
        return self.with_columns([function(column, *args, **kwargs).alias(column.name) for column in columns])
