//! Query 5: local supplier volume.

use hypostyle::prelude::*;

use super::{discounted, within};
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let in_1994 = within(col("o_orderdate"), date(1994, 1, 1), date(1995, 1, 1));
    tables
        .region()
        .filter(col("r_name").eq("ASIA"))
        .inner_join(tables.nation(), col("r_regionkey"), col("n_regionkey"))
        .inner_join(tables.customer(), col("n_nationkey"), col("c_nationkey"))
        .inner_join(tables.orders().filter(in_1994), col("c_custkey"), col("o_custkey"))
        .inner_join(tables.lineitem(), col("o_orderkey"), col("l_orderkey"))
        .join(
            tables.supplier(),
            [col("l_suppkey"), col("n_nationkey")],
            [col("s_suppkey"), col("s_nationkey")],
            JoinArgs::new(JoinType::Inner),
        )
        .group_by([col("n_name")])
        .agg([discounted().sum().alias("revenue")])
        .sort(["revenue"], SortOptions::descending())
}
