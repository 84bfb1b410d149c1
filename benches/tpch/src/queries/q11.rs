//! Query 11: important stock identification.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let offers = tables
        .nation()
        .filter(col("n_name").eq("GERMANY"))
        .inner_join(tables.supplier(), col("n_nationkey"), col("s_nationkey"))
        .inner_join(tables.partsupp(), col("s_suppkey"), col("ps_suppkey"))
        .select([col("ps_partkey"), (col("ps_supplycost") * col("ps_availqty")).alias("value")]);
    let fraction = lit(0.0001 / tables.scale);
    let threshold = offers.clone().select([(col("value").sum() * fraction).alias("threshold")]);
    offers
        .group_by([col("ps_partkey")])
        .agg([col("value").sum()])
        .cross_join(threshold)
        .filter(col("value").gt(col("threshold")))
        .select([col("ps_partkey"), col("value")])
        .sort(["value"], SortOptions::descending())
}
