"""Outages of Postgres and Redis, as a log should have them: one line when one begins and one when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from wireroom import logs
from wireroom.logs import Event

QUIET_SECONDS = 10.0
"""A server that comes and goes is told of once in so long: from when it was said to be away, and again to be back."""


class Outage:
    """What one process knows of one server. Its methods may be called by many threads, at every failure and success."""

    def __init__(self, away: Event, back: Event, clock: Callable[[], float] = time.monotonic) -> None:
        self._away = away
        self._back = back
        self._clock = clock
        self._door = Lock()
        self._said = False
        self._last = clock() - QUIET_SECONDS

    def met(self, error: BaseException) -> None:
        """The server does not answer."""
        with self._door:
            if self._said or self._clock() - self._last < QUIET_SECONDS:
                return
            self._said, self._last = True, self._clock()
        logs.warning(self._away, cause=str(error))

    def over(self) -> None:
        """The server has answered."""
        if not self._said:
            return
        with self._door:
            said, self._said = self._said, False
            if said:
                # A connection from before the outage may still fail after the first answer.
                self._last = self._clock()
        if said:
            logs.info(self._back)


def broker_outage() -> Outage:
    """For a process that talks to Redis."""
    return Outage(Event.broker_away, Event.broker_back)


def database_outage() -> Outage:
    """For a process that talks to Postgres."""
    return Outage(Event.database_away, Event.database_back)
