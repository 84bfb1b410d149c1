"""The same work, data and threads on Hypostyle and its peers, in one command.

    python3 benches/compare/run.py                       everything (hours at full size on two cores)
    python3 benches/compare/run.py --works tpch-memory --scale 1
    python3 benches/compare/run.py --works h2o-groupby,h2o-join --rows 1000000
    python3 benches/compare/run.py --engines polars,duckdb --rounds 5 --json result.json

Every engine runs in child processes, in turns (A B C A B C), and an answer is checked before its time counts. The
table shows the best run of each task, the ratio of the best peer to Hypostyle (2 means twice as fast), geometric
means, processor seconds and peak memory. Needs Python 3.11; the rest is installed in `benches/compare/.venv`.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

import environment
from engines import NAMES as ENGINES
from works import NAMES as WORKS
from works import Options, work_module


def main() -> int:
    arguments = parse()
    if pathlib.Path(sys.prefix).resolve() != environment.ENVIRONMENT.resolve():
        return rerun_in_environment(arguments)

    import report
    import rounds

    options = Options(arguments.scale, arguments.rows, arguments.formulation)
    works = {}
    for work in arguments.works:
        module = work_module(work)
        module.prepare(options)
        known = module.ENGINES + (("hypostyle-before",) if arguments.before else ())
        engines = [engine for engine in arguments.engines if engine in known]
        works[work] = rounds.run(work, engines, dataclasses.asdict(options), arguments)
        print(report.table(work, works[work]), end="\n\n", flush=True)
    if arguments.json:
        setting = {key: value for key, value in vars(arguments).items() if key not in ("json", "wheel", "before", "no_build")}
        arguments.json.write_text(json.dumps(report.document(works, setting), indent=1) + "\n")
    results = [result for work in works.values() for result in work.values()]
    failed = any(result.failure or any(task.error for task in result.tasks.values()) for result in results)
    return 1 if failed else 0


def rerun_in_environment(arguments: argparse.Namespace) -> int:
    """Makes the environment, then starts this program again inside it."""
    interpreter = environment.python()
    if "hypostyle" in arguments.engines and not arguments.no_build:
        try:
            environment.install_hypostyle(interpreter, arguments.wheel)
        except subprocess.CalledProcessError as error:
            print(f"Hypostyle could not be installed and will be missing: {error}", file=sys.stderr)
    if arguments.before:
        environment.install_before(interpreter, arguments.before)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.execv(interpreter, [str(interpreter), __file__, *sys.argv[1:]])


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=names(WORKS), default=list(WORKS), help=",".join(WORKS))
    parser.add_argument("--engines", type=names(ENGINES), default=list(ENGINES), help=",".join(ENGINES))
    parser.add_argument("--scale", default="1", help="of TPC-H: 0.01, 0.1, 1")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the H2O tables")
    parser.add_argument(
        "--formulation",
        choices=["queries", "queries_naive"],
        default="queries",
        help="of TPC-H for engines with lazy frames: filters early and joins in a good order, or all filters last",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="turns of every engine")
    parser.add_argument("--repeat", type=int, default=2, help="runs of every task in a turn")
    parser.add_argument("--tasks", default="", help="only these, e.g. q01,q06")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for one turn")
    parser.add_argument("--json", type=pathlib.Path, help="write everything measured to this file")
    parser.add_argument("--wheel", type=pathlib.Path, help="use this wheel of Hypostyle")
    parser.add_argument("--before", type=pathlib.Path, help="a wheel of another version, as engine hypostyle-before")
    parser.add_argument("--no-build", action="store_true", help="use the Hypostyle that is installed already")
    return parser.parse_args()


def names(known: tuple[str, ...]):
    """A parser of lists of known names."""

    def parse_names(text: str) -> list[str]:
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return chosen

    return parse_names


if __name__ == "__main__":
    sys.exit(main())
