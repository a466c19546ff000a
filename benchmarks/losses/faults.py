"""The faults, and when they strike: at moments and on victims that a seed chooses, the same for every system."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

import psutil
import psycopg
import redis

from benchmarks.losses.chained import Chain
from benchmarks.losses.lined import Line
from benchmarks.losses.subject import Subject, System
from benchmarks.losses.tally import STAGES
from wireroom.errors import WireroomError

STOPPED_SECONDS = 10.0
BACK_SECONDS = 30.0
"""How long a victim of an earlier strike may take to be there again."""

CHAIN, LINE = "Celery chain", "Wireroom"
KEPT, OLD = "the same, Redis with appendonly", "the same, before Celery 5.7"
SYSTEMS: dict[str, Callable[[], System]] = {
    CHAIN: Chain,
    KEPT: lambda: Chain(appendonly=True),
    OLD: lambda: Chain(before_5_7=True),
    LINE: Line,
}

Harm = Callable[[Subject], None]


class Strike(NamedTuple):
    """Harm that is done when so large a share of the articles has ended, or been accepted."""

    harm: Harm
    share: float
    of: Literal["ended", "accepted"] = "ended"


class Fault(NamedTuple):
    """What a random source makes of it, which systems undergo it, and whether there is a poison among the articles."""

    strikes: Callable[[random.Random], Sequence[Strike]]
    systems: tuple[str, ...] = (CHAIN, LINE)
    poison: bool = False


def _spread(*harms: Harm, of: Literal["ended", "accepted"] = "ended") -> Callable[[random.Random], list[Strike]]:
    """These, in any order, in mid-flight."""

    def strikes(rng: random.Random) -> list[Strike]:
        shares = sorted(rng.uniform(0.1, 0.6) for _ in harms)
        return [Strike(harm, share, of) for harm, share in zip(rng.sample(harms, len(harms)), shares, strict=True)]

    return strikes


def _kill_child(stage: str) -> Harm:
    return lambda subject: _children(subject, stage)[0].kill()


def _kill_parent(stage: str) -> Harm:
    return lambda subject: _process(subject, stage).kill()


def kill_every_worker(subject: Subject) -> None:
    """All parents and all their children at one moment."""
    everybody = [one for stage in STAGES for one in (_process(subject, stage), *_children(subject, stage))]
    for one in everybody:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def kill_doors(subject: Subject) -> None:
    """Whoever submits and accepts."""
    for one in [_process(subject, name) for name in subject.system.doors]:
        one.kill()


def restart_redis(subject: Subject) -> None:
    """kill -9, and a new start at once."""
    subject.valkey.kill()
    subject.valkey.start()


def flush_redis(subject: Subject) -> None:
    """FLUSHALL."""
    with redis.Redis.from_url(subject.valkey.url) as client:
        client.flushall()


def stop_redis(subject: Subject) -> None:
    """SIGSTOP, and SIGCONT after a while."""
    os.kill(subject.valkey.pid, signal.SIGSTOP)
    try:
        time.sleep(STOPPED_SECONDS)
    finally:
        os.kill(subject.valkey.pid, signal.SIGCONT)


def restart_postgres(subject: Subject) -> None:
    """An immediate shutdown, and a new start at once."""
    server = psutil.Process(subject.postgres.pid)
    server.send_signal(signal.SIGQUIT)
    until = time.monotonic() + BACK_SECONDS
    while server.status() != psutil.STATUS_ZOMBIE:
        _wait(until, "the end of Postgres")
    # It has ended; this lets go of it.
    subject.postgres.kill()
    subject.postgres.start()


def cut_connections(subject: Subject) -> None:
    """Terminate every connection to the system's database."""
    with psycopg.connect(subject.database, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def leave_alone(_: Subject) -> None:
    """The harm is among the articles."""


def _process(subject: Subject, name: str) -> psutil.Process:
    """The process of that name, once it is there (again)."""
    until = time.monotonic() + BACK_SECONDS
    while name not in (pids := subject.supervisor.pids()):
        _wait(until, f"{name} to be there again")
    return psutil.Process(pids[name])


def _children(subject: Subject, stage: str) -> list[psutil.Process]:
    until = time.monotonic() + BACK_SECONDS
    while not (found := _process(subject, stage).children()):
        _wait(until, f"the children of {stage}")
    return found


def _wait(until: float, what: str) -> None:
    if time.monotonic() > until:
        raise WireroomError(f"waited in vain for {what}")
    time.sleep(0.05)


FAULTS = {
    "kill -9 of a child of each worker": Fault(_spread(*map(_kill_child, STAGES))),
    "kill -9 of the parent of each worker": Fault(_spread(*map(_kill_parent, STAGES))),
    "kill -9 of every worker at once": Fault(_spread(kill_every_worker)),
    "Redis: kill -9 and restart": Fault(_spread(restart_redis), (CHAIN, KEPT, LINE)),
    "Redis: FLUSHALL": Fault(_spread(flush_redis)),
    "Redis: stopped for 10 s": Fault(_spread(stop_redis)),
    "Postgres: immediate shutdown and restart": Fault(_spread(restart_postgres)),
    "Postgres: all connections cut, three times": Fault(_spread(*[cut_connections] * 3)),
    "kill -9 of producer and gateway while they submit": Fault(_spread(kill_doors, of="accepted")),
    "an article that segfaults its worker": Fault(
        lambda _: [Strike(leave_alone, 1.0, "accepted")], (CHAIN, OLD, LINE), poison=True
    ),
}
"""By the name they have in the table, in the order in which they are done."""


def strikes_of(name: str, fault: Fault, seed: int) -> Sequence[Strike]:
    """What the seed makes of a fault."""
    return fault.strikes(random.Random(f"{seed} {name}"))  # noqa: S311 - it is to be repeatable


def poison_among(articles: int, fault: Fault, seed: int) -> int | None:
    """Which of so many articles is the poison, if there is one."""
    return random.Random(seed).randrange(articles) if fault.poison else None  # noqa: S311 - as above
