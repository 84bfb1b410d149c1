"""The stub of the extension module, made from what the built module has: its classes and functions with their signatures,
and their types as the Rust source declares them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

SOURCES = Path(__file__).parents[1] / "src"
STUB = Path(__file__).parents[1] / "python" / "hypostyle" / "_hypostyle.pyi"

HEADER = '''"""The extension module, written in Rust. `HYPOSTYLE_UPDATE=1 pytest py-bindings/tests/test_stub.py` makes this file from
the built module and the types in `py-bindings/src/`."""

from typing import Any

'''
PLAIN = {
    "str": "str",
    "String": "str",
    "bool": "bool",
    "u8": "int",
    "u32": "int",
    "u64": "int",
    "i64": "int",
    "usize": "int",
    "f64": "float",
    "[u8]": "bytes",
    "PyBytes": "bytes",
    "PyDict": "dict[Any, Any]",
    "PyList": "list[Any]",
    "PyTuple": "tuple[Any, ...]",
    "()": "None",
    "": "None",
}
WRAPPERS = ("PyResult", "Bound", "Py", "PyRef", "Box", "Arc")


def split(text: str) -> list[str]:
    """The parts between commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "<([") - (c in ">)]" and text[i - 1] != "-")
        if c == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [part for part in [*parts, text[start:].strip()] if part]


class Types:
    """What the Rust source says of functions: the types of their parameters and their result."""

    def __init__(self) -> None:
        source = "\n".join(path.read_text() for path in sorted(SOURCES.glob("*.rs")))
        self.aliases = dict(re.findall(r"\ntype (\w+) =\s*([^;]+);", source))
        self.functions: dict[tuple[str, str], tuple[dict[str, str], str]] = {}
        for kind, body in re.findall(r"#\[pymethods\]\nimpl (\w+) \{\n(.*?)\n\}", source, re.S):
            self._read(kind, body)
        for attribute in re.finditer(r"\n#\[pyfunction\]\n", source):
            self._read("", source[attribute.end() :].split("\n}", 1)[0], first=True)

    def _read(self, owner: str, body: str, *, first: bool = False) -> None:
        for match in re.finditer(r"fn (?:r#)?(\w+)(?:<[^>]*>)?\(", body):
            depth, end = 1, match.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(body[end], 0)
                end += 1
            parameters = {
                name.strip().removeprefix("mut ").removeprefix("r#"): kind.strip()
                for name, colon, kind in (part.partition(":") for part in split(body[match.end() : end - 1]))
                if colon
            }
            result = body[end : body.index("{", end)].strip().removeprefix("->").strip()
            self.functions.setdefault((owner, match[1]), (parameters, result))
            if first:
                return

    def python(self, rust: str, owner: str) -> str:
        """A type of Rust in Python."""
        rust = re.sub(r"'\w+ ?|&|\bmut ", "", rust).replace("<,", "<").strip().rstrip(",")
        if rust == "Self":
            return owner
        rust = rust.split("::")[-1] if "<" not in rust else rust
        if rust in self.aliases:
            return self.python(self.aliases[rust], owner)
        if rust in PLAIN:
            return PLAIN[rust]
        if rust.startswith("(") and rust.endswith(")"):
            return f"tuple[{', '.join(self.python(part, owner) for part in split(rust[1:-1]))}]"
        if match := re.fullmatch(r"(?:\w+::)*(\w+)<(.*)>", rust, re.S):
            outer, inner = match[1], [part for part in split(match[2]) if part != "_"]
            if outer == "Option":
                found = self.python(inner[0], owner)
                return found if found == "Any" else f"{found} | None"
            if outer == "Vec":
                return f"list[{self.python(inner[0], owner)}]"
            if outer in WRAPPERS and inner:
                return self.python(inner[-1], owner)
            return self.python(outer, owner) if outer in self.aliases else "Any"
        return rust if re.fullmatch(r"Py[A-Z]\w*", rust) and rust not in ("PyAny", "PyCapsule", "PyType") else "Any"

    def signature(self, owner: str, name: str, signature: inspect.Signature) -> str:
        rust = {"__new__": "new"}.get(name, name)
        parameters, result = self.functions.get((owner, rust), ({}, "PyAny"))
        shown = []
        for parameter in signature.parameters.values():
            if parameter.name in ("self", "cls") and not shown:
                shown.append(parameter.name)
                continue
            if parameter.kind is parameter.KEYWORD_ONLY and "*" not in shown:
                shown.append("*")
            kind = self.python(parameters.get(parameter.name, "PyAny"), owner)
            default = "" if parameter.default is parameter.empty else " = ..."
            shown.append(f"{parameter.name}: {kind}{default}")
        if any(p.kind is p.POSITIONAL_ONLY and p.name != "self" for p in signature.parameters.values()):
            shown.append("/")
        return f"({', '.join(shown)}) -> {self.python(result, owner)}: ..."


def stub(module: ModuleType) -> str:
    """The text of the stub."""
    types, out = Types(), [HEADER]
    for name, value in sorted(vars(module).items()):
        if isinstance(value, str) and name == "__version__":
            out.append(f"{name}: str\n")
    for name, value in sorted(vars(module).items()):
        if inspect.isclass(value) and issubclass(value, BaseException):
            out.append(f"\nclass {name}({value.__base__.__name__}): ...\n")
        elif inspect.isclass(value):
            out.append(f"\nclass {name}:\n{''.join(methods(types, name, value)) or '    ...' + chr(10)}")
    for name, value in sorted(vars(module).items()):
        if inspect.isbuiltin(value):
            out.append(f"\ndef {name}{types.signature('', name, inspect.signature(value))}\n")
    return "".join(out)


def methods(types: Types, owner: str, kind: type) -> list[str]:
    """The lines of the methods that a class has of its own."""
    lines = []
    for name, value in sorted(vars(kind).items()):
        function = value.__func__ if isinstance(value, staticmethod) else value
        try:
            # What makes an object says its parameters by the class alone.
            signature = inspect.signature(kind if name == "__new__" else function)
        except (TypeError, ValueError):
            continue
        inherited = (owner, {"__new__": "new"}.get(name, name)) not in types.functions
        if not callable(function) or inherited:
            continue
        decorator = "    @staticmethod\n" if isinstance(value, staticmethod) and name != "__new__" else ""
        text = types.signature(owner, name, signature)
        if name == "__new__":
            text = text.replace("(", "(cls, " if signature.parameters else "(cls", 1)
        lines.append(f"{decorator}    def {name}{text}\n")
    return lines
