"""What frames have for people to look at."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.plots import DataFramePlot


class Presented:
    """The properties of frames that other packages draw with."""

    @property
    def plot(self) -> DataFramePlot:
        """Charts by Altair: `bar`, `line`, `point`, and every other mark by its name.

        >>> import hypostyle as hs
        >>> chart = hs.DataFrame({"a": [1, 2], "b": [3, 4]}).plot.line("a", "b")
        """
        from hypostyle.plots import DataFramePlot

        return DataFramePlot(self)  # type: ignore[arg-type]

    @property
    def style(self) -> Any:
        """A table to print by great_tables.

        >>> import hypostyle as hs
        >>> table = hs.DataFrame({"a": [1, 2]}).style.tab_header("Numbers")
        """
        from hypostyle.styles import style

        return style(self)  # type: ignore[arg-type]
