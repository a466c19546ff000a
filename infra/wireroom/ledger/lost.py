"""Lost flights: seen by what they do not do, on a clock that nobody sets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Literal, NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.ends import Failure, hand_back, lock_flight
from wireroom.topology import CONTRACT, queue_name

queries = Queries("wireroom.ledger", "lost.sql")

LEASES = {"ingest": 90.0, "parse": 20.0, "enrich": 20.0, "store": 20.0}
"""Seconds a flight may stay unchanged at a stage; doubled with each loss."""
SLOW_ROUND = 2.0
"""A round of the watch that took longer says something about the watch, not about the flights."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

Rule = Literal["epoch", "waiting", "stalled"]


class LiveFlight(NamedTuple):
    """A row of `flights`."""

    id: int
    leg: str
    stage: str
    epoch: str
    losses: int
    queued_at: datetime
    started_at: datetime | None
    touched_at: datetime | None
    worker: str | None
    contract: int = CONTRACT

    @property
    def queue(self) -> str:
        """Where it waits, or has waited."""
        return queue_name(self.stage, self.contract)


class Lost(NamedTuple):
    """A flight that will not land, and by which rule."""

    flight: LiveFlight
    rule: Rule


@dataclass
class _Seen:
    flight: LiveFlight
    since: float


class Watch:
    """Decides which flights are lost. Each dispatcher has one and shows it all live flights twice a second."""

    def __init__(self, lease_scale: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._scale = lease_scale
        self._clock = clock
        self._seen: dict[int, _Seen] = {}
        self._last_look: float | None = None
        self._started: dict[str, datetime] = {}
        self._read: dict[str, float] = {}

    def look(self, flights: Iterable[LiveFlight], epoch: str | None, waiting: Mapping[str, int]) -> list[Lost]:
        """The lost ones among `flights`. `epoch` is the one in Redis now (None: Redis does not answer, so nothing that
        waits is lost); `waiting` is how many messages each queue holds."""
        now = self._clock()
        if self._last_look is not None and now - self._last_look > SLOW_ROUND:
            self._seen.clear()
        self._last_look = now
        live = {flight.id: flight for flight in flights}
        self._remember(live, now)
        return [Lost(flight, rule) for flight in live.values() if (rule := self._rule(flight, now, epoch, waiting))]

    def _remember(self, live: Mapping[int, LiveFlight], now: float) -> None:
        self._seen = {
            id_: seen if (seen := self._seen.get(id_)) and seen.flight == flight else _Seen(flight, now)
            for id_, flight in live.items()
        }
        for flight in live.values():
            if flight.started_at is not None and flight.queued_at > self._started.get(flight.queue, _EVER):
                self._started[flight.queue], self._read[flight.queue] = flight.queued_at, now

    def _rule(self, flight: LiveFlight, now: float, epoch: str | None, waiting: Mapping[str, int]) -> Rule | None:
        lease = LEASES[flight.stage] * self._scale * 2**flight.losses
        expired = now - self._seen[flight.id].since > lease
        if flight.started_at is not None:
            return "stalled" if expired else None
        if epoch is None:
            return None
        if flight.epoch != epoch:
            return "epoch"
        if not expired:
            return None
        overtaken = self._started.get(flight.queue, _EVER) > flight.queued_at
        # Workers of another version may be gone for good; those of this one will come back.
        unread = flight.contract != CONTRACT and now - self._read.get(flight.queue, -inf) > lease
        return "waiting" if overtaken or unread or not waiting.get(flight.queue, 0) else None


def live_flights(connection: Connection) -> list[LiveFlight]:
    """Every live flight."""
    return [LiveFlight(*row) for row in connection.execute(queries.live_flights)]


def take_back(connection: Connection, lost: Lost, delay: float) -> list[Failure] | None:
    """End a lost flight and make its jobs ready again; None: it moved on meanwhile. Only a stalled one counts a loss.

    `delay` is how many seconds the hosts of a fetch flight are left in peace now.
    """
    flight = lost.flight
    try:
        with connection.transaction():
            # Jobs are locked before their flight, here as everywhere.
            lock_flight(connection, flight.id, flight.stage)
            blamed = None if lost.rule == "stalled" else ()
            seen = {"flight": flight.id, "stage": flight.stage}
            seen |= {"started_at": flight.started_at, "touched_at": flight.touched_at}
            if connection.execute(queries.end_flight, seen).rowcount == 0:
                raise _MovedOnError
            cause = f"the worker was lost at {flight.stage}"
            return hand_back(connection, flight.id, flight.stage, flight.worker or "", blamed, cause, delay)
    except _MovedOnError:
        return None


class _MovedOnError(Exception):
    """The flight is not as it was seen."""
