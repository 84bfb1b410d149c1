"""Tables of databases, through the drivers of SQLite and DuckDB, SQLAlchemy and ADBC."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import sys
import types
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi
import duckdb
import hypostyle as hs
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy
from oracle import check
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

ROWS = [(1, 1.5, "x", None), (2, None, None, b"ab"), (3, -0.5, "", b"")]


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (i integer, f real, s text, b blob)")
    connection.executemany("insert into t values (?, ?, ?, ?)", ROWS)
    return connection


@pytest.mark.parametrize("open_with", [lambda c: c, lambda c: c.cursor()])
def test_rows_of_queries(open_with: Any) -> None:
    connection = database()
    for query in ("select * from t order by i", "select i, i as j from t where i < 0", "select count(*) from t"):
        ours, theirs = (m.read_database(query, open_with(connection)) for m in (hs, pl))
        assert ours.columns == theirs.columns
        assert ours.rows() == theirs.rows()
    parameters = {"parameters": (2,)}
    out = hs.read_database("select s from t where i = ?", open_with(connection), execute_options=parameters)
    assert out.rows() == [(None,)]
    assert connection.execute("select 1").fetchone() == (1,), "the connection stays open"


def test_batches_and_types() -> None:
    batches = hs.read_database("select i from t order by i", database(), iter_batches=True, batch_size=2)
    assert [batch["i"].to_list() for batch in batches] == [[1, 2], [3]]
    out = hs.read_database("select i, s from t", database(), schema_overrides={"i": hs.Int8})
    assert out.schema == {"i": hs.Int8, "s": hs.String}


def test_types_that_are_asked_for_must_fit() -> None:
    with pytest.raises(hs.exceptions.InvalidOperationError, match="x"):
        hs.read_database("select s from t", database(), schema_overrides={"s": hs.Int8})
    out = hs.read_database("select i from t", database(), schema_overrides={"nowhere": hs.Int8})
    assert out.schema == {"i": hs.Int64}


@pytest.mark.parametrize("length", [1, 100, None])
def test_columns_of_mixed_values(length: int | None) -> None:
    for values in ("1 union all select 2.5", "1 union all select 'y'", "null union all select 'y'"):
        check(lambda m: m.read_database(f"select {values}", database(), infer_schema_length=None))
        query = f"select i from (select {values.replace(' union', ' as i union')})"
        wanted = hs.read_database(query, database())
        assert hs.read_database(query, database(), infer_schema_length=length).equals(wanted)


def test_results_without_rows_or_with_equal_names() -> None:
    check(lambda m: m.read_database("select 1 as a, 2 as a", database()))
    check(lambda m: m.read_database("select * from t where i > 5", database()))
    check(lambda m: list(m.read_database("select * from t where i > 5", database(), iter_batches=True, batch_size=2)))
    with pytest.raises(hs.exceptions.UnsuitableSQLError, match="gives no rows"):
        hs.read_database("update t set i = 1 where i < 0", database())


def test_odbc(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the package's interface, as no ODBC driver is at hand."""
    table = pa.table({"a": pa.array([1, 2, 3], pa.int16())})
    calls: list[dict[str, Any]] = []

    def read(**options: Any) -> Any:
        calls.append(options)
        rows = table if "where" not in options["query"] else table.slice(3)
        return pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches(options.get("batch_size", 100)))

    monkeypatch.setitem(sys.modules, "arrow_odbc", types.SimpleNamespace(read_arrow_batches_from_odbc=read))
    assert hs.read_database("q", "Driver={X}").rows() == [(1,), (2,), (3,)]
    batches = hs.read_database(
        "q",
        "DRIVER=X",
        iter_batches=True,
        batch_size=2,
        execute_options={"user": "me"},
        schema_overrides={"a": hs.Int8},
    )
    assert [batch.rows() for batch in batches] == [[(1,), (2,)], [(3,)]]
    assert calls[1] == {"query": "q", "connection_string": "DRIVER=X", "batch_size": 2, "user": "me"}
    empty = hs.read_database("q where", "Driver=X")
    assert empty.schema == {"a": hs.Int16} and empty.height == 0


def test_uris(tmp_path: Path) -> None:
    uri = f"sqlite://{tmp_path / 'test.db'}"
    adbc = uri.replace(":///", ":////")
    frame = hs.DataFrame({"i": [1, 2, 3], "f": [0.5, None, 1.5], "s": ["x", None, ""]})
    assert frame.write_database("t", adbc) == 3
    assert frame.write_database("t", adbc, if_table_exists="append", engine="adbc") == 3
    queries = ("select * from t order by i", "select i from t where i < 0", "select count(*) as n from t")
    for query in queries:
        check(lambda m: m.read_database_uri(query, uri))
        check(lambda m: m.read_database_uri(query, adbc, engine="adbc"))
    check(lambda m: m.read_database_uri(["select i from t", "select i + 1 as i from t"], uri))
    check(lambda m: m.read_database_uri("select i from t", uri, partition_on="i", partition_num=2), sort=True)
    check(lambda m: m.read_database_uri("select i from t", uri, schema_overrides={"i": m.Int8}))
    options: dict[str, Any] = {"execute_options": {"parameters": (2,)}}
    check(lambda m: m.read_database_uri("select i from t where i = ?", adbc, engine="adbc", **options))
    check(lambda m: m.read_database_uri("select i from t", uri, **options))
    for name, value in (("partition_on", "i"), ("protocol", "binary"), ("pre_execution_query", "select 1")):
        with pytest.raises(ValueError, match=name):
            hs.read_database_uri("select i from t", adbc, engine="adbc", **{name: value})
    check(lambda m: m.read_database_uri(["select 1"], adbc, engine="adbc"))
    check(lambda m: m.read_database_uri(5, uri))
    check(lambda m: m.read_database_uri("select 1", uri, engine="odbc"))
    with pytest.raises(ValueError, match="begins with the kind"):
        hs.read_database_uri("select 1", "here.db")
    with pytest.raises(ValueError, match="partition_num"):
        hs.read_database_uri("select i from t", uri, partition_on="i")


def test_packages_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModuleNotFoundError, match="pip install adbc-driver-postgresql"):
        hs.read_database_uri("select 1", "postgres://server/database", engine="adbc")
    for name in ("connectorx", "sqlalchemy", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match="pip install connectorx"):
        hs.read_database_uri("select 1", "sqlite:///here.db")
    with pytest.raises(ModuleNotFoundError, match="pip install sqlalchemy"):
        hs.DataFrame({"a": [1]}).write_database("t", "sqlite:///here.db")
    with pytest.raises(ModuleNotFoundError, match="pip install pandas"):
        hs.DataFrame({"a": [1]}).write_database("t", database())


def test_arrow_results_are_taken_as_they_are() -> None:
    connection = duckdb.connect()
    out = hs.read_database("select 1::tinyint as a, [1, 2] as l, date '2024-01-31' as d", connection)
    assert out.schema == {"a": hs.Int8, "l": hs.List(hs.Int32), "d": hs.Date}
    out = hs.read_database("select ? + 1 as n", connection, execute_options={"parameters": [41]})
    assert out.item() == 42
    batches = hs.read_database("select * from range(5)", connection, iter_batches=True, batch_size=2)
    assert [batch.height for batch in batches] == [2, 2, 1]


def test_tables_are_written() -> None:
    connection = database()
    frame = hs.read_database("select i, f, s from t order by i", connection)
    assert frame.write_database("copy", connection) == 3
    with pytest.raises(ValueError, match="copy"):
        frame.write_database("copy", connection)
    frame.write_database("copy", connection, if_table_exists="append")
    frame.head(1).write_database("copy", connection, if_table_exists="append")
    out = hs.read_database("select * from copy", connection)
    assert out.rows() == [*frame.rows(), *frame.rows(), *frame.head(1).rows()]
    frame.head(1).write_database("copy", connection, if_table_exists="replace")
    assert hs.read_database("select count(*) from copy", connection).item() == 1


def test_what_is_no_database() -> None:
    with pytest.raises(ValueError, match="read_database_uri"):
        hs.read_database("select 1", "sqlite://")
    with pytest.raises(ValueError, match="names no driver"):
        hs.read_database("select 1", "Server=here")
    with pytest.raises(ModuleNotFoundError, match="pip install arrow_odbc"):
        hs.read_database("select 1", "Driver={SQLite}")
    with pytest.raises(TypeError, match="DB-API"):
        hs.read_database("select 1", object())
    with pytest.raises(ValueError, match="batch_size"):
        hs.read_database("select 1", database(), iter_batches=True)
    with pytest.raises(ValueError, match="if_table_exists"):
        hs.DataFrame({"a": [1]}).write_database("t", database(), if_table_exists="maybe")
    with pytest.raises(ValueError, match="not 'csv'"):
        hs.DataFrame({"a": [1]}).write_database("t", database(), engine="csv")
    with pytest.raises(TypeError, match="URI, or a connection"):
        hs.DataFrame({"a": [1]}).write_database("t", duckdb.connect())
    for name in ("a.b.c.d", "", "a..b", '"a'):
        with pytest.raises(ValueError, match="a table is named by"):
            hs.DataFrame({"a": [1]}).write_database(name, database())
    with pytest.raises(TypeError, match="'sqlalchemy' for a Connection of sqlite3"):
        hs.DataFrame({"a": [1]}).write_database("t", database(), engine="adbc")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        hs.read_database("select * from nowhere", database())


def test_sqlalchemy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    engine = sqlalchemy.create_engine(url)
    frame = hs.DataFrame({"i": [1, 2, 3], "s": ["x", None, "z"]})
    assert frame.write_database("t", engine) == 3
    assert frame.write_database("t", engine, if_table_exists="append", engine="sqlalchemy") == 3
    for query in ("select * from t order by i", sqlalchemy.text("select * from t order by i")):
        for connection in (engine, engine.connect(), Session(engine)):
            assert hs.read_database(query, connection)["i"].to_list() == [1, 1, 2, 2, 3, 3]
    check(lambda m: m.read_database(sqlalchemy.select(sqlalchemy.literal(1).label("q")), engine))
    assert hs.read_database("select count(*) from t", engine.raw_connection()).item() == 6
    parameters = {"parameters": {"least": 3}}
    out = hs.read_database("select s from t where i >= :least", engine, execute_options=parameters)
    assert out["s"].to_list() == ["z", "z"]
    batches = hs.read_database("select i from t", engine, iter_batches=True, batch_size=4)
    assert [batch.height for batch in batches] == [4, 2]


def test_sqlalchemy_writes_columns_with_nulls_as_what_they_are(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    frame = pl.DataFrame({"i": [1, None], "b": [True, None], "d": [dt.date(2020, 1, 1), None], "s": ["a", None]})
    for module, name in ((pl, "theirs"), (hs, "ours")):
        for rows in (frame, frame.head(1), frame.clear()):
            written = module.DataFrame(rows).write_database(name, engine, if_table_exists="replace")
            assert written == rows.height
        with Session(engine) as session:
            assert module.DataFrame(frame).write_database(f"main.{name}_too", session) == 2
    query = "select replace(sql, '{0}', '') from sqlite_master where name like '{0}%' order by name"
    ours, theirs = (hs.read_database(query.format(name), engine).rows() for name in ("ours", "theirs"))
    assert ours == theirs and len(ours) == 2
    check(lambda m: m.read_database("select * from ours_too", engine))
    assert (
        hs.read_database("select * from ours_too", engine).rows()
        == frame.with_columns(b=pl.col("b").cast(pl.Int64), d=pl.col("d").cast(pl.String)).rows()
    )


def test_asynchronous_sqlalchemy(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    hs.DataFrame({"i": [1, 2, 3]}).write_database("t", f"sqlite:///{path}")
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", poolclass=sqlalchemy.NullPool)
    assert hs.read_database("select i from t", engine)["i"].to_list() == [1, 2, 3]
    batches = hs.read_database("select i from t", engine, iter_batches=True, batch_size=2)
    assert [batch.height for batch in batches] == [2, 1]

    async def in_a_loop() -> Any:
        return hs.read_database("select i from t where i > :n", engine, execute_options={"parameters": {"n": 1}})

    assert asyncio.run(in_a_loop())["i"].to_list() == [2, 3]


def test_adbc(tmp_path: Path) -> None:
    frame = hs.DataFrame({"i": [1, 2, 3], "f": [0.5, None, 1.5]})
    with adbc_driver_sqlite.dbapi.connect(str(tmp_path / "test.db")) as connection:
        assert frame.write_database("t", connection) == 3
        assert frame.write_database("t", connection, if_table_exists="append", engine="adbc") == 3
        out = hs.read_database("select * from t order by i", connection)
        assert out.equals(hs.concat([frame, frame]).sort("i"))
        with pytest.raises(TypeError, match="'adbc'"):
            frame.write_database("t", connection, engine="sqlalchemy")
