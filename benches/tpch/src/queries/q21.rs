//! Query 21: suppliers who kept orders waiting: several had a part in the order, one alone was late.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let several = tables
        .lineitem()
        .group_by([col("l_orderkey")])
        .agg([col("l_suppkey").n_unique().alias("suppliers")])
        .filter(col("suppliers").gt(1));
    let late = tables.lineitem().filter(col("l_receiptdate").gt(col("l_commitdate")));
    let one_late = late
        .clone()
        .group_by([col("l_orderkey")])
        .agg([col("l_suppkey").n_unique().alias("late_suppliers")])
        .filter(col("late_suppliers").eq(1));
    let saudi = tables
        .nation()
        .filter(col("n_name").eq("SAUDI ARABIA"))
        .inner_join(tables.supplier(), col("n_nationkey"), col("s_nationkey"))
        .select([col("s_suppkey"), col("s_name")]);
    let failed = tables.orders().filter(col("o_orderstatus").eq("F"));
    late.inner_join(saudi, col("l_suppkey"), col("s_suppkey"))
        .semi_join(failed, col("l_orderkey"), col("o_orderkey"))
        .semi_join(several, col("l_orderkey"), col("l_orderkey"))
        .semi_join(one_late, col("l_orderkey"), col("l_orderkey"))
        .group_by([col("s_name")])
        .agg([len().alias("numwait")])
        .sort(["numwait", "s_name"], SortOptions::default().with_descending([true, false]))
        .limit(100)
}
