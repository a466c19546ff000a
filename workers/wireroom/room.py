"""The room every flight goes through: the one Celery shell of the workers.

It unpacks the flight, runs the stage on each article, sorts the ends, and passes the rest on. Stages know nothing of
it; it knows nothing of articles.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from copy import copy
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from celery import signals

from wireroom import logs, metrics
from wireroom.blame import Blame
from wireroom.broker import CONSUMER_SECONDS, Broker, BrokerAway, make_app
from wireroom.burial import bury_the_dead
from wireroom.consumer import consume
from wireroom.crash import Point, crash_at
from wireroom.database import AWAY, Pool, connect, open_pool
from wireroom.database.migrate import check_schema
from wireroom.deadline import Deadline
from wireroom.errors import Unusable, WireroomError
from wireroom.ledger import ends, flights, polls
from wireroom.ledger.ends import End, Failed, clean
from wireroom.ledger.life import RetryPolicy
from wireroom.logs import Event
from wireroom.outages import broker_outage, database_outage
from wireroom.probes import Probes, serve
from wireroom.readiness import Readiness
from wireroom.scoreboard import Scoreboard
from wireroom.settings import Settings, settings
from wireroom.topology import NEXT_STAGE, POLL, task_name
from wireroom.watchdog import Watchdog

In = TypeVar("In")
Out = TypeVar("Out")

TOUCH_SECONDS = 5.0
_PATIENCE_SECONDS = 60.0


class Item(NamedTuple, Generic[In]):
    """An article at a stage; `stages` are its seconds of work so far."""

    job_id: int
    run: int
    value: In
    stages: dict[str, float]
    source: str | None = None


class Superseded(Exception):  # noqa: N818 - it is what happened
    """The flight is not this worker's any more: others have its articles, or have finished them."""


class Stopped(Exception):  # noqa: N818 - it is what happened
    """The worker was told to stop, and its deadline has passed: others shall have what is left of the flight."""


Sources = Mapping[int, str | None]
"""Job -> source, for the log."""
Handler = Callable[["Room", int, str | None], None]
"""Works on a started flight; articles are those that its message carries."""


class Room:
    """What one worker process has to work with."""

    def __init__(
        self, stage: str, given: Settings, broker: Broker, connections: int = 1, blame: Blame | None = None,
        deadline: Deadline | None = None,
    ) -> None:  # fmt: skip
        self.stage = stage
        self._blame = blame
        self.deadline = deadline or Deadline()
        self._database, self._redis = database_outage(), broker_outage()
        self.settings = given
        self.broker = broker
        self.pool: Pool = open_pool(given.database_url, stage, connections)
        self.worker = f"{stage}@{socket.gethostname()}:{os.getpid()}"
        self.retries = RetryPolicy(given.retries, given.surprise_retries, given.retry_seconds)
        self._touched: dict[int, float] = {}

    def beside(self, stage: str) -> Room:
        """The same room, with work on flights of another stage in it."""
        other = copy(self)
        other.stage, other._touched = stage, {}
        return other

    def close(self) -> None:
        """Give connections back."""
        self.pool.close()
        self.broker.close()

    def receive(self, handler: Handler, flight: int, articles: str | None) -> None:
        """Start the flight and give it to `handler`, unless it was superseded; hand it back if Postgres goes away."""
        with logs.bound(flight=flight, stage=self.stage):
            try:
                with self.pool.connection() as connection:
                    mine = flights.start(connection, flight, self.stage, self.worker)
                self._database.over()
                if not mine:
                    raise Superseded
                self._touched[flight] = time.monotonic()
                crash_at(Point.STARTED)
                handler(self, flight, articles)
            except Superseded:
                logs.info(Event.flight_dropped)
            except Stopped:
                logs.info(Event.flight_handed_back)
                self._hand_back(flight, (), "")
            except AWAY as error:
                self._database.met(error)
                self._hand_back(flight, (), "")
            except Exception as error:  # noqa: BLE001 - whose fault it is shows when they fly alone
                logs.error(Event.flight_failed, exc_info=error)
                self._hand_back(flight, None, f"{type(error).__name__}: {error}")
            finally:
                self._touched.pop(flight, None)

    def touch(self, flight: int, *, now: bool = False) -> None:
        """Say that the flight makes progress, at most every few seconds unless `now`; raises `Superseded`."""
        moment = time.monotonic()
        if now or moment - self._touched.get(flight, 0.0) > TOUCH_SECONDS * min(1.0, self.settings.lease_scale):
            self._touched[flight] = moment
            with self.pool.connection() as connection:
                if not flights.touch(connection, flight, self.stage):
                    raise Superseded

    def work(self, flight: int, items: Sequence[Item[In]], work: Callable[[In], Out]) -> list[Item[Out]]:
        """Do the stage's work on each article; returns those that go on. The others have left the flight."""
        logs.info(Event.flight_started, articles=len(items))
        sources = {item.job_id: item.source for item in items}
        done: list[Item[Out]] = []
        rejected: list[tuple[int, End]] = []
        failed: list[Failed] = []
        for item in items:
            if self.deadline.has_passed():
                raise Stopped
            with logs.bound(job=item.job_id, source=item.source):
                started = time.perf_counter()
                try:
                    with (
                        metrics.timed(self.stage),
                        self._blame.article(flight, item.job_id) if self._blame else nullcontext(),
                    ):
                        value = work(item.value)
                except Unusable as error:
                    rejected.append((item.run, ends.rejection(item.job_id, error, item.stages)))
                except Exception as error:  # noqa: BLE001 - a surprise must end in the ledger, and the others go on
                    failed.append(Failed(item.job_id, error))
                else:
                    stages = item.stages | {self.stage: round(time.perf_counter() - started, 6)}
                    done.append(Item(item.job_id, item.run, value, stages, item.source))
            self.touch(flight)
        self.reject([(end.job_id, run) for run, end in rejected], [end for _, end in rejected], sources)
        self.fail(flight, failed, sources)
        return done

    def pass_on(self, flight: int, articles: str) -> None:
        """Hand the flight over to its next stage, then publish it. A raised publish means "maybe sent": the ledger's
        rules of lost flights do the rest."""
        crash_at(Point.WORKED)
        next_stage = NEXT_STAGE[self.stage]
        try:
            epoch = self.broker.epoch()
        except BrokerAway:
            epoch = ""
        with self.pool.connection() as connection:
            if not flights.hand_over(connection, flight, self.stage, next_stage, epoch):
                raise Superseded
        crash_at(Point.HANDED_OVER)
        try:
            self.broker.publish(next_stage, flight, articles)
            crash_at(Point.PUBLISHED)
            self._redis.over()
            logs.info(Event.flight_passed, to=next_stage, bytes=len(articles))
        except BrokerAway as error:
            self._redis.met(error)

    def reject(
        self, runs: Sequence[tuple[int, int]], rejections: Sequence[End], sources: Sources, delay: float | None = 0.0
    ) -> None:
        """Write rejections into the ledger, unless a twin was first."""
        if not rejections:
            return
        with self.pool.connection() as connection:
            mine = ends.reject(connection, self.stage, runs, rejections, delay=delay)
        crash_at(Point.REJECT_COMMITTED)
        for end in rejections:
            if end.job_id in mine:
                logs.info(Event.article_rejected, job=end.job_id, source=sources[end.job_id],
                          reason=end.reason, cause=end.cause)  # fmt: skip

    def fail(self, flight: int, failed: Sequence[Failed], sources: Sources, delay: float = 0.0) -> None:
        """Take failed articles out of the flight: to be tried again, or to quarantine."""
        if not failed:
            return
        with self.pool.connection() as connection:
            found = ends.fail(connection, flight, self.stage, self.worker, failed, self.retries, delay=delay)
        crash_at(Point.FAIL_COMMITTED)
        errors = {one.job_id: one.error for one in failed}
        for failure in found:
            trace = errors[failure.job_id] if failure.kind == "surprise" else None
            event = Event.article_quarantined if failure.retry_in is None else Event.article_failed
            if failure.retry_in is not None:
                metrics.RETRIES.labels(self.stage, failure.kind).inc()
            logs.warning(event, job=failure.job_id, source=sources[failure.job_id], kind=failure.kind,
                         cause=failure.cause, again_in=failure.retry_in, exc_info=trace)  # fmt: skip

    def _hand_back(self, flight: int, blamed: Sequence[int] | None, cause: str) -> None:
        """Make everybody in the flight ready again, once Postgres answers; if it does not, the lease will do it."""
        hand_back = polls.hand_back if self.stage == POLL else ends.hand_back
        until, delay, trying = time.monotonic() + _PATIENCE_SECONDS, self.settings.host_delay, True
        while trying:
            trying = time.monotonic() < until and not self.deadline.has_passed()
            try:
                with self.pool.connection() as connection, connection.transaction():
                    hand_back(connection, flight, self.stage, self.worker, blamed, clean(cause), delay)
            except AWAY:
                time.sleep(0.5)
            else:
                crash_at(Point.HAND_BACK_COMMITTED)
                self.broker.wake()
                return


def run(
    stage: str,
    handler: Handler,
    *,
    warm: Callable[[], object] = bool,
    opened: Callable[[Room], object] = bool,
    pool: str = "prefork",
    concurrency: Callable[[Settings], int] = lambda given: given.concurrency,
    connections: int = 1,
    bounded: bool = False,
    beside: Mapping[str, Handler] = MappingProxyType({}),
) -> None:
    """Be a worker of `stage` until SIGTERM. Ends with a sentence where the settings, Postgres or the schema are wrong.

    `warm` loads what all processes share before they fork; `opened` prepares the room of each. Where the work is
    `bounded`, an article may take so much time and memory and no more: its process dies of it, and it is blamed. The
    queues of the stages `beside` it are read too.
    """
    try:
        given = settings()
        logs.configure(stage, given.log_format, given.log_level)
        with connect(given.database_url, stage) as connection:
            check_schema(connection)
        readiness = Readiness(stage, given)
        scoreboard = Scoreboard() if pool == "prefork" and given.metrics_port else None
        probes = Probes(readiness, [scoreboard.registry if scoreboard else metrics.WORKER])
        metrics.begin_worker(stage)
        serve(probes.paths, given.metrics_host, given.metrics_port)
        warm()
    except WireroomError as error:
        sys.exit(f"wireroom {stage}: {error}")
    # What is loaded by now stays: the garbage collector need not walk over it again and again.
    gc.freeze()
    app = make_app(given.redis_url, CONSUMER_SECONDS)
    rooms: list[Room] = []
    blame = Blame(given.article_seconds, given.worker_bytes) if bounded else None
    deadline = Deadline()

    def open_room(**_: Any) -> None:
        if blame:
            blame.arm()
        rooms.append(Room(stage, given, Broker(given.redis_url), connections, blame, deadline))
        opened(rooms[0])

    def close_room(**_: Any) -> None:
        for room in rooms:
            room.close()

    if pool == "prefork":
        signals.worker_process_init.connect(open_room, weak=False)
        signals.worker_process_shutdown.connect(close_room, weak=False)
    else:
        signals.worker_init.connect(open_room, weak=False)
        signals.worker_shutdown.connect(close_room, weak=False)

    def take(name: str, handle: Handler) -> None:
        def receive(flight: int, articles: str | None = None) -> None:
            (rooms[0] if name == stage else rooms[0].beside(name)).receive(handle, flight, articles)

        app.task(receive, name=task_name(name))

    handlers = {stage: handler, **beside}
    for name, handle in handlers.items():
        take(name, handle)
    signals.worker_ready.connect(lambda **_: readiness.start(), weak=False)
    signals.worker_shutting_down.connect(lambda **_: deadline.set(), weak=False)
    bury_the_dead(stage, given, blame, scoreboard)
    Watchdog(stage, given, [*handlers]).watch()
    consume(app, stage, pool, concurrency(given), [*handlers])
