//! Query 22: global sales opportunity.

use hypostyle::prelude::*;

use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let customers = tables
        .customer()
        .with_columns([col("c_phone").str().slice(0, Some(2)).alias("cntrycode")])
        .filter(col("cntrycode").is_in(list(["13", "31", "23", "29", "30", "18", "17"])));
    let average =
        customers.clone().filter(col("c_acctbal").gt(0.0)).select([col("c_acctbal").mean().alias("average")]);
    customers
        .cross_join(average)
        .filter(col("c_acctbal").gt(col("average")))
        .anti_join(tables.orders(), col("c_custkey"), col("o_custkey"))
        .group_by([col("cntrycode")])
        .agg([len().alias("numcust"), col("c_acctbal").sum().alias("totacctbal")])
        .sort(["cntrycode"], SortOptions::default())
}
