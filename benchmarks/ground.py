"""The ground that every system stands on: the same Postgres and Valkey, and how CPU time is counted on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
import redis

from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey

Cpu = dict[str, float]
"""CPU seconds by the name of a process."""
_QUEUES = ("bare", "line", "chain")


class Ground(NamedTuple):
    """Servers of one run; each measurement gets a database of its own."""

    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    directory: Path

    def pids(self) -> dict[str, int]:
        """The servers' processes."""
        return {"Postgres": self.postgres.pid, "Valkey": self.valkey.pid}

    def fresh(self, name: str) -> dict[str, str]:
        """The settings of the system of that name, on an empty, migrated database and empty queues of its own."""
        self.postgres.drop_database(name)
        self.postgres.create_database(name, template="wireroom")
        queues = f"{self.valkey.url.removesuffix('/0')}/{_QUEUES.index(name)}"
        with redis.Redis.from_url(queues) as client:
            client.flushdb()
        return {
            "WIREROOM_DATABASE_URL": self.postgres.database_url(name),
            "WIREROOM_REDIS_URL": queues,
            "WIREROOM_LOG_FORMAT": "json",
        }

    def write_out(self) -> None:
        """Let Postgres write what it has put off, so that each system pays for its own."""
        with psycopg.connect(self.postgres.database_url("postgres"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


def spent(pids: Mapping[str, int]) -> Cpu:
    """CPU seconds of each process with all its descendants, also of those that have ended."""
    return {name: sum(map(_seconds, _family(pid))) for name, pid in pids.items()}


def _family(pid: int) -> Iterable[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        yield from (*parent.children(recursive=True), parent)


def _seconds(process: psutil.Process) -> float:
    """Its own, and that of its children that have ended."""
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0
