//! Query 13: customer distribution.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let orders = tables.orders().filter(col("o_comment").str().contains("special.*requests").not());
    tables
        .customer()
        .left_join(orders, col("c_custkey"), col("o_custkey"))
        .group_by([col("c_custkey")])
        .agg([col("o_orderkey").count().alias("c_count")])
        .group_by([col("c_count")])
        .agg([len().alias("custdist")])
        .sort(["custdist", "c_count"], SortOptions::descending())
}
