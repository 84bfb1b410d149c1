//! Query 16: parts and supplier relationship.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let complaints = tables.supplier().filter(col("s_comment").str().contains("Customer.*Complaints"));
    tables
        .part()
        .filter(
            col("p_brand")
                .neq("Brand#45")
                .and(col("p_type").str().starts_with("MEDIUM POLISHED").not())
                .and(col("p_size").is_in(list([49, 14, 23, 45, 19, 3, 36, 9]))),
        )
        .inner_join(tables.partsupp(), col("p_partkey"), col("ps_partkey"))
        .anti_join(complaints, col("ps_suppkey"), col("s_suppkey"))
        .group_by([col("p_brand"), col("p_type"), col("p_size")])
        .agg([col("ps_suppkey").n_unique().alias("supplier_cnt")])
        .sort(
            ["supplier_cnt", "p_brand", "p_type", "p_size"],
            SortOptions::default().with_descending([true, false, false, false]),
        )
}
