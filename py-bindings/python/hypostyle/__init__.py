"""Hypostyle: a columnar DataFrame engine with the names and meanings of Polars."""

from hypostyle._hypostyle import __version__

__all__ = ["__version__"]
