"""One dispatcher: looks at the ledger twice a second and at every wake-up."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from wireroom import logs, metrics
from wireroom.broker import Broker, BrokerAway
from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.ledger import lost
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.events import ROUND, Sequencer
from wireroom.ledger.launch import HOST_SECONDS, Launcher
from wireroom.ledger.life import Leg
from wireroom.ledger.lost import Watch
from wireroom.ledger.poll_launch import PollLauncher
from wireroom.logs import Event
from wireroom.outages import Outage
from wireroom.settings import Settings

LOOK_SECONDS = 0.5
SWEEP_SECONDS = 2.0
PATIENCE_SECONDS = 2.0
"""How long a flight of the busy process leg waits to be full."""
LAUNCHES = 8
"""Launches of a leg in one look: a crowd that waits for one busy host must not hold up the other leg and the watch."""
ROUNDS = 10
"""Rounds of the sequencer in one look."""
MOST_PAGES = 10
"""Of one host in a flight: they are fetched one after the other, and room is taken by all of them."""
DAY_SECONDS = 3600.0


class Dispatcher:
    """Launches what is ready and takes back what is lost, over one connection."""

    def __init__(
        self, connection: Connection, broker: Broker, given: Settings, outage: Outage,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._db = connection
        self._broker = broker
        self._delay = given.host_delay
        self._launchers: list[Launcher | PollLauncher] = [
            Launcher("process", bounds("process", given), clock),
            Launcher("fetch", bounds("fetch", given), clock),
            PollLauncher(given.poll_in_flight),
        ]
        self._watch = Watch(given.lease_scale, clock)
        self._sequencer = Sequencer()
        self._clock = clock
        self._due: dict[str, float] = {}
        self._outage = outage

    def run(self, stopping: Callable[[], bool]) -> None:
        """Work until `stopping()`; while Redis is away nothing is launched. Raises what Postgres raises."""
        while not stopping():
            try:
                for _ in self._broker.wakes(LOOK_SECONDS):
                    self.look()
                    if stopping():
                        return
            except BrokerAway as error:
                self._outage.met(error)
                self._look_for_lost(None, {})
                self._sequence()
                time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """One round. Raises `BrokerAway`: what was published may or may not have been sent."""
        epoch = self._broker.epoch(make=True)
        self._outage.over()
        # Before the others: what is below the watermarks has waited longest.
        sweep = self._is_time(SWEEP_SECONDS, "sweep")
        for launcher in self._launchers:
            for number in range(LAUNCHES):
                if not self._launch(launcher, epoch, sweep=sweep and number == 0):
                    break
        if self._is_time(LOOK_SECONDS, "watch"):
            self._watch_flights()
            self._sequence()
        if self._is_time(DAY_SECONDS, "days"):
            self._make_days()

    def _launch(self, launcher: Launcher | PollLauncher, epoch: str, *, sweep: bool) -> bool:
        """Launch what fits, then publish it; whether looking again at once is worth it."""
        launched = launcher.launch(self._db, epoch, sweep=sweep)
        for flight in launched.flights:
            crash_at(Point.LAUNCH_COMMITTED)
            self._broker.publish(flight.stage, flight.id)
            crash_at(Point.LAUNCH_PUBLISHED)
            metrics.FLIGHTS_LAUNCHED.labels(launcher.leg).inc()
            metrics.ARTICLES_LAUNCHED.labels(launcher.leg).inc(len(flight.jobs))
            logs.info(Event.flight_launched, flight=flight.id, stage=flight.stage, articles=len(flight.jobs))
        return launched.more

    def _sequence(self) -> None:
        """Give ends their positions."""
        sweep = self._is_time(SWEEP_SECONDS, "late endings")
        for _ in range(ROUNDS):
            ended = self._sequencer.sequence(self._db, sweep=sweep)
            metrics.count_ends(ended)
            if ended.total() < ROUND:
                return

    def _watch_flights(self) -> None:
        # In this order: a flight queued after the epoch was read is not judged by it.
        flights = lost.live_flights(self._db)
        waiting = self._broker.waiting({flight.queue for flight in flights})
        self._take_back(self._watch.look(flights, self._broker.epoch(), waiting))

    def _look_for_lost(self, epoch: str | None, waiting: dict[str, int]) -> None:
        self._take_back(self._watch.look(lost.live_flights(self._db), epoch, waiting))

    def _take_back(self, found: list[lost.Lost]) -> None:
        for one in found:
            failures = lost.take_back(self._db, one, self._delay)
            if failures is None:
                continue
            crash_at(Point.TAKE_BACK_COMMITTED)
            flight = one.flight
            metrics.LOST_FLIGHTS.labels(one.rule).inc()
            logs.warning(Event.flight_lost, flight=flight.id, stage=flight.stage, rule=one.rule, worker=flight.worker)
            for failure in failures:
                if failure.retry_in is None:
                    logs.warning(Event.article_quarantined, job=failure.job_id, kind="lost", cause=failure.cause)

    def _make_days(self) -> None:
        today = datetime.now(UTC).date()
        try:
            self._db.execute("SELECT make_capture_days(%s, %s)", [today, today + timedelta(days=2)])
        except (psycopg.errors.LockNotAvailable, psycopg.IntegrityError) as error:
            # The default partition takes what has none; it must not stop the line.
            logs.warning(Event.partition_missing, cause=str(error))

    def _is_time(self, seconds: float, what: str) -> bool:
        """Whether `seconds` have gone by since this was true."""
        now = self._clock()
        if now < self._due.get(what, now):
            return False
        self._due[what] = now + seconds
        return True


def bounds(leg: Leg, given: Settings) -> Bounds:
    """What the settings allow in flight."""
    pages = min(int(HOST_SECONDS / given.host_delay), MOST_PAGES) if given.host_delay else given.flight_articles
    return Bounds(
        in_flight=given.fetch_in_flight if leg == "fetch" else given.process_in_flight,
        bytes_in_flight=given.bytes_in_flight,
        articles=given.flight_articles,
        bytes=given.flight_bytes,
        pages=max(1, min(pages, given.flight_articles)),
        patience=PATIENCE_SECONDS,
    )
