"""Results divided into many files, compared with Polars, which lays them out."""

from __future__ import annotations

import datetime as dt
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
