"""The ingest worker: `python -m wireroom.ingest.worker`. Threads hand their flights to one event loop and wait."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from functools import partial
from threading import Timer

from celery import signals

from wireroom import logs, metrics, room
from wireroom.contracts import FetchedPage
from wireroom.crash import Point, crash_at
from wireroom.deadline import STOP_SECONDS
from wireroom.errors import Unusable
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.loop import Loop
from wireroom.ingest.stage import PageRequest, fetch_flight
from wireroom.ledger import ends, flights
from wireroom.ledger.ends import Failed
from wireroom.logs import Event
from wireroom.room import Room, Stopped

CONNECTIONS = 4
_loop = Loop()
_fetcher: list[Stopwatch] = []


class Stopwatch:
    """A fetcher whose fetches are timed."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def fetch(self, url: str, source: str | None = None) -> FetchedPage:
        """As `Fetcher.fetch`."""
        with metrics.timed("ingest"):
            return await self._fetcher.fetch(url, source)


def open_fetcher(desk: Room) -> None:
    """Start the loop and its HTTP client."""
    given = desk.settings
    fetcher = Fetcher(given.user_agent, given.fetch_seconds, given.content_bytes, given.fetch_allow,
                      answered=metrics.count_fetch)  # fmt: skip
    _loop.start()
    _fetcher.append(Stopwatch(_loop.run(fetcher.__aenter__())))
    signals.worker_shutting_down.connect(_stop, weak=False)


def _stop(**_: object) -> None:
    """What is still being fetched at the deadline is given up; whoever fetches again asks for it again."""
    timer = Timer(STOP_SECONDS, _loop.close)
    timer.daemon = True
    timer.start()


def receive(desk: Room, flight: int, _: str | None) -> None:
    """Fetch the pages of a flight; each is captured as soon as it is there."""
    with desk.pool.connection() as connection:
        wanted = flights.pages_to_fetch(connection, flight)
    runs = {one.job_id: one.run for one in wanted}
    logs.info(Event.flight_started, articles=len(wanted))
    pages, left = [PageRequest(one.job_id, one.url, one.host, one.source) for one in wanted], set(runs)

    async def deliver(page: PageRequest, result: FetchedPage | Exception) -> None:
        await asyncio.to_thread(partial(take, desk, flight, runs[page.job_id], page, result))
        left.discard(page.job_id)

    stopping = desk.deadline.is_set
    try:
        if not stopping():
            _loop.run(fetch_flight(pages, _fetcher[0], desk.settings.host_delay, deliver, stopping=stopping))
    except CancelledError as error:
        raise Stopped from error
    if left:
        raise Stopped


def take(desk: Room, flight: int, run: int, page: PageRequest, result: FetchedPage | Exception) -> None:
    """Write down what became of one page."""
    delay, sources = desk.settings.host_delay, {page.job_id: page.source}
    desk.touch(flight)
    with logs.bound(job=page.job_id, source=page.source):
        if isinstance(result, Unusable):
            desk.reject([(page.job_id, run)], [ends.rejection(page.job_id, result, {})], sources, delay)
        elif isinstance(result, Exception):
            desk.fail(flight, [Failed(page.job_id, result)], sources, delay)
        else:
            with desk.pool.connection() as connection:
                mine = ends.capture(connection, flight, page.job_id, result, delay)
            if mine:
                crash_at(Point.CAPTURE_COMMITTED)
                logs.info(Event.page_captured, url=result.url, status=result.status, bytes=len(result.body))
                desk.broker.wake()
            else:
                # A twin has this page; if it has the whole flight, the publisher is not asked for more.
                desk.touch(flight, now=True)


if __name__ == "__main__":
    room.run(
        "ingest",
        receive,
        opened=open_fetcher,
        pool="threads",
        concurrency=lambda given: given.fetch_concurrency,
        connections=CONNECTIONS,
    )
