"""Tables of databases: through DB-API (PEP 249) connections, SQLAlchemy and ADBC."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
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
    """The rows of a query. With `iter_batches` an iterator of frames of `batch_size` rows.

    `connection` is a DB-API connection or cursor (`sqlite3`, `duckdb`, ADBC, …), or an engine, connection or session of
    SQLAlchemy. Results that a driver has as Arrow are taken as they are. The connection stays open.

    >>> import sqlite3
    >>> import hypostyle as hs
    >>> connection = sqlite3.connect(":memory:")
    >>> hs.read_database("select 1 as a, 'x' as b", connection).rows()
    [(1, 'x')]
    """
    if isinstance(connection, str):
        from hypostyle.exceptions import InvalidOperationError

        msg = "`read_database` takes an open connection, not a text; open one with the database's driver"
        raise InvalidOperationError(msg)
    if iter_batches and batch_size is None:
        msg = "`iter_batches` needs a `batch_size`"
        raise ValueError(msg)
    options = {"schema_overrides": schema_overrides, "infer_schema_length": infer_schema_length}
    result, close = _run(query, connection, dict(execute_options or {}), whole=not iter_batches)
    if iter_batches:
        return _batches(result, batch_size, options, close)
    try:
        arrow = next((getattr(result, name) for name in _ARROW if hasattr(result, name)), None)
        if arrow is not None:
            from hypostyle.functions.frames import from_arrow

            frame = from_arrow(arrow())
            return frame if schema_overrides is None else frame.cast(schema_overrides)
        return _frame(result, result.fetchall(), options)
    finally:
        close()


def _run(query: Any, connection: Any, options: dict[str, Any], *, whole: bool) -> tuple[Any, Any]:
    """The result of a query, which is read as a `whole` or not, and what closes what was opened for it."""
    module = type(connection).__module__.split(".")[0]
    parameters = options.pop("parameters", None)
    arguments = () if parameters is None else (parameters,)
    if module == "sqlalchemy":
        if isinstance(query, str):
            from sqlalchemy import text

            query = text(query)
        opened = connection.connect() if hasattr(connection, "connect") else None
        result = (opened or connection).execute(query, *arguments, **options)
        return result, opened.close if opened is not None else result.close
    if whole and module in ("duckdb", "_duckdb"):
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


def _frame(result: Any, rows: Any, options: dict[str, Any]) -> DataFrame:
    from hypostyle.dataframe import DataFrame

    keys = getattr(result, "keys", None)
    names = list(keys()) if callable(keys) else [column[0] for column in result.description or ()]
    return DataFrame([tuple(row) for row in rows], schema=names, orient="row", **options)


def _batches(result: Any, size: Any, options: dict[str, Any], close: Any) -> Iterator[DataFrame]:
    try:
        while rows := result.fetchmany(size):
            yield _frame(result, rows, options)
    finally:
        close()


def write_database(
    frame: DataFrame,
    table_name: str,
    connection: Any,
    *,
    if_table_exists: str,
    engine: str | None,
    options: dict[str, Any] | None,
) -> int:
    """Writes a table; the number of rows written."""
    modes = {"fail": "create", "replace": "replace", "append": "append"}
    if if_table_exists not in modes:
        msg = f"`if_table_exists` is 'fail', 'replace' or 'append', not {if_table_exists!r}"
        raise ValueError(msg)
    own = "adbc" if type(connection).__module__.startswith("adbc_driver") else "sqlalchemy"
    if engine not in (None, own):
        msg = f"`engine` is {own!r} for a {type(connection).__name__} of {type(connection).__module__}, not {engine!r}"
        raise ValueError(msg)
    if own == "adbc":
        mode = modes[if_table_exists]
        with connection.cursor() as cursor:
            written = cursor.adbc_ingest(table_name, frame.to_arrow(), mode=mode, **(options or {}))
        connection.commit()
        return int(written)
    # pandas writes through SQLAlchemy, and to sqlite3.
    schema, _, name = table_name.rpartition(".")
    frame.to_pandas().to_sql(
        name, connection, schema=schema or None, if_exists=if_table_exists, index=False, **(options or {})
    )
    return frame.height
