"""The exceptions: classes of the extension module, by the names that Polars gives them."""

from hypostyle._hypostyle import (
    ColumnNotFoundError,
    ComputeError,
    DuplicateError,
    HypostyleError,
    InvalidOperationError,
    NoDataError,
    NoRowsReturnedError,
    OutOfBoundsError,
    ParameterCollisionError,
    RowsError,
    SchemaError,
    SchemaFieldNotFoundError,
    ShapeError,
    SQLInterfaceError,
    SQLSyntaxError,
    StringCacheMismatchError,
    StructFieldNotFoundError,
    TooManyRowsReturnedError,
    UnsuitableSQLError,
)

#: The name under which programs written for Polars catch everything.
PolarsError = HypostyleError

__all__ = [
    "ColumnNotFoundError",
    "ComputeError",
    "DuplicateError",
    "HypostyleError",
    "InvalidOperationError",
    "NoDataError",
    "NoRowsReturnedError",
    "OutOfBoundsError",
    "ParameterCollisionError",
    "PolarsError",
    "RowsError",
    "SQLInterfaceError",
    "SQLSyntaxError",
    "SchemaError",
    "SchemaFieldNotFoundError",
    "ShapeError",
    "StringCacheMismatchError",
    "StructFieldNotFoundError",
    "TooManyRowsReturnedError",
    "UnsuitableSQLError",
]
