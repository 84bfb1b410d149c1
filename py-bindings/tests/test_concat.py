"""Frames without columns are neutral in every way of `concat`, and in `vstack`."""

from __future__ import annotations

from typing import Any

import hypostyle as hs
import pytest
from oracle import check

WAYS = (
    *("vertical", "vertical_relaxed", "diagonal", "diagonal_relaxed", "horizontal", "horizontal_extend"),
    *("align", "align_full", "align_inner", "align_left", "align_right"),
)


@pytest.mark.parametrize("how", WAYS)
def test_frames_without_columns_are_neutral(how: str) -> None:
    none, some = hs.DataFrame(), hs.DataFrame({"a": [1, 2]})
    for frames in ([none, some], [some, none], [none, some, none]):
        assert hs.concat(frames, how=how).rows() == [(1,), (2,)]
        assert hs.concat([frame.lazy() for frame in frames], how=how).collect().rows() == [(1,), (2,)]
    assert hs.concat([none, none], how=how).shape == (0, 0)
    assert hs.concat([none], how=how).shape == (0, 0)


@pytest.mark.parametrize("how", ["diagonal", "diagonal_relaxed", "horizontal", "horizontal_extend"])
def test_as_polars(how: str) -> None:
    def frames(m: Any) -> list[Any]:
        return [m.DataFrame(), m.DataFrame({"a": [1, 2]}), m.DataFrame({"b": ["x", "y"]}), m.DataFrame()]

    check(lambda m: m.concat(frames(m), how=how))


def test_vstack() -> None:
    none, some = hs.DataFrame(), hs.DataFrame({"a": [1, 2]})
    assert none.vstack(some).rows() == some.vstack(none).rows() == [(1,), (2,)]
    assert none.vstack(none).shape == (0, 0)
    assert hs.DataFrame().extend(some).rows() == [(1,), (2,)]
    grown = hs.DataFrame()
    grown.vstack(some, in_place=True)
    assert grown.rows() == [(1,), (2,)]


def test_fields_of_structs_as_series() -> None:
    series = hs.Series([{"a": 1, "b": "x"}])
    assert series.struct["a"].to_list() == series.struct[0].to_list() == [1]
    assert series.struct.unnest().rows() == [(1, "x")]


def test_arguments_are_not_swallowed() -> None:
    query = hs.LazyFrame({"a": [1]})
    for call in (query.collect, query.explain):
        for engine in ("auto", "in-memory", "streaming"):
            call(engine=engine)
        with pytest.raises(TypeError, match="nonsense"):
            call(nonsense=1)
        with pytest.raises(ValueError, match="warp"):
            call(engine="warp")
        with pytest.raises(TypeError, match="QueryOptFlags"):
            call(optimizations=1)
    with pytest.raises(ValueError, match="format"):
        query.explain(format="nonsense")
    with pytest.raises(ValueError, match="warp"):
        hs.collect_all([query], engine="warp")
