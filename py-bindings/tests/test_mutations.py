"""Files with any byte changed are read or refused: no panic, no abort, no hang, no memory that they only claim to need."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import hypostyle as hs
import pytest

#: What a byte is changed by.
MASKS = (0x01, 0x80, 0xFF, 0x7F)

PROGRAM = textwrap.dedent("""
    import json, resource, sys, time
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    import hypostyle as hs

    path, read, step = sys.argv[1], eval(sys.argv[2]), int(sys.argv[3])
    data = open(path, "rb").read()
    outcomes = {"read": 0, "refused": 0, "other": [], "slow": []}
    for at in range(0, len(data), step):
        for mask in (0x01, 0x80, 0xFF, 0x7F):
            changed = bytearray(data)
            changed[at] ^= mask
            start = time.monotonic()
            try:
                read(bytes(changed))
                outcomes["read"] += 1
            except (hs.exceptions.HypostyleError, OSError) as error:
                outcomes["refused"] += 1
            except BaseException as error:
                outcomes["other"].append((at, mask, repr(error)))
            if time.monotonic() - start > 1:
                outcomes["slow"].append((at, mask))
    for end in range(0, len(data), step):
        try:
            read(data[:end])
        except (hs.exceptions.HypostyleError, OSError):
            pass
    print(json.dumps(outcomes))
""")

FRAME = hs.DataFrame(
    {
        "i": [1, None, -3],
        "f": [1.5, 2.5, None],
        "t": ["a", None, "é"],
        "l": [[1, 2], [], None],
        "s": [{"x": 1, "y": "z"}, None, {"x": None, "y": ""}],
    }
)
FLAT = FRAME.select("i", "f", "t")

#: A file, and how it is read.
FILES = {
    "csv": (lambda path: FLAT.write_csv(path), "lambda data: hs.read_csv(data)"),
    "csv.gz": (
        lambda path: FLAT.write_csv(path, compression="gzip", check_extension=False),
        "lambda data: hs.read_csv(data)",
    ),
    "csv.zst": (
        lambda path: FLAT.write_csv(path, compression="zstd", check_extension=False),
        "lambda data: hs.read_csv(data)",
    ),
    "csv.bz2": (lambda path: _packed(path, "bz2"), "lambda data: hs.read_csv(data)"),
    "csv.xz": (lambda path: _packed(path, "lzma"), "lambda data: hs.read_csv(data)"),
    "ndjson": (lambda path: FRAME.write_ndjson(path), "lambda data: hs.read_ndjson(data)"),
    "json": (lambda path: FRAME.write_json(path), "lambda data: hs.read_json(data)"),
    "ipc": (lambda path: FRAME.write_ipc(path), "lambda data: hs.read_ipc(data).rows()"),
    "ipc.lz4": (lambda path: FRAME.write_ipc(path, compression="lz4"), "lambda data: hs.read_ipc(data).rows()"),
    "ipc.zstd": (lambda path: FRAME.write_ipc(path, compression="zstd"), "lambda data: hs.read_ipc(data).rows()"),
    "ipc_stream": (lambda path: FRAME.write_ipc_stream(path), "lambda data: hs.read_ipc_stream(data).rows()"),
    "parquet": (lambda path: FRAME.write_parquet(path), "lambda data: hs.read_parquet(data).rows()"),
    "ipc.cat": (
        lambda path: FLAT.select("i", hs.col("t").cast(hs.Categorical)).write_ipc(path),
        "lambda data: hs.read_ipc(data).rows()",
    ),
}


def _packed(path, module):
    import importlib

    path.write_bytes(importlib.import_module(module).compress(FLAT.write_csv().encode()))


@pytest.mark.parametrize("name", FILES)
def test_changed_bytes(tmp_path, name):
    write, read = FILES[name]
    path = tmp_path / name
    write(path)
    # Every byte of short files, every third of long ones.
    step = 1 if path.stat().st_size < 1000 else 3
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path, read, str(step)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes = json.loads(done.stdout)
    assert not outcomes["other"] and not outcomes["slow"], outcomes
    assert outcomes["read"] + outcomes["refused"] == len(range(0, path.stat().st_size, step)) * len(MASKS)
    # Decoders of others panic; that is caught, and nobody hears of it.
    assert not done.stderr, done.stderr[-2000:]
