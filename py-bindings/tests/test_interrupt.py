"""Ctrl-C stops what is running, once and soon, and the session goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

PROGRAM = """
    import sys, time
    import hypostyle as hs

    rows = hs.DataFrame({{"a": range(1_000_000)}}).lazy()
    rows.select(hs.col("a"), t=hs.lit("some text")).collect().write_csv(sys.argv[1])
    {work}
    print("ready", flush=True)
    caught = 0
    try:
        work()
    except KeyboardInterrupt:
        caught += 1
        stopped = time.monotonic()
    try:
        time.sleep(0.3)
    except KeyboardInterrupt:
        caught += 1
    print("caught", caught, flush=True)
    print(stopped, flush=True)
    print(hs.DataFrame({{"a": [1, 2]}}).select(hs.col("a").sum()).item(), flush=True)
"""

#: What takes a minute or more, and is stopped after a second.
WORK = {
    "aggregation": """
        heavy = (hs.col("a") * 0.5).sin().exp().tan().cos().sum()
        query = hs.concat([rows] * 1000).group_by(hs.col("a") % 1000).agg(s=heavy)
        work = query.collect
    """,
    "csv": """
        work = hs.scan_csv([sys.argv[1]] * 3000).group_by("t").agg(hs.col("a").sum()).collect
    """,
    "reading": """
        work = lambda: hs.read_csv([sys.argv[1]] * 3000, columns=["t"]).height
    """,
    "join": """
        few = rows.head(200_000)
        work = few.join(few.rename({"a": "b"}), how="cross").select((hs.col("a") * hs.col("b")).sum()).collect
    """,
    "sort": """
        shuffled = hs.struct((hs.col("a") * 7919 % 1_000_003).cast(str))
        work = hs.concat([rows] * 6).sort(shuffled).collect
    """,
    "writing": """
        frame = hs.concat([rows.with_columns(f=hs.col("a") / 7).collect()] * 400)
        work = lambda: frame.write_csv("/dev/null")
    """,
}


@pytest.mark.parametrize("name", WORK)
def test_ctrl_c_raises_once_and_the_session_goes_on(name, tmp_path):
    program = textwrap.dedent(PROGRAM).format(work=textwrap.dedent(WORK[name]))
    process = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "rows.csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    time.sleep(1.0)
    assert process.poll() is None, "the work ended before it could be interrupted"
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    caught, stopped, answer = out.splitlines()
    assert (caught, answer) == ("caught 1", "3"), (out, err)
    # Processes share the monotonic clock. The bound is for machines that do much else: a tenth of a second is the
    # rule, for writing a second.
    assert float(stopped) - sent < 5


def test_a_file_that_was_interrupted_is_not_there(tmp_path):
    work = 'frame = hs.concat([rows.collect()] * 400)\nwork = lambda: frame.write_csv(sys.argv[1] + ".out")'
    program = textwrap.dedent(PROGRAM).format(work=work)
    process = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "rows.csv"], stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out.startswith("caught 1\n")
    assert os.listdir(tmp_path) == ["rows.csv"]
