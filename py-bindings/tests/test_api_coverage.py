"""`docs/api-coverage.md` says which names of Polars are there, and is made from the two packages as they are installed."""

from __future__ import annotations

import importlib
import inspect
import json
import os
from pathlib import Path
from typing import Any

import hypostyle as hs
import polars as pl
import pytest

HERE = Path(__file__).parent
REPORT = HERE.parents[1] / "docs/api-coverage.md"
#: The names of each class by tier; tier 3 is everything else that the oracle has.
TIERS = {
    place: {tier: names.split() for tier, names in tiers.items()}
    for place, tiers in json.loads((HERE / "api_tiers.json").read_text()).items()
}
NOT_THERE = object()

HEADER = """# Coverage of the API of Polars {version}

Made by `py-bindings/tests/test_api_coverage.py` from the installed packages; `HYPOSTYLE_UPDATE=1` makes it anew.

Tier 1 is what nearly all programs use, tier 2 what comes next, tier 3 every other public name. A name counts as equal if
its parameters have the names, kinds, order and defaults that they have in Polars.
"""


def _namespace(module: Any, name: str) -> Any:
    series = {"struct": [{"a": 1}], "dt": [None]}[name]
    return type(getattr(module.Series("a", series), name))


def _owner(module: Any, place: str) -> Any:
    """The module or class that has the names of a place, or None if it is not there."""
    if place == "hypostyle":
        return module
    if place == "selectors":
        return module.selectors
    frame = module.DataFrame({"a": [1]})
    day = module.DataFrame({"a": [1]}).with_columns(a=module.col("a").cast(module.Datetime))
    made = {
        "GroupBy": lambda: frame.group_by("a"),
        "LazyGroupBy": lambda: frame.lazy().group_by("a"),
        "DynamicGroupBy": lambda: day.group_by_dynamic("a", every="1d"),
        "RollingGroupBy": lambda: day.rolling("a", period="1d"),
        "When": lambda: module.when(True),
        "Then": lambda: module.when(True).then(1),
    }
    if place in made:
        return type(made[place]())
    if place.startswith("Series."):
        return _namespace(module, place.removeprefix("Series."))
    cls, _, namespace = place.partition(".")
    owner = getattr(module, cls, None)
    if namespace:
        accessor = getattr(module.col("a"), namespace, None)
        return None if accessor is None else type(accessor)
    return owner


def _member(module: Any, place: str, name: str) -> Any:
    owner = _owner(module, place)
    if owner is None:
        return NOT_THERE
    if place == "hypostyle" and name in ("plugins", "api", "exceptions", "selectors"):
        try:
            return importlib.import_module(f"{owner.__name__}.{name}")
        except ModuleNotFoundError:
            return NOT_THERE
    return inspect.getattr_static(owner, name, getattr(owner, name, NOT_THERE))


def _default(value: Any) -> str:
    """A default in words that both packages share: sentinels and objects have no value to compare."""
    if value is inspect.Parameter.empty:
        return ""
    if value is None or isinstance(value, (bool, int, float, str, bytes, tuple, list, dict, set, frozenset)):
        return repr(value)
    if isinstance(value, (pl.Expr, hs.Expr)):
        return str(value)
    return repr(value) if isinstance(value, type) else "<object>"


def _signature(member: Any) -> list[tuple[str, int, str]] | None:
    """The parameters of something that is called; None of anything else."""
    if isinstance(member, (staticmethod, classmethod)):
        skip = 1 if isinstance(member, classmethod) else 0
        member = member.__func__
    elif inspect.isfunction(member) and next(iter(inspect.signature(member).parameters), "") == "self":
        skip = 1
    else:
        skip = 0
    if isinstance(member, type):
        member, skip = member.__init__, 1
    if not (inspect.isfunction(member) or inspect.isbuiltin(member)):
        return None
    parameters = list(inspect.signature(member).parameters.values())[skip:]
    # Arguments with an underscore are private.
    return [(p.name, int(p.kind), _default(p.default)) for p in parameters if not p.name.startswith("_")]


def _written(signature: list[tuple[str, int, str]]) -> str:
    parts, keyword_only = [], False
    for name, kind, default in signature:
        if kind == inspect.Parameter.VAR_POSITIONAL:
            keyword_only = True
        elif kind == inspect.Parameter.KEYWORD_ONLY and not keyword_only:
            parts.append("*")
            keyword_only = True
        prefix = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(kind, "")
        parts.append(prefix + name + (f"={default}" if default else ""))
    return "(" + ", ".join(parts) + ")"


def state(place: str, name: str) -> tuple[str, str]:
    """'missing', 'different' with both signatures, or 'equal'."""
    ours, theirs = _member(hs, place, name), _member(pl, place, name)
    if ours is NOT_THERE:
        return ("missing", "")
    wanted = None if theirs is NOT_THERE else _signature(theirs)
    found = _signature(ours)
    if wanted is None or found == wanted:
        return ("equal", "")
    written = "no signature" if found is None else _written(found)
    return ("different", f"`{name}`: `{written}`, in Polars `{_written(wanted)}`")


def _rest(place: str) -> list[str]:
    """The names of tier 3 of a place."""
    owner = _owner(pl, place)
    if place in ("hypostyle", "selectors"):
        names = list(owner.__all__)
    else:
        names = [name for name in dir(owner) if not name.startswith("_")]
    known = {name for tier in TIERS[place].values() for name in tier}
    return sorted(name for name in names if name not in known and not name.startswith("_"))


def report() -> str:
    """The text of the file."""
    lines, table = [], []
    for place in TIERS:
        cells, details = [], []
        for tier, names in {**TIERS[place], "3": _rest(place)}.items():
            states = {name: state(place, name) for name in names}
            missing = [name for name, (kind, _) in states.items() if kind == "missing"]
            different = [text for kind, text in states.values() if kind == "different"]
            cells.append(f"{len(names) - len(missing)} / {len(names)}" + (f" ({len(different)})" if different else ""))
            if tier == "3":
                continue
            if missing:
                details.append(f"- tier {tier}, missing: " + ", ".join(f"`{name}`" for name in missing))
            details += [f"- tier {tier}, different: {text}" for text in different]
        table.append(f"| {place} | " + " | ".join(cells) + " |")
        if details:
            lines.append("\n".join([f"## {place}", "", *details, ""]))
    head = HEADER.format(version=pl.__version__)
    columns = "| Class | Tier 1 | Tier 2 | Tier 3 |\n|---|---|---|---|"
    counted = "Names that are there, of all; in brackets those with other parameters:"
    return "\n".join([head, counted, "", columns, *table, "", *lines])


def test_the_file_is_what_the_packages_say():
    text = report()
    if os.environ.get("HYPOSTYLE_UPDATE"):
        REPORT.write_text(text)
    assert REPORT.read_text() == text, "HYPOSTYLE_UPDATE=1 makes the file anew"


def test_the_tiers_name_what_the_oracle_has():
    unknown = [
        f"{place}.{name}"
        for place, tiers in TIERS.items()
        for names in tiers.values()
        for name in names
        if _member(pl, place, name) is NOT_THERE
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (lambda a, *, b=1: 0, lambda a, *, b=1: 0, True),
        (lambda a, b=1: 0, lambda a, *, b=1: 0, False),
        (lambda a, *, b=1: 0, lambda a, *, b=True: 0, False),
        (lambda a, b: 0, lambda b, a: 0, False),
        (lambda a, _b=0: 0, lambda a: 0, True),
        (lambda a=print: 0, lambda a=NOT_THERE: 0, True),
    ],
)
def test_signatures_are_compared_by_names_kinds_order_and_defaults(ours, theirs, same):
    assert (_signature(ours) == _signature(theirs)) is same
