"""Parquet: what PyArrow, DuckDB and Polars write is read, and what is written they read, value by value."""

import datetime
import decimal
import io
import itertools
import math

import duckdb
import hypostyle as hs
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 1_000


def plain(value):
    """A value as it is compared: NaN is equal to itself, maps are lists of pairs."""
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple) and len(value) == 2:
        return {"key": plain(value[0]), "value": plain(value[1])}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def values(table) -> dict[str, list]:
    """The values of a table of whatever library, by way of Arrow."""
    table = pa.table(table)
    return {name: plain(table.column(name).to_pylist()) for name in table.column_names}


def assert_same(frame, expected) -> None:
    found, wanted = values(frame), values(expected)
    assert list(found) == list(wanted)
    for name, column in wanted.items():
        assert found[name] == column, name


def with_nulls(items: list, every: int = 7) -> list:
    return [None if i % every == 0 else item for i, item in enumerate(items)]


def column_values() -> dict[str, pa.Array]:
    """Columns of every type that Parquet holds and a table here can, with and without nulls."""
    n = ROWS
    day = datetime.date(2024, 2, 29)
    integers = [(i * 7919) % 251 - 125 for i in range(n)]
    texts = [f"text {i % 40}" if i % 3 else "größer als zwölf Bytes" * (i % 5) for i in range(n)]
    columns = {}
    for width in (8, 16, 32, 64):
        columns[f"i{width}"] = pa.array(integers, getattr(pa, f"int{width}")())
        columns[f"u{width}"] = pa.array([abs(i) for i in integers], getattr(pa, f"uint{width}")())
    columns |= {
        "extremes": pa.array([[-(2**63), 2**63 - 1, 0, None][i % 4] for i in range(n)], pa.int64()),
        "u64_large": pa.array([2**64 - 1 - i for i in range(n)], pa.uint64()),
        "ascending": pa.array(range(n), pa.int64()),
        "f32": pa.array([i / 8 for i in integers], pa.float32()),
        "f64": pa.array([[i / 3, math.nan, math.inf, -0.0][i % 4] for i in range(n)], pa.float64()),
        "f16": pa.array([i / 8 for i in integers], pa.float16()),
        "bool": pa.array([i % 3 == 0 for i in range(n)]),
        "text": pa.array(texts),
        "large_text": pa.array(texts, pa.large_string()),
        "text_view": pa.array(texts, pa.string_view()),
        "distinct_text": pa.array([f"{i:06} unlike the others" for i in range(n)]),
        "category": pa.array(texts).dictionary_encode(),
        "bytes": pa.array([t.encode("utf-16") for t in texts], pa.binary()),
        "fixed": pa.array([bytes([i % 256]) * 5 for i in range(n)], pa.binary(5)),
        "date": pa.array([day + datetime.timedelta(days=i) for i in integers]),
        "time_ms": pa.array([i * 1000 for i in range(n)], pa.int32()).cast(pa.time32("ms")),
        "time_us": pa.array(range(n), pa.int64()).cast(pa.time64("us")),
        "time_ns": pa.array([i * 1000 for i in range(n)], pa.int64()).cast(pa.time64("ns")),
        "ms": pa.array(range(n), pa.int64()).cast(pa.timestamp("ms")),
        "us": pa.array(range(n), pa.int64()).cast(pa.timestamp("us", "UTC")),
        "ns": pa.array([i * 1000 for i in range(n)], pa.int64()).cast(pa.timestamp("ns", "Europe/Berlin")),
        "seconds": pa.array(range(n), pa.int64()).cast(pa.timestamp("s")),
        "duration": pa.array(range(n), pa.int64()).cast(pa.duration("us")),
        "decimal9": pa.array([decimal.Decimal(i) / 100 for i in integers], pa.decimal128(9, 2)),
        "decimal18": pa.array([decimal.Decimal(i) / 100 for i in integers], pa.decimal128(18, 2)),
        "decimal38": pa.array([decimal.Decimal(i * 10**30) / 100 for i in integers], pa.decimal128(38, 2)),
        "null": pa.nulls(n),
        "list": pa.array([None if i % 5 == 0 else [None, *range(i % 4)] for i in range(n)], pa.list_(pa.int64())),
        "large_list": pa.array([texts[i : i + i % 3] for i in range(n)], pa.large_list(pa.string())),
        "fixed_list": pa.array([[i, None] for i in range(n)], pa.list_(pa.int32(), 2)),
        "struct": pa.array([None if i % 4 == 0 else {"a": i, "b": texts[i]} for i in range(n)]),
        "deep": pa.array([[{"x": [i, None], "y": {"z": texts[i]}}] * (i % 3) for i in range(n)]),
        "map": pa.array([[(f"k{i % 3}", i)] for i in range(n)], pa.map_(pa.string(), pa.int64())),
    }
    places = pa.array([None if i % 7 == 0 else i for i in range(n)])
    nullable = {
        f"{name}_nulls": column.take(places)
        for name, column in columns.items()
        # PyArrow takes nothing out of views.
        if not pa.types.is_nested(column.type) and not pa.types.is_null(column.type) and name != "text_view"
    }
    all_null = {"all_null": pa.nulls(n, pa.int64()), "all_null_text": pa.nulls(n, pa.string())}
    return columns | nullable | all_null


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.table(column_values())


def expected(file) -> pa.Table:
    return pq.read_table(file)


WRITERS = [
    {"compression": "none"},
    {"compression": "snappy"},
    {"compression": "gzip"},
    {"compression": "zstd"},
    {"compression": "lz4"},
    {"compression": "brotli"},
    {"compression": "brotli", "use_dictionary": False},
    {"compression": "brotli", "data_page_version": "2.0", "row_group_size": 300, "data_page_size": 512},
    {"compression": "snappy", "use_dictionary": False},
    {"compression": "snappy", "data_page_version": "2.0"},
    {"compression": "zstd", "data_page_version": "2.0", "use_dictionary": False},
    {"row_group_size": 300, "data_page_size": 512},
    {"row_group_size": 77, "data_page_size": 512, "data_page_version": "2.0", "write_page_index": True},
    {"dictionary_pagesize_limit": 200, "data_page_size": 200},
    {"version": "1.0"},
    {"use_deprecated_int96_timestamps": True},
    {"store_schema": False},
    {"write_statistics": False},
]


@pytest.mark.parametrize("options", WRITERS, ids=str)
def test_what_pyarrow_writes(table, options, tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(table, path, **options)
    # PyArrow forgets the zones of such timestamps.
    zones = [n for n in table.column_names if options.get("use_deprecated_int96_timestamps") and n[:2] in ("us", "ns")]
    assert_same(hs.read_parquet(path).drop(zones), expected(path).drop_columns(zones))
    assert hs.read_parquet(path, columns=zones).rows() == pl.read_parquet(path, columns=zones).rows()


ENCODINGS = {
    "PLAIN": ("i32", "i64", "f32", "f64", "text", "bool", "fixed", "decimal38", "bytes"),
    "DELTA_BINARY_PACKED": ("i8", "i32", "i64", "u64_large", "extremes", "ascending", "date", "us"),
    "DELTA_LENGTH_BYTE_ARRAY": ("text", "distinct_text", "bytes"),
    "DELTA_BYTE_ARRAY": ("text", "distinct_text", "bytes", "fixed", "decimal38"),
    "BYTE_STREAM_SPLIT": ("i32", "i64", "f32", "f64", "fixed", "decimal38"),
    "RLE": ("bool",),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_encodings(table, encoding, version, tmp_path):
    names = [n + suffix for n in ENCODINGS[encoding] for suffix in ("", "_nulls")]
    encodings = dict.fromkeys(names, encoding)
    names = list(dict.fromkeys([*names, "ascending"]))
    path = tmp_path / "x.parquet"
    pq.write_table(
        table.select(names),
        path,
        use_dictionary=False,
        column_encoding=encodings,
        data_page_version=version,
        data_page_size=900,
    )
    assert_same(hs.read_parquet(path), expected(path))
    # A filter reads other columns for its rows alone.
    for name in names:
        frame = hs.scan_parquet(path).filter(hs.col("ascending") % 5 == 2).select(name).collect()
        assert_same(frame, expected(path).select([name]).take(list(range(2, ROWS, 5))))


def test_morsels_that_begin_within_pages(tmp_path):
    n = 200_000
    rows = pa.table({
        "i": pa.array(range(n)),
        "code": pa.array([f"code {i % 11}" for i in range(n)]),
        "text": pa.array(with_nulls([f"{i} unlike the others" for i in range(n)])),
        "x": pa.array(with_nulls([i / 2 for i in range(n)], 5)),
        "list": pa.array([[i] * (i % 3) for i in range(n)]),
    })  # fmt: skip
    for options in ({"data_page_size": 1 << 24, "max_rows_per_page": n}, {"data_page_size": 4096}):
        path = tmp_path / "x.parquet"
        try:
            pq.write_table(rows, path, **options)
        except TypeError:
            pq.write_table(rows, path, data_page_size=options["data_page_size"])
        assert_same(hs.read_parquet(path), rows)
        kept = hs.scan_parquet(path).filter(hs.col("i") % 1000 == 7).collect()
        assert_same(kept, rows.take(list(range(7, n, 1000))))
        assert_same(hs.read_parquet(path, n_rows=70_001).tail(3), rows.slice(69_998, 3))


def test_what_duckdb_writes(tmp_path):
    path = tmp_path / "x.parquet"
    for options in (
        "",
        ", compression zstd",
        ", compression brotli",
        ", parquet_version v2",
        ", parquet_version v2, compression brotli",
        ", row_group_size 2048, compression gzip",
    ):
        duckdb.sql(
            "copy (select i, i::tinyint % 100 as small, i * 1.5 as x, (i % 7)::varchar as code, i::varchar || 'abc' as text, "
            "date '2024-01-01' + i::int as day, timestamp '2024-01-01' + interval (i) minute as at, "
            "case when i % 3 = 0 then null else i end as some, (i / 7)::decimal(12, 3) as money, [i, i + 1] as items, "
            "{'a': i, 'b': 'x'} as record, i % 2 = 0 as even, i::hugeint as huge, uuid() as id "
            f"from range(100) t(i)) to '{path}' (format parquet{options})"
        )
        frame, wanted = hs.read_parquet(path).drop("id"), expected(path).drop_columns(["id"])
        assert_same(frame, wanted)


@pytest.mark.parametrize("compression", ["zstd", "snappy", "lz4", "gzip", "brotli", "uncompressed"])
def test_what_polars_writes(compression, tmp_path):
    n = ROWS
    frame = pl.DataFrame({
        "i": range(n),
        "x": [i / 3 for i in range(n)],
        "text": with_nulls([f"text {i % 9}" for i in range(n)]),
        "distinct": [f"{i}" for i in range(n)],
        "category": pl.Series([f"{i % 5}" for i in range(n)], dtype=pl.Categorical),
        "enum": pl.Series([f"{i % 3}" for i in range(n)], dtype=pl.Enum(["0", "1", "2"])),
        "time": [datetime.time(i % 24, 1, 2, 3) for i in range(n)],
        "span": [datetime.timedelta(microseconds=i) for i in range(n)],
        "at": [datetime.datetime(2024, 1, 1, 0, i % 60, tzinfo=datetime.UTC) for i in range(n)],
        "list": [[i, None] for i in range(n)],
        "record": [{"a": i, "b": [str(i)]} for i in range(n)],
    })  # fmt: skip
    path = tmp_path / "x.parquet"
    frame.write_parquet(path, compression=compression)
    found = hs.read_parquet(path)
    assert [str(t) for t in found.dtypes] == [str(t) for t in frame.dtypes]
    assert found.rows() == frame.rows()


@pytest.mark.parametrize("compression", ["zstd", "snappy", "lz4", "gzip", "uncompressed"])
def test_what_is_written(table, compression, tmp_path):
    frame = hs.from_arrow(table.drop_columns(["map", "deep"]))
    path = tmp_path / "x.parquet"
    frame.write_parquet(path, compression=compression, row_group_size=300)
    assert pq.ParquetFile(path).num_row_groups == 4
    assert_same(pq.read_table(path), frame)
    assert_same(pl.read_parquet(path), frame)
    assert_same(hs.read_parquet(path), frame)
    assert hs.read_parquet(path).schema == frame.schema
    names = [n for n in frame.columns if "category" not in n]
    assert_same(duckdb.sql(f"select count(*) as n from '{path}'").to_arrow_table(), {"n": [ROWS]})
    for name in ("i64_nulls", "text_nulls", "f64", "decimal18", "date", "us", "bool_nulls", "list", "struct"):
        assert name in names
        found = duckdb.sql(f'select "{name}" from \'{path}\'').to_arrow_table()
        assert plain(found.column(0).to_pylist()) == values(frame.select(name))[name]


def test_options_of_writing(tmp_path):
    frame = hs.DataFrame({"a": range(10), "b": ["x"] * 10})
    path = tmp_path / "new" / "x.parquet"
    with pytest.raises(OSError, match="x.parquet"):
        frame.write_parquet(path)
    frame.write_parquet(path, mkdir=True, statistics=False, metadata={"who": "me"})
    assert hs.read_parquet_metadata(path)["who"] == "me"
    assert not pq.ParquetFile(path).metadata.row_group(0).column(0).is_stats_set
    frame.lazy().filter(hs.col("a") > 7).sink_parquet(path, compression="zstd", compression_level=10)
    assert hs.read_parquet(path).rows() == [(8, "x"), (9, "x")]
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).statistics.min == 8
    file = io.BytesIO()
    frame.write_parquet(file)
    assert hs.read_parquet(file).rows() == frame.rows()
    assert hs.read_parquet(file.getvalue()).rows() == frame.rows()
    for wrong in ({"compression": "zip"}, {"compression": "zstd", "compression_level": 99}):
        with pytest.raises(hs.exceptions.InvalidOperationError):
            frame.write_parquet(path, **wrong)


def test_rows_paths_and_columns(tmp_path):
    for number in range(3):
        frame = hs.DataFrame({"a": range(number * 10, number * 10 + 10), "b": [str(number)] * 10})
        frame.write_parquet(tmp_path / f"{number}.parquet")
    pattern = tmp_path / "*.parquet"
    everything = hs.read_parquet(pattern)
    assert everything["a"].to_list() == list(range(30))
    assert hs.read_parquet([tmp_path / "2.parquet", tmp_path / "0.parquet"])["a"].to_list()[:11] == [*range(20, 30), 0]
    assert hs.read_parquet(pattern, n_rows=13)["a"].to_list() == list(range(13))
    assert hs.read_parquet(pattern, columns=["b"]).columns == ["b"]
    assert hs.read_parquet(pattern, columns=[1, 0]).columns == ["b", "a"]
    frame = hs.read_parquet(pattern, row_index_name="row", row_index_offset=5, include_file_paths="path")
    assert frame.columns == ["row", "a", "b", "path"]
    assert frame["row"].to_list() == list(range(5, 35))
    assert frame["path"].to_list()[10] == str(tmp_path / "1.parquet")
    query = hs.scan_parquet(pattern, row_index_name="row").filter(hs.col("a") % 10 == 9)
    assert query.collect()["row"].to_list() == [9, 19, 29]
    assert query.select(hs.len()).collect().item() == 3
    assert hs.scan_parquet(pattern).select(hs.len()).collect().item() == 30
    assert dict(hs.read_parquet_schema(tmp_path / "0.parquet")) == {"a": hs.Int64, "b": hs.String}
    assert hs.scan_parquet(pattern).head(2).collect().rows() == [(0, "0"), (1, "0")]
    with pytest.raises(OSError, match="no file matches"):
        hs.scan_parquet(tmp_path / "*.csv").collect()


def test_files_of_other_columns(tmp_path):
    hs.DataFrame({"a": [1, 2], "b": ["x", "y"]}).write_parquet(tmp_path / "0.parquet")
    hs.DataFrame({"b": ["z"], "c": [1.5]}).write_parquet(tmp_path / "1.parquet")
    pattern = tmp_path / "*.parquet"
    with pytest.raises(hs.exceptions.SchemaError, match="1.parquet"):
        hs.read_parquet(pattern)
    with pytest.raises(hs.exceptions.SchemaError, match="'c'|\"c\""):
        hs.scan_parquet(pattern, missing_columns="insert").collect()
    frame = hs.scan_parquet(pattern, missing_columns="insert", extra_columns="ignore").collect()
    assert frame.rows() == [(1, "x"), (2, "y"), (None, "z")]
    hs.DataFrame({"a": hs.Series([7], dtype=hs.Int32), "b": ["w"]}).write_parquet(tmp_path / "1.parquet")
    with pytest.raises(hs.exceptions.SchemaError, match="i32"):
        hs.read_parquet(pattern)
    assert hs.scan_parquet(pattern, cast_options=hs.ScanCastOptions(integer_cast="upcast")).collect()["a"].to_list() == [1, 2, 7]


def test_pruning_changes_no_answer(tmp_path):
    n = 20_000
    rows = pa.table({
        "i": pa.array(with_nulls(list(range(n)), 11)),
        "x": pa.array([math.nan if i % 997 == 0 else i / 2 for i in range(n)]),
        "u": pa.array([2**63 + i for i in range(n)], pa.uint64()),
        "day": pa.array([datetime.date(2000, 1, 1) + datetime.timedelta(days=i // 100) for i in range(n)]),
        "money": pa.array([decimal.Decimal(i) / 100 for i in range(n)], pa.decimal128(20, 2)),
        "text": pa.array([f"{i:05}" for i in range(n)]),
        "row": pa.array(range(n)),
    })  # fmt: skip
    path = tmp_path / "x.parquet"
    pq.write_table(rows, path, row_group_size=5_000, data_page_size=2_000, write_page_index=True, use_dictionary=False)
    whole = hs.read_parquet(path)
    constants = {
        "i": [0, 4_999, 5_000, 12_345, -1, n],
        "x": [0.0, 2_499.5, 6_000.25, -1.0],
        "u": [2**63, 2**63 + 4_999, 2**63 + 12_000],
        "day": [datetime.date(2000, 1, 1), datetime.date(2000, 3, 1)],
        "money": [decimal.Decimal("50.00"), decimal.Decimal("123.45")],
        "text": ["00000", "04999", "12345"],
    }
    for name, values in constants.items():
        for value in values:
            column = hs.col(name)
            low, high = column >= value, column < value
            for predicate in (column == value, column != value, low, high, column > value, column <= value, ~low):
                for other in (predicate, predicate & (hs.col("row") % 3 == 0), predicate | (hs.col("row") < 9)):
                    found = hs.scan_parquet(path).filter(other).select("row").collect()
                    assert found["row"].to_list() == whole.filter(other)["row"].to_list(), str(other)
    for predicate in (hs.col("i").is_null(), hs.col("i").is_not_null(), hs.col("i").is_in([3, 4_999, 17_000])):
        found = hs.scan_parquet(path).filter(predicate).collect()
        assert found["row"].to_list() == whole.filter(predicate)["row"].to_list()


def long_texts(n: int) -> list[str | None]:
    """In order, told apart behind the 64 bytes that statistics keep, or before."""
    return [None if i % 13 == 5 else f"{i // 100:03}" + "é" * (40 if i % 2 else 1) + f"{i:05}" for i in range(n)]


@pytest.mark.parametrize("writer", ["pyarrow", "hypostyle", "polars", "duckdb"])
def test_ranges_of_text_change_no_answer(tmp_path, writer):
    texts = long_texts(6_000)
    path = tmp_path / "x.parquet"
    rows = pa.table({"t": texts, "row": pa.array(range(len(texts)))})
    if writer == "pyarrow":
        pq.write_table(rows, path, row_group_size=500, data_page_size=500, write_page_index=True)
    elif writer == "hypostyle":
        hs.from_arrow(rows).write_parquet(path, row_group_size=500, data_page_size=500)
    elif writer == "polars":
        pl.from_arrow(rows).write_parquet(path, row_group_size=500, data_page_size=500)
    else:
        duckdb.sql(f"copy (from rows) to '{path}' (format parquet, row_group_size 2048)")
    whole = hs.read_parquet(path)
    some = [text for text in texts[::251] if text]
    for value in [*some, "", "zzz", some[3][:20], some[4][:64], some[5] + "x", some[6][:-1], "000", "001é"]:
        column = hs.col("t")
        for predicate in (
            column == value, column != value, column < value, column <= value, column > value, column >= value,
            column.is_in([value, some[7]]), column.is_between(hs.lit(value), hs.lit(some[9])),
        ):  # fmt: skip
            found = hs.scan_parquet(path).filter(predicate).select("row").collect()
            assert found["row"].to_list() == whole.filter(predicate)["row"].to_list(), (writer, str(predicate))


def test_row_groups_are_left_out_by_ranges_of_text(tmp_path):
    path = tmp_path / "x.parquet"
    hs.DataFrame({"t": [f"{'a' if i < 500 else 'b' * 100}{i:03}" for i in range(1000)]}).write_parquet(
        path, row_group_size=500, compression="uncompressed"
    )
    chunk = pq.read_metadata(path).row_group(0).column(0)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    with open(path, "r+b") as file:
        file.seek(start)
        file.write(b"\xff" * chunk.total_compressed_size)
    scan = hs.scan_parquet(path)
    for predicate in (hs.col("t") > "b", hs.col("t") == "b" * 100 + "700", hs.col("t").is_in(["b" * 100 + "700", "c"])):
        assert scan.filter(predicate).collect().height > 0
    with pytest.raises(hs.exceptions.ComputeError):
        scan.filter(hs.col("t") >= "a").collect()


def test_joins_send_what_they_want(tmp_path):
    n = 200_000
    pq.write_table(pa.table({"key": pa.array(range(n)), "x": pa.array([i % 7 for i in range(n)])}), tmp_path / "x.parquet")
    few = hs.LazyFrame({"key": [5, 70_000, 199_999, n]})
    joined = hs.scan_parquet(tmp_path / "x.parquet").join(few, on="key").sort("key").collect()
    assert joined.rows() == [(5, 5), (70_000, 0), (199_999, 199_999 % 7)]


def test_rows_do_not_depend_on_threads(tmp_path):
    frames = itertools.product(range(40), ["a", "b", None])
    hs.DataFrame([*frames], schema=["i", "t"], orient="row").write_parquet(tmp_path / "x.parquet", row_group_size=7)
    query = hs.scan_parquet(tmp_path / "x.parquet").filter(hs.col("t") != "a")
    first = query.collect().rows()
    assert len(first) == 40
    for _ in range(5):
        assert query.collect().rows() == first


def test_a_file_that_is_replaced(tmp_path):
    path = tmp_path / "x.parquet"
    hs.DataFrame({"a": [1, 2, 3]}).write_parquet(path)
    query = hs.scan_parquet(path)
    assert query.collect()["a"].to_list() == [1, 2, 3]
    hs.DataFrame({"a": list(range(100))}).write_parquet(path)
    assert query.collect()["a"].to_list() == list(range(100))


@pytest.mark.parametrize("descending", [False, True])
def test_the_first_rows_of_a_sort_are_fetched(tmp_path, descending):
    """All types, from several files and row groups, whose values are read for the rows of the result alone."""
    parts = []
    for part in range(2):
        rows = {"order": pa.array([(i * 7919 % 1009) * 2 + part for i in range(ROWS)])}
        table = pa.table(rows | column_values())
        (tmp_path / f"part={part}").mkdir()
        path = tmp_path / f"part={part}" / "rows.parquet"
        pq.write_table(table, path, row_group_size=300, data_page_size=500, write_batch_size=50)
        indexes = pa.array(range(part * ROWS, (part + 1) * ROWS), pa.uint32())
        table = table.add_column(0, "row", indexes).append_column("part", pa.array([part] * ROWS))
        parts.append(table.append_column("path", pa.array([str(path)] * ROWS)))
    every = values(pa.concat_tables(parts))
    first = sorted((order, i) for i, order in enumerate(every["order"]) if order > 50)
    first = (first[::-1] if descending else first)[1:6]
    expected = {name: [column[i] for _, i in first] for name, column in every.items()}

    rows = hs.scan_parquet(tmp_path, row_index_name="row", include_file_paths="path")
    query = rows.filter(hs.col("order") > 50).sort("order", descending=descending).slice(1, 5)
    assert "FETCH" in query.explain()
    assert values(query.collect()) == expected
