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

    n = 4_000
    left = hs.DataFrame({"a": range(n)}).lazy()
    query = left.join(left, how="cross").join(left, how="cross").select((hs.col("a") * 2).sum())
    print("ready", flush=True)
    caught = 0
    try:
        query.collect()
    except KeyboardInterrupt:
        caught += 1
    try:
        time.sleep(0.3)
    except KeyboardInterrupt:
        caught += 1
    print("caught", caught, flush=True)
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
    # The program sleeps for 0.3 s after the interrupt; the rest is what stopping took.
    assert time.monotonic() - sent < 1.5, "the query went on for too long"
    assert out.splitlines() == ["caught 1", "3"], (out, err)
