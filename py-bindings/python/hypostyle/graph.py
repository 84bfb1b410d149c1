"""Plans as graphs, in the language of Graphviz."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def dot(plan: str) -> str:
    """The graph of a plan that is written as a tree: each line a node, indented below the node that reads it.

    >>> print(dot("FILTER\\n  SCAN"))
    digraph plan {
      rankdir="BT"
      node [fontname="Monospace", shape="box"]
      p0 [label="FILTER"]
      p1 [label="SCAN"]
      p1 -> p0
    }
    """
    lines = ["digraph plan {", '  rankdir="BT"', '  node [fontname="Monospace", shape="box"]']
    above: list[tuple[int, int]] = []
    for number, line in enumerate(filter(str.strip, plan.splitlines())):
        depth = len(line) - len(line.lstrip())
        text = line.strip().replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'  p{number} [label="{text}"]')
        while above and above[-1][0] >= depth:
            above.pop()
        if above:
            lines.append(f"  p{number} -> p{above[-1][1]}")
        above.append((depth, number))
    return "\n".join([*lines, "}"])


def show(
    *, show: bool, output_path: Any, raw_output: bool, figsize: tuple[float, float], plan: str
) -> str | None:
    """Draws a plan by Graphviz' program `dot`: into a file, into a notebook, or into a window by Matplotlib."""
    text = dot(plan)
    if raw_output:
        return text
    import shutil
    import subprocess

    program = shutil.which("dot")
    if program is None:
        msg = "the program `dot` of Graphviz is not on the PATH: install Graphviz, or take the text with `raw_output=True`"
        raise ImportError(msg)
    kind = "svg" if output_path is None else os.path.splitext(output_path)[1].lstrip(".") or "svg"
    drawn = subprocess.run([program, f"-T{kind}"], input=text.encode(), capture_output=True, check=True).stdout
    if output_path is not None:
        with open(output_path, "wb") as file:
            file.write(drawn)
    if not show:
        return None
    try:
        from IPython.display import SVG, display

        display(SVG(drawn))
    except ImportError:
        import io

        import matplotlib.image
        import matplotlib.pyplot as plt

        picture = subprocess.run([program, "-Tpng"], input=text.encode(), capture_output=True, check=True).stdout
        plt.figure(figsize=figsize)
        plt.imshow(matplotlib.image.imread(io.BytesIO(picture)))
        plt.axis("off")
        plt.show()
    return None
