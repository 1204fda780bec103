"""The Python side of a measurement: one round per line on stdin, JSON on stdout (see bench/side.mjs)."""

import json
import platform
import sys
import time


def milliseconds(body):
    start = time.perf_counter()
    body()
    return (time.perf_counter() - start) * 1000


def serve(measure, versions, **facts):
    """Warms up, says ready, then measures on demand. `versions` are those of the libraries that are measured."""
    measure()
    reply(ready={**facts, "versions": {"python": platform.python_version(), **versions}})
    for _line in sys.stdin:
        reply(value=measure())


def reply(**message):
    print(json.dumps(message), flush=True)
