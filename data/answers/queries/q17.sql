-- A sum over no rows is 0 in the DataFrame API and null in SQL; scale 0.01 has no such rows.
select coalesce(sum(l_extendedprice), 0) / 7.0 as avg_yearly
from lineitem, part
where p_partkey = l_partkey
    and p_brand = 'Brand#23'
    and p_container = 'MED BOX'
    and l_quantity < (select 0.2::double * avg(l_quantity) from lineitem where l_partkey = p_partkey)
