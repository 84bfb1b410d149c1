"""Aggregates of columns by name: `sum("a")` is `col("a").sum()`."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.expr import Expr
from hypostyle.functions.columns import col, lit, nth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def any(*names: str, ignore_nulls: bool = True) -> Expr:
    """Whether a value is true."""
    return col(*names).any(ignore_nulls=ignore_nulls)


def max(*names: str) -> Expr:
    """The largest value."""
    return col(*names).max()


def min(*names: str) -> Expr:
    """The smallest value."""
    return col(*names).min()


def sum(*names: str) -> Expr:
    """The sum."""
    return col(*names).sum()


def mean(*columns: str) -> Expr:
    """The mean."""
    return col(*columns).mean()


def median(*columns: str) -> Expr:
    """The median."""
    return col(*columns).median()


def std(column: str, ddof: int = 1) -> Expr:
    """The standard deviation."""
    return col(column).std(ddof)


def var(column: str, ddof: int = 1) -> Expr:
    """The variance."""
    return col(column).var(ddof)


def quantile(column: str, quantile: float, interpolation: str = "nearest") -> Expr:
    """The value below which a part of the values lies."""
    return col(column).quantile(quantile, interpolation)


def approx_n_unique(*columns: str) -> Expr:
    """The number of different values: exact."""
    return col(*columns).approx_n_unique()


def n_unique(*columns: str) -> Expr:
    """The number of different values."""
    return col(*columns).n_unique()


def count(*columns: str) -> Expr:
    """The number of values that are not null."""
    if not columns:
        msg = "`count` needs columns; the number of rows is `len()`"
        raise TypeError(msg)
    return col(*columns).count()


def cum_sum(*names: str) -> Expr:
    """The sum up to each row."""
    return col(*names).cum_sum()


def cum_count(*columns: str, reverse: bool = False) -> Expr:
    """The number of values up to each row."""
    return col(*columns).cum_count(reverse=reverse)


def first(*columns: str) -> Expr:
    """The first value; without names, the first column."""
    return col(*columns).first() if columns else nth(0)


def last(*columns: str) -> Expr:
    """The last value; without names, the last column."""
    return col(*columns).last() if columns else nth(-1)


def head(column: str, n: int = 10) -> Expr:
    """The first values."""
    return col(column).head(n)


def tail(column: str, n: int = 10) -> Expr:
    """The last values."""
    return col(column).tail(n)


def implode(*columns: str, maintain_order: bool = True) -> Expr:
    """All values as one list, always in their order."""
    del maintain_order
    return col(*columns).implode()


def len() -> Expr:
    """The number of rows."""
    return Expr._wrap(PyExpr.len())


def corr(a: Any, b: Any, *, method: str = "pearson", propagate_nans: bool = False, eager: bool = False) -> Any:
    """The correlation of two columns; with `eager` of two series, as a series.

    >>> import hypostyle as hs
    >>> hs.corr(hs.Series("a", [1, 2, 3]), hs.Series("b", [2, 4, 6]), eager=True).item()
    1.0
    """
    if propagate_nans:
        from hypostyle.exceptions import InvalidOperationError

        msg = "`propagate_nans=True` is not supported: it is for the method 'spearman'"
        raise InvalidOperationError(msg)
    if method != "pearson":
        from hypostyle.exceptions import InvalidOperationError

        msg = f"`method` is 'pearson' here, not {method!r}"
        raise InvalidOperationError(msg)
    return _given(_of(a)._aggregate("corr", _of(b)), eager)


def cov(a: Any, b: Any, *, ddof: int = 1, eager: bool = False) -> Any:
    """The covariance of two columns; with `eager` of two series, as a series."""
    return _given(_of(a)._aggregate("cov", _of(b), ddof), eager)


def _given(expr: Expr, eager: bool) -> Any:
    if not eager:
        return expr
    from hypostyle.functions.frames import select

    return select(expr).to_series()


def _of(value: Any) -> Expr:
    if isinstance(value, str):
        return col(value)
    return value if isinstance(value, Expr) else lit(value)
