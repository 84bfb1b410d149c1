"""Methods of expressions that are made of others: nothing here knows the engine."""

from __future__ import annotations

import math

from hypostyle.datatypes import Float64, Int64
from hypostyle.expr.parse import parse, parse_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.expr.expr import Expr


class Derived:
    """What takes no function of the catalog of its own."""

    _wrap: Any

    def top_k(self: Expr, k: Any = 5) -> Expr:
        """The `k` largest values."""
        return self.sort(descending=True, nulls_last=True).head(k)

    def bottom_k(self: Expr, k: Any = 5) -> Expr:
        """The `k` smallest values."""
        return self.sort(nulls_last=True).head(k)

    def drop_nans(self: Expr) -> Expr:
        """The values that are not NaN."""
        return self.filter(self.is_not_nan() | self.is_null())

    def is_close(
        self: Expr, other: Any, *, abs_tol: float = 0.0, rel_tol: float = 1e-09, nans_equal: bool = False
    ) -> Expr:
        """Whether values differ by no more than a tolerance."""
        from hypostyle.functions.horizontal import max_horizontal

        other = self._wrap(parse_value(other))
        allowed = max_horizontal(max_horizontal(self.abs(), other.abs()) * rel_tol, abs_tol)
        near = (self - other).abs() <= allowed
        same = (self == other) if nans_equal else (self == other) & self.is_not_nan()
        return (near & self.is_finite() & other.is_finite()) | same

    def pct_change(self: Expr, n: Any = 1) -> Expr:
        """The relative difference to the value `n` rows before."""
        return self / self.shift(n) - 1

    def skew(self: Expr, *, bias: bool = True) -> Expr:
        """The skewness."""
        centred = self - self.mean()
        skew = (centred**3).mean() / (centred**2).mean() ** 1.5
        if not bias:
            n = self.count().cast(Float64)
            skew = _where(n > 2, skew * (n * (n - 1)).sqrt() / (n - 2))
        return skew

    def kurtosis(self: Expr, *, fisher: bool = True, bias: bool = True) -> Expr:
        """The kurtosis."""
        centred = self - self.mean()
        kurtosis = (centred**4).mean() / (centred**2).mean() ** 2
        if not bias:
            n = self.count().cast(Float64)
            unbiased = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis - 3 * (n - 1)) + 3
            kurtosis = _where(n > 3, unbiased)
        return kurtosis - 3 if fisher else kurtosis

    def has_nulls(self: Expr) -> Expr:
        """Whether there is a null."""
        return self._aggregate("null_count") > 0

    # Positions.

    def _rows(self: Expr) -> Expr:
        """The number of each row, from 0 on."""
        return self.is_null().cum_count() - 1

    def arg_true(self: Expr) -> Expr:
        """The positions of what is true.

        >>> import hypostyle as hs
        >>> hs.Series([False, True, None, True]).arg_true().to_list()
        [1, 3]
        """
        return self._rows().filter(self)

    def arg_unique(self: Expr) -> Expr:
        """The positions where values are for the first time."""
        return self._rows().filter(self.is_first_distinct())

    def index_of(self: Expr, element: Any) -> Expr:
        """The first position of a value, null among them; null if it is not there."""
        found = self.eq_missing(element)
        return _where(found.any(), found.arg_max()).name.keep()

    def gather_every(self: Expr, n: int, offset: int = 0) -> Expr:
        """Every `n`th value from `offset` on."""
        if n < 1:
            msg = f"`n` is positive, not {n}"
            raise ValueError(msg)
        place = self._rows().cast(Int64) - offset
        return self.filter((place >= 0) & (place % n == 0))

    def is_sorted(self: Expr, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """Whether values are in order."""
        return self.eq_missing(self.sort(descending=descending, nulls_last=nulls_last)).all()

    def set_sorted(self: Expr, *, descending: bool = False) -> Expr:
        """The same values: whether they are in order is found out, not told."""
        del descending
        return self

    # By other values.

    def top_k_by(self: Expr, by: Any, k: int = 5, *, reverse: Any = False) -> Expr:
        """The values where other expressions are largest, `k` of them."""
        flip = [not flag for flag in reverse] if isinstance(reverse, (list, tuple)) else not reverse
        return self.sort_by(by, descending=flip, nulls_last=True).head(k)

    def bottom_k_by(self: Expr, by: Any, k: int = 5, *, reverse: Any = False) -> Expr:
        """The values where other expressions are smallest, `k` of them."""
        return self.sort_by(by, descending=reverse, nulls_last=True).head(k)

    def dot(self: Expr, other: Any) -> Expr:
        """The sum of products with another expression."""
        return (self * self._wrap(parse(other))).sum()

    # Values in between and statistics.

    def interpolate(self: Expr, method: str = "linear") -> Expr:
        """Values on the straight line between neighbours, or the nearer neighbour, in place of null.

        >>> import hypostyle as hs
        >>> hs.Series([1, None, None, 4]).interpolate().to_list()
        [1.0, 2.0, 3.0, 4.0]
        """
        if method not in ("linear", "nearest"):
            msg = f"`method` is 'linear' or 'nearest', not {method!r}"
            raise ValueError(msg)
        known = self.is_not_null()
        row = self._rows().cast(Int64)
        before, after = _where(known, row).forward_fill(), _where(known, row).backward_fill()
        if method == "nearest":
            # Half way between two, the later.
            nearer = _where(row - before < after - row, self.forward_fill(), self.backward_fill())
            return _where(before.is_not_null() & after.is_not_null(), nearer).name.keep()
        values = self * 1.0
        low, high = values.forward_fill(), values.backward_fill()
        between = low + (high - low) / (after - before) * (row - before)
        return _where(known, values, between).name.keep()

    def mode(self: Expr, *, maintain_order: bool = False) -> Expr:
        """The values that are there most often."""
        del maintain_order
        often = self.len().over(self)
        return self.filter(often == often.max()).unique()

    def unique_counts(self: Expr) -> Expr:
        """How often each value is there, in the order of their first rows."""
        return self.len().over(self).filter(self.is_first_distinct())

    def approx_n_unique(self: Expr) -> Expr:
        """The number of different values: exact."""
        return self.n_unique()

    def entropy(self: Expr, base: float = math.e, *, normalize: bool = True) -> Expr:
        """The entropy of values that are probabilities, or weights to be normalized."""
        share = self / self.sum() if normalize else self
        return -(share * share.log(base)).sum()


def _where(condition: Any, then: Any, otherwise: Any = None) -> Expr:
    """One or the other; null if there is no other."""
    from hypostyle.expr.when import when

    return when(condition).then(then).otherwise(otherwise)
