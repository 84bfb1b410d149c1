//! The 22 queries as a beginner writes them: joins in the order of FROM, filters last.
//!
//! The same as `queries_naive.py`. What an optimizer has to do for these, `queries/` has done by hand; queries that
//! have nothing to reorder are taken from there.

use hypostyle::prelude::*;

use crate::queries::{QUERIES, discounted};
use crate::tables::Tables;

/// All queries; number `n` stands at `n - 1`.
pub const NAIVE: [fn(&Tables) -> LazyFrame; 22] = [
    QUERIES[0],
    minimum_cost_supplier,
    shipping_priority,
    order_priority,
    local_supplier_volume,
    QUERIES[5],
    volume_shipping,
    market_share,
    product_type_profit,
    returned_items,
    important_stock,
    shipping_modes,
    QUERIES[12],
    promotion_effect,
    top_supplier,
    parts_suppliers,
    small_quantity_revenue,
    large_volume_customer,
    discounted_revenue,
    part_promotion,
    suppliers_kept_waiting,
    sales_opportunity,
];

fn descending<const N: usize>(flags: [bool; N]) -> SortOptions {
    SortOptions::default().with_descending(flags)
}

fn inner() -> JoinArgs {
    JoinArgs::new(JoinType::Inner)
}

/// `start <= date < end`, as two predicates.
fn within(column: &str, start: Expr, end: Expr) -> [Expr; 2] {
    [col(column).gt_eq(start), col(column).lt(end)]
}

fn filtered(query: LazyFrame, predicates: impl IntoIterator<Item = Expr>) -> LazyFrame {
    predicates.into_iter().fold(query, LazyFrame::filter)
}

fn minimum_cost_supplier(t: &Tables) -> LazyFrame {
    let offers = t
        .part()
        .inner_join(t.partsupp(), col("p_partkey"), col("ps_partkey"))
        .inner_join(t.supplier(), col("ps_suppkey"), col("s_suppkey"))
        .inner_join(t.nation(), col("s_nationkey"), col("n_nationkey"))
        .inner_join(t.region(), col("n_regionkey"), col("r_regionkey"))
        .filter(col("r_name").eq("EUROPE"));
    let cheapest =
        offers.clone().group_by([col("p_partkey")]).agg([col("ps_supplycost").min().alias("least")]);
    let joined = offers.inner_join(cheapest, col("p_partkey"), col("p_partkey"));
    let wanted =
        [col("p_size").eq(15), col("p_type").str().ends_with("BRASS"), col("ps_supplycost").eq(col("least"))];
    let columns =
        ["s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment"];
    filtered(joined, wanted)
        .select(columns.map(col))
        .sort(["s_acctbal", "n_name", "s_name", "p_partkey"], descending([true, false, false, false]))
        .limit(100)
}

fn shipping_priority(t: &Tables) -> LazyFrame {
    let joined = t.customer().inner_join(t.orders(), col("c_custkey"), col("o_custkey")).inner_join(
        t.lineitem(),
        col("o_orderkey"),
        col("l_orderkey"),
    );
    let wanted = [
        col("c_mktsegment").eq("BUILDING"),
        col("o_orderdate").lt(date(1995, 3, 15)),
        col("l_shipdate").gt(date(1995, 3, 15)),
    ];
    filtered(joined, wanted)
        .group_by([col("o_orderkey"), col("o_orderdate"), col("o_shippriority")])
        .agg([discounted().sum().alias("revenue")])
        .select([
            col("o_orderkey").alias("l_orderkey"),
            col("revenue"),
            col("o_orderdate"),
            col("o_shippriority"),
        ])
        .sort(["revenue", "o_orderdate"], descending([true, false]))
        .limit(10)
}

fn order_priority(t: &Tables) -> LazyFrame {
    let joined = t.orders().inner_join(t.lineitem(), col("o_orderkey"), col("l_orderkey"));
    filtered(joined, within("o_orderdate", date(1993, 7, 1), date(1993, 10, 1)))
        .filter(col("l_commitdate").lt(col("l_receiptdate")))
        .unique(Some(vec![col("o_orderkey"), col("o_orderpriority")]), UniqueKeep::Any)
        .group_by([col("o_orderpriority")])
        .agg([len().alias("order_count")])
        .sort(["o_orderpriority"], SortOptions::default())
}

fn local_supplier_volume(t: &Tables) -> LazyFrame {
    let joined = t
        .customer()
        .inner_join(t.orders(), col("c_custkey"), col("o_custkey"))
        .inner_join(t.lineitem(), col("o_orderkey"), col("l_orderkey"))
        .inner_join(t.supplier(), col("l_suppkey"), col("s_suppkey"))
        .inner_join(t.nation(), col("s_nationkey"), col("n_nationkey"))
        .inner_join(t.region(), col("n_regionkey"), col("r_regionkey"))
        .filter(col("c_nationkey").eq(col("s_nationkey")))
        .filter(col("r_name").eq("ASIA"));
    filtered(joined, within("o_orderdate", date(1994, 1, 1), date(1995, 1, 1)))
        .group_by([col("n_name")])
        .agg([discounted().sum().alias("revenue")])
        .sort(["revenue"], SortOptions::descending())
}

fn volume_shipping(t: &Tables) -> LazyFrame {
    let trade = |from: &str, to: &str| {
        col("supp_nation").eq(from.to_owned()).and(col("cust_nation").eq(to.to_owned()))
    };
    let suppliers =
        t.nation().select([col("n_nationkey").alias("n1_key"), col("n_name").alias("supp_nation")]);
    let customers =
        t.nation().select([col("n_nationkey").alias("n2_key"), col("n_name").alias("cust_nation")]);
    t.supplier()
        .inner_join(t.lineitem(), col("s_suppkey"), col("l_suppkey"))
        .inner_join(t.orders(), col("l_orderkey"), col("o_orderkey"))
        .inner_join(t.customer(), col("o_custkey"), col("c_custkey"))
        .inner_join(suppliers, col("s_nationkey"), col("n1_key"))
        .inner_join(customers, col("c_nationkey"), col("n2_key"))
        .filter(trade("FRANCE", "GERMANY").or(trade("GERMANY", "FRANCE")))
        .filter(col("l_shipdate").gt_eq(date(1995, 1, 1)))
        .filter(col("l_shipdate").lt_eq(date(1996, 12, 31)))
        .with_columns([col("l_shipdate").dt().year().alias("l_year"), discounted().alias("volume")])
        .group_by([col("supp_nation"), col("cust_nation"), col("l_year")])
        .agg([col("volume").sum().alias("revenue")])
        .sort(["supp_nation", "cust_nation", "l_year"], SortOptions::default())
}

fn market_share(t: &Tables) -> LazyFrame {
    let customers =
        t.nation().select([col("n_nationkey").alias("n1_key"), col("n_regionkey").alias("n1_region")]);
    let suppliers = t.nation().select([col("n_nationkey").alias("n2_key"), col("n_name").alias("nation")]);
    t.part()
        .inner_join(t.lineitem(), col("p_partkey"), col("l_partkey"))
        .inner_join(t.supplier(), col("l_suppkey"), col("s_suppkey"))
        .inner_join(t.orders(), col("l_orderkey"), col("o_orderkey"))
        .inner_join(t.customer(), col("o_custkey"), col("c_custkey"))
        .inner_join(customers, col("c_nationkey"), col("n1_key"))
        .inner_join(suppliers, col("s_nationkey"), col("n2_key"))
        .inner_join(t.region(), col("n1_region"), col("r_regionkey"))
        .filter(col("r_name").eq("AMERICA"))
        .filter(col("o_orderdate").gt_eq(date(1995, 1, 1)))
        .filter(col("o_orderdate").lt_eq(date(1996, 12, 31)))
        .filter(col("p_type").eq("ECONOMY ANODIZED STEEL"))
        .with_columns([col("o_orderdate").dt().year().alias("o_year"), discounted().alias("volume")])
        .group_by([col("o_year")])
        .agg([(when(col("nation").eq("BRAZIL")).then(col("volume")).otherwise(lit(0.0)).sum()
            / col("volume").sum())
        .alias("mkt_share")])
        .sort(["o_year"], SortOptions::default())
}

fn product_type_profit(t: &Tables) -> LazyFrame {
    t.part()
        .inner_join(t.lineitem(), col("p_partkey"), col("l_partkey"))
        .inner_join(t.supplier(), col("l_suppkey"), col("s_suppkey"))
        .join(
            t.partsupp(),
            [col("p_partkey"), col("l_suppkey")],
            [col("ps_partkey"), col("ps_suppkey")],
            inner(),
        )
        .inner_join(t.orders(), col("l_orderkey"), col("o_orderkey"))
        .inner_join(t.nation(), col("s_nationkey"), col("n_nationkey"))
        .filter(col("p_name").str().contains("green"))
        .with_columns([
            col("o_orderdate").dt().year().alias("o_year"),
            (discounted() - col("ps_supplycost") * col("l_quantity")).alias("amount"),
        ])
        .group_by([col("n_name").alias("nation"), col("o_year")])
        .agg([col("amount").sum().alias("sum_profit")])
        .sort(["nation", "o_year"], descending([false, true]))
}

fn returned_items(t: &Tables) -> LazyFrame {
    let joined = t
        .customer()
        .inner_join(t.orders(), col("c_custkey"), col("o_custkey"))
        .inner_join(t.lineitem(), col("o_orderkey"), col("l_orderkey"))
        .inner_join(t.nation(), col("c_nationkey"), col("n_nationkey"));
    let keys = ["c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment"];
    let columns =
        ["c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment"];
    filtered(joined, within("o_orderdate", date(1993, 10, 1), date(1994, 1, 1)))
        .filter(col("l_returnflag").eq("R"))
        .group_by(keys.map(col))
        .agg([discounted().sum().alias("revenue")])
        .select(columns.map(col))
        .sort(["revenue"], SortOptions::descending())
        .limit(20)
}

fn important_stock(t: &Tables) -> LazyFrame {
    let value = || col("ps_supplycost") * col("ps_availqty");
    let offers = t
        .partsupp()
        .inner_join(t.supplier(), col("ps_suppkey"), col("s_suppkey"))
        .inner_join(t.nation(), col("s_nationkey"), col("n_nationkey"))
        .filter(col("n_name").eq("GERMANY"));
    let threshold = offers.clone().select([(value().sum() * lit(0.0001 / t.scale)).alias("threshold")]);
    offers
        .group_by([col("ps_partkey")])
        .agg([value().sum().alias("value")])
        .cross_join(threshold)
        .filter(col("value").gt(col("threshold")))
        .select([col("ps_partkey"), col("value")])
        .sort(["value"], SortOptions::descending())
}

fn shipping_modes(t: &Tables) -> LazyFrame {
    let priority = || col("o_orderpriority");
    let high = priority().eq("1-URGENT").or(priority().eq("2-HIGH"));
    let low = priority().neq("1-URGENT").and(priority().neq("2-HIGH"));
    let joined = t.orders().inner_join(t.lineitem(), col("o_orderkey"), col("l_orderkey"));
    let wanted = [
        col("l_shipmode").is_in(list(["MAIL", "SHIP"])),
        col("l_commitdate").lt(col("l_receiptdate")),
        col("l_shipdate").lt(col("l_commitdate")),
    ];
    filtered(joined, wanted.into_iter().chain(within("l_receiptdate", date(1994, 1, 1), date(1995, 1, 1))))
        .group_by([col("l_shipmode")])
        .agg([
            when(high).then(lit(1)).otherwise(lit(0)).sum().alias("high_line_count"),
            when(low).then(lit(1)).otherwise(lit(0)).sum().alias("low_line_count"),
        ])
        .sort(["l_shipmode"], SortOptions::default())
}

fn promotion_effect(t: &Tables) -> LazyFrame {
    let promotion = when(col("p_type").str().starts_with("PROMO")).then(discounted()).otherwise(lit(0)).sum();
    let joined = t.lineitem().inner_join(t.part(), col("l_partkey"), col("p_partkey"));
    filtered(joined, within("l_shipdate", date(1995, 9, 1), date(1995, 10, 1)))
        .select([(lit(100.0) * promotion / discounted().sum()).alias("promo_revenue")])
}

fn top_supplier(t: &Tables) -> LazyFrame {
    let revenue = filtered(t.lineitem(), within("l_shipdate", date(1996, 1, 1), date(1996, 4, 1)))
        .group_by([col("l_suppkey")])
        .agg([discounted().sum().alias("total_revenue")]);
    t.supplier()
        .inner_join(revenue, col("s_suppkey"), col("l_suppkey"))
        .filter(col("total_revenue").eq(col("total_revenue").max()))
        .select(["s_suppkey", "s_name", "s_address", "s_phone", "total_revenue"].map(col))
        .sort(["s_suppkey"], SortOptions::default())
}

fn parts_suppliers(t: &Tables) -> LazyFrame {
    let complaints = t.supplier().filter(col("s_comment").str().contains("Customer.*Complaints"));
    let joined = t.partsupp().inner_join(t.part(), col("ps_partkey"), col("p_partkey")).anti_join(
        complaints,
        col("ps_suppkey"),
        col("s_suppkey"),
    );
    let wanted = [
        col("p_brand").neq("Brand#45"),
        !col("p_type").str().starts_with("MEDIUM POLISHED"),
        col("p_size").is_in(list([49i64, 14, 23, 45, 19, 3, 36, 9])),
    ];
    filtered(joined, wanted)
        .group_by(["p_brand", "p_type", "p_size"].map(col))
        .agg([col("ps_suppkey").n_unique().alias("supplier_cnt")])
        .sort(["supplier_cnt", "p_brand", "p_type", "p_size"], descending([true, false, false, false]))
}

fn small_quantity_revenue(t: &Tables) -> LazyFrame {
    let average = t.lineitem().group_by([col("l_partkey")]).agg([col("l_quantity").mean().alias("average")]);
    let joined = t.lineitem().inner_join(t.part(), col("l_partkey"), col("p_partkey")).inner_join(
        average,
        col("l_partkey"),
        col("l_partkey"),
    );
    let wanted = [
        col("p_brand").eq("Brand#23"),
        col("p_container").eq("MED BOX"),
        col("l_quantity").lt(lit(0.2) * col("average")),
    ];
    filtered(joined, wanted).select([(col("l_extendedprice").sum() / lit(7.0)).alias("avg_yearly")])
}

fn large_volume_customer(t: &Tables) -> LazyFrame {
    let large = t.lineitem().group_by([col("l_orderkey")]).agg([col("l_quantity").sum().alias("order_qty")]);
    t.customer()
        .inner_join(t.orders(), col("c_custkey"), col("o_custkey"))
        .inner_join(t.lineitem(), col("o_orderkey"), col("l_orderkey"))
        .inner_join(large, col("o_orderkey"), col("l_orderkey"))
        .filter(col("order_qty").gt(300))
        .group_by(["c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice"].map(col))
        .agg([col("l_quantity").sum().alias("sum_qty")])
        .sort(["o_totalprice", "o_orderdate"], descending([true, false]))
        .limit(100)
}

fn discounted_revenue(t: &Tables) -> LazyFrame {
    let kind = |brand: &str, containers: [&str; 4], least: i32, most: i32, size: i32| {
        col("p_brand")
            .eq(brand.to_owned())
            .and(col("p_container").is_in(list(containers.map(str::to_owned))))
            .and(col("l_quantity").gt_eq(least))
            .and(col("l_quantity").lt_eq(most))
            .and(col("p_size").is_between(1, size))
            .and(col("l_shipmode").is_in(list(["AIR", "AIR REG"])))
            .and(col("l_shipinstruct").eq("DELIVER IN PERSON"))
    };
    t.lineitem()
        .inner_join(t.part(), col("l_partkey"), col("p_partkey"))
        .filter(
            kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 11, 5)
                .or(kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 20, 10))
                .or(kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 30, 15)),
        )
        .select([discounted().sum().alias("revenue")])
}

fn part_promotion(t: &Tables) -> LazyFrame {
    let shipped = filtered(t.lineitem(), within("l_shipdate", date(1994, 1, 1), date(1995, 1, 1)))
        .group_by([col("l_partkey"), col("l_suppkey")])
        .agg([col("l_quantity").sum().alias("shipped")]);
    let suppliers = t
        .partsupp()
        .inner_join(t.part(), col("ps_partkey"), col("p_partkey"))
        .join(shipped, [col("ps_partkey"), col("ps_suppkey")], [col("l_partkey"), col("l_suppkey")], inner())
        .filter(col("p_name").str().starts_with("forest"))
        .filter(col("ps_availqty").gt(lit(0.5) * col("shipped")));
    t.supplier()
        .inner_join(t.nation(), col("s_nationkey"), col("n_nationkey"))
        .semi_join(suppliers, col("s_suppkey"), col("ps_suppkey"))
        .filter(col("n_name").eq("CANADA"))
        .select([col("s_name"), col("s_address")])
        .sort(["s_name"], SortOptions::default())
}

fn suppliers_kept_waiting(t: &Tables) -> LazyFrame {
    let late = || col("l_receiptdate").gt(col("l_commitdate"));
    let count = |lines: LazyFrame, name: &str| {
        lines.group_by([col("l_orderkey")]).agg([col("l_suppkey").n_unique().alias(name)])
    };
    let joined = t
        .supplier()
        .inner_join(t.lineitem(), col("s_suppkey"), col("l_suppkey"))
        .inner_join(t.orders(), col("l_orderkey"), col("o_orderkey"))
        .inner_join(t.nation(), col("s_nationkey"), col("n_nationkey"))
        .inner_join(count(t.lineitem(), "suppliers"), col("l_orderkey"), col("l_orderkey"))
        .inner_join(
            count(t.lineitem().filter(late()), "late_suppliers"),
            col("l_orderkey"),
            col("l_orderkey"),
        );
    let wanted = [
        col("o_orderstatus").eq("F"),
        late(),
        col("suppliers").gt(1),
        col("late_suppliers").eq(1),
        col("n_name").eq("SAUDI ARABIA"),
    ];
    filtered(joined, wanted)
        .group_by([col("s_name")])
        .agg([len().alias("numwait")])
        .sort(["numwait", "s_name"], descending([true, false]))
        .limit(100)
}

fn sales_opportunity(t: &Tables) -> LazyFrame {
    let customers = t.customer().with_columns([col("c_phone").str().slice(0, Some(2)).alias("cntrycode")]);
    let wanted = || col("cntrycode").is_in(list(["13", "31", "23", "29", "30", "18", "17"]));
    let average =
        customers
            .clone()
            .filter(wanted())
            .filter(col("c_acctbal").gt(0))
            .select([col("c_acctbal").mean().alias("average")]);
    customers
        .anti_join(t.orders(), col("c_custkey"), col("o_custkey"))
        .cross_join(average)
        .filter(wanted())
        .filter(col("c_acctbal").gt(col("average")))
        .group_by([col("cntrycode")])
        .agg([len().alias("numcust"), col("c_acctbal").sum().alias("totacctbal")])
        .sort(["cntrycode"], SortOptions::default())
}
