"""Tensors of PyTorch and arrays of JAX, with stand-ins for the libraries; and what is said where they are not installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypostyle as hs
import numpy as np
import pytest
import stand_ins


def test_tensors_are_those_of_polars() -> None:
    path = os.pathsep.join([str(Path(hs.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    program = Path(__file__).with_name("stand_ins.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" programs, 0 different\n"), done.stdout


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in stand_ins.modules().items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.usefixtures("libraries")
def test_values_that_tensors_do_not_hold() -> None:
    frame = hs.DataFrame({"a": [1], "s": ["x"]})
    calls: list[Any] = [frame.to_torch, frame.to_jax, lambda: frame.to_torch("dict"), lambda: frame.to_jax("dict")]
    for call in [*calls, frame["s"].to_torch, frame["s"].to_jax]:
        with pytest.raises(TypeError, match="tensors hold numbers of one type"):
            call()
    with pytest.raises(TypeError, match="takes a Tensor, not 'ndarray'"):
        hs.from_torch(np.array([1]))


@pytest.mark.usefixtures("libraries")
def test_tensors_do_not_share_memory_with_columns() -> None:
    column = hs.Series("a", [1, 2, 3])
    for tensor in (column.to_torch(), column.to_frame().to_torch(), column.to_frame().to_torch("dict")["a"]):
        tensor.values[:] = 0
        assert column.to_list() == [1, 2, 3]


@pytest.mark.usefixtures("libraries")
def test_datasets_say_what_they_hold() -> None:
    frame = hs.DataFrame({"a": [1, 2], "b": [1.5, 2.5], "c": [0, 1]})
    assert repr(frame.to_torch("dataset", label="c")) == "<FrameDataset of 2 rows, 2 features, 1 labels>"
    assert repr(frame.to_torch("dataset")) == "<FrameDataset of 2 rows, 3 features, 0 labels>"
    tensor = stand_ins.Tensor([1, 2])
    hs.from_torch(tensor, force=True)
    assert tensor.forced


def test_the_libraries_are_named_where_they_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "jax"):
        monkeypatch.setitem(sys.modules, name, None)
    frame = hs.DataFrame({"a": [1]})
    for call in (frame.to_torch, frame["a"].to_torch, lambda: hs.from_torch(1)):
        with pytest.raises(ModuleNotFoundError, match="pip install torch"):
            call()
    for call in (frame.to_jax, frame["a"].to_jax):
        with pytest.raises(ModuleNotFoundError, match="pip install jax"):
            call()
