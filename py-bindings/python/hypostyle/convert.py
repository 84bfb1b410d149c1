"""Frames out of data of other kinds."""

from hypostyle.functions.frames import from_arrow, from_dict, from_dicts, from_numpy, from_pandas, from_records
from hypostyle.io.dataset import from_dataframe
from hypostyle.normalize import json_normalize
from hypostyle.printed import from_repr
from hypostyle.tensors import from_torch

__all__ = [
    "from_arrow",
    "from_dataframe",
    "from_dict",
    "from_dicts",
    "from_numpy",
    "from_pandas",
    "from_records",
    "from_repr",
    "from_torch",
    "json_normalize",
]
