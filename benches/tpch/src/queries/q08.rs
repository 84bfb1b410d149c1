//! Query 8: national market share.

use hypostyle::prelude::*;

use super::discounted;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let customers = tables
        .region()
        .filter(col("r_name").eq("AMERICA"))
        .inner_join(tables.nation(), col("r_regionkey"), col("n_regionkey"))
        .inner_join(tables.customer(), col("n_nationkey"), col("c_nationkey"));
    let orders = tables
        .orders()
        .filter(col("o_orderdate").is_between(date(1995, 1, 1), date(1996, 12, 31)))
        .semi_join(customers, col("o_custkey"), col("c_custkey"));
    let suppliers = tables.supplier().inner_join(tables.nation(), col("s_nationkey"), col("n_nationkey"));
    let of_brazil = when(col("n_name").eq("BRAZIL")).then(col("volume")).otherwise(lit(0.0));
    tables
        .part()
        .filter(col("p_type").eq("ECONOMY ANODIZED STEEL"))
        .inner_join(tables.lineitem(), col("p_partkey"), col("l_partkey"))
        .inner_join(orders, col("l_orderkey"), col("o_orderkey"))
        .inner_join(suppliers, col("l_suppkey"), col("s_suppkey"))
        .select([col("o_orderdate").dt().year().alias("o_year"), discounted().alias("volume"), col("n_name")])
        .group_by([col("o_year")])
        .agg([(of_brazil.sum() / col("volume").sum()).alias("mkt_share")])
        .sort(["o_year"], SortOptions::default())
}
