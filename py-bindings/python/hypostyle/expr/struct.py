"""`Expr.struct`: the fields of structs."""

from __future__ import annotations

from collections.abc import Sequence

from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace

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
        """The values of one field, under its name."""
        names = [*([name] if isinstance(name, str) else name), *more_names]
        if len(names) != 1:
            from hypostyle.exceptions import InvalidOperationError

            msg = f"`struct.field` gives one field, not {len(names)}; name one a call, or use `unnest`"
            raise InvalidOperationError(msg)
        return self._call("field", names[0]).alias(names[0])

    def __getitem__(self, name: str) -> Expr:
        return self.field(name)

    def rename_fields(self, names: Sequence[str]) -> Expr:
        """The same values with other names for the fields."""
        return self._call("rename_fields", *names)
