"""Arguments that functions have for the sake of Polars' signatures: they do the same, or are refused by name."""

from __future__ import annotations

import io

import hypostyle as hs
import pytest
from oracle import check

A, B = [1.5, None, 3.0, 4.0], [2.0, 1.0, None, 9.0]


@pytest.mark.parametrize(
    "program",
    [
        lambda m, a, b: m.corr(a, b, eager=True),
        lambda m, a, b: m.corr(a, b * 2, method="pearson", propagate_nans=False, eager=True),
        lambda m, a, b: m.cov(a, b, eager=True),
        lambda m, a, b: m.cov(a, b, ddof=0, eager=True),
        lambda m, a, b: m.cov(a.clear(), b.clear(), eager=True),
        lambda m, a, b: m.coalesce(a, b, eager=True),
        lambda m, a, b: m.coalesce(a, b, 0.5, eager=True),
        lambda m, a, b: m.DataFrame([a, b]).select(m.implode("a", maintain_order=True)),
        lambda m, a, b: m.DataFrame([a, b]).select(
            m.fold(m.lit(0.0), lambda x, y: x + y, [m.col("a"), m.col("b")], return_dtype=m.Float64).alias("z")
        ),
        lambda m, a, b: m.DataFrame([a, b]).select(
            m.reduce(lambda x, y: x + y, [m.col("a"), m.col("b")], returns_scalar=False, return_dtype=m.Float64).alias(
                "z"
            )
        ),
        lambda m, a, b: m.LazyFrame({"a": [1, 2]}, schema_overrides={"a": m.Int8}),
        lambda m, a, b: m.LazyFrame([[1, 2], [3, 4]], ["x", "y"], orient="row"),
        lambda m, a, b: m.LazyFrame({"a": [1, "x"]}, strict=False),
        lambda m, a, b: m.from_records([[1, 2], [3, 4]], ["x", "y"], orient="row", schema_overrides={"x": m.Int8}),
        lambda m, a, b: a.sort(descending=True, nulls_last=True, multithreaded=False),
        lambda m, a, b: (a.sort(in_place=True), a)[1],
        lambda m, a, b: a.clear().sort(in_place=True),
        lambda m, a, b: [s.is_empty(ignore_nulls=i) for s in (a, a.clear(), a[1:2]) for i in (True, False)],
        lambda m, a, b: a.value_counts(sort=True, parallel=True).height,
        lambda m, a, b: [str(a.to_pandas(use_pyarrow_extension_array=e).dtype) for e in (True, False)],
    ],
)
def test_they_do_the_same(program):
    check(lambda m: program(m, m.Series("a", A), m.Series("b", B)), tol=1e-9)


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (lambda d: d.write_parquet(io.BytesIO(), arrow_schema={}), "arrow_schema"),
        (lambda d: d.write_parquet(io.BytesIO(), encryption=1), "encryption"),
        (lambda d: d.lazy().sink_parquet(io.BytesIO(), encryption=1), "encryption"),
        (lambda d: d.lazy().sink_parquet(io.BytesIO(), sinked_paths_callback=print), "sinked_paths_callback"),
        (lambda d: d.lazy().sink_ipc(io.BytesIO(), sinked_paths_callback=print), "sinked_paths_callback"),
        (lambda d: hs.read_parquet(io.BytesIO(), decryption=1), "decryption"),
        (lambda d: hs.corr("a", "b", propagate_nans=True), "propagate_nans"),
    ],
)
def test_they_are_refused_by_name(program, name):
    with pytest.raises(hs.exceptions.InvalidOperationError, match=f"`{name}"):
        program(hs.DataFrame({"a": [1]}))
