"""Memory that is kept for the next query, and given back."""

import os
import subprocess
import sys

import pytest

CODE = """
import hypostyle as hs

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

def work():
    hs.select(hs.int_range(0, 30_000_000).alias("a")).select(hs.col("a").sum())

{setup}
before = resident()
work()
kept = resident() - before
hs.trim_memory()
print(kept, resident() - before)
"""


def kept(setup="", **environment):
    """MiB kept after a query, and after they were given back."""
    command = [sys.executable, "-c", CODE.format(setup=setup)]
    environment = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return tuple(map(float, done.stdout.split()))


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is measured, and kept, on Linux alone")
def test_memory_is_kept_and_given_back():
    after, trimmed = kept()
    assert after > 150 and trimmed < 60
    for limited in (kept("hs.set_pool_limit(0)"), kept(HYPOSTYLE_POOL_LIMIT="32M")):
        assert limited[0] < 110


def test_a_limit_is_a_number_of_bytes():
    import hypostyle as hs

    with pytest.raises(OverflowError):
        hs.set_pool_limit(-1)
