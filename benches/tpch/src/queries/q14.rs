//! Query 14: promotion effect.

use hypostyle::prelude::*;

use super::{discounted, within};
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let promotion = when(col("p_type").str().starts_with("PROMO")).then(discounted()).otherwise(lit(0.0));
    tables
        .lineitem()
        .filter(within(col("l_shipdate"), date(1995, 9, 1), date(1995, 10, 1)))
        .inner_join(tables.part(), col("l_partkey"), col("p_partkey"))
        .select([(lit(100.0) * promotion.sum() / discounted().sum()).alias("promo_revenue")])
}
