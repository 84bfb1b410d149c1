"""Windows of time over rows, against Polars."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

START = datetime(2021, 12, 16)
ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60)), max_size=20)
CLOSED = st.sampled_from(["left", "right", "both", "none"])


def frame(m, rows):
    rows = sorted(rows, key=lambda row: row[1])
    return m.DataFrame(
        {
            "g": m.Series([row[0] for row in rows], dtype=m.String),
            "t": m.Series([START + timedelta(minutes=10 * row[1]) for row in rows], dtype=m.Datetime("us")),
            "n": m.Series(list(range(len(rows))), dtype=m.Int64),
        }
    )


def computed(m):
    return [m.col("n"), m.col("n").sum().alias("s"), m.len(), m.col("n").head(1).alias("h"), (m.col("n") * 2).max().alias("x")]


@settings(max_examples=120, deadline=None)
@given(
    rows=ROWS,
    every=st.sampled_from(["20m", "1h", "3h"]),
    period=st.sampled_from([None, "10m", "90m", "4h"]),
    offset=st.sampled_from([None, "15m", "-5m"]),
    closed=CLOSED,
    label=st.sampled_from(["left", "right", "datapoint"]),
    boundaries=st.booleans(),
    grouped=st.booleans(),
)
def test_windows_at_distances(rows, every, period, offset, closed, label, boundaries, grouped):
    options = {"every": every, "period": period, "offset": offset, "closed": closed, "label": label}
    options |= {"include_boundaries": boundaries, "group_by": "g" if grouped else None}
    check(lambda m: frame(m, rows).group_by_dynamic("t", **options).agg(*computed(m)), sort=grouped)
    check(lambda m: frame(m, rows).lazy().group_by_dynamic("t", **options).agg(*computed(m)), sort=grouped)


@settings(max_examples=80, deadline=None)
@given(
    rows=ROWS,
    period=st.sampled_from(["10m", "1h", "4h"]),
    offset=st.sampled_from([None, "0h", "15m", "-2h"]),
    closed=CLOSED,
    grouped=st.booleans(),
)
def test_windows_of_rows(rows, period, offset, closed, grouped):
    options = {"period": period, "offset": offset, "closed": closed, "group_by": ["g"] if grouped else None}
    check(lambda m: frame(m, rows).rolling("t", **options).agg(*computed(m)), sort=grouped)


@pytest.mark.parametrize("start_by", ["window", "datapoint", "monday", "thursday", "sunday"])
def test_starts(start_by):
    every = "1h" if start_by in ("window", "datapoint") else "1w"
    rows = [("a", k) for k in (1, 5, 9, 30)]
    check(
        lambda m: frame(m, rows)
        .group_by_dynamic("t", every=every, start_by=start_by, include_boundaries=True)
        .agg(m.col("n"))
    )


def test_integers_and_dates():
    for dtype in ("Int32", "Int64"):

        def integers(m, dtype=dtype):
            places = m.Series("i", [4, 5, 6, 7, 9, 15], dtype=getattr(m, dtype))
            return m.DataFrame([places, m.Series("v", list(range(6)))])

        check(lambda m, f=integers: f(m).group_by_dynamic("i", every="2i", include_boundaries=True).agg(m.col("v")))
        check(lambda m, f=integers: f(m).group_by_dynamic("i", every="2i", period="3i", closed="right").agg(m.col("v")))
        check(lambda m, f=integers: f(m).rolling("i", period="3i").agg(m.col("v").max()))
        check(lambda m, f=integers: f(m).group_by_dynamic("i", every="2d").agg(m.col("v")))
    days = {"d": [date(2020, 1, 1), date(2020, 1, 31), date(2020, 2, 3)], "v": [1, 2, 3]}
    for every in ("1mo", "12h", "1w", "1y", "1q", "3d"):
        check(lambda m, e=every: m.DataFrame(days).group_by_dynamic("d", every=e, include_boundaries=True).agg("v"))
        check(lambda m, e=every: m.DataFrame(days).rolling("d", period=e).agg("v"))
    check(lambda m: m.DataFrame(days).group_by_dynamic(m.col("d").alias("q"), every="1mo").agg("v"))
    check(lambda m: m.DataFrame(days).group_by_dynamic("d", every=timedelta(days=7)).agg("v"))


def test_local_time():
    def program(m):
        hours = m.datetime_range(datetime(2024, 3, 30), datetime(2024, 4, 1), "6h", time_zone="Europe/Paris", eager=True)
        local = m.DataFrame([hours.alias("t"), m.Series("v", list(range(len(hours))))])
        return local.group_by_dynamic("t", every="1d", include_boundaries=True).agg(m.col("v"))

    check(program)


def test_what_is_refused():
    days = {"d": [date(2020, 1, 1), date(2020, 1, 31)], "v": [1, 2]}
    for options in ({"every": "-1mo"}, {"every": "1mo", "closed": "up"}, {"every": "1mo", "label": "up"}):
        with pytest.raises(Exception, match=r"every|closed|label"):
            hs.DataFrame(days).group_by_dynamic("d", **options).agg("v")
    check(lambda m: m.DataFrame(days).reverse().group_by_dynamic("d", every="1mo").agg("v"))
    check(lambda m: m.DataFrame(days).reverse().rolling("d", period="1mo").agg("v"))
    check(lambda m: m.DataFrame(days | {"d": [None, date(2020, 1, 1)]}).group_by_dynamic("d", every="1mo").agg("v"))
    with pytest.raises(hs.exceptions.ColumnNotFoundError, match="zz"):
        hs.DataFrame(days).group_by_dynamic("zz", every="1mo").agg("v")
    with pytest.raises(hs.exceptions.ComputeError, match="longer than 0"):
        hs.DataFrame(days).group_by_dynamic("d", every="0d").agg("v")


def test_having_and_frames_of_windows():
    rows = [("a", k) for k in (0, 1, 2, 7, 20)]
    check(lambda m: frame(m, rows).group_by_dynamic("t", every="1h").having(m.len() > 1).agg("n"))
    check(lambda m: [f for _, f in frame(m, rows).group_by_dynamic("t", every="1h")])
    check(lambda m: [key for key, _ in frame(m, rows).rolling("t", period="1h", group_by="g")])
    wanted = frame(hs, rows).group_by_dynamic("t", every="1h").map_groups(lambda f: f.head(1))
    assert wanted["n"].to_list() == [0, 3, 4]
    lazy = frame(hs, rows).lazy().group_by_dynamic("t", every="1h").map_groups(lambda f: f.head(1), schema=None)
    assert lazy.collect()["n"].to_list() == [0, 3, 4]


def test_no_rows():
    check(lambda m: frame(m, []).group_by_dynamic("t", every="1h").agg(*computed(m)))
    check(lambda m: frame(m, []).rolling("t", period="1h", group_by="g").agg(*computed(m)))
    check(lambda m: frame(m, [("a", 1)]).rolling("t", period="1h", group_by="g").agg())


def test_upsample():
    months = [date(2021, 2, 1), date(2021, 4, 1), date(2021, 5, 1), date(2021, 6, 1)]
    rows = {"t": months, "g": ["A", "B", "A", "B"], "v": [0, 1, 2, 3]}
    check(lambda m: m.DataFrame(rows).upsample("t", every="1mo"))
    check(lambda m: m.DataFrame(rows).upsample("t", every="1mo", group_by="g", maintain_order=True))
    check(lambda m: m.DataFrame(rows).select("v", "t", "g").upsample("t", every="1mo", group_by=["g"]), sort=True)
    check(lambda m: m.DataFrame(rows).with_columns(m.col("t").cast(m.Datetime("ms"))).upsample("t", every="20d"))
    check(lambda m: m.DataFrame(rows).upsample("v", every="2i"))
    check(lambda m: m.DataFrame(rows).reverse().upsample("t", every="1mo"))
    with pytest.raises(hs.exceptions.ColumnNotFoundError, match="zz"):
        hs.DataFrame(rows).upsample("zz", every="1mo")
    check(lambda m: m.DataFrame(rows).head(0).upsample("t", every="1mo"))
    check(lambda m: m.DataFrame(rows | {"t": sorted(months[:2] * 2)}).upsample("t", every="1mo"))
