"""The careful Celery chain as a system under faults."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import redis

from benchmarks.losses import producer
from benchmarks.losses.subject import Ends, ended
from benchmarks.losses.tally import STAGES
from benchmarks.losses.tasks import BEFORE_5_7, queries
from benchmarks.system import CORES
from wireroom.database import Connection
from wireroom.supervisor import Process


class Chain:
    """A worker a stage, each with a process a core, and a producer that sends chains."""

    template = "template1"
    doors: tuple[str, ...] = (producer.NAME,)

    def __init__(self, *, appendonly: bool = False, before_5_7: bool = False) -> None:
        self.appendonly = appendonly
        self._before_5_7 = before_5_7

    def processes(self, env: dict[str, str]) -> list[Process]:
        env |= {BEFORE_5_7: "yes"} if self._before_5_7 else {}
        return [*(Process(stage, _worker(stage), env) for stage in STAGES), producer.process("chain", env)]

    def prepare(self, db: Connection) -> None:
        db.execute(queries.tables)

    def ends(self, db: Connection) -> Ends:
        return ended(db.execute(queries.stored).fetchall(), db.execute(queries.explained).fetchall())

    def held(self, db: Connection, broker: redis.Redis) -> set[int]:
        """In the queues, or taken and not acknowledged; what waits to be tried again is among those."""
        waiting = [raw for stage in STAGES for raw in broker.lrange(stage, 0, -1)]
        taken = [json.loads(raw)[0] for raw in broker.hvals("unacked")]
        return {_carried(message) for message in [*map(json.loads, waiting), *taken]}

    def findings(self, db: Connection) -> list[str]:
        """None: it keeps no books."""
        return []


def _worker(stage: str) -> tuple[str, ...]:
    argv = (sys.executable, "-m", "celery", "-A", "benchmarks.losses.tasks", "worker", "-l", "INFO")
    return (*argv, "-Q", stage, "-n", f"{stage}@%h", "-c", str(CORES))


def _carried(message: dict[str, Any]) -> int:
    (given, *_), *_ = json.loads(base64.b64decode(message["body"]))
    return producer.number_of(given if isinstance(given, str) else given["url"])
