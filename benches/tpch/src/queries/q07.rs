//! Query 7: volume shipping.

use hypostyle::prelude::*;

use super::discounted;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let nations = || tables.nation().filter(col("n_name").is_in(list(["FRANCE", "GERMANY"])));
    let suppliers = nations()
        .inner_join(tables.supplier(), col("n_nationkey"), col("s_nationkey"))
        .select([col("s_suppkey"), col("n_name").alias("supp_nation")]);
    let orders = nations()
        .inner_join(tables.customer(), col("n_nationkey"), col("c_nationkey"))
        .inner_join(tables.orders(), col("c_custkey"), col("o_custkey"))
        .select([col("o_orderkey"), col("n_name").alias("cust_nation")]);
    tables
        .lineitem()
        .filter(col("l_shipdate").is_between(date(1995, 1, 1), date(1996, 12, 31)))
        .inner_join(suppliers, col("l_suppkey"), col("s_suppkey"))
        .inner_join(orders, col("l_orderkey"), col("o_orderkey"))
        .filter(col("supp_nation").neq(col("cust_nation")))
        .with_columns([col("l_shipdate").dt().year().alias("l_year"), discounted().alias("volume")])
        .group_by([col("supp_nation"), col("cust_nation"), col("l_year")])
        .agg([col("volume").sum().alias("revenue")])
        .sort(["supp_nation", "cust_nation", "l_year"], SortOptions::default())
}
