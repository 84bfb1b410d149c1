"""Groups and aggregates where the short way is not the right one, against Polars."""

from decimal import Decimal

import hypostyle as hs
import polars as pl
import pytest
from oracle import check

# More rows than a morsel has.
MANY = 150_000

WHOLE_COLUMN_KEYS = [
    lambda m: m.col("v").cum_sum(),
    lambda m: m.col("v").cum_sum().over("g"),
    lambda m: m.col("v") > m.col("v").mean(),
    lambda m: m.col("v").rank("dense"),
    lambda m: m.col("v").shift(1),
    lambda m: m.col("v") + m.len(),
    lambda m: m.col("v").max().over("g") - m.col("v").first(),
]


@pytest.mark.parametrize("number", range(len(WHOLE_COLUMN_KEYS)))
def test_keys_that_look_at_all_rows(number):
    def grouped(m, frame):
        key = WHOLE_COLUMN_KEYS[number](m).alias("key")
        return frame.group_by("g", key).agg(m.len(), m.col("v").sum(), first=m.col("v").first())

    def small(m):
        return m.LazyFrame({"g": [1, 2, 1, None], "v": [3, 1, None, 1]})

    check(lambda m: grouped(m, small(m)), sort=True)
    check(lambda m: grouped(m, m.concat([small(m)] * 3)), sort=True)
    check(lambda m: grouped(m, m.LazyFrame({"g": [1, 2, 3] * 23_335, "v": range(70_005)})), sort=True)
    # A predicate on another key must not take rows away from it.
    check(lambda m: grouped(m, small(m)).filter(m.col("g") == 1), sort=True)
    check(lambda m: grouped(m, small(m)).filter(m.col("key").is_not_null()), sort=True)


def test_a_series_as_a_key():
    keys = [1, 2, 3, 4, 5] * (MANY // 5)
    check(lambda m: m.DataFrame({"v": range(MANY)}).group_by(m.Series("k", keys)).agg(m.col("v").sum()), sort=True)


def test_keys_of_joins_are_of_their_row():
    def joined(m):
        left = m.LazyFrame({"v": [1, 1]})
        return left.join(m.LazyFrame({"w": [1, 2]}), left_on=m.col("v").cum_sum(), right_on="w")

    check(joined)
    with pytest.raises(hs.exceptions.InvalidOperationError, match="with_columns"):
        joined(hs).collect()


@pytest.mark.parametrize("how", ["inner", "left"])
def test_rows_without_a_partner_are_not_computed(how):
    def grouped(m):
        left = m.LazyFrame({"k": [1, 2], "name": ["a", "b"]})
        right = m.LazyFrame({"k": [1, 3], "s": ["5", "x"]})
        return left.join(right, on="k", how=how)

    check(lambda m: grouped(m).group_by("k").agg(m.col("s").cast(m.Int64).sum()), sort=True)
    check(lambda m: grouped(m).group_by("k", "name").agg(m.col("s").cast(m.Int64).max()), sort=True)
    check(lambda m: grouped(m).group_by("k").agg(m.col("s").max().cast(m.Int64)), sort=True)


def test_moments_far_from_zero():
    for values in ([1e200, 1e200], [1e200], [1e154, 1e154, 1e154], [-1e300, -1e300]):
        for many in (False, True):

            def frame(m, values=values, many=many):
                return m.concat([m.DataFrame({"x": values, "y": values, "g": 1})] * (3 if many else 1))

            check(lambda m: frame(m).select(m.col("x").var(), s=m.col("x").std(ddof=0)))
            # Polars gives infinity where it merges such groups.
            grouped = frame(hs).group_by("g").agg(hs.col("x").var(), c=hs.cov("x", "y"))
            assert grouped.row(0)[1:] == ((0.0, 0.0) if many or len(values) > 1 else (None, None))


def test_quantiles_of_infinities():
    inf = float("inf")
    for values in ([inf, inf], [-inf, -inf, -inf], [1.0, inf], [-inf, 1.0], [-inf, inf], [inf, inf, 1.0, 1.0]):
        check(lambda m: m.Series(values).median())
        for how in ("linear", "midpoint", "lower", "higher", "nearest"):
            check(lambda m: [m.Series(values).quantile(q, how) for q in (0.0, 0.3, 0.5, 1.0)])


def test_products_of_decimals():
    def frame(m, values, digits, scale):
        chunks = [m.Series("x", [Decimal(v)], dtype=m.Decimal(digits, scale)).to_frame() for v in values]
        return m.concat(chunks)

    for values, digits, scale in ((["1"], 38, 20), (["0.05", "0.50", "3.00"], 10, 2), (["2.5", "-4"], 38, 1)):
        for rechunk in (False, True):

            def whole(m, values=values, digits=digits, scale=scale, rechunk=rechunk):
                chunked = frame(m, values, digits, scale)
                return chunked.rechunk() if rechunk else chunked

            check(lambda m: whole(m).select(m.col("x").product()))
            check(lambda m: whole(m).group_by(g=m.lit(1)).agg(m.col("x").product()))


def test_sums_of_decimals_that_do_not_fit():
    # Polars gives 39 digits or wraps around where it sums by group.
    nines = Decimal("9" * 38)
    for values in ([nines] * 3, [nines, Decimal(1)], [Decimal("-" + "9" * 38)] * 2):
        frame = hs.DataFrame({"g": [1] * len(values), "x": hs.Series(values, dtype=hs.Decimal(38, 0))})
        for query in (
            frame.lazy().select(hs.col("x").sum()),
            frame.lazy().group_by("g").agg(hs.col("x").sum()),
            hs.concat([frame.lazy().slice(i, 1) for i in range(len(values))]).group_by("g").agg(hs.col("x").sum()),
        ):
            with pytest.raises(OverflowError, match="38 digits"):
                query.collect()
    back = [nines, nines, Decimal("-" + "9" * 38), Decimal(0)]
    check(lambda m: m.Series(back[1:], dtype=m.Decimal(38, 0)).to_frame("x").select(m.col("x").sum()))
    assert hs.Series(back, dtype=hs.Decimal(38, 0)).sum() == nines
    # Rows that a filter drops are not added.
    frame = hs.DataFrame({"g": [1, 1, 1], "x": hs.Series([nines, nines, Decimal(5)], dtype=hs.Decimal(38, 0))})
    kept = frame.lazy().filter(hs.col("x") < 9).group_by("g").agg(hs.col("x").sum()).collect()
    assert kept.rows() == [(1, Decimal(5))]


def test_rows_that_a_filter_drops_are_not_computed():
    wide = hs.lit(Decimal(10**20))
    frame = hs.DataFrame({"g": [1] * 4, "i": [1, 2, 3, 9 * 10**18]}).lazy()
    kept = frame.filter(hs.col("i") < 10).group_by("g").agg((hs.col("i") * wide).sum()).collect()
    assert kept.rows() == [(1, Decimal(6 * 10**20))]


def test_names_of_keys_are_free():
    check(
        lambda m: (
            m.DataFrame({"__key_0": [1, 2], "v": [1, 1]})
            .group_by(a=m.col("v").cum_sum(), b=m.col("v").rank())
            .agg(m.len(), m.col("__key_0").sum())
        ),
        sort=True,
    )


def test_texts_that_begin_alike_but_for_one():
    texts = [f"https://www.example.com/{i * 7919 % 1_000_003}" for i in range(MANY)]
    for values in (texts, [*texts, ""], [None, *texts, *texts[:9]]):
        rows = sorted(values, key=lambda t: (t is not None, t or ""))
        assert hs.Series("s", values).to_frame().lazy().sort("s").collect()["s"].to_list() == rows


AGGREGATES = "sum product mean count len n_unique min max first last std var median implode".split()


@pytest.mark.parametrize("name", AGGREGATES)
def test_aggregates_of_a_constant(name):
    def frame(m):
        return m.LazyFrame({"g": [1, 1, 2], "a": [1, 2, 3]})

    def constant(m):
        return getattr(m.lit(2), name)().alias("x")

    check(lambda m: frame(m).select(constant(m)))
    check(lambda m: frame(m).select(constant(m), m.col("a").max()))
    if name != "implode":
        check(lambda m: frame(m).select(constant(m) + m.col("a").max()))
    check(lambda m: frame(m).group_by("g").agg(constant(m), m.col("a").max()), sort=True)
    check(lambda m: frame(m).group_by("g").agg(constant(m)), sort=True)
    check(lambda m: frame(m).with_columns(constant(m)))


def test_aggregates_of_aggregates():
    def frame(m):
        return m.LazyFrame({"g": [1, 1, 2], "a": [1, 2, 3]})

    def exprs(m):
        a = m.col("a")
        return [a.max().sum().alias("s"), a.max().count().alias("c"), (m.lit(2) * a.max()).sum().alias("t")]

    check(lambda m: frame(m).select(exprs(m)))
    check(lambda m: frame(m).group_by("g").agg(exprs(m)), sort=True)


def test_the_key_of_a_group_is_one_of_its_rows():
    def signs(m, rows):
        frame = m.LazyFrame({"k": [-0.0] + [0.0] * rows, "v": [-1] + [1] * rows})
        return frame.filter(m.col("v") > 0).group_by("k").agg(m.len()).select(1 / m.col("k"), "len")

    for rows in (3, MANY):
        check(lambda m: signs(m, rows))


ORDER_OF_ENUMS = [
    lambda m, c: c < "mid",
    lambda m, c: m.lit("mid") > c,
    lambda m, c: c >= "hi",
    lambda m, c: c == "other",
    lambda m, c: c < "other",
    lambda m, c: c.is_between(m.lit("lo"), m.lit("hi")),
    lambda m, c: c.is_between(m.col("other"), m.col("text")),
    lambda m, c: c.is_in(["lo", "mid"]),
    lambda m, c: c < m.col("text"),
    lambda m, c: c <= m.col("other"),
    lambda m, c: c == m.col("text"),
    lambda m, c: c.min(),
    lambda m, c: c.max(),
    lambda m, c: c.arg_min(),
    lambda m, c: c.arg_max(),
    lambda m, c: c.max().over("g"),
    lambda m, c: c.rank(),
    lambda m, c: c.arg_sort(),
    lambda m, c: c.sort(descending=True),
    lambda m, c: m.max_horizontal(c, "other"),
    lambda m, c: m.min_horizontal(c, "other"),
    lambda m, c: m.col("v").max_by("e"),
    lambda m, c: m.col("v").min_by("e"),
]


@pytest.mark.parametrize("number", range(len(ORDER_OF_ENUMS)))
def test_enums_have_the_order_of_their_definition(number):
    def frame(m):
        levels = m.Enum(["lo", "mid", "hi"])
        return m.LazyFrame(
            {
                "e": m.Series(["lo", "hi", None, "mid"], dtype=levels),
                "other": m.Series(["mid", None, "lo", "mid"], dtype=levels),
                "text": ["mid"] * 4,
                "g": [1, 1, 2, 2],
                "v": [1, 2, 3, 4],
            }
        )

    def expr(m):
        return ORDER_OF_ENUMS[number](m, m.col("e")).alias("x")

    check(lambda m: frame(m).select(expr(m)))
    check(lambda m: m.concat([frame(m)] * 3).select(expr(m)))
    check(lambda m: frame(m).group_by("g").agg(expr(m)), sort=True)


def test_running_sums_of_more_than_38_digits_are_an_error():
    def running(m, *values, **over):
        frame = m.DataFrame({"d": [Decimal(v) for v in values], "g": 1}, schema_overrides={"d": m.Decimal(38, 0)})
        sums = m.col("d").cum_sum(reverse=over.pop("reverse", False))
        return frame.select(sums.over("g") if over else sums)

    nines = "9" * 38
    check(lambda m: running(m, nines, "-1", "1"))
    check(lambda m: running(m, "1", "-1", nines, reverse=True))
    for values in ([nines, "1"], [nines, nines, nines], ["-" + nines, "-1"]):
        for over in ({}, {"reverse": True}, {"over": True}):
            with pytest.raises(pl.exceptions.ComputeError, match="overflow"):
                running(pl, *values, **over)
            with pytest.raises(OverflowError, match="38 digits"):
                running(hs, *values, **over)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("nulls_last", [False, True])
@pytest.mark.parametrize("k", [0, 1, 3, 16, 17])
def test_the_first_of_sorted_values(descending, nulls_last, k):
    """A few are kept while rows pass by; more are sorted."""
    nan = float("nan")
    floats, texts = [2.5, None, nan, -1.0, 0.0, 7.0, None], ["b", "", None, "a", "ä", None, "b"]

    def first(m, repeats):
        columns = {"x": floats, "i": [3, None, 1, 2, None, 7, 1], "t": texts, "g": [1, 1, 1, 1, 2, 2, 2]}
        frame = m.LazyFrame({name: values * repeats for name, values in columns.items()})
        frame = frame.with_columns(d=m.col("i").cast(m.Date), e=m.lit(None, m.Int32))
        names = ["x", "i", "t", "d", "e"]
        lists = [m.col(name).sort(descending=descending, nulls_last=nulls_last).head(k) for name in names]
        of_sums = (m.col("i") + m.col("x")).sort(descending=descending, nulls_last=nulls_last).head(k)
        return frame.group_by("g").agg(*lists, s=of_sums, n=lists[1].alias("n").len())

    check(lambda m: first(m, 1), sort=True)
    check(lambda m: first(m, 30_000), sort=True)
