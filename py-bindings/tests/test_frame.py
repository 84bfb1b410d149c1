"""Frames and queries: rows, columns, groups, joins, order."""

from __future__ import annotations

import inspect
import pickle
import time
from typing import Any

import hypostyle as hs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import TYPES, check, types


def frame(m):
    return m.DataFrame(
        {
            "k": ["a", "b", "a", None, "b", "a"],
            "g": [1, 1, 2, 2, 1, 1],
            "v": [5, 3, None, 1, 2, 4],
            "f": [1.5, float("nan"), 2.5, -0.0, None, 0.0],
            "b": [True, False, None, True, True, False],
        }
    )


PROGRAMS = {
    "product": lambda m, d: d.product(),
    "is_sorted": lambda m, d: [d.is_sorted("v"), d.sort("k", "v").is_sorted("k", "v"), d[:1].is_sorted("f")],
    "is_sorted_descending": lambda m, d: d.sort("g", "v", descending=[True, False]).is_sorted(
        ["g", "v"], descending=[True, False]
    ),
    "set_sorted": lambda m, d: d.set_sorted("v"),
    "merge_sorted": lambda m, d: d.sort("v", nulls_last=False).merge_sorted(d.sort("v").tail(3), "v")["v"],
    "lazy_clear": lambda m, d: [d.lazy().clear().collect(), d.lazy().clear(2).collect()],
    "getitem_name": lambda m, d: d["v"],
    "getitem_names": lambda m, d: d[["v", "k"]],
    "getitem_row": lambda m, d: d[1],
    "getitem_negative": lambda m, d: d[-1],
    "getitem_oob": lambda m, d: d[17],
    "getitem_slice": lambda m, d: d[1:4],
    "getitem_step": lambda m, d: d[::2],
    "getitem_reverse": lambda m, d: d[::-1],
    "getitem_rows": lambda m, d: d[[0, 2, -1]],
    "getitem_cell": lambda m, d: d[1, "v"],
    "getitem_cell_index": lambda m, d: d[1, 2],
    "getitem_column_slice": lambda m, d: d[:, 1:3],
    "getitem_column_name_slice": lambda m, d: d[:, "g":"f"],
    "getitem_rows_columns": lambda m, d: d[0:2, ["k", "v"]],
    "getitem_rows_column": lambda m, d: d[[0, 1], "v"],
    "getitem_all_one": lambda m, d: d[:, "v"],
    "getitem_missing": lambda m, d: d["nope"],
    "series_getitem": lambda m, d: d["v"][0],
    "series_slice": lambda m, d: d["v"][1:3],
    "series_oob": lambda m, d: d["v"][99],
    "item": lambda m, d: d.item(0, "v"),
    "item_bad": lambda m, d: d.item(),
    "row": lambda m, d: d.row(1),
    "row_named": lambda m, d: d.row(1, named=True),
    "row_predicate": lambda m, d: d.row(by_predicate=m.col("v") == 5),
    "row_none": lambda m, d: d.row(by_predicate=m.col("v") == 77),
    "row_many": lambda m, d: d.row(by_predicate=m.col("g") == 1),
    "row_oob": lambda m, d: d.row(77),
    "rows": lambda m, d: d.rows(),
    "rows_named": lambda m, d: d.rows(named=True),
    "iter_rows": lambda m, d: list(d.iter_rows(buffer_size=2)),
    "rows_by_key": lambda m, d: dict(d.select("k", "v").rows_by_key("k")),
    "to_dicts": lambda m, d: d.to_dicts(),
    "to_dict": lambda m, d: d.to_dict(as_series=False),
    "shape": lambda m, d: [d.shape, d.height, d.width, d.columns, len(d)],
    "schema": lambda m, d: {k: repr(v) for k, v in d.schema.items()},
    "select": lambda m, d: d.select("k", m.col("v") * 2, z=m.col("f")),
    "select_list": lambda m, d: d.select(["k", "v"]),
    "select_none": lambda m, d: d.select([]),
    "select_duplicate": lambda m, d: d.select("k", "k"),
    "select_scalar": lambda m, d: d.select("k", m.col("v").sum()),
    "select_scalars": lambda m, d: d.select(m.col("v").sum(), m.col("f").max()),
    "select_lengths": lambda m, d: d.select(m.col("v").head(2), m.col("g")),
    "with_columns": lambda m, d: d.with_columns(m.col("v") + 1, s=m.col("v").sum()),
    "with_columns_series": lambda m, d: d.with_columns(m.Series("n", [1, 2, 3, 4, 5, 6])),
    "with_columns_short": lambda m, d: d.with_columns(m.Series("n", [1, 2])),
    "filter": lambda m, d: d.filter(m.col("v") > 2),
    "filter_two": lambda m, d: d.filter(m.col("v") > 2, m.col("g") == 1),
    "filter_named": lambda m, d: d.filter(g=1, k="a"),
    "filter_mask": lambda m, d: d.filter([True, False, True, False, True, False]),
    "filter_number": lambda m, d: d.filter(m.col("v")),
    "filter_null": lambda m, d: d.filter(m.col("b")),
    "remove": lambda m, d: d.remove(m.col("v") > 2),
    "drop": lambda m, d: d.drop("k", "v"),
    "drop_list": lambda m, d: d.drop(["k", "v"]),
    "drop_missing": lambda m, d: d.drop("nope"),
    "drop_missing_lax": lambda m, d: d.drop("nope", strict=False),
    "rename": lambda m, d: d.rename({"k": "key"}),
    "rename_function": lambda m, d: d.rename(str.upper),
    "rename_missing": lambda m, d: d.rename({"nope": "x"}),
    "rename_clash": lambda m, d: d.rename({"k": "v"}),
    "cast": lambda m, d: d.cast({"v": m.Int8, "g": m.Float32}),
    "cast_all": lambda m, d: d.select("g", "v").cast(m.String),
    "cast_dtype": lambda m, d: d.cast({m.Int64: m.Int32}),
    "head": lambda m, d: d.head(2),
    "head_negative": lambda m, d: d.head(-2),
    "tail": lambda m, d: d.tail(2),
    "tail_negative": lambda m, d: d.tail(-2),
    "slice": lambda m, d: d.slice(1, 2),
    "slice_negative": lambda m, d: d.slice(-3, 2),
    "lazy_slices": lambda m, d: d.lazy().slice(1, 3).tail(2),
    "reverse": lambda m, d: d.reverse(),
    "shift": lambda m, d: d.shift(1),
    "gather_every": lambda m, d: d.gather_every(2, 1),
    "row_index": lambda m, d: d.with_row_index("i", 10),
    "sort": lambda m, d: d.sort("v"),
    "sort_descending": lambda m, d: d.sort("v", descending=True),
    "sort_nulls_last": lambda m, d: d.sort("v", nulls_last=True),
    "sort_two": lambda m, d: d.sort("k", "v", descending=[True, False]),
    "sort_float": lambda m, d: d.sort("f", maintain_order=True),
    "sort_expr": lambda m, d: d.sort(m.col("v") * -1),
    "sort_missing": lambda m, d: d.sort("nope"),
    "top_k": lambda m, d: d.top_k(2, by="v"),
    "bottom_k": lambda m, d: d.bottom_k(2, by="v"),
    "unique_first": lambda m, d: d.unique("k", keep="first", maintain_order=True),
    "unique_last": lambda m, d: d.unique("k", keep="last", maintain_order=True),
    "unique_none": lambda m, d: d.unique("k", keep="none", maintain_order=True),
    "drop_nulls": lambda m, d: d.drop_nulls(),
    "drop_nulls_some": lambda m, d: d.drop_nulls("v"),
    "drop_nans": lambda m, d: d.drop_nans(),
    "fill_null": lambda m, d: d.fill_null(0),
    "fill_null_text": lambda m, d: d.fill_null("z"),
    "fill_null_strategy": lambda m, d: d.fill_null(strategy="forward"),
    "fill_nan": lambda m, d: d.fill_nan(9.0),
    "null_count": lambda m, d: d.null_count(),
    "sum": lambda m, d: d.select("g", "v", "f", "b").sum(),
    "mean": lambda m, d: d.select("g", "v", "f", "b").mean(),
    "min": lambda m, d: d.select("g", "v", "f", "k").min(),
    "max": lambda m, d: d.select("g", "v", "f", "k").max(),
    "median": lambda m, d: d.select("g", "v").median(),
    "std": lambda m, d: d.select("g", "v").std(),
    "quantile": lambda m, d: d.select("g", "v").quantile(0.4),
    "count": lambda m, d: d.count(),
    "n_unique": lambda m, d: d.n_unique(),
    "is_unique": lambda m, d: d.select("k", "g").is_unique(),
    "is_duplicated": lambda m, d: d.select("k", "g").is_duplicated(),
    "describe": lambda m, d: d.select("g", "v", "k").describe(),
    "explode": lambda m, d: m.DataFrame({"a": [1, 2, 3], "l": [[1, 2], None, [3]]}).explode("l"),
    "explode_number": lambda m, d: d.explode("v"),
    "unnest": lambda m, d: m.DataFrame({"s": [{"x": 1, "y": "a"}, None], "z": [1, 2]}).unnest("s"),
    "unpivot": lambda m, d: m.DataFrame({"i": [1, 2], "x": [3, 4], "y": [5, 6]}).unpivot(["x", "y"], index="i"),
    "transpose": lambda m, d: m.DataFrame({"x": [1, 2], "y": [3, 4]}).transpose(include_header=True),
    "pivot": lambda m, d: d.filter(m.col("k").is_not_null()).pivot(
        "k", index="g", values="v", aggregate_function="sum"
    ),
    "to_dummies": lambda m, d: m.DataFrame({"x": ["a", "b", "a"], "n": [1, 2, 3]}).to_dummies("x"),
    "hstack": lambda m, d: d.hstack([m.Series("n", range(6))]),
    "vstack": lambda m, d: d.vstack(d),
    "vstack_names": lambda m, d: d.vstack(d.rename({"k": "z"})),
    "to_series": lambda m, d: d.to_series(1),
    "to_struct": lambda m, d: d.select("k", "g").to_struct("s"),
    "sum_horizontal": lambda m, d: d.select("g", "v").sum_horizontal(),
    "max_horizontal": lambda m, d: d.select("g", "v").max_horizontal(),
    "glimpse": lambda m, d: d.glimpse(return_type="string"),
    "equals": lambda m, d: [d.equals(d), d.equals(d.head(2))],
    "operators": lambda m, d: d.select("g", "v") * 2,
    "partition_by": lambda m, d: d.partition_by("g"),
    "bool": lambda m, d: bool(d),
    "bool_series": lambda m, d: bool(d["v"]),
    "bool_expr": lambda m, d: bool(m.col("v") > 1),
    "concat": lambda m, d: m.concat([d, d]),
    "concat_relaxed": lambda m, d: m.concat([d, d.cast({"v": m.Float64})], how="vertical_relaxed"),
    "concat_types": lambda m, d: m.concat([d, d.cast({"v": m.Float64})]),
    "concat_diagonal": lambda m, d: m.concat([d.select("k", "v"), d.select("v", "g")], how="diagonal"),
    "concat_horizontal": lambda m, d: m.concat([d.select("k"), d.select("v")], how="horizontal"),
    "concat_heights": lambda m, d: m.concat([d.select("k"), d.select("v").head(2)], how="horizontal"),
    "concat_series": lambda m, d: m.concat([d["v"], d["g"]]),
    "concat_nothing": lambda m, d: m.concat([]),
    "string_method_on_number": lambda m, d: d.select(m.col("v").str.to_uppercase()),
    "series_arithmetic": lambda m, d: d["v"] + d["g"],
    "series_compare": lambda m, d: d["v"] == 5,
    "series_text": lambda m, d: d["k"].str.to_uppercase(),
    "series_filter": lambda m, d: d["v"].filter(d["g"] == 1),
    "series_statistics": lambda m, d: [d["v"].sum(), d["v"].mean(), d["v"].max(), d["v"].std(), d["f"].min()],
    "series_unique": lambda m, d: d["g"].unique(maintain_order=True),
    "series_value_counts": lambda m, d: d["g"].value_counts(sort=True),
    "series_cast": lambda m, d: d["g"].cast(m.Int8),
    "series_cast_fails": lambda m, d: d["k"].cast(m.Int8),
    "series_is_in": lambda m, d: d["k"].is_in(["a"]),
    "series_contains": lambda m, d: ["a" in d["k"], "z" in d["k"]],
    "series_append": lambda m, d: d["g"].clone().append(d["g"]),
    "series_sort": lambda m, d: d["v"].sort(descending=True),
    "series_zip": lambda m, d: d["v"].zip_with(d["g"] == 1, d["g"]),
    "date_range_of_expressions": lambda m, d: m.date_range(m.date(2020, 1, 1), m.date(2020, 1, 3), eager=True),
    "window_of_another_length": lambda m, d: m.DataFrame({"a": [1, 2, 2]}).select(
        m.col("a").filter(m.col("a") > 1).over("a")
    ),
    "date_range": lambda m, d: m.date_range(
        __import__("datetime").date(2020, 1, 30), __import__("datetime").date(2020, 2, 2), eager=True
    ),
    "date_range_months": lambda m, d: m.date_range(
        __import__("datetime").date(2020, 1, 31), __import__("datetime").date(2020, 5, 1), "1mo", eager=True
    ),
    "int_range": lambda m, d: m.int_range(1, 10, 3, eager=True),
    "ones": lambda m, d: m.ones(3, eager=True),
    "repeat": lambda m, d: m.repeat(5, 3, eager=True),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    check(lambda m: PROGRAMS[name](m, frame(m)))


AGGREGATES = [
    lambda m: m.col("v").sum(),
    lambda m: m.col("v").mean(),
    lambda m: m.col("v").min(),
    lambda m: m.col("f").max(),
    lambda m: m.col("v").count(),
    lambda m: m.len(),
    lambda m: m.col("v").first(),
    lambda m: m.col("v").last(),
    lambda m: m.col("v").n_unique(),
    lambda m: m.col("v").null_count(),
    lambda m: m.col("v").std(),
    lambda m: m.col("v").var(0),
    lambda m: m.col("v").median(),
    lambda m: m.col("v").quantile(0.5),
    lambda m: m.col("v"),
    lambda m: m.col("v") * 2,
    lambda m: m.col("v").sort(),
    lambda m: m.col("v").head(1),
    lambda m: m.col("v").filter(m.col("f") > 0).sum(),
    lambda m: (m.col("v") * m.col("f")).sum(),
    lambda m: m.col("v").sum() / m.col("g").sum(),
    lambda m: m.col("b").any(),
    lambda m: m.col("b").all(),
    lambda m: m.col("v").product(),
    lambda m: m.col("v").arg_max(),
    lambda m: m.col("v").sort_by("f").first(),
    lambda m: m.corr("v", "g"),
    lambda m: m.col("v").max() - m.col("v").min(),
    lambda m: m.when(m.col("v").sum() > 5).then(1).otherwise(0),
    lambda m: m.col("v", "g2").sum(),
]


@pytest.mark.parametrize("number", range(len(AGGREGATES)))
@pytest.mark.parametrize("keys", [["k"], ["g"], ["k", "g"], ["b"], ["f"]], ids=str)
def test_group_by(number, keys):
    def program(m):
        d = frame(m).with_columns(g2=m.col("g"))
        return d.group_by(keys, maintain_order=True).agg(AGGREGATES[number](m))

    check(program)


def test_largest_of_each_group():
    def program(m):
        d = m.DataFrame({"k": [1, 1, 1, 2, 2], "v": [4, 9, 1, 3, 7]})
        grouped = d.group_by("k", maintain_order=True)
        largest = m.col("v").top_k(2).alias("x")
        # Which are the largest is defined, their order is not.
        return [
            [sorted(values) for values in grouped.agg(largest)["x"].to_list()],
            sorted(d.lazy().group_by("k").agg(largest).explode("x").collect().rows()),
            grouped.agg(m.col("v").bottom_k(2).sort()),
            grouped.agg(m.col("v").top_k(2).sum()),
        ]

    check(program)


@pytest.mark.parametrize("rows", [0, 1])
def test_group_by_few_rows(rows):
    check(lambda m: frame(m).head(rows).group_by("k").agg(m.col("v").sum(), m.len(), x=m.col("f").mean()))


METHODS = ["sum", "mean", "min", "max", "first", "last", "n_unique", "median", "len", "all"]


@pytest.mark.parametrize("method", METHODS)
def test_group_by_methods(method):
    check(lambda m: getattr(frame(m).select("g", "v", "f").group_by("g", maintain_order=True), method)())


def test_groups():
    check(lambda m: [(key, group) for key, group in frame(m).group_by("k", maintain_order=True)])
    check(lambda m: frame(m).group_by(m.col("v") % 2, maintain_order=True).agg(m.len()))
    check(lambda m: frame(m).group_by("g", maintain_order=True).head(1))
    check(lambda m: frame(m).group_by("g", x=m.col("v") > 2, maintain_order=True).agg(m.len()))
    check(lambda m: frame(m).group_by("nope").agg(m.len()))


@pytest.mark.parametrize("how", ["inner", "left", "right", "full", "semi", "anti"])
@pytest.mark.parametrize("nulls_equal", [False, True])
@pytest.mark.parametrize("coalesce", [None, True, False])
def test_joins(how, nulls_equal, coalesce):
    def program(m):
        left = m.DataFrame({"k": ["a", "b", "a", None, "z"], "n": [1, 2, 1, 4, 5], "v": [1, 2, 3, 4, 5]})
        right = m.DataFrame({"k": ["a", "b", "b", None, "q"], "n": [1, 2, 3, 4, 9], "w": [10, 20, 30, 40, 50]})
        results = [left.join(right, on="k", how=how, nulls_equal=nulls_equal, coalesce=coalesce)]
        results.append(left.join(right, on=["k", "n"], how=how, nulls_equal=nulls_equal, coalesce=coalesce))
        results.append(left.join(right, left_on="n", right_on="n", how=how, coalesce=coalesce, suffix="_x"))
        return results

    check(program, sort=True)


JOINS = {
    "cross": lambda m, a, b: a.join(b, how="cross"),
    "types": lambda m, a, b: a.join(b, left_on="k", right_on="w"),
    "integers": lambda m, a, b: a.cast({"v": m.Int8}).join(b, left_on="v", right_on="w"),
    "missing": lambda m, a, b: a.join(b, on="nope"),
    "no_keys": lambda m, a, b: a.join(b),
    "validate": lambda m, a, b: a.join(b, on="k", validate="1:1"),
    "validate_ok": lambda m, a, b: a.join(b.unique("k"), on="k", validate="m:1"),
    "clash": lambda m, a, b: a.rename({"v": "w_right"}).with_columns(w=1).join(b, on="k"),
    "how": lambda m, a, b: a.join(b, on="k", how="sideways"),
    "expressions": lambda m, a, b: a.join(b, left_on=m.col("v") * 10, right_on="w"),
    "left_order": lambda m, a, b: a.join(b, on="k", how="left", maintain_order="left"),
    "empty": lambda m, a, b: a.head(0).join(b, on="k"),
    "empty_right": lambda m, a, b: a.join(b.head(0), on="k", how="left"),
}


@pytest.mark.parametrize("name", JOINS)
def test_join_cases(name):
    def program(m):
        left = m.DataFrame({"k": ["a", "b", "a", None], "v": [1, 2, 3, 4]})
        right = m.DataFrame({"k": ["a", "b", "b"], "w": [10, 20, 30]})
        return JOINS[name](m, left, right)

    check(program, sort=True)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_goes_through_sort_filter_and_slices(name):
    def program(m):
        d = types(m)[name].to_frame().with_columns(n=m.Series([3, 1, 2, 5, 4]))
        sorted_ = d.sort("n")
        return [sorted_, d.filter(m.col("n") > 1), d[[3, 0]], d.lazy().head(2).collect(), m.concat([d, d])]

    check(program)


@pytest.mark.parametrize("name", [n for n in TYPES if n not in ("Null", "List", "ListString", "Struct")])
def test_every_type_is_a_key(name):
    def program(m):
        d = types(m)[name].to_frame().with_columns(n=m.Series([3, 1, 2, 5, 4]))
        grouped = d.group_by(name).agg(m.col("n").sum())
        return [grouped, d.unique(name).select(name), d.join(d.unique(name, keep="first"), on=name)]

    check(program, sort=True)


rows_of = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.one_of(st.none(), st.integers(-5, 5)),
        st.one_of(st.none(), st.floats(allow_nan=True, width=32)),
    ),
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(rows_of, rows_of)
def test_random_programs(left, right):
    def program(m):
        schema = {"k": m.String, "i": m.Int64, "f": m.Float64}
        a = m.DataFrame(left, schema=schema, orient="row")
        b = m.DataFrame(right, schema=schema, orient="row")
        joined = a.lazy().join(b.lazy(), on=["k", "i"], how="left").filter(m.col("i") > -3)
        grouped = joined.group_by("k").agg(m.len(), m.col("i").sum(), m.col("f").min(), m.col("f_right").max())
        return [
            grouped.collect(),
            a.lazy().group_by("i").agg(m.col("f").count(), m.col("k").n_unique()).collect(),
            a.lazy().unique(["k", "i"]).select("k", "i").collect(),
            a.lazy().filter((m.col("f") > 0) | m.col("k").is_null()).select(m.col("i") + 1, "k").collect(),
        ]

    check(program, sort=True, tol=1e-9)


@settings(max_examples=100, deadline=None)
@given(rows_of)
def test_random_sorts(rows):
    def program(m):
        a = m.DataFrame(rows, schema={"k": m.String, "i": m.Int64, "f": m.Float64}, orient="row")
        stable = a.sort("k", "i", descending=[True, False], nulls_last=[False, True], maintain_order=True)
        return [stable, a.sort("f", maintain_order=True), a.sort("f", "k", "i", descending=True, nulls_last=True)["f"]]

    check(program)


def test_pickle():
    for name in TYPES:
        series = types(hs)[name]
        assert pickle.loads(pickle.dumps(series)).equals(series, check_dtypes=True, check_names=True)
    frame_ = hs.DataFrame(list(types(hs).values()))
    assert pickle.loads(pickle.dumps(frame_)).equals(frame_)
    expr = (hs.col("a") + 1).alias("b")
    assert pickle.loads(pickle.dumps(expr)).meta.eq(expr)


def test_numpy_functions():
    import numpy as np

    check(lambda m: np.exp(m.Series("a", [0.0, 1.0])))
    check(lambda m: m.DataFrame({"a": [4.0]}).select(np.sqrt(m.col("a"))))
    array = hs.Series([1, 2, 3]).to_numpy()
    assert array.dtype == np.int64 and not array.flags.writeable and array.tolist() == [1, 2, 3]
    assert hs.Series([1, None]).to_numpy().dtype == np.float64
    assert hs.DataFrame({"a": [1, 2], "b": [1.5, 2.5]}).to_numpy().tolist() == [[1.0, 1.5], [2.0, 2.5]]


def test_large_frames_run_as_queries():
    n = 200_000

    def program(m):
        d = m.DataFrame({"a": range(n), "k": [i % 7 for i in range(n)]})
        return [
            d["a"].sum(),
            (d["a"] * 2).max(),
            d.filter(m.col("a") % 1000 == 3)["a"],
            d.group_by("k").agg(m.col("a").sum()).sort("k"),
            d.sort("k", "a", descending=True).head(3),
        ]

    check(program)


def test_explain_tells_what_rules_changed_and_what_operators_did():
    query = hs.LazyFrame({"a": [1, 2, 3]}).with_columns(b=hs.col("a") + 1).filter(hs.col("a") > 1)
    steps = query.explain(steps=True)
    assert steps.startswith("logical plan")
    assert "after predicate_pushdown" in steps
    lines = query.explain(analyze=True).splitlines()
    start = next(number for number, line in enumerate(lines) if line.split() == ["rows", "ms", "operator"])
    assert lines[:start - 1] == query.explain().splitlines()
    rows = {line.split()[2]: int(line.split()[0]) for line in lines[start + 1 :]}
    assert rows["FILTER"] == 2


def test_rows_side_by_side() -> None:
    def data(m: Any) -> Any:
        return m.DataFrame({"a": list(range(11)), "b": [None, *"abcdefghij"]})

    for step in (1, 2, 3, 11, 20):
        for how in ("vertical", "horizontal"):
            check(lambda m: data(m).unstack(step=step, how=how))
    check(lambda m: data(m).unstack(step=4, columns="a", fill_values=[-1]))
    check(lambda m: data(m).unstack(step=4, fill_values=[0, "x"]))


def test_frames_as_text_and_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    def data(m: Any) -> Any:
        return m.DataFrame({"a": [1.5, 2.5, 4.0], "b": [3, 1, 2]})

    check(lambda m: data(m).corr())
    check(lambda m: data(m).corr(label="of"))
    check(lambda m: data(m).gather([2, 0]))
    check(lambda m: data(m).lazy().gather(-1).collect())
    check(lambda m: m.DataFrame({"a": [1.0, None, 3.0], "b": [1, None, 2]}).interpolate())
    for column in ([1.5, None], ["x", None], [True, None], [[1], None]):
        check(lambda m: m.Series("a", column).describe())
    frames = [data(m).with_columns(c=m.lit("x").cast(m.Enum(["x", "y"])), d=m.concat_str("a", "b")) for m in (hs, pl)]
    assert frames[0].to_init_repr(2) == frames[1].to_init_repr(2)
    code = frames[0].to_init_repr()
    assert eval(code, {"pl": hs}).equals(frames[0])
    stacked = data(hs).vstack(data(hs))["a"]
    assert [chunk.to_list() for chunk in stacked.get_chunks()] == [[1.5, 2.5, 4.0]] * 2
    data(hs).lazy().show(1)
    assert "shape: (1, 2)" in capsys.readouterr().out


def test_queries_that_are_waited_for() -> None:
    import asyncio

    query = hs.LazyFrame({"a": [1, 2, 3]}).select(hs.col("a").sum())

    async def run() -> list[Any]:
        one, several = await asyncio.gather(query.collect_async(), hs.collect_all_async([query, query]))
        return [one.item(), *(frame.item() for frame in several)]

    assert asyncio.run(run()) == [6, 6, 6]
    with pytest.raises(TypeError, match="QueryOptFlags"):
        asyncio.run(query.collect_async(optimizations=1))

    async def cancelled() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(query.map_batches(lambda f: time.sleep(0.3) or f).collect_async(), 0.01)
        await asyncio.sleep(0.5)

    asyncio.run(cancelled())
    with pytest.raises(ZeroDivisionError):
        asyncio.run(_failing(query))


async def _failing(query: Any) -> Any:
    def fail(frame: Any) -> Any:
        raise ZeroDivisionError

    return await query.map_batches(fail).collect_async()


def test_optimizations_can_be_switched_off() -> None:
    df = hs.DataFrame({"k": [1, 2, 1], "v": [3, 1, 2]})
    query = df.lazy().with_columns(w=hs.col("v") * 2).filter(hs.col("k") == 1).sort("v").select(hs.col("w").sum())
    expected = query.collect()
    flags = hs.QueryOptFlags()
    names = list(vars(flags))
    assert names == list(inspect.signature(pl.QueryOptFlags).parameters)
    for name in names:
        off = hs.QueryOptFlags(**{name: False})
        assert query.collect(optimizations=off).equals(expected)
    assert "SORT" in query.explain(optimizations=hs.QueryOptFlags(check_order_observe=False))
    assert query.collect(optimizations=hs.QueryOptFlags.none()).equals(expected)
    assert query.explain(optimizations=hs.QueryOptFlags.none()).count("SELECT") >= 1
    assert repr(hs.QueryOptFlags.none(join_order=True)).count("True") == 1
    off = hs.QueryOptFlags.none()
    for refused in (
        lambda: hs.collect_all([query], optimizations=off),
        lambda: query.explain(analyze=True, optimizations=off),
        lambda: query.explain(physical=True, optimizations=off),
    ):
        with pytest.raises(hs.exceptions.InvalidOperationError, match="optimizations"):
            refused()
    hs.collect_all([query], optimizations=hs.QueryOptFlags())
    with pytest.raises(TypeError, match="'speed'"):
        hs.QueryOptFlags(speed=True)
