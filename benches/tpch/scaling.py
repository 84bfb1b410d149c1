"""One thread, two threads, and two processes of one thread each at the same time, in turns.

    python3 benches/tpch/scaling.py --queries 1,9,13,18,21 --format memory

What two processes that share nothing but the machine lose beside each other, two threads cannot win: `possible` is
twice the time of one process alone over its time beside the other, `reached` the time of one thread over that of two.
Times are medians of all runs of all rounds; the last column has the best of one thread and of two. The binary is that
of `cargo build --profile bench -p hypostyle-tpch`. Linux alone.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def start(arguments: argparse.Namespace, threads: int, file: str, processor: int | None = None) -> subprocess.Popen:
    command = [arguments.binary, "--data-root", arguments.data_root, "--scale", arguments.scale]
    command += ["--format", arguments.format, "--queries", arguments.queries]
    command += ["--threads", str(threads), "--repeat", str(arguments.repeat), "--json", file]
    pinned = None if processor is None else lambda: os.sched_setaffinity(0, {processor})
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=pinned)


def times(process: subprocess.Popen, file: str) -> dict[str, list[float]]:
    if process.wait() != 0:
        raise SystemExit("a run failed")
    queries = json.loads(pathlib.Path(file).read_text())["queries"]
    # The first run of a query reads files and takes memory.
    return {query["query"]: query["seconds"][1:] for query in queries}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/release/hypostyle-tpch"))
    parser.add_argument("--data-root", default=str(ROOT))
    parser.add_argument("--scale", default="1")
    parser.add_argument("--format", default="memory")
    parser.add_argument("--queries", default="1-22")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=9)
    arguments = parser.parse_args()
    processors = sorted(os.sched_getaffinity(0))[:2]
    one: dict[str, list[float]] = {}
    two: dict[str, list[float]] = {}
    beside: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{number}.json" for number in range(2)]
        for _ in range(arguments.rounds):
            pair = [start(arguments, 1, file, place) for file, place in zip(files, processors, strict=True)]
            for process, file in zip(pair, files, strict=True):
                for query, seconds in times(process, file).items():
                    beside.setdefault(query, []).extend(seconds)
            for known, threads, processor in ((one, 1, processors[0]), (two, 2, None)):
                for query, seconds in times(start(arguments, threads, files[0], processor), files[0]).items():
                    known.setdefault(query, []).extend(seconds)
    print("| Query | one thread, ms | two, ms | beside another, ms | reached | possible | of the best runs |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for query in one:
        measured = (one[query], two[query], beside[query])
        alone, both, other = (1e3 * statistics.median(seconds) for seconds in measured)
        first, second, _ = (1e3 * min(seconds) for seconds in measured)
        cells = [f"{alone:.1f}", f"{both:.1f}", f"{other:.1f}", f"{alone / both:.2f}", f"{2 * alone / other:.2f}"]
        cells.append(f"{first:.1f}, {second:.1f}: {first / second:.2f}")
        print(f"| q{query:02} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
