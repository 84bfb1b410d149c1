"""Python functions in expressions: what the engine calls, and how their results become series of the planned type."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.datatypes import Array, List, Null, describe, from_description
from hypostyle.exceptions import HypostyleError, InvalidOperationError, SchemaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from hypostyle.series import Series


def map_series(
    exprs: Sequence[PyExpr],
    function: Callable[[list[Series]], Any],
    return_dtype: Any = None,
    *,
    is_elementwise: bool = False,
    returns_scalar: bool = False,
) -> PyExpr:
    """An expression of the results of a function of lists of series."""

    def run(inputs: list[Any], dtype: Any) -> Series:
        from hypostyle.series import Series

        series = [Series._wrap(one) for one in inputs]
        name = series[0].name if series else ""
        return as_series(function(series), name, dtype, returns_scalar=returns_scalar)

    def call(inputs: list[Any], description: Any) -> Any:
        dtype = from_description(description)
        result = run(inputs, dtype)
        if result.dtype == Null:
            result = result.cast(dtype)
        if result.dtype != dtype:
            msg = f"the function must give values of the type {dtype!r}, not {result.dtype!r}; set `return_dtype`"
            raise SchemaError(msg)
        return result._s

    def ask(descriptions: list[Any]) -> Any:
        dtypes = [from_description(description) for description in descriptions]
        try:
            return describe(run([sample(dtype)._s for dtype in dtypes], None).dtype)
        except Exception as error:
            types = ", ".join(map(repr, dtypes))
            msg = (
                "the type that the function gives is not known, and a call with two values of each input's type "
                f"({types}) failed: {type(error).__name__}: {error}; set `return_dtype`"
            )
            raise InvalidOperationError(msg) from error

    output = ask if return_dtype is None else describe(return_dtype)
    return PyExpr.map(call, list(exprs), output, is_elementwise, returns_scalar)


class UserFunctions:
    """The methods of expressions that call Python functions."""

    _e: PyExpr
    _wrap: Any

    def map_batches(
        self,
        function: Callable[[Series], Any],
        return_dtype: Any = None,
        *,
        is_elementwise: bool = False,
        returns_scalar: bool = False,
    ) -> Any:
        """A function of the values as a Series: of all rows, or of each group's.

        The function gives a Series or a NumPy array, or with `returns_scalar` one value. Without `return_dtype` it is called
        once with two values of the input's type to learn what it gives. What is `is_elementwise` may be called for any part
        of the rows.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": [1, 2, 3]})
        >>> df.select(hs.col("a").map_batches(lambda s: s.reverse()))["a"].to_list()
        [3, 2, 1]
        """
        return self._wrap(
            map_series(
                [self._e],
                lambda inputs: function(inputs[0]),
                return_dtype,
                is_elementwise=is_elementwise,
                returns_scalar=returns_scalar,
            )
        )

    def map_elements(
        self,
        function: Callable[[Any], Any],
        return_dtype: Any = None,
        *,
        skip_nulls: bool = True,
        pass_name: bool = False,
        strategy: str = "thread_local",
        returns_scalar: bool = False,
    ) -> Any:
        """A function of each value. Nulls stay null without a call, unless `skip_nulls` is false.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": ["x", None, "yz"]})
        >>> df.select(hs.col("a").map_elements(lambda text: text + "!"))["a"].to_list()
        ['x!', None, 'yz!']
        """
        return self._wrap(
            map_series(
                [self._e],
                lambda inputs: _Values(map_values(inputs[0], function, skip_nulls=skip_nulls)),
                return_dtype,
                is_elementwise=not returns_scalar,
                returns_scalar=returns_scalar,
            )
        )

    def inspect(self, fmt: str = "{}") -> Any:
        """Prints the values when the query runs, and leaves them as they are."""

        def call(inputs: list[Any], _dtype: Any) -> Any:
            from hypostyle.series import Series

            print(fmt.format(Series._wrap(inputs[0])))
            return inputs[0]

        return self._wrap(PyExpr.map(call, [self._e], lambda types: types[0], False, False))


class _Values(list):
    """The results of a function of values."""


def map_values(series: Series, function: Callable[[Any], Any], *, skip_nulls: bool) -> list[Any]:
    """The results of a function for each value; lists are given as series."""
    nested = series.dtype == List or series.dtype == Array
    values = (series[i] for i in range(len(series))) if nested else series.to_list()
    if skip_nulls:
        return [None if value is None else function(value) for value in values]
    return [function(value) for value in values]


def as_series(result: Any, name: str, dtype: Any, *, returns_scalar: bool = False) -> Series:
    """What a function gave, as a series; of `dtype` where values have to be converted."""
    from hypostyle.series import Series

    if isinstance(result, Series):
        return result
    if isinstance(result, _Values):
        return series_of(name, result, dtype)
    if hasattr(result, "__array__") and getattr(result, "shape", ()):
        return Series(name, result)
    if returns_scalar:
        return series_of(name, [result], dtype)
    msg = f"the function must give a Series (or one value, with `returns_scalar=True`), not {type(result).__name__!r}"
    raise TypeError(msg)


def series_of(name: str, values: list[Any], dtype: Any) -> Series:
    """Values of a type; values that are not of it are an error that shows the first one."""
    from hypostyle.series import Series

    try:
        return Series(name, values, dtype=dtype, strict=True)
    except (TypeError, ValueError, OverflowError, HypostyleError) as error:
        wanted = "one type" if dtype is None else f"the type {dtype!r}"
        msg = f"the function must give values of {wanted}: {error}"
        raise SchemaError(msg) from error


def sample(dtype: Any) -> Series:
    """Two values of a type, such as a function might get: ones, empty strings, the first of January 1970."""
    from hypostyle.series import Series

    one = Series("", [1], dtype=from_description("Int64"))
    if dtype == List:
        return Series("", [sample(dtype.inner).head(1).to_list()] * 2, dtype=dtype)
    if dtype == Array:
        return Series("", [sample(dtype.inner).head(1).to_list() * dtype.size] * 2, dtype=dtype)
    description = describe(dtype)
    kind = description if isinstance(description, str) else description[0]
    if kind == "Struct":
        return Series("", [{field.name: sample(field.dtype)[0] for field in dtype.fields}] * 2, dtype=dtype)
    if kind == "Enum":
        return Series("", [dtype.categories[0]] * 2, dtype=dtype)
    texts = {"String": "", "Categorical": "", "Binary": b"", "Boolean": False}
    if kind in texts:
        return Series("", [texts[kind]] * 2, dtype=dtype)
    if kind in ("Date", "Datetime", "Time", "Duration", "Decimal"):
        one = one - 1
    return Series("", [one.cast(dtype)[0]] * 2, dtype=dtype)
