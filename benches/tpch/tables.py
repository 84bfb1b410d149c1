"""The eight tables for any module named like Polars: their types, and ways to open their files."""

import pathlib

TABLES = ("lineitem", "orders", "partsupp", "part", "customer", "supplier", "nation", "region")

# What inference would get wrong: quantities look like integers, dates like strings.
FLOATS = ("l_quantity", "l_extendedprice", "l_discount", "l_tax", "o_totalprice", "c_acctbal", "s_acctbal",
          "p_retailprice", "ps_supplycost")  # fmt: skip
DATES = ("l_shipdate", "l_commitdate", "l_receiptdate", "o_orderdate")


def overrides(pl, table: str, money=None) -> dict:
    """The types of a table's columns of money and quantities, floats unless `money` is another type, and of its dates."""
    prefix = "ps_" if table == "partsupp" else table[0] + "_"
    types = {column: money or pl.Float64 for column in FLOATS if column.startswith(prefix)}
    return types | {column: pl.Date for column in DATES if column.startswith(prefix)}


def exact(pl, scans: dict) -> dict:
    """The tables with decimals for money, for queries whose answers are exact.

    A product of decimals is rounded to the larger scale of the two. The queries multiply prices, of two digits, with
    discounts and taxes of two digits each, so that a product has six.
    """
    price = pl.col("l_extendedprice").cast(pl.Decimal(19, 6))
    return scans | {"lineitem": scans["lineitem"].with_columns(price)}


def scan(pl, folder: pathlib.Path) -> dict:
    """The tables as lazy frames over the CSV files."""
    return {
        table: pl.scan_csv(folder / f"{table}.csv", schema_overrides=overrides(pl, table)) for table in TABLES
    }


def read(pl, folder: pathlib.Path) -> dict:
    """The tables as lazy frames over frames in memory."""
    return {
        table: pl.read_csv(folder / f"{table}.csv", schema_overrides=overrides(pl, table)).lazy()
        for table in TABLES
    }


def scan_decimals(pl, folder: pathlib.Path) -> dict:
    """The tables as lazy frames over the CSV files, with decimals for money."""
    scans = {}
    for table in TABLES:
        types = overrides(pl, table, pl.Decimal(15, 2))
        scans[table] = pl.scan_csv(folder / f"{table}.csv", schema_overrides=types)
    return exact(pl, scans)
