"""Methods of expressions over whole columns: runs, peaks, weights that fade, intervals, rows by chance."""

from __future__ import annotations

import math

from hypostyle._hypostyle import PyExpr
from hypostyle.expr.parse import is_list, literal, parse, parse_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hypostyle.expr.expr import Expr

# Where seeds come from that are not given, once one is asked for.
_seeds: Any = None


def set_random_seed(seed: int | None) -> None:
    """The seed of all that is left to chance from now on: `sample` and `shuffle` without a seed of their own."""
    global _seeds
    import random

    _seeds = random.Random(seed)


def seed_or_any(seed: int | None) -> int:
    """The seed, or one by chance."""
    if seed is not None:
        return seed
    if _seeds is None:
        set_random_seed(None)
    return _seeds.getrandbits(63)


class Sequences:
    """Functions that see other rows, and some that place values among intervals."""

    _wrap: Any

    # Runs and peaks.

    def rle(self: Expr) -> Expr:
        """Length and value of each run of equal values.

        >>> import hypostyle as hs
        >>> hs.Series("a", [1, 1, 2]).rle().to_list()
        [{'len': 2, 'value': 1}, {'len': 1, 'value': 2}]
        """
        return self._call("rle")

    def rle_id(self: Expr) -> Expr:
        """The number of the run of equal values that the row is in, from 0 on."""
        return self._call("rle_id")

    def peak_max(self: Expr) -> Expr:
        """Whether the value is larger than both of its neighbours."""
        return self._call("peak_max")

    def peak_min(self: Expr) -> Expr:
        """Whether the value is smaller than both of its neighbours."""
        return self._call("peak_min")

    def value_counts(
        self: Expr, *, sort: bool = False, parallel: bool = False, name: str | None = None, normalize: bool = False
    ) -> Expr:
        """Each value and how often it is there, as a struct; with `normalize` as parts of all rows.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 1, 2]}).select(hs.col("a").value_counts(sort=True))["a"].to_list()
        [{'a': 1, 'count': 2}, {'a': 2, 'count': 1}]
        """
        del parallel
        name = name or ("proportion" if normalize else "count")
        return self._call("value_counts", self.meta.output_name(), name, sort, normalize)

    # Weights that fade.

    def ewm_mean(
        self: Expr,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        adjust: bool = True,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Expr:
        """The mean of the values so far, each weighing less with every row that follows.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3]).ewm_mean(com=1).to_list()
        [1.0, 1.6666666666666665, 2.4285714285714284]
        """
        return self._call("ewm_mean", _alpha(com, span, half_life, alpha), adjust, min_samples, ignore_nulls)

    def ewm_std(
        self: Expr,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        adjust: bool = True,
        bias: bool = False,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Expr:
        """The standard deviation of the values so far, each weighing less with every row that follows."""
        return self._call("ewm_std", _alpha(com, span, half_life, alpha), adjust, bias, min_samples, ignore_nulls)

    def ewm_var(
        self: Expr,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        adjust: bool = True,
        bias: bool = False,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Expr:
        """The variance of the values so far, each weighing less with every row that follows."""
        return self._call("ewm_var", _alpha(com, span, half_life, alpha), adjust, bias, min_samples, ignore_nulls)

    def ewm_sum(
        self: Expr,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Expr:
        """The sum of the values so far, each weighing less with every row that follows."""
        return self._call("ewm_sum", _alpha(com, span, half_life, alpha), min_samples, ignore_nulls)

    # Intervals.

    def cut(
        self: Expr,
        breaks: Sequence[float],
        *,
        labels: Sequence[str] | None = None,
        left_closed: bool = False,
        include_breaks: bool = False,
    ) -> Expr:
        """The interval between breaks in which the number lies, by its label.

        >>> import hypostyle as hs
        >>> hs.Series([1, 5]).cut([2]).to_list()
        ['(-inf, 2]', '(2, inf]']
        """
        return self._call("cut", list(breaks), _texts(labels), left_closed, include_breaks)

    def qcut(
        self: Expr,
        quantiles: Sequence[float] | int,
        *,
        labels: Sequence[str] | None = None,
        left_closed: bool = False,
        allow_duplicates: bool = False,
        include_breaks: bool = False,
    ) -> Expr:
        """The interval between quantiles in which the number lies, by its label; a number stands for so many of one size."""
        if isinstance(quantiles, int):
            quantiles = [i / quantiles for i in range(1, quantiles)]
        return self._call("qcut", list(quantiles), _texts(labels), left_closed, allow_duplicates, include_breaks)

    def hist(
        self: Expr,
        bins: Any = None,
        *,
        bin_count: int | None = None,
        include_category: bool = False,
        include_breakpoint: bool = False,
    ) -> Expr:
        """How many values lie between each two of ascending numbers.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1, 2, 3]}).select(hs.col("a").hist([1, 2, 4]))["a"].to_list()
        [2, 1]
        """
        bins = None if bins is None else [float(edge) for edge in bins]
        return self._call("hist", bins, bin_count, include_category, include_breakpoint)

    def search_sorted(self: Expr, element: Any, side: str = "any", *, descending: bool = False) -> Expr:
        """Where an element would stand among the values, which are sorted.

        >>> import hypostyle as hs
        >>> hs.Series([1, 3, 5]).search_sorted(4)
        2
        """
        if is_list(element):
            from hypostyle.exceptions import InvalidOperationError

            msg = "a list as the element of `search_sorted` could be one value or several: give a Series or `lit`"
            raise InvalidOperationError(msg)
        if type(element).__module__ == "numpy" and getattr(element, "ndim", 0):
            from hypostyle.series import Series

            element = Series("", element)
        args = [self._e, parse_value(element), literal(side), literal(descending)]
        return self._wrap(PyExpr.call("search_sorted", args))

    # More and fewer rows.

    def append(self: Expr, other: Any, *, upcast: bool = True) -> Expr:
        """The values, then those of another expression."""
        return self._wrap(PyExpr.call("append", [self._e, parse(other), literal(upcast)]))

    def extend_constant(self: Expr, value: Any, n: Any) -> Expr:
        """The values, then one value `n` times.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2]).extend_constant(0, 2).to_list()
        [1, 2, 0, 0]
        """
        return self._call("extend_constant", value, n)

    def item(self: Expr, *, allow_empty: bool = False) -> Expr:
        """The one value that there is; more, or none unless that is allowed, are an error."""
        return self._call("item", allow_empty)

    def is_empty(self: Expr, *, ignore_nulls: bool = False) -> Expr:
        """Whether there is no value, or none that is not null."""
        return self._call("is_empty", ignore_nulls)

    def lower_bound(self: Expr) -> Expr:
        """The least value that the type has."""
        return self._call("lower_bound")

    def upper_bound(self: Expr) -> Expr:
        """The largest value that the type has."""
        return self._call("upper_bound")

    def repeat_by(self: Expr, by: Any) -> Expr:
        """The value of each row a number of times, as a list.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": ["x", "y"], "n": [2, 0]}).select(hs.col("a").repeat_by("n"))["a"].to_list()
        [['x', 'x'], []]
        """
        return self._wrap(PyExpr.call("repeat_by", [self._e, parse(by)]))

    def reshape(self: Expr, dimensions: tuple[int, ...]) -> Expr:
        """The values as arrays of these widths; of the first dimension -1 says as many as there are."""
        return self._call("reshape", list(dimensions))

    def interpolate_by(self: Expr, by: Any) -> Expr:
        """Values on the straight line between neighbours in the order of another expression, in place of null."""
        return self._wrap(PyExpr.call("interpolate_by", [self._e, parse(by)]))

    # By chance.

    def sample(
        self: Expr,
        n: Any = None,
        *,
        fraction: Any = None,
        with_replacement: bool = False,
        shuffle: bool | None = None,
        seed: int | None = None,
    ) -> Expr:
        """Some of the values by chance, `n` of them or a part of all, one where neither is given.

        >>> import hypostyle as hs
        >>> hs.Series([7, 7, 7]).sample(2).to_list()
        [7, 7]
        """
        if n is not None and fraction is not None:
            msg = "`sample` takes `n` or `fraction`, not both"
            raise ValueError(msg)
        count = None if n is None else self._wrap(parse(n))
        part = None if fraction is None else self._wrap(parse(fraction))
        return self._call("sample", count, part, with_replacement, bool(shuffle), seed_or_any(seed))

    def shuffle(self: Expr, seed: int | None = None) -> Expr:
        """The values in an order by chance."""
        return self._call("shuffle", seed_or_any(seed))

    # Of one value each.

    def hash(self: Expr, seed: int = 0) -> Expr:
        """A number that is the same for equal values."""
        return self._call("hash", seed)

    def reinterpret(self: Expr, *, signed: bool | None = None, dtype: Any = None) -> Expr:
        """The same bits as a number of another type, or as an integer with or without a sign."""
        if (signed is None) == (dtype is None):
            msg = "`reinterpret` takes either `signed` or `dtype`"
            raise ValueError(msg)
        from hypostyle.datatypes import Int64, UInt64

        return self._call("reinterpret", str(dtype or (Int64 if signed else UInt64)))

    def round_sig_figs(self: Expr, digits: int) -> Expr:
        """The number rounded to a number of significant digits.

        >>> import hypostyle as hs
        >>> hs.Series([1234.0, 0.056]).round_sig_figs(1).to_list()
        [1000.0, 0.06]
        """
        return self._call("round_sig_figs", digits)

    def truncate(self: Expr, decimals: int = 0) -> Expr:
        """The number without the decimals behind so many."""
        if decimals < 0:
            msg = f"`decimals` is 0 or more, not {decimals}"
            raise OverflowError(msg)
        return self._call("truncate", decimals)

    def bitwise_count_ones(self: Expr) -> Expr:
        """The number of bits that are one."""
        return self._call("bitwise_count_ones")

    def bitwise_count_zeros(self: Expr) -> Expr:
        """The number of bits that are zero."""
        return self._call("bitwise_count_zeros")

    def bitwise_leading_ones(self: Expr) -> Expr:
        """The number of ones before the first zero, from the highest bit."""
        return self._call("bitwise_leading_ones")

    def bitwise_leading_zeros(self: Expr) -> Expr:
        """The number of zeros before the first one, from the highest bit."""
        return self._call("bitwise_leading_zeros")

    def bitwise_trailing_ones(self: Expr) -> Expr:
        """The number of ones before the first zero, from the lowest bit."""
        return self._call("bitwise_trailing_ones")

    def bitwise_trailing_zeros(self: Expr) -> Expr:
        """The number of zeros before the first one, from the lowest bit."""
        return self._call("bitwise_trailing_zeros")


def _texts(labels: Sequence[str] | None) -> list[str] | None:
    return None if labels is None else list(labels)


def _alpha(com: float | None, span: float | None, half_life: float | None, alpha: float | None) -> float:
    """The part of a new value, from the one of these that is given."""
    given = [name for name, value in locals().items() if value is not None]
    if len(given) != 1:
        which = "one of `com`, `span`, `half_life` and `alpha`"
        msg = f"{which} has to be given" if not given else f"{which} is given, not {' and '.join(given)}"
        raise ValueError(msg)
    if com is not None:
        return 1 / (1 + _within("com", com, com >= 0, "0 or more"))
    if span is not None:
        return 2 / (1 + _within("span", span, span >= 1, "1 or more"))
    if half_life is not None:
        return 1 - math.exp(-math.log(2) / _within("half_life", half_life, half_life > 0, "more than 0"))
    assert alpha is not None
    return _within("alpha", alpha, 0 < alpha <= 1, "more than 0 and at most 1")


def _within(name: str, value: float, holds: bool, wanted: str) -> float:
    if holds:
        return value
    msg = f"`{name}` is {wanted}, not {value}"
    raise ValueError(msg)
