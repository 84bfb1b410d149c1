"""Methods of expressions for entries of the catalog that need their arguments arranged."""

from __future__ import annotations

import math

from hypostyle._hypostyle import PyExpr
from hypostyle.expr.parse import flags, literal, parse, parse_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from hypostyle.expr.expr import Expr


class Derived:
    """Order, positions, statistics."""

    _wrap: Any

    def top_k(self: Expr, k: Any = 5) -> Expr:
        """The `k` largest values."""
        return self._call("top_k", k)

    def bottom_k(self: Expr, k: Any = 5) -> Expr:
        """The `k` smallest values."""
        return self._call("bottom_k", k)

    def drop_nans(self: Expr) -> Expr:
        """The values that are not NaN."""
        return self._call("drop_nans")

    def is_close(
        self: Expr, other: Any, *, abs_tol: float = 0.0, rel_tol: float = 1e-09, nans_equal: bool = False
    ) -> Expr:
        """Whether values differ by no more than a tolerance."""
        return self._call("is_close", other, abs_tol, rel_tol, nans_equal)

    def pct_change(self: Expr, n: Any = 1) -> Expr:
        """The relative difference to the value `n` rows before."""
        return self._call("pct_change", n)

    def skew(self: Expr, *, bias: bool = True) -> Expr:
        """The skewness."""
        return self._aggregate("skew", bias)

    def kurtosis(self: Expr, *, fisher: bool = True, bias: bool = True) -> Expr:
        """The kurtosis."""
        return self._aggregate("kurtosis", fisher, bias)

    def bitwise_and(self: Expr) -> Expr:
        """The bits that all values have."""
        return self._aggregate("bitwise_and")

    def bitwise_or(self: Expr) -> Expr:
        """The bits that any value has."""
        return self._aggregate("bitwise_or")

    def bitwise_xor(self: Expr) -> Expr:
        """The bits that an odd number of values has."""
        return self._aggregate("bitwise_xor")

    def has_nulls(self: Expr) -> Expr:
        """Whether there is a null."""
        return self._call("has_nulls")

    # Positions.

    def arg_true(self: Expr) -> Expr:
        """The positions of what is true.

        >>> import hypostyle as hs
        >>> hs.Series([False, True, None, True]).arg_true().to_list()
        [1, 3]
        """
        return self._call("arg_true")

    def arg_unique(self: Expr) -> Expr:
        """The positions where values are for the first time."""
        return self._call("arg_unique")

    def index_of(self: Expr, element: Any) -> Expr:
        """The first position of a value, null among them; null if it is not there."""
        return self._call("index_of", element).name.keep()

    def gather_every(self: Expr, n: int, offset: int = 0) -> Expr:
        """Every `n`th value from `offset` on."""
        if n < 1:
            msg = f"`n` is positive, not {n}"
            raise ValueError(msg)
        return self._call("gather_every", n, offset)

    def is_sorted(self: Expr, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """Whether values are in order."""
        return self._aggregate("is_sorted", descending, nulls_last)

    def set_sorted(self: Expr, *, descending: bool = False) -> Expr:
        """The same values: whether they are in order is found out, not told."""
        del descending
        return self

    def explode(self: Expr, *, empty_as_null: bool = False, keep_nulls: bool = True) -> Expr:
        """The values of lists, one after the other.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [[1, 2], [3]]}).select(hs.col("a").explode())["a"].to_list()
        [1, 2, 3]
        """
        return self._call("explode", empty_as_null, keep_nulls)

    # By other values.

    def top_k_by(self: Expr, by: Any, k: int = 5, *, reverse: Any = False) -> Expr:
        """The values where other expressions are largest, `k` of them."""
        return self._best_by("top_k_by", by, k, reverse)

    def bottom_k_by(self: Expr, by: Any, k: int = 5, *, reverse: Any = False) -> Expr:
        """The values where other expressions are smallest, `k` of them."""
        return self._best_by("bottom_k_by", by, k, reverse)

    def _best_by(self: Expr, name: str, by: Any, k: int, reverse: Any) -> Expr:
        keys = parse_many(by)
        reversed_keys = literal(flags(reverse, len(keys), "reverse"))
        return self._wrap(PyExpr.call(name, [self._e, literal(k), reversed_keys, *keys]))

    def dot(self: Expr, other: Any) -> Expr:
        """The sum of products with another expression."""
        return self._call("dot", self._wrap(parse(other)))

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
        return self._call("interpolate", method)

    def mode(self: Expr, *, maintain_order: bool = False) -> Expr:
        """The values that are there most often."""
        del maintain_order
        return self._call("mode")

    def unique_counts(self: Expr) -> Expr:
        """How often each value is there, in the order of their first rows."""
        return self._call("unique_counts")

    def approx_n_unique(self: Expr) -> Expr:
        """The number of different values: exact."""
        return self._call("approx_n_unique")

    def entropy(self: Expr, base: float = math.e, *, normalize: bool = True) -> Expr:
        """The entropy of values that are probabilities, or weights to be normalized."""
        return self._call("entropy", base, normalize)

    def arcsinh(self: Expr) -> Expr:
        """The inverse of the hyperbolic sine."""
        return self._call("arcsinh")

    def arccosh(self: Expr) -> Expr:
        """The inverse of the hyperbolic cosine; NaN below 1."""
        return self._call("arccosh")

    def arctanh(self: Expr) -> Expr:
        """The inverse of the hyperbolic tangent; NaN outside of -1 and 1."""
        return self._call("arctanh")

    def erf(self: Expr) -> Expr:
        """The error function.

        >>> import hypostyle as hs
        >>> hs.Series([0.0, 0.5]).erf().round(4).to_list()
        [0.0, 0.5205]
        """
        return self._call("erf")

    def erfc(self: Expr) -> Expr:
        """One less the error function."""
        return self._call("erfc")

    def pipe_with_dtype(self: Expr, function: Callable[[Expr, Any], Any]) -> Expr:
        """The expression that a function makes of this one and its type, which is known when the query is built.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": [1], "b": ["x"]})
        >>> df.select(hs.all().pipe_with_dtype(lambda e, t: e.str.to_uppercase() if t == hs.String else e)).rows()
        [(1, 'X')]
        """
        return by_types([self._e], lambda pairs: function(*pairs[0]))


def by_types(exprs: Sequence[PyExpr], function: Callable[[list[tuple[Expr, Any]]], Any]) -> Expr:
    """The expression that a function makes of pairs of an expression and its type."""
    from hypostyle.datatypes import from_description
    from hypostyle.expr.expr import Expr

    def make(inner: list[PyExpr], descriptions: list[Any]) -> PyExpr:
        pairs = [(Expr._wrap(e), from_description(d)) for e, d in zip(inner, descriptions)]
        return parse(function(pairs))

    return Expr._wrap(PyExpr.by_types(make, list(exprs)))
