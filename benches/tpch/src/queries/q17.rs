//! Query 17: small-quantity-order revenue.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let lines = tables
        .part()
        .filter(col("p_brand").eq("Brand#23").and(col("p_container").eq("MED BOX")))
        .inner_join(tables.lineitem(), col("p_partkey"), col("l_partkey"))
        .select([col("p_partkey"), col("l_quantity"), col("l_extendedprice")]);
    let small = lines
        .clone()
        .group_by([col("p_partkey")])
        .agg([(lit(0.2) * col("l_quantity").mean()).alias("small_quantity")]);
    lines
        .inner_join(small, col("p_partkey"), col("p_partkey"))
        .filter(col("l_quantity").lt(col("small_quantity")))
        .select([(col("l_extendedprice").sum() / 7.0).alias("avg_yearly")])
}
