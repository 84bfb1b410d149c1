"""How far each of the 22 queries is from the memory's bandwidth, and which operator it spends its time in.

    python3 benches/tpch/roofline.py data/tpch/sf1 1 --bandwidth 20

The tables are in memory. A query's floor is the bytes of all columns that its scans name (whole columns, whatever its
filters leave out) over the bandwidth in GB/s, which `cargo run --release -p hypostyle-bench-micro -- reading` measures on
as many threads. The operator is the one with the most time in `explain(analyze=True)`.
"""

import argparse
import functools
import pathlib
import re
import time

import hypostyle as hs
import queries
import tables


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
    print("| Query | MB of columns | ms at the bandwidth | ms | times the floor | Most time in | of all operators' |")
    print("|---|---:|---:|---:|---:|---|---:|")
    for number in range(1, 23):
        query = getattr(queries, f"q{number:02}")
        if number == 11:
            query = functools.partial(query, scale=arguments.scale)
        lazy = query(hs, {name: frame.lazy() for name, frame in frames.items()})
        touched = scanned_bytes(lazy.explain(), sizes)
        seconds = min(timed(lazy) for _ in range(arguments.repeat))
        floor = touched / arguments.bandwidth / 1e9
        name, share = heaviest(lazy.explain(analyze=True))
        print(
            f"| q{number:02} | {touched / 1e6:.0f} | {floor * 1e3:.1f} | {seconds * 1e3:.1f} | {seconds / floor:.1f} "
            f"| {name} | {share:.0%} |"
        )


def timed(lazy) -> float:
    start = time.perf_counter()
    lazy.collect()
    return time.perf_counter() - start


def scanned_bytes(plan: str, sizes: dict[str, int]) -> int:
    """The bytes of the columns that the plan's scans name."""
    scans = re.findall(r"SCAN .*columns: \[(.*?)\]", plan)
    return sum(sizes[column] for scan in scans for column in scan.split(", "))


def heaviest(analyzed: str) -> tuple[str, float]:
    """The operator with the most time, shortened, and its part of all."""
    lines = analyzed.split("operator\n")[-1].splitlines()
    operators = [line.split(maxsplit=2) for line in lines if line.strip()]
    times = [(float(milliseconds), name) for _, milliseconds, name in operators]
    longest, name = max(times)
    return re.sub(r"[|`]", "", name)[:60], longest / sum(time for time, _ in times)


if __name__ == "__main__":
    main()
