"""Lists, structs, bytes, and functions of one's own over frames."""

from __future__ import annotations

import hypostyle as hs
import pytest
from oracle import check


def frame(m):
    return m.DataFrame(
        {
            "i": [[3, 1, None, 2], [], None, [5]],
            "f": [[1.5, float("nan")], [None], [], [2.0, -2.0]],
            "t": [["b", None, "a"], ["x"], None, []],
            "b": [[True, None], [False], [], [None]],
            "n": [0, -1, 1, None],
            "s": [{"x": 1, "y": "a"}, None, {"x": None, "y": "c"}, {"x": 4, "y": None}],
            "z": [b"abc", b"", None, b"\xff"],
        }
    )


PROGRAMS = {
    "len": lambda m: m.col("i", "t").list.len(),
    "get": lambda m: m.col("i").list.get(0, null_on_oob=True),
    "get last": lambda m: m.col("t").list.get(-1, null_on_oob=True),
    "get column": lambda m: m.col("i").list.get("n", null_on_oob=True),
    "get past the end": lambda m: m.col("i").list.get(3),
    "first": lambda m: m.col("i", "t", "f").list.first(),
    "last": lambda m: m.col("i", "t", "f").list.last(),
    "contains": lambda m: m.col("i").list.contains(2),
    "contains null": lambda m: m.col("i").list.contains(None),
    "contains text": lambda m: m.col("t").list.contains(m.lit("a")),
    "join": lambda m: m.col("t").list.join("-"),
    "join with nulls": lambda m: m.col("t").list.join("-", ignore_nulls=False),
    "head": lambda m: m.col("i", "t").list.head(2),
    "tail": lambda m: m.col("i", "t").list.tail(2),
    "slice": lambda m: m.col("i").list.slice(1, 2),
    "slice from the end": lambda m: m.col("i").list.slice(-2),
    "sort": lambda m: m.col("i", "f", "t").list.sort(),
    "sort descending": lambda m: m.col("i", "t").list.sort(descending=True, nulls_last=True),
    "reverse": lambda m: m.col("i", "t").list.reverse(),
    "unique": lambda m: m.col("i").list.unique(maintain_order=True),
    "drop_nulls": lambda m: m.col("i", "t").list.drop_nulls(),
    "sum": lambda m: m.col("i", "f").list.sum(),
    "min": lambda m: m.col("i", "f").list.min(),
    "max": lambda m: m.col("i", "f").list.max(),
    "mean": lambda m: m.col("i", "f").list.mean(),
    "median": lambda m: m.col("i").list.median(),
    "std": lambda m: m.col("i").list.std(),
    "var": lambda m: m.col("i").list.var(0),
    "n_unique": lambda m: m.col("i", "t").list.n_unique(),
    "any": lambda m: m.col("b").list.any(),
    "all": lambda m: m.col("b").list.all(),
    "any with nulls": lambda m: m.col("b").list.any(ignore_nulls=False),
    "arg_min": lambda m: m.col("i").list.arg_min(),
    "arg_max": lambda m: m.col("i").list.arg_max(),
    "split get": lambda m: m.lit("a,b").str.split(",").list.get(1),
    "field": lambda m: m.col("s").struct.field("x"),
    "field by name": lambda m: m.col("s").struct["y"],
    "no field": lambda m: m.col("s").struct.field("nope"),
    "rename_fields": lambda m: m.col("s").struct.rename_fields(["u", "v"]),
    "struct and back": lambda m: m.struct("n", "z").struct.field("n") + 1,
    "size": lambda m: m.col("z").bin.size(),
    "size in kb": lambda m: m.col("z").bin.size("kb"),
    "list of a number": lambda m: m.col("n").list.len(),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("rows", [4, 1, 0])
def test_columns(name, rows):
    check(lambda m: frame(m).head(rows).select(PROGRAMS[name](m)))


def test_series():
    check(lambda m: frame(m)["i"].list.sum())
    check(lambda m: frame(m)["t"].list.join("+"))
    check(lambda m: frame(m)["s"].struct.rename_fields(["u", "v"]))
    check(lambda m: frame(m)["z"].bin.size())


def test_groups_become_lists():
    data = {"k": ["a", "b", "a", "b"], "v": [3, None, 1, 2]}
    check(lambda m: m.DataFrame(data).group_by("k", maintain_order=True).agg("v").with_columns(m.col("v").list.max()))


def test_unnest():
    for options in ({}, {"separator": "."}):
        check(lambda m: frame(m).select("n", "s").unnest("s", **options))
        check(lambda m: frame(m).lazy().select("n", "s").unnest("s", **options).filter(m.col("n") == 0))
    check(lambda m: frame(m).unnest("n"))
    check(lambda m: frame(m).select("s", "n").unnest())


def test_functions_of_frames():
    check(lambda m: frame(m).lazy().select("n").map_batches(lambda d: d.reverse()).filter(m.col("n").is_not_null()))
    check(
        lambda m: frame(m).lazy().map_batches(lambda d: d.select(q=m.col("n") * 2.5), schema={"q": m.Float64}).sum()
    )

    def broken(_):
        raise ZeroDivisionError("by hand")

    rows = hs.DataFrame({"a": range(200_000)}).lazy()
    for query in (frame(hs).lazy(), rows):
        with pytest.raises(ZeroDivisionError, match="by hand"):
            query.map_batches(broken).collect()
    with pytest.raises(TypeError, match="gives a DataFrame"):
        rows.map_batches(lambda _: 5).collect()
    with pytest.raises(hs.exceptions.SchemaError, match="promised"):
        rows.map_batches(lambda d: d.select(b="a")).collect()
    # The function may run queries of its own.
    assert rows.map_batches(lambda d: d.filter(hs.col("a") < 7)).select(hs.len()).collect().item() == 7


def test_inspect(capsys):
    query = hs.LazyFrame({"a": [1, 2]}).inspect("before: {}").filter(hs.col("a") > 1)
    assert query.collect().rows() == [(2,)]
    assert capsys.readouterr().out.startswith("before: shape: (2, 1)")


def test_enums_in_nested_values_order_by_definition():
    def frame(m):
        level = m.Enum(["lo", "mid", "hi", "end"])
        lists = [["mid"], ["lo", "end"], ["hi"], None, [], [None], ["end"], ["lo"], ["hi", "lo"], ["hi", None]]
        structs = [{"e": e, "i": i % 3} for i, e in enumerate(["hi", "lo", None, "end", "mid"] * 2)]
        schema = {"l": m.List(level), "s": m.Struct({"e": level, "i": m.Int64}), "row": m.Int64}
        return m.DataFrame({"l": lists, "s": structs, "row": range(10)}, schema=schema)

    for name in ("l", "s"):
        for descending in (False, True):
            check(lambda m, name=name, d=descending: frame(m).sort(name, descending=d, nulls_last=d).select("row"))
    check(lambda m: frame(m).select(m.col("s").rank("dense"), a=m.col("s").arg_sort()))
    check(lambda m: m.concat([frame(m)] * 2).unique("l", maintain_order=True).select("row"))
