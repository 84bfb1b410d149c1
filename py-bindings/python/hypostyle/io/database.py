"""Queries on databases: through DB-API (PEP 249) connections, SQLAlchemy, ADBC, ODBC and connectorx."""

from __future__ import annotations

from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from hypostyle.dataframe import DataFrame

#: How cursors of several drivers give their result as one Arrow table.
_ARROW = ("fetch_arrow_table", "fetch_arrow_all", "fetchallarrow", "to_arrow_table")


def read_database(
    query: Any,
    connection: Any,
    *,
    iter_batches: bool = False,
    batch_size: int | None = None,
    schema_overrides: Any = None,
    infer_schema_length: int | None = 100,
    execute_options: dict[str, Any] | None = None,
) -> Any:
    """The rows of a query. With `iter_batches` an iterator of frames of at most `batch_size` rows.

    `connection` is a DB-API connection or cursor (`sqlite3`, `duckdb`, ADBC, …), an engine, connection or session of SQLAlchemy,
    or an ODBC connection string (by the package `arrow_odbc`). Results that a driver has as Arrow are taken as they are; the types
    of others are found in all their values, whatever `infer_schema_length` is. `execute_options` are arguments of the driver's
    `execute`, among them `parameters` of the query. The connection stays open.

    >>> import sqlite3
    >>> import hypostyle as hs
    >>> connection = sqlite3.connect(":memory:")
    >>> hs.read_database("select 1 as a, 'x' as b", connection).rows()
    [(1, 'x')]
    >>> hs.read_database("select ? as a", connection, execute_options={"parameters": (5,)}).item()
    5
    """
    del infer_schema_length
    if iter_batches and not batch_size:
        msg = "`iter_batches` needs a `batch_size`, of at least 1"
        raise ValueError(msg)
    options = dict(execute_options or {})
    if isinstance(connection, str):
        batches = _odbc(query, connection, batch_size, options, schema_overrides)
        return batches if iter_batches else _stacked(list(batches))
    result, close = _run(query, connection, options, whole=not iter_batches)
    if iter_batches:
        return _batches(result, int(batch_size or 1), schema_overrides, close)
    try:
        arrow = next((getattr(result, name) for name in _ARROW if hasattr(result, name)), None)
        if arrow is not None:
            return _of_arrow(arrow(), schema_overrides)
        names = _names(result)
        return _of_rows(names, result.fetchall(), schema_overrides)
    finally:
        close()


def _run(query: Any, connection: Any, options: dict[str, Any], *, whole: bool) -> tuple[Any, Any]:
    """The result of a query, which is read as a `whole` or not, and what closes what was opened for it."""
    module = type(connection).__module__
    parameters = options.pop("parameters", None)
    arguments = () if parameters is None else (parameters,)
    # What its pools lend out are connections of the driver.
    if module.startswith("sqlalchemy.") and not module.startswith("sqlalchemy.pool."):
        if isinstance(query, str):
            from sqlalchemy import text

            query = text(query)
        if module.startswith("sqlalchemy.ext.asyncio"):
            result = _awaited(_executed(query, connection, arguments, options))
            return result, result.close
        opened = connection.connect() if hasattr(connection, "connect") else None
        result = (opened or connection).execute(query, *arguments, **options)
        return result, opened.close if opened is not None else result.close
    if whole and module.split(".")[0] in ("duckdb", "_duckdb"):
        # A relation gives Arrow without a copy of the rows.
        return connection.sql(query, params=parameters, **options), lambda: None
    if hasattr(connection, "cursor"):
        cursor = connection.cursor()
        # Some drivers give the result, others make the cursor it.
        result = cursor.execute(query, *arguments, **options)
        return result if hasattr(result, "fetchall") else cursor, cursor.close
    if hasattr(connection, "execute"):
        result = connection.execute(query, *arguments, **options)
        return result if hasattr(result, "fetchall") else connection, lambda: None
    msg = f"`read_database` takes a connection of DB-API, SQLAlchemy or ADBC, not {type(connection).__name__!r}"
    raise TypeError(msg)


async def _executed(query: Any, connection: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The result of a query that an asynchronous engine, connection or session runs; its rows are fetched."""
    if not hasattr(connection, "connect"):
        return await connection.execute(query, *arguments, **options)
    async with connection.connect() as opened:
        return await opened.execute(query, *arguments, **options)


def _awaited(coroutine: Any) -> Any:
    """What a coroutine gives, also where an event loop runs already, as in notebooks: then in a thread of its own."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def _names(result: Any) -> list[str]:
    """The names of the columns of a result."""
    keys = getattr(result, "keys", None)
    if callable(keys) and getattr(result, "returns_rows", True):
        return list(keys())
    if not getattr(result, "description", None):
        from hypostyle.exceptions import UnsuitableSQLError

        msg = "the statement gives no rows: `read_database` runs queries"
        raise UnsuitableSQLError(msg)
    return [column[0] for column in result.description]


def _of_rows(names: list[str], rows: Iterable[Any], schema_overrides: Any) -> DataFrame:
    from hypostyle.dataframe import DataFrame

    if len(set(names)) < len(names):
        from hypostyle.exceptions import DuplicateError

        twice = next(name for name in names if names.count(name) > 1)
        msg = f"the result of the query has several columns {twice!r}: name them with AS"
        raise DuplicateError(msg)
    # Databases as SQLite mix types in a column; types that are asked for must fit.
    frame = DataFrame([tuple(row) for row in rows], schema=names, orient="row", strict=False)
    return DataFrame(frame, schema_overrides=schema_overrides)


def _of_arrow(data: Any, schema_overrides: Any) -> DataFrame:
    from hypostyle.dataframe import DataFrame

    return DataFrame(data, schema_overrides=schema_overrides)


def _batches(result: Any, size: int, schema_overrides: Any, close: Any) -> Iterator[DataFrame]:
    try:
        if hasattr(result, "fetch_record_batch"):
            # DuckDB's takes a size, those of ADBC cut as they like.
            duck = type(result).__module__.split(".")[0] in ("duckdb", "_duckdb")
            for batch in result.fetch_record_batch(*((size,) if duck else ())):
                yield from _of_arrow(batch, schema_overrides).iter_slices(size)
            return
        names = _names(result)
        while rows := result.fetchmany(size):
            yield _of_rows(names, rows, schema_overrides)
    finally:
        close()


def _odbc(
    query: Any, connection: str, size: int | None, options: dict[str, Any], schema_overrides: Any
) -> Iterator[DataFrame]:
    """Frames from a database that a connection string names."""
    if "://" in connection:
        msg = "`read_database` takes an open connection: `read_database_uri` takes URIs"
        raise ValueError(msg)
    if "driver" not in connection.lower():
        msg = "a text is taken as an ODBC connection string, and this one names no driver"
        raise ValueError(msg)
    odbc = required("arrow_odbc", "reading from ODBC")
    if size is not None:
        options["batch_size"] = size
    reader = odbc.read_arrow_batches_from_odbc(query=query, connection_string=connection, **options)
    return _odbc_batches(reader, schema_overrides)


def _odbc_batches(reader: Any, schema_overrides: Any) -> Iterator[DataFrame]:
    any_batch = False
    for batch in reader:
        any_batch = True
        yield _of_arrow(batch, schema_overrides)
    if not any_batch:
        yield _of_arrow(reader.schema.empty_table(), schema_overrides)


def _stacked(frames: list[DataFrame]) -> DataFrame:
    from hypostyle.functions.frames import concat

    return concat(frames)


def read_database_uri(
    query: list[str] | str,
    uri: str,
    *,
    partition_on: str | None = None,
    partition_range: tuple[int, int] | None = None,
    partition_num: int | None = None,
    protocol: str | None = None,
    engine: str | None = None,
    schema_overrides: Any = None,
    execute_options: dict[str, Any] | None = None,
    pre_execution_query: str | list[str] | None = None,
) -> DataFrame:
    """The rows of a query on a database that a URI names, such as `postgresql://user:password@server:5432/database`.

    `engine` is 'connectorx', the default, or 'adbc', which needs the package of the database's driver, such as
    `adbc-driver-postgresql`. Several queries, the three arguments `partition_*`, which let connectorx read parts of the result at
    the same time, `protocol` and `pre_execution_query` are for connectorx; `execute_options` are for ADBC.

    >>> import pathlib, sqlite3, tempfile
    >>> import hypostyle as hs
    >>> path = pathlib.Path(tempfile.mkdtemp(), "shop.db")
    >>> with sqlite3.connect(path) as connection:
    ...     _ = connection.execute("create table sales (city text, sold integer)")
    ...     _ = connection.execute("insert into sales values ('Kyoto', 3)")
    >>> hs.read_database_uri("select * from sales", f"sqlite://{path}").rows()
    [('Kyoto', 3)]
    """
    if not isinstance(query, (str, list)) or not all(isinstance(part, str) for part in query):
        msg = f"`query` is a text, or a list of texts, not {query!r}"
        raise ValueError(msg)
    if "://" not in uri:
        msg = "`uri` begins with the kind of the database, as in 'sqlite:///path' and 'postgresql://server/database'"
        raise ValueError(msg)
    if engine in (None, "connectorx"):
        if execute_options:
            msg = "`execute_options` is for `engine='adbc'`: connectorx does not take them"
            raise ValueError(msg)
        options = {"partition_on": partition_on, "partition_range": partition_range, "partition_num": partition_num}
        options |= {"protocol": protocol, "pre_execution_query": pre_execution_query}
        if partition_on is not None and partition_num is None:
            msg = "`partition_on` needs a `partition_num`"
            raise ValueError(msg)
        connectorx = required("connectorx", "reading from a database by its URI")
        return _of_arrow(connectorx.read_sql(uri, query, return_type="arrow", **options), schema_overrides)
    if engine != "adbc":
        msg = f"`engine` is 'connectorx' or 'adbc', not {engine!r}"
        raise ValueError(msg)
    others = {"partition_on": partition_on, "partition_range": partition_range, "partition_num": partition_num}
    for name, value in {**others, "protocol": protocol, "pre_execution_query": pre_execution_query}.items():
        if value is not None:
            msg = f"`{name}` is for `engine='connectorx'`: ADBC does not take it"
            raise ValueError(msg)
    if not isinstance(query, str):
        msg = "ADBC runs one query; several are for `engine='connectorx'`"
        raise ValueError(msg)
    with adbc_connection(uri) as connection:
        frame: DataFrame = read_database(
            query, connection, schema_overrides=schema_overrides, execute_options=execute_options
        )
        return frame


def adbc_connection(uri: str) -> Any:
    """A connection of the ADBC driver for the database that a URI names."""
    scheme, _, rest = uri.partition("://")
    scheme = {"postgres": "postgresql", "grpc": "flightsql", "grpc+tls": "flightsql"}.get(scheme, scheme.split("+")[0])
    package = f"adbc-driver-{scheme}"
    driver = required(f"adbc_driver_{scheme}.dbapi", f"a database {scheme!r} with `engine='adbc'`", package=package)
    if scheme in ("sqlite", "duckdb"):
        # As in SQLAlchemy: a path from here after three slashes, a full one after four.
        return driver.connect(rest.removeprefix("/"))
    return driver.connect(rest if scheme == "snowflake" else uri)


def write_database(
    frame: DataFrame,
    table_name: str,
    connection: Any,
    *,
    if_table_exists: str,
    engine: str | None,
    options: dict[str, Any],
) -> int:
    """Writes a table; the number of rows written."""
    modes = {"fail": "create", "replace": "replace", "append": "append"}
    if if_table_exists not in modes:
        msg = f"`if_table_exists` is 'fail', 'replace' or 'append', not {if_table_exists!r}"
        raise ValueError(msg)
    if engine not in (None, "adbc", "sqlalchemy"):
        msg = f"`engine` is 'adbc' or 'sqlalchemy', not {engine!r}"
        raise ValueError(msg)
    module = type(connection).__module__.split(".")[0]
    opened = None
    if isinstance(connection, str):
        own = engine or "sqlalchemy"
        if own == "adbc":
            opened = connection = adbc_connection(connection)
        else:
            opened = connection = required("sqlalchemy", "writing to a database by its URI").create_engine(connection)
    elif module.startswith("adbc_driver"):
        own = "adbc"
    elif module in ("sqlalchemy", "sqlite3"):
        own = "sqlalchemy"
    else:
        msg = f"`write_database` takes a URI, or a connection of SQLAlchemy or ADBC, not {type(connection).__name__!r}"
        raise TypeError(msg)
    if engine not in (None, own):
        msg = f"`engine` is {own!r} for a {type(connection).__name__} of {module}, not {engine!r}"
        raise TypeError(msg)
    parts = _table_name(table_name)
    try:
        if own == "adbc":
            return _ingest(frame, parts, connection, modes[if_table_exists], options)
        return _by_pandas(frame, parts, connection, if_table_exists, options)
    finally:
        if opened is not None:
            (opened.close if own == "adbc" else opened.dispose)()


def _table_name(name: str) -> Sequence[str | None]:
    """The catalog, schema and name of a table; each may stand in quotes."""
    import re

    parts = re.findall(r'"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[^."`\[\]]+', name)
    if not 0 < len(parts) < 4 or ".".join(parts) != name:
        msg = f"a table is named by a text such as 'table', 'schema.table' or 'catalog.schema.table', not {name!r}"
        raise ValueError(msg)
    bare = [part[1:-1].replace('""', '"') if part[0] in '"`[' else part for part in parts]
    return [None] * (3 - len(bare)) + bare


def _ingest(frame: DataFrame, parts: Sequence[str | None], connection: Any, mode: str, options: dict[str, Any]) -> int:
    catalog, schema, name = parts
    if "sqlite" in type(connection).__module__:
        # Its databases are catalogs, and have no schemas.
        catalog, schema = schema or catalog, None
    where = {"catalog_name": catalog, "db_schema_name": schema}
    options = {key: value for key, value in where.items() if value is not None} | options
    with connection.cursor() as cursor:
        written = cursor.adbc_ingest(name, frame.to_arrow(), mode=mode, **options)
    connection.commit()
    return int(written)


def _by_pandas(
    frame: DataFrame, parts: Sequence[str | None], connection: Any, if_table_exists: str, options: dict[str, Any]
) -> int:
    """pandas writes through SQLAlchemy, and to sqlite3."""
    required("pandas", "writing to a database through SQLAlchemy")
    catalog, schema, name = parts
    session = connection if hasattr(connection, "get_bind") else None
    # With types of Arrow, columns with nulls keep their types.
    frame.to_pandas(use_pyarrow_extension_array=True).to_sql(
        name,
        connection if session is None else session.connection(),
        schema=schema if catalog is None else f"{catalog}.{schema}",
        if_exists=if_table_exists,
        index=False,
        **options,
    )
    if session is not None:
        session.commit()
    return frame.height
