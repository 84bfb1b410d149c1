"""A child process: one engine, one work, every task once or more. Started by `rounds.py`.

What is measured goes to the standard output as lines of JSON, written as soon as it is known, so that a crash in
one task loses only what comes after it.
"""

import argparse
import gc
import json
import os
import pathlib
import resource
import sys
import time

from works import Options, Task, work_module


def main() -> None:
    arguments = parse()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.threads])
    for variable in engine_variables():
        os.environ[variable] = str(arguments.threads)

    from engines import open_engine

    engine = open_engine(arguments.engine, arguments.threads)
    options = Options(**json.loads(arguments.options))
    start = time.perf_counter()
    tasks = work_module(arguments.work).tasks(engine, options)
    say("start", version=engine.version, load_seconds=time.perf_counter() - start, load_peak_mb=peak_mb())
    wanted = set(filter(None, arguments.tasks.split(",")))
    for task in tasks:
        if not wanted or task.name in wanted:
            say("task", name=task.name, megabytes=task.megabytes, **measure(task, arguments.repeat))
    say("end", peak_mb=peak_mb())
    sys.stdout.flush()
    # What engines do at exit is not measured.
    os._exit(0)


def engine_variables() -> tuple[str, ...]:
    """The environment variables to set before an engine is imported."""
    from engines import THREAD_VARIABLES

    return THREAD_VARIABLES


def measure(task: Task, repeat: int) -> dict:
    """Wall and processor seconds of every run. The first result is verified, so a wrong one counts nowhere."""
    seconds, processor, checks = [], [], []
    try:
        for number in range(repeat):
            gc.collect()
            processor_start, start = time.process_time(), time.perf_counter()
            result = task.run()
            seconds.append(time.perf_counter() - start)
            processor.append(time.process_time() - processor_start)
            if number == 0:
                checks = task.verify(result)
            del result
    except Exception as error:  # Any failure of an engine is a result.
        return {"error": f"{type(error).__name__}: {error}"[:500]}
    return {"seconds": seconds, "processor": processor, "checks": checks, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """The most memory this process has had so far."""
    try:
        # `ru_maxrss` would begin at what the parent had when it started this process.
        status = pathlib.Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def say(kind: str, **values: object) -> None:
    print(json.dumps({"kind": kind, **values}), flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--repeat", type=int, required=True)
    parser.add_argument("--tasks", default="")
    parser.add_argument("--options", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
