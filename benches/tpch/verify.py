"""Checks the answers of the 22 queries through the Python package, without measuring anything.

    python3 benches/tpch/verify.py data/tpch/sf1 1

Both formulations run from CSV, from memory, and from CSV with decimals for money. The number of threads is that of the process
(`HYPOSTYLE_MAX_THREADS`): it is fixed before the package is imported. Ends with 1 if an answer is wrong.
"""

import functools
import pathlib
import sys

import answers
import hypostyle as hs
import queries
import queries_naive
import tables

ANSWERS = pathlib.Path(__file__).parents[2] / "data/answers"
NUMBERS = range(1, 23)


def verify(lazy_tables: dict, formulation, number: int, scale: str) -> str | None:
    """What is wrong with the answer to a query, if anything."""
    query = getattr(formulation, f"q{number:02}")
    if number == 11:
        query = functools.partial(query, scale=float(scale))
    result = query(hs, lazy_tables).collect()
    try:
        answers.check(result.columns, result.rows(), ANSWERS / f"sf{scale}/q{number:02}.csv")
    except answers.WrongAnswer as difference:
        return str(difference)
    return None


def main(folder: pathlib.Path, scale: str) -> int:
    """Prints a line for each source and formulation, and one for each wrong answer."""
    wrong = 0
    for source in (tables.scan, tables.read, tables.scan_decimals):
        lazy_tables = source(hs, folder)
        for formulation in (queries, queries_naive):
            found = {number: verify(lazy_tables, formulation, number, scale) for number in NUMBERS}
            differences = {number: text for number, text in found.items() if text is not None}
            for number, text in differences.items():
                print(f"q{number:02}: {text}")
            right = len(found) - len(differences)
            where = f"{hs.thread_pool_size()} threads, {source.__name__}, {formulation.__name__}"
            print(f"{where}: {right} right", flush=True)
            wrong += len(differences)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2]))
