"""Strings taken apart, searched for many others, joined, encoded: against Polars."""

from __future__ import annotations

import hypostyle as hs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import check

WORDS = ["abc", "", None, " été ", "12", "a-b-c", "aab", "ABC x9ÄÖ", "a.c*"]
MANY = ["ab", "a", "Ä", "c"]

PROGRAMS = {
    "extract_all": lambda m: m.col("t").str.extract_all(r"\w"),
    "extract_all, own": lambda m: m.col("t").str.extract_all(m.col("p")),
    "extract_groups": lambda m: m.col("t").str.extract_groups(r"([a-z])(?<rest>.)?"),
    "extract_groups, one": lambda m: m.col("t").str.extract_groups(r"(\d)").struct.field("1"),
    "contains_any": lambda m: m.col("t").str.contains_any(MANY),
    "contains_any, any case": lambda m: m.col("t").str.contains_any(["B", "ä"], ascii_case_insensitive=True),
    "extract_many": lambda m: m.col("t").str.extract_many(MANY),
    "extract_many, leftmost": lambda m: m.col("t").str.extract_many(MANY, leftmost=True),
    "extract_many, overlapping": lambda m: m.col("t").str.extract_many(MANY, overlapping=True),
    "extract_many, own": lambda m: m.col("t").str.extract_many(m.col("p").str.split("")),
    "find_many": lambda m: m.col("t").str.find_many(MANY),
    "find_many, Series": lambda m: m.col("t").str.find_many(m.Series(MANY).implode()),
    "replace_many": lambda m: m.col("t").str.replace_many(MANY, ["1", "2", "3", "4"]),
    "replace_many, one": lambda m: m.col("t").str.replace_many(MANY, ["_"]),
    "replace_many, leftmost": lambda m: m.col("t").str.replace_many({"a": "X", "ab": "Y"}, leftmost=True),
    "split_exact": lambda m: m.col("t").str.split_exact("-", 1),
    "split_exact, inclusive": lambda m: m.col("t").str.split_exact("b", 2, inclusive=True),
    "split_exact, characters": lambda m: m.col("t").str.split_exact("", 1),
    "splitn": lambda m: m.col("t").str.splitn("-", 2),
    "splitn, characters": lambda m: m.col("t").str.splitn("", 2),
    "splitn, own": lambda m: m.col("t").str.splitn(m.col("p"), 2),
    "join": lambda m: m.col("t").str.join("-"),
    "join with nulls": lambda m: m.col("t").str.join("-", ignore_nulls=False),
    "join numbers": lambda m: m.col("k").str.join(),
    "encode": lambda m: m.col("t").str.encode("hex"),
    "encode to base 64": lambda m: m.col("t").str.encode("base64"),
    "decode": lambda m: m.col("t").str.decode("hex", strict=False),
    "decode from base 64": lambda m: m.col("t").str.encode("base64").str.decode("base64"),
    "bytes": lambda m: m.col("t").cast(m.Binary).bin.encode("base64"),
    "bytes back": lambda m: m.col("t").cast(m.Binary).bin.decode("hex", strict=False),
    "escape_regex": lambda m: m.col("t").str.escape_regex(),
    "normalize": lambda m: m.col("t").str.normalize("NFD"),
}


def frame(m, rows=9):
    patterns = ["a", "", ".", "é", None, "-", "b", "x", "c"]
    data = {"t": WORDS, "p": patterns, "k": [1, 2, 1, 1, 2, 3, 3, 2, 1]}
    return m.DataFrame({name: values[:rows] for name, values in data.items()}, schema={"t": m.String, "p": m.String, "k": m.Int64})


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("rows", [9, 3, 1, 0])
def test_columns(name, rows):
    check(lambda m: frame(m, rows).select(PROGRAMS[name](m)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_groups(name):
    check(lambda m: frame(m).group_by("k", maintain_order=True).agg(PROGRAMS[name](m).alias("x")))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.binary(max_size=7), max_size=5))
def test_encodings_of_random_bytes(values):
    for encoding in ("hex", "base64"):
        check(lambda m: m.Series("x", values, dtype=m.Binary).bin.encode(encoding))
        back = hs.Series("x", values, dtype=hs.Binary).bin.encode(encoding).str.decode(encoding)
        assert back.to_list() == values


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.text("abAYWI=+/0", max_size=8), max_size=5), st.sampled_from(["hex", "base64"]))
def test_texts_that_may_be_encoded(values, encoding):
    check(lambda m: m.Series("x", values, dtype=m.String).str.decode(encoding, strict=False))


def test_errors():
    words = hs.Series(WORDS)
    with pytest.raises(hs.exceptions.ComputeError):
        words.str.decode("hex")
    with pytest.raises(hs.exceptions.ComputeError):
        words.str.extract_all("(")
    with pytest.raises(hs.exceptions.InvalidOperationError):
        words.str.replace_many(["a", None], ["x", "y"])
    with pytest.raises(hs.exceptions.ShapeError):
        words.str.replace_many(["a", "b"], ["x", "y", "z"])
    # An empty pattern is found between characters; Polars panics within one.
    assert hs.Series(["äb"]).str.find_many([""]).to_list() == [[0, 2, 3]]
