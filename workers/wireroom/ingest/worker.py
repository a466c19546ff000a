"""The ingest worker: `python -m wireroom.ingest.worker`. Threads hand their flights to one event loop and wait."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError
from threading import Timer

from celery import signals

from wireroom import logs, metrics, room
from wireroom.contracts import FetchedPage
from wireroom.deadline import STOP_SECONDS
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.flight import Flight
from wireroom.ingest.loop import Loop
from wireroom.ingest.polling import PollFlight, Polling
from wireroom.ingest.reader import Reader
from wireroom.ingest.stage import fetch_flight
from wireroom.ingest.visit import Visit
from wireroom.ledger import flights, polls
from wireroom.logs import Event
from wireroom.room import Room, Stopped, Superseded
from wireroom.topology import POLL

CONNECTIONS = 8
_loop = Loop(CONNECTIONS)
_fetcher: list[Stopwatch] = []
_polling: list[Polling] = []


class Stopwatch(Fetcher):
    """A fetcher whose fetches are timed."""

    async def fetch(
        self, url: str, source: str | None = None, *, visit: Visit | None = None, redirects: Sequence[str] = (),
        obeys: bool = True,
    ) -> FetchedPage:  # fmt: skip
        """As `Fetcher.fetch`."""
        with metrics.timed("ingest"):
            return await super().fetch(url, source, visit=visit, redirects=redirects, obeys=obeys)


def open_fetcher(desk: Room) -> None:
    """Start the loop and its HTTP client."""
    _loop.start()
    _fetcher.append(Stopwatch.of(desk.settings, answered=metrics.count_fetch))
    _polling.append(Polling(_fetcher[0], Reader()))
    signals.worker_shutting_down.connect(_stop, weak=False)
    signals.worker_shutdown.connect(lambda **_: _polling[0].close(), weak=False)


def _stop(**_: object) -> None:
    """What is still being fetched at the deadline is given up; whoever fetches again asks for it again."""
    timer = Timer(STOP_SECONDS, _loop.close)
    timer.daemon = True
    timer.start()


def receive(desk: Room, number: int, _: str | None) -> None:
    """Fetch the pages of a flight; each is captured as soon as it is there."""
    with desk.pool.connection() as connection:
        flight = Flight(desk, number, _fetcher[0], flights.pages_to_fetch(connection, number))
    logs.info(Event.flight_started, articles=len(flight.pages))
    flight.tell_what_is_ignored()
    stopping = desk.deadline.is_set
    try:
        if not stopping():
            _loop.run(fetch_flight(flight.pages, _fetcher[0], flight, stopping=stopping))
    except CancelledError as error:
        raise Stopped from error
    if flight.left:
        raise Stopped


def receive_poll(desk: Room, number: int, _: str | None) -> None:
    """Poll the source of a flight."""
    with desk.pool.connection() as connection:
        source = polls.to_poll(connection, number)
    if source is None:
        raise Superseded
    with logs.bound(source=source.source):
        if not source.robots:
            logs.warning(Event.robots_ignored, source=source.source, articles=0)
        flight = PollFlight(desk, number, source, _polling[0])
        if desk.deadline.is_set():
            raise Stopped
        try:
            brought = _loop.run(flight.bring())
        except CancelledError as error:
            raise Stopped from error
        flight.end(brought)


if __name__ == "__main__":
    room.run(
        "ingest",
        receive,
        opened=open_fetcher,
        pool="threads",
        concurrency=lambda given: given.fetch_concurrency,
        connections=CONNECTIONS,
        beside={POLL: receive_poll},
    )
