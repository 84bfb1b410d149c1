"""Broken Parquet files: each a typed error that names the file and the reason, never a panic, a crash or a wait."""

import decimal
import json
import os
import subprocess
import sys
import textwrap

import hypostyle as hs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COMPUTE = hs.exceptions.ComputeError


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.parquet"
    hs.DataFrame({"a": range(1000), "b": [f"text {i % 9}" for i in range(1000)]}).write_parquet(path)
    return path


def test_files_that_are_none(tmp_path):
    path = tmp_path / "x.parquet"
    for content, reason in [
        (b"", "empty"),
        (b"a,b\n1,2\n3,4\n", "begin with PAR1"),
        (b"PAR1", "complete"),
        (b"PAR1" + b"x" * 100, "end with PAR1"),
        (b"PAR1" + b"x" * 100 + b"\xff\xff\xff\x7fPAR1", ""),
        (b"PAR1" + b"x" * 100 + b"\x10\0\0\0PAR1", ""),
        (b"PARE" + b"x" * 100 + b"\x10\0\0\0PARE", "encrypted"),
    ]:
        path.write_bytes(content)
        with pytest.raises((COMPUTE, hs.exceptions.NoDataError), match=rf"x\.parquet.*{reason}"):
            hs.read_parquet(path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        hs.read_parquet(tmp_path / "nowhere.parquet")
    with pytest.raises(COMPUTE, match="in-mem"):
        hs.read_parquet(b"no Parquet at all")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(good):
    good.chmod(0)
    with pytest.raises(PermissionError, match="good.parquet"):
        hs.read_parquet(good)


def test_truncated_files(good, tmp_path):
    content = good.read_bytes()
    path = tmp_path / "x.parquet"
    for length in range(0, len(content) - 1, 37):
        path.write_bytes(content[:length])
        with pytest.raises((COMPUTE, hs.exceptions.NoDataError), match=r"x\.parquet"):
            hs.read_parquet(path)


def test_files_of_different_columns(good, tmp_path):
    hs.DataFrame({"a": ["text"], "b": ["x"]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(hs.exceptions.SchemaError, match=r'other\.parquet.*"a" is str'):
        hs.read_parquet([good, tmp_path / "other.parquet"])


def test_directories(tmp_path):
    for name in ("year=2023/city=a%2Fb", "year=2024/city=..", "year=2024/city=__HIVE_DEFAULT_PARTITION__"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        hs.DataFrame({"x": [len(name)]}).write_parquet(folder / "0.parquet")
    frame = hs.read_parquet(tmp_path)
    assert dict(frame.schema) == {"x": hs.Int64, "year": hs.Int64, "city": hs.String}
    assert sorted(frame["city"].to_list(), key=str) == ["..", None, "a/b"]
    assert hs.scan_parquet(tmp_path).filter(hs.col("year") == 2023).collect()["city"].to_list() == ["a/b"]
    assert hs.scan_parquet(tmp_path, hive_partitioning=False).collect().columns == ["x"]
    assert hs.scan_parquet(tmp_path / "*/*/*.parquet").collect().columns == ["x"]
    frame = hs.read_parquet(tmp_path / "*/*/*.parquet", hive_partitioning=True, hive_schema={"year": hs.String})
    assert frame["year"].to_list() == ["2023", "2024", "2024"]
    with pytest.raises(hs.exceptions.SchemaError, match="city"):
        hs.read_parquet(tmp_path, hive_schema={"city": hs.Int64})
    # A file that the filter leaves out is not opened.
    (tmp_path / "year=2023/city=a%2Fb/0.parquet").write_bytes(b"broken")
    (tmp_path / "year=2025/city=x").mkdir(parents=True)
    hs.DataFrame({"x": [1]}).write_parquet(tmp_path / "year=2022" / "city=y" / "0.parquet", mkdir=True)
    assert hs.scan_parquet(tmp_path).filter(hs.col("year") == 2024).collect().height == 2
    with pytest.raises(COMPUTE, match="year=2023"):
        hs.read_parquet(tmp_path)


def small_files(folder):
    """Files of a few bytes in which every kind of page is."""
    rows = {
        "a": pa.array([1, None, 3, 4, 5], pa.int32()),
        "t": pa.array(["x", "y", None, "x", "zz"]),
        "d": pa.array([decimal.Decimal(i) for i in range(5)], pa.decimal128(20, 2)),
        "l": pa.array([[1], [], None, [2, 3], [4]]),
    }
    table = pa.table(rows)
    pq.write_table(table.select(["a", "t"]), folder / "codes.parquet", compression="snappy")
    pq.write_table(table.select(["l"]), folder / "nested.parquet", compression="none", store_schema=False)
    delta = {"a": "DELTA_BINARY_PACKED", "t": "DELTA_BYTE_ARRAY"}
    pq.write_table(
        table.select(["a", "t"]),
        folder / "delta.parquet",
        use_dictionary=False,
        column_encoding=delta,
        data_page_version="2.0",
        compression="zstd",
    )
    hs.from_arrow(table.select(["a", "d"])).write_parquet(folder / "ours.parquet", compression="lz4")
    pq.write_table(table.select(["t", "l"]), folder / "brotli.parquet", compression="brotli", store_schema=False)
    return ["codes", "nested", "delta", "ours", "brotli"]


COMPRESSIONS = ["snappy", "gzip", "zstd", "lz4", "brotli"]


@pytest.mark.parametrize("column", ["x", "t", "l"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_broken_pages(compression, version, column, tmp_path):
    """Pages that do not hold what their headers promise: the error says in which file and column."""
    n = 5_000
    table = pa.table({
        "x": pa.array([i * 7919 % 10007 / 7 for i in range(n)]),
        "t": pa.array([f"{i * 7919 % 10007} and more" for i in range(n)]),
        "l": pa.array([[i * 7919 % 10007] * (i % 3) for i in range(n)]),
    })  # fmt: skip
    path = tmp_path / "x.parquet"
    pq.write_table(table, path, compression=compression, data_page_version=version, use_dictionary=False)
    assert hs.read_parquet(path).to_arrow().to_pylist() == table.to_pylist()
    chunk = pq.read_metadata(path).row_group(0).column(table.column_names.index(column))
    start, end = chunk.data_page_offset, chunk.data_page_offset + chunk.total_compressed_size
    content = path.read_bytes()
    # The header says first what kind of page it is, and then how many bytes come out: here a number of three bytes.
    head = content[start : start + 6]
    assert head[:3] == {"1.0": b"\x15\x00\x15", "2.0": b"\x15\x06\x15"}[version]
    assert head[3] & head[4] & 0x80 and not head[5] & 0x80
    assert 8_192 < chunk.total_uncompressed_size < 1 << 20
    sizes = {8_192: b"\x80\x80\x01", (1 << 20) - 1: b"\xfe\xff\x7f"}
    damaged = [(content[: start + 3] + size + content[start + 6 :], "it cannot be decompressed") for size in sizes.values()]
    if compression != "brotli":
        # Brotli has no checksums, and makes other values of other bytes.
        half = (end - start) // 2
        damaged.append((content[: end - half] + bytes(half) + content[end:], ""))
    others = [name for name in table.column_names if name != column]
    for broken, reason in damaged:
        path.write_bytes(broken)
        with pytest.raises(COMPUTE, match=rf'x\.parquet: column "{column}": {reason}'):
            hs.read_parquet(path)
        assert hs.read_parquet(path, columns=others).to_arrow().to_pylist() == table.select(others).to_pylist()


def test_lzo(tmp_path):
    """Nobody writes LZO any more: two chunks of Snappy are said to be of it."""
    path = tmp_path / "x.parquet"
    rows = {"t": [f"text {i}" for i in range(1000)], "l": [[i] for i in range(1000)]}
    pq.write_table(pa.table(rows), path, compression="snappy")
    content = path.read_bytes()
    for name in (b"\x01t", b"element"):
        # The field behind the path of a column.
        assert content.count(name + b"\x15\x02\x16") == 1
        content = content.replace(name + b"\x15\x02\x16", name + b"\x15\x06\x16")
    path.write_bytes(content)
    for column in ("t", "l"):
        with pytest.raises(hs.exceptions.InvalidOperationError, match=rf'x\.parquet: column "{column}": .*LZO'):
            hs.read_parquet(path, columns=[column])


#: Reads a file with each of its bytes changed, with little memory, and says what came of it.
MUTATIONS = """
    import collections, json, resource, sys
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    import hypostyle as hs
    content = open(sys.argv[1], "rb").read()
    counts = collections.Counter()
    for place in range(len(content)):
        for mask in (0x01, 0x80, 0xFF, 0x10):
            broken = bytearray(content)
            broken[place] ^= mask
            try:
                hs.scan_parquet(bytes(broken)).collect()
                counts["read"] += 1
            except (hs.exceptions.HypostyleError, OSError):
                counts["refused"] += 1
            except BaseException as error:
                counts[type(error).__name__] += 1
    print(json.dumps(counts))
"""


@pytest.mark.parametrize("number", range(5))
def test_every_byte_changed(number, tmp_path):
    name = small_files(tmp_path)[number]
    path = tmp_path / f"{name}.parquet"
    program = [sys.executable, "-c", textwrap.dedent(MUTATIONS), str(path)]
    result = subprocess.run(program, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    counts = json.loads(result.stdout)
    assert set(counts) <= {"read", "refused"}, (counts, result.stderr[-2000:])
    assert "panicked" not in result.stderr, result.stderr[-2000:]
    assert counts["refused"] > len(path.read_bytes()) / 10
