"""The data of the H2O db-benchmark, made with NumPy: G1 for grouping and J1 for joins.

Distributions are those of the published generators (100 groups, no nulls, not sorted); the random numbers are not.
NumPy and PyArrow are imported only where data is made: they would count as memory of every engine. Files lie in `data/h2o`, named by their number of rows, and are complete under their final names.
"""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

from works import ROOT

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FOLDER = ROOT / "data/h2o"
GROUPS = 100


def g1(rows: int) -> pathlib.Path:
    """The table for grouping: id1 to id3 strings, id4 to id6 integers, v1 to v3 numbers."""
    path = FOLDER / f"g1_{rows}.csv"
    if not path.exists():
        import numpy as np

        random = np.random.default_rng(108)
        many = max(rows // GROUPS, 1)
        _write(
            path,
            {
                "id1": _names(random.integers(1, GROUPS + 1, rows), 3),
                "id2": _names(random.integers(1, GROUPS + 1, rows), 3),
                "id3": _names(random.integers(1, many + 1, rows), 10),
                "id4": random.integers(1, GROUPS + 1, rows),
                "id5": random.integers(1, GROUPS + 1, rows),
                "id6": random.integers(1, many + 1, rows),
                "v1": random.integers(1, 6, rows),
                "v2": random.integers(1, 16, rows),
                "v3": random.uniform(0, 100, rows).round(6),
            },
        )
    return path


def j1(rows: int) -> dict[str, pathlib.Path]:
    """The tables for joins: `x`, and `small`, `medium` and `big` with a millionth, a thousandth and all of its rows.

    Nine tenths of the keys on either side have a partner.
    """
    sizes = {"small": max(rows // 1_000_000, 10), "medium": max(rows // 1_000, 10), "big": rows}
    paths = {name: FOLDER / f"j1_{rows}_{name}.csv" for name in ("x", *sizes)}
    if all(path.exists() for path in paths.values()):
        return paths

    import numpy as np

    random = np.random.default_rng(108)
    left, right = {}, {}
    for name, size in sizes.items():
        keys = random.permutation(np.arange(1, size + size // 10 + 1))
        shared, alone = keys[: size - size // 10], size // 10
        left[name] = np.concatenate([shared, keys[len(shared) : len(shared) + alone]])
        right[name] = np.concatenate([shared, keys[len(shared) + alone :]])[:size]

    def keys_of(side: dict, rows: int, names: list[str]) -> dict:
        """id1.. as integers and id4.. as the same keys with a letter in front."""
        integers = {name: _drawn(random, side[name], rows) for name in names}
        columns = {f"id{number}": integers[name] for number, name in enumerate(names, 1)}
        return columns | {f"id{number}": _names(integers[name], 0) for number, name in enumerate(names, 4)}

    names = list(sizes)
    _write(paths["x"], keys_of(left, rows, names) | {"v1": random.uniform(0, 100, rows).round(6)})
    for number, (name, size) in enumerate(sizes.items(), 1):
        columns = keys_of({**left, name: right[name]}, size, names[:number])
        _write(paths[name], columns | {"v2": random.uniform(0, 100, size).round(6)})
    return paths


def _drawn(random: np.random.Generator, keys: np.ndarray, rows: int) -> np.ndarray:
    """Every key once if there are as many as rows, else keys drawn at random."""
    return random.permutation(keys) if len(keys) == rows else keys[random.integers(0, len(keys), rows)]


def _names(numbers: np.ndarray, digits: int) -> pa.Array:
    """`id007` and the like."""
    import numpy as np
    import pyarrow as pa

    distinct, codes = np.unique(numbers, return_inverse=True)
    texts = pa.array([f"id{number:0{digits}}" for number in distinct])
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), texts).cast(pa.string())


def _write(path: pathlib.Path, columns: dict) -> None:
    import pyarrow as pa
    import pyarrow.csv

    FOLDER.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    table = pa.table(columns)
    with unfinished.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        options = pa.csv.WriteOptions(include_header=False, quoting_style="none")
        pa.csv.write_csv(table, file, options)
    unfinished.rename(path)
