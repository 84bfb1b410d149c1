"""Results that are written or handed out while they are computed, and queries that run together."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import textwrap

import hypostyle as hs
import polars as pl
import pytest

ROWS = 300_000


def numbers(rows: int = ROWS) -> hs.LazyFrame:
    return hs.LazyFrame({"a": range(rows)}).with_columns(b=hs.col("a") % 7, t=hs.lit("text"))


def test_files_of_any_kind(tmp_path):
    frame = numbers().collect()
    expected = frame.write_csv()
    numbers().sink_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == expected
    for file in (io.BytesIO(), io.StringIO()):
        numbers().sink_csv(file)
        value = file.getvalue()
        assert (value if isinstance(value, str) else value.decode()) == expected
    for options in ({}, {"buffering": 0}):
        with open(tmp_path / "b.csv", "wb", **options) as file:
            numbers().sink_csv(file)
        assert (tmp_path / "b.csv").read_text() == expected
    with open(tmp_path / "c.csv", "w", encoding="utf-8", newline="") as file:
        hs.DataFrame({"é": ["日本" * 100_000]}).write_csv(file)
    assert (tmp_path / "c.csv").read_text(encoding="utf-8") == "é\n" + "日本" * 100_000 + "\n"
    with gzip.open(tmp_path / "d.gz", "wb") as file:
        frame.write_csv(file)
    assert gzip.decompress((tmp_path / "d.gz").read_bytes()).decode() == expected
    numbers().sink_csv(tmp_path / "e.csv.gz", compression="gzip")
    assert gzip.decompress((tmp_path / "e.csv.gz").read_bytes()).decode() == expected


def test_a_file_that_raises_ends_the_query_with_its_exception():
    class Full(io.RawIOBase):
        def __init__(self, room):
            self.room = room

        def write(self, data):
            self.room -= len(data)
            if self.room < 0:
                raise PermissionError("no more of this")
            return len(data)

    for write in (lambda f: numbers().sink_csv(f), lambda f: numbers().collect().write_ndjson(f)):
        with pytest.raises(PermissionError, match="no more of this"):
            write(Full(1_000_000))


def test_a_file_may_run_queries():
    class Curious(io.RawIOBase):
        heights = []

        def write(self, data):
            self.heights.append(numbers(100_000).filter(hs.col("b") == 0).collect().height)
            return len(data)

    numbers(60_000).sink_csv(Curious())
    assert set(Curious.heights) == {14286}


def test_lazy_sinks(tmp_path):
    query = numbers()
    sinks = [query.filter(hs.col("b") == i).sink_csv(tmp_path / f"{i}.csv", lazy=True) for i in range(3)]
    assert not list(tmp_path.iterdir())
    results = hs.collect_all([*sinks, query.select(hs.len())])
    assert [frame.shape for frame in results[:3]] == [(0, 0)] * 3
    assert results[3].item() == ROWS
    for i in range(3):
        assert hs.read_csv(tmp_path / f"{i}.csv").height == query.filter(hs.col("b") == i).collect().height
    one = query.sink_ndjson(tmp_path / "x.ndjson", lazy=True)
    assert one.collect().shape == (0, 0)
    assert hs.scan_ndjson(tmp_path / "x.ndjson").select(hs.len()).collect().item() == ROWS


def test_collect_all_computes_what_is_shared_once(tmp_path):
    calls = []

    def count(frame):
        calls.append(frame.height)
        return frame

    shared = numbers().map_batches(count).group_by("b").agg(hs.col("a").sum())
    queries = [shared.select(hs.col("a").sum()), shared.filter(hs.col("b") > 2).sort("b"), shared.sort("b")]
    expected = [query.collect().rows() for query in queries]
    calls.clear()
    assert [frame.rows() for frame in hs.collect_all(queries)] == expected
    assert calls == [ROWS]
    assert "3 QUERIES" in hs.explain_all(queries)
    assert hs.collect_all([]) == []
    with pytest.raises(hs.exceptions.ColumnNotFoundError):
        hs.collect_all([queries[0], numbers().select("nothing")])
    with pytest.raises(hs.exceptions.InvalidOperationError):
        hs.collect_all([queries[0], numbers().select(hs.col("a").cast(hs.Int8))])


def test_batches():
    for size in (1000, 70_000, None):
        batches = list(numbers().collect_batches(chunk_size=size))
        assert hs.concat(batches).equals(numbers().collect())
        if size:
            assert [b.height for b in batches[:-1]] == [size] * (len(batches) - 1)
    assert list(numbers().filter(hs.col("a") < 0).collect_batches()) == []
    with pytest.raises(hs.exceptions.InvalidOperationError):
        list(numbers().select(hs.col("a").cast(hs.Int8)).collect_batches())
    started = numbers().collect_batches(lazy=True)
    assert next(started).height > 0
    with pytest.raises(ValueError, match="chunk_size"):
        numbers().collect_batches(chunk_size=0)


def test_queries_while_batches_wait():
    # Batches hold workers back; they must not be those that other queries need.
    total = 0
    for batch in numbers().collect_batches(chunk_size=50_000):
        total += numbers(100_000).join(batch.lazy(), on="a").select(hs.len()).collect().item()
    assert total == 100_000


def test_a_query_stops_when_nobody_wants_its_batches(tmp_path):
    endless = hs.concat([numbers(1_000_000)] * 3).join(numbers(1000).select(c="a"), how="cross")
    batches = endless.collect_batches(chunk_size=10_000)
    assert next(batches).height == 10_000
    del batches
    with endless.collect_batches(chunk_size=10) as batches:
        assert next(batches).height == 10
    seen = []
    endless.sink_batches(lambda batch: seen.append(batch.height) or len(seen) == 3, chunk_size=5)
    assert seen == [5, 5, 5]
    with pytest.raises(ZeroDivisionError):
        endless.sink_batches(lambda batch: 1 / 0)


def test_memory_stays_small(tmp_path):
    # The result has 20 million rows and 600 MB of text.
    program = """
        import resource, sys
        import hypostyle as hs

        a = hs.DataFrame({"a": range(20_000), "t": ["a text of some length"] * 20_000}).lazy()
        b = hs.DataFrame({"b": range(1000)}).lazy()
        query = a.join(b, how="cross")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        query.sink_csv("/dev/null")
        rows = 0
        for batch in query.collect_batches():
            rows += batch.height
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(rows, (after - before) // 1024)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    rows, mebibytes = map(int, done.stdout.split())
    assert rows == 20_000_000
    assert mebibytes < 150


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed")
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path):
    program = """
        import random, sys, time, threading, os
        import hypostyle as hs

        path, kind, seed = sys.argv[1:]
        frame = hs.DataFrame({"a": range(100_000), "t": ["some text"] * 100_000})
        random.seed(int(seed))
        def kill(after):
            time.sleep(after)
            os.kill(os.getpid(), 9)
        threading.Thread(target=kill, args=(random.random() * 0.06,), daemon=True).start()
        while True:
            getattr(frame.lazy(), "sink_" + kind)(path)
    """
    program = textwrap.dedent(program)
    for kind in ("csv", "ndjson", "ipc", "parquet"):
        path = tmp_path / f"x.{kind}"
        old = pl.DataFrame({"a": [1], "t": ["old"]})
        getattr(old, "write_" + kind)(path)
        for seed in range(8):
            subprocess.run([sys.executable, "-c", program, path, kind, str(seed)], check=False)
            assert getattr(pl, "read_" + kind)(path).height in (1, 100_000)


def in_a_process_of_its_own(program: str, *arguments) -> int:
    """Mebibytes by which the peak of a process grows while it does something."""
    begin = "import resource, sys\nimport hypostyle as hs\npeak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    text = begin + "before = peak()\n" + textwrap.dedent(program) + "\nprint((peak() - before) // 1024)"
    command = [sys.executable, "-c", text, *map(str, arguments)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_small_file_that_unpacks_to_a_large_one(tmp_path, kind):
    # 530 KB, and 512 MiB of text in lines of 64 KiB.
    path = tmp_path / "bomb.gz"
    before, behind = (b"1,", b"\n") if kind == "csv" else (b'{"a":1,"t":"', b'"}\n')
    line = before + b"x" * ((64 << 10) - len(before) - len(behind)) + behind
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(512):
            file.write(line * 16)
    assert path.stat().st_size < 700_000
    program = """
        options = {"has_header": False} if sys.argv[2] == "csv" else {}
        scan = getattr(hs, "scan_" + sys.argv[2])
        rows = scan(sys.argv[1], **options).head(5).collect()
        assert rows.height == 5 and len(rows.row(4)[1]) > 60_000
    """
    assert in_a_process_of_its_own(program, path, kind) < 150


def test_the_head_of_a_large_parquet_file(tmp_path):
    # Two row groups of 100 MB each.
    path = tmp_path / "large.parquet"
    rows = hs.LazyFrame({"a": range(10_000_000)}).with_columns(
        b=hs.col("a") * 0.5, t=hs.format("text {}", hs.col("a")), d=(hs.col("a") % 1000).cast(hs.String)
    )
    rows.sink_parquet(path, compression="uncompressed", row_group_size=5_000_000)
    assert path.stat().st_size > 200_000_000
    program = """
        rows = hs.scan_parquet(sys.argv[1]).head(5).collect()
        assert rows.row(4) == (4, 2.0, "text 4", "4")
    """
    assert in_a_process_of_its_own(program, path) < 100


def test_streams_stay_small(tmp_path):
    # 200 MB of rows each time: twelve tables, one after the other, counted, cut, beside others.
    path = tmp_path / "x.parquet"
    hs.DataFrame({"a": range(1_000_000)}).with_columns(t=hs.format("text {}", hs.col("a"))).write_parquet(path)
    program = """
        one = hs.scan_parquet(sys.argv[1])
        union = hs.concat([one] * 12)
        sixfold = one.join(hs.LazyFrame({"b": range(6)}), how="cross")
        queries = [
            union,
            union.with_row_index(),
            union.slice(1_000_000, 10_000_000),
            hs.concat([union.with_row_index(), sixfold.with_row_index().select("index", "a", "t")]),
            union.tail(1000),
        ]
        for query in queries:
            query.sink_ipc("/dev/null")
        heights = [sum(batch.height for batch in query.collect_batches()) for query in queries]
        assert heights == [12_000_000, 12_000_000, 10_000_000, 18_000_000, 1000], heights
    """
    assert in_a_process_of_its_own(program, path) < 150
