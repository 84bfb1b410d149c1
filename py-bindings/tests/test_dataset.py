"""Data of other libraries: datasets and streams of pyarrow, and frames with an Arrow interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import hypostyle as hs
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from oracle import TYPES, check, types

TABLE = pa.table(
    {
        "a": [1, 2, 3, None],
        "p": ["x", "y", "x", None],
        "d": [dt.date(2020, 1, 1), None, dt.date(2021, 1, 1), None],
        "n": [1, 1, 2, 2],
    }
)

QUERIES: list[Callable[[Any, Any], Any]] = [
    lambda m, q: q,
    lambda m, q: q.filter(m.col("p") == "x"),
    lambda m, q: q.filter(m.col("a") > 1, m.col("n") == 1),
    lambda m, q: q.select("n", "a"),
    lambda m, q: q.filter(m.col("p").is_null()).select("d"),
    lambda m, q: q.select(m.len()),
]


def same(source: Callable[[], Any]) -> None:
    for query in QUERIES:
        check(lambda m: query(m, m.scan_pyarrow_dataset(source())), sort=True)


@pytest.mark.parametrize("format", ["parquet", "ipc", "feather"])
@pytest.mark.parametrize(
    "partitioning",
    [
        None,
        ds.partitioning(pa.schema([("p", pa.string())]), flavor="hive"),
        ds.partitioning(pa.schema([("p", pa.string()), ("n", pa.int64())]), flavor="hive"),
        ds.partitioning(pa.schema([("n", pa.int64())])),
    ],
    ids=["none", "hive", "hive of two", "folders"],
)
def test_files(format: str, partitioning: Any, tmp_path: Path) -> None:
    ds.write_dataset(TABLE, tmp_path, format=format, partitioning=partitioning)
    same(lambda: ds.dataset(tmp_path, format=format, partitioning=partitioning))
    plan = hs.scan_pyarrow_dataset(ds.dataset(tmp_path, format=format, partitioning=partitioning)).explain()
    assert "SCAN DataFrame" not in plan


def test_several_files_with_a_schema_of_their_own(tmp_path: Path) -> None:
    for number, table in enumerate((TABLE, TABLE.drop(["d"]), TABLE.append_column("z", [[1, 2, 3, 4]]))):
        ds.write_dataset(
            table,
            tmp_path,
            basename_template=f"{number}-{{i}}.parquet",
            format="parquet",
            existing_data_behavior="overwrite_or_ignore",
        )
    same(lambda: ds.dataset(tmp_path, schema=TABLE.schema))


def test_tables_in_memory_and_unions(tmp_path: Path) -> None:
    same(lambda: ds.dataset(TABLE))
    same(lambda: ds.dataset([TABLE.to_batches()[0], TABLE.slice(1).to_batches()[0]]))
    same(lambda: ds.dataset(TABLE.slice(0, 0)))
    ds.write_dataset(TABLE, tmp_path, format="parquet")
    same(lambda: ds.dataset([ds.dataset(tmp_path), ds.dataset(TABLE)]))
    check(lambda m: m.scan_pyarrow_dataset(ds.dataset(TABLE), allow_pyarrow_filter=False, batch_size=2))


def test_datasets_that_are_refused(tmp_path: Path) -> None:
    ds.write_dataset(TABLE, tmp_path / "csv", format="csv")
    ds.write_dataset(TABLE, tmp_path / "parquet", format="parquet")
    dataset = ds.dataset(tmp_path / "parquet")
    subset = ds.FileSystemDataset(
        [next(iter(dataset.get_fragments())).subset(row_group_ids=[])],
        dataset.schema,
        dataset.format,
        dataset.filesystem,
    )
    for source, text in (
        (ds.dataset(tmp_path / "csv", format="csv"), "csv files"),
        (dataset.filter(ds.field("a") > 1), "filter of its own"),
        (subset, "row groups"),
    ):
        with pytest.raises(hs.exceptions.InvalidOperationError, match=text):
            hs.scan_pyarrow_dataset(source)
    with pytest.raises(TypeError, match="a Dataset of pyarrow, not 'Table'"):
        hs.scan_pyarrow_dataset(TABLE)


def test_streams_are_read_once_and_kept() -> None:
    batches = TABLE.to_batches(max_chunksize=2)
    for source in (
        lambda: pa.RecordBatchReader.from_batches(TABLE.schema, batches),
        lambda: TABLE,
        lambda: TABLE.slice(1, 2),
        lambda: TABLE.slice(0, 0),
        lambda: batches[0],
        lambda: pl.DataFrame(TABLE),
        lambda: hs.DataFrame(TABLE),
        lambda: duckdb.sql("select 1 as a, 'x' as b"),
    ):
        check(lambda m: m.scan_arrow_c_stream(source()))
        check(lambda m: m.scan_arrow_c_stream(source()).filter(m.col("a") > 1).select("a"))
        query = hs.scan_arrow_c_stream(source())
        assert query.collect().equals(query.collect())
    for wrong in (5, pa.array([1]), {"a": [1]}):
        check(lambda m: m.scan_arrow_c_stream(wrong))
    with pytest.raises(hs.exceptions.SchemaError, match="stream of structs"):
        hs.scan_arrow_c_stream(hs.Series([1]))


def test_frames_of_other_libraries() -> None:
    three = pa.concat_tables([TABLE] * 3)
    index = pd.DataFrame({"a": [1.5, None]}, index=["x", "y"])
    for source in (
        TABLE,
        three,
        TABLE.to_batches()[0],
        pd.DataFrame({"a": [1, 2]}),
        index,
        duckdb.sql("select 1 as a"),
    ):
        check(lambda m: m.from_dataframe(source))
        for rechunk in (True, False):
            check(lambda m: m.from_dataframe(source, rechunk=rechunk).n_chunks())
    for wrong in (5, {"a": [1]}, [1]):
        check(lambda m: m.from_dataframe(wrong))
    for lazy in (hs.LazyFrame({"a": [1]}), pl.LazyFrame({"a": [1]})):
        with pytest.raises(TypeError, match="Arrow interface"):
            hs.from_dataframe(lazy)
    check(lambda m: m.from_dataframe(m.Series([1])))


@pytest.mark.parametrize("name", TYPES)
def test_all_types_of_frames(name: str) -> None:
    ours, theirs = types(hs)[name].to_frame(), types(pl)[name].to_frame()
    for part in (lambda f: f, lambda f: f.clear(), lambda f: f.head(1), lambda f: f.slice(1, 3)):
        assert hs.from_dataframe(part(ours)).equals(part(ours))
        assert repr(hs.from_dataframe(part(theirs)).rows()) == repr(part(ours).rows())
