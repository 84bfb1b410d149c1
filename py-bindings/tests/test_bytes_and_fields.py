"""Bytes, fields of structs, and expressions that depend on types, against Polars."""

from __future__ import annotations

import datetime as dt

import hypostyle as hs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

BYTES = st.lists(st.none() | st.binary(max_size=6), max_size=8)
SMALL = st.none() | st.integers(-7, 7)


@settings(max_examples=60, deadline=None)
@given(values=BYTES, other=st.binary(max_size=2), offset=st.integers(-7, 7), length=st.none() | st.integers(0, 7))
def test_parts_of_bytes(values, other, offset, length):
    def frame(m):
        return m.DataFrame({"a": m.Series(values, dtype=m.Binary)})

    for function in ("contains", "starts_with", "ends_with"):
        check(lambda m, f=function: frame(m).select(getattr(m.col("a").bin, f)(other)))
    check(lambda m: frame(m).select(m.col("a").bin.slice(offset, length)))
    check(lambda m: frame(m).select(m.col("a").bin.head(offset), b=m.col("a").bin.tail(offset)))
    check(lambda m: frame(m).select(m.col("a").bin.get(offset, null_on_oob=True)))
    check(lambda m: frame(m).select(m.col("a").bin.get(offset)))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(st.none() | st.binary(max_size=4), st.none() | st.binary(max_size=1), SMALL), max_size=6))
def test_bytes_by_row(rows):
    def frame(m):
        a, b, n = zip(*rows) if rows else ((), (), ())
        return m.DataFrame(
            {
                "a": m.Series(a, dtype=m.Binary),
                "b": m.Series(b, dtype=m.Binary),
                "n": m.Series(n, dtype=m.Int64),
            }
        )

    for function in ("contains", "starts_with", "ends_with"):
        check(lambda m, f=function: frame(m).select(getattr(m.col("a").bin, f)(m.col("b"))))
    check(lambda m: frame(m).select(m.col("a").bin.head("n"), b=m.col("a").bin.tail("n")))
    check(lambda m: frame(m).select(m.col("a").bin.get("n", null_on_oob=True)))


KINDS = {
    "Int8": lambda m: m.Int8,
    "UInt16": lambda m: m.UInt16,
    "Int32": lambda m: m.Int32,
    "UInt64": lambda m: m.UInt64,
    "Int128": lambda m: m.Int128,
    "Float32": lambda m: m.Float32,
    "Float64": lambda m: m.Float64,
    "Datetime": lambda m: m.Datetime("us"),
    "Duration": lambda m: m.Duration("ms"),
    "Array": lambda m: m.Array(m.Int16, 2),
    "Boolean": lambda m: m.Boolean,
    "String": lambda m: m.String,
    "Decimal": lambda m: m.Decimal(5, 2),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("endianness", ["little", "big"])
def test_bytes_as_numbers(kind, endianness):
    rows = [bytes([1] + [0] * (n - 1)) for n in (1, 2, 4, 8, 16)] + [None, b""]
    check(
        lambda m: m.DataFrame({"a": m.Series(rows, dtype=m.Binary)}).select(
            # Python has no durations as long as some of them.
            m.col("a").bin.reinterpret(dtype=KINDS[kind](m), endianness=endianness).to_physical()
        )
    )


def test_bytes_refuse():
    for module in (hs, pl):
        with pytest.raises(ValueError, match="endianness"):
            module.col("a").bin.reinterpret(dtype=module.Int8, endianness="middle")


ROWS = [{"x": 1, "y": "a", "xy": 1.5}, None, {"x": None, "y": "b", "xy": 2.5}, {"x": 3, "y": None, "xy": None}]


def frame(m, rows=ROWS):
    schema = m.Struct({"x": m.Int64, "y": m.String, "xy": m.Float64})
    return m.DataFrame({"s": m.Series(rows, dtype=schema), "v": range(len(rows))})


FIELDS = {
    "unnest": lambda m, s: s.unnest(),
    "all": lambda m, s: s.field("*"),
    "pattern": lambda m, s: s.field("^x.*$"),
    "no match": lambda m, s: s.field("^q.*$"),
    "names": lambda m, s: s.field("xy", "x"),
    "list of names": lambda m, s: s.field(["y", "x"]),
    "missing": lambda m, s: s.field("x", "q"),
    "with_fields": lambda m, s: s.with_fields(m.field("x") + 1, z=m.col("v"), t=m.lit(True)),
    "with an aggregate": lambda m, s: s.with_fields(m.field("x").max().alias("max")),
    "with twice": lambda m, s: s.with_fields(m.field("x"), m.field("x")),
    "eval": lambda m, s: s.eval(m.field("x") * 2, y=m.field("y").str.len_chars()),
    "eval, an aggregate": lambda m, s: s.eval(m.field("x").sum()),
    "drop": lambda m, s: s.drop(["x"]),
    "drop all": lambda m, s: s.drop(["x", "y", "xy"]),
    "drop what is missing": lambda m, s: s.drop(["q"]),
    "drop what may be missing": lambda m, s: s.drop(["q", "y"], strict=False),
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("rows", [ROWS, ROWS[1:2], []])
def test_fields(name, rows):
    check(lambda m: frame(m, rows).select(FIELDS[name](m, m.col("s").struct)))


@pytest.mark.parametrize("name", ["unnest", "with_fields", "with an aggregate", "eval", "drop"])
def test_fields_by_group(name):
    check(
        lambda m: frame(m).group_by(m.col("v") % 2, maintain_order=True).agg(FIELDS[name](m, m.col("s").struct))
    )


def test_names_of_fields():
    check(lambda m: frame(m).select(m.col("s").name.prefix_fields("p_")))
    check(lambda m: frame(m).select(m.col("s").name.suffix_fields("_s")))
    check(lambda m: frame(m).select(m.col("s").name.map_fields(str.upper)))
    check(lambda m: frame(m).select(m.col("v").name.prefix_fields("p_")))
    check(lambda m: frame(m).select(m.col("s").struct.unnest().name.prefix("p_")))
    check(lambda m: frame(m).select(m.col("s").struct.unnest().is_null().sum()))
    check(lambda m: frame(m).select(m.max_horizontal(m.col("s").struct.field("x", "xy"))))


def test_expressions_by_type():
    def shout(expr, dtype):
        return expr.str.to_uppercase() if str(dtype) == "String" else expr

    def program(m):
        data = m.DataFrame({"a": [1, 2], "b": ["x", None], "g": ["q", "q"]})
        every = data.select(m.all().pipe_with_dtype(shout))
        return every.with_columns(m.col("b").pipe_with_dtype(shout).over("g").alias("o"))

    check(program)
    check(
        lambda m: m.DataFrame({"a": [1, 2], "b": ["x", None]}).select(
            m.pipe_with_dtype(["a", "b"], lambda pairs: pairs[1][0].str.len_chars() + pairs[0][0])
        )
    )


def test_an_exception_keeps_its_type():
    def fail(_expr, _dtype):
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        hs.DataFrame({"a": [1]}).select(hs.col("a").pipe_with_dtype(fail))


MATH = ["arcsinh", "arccosh", "arctanh", "erf", "erfc"]


@pytest.mark.parametrize("name", MATH)
@pytest.mark.parametrize("dtype", ["Float64", "Float32", "Int8", "UInt64", "Boolean", "String"])
def test_math(name, dtype):
    values = {"Boolean": [True, None], "String": ["1"]}.get(dtype, [0, 1, None, 2, 1])
    check(
        lambda m: m.DataFrame({"a": m.Series(values, dtype=getattr(m, dtype))}).select(getattr(m.col("a"), name)()),
        tol=1e-6 if dtype == "Float32" else 1e-12,
    )


FLOATS = st.none() | st.floats(-1e6, 1e6, width=32) | st.sampled_from([float("nan"), float("inf"), -0.0])


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(FLOATS, FLOATS), max_size=6))
def test_arctan2(rows):
    y, x = zip(*rows) if rows else ((), ())
    for left, right in (("Float64", "Float64"), ("Float32", "Float32")):
        check(
            lambda m, a=left, b=right: m.DataFrame(
                {"y": m.Series(y, dtype=getattr(m, a)), "x": m.Series(x, dtype=getattr(m, b))}
            ).select(m.arctan2("y", "x")),
            tol=1e-6,
        )


def test_rows_side_by_side():
    def frame(m):
        return m.DataFrame(
            {
                "a": m.Series([[1, 2], None, [None, 3]], dtype=m.Array(m.Int8, 2)),
                "b": m.Series([4, None, 6], dtype=m.Int8),
                "c": m.Series([[0.5, 1.5]] * 3, dtype=m.Array(m.Float64, 2)),
            }
        )

    check(lambda m: frame(m).select(m.concat_arr("a", "b", "a")))
    check(lambda m: frame(m).select(m.concat_arr(["b", "b"])))
    check(lambda m: frame(m).select(m.concat_arr("a", "c")))
    check(lambda m: frame(m).select(m.concat_arr("c")))
    check(lambda m: frame(m).head(0).select(m.concat_arr("a", "b")))
    check(lambda m: m.DataFrame({"a": [1, 2], "b": [3.5, None], "c": [1, 1]}).select(m.cum_sum_horizontal("a", "b", "c")))
    check(lambda m: m.DataFrame({"a": [1, 2], "b": [3, 4]}).select(m.cum_reduce(lambda a, x: a - x, ["a", "b"])))
    check(
        lambda m: m.DataFrame({"a": [1, 2], "b": [3, 4]}).select(
            m.cum_fold(m.col("a"), lambda a, x: a * x, ["a", "b"])
        )
    )
    check(lambda m: m.DataFrame({"l": [[1], [], None, [7]]}).select(m.col("l").list.item(allow_empty=True)))
    check(lambda m: m.DataFrame({"l": [[1], [2, 3]]}).select(m.col("l").list.item(allow_empty=True)))
    check(lambda m: m.DataFrame({"l": [[1], []]}).select(m.col("l").list.item()))


def test_codes():
    check(lambda m: m.Series(["b", "a", None, "b"], dtype=m.Enum(["a", "b"])).cat.physical())
    assert hs.escape_regex("a.b(c)") == pl.escape_regex("a.b(c)")
    with pytest.raises(TypeError):
        hs.escape_regex(hs.col("a"))


DAYS = st.none() | st.dates(dt.date(1960, 1, 1), dt.date(2030, 12, 31))
MASKS = st.lists(st.booleans(), min_size=7, max_size=7)
HOLIDAYS = st.lists(st.dates(dt.date(2019, 12, 1), dt.date(2020, 2, 1)), max_size=8)


@settings(max_examples=80, deadline=None)
@given(
    days=st.lists(st.none() | st.dates(dt.date(2019, 11, 1), dt.date(2020, 3, 1)), max_size=5),
    n=st.integers(-30, 30),
    mask=MASKS,
    holidays=HOLIDAYS,
    roll=st.sampled_from(["raise", "forward", "backward"]),
)
def test_business_days(days, n, mask, holidays, roll):
    def frame(m):
        return m.DataFrame({"d": m.Series(days, dtype=m.Date)})

    check(lambda m: frame(m).select(m.col("d").dt.is_business_day(week_mask=mask, holidays=holidays)))
    check(
        lambda m: frame(m).select(m.col("d").dt.add_business_days(n, week_mask=mask, holidays=holidays, roll=roll))
    )
    check(
        lambda m: frame(m).select(
            m.business_day_count("d", dt.date(2020, 1, 9), week_mask=mask, holidays=holidays)
        )
    )


def test_business_days_of_times():
    times = [dt.datetime(2020, 1, 3, 12, 30), None, dt.datetime(1969, 12, 31, 23, 59, 59)]

    def frame(m):
        return m.DataFrame({"t": times, "n": [1, 2, -3], "d": [dt.date(2020, 1, 1)] * 3})

    check(lambda m: frame(m).select(m.col("t").dt.add_business_days("n")))
    check(lambda m: frame(m).select(m.col("t").dt.is_business_day(holidays=[dt.date(2020, 1, 3)])))
    check(lambda m: frame(m).select(m.col("t").dt.is_business_day(holidays=m.col("d").implode())))
    check(lambda m: frame(m).select(m.business_day_count("t", "d")))
    lists = [[dt.date(2020, 1, 3)], [], []]
    check(lambda m: frame(m).select(m.col("t").dt.is_business_day(holidays=m.Series(lists))))
    for module in (hs, pl):
        with pytest.raises(ValueError, match="week_mask"):
            module.col("t").dt.is_business_day(week_mask=[True])
    check(lambda m: frame(m).select(m.col("t").dt.is_business_day(week_mask=[False] * 7)))
    check(lambda m: frame(m).select(m.col("n").dt.is_business_day()))


@settings(max_examples=80, deadline=None)
@given(
    times=st.lists(st.none() | st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2050, 1, 1)), max_size=5),
    every=st.sampled_from(["1h", "7m", "1d", "3d", "1w", "2w", "1mo", "5mo", "1q", "1y", "1s", "250ms"]),
    unit=st.sampled_from(["ms", "us", "ns"]),
)
def test_round(times, every, unit):
    check(lambda m: m.DataFrame({"t": m.Series(times, dtype=m.Datetime(unit))}).select(m.col("t").dt.round(every)))
    if every[-1] not in "hms" or every.endswith("mo"):
        # Of dates before 1970 Polars rounds what is less than a day towards 1970.
        days = [None if t is None else t.date() for t in times]
        check(lambda m: m.DataFrame({"t": m.Series(days, dtype=m.Date)}).select(m.col("t").dt.round(every)))


PARTS = {
    "year": st.integers(1990, 2030),
    "month": st.integers(0, 13),
    "day": st.integers(0, 31),
    "hour": st.integers(0, 24),
    "minute": st.integers(0, 60),
    "second": st.integers(0, 60),
    "microsecond": st.integers(0, 1_000_000),
}


@settings(max_examples=100, deadline=None)
@given(
    # Polars looks at wrong parts before it looks for rows.
    times=st.lists(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2050, 1, 1)), min_size=1, max_size=4),
    unit=st.sampled_from(["ms", "us", "ns"]),
    parts=st.fixed_dictionaries({}, optional=PARTS),
)
def test_replace(times, unit, parts):
    check(lambda m: m.DataFrame({"t": m.Series(times, dtype=m.Datetime(unit))}).select(m.col("t").dt.replace(**parts)))
    days = [None if t is None else t.date() for t in times]
    days_parts = {name: value for name, value in parts.items() if name in ("year", "month", "day")}
    check(lambda m: m.DataFrame({"t": m.Series(days, dtype=m.Date)}).select(m.col("t").dt.replace(**days_parts)))


def test_parts_of_nothing():
    check(lambda m: m.DataFrame({"t": m.Series([None], dtype=m.Date)}).select(m.col("t").dt.replace(day=1)))
    check(lambda m: m.DataFrame({"t": m.Series([], dtype=m.Datetime("ns"))}).select(m.col("t").dt.replace(hour=1)))


def test_times_in_zones():
    # Polars combines the day by UTC: near midnight another one.
    times = [dt.datetime(2024, 10, 27, 1, 30), dt.datetime(2024, 7, 1, 12), None, dt.datetime(1900, 1, 1, 12)]

    def frame(m):
        zoned = m.Series("t", times).dt.replace_time_zone("Europe/Paris")
        return m.DataFrame({"t": zoned, "n": [2, 3, None, 1], "o": [dt.time(2, 30), dt.time(0), None, dt.time(1, 2, 3)]})

    check(lambda m: frame(m).select(m.col("t").dt.base_utc_offset(), d=m.col("t").dt.dst_offset()))
    check(lambda m: frame(m).select(m.col("t").dt.replace(hour=2)))
    check(lambda m: frame(m).select(m.col("t").dt.replace(hour=2, ambiguous="latest")))
    check(lambda m: frame(m).select(m.col("t").dt.replace(hour="n", ambiguous="earliest")))
    check(lambda m: frame(m).select(m.col("t").dt.round("1h"), d=m.col("t").dt.round("1d")))
    check(lambda m: frame(m)[1:].select(m.col("t").dt.combine(m.col("o"))))
    check(lambda m: frame(m)[1:].select(m.col("t").dt.combine(dt.time(1), "ms")))
    check(lambda m: frame(m).select(m.col("t").dt.combine("o")))
    check(lambda m: frame(m).select(m.col("t").dt.replace_time_zone(None).dt.dst_offset()))
