"""The stub of the extension module is that of the module as it was built."""

from __future__ import annotations

import os

from hypostyle import _hypostyle
from stub import STUB, stub


def test_the_stub_is_that_of_the_module():
    text = stub(_hypostyle)
    if os.environ.get("HYPOSTYLE_UPDATE"):
        STUB.write_text(text)
    assert STUB.read_text() == text, "HYPOSTYLE_UPDATE=1 makes the file anew"


def test_every_public_name_is_in_it():
    names = [name for name in vars(_hypostyle) if not name.startswith("__")]
    text = STUB.read_text()
    assert len(names) > 10
    assert [name for name in names if f"class {name}" not in text and f"def {name}(" not in text] == []
