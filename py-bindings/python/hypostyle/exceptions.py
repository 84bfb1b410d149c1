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


class PolarsWarning(Warning):
    """The base of all warnings, by the name that Polars gives it."""


class PerformanceWarning(PolarsWarning):
    """There is a faster way."""


class CategoricalRemappingWarning(PerformanceWarning):
    """Categories of different sources are brought together."""


class ChronoFormatWarning(PolarsWarning):
    """A format of dates that is likely to be meant otherwise."""


class CustomUFuncWarning(PolarsWarning):
    """A function of NumPy that is called for each value."""


class DataOrientationWarning(PolarsWarning):
    """Whether data are rows or columns was guessed."""


class MapWithoutReturnDtypeWarning(PolarsWarning):
    """A Python function without the type that it gives."""


class PolarsInefficientMapWarning(PerformanceWarning):
    """A Python function for which there is an expression."""


class UnstableWarning(PolarsWarning):
    """Something that may change."""


class ArgumentRemovedError(TypeError):
    """An argument that is there no more."""


class AttributeRemovedError(AttributeError):
    """An attribute that is there no more."""


class ModuleUpgradeRequiredError(ModuleNotFoundError):
    """A module that is too old."""


class PanicException(Exception):
    """What Polars raises where its engine fails. Here nothing does; the name is for programs that catch it."""


#: The name under which programs written for Polars catch everything.
PolarsError = HypostyleError

__all__ = [
    "ArgumentRemovedError",
    "AttributeRemovedError",
    "CategoricalRemappingWarning",
    "ChronoFormatWarning",
    "ColumnNotFoundError",
    "ComputeError",
    "CustomUFuncWarning",
    "DataOrientationWarning",
    "DuplicateError",
    "HypostyleError",
    "InvalidOperationError",
    "MapWithoutReturnDtypeWarning",
    "ModuleUpgradeRequiredError",
    "NoDataError",
    "NoRowsReturnedError",
    "OutOfBoundsError",
    "PanicException",
    "ParameterCollisionError",
    "PerformanceWarning",
    "PolarsError",
    "PolarsInefficientMapWarning",
    "PolarsWarning",
    "RowsError",
    "SQLInterfaceError",
    "SQLSyntaxError",
    "SchemaError",
    "SchemaFieldNotFoundError",
    "ShapeError",
    "StringCacheMismatchError",
    "StructFieldNotFoundError",
    "TooManyRowsReturnedError",
    "UnstableWarning",
    "UnsuitableSQLError",
]
