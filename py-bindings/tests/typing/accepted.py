"""A small program as a user writes it: a type checker accepts it, and knows what comes out."""

from __future__ import annotations

from datetime import date
from typing import assert_type

import hypostyle as hs
from hypostyle import selectors as cs

orders = hs.DataFrame({"customer": ["a", "b", "a"], "price": [5, 150, 300], "day": [date(2020, 1, 1)] * 3})
assert_type(orders.height, int)
assert_type(orders.columns, list[str])
assert_type(orders["price"], hs.Series)

large = hs.col("price") > 100
assert_type(hs.col("price").sum().over("customer"), hs.Expr)
assert_type(hs.col("customer").str.to_uppercase(), hs.Expr)
assert_type(hs.when(large).then(hs.lit("large")).otherwise(hs.lit("small")), hs.Expr)

query = orders.lazy().filter(large & hs.col("day").is_not_null()).group_by("customer").agg(hs.col("price").sum())
assert_type(query, hs.LazyFrame)
result = query.sort("price", descending=True).head(10).collect()
assert_type(result, hs.DataFrame)
assert_type(orders.sort("price").unique(subset=["customer"], keep="first").drop("day"), hs.DataFrame)
assert_type(orders.group_by("customer").mean(), hs.DataFrame)
assert_type(orders.join(orders, on="customer", how="left", suffix="_other"), hs.DataFrame)
assert_type(orders.with_columns(cs.numeric() * 2).with_row_index(), hs.DataFrame)
assert_type(orders["price"].cast(hs.Float64).round(1), hs.Series)
assert_type(orders["price"].is_null(), hs.Series)
assert_type(orders["customer"].str.len_chars(), hs.Series)
assert_type(hs.read_csv("orders.csv", separator=";", n_rows=5, schema_overrides={"price": hs.Int32}), hs.DataFrame)
assert_type(hs.scan_csv("orders.csv", has_header=True), hs.LazyFrame)
assert_type(hs.concat([orders, orders]), hs.DataFrame)
assert_type(hs.concat([query, query]), hs.LazyFrame)
orders.write_csv("orders.csv", separator=";", quote_style="always")
assert_type(orders.lazy().sink_csv("orders.csv"), hs.LazyFrame | None)
total: int = orders["price"].sum()
rows: list[tuple[str, int]] = orders.select("customer", "price").rows()
for customer, price in rows:
    print(customer, price, total)
for key, group in orders.group_by("customer"):
    assert_type(group, hs.DataFrame)
    print(key, group + 1, 2 * orders)
