"""How long an idle line takes from submit to stored, beside a Celery chain of as many hops that does nothing.

    python -m benchmarks.idle TRIES

is the process that measures: the chain's application is one of its environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import httpx
import msgspec

from benchmarks import chain, line, tasks
from benchmarks.ground import Ground
from newsroom.line import story
from wireroom.database import Connection, connect

WARM = 5
LINE, DOOR = "BENCH_LINE", "BENCH_DOOR"
POLL_SECONDS = 0.0005


class Idle(NamedTuple):
    """Seconds of each try."""

    line: list[float]
    chain: list[float]


def measure(ground: Ground, tries: int) -> Idle:
    """By turns, each alone: a text article from its POST to its outcome, and a chain from its start to its result."""
    with line.running(ground, "text", {}) as ours, chain.running(ground, "text", {}) as theirs:
        env = os.environ | theirs.env | {LINE: ours.env["WIREROOM_DATABASE_URL"], DOOR: ours.env[line.GATEWAY]}
        argv = [sys.executable, "-m", "benchmarks.idle", str(tries)]
        timed = subprocess.run(argv, env=env, stdout=subprocess.PIPE, check=True, timeout=600)
    return msgspec.json.decode(timed.stdout, type=Idle)


def percentile(times: Sequence[float], percent: int) -> float:
    """So many percent of the times are shorter; in milliseconds."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)] * 1000


def _store(door: httpx.Client, db: Connection, number: int) -> None:
    job = door.post("/v1/articles", json={"text": story(number)}).raise_for_status().json()["job_id"]
    while not db.execute("SELECT 1 FROM outcomes WHERE job_id = %s", [job]).fetchone():
        time.sleep(POLL_SECONDS)


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Write the times as JSON."""
    tries = int(sys.argv[1])
    found = Idle([], [])
    with (
        connect(os.environ[LINE], "bench") as db,
        httpx.Client(base_url=os.environ[DOOR], trust_env=False) as door,
    ):
        for number in range(tries + WARM):
            stored, hopped = _timed(lambda n=number: _store(door, db, n)), _timed(tasks.no_op)  # type: ignore[misc]
            if number >= WARM:
                found.line.append(stored)
                found.chain.append(hopped)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
