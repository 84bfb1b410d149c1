//! Query 20: potential part promotion.

use hypostyle::prelude::*;

use super::within;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let shipped = tables
        .lineitem()
        .filter(within(col("l_shipdate"), date(1994, 1, 1), date(1995, 1, 1)))
        .group_by([col("l_partkey"), col("l_suppkey")])
        .agg([(lit(0.5) * col("l_quantity").sum()).alias("half_shipped")]);
    let forest = tables.part().filter(col("p_name").str().starts_with("forest"));
    let suppliers = tables
        .partsupp()
        .semi_join(forest, col("ps_partkey"), col("p_partkey"))
        .join(
            shipped,
            [col("ps_partkey"), col("ps_suppkey")],
            [col("l_partkey"), col("l_suppkey")],
            JoinArgs::new(JoinType::Inner),
        )
        .filter(col("ps_availqty").gt(col("half_shipped")));
    tables
        .nation()
        .filter(col("n_name").eq("CANADA"))
        .inner_join(tables.supplier(), col("n_nationkey"), col("s_nationkey"))
        .semi_join(suppliers, col("s_suppkey"), col("ps_suppkey"))
        .select([col("s_name"), col("s_address")])
        .sort(["s_name"], SortOptions::default())
}
