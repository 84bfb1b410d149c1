"""`testing.parametric`: what its strategies make is what was asked for, and `assert_schema_equal`."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import hypostyle as hs
import polars as pl
import polars.testing.parametric as theirs
import pytest
from hypostyle.testing import assert_schema_equal, parametric
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from oracle import check

PLAIN = "Int8 Int16 Int32 Int64 Int128 UInt8 UInt16 UInt32 UInt64 UInt128 Float16 Float32 Float64".split()
OTHERS = "Boolean String Binary Date Time Null Datetime Duration Categorical Decimal Enum List Array Struct".split()
few = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
#: For examples that have to be found, and need not be small.
many = settings(few, max_examples=200, phases=[Phase.generate])


@pytest.mark.parametrize("name", parametric.__all__)
def test_signatures_are_those_of_polars(name):
    ours, others = (inspect.signature(getattr(m, name)).parameters.values() for m in (parametric, theirs))
    assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in others]


@pytest.mark.parametrize("name", PLAIN + OTHERS)
def test_series_of_every_type(name):
    dtype = getattr(hs, name)

    @few
    @given(parametric.series(name="q", dtype=dtype, min_size=1, max_size=4))
    def holds(s):
        assert s.name == "q" and s.dtype == dtype and 1 <= len(s) <= 4
        # What was made is what Arrow takes to Polars.
        assert pl.Series("q", s).len() == len(s)

    holds()
    if name != "Null":
        find(parametric.series(dtype=dtype, min_size=2), lambda s: s.null_count() == 1, settings=many)
    find(parametric.series(dtype=dtype, min_size=2), lambda s: s.n_chunks() == 2, settings=many)
    one = parametric.series(dtype=dtype, min_size=2, allow_null=False, allow_chunks=False)

    @few
    @given(one)
    def full(s):
        assert s.n_chunks() == 1 and (name == "Null" or not s.null_count())

    full()


@few
@given(parametric.dtypes(), parametric.dtypes(excluded_dtypes=[hs.List, hs.Struct, hs.Array, hs.Null], nesting_level=1))
def test_types_can_be_columns(dtype, flat):
    assert hs.Series("a", [None], dtype=dtype).dtype == dtype
    assert not flat.is_nested() and flat != hs.Null


def test_types_are_among_those_allowed():
    kinds = [hs.Datetime, hs.Int8, hs.List(hs.Int16)]

    @few
    @given(parametric.dtypes(allowed_dtypes=kinds, allow_time_zones=False))
    def holds(dtype):
        assert dtype in (hs.Datetime, hs.Int8, hs.List(hs.Int16))
        assert getattr(dtype, "time_zone", None) is None

    holds()
    find(parametric.dtypes(allowed_dtypes=kinds), lambda d: getattr(d, "time_zone", None) is not None, settings=many)
    find(parametric.dtypes(), lambda d: d.is_nested(), settings=many)


@few
@given(
    parametric.dataframes(
        [parametric.column("x", hs.Int8, unique=True), parametric.column(strategy=st.sampled_from(["p", "q"]))],
        include_cols=parametric.column("z", hs.Boolean, allow_null=False),
        min_size=2,
        max_size=3,
        allow_null={"x": False},
    ),
    parametric.dataframes(min_cols=2, max_cols=3, allowed_dtypes=[hs.Int8, hs.String], lazy=True),
    parametric.dataframes(4, allowed_dtypes=hs.Float32, allow_null=False, allow_chunks=False),
)
def test_frames_have_the_columns_asked_for(df, query, floats):
    assert df.columns == ["x", "col1", "z"] and 2 <= df.height <= 3
    assert df["x"].dtype == hs.Int8 and df["x"].n_unique() == df.height and not df["x"].null_count()
    assert set(df["col1"]) <= {"p", "q"} and not df["z"].null_count()
    assert isinstance(query, hs.LazyFrame) and 2 <= query.width <= 3
    assert set(query.collect_schema().dtypes()) <= {hs.Int8(), hs.String()}
    assert floats.width == 4 and set(floats.dtypes) == {hs.Float32()}
    assert floats.n_chunks() == 1 and not sum(floats.null_count().row(0))


def test_frames_have_chunks():
    find(parametric.dataframes(2, min_size=2), lambda df: df.n_chunks() == 2, settings=many)


@few
@given(
    parametric.lists(hs.Int8, min_size=2, max_size=4, unique=True),
    parametric.lists(hs.String, select_from=["a", "b"], min_size=1),
    parametric.lists(hs.List(hs.Int8), allow_null=False, max_size=2),
)
def test_lists(numbers, selected, nested):
    assert 2 <= len(numbers) <= 4 and len(set(numbers)) == len(numbers)
    assert selected and set(selected) <= {"a", "b"}
    assert len(nested) <= 2 and all(isinstance(item, list) for item in nested)


def test_arguments_that_are_not_there_are_named():
    for strategy in (parametric.series, parametric.dataframes):
        for name in ("size", "chunked"):
            with pytest.raises(hs.exceptions.ArgumentRemovedError, match=name):
                strategy(**{name: 1})
        with pytest.raises(TypeError, match="warp"):
            strategy(warp=1)
    with pytest.raises(ValueError, match="'nope'"):
        parametric.set_profile("nope")


def test_profiles():
    code = """
from hypothesis import settings
from hypostyle.testing import parametric as p
print(settings().max_examples)
p.load_profile("balanced"); print(settings().max_examples)
p.load_profile(7, set_environment=True); print(settings().max_examples)
import os; print(os.environ["HYPOSTYLE_HYPOTHESIS_PROFILE"])
"""
    env = {**os.environ, "PYTHONPATH": str(Path(hs.__file__).parents[1]), "HYPOSTYLE_HYPOTHESIS_PROFILE": "expensive"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout.split() == ["10000", "1000", "7", "7"], done.stderr


SCHEMAS = {
    "same": (["a Int64", "b String"], {}),
    "order": (["b String", "a Int64"], {}),
    "any_order": (["b String", "a Int64"], {"check_column_order": False}),
    "type": (["a Int32", "b String"], {}),
    "any_type": (["a Int32", "b String"], {"check_dtypes": False}),
    "less": (["a Int64"], {}),
    "more": (["a Int64", "b String", "c Int8"], {"check_column_order": False}),
    "other": (["a Int64", "c Int8"], {"check_dtypes": False}),
    "none": ([], {}),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_compared_as_in_polars(name):

    other, options = SCHEMAS[name]

    def program(m):
        schema = {n: getattr(m, t) for n, t in map(str.split, other)}
        compare = m.testing.assert_schema_equal
        compare(m.Schema({"a": m.Int64, "b": m.String}), schema, **options)
        return "equal"

    check(program)


def test_schemas_that_differ_are_shown():
    with pytest.raises(AssertionError, match=r"(?s)dtypes do not match.*Int64.*Int32"):
        assert_schema_equal({"a": hs.Int64}, {"a": hs.Int32})
