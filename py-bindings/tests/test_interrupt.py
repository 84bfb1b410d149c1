"""Ctrl-C stops a running query, once and soon."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time

PROGRAM = """
    import sys, time
    import hypostyle as hs

    rows = hs.DataFrame({"a": range(1_000_000)}).lazy()
    work = (hs.col("a") * 0.5).sin().exp().tan().cos().sum()
    query = hs.concat([rows] * 400).group_by(hs.col("a") % 1000).agg(s=work)
    print("ready", flush=True)
    caught = 0
    try:
        query.collect()
    except KeyboardInterrupt:
        caught += 1
        stopped = time.monotonic()
    try:
        time.sleep(0.3)
    except KeyboardInterrupt:
        caught += 1
    print("caught", caught, flush=True)
    print(stopped, flush=True)
    print(hs.DataFrame({"a": [1, 2]}).select(hs.col("a").sum()).item(), flush=True)
"""


def test_ctrl_c_raises_once_and_the_session_goes_on():
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(1.0)
    assert process.poll() is None, "the query ended before it could be interrupted"
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    caught, stopped, answer = out.splitlines()
    assert (caught, answer) == ("caught 1", "3"), (out, err)
    # Processes share the monotonic clock. Stopping takes one look at the signals and one morsel for each thread.
    assert float(stopped) - sent < 0.5
