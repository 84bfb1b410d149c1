"""Tables of databases, through the drivers of SQLite and DuckDB, SQLAlchemy and ADBC."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi
import duckdb
import hypostyle as hs
import polars as pl
import pytest
import sqlalchemy
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
    with pytest.raises(hs.exceptions.InvalidOperationError, match="open connection"):
        hs.read_database("select 1", "sqlite://")
    with pytest.raises(TypeError, match="DB-API"):
        hs.read_database("select 1", object())
    with pytest.raises(ValueError, match="batch_size"):
        hs.read_database("select 1", database(), iter_batches=True)
    with pytest.raises(ValueError, match="if_table_exists"):
        hs.DataFrame({"a": [1]}).write_database("t", database(), if_table_exists="maybe")
    with pytest.raises(ValueError, match="'sqlalchemy' for a Connection of sqlite3"):
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
    parameters = {"parameters": {"least": 3}}
    out = hs.read_database("select s from t where i >= :least", engine, execute_options=parameters)
    assert out["s"].to_list() == ["z", "z"]
    batches = hs.read_database("select i from t", engine, iter_batches=True, batch_size=4)
    assert [batch.height for batch in batches] == [4, 2]


def test_adbc(tmp_path: Path) -> None:
    frame = hs.DataFrame({"i": [1, 2, 3], "f": [0.5, None, 1.5]})
    with adbc_driver_sqlite.dbapi.connect(str(tmp_path / "test.db")) as connection:
        assert frame.write_database("t", connection) == 3
        assert frame.write_database("t", connection, if_table_exists="append", engine="adbc") == 3
        out = hs.read_database("select * from t order by i", connection)
        assert out.equals(hs.concat([frame, frame]).sort("i"))
        with pytest.raises(ValueError, match="'adbc'"):
            frame.write_database("t", connection, engine="sqlalchemy")
