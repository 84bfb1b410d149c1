"""`head`, `tail` and `slice` with negative numbers: all but so many."""

from __future__ import annotations

from typing import Any

import hypostyle as hs
import pytest
from oracle import check

COUNTS = (-5, -3, -2, -1, 0, 1, 2, 5)


@pytest.mark.parametrize("n", COUNTS)
def test_as_polars(n: int) -> None:
    texts = ["abc", "äöü", "x", "", None]
    check(lambda m: m.Series(texts).str.head(n))
    check(lambda m: m.Series(texts).str.tail(n))
    check(lambda m: m.DataFrame({"s": texts, "n": [n] * 5}).select(m.col("s").str.head("n"), m.col("s").str.tail("n").alias("t")))
    lists = [[1, 2, 3], [], None, [4]]
    check(lambda m: m.Series(lists).list.tail(n))
    for method in ("head", "tail", "limit"):
        check(lambda m: getattr(m.Series([1, 2, 3]), method)(n))
        check(lambda m: getattr(m.DataFrame({"a": [1, 2, 3]}), method)(n))
    if n > -3:
        # Polars overflows where it leaves out more than there is.
        check(lambda m: m.DataFrame({"a": [1, 2, 3]}).slice(0, n))
        check(lambda m: m.DataFrame({"a": [1, 2, 3]}).slice(1, n))


@pytest.mark.parametrize("n", COUNTS)
def test_everywhere_alike(n: int) -> None:
    values = [1, 2, 3]
    head, tail = hs.Series(values).head(n).to_list(), hs.Series(values).tail(n).to_list()
    frame = hs.DataFrame({"a": values})
    results: list[tuple[Any, Any]] = [
        (frame.select(hs.col("a").head(n)), frame.select(hs.col("a").tail(n))),
        (frame.lazy().head(n).collect(), frame.lazy().tail(n).collect()),
        (frame.group_by(hs.lit(0).alias("k")).agg(hs.col("a").head(n)).explode("a").drop_nulls(), None),
    ]
    for first, last in results:
        assert first["a"].to_list() == head
        assert last is None or last["a"].to_list() == tail
    lists = hs.Series([values])
    assert lists.list.head(n).to_list() == [head]
    assert lists.list.tail(n).to_list() == [tail]
    assert lists.list.slice(0, n).to_list() == [head]
    assert hs.Series(values).slice(0, n).to_list() == head
    assert hs.Series(["123"]).str.slice(0, n).to_list() == ["".join(map(str, head))]
