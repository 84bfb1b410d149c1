"""Delta tables: what Polars and deltalake write we read, what we write they read."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deltalake
import hypostyle as hs
import polars as pl
import pytest
from oracle import TYPES, check, types

FRAME = pl.DataFrame({"a": [1, 2, 3], "p": ["x", "y", None], "f": [0.5, None, 1.5]})


def test_versions_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "table"
    FRAME.write_delta(path)
    FRAME.head(1).write_delta(path, mode="append")
    moment = dt.datetime.now(tz=dt.timezone.utc)
    FRAME.clear().write_delta(path, mode="overwrite")
    options: list[dict[str, Any]] = [{}, {"version": 0}, {"version": 1}, {"version": 2}, {"version": moment}]
    options += [{"version": moment.isoformat()}, {"version": 1, "columns": ["p", "a"]}]
    options += [{"columns": ["zz"]}, {"version": 0, "delta_table_options": {"without_files": True}}]
    for kwargs in options:
        # Polars does not look at `version` where it is given a table.
        for source in (path, str(path), *([] if "version" in kwargs else [deltalake.DeltaTable(path)])):
            check(lambda m: m.read_delta(source, **kwargs), sort=True)
    with pytest.raises(deltalake.exceptions.DeltaError):
        hs.read_delta(path, version=99)
    table = deltalake.DeltaTable(path, version=0)
    assert hs.read_delta(table).height == 3 and hs.read_delta(table, version=1).height == 4
    assert table.version() == 0


def test_partitions(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "a": [1, 2, 3, 4, 5],
            "p": ["x y", "é/z", None, "a=b%20", "x y"],
            "q": [dt.date(2020, 1, 1), None, dt.date(2021, 1, 1), None, None],
            "n": [1, 2, 3, None, 1],
        }
    )
    frame.write_delta(tmp_path, delta_write_options={"partition_by": ["p", "q", "n"]})
    predicates: list[Callable[[Any], Any]] = [
        lambda m: m.lit(True),
        lambda m: m.col("p") == "x y",
        lambda m: m.col("q").is_null() & (m.col("n") > 1),
        lambda m: m.col("q") == dt.date(2021, 1, 1),
        lambda m: m.col("p").is_null(),
        lambda m: m.col("a") > 2,
    ]
    for predicate in predicates:
        check(lambda m: m.scan_delta(tmp_path).filter(predicate(m)), sort=True)
        check(lambda m: m.scan_delta(tmp_path).filter(predicate(m)).select("q", "p"), sort=True)
    assert "DataFrame" not in hs.scan_delta(tmp_path).explain(), "the files are not read for the plan"


def test_columns_that_came_later_and_wider_numbers(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}, schema={"a": pl.Int64}).write_delta(tmp_path)
    more = pl.DataFrame({"b": ["x"], "a": [2]})
    more.write_delta(tmp_path, mode="append", delta_write_options={"schema_mode": "merge"})
    check(lambda m: m.read_delta(tmp_path), sort=True)
    check(lambda m: m.scan_delta(tmp_path).filter(m.col("b").is_null()))


def test_modes(tmp_path: Path) -> None:
    results: dict[str, Any] = {}
    for module in (pl, hs):
        path = tmp_path / module.__name__
        frame = module.DataFrame(FRAME)
        steps: list[Any] = [
            frame.write_delta(path),
            frame.write_delta(str(path), mode="append"),
            frame.write_delta(path, mode="ignore"),
            frame.head(1).write_delta(path, mode="overwrite"),
            frame.write_delta(
                deltalake.DeltaTable(path), mode="append", delta_write_options={"target_file_size": 1000}
            ),
        ]
        with pytest.raises(deltalake.exceptions.DeltaError):
            frame.write_delta(path)
        merge = {"predicate": "s.a = t.a", "source_alias": "s", "target_alias": "t"}
        changed = frame.with_columns(a=module.col("a") + 2, f=module.lit(9.0))
        merger = changed.write_delta(str(path), mode="merge", delta_merge_options=merge)
        counts = merger.when_matched_update_all().when_not_matched_insert_all().execute()
        inserted = counts["num_target_rows_inserted"]
        results[module.__name__] = (steps, inserted, sorted(pl.read_delta(path).rows(), key=repr))
    assert results["polars"] == results["hypostyle"]


def test_queries_are_written_while_they_are_computed(tmp_path: Path) -> None:
    query = hs.LazyFrame({"a": range(200_000), "u": ["x", "y"] * 100_000}).with_columns(
        hs.col("u").cast(hs.Categorical)
    )
    assert query.filter(hs.col("a") % 2 == 0).sink_delta(tmp_path / "table") is None
    back = hs.read_delta(tmp_path / "table")
    assert back.schema == {"a": hs.Int64, "u": hs.String}
    assert back["a"].sort().to_list() == list(range(0, 200_000, 2))
    query.head(0).sink_delta(tmp_path / "empty")
    check(lambda m: m.read_delta(tmp_path / "empty"))
    check(lambda m: m.LazyFrame({"a": [1]}).sink_delta(tmp_path / "t", mode="merge"))
    query.head(3).sink_delta(tmp_path / "table", mode="overwrite", delta_write_options={"target_file_size": 1000})
    merge = {"predicate": "s.a = t.a", "source_alias": "s", "target_alias": "t"}
    merger = query.head(5).sink_delta(tmp_path / "table", mode="merge", delta_merge_options=merge)
    assert merger.when_not_matched_insert_all().execute()["num_target_rows_inserted"] == 2


def test_queries_that_fail_leave_the_table_as_it_is(tmp_path: Path) -> None:
    hs.DataFrame({"a": [1]}).write_delta(tmp_path)
    wrong = hs.LazyFrame({"a": ["1", "x"]}).select(hs.col("a").cast(hs.Int64))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="x"):
        wrong.sink_delta(tmp_path, mode="append")

    def fail(values: Any) -> Any:
        msg = f"no luck with {len(values)}"
        raise LookupError(msg)

    with pytest.raises(LookupError, match="no luck"):
        hs.LazyFrame({"a": [1]}).select(hs.col("a").map_batches(fail, return_dtype=hs.Int64)).sink_delta(
            tmp_path, mode="append"
        )
    assert hs.read_delta(tmp_path).rows() == [(1,)]


#: What Delta has for our types.
BECOME = {
    "UInt8": hs.Int8,
    "UInt16": hs.Int16,
    "UInt32": hs.Int32,
    "UInt64": hs.Int64,
    "DatetimeMs": hs.Datetime("us"),
    "Categorical": hs.String,
    "Enum": hs.String,
    "Array": hs.List(hs.Int16),
}
REFUSED = {"Int128", "UInt128", "Float16", "Time", "Duration", "Null", "ArrayString"}


@pytest.mark.parametrize("name", TYPES)
def test_all_types_there_and_back(name: str, tmp_path: Path) -> None:
    column = types(hs)[name]
    if name in REFUSED:
        with pytest.raises(TypeError, match=f"no type for column {name!r}"):
            column.to_frame().write_delta(tmp_path / "table")
        assert not list(tmp_path.iterdir())
        return
    whole = column.append(column.clone()).to_frame()
    for number, frame in enumerate((whole, whole.head(1), whole.clear(), whole.slice(2, 3))):
        path = tmp_path / str(number)
        frame.write_delta(path)
        back = hs.read_delta(path)
        assert back.schema == {name: BECOME.get(name, column.dtype)}
        assert repr(back.rows()) == repr(frame.rows())
        assert repr(pl.read_delta(path).rows()) == repr(frame.rows())
    nested = hs.DataFrame(
        {"s": whole.to_struct("s"), "l": whole.select(hs.all().implode()).to_series().new_from_index(0, 10)}
    )
    nested.write_delta(tmp_path / "nested")
    assert repr(hs.read_delta(tmp_path / "nested").rows()) == repr(nested.rows())


def test_numbers_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(hs.exceptions.InvalidOperationError, match="200"):
        hs.DataFrame({"a": [200]}, schema={"a": hs.UInt8}).write_delta(tmp_path / "table")
    assert not list(tmp_path.iterdir())


def test_bad_input(tmp_path: Path) -> None:
    frame = hs.DataFrame({"a": [1]})
    check(lambda m: m.read_delta(tmp_path / "nowhere"))
    with pytest.raises(TypeError, match="a path or a DeltaTable, not 'int'"):
        hs.read_delta(5)
    with pytest.raises(deltalake.exceptions.TableNotFoundError):
        hs.read_delta(tmp_path)
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"mode": "zz"}, ValueError, "`mode` is one of"),
        ({"mode": "merge"}, ValueError, "predicate"),
        ({"delta_merge_options": {"predicate": "a = a"}}, ValueError, "delta_merge_options"),
        ({"credential_provider": lambda: None}, hs.exceptions.InvalidOperationError, "credential_provider"),
    ]
    for kwargs, error, text in wrong:
        with pytest.raises(error, match=text):
            frame.write_delta(tmp_path / "table", **kwargs)
    frame.write_delta(tmp_path / "table")
    with pytest.raises(hs.exceptions.InvalidOperationError, match="pyarrow_options"):
        hs.scan_delta(tmp_path / "table", use_pyarrow=True, pyarrow_options={"x": 1})
    with pytest.raises(hs.exceptions.InvalidOperationError, match="credential_provider"):
        hs.scan_delta(tmp_path / "table", credential_provider=lambda: None)


def test_tables_that_are_not_supported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hs.DataFrame({"a": [1], "p": ["x"]}).write_delta(tmp_path, delta_write_options={"partition_by": "p"})
    table = deltalake.DeltaTable(tmp_path)
    monkeypatch.setattr(deltalake.DeltaTable, "file_uris", lambda self: [str(tmp_path / "elsewhere.parquet")])
    with pytest.raises(hs.exceptions.InvalidOperationError, match="not in folders named 'p'"):
        hs.scan_delta(table)
    log = tmp_path / "_delta_log" / "00000000000000000000.json"
    log.write_text(log.read_text().replace('"configuration":{}', '"configuration":{"delta.columnMapping.mode":"name"}'))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="column mapping"):
        hs.scan_delta(tmp_path)


def test_deletion_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on = {"delta.enableDeletionVectors": "true"}
    hs.DataFrame({"a": [1, 2]}).write_delta(tmp_path, delta_write_options={"configuration": on})
    assert "deletionVectors" in deltalake.DeltaTable(tmp_path).protocol().reader_features
    check(lambda m: m.read_delta(tmp_path))
    # A table of which rows were deleted so; deltalake reads such tables, and writes none.
    vectors = hs.DataFrame({"filepath": ["x"], "selection_vector": [[True, False]]})
    monkeypatch.setattr(deltalake.DeltaTable, "deletion_vectors", lambda self: vectors)
    with pytest.raises(hs.exceptions.InvalidOperationError, match="deletion vectors"):
        hs.scan_delta(tmp_path)


def test_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    for call in (lambda: hs.scan_delta(tmp_path), lambda: hs.DataFrame({"a": [1]}).write_delta(tmp_path / "t")):
        with pytest.raises(ModuleNotFoundError, match="pip install deltalake"):
            call()
