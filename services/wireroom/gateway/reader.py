"""The reader of the intake list: what producers push onto Redis becomes jobs, or refusals."""

from __future__ import annotations

import math
import time
from collections import Counter
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import redis

from wireroom import logs
from wireroom.crash import Point, crash_at
from wireroom.database import AWAY
from wireroom.gateway.envelopes import read_item
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.intake import limit
from wireroom.gateway.intake_list import IntakeList
from wireroom.gateway.tally import tally
from wireroom.ledger.batches import Busy, accept_batch
from wireroom.ledger.offer import Refused
from wireroom.logs import Event
from wireroom.outages import broker_outage
from wireroom.settings import Settings

LOOK_SECONDS = 0.1
RETRY_SECONDS = 1.0


class Reader:
    """Reads in a thread of its own. It holds one batch at a time, which others find where it dies."""

    def __init__(self, desk: FrontDesk, given: Settings) -> None:
        self._desk = desk
        self._content_bytes = given.content_bytes
        self._list = IntakeList(given.redis_url, limit(given.content_bytes), given.lease_scale)
        self._stopping = Flag()
        self._thread = Thread(target=self._read, name="intake reader")
        self._held: UUID | None = None
        self._orphans: list[UUID] = []
        self._looked_for_orphans = -math.inf
        self._turn = False
        self._outage = broker_outage()

    def start(self) -> None:
        """Read from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Bring the batch in hand to its end, and read no more."""
        self._stopping.set()
        self._thread.join()
        self._list.close()

    def _read(self) -> None:
        while not self._stopping.is_set():
            pause = RETRY_SECONDS
            try:
                pause = 0.0 if self._round() else LOOK_SECONDS
            except redis.RedisError as error:
                self._outage.met(error)
            except AWAY as error:
                self._desk.outage.met(error)
            except Busy:
                pass
            except Exception as error:  # noqa: BLE001 - the batch stays in Redis; without this thread all would
                logs.error(Event.intake_failed, batch=str(self._held), cause=str(error), exc_info=error)
                # Others must not wait for it: it comes again as an orphan.
                self._held = None
            self._stopping.wait(pause)

    def _round(self) -> bool:
        """Bring one batch into the ledger; whether there was one."""
        self._held = self._held or self._next()
        self._outage.over()
        if self._held is None:
            return False
        self._commit(self._held)
        self._held = None
        return True

    def _next(self) -> UUID | None:
        now = time.monotonic()
        if not self._orphans and now - self._looked_for_orphans >= self._list.orphan_seconds / 2:
            self._orphans = self._list.orphans()
            self._looked_for_orphans = now
        # By turns: what was left behind must not hold up what is new, least of all where it cannot be written.
        self._turn = not self._turn
        if self._turn and self._orphans:
            return self._orphans.pop(0)
        return self._list.take() or (self._orphans.pop(0) if self._orphans else None)

    def _commit(self, batch: UUID) -> None:
        crash_at(Point.LIST_TAKEN)
        items = [read_item(pushed, self._content_bytes) for pushed in self._list.read(batch)]
        crash_at(Point.LIST_READ)
        with self._desk.pool.connection() as connection:
            answers = accept_batch(connection, batch, items, self._desk.tickets)
        self._desk.outage.over()
        crash_at(Point.LIST_COMMITTED)
        self._list.remove(batch)
        crash_at(Point.LIST_REMOVED)
        if items and answers is not None:
            tally("list", [read for _, read in items], answers)
            reasons = Counter(answer.reason for answer in answers if isinstance(answer, Refused))
            logs.info(Event.batch_accepted, batch=str(batch), items=len(items), refused=dict(reasons))
            self._desk.broker.wake()
