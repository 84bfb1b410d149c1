"""Tables and plans for notebooks."""

from __future__ import annotations

import html

from hypostyle.config import options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STYLE = """<style>
.hypostyle-table > thead > tr > th { text-align: left; }
.hypostyle-table > tbody > tr > td { text-align: left; white-space: pre-wrap; }
.hypostyle-table > thead > tr > th > small { font-weight: normal; }
</style>"""


def to_html(frame: Any, *, from_series: bool = False) -> str:
    """A frame as an HTML table: head and tail of rows and columns."""
    settings = options()
    rows = _chosen(frame.height, settings.get("rows", 10))
    columns = _chosen(frame.width, settings.get("cols", 75))
    shape = f"({frame.height:_},)" if from_series else f"({frame.height:_}, {frame.width:_})"
    names, dtypes = frame.columns, [frame._df.column_at(i).dtype_name() for i in range(frame.width)]
    parts = ["<div>", _STYLE, f"<small>shape: {shape}</small>", '<table border="1" class="dataframe hypostyle-table">']
    head = "".join(_cell("th", names[i]) if i is not None else _cell("th", "…") for i in columns)
    types = "".join(_cell("td", dtypes[i]) if i is not None else _cell("td", "…") for i in columns)
    parts.append(f"<thead><tr>{head}</tr><tr>{types}</tr></thead><tbody>")
    for row in rows:
        cells = None if row is None else frame._df.cells(row, settings)
        line = "".join(_cell("td", "…" if cells is None or i is None else cells[i]) for i in columns)
        parts.append(f"<tr>{line}</tr>")
    parts.append("</tbody></table></div>")
    return "".join(parts)


def plan_to_html(plan: str) -> str:
    """A plan as HTML: what is drawn with spaces keeps them."""
    return f"<pre>{html.escape(plan)}</pre>"


def _chosen(count: int, limit: int) -> list[int | None]:
    """The positions shown, with `None` where some are left out."""
    if limit < 0 or count <= limit:
        return list(range(count))
    head, tail = (limit + 1) // 2, limit // 2
    return [*range(head), None, *range(count - tail, count)]


def _cell(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"
