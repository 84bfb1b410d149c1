"""Results of scikit-learn as our frames: importing this module adds "hypostyle" to what `set_output` takes.

import hypostyle.sklearn
scaler = StandardScaler().set_output(transform="hypostyle")
"""

from __future__ import annotations

import hypostyle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Adapter:
    """What scikit-learn asks of a library of frames."""

    container_lib = "hypostyle"

    def create_container(self, X_output: Any, X_original: Any, columns: Any, inplace: bool = True) -> Any:
        del X_original
        names = columns() if callable(columns) else columns
        names = None if names is None else list(names)
        if not inplace or not self.is_supported_container(X_output):
            return hypostyle.DataFrame(X_output, schema=names, orient="row")
        return X_output if names is None else self.rename_columns(X_output, names)

    def is_supported_container(self, X: Any) -> bool:
        return isinstance(X, hypostyle.DataFrame)

    def rename_columns(self, X: Any, columns: Any) -> Any:
        X.columns = list(columns)
        return X

    def hstack(self, Xs: Any) -> Any:
        return hypostyle.concat(Xs, how="horizontal")


def _register() -> None:
    from sklearn.utils._set_output import ADAPTERS_MANAGER  # type: ignore[import-untyped]

    ADAPTERS_MANAGER.register(_Adapter())


_register()
