"""`when(...).then(...).otherwise(...)`."""

from __future__ import annotations

from hypostyle._hypostyle import PyExpr
from hypostyle.expr.expr import Expr
from hypostyle.expr.parse import conjunction, literal, parse, parse_predicates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _fold(branches: list[tuple[PyExpr, PyExpr]], otherwise: PyExpr) -> PyExpr:
    for predicate, then in reversed(branches):
        otherwise = PyExpr.when(predicate, then, otherwise)
    return otherwise


class When:
    """A condition that waits for its value."""

    def __init__(self, predicate: PyExpr, branches: list[tuple[PyExpr, PyExpr]] | None = None) -> None:
        self._predicate = predicate
        self._branches = branches or []

    def then(self, statement: Any) -> Then:
        """The value where the condition holds. Text is a column's name."""
        return Then([*self._branches, (self._predicate, parse(statement))])


class Then(Expr):
    """Conditions with their values; null where none holds."""

    def __init__(self, branches: list[tuple[PyExpr, PyExpr]]) -> None:
        self._branches = branches
        self._e = _fold(branches, literal(None))

    def when(self, *predicates: Any, **constraints: Any) -> When:
        """A further condition, for rows where the ones before do not hold."""
        return When(conjunction(parse_predicates(predicates, constraints)), self._branches)

    def otherwise(self, statement: Any) -> Expr:
        """The value where no condition holds."""
        return Expr._wrap(_fold(self._branches, parse(statement)))


#: The classes of Polars' chains; here one class serves the first link and the others.
ChainedWhen = When
ChainedThen = Then


def when(*predicates: Any, **constraints: Any) -> When:
    """Starts a conditional expression; several predicates must all hold.

    >>> import hypostyle as hs
    >>> hs.select(x=hs.when(hs.lit(1) > 2).then(hs.lit("big")).otherwise(hs.lit("small"))).item()
    'small'
    """
    return When(conjunction(parse_predicates(predicates, constraints)))
