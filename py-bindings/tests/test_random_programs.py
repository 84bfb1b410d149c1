"""Random programs give the same on Hypostyle and on Polars, the oracle.

A program is Python text over a module `pl` and frames `df` and `other`: a failing example prints as what a user would
write, and can be pasted into a session. Programs stay where the answer is determined: floats are small multiples of a
quarter, so that sums are exact in every order; rows are compared as sets of rows, unless the program ends in a sort by
all columns.
"""

import datetime
import math

import hypostyle as hs
import polars
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

KINDS = ("int", "small", "float", "text", "flag", "day")
TYPES = {"int": "Int64", "small": "Int16", "float": "Float64", "text": "String", "flag": "Boolean", "day": "Date"}
VALUES = {
    "int": st.one_of(st.integers(-3, 3), st.integers(-(10**6), 10**6)),
    "small": st.integers(-100, 100),
    "float": st.one_of(
        st.integers(-8, 8).map(lambda number: number / 4), st.sampled_from([-0.0, math.nan, math.inf])
    ),
    "text": st.sampled_from(["", "a", "b", "ab", "ba", "Ä", "a,b", "x" * 20]),
    "flag": st.booleans(),
    "day": st.integers(-3, 400).map(lambda days: datetime.date(2020, 1, 1) + datetime.timedelta(days=days)),
}
ORDERED = ("int", "small", "float", "text", "day")
NUMBERS = ("int", "small", "float")


@st.composite
def frames(draw, names):
    """A frame as columns of values with their kinds; names tell frames apart."""
    kinds = {f"{names}{kind}": kind for kind in KINDS}
    rows = draw(st.integers(0, 12))
    columns = {
        name: draw(st.lists(st.none() | VALUES[kind], min_size=rows, max_size=rows)) for name, kind in kinds.items()
    }
    return columns, kinds


def literal(draw, kind):
    """A value as text."""
    value = draw(VALUES[kind])
    if kind == "day":
        return f"date({value.year}, {value.month}, {value.day})"
    return f"float({str(value)!r})" if kind == "float" and not math.isfinite(value) else repr(value)


def column(draw, schema, kinds):
    """A column of one of the kinds, or None if there is none."""
    names = [name for name, kind in schema.items() if kind in kinds]
    return draw(st.sampled_from(names)) if names else None


def predicate(draw, schema, depth=1):
    """An expression that is a boolean, as text."""
    form = draw(st.sampled_from(["compare", "compare", "columns", "null", "within", "text", "flag", "both", "not"]))
    if form == "both" and depth:
        operator = draw(st.sampled_from(["&", "|"]))
        return f"(({predicate(draw, schema, depth - 1)}) {operator} ({predicate(draw, schema, depth - 1)}))"
    if form == "not" and depth:
        return f"~({predicate(draw, schema, depth - 1)})"
    if form == "text" and (name := column(draw, schema, ["text"])):
        method = draw(st.sampled_from(["contains", "starts_with", "ends_with"]))
        return f"pl.col({name!r}).str.{method}({draw(st.sampled_from(['a', 'b', 'ab', 'Ä']))!r})"
    if form == "flag" and (name := column(draw, schema, ["flag"])):
        return f"pl.col({name!r})"
    if form == "within" and (name := column(draw, schema, ["int", "text"])):
        values = draw(st.lists(VALUES[schema[name]], min_size=1, max_size=3))
        return f"pl.col({name!r}).is_in({values!r})"
    if form == "null":
        name = draw(st.sampled_from(sorted(schema)))
        return f"pl.col({name!r}).{draw(st.sampled_from(['is_null', 'is_not_null']))}()"
    operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    name = column(draw, schema, ORDERED)
    if name is None:
        return "pl.lit(True)"
    if form == "columns":
        right = column(draw, schema, [schema[name]])
        return f"(pl.col({name!r}) {operator} pl.col({right!r}))"
    return f"(pl.col({name!r}) {operator} {literal(draw, schema[name])})"


def number(draw, schema):
    """An expression that is a number or a text, and its kind; or None if there is no column for it."""
    form = draw(st.sampled_from(["arithmetic", "literal", "choice", "fill", "date", "length", "cast"]))
    name = column(draw, schema, NUMBERS)
    if form == "date" and (day := column(draw, schema, ["day"])):
        return f"pl.col({day!r}).dt.{draw(st.sampled_from(['year', 'month', 'day', 'weekday']))}().cast(pl.Int64)", "int"
    if form == "length" and (text := column(draw, schema, ["text"])):
        return f"pl.col({text!r}).str.{draw(st.sampled_from(['len_bytes', 'len_chars']))}().cast(pl.Int64)", "int"
    if name is None:
        return None
    kind = schema[name]
    if form == "cast" and kind != "float":
        return f"pl.col({name!r}).cast(pl.Float64)", "float"
    if form == "choice":
        condition = predicate(draw, schema)
        return f"pl.when({condition}).then(pl.col({name!r})).otherwise({literal(draw, kind)})", kind
    if form == "fill":
        return f"pl.col({name!r}).fill_null({literal(draw, kind)})", kind
    operator = draw(st.sampled_from(["+", "-", "*"]))
    if form == "arithmetic":
        right = column(draw, schema, [kind])
        return f"(pl.col({name!r}) {operator} pl.col({right!r}))", kind
    return f"(pl.col({name!r}) {operator} {literal(draw, kind)})", kind


def aggregate(draw, schema):
    """An aggregate and the kind of its result."""
    form = draw(st.sampled_from(["len", "count", "sum", "min", "max", "mean", "n_unique", "null_count", "any"]))
    if form in ("min", "max") and (name := column(draw, schema, ORDERED)):
        return f"pl.col({name!r}).{form}()", schema[name]
    if form == "sum" and (name := column(draw, schema, ["int", "float"])):
        return f"pl.col({name!r}).sum()", schema[name]
    if form == "mean" and (name := column(draw, schema, NUMBERS)):
        return f"pl.col({name!r}).mean()", "inexact"
    if form == "any" and (name := column(draw, schema, ["flag"])):
        return f"pl.col({name!r}).{draw(st.sampled_from(['any', 'all']))}()", "flag"
    if form in ("count", "n_unique", "null_count"):
        name = draw(st.sampled_from(sorted(schema)))
        return f"pl.col({name!r}).{form}().cast(pl.Int64)", "int"
    return "pl.len().cast(pl.Int64)", "int"


@st.composite
def programs(draw):
    """A program as text, the data of its two frames, and whether its rows come in a fixed order."""
    data, schema = draw(frames("l_"))
    other_data, other_schema = draw(frames("r_"))
    text = "df.lazy()"
    ordered = False
    for step in range(draw(st.integers(1, 4))):
        form = draw(
            st.sampled_from(["filter", "columns", "select", "group", "aggregate", "join", "unique", "sort"])
        )
        ordered = False
        if form == "filter":
            text += f".filter({predicate(draw, schema)})"
        elif form == "columns" and (made := number(draw, schema)):
            text += f".with_columns(({made[0]}).alias('c{step}'))"
            schema = {**schema, f"c{step}": made[1]}
        elif form == "select":
            names = draw(st.lists(st.sampled_from(sorted(schema)), min_size=1, max_size=4, unique=True))
            text += f".select({names!r})"
            schema = {name: schema[name] for name in names}
        elif form == "group":
            keys = draw(st.lists(st.sampled_from(sorted(schema)), min_size=1, max_size=2, unique=True))
            made = [aggregate(draw, schema) for _ in range(draw(st.integers(1, 3)))]
            columns = ", ".join(f"{expression}.alias('a{step}_{n}')" for n, (expression, _) in enumerate(made))
            text += f".group_by({keys!r}).agg({columns})"
            schema = {key: schema[key] for key in keys} | {f"a{step}_{n}": kind for n, (_, kind) in enumerate(made)}
        elif form == "aggregate":
            made = [aggregate(draw, schema) for _ in range(draw(st.integers(1, 3)))]
            columns = ", ".join(f"{expression}.alias('a{step}_{n}')" for n, (expression, _) in enumerate(made))
            text += f".select({columns})"
            schema = {f"a{step}_{n}": kind for n, (_, kind) in enumerate(made)}
        elif form == "join" and not any(name.startswith("r_") for name in schema):
            shared = [kind for kind in KINDS if kind in schema.values()]
            if shared:
                kind = draw(st.sampled_from(shared))
                how = draw(st.sampled_from(["inner", "left", "semi", "anti", "full"]))
                left = column(draw, schema, [kind])
                text += f".join(other.lazy(), left_on={left!r}, right_on='r_{kind}', how={how!r})"
                if how not in ("semi", "anti"):
                    schema = schema | {n: k for n, k in other_schema.items() if how == "full" or n != f"r_{kind}"}
        elif form == "unique":
            text += ".unique()"
        elif form == "sort":
            names = sorted(schema)
            descending = [draw(st.booleans()) for _ in names]
            text += f".sort({names!r}, descending={descending!r}, nulls_last={draw(st.booleans())})"
            ordered = True
            if draw(st.booleans()):
                text += f".{draw(st.sampled_from(['head', 'tail']))}({draw(st.integers(0, 5))})"
    return text + ".collect()", data, other_data, ordered


def outcome(module, text, data, other):
    """The frame that a program gives on a module, or the name of its error."""

    def frame(columns):
        kinds = {name: getattr(module, TYPES[name[2:]]) for name in columns}
        return module.DataFrame(columns, schema=kinds)

    variables = {"pl": module, "date": datetime.date, "nan": math.nan, "inf": math.inf}
    try:
        return eval(text, variables | {"df": frame(data), "other": frame(other)})
    except BaseException as error:  # Polars' panics are no Exception.
        if isinstance(error, KeyboardInterrupt):
            raise
        return type(error).__name__


def normal(value):
    """A value that compares and sorts: -0.0 is 0.0, floats keep twelve digits, None and NaN have a place."""
    if value is None:
        return (0, "")
    if isinstance(value, float):
        return (2, "nan") if math.isnan(value) else (1, float(f"{value + 0.0:.12g}"))
    return (1, value)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs_give_what_polars_gives(program):
    text, data, other, ordered = program
    expected = outcome(polars, text, data, other)
    assume(not isinstance(expected, str) or expected != "PanicException")
    actual = outcome(hs, text, data, other)
    if isinstance(expected, str) or isinstance(actual, str):
        assert actual == expected, text
        return
    assert {name: str(kind) for name, kind in actual.schema.items()} == {
        name: str(kind) for name, kind in expected.schema.items()
    }, text
    got, wanted = ([tuple(map(normal, row)) for row in frame.rows()] for frame in (actual, expected))
    if not ordered:
        got, wanted = sorted(got), sorted(wanted)
    assert got == wanted, text
