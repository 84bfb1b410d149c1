"""Values as tensors of PyTorch and arrays of JAX, and back, through NumPy. Both libraries are imported late."""

from __future__ import annotations

from hypostyle import datatypes as types
from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hypostyle.dataframe import DataFrame
    from hypostyle.series import Series

#: PyTorch computes with these integers instead.
_FOR_TORCH = {types.UInt16: types.Int32, types.UInt32: types.Int64, types.UInt64: types.Int64}


def from_torch(
    tensor: Any, schema: Any = None, *, schema_overrides: Any = None, orient: str | None = None, force: bool = False
) -> DataFrame:
    """A frame out of a tensor of one or two dimensions; `force` also takes those on other devices and with gradients.

    So `hs.from_torch(torch.tensor([[1, 2], [3, 4]]), schema=["a", "b"])` has the columns `a`, with 1 and 3, and `b`.
    """
    from hypostyle.functions.frames import from_numpy

    torch = required("torch", "`from_torch`")
    if not isinstance(tensor, torch.Tensor):
        msg = f"`from_torch` takes a Tensor, not {type(tensor).__name__!r}"
        raise TypeError(msg)
    return from_numpy(tensor.numpy(force=force), schema=schema, schema_overrides=schema_overrides, orient=orient)


def frame_to_torch(frame: DataFrame, return_type: str, label: Any, features: Any, dtype: Any) -> Any:
    """What `DataFrame.to_torch` gives."""
    _check_return_type(return_type, ("tensor", "dataset", "dict"), label, features)
    torch = required("torch", "`to_torch`")
    if dtype is not None:
        frame = frame.cast(dtype)
    frame = _for_torch(frame)
    if return_type == "dataset":
        if label is None:
            chosen = frame if features is None else frame.select(features)
            return _dataset(torch, _tensor(torch, chosen), None)
        labels, chosen = _apart(frame, label, features)
        tensor = _tensor(torch, labels)
        return _dataset(torch, _tensor(torch, chosen), tensor[:, 0] if labels.width == 1 else tensor)
    if return_type == "tensor":
        return _tensor(torch, frame)
    if label is not None:
        _apart(frame, label, features)
    return _by_name(frame, label, features, lambda part: _tensor(torch, part), lambda column: series_to_torch(column))


def series_to_torch(series: Series) -> Any:
    """What `Series.to_torch` gives."""
    torch = required("torch", "`to_torch`")
    series = _for_torch(series.to_frame("")).to_series().rename(series.name)
    return torch.from_numpy(_numbers(series.to_numpy(writable=True), f"series {series.name!r}"))


def frame_to_jax(
    frame: DataFrame, return_type: str, device: Any, label: Any, features: Any, dtype: Any, order: str
) -> Any:
    """What `DataFrame.to_jax` gives."""
    _check_return_type(return_type, ("array", "dict"), label, features)
    if order not in ("fortran", "c"):
        msg = f"`order` is 'fortran' or 'c', not {order!r}"
        raise ValueError(msg)
    jax = required("jax", "`to_jax`")
    numpy = required("jax.numpy", "`to_jax`")
    if dtype is not None:
        frame = frame.cast(dtype)

    def array(values: Any, what: str) -> Any:
        return numpy.asarray(_numbers(values, what), order="K")

    with _device(jax, device):
        if return_type == "array":
            return array(_matrix(frame, order), "the frame")
        whole: Callable[[DataFrame], Any] = lambda part: array(_matrix(part, order), "the frame")  # noqa: E731
        return _by_name(frame, label, features, whole, lambda c: array(c.to_numpy(), f"column {c.name!r}"))


def series_to_jax(series: Series, device: Any) -> Any:
    """What `Series.to_jax` gives."""
    jax = required("jax", "`to_jax`")
    numpy = required("jax.numpy", "`to_jax`")
    with _device(jax, device):
        return numpy.asarray(_numbers(series.to_numpy(), f"series {series.name!r}"), order="K")


def _device(jax: Any, device: Any) -> Any:
    from contextlib import nullcontext

    if device is None:
        return nullcontext()
    return jax.default_device(jax.devices(device)[0] if isinstance(device, str) else device)


def _check_return_type(return_type: str, known: tuple[str, ...], label: Any, features: Any) -> None:
    if return_type not in known:
        msg = f"`return_type` is one of {', '.join(map(repr, known))}, not {return_type!r}"
        raise ValueError(msg)
    if return_type == known[0] and (label is not None or features is not None):
        msg = f"`label` and `features` are for `return_type` {' and '.join(map(repr, known[1:]))}"
        raise ValueError(msg)
    if return_type == "dict" and label is None and features is not None:
        msg = "with `return_type='dict'`, `features` needs a `label`"
        raise ValueError(msg)


def _by_name(
    frame: DataFrame, label: Any, features: Any, whole: Callable[[DataFrame], Any], one: Callable[[Series], Any]
) -> dict[str, Any]:
    """Labels and features, or each column."""
    if label is None:
        return {column.name: one(column) for column in frame}
    labels, chosen = _split(frame, label, features)
    return {"label": whole(labels), "features": whole(chosen)}


def _split(frame: DataFrame, label: Any, features: Any) -> tuple[DataFrame, DataFrame]:
    """The columns of labels, and those of features: all others, if nothing is said of them."""
    labels = frame.select(label)
    return labels, frame.drop(labels.columns, strict=False) if features is None else frame.select(features)


def _apart(frame: DataFrame, label: Any, features: Any) -> tuple[DataFrame, DataFrame]:
    """As `_split`, where no column may be both."""
    labels, chosen = _split(frame, label, features)
    labels.hstack(chosen)
    return labels, chosen


def _for_torch(frame: DataFrame) -> DataFrame:
    casts = {name: _FOR_TORCH[d.base_type()] for name, d in frame.schema.items() if d.base_type() in _FOR_TORCH}
    return frame.cast(casts) if casts else frame


def _matrix(frame: DataFrame, order: str = "fortran") -> Any:
    import numpy

    if frame.width == 1:
        values = frame.to_series().to_numpy(writable=True)
        return values.reshape(-1, 1) if values.ndim == 1 else values
    if frame.width:
        return frame.to_numpy(order=order, writable=True)
    return numpy.empty((frame.height, 0), dtype=numpy.int8)


def _tensor(torch: Any, frame: DataFrame) -> Any:
    return torch.from_numpy(_numbers(_matrix(frame), "the frame"))


def _numbers(array: Any, what: str) -> Any:
    """An array of numbers or booleans, or an error."""
    if array.dtype.kind not in "biuf":
        msg = f"tensors hold numbers of one type: {what} is of {array.dtype} as an array"
        raise TypeError(msg)
    return array


def _dataset(torch: Any, features: Any, labels: Any) -> Any:
    """A dataset of PyTorch that knows its features and labels. Its base is there only when PyTorch is."""
    base: Any = required("torch.utils.data", "`to_torch`").TensorDataset

    class FrameDataset(base):  # type: ignore[misc]
        """Features, and labels if there are any, row by row."""

        def __init__(self, features: Any, labels: Any) -> None:
            super().__init__(features, *(() if labels is None else (labels,)))
            self.features, self.labels = features, labels

        @property
        def schema(self) -> dict[str, Any]:
            """The types of the features and of the labels."""
            return {"features": self.features.dtype, "labels": None if self.labels is None else self.labels.dtype}

        def half(self) -> FrameDataset:
            """The same in half precision."""
            labels = None if self.labels is None else self.labels.to(torch.half)
            return FrameDataset(self.features.to(torch.half), labels)

        def __repr__(self) -> str:
            labels = 0 if self.labels is None else self.labels.shape[1] if self.labels.ndim > 1 else 1
            return f"<FrameDataset of {len(self)} rows, {self.features.shape[1]} features, {labels} labels>"

    return FrameDataset(features, labels)
