"""What goes wrong at a newcomer's hands: each a typed error that says what to do, and the next query works."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import textwrap

import hypostyle as hs
import pytest

FRAME = hs.DataFrame({"price": [1, 2], "name": ["x", "y"], "prize": [True, False]})
COLUMN, COMPUTE = hs.exceptions.ColumnNotFoundError, hs.exceptions.ComputeError
OPERATION, SCHEMA = hs.exceptions.InvalidOperationError, hs.exceptions.SchemaError


@pytest.fixture(autouse=True)
def the_next_query_works():
    yield
    frame = hs.DataFrame({"a": [1, 2, 3]}).lazy()
    assert frame.filter(hs.col("a") > 1).select(hs.col("a").sum()).collect().item() == 5


UNKNOWN = {
    "select": lambda: FRAME.select("pirce"),
    "filter": lambda: FRAME.filter(hs.col("pirce") > 1),
    "lazy": lambda: FRAME.lazy().with_columns(hs.col("pirce") + 1).collect(),
    "getitem": lambda: FRAME["pirce"],
    "group_by": lambda: FRAME.group_by("pirce").agg(hs.len()),
    "agg": lambda: FRAME.group_by("name").agg(hs.col("pirce").sum()),
    "sort": lambda: FRAME.sort("pirce"),
    "join": lambda: FRAME.join(FRAME, on="pirce"),
    "drop": lambda: FRAME.drop("pirce"),
    "rename": lambda: FRAME.rename({"pirce": "p"}),
    "unique": lambda: FRAME.unique("pirce"),
    "unpivot": lambda: FRAME.unpivot(on="pirce"),
    "explode": lambda: FRAME.explode("pirce"),
    "over": lambda: FRAME.select(hs.col("price").sum().over("pirce")),
    "get_column": lambda: FRAME.get_column("pirce"),
    "drop_nulls": lambda: FRAME.drop_nulls("pirce"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_columns(name):
    with pytest.raises(COLUMN, match='"pirce".*did you mean "pri[cz]e"'):
        UNKNOWN[name]()


WRONG_TYPES = {
    "text plus number": (lambda: FRAME.select(hs.col("name") + 1), OPERATION, "str and i32.*cast"),
    "text above number": (lambda: FRAME.filter(hs.col("name") > 5), COMPUTE, "str with i32.*cast"),
    "text function": (lambda: FRAME.select(hs.col("price").str.len_chars()), SCHEMA, "takes text, not i64"),
    "time function": (lambda: FRAME.select(hs.col("name").dt.year()), OPERATION, "not str"),
    "sum of text": (lambda: FRAME.select(hs.col("name").sum()), OPERATION, "`sum`.*str"),
    "filter by number": (lambda: FRAME.filter(hs.col("price")), OPERATION, "boolean, not i64.*price"),
    "cast": (lambda: FRAME.select(hs.col("name").cast(int)), OPERATION, '"x", "y".*strict=False'),
    "join keys": (lambda: FRAME.join(FRAME, left_on="price", right_on="name"), SCHEMA, "i64.*str.*cast"),
    "and": (lambda: FRAME.filter((hs.col("price") > 1) and hs.col("prize")), TypeError, "`&`"),
    "concat": (lambda: hs.concat([FRAME, FRAME.cast({"price": str})]), SCHEMA, "'price'.*relaxed"),
    "no data type": (lambda: hs.DataFrame({"a": [1]}, schema={"a": "integer"}), TypeError, "integer"),
    "no method": (lambda: FRAME.slect("a"), AttributeError, "slect"),
    "mixed values": (lambda: hs.Series([1, "x"]), TypeError, "'x'.*strict=False"),
    "lengths": (lambda: hs.DataFrame({"a": [1, 2], "b": [1]}), hs.exceptions.ShapeError, '"b" has 1 rows'),
}


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_wrong_types(name):
    work, error, text = WRONG_TYPES[name]
    with pytest.raises(error, match=f"(?s){text}"):
        work()


@pytest.fixture
def read(tmp_path):
    """Writes a file and reads it, eagerly or lazily."""

    def write_and_read(content: bytes, name: str = "data.csv", **options):
        (tmp_path / name).write_bytes(content)
        return hs.read_csv(tmp_path / name, **options)

    return write_and_read


def test_a_broken_field(read):
    with pytest.raises(COMPUTE) as caught:
        read(b"id,amount\n" + b"1,2\n" * 300 + b"3,12 EUR\n")
    message = str(caught.value)
    for part in ('"12 EUR"', "i64", '"amount"', "line 302", "data.csv", "`ignore_errors`", "`schema_overrides`"):
        assert part in message, message


def test_a_broken_field_after_quoted_newlines(read):
    # Lines are those that an editor shows.
    with pytest.raises(COMPUTE, match='"oops".*"n", line 5 of'):
        read(b't,n\r\n"two\r\nlines",1\r\nx,oops\r\n'.replace(b"x,oops", b"x,2\r\ny,oops"), schema={"t": str, "n": int})


def test_the_first_broken_field_is_named_on_every_number_of_threads(tmp_path):
    path = tmp_path / "large.csv"
    good = b"n,t\n" + b"12345,some text to fill the line\n" * 100_000
    path.write_bytes(good + b"first,x\n" + b"1,x\n" * 50_000 + b"second,x\n")
    for _ in range(3):
        with pytest.raises(COMPUTE, match='"first".*line 100002 of'):
            hs.scan_csv(path).group_by("t").agg(hs.col("n").sum()).collect()


def test_ragged_rows(read):
    with pytest.raises(COMPUTE, match=r"line 3 of .*data.csv has 3 fields.*`truncate_ragged_lines`"):
        read(b"a,b\n1,2\n1,2,3\n")
    assert read(b"a,b\n1,2\n1\n").rows() == [(1, 2), (1, None)]


def test_an_open_quote(read):
    with pytest.raises(COMPUTE, match="(?s)line 2 of .*data.csv.*quote is not closed"):
        read(b'a,b\n1,"x\n2,y\n')


def test_invalid_utf8(read):
    with pytest.raises(COMPUTE, match='"b", line 3 of .*data.csv.*not UTF-8.*`utf8-lossy`'):
        read(b"a,b\n1,x\n2,\xff\xfe\n")
    assert read(b"a,b\n1,x\n2,\xff\n", encoding="utf8-lossy")["b"].to_list() == ["x", "\ufffd"]


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.csv"):
        hs.read_csv(tmp_path / "no.csv")
    with pytest.raises(FileNotFoundError, match=r"no\.csv"):
        hs.scan_csv(tmp_path / "no.csv").collect()
    with pytest.raises(FileNotFoundError, match=r"no\*\.csv.*pattern"):
        hs.scan_csv(tmp_path / "no*.csv").collect()
    with pytest.raises(TypeError):
        hs.read_csv(None)


def test_a_file_that_goes_away(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(b"a\n1\n")
    query = hs.scan_csv(path)
    assert query.collect().height == 1
    path.unlink()
    with pytest.raises(FileNotFoundError, match="data.csv"):
        hs.scan_csv(path).collect()


def test_a_directory(tmp_path):
    with pytest.raises(IsADirectoryError, match=r"\*\.csv"):
        hs.read_csv(tmp_path)
    with pytest.raises(IsADirectoryError):
        FRAME.write_csv(tmp_path)


def test_an_empty_file(read):
    with pytest.raises(hs.exceptions.NoDataError, match="data.csv is empty.*`raise_if_empty`"):
        read(b"")
    assert read(b"", raise_if_empty=False).shape == (0, 0)


def test_truncated_and_damaged_gzip(read):
    whole = gzip.compress(b"n\n" + b"".join(b"%d\n" % (i * 7919 % 10007) for i in range(20_000)))
    assert read(whole, "whole.csv.gz").height == 20_000
    with pytest.raises(OSError, match="cut.csv.gz.*truncated gzip"):
        read(whole[:-100], "cut.csv.gz")
    with pytest.raises(OSError, match="damaged.csv.gz.*gzip"):
        read(whole[:12] + b"garbage" * 10, "damaged.csv.gz")


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json", "ipc", "ipc_stream", "parquet"])
def test_a_full_disk(tmp_path, kind):
    with pytest.raises(OSError, match="No space left") as caught:
        getattr(hs.DataFrame({"a": range(100_000)}), f"write_{kind}")("/dev/full")
    assert caught.value.errno == 28
    # A limit on the size of files stands for a disk that is nearly full.
    program = """
        import resource, sys
        import hypostyle as hs

        path, kind = sys.argv[1:]
        whole = getattr(hs.DataFrame, "write_" + kind)
        whole(hs.DataFrame({"a": [1]}), path)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        sink = getattr(hs.LazyFrame, "sink_" + kind, None)
        for write in (whole, lambda frame, path: sink(frame.lazy(), path) if sink else whole(frame, path)):
            try:
                # Numbers in no order, or Parquet would need but a few kilobytes.
                write(hs.DataFrame({"a": [i * i % 1_000_003 for i in range(1_000_000)]}), path)
            except OSError as error:
                print(type(error).__name__, "File too large" in str(error), path in str(error))
        print(getattr(hs, "read_" + kind)(path).rows())
    """
    path = tmp_path / f"out.{kind}"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), path, kind], capture_output=True, text=True, check=True
    )
    # What was there before is there still, and nothing else.
    assert done.stdout.splitlines() == ["OSError True True"] * 2 + ["[(1,)]"], done.stderr
    assert os.listdir(tmp_path) == [f"out.{kind}"]


def test_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        FRAME.write_csv(tmp_path / "nowhere" / "out.csv")


def test_an_error_in_a_users_function_keeps_its_type():
    with pytest.raises(ZeroDivisionError):
        FRAME.pipe(lambda frame: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        FRAME["price"].map_elements(lambda value: value / 0)


def test_files_that_are_not_local():
    storage = {"aws_region": "here", "aws_allow_http": True}
    for scan in (hs.scan_csv, hs.scan_parquet, hs.scan_ipc, hs.scan_ndjson):
        # The default wheel does not read them; one with the feature finds nobody at this address.
        with pytest.raises((hs.exceptions.InvalidOperationError, OSError), match="http://127.0.0.1:9/x"):
            scan("http://127.0.0.1:9/x", storage_options={**storage, "max_retries": 0}).collect()
        with pytest.raises(hs.exceptions.InvalidOperationError, match="credential_provider"):
            scan("s3://bucket/x", credential_provider=lambda: None)
    with pytest.raises(hs.exceptions.InvalidOperationError, match="written to local files"):
        FRAME.write_parquet("s3://bucket/x", storage_options=storage)
