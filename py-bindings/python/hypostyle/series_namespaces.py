"""Namespaces of series: those of expressions, evaluated at once, and the fields of structs."""

from __future__ import annotations

from collections.abc import Callable

from hypostyle.functions.columns import col

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.series import Series


class SeriesNamespace:
    """A namespace of expressions on a series: every method evaluates at once."""

    def __init__(self, series: Series, accessor: str) -> None:
        self._series, self._accessor = series, accessor

    def __getattr__(self, name: str) -> Callable[..., Series]:
        if name.startswith("_"):
            raise AttributeError(name)
        source = getattr(getattr(col(""), self._accessor), name)

        def method(*args: Any, **kwargs: Any) -> Series:
            if (self._accessor, name) == ("str", "to_datetime") and not args and _has_offset(self._series, kwargs):
                kwargs["time_zone"] = "UTC"
            return self._series._apply(lambda c: getattr(getattr(c, self._accessor), name)(*args, **kwargs))

        method.__name__, method.__doc__ = name, source.__doc__
        return method

    def __dir__(self) -> list[str]:
        own = [name for name in vars(type(self)) if not name.startswith("_")]
        return own + [name for name in dir(getattr(col(""), self._accessor)) if not name.startswith("_")]


class SeriesTemporalNamespace(SeriesNamespace):
    """The functions of expressions on times, and the ends of a series of them."""

    def __init__(self, series: Series) -> None:
        super().__init__(series, "dt")

    def min(self) -> Any:
        """The earliest value."""
        return self._series.min()

    def max(self) -> Any:
        """The latest value."""
        return self._series.max()


def _has_offset(series: Series, options: dict[str, Any]) -> bool:
    """Whether times without a format and a zone have an offset from UTC: of values that are there the type may follow."""
    told = options.get("format") is not None or options.get("time_zone") is not None
    return not told and series._s.times_have_offset()


class SeriesStructNamespace(SeriesNamespace):
    """The fields of a series of structs, and the functions of expressions on them."""

    def __init__(self, series: Series) -> None:
        super().__init__(series, "struct")

    @property
    def fields(self) -> list[str]:
        """The names of the fields."""
        return [field.name for field in self._series.dtype.fields]

    @property
    def schema(self) -> Any:
        """The names and types of the fields."""
        return self._series.dtype.to_schema()

    def unnest(self) -> Any:
        """The fields as the columns of a frame."""
        from hypostyle._hypostyle import PyDataFrame
        from hypostyle.dataframe import DataFrame

        return DataFrame._wrap(PyDataFrame(self._series._s.fields()))

    def __getitem__(self, item: int | str) -> Series:
        name = self.fields[item] if isinstance(item, int) else item
        if name not in self.fields:
            from hypostyle.exceptions import StructFieldNotFoundError

            msg = f"there is no field {name!r} among {self.fields}"
            raise StructFieldNotFoundError(msg)
        return type(self._series)._wrap(self._series._s.fields()[self.fields.index(name)])

    def field(self, name: str) -> Series:
        """The values of one field."""
        return self[name]
