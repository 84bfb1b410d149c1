"""Checking a result against its answer file.

Answers compare as sets of rows: where an ORDER BY leaves ties, every order of the tied rows is right, and that a
result is sorted is the business of the engine's own tests. Floats compare to a relative 1e-9.
"""

import csv
import datetime
import math
import pathlib

TOLERANCE = 1e-9


class WrongAnswer(Exception):
    """A result differs from its answer; the message says where."""


def check(names: list[str], rows: list[tuple], answer: pathlib.Path) -> None:
    """Raises `WrongAnswer` unless these columns and rows are those of the answer file."""
    with answer.open(newline="") as file:
        expected_names, *expected = csv.reader(file)
    if list(names) != expected_names:
        raise WrongAnswer(f"columns {names}, expected {expected_names}")
    if len(rows) != len(expected):
        raise WrongAnswer(f"{len(rows)} rows, expected {len(expected)}")
    actual = sorted((tuple(map(_text, row)) for row in rows), key=_order)
    for row, wanted in zip(actual, sorted(map(tuple, expected), key=_order), strict=True):
        for name, value, right in zip(names, row, wanted, strict=True):
            if not _same(value, right):
                raise WrongAnswer(f"{name}: {value!r}, expected {right!r} in row {wanted}")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return repr(float(value)) if isinstance(value, float) else str(value)


def _order(row: tuple[str, ...]) -> tuple:
    """Exact fields first: floats that differ in the last digits must not change the order of rows."""
    return tuple(_float(field) is None and field or "" for field in row), tuple(
        number for number in map(_float, row) if number is not None
    )


def _same(value: str, right: str) -> bool:
    if value == right:
        return True
    left, other = _float(value), _float(right)
    return left is not None and other is not None and math.isclose(left, other, rel_tol=TOLERANCE)


def _float(field: str) -> float | None:
    try:
        return float(field)
    except ValueError:
        return None
