"""Rounds: the engines in turns, A B C A B C, each turn in a process of its own.

Taking turns spreads what other programs do to the machine over all engines alike.
"""

import dataclasses
import json
import math
import pathlib
import subprocess
import sys

CHECK_TOLERANCE = 1e-7


@dataclasses.dataclass
class Measured:
    """All runs of one task on one engine."""

    seconds: list[float] = dataclasses.field(default_factory=list)
    processor: list[float] = dataclasses.field(default_factory=list)
    checks: list[float] = dataclasses.field(default_factory=list)
    megabytes: float | None = None
    error: str | None = None


@dataclasses.dataclass
class EngineResult:
    """All that one engine did in one work."""

    version: str = ""
    load_seconds: list[float] = dataclasses.field(default_factory=list)
    load_peak_mb: float = 0.0
    peak_mb: float = 0.0
    tasks: dict[str, Measured] = dataclasses.field(default_factory=dict)
    failure: str | None = None


def run(work: str, engines: list[str], options: dict, arguments) -> dict[str, EngineResult]:
    """Every engine in turns, for as many rounds as asked for."""
    results = {engine: EngineResult() for engine in engines}
    for number in range(1, arguments.rounds + 1):
        for engine, result in results.items():
            if result.failure is None:
                print(f"{work}: round {number} of {arguments.rounds}, {engine}", file=sys.stderr, flush=True)
                turn(work, engine, options, arguments, result)
    compare_checks(results)
    return results


def turn(work: str, engine: str, options: dict, arguments, result: EngineResult) -> None:
    """One process; what it says is added to the result."""
    command = [
        sys.executable,
        "-B",
        str(pathlib.Path(__file__).with_name("worker.py")),
        f"--engine={engine}",
        f"--work={work}",
        f"--threads={arguments.threads}",
        f"--repeat={arguments.repeat}",
        f"--tasks={arguments.tasks}",
        f"--options={json.dumps(options)}",
    ]
    try:
        process = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=arguments.timeout
        )
        output, errors, code = process.stdout, process.stderr, process.returncode
    except subprocess.TimeoutExpired as expired:
        output, errors, code = (expired.stdout or b"").decode(), "", f"timeout of {arguments.timeout} s"
    for line in output.splitlines():
        if line.startswith('{"kind"'):
            take(json.loads(line), result)
    if code != 0:
        last = errors.strip().splitlines()[-1:] or [""]
        result.failure = f"process ended with {code}: {last[0]}"


def take(message: dict, result: EngineResult) -> None:
    """Adds one message of a worker."""
    if message["kind"] == "start":
        result.version = message["version"]
        result.load_seconds.append(message["load_seconds"])
        result.load_peak_mb = max(result.load_peak_mb, message["load_peak_mb"])
    elif message["kind"] == "end":
        result.peak_mb = max(result.peak_mb, message["peak_mb"])
    else:
        task = result.tasks.setdefault(message["name"], Measured())
        task.megabytes = message["megabytes"]
        if "error" in message:
            task.error = message["error"]
        else:
            task.seconds += message["seconds"]
            task.processor += message["processor"]
            task.checks = message["checks"]
            result.peak_mb = max(result.peak_mb, message["peak_mb"])


def compare_checks(results: dict[str, EngineResult]) -> None:
    """Marks as wrong what differs from what most engines say (in a tie, from the last)."""
    for name in {name for result in results.values() for name in result.tasks}:
        measured = [result.tasks[name] for result in results.values() if name in result.tasks]
        measured = [task for task in measured if task.error is None and task.seconds]
        votes = [sum(agree(task.checks, other.checks) for other in measured) for task in measured]
        if votes:
            winner = max(range(len(votes)), key=lambda index: (votes[index], index))
            for task in measured:
                if not agree(task.checks, measured[winner].checks):
                    task.error = f"wrong: {task.checks}, others have {measured[winner].checks}"


def agree(left: list[float], right: list[float]) -> bool:
    """Whether two engines gave the same numbers."""
    return len(left) == len(right) and all(
        math.isclose(a, b, rel_tol=CHECK_TOLERANCE) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(left, right, strict=True)
    )
