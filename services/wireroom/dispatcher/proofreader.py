"""The proofreader: beside the dispatching, measures what parse finds, and tells when a source is not what it was."""

from __future__ import annotations

import time
from threading import Event as Flag
from threading import Thread

from wireroom import logs
from wireroom.database import Connection, connect
from wireroom.dispatcher.care import tell_failed
from wireroom.drift.proofreading import proofread
from wireroom.drift.windows import told
from wireroom.logs import Event
from wireroom.settings import Settings

LOOK_SECONDS = 5.0
PART_OF_TIME = 4
"""It rests this many times as long as a step takes, so that a long backlog of ends is no burden."""
# The plan must not depend on statistics, which lag behind tables that grow by the minute.
_PLAN = {"enable_seqscan": "off", "max_parallel_workers_per_gather": "0", "jit": "off", "statement_timeout": "60s"}


class Proofreader:
    """Works in a thread of its own, over connections of its own: nobody waits for it."""

    def __init__(self, given: Settings) -> None:
        self._settings = given
        self._failing = False

    def start(self, stopping: Flag) -> None:
        """Read until `stopping` is set."""
        Thread(target=self._work, args=(stopping,), name="proofreader", daemon=True).start()

    def _work(self, stopping: Flag) -> None:
        while not stopping.wait(LOOK_SECONDS):
            try:
                self.read(stopping)
                self._failing = False
            except Exception as error:  # noqa: BLE001 - nothing depends on it; without this thread there is none
                if not self._failing:
                    tell_failed(error)
                self._failing = True

    def read(self, stopping: Flag) -> None:
        """Read all that has ended, step by step."""
        with connect(self._settings.database_url, "proofreader", **_PLAN) as db:
            rest = 0.0
            while not stopping.wait(rest):
                started = time.monotonic()
                if not self._step(db):
                    return
                rest = PART_OF_TIME * (time.monotonic() - started)

    def _step(self, db: Connection) -> bool:
        step = proofread(db)
        for source, one in step.found:
            change = told(one.measure, one.was, one.now)
            logs.warning(Event.source_changed, source=source, field=one.field, change=change,
                         since=one.since.isoformat(), job=one.job)  # fmt: skip
        return step.more
