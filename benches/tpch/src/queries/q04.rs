//! Query 4: order priority checking.

use hypostyle::prelude::*;

use super::within;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let late = tables.lineitem().filter(col("l_commitdate").lt(col("l_receiptdate")));
    tables
        .orders()
        .filter(within(col("o_orderdate"), date(1993, 7, 1), date(1993, 10, 1)))
        .semi_join(late, col("o_orderkey"), col("l_orderkey"))
        .group_by([col("o_orderpriority")])
        .agg([len().alias("order_count")])
        .sort(["o_orderpriority"], SortOptions::default())
}
