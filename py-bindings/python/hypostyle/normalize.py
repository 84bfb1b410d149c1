"""Nested objects, as JSON has them, as one flat table."""

from __future__ import annotations

from hypostyle.dataframe import DataFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def json_normalize(
    data: Any,
    *,
    separator: str = ".",
    max_level: int | None = None,
    schema: Any = None,
    strict: bool = True,
    infer_schema_length: int | None = 100,
    encoder: Callable[[Any], str] | None = None,
) -> DataFrame:
    """A table of one object, or a row for each of several, with a column for every path in them.

    Members of members are named by their path, joined by `separator`. Below `max_level` objects stay together as text, made by
    `encoder` (JSON, if none is given). The other arguments are those of `DataFrame`.

    >>> import hypostyle as hs
    >>> hs.json_normalize([{"id": 1, "name": {"first": "Ada"}}, {"id": 2}]).to_dicts()
    [{'id': 1, 'name.first': 'Ada'}, {'id': 2, 'name.first': None}]
    """
    if isinstance(data, dict):
        # An object without members is no row.
        rows = [data] if data else []
    elif isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
        msg = f"`json_normalize` takes a dict, or several, not {type(data).__name__!r}"
        raise ValueError(msg)
    else:
        rows = list(data)
    if max_level is None or max_level >= 0:
        rows = [_flat(row, separator, max_level, encoder) for row in rows]
    if not rows:
        return DataFrame(schema=schema)
    return DataFrame(rows, schema=schema, strict=strict, infer_schema_length=infer_schema_length)


def _flat(row: Any, separator: str, max_level: int | None, encoder: Callable[[Any], str] | None) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    if row is None:
        return flat
    if not isinstance(row, dict):
        msg = f"`json_normalize` takes dicts as rows, not {type(row).__name__!r}"
        raise TypeError(msg)
    # As in Polars, members that are objects themselves come after the others, in the outermost object and nowhere else.
    members = sorted(row.items(), key=lambda member: isinstance(member[1], dict))
    # Members that are still to be looked at, the next one last: objects may be nested deeper than calls may.
    pending = [(key, value, 0) for key, value in reversed(members)]
    while pending:
        name, value, level = pending.pop()
        if not isinstance(name, str):
            msg = f"the names of members are strings, not {name!r}"
            raise TypeError(msg)
        if not isinstance(value, dict):
            flat[name] = value
        elif max_level is not None and level >= max_level:
            flat[name] = _encoded(value, encoder)
        else:
            pending += [(f"{name}{separator}{key}", inner, level + 1) for key, inner in reversed(value.items())]
    return flat


def _encoded(value: Any, encoder: Callable[[Any], str] | None) -> str:
    if encoder is not None:
        return encoder(value)
    import json

    return json.dumps(value)
