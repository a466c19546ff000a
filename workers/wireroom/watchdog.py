"""A consumer of Celery can lose its connection without noticing. Its worker ends itself then, and is started again."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from threading import Thread
from typing import Any

import psycopg
from celery import signals
from celery.worker import state

from wireroom import logs
from wireroom.broker import Broker
from wireroom.database import connect
from wireroom.errors import WireroomError
from wireroom.ledger import flights
from wireroom.logs import Event
from wireroom.settings import Settings
from wireroom.topology import queue_name

DEAF_SECONDS = 30.0
"""So long a worker may receive nothing while flights wait for its stage; scaled as leases are."""


class Watchdog:
    """Watches the parent process of one worker."""

    def __init__(self, stage: str, given: Settings, stages: Sequence[str] = ()) -> None:
        """`stages` are those of which it reads the queues."""
        self._stage = stage
        self._stages = stages or [stage]
        self._settings = given
        self._patience = DEAF_SECONDS * given.lease_scale
        self._heard = time.monotonic()

    def watch(self) -> None:
        """Watch, in a thread, as soon as the worker is ready: starting may take long on a busy machine."""
        signals.task_received.connect(self._hear, weak=False)
        signals.worker_ready.connect(self._begin, weak=False)

    def _begin(self, **_: Any) -> None:
        self._hear()
        Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _hear(self, **_: Any) -> None:
        self._heard = time.monotonic()

    def _watch(self) -> None:
        while True:
            time.sleep(self._patience / 6)
            if state.active_requests or state.reserved_requests:
                self._hear()
            elif time.monotonic() - self._heard > self._patience and self.is_deaf():
                logs.error(Event.worker_deaf, stage=self._stage, seconds=round(time.monotonic() - self._heard, 1))
                # It holds no flight, and an orderly end would wait for the connection that is lost.
                os._exit(1)

    def is_deaf(self) -> bool:
        """Whether Redis shows others what waits for its stages, and it has waited as long as nothing was heard here.

        Flights that were never published, or that Redis has lost, are no fault of the worker's.
        """
        try:
            broker = Broker(self._settings.redis_url)
            waiting = broker.waiting([queue_name(stage) for stage in self._stages])
            broker.close()
            late = [stage for stage in self._stages if waiting[queue_name(stage)]]
            if not late:
                return False
            with connect(self._settings.database_url, "watchdog") as connection:
                return any(flights.wait_since(connection, stage, self._patience) for stage in late)
        except (WireroomError, psycopg.Error):
            self._hear()
            return False
