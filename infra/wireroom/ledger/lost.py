"""Lost flights: seen by what they do not do, on a clock that nobody sets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import ends, polls
from wireroom.ledger.ends import Failure
from wireroom.ledger.life import Rule, Sight, is_blamed, lease, lost_by
from wireroom.topology import CONTRACT, POLL, queue_name

queries = Queries("wireroom.ledger", "lost.sql")

SLOW_ROUND = 2.0
"""A round of the watch that took longer says something about the watch, not about the flights."""


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
    """A flight as it is since a moment, and at its stage since an earlier one."""

    flight: LiveFlight
    since: float
    queued: float


class Watch:
    """Decides which flights are lost. Each dispatcher has one and shows it all live flights twice a second.

    It goes by its own clock alone: the times in the rows only tell whether a flight has changed.
    """

    def __init__(self, lease_scale: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._scale = lease_scale
        self._clock = clock
        self._seen: dict[int, _Seen] = {}
        self._last_look: float | None = None
        self._started: dict[str, float] = {}
        self._read: dict[str, float] = {}

    def look(self, flights: Iterable[LiveFlight], epoch: str | None, waiting: Mapping[str, int]) -> list[Lost]:
        """The lost ones among `flights`. `epoch` is the one in Redis now (None: Redis does not answer, so nothing that
        waits is lost); `waiting` is how many messages each queue holds."""
        now = self._clock()
        if self._last_look is not None and now - self._last_look > SLOW_ROUND:
            self._seen.clear()
        self._last_look = now
        self._seen = {flight.id: self._see(flight, now) for flight in flights}
        for seen in self._seen.values():
            if seen.flight.started_at is not None:
                queue = seen.flight.queue
                self._started[queue] = max(seen.queued, self._started.get(queue, seen.queued))
                self._read[queue] = now
        sights = ((seen.flight, self._sight(seen, now, epoch, waiting)) for seen in self._seen.values())
        return [Lost(flight, rule) for flight, sight in sights if (rule := lost_by(sight))]

    def _see(self, flight: LiveFlight, now: float) -> _Seen:
        before = self._seen.get(flight.id)
        if before is None or before.flight.stage != flight.stage:
            return _Seen(flight, now, now)
        return before if before.flight == flight else _Seen(flight, now, before.queued)

    def _sight(self, seen: _Seen, now: float, epoch: str | None, waiting: Mapping[str, int]) -> Sight:
        queue, patience = seen.flight.queue, lease(seen.flight.stage, seen.flight.losses) * self._scale
        # Workers of another version may be gone for good; those of this one will come back.
        unread = seen.flight.contract != CONTRACT and now - self._read.get(queue, -inf) > patience
        return Sight(
            started=seen.flight.started_at is not None,
            unchanged=now - seen.since > patience,
            epoch_gone=epoch is not None and seen.flight.epoch != epoch,
            overtaken=epoch is not None
            and (unread or self._started.get(queue, seen.queued) > seen.queued or not waiting.get(queue, 0)),
        )


def live_flights(connection: Connection) -> list[LiveFlight]:
    """Every live flight."""
    return [LiveFlight(*row) for row in connection.execute(queries.live_flights)]


def take_back(connection: Connection, lost: Lost, delay: float) -> list[Failure] | None:
    """End a lost flight and make its jobs ready again, or its source due; None: it moved on meanwhile.

    Only a stalled one counts a loss. `delay` is how many seconds the hosts that it asked are left in peace now.
    """
    flight = lost.flight
    try:
        with connection.transaction():
            # Jobs, or the source, are locked before their flight, here as everywhere.
            lock = polls.lock_flight if flight.stage == POLL else ends.lock_flight
            lock(connection, flight.id, flight.stage)
            blamed = None if is_blamed(lost.rule) else ()
            seen = {"flight": flight.id, "stage": flight.stage}
            seen |= {"started_at": flight.started_at, "touched_at": flight.touched_at}
            if connection.execute(queries.end_flight, seen).rowcount == 0:
                raise _MovedOnError
            cause = f"the worker was lost at {flight.stage}"
            hand_back = polls.hand_back if flight.stage == POLL else ends.hand_back
            return hand_back(connection, flight.id, flight.stage, flight.worker or "", blamed, cause, delay)
    except _MovedOnError:
        return None


class _MovedOnError(Exception):
    """The flight is not as it was seen."""
