//! Query 6: forecasting revenue change.

use hypostyle::prelude::*;

use super::within;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    tables
        .lineitem()
        .filter(
            within(col("l_shipdate"), date(1994, 1, 1), date(1995, 1, 1))
                .and(col("l_discount").is_between(0.05, 0.07))
                .and(col("l_quantity").lt(24)),
        )
        .select([(col("l_extendedprice") * col("l_discount")).sum().alias("revenue")])
}
