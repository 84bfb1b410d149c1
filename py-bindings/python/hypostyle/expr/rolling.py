"""Methods of expressions over windows of rows."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.expr.expr import Expr


class Rolling:
    """Windows of a number of rows, which end with the row or have it in the middle."""

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


def _no_weights(weights: Any) -> None:
    if weights is not None:
        from hypostyle.exceptions import InvalidOperationError

        msg = "`weights` of rolling windows are not supported"
        raise InvalidOperationError(msg)
