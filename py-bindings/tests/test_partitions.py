"""Results divided into many files, compared with Polars, which lays them out."""

from __future__ import annotations

import datetime as dt
import io
import os

import hypostyle as hs
import polars as pl
import pytest

ROWS = {
    "y": [2026, 2027, 1970, None, 2026],
    "m": ["a b", "é/x", "a b", "", "."],
    "v": [1, 2, 3, 4, 5],
}


def tree(folder):
    found = {}
    for directory, _, files in os.walk(folder):
        for file in files:
            path = os.path.join(directory, file)
            with open(path, "rb") as opened:
                found[os.path.relpath(path, folder)] = opened.read()
    return found


@pytest.mark.parametrize(
    "options",
    [
        lambda m: {"key": "y"},
        lambda m: {"key": ["y", "v"]},
        lambda m: {"key": "y", "include_key": False},
        lambda m: {"max_rows_per_file": 2},
        lambda m: {"key": "y", "max_rows_per_file": 1},
        lambda m: {"key": m.col("y") // 10},
        lambda m: {"key": {"decade": m.col("y") // 10}},
    ],
)
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_as_polars_lays_them_out(tmp_path, options, kind):
    for name, module in (("pl", pl), ("hs", hs)):
        by = module.PartitionBy(tmp_path / name, **options(module))
        getattr(module.LazyFrame(ROWS), f"sink_{kind}")(by, mkdir=True)
    assert tree(tmp_path / "hs") == tree(tmp_path / "pl")


def test_names_of_folders(tmp_path):
    rows = {"m": ["a b", "é/x", "", "%"], "d": [dt.date(2020, 1, 2)] * 4, "b": [True] * 4, "f": [1.5] * 4}
    rows["t"] = [dt.datetime(2020, 1, 2, 3, 4)] * 4
    for name, module in (("pl", pl), ("hs", hs)):
        module.LazyFrame(rows).sink_csv(module.PartitionBy(tmp_path / name, key=["m", "d", "t", "b", "f"]), mkdir=True)
    assert tree(tmp_path / "hs") == tree(tmp_path / "pl")
    hs.LazyFrame({"p": ["..", "."], "v": [1, 2]}).sink_csv(hs.PartitionBy(tmp_path / "dots" / "x", key="p"))
    assert all(path.startswith("x") for path in tree(tmp_path / "dots"))


def test_a_function_says_where(tmp_path):
    asked = []

    def place(arguments):
        asked.append((arguments.index_in_partition, arguments.partition_keys.rows()))
        return f"deep/{arguments.partition_keys.item()}-{arguments.index_in_partition}.csv"

    by = hs.PartitionBy(tmp_path, key="y", max_rows_per_file=1, file_path_provider=place)
    hs.LazyFrame(ROWS).filter(hs.col("y").is_not_null()).sink_csv(by)
    assert sorted(tree(tmp_path)) == [f"deep/{name}.csv" for name in ("1970-0", "2026-0", "2026-1", "2027-0")]
    assert (0, [(2026,)]) in asked


def test_many_keys_and_rows(tmp_path):
    frame = hs.LazyFrame({"a": range(300_000)}).with_columns(k=hs.col("a") % 500)
    frame.sink_ipc(hs.PartitionBy(tmp_path / "x", key="k"))
    back = hs.scan_ipc(tmp_path / "x" / "**" / "*.ipc").sort("a").collect()
    assert back.equals(frame.select("a", "k").collect())
    frame.sink_csv(hs.PartitionBy(tmp_path / "y", approximate_bytes_per_file=400_000))
    files = sorted(tree(tmp_path / "y"))
    assert len(files) > 5
    assert hs.read_csv([tmp_path / "y" / file for file in files]).equals(frame.collect())


def test_what_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        hs.PartitionBy(tmp_path)
    with pytest.raises(hs.exceptions.ColumnNotFoundError):
        hs.LazyFrame(ROWS).sink_csv(hs.PartitionBy(tmp_path, key="nothing"))
    with pytest.raises(hs.exceptions.ComputeError):
        hs.LazyFrame({"l": [[1]], "v": [1]}).sink_csv(hs.PartitionBy(tmp_path, key="l"))


@pytest.mark.parametrize("by", ["y", ["y", "m"]])
def test_write_parquet_by_columns(tmp_path, by):
    for name, module in (("pl", pl), ("hs", hs)):
        frame = module.DataFrame(ROWS)
        frame.write_parquet(str(tmp_path / name), partition_by=by, mkdir=True)
    # A folder whose name is a point would be another one.
    assert tree(tmp_path / "hs").keys() == {path.replace("m=./", "m=%2E/") for path in tree(tmp_path / "pl")}
    expected = pl.DataFrame(ROWS).sort("v")
    for name in ("pl", "hs"):
        for module in (pl, hs):
            found = module.scan_parquet(tmp_path / name).sort("v").collect()
            assert found.rows() == expected.rows(), (name, module)
    small = hs.DataFrame({"k": ["a"] * 1000, "v": range(1000)})
    small.write_parquet(tmp_path / "small", partition_by="k", partition_chunk_size_bytes=1500)
    assert len(tree(tmp_path / "small")) > 3
    assert hs.read_parquet(tmp_path / "small").sort("v").equals(small)
    with pytest.raises(TypeError, match="partition_by"):
        small.write_parquet(io.BytesIO(), partition_by="k")
    with pytest.raises(hs.exceptions.ColumnNotFoundError):
        small.write_parquet(tmp_path / "x", partition_by="nothing")


def test_partitions_of_ipc(tmp_path):
    days = ["2020-01-02", "2021-03-04", "2020-01-02", "2020-01-02"]
    rows = {"y": [2026, 2027, 1970, None], "d": days, "v": [1, 2, 3, 4]}
    hs.LazyFrame(rows).sink_ipc(hs.PartitionBy(tmp_path, key=["y", "d"], include_key=False), mkdir=True)
    for options in (
        {},
        {"hive_partitioning": True},
        {"hive_partitioning": False},
        {"hive_schema": {"y": "Int16", "d": "String"}},
        {"try_parse_hive_dates": False},
    ):
        for source in (tmp_path, tmp_path / "**/*.ipc"):
            found = []
            for module in (pl, hs):
                options = {**options}
                if "hive_schema" in options:
                    options["hive_schema"] = {"y": module.Int16, "d": module.String}
                frame = module.scan_ipc(source, **options).sort("v").collect()
                found.append((frame.columns, [str(dtype) for dtype in frame.dtypes], frame.rows()))
            assert found[0] == found[1], (options, source)
    query = hs.scan_ipc(tmp_path)
    assert query.filter(hs.col("y") == 2027).collect().rows() == [(2, 2027, dt.date(2021, 3, 4))]
    assert query.filter(hs.col("y").is_null()).select("v").collect().rows() == [(4,)]
    assert query.filter((hs.col("y") < 2027) & (hs.col("v") > 1)).select("v").collect().rows() == [(3,)]
    assert query.select(hs.len()).collect().item() == 4
    assert query.filter(hs.col("d") > dt.date(2021, 1, 1)).head(1).select("v").collect().rows() == [(2,)]
    # What directories say holds, whatever is in the files.
    (tmp_path / "other" / "y=2026").mkdir(parents=True)
    hs.DataFrame({"y": [7, 7], "v": [5, 6]}).write_ipc(tmp_path / "other" / "y=2026" / "x.ipc")
    assert hs.scan_ipc(tmp_path / "other").collect().rows() == [(2026, 5), (2026, 6)]


def test_files_that_directories_rule_out_are_not_decoded(tmp_path):
    hs.LazyFrame({"k": [1, 2], "v": [10, 20]}).sink_ipc(hs.PartitionBy(tmp_path, key="k", include_key=False), mkdir=True)
    query = hs.scan_ipc(tmp_path)
    query.collect_schema()
    os.truncate(next((tmp_path / "k=1").iterdir()), 10)
    assert query.filter(hs.col("k") == 2).collect().rows() == [(20, 2)]
    with pytest.raises((hs.exceptions.ComputeError, OSError)):
        query.collect()
