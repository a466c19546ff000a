"""Wireroom as a system under faults."""

from __future__ import annotations

import sys
from dataclasses import replace

import redis

from benchmarks.losses import counted, producer
from benchmarks.losses.subject import Ends, ended
from benchmarks.losses.tally import STAGES
from wireroom.crew import crew
from wireroom.database import Connection
from wireroom.embedded import free_port
from wireroom.ledger.reconcile import reconcile
from wireroom.supervisor import Process

_STORED = "SELECT jobs.url FROM versions JOIN jobs ON jobs.id = job_id"
_FAILED = """
SELECT jobs.url, stage || ': ' || cause FROM quarantine JOIN jobs ON jobs.id = job_id
UNION ALL SELECT jobs.url, reason FROM outcomes JOIN jobs ON jobs.id = job_id WHERE outcome = 'rejected'
"""
_HELD = "SELECT jobs.url FROM line JOIN jobs ON jobs.id = job_id"


class Line:
    """All processes as `make up` runs them, and a producer that posts to the gateway."""

    template = "wireroom"
    appendonly = False
    doors: tuple[str, ...] = (producer.NAME, "gateway")

    def processes(self, env: dict[str, str]) -> list[Process]:
        port = str(free_port())
        env |= {"WIREROOM_GATEWAY_PORT": port, producer.DOOR: f"http://127.0.0.1:{port}"}
        return [*map(_counted, crew(env)), producer.process("line", env)]

    def prepare(self, db: Connection) -> None:
        """The template is migrated."""

    def ends(self, db: Connection) -> Ends:
        return ended(db.execute(_STORED).fetchall(), db.execute(_FAILED).fetchall())

    def held(self, db: Connection, broker: redis.Redis) -> set[int]:
        """On the line; what Redis holds counts for nothing."""
        return {producer.number_of(url) for (url,) in db.execute(_HELD)}

    def findings(self, db: Connection) -> list[str]:
        """Those of reconcile."""
        return [str(finding) for finding in reconcile(db, everything=True).findings]


def _counted(process: Process) -> Process:
    if process.name not in STAGES:
        return process
    return replace(process, argv=(sys.executable, "-m", counted.__name__, process.name))
