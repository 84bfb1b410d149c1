"""Makes the answers to the 22 TPC-H queries with DuckDB, for the harness to check against.

    python3 data/answers/make_answers.py data/tpch/sf0.1 0.1

needs `duckdb` (2.0.0 was used) and the CSV files of that scale (`cargo tpch --data-only --scale 0.1`). It writes
`data/answers/sf0.1/q01.csv` and so on. Decimals are read as DOUBLE, because that is what the harness measures;
numbers are written with all their digits and dates as in ISO 8601.

The queries are those of the TPC-H specification with its validation parameters. Fixed columns get names, and
LIMITs are the specification's.
"""

from __future__ import annotations

import csv
import math
import pathlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

QUERIES = pathlib.Path(__file__).parent / "queries"
FLOATS = {
    "lineitem": ["l_quantity", "l_extendedprice", "l_discount", "l_tax"],
    "orders": ["o_totalprice"],
    "customer": ["c_acctbal"],
    "part": ["p_retailprice"],
    "partsupp": ["ps_supplycost"],
    "supplier": ["s_acctbal"],
    "nation": [],
    "region": [],
}


def load(connection: duckdb.DuckDBPyConnection, folder: pathlib.Path, kind: str = "table") -> None:
    """Makes the eight tables, or views of the files (`kind="view"`), decimals as DOUBLE."""
    for table, floats in FLOATS.items():
        types = ", ".join(f"'{column}': 'DOUBLE'" for column in floats)
        options = f", types = {{{types}}}" if floats else ""
        connection.execute(
            f"create {kind} {table} as select * from read_csv('{folder}/{table}.csv', header = true{options})"
        )


def query(number: int, scale: float) -> str:
    """The text of a query with its parameters."""
    text = (QUERIES / f"q{number:02}.sql").read_text()
    return text.replace(":fraction", repr(0.0001 / scale))


def text(value: object) -> str:
    """A value as it stands in an answer: floats with 17 significant digits at most, dates in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} in an answer")
        return repr(value)
    return str(value)


def main() -> None:
    import duckdb

    folder, scale = pathlib.Path(sys.argv[1]), sys.argv[2]
    answers = pathlib.Path(__file__).parent / f"sf{scale}"
    answers.mkdir(exist_ok=True)
    connection = duckdb.connect()
    load(connection, folder)
    for number in range(1, 23):
        result = connection.execute(query(number, float(scale)))
        names = [column[0] for column in result.description]
        rows = result.fetchall()
        with (answers / f"q{number:02}.csv").open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([text(value) for value in row] for row in rows)
        print(f"q{number:02}: {len(rows)} rows")


if __name__ == "__main__":
    main()
