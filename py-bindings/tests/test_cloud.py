"""Files that are not local: the default wheel refuses them and says why, one with the feature `cloud` reads them.

Each test asserts one or the other, whichever wheel is installed.
"""

import io
import re

import hypostyle as hs
import polars as pl
import pytest
from web_server import WebServer

ROWS = 40_000
FRAME = hs.DataFrame({
    "n": range(ROWS),
    "code": [f"code {i % 7}" for i in range(ROWS)],
    "noise": [i * 6_364_136_223_846_793_005 % 2**61 / 3 for i in range(ROWS)],
})  # fmt: skip


def _has_cloud() -> bool:
    """Whether the wheel does more than to refuse: nobody is at that address."""
    try:
        hs.scan_parquet("http://127.0.0.1:9/x", storage_options={"max_retries": 0}).collect_schema()
    except hs.exceptions.InvalidOperationError:
        return False
    except OSError:
        return True
    raise AssertionError("somebody is there")


CLOUD = _has_cloud()


def written(method: str, frame: hs.DataFrame = FRAME, **options) -> bytes:
    buffer = io.BytesIO()
    getattr(frame, method)(buffer, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def server():
    """The same files as those of a web server, and as those of a bucket."""
    server = WebServer()
    files = {
        "x.csv": written("write_csv"),
        "x.csv.gz": written("write_csv", compression="gzip"),
        "x.parquet": written("write_parquet", row_group_size=10_000),
        "x.ndjson": written("write_ndjson"),
        "x.arrow": written("write_ipc"),
        "x.json": written("write_json", FRAME.head(50)),
        "hive/year=2023/a b.parquet": written("write_parquet", FRAME.head(5)),
        "hive/year=2024/0.parquet": written("write_parquet", FRAME.tail(7)),
    }
    for folder in ("/web", "/bucket"):
        server.files |= {f"{folder}/{name}": content for name, content in files.items()}
    yield server
    server.close()


@pytest.fixture(params=["http", "s3"])
def store(request, server):
    """Where the files are, and how they are reached."""
    return (f"{server.address}/web", {}) if request.param == "http" else ("s3://bucket", server.storage_options())


def refused(url: str, read) -> bool:
    """Whether the wheel reads no URLs; then the error says so, and of which URL."""
    if CLOUD:
        return False
    with pytest.raises(hs.exceptions.InvalidOperationError, match=f"{re.escape(url)}: .*feature `cloud`"):
        read()
    return True


FORMATS = {"x.csv": "csv", "x.csv.gz": "csv", "x.parquet": "parquet", "x.ndjson": "ndjson", "x.arrow": "ipc"}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(store, name):
    folder, options = store
    url = f"{folder}/{name}"
    scan, read = (getattr(hs, f"{how}_{FORMATS[name]}") for how in ("scan", "read"))
    if refused(url, lambda: read(url, storage_options=options)):
        refused(url, lambda: scan(url, storage_options=options).collect())
        refused(url, lambda: scan([url, url], storage_options=options).collect_schema())
        return
    assert read(url, storage_options=options).equals(FRAME)
    lazy = scan(url, storage_options=options)
    assert lazy.collect_schema() == FRAME.schema
    assert url in lazy.explain()
    query = lazy.filter(hs.col("n") % 1000 == 3, hs.col("code") != "code 0").select("noise", "n")
    assert query.collect().equals(
        FRAME.filter(hs.col("n") % 1000 == 3, hs.col("code") != "code 0").select("noise", "n")
    )
    assert scan(url, storage_options=options, n_rows=10).collect().equals(FRAME.head(10))
    assert scan([url, url], storage_options=options).select(hs.len()).collect().item() == 2 * ROWS


def test_what_is_not_needed_is_not_read(server, store):
    folder, options = store
    url = f"{folder}/x.parquet"
    server.requests.clear()
    if refused(url, lambda: hs.scan_parquet(url, storage_options=options)):
        assert not server.requests
        return
    query = hs.scan_parquet(url, storage_options=options).filter(hs.col("n") < 3).select("n")
    assert query.collect()["n"].to_list() == [0, 1, 2]
    size = len(server.files["/web/x.parquet"])
    # Blocks of 256 KiB are asked for.
    assert sum(sent for _, _, sent in server.requests) < max(size * 0.9, 600_000)
    assert {method for method, _, _ in server.requests} <= {"HEAD", "GET"}


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_are_not_there(store, name):
    folder, options = store
    url = f"{folder}/nowhere/{name}"
    read = getattr(hs, f"read_{FORMATS[name]}")
    if not refused(url, lambda: read(url, storage_options=options)):
        with pytest.raises(FileNotFoundError, match=re.escape(url)):
            read(url, storage_options=options)


def test_files_that_may_not_be_read(server):
    server.files["/secret/x.parquet"] = server.files["/web/x.parquet"]
    for url, options in (
        (f"{server.address}/secret/x.parquet", {}),
        ("s3://secret/x.parquet", server.storage_options()),
    ):
        if not refused(url, lambda: hs.read_parquet(url, storage_options=options)):
            with pytest.raises(PermissionError, match=re.escape(url)):
                hs.read_parquet(url, storage_options=options)


def test_schemas_and_documents(server):
    folder = f"{server.address}/web"
    for read, name, expected in (
        (hs.read_parquet_schema, "x.parquet", FRAME.schema),
        (hs.read_ipc_schema, "x.arrow", FRAME.schema),
        (hs.read_json, "x.json", FRAME.head(50)),
    ):
        url = f"{folder}/{name}"
        if not refused(url, lambda: read(url)):
            found = read(url)
            assert found.equals(expected) if isinstance(found, hs.DataFrame) else dict(found) == dict(expected)
    url = f"{folder}/nowhere.json"
    if not refused(url, lambda: hs.read_json(url)):
        with pytest.raises(FileNotFoundError, match=re.escape(url)):
            hs.read_json(url)


def test_patterns_and_folders_of_buckets(server):
    options = server.storage_options()
    for url in ("s3://bucket/hive/", "s3://bucket/hive/*/*.parquet", "s3://bucket/hive/**/*.parquet"):
        if refused("s3://bucket/hive", lambda: hs.scan_parquet(url, storage_options=options)):
            continue
        query = hs.scan_parquet(url, storage_options=options, hive_partitioning=True)
        frame = query.collect()
        assert frame["n"].to_list() == [*range(5), *range(ROWS - 7, ROWS)], url
        assert frame["year"].to_list() == [2023] * 5 + [2024] * 7
        server.requests.clear()
        assert query.filter(hs.col("year") == 2024).select("n").collect().height == 7
        assert not any("2023" in path and method == "GET" and sent for method, path, sent in server.requests)


def test_options_are_those_of_polars(server):
    url = "s3://bucket/x.parquet"
    long = server.storage_options()
    short = {name.removeprefix("aws_"): value for name, value in long.items()}
    for options in (long, short, {name.upper(): value for name, value in long.items()}):
        if not refused(url, lambda: hs.read_parquet(url, storage_options=options)):
            assert hs.read_parquet(url, storage_options=options).equals(FRAME)
    texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in long.items()}
    assert pl.read_parquet(url, storage_options=texts).rows() == FRAME.rows()


def test_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = "s3://bucket/x"
    lazy = FRAME.lazy()
    for write in (
        FRAME.write_csv, FRAME.write_parquet, FRAME.write_ndjson, FRAME.write_ipc, FRAME.write_json,
        lazy.sink_csv, lazy.sink_parquet, lazy.sink_ndjson, lazy.sink_ipc,
        lambda url: lazy.sink_parquet(url, mkdir=True),
        lambda url: lazy.sink_parquet(hs.PartitionBy(url, key="code")),
        lambda url: lazy.sink_csv(hs.PartitionBy(url, max_rows_per_file=10)),
    ):  # fmt: skip
        with pytest.raises(hs.exceptions.InvalidOperationError, match=r"s3://bucket/x.* not written"):
            write(url)
    assert not list(tmp_path.iterdir())
