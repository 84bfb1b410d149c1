"""Very many terms and steps: an answer, whatever thread asks."""

from __future__ import annotations

import functools
import operator
import pickle
import threading
from collections.abc import Callable
from typing import Any

import hypostyle as hs
import pytest

MANY = 20_000


def any_of(count: int) -> hs.Expr:
    return functools.reduce(operator.or_, (hs.col("a") == i for i in range(count)))


def eager_terms() -> None:
    frame = hs.DataFrame({"a": [1, MANY, None]})
    assert frame.filter(any_of(MANY))["a"].to_list() == [1]
    assert frame.select(any_of(MANY))["a"].to_list() == [True, False, None]


def lazy_terms() -> None:
    frame = hs.LazyFrame({"a": [i % (2 * MANY) for i in range(3 * MANY)]})
    assert frame.filter(any_of(MANY)).select(hs.len()).collect().item() == 2 * MANY
    assert frame.filter(any_of(MANY)).group_by(any_of(MANY)).agg(hs.len()).collect().rows() == [(True, 2 * MANY)]


def sums() -> None:
    total = functools.reduce(operator.add, [hs.col("a")] * MANY)
    assert hs.DataFrame({"a": [1, 2]}).select(total)["a"].to_list() == [MANY, 2 * MANY]
    many = hs.LazyFrame({"a": [1.0] * 5_000}).select(total.max()).collect()
    assert many.item() == MANY


def functions() -> None:
    negated = hs.col("a")
    for _ in range(2_000):
        negated = ~negated
    assert hs.DataFrame({"a": [True, None]}).select(negated)["a"].to_list() == [True, None]


def steps() -> None:
    query = hs.LazyFrame({"a": [1]})
    for _ in range(MANY):
        query = query.with_columns(hs.col("a") + 1)
    assert query.collect()["a"].to_list() == [MANY + 1]
    assert query.filter(hs.col("a") > 0).select(hs.len()).collect().item() == 1
    assert query.explain().count("\n") > 0


def frames() -> None:
    frame = hs.DataFrame({"a": [1]})
    for _ in range(2_000):
        frame = frame.with_columns(hs.col("a") + 1)
    assert frame["a"].to_list() == [2_001]


def texts() -> None:
    expr = any_of(MANY)
    assert str(expr).count("|") == MANY - 1
    again = pickle.loads(pickle.dumps(expr))
    assert again.meta.eq(expr)
    assert expr.meta.root_names() == ["a"] * MANY or expr.meta.root_names() == ["a"]


@pytest.mark.parametrize("work", [eager_terms, lazy_terms, sums, functions, steps, frames, texts], ids=lambda f: f.__name__)
@pytest.mark.parametrize("spawned", [False, True])
def test_an_answer(work: Callable[[], None], spawned: bool) -> None:
    if not spawned:
        work()
        return
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_a_hundred_thousand_terms() -> None:
    frame: Any = hs.DataFrame({"a": [5]})
    assert frame.filter(any_of(100_000)).height == 1
