"""Arrow IPC through Python, exchanged with PyArrow and Polars."""

from __future__ import annotations

import io

import hypostyle as hs
import polars as pl
import pyarrow as pa
import pytest
from oracle import check, types

COMPRESSIONS = ["uncompressed", "lz4", "zstd"]
KINDS = ["ipc", "ipc_stream"]


def written(frame, kind, **options):
    file = io.BytesIO()
    getattr(frame, "write_" + kind)(file, **options)
    return file.getvalue()


def all_types(module):
    return module.DataFrame(list(types(module).values()))


def plain(frame):
    return [(c.name, repr(c.dtype), repr(c.to_list())) for c in frame.get_columns()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_type_comes_back(kind, compression):
    frame = all_types(hs)
    data = written(frame, kind, compression=compression)
    assert plain(getattr(hs, "read_" + kind)(data)) == plain(frame)
    # And as Polars has it, both ways; `Int128` leaves as decimals, `UInt128` as bytes.
    frame, polars = (all_types(m).drop("Int128", "UInt128") for m in (hs, pl))
    data = written(frame, kind, compression=compression)
    assert plain(getattr(pl, "read_" + kind)(io.BytesIO(data))) == plain(polars)
    for level in (pl.CompatLevel.newest(), pl.CompatLevel.oldest()):
        theirs = written(polars, kind, compression=compression, compat_level=level)
        assert plain(getattr(hs, "read_" + kind)(theirs)) == plain(frame)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("new", [pa.ipc.new_file, pa.ipc.new_stream])
def test_exchange_with_pyarrow(compression, new):
    table = pa.table(
        {
            "i": pa.array([1, None, 3], pa.int32()),
            "t": pa.array(["a", None, "été"]),
            "view": pa.array(["a", None, "a text that is longer than twelve bytes"], pa.string_view()),
            "large": pa.array(["x", "", None], pa.large_string()),
            "b": pa.array([b"\xff", None, b""]),
            "d": pa.array(["x", "y", "x"]).dictionary_encode(),
            "l": pa.array([[1], None, [2, None]]),
            "f": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2)),
            "s": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": None}]),
            "m": pa.array([None, 1, 2], pa.timestamp("ns", "UTC")),
            "n": pa.nulls(3),
        }
    )
    sink = pa.BufferOutputStream()
    with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        for _ in range(3):
            writer.write_table(table)
    data = sink.getvalue().to_pybytes()
    frame = hs.read_ipc(data)
    assert frame.drop("d").equals(hs.from_arrow(pa.concat_tables([table] * 3)).drop("d"))
    assert frame["d"].cast(hs.String).to_list() == ["x", "y", "x"] * 3
    for kind, open_ in (("ipc", pa.ipc.open_file), ("ipc_stream", pa.ipc.open_stream)):
        for level in COMPRESSIONS:
            back = open_(written(frame, kind, compression=level)).read_all()
            assert hs.from_arrow(back).drop("d").equals(frame.drop("d"))
            assert back["d"].to_pylist() == ["x", "y", "x"] * 3


def test_dictionaries_that_change_in_a_stream():
    sink = pa.BufferOutputStream()
    schema = pa.schema({"d": pa.dictionary(pa.int32(), pa.string())})
    with pa.ipc.new_stream(sink, schema) as writer:
        for values in (["a", "b"], ["c", "a"], ["b"]):
            writer.write_batch(pa.record_batch([pa.array(values).dictionary_encode()], schema))
    frame = hs.read_ipc_stream(sink.getvalue().to_pybytes())
    assert frame["d"].cast(hs.String).to_list() == ["a", "b", "c", "a", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_categories_that_grow(kind):
    rows = 400_000
    frame = hs.DataFrame({"i": range(rows)}).select(
        "i",
        c=(hs.col("i") // 1000).cast(hs.String).cast(hs.Categorical),
        l=hs.concat_str((hs.col("i") // 50_000).cast(hs.String)).cast(hs.Enum([str(i) for i in range(8)])),
    )
    data = written(frame, kind)
    wanted = [str(i // 1000) for i in range(rows)]
    for read in (getattr(hs, "read_" + kind)(data), getattr(pl, "read_" + kind)(io.BytesIO(data))):
        assert read["c"].cast(type(read["c"]).__module__.startswith("hypostyle") and hs.String or pl.String).to_list() == wanted
        assert read["l"].to_list() == [str(i // 50_000) for i in range(rows)]
    opened = pa.ipc.open_file(data) if kind == "ipc" else pa.ipc.open_stream(data)
    assert opened.read_all()["c"].to_pylist() == wanted


def test_scans(tmp_path):
    frame = hs.DataFrame({"a": range(200_000), "b": ["x", "y"] * 100_000})
    path = tmp_path / "x.arrow"
    frame.write_ipc(path, record_batch_size=30_000)
    scan = hs.scan_ipc(path)
    assert scan.collect().equals(frame)
    assert scan.select("b").collect().equals(frame.select("b"))
    assert scan.select("b", "a").filter(hs.col("a") % 50_000 == 7).collect().rows() == [("y", 7 + i * 50_000) for i in range(4)]
    assert scan.head(3).collect().rows() == [(0, "x"), (1, "y"), (2, "x")]
    assert scan.select(hs.len()).collect().item() == 200_000
    assert hs.scan_ipc(path, n_rows=70_001).collect().equals(frame.head(70_001))
    assert hs.scan_ipc(path, row_index_name="i", row_index_offset=3).tail(1).collect().rows() == [(200_002, 199_999, "y")]
    assert hs.read_ipc(path, columns=[1], n_rows=2).rows() == [("x",), ("y",)]
    assert hs.read_ipc_schema(path) == {"a": hs.Int64, "b": hs.String}
    frame.lazy().sink_ipc(tmp_path / "y.arrow", compression="zstd")
    both = hs.scan_ipc([path, tmp_path / "y.arrow"], include_file_paths="file")
    assert both.collect().height == 400_000
    assert both.select("file").unique().collect().height == 2
    assert hs.scan_ipc(tmp_path / "*.arrow").select(hs.col("a").sum()).collect().item() == 2 * sum(range(200_000))
    check(lambda m: m.scan_ipc(path).filter(m.col("a") < 5))
    pl.scan_ipc(path).sink_ipc(tmp_path / "z.arrow", compression="lz4")
    assert hs.scan_ipc(tmp_path / "z.arrow").collect().equals(frame)
    assert hs.DataFrame({"a": []}).write_ipc(None).getvalue()[:6] == b"ARROW1"
    assert hs.read_ipc(hs.DataFrame({"a": [1]}).clear().write_ipc(None)).shape == (0, 1)


def test_wrong_files_say_what_is_wrong(tmp_path):
    path = tmp_path / "x.arrow"
    hs.DataFrame({"a": range(1000), "b": ["x"] * 1000}).write_ipc(path)
    whole = path.read_bytes()
    for data, what in (
        (b"", "is empty"),
        (b"a,b\n1,2\n", "neither begins as a file nor as a stream"),
        (b"PAR1" + bytes(100), "neither begins"),
        (whole[:-1], "cut off"),
        (whole[: len(whole) // 2], "cut off"),
        (whole[:-10] + b"\xff\xff\xff\x7fARROW1", "footer"),
        (b"ARROW1", "too short"),
    ):
        path.write_bytes(data)
        with pytest.raises(hs.exceptions.ComputeError, match=f"x.arrow.*{what}"):
            hs.read_ipc(path)
    stream = written(hs.DataFrame({"a": range(1000)}), "ipc_stream")
    with pytest.raises(hs.exceptions.ComputeError, match="middle of a message"):
        hs.read_ipc_stream(stream[:2000])
    with pytest.raises(FileNotFoundError, match="nowhere"):
        hs.scan_ipc(tmp_path / "nowhere.arrow").collect()
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="no files"):
        hs.read_ipc(tmp_path / "empty")
    path.write_bytes(whole)
    hs.DataFrame({"z": [1]}).write_ipc(tmp_path / "y.arrow")
    with pytest.raises(hs.exceptions.SchemaError, match="other columns"):
        hs.read_ipc([path, tmp_path / "y.arrow"])
    with pytest.raises(ValueError, match="compression"):
        hs.DataFrame({"z": [1]}).write_ipc(path, compression="gzip")
