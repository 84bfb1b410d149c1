//! Query 15: top supplier.

use hypostyle::prelude::*;

use super::{discounted, within};
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let revenue = tables
        .lineitem()
        .filter(within(col("l_shipdate"), date(1996, 1, 1), date(1996, 4, 1)))
        .group_by([col("l_suppkey")])
        .agg([discounted().sum().alias("total_revenue")])
        .filter(col("total_revenue").eq(col("total_revenue").max()));
    tables
        .supplier()
        .inner_join(revenue, col("s_suppkey"), col("l_suppkey"))
        .select([col("s_suppkey"), col("s_name"), col("s_address"), col("s_phone"), col("total_revenue")])
        .sort(["s_suppkey"], SortOptions::default())
}
