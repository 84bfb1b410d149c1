"""Arrow's tables and arrays as pandas', which is imported when it is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def to_pandas(data: Any, *, use_pyarrow_extension_array: bool = False, **options: Any) -> Any:
    """A table or array of pyarrow as a frame or series of pandas; days become points in time, as pandas has no days."""
    if use_pyarrow_extension_array:
        import pandas

        return data.to_pandas(types_mapper=pandas.ArrowDtype, **options)
    return data.to_pandas(**{"date_as_object": False, **options})
