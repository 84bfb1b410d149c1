//! Query 19: discounted revenue.

use hypostyle::prelude::*;

use super::discounted;
use crate::tables::Tables;

pub(super) fn query(tables: &Tables) -> LazyFrame {
    let kind = |brand: &str, containers: [&str; 4], least: i32, size: i32| {
        col("p_brand")
            .eq(brand)
            .and(col("p_container").is_in(list(containers)))
            .and(col("l_quantity").is_between(least, least + 10))
            .and(col("p_size").is_between(1, size))
    };
    tables
        .lineitem()
        .filter(
            col("l_shipmode")
                .is_in(list(["AIR", "AIR REG"]))
                .and(col("l_shipinstruct").eq("DELIVER IN PERSON")),
        )
        .inner_join(tables.part(), col("l_partkey"), col("p_partkey"))
        .filter(
            kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
                .or(kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10))
                .or(kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15)),
        )
        .select([discounted().sum().alias("revenue")])
}
