"""The class of expressions.

Every method is one line over a generic call: the engine's catalog knows the functions, this class their Python names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from hypostyle._hypostyle import PyExpr
from hypostyle.datatypes import List, Null, describe
from hypostyle.expr.derived import Derived
from hypostyle.expr.operators import Operators
from hypostyle.expr.parse import (
    column,
    conjunction,
    flags,
    is_list,
    is_series,
    literal,
    parse,
    parse_many,
    parse_predicates,
    parse_value,
)
from hypostyle.expr.rolling import Rolling
from hypostyle.expr.sequences import Sequences
from hypostyle.expr.user import UserFunctions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from hypostyle.expr.array import ArrayNamespace
    from hypostyle.expr.binary import BinaryNamespace
    from hypostyle.expr.categorical import CategoricalNamespace
    from hypostyle.expr.list import ListNamespace
    from hypostyle.expr.meta import MetaNamespace
    from hypostyle.expr.name import NameNamespace
    from hypostyle.expr.string import StringNamespace
    from hypostyle.expr.struct import StructNamespace
    from hypostyle.expr.temporal import TemporalNamespace

_NO_DEFAULT: Any = type("NoDefault", (), {"__repr__": lambda _: "<no default>"})()


class Expr(Derived, Rolling, Sequences, Operators, UserFunctions):
    """What to compute: a tree of columns, literals, operators and functions.

    >>> import hypostyle as hs
    >>> hs.DataFrame({"a": [1, 2]}).select((hs.col("a") * 2).alias("b"))["b"].to_list()
    [2, 4]
    """

    _e: PyExpr
    _accessors: frozenset[str] = frozenset()

    @classmethod
    def _wrap(cls, inner: PyExpr) -> Expr:
        expr = Expr.__new__(Expr)
        expr._e = inner
        return expr

    def _call(self, name: str, *args: Any) -> Expr:
        """A function of the catalog; text arguments are values."""
        return Expr._wrap(PyExpr.call(name, [self._e, *(parse_value(arg) for arg in args)]))

    def _aggregate(self, name: str, *args: Any) -> Expr:
        """An aggregate of the catalog."""
        return Expr._wrap(PyExpr.aggregate(name, [self._e, *(parse_value(arg) for arg in args)]))

    def _binary(self, op: str, other: Any) -> Any:
        return Expr._wrap(self._e.binary(op, parse_value(other)))

    def _reflected(self, op: str, other: Any) -> Expr:
        return Expr._wrap(parse_value(other).binary(op, self._e))

    def __repr__(self) -> str:
        return f"<Expr [{str(self._e)!r}] at 0x{id(self):X}>"

    def __str__(self) -> str:
        return str(self._e)

    def _repr_html_(self) -> str:
        return str(self._e)

    def __bool__(self) -> NoReturn:
        msg = (
            "the truth value of an Expr is ambiguous\n\n"
            "Use `&`, `|` and `~` for logic on columns, and brackets around comparisons."
        )
        raise TypeError(msg)

    def __getstate__(self) -> bytes:
        return self._e.serialize()

    def __setstate__(self, state: bytes) -> None:
        self._e = PyExpr.deserialize(state)

    @classmethod
    def deserialize(cls, source: bytes) -> Expr:
        """The expression that `meta.serialize` wrote."""
        return Expr._wrap(PyExpr.deserialize(source))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Expr:
        """NumPy's element-wise functions of one argument, where the engine has them."""
        name = {"absolute": "abs", "log": "log", "negative": "neg"}.get(ufunc.__name__, ufunc.__name__)
        if method != "__call__" or len(inputs) != 1 or kwargs or not hasattr(Expr, name):
            return NotImplemented
        return getattr(self, name)()

    # Names and types.

    def alias(self, name: str) -> Expr:
        """The same values under another name.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1]}).select(hs.col("a").alias("b")).columns
        ['b']
        """
        return Expr._wrap(self._e.alias(name))

    def cast(self, dtype: Any, *, strict: bool = True, wrap_numerical: bool = False) -> Expr:
        """The values as another type; what does not fit is an error if `strict`, else null.

        >>> import hypostyle as hs
        >>> hs.select(hs.lit("7").cast(hs.Int8)).item()
        7
        """
        mode = "wrap" if wrap_numerical else "strict" if strict else "nonstrict"
        return Expr._wrap(self._e.cast(describe(dtype), mode))

    def exclude(self, columns: Any, *more_columns: Any) -> Expr:
        """Of the columns that the expression stands for, all but these."""
        from hypostyle.selectors import _selection

        items = [*columns, *more_columns] if is_list(columns) else [columns, *more_columns]
        return Expr._wrap(self._e.exclude(_selection(items, strict=False)))

    def pipe(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`function(self, *args, **kwargs)`"""
        return function(self, *args, **kwargs)

    # Rows: which, and in which order.

    def filter(self, *predicates: Any, **constraints: Any) -> Expr:
        """The values for which all predicates hold.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2, 3]}).select(hs.col("a").filter(hs.col("a") > 1).sum()).item()
        5
        """
        return Expr._wrap(self._e.filter(conjunction(parse_predicates(predicates, constraints))))

    def head(self, n: Any = 10) -> Expr:
        """The first `n` values; all but the last ones if `n` is negative."""
        return self.slice(0, n)

    def limit(self, n: Any = 10) -> Expr:
        """The first `n` values; all but the last ones if `n` is negative."""
        return self.head(n)

    def tail(self, n: int = 10) -> Expr:
        """The last `n` values; all but the first ones if `n` is negative."""
        return self.slice(-n, n if n > 0 else None) if n else self.slice(0, 0)

    def slice(self, offset: Any, length: Any = None) -> Expr:
        """`length` values from `offset` on; a negative offset counts from the end, a negative length leaves out the last."""
        return self._call("slice", offset, length)

    def gather(self, indices: Any) -> Expr:
        """The values at these positions; negative ones count from the end."""
        return self._call("gather", _series(indices))

    def get(self, index: Any) -> Expr:
        """The value at one position."""
        return self.gather([index] if isinstance(index, int) else index).first()

    def reverse(self) -> Expr:
        """The values from last to first."""
        return self._call("reverse")

    def shift(self, n: Any = 1, *, fill_value: Any = None) -> Expr:
        """Each value `n` rows further down; what comes free is null or `fill_value`.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3]).shift(1).to_list()
        [None, 1, 2]
        """
        return self._call("shift", n) if fill_value is None else self._call("shift", n, fill_value)

    def sort(self, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """The values in order."""
        return self._call("sort", descending, nulls_last)

    def sort_by(
        self,
        by: Any,
        *more_by: Any,
        descending: Any = False,
        nulls_last: Any = False,
        multithreaded: bool = True,
        maintain_order: bool = False,
    ) -> Expr:
        """The values in the order of other expressions.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"name": ["x", "y"], "age": [9, 4]})
        >>> df.select(hs.col("name").sort_by("age"))["name"].to_list()
        ['y', 'x']
        """
        del multithreaded, maintain_order
        keys = parse_many(by, *more_by)
        order = [
            literal(flags(descending, len(keys), "descending")),
            literal(flags(nulls_last, len(keys), "nulls_last")),
        ]
        return Expr._wrap(PyExpr.call("sort_by", [self._e, *order, *keys]))

    def arg_sort(self, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """The positions that put the values in order."""
        return self._call("arg_sort", descending, nulls_last)

    def unique(self, *, maintain_order: bool = False) -> Expr:
        """Each value once."""
        del maintain_order
        return self._call("unique")

    def drop_nulls(self) -> Expr:
        """The values that are not null."""
        return self._call("drop_nulls")

    # Null and NaN.

    def is_null(self) -> Expr:
        """Whether values are null."""
        return self._call("is_null")

    def is_not_null(self) -> Expr:
        """Whether values are not null."""
        return self._call("is_not_null")

    def is_nan(self) -> Expr:
        """Whether values are NaN."""
        return self._call("is_nan")

    def is_not_nan(self) -> Expr:
        """Whether values are not NaN."""
        return self._call("is_not_nan")

    def is_finite(self) -> Expr:
        """Whether values are neither NaN nor infinite."""
        return self._call("is_finite")

    def is_infinite(self) -> Expr:
        """Whether values are infinite."""
        return self._call("is_infinite")

    def fill_null(self, value: Any = None, strategy: str | None = None, limit: int | None = None) -> Expr:
        """Another value, or that of a neighbour or statistic, in place of null.

        >>> import hypostyle as hs
        >>> hs.Series([1, None, 3]).fill_null(0).to_list()
        [1, 0, 3]
        >>> hs.Series([1, None, 3]).fill_null(strategy="forward").to_list()
        [1, 1, 3]
        """
        if value is not None and strategy is not None:
            msg = "`fill_null` takes a `value` or a `strategy`, not both"
            raise ValueError(msg)
        if value is None and strategy is None:
            msg = "`fill_null` needs a `value` or a `strategy`"
            raise ValueError(msg)
        if limit is not None and strategy not in ("forward", "backward"):
            msg = "`limit` goes with the strategies 'forward' and 'backward'"
            raise ValueError(msg)
        if strategy is None:
            return self._call("fill_null", value)
        fills: dict[str, Callable[[], Any]] = {
            "min": self.min,
            "max": self.max,
            "mean": self.mean,
            "zero": lambda: 0,
            "one": lambda: 1,
        }
        if strategy in fills:
            return self._call("fill_null", fills[strategy]())
        if strategy not in ("forward", "backward"):
            msg = f"unknown strategy {strategy!r} of `fill_null`"
            raise ValueError(msg)
        return self.forward_fill(limit) if strategy == "forward" else self.backward_fill(limit)

    def fill_nan(self, value: Any) -> Expr:
        """Another value in place of NaN."""
        return self._call("fill_nan", value)

    def forward_fill(self, limit: int | None = None) -> Expr:
        """The last value in place of null."""
        return self._call("forward_fill", *_given(limit))

    def backward_fill(self, limit: int | None = None) -> Expr:
        """The next value in place of null."""
        return self._call("backward_fill", *_given(limit))

    # Membership and ranges.

    def is_in(self, other: Any, *, nulls_equal: bool = False) -> Expr:
        """Whether values are among others: a list, a Series, or lists in a column.

        >>> import hypostyle as hs
        >>> hs.Series(["a", "b"]).is_in(["a", "c"]).to_list()
        [True, False]
        """
        if isinstance(other, (set, frozenset)):
            other = list(other)
        elif is_series(other):
            other = Expr._wrap(literal(other.to_list(), List(other.dtype)))
        elif isinstance(other, (list, tuple)) and not len(other):
            other = Expr._wrap(literal([], List(Null)))
        if not isinstance(other, (list, tuple, Expr)):
            msg = f"`is_in` takes a list, a Series or an expression, not {type(other).__name__!r}"
            raise TypeError(msg)
        return self._call("is_in", other, nulls_equal)

    def is_between(self, lower_bound: Any, upper_bound: Any, closed: str = "both") -> Expr:
        """Whether values lie between two bounds; text bounds are columns.

        >>> import hypostyle as hs
        >>> hs.Series([1, 5, 9]).is_between(1, 5).to_list()
        [True, True, False]
        """
        if closed not in ("both", "left", "right", "none"):
            msg = f"`closed` is 'both', 'left', 'right' or 'none', not {closed!r}"
            raise ValueError(msg)
        return self._call("is_between", _wrapped(lower_bound), _wrapped(upper_bound), closed)

    def clip(self, lower_bound: Any = None, upper_bound: Any = None) -> Expr:
        """The bound where values lie outside of it.

        >>> import hypostyle as hs
        >>> hs.Series([1, 5, 9]).clip(2, 6).to_list()
        [2, 5, 6]
        """
        return self._call("clip", _wrapped(lower_bound), _wrapped(upper_bound))

    def is_unique(self) -> Expr:
        """Whether values are there once."""
        return self._call("is_unique")

    def is_duplicated(self) -> Expr:
        """Whether values are there more than once."""
        return self._call("is_duplicated")

    def is_first_distinct(self) -> Expr:
        """Whether no row before has the same value."""
        return self._call("is_first_distinct")

    def is_last_distinct(self) -> Expr:
        """Whether no row after has the same value."""
        return self._call("is_last_distinct")

    # Arithmetic.

    def abs(self) -> Expr:
        """The absolute value."""
        return self._call("abs")

    def sign(self) -> Expr:
        """-1, 0 or 1."""
        return self._call("sign")

    def floor(self) -> Expr:
        """Rounded down."""
        return self._call("floor")

    def ceil(self) -> Expr:
        """Rounded up."""
        return self._call("ceil")

    def round(self, decimals: int = 0, mode: str = "half_to_even") -> Expr:
        """Rounded to a number of digits after the point.

        >>> import hypostyle as hs
        >>> hs.Series([1.25, 2.345]).round(1).to_list()
        [1.2, 2.3]
        """
        if mode not in ("half_to_even", "half_away_from_zero"):
            msg = f"`mode` is 'half_to_even' or 'half_away_from_zero', not {mode!r}"
            raise ValueError(msg)
        return self._call("round", decimals, mode)

    def sqrt(self) -> Expr:
        """The square root."""
        return self._call("sqrt")

    def cbrt(self) -> Expr:
        """The cube root."""
        return self._call("cbrt")

    def exp(self) -> Expr:
        """The exponential."""
        return self._call("exp")

    def log(self, base: Any = math.e) -> Expr:
        """The logarithm, natural if no base is given."""
        return self._call("log") if isinstance(base, float) and base == math.e else self._call("log", base)

    def log10(self) -> Expr:
        """The logarithm to base 10."""
        return self._call("log10")

    def log1p(self) -> Expr:
        """The natural logarithm of one more."""
        return self._call("log1p")

    def sin(self) -> Expr:
        """The sine."""
        return self._call("sin")

    def cos(self) -> Expr:
        """The cosine."""
        return self._call("cos")

    def tan(self) -> Expr:
        """The tangent."""
        return self._call("tan")

    def cot(self) -> Expr:
        """The cotangent."""
        return self._call("cot")

    def arcsin(self) -> Expr:
        """The inverse of the sine."""
        return self._call("arcsin")

    def arccos(self) -> Expr:
        """The inverse of the cosine."""
        return self._call("arccos")

    def arctan(self) -> Expr:
        """The inverse of the tangent."""
        return self._call("arctan")

    def sinh(self) -> Expr:
        """The hyperbolic sine."""
        return self._call("sinh")

    def cosh(self) -> Expr:
        """The hyperbolic cosine."""
        return self._call("cosh")

    def tanh(self) -> Expr:
        """The hyperbolic tangent."""
        return self._call("tanh")

    def degrees(self) -> Expr:
        """From radians."""
        return self._call("degrees")

    def radians(self) -> Expr:
        """From degrees."""
        return self._call("radians")

    # Running values and neighbours.

    def cum_sum(self, *, reverse: bool = False) -> Expr:
        """The sum up to each row.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3]).cum_sum().to_list()
        [1, 3, 6]
        """
        return self._call("cum_sum", reverse)

    def cum_prod(self, *, reverse: bool = False) -> Expr:
        """The product up to each row."""
        return self._call("cum_prod", reverse)

    def cum_min(self, *, reverse: bool = False) -> Expr:
        """The minimum up to each row."""
        return self._call("cum_min", reverse)

    def cum_max(self, *, reverse: bool = False) -> Expr:
        """The maximum up to each row."""
        return self._call("cum_max", reverse)

    def cum_count(self, *, reverse: bool = False) -> Expr:
        """The number of values up to each row that are not null."""
        return self._call("cum_count", reverse)

    def diff(self, n: Any = 1, null_behavior: str = "ignore") -> Expr:
        """The difference to the value `n` rows before.

        >>> import hypostyle as hs
        >>> hs.Series([1, 4, 9]).diff().to_list()
        [None, 3, 5]
        """
        if null_behavior == "drop":
            return self._call("diff", n).slice(n, None)
        if null_behavior != "ignore":
            msg = f"`null_behavior` is 'ignore' or 'drop', not {null_behavior!r}"
            raise ValueError(msg)
        return self._call("diff", n)

    def rank(self, method: str = "average", *, descending: bool = False, seed: int | None = None) -> Expr:
        """The place of each value in order.

        >>> import hypostyle as hs
        >>> hs.Series([30, 10, 20]).rank("dense").to_list()
        [3, 1, 2]
        """
        del seed
        return self._call("rank", method, descending)

    # Aggregates.

    def sum(self) -> Expr:
        """The sum; 0 without values."""
        return self._aggregate("sum")

    def mean(self) -> Expr:
        """The mean; null without values."""
        return self._aggregate("mean")

    def median(self) -> Expr:
        """The median; null without values."""
        return self._aggregate("median")

    def min(self) -> Expr:
        """The smallest value, NaN only if there is nothing else."""
        return self._aggregate("min")

    def max(self) -> Expr:
        """The largest value, NaN only if there is nothing else."""
        return self._aggregate("max")

    def nan_min(self) -> Expr:
        """The smallest value, NaN if there is one."""
        return self._aggregate("nan_min")

    def nan_max(self) -> Expr:
        """The largest value, NaN if there is one."""
        return self._aggregate("nan_max")

    def product(self) -> Expr:
        """The product; 1 without values."""
        return self._aggregate("product")

    def std(self, ddof: int = 1) -> Expr:
        """The standard deviation."""
        return self._aggregate("std", ddof)

    def var(self, ddof: int = 1) -> Expr:
        """The variance."""
        return self._aggregate("var", ddof)

    def quantile(self, quantile: float, interpolation: str = "nearest") -> Expr:
        """The value below which a part of the values lies.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3, 4]).quantile(0.5, "linear")
        2.5
        """
        return self._aggregate("quantile", quantile, interpolation)

    def count(self) -> Expr:
        """The number of values that are not null."""
        return self._aggregate("count")

    def len(self) -> Expr:
        """The number of values, nulls included."""
        return self._aggregate("len")

    def n_unique(self) -> Expr:
        """The number of different values; null is one.

        >>> import hypostyle as hs
        >>> hs.Series(["a", "b", "a", None]).n_unique()
        3
        """
        return self._aggregate("n_unique")

    def null_count(self) -> Expr:
        """The number of nulls."""
        return self._aggregate("null_count")

    def first(self, *, ignore_nulls: bool = False) -> Expr:
        """The first value."""
        return self._aggregate("first_non_null" if ignore_nulls else "first")

    def last(self, *, ignore_nulls: bool = False) -> Expr:
        """The last value."""
        return (self.drop_nulls() if ignore_nulls else self)._aggregate("last")

    def any(self, *, ignore_nulls: bool = True) -> Expr:
        """Whether one value is true."""
        return self._aggregate("any", ignore_nulls)

    def all(self, *, ignore_nulls: bool = True) -> Expr:
        """Whether all values are true."""
        return self._aggregate("all", ignore_nulls)

    def arg_min(self) -> Expr:
        """The position of the smallest value."""
        return self._aggregate("arg_min")

    def arg_max(self) -> Expr:
        """The position of the largest value."""
        return self._aggregate("arg_max")

    def min_by(self, by: Any) -> Expr:
        """The value where another expression is smallest."""
        return self._aggregate("min_by", _wrapped(by))

    def max_by(self, by: Any) -> Expr:
        """The value where another expression is largest.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"name": ["x", "y"], "age": [9, 4]})
        >>> df.select(hs.col("name").max_by("age")).item()
        'x'
        """
        return self._aggregate("max_by", _wrapped(by))

    def implode(self, *, maintain_order: bool = True) -> Expr:
        """All values as one list.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2]}).select(hs.col("a").implode()).item().to_list()
        [1, 2]
        """
        del maintain_order
        return self._aggregate("implode")

    # Windows.

    def over(
        self,
        partition_by: Any = None,
        *more_exprs: Any,
        order_by: Any = None,
        descending: bool = False,
        nulls_last: bool = False,
        mapping_strategy: str = "group_to_rows",
    ) -> Expr:
        """Computed for each group of rows that agree in the keys, and put back to the rows.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]})
        >>> df.select(hs.col("v").sum().over("k"))["v"].to_list()
        [4, 2, 4]
        """
        keys = [] if partition_by is None else parse_many(partition_by, *more_exprs)
        order = [] if order_by is None else parse_many(order_by)
        if not keys and not order:
            msg = "`over` needs `partition_by` or `order_by`"
            raise ValueError(msg)
        return Expr._wrap(self._e.over(keys, order, descending, nulls_last, mapping_strategy))

    # Namespaces.

    @property
    def str(self) -> StringNamespace:
        """Functions on text."""
        from hypostyle.expr.string import StringNamespace

        return StringNamespace(self)

    @property
    def dt(self) -> TemporalNamespace:
        """Functions on dates and times."""
        from hypostyle.expr.temporal import TemporalNamespace

        return TemporalNamespace(self)

    @property
    def list(self) -> ListNamespace:
        """Functions on the values of lists."""
        from hypostyle.expr.list import ListNamespace

        return ListNamespace(self)

    @property
    def arr(self) -> ArrayNamespace:
        """Functions on the values of arrays."""
        from hypostyle.expr.array import ArrayNamespace

        return ArrayNamespace(self)

    @property
    def struct(self) -> StructNamespace:
        """The fields of structs."""
        from hypostyle.expr.struct import StructNamespace

        return StructNamespace(self)

    @property
    def bin(self) -> BinaryNamespace:
        """Functions on bytes."""
        from hypostyle.expr.binary import BinaryNamespace

        return BinaryNamespace(self)

    @property
    def cat(self) -> CategoricalNamespace:
        """Functions on categories."""
        from hypostyle.expr.categorical import CategoricalNamespace

        return CategoricalNamespace(self)

    @property
    def name(self) -> NameNamespace:
        """Functions on the name of the result."""
        from hypostyle.expr.name import NameNamespace

        return NameNamespace(self)

    @property
    def meta(self) -> MetaNamespace:
        """Questions about the expression itself."""
        from hypostyle.expr.meta import MetaNamespace

        return MetaNamespace(self)

    def replace(self, old: Any, new: Any = _NO_DEFAULT) -> Expr:
        """Some values for others; the rest stays.

        >>> import hypostyle as hs
        >>> hs.Series(["a", "b"]).replace({"a": "z"}).to_list()
        ['z', 'b']
        """
        old, new = _mapping(old, new)
        return Expr._wrap(PyExpr.call("replace", [self._e, old, new]))

    def replace_strict(
        self, old: Any, new: Any = _NO_DEFAULT, *, default: Any = _NO_DEFAULT, return_dtype: Any = None
    ) -> Expr:
        """Some values for others; the rest becomes `default`, or is an error.

        >>> import hypostyle as hs
        >>> hs.Series(["a", "b"]).replace_strict({"a": 1}, default=0).to_list()
        [1, 0]
        """
        old, new = _mapping(old, new)
        rest = [] if default is _NO_DEFAULT else [parse_value(default)]
        dtype = literal(None, return_dtype)
        return Expr._wrap(PyExpr.call("replace_strict", [self._e, old, new, dtype, *rest]))

    def to_physical(self) -> Expr:
        """The numbers that the values are stored as: codes of categories, days, units of time.

        >>> import datetime as dt
        >>> import hypostyle as hs
        >>> hs.Series([dt.date(1970, 1, 2)]).to_physical().to_list()
        [1]
        """
        return self._call("to_physical")


def _mapping(old: Any, new: Any) -> tuple[PyExpr, PyExpr]:
    """What to look for and what to put there, as lists of values or as expressions."""
    if isinstance(old, Mapping):
        if new is not _NO_DEFAULT:
            msg = "`new` does not go with a mapping"
            raise TypeError(msg)
        old, new = list(old.keys()), list(old.values())
    elif new is _NO_DEFAULT:
        msg = "`new` goes with `old`, unless `old` is a mapping"
        raise TypeError(msg)
    return _values(old), _values(new)


def _values(values: Any) -> PyExpr:
    if isinstance(values, Expr):
        return values._e
    if is_series(values):
        return literal(values.to_list(), List(values.dtype))
    if not is_list(values):
        values = [values]
    values = list(values)
    return literal(values) if values else literal([], List(Null))


def _given(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def _wrapped(value: Any) -> Expr:
    """Text is a column's name."""
    return value if isinstance(value, Expr) else Expr._wrap(parse(value))


def _series(indices: Any) -> Any:
    if isinstance(indices, (list, tuple)):
        from hypostyle.series import Series

        return Series("", indices)
    return Expr._wrap(column(indices)) if isinstance(indices, str) else indices
