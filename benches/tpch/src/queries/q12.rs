//! Query 12: shipping modes and order priority.

use hypostyle::prelude::*;

use super::within;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let urgent = || col("o_orderpriority").is_in(list(["1-URGENT", "2-HIGH"]));
    tables
        .lineitem()
        .filter(
            col("l_shipmode")
                .is_in(list(["MAIL", "SHIP"]))
                .and(col("l_commitdate").lt(col("l_receiptdate")))
                .and(col("l_shipdate").lt(col("l_commitdate")))
                .and(within(col("l_receiptdate"), date(1994, 1, 1), date(1995, 1, 1))),
        )
        .inner_join(tables.orders(), col("l_orderkey"), col("o_orderkey"))
        .group_by([col("l_shipmode")])
        .agg([urgent().sum().alias("high_line_count"), urgent().not().sum().alias("low_line_count")])
        .sort(["l_shipmode"], SortOptions::default())
}
