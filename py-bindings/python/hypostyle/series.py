"""The class of columns with a name."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterator

from hypostyle import construct
from hypostyle._hypostyle import PyDataFrame, PySeries
from hypostyle.config import options
from hypostyle.datatypes import Array, Boolean, List, UInt128, describe, parse
from hypostyle.eager import applied, reduced
from hypostyle.expr import Expr
from hypostyle.expr.operators import Symbols
from hypostyle.expr.parse import is_series, literal
from hypostyle.foreign import ForeignSeries
from hypostyle.functions.columns import col
from hypostyle.pandas import to_pandas
from hypostyle.series_changes import Changes
from hypostyle.series_namespaces import SeriesNamespace, SeriesStructNamespace, SeriesTemporalNamespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from hypostyle.dataframe import DataFrame


class Series(Symbols, Changes, ForeignSeries):
    """Values of one type with a name.

    What an expression can do, a series can: its methods evaluate expressions on the column at once.

    >>> Series("a", [1, 2, None]).sum()
    3
    """

    _s: PySeries
    _accessors: frozenset[str] = frozenset()

    def __init__(
        self,
        name: Any = None,
        values: Any = None,
        dtype: Any = None,
        *,
        strict: bool = True,
        nan_to_null: bool = False,
    ) -> None:
        if name is not None and not isinstance(name, str):
            if values is not None:
                msg = f"the name of a Series is a string, not {type(name).__name__!r}"
                raise TypeError(msg)
            name, values = "", name
        self._s = construct.series(name or "", values, dtype, strict=strict, nan_to_null=nan_to_null)

    @classmethod
    def _wrap(cls, inner: PySeries) -> Series:
        series = cls.__new__(cls)
        series._s = inner
        return series

    # What it is.

    @property
    def name(self) -> str:
        """The name."""
        return self._s.name()

    @property
    def dtype(self) -> Any:
        """The data type."""
        return self._s.dtype()

    @property
    def shape(self) -> tuple[int]:
        """The number of values, as a tuple."""
        return (len(self),)

    def __len__(self) -> int:
        return len(self._s)

    def len(self) -> int:
        """The number of values."""
        return len(self._s)

    def is_empty(self, *, ignore_nulls: bool = False) -> bool:
        """Whether there are no values, or with `ignore_nulls` none but nulls."""
        return len(self._s) == (self._s.null_count() if ignore_nulls else 0)

    def null_count(self) -> int:
        """The number of nulls."""
        return self._s.null_count()

    def has_nulls(self) -> bool:
        """Whether there is a null."""
        return self._s.null_count() > 0

    def n_chunks(self) -> int:
        """The number of pieces of memory."""
        return self._s.n_chunks()

    def chunk_lengths(self) -> list[int]:
        """The lengths of the pieces of memory."""
        return self._s.chunk_lengths()

    def estimated_size(self, unit: str = "b") -> Any:
        """The size in memory."""
        return scaled_size(self._s.estimated_size(), unit)

    def rename(self, name: str) -> Series:
        """The same values under another name."""
        return Series._wrap(self._s.rename(name))

    def alias(self, name: str) -> Series:
        """The same values under another name."""
        return self.rename(name)

    def clone(self) -> Series:
        """The same series; values are shared, as they cannot change."""
        return Series._wrap(self._s)

    def rechunk(self, *, in_place: bool = False) -> Series:
        """All values in one piece of memory."""
        whole = self._s.rechunk()
        if in_place:
            self._s = whole
            return self
        return Series._wrap(whole)

    def to_frame(self, name: str | None = None) -> Any:
        """A frame of this column alone."""
        from hypostyle.dataframe import DataFrame

        return DataFrame._wrap(PyDataFrame([self._s if name is None else self._s.rename(name)]))

    def clear(self, n: int = 0) -> Series:
        """A series of this type without values, or with `n` nulls."""
        return Series(self.name, [None] * n, dtype=self.dtype)

    # Evaluation of expressions.

    def _evaluate(self, expr: Expr) -> Series:
        return self.to_frame("")._evaluate(expr).rename(self.name)

    def _apply(self, build: Callable[[Expr], Expr]) -> Series:
        return self._evaluate(build(col("")))

    def _scalar(self, build: Callable[[Expr], Expr]) -> Any:
        return self._apply(build)._s.get(0)

    def _binary(self, op: str, other: Any, *, reflected: bool = False) -> Any:
        if isinstance(other, Expr):
            left, right = (other, literal_of(self)) if reflected else (literal_of(self), other)
            return Expr._wrap(left._e.binary(op, right._e))
        return self._apply(lambda c: c._reflected(op, other) if reflected else c._binary(op, other))

    def _reflected(self, op: str, other: Any) -> Any:
        return self._binary(op, other, reflected=True)

    def _unary(self, name: str) -> Series:
        return self._apply(lambda c: c._unary(name))

    def _power(self, other: Any, *, reflected: bool = False) -> Series:
        return self._apply(lambda c: other**c if reflected else c**other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> NoReturn:
        msg = "the truth value of a Series is ambiguous: use `&`, `|`, `~`, `.any()`, `.all()` or `.is_empty()`"
        raise TypeError(msg)

    def __contains__(self, item: Any) -> bool:
        return bool(self.is_in([item], nulls_equal=True).any())

    # Values.

    def item(self, index: int | None = None, *, allow_empty: bool = False) -> Any:
        """The only value, or that of a row."""
        if index is not None:
            return self[index]
        if allow_empty and len(self) == 0:
            return None
        if len(self) != 1:
            msg = f"`item` needs a series of one value, not of {len(self)}"
            raise ValueError(msg)
        return self._value(0)

    def _value(self, row: int) -> Any:
        """The value of a row; a list is a series."""
        if self.dtype != List and self.dtype != Array:
            return self._s.get(row)
        items = self._s.slice(row, 1).get_list(0)
        return None if items is None else Series._wrap(items)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int) and not isinstance(key, bool):
            return self._value(position(key, len(self)))
        if isinstance(key, slice):
            return sliced(self, key)
        if isinstance(key, (list, tuple, range)) or hasattr(key, "__len__"):
            indices = key if isinstance(key, Series) else Series("", list(key), dtype=None if len(key) else int)
            if indices.dtype == Boolean:
                msg = "a Series is not indexed by booleans: use `filter`"
                raise TypeError(msg)
            return self.gather(indices)
        if hasattr(key, "__index__"):
            return self._value(position(key.__index__(), len(self)))
        msg = f"a Series cannot be indexed by {type(key).__name__!r}"
        raise TypeError(msg)

    def __iter__(self) -> Iterator[Any]:
        if self.dtype == List or self.dtype == Array:
            whole = self.rechunk()
            return (whole._value(row) for row in range(len(whole)))
        return iter(self.to_list())

    def to_list(self) -> builtins.list[Any]:
        """The values as a Python list."""
        return self._s.to_list()

    def gather(self, indices: Any, *, null_on_oob: bool = False) -> Series:
        """The values at these positions."""
        del null_on_oob
        values = (
            indices if isinstance(indices, Series) else Series("", list(indices), dtype=None if len(indices) else int)
        )
        return self.to_frame("").lazy().select(col("").gather(values)).collect().to_series().rename(self.name)

    def slice(self, offset: int, length: int | None = None) -> Series:
        """`length` values from `offset` on; a negative offset counts from the end."""
        start, count = bounds(offset, length, len(self))
        return Series._wrap(self._s.slice(start, count))

    def head(self, n: int = 10) -> Series:
        """The first values; a negative number leaves out the last."""
        return self.slice(0, n if n >= 0 else max(len(self) + n, 0))

    def limit(self, n: int = 10) -> Series:
        """The first values."""
        return self.head(n)

    def tail(self, n: int = 10) -> Series:
        """The last values; a negative number leaves out the first."""
        count = min(n, len(self)) if n >= 0 else max(len(self) + n, 0)
        return self.slice(len(self) - count, count)

    def append(self, other: Series) -> Series:
        """Puts the other's values below, in place."""
        self._s = self._s.append(other._s)
        return self

    def extend(self, other: Series) -> Series:
        """Puts the other's values below, in place."""
        return self.append(other)

    def filter(self, predicate: Any) -> Series:
        """The values where the predicate is true."""
        mask = predicate if isinstance(predicate, Series) else Series("", list(predicate), dtype=Boolean)
        return self.to_frame("")._with(mask.rename("mask"))._evaluate_where("", "mask").rename(self.name)

    def cast(self, dtype: Any, *, strict: bool = True, wrap_numerical: bool = False) -> Series:
        """The values as another type."""
        mode = "wrap" if wrap_numerical else "strict" if strict else "nonstrict"
        return Series._wrap(self._s.cast(describe(parse(dtype)), mode))

    def equals(
        self, other: Series, *, check_dtypes: bool = False, check_names: bool = False, null_equal: bool = True
    ) -> bool:
        """Whether both have the same values."""
        if check_names and self.name != other.name or check_dtypes and self.dtype != other.dtype:
            return False
        if not null_equal and (self.null_count() or other.null_count()):
            return False
        if self.dtype != other.dtype:
            return len(self) == len(other) and self.to_list() == other.to_list()
        return self._s.equals(other._s)

    def to_physical(self) -> Series:
        """The numbers that the values are stored as: codes of categories, days, units of time.

        >>> import hypostyle as hs
        >>> Series(["b", "a", "b"], dtype=hs.Categorical).to_physical().to_list()
        [0, 1, 0]
        """
        return self._apply(lambda c: c.to_physical())

    def gather_every(self, n: int, offset: int = 0) -> Series:
        """Every `n`th value."""
        return self[offset::n]

    def search_sorted(self, element: Any, side: str = "any", *, descending: bool = False) -> Any:
        """Where an element would stand among these sorted values; of a series of elements a series."""
        found = self._apply(lambda c: c.search_sorted(element, side, descending=descending))
        several = is_series(element) or getattr(element, "ndim", 0)
        return found if several else found.item()

    def reshape(self, dimensions: tuple[int, ...]) -> Series:
        """The values as arrays of these widths; one dimension may be -1, and is as long as there are values."""
        sizes = list(dimensions)
        if -1 in sizes[1:] and sizes.count(-1) == 1:
            known = math.prod(size for size in sizes if size != -1)
            values = self._apply(lambda c: c.reshape((-1,)))
            sizes[sizes.index(-1)] = len(values) // known if known else 0
        return self._apply(lambda c: c.reshape(tuple(sizes)))

    def hist(
        self,
        bins: list[float] | None = None,
        *,
        bin_count: int | None = None,
        include_category: bool = True,
        include_breakpoint: bool = True,
    ) -> DataFrame:
        """How many values lie between each two of ascending numbers, with the right one and a text of both.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3]).hist([1, 2, 4])["count"].to_list()
        [2, 1]
        """
        options = {"include_category": include_category, "include_breakpoint": include_breakpoint}
        counted = self._apply(lambda c: c.hist(bins, bin_count=bin_count, **options))
        return counted.struct.unnest() if include_category or include_breakpoint else counted.to_frame()

    def value_counts(
        self, *, sort: bool = False, parallel: bool = False, name: str | None = None, normalize: bool = False
    ) -> Any:
        """Each value with how often it is there."""
        del parallel
        from hypostyle.functions.aggregates import len as length

        name = name or ("proportion" if normalize else "count")
        frame = self.to_frame().group_by(self.name, maintain_order=True).agg(length().alias(name))
        if normalize:
            frame = frame.with_columns(col(name) / len(self))
        return frame.sort(name, descending=True, maintain_order=True) if sort else frame

    def n_unique(self) -> int:
        """The number of different values."""
        return self._scalar(lambda c: c.n_unique())

    def explode(self, *, empty_as_null: bool = False, keep_nulls: bool = True) -> Series:
        """The items of lists, one a row."""
        del empty_as_null, keep_nulls
        return self.to_frame("").explode("").to_series().rename(self.name)

    def map_elements(
        self, function: Callable[[Any], Any], return_dtype: Any = None, *, skip_nulls: bool = True
    ) -> Series:
        """A Python function of each value; without `return_dtype` the results say what type they have."""
        from hypostyle.expr.user import map_values, series_of

        return series_of(self.name, map_values(self, function, skip_nulls=skip_nulls), return_dtype)

    def zip_with(self, mask: Series, other: Series) -> Series:
        """These values where the mask is true, the other's where not."""
        from hypostyle.expr.when import when

        frame = self.to_frame("a")._with(mask.rename("mask"))._with(other.rename("b"))
        return frame._evaluate(when(col("mask")).then(col("a")).otherwise(col("b"))).rename(self.name)

    @property
    def plot(self) -> Any:
        """Charts by Altair: `hist`, `kde`, `line`, and every other mark by its name."""
        from hypostyle.plots import SeriesPlot

        return SeriesPlot(self)

    def to_init_repr(self, n: int = 1000) -> Any:
        """Python code that makes the first `n` values."""
        from hypostyle.datatypes import code_of

        return f"pl.Series({self.name!r}, {self.head(n).to_list()!r}, dtype={code_of(self.dtype)})"

    def describe(self, percentiles: Any = (0.25, 0.5, 0.75), interpolation: Any = "nearest") -> Any:
        """Statistics of the values: those that their type has."""
        statistics = self.to_frame("value").describe(percentiles, interpolation=interpolation).drop_nulls("value")
        return statistics.cast({"value": float}) if self.dtype.is_nested() else statistics

    def get_chunks(self) -> Any:
        """The pieces of memory that the values lie in, as a list of Series."""
        chunks, start = [], 0
        for length in self.chunk_lengths():
            chunks.append(self.slice(start, length))
            start += length
        return chunks

    def shrink_to_fit(self, *, in_place: bool = False) -> Series:
        """The values in one piece of memory without reserves."""
        return self.rechunk(in_place=in_place)

    def to_dummies(self, *, separator: str = "_", drop_first: bool = False) -> Any:
        """A column of 0 and 1 for each value."""
        return self.to_frame().to_dummies(separator=separator, drop_first=drop_first)

    def new_from_index(self, index: int, length: int) -> Series:
        """One value, `length` times."""
        return Series(self.name, [self[index]] * length, dtype=self.dtype)

    # Conversions.

    def __repr__(self) -> str:
        return self._s.render(options())

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_(_from_series=True)

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype, "values": pickled(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._s = construct.series(state["name"], state["values"], state["dtype"])

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._s.__arrow_c_stream__(requested_schema)

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        return self._s.__arrow_c_array__(requested_schema)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.to_numpy()
        return array if dtype is None else array.astype(dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy's functions on the values; the result is a series again."""
        if method != "__call__":
            return NotImplemented
        columns = [value for value in inputs if isinstance(value, Series)]
        result = Series(self.name, ufunc(*(_for_numpy(value) for value in inputs), **kwargs))
        nulls = [column.is_null() for column in columns if column.null_count()]
        if not nulls:
            return result
        missing = nulls[0]
        for more in nulls[1:]:
            missing = missing | more
        return result.zip_with(~missing, Series(self.name, [None] * len(result), dtype=result.dtype))

    def to_arrow(self, *, compat_level: Any = None) -> Any:
        """A pyarrow array."""
        del compat_level
        import pyarrow

        return pyarrow.array(self._s.rechunk())

    def to_pandas(self, *, use_pyarrow_extension_array: bool = False, **kwargs: Any) -> Any:
        """A pandas series; `use_pyarrow_extension_array` keeps Arrow's memory and types."""
        result = to_pandas(self.to_arrow(), use_pyarrow_extension_array=use_pyarrow_extension_array, **kwargs)
        if self.dtype == UInt128 and not use_pyarrow_extension_array:
            # Sixteen bytes in Arrow.
            result = type(result)(self.to_numpy())
        result.name = self.name
        return result

    def to_numpy(self, *, writable: bool = False, allow_copy: bool = True) -> Any:
        """A NumPy array; numbers without nulls share memory, unless it must be writable."""
        from hypostyle.numpy import to_numpy

        return to_numpy(self, writable=writable, allow_copy=allow_copy)

    # The expression's methods.

    abs = applied(Expr.abs)
    sign = applied(Expr.sign)
    floor = applied(Expr.floor)
    ceil = applied(Expr.ceil)
    round = applied(Expr.round)
    sqrt = applied(Expr.sqrt)
    cbrt = applied(Expr.cbrt)
    exp = applied(Expr.exp)
    log = applied(Expr.log)
    log10 = applied(Expr.log10)
    log1p = applied(Expr.log1p)
    sin = applied(Expr.sin)
    cos = applied(Expr.cos)
    tan = applied(Expr.tan)
    cot = applied(Expr.cot)
    arcsin = applied(Expr.arcsin)
    arccos = applied(Expr.arccos)
    arctan = applied(Expr.arctan)
    arcsinh = applied(Expr.arcsinh)
    arccosh = applied(Expr.arccosh)
    arctanh = applied(Expr.arctanh)
    erf = applied(Expr.erf)
    erfc = applied(Expr.erfc)
    sinh = applied(Expr.sinh)
    cosh = applied(Expr.cosh)
    tanh = applied(Expr.tanh)
    degrees = applied(Expr.degrees)
    radians = applied(Expr.radians)
    pow = applied(Expr.pow)
    clip = applied(Expr.clip)
    is_null = applied(Expr.is_null)
    is_not_null = applied(Expr.is_not_null)
    is_nan = applied(Expr.is_nan)
    is_not_nan = applied(Expr.is_not_nan)
    is_finite = applied(Expr.is_finite)
    is_infinite = applied(Expr.is_infinite)
    is_in = applied(Expr.is_in)
    is_between = applied(Expr.is_between)
    is_close = applied(Expr.is_close)
    is_unique = applied(Expr.is_unique)
    is_duplicated = applied(Expr.is_duplicated)
    is_first_distinct = applied(Expr.is_first_distinct)
    is_last_distinct = applied(Expr.is_last_distinct)
    fill_null = applied(Expr.fill_null)
    fill_nan = applied(Expr.fill_nan)
    forward_fill = applied(Expr.forward_fill)
    backward_fill = applied(Expr.backward_fill)
    drop_nulls = applied(Expr.drop_nulls)
    drop_nans = applied(Expr.drop_nans)
    unique = applied(Expr.unique)
    reverse = applied(Expr.reverse)
    shift = applied(Expr.shift)

    def sort(
        self, *, descending: bool = False, nulls_last: bool = False, multithreaded: bool = True, in_place: bool = False
    ) -> Series:
        """The values in order; with `in_place` of this series."""
        del multithreaded
        result = self._apply(lambda expr: expr.sort(descending=descending, nulls_last=nulls_last))
        if not in_place:
            return result
        self._s = result._s
        return self

    arg_sort = applied(Expr.arg_sort)
    top_k = applied(Expr.top_k)
    bottom_k = applied(Expr.bottom_k)
    cum_sum = applied(Expr.cum_sum)
    cum_prod = applied(Expr.cum_prod)
    cum_min = applied(Expr.cum_min)
    cum_max = applied(Expr.cum_max)
    cum_count = applied(Expr.cum_count)
    diff = applied(Expr.diff)
    pct_change = applied(Expr.pct_change)
    rank = applied(Expr.rank)
    replace = applied(Expr.replace)
    replace_strict = applied(Expr.replace_strict)
    implode = applied(Expr.implode)
    not_ = applied(Expr.not_)
    eq = applied(Expr.eq)
    ne = applied(Expr.ne)
    lt = applied(Expr.lt)
    le = applied(Expr.le)
    gt = applied(Expr.gt)
    ge = applied(Expr.ge)
    eq_missing = applied(Expr.eq_missing)
    ne_missing = applied(Expr.ne_missing)
    arg_true = applied(Expr.arg_true)
    arg_unique = applied(Expr.arg_unique)
    top_k_by = applied(Expr.top_k_by)
    bottom_k_by = applied(Expr.bottom_k_by)
    interpolate = applied(Expr.interpolate)
    mode = applied(Expr.mode)
    unique_counts = applied(Expr.unique_counts)
    set_sorted = applied(Expr.set_sorted)
    rolling_sum_by = applied(Expr.rolling_sum_by)
    rolling_mean_by = applied(Expr.rolling_mean_by)
    rolling_min_by = applied(Expr.rolling_min_by)
    rolling_max_by = applied(Expr.rolling_max_by)
    rolling_var_by = applied(Expr.rolling_var_by)
    rolling_std_by = applied(Expr.rolling_std_by)
    rolling_median_by = applied(Expr.rolling_median_by)
    rolling_quantile_by = applied(Expr.rolling_quantile_by)
    rolling_rank_by = applied(Expr.rolling_rank_by)
    rolling_sum = applied(Expr.rolling_sum)
    rolling_mean = applied(Expr.rolling_mean)
    rolling_min = applied(Expr.rolling_min)
    rolling_max = applied(Expr.rolling_max)
    rolling_var = applied(Expr.rolling_var)
    rolling_std = applied(Expr.rolling_std)
    rolling_median = applied(Expr.rolling_median)
    rolling_quantile = applied(Expr.rolling_quantile)
    rolling_rank = applied(Expr.rolling_rank)
    rolling_skew = applied(Expr.rolling_skew)
    rolling_kurtosis = applied(Expr.rolling_kurtosis)
    rle_id = applied(Expr.rle_id)
    peak_max = applied(Expr.peak_max)
    peak_min = applied(Expr.peak_min)
    ewm_mean = applied(Expr.ewm_mean)
    ewm_std = applied(Expr.ewm_std)
    ewm_var = applied(Expr.ewm_var)
    ewm_sum = applied(Expr.ewm_sum)
    cut = applied(Expr.cut)
    qcut = applied(Expr.qcut)
    extend_constant = applied(Expr.extend_constant)
    repeat_by = applied(Expr.repeat_by)
    interpolate_by = applied(Expr.interpolate_by)
    shuffle = applied(Expr.shuffle)
    hash = applied(Expr.hash)
    reinterpret = applied(Expr.reinterpret)
    round_sig_figs = applied(Expr.round_sig_figs)
    truncate = applied(Expr.truncate)
    bitwise_count_ones = applied(Expr.bitwise_count_ones)
    bitwise_count_zeros = applied(Expr.bitwise_count_zeros)
    bitwise_leading_ones = applied(Expr.bitwise_leading_ones)
    bitwise_leading_zeros = applied(Expr.bitwise_leading_zeros)
    bitwise_trailing_ones = applied(Expr.bitwise_trailing_ones)
    bitwise_trailing_zeros = applied(Expr.bitwise_trailing_zeros)
    rle = applied(Expr.rle)
    lower_bound = applied(Expr.lower_bound)
    upper_bound = applied(Expr.upper_bound)
    sample = applied(Expr.sample)

    # Those that give one value.

    nan_min = reduced(Expr.nan_min)
    nan_max = reduced(Expr.nan_max)
    min_by = reduced(Expr.min_by)
    max_by = reduced(Expr.max_by)
    index_of = reduced(Expr.index_of)
    dot = reduced(Expr.dot)
    entropy = reduced(Expr.entropy)
    approx_n_unique = reduced(Expr.approx_n_unique)
    is_sorted = reduced(Expr.is_sorted)
    bitwise_and = reduced(Expr.bitwise_and)
    bitwise_or = reduced(Expr.bitwise_or)
    bitwise_xor = reduced(Expr.bitwise_xor)
    sum = reduced(Expr.sum)
    mean = reduced(Expr.mean)
    median = reduced(Expr.median)
    min = reduced(Expr.min)
    max = reduced(Expr.max)
    product = reduced(Expr.product)
    std = reduced(Expr.std)
    var = reduced(Expr.var)
    quantile = reduced(Expr.quantile)
    skew = reduced(Expr.skew)
    kurtosis = reduced(Expr.kurtosis)
    count = reduced(Expr.count)
    first = reduced(Expr.first)
    last = reduced(Expr.last)
    any = reduced(Expr.any)
    all = reduced(Expr.all)
    arg_min = reduced(Expr.arg_min)
    arg_max = reduced(Expr.arg_max)

    # Namespaces last: they have the names of types.

    @property
    def dt(self) -> SeriesNamespace:
        """The functions on dates and times, evaluated at once."""
        return SeriesTemporalNamespace(self)

    @property
    def list(self) -> SeriesNamespace:
        """The functions on lists, evaluated at once."""
        return SeriesNamespace(self, "list")

    @property
    def arr(self) -> SeriesNamespace:
        """The functions on arrays, evaluated at once."""
        return SeriesNamespace(self, "arr")

    @property
    def bin(self) -> SeriesNamespace:
        """The functions on bytes, evaluated at once."""
        return SeriesNamespace(self, "bin")

    @property
    def cat(self) -> SeriesNamespace:
        """The functions on categories, evaluated at once."""
        return SeriesNamespace(self, "cat")

    @property
    def struct(self) -> SeriesStructNamespace:
        """The fields of structs."""
        return SeriesStructNamespace(self)

    @property
    def str(self) -> SeriesNamespace:
        """The functions on text, evaluated at once."""
        return SeriesNamespace(self, "str")


def literal_of(series: Series) -> Expr:
    """The series as a literal."""
    return Expr._wrap(literal(series))


def position(index: int, length: int) -> int:
    """An index that may count from the end; `IndexError` past either end."""
    i = index + length if index < 0 else index
    if not 0 <= i < length:
        msg = f"index {index} is out of bounds for a series of {length} values"
        raise IndexError(msg)
    return i


def bounds(offset: int, length: int | None, height: int) -> tuple[int, int]:
    """Start and number of rows of a slice, clamped to what is there."""
    start = offset + height if offset < 0 else offset
    end = height if length is None else start + length if length >= 0 else height + length
    start, end = min(max(start, 0), height), min(max(end, 0), height)
    return start, max(end - start, 0)


def sliced(data: Any, key: slice) -> Any:
    """Python's slices of a series or frame."""
    start, stop, step = key.indices(len(data))
    if step == 1:
        return data.slice(start, max(stop - start, 0))
    if step == -1 and start == len(data) - 1 and stop == -1:
        return data.reverse()
    indices = list(range(start, stop, step))
    return data[indices] if indices else data.slice(0, 0)


def scaled_size(size: int, unit: str) -> Any:
    """A number of bytes in a unit."""
    units = {"b": 0, "bytes": 0, "kb": 1, "kilobytes": 1, "mb": 2, "megabytes": 2, "gb": 3, "gigabytes": 3}
    if unit not in units:
        msg = f"`unit` is 'b', 'kb', 'mb' or 'gb', not {unit!r}"
        raise ValueError(msg)
    return size if units[unit] == 0 else size / 1024 ** units[unit]


def _for_numpy(value: Any) -> Any:
    """An input of a function of NumPy: numbers keep their type, whatever stands in the place of nulls."""
    if not isinstance(value, Series):
        return value
    if value.null_count() and value.dtype.is_integer():
        value = value.fill_null(0)
    return value.to_numpy()


def pickled(series: Series) -> list[Any]:
    """Values that pickle without loss."""
    from hypostyle.datatypes import Datetime, Duration

    if series.dtype in (Datetime, Duration):
        return series.cast(int).to_list()
    return series.to_list()
