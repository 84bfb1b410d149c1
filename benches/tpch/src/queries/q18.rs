//! Query 18: large volume customer.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    tables
        .lineitem()
        .group_by([col("l_orderkey")])
        .agg([col("l_quantity").sum().alias("sum_qty")])
        .filter(col("sum_qty").gt(300))
        .inner_join(tables.orders(), col("l_orderkey"), col("o_orderkey"))
        .inner_join(tables.customer(), col("o_custkey"), col("c_custkey"))
        .select([
            col("c_name"),
            col("o_custkey").alias("c_custkey"),
            col("l_orderkey").alias("o_orderkey"),
            col("o_orderdate"),
            col("o_totalprice"),
            col("sum_qty"),
        ])
        .sort(["o_totalprice", "o_orderdate"], SortOptions::default().with_descending([true, false]))
        .limit(100)
}
