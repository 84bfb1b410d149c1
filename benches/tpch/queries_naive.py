"""The 22 TPC-H queries in the lazy API, as a beginner writes them: joins in the order of FROM, filters last.

What an optimizer has to do for these, `queries.py` has done by hand. Queries with one table or without a join to
reorder (1, 6) are the same in both.
"""

from datetime import date

from queries import q01, q06

__all__ = [f"q{number:02}" for number in range(1, 23)]


def q02(pl, t):
    offers = (
        t["part"]
        .join(t["partsupp"], left_on="p_partkey", right_on="ps_partkey")
        .join(t["supplier"], left_on="ps_suppkey", right_on="s_suppkey")
        .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
        .join(t["region"], left_on="n_regionkey", right_on="r_regionkey")
        .filter(pl.col("r_name") == "EUROPE")
    )
    cheapest = offers.group_by("p_partkey").agg(pl.col("ps_supplycost").min().alias("least"))
    return (
        offers.join(cheapest, on="p_partkey")
        .filter(
            pl.col("p_size") == 15,
            pl.col("p_type").str.ends_with("BRASS"),
            pl.col("ps_supplycost") == pl.col("least"),
        )
        .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .sort("s_acctbal", "n_name", "s_name", "p_partkey", descending=[True, False, False, False])
        .head(100)
    )


def q03(pl, t):
    return (
        t["customer"]
        .join(t["orders"], left_on="c_custkey", right_on="o_custkey")
        .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
        .filter(
            pl.col("c_mktsegment") == "BUILDING",
            pl.col("o_orderdate") < date(1995, 3, 15),
            pl.col("l_shipdate") > date(1995, 3, 15),
        )
        .group_by("o_orderkey", "o_orderdate", "o_shippriority")
        .agg((pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).sum().alias("revenue"))
        .select(pl.col("o_orderkey").alias("l_orderkey"), "revenue", "o_orderdate", "o_shippriority")
        .sort("revenue", "o_orderdate", descending=[True, False])
        .head(10)
    )


def q04(pl, t):
    return (
        t["orders"]
        .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
        .filter(
            pl.col("o_orderdate") >= date(1993, 7, 1),
            pl.col("o_orderdate") < date(1993, 10, 1),
            pl.col("l_commitdate") < pl.col("l_receiptdate"),
        )
        .unique(subset=["o_orderkey", "o_orderpriority"])
        .group_by("o_orderpriority")
        .agg(pl.len().alias("order_count"))
        .sort("o_orderpriority")
    )


def q05(pl, t):
    return (
        t["customer"]
        .join(t["orders"], left_on="c_custkey", right_on="o_custkey")
        .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
        .join(t["supplier"], left_on="l_suppkey", right_on="s_suppkey")
        .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
        .join(t["region"], left_on="n_regionkey", right_on="r_regionkey")
        .filter(
            pl.col("c_nationkey") == pl.col("s_nationkey"),
            pl.col("r_name") == "ASIA",
            pl.col("o_orderdate") >= date(1994, 1, 1),
            pl.col("o_orderdate") < date(1995, 1, 1),
        )
        .group_by("n_name")
        .agg((pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).sum().alias("revenue"))
        .sort("revenue", descending=True)
    )


def q07(pl, t):
    from_to = (pl.col("supp_nation") == "FRANCE") & (pl.col("cust_nation") == "GERMANY")
    to_from = (pl.col("supp_nation") == "GERMANY") & (pl.col("cust_nation") == "FRANCE")
    suppliers = t["nation"].select(n1_key="n_nationkey", supp_nation="n_name")
    customers = t["nation"].select(n2_key="n_nationkey", cust_nation="n_name")
    return (
        t["supplier"]
        .join(t["lineitem"], left_on="s_suppkey", right_on="l_suppkey")
        .join(t["orders"], left_on="l_orderkey", right_on="o_orderkey")
        .join(t["customer"], left_on="o_custkey", right_on="c_custkey")
        .join(suppliers, left_on="s_nationkey", right_on="n1_key")
        .join(customers, left_on="c_nationkey", right_on="n2_key")
        .filter(
            from_to | to_from,
            pl.col("l_shipdate") >= date(1995, 1, 1),
            pl.col("l_shipdate") <= date(1996, 12, 31),
        )
        .with_columns(
            pl.col("l_shipdate").dt.year().alias("l_year"),
            (pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).alias("volume"),
        )
        .group_by("supp_nation", "cust_nation", "l_year")
        .agg(pl.col("volume").sum().alias("revenue"))
        .sort("supp_nation", "cust_nation", "l_year")
    )


def q08(pl, t):
    customers = t["nation"].select(n1_key="n_nationkey", n1_region="n_regionkey")
    suppliers = t["nation"].select(n2_key="n_nationkey", nation="n_name")
    return (
        t["part"]
        .join(t["lineitem"], left_on="p_partkey", right_on="l_partkey")
        .join(t["supplier"], left_on="l_suppkey", right_on="s_suppkey")
        .join(t["orders"], left_on="l_orderkey", right_on="o_orderkey")
        .join(t["customer"], left_on="o_custkey", right_on="c_custkey")
        .join(customers, left_on="c_nationkey", right_on="n1_key")
        .join(suppliers, left_on="s_nationkey", right_on="n2_key")
        .join(t["region"], left_on="n1_region", right_on="r_regionkey")
        .filter(
            pl.col("r_name") == "AMERICA",
            pl.col("o_orderdate") >= date(1995, 1, 1),
            pl.col("o_orderdate") <= date(1996, 12, 31),
            pl.col("p_type") == "ECONOMY ANODIZED STEEL",
        )
        .with_columns(
            pl.col("o_orderdate").dt.year().alias("o_year"),
            (pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).alias("volume"),
        )
        .group_by("o_year")
        .agg(
            (
                pl.when(pl.col("nation") == "BRAZIL").then(pl.col("volume")).otherwise(0.0).sum()
                / pl.col("volume").sum()
            ).alias("mkt_share")
        )
        .sort("o_year")
    )


def q09(pl, t):
    return (
        t["part"]
        .join(t["lineitem"], left_on="p_partkey", right_on="l_partkey")
        .join(t["supplier"], left_on="l_suppkey", right_on="s_suppkey")
        .join(t["partsupp"], left_on=["p_partkey", "l_suppkey"], right_on=["ps_partkey", "ps_suppkey"])
        .join(t["orders"], left_on="l_orderkey", right_on="o_orderkey")
        .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
        .filter(pl.col("p_name").str.contains("green"))
        .with_columns(
            pl.col("o_orderdate").dt.year().alias("o_year"),
            (
                pl.col("l_extendedprice") * (1 - pl.col("l_discount"))
                - pl.col("ps_supplycost") * pl.col("l_quantity")
            ).alias("amount"),
        )
        .group_by(pl.col("n_name").alias("nation"), "o_year")
        .agg(pl.col("amount").sum().alias("sum_profit"))
        .sort("nation", "o_year", descending=[False, True])
    )


def q10(pl, t):
    keys = ["c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment"]
    return (
        t["customer"]
        .join(t["orders"], left_on="c_custkey", right_on="o_custkey")
        .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
        .join(t["nation"], left_on="c_nationkey", right_on="n_nationkey")
        .filter(
            pl.col("o_orderdate") >= date(1993, 10, 1),
            pl.col("o_orderdate") < date(1994, 1, 1),
            pl.col("l_returnflag") == "R",
        )
        .group_by(keys)
        .agg((pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).sum().alias("revenue"))
        .select("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment")
        .sort("revenue", descending=True)
        .head(20)
    )


def q11(pl, t, scale=1.0):
    value = pl.col("ps_supplycost") * pl.col("ps_availqty")
    offers = (
        t["partsupp"]
        .join(t["supplier"], left_on="ps_suppkey", right_on="s_suppkey")
        .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
        .filter(pl.col("n_name") == "GERMANY")
    )
    return (
        offers.group_by("ps_partkey")
        .agg(value.sum().alias("value"))
        .join(offers.select((value.sum() * (0.0001 / scale)).alias("threshold")), how="cross")
        .filter(pl.col("value") > pl.col("threshold"))
        .select("ps_partkey", "value")
        .sort("value", descending=True)
    )


def q12(pl, t):
    high = (pl.col("o_orderpriority") == "1-URGENT") | (pl.col("o_orderpriority") == "2-HIGH")
    low = (pl.col("o_orderpriority") != "1-URGENT") & (pl.col("o_orderpriority") != "2-HIGH")
    return (
        t["orders"]
        .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
        .filter(
            pl.col("l_shipmode").is_in(["MAIL", "SHIP"]),
            pl.col("l_commitdate") < pl.col("l_receiptdate"),
            pl.col("l_shipdate") < pl.col("l_commitdate"),
            pl.col("l_receiptdate") >= date(1994, 1, 1),
            pl.col("l_receiptdate") < date(1995, 1, 1),
        )
        .group_by("l_shipmode")
        .agg(
            pl.when(high).then(1).otherwise(0).sum().alias("high_line_count"),
            pl.when(low).then(1).otherwise(0).sum().alias("low_line_count"),
        )
        .sort("l_shipmode")
    )


def q13(pl, t):
    # The condition belongs to the outer join, so it cannot come after it.
    orders = t["orders"].filter(~pl.col("o_comment").str.contains("special.*requests"))
    return (
        t["customer"]
        .join(orders, left_on="c_custkey", right_on="o_custkey", how="left")
        .group_by("c_custkey")
        .agg(pl.col("o_orderkey").count().alias("c_count"))
        .group_by("c_count")
        .agg(pl.len().alias("custdist"))
        .sort("custdist", "c_count", descending=True)
    )


def q14(pl, t):
    revenue = pl.col("l_extendedprice") * (1 - pl.col("l_discount"))
    return (
        t["lineitem"]
        .join(t["part"], left_on="l_partkey", right_on="p_partkey")
        .filter(pl.col("l_shipdate") >= date(1995, 9, 1), pl.col("l_shipdate") < date(1995, 10, 1))
        .select(
            (
                100.0
                * pl.when(pl.col("p_type").str.starts_with("PROMO")).then(revenue).otherwise(0).sum()
                / revenue.sum()
            ).alias("promo_revenue")
        )
    )


def q15(pl, t):
    revenue = (
        t["lineitem"]
        .filter(pl.col("l_shipdate") >= date(1996, 1, 1), pl.col("l_shipdate") < date(1996, 4, 1))
        .group_by("l_suppkey")
        .agg((pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).sum().alias("total_revenue"))
    )
    return (
        t["supplier"]
        .join(revenue, left_on="s_suppkey", right_on="l_suppkey")
        .filter(pl.col("total_revenue") == pl.col("total_revenue").max())
        .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
        .sort("s_suppkey")
    )


def q16(pl, t):
    complaints = t["supplier"].filter(pl.col("s_comment").str.contains("Customer.*Complaints"))
    return (
        t["partsupp"]
        .join(t["part"], left_on="ps_partkey", right_on="p_partkey")
        .join(complaints, left_on="ps_suppkey", right_on="s_suppkey", how="anti")
        .filter(
            pl.col("p_brand") != "Brand#45",
            ~pl.col("p_type").str.starts_with("MEDIUM POLISHED"),
            pl.col("p_size").is_in([49, 14, 23, 45, 19, 3, 36, 9]),
        )
        .group_by("p_brand", "p_type", "p_size")
        .agg(pl.col("ps_suppkey").n_unique().alias("supplier_cnt"))
        .sort("supplier_cnt", "p_brand", "p_type", "p_size", descending=[True, False, False, False])
    )


def q17(pl, t):
    average = t["lineitem"].group_by("l_partkey").agg(pl.col("l_quantity").mean().alias("average"))
    return (
        t["lineitem"]
        .join(t["part"], left_on="l_partkey", right_on="p_partkey")
        .join(average, on="l_partkey")
        .filter(
            pl.col("p_brand") == "Brand#23",
            pl.col("p_container") == "MED BOX",
            pl.col("l_quantity") < 0.2 * pl.col("average"),
        )
        .select((pl.col("l_extendedprice").sum() / 7.0).alias("avg_yearly"))
    )


def q18(pl, t):
    large = t["lineitem"].group_by("l_orderkey").agg(pl.col("l_quantity").sum().alias("order_qty"))
    return (
        t["customer"]
        .join(t["orders"], left_on="c_custkey", right_on="o_custkey")
        .join(t["lineitem"], left_on="o_orderkey", right_on="l_orderkey")
        .join(large, left_on="o_orderkey", right_on="l_orderkey")
        .filter(pl.col("order_qty") > 300)
        .group_by("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .agg(pl.col("l_quantity").sum().alias("sum_qty"))
        .sort("o_totalprice", "o_orderdate", descending=[True, False])
        .head(100)
    )


def q19(pl, t):
    def kind(brand, containers, least, most, size):
        return (
            (pl.col("p_brand") == brand)
            & pl.col("p_container").is_in(containers)
            & (pl.col("l_quantity") >= least)
            & (pl.col("l_quantity") <= most)
            & pl.col("p_size").is_between(1, size)
            & pl.col("l_shipmode").is_in(["AIR", "AIR REG"])
            & (pl.col("l_shipinstruct") == "DELIVER IN PERSON")
        )

    return (
        t["lineitem"]
        .join(t["part"], left_on="l_partkey", right_on="p_partkey")
        .filter(
            kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 11, 5)
            | kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 20, 10)
            | kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 30, 15)
        )
        .select((pl.col("l_extendedprice") * (1 - pl.col("l_discount"))).sum().alias("revenue"))
    )


def q20(pl, t):
    shipped = (
        t["lineitem"]
        .filter(pl.col("l_shipdate") >= date(1994, 1, 1), pl.col("l_shipdate") < date(1995, 1, 1))
        .group_by("l_partkey", "l_suppkey")
        .agg(pl.col("l_quantity").sum().alias("shipped"))
    )
    suppliers = (
        t["partsupp"]
        .join(t["part"], left_on="ps_partkey", right_on="p_partkey")
        .join(shipped, left_on=["ps_partkey", "ps_suppkey"], right_on=["l_partkey", "l_suppkey"])
        .filter(
            pl.col("p_name").str.starts_with("forest"), pl.col("ps_availqty") > 0.5 * pl.col("shipped")
        )
    )
    return (
        t["supplier"]
        .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
        .join(suppliers, left_on="s_suppkey", right_on="ps_suppkey", how="semi")
        .filter(pl.col("n_name") == "CANADA")
        .select("s_name", "s_address")
        .sort("s_name")
    )


def q21(pl, t):
    suppliers = t["lineitem"].group_by("l_orderkey").agg(pl.col("l_suppkey").n_unique().alias("suppliers"))
    late_suppliers = (
        t["lineitem"]
        .filter(pl.col("l_receiptdate") > pl.col("l_commitdate"))
        .group_by("l_orderkey")
        .agg(pl.col("l_suppkey").n_unique().alias("late_suppliers"))
    )
    return (
        t["supplier"]
        .join(t["lineitem"], left_on="s_suppkey", right_on="l_suppkey")
        .join(t["orders"], left_on="l_orderkey", right_on="o_orderkey")
        .join(t["nation"], left_on="s_nationkey", right_on="n_nationkey")
        .join(suppliers, on="l_orderkey")
        .join(late_suppliers, on="l_orderkey")
        .filter(
            pl.col("o_orderstatus") == "F",
            pl.col("l_receiptdate") > pl.col("l_commitdate"),
            pl.col("suppliers") > 1,
            pl.col("late_suppliers") == 1,
            pl.col("n_name") == "SAUDI ARABIA",
        )
        .group_by("s_name")
        .agg(pl.len().alias("numwait"))
        .sort("numwait", "s_name", descending=[True, False])
        .head(100)
    )


def q22(pl, t):
    customers = t["customer"].with_columns(pl.col("c_phone").str.slice(0, 2).alias("cntrycode"))
    wanted = pl.col("cntrycode").is_in(["13", "31", "23", "29", "30", "18", "17"])
    average = customers.filter(wanted, pl.col("c_acctbal") > 0).select(
        pl.col("c_acctbal").mean().alias("average")
    )
    return (
        customers.join(t["orders"], left_on="c_custkey", right_on="o_custkey", how="anti")
        .join(average, how="cross")
        .filter(wanted, pl.col("c_acctbal") > pl.col("average"))
        .group_by("cntrycode")
        .agg(pl.len().alias("numcust"), pl.col("c_acctbal").sum().alias("totacctbal"))
        .sort("cntrycode")
    )
