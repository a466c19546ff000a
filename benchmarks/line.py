"""Wireroom as `make up` runs it, with a process a core and stage; its producer accepts in batches.

python -m benchmarks.line KIND
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import httpx

from benchmarks.bare import submit
from benchmarks.ground import Ground
from benchmarks.hand import Hand, serve
from benchmarks.material import Kind, articles
from benchmarks.system import CORES, System, all_ended, hands, stages_worked, supervised
from wireroom.broker import Broker
from wireroom.crew import crew
from wireroom.database import Connection, connect
from wireroom.embedded import free_port
from wireroom.ledger.accept import CHUNK, Tickets
from wireroom.settings import settings
from wireroom.supervisor import Process, Supervisor

READY_SECONDS = 60.0
GATEWAY = "BENCH_GATEWAY"


@contextmanager
def running(ground: Ground, kind: Kind, env: dict[str, str]) -> Iterator[System]:
    """The whole line, and a process that submits."""
    port = free_port()
    door = f"http://127.0.0.1:{port}"
    given = env | ground.fresh("line") | {GATEWAY: door}
    given |= {"WIREROOM_GATEWAY_PORT": str(port), "WIREROOM_CONCURRENCY": str(CORES)}
    # On a machine that others use too, an article may take long by the clock and not be to blame.
    given |= {"WIREROOM_ARTICLE_SECONDS": "60", "WIREROOM_LEASE_SCALE": "10"}
    producer = Hand("benchmarks.line", [kind], given, ground.directory / "producer.log")
    supervisor = Supervisor(map(_clocked, crew(given)), ground.directory / "line")
    with supervised(supervisor), hands([producer]), connect(given["WIREROOM_DATABASE_URL"], "bench") as db:
        _wait_for(f"{door}/v1/health")

        def pids() -> dict[str, int]:
            return supervisor.pids() | {"producer": producer.pid}

        yield System(given, pids, [producer], _told(db), stages_worked(db))


def _clocked(process: Process) -> Process:
    """Timed in CPU seconds, where it is a stage whose work the bare loop does too."""
    if process.name not in ("parse", "enrich"):
        return process
    return replace(process, argv=(sys.executable, "-m", "benchmarks.clocked", process.name))


def _told(db: Connection) -> Callable[[int], bool]:
    """Ended, and among the events: that is part of the work too."""
    ended = all_ended(db)
    return lambda number: ended(number) and not db.execute("SELECT 1 FROM endings LIMIT 1").fetchone()


def _wait_for(address: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            httpx.get(address, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Be the producer."""
    kind = cast(Kind, sys.argv[1])
    broker, tickets = Broker(settings().redis_url), Tickets()
    articles(kind, 0, 1)
    with connect(settings().database_url, "producer") as connection:

        def work(start: int, stop: int) -> None:
            for first in range(start, stop, CHUNK):
                submit(connection, articles(kind, first, min(first + CHUNK, stop)), tickets)
                broker.wake()

        serve(work)


if __name__ == "__main__":
    main()
