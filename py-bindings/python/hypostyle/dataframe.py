"""The class of tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hypostyle import construct
from hypostyle._hypostyle import PyDataFrame, PyLazyFrame
from hypostyle.config import options
from hypostyle.datatypes import Boolean, Schema, String, UInt128
from hypostyle.eager import collected, paired, windowed
from hypostyle.exceptions import (
    NoRowsReturnedError,
    OutOfBoundsError,
    ShapeError,
    TooManyRowsReturnedError,
)
from hypostyle.expr import Expr
from hypostyle.expr.operators import Arithmetic
from hypostyle.expr.parse import conjunction, parse_predicates
from hypostyle.functions.columns import all as all_columns
from hypostyle.group_by import GroupBy
from hypostyle.indexing import cells
from hypostyle.lazy_reshape import FramePivot
from hypostyle.lazyframe import LazyFrame, exact
from hypostyle.pandas import to_pandas
from hypostyle.presented import Presented
from hypostyle.reshape import Reshaping
from hypostyle.series import Series, bounds, pickled, position, scaled_size, sliced
from hypostyle.sinks import Writers
from hypostyle.user_frames import FrameFunctions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Any, NoReturn, overload


_NO_DEFAULT: Any = object()


class DataFrame(Arithmetic, Writers, Reshaping, FrameFunctions, Presented, FramePivot):
    """A table in memory: columns of equal length.

    >>> df = DataFrame({"a": [1, 2], "b": ["x", None]})
    >>> df.shape
    (2, 2)
    """

    _df: PyDataFrame
    _accessors: frozenset[str] = frozenset()

    def __init__(
        self,
        data: Any = None,
        schema: Any = None,
        *,
        schema_overrides: Any = None,
        strict: bool = True,
        orient: str | None = None,
        infer_schema_length: int | None = 100,
        nan_to_null: bool = False,
    ) -> None:
        self._df = construct.frame(
            data,
            schema,
            schema_overrides=schema_overrides,
            strict=strict,
            orient=orient,
            infer_schema_length=infer_schema_length,
            nan_to_null=nan_to_null,
        )

    @classmethod
    def _wrap(cls, inner: PyDataFrame) -> DataFrame:
        frame = cls.__new__(cls)
        frame._df = inner
        return frame

    # What it is.

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self._df.height(), self._df.width())

    @property
    def height(self) -> int:
        """The number of rows."""
        return self._df.height()

    @property
    def width(self) -> int:
        """The number of columns."""
        return self._df.width()

    def __len__(self) -> int:
        return self._df.height()

    @property
    def columns(self) -> list[str]:
        """The names of the columns; assigning renames them."""
        return self._df.columns()

    @columns.setter
    def columns(self, names: Sequence[str]) -> None:
        if len(names) != self.width:
            msg = f"{len(names)} names for {self.width} columns"
            raise ShapeError(msg)
        self._df = PyDataFrame([self._df.column_at(i).rename(name) for i, name in enumerate(names)])

    @property
    def schema(self) -> Schema:
        """The names and types of the columns."""
        return Schema(self._df.schema(), check_dtypes=False)

    def collect_schema(self) -> Schema:
        """The names and types of the columns."""
        return self.schema

    @property
    def dtypes(self) -> list[Any]:
        """The types of the columns."""
        return self.schema.dtypes()

    def is_empty(self) -> bool:
        """Whether there are no rows."""
        return self.height == 0

    def n_chunks(self, strategy: str = "first") -> Any:
        """The number of pieces of memory."""
        return self._df.n_chunks() if strategy == "first" else [self._df.n_chunks()] * self.width

    def estimated_size(self, unit: str = "b") -> Any:
        """The size in memory."""
        return scaled_size(self._df.estimated_size(), unit)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[Series]:
        return self.iter_columns()

    def __reversed__(self) -> Iterator[Series]:
        return reversed(self.get_columns())

    def __bool__(self) -> NoReturn:
        msg = "the truth value of a DataFrame is ambiguous: use `is_empty()` or an aggregate"
        raise TypeError(msg)

    # Columns.

    def get_columns(self) -> list[Series]:
        """The columns."""
        return [Series._wrap(self._df.column_at(i)) for i in range(self.width)]

    def iter_columns(self) -> Iterator[Series]:
        """The columns one by one."""
        return iter(self.get_columns())

    if TYPE_CHECKING:

        @overload
        def get_column(self, name: str) -> Series: ...

        @overload
        def get_column(self, name: str, *, default: Any) -> Any: ...

    def get_column(self, name: str, *, default: Any = _NO_DEFAULT) -> Any:
        """The column of a name."""
        if default is not _NO_DEFAULT and name not in self.columns:
            return default
        return Series._wrap(self._df.column(name))

    def get_column_index(self, name: str) -> int:
        """The position of a name."""
        self._df.column(name)
        return self.columns.index(name)

    def to_series(self, index: int = 0) -> Series:
        """The column at a position."""
        if not -self.width <= index < self.width:
            msg = f"column {index} of a frame of {self.width} columns"
            raise IndexError(msg)
        return Series._wrap(self._df.column_at(index % self.width))

    def _with(self, column: Series) -> DataFrame:
        """The frame with one more column, or another in place of one of the same name."""
        columns = [self._df.column_at(i) for i in range(self.width)]
        names = self.columns
        if column.name in names:
            columns[names.index(column.name)] = column._s
        else:
            columns.append(column._s)
        return DataFrame._wrap(PyDataFrame(columns))

    def _evaluate(self, expr: Any) -> Series:
        """One expression: in place for few rows, as a query for many."""
        if self._df.is_small():
            return Series._wrap(self._df.evaluate([expr._e])[0])
        return self.lazy().select(expr).collect().to_series()

    def _evaluate_where(self, name: str, mask: str) -> Series:
        return self.lazy().filter(exact(mask)).select(exact(name)).collect().to_series()

    def hstack(self, columns: Any, *, in_place: bool = False) -> DataFrame:
        """Further columns to the right."""
        more = columns.get_columns() if isinstance(columns, DataFrame) else list(columns)
        inner = PyDataFrame([c._s for c in (*self.get_columns(), *more)])
        if in_place:
            self._df = inner
            return self
        return DataFrame._wrap(inner)

    def insert_column(self, index: int, column: Any) -> DataFrame:
        """A further column at a position, in place."""
        if isinstance(column, Expr):
            column = self.select(column).to_series()
        columns = self.get_columns()
        columns.insert(index + self.width + 1 if index < 0 else index, column)
        self._df = PyDataFrame([c._s for c in columns])
        return self

    def replace_column(self, index: int, column: Series) -> DataFrame:
        """Another column at a position, in place."""
        columns = self.get_columns()
        columns[index] = column
        self._df = PyDataFrame([c._s for c in columns])
        return self

    def drop_in_place(self, name: str) -> Series:
        """Takes a column out."""
        column = self.get_column(name)
        self._df = self.drop(name)._df
        return column

    # Access.

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: str) -> Series: ...

        @overload
        def __getitem__(self, key: tuple[Any, Any]) -> Any: ...

        @overload
        def __getitem__(self, key: int | slice | range | list[Any] | Series) -> DataFrame: ...

        @overload
        def __getitem__(self, key: Any) -> Any: ...

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple) and len(key) == 2:
            return cells(self, *key)
        if isinstance(key, str):
            return self.get_column(key)
        if isinstance(key, int) and not isinstance(key, bool):
            return self._take([position(key, self.height)])
        if isinstance(key, slice):
            return sliced(self, key)
        if isinstance(key, range):
            return self._take(list(key))
        if isinstance(key, Series) or construct.is_numpy(key):
            return self._by_series(key if isinstance(key, Series) else Series(key))
        if isinstance(key, (list, tuple)):
            return self._by_series(Series("", list(key))) if key else self.select([])
        msg = f"a DataFrame cannot be indexed by {type(key).__name__!r}"
        raise TypeError(msg)

    def _by_series(self, key: Series) -> DataFrame:
        if key.dtype == String:
            return self.select([exact(name) for name in key])
        if key.dtype == Boolean:
            if len(key) != self.width:
                msg = f"{len(key)} booleans for {self.width} columns; use `filter` for rows"
                raise ValueError(msg)
            return self.select([exact(n) for n, keep in zip(self.columns, key) if keep])
        return self._take(key)

    def _take(self, indices: Any) -> DataFrame:
        values = indices if isinstance(indices, Series) else Series("", indices, dtype=None if len(indices) else int)
        if not self.width:
            return self
        return self.lazy().select(all_columns().gather(values)).collect()

    def __setitem__(self, key: Any, value: Any) -> None:
        from hypostyle.indexing import assign

        assign(self, key, value)

    def item(self, row: int | None = None, column: Any = None) -> Any:
        """The only value, or that of a cell."""
        if row is None and column is None:
            if self.shape != (1, 1):
                msg = f"`item` needs a frame of one cell, not of shape {self.shape}"
                raise ValueError(msg)
            return self.to_series()[0]
        if row is None or column is None:
            msg = "`item` takes both `row` and `column`, or none"
            raise ValueError(msg)
        return self[row, column]

    def row(self, index: int | None = None, *, by_predicate: Any = None, named: bool = False) -> Any:
        """One row as a tuple or dict."""
        if index is not None and by_predicate is not None:
            msg = "`row` takes an index or a predicate, not both"
            raise ValueError(msg)
        if by_predicate is not None:
            rows = self.filter(by_predicate).rows()
            if not rows:
                msg = "no row satisfies the predicate"
                raise NoRowsReturnedError(msg)
            if len(rows) > 1:
                msg = f"{len(rows)} rows satisfy the predicate"
                raise TooManyRowsReturnedError(msg)
            row = rows[0]
        elif index is None:
            msg = "`row` needs an index or a predicate"
            raise ValueError(msg)
        else:
            i = index + self.height if index < 0 else index
            if not 0 <= i < self.height:
                msg = f"row {index} of a frame of {self.height} rows"
                raise OutOfBoundsError(msg)
            row = self._df.rows(i, 1)[0]
        return dict(zip(self.columns, row)) if named else row

    def rows(self, *, named: bool = False) -> list[Any]:
        """All rows as tuples or dicts."""
        if not self.width:
            return []
        rows = self._df.rows(0, self.height)
        if not named:
            return rows
        names = self.columns
        return [dict(zip(names, row)) for row in rows]

    def iter_rows(self, *, named: bool = False, buffer_size: int = 512) -> Iterator[Any]:
        """The rows one by one."""
        step = max(buffer_size, 1)
        for start in range(0, self.height, step):
            yield from DataFrame._wrap(self._df.slice(start, step)).rows(named=named)

    def rows_by_key(
        self, key: Any, *, named: bool = False, include_key: bool = False, unique: bool = False
    ) -> dict[Any, Any]:
        """Rows by the values of one or more columns."""
        keys = [key] if isinstance(key, str) else list(key)
        rest = self.columns if include_key else [name for name in self.columns if name not in keys]
        labels = self.select([exact(k) for k in keys]).rows()
        values: list[Any] = self.select([exact(name) for name in rest]).rows(named=named)
        result: dict[Any, Any] = {}
        for label, value in zip(labels, values):
            label = label[0] if len(keys) == 1 else label
            if unique:
                result[label] = value
            else:
                result.setdefault(label, []).append(value)
        return result

    def iter_slices(self, n_rows: int = 10_000) -> Iterator[DataFrame]:
        """Frames of `n_rows` rows, one after the other."""
        for start in range(0, self.height, n_rows):
            yield self.slice(start, n_rows)

    # Queries, run at once.

    def lazy(self) -> LazyFrame:
        """A query over this frame."""
        return LazyFrame._wrap(PyLazyFrame.from_frame(self._df))

    def select(self, *exprs: Any, **named_exprs: Any) -> DataFrame:
        """These columns and no others."""
        return self.lazy().select(*exprs, **named_exprs).collect()

    def with_columns(self, *exprs: Any, **named_exprs: Any) -> DataFrame:
        """Further columns, or others in place of those of the same name."""
        return self.lazy().with_columns(*exprs, **named_exprs).collect()

    def filter(self, *predicates: Any, **constraints: Any) -> DataFrame:
        """The rows for which all predicates are true."""
        conjuncts = parse_predicates(predicates, constraints)
        if not conjuncts:
            return self.clone()
        query = PyLazyFrame.from_frame(self._df).filter(conjunction(conjuncts))
        return DataFrame._wrap(query.collect())

    def group_by(self, *by: Any, maintain_order: bool = False, **named_by: Any) -> GroupBy:
        """Groups of rows with equal keys.

        >>> import hypostyle as hs
        >>> df = DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]})
        >>> df.group_by("k", maintain_order=True).agg(hs.col("v").sum()).rows()
        [('a', 4), ('b', 2)]
        """
        return GroupBy(self, by, named_by, maintain_order=maintain_order)

    def join(
        self,
        other: Any,
        on: Any = None,
        how: str = "inner",
        *,
        left_on: Any = None,
        right_on: Any = None,
        suffix: str = "_right",
        validate: str = "m:m",
        nulls_equal: bool = False,
        coalesce: bool | None = None,
        maintain_order: str | None = None,
        build_side: str = "auto",
    ) -> DataFrame:
        """Rows of both frames with equal keys, side by side."""
        if not isinstance(other, DataFrame):
            msg = f"a DataFrame joins a DataFrame, not {type(other).__name__!r}"
            raise TypeError(msg)
        joined = self.lazy().join(
            other.lazy(),
            on,
            how,
            left_on=left_on,
            right_on=right_on,
            suffix=suffix,
            validate=validate,
            nulls_equal=nulls_equal,
            coalesce=coalesce,
            maintain_order=maintain_order,
            build_side=build_side,
        )
        return joined.collect()

    def slice(self, offset: int, length: int | None = None) -> DataFrame:
        """`length` rows from `offset` on; a negative offset counts from the end."""
        start, count = bounds(offset, length, self.height)
        return DataFrame._wrap(self._df.slice(start, count))

    def head(self, n: int = 5) -> DataFrame:
        """The first rows; a negative number leaves out the last."""
        return self.slice(0, n if n >= 0 else max(self.height + n, 0))

    def limit(self, n: int = 5) -> DataFrame:
        """The first rows."""
        return self.head(n)

    def tail(self, n: int = 5) -> DataFrame:
        """The last rows; a negative number leaves out the first."""
        count = min(n, self.height) if n >= 0 else max(self.height + n, 0)
        return self.slice(self.height - count, count)

    def sample(
        self,
        n: Any = None,
        *,
        fraction: Any = None,
        with_replacement: bool = False,
        shuffle: bool | None = None,
        seed: int | None = None,
    ) -> DataFrame:
        """Rows by chance, `n` of them or a part of all, one where neither is given."""
        from hypostyle.series import Series

        n, fraction = (value.item() if isinstance(value, Series) else value for value in (n, fraction))
        rows = Series(range(self.height)).sample(
            n, fraction=fraction, with_replacement=with_replacement, shuffle=shuffle, seed=seed
        )
        return self._take(rows)

    def upsample(
        self, time_column: str, *, every: str | timedelta, group_by: Any = None, maintain_order: bool = False
    ) -> DataFrame:
        """A row for every `every` so much between the first and the last of a column, with nulls where there was none."""
        del maintain_order
        from hypostyle.time_groups import upsample

        keys = [] if group_by is None else [group_by] if isinstance(group_by, str) else list(group_by)
        return upsample(self, time_column, every, keys)

    def clear(self, n: int = 0) -> DataFrame:
        """A frame of this schema without rows, or with `n` rows of nulls."""
        return DataFrame({name: [None] * n for name in self.columns}, schema=self.schema)

    def clone(self) -> DataFrame:
        """The same frame; values are shared, as they cannot change."""
        return DataFrame._wrap(self._df)

    def rechunk(self) -> DataFrame:
        """All rows in one piece of memory."""
        return DataFrame._wrap(self._df.rechunk())

    def shrink_to_fit(self) -> DataFrame:
        """The same frame."""
        return self.clone()

    def vstack(self, other: DataFrame, *, in_place: bool = False) -> DataFrame:
        """The rows of another frame below."""
        if not self.width or not other.width:
            stacked = self if self.width else other
            if in_place:
                self._df = stacked._df
                return self
            return stacked.clone()
        if self.width != other.width or self.columns != other.columns:
            msg = f"frames with columns {self.columns} and {other.columns} cannot be stacked"
            raise ShapeError(msg)
        if self.schema != other.schema:
            from hypostyle.exceptions import SchemaError

            msg = f"frames of {self.dtypes} and {other.dtypes} cannot be stacked"
            raise SchemaError(msg)
        inner = self._df.vstack(other._df)
        if in_place:
            self._df = inner
            return self
        return DataFrame._wrap(inner)

    def extend(self, other: DataFrame) -> DataFrame:
        """The rows of another frame below, in place."""
        return self.vstack(other, in_place=True)

    def pipe(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`function(self, *args, **kwargs)`"""
        return function(self, *args, **kwargs)

    def equals(self, other: DataFrame, *, null_equal: bool = True) -> bool:
        """Whether both have the same columns with the same values."""
        if self.schema != other.schema or self.height != other.height:
            return False
        return all(a.equals(b, null_equal=null_equal) for a, b in zip(self.get_columns(), other.get_columns()))

    def is_unique(self) -> Series:
        """Whether rows are there once."""
        return self._rows_as_struct(lambda c: c.is_unique())

    def is_duplicated(self) -> Series:
        """Whether rows are there more than once."""
        return self._rows_as_struct(lambda c: c.is_duplicated())

    def hash_rows(self, seed: int = 0) -> Series:
        """A number for each row that is the same for equal rows."""
        return self._rows_as_struct(lambda c: c.hash(seed))

    def _rows_as_struct(self, build: Callable[[Expr], Expr]) -> Series:
        return self.select(build(self._struct()).alias("")).to_series()

    def _struct(self) -> Expr:
        from hypostyle.functions.horizontal import struct

        return struct([exact(name) for name in self.columns])

    def to_struct(self, name: str = "") -> Series:
        """The rows as structs."""
        return self.select(self._struct().alias(name)).to_series()

    def n_unique(self, subset: Any = None) -> int:
        """The number of different rows."""
        frame = self if subset is None else self.select(subset)
        return frame.unique().height

    def _horizontal(self, name: str, *args: Any, **kwargs: Any) -> Series:
        from hypostyle.functions import horizontal

        function = getattr(horizontal, f"{name}_horizontal")
        return self.select(function(all_columns(), *args, **kwargs).alias(name)).to_series()

    def product(self) -> DataFrame:
        """The product of every column of numbers or booleans; null for the others."""
        from hypostyle.functions.columns import lit

        products = (
            exact(name).product() if dtype.is_numeric() or dtype == Boolean else lit(None).alias(name)
            for name, dtype in self.schema.items()
        )
        return self.select(products)

    def merge_sorted(self, other: DataFrame, key: Any, *, maintain_order: bool = False) -> DataFrame:
        """The rows of two frames that are sorted by a key, in its order."""
        return self.lazy().merge_sorted(other.lazy(), key, maintain_order=maintain_order).collect()

    def is_sorted(self, by: Any, *more_by: Any, descending: Any = False, nulls_last: Any = False) -> bool:
        """Whether the rows are in the order of one or more keys."""
        row = "__row"
        order = {"descending": descending, "nulls_last": nulls_last, "maintain_order": True}
        return self.with_row_index(row).sort(by, *more_by, **order).get_column(row).is_sorted()

    def sum_horizontal(self, *, ignore_nulls: bool = True) -> Series:
        """The sum of each row."""
        return self._horizontal("sum", ignore_nulls=ignore_nulls)

    def mean_horizontal(self, *, ignore_nulls: bool = True) -> Series:
        """The mean of each row."""
        return self._horizontal("mean", ignore_nulls=ignore_nulls)

    def min_horizontal(self) -> Series:
        """The smallest value of each row."""
        return self._horizontal("min")

    def max_horizontal(self) -> Series:
        """The largest value of each row."""
        return self._horizontal("max")

    def fold(self, operation: Callable[[Series, Series], Series]) -> Series:
        """The columns folded from the left by a function of series."""
        first, *rest = self.get_columns()
        for column in rest:
            first = operation(first, column)
        return first

    def partition_by(
        self, by: Any, *more_by: Any, maintain_order: bool = True, include_key: bool = True, as_dict: bool = False
    ) -> Any:
        """A frame for each group."""
        names = [by, *more_by] if isinstance(by, str) else [*by, *more_by]
        parts = {}
        for key, frame in self.group_by(names, maintain_order=maintain_order):
            parts[key] = frame if include_key else frame.drop(names)
        return parts if as_dict else list(parts.values())

    def corr(self, *, label: str | None = None, **kwargs: Any) -> DataFrame:
        """The correlations of all pairs of columns, by NumPy; with `label` a column of that name holds the columns' names.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]}).corr()["b"].to_list()
        [-1.0, 1.0]
        """
        import numpy as np

        matrix = np.atleast_2d(np.corrcoef(self.to_numpy(), rowvar=False, **kwargs))
        named = {} if label is None else {label: self.columns}
        return DataFrame({**named, **{name: matrix[i] for i, name in enumerate(self.columns)}})

    def show(self, limit: int | None = 5, **options: Any) -> None:
        """Prints the first rows; `options` are those of :class:`Config`, for this time only."""
        from hypostyle.config import Config

        with Config(**{name: value for name, value in options.items() if value is not None}):
            print(self if limit is None else self.head(limit))

    def to_init_repr(self, n: int = 1000) -> str:
        """Python code that makes the first `n` rows."""
        columns = "".join(f"        {c.to_init_repr(n)},\n" for c in self.get_columns())
        return f"pl.DataFrame(\n    [\n{columns}    ]\n)\n"

    def describe(self, percentiles: Any = (0.25, 0.5, 0.75), *, interpolation: str = "nearest") -> DataFrame:
        """Statistics of every column."""
        from hypostyle.describe import describe

        return describe(self, percentiles, interpolation=interpolation)

    def glimpse(
        self, *, max_items_per_column: int = 10, max_colname_length: int = 50, return_type: str | None = None
    ) -> Any:
        """The first values of each column, a line for each."""
        from hypostyle.describe import glimpse

        text = glimpse(self, max_items_per_column, max_colname_length)
        if return_type == "string":
            return text
        print(text)
        return self if return_type == "self" else None

    # Conversions.

    def __repr__(self) -> str:
        return self._df.render(options())

    def _repr_html_(self, *, _from_series: bool = False) -> str:
        from hypostyle.html import to_html

        return to_html(self, from_series=_from_series)

    def __getstate__(self) -> dict[str, Any]:
        return {"schema": self.schema, "columns": [pickled(column) for column in self.get_columns()]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        schema = state["schema"].items()
        columns = [construct.series(n, values, dtype) for (n, dtype), values in zip(schema, state["columns"])]
        self._df = PyDataFrame(columns)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._df.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self._df.__arrow_c_schema__()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.to_numpy()
        return array if dtype is None else array.astype(dtype)

    def to_dict(self, *, as_series: bool = True) -> dict[str, Any]:
        """The columns by name, as series or lists."""
        return {c.name: c if as_series else c.to_list() for c in self.get_columns()}

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts."""
        return self.rows(named=True)

    def to_arrow(self, *, compat_level: Any = None) -> Any:
        """A pyarrow table."""
        del compat_level
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self, **kwargs: Any) -> Any:
        """A pandas frame; `use_pyarrow_extension_array` keeps Arrow's memory and types."""
        result = to_pandas(self.to_arrow(), **kwargs)
        if not kwargs.get("use_pyarrow_extension_array"):
            for name, dtype in self.schema.items():
                if dtype == UInt128:
                    # Sixteen bytes in Arrow.
                    result[name] = self.get_column(name).to_numpy()
        return result

    def to_numpy(
        self,
        *,
        order: str = "fortran",
        writable: bool = False,
        allow_copy: bool = True,
        structured: bool = False,
        masked: bool = False,
    ) -> Any:
        """A NumPy array of rows and columns: always a copy, which may be written to."""
        from hypostyle.numpy import frame_to_numpy

        del writable  # It always is.
        if not allow_copy:
            msg = "`to_numpy` of a frame copies its columns; with `allow_copy=False` take the columns one by one"
            raise RuntimeError(msg)
        if masked:
            from hypostyle.exceptions import InvalidOperationError

            msg = "`masked=True` is not supported"
            raise InvalidOperationError(msg)
        return frame_to_numpy(self, order=order, structured=structured)

    # The query's methods, collected.

    select_seq = collected(LazyFrame.select_seq)
    with_columns_seq = collected(LazyFrame.with_columns_seq)
    drop = collected(LazyFrame.drop)
    rename = collected(LazyFrame.rename)
    cast = collected(LazyFrame.cast)
    with_row_index = collected(LazyFrame.with_row_index)
    remove = collected(LazyFrame.remove)
    gather_every = collected(LazyFrame.gather_every)
    set_sorted = collected(LazyFrame.set_sorted)
    gather = collected(LazyFrame.gather)
    interpolate = collected(LazyFrame.interpolate)
    reverse = collected(LazyFrame.reverse)
    shift = collected(LazyFrame.shift)
    sort = collected(LazyFrame.sort)
    top_k = collected(LazyFrame.top_k)
    bottom_k = collected(LazyFrame.bottom_k)
    unique = collected(LazyFrame.unique)
    drop_nulls = collected(LazyFrame.drop_nulls)
    drop_nans = collected(LazyFrame.drop_nans)
    fill_null = collected(LazyFrame.fill_null)
    fill_nan = collected(LazyFrame.fill_nan)
    explode = collected(LazyFrame.explode)
    unpivot = collected(LazyFrame.unpivot)
    unnest = collected(LazyFrame.unnest)
    join_asof = paired(LazyFrame.join_asof)
    join_where = paired(LazyFrame.join_where)
    update = paired(LazyFrame.update)
    group_by_dynamic = windowed(LazyFrame.group_by_dynamic)
    rolling = windowed(LazyFrame.rolling)
    sum = collected(LazyFrame.sum)
    mean = collected(LazyFrame.mean)
    median = collected(LazyFrame.median)
    std = collected(LazyFrame.std)
    var = collected(LazyFrame.var)
    quantile = collected(LazyFrame.quantile)
    min = collected(LazyFrame.min)
    max = collected(LazyFrame.max)
    count = collected(LazyFrame.count)
    null_count = collected(LazyFrame.null_count)

    # Operators on all columns, or pairwise on those of two frames.

    def _binary(self, op: str, other: Any, *, reflected: bool = False) -> DataFrame:
        if isinstance(other, DataFrame):
            pairs = zip(self.get_columns(), other.get_columns())
            return DataFrame._wrap(PyDataFrame([a._binary(op, b)._s for a, b in pairs]))
        if isinstance(other, Series):
            other = other.rename("")
        columns = [c._binary(op, other, reflected=reflected)._s for c in self.get_columns()]
        return DataFrame._wrap(PyDataFrame(columns))

    def _reflected(self, op: str, other: Any) -> DataFrame:
        return self._binary(op, other, reflected=True)

    __hash__ = None  # type: ignore[assignment]


LazyFrame._frame_class = DataFrame
