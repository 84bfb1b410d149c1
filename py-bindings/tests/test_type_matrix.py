"""Every data type, with nulls and without, empty, sliced and in many chunks, in and out of every other form."""

from __future__ import annotations

import pickle

import duckdb
import hypostyle as hs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from oracle import TYPES, check, types

FORMS = {
    "whole": lambda m, s: s,
    "without nulls": lambda m, s: s.drop_nulls(),
    "nulls alone": lambda m, s: s.filter(s.is_null()),
    "empty": lambda m, s: s.head(0),
    "sliced": lambda m, s: s.slice(1, 3),
    "chunks": lambda m, s: m.concat([s, s.head(0), s.slice(2, 2), s], rechunk=False),
}

# Where Hypostyle says more: see docs/differences-from-polars.md.
NUMPY = [name for name in TYPES if name not in ("Int128", "UInt128", "Struct")]
PANDAS = [name for name in TYPES if name not in ("Int128", "UInt128")]

every_type = pytest.mark.parametrize("name", TYPES)
every_form = pytest.mark.parametrize("form", FORMS)


def column(m, name, form):
    return FORMS[form](m, types(m)[name])


@every_type
@every_form
def test_values_and_back(name, form):
    check(lambda m: column(m, name, form))
    frame = column(hs, name, form).to_frame()
    assert hs.DataFrame(frame.rows(), schema=frame.schema, orient="row").equals(frame)
    assert hs.DataFrame(frame.to_dicts(), schema=frame.schema).equals(frame)
    assert hs.DataFrame(frame.to_dict(as_series=False), schema=frame.schema).equals(frame)
    assert hs.DataFrame(frame.to_dict()).equals(frame)
    assert pickle.loads(pickle.dumps(frame)).equals(frame)


@every_type
@every_form
def test_one_value(name, form):
    """By index, by iteration and as an item: lists are series."""
    check(lambda m: list(column(m, name, form)))
    check(lambda m: column(m, name, form)[1])
    check(lambda m: column(m, name, form)[:1].item())
    check(lambda m: column(m, name, form).to_frame()[:1].item())
    # Polars gives an empty series for the first cell of no rows, where the type is Null.
    if len(column(hs, name, form)):
        check(lambda m: column(m, name, form).to_frame()[0, name])


@every_type
@every_form
def test_arrow_and_back(name, form):
    series = column(hs, name, form)
    frame = series.to_frame()
    table = pa.table(frame)
    table.validate(full=True)
    assert hs.DataFrame(table).equals(frame)
    assert hs.from_arrow(table.to_batches()[0] if table.num_rows and form != "chunks" else table).equals(frame)
    # An array by itself has no place for what marks sixteen bytes as a number.
    if name != "UInt128":
        assert hs.Series(series.to_arrow()).rename(name).equals(series)
    # NaN differs from itself, and Arrow has no 128-bit integers.
    if name not in ("Float16", "Float32", "Float64", "Int128", "UInt128"):
        assert table.column(0).to_pylist() == pa.table(column(pl, name, form).to_frame()).column(0).to_pylist()


@pytest.mark.parametrize("name", NUMPY)
@every_form
def test_numpy(name, form):
    ours, theirs = column(hs, name, form).to_numpy(), column(pl, name, form).to_numpy()
    assert (ours.dtype, repr(ours)) == (theirs.dtype, repr(theirs))
    for structured in (False, True):
        ours, theirs = (column(m, name, form).to_frame().to_numpy(structured=structured) for m in (hs, pl))
        assert (ours.dtype, repr(ours)) == (theirs.dtype, repr(theirs))


@pytest.mark.parametrize("name", PANDAS)
@every_form
def test_pandas(name, form):
    ours, theirs = column(hs, name, form), column(pl, name, form)
    pd.testing.assert_series_equal(ours.to_pandas(), theirs.to_pandas(), check_categorical=False)
    pd.testing.assert_frame_equal(
        ours.to_frame().to_pandas(), theirs.to_frame().to_pandas(), check_categorical=False
    )
    # Arrow's types in pandas keep everything.
    arrow = ours.to_frame().to_pandas(use_pyarrow_extension_array=True)
    if name not in ("Categorical", "Enum"):
        assert hs.from_pandas(arrow).to_series().equals(ours)
    # Categories of nothing have no type in pandas.
    if name not in ("Categorical", "Enum") or form not in ("empty", "nulls alone"):
        check(lambda m: m.from_pandas(column(m, name, form).to_frame().to_pandas()))


@pytest.mark.parametrize("name", [name for name in TYPES if name not in ("Int128", "Null", "Float16")])
def test_duckdb_reads_what_we_export(name):
    frame = column(hs, name, "chunks").to_frame("x")
    kept, whole = duckdb.sql("select count(x), count(*) from frame").fetchall()[0]
    assert (kept, whole) == (frame.height - frame["x"].null_count(), frame.height)


class OnlyArray:
    """An object with nothing but the interface of one array."""

    def __init__(self, array):
        self._array = array

    def __arrow_c_array__(self, requested_schema=None):
        return self._array.__arrow_c_array__(requested_schema)


class OnlyStream:
    """An object with nothing but the interface of a stream."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


def test_any_object_with_an_arrow_interface():
    batch = pa.record_batch({"a": [1, None], "b": ["x", "y"]})
    rows = [(1, "x"), (None, "y")]
    assert hs.DataFrame(OnlyArray(batch)).rows() == rows
    assert hs.DataFrame(OnlyStream(pa.table(batch))).rows() == rows
    assert hs.from_arrow(OnlyStream(pa.table(batch))).rows() == rows
    assert hs.Series("a", OnlyArray(batch["a"])).to_list() == [1, None]
    assert hs.DataFrame({"a": OnlyArray(batch["a"])}).rows() == [(1,), (None,)]
    assert pa.array(OnlyArray(hs.Series([1, None]))).to_pylist() == [1, None]
    assert pa.table(OnlyStream(hs.DataFrame(batch))).to_pydict() == {"a": [1, None], "b": ["x", "y"]}


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint32", "float32", "float64"])
def test_numbers_share_memory(dtype):
    array = pa.array(np.arange(1000, dtype=dtype))
    address = array.buffers()[1].address
    series = hs.Series("a", array)
    assert series.to_numpy().__array_interface__["data"][0] == address
    assert series.slice(10, 5).to_arrow().buffers()[1].address in (address, address + 10 * array.type.bit_width // 8)
    assert not series.to_numpy().flags.writeable
    copy = series.to_numpy(writable=True)
    copy[0] = 77
    assert series[0] == 0
    with pytest.raises(RuntimeError, match="allow_copy"):
        hs.Series([1, None]).to_numpy(allow_copy=False)


def test_many_values_with_nulls():
    values = np.arange(200_000, dtype=np.float64)
    values[::7] = np.nan
    for dtype in (np.float64, np.float32):
        series = hs.Series("x", values.astype(dtype), nan_to_null=True)
        assert series.null_count() == np.isnan(values).sum()
        np.testing.assert_array_equal(series.to_numpy(), values.astype(dtype))
    days = np.arange(200_000).astype("M8[us]")
    days[::5] = np.datetime64("NaT")
    series = hs.Series("x", days)
    assert series.name == "x" and series.null_count() == 40_000
    np.testing.assert_array_equal(series.to_numpy(), days)
