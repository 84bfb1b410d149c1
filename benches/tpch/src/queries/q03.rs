//! Query 3: shipping priority.

use hypostyle::prelude::*;

use super::discounted;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let orders = tables.orders().filter(col("o_orderdate").lt(date(1995, 3, 15)));
    let lineitem = tables.lineitem().filter(col("l_shipdate").gt(date(1995, 3, 15)));
    tables
        .customer()
        .filter(col("c_mktsegment").eq("BUILDING"))
        .inner_join(orders, col("c_custkey"), col("o_custkey"))
        .inner_join(lineitem, col("o_orderkey"), col("l_orderkey"))
        .group_by([col("o_orderkey"), col("o_orderdate"), col("o_shippriority")])
        .agg([discounted().sum().alias("revenue")])
        .select([
            col("o_orderkey").alias("l_orderkey"),
            col("revenue"),
            col("o_orderdate"),
            col("o_shippriority"),
        ])
        .sort(["revenue", "o_orderdate"], SortOptions::default().with_descending([true, false]))
        .limit(10)
}
