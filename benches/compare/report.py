"""Tables and JSON of what was measured. What counts is the ratio: the best peer's time over ours."""

import dataclasses
import statistics

from rounds import EngineResult, Measured

OURS = "hypostyle"


def best(task: Measured | None) -> float | None:
    """The fastest run, if the answer was right."""
    return min(task.seconds) if task and task.error is None and task.seconds else None


def table(work: str, results: dict[str, EngineResult]) -> str:
    """A Markdown table: best seconds by engine, and the ratio."""
    engines = list(results)
    names = list(dict.fromkeys(name for result in results.values() for name in result.tasks))
    lines = [f"### {work}", "", row([work, *engines, "best peer", "ratio"]), row(["---"] + ["---:"] * (len(engines) + 2))]
    rows = [(name, [results[engine].tasks.get(name) for engine in engines]) for name in names]
    ratios = []
    for name, tasks in rows:
        peers = [best(task) for engine, task in zip(engines, tasks, strict=True) if engine != OURS]
        peer = min((seconds for seconds in peers if seconds is not None), default=None)
        ours = best(results[OURS].tasks.get(name)) if OURS in results else None
        ratio = peer / ours if peer and ours else None
        if ratio:
            ratios.append(ratio)
        lines.append(row([name, *map(cell, tasks), number(peer), f"{ratio:.2f}" if ratio else "-"]))

    took_part = [index for index in range(len(engines)) if any(best(tasks[index]) for _, tasks in rows)]
    complete = [tasks for _, tasks in rows if all(best(tasks[index]) for index in took_part)]
    means = [
        number(statistics.geometric_mean([best(tasks[index]) for tasks in complete]) if index in took_part and complete else None)
        for index in range(len(engines))
    ]
    ratio = f"{statistics.geometric_mean(ratios):.2f}" if ratios else "-"
    lines.append(row([f"geometric mean of {len(complete)}", *means, "", ratio]))
    lines.append(row(["sum of medians", *(number(total(result, "seconds")) for result in results.values()), "", ""]))
    lines.append(row(["processor seconds", *(number(total(result, "processor")) for result in results.values()), "", ""]))
    lines.append(row(["peak MB", *(f"{result.peak_mb:.0f}" for result in results.values()), "", ""]))
    lines.append(row(["peak MB after loading", *(f"{result.load_peak_mb:.0f}" for result in results.values()), "", ""]))
    lines += ["", *problems(results)]
    return "\n".join(lines)


def cell(task: Measured | None) -> str:
    """Best seconds, with MB/s where a file was read; or what went wrong."""
    if task is None:
        return "-"
    if task.error is not None:
        return "wrong" if task.error.startswith(("wrong", "WrongAnswer")) else "failed"
    seconds = min(task.seconds)
    return number(seconds) + (f" ({task.megabytes / seconds:.0f} MB/s)" if task.megabytes else "")


def total(result: EngineResult, what: str) -> float | None:
    """The sum over tasks of the median run."""
    values = [getattr(task, what) for task in result.tasks.values() if task.error is None]
    return sum(map(statistics.median, filter(None, values))) or None


def problems(results: dict[str, EngineResult]) -> list[str]:
    """Everything that failed or was wrong, one line each."""
    lines = []
    for engine, result in results.items():
        if result.failure:
            lines.append(f"- {engine}: {result.failure}")
        lines += [f"- {engine} {name}: {task.error}" for name, task in result.tasks.items() if task.error]
    return lines


def document(works: dict[str, dict[str, EngineResult]], setting: dict) -> dict:
    """Everything measured, for a JSON file."""
    return setting | {
        "works": {
            work: {engine: dataclasses.asdict(result) for engine, result in results.items()}
            for work, results in works.items()
        }
    }


def number(value: float | None) -> str:
    """Three significant digits, or a dash."""
    return "-" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def row(cells: list[str]) -> str:
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"
