"""Expressions: what to compute, before there is anything to compute it on."""

from hypostyle.expr.expr import Expr
from hypostyle.expr.when import ChainedThen, ChainedWhen, Then, When

__all__ = ["ChainedThen", "ChainedWhen", "Expr", "Then", "When"]
