"""Rows as columns."""

from __future__ import annotations

from hypostyle.expr import Expr
from hypostyle.expr.parse import is_list
from hypostyle.lazyframe import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def pivot(
    frame: Any,
    on: Any,
    on_columns: Any,
    *,
    index: Any,
    values: Any,
    aggregate_function: Any,
    maintain_order: bool,
    sort_columns: bool,
    separator: str,
    column_naming: str,
) -> Any:
    """A column for each combination of `on`, a row for each of `index`; cells hold the aggregate of `values`."""
    if column_naming not in ("auto", "combine"):
        msg = f"`column_naming` is 'auto' or 'combine', not {column_naming!r}"
        raise ValueError(msg)
    names = frame.columns
    on_names = [on] if isinstance(on, str) else frame.lazy()._names(on)
    if index is None and values is None:
        msg = "`pivot` needs `index` or `values`"
        from hypostyle.exceptions import InvalidOperationError

        raise InvalidOperationError(msg)
    value_names = _names(frame, values)
    index_names = _names(frame, index)
    if value_names is None:
        value_names = [n for n in names if n not in on_names and n not in (index_names or [])]
    if index_names is None:
        index_names = [n for n in names if n not in on_names and n not in value_names]
    labels = _labels(frame, on_names, on_columns, sort_columns=sort_columns)
    columns: list[Expr] = []
    for value in value_names:
        for label in labels:
            condition = exact(on_names[0]).eq_missing(label[0])
            for name, part in zip(on_names[1:], label[1:]):
                condition = condition & exact(name).eq_missing(part)
            chosen = exact(value).filter(condition)
            title = _title(label, len(on_names))
            if len(value_names) > 1 or column_naming == "combine":
                title = f"{value}{separator}{title}"
            columns.append(_aggregate(chosen, aggregate_function).alias(title))
    if not index_names:
        return frame.select(columns)
    return frame.group_by([exact(name) for name in index_names], maintain_order=maintain_order).agg(columns)


def _names(frame: Any, subset: Any) -> list[str] | None:
    if subset is None:
        return None
    if isinstance(subset, str):
        return [subset]
    return frame.lazy()._names(subset)


def _labels(frame: Any, on: list[str], on_columns: Any, *, sort_columns: bool) -> list[tuple[Any, ...]]:
    if on_columns is not None:
        if hasattr(on_columns, "rows"):
            return on_columns.rows()
        items = on_columns if is_list(on_columns) else list(on_columns)
        return [item if isinstance(item, tuple) else (item,) for item in items]
    unique = frame.select([exact(name) for name in on]).unique(keep="first", maintain_order=True)
    return (unique.sort(on) if sort_columns else unique).rows()


def _title(label: tuple[Any, ...], count: int) -> str:
    texts = ["null" if part is None else str(part).lower() if isinstance(part, bool) else str(part) for part in label]
    if count == 1:
        return texts[0]
    quoted = [f'"{text}"' if isinstance(part, str) else text for text, part in zip(texts, label)]
    return "{" + ",".join(quoted) + "}"


def _aggregate(values: Expr, function: Any) -> Expr:
    if isinstance(function, Expr):
        return values.implode().list.agg(function)
    if function is None or function == "item":
        return values.item(allow_empty=function is None)
    if function in ("first", "sum", "min", "max", "mean", "median", "last", "len", "count"):
        return getattr(values, function)()
    msg = f"`aggregate_function` has no {function!r}"
    raise ValueError(msg)
