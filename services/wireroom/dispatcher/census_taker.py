"""The census taker: beside the dispatching, keeps the gauges that show the whole ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import product
from threading import Event as Flag
from threading import Thread

from prometheus_client import Metric

from wireroom import metrics
from wireroom.database import connect
from wireroom.dispatcher.care import tell_failed
from wireroom.ledger import census
from wireroom.ledger.census import Census
from wireroom.ledger.life import ON_THE_LINE
from wireroom.ledger.sources import STATES
from wireroom.settings import Settings
from wireroom.topology import QUEUED
from wireroom.volumes import verdicts

COUNT_SECONDS = 15.0
PART_OF_TIME = 20
"""It rests this many times as long as it counts, so that it takes a twentieth of one core of Postgres at most."""
STALE_SECONDS = 120.0
"""Older gauges are not shown: they would look like a line that stands still."""
# One process of Postgres, and no machine code for a query of a fraction of a second.
_FRUGAL = {"max_parallel_workers_per_gather": "0", "jit": "off", "statement_timeout": "60s"}


class CensusTaker:
    """Counts in a thread of its own, over connections of its own. Itself a collector: what it shows is fresh."""

    def __init__(self, given: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = given
        self._clock = clock
        self._good_until = clock()
        self._failing = False
        self._groups = dict.fromkeys(product(("fetch", "process"), ("live", "backfill"), [*map(str, ON_THE_LINE)]), 0)
        self._flights = dict.fromkeys(product(QUEUED, ("queued", "started")), 0)

    def start(self, stopping: Flag) -> None:
        """Count now and again until `stopping` is set."""
        Thread(target=self._work, args=(stopping,), name="census", daemon=True).start()

    def collect(self) -> Iterable[Metric]:
        """The gauges; nothing while they could not be counted."""
        return metrics.LEDGER.collect() if self._clock() < self._good_until else ()

    def _work(self, stopping: Flag) -> None:
        rest = 0.0
        while not stopping.wait(rest):
            started = self._clock()
            try:
                self.count()
            except Exception as error:  # noqa: BLE001 - nothing depends on a census; without this thread there is none
                if not self._failing:
                    tell_failed(error)
                self._failing = True
            rest = max(COUNT_SECONDS, PART_OF_TIME * (self._clock() - started))

    def count(self) -> None:
        """One census."""
        with connect(self._settings.database_url, "census", **_FRUGAL) as db:
            started = self._clock()
            self._show(census.take(db))
        took = self._clock() - started
        self._good_until = self._clock() + max(STALE_SECONDS, 3 * PART_OF_TIME * took)
        self._failing = False

    def _show(self, counted: Census) -> None:
        # Where nobody is any more there are 0.
        self._groups = dict.fromkeys(self._groups, 0) | counted.line
        for group, articles in self._groups.items():
            metrics.LINE_ARTICLES.labels(*group).set(articles)
        for lane in ("live", "backfill"):
            metrics.OLDEST_UNFINISHED.labels(lane).set(counted.oldest.get(lane, 0.0))
        for place, flights in (dict.fromkeys(self._flights, 0) | counted.flights).items():
            metrics.LIVE_FLIGHTS.labels(*place).set(flights)
        metrics.QUARANTINE.set(counted.quarantined)
        metrics.REFUSALS.set(counted.refusals)
        metrics.PAUSES.set(counted.pauses)
        metrics.BREAKS.set(counted.breaks)
        for state, polled in (dict.fromkeys(STATES, 0) | counted.polled).items():
            metrics.POLLED_SOURCES.labels(state).set(polled)
        metrics.POLLS_LATE.set(counted.polls_late)
        for state, sources in (dict.fromkeys(verdicts.STATES, 0) | counted.sources).items():
            metrics.SOURCES.labels(state).set(sources)
        metrics.UNHEARD.set(counted.unheard)
        metrics.GAP.set(counted.gap if counted.gap is not None else float("nan"))
        metrics.RECONCILIATION_AGE.set(counted.reconciled if counted.reconciled is not None else float("nan"))
