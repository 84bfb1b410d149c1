"""Stand-ins for PyTorch and JAX, whose wheels are too large to install for tests: what our functions call of them, over NumPy.

As a program it compares what Hypostyle and Polars make of frames with the stand-ins in place of the libraries.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types
from contextlib import contextmanager
from typing import Any

import numpy as np

DEVICES: list[Any] = []


class Tensor:
    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)

    shape = property(lambda self: self.values.shape)
    dtype = property(lambda self: self.values.dtype)
    ndim = property(lambda self: self.values.ndim)

    def numpy(self, force: bool = False) -> Any:
        self.forced = force
        return self.values

    def __getitem__(self, key: Any) -> Tensor:
        return Tensor(self.values[key])

    def __len__(self) -> int:
        return len(self.values)

    def squeeze(self) -> Tensor:
        return Tensor(self.values.squeeze())

    def to(self, dtype: Any = None, *_: Any, **__: Any) -> Tensor:
        return Tensor(self.values.astype("f2")) if dtype == "half" else self

    def __repr__(self) -> str:
        return f"Tensor{self.values.shape}{self.values.dtype}{self.values.tolist()}"


class TensorDataset:
    def __init__(self, *tensors: Tensor) -> None:
        self.tensors = tensors

    def __getitem__(self, index: Any) -> Any:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Array:
    def __init__(self, values: Any, order: str) -> None:
        self.values = np.array(values, order=order)

    shape = property(lambda self: self.values.shape)

    def __repr__(self) -> str:
        flags = self.values.flags
        contiguous = "F" * flags.f_contiguous + "C" * flags.c_contiguous
        return f"Array{self.values.shape}{self.values.dtype}{self.values.tolist()}{contiguous}"


def from_numpy(values: Any) -> Tensor:
    if values.dtype.kind not in "biuf":
        msg = f"can't convert np.ndarray of type {values.dtype}"
        raise TypeError(msg)
    return Tensor(values)


@contextmanager
def default_device(device: Any) -> Any:
    DEVICES.append(device)
    yield


def _module(name: str, **members: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    vars(module).update(members)
    return module


def modules() -> dict[str, types.ModuleType]:
    """The modules, by their names."""
    data = _module("torch.utils.data", TensorDataset=TensorDataset)
    utils = _module("torch.utils", data=data)
    torch = _module(
        "torch", Tensor=Tensor, from_numpy=from_numpy, utils=utils, half="half", float16="half", preserve_format="same"
    )
    numpy = _module("jax.numpy", asarray=lambda a, order: Array(a, order))
    config = types.SimpleNamespace(jax_enable_x64=True)
    devices = lambda *platform: [("first", *platform)]
    jax = _module("jax", numpy=numpy, Array=Array, config=config, default_device=default_device, devices=devices)
    return {module.__name__: module for module in (torch, utils, data, jax, numpy)}


def frames(m: Any) -> list[Any]:
    several = m.DataFrame({"a": [1, 2], "b": [1.5, 2.5], "c": [True, False]})
    small = m.DataFrame({"a": [1], "b": [2], "c": [3]}, schema={"a": m.Int64, "b": m.UInt16, "c": m.UInt8})
    single = [
        ([1, None], m.Int64),
        ([1], m.UInt64),
        ([1], m.UInt32),
        ([2**63], m.UInt64),
        ([1.5], m.Float32),
        ([[1, 2]], m.Array(m.Int64, 2)),
    ]
    return [several, small, several.clear(), several.head(1), m.concat([several, several])] + [
        m.DataFrame({"a": values}, schema={"a": dtype}) for values, dtype in single
    ]


def shown(value: Any) -> Any:
    """What a program gave, comparable."""
    if isinstance(value, TensorDataset):
        half = value.half()
        parts = [value.features, value.labels, value.schema, len(value), value.tensors, half.features, half.labels]
        return f"{parts} {value[0] if len(value) else None}"
    return repr(value)


def run(program: Any, m: Any) -> Any:
    DEVICES.clear()
    try:
        return shown(program(m)), list(DEVICES)
    except Exception as error:
        return type(error).__name__


def programs() -> list[Any]:
    found: list[Any] = []
    for number in range(11):
        for kind in ("tensor", "dict", "dataset"):
            found.append(lambda m, n=number, k=kind: frames(m)[n].to_torch(k))
        for kind in ("array", "dict"):
            found.append(lambda m, n=number, k=kind: frames(m)[n].to_jax(k))
        found.append(lambda m, n=number: frames(m)[n].to_series().to_torch())
        found.append(lambda m, n=number: frames(m)[n].to_series().to_jax("cpu"))
    options: list[Any] = [
        lambda m: {"dtype": m.Float32},
        lambda m: {"label": "a"},
        lambda m: {"label": ["a", "b"]},
        lambda m: {"label": "a", "features": ["b"]},
        lambda m: {"label": m.col("a") * 2},
        lambda m: {"label": "a", "features": m.selectors.float()},
        lambda m: {"label": "a", "dtype": m.Float32},
        lambda m: {"label": "a", "features": ["a", "b"]},
        lambda m: {"label": "zz"},
        lambda m: {"features": ["b"]},
    ]
    for make in options:
        for kind in ("tensor", "dict", "dataset", "zz"):
            found.append(lambda m, k=kind, o=make: frames(m)[0].to_torch(k, **o(m)))
        for kind in ("array", "dict", "zz"):
            found.append(lambda m, k=kind, o=make: frames(m)[0].to_jax(k, **o(m)))
    found.append(lambda m: frames(m)[0].to_jax(order="c"))
    found.append(lambda m: frames(m)[0].to_jax(order="zz"))
    found.append(lambda m: frames(m)[0].to_jax(device="cpu"))
    found.append(lambda m: frames(m)[0].to_jax("dict", label="a", device=("mine",)))
    found.append(lambda m: m.DataFrame({"a": ["x"]}).to_torch())
    found.append(lambda m: m.Series(["x"]).to_torch())
    square = [[1, 2], [3, 4]]
    tensors: list[Any] = [
        lambda m: m.from_torch(Tensor(square)).to_dict(as_series=False),
        lambda m: m.from_torch(Tensor(square), ["a", "b"]).to_dict(as_series=False),
        lambda m: m.from_torch(Tensor(square), ["a", "b"], orient="row").to_dict(as_series=False),
        lambda m: m.from_torch(Tensor(square), ["a", "b"], orient="col").to_dict(as_series=False),
        lambda m: m.from_torch(Tensor([[1, 2, 3]]), force=True).to_dict(as_series=False),
        lambda m: m.from_torch(Tensor([1, 2]), {"a": m.Int8}).schema["a"] == m.Int8,
        lambda m: m.from_torch(Tensor([1, 2]), schema_overrides={"column_0": m.Int8}).to_series().dtype == m.Int8,
        lambda m: m.from_torch(Tensor([[[1]]])),
        lambda m: m.from_torch(Tensor([]), {"a": m.Float64}).shape,
    ]
    return found + tensors


if __name__ == "__main__":
    sys.modules.update(modules())
    import hypostyle
    import polars

    different = 0
    for number, program in enumerate(programs()):
        wanted, ours = run(program, polars), run(program, hypostyle)
        if wanted != ours:
            different += 1
            print(f"{number}\n  Polars:    {wanted}\n  Hypostyle: {ours}")
    print(f"{len(programs())} programs, {different} different")
