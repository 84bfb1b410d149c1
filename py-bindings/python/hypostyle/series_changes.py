"""Series with some values, or the type, changed."""

from __future__ import annotations

from hypostyle.datatypes import Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64
from hypostyle.exceptions import OutOfBoundsError, ShapeError
from hypostyle.expr.parse import is_list
from hypostyle.expr.when import when
from hypostyle.functions.columns import col

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.series import Series

_SIGNED, _UNSIGNED = (Int8, Int16, Int32, Int64), (UInt8, UInt16, UInt32, UInt64)


class Changes:
    """Values and types put in the place of others."""

    def set(self: Any, filter: Series, value: Any) -> Series:
        """The values with another one where a mask is true.

        >>> import hypostyle as hs
        >>> a = hs.Series([1, 2, 3])
        >>> a.set(a > 1, 9).to_list()
        [1, 9, 9]
        """
        from hypostyle.series import Series

        mask = filter.new_from_index(0, len(self)) if len(filter) == 1 else filter
        return Series(self.name, [value], dtype=self.dtype).new_from_index(0, len(self)).zip_with(mask, self)

    def scatter(self: Any, indices: Any, values: Any) -> Series:
        """Puts values in the rows of these numbers, in place, and gives the series; one value goes to all of them.

        >>> import hypostyle as hs
        >>> hs.Series([1, 2, 3]).scatter([0, -1], [7, 9]).to_list()
        [7, 2, 9]
        """
        from hypostyle.functions.ranges import int_range
        from hypostyle.series import Series

        rows = Series("", [indices] if isinstance(indices, int) else indices, dtype=Int64)
        given = values if isinstance(values, Series) or is_list(values) else [values]
        given = given.cast(self.dtype) if isinstance(given, Series) else Series("", list(given), dtype=self.dtype)
        if len(given) == 1 and len(rows) != 1:
            given = given.new_from_index(0, len(rows))
        if len(rows) != len(given):
            msg = f"`scatter` takes a value for each row: {len(given)} values for {len(rows)} rows"
            raise ShapeError(msg)
        size = len(self)
        rows = rows.to_frame("row")._evaluate(when(col("row") < 0).then(col("row") + size).otherwise(col("row")))
        if rows.null_count() or len(rows) and not 0 <= min(rows) <= max(rows) < size:
            msg = f"`scatter` to rows that a series of {size} values does not have"
            raise OutOfBoundsError(msg)
        # Of values for one row the last one stays.
        places = dict(zip(rows, range(size, size + len(rows))))
        old, new = Series(list(places), dtype=Int64), Series(list(places.values()), dtype=Int64)
        chosen = int_range(0, size, eager=True).replace(old, new)
        both = self.clone().append(given)
        self._s = both.gather(chosen).rename(self.name)._s
        return self

    def shrink_dtype(self: Any) -> Series:
        """The values as the smallest type of their kind that has room for them; `Float64` becomes `Float32`.

        >>> import hypostyle as hs
        >>> hs.Series([1, 300]).shrink_dtype().dtype
        Int16
        """
        if self.dtype == Float64:
            return self.cast(Float32)
        if not self.dtype.is_integer():
            return self.clone()
        least, most = self.min() or 0, self.max() or 0
        signed = self.dtype.is_signed_integer()
        for bits, dtype in zip((8, 16, 32, 64), _SIGNED if signed else _UNSIGNED):
            if (-(1 << bits - 1) <= least and most < 1 << bits - 1) if signed else most < 1 << bits:
                return self.cast(dtype)
        return self.clone()
