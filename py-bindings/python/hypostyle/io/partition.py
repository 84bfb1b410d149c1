"""Results that are divided into many files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from hypostyle.expr import Expr
from hypostyle.expr.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle._hypostyle import PyDataFrame
    from hypostyle.dataframe import DataFrame
    from hypostyle.lazyframe import LazyFrame

#: Bytes of a file, about, if nobody says how many.
_BYTES = 2**32 - 1


class FileProviderArgs:
    """What a function is told that says where a file goes."""

    def __init__(self, *, index_in_partition: int, partition_keys: DataFrame) -> None:
        #: The number of the file among those of its key.
        self.index_in_partition = index_in_partition
        #: The key, one row; without columns if there is none.
        self.partition_keys = partition_keys

    def __repr__(self) -> str:
        return (
            f"FileProviderArgs(index_in_partition={self.index_in_partition}, partition_keys={self.partition_keys!r})"
        )


class PartitionBy:
    """Many files below a folder instead of one: a key has files of its own, and files have no more than so many rows.

    Files of the key `year = 2026` are called `year=2026/00000000.csv` and so on, unless a function says where they go.

    >>> import pathlib, tempfile, hypostyle as hs
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> hs.LazyFrame({"year": [2026, 2027, 2026], "sold": [1, 2, 3]}).sink_csv(hs.PartitionBy(folder, key="year"))
    >>> sorted(str(path.relative_to(folder)) for path in folder.rglob("*.csv"))
    ['year=2026/00000000.csv', 'year=2027/00000000.csv']
    """

    def __init__(
        self,
        base_path: Any,
        *,
        file_path_provider: Callable[[FileProviderArgs], Any] | None = None,
        key: Any = None,
        include_key: bool | None = None,
        max_rows_per_file: int | None = None,
        approximate_bytes_per_file: int | str | None = "auto",
    ) -> None:
        if key is None and max_rows_per_file is None and approximate_bytes_per_file in (None, "auto"):
            msg = (
                "at least one of ('key', 'max_rows_per_file', 'approximate_bytes_per_file') "
                "must be specified for PartitionBy"
            )
            raise ValueError(msg)
        if include_key is not None and key is None:
            msg = "`include_key` has a meaning beside `key` only"
            raise ValueError(msg)
        self._base_path = os.path.expanduser(os.fspath(base_path))
        self._file_path_provider = file_path_provider
        self._keys = _expressions(key)
        self._key_names = [expression.meta.output_name() for expression in self._keys]
        self._include_key = include_key is None or include_key
        self._max_rows_per_file = max_rows_per_file
        self._approximate_bytes_per_file = _BYTES if approximate_bytes_per_file == "auto" else approximate_bytes_per_file
        self._provider = None if file_path_provider is None else self._provide

    def _provide(self, number: int, key: PyDataFrame) -> Any:
        """Where a file goes."""
        from hypostyle.dataframe import DataFrame

        arguments = FileProviderArgs(index_in_partition=number, partition_keys=DataFrame._wrap(key))
        place = self._file_path_provider(arguments)  # type: ignore[misc]
        if not isinstance(place, (str, os.PathLike)):
            return place
        path = os.path.join(self._base_path, os.fspath(place))
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        return path

    def _with_keys(self, query: LazyFrame) -> LazyFrame:
        """The query with the columns that are the key."""
        computed = [expression for expression in self._keys if not expression.meta.is_column()]
        return query.with_columns(computed) if computed else query


def _expressions(key: Any) -> list[Expr]:
    if key is None:
        return []
    if isinstance(key, Mapping):
        return [Expr._wrap(parse(value)).alias(name) for name, value in key.items()]
    items = [key] if isinstance(key, (str, Expr)) else list(key)
    return [Expr._wrap(parse(item)) for item in items]
