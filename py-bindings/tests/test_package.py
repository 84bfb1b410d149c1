"""The package as a whole: it imports, and says which version it is."""

import importlib.metadata

import hypostyle as hs


def test_version_is_the_installed_one():
    assert hs.__version__ == importlib.metadata.version("hypostyle")
