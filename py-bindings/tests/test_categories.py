"""Categories stay categories, against Polars."""

from __future__ import annotations

from typing import Any

import hypostyle as hs
import pytest
from oracle import check

LETTERS = ["a", "b", "c"]


def frame(m: Any) -> Any:
    values = {"c": ["a", "b", None, "a"], "d": ["q", "a", "q", None], "s": ["x", "b", "a", None], "i": [1, 2, None, 3]}
    return m.DataFrame(values).with_columns(
        m.col("c").cast(m.Categorical),
        m.col("d").cast(m.Categorical),
        m.col("c").cast(m.Enum(LETTERS)).alias("e"),
        m.Series("f", ["c", "c", "a", None], dtype=m.Enum(LETTERS)),
    )


PARTNERS = {
    "c": [lambda m: m.lit("a"), lambda m: m.lit("zz"), lambda m: m.col("s"), lambda m: m.col("d"), lambda m: m.lit(None)],
    "e": [lambda m: m.lit("a"), lambda m: m.col("s"), lambda m: m.col("f"), lambda m: m.lit(None)],
}
PAIRS = [(name, i) for name, partners in PARTNERS.items() for i in range(len(partners))]


@pytest.mark.parametrize(("name", "i"), PAIRS)
def test_values_beside_categories(name: str, i: int) -> None:
    partner = PARTNERS[name][i]

    def each(build: Any) -> None:
        check(lambda m: frame(m).select(build(m, m.col(name), partner(m)).alias("r")))

    each(lambda m, c, v: c.fill_null(v))
    each(lambda m, c, v: m.when(m.col("i") > 1).then(c).otherwise(v))
    each(lambda m, c, v: m.when(m.col("i") > 1).then(v).otherwise(c))
    each(lambda m, c, v: m.when(m.col("i") > 2).then(v).when(m.col("i") > 1).then(c).otherwise(v))
    each(lambda m, c, v: m.coalesce(c, v))
    each(lambda m, c, v: m.coalesce(v, c))


@pytest.mark.parametrize("name", ["c", "e"])
def test_what_keeps_the_type(name: str) -> None:
    each = [
        lambda m, c: c.replace("a", "b"),
        lambda m, c: c.replace({"a": "b", "b": "c"}),
        lambda m, c: c.replace({"a": None}),
        lambda m, c: c.replace_strict({"a": "z", "b": "y"}),
        lambda m, c: c.replace_strict({"a": 1, "b": 2}, default=0),
        lambda m, c: c.replace_strict({"a": "z"}, default=c),
        lambda m, c: c.shift(1, fill_value="a"),
        lambda m, c: c.fill_null(strategy="forward"),
        lambda m, c: c.max(),
        lambda m, c: c.first(),
        lambda m, c: c.to_physical(),
        lambda m, c: c.filter(m.col("i") > 1).to_physical(),
    ]
    for build in each:
        check(lambda m: frame(m).select(build(m, m.col(name)).alias("r")))


@pytest.mark.parametrize("how", ["vertical", "vertical_relaxed", "diagonal"])
@pytest.mark.parametrize(("a", "b"), [("c", "d"), ("e", "f"), ("c", "c"), ("c", "s"), ("e", "d")])
def test_concat(how: str, a: str, b: str) -> None:
    check(lambda m: m.concat([frame(m).select(a), frame(m).select(m.col(b).alias(a))], how=how))


@pytest.mark.parametrize("how", ["inner", "left", "full", "semi", "anti"])
@pytest.mark.parametrize(("a", "b"), [("c", "d"), ("e", "f"), ("c", "s")])
def test_joins(how: str, a: str, b: str) -> None:
    check(lambda m: frame(m).select(a).join(frame(m).select(m.col(b).alias(a), "i"), on=a, how=how), sort=True)


def test_an_unknown_category_is_an_error() -> None:
    for build in (lambda c: c.fill_null("zz"), lambda c: hs.coalesce(c, hs.lit("zz")), lambda c: c.replace("a", "zz")):
        with pytest.raises(hs.exceptions.InvalidOperationError, match="zz"):
            frame(hs).select(build(hs.col("e")))


def test_physical_numbers() -> None:
    import datetime as dt

    check(lambda m: m.Series([["a", "b"], None, ["a"]], dtype=m.List(m.Enum(LETTERS))).to_physical())
    check(lambda m: m.Series([[dt.date(2020, 1, 1)]]).to_physical())
    check(lambda m: m.Series([{"a": "a", "t": dt.time(1)}], dtype=m.Struct({"a": m.Enum(LETTERS), "t": m.Time})).to_physical())
    for values in ([dt.timedelta(1)], [dt.datetime(2020, 1, 1)], ["x"], [True], [1.5]):
        check(lambda m: m.Series(values).to_physical())
    for count in (255, 256, 300):
        check(lambda m: m.Series(["1"], dtype=m.Enum([str(i) for i in range(count)])).to_physical())


def test_codes_of_many_chunks_agree() -> None:
    parts = [hs.Series("c", values, dtype=hs.Categorical) for values in (["x", "y"], ["y", "z"], ["x", None])]
    whole = hs.concat([part.to_frame() for part in parts])
    codes = whole.with_columns(k=hs.col("c").to_physical())
    assert codes.group_by("c").agg(hs.col("k").n_unique())["k"].to_list() == [1, 1, 1, 1]
