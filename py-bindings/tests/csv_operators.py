"""Every operator over CSV, as programs that run on Hypostyle and on Polars, the oracle.

A program takes a module and two tables, which are lazy frames or frames: both have the same methods.

    python3 csv_operators.py left.csv right.csv

runs all programs on these files, lazily and eagerly, and prints where Hypostyle differs. The number of threads is that
of the process.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from typing import Any

import hypostyle as hs
import polars as pl
from polars.testing import assert_frame_equal

DAY = datetime.date(2020, 6, 1)


def schema(m: Any) -> dict[str, Any]:
    """The columns of a left table; a right one has `k`, `g` and a number `w`."""
    return {"id": m.Int64, "k": m.Int64, "g": m.String, "s": m.String, "f": m.Float64, "b": m.Boolean, "d": m.Date}


def right_schema(m: Any) -> dict[str, Any]:
    """The columns of a right table."""
    return {"k": m.Int64, "g": m.String, "w": m.Int64}


def aggregates(m: Any) -> list[Any]:
    """Aggregates that do not depend on the order of rows, or are given it."""
    c = m.col
    return [
        m.len(),
        c("id").sum().alias("sum"),
        c("k").mean().alias("mean"),
        c("f").sum().alias("fsum"),
        c("f").min().alias("fmin"),
        c("f").max().alias("fmax"),
        c("f").mean().alias("fmean"),
        c("k").std().alias("std"),
        c("k").var().alias("var"),
        c("k").median().alias("median"),
        c("k").quantile(0.25).alias("quantile"),
        c("s").count().alias("count"),
        c("s").n_unique().alias("n_unique"),
        c("s").null_count().alias("null_count"),
        c("s").min().alias("smin"),
        c("s").max().alias("smax"),
        c("s").first().alias("first"),
        c("s").last().alias("last"),
        c("b").any().alias("any"),
        c("b").all().alias("all"),
        c("b").sum().alias("bsum"),
        c("d").min().alias("dmin"),
        c("d").max().alias("dmax"),
        c("id").filter(c("b")).sum().alias("filtered"),
        (c("id") * c("k")).sum().alias("product"),
        c("s").str.len_bytes().sum().alias("bytes"),
    ]


def grouped(*keys: str) -> Callable[..., Any]:
    """All aggregates for each group."""
    return lambda m, t, u: t.group_by(*keys).agg(*aggregates(m))


def joined(how: str, *on: str, **options: Any) -> Callable[..., Any]:
    """A join of both tables."""
    return lambda m, t, u: t.join(u, on=list(on), how=how, **options)


#: Programs whose rows may come in any order.
UNORDERED: dict[str, Callable[..., Any]] = {
    "group_by g": grouped("g"),
    "group_by k": grouped("k"),
    "group_by s": grouped("s"),
    "group_by b": grouped("b"),
    "group_by d": grouped("d"),
    "group_by f": lambda m, t, u: t.group_by("f").agg(m.len(), m.col("id").sum(), m.col("s").max()),
    "group_by g, k": grouped("g", "k"),
    "group_by s, b": lambda m, t, u: t.group_by("s", "b").agg(m.len(), m.col("f").max(), m.col("id").min()),
    "group_by expression": lambda m, t, u: t.group_by(m.col("s").str.len_chars().alias("n")).agg(m.col("id").max()),
    "group_by then filter": lambda m, t, u: t.group_by("g").agg(m.len().alias("n")).filter(m.col("g") != ""),
    "inner on k": joined("inner", "k"),
    "inner on g": lambda m, t, u: t.join(u.unique("g"), on="g").select("id", "g", "s"),
    "inner on k, g": joined("inner", "k", "g"),
    "inner, nulls equal": joined("inner", "k", "g", nulls_equal=True),
    "left on k": joined("left", "k"),
    "left on g": lambda m, t, u: t.join(u.unique("g"), on="g", how="left").select("id", "g", "s"),
    "left on k, g": joined("left", "k", "g"),
    "left, nulls equal": joined("left", "k", "g", nulls_equal=True),
    "right on k, g": joined("right", "k", "g"),
    "full on k, g": joined("full", "k", "g"),
    "full, coalesced": joined("full", "k", "g", coalesce=True),
    "semi on g": joined("semi", "g"),
    "semi on k, g": joined("semi", "k", "g"),
    "anti on g": joined("anti", "g"),
    "anti on k, g": joined("anti", "k", "g"),
    "anti, nulls equal": joined("anti", "k", "g", nulls_equal=True),
    "join on texts": lambda m, t, u: t.join(t.select("id", "s").head(50), on="s", how="inner"),
    "cross": lambda m, t, u: t.select("id", "s").head(40).join(u.select("g").head(7), how="cross"),
    "join then filter": lambda m, t, u: t.join(u, on=["k", "g"], how="left").filter(m.col("w").is_null()),
    "join then group": lambda m, t, u: t.join(u, on="k").group_by("g_right").agg(m.col("s").n_unique(), m.len()),
    "unique": lambda m, t, u: t.select("g", "k", "b").unique(),
    "unique texts": lambda m, t, u: t.select("s").unique(),
    "unique none": lambda m, t, u: t.unique(subset=["s", "k"], keep="none"),
    "unpivot": lambda m, t, u: t.unpivot(on=["g", "s"], index="id"),
    "top_k": lambda m, t, u: t.top_k(25, by=["s", "id"]).select("s", "id"),
    "bottom_k": lambda m, t, u: t.bottom_k(25, by=["f", "id"]).select("f", "id"),
}

#: Programs whose rows have an order.
ORDERED: dict[str, Callable[..., Any]] = {
    "all": lambda m, t, u: t,
    "filter empty": lambda m, t, u: t.filter(m.col("s") == ""),
    "filter not empty": lambda m, t, u: t.filter(m.col("s") != ""),
    "filter null": lambda m, t, u: t.filter(m.col("s").is_null()),
    "filter newline": lambda m, t, u: t.filter(m.col("s").str.contains("\n", literal=True)),
    "filter quote": lambda m, t, u: t.filter(m.col("s").str.contains('"')),
    "filter or": lambda m, t, u: t.filter((m.col("k") > 2) | m.col("b")),
    "filter and": lambda m, t, u: t.filter(m.col("g").is_in(["", "ü", "a,b"]), m.col("f") < 3),
    "filter not": lambda m, t, u: t.filter(~(m.col("g") == "ü")),
    "filter missing": lambda m, t, u: t.filter(m.col("g").ne_missing("")),
    "filter texts": lambda m, t, u: t.filter(m.col("s") > m.col("g")),
    "filter days": lambda m, t, u: t.filter(m.col("d").is_between(DAY, DAY + datetime.timedelta(90))),
    "filter nothing": lambda m, t, u: t.filter(m.col("id") < 0),
    "select": lambda m, t, u: t.select("s", m.col("k") + 1, m.col("f").fill_null(0.5), m.col("g").fill_null("none")),
    "select one": lambda m, t, u: t.select("b"),
    "aggregate": lambda m, t, u: t.select(*aggregates(m)),
    "aggregate filtered": lambda m, t, u: t.filter(m.col("b")).select(*aggregates(m)),
    "texts": lambda m, t, u: t.select(
        m.col("s").str.len_bytes().alias("bytes"),
        m.col("s").str.len_chars().alias("chars"),
        m.col("s").str.to_uppercase().alias("upper"),
        m.col("s").str.replace_all("\n", "|", literal=True).alias("flat"),
        m.col("s").str.strip_chars().alias("stripped"),
        m.col("s").str.starts_with("a").alias("starts"),
        m.concat_str("g", "s", separator="/").alias("both"),
        m.concat_str("g", "s", ignore_nulls=True).alias("some"),
    ),
    "with_columns": lambda m, t, u: t.with_columns(
        m.when(m.col("s") == "").then(m.lit("empty")).otherwise(m.col("s")).alias("named"),
        (m.col("k") * m.col("id")).alias("p"),
        m.col("d").dt.year().alias("year"),
        m.col("s").is_null().alias("missing"),
    ),
    "casts": lambda m, t, u: t.select(
        m.col("id").cast(m.String), m.col("k").cast(m.Float64), m.col("b").cast(m.Int8), m.col("d").cast(m.String)
    ),
    "windows": lambda m, t, u: t.select(
        "id",
        m.col("id").sum().over("g").alias("sum"),
        m.col("s").count().over("g", "k").alias("count"),
        m.len().over("s").alias("len"),
        m.col("id").rank().over("b").alias("rank"),
        m.col("id").cum_sum().over("g").alias("cum_sum"),
        m.col("s").shift(1).over("k").alias("shift"),
        m.col("s").first().over("d").alias("first"),
    ),
    "running": lambda m, t, u: t.select(
        m.col("k").cum_sum(), m.col("s").shift(2), m.col("f").forward_fill(), m.col("d").backward_fill()
    ),
    "group_by in order": lambda m, t, u: t.group_by("g", maintain_order=True).agg("s", "k"),
    "unique first": lambda m, t, u: t.unique(subset=["g", "b"], keep="first", maintain_order=True),
    "unique last": lambda m, t, u: t.unique(subset=["s"], keep="last", maintain_order=True),
    "join in order": lambda m, t, u: t.join(u, on=["k", "g"], how="left", maintain_order="left_right"),
    "sort texts": lambda m, t, u: t.sort("s", "id"),
    "sort descending": lambda m, t, u: t.sort("s", "id", descending=[True, False], nulls_last=True),
    "sort many": lambda m, t, u: t.sort("g", "b", "f", "id", descending=[False, True, True, True]),
    "sort stable": lambda m, t, u: t.sort("d", maintain_order=True),
    "sort then head": lambda m, t, u: t.sort("s", "id", nulls_last=True).head(30),
    "head": lambda m, t, u: t.head(17),
    "tail": lambda m, t, u: t.tail(17),
    "slice": lambda m, t, u: t.slice(5, 1000),
    "slice from the end": lambda m, t, u: t.slice(-500, 20),
    "filter then head": lambda m, t, u: t.filter(m.col("s").is_not_null()).head(20),
    "reverse": lambda m, t, u: t.reverse(),
    "gather_every": lambda m, t, u: t.gather_every(7),
    "with_row_index": lambda m, t, u: t.with_row_index("row", 3).filter(m.col("s") == ""),
    "filter then index": lambda m, t, u: t.filter(m.col("b")).with_row_index(),
    "concat": lambda m, t, u: m.concat([t.select("k", "g"), u.select("k", "g"), t.select("k", "g").tail(3)]),
    "concat diagonal": lambda m, t, u: m.concat([t, u], how="diagonal"),
    "concat horizontal": lambda m, t, u: m.concat([t.select("s", "k"), t.select("g")], how="horizontal"),
    "explode": lambda m, t, u: t.with_columns(m.col("s").fill_null("").str.split("\n")).explode("s"),
    "implode and explode": lambda m, t, u: t.group_by("g", maintain_order=True).agg("s").explode("s"),
    "drop_nulls": lambda m, t, u: t.drop_nulls(["s", "k"]),
    "fill_null": lambda m, t, u: t.select("k", "f", "id").fill_null(7),
    "rename and drop": lambda m, t, u: t.rename({"s": "text"}).drop("g"),
}

PROGRAMS = UNORDERED | ORDERED


def run(m: Any, read: Callable[..., Any], program: str, left: Any, right: Any) -> Any:
    """The frame that a program gives over two CSV files, read by `scan_csv` or `read_csv`."""
    tables = read(left, schema=schema(m)), read(right, schema=right_schema(m))
    return PROGRAMS[program](m, *tables).lazy().collect()


def difference(program: str, found: Any, wanted: pl.DataFrame) -> str | None:
    """How the result differs from the oracle's, if it does."""
    kinds = [(name, repr(kind)) for name, kind in found.schema.items()]
    if kinds != [(name, repr(kind)) for name, kind in wanted.schema.items()]:
        return f"{program}: {found.schema} instead of {wanted.schema}"
    try:
        assert_frame_equal(
            pl.DataFrame(found), wanted, rel_tol=1e-12, abs_tol=1e-12, check_row_order=program in ORDERED
        )
    except AssertionError as error:
        return f"{program}: {error}"
    return None


def differences(left: Any, right: Any, programs: Any = PROGRAMS) -> list[str]:
    """Where the lazy and the eager API differ from the oracle."""
    found = []
    for program in programs:
        wanted = run(pl, pl.scan_csv, program, left, right)
        for read in (hs.scan_csv, hs.read_csv):
            text = difference(program, run(hs, read, program, left, right), wanted)
            found += [f"{read.__name__}: {text}"] if text else []
    return found


if __name__ == "__main__":
    wrong = differences(*sys.argv[1:3])
    print(hs.thread_pool_size(), "threads,", len(PROGRAMS), "programs,", len(wrong), "differences")
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))
