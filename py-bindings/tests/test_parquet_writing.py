"""Parquet that is written: encodings are chosen by the values, other readers find the values and the statistics."""

import datetime
import math
import os
import subprocess
import sys
import textwrap

import duckdb
import hypostyle as hs
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 120_000
COMPRESSIONS = ("zstd", "snappy", "lz4", "gzip", "uncompressed")


def pseudo(i: int) -> int:
    """A number that looks random, the same for ever."""
    i = (i + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9 % 2**64
    return (i ^ i >> 31) * 0x94D049BB133111EB % 2**64 >> 16


def with_nulls(items: list) -> list:
    return [None if pseudo(i) % 11 == 0 else item for i, item in enumerate(items)]


def column_values() -> dict[str, list]:
    """Columns for which different encodings take the fewest bytes."""
    n = ROWS
    day = datetime.date(2020, 1, 1)
    columns = {
        "constant": [7] * n,
        "ascending": [1000 + 3 * i + pseudo(i) % 3 for i in range(n)],
        "keys": [pseudo(i) % 200_000 for i in range(n)],
        "wide": [(pseudo(i) << 16 | i % 7) - 2**63 for i in range(n)],
        "extremes": [[2**63 - 1, -(2**63), 0][pseudo(i) % 3] for i in range(n)],
        "few": [pseudo(i) % 50 / 4 for i in range(n)],
        "prices": [pseudo(i) % 10_000_000 / 100 for i in range(n)],
        "odd": [[math.nan, -0.0, 0.0, math.inf, -math.inf, 1.5][pseudo(i) % 6] for i in range(n)],
        "runs": [i // 1000 % 3 == 0 for i in range(n)],
        "flags": [pseudo(i) % 3 == 0 for i in range(n)],
        "days": [day + datetime.timedelta(days=pseudo(i) % 2500) for i in range(n)],
        "times": [datetime.datetime(2024, 1, 1) + datetime.timedelta(microseconds=977 * i) for i in range(n)],
        "modes": [["AIR", "MAIL", "größer als zwölf Bytes", ""][pseudo(i) % 4] for i in range(n)],
        "comments": [f"{pseudo(i) % 1000} of {pseudo(i + 1)} {'ä' * (i % 5)}" for i in range(n)],
        "long": ["x" * 100 + str(pseudo(i) % 10) * (i % 90) for i in range(n)],
        "nothing": [None] * n,
    }
    types = {"nothing": pa.int64()}
    arrays = {name: pa.array(items, types.get(name)) for name, items in columns.items()}
    arrays |= {f"{name}?": pa.array(with_nulls(items), types.get(name)) for name, items in columns.items()}
    return arrays


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.table(column_values())


@pytest.fixture(scope="module", params=COMPRESSIONS)
def written(table, request, tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "x.parquet"
    hs.from_arrow(table).write_parquet(path, compression=request.param, row_group_size=50_000)
    return path


def bits(array: pa.ChunkedArray, dtype: pa.DataType) -> pa.Array:
    """Values as they are compared: floats by their bits, so that NaN is equal to itself and -0.0 is not 0.0."""
    array = pa.concat_arrays(array.cast(dtype).chunks)
    return array.view(pa.int64()) if pa.types.is_float64(dtype) else array


def assert_same(found, expected: pa.Table) -> None:
    found = pa.table(found)
    assert found.column_names == expected.column_names
    for name in expected.column_names:
        dtype = expected.schema.field(name).type
        assert bits(found[name], dtype).equals(bits(expected[name], dtype)), name


def test_pyarrow_reads(table, written):
    assert_same(pq.read_table(written), table)


def test_duckdb_reads(table, written):
    assert_same(duckdb.sql(f"from read_parquet('{written}')").to_arrow_table(), table)


def test_polars_reads(table, written):
    assert_same(pl.read_parquet(written).to_arrow(), table)


def test_it_is_read_here(table, written):
    assert_same(hs.read_parquet(written), table)
    found = hs.scan_parquet(written).filter(hs.col("keys") % 100 == 7).select("comments", "long?", "ascending")
    mask = pa.array([key % 100 == 7 for key in table["keys"].to_pylist()])
    assert_same(found.collect(), table.filter(mask).select(["comments", "long?", "ascending"]))


def ends(items: list):
    """The least and the greatest of the values that have an order."""
    there = [v for v in items if v is not None and v == v]  # noqa: PLR0124
    return (min(there), max(there)) if there else None


def test_statistics(table, written):
    metadata = pq.read_metadata(written)
    start = 0
    for number_of_group in range(metadata.num_row_groups):
        group = metadata.row_group(number_of_group)
        for number, name in enumerate(table.column_names):
            column = group.column(number)
            items = table[name].slice(start, group.num_rows).to_pylist()
            assert column.num_values == len(items)
            assert column.has_column_index and column.has_offset_index, name
            statistics = column.statistics
            assert statistics.null_count == sum(item is None for item in items), name
            found = ends(items)
            if pa.types.is_floating(table[name].type):
                # Their column order, the total order of IEEE 754, is newer than PyArrow, which leaves such ranges out.
                query = "select stats_min_value, stats_max_value from parquet_metadata(?) where row_group_id = ? and column_id = ?"
                [(low, high)] = duckdb.execute(query, [str(written), number_of_group, number]).fetchall()
                # DuckDB leaves out what has a NaN.
                assert low is None and "odd" in name or (float(low), float(high)) == found, name
                continue
            assert statistics.has_min_max == (found is not None), name
            if found is None:
                continue
            low, high = (v.decode() if isinstance(v, bytes) else v for v in (statistics.min, statistics.max))
            if name.startswith("long"):
                # Texts are cut: still no greater and no less than any of them.
                assert low <= found[0] and high >= found[1] and max(len(low), len(high)) <= 64
            else:
                assert (low, high) == found, name
        start += group.num_rows
    assert start == ROWS


def encodings(path) -> dict[str, set[str]]:
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    return {column.path_in_schema: set(column.encodings) - {"RLE"} for column in columns}


def test_encodings(written):
    found = encodings(written)
    dictionary = {"PLAIN", "RLE_DICTIONARY"}
    assert found["few"] == found["few?"] == found["days"] == found["modes"] == dictionary
    assert found["ascending"] == found["keys"] == {"DELTA_BINARY_PACKED"}
    assert found["wide"] == found["flags"] == {"PLAIN"}
    assert found["comments"] == {"DELTA_LENGTH_BYTE_ARRAY"}


def test_what_does_not_shrink_is_not_compressed(table, tmp_path):
    hs.from_arrow(table).write_parquet(tmp_path / "x", compression="zstd")
    group = pq.read_metadata(tmp_path / "x").row_group(0)
    codecs = {group.column(i).path_in_schema: group.column(i).compression for i in range(group.num_columns)}
    assert codecs["keys"] == "UNCOMPRESSED"
    assert codecs["comments"] == codecs["ascending"] == codecs["modes"] == "ZSTD"


def test_ranges_of_pages_leave_out_rows(table, written):
    """What the page index says is used by all: no answer changes."""
    for low in (0, 1000, 100_000, 361_000):
        want = sum(low <= v < low + 50 for v in table["ascending"].to_pylist())
        query = f"select count(*) from read_parquet('{written}') where ascending between {low} and {low + 49}"
        assert duckdb.sql(query).fetchall() == [(want,)]
        here = hs.scan_parquet(written).filter(hs.col("ascending").is_between(low, low + 49)).collect()
        assert here.height == want
        there = pl.scan_parquet(written).filter(pl.col("ascending").is_between(low, low + 49)).collect()
        assert there.height == want


def test_without_statistics(table, tmp_path):
    hs.from_arrow(table).write_parquet(tmp_path / "x", statistics=False)
    column = pq.read_metadata(tmp_path / "x").row_group(0).column(0)
    assert not column.is_stats_set and not column.has_column_index
    assert_same(pq.read_table(tmp_path / "x"), table)


def test_pages_of_a_few_bytes(tmp_path):
    rows = {"a": with_nulls([pseudo(i) for i in range(3000)]), "t": with_nulls([str(i) * (i % 40) for i in range(3000)])}
    frame = hs.DataFrame(rows)
    frame.write_parquet(tmp_path / "x", data_page_size=100)
    assert pq.read_table(tmp_path / "x").to_pydict() == rows
    assert hs.read_parquet(tmp_path / "x").to_dict(as_series=False) == rows
    assert duckdb.sql(f"from read_parquet('{tmp_path / 'x'}')").to_arrow_table().to_pydict() == rows


def test_any_number_of_threads_writes_the_same(table, tmp_path):
    """Which worker encodes a row group, and after which others, is not to be seen in it."""
    pq.write_table(table.select(["ascending", "few?", "modes", "comments?", "long", "flags"]), tmp_path / "x")
    program = """
        import sys
        import hypostyle as hs

        hs.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2], row_group_size=10_000)
    """
    for threads in (1, 2, 8):
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), tmp_path / "x", tmp_path / f"{threads}"],
            check=True,
            env={**os.environ, "HYPOSTYLE_MAX_THREADS": str(threads)},
        )
    files = [(tmp_path / threads).read_bytes() for threads in ("1", "2", "8")]
    assert files[0] == files[1] == files[2]
