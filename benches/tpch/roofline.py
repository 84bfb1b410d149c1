"""How far each of the 22 queries is from the memory's bandwidth, which operator it spends its time in, what bounds it.

    python3 benches/tpch/roofline.py data/tpch/sf1 1 --bandwidth 20

The tables are in memory. A query's floor is the bytes of all columns that its scans name (whole columns, whatever its
filters leave out) over the bandwidth in GB/s, which `cargo run --release -p hypostyle-bench-micro -- reading` measures
on as many threads. The operator is the one with the most time in `explain(analyze=True)`. A query is bound by

- memory, if it takes no more than twice its floor;
- the rest, if all operators together have less than half of the threads' time: the indexes of joins, plans, threads
  that wait;
- the work of its longest operator otherwise.
"""

import argparse
import functools
import pathlib
import re
import time

import hypostyle as hs
import queries
import tables

# The work of an operator, by the first of these that its name has.
WORK = {
    ".str.contains": "searching text",
    "JOIN": "looking up partners",
    "AGGREGATE": "grouping, and what is aggregated",
    "FILTER": "testing rows",
    "SORT": "sorting",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("scale", type=float)
    parser.add_argument("--bandwidth", type=float, required=True, help="GB/s")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()

    frames = {name: lazy.collect() for name, lazy in tables.read(hs, arguments.folder).items()}
    sizes = {column: frame[column].estimated_size() for frame in frames.values() for column in frame.columns}
    print(f"{hs.thread_pool_size()} threads, {arguments.bandwidth} GB/s\n")
    print(
        "| Query | MB of columns | ms at the bandwidth | ms | times the floor "
        "| Bound by | Most time in | of all operators' |"
    )
    print("|---|---:|---:|---:|---:|---|---|---:|")
    for number in range(1, 23):
        query = getattr(queries, f"q{number:02}")
        if number == 11:
            query = functools.partial(query, scale=arguments.scale)
        lazy = query(hs, {name: frame.lazy() for name, frame in frames.items()})
        touched = scanned_bytes(lazy.explain(), sizes)
        seconds = min(timed(lazy) for _ in range(arguments.repeat))
        floor = touched / arguments.bandwidth / 1e9
        start = time.perf_counter()
        operators = operator_times(lazy.explain(analyze=True))
        analyzed = time.perf_counter() - start
        longest, name = max(operators)
        total = sum(each for each, _ in operators)
        bound = next((work for word, work in WORK.items() if word in name), "other work")
        if seconds <= 2 * floor:
            bound = "memory"
        elif total < analyzed * hs.thread_pool_size() / 2:
            bound = "the rest"
        print(
            f"| q{number:02} | {touched / 1e6:.0f} | {floor * 1e3:.1f} | {seconds * 1e3:.1f} | {seconds / floor:.1f} "
            f"| {bound} | {re.sub('[|`]', '', name)[:60]} | {longest / total:.0%} |"
        )


def timed(lazy) -> float:
    start = time.perf_counter()
    lazy.collect()
    return time.perf_counter() - start


def scanned_bytes(plan: str, sizes: dict[str, int]) -> int:
    """The bytes of the columns that the plan's scans name."""
    scans = re.findall(r"SCAN .*columns: \[(.*?)\]", plan)
    return sum(sizes[column] for scan in scans for column in scan.split(", "))


def operator_times(analyzed: str) -> list[tuple[float, str]]:
    """Seconds of all threads in each operator, and what it is."""
    lines = analyzed.split("operator\n")[-1].splitlines()
    operators = [line.split(maxsplit=2) for line in lines if line.strip()]
    return [(float(milliseconds) / 1e3, name) for _, milliseconds, name in operators]


if __name__ == "__main__":
    main()
