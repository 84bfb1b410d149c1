//! Query 2: minimum cost supplier.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let europe = tables
        .region()
        .filter(col("r_name").eq("EUROPE"))
        .inner_join(tables.nation(), col("r_regionkey"), col("n_regionkey"))
        .inner_join(tables.supplier(), col("n_nationkey"), col("s_nationkey"));
    let offers = tables
        .part()
        .filter(col("p_size").eq(15).and(col("p_type").str().ends_with("BRASS")))
        .inner_join(tables.partsupp(), col("p_partkey"), col("ps_partkey"))
        .inner_join(europe, col("ps_suppkey"), col("s_suppkey"));
    let cheapest = offers.clone().group_by([col("p_partkey")]).agg([col("ps_supplycost").min()]);
    let keys = || [col("p_partkey"), col("ps_supplycost")];
    offers
        .join(cheapest, keys(), keys(), JoinArgs::new(JoinType::Inner))
        .select([
            col("s_acctbal"),
            col("s_name"),
            col("n_name"),
            col("p_partkey"),
            col("p_mfgr"),
            col("s_address"),
            col("s_phone"),
            col("s_comment"),
        ])
        .sort(
            ["s_acctbal", "n_name", "s_name", "p_partkey"],
            SortOptions::default().with_descending([true, false, false, false]),
        )
        .limit(100)
}
