"""`Expr.struct`: the fields of structs."""

from __future__ import annotations

from collections.abc import Sequence

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace
from hypostyle.expr.parse import parse_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class StructNamespace(Namespace):
    """Functions on structs.

    >>> import hypostyle as hs
    >>> df = hs.DataFrame({"s": [{"x": 1, "y": "a"}, None]})
    >>> df.select(hs.col("s").struct.field("x"))["x"].to_list()
    [1, None]
    """

    _prefix = "struct."

    def field(self, name: Any, *more_names: str) -> Expr:
        """The values of a field, under its name. Several names, `"*"` or a pattern such as `"^x.*$"` stand for several.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"s": [{"x": 1, "y": "a"}]})
        >>> df.select(hs.col("s").struct.field("*")).columns
        ['x', 'y']
        """
        names = [*([name] if isinstance(name, str) else name), *more_names]
        if len(names) == 1 and names[0] == "*":
            return self.unnest()
        if len(names) == 1 and names[0].startswith("^") and names[0].endswith("$"):
            return Expr._wrap(self._expr._e.fields(names[0]))
        if len(names) != 1:
            return Expr._wrap(self._expr._e.fields(names=names))
        return self._call("field", names[0]).alias(names[0])

    def __getitem__(self, name: str) -> Expr:
        return self.field(name)

    def rename_fields(self, names: Sequence[str]) -> Expr:
        """The same values with other names for the fields."""
        return self._call("rename_fields", *names)

    def unnest(self) -> Expr:
        """All fields, each as a column under its name.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"s": [{"x": 1, "y": "a"}, None]}).select(hs.col("s").struct.unnest()).rows()
        [(1, 'a'), (None, None)]
        """
        return Expr._wrap(self._expr._e.fields())

    def with_fields(self, *exprs: Any, **named_exprs: Any) -> Expr:
        """The struct with further fields, or others in place of those of the same name; `field` stands for its own.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"s": [{"x": 1}, None], "a": [10, 20]})
        >>> df.select(hs.col("s").struct.with_fields(hs.field("x") + hs.col("a"), y=hs.lit(True)))["s"].to_list()
        [{'x': 11, 'y': True}, None]
        """
        return Expr._wrap(self._expr._e.with_fields(parse_many(*exprs, **named_exprs), True))

    def eval(self, *exprs: Any, **named_exprs: Any) -> Expr:
        """A struct of expressions of its fields, null where the struct is null; `field` stands for a field.

        >>> import hypostyle as hs
        >>> hs.Series("s", [{"x": 1}, None]).struct.eval(z=hs.field("x") * 2).to_list()
        [{'z': 2}, None]
        """
        return Expr._wrap(self._expr._e.with_fields(parse_many(*exprs, **named_exprs), False))

    def drop(self, names: Sequence[str], *, strict: bool = True) -> Expr:
        """The struct without some of its fields; with `strict`, a name that it does not have is an error.

        >>> import hypostyle as hs
        >>> hs.Series("s", [{"x": 1, "y": 2}]).struct.drop(["x"]).to_list()
        [{'y': 2}]
        """
        if isinstance(names, str):
            msg = "`names` is a list of names, not a string"
            raise TypeError(msg)
        return self._call("drop", *names, strict)
