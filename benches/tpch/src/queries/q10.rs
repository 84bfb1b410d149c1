//! Query 10: returned item reporting.

use hypostyle::prelude::*;

use super::{discounted, within};
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let returned = tables.lineitem().filter(col("l_returnflag").eq("R"));
    tables
        .orders()
        .filter(within(col("o_orderdate"), date(1993, 10, 1), date(1994, 1, 1)))
        .inner_join(returned, col("o_orderkey"), col("l_orderkey"))
        .group_by([col("o_custkey")])
        .agg([discounted().sum().alias("revenue")])
        .inner_join(tables.customer(), col("o_custkey"), col("c_custkey"))
        .inner_join(tables.nation(), col("c_nationkey"), col("n_nationkey"))
        .select([
            col("o_custkey").alias("c_custkey"),
            col("c_name"),
            col("revenue"),
            col("c_acctbal"),
            col("n_name"),
            col("c_address"),
            col("c_phone"),
            col("c_comment"),
        ])
        .sort(["revenue"], SortOptions::descending())
        .limit(20)
}
