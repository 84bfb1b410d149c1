"""Examples in docstrings are tests."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import hypostyle as hs
import pytest

MODULES = [m.name for m in pkgutil.walk_packages(hs.__path__, "hypostyle.") if not m.name.endswith("_hypostyle")]


@pytest.mark.parametrize("name", ["hypostyle", *MODULES])
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
