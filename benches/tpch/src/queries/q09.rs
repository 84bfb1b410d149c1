//! Query 9: product type profit measure.

use hypostyle::prelude::*;

use super::discounted;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let suppliers = tables.supplier().inner_join(tables.nation(), col("s_nationkey"), col("n_nationkey"));
    let profit = discounted() - col("ps_supplycost") * col("l_quantity");
    tables
        .part()
        .filter(col("p_name").str().contains_literal("green"))
        .inner_join(tables.partsupp(), col("p_partkey"), col("ps_partkey"))
        .inner_join(suppliers, col("ps_suppkey"), col("s_suppkey"))
        .join(
            tables.lineitem(),
            [col("p_partkey"), col("ps_suppkey")],
            [col("l_partkey"), col("l_suppkey")],
            JoinArgs::new(JoinType::Inner),
        )
        .inner_join(tables.orders(), col("l_orderkey"), col("o_orderkey"))
        .select([
            col("n_name").alias("nation"),
            col("o_orderdate").dt().year().alias("o_year"),
            profit.alias("amount"),
        ])
        .group_by([col("nation"), col("o_year")])
        .agg([col("amount").sum().alias("sum_profit")])
        .sort(["nation", "o_year"], SortOptions::default().with_descending([false, true]))
}
