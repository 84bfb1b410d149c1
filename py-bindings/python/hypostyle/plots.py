"""Charts of frames and series by Altair."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame
    from hypostyle.series import Series


def altair(what: str) -> Any:
    """The package, or an error that says how to get it."""
    try:
        import altair
    except ModuleNotFoundError:
        msg = f"`{what}` needs the package altair: `pip install hypostyle[plot]`, or `pip install altair`"
        raise ModuleNotFoundError(msg) from None
    return altair


class _Plot:
    """Charts by the name of a mark of Altair; what is given besides are encodings."""

    _chart: Any

    def _mark(self, mark: str, encodings: dict[str, Any]) -> Any:
        given = {name: value for name, value in encodings.items() if value is not None}
        return getattr(self._chart, f"mark_{mark}")(tooltip=True).encode(**given).interactive()

    def __getattr__(self, attr: str) -> Callable[..., Any]:
        if attr.startswith("_") or not hasattr(self._chart, f"mark_{attr}"):
            msg = f"Altair has no method 'mark_{attr}'"
            raise AttributeError(msg)
        return lambda **kwargs: self._mark(attr, {**self._axes(), **kwargs})

    def _axes(self) -> dict[str, Any]:
        return {}


class DataFramePlot(_Plot):
    """`DataFrame.plot`: charts whose axes are columns.

    >>> import hypostyle as hs
    >>> chart = hs.DataFrame({"a": [1, 2], "b": [3, 4]}).plot.point("a", "b")
    """

    def __init__(self, df: DataFrame) -> None:
        self._chart = altair("DataFrame.plot").Chart(df)

    def bar(self, x: Any = None, y: Any = None, color: Any = None, /, **kwargs: Any) -> Any:
        """Bars."""
        return self._mark("bar", {"x": x, "y": y, "color": color, **kwargs})

    def line(self, x: Any = None, y: Any = None, color: Any = None, order: Any = None, /, **kwargs: Any) -> Any:
        """A line."""
        return self._mark("line", {"x": x, "y": y, "color": color, "order": order, **kwargs})

    def point(self, x: Any = None, y: Any = None, color: Any = None, size: Any = None, /, **kwargs: Any) -> Any:
        """Points."""
        return self._mark("point", {"x": x, "y": y, "color": color, "size": size, **kwargs})

    scatter = point


class SeriesPlot(_Plot):
    """`Series.plot`: charts of the values of a series, against their number or of how they spread."""

    def __init__(self, s: Series) -> None:
        self._altair = altair("Series.plot")
        self._series = s
        self._name = s.name or "value"

    def hist(self, /, **kwargs: Any) -> Any:
        """How many values there are in each of some ranges."""
        alt = self._altair
        axes = {"x": alt.X(f"{self._name}:Q", bin=True), "y": "count()"}
        chart = alt.Chart(self._series.alias(self._name).to_frame()).mark_bar(tooltip=True)
        return chart.encode(**{**axes, **kwargs}).interactive()

    def kde(self, /, **kwargs: Any) -> Any:
        """How dense values are, as a smooth curve."""
        if self._name == "density":
            msg = "cannot use `plot.kde` of a series with the name 'density': that is the name of the other axis"
            raise ValueError(msg)
        chart = self._altair.Chart(self._series.alias(self._name).to_frame())
        chart = chart.transform_density(self._name, as_=[self._name, "density"]).mark_area(tooltip=True)
        return chart.encode(**{"x": self._name, "y": "density:Q", **kwargs}).interactive()

    def line(self, /, **kwargs: Any) -> Any:
        """A line against the number of each value."""
        return self._mark("line", {**self._axes("line"), **kwargs})

    def _axes(self, mark: str = "line") -> dict[str, Any]:
        if self._name == "index":
            msg = f"cannot call `plot.{mark}` of a series with the name 'index': that is the name of the other axis"
            raise ValueError(msg)
        return {"x": "index", "y": self._name}

    @property
    def _chart(self) -> Any:
        return self._altair.Chart(self._series.alias(self._name).to_frame().with_row_index())
