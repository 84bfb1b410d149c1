"""Expressions that are made of others, against Polars."""

from __future__ import annotations

import datetime

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check


def frame(m):
    return m.DataFrame(
        {
            "a": [1, None, 3, 2, 2, None, 5],
            "f": [1.0, float("nan"), None, 2.0, 2.0, 0.5, 3.5],
            "p": [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.015625],
            "t": ["b", None, "a", "b", "", "", "c"],
            "b": [True, False, None, True, False, None, True],
            "k": ["x", "y", "x", "x", "y", "x", "y"],
        }
    )


PROGRAMS = {
    "arg_true": lambda m: m.col("b").arg_true(),
    "arg_true of a comparison": lambda m: (m.col("a") > 1).arg_true(),
    "arg_unique": lambda m: m.col("t").arg_unique(),
    "arg_where": lambda m: m.arg_where(m.col("a") > 1),
    "arg_sort_by": lambda m: m.arg_sort_by("t", "p"),
    "arg_sort_by descending": lambda m: m.arg_sort_by(["t", "p"], descending=[True, False], nulls_last=True),
    "index_of": lambda m: m.col("a").index_of(2),
    "index_of null": lambda m: m.col("a").index_of(None),
    "index_of nothing": lambda m: m.col("a").index_of(9),
    "index_of nan": lambda m: m.col("f").index_of(float("nan")),
    "gather_every": lambda m: m.col("a").gather_every(2),
    "gather_every from": lambda m: m.col("t").gather_every(3, 1),
    "is_sorted": lambda m: m.col("a").is_sorted(),
    "is_sorted descending": lambda m: m.col("p").is_sorted(descending=True),
    "set_sorted": lambda m: m.col("p").set_sorted(descending=True),
    "top_k_by": lambda m: m.col("a").top_k_by("p", 3),
    "bottom_k_by": lambda m: m.col("a").bottom_k_by("p", 2),
    "top_k_by reverse": lambda m: m.col("t").top_k_by("p", 3, reverse=True),
    "top_k_by two": lambda m: m.col("a").top_k_by(["k", "p"], 3, reverse=[True, False]),
    "dot": lambda m: m.col("a").dot("p"),
    "dot expression": lambda m: m.col("a").dot(m.col("p") * 2),
    "interpolate": lambda m: m.col("a").interpolate(),
    "interpolate floats": lambda m: m.col("f").interpolate(),
    "unique_counts": lambda m: m.col("t").unique_counts(),
    "approx_n_unique": lambda m: m.col("t").approx_n_unique(),
    "approx_n_unique by name": lambda m: m.approx_n_unique("a", "t"),
    "entropy": lambda m: m.col("p").entropy(),
    "entropy to base 2": lambda m: m.col("p").entropy(base=2, normalize=False),
    "nan_min": lambda m: m.col("f").nan_min(),
    "nan_max": lambda m: m.col("a", "f", "t").nan_max(),
    "first": lambda m: m.all().first(ignore_nulls=True),
    "has_nulls": lambda m: m.all().has_nulls(),
    "skew": lambda m: m.col("a", "p").skew(),
    "kurtosis": lambda m: m.col("a", "p").kurtosis(bias=False),
    "pct_change": lambda m: m.col("p").pct_change(),
}

GROUPED = [
    "arg_true", "index_of", "gather_every", "top_k_by", "dot", "interpolate", "nan_min", "nan_max", "first", "entropy",
    "approx_n_unique", "skew", "unique_counts", "arg_unique", "is_sorted",
]  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("rows", [7, 1])
def test_columns(name, rows):
    if (name, rows) == ("entropy to base 2", 1):
        # Polars has 0 for the entropy of one weight, whatever it is; the sum says 0.5.
        assert frame(hs).head(1).select(PROGRAMS[name](hs)).item() == 0.5
        return
    check(lambda m: frame(m).head(rows).select(PROGRAMS[name](m)))


@pytest.mark.parametrize("name", GROUPED)
def test_groups(name):
    check(lambda m: frame(m).group_by("k", maintain_order=True).agg(PROGRAMS[name](m).name.prefix("x_")))


def test_bitwise():
    def bits(m):
        return [getattr(m.col(c), f"bitwise_{o}")().alias(c + o) for c in "ab" for o in ("and", "or", "xor")]

    for rows in (7, 1, 0):
        check(lambda m, rows=rows: frame(m).head(rows).select(bits(m)))
    check(lambda m: frame(m).group_by("k", maintain_order=True).agg(bits(m)))


def test_modes_come_in_any_order():
    check(lambda m: frame(m).select(m.col("t").mode()), sort=True)
    check(lambda m: frame(m)["a"].mode(), sort=True)


SERIES = {
    "arg_true": lambda s, m: m.Series("x", [True, None, True]).arg_true(),
    "index_of": lambda s, m: s.index_of(3),
    "nan_max": lambda s, m: s.nan_max(),
    "dot": lambda s, m: s.fill_null(0).dot(m.Series([1, 2, 3, 4, 5, 6, 7])),
    "max_by": lambda s, m: s.max_by(m.Series([1, 2, 3, 4, 5, 6, 0])),
    "is_sorted": lambda s, m: s.is_sorted(),
    "interpolate": lambda s, m: s.interpolate(),
    "unique_counts": lambda s, m: s.unique_counts(),
    "first": lambda s, m: s.first(ignore_nulls=True),
    "approx_n_unique": lambda s, m: s.approx_n_unique(),
}


@pytest.mark.parametrize("name", SERIES)
def test_series(name):
    check(lambda m: SERIES[name](frame(m)["a"], m))


@pytest.mark.parametrize("rows", range(7))
def test_moments_of_few_values(rows):
    for bias in (True, False):
        check(lambda m: m.Series("x", [1.0, 2.0, 4.0, 8.0, 9.0, 9.5][:rows], dtype=m.Float64).skew(bias=bias))
        check(lambda m: m.Series("x", [1.0, 2.0, 4.0, 8.0, 9.0, 9.5][:rows], dtype=m.Float64).kurtosis(bias=bias))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.integers(-5, 5), max_size=12))
def test_interpolation_of_random_gaps(values):
    check(lambda m: m.Series("x", values, dtype=m.Int64).interpolate(), tol=1e-9)
    # Half way between two values Polars takes the right one.
    check(lambda m: m.Series("x", values, dtype=m.Int64).interpolate("nearest"))


def test_years():
    first, last = datetime.date(1999, 6, 1), datetime.date(2002, 6, 1)
    check(lambda m: m.date_range(first, last, "1y", eager=True).dt.century())
    check(lambda m: m.date_range(first, last, "1y", eager=True).dt.millennium())


REPLACED = {
    "numbers": lambda m, c: c.replace_strict({"b": 1, "a": 2, "": 3, "c": 4}),
    "texts": lambda m, c: c.replace_strict(["b", "a", "", "c"], ["x", "y", "z", None]),
    "null": lambda m, c: c.replace_strict({"b": 1.5, "a": 2, "": 3, "c": 4, None: 5}),
    "type": lambda m, c: c.replace_strict({"b": 1, "a": 2, "": 3, "c": 4}, return_dtype=m.Int8),
    "incomplete": lambda m, c: c.replace_strict({"b": 1, "a": 2}),
    "default": lambda m, c: c.replace_strict({"b": 1, "a": 2}, default=None),
}


@pytest.mark.parametrize("name", REPLACED)
def test_replace_strict(name):
    check(lambda m: frame(m).select(REPLACED[name](m, m.col("t"))))
    check(lambda m: REPLACED[name](m, frame(m)["t"]))


def test_replace_strict_tells_what_is_missing():
    with pytest.raises(hs.exceptions.InvalidOperationError, match='incomplete mapping.*lacks: "c"'):
        frame(hs).select(hs.col("t").replace_strict({"b": 1, "a": 2, "": 3}))


ROWS = {
    "int_range": lambda m: m.int_range(m.len()),
    "from 0": lambda m: m.int_range(0, m.len()),
    "from 1": lambda m: m.int_range(1, m.len() + 1, dtype=m.UInt32),
    "by group": lambda m: m.int_range(m.len()).over("k"),
    "row_index": lambda m: m.row_index("row"),
    "repeat": lambda m: m.repeat(7, m.len()),
    "repeat text": lambda m: m.repeat("x", m.len()),
    "constant": lambda m: m.int_range(0, m.lit(3) + 4),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_counted(name):
    check(lambda m: frame(m).with_columns(ROWS[name](m)))
    if name != "constant":
        check(lambda m: frame(m).head(0).select(ROWS[name](m)))


def test_ranges_that_depend_on_values():
    check(lambda m: frame(m).select(m.int_range(0, m.len() * 2)))
    check(lambda m: frame(m).select(m.int_range(0, m.col("a").max())))


def test_description_of_dates():
    days = [datetime.date(2024, 1, day) for day in (1, 2, 5, 9)]
    check(lambda m: m.DataFrame({"d": [*days, None]}).describe())
    check(lambda m: m.DataFrame({"d": days}).describe(interpolation="linear"))


def test_mistakes():
    for program in (lambda c: c.gather_every(0), lambda c: c.interpolate("cubic")):
        with pytest.raises(ValueError, match="`n`|`method`"):
            program(hs.col("a"))
