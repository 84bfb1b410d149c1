"""Methods of expressions over windows of rows."""

from __future__ import annotations

from hypostyle.expr.parse import duration_text, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Any

    from hypostyle.expr.expr import Expr


class Rolling:
    """Windows of a number of rows, which end with the row or have it in the middle, and windows of time before it."""

    _e: Any
    _wrap: Any

    def rolling_sum(
        self: Expr, window_size: int, weights: Any = None, *, min_samples: int | None = None, center: bool = False
    ) -> Expr:
        """The sum of the last `window_size` rows.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3]).rolling_sum(2).to_list()
        [None, 3, 5]
        """
        _no_weights(weights)
        return self._call("rolling_sum", window_size, min_samples, center)

    def rolling_mean(
        self: Expr, window_size: int, weights: Any = None, *, min_samples: int | None = None, center: bool = False
    ) -> Expr:
        """The mean of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_mean", window_size, min_samples, center)

    def rolling_min(
        self: Expr, window_size: int, weights: Any = None, *, min_samples: int | None = None, center: bool = False
    ) -> Expr:
        """The smallest of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_min", window_size, min_samples, center)

    def rolling_max(
        self: Expr, window_size: int, weights: Any = None, *, min_samples: int | None = None, center: bool = False
    ) -> Expr:
        """The largest of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_max", window_size, min_samples, center)

    def rolling_var(
        self: Expr,
        window_size: int,
        weights: Any = None,
        *,
        min_samples: int | None = None,
        center: bool = False,
        ddof: int = 1,
    ) -> Expr:
        """The variance of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_var", window_size, min_samples, center, ddof)

    def rolling_std(
        self: Expr,
        window_size: int,
        weights: Any = None,
        *,
        min_samples: int | None = None,
        center: bool = False,
        ddof: int = 1,
    ) -> Expr:
        """The standard deviation of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_std", window_size, min_samples, center, ddof)

    def rolling_median(
        self: Expr, window_size: int, weights: Any = None, *, min_samples: int | None = None, center: bool = False
    ) -> Expr:
        """The median of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_median", window_size, min_samples, center)

    def rolling_quantile(
        self: Expr,
        quantile: float,
        interpolation: str = "nearest",
        window_size: int = 2,
        weights: Any = None,
        *,
        min_samples: int | None = None,
        center: bool = False,
    ) -> Expr:
        """The quantile of the last `window_size` rows."""
        _no_weights(weights)
        return self._call("rolling_quantile", window_size, min_samples, center, quantile, interpolation)

    def rolling_rank(
        self: Expr,
        window_size: int,
        method: str = "average",
        *,
        seed: int | None = None,
        min_samples: int | None = None,
        center: bool = False,
    ) -> Expr:
        """The rank of the row among the last `window_size` rows."""
        del seed
        return self._call("rolling_rank", window_size, min_samples, center, method)

    def rolling_skew(
        self: Expr, window_size: int, *, bias: bool = True, min_samples: int | None = None, center: bool = False
    ) -> Expr:
        """The skewness of the last `window_size` rows."""
        return self._call("rolling_skew", window_size, min_samples, center, bias)

    def rolling_kurtosis(
        self: Expr,
        window_size: int,
        *,
        fisher: bool = True,
        bias: bool = True,
        min_samples: int | None = None,
        center: bool = False,
    ) -> Expr:
        """The kurtosis of the last `window_size` rows."""
        return self._call("rolling_kurtosis", window_size, min_samples, center, fisher, bias)

    def rolling_sum_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 0,
        closed: str = "right",
    ) -> Expr:
        """The sum of the rows within a time before the row.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": [1, 3, 6], "i": [1, 2, 9]})
        >>> df.select(hs.col("a").rolling_sum_by("i", "2i"))["a"].to_list()
        [1, 4, 6]
        """
        return self._by("rolling_sum_by", by, window_size, min_samples, closed)

    def rolling_mean_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 1,
        closed: str = "right",
    ) -> Expr:
        """The mean of the rows within a time before the row."""
        return self._by("rolling_mean_by", by, window_size, min_samples, closed)

    def rolling_min_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 1,
        closed: str = "right",
    ) -> Expr:
        """The smallest value of the rows within a time before the row."""
        return self._by("rolling_min_by", by, window_size, min_samples, closed)

    def rolling_max_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 1,
        closed: str = "right",
    ) -> Expr:
        """The largest value of the rows within a time before the row."""
        return self._by("rolling_max_by", by, window_size, min_samples, closed)

    def rolling_var_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 1,
        closed: str = "right",
        ddof: int = 1,
    ) -> Expr:
        """The variance of the rows within a time before the row."""
        return self._by("rolling_var_by", by, window_size, min_samples, closed, ddof)

    def rolling_std_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 1,
        closed: str = "right",
        ddof: int = 1,
    ) -> Expr:
        """The standard deviation of the rows within a time before the row."""
        return self._by("rolling_std_by", by, window_size, min_samples, closed, ddof)

    def rolling_median_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        min_samples: int = 1,
        closed: str = "right",
    ) -> Expr:
        """The median of the rows within a time before the row."""
        return self._by("rolling_median_by", by, window_size, min_samples, closed)

    def rolling_quantile_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        *,
        quantile: float,
        interpolation: str = "nearest",
        min_samples: int = 1,
        closed: str = "right",
    ) -> Expr:
        """The quantile of the rows within a time before the row."""
        return self._by("rolling_quantile_by", by, window_size, min_samples, closed, quantile, interpolation)

    def rolling_rank_by(
        self: Expr,
        by: Any,
        window_size: str | timedelta,
        method: str = "average",
        *,
        seed: int | None = None,
        min_samples: int = 1,
        closed: str = "right",
    ) -> Expr:
        """The rank of the row among the rows within a time before it."""
        del seed
        return self._by("rolling_rank_by", by, window_size, min_samples, closed, method)

    def _by(self: Expr, name: str, by: Any, window_size: str | timedelta, *options: Any) -> Expr:
        min_samples, closed, *more = options
        return self._call(name, duration_text(window_size), min_samples, closed, self._wrap(parse(by)), *more)

    def rolling(
        self: Expr, index_column: Any, *, period: Any, offset: Any = None, closed: str = "right"
    ) -> Expr:
        """The expression for the rows in the window of each row: one value, or a list where it does not aggregate.

        The window is `period` long and ends with the row, or begins `offset` from it. `index_column` is in ascending order;
        lengths are durations such as "2d", or counts such as "3i" of integers. `closed` says which ends belong to it.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"t": [1, 2, 4], "v": [10, 20, 30]})
        >>> df.select(hs.col("v").sum().rolling("t", period="2i"))["v"].to_list()
        [10, 30, 30]
        """
        if closed not in ("left", "right", "both", "none"):
            msg = f"`closed` is 'left', 'right', 'both' or 'none', not {closed!r}"
            raise ValueError(msg)
        period, offset = duration_text(period), duration_text(offset)
        return self._wrap(self._e.rolling(parse(index_column), period, offset, closed))



def _no_weights(weights: Any) -> None:
    if weights is not None:
        from hypostyle.exceptions import InvalidOperationError

        msg = "`weights` of rolling windows are not supported"
        raise InvalidOperationError(msg)
