"""A flight of pages at work: what the stage finds goes into the ledger, and what it must know comes from there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from wireroom import logs, urls
from wireroom.contracts import FetchedPage
from wireroom.crash import Point, crash_at
from wireroom.database import AWAY, Connection
from wireroom.errors import Unusable
from wireroom.ingest.fetch import Fetcher, Moved
from wireroom.ingest.robots import MOST_DELAY, Told
from wireroom.ingest.stage import Found, PageRequest
from wireroom.ingest.visit import Visit
from wireroom.ledger import captures, ends, hosts, robots
from wireroom.ledger.ends import Failed
from wireroom.ledger.flights import ToFetch
from wireroom.logs import Event
from wireroom.room import Room, Superseded

T = TypeVar("T")


class Flight:
    """The tools of the stage for one flight of pages; `left` are its jobs that have not left it."""

    trouble: tuple[type[Exception], ...] = (Superseded, *AWAY)

    def __init__(self, desk: Room, number: int, fetcher: Fetcher, wanted: Sequence[ToFetch]) -> None:
        self._desk = desk
        self._number = number
        self._fetcher = fetcher
        self._runs = {one.job_id: one.run for one in wanted}
        self.left = set(self._runs)
        self.pages = [
            PageRequest(one.job_id, one.url, one.host, one.source, one.redirects, one.obeys) for one in wanted
        ]

    def tell_what_is_ignored(self) -> None:
        """Nobody's rules are ignored in silence."""
        ignored = Counter(page.source for page in self.pages if not page.obeys)
        for source, articles in ignored.items():
            logs.warning(Event.robots_ignored, source=source, articles=articles)

    def visit(self, host: str) -> Visit:
        """A visit to a host; the ledger knows of it."""
        return self._fetcher.visit(host, FlightHouse(self._desk, self._number, host), self._desk.settings.host_delay)

    async def deliver(self, found: Found) -> None:
        """Write down what became of a page."""
        await asyncio.to_thread(self.take, found)
        self.left.discard(found.page.job_id)

    async def set_down(self, pages: Sequence[PageRequest], delay: float) -> None:
        """These leave the flight as they boarded it."""
        await asyncio.to_thread(self._set_down, [page.job_id for page in pages], delay)
        self.left -= {page.job_id for page in pages}

    def take(self, found: Found) -> None:
        """Write down what became of one page."""
        page, result, delay = found.page, found.result, found.delay or 0.0
        desk, sources = self._desk, {page.job_id: page.source}
        desk.touch(self._number)
        with logs.bound(job=page.job_id, source=page.source):
            if isinstance(result, Moved):
                self._move(page, result, delay)
            elif isinstance(result, Unusable):
                end = ends.rejection(page.job_id, result, {})
                desk.reject([(page.job_id, self._runs[page.job_id])], [end], sources, found.delay)
            elif isinstance(result, Exception):
                desk.fail(self._number, [Failed(page.job_id, result)], sources, delay)
            else:
                self._capture(page, result, delay)

    def _capture(self, page: PageRequest, result: FetchedPage, delay: float) -> None:
        with self._desk.pool.connection() as connection:
            mine = captures.capture(connection, self._number, page.job_id, result, delay)
        if mine:
            crash_at(Point.CAPTURE_COMMITTED)
            logs.info(Event.page_captured, url=result.url, status=result.status, bytes=len(result.body))
        self._go_on(mine=mine)

    def _move(self, page: PageRequest, moved: Moved, delay: float) -> None:
        with self._desk.pool.connection() as connection:
            mine = captures.move(connection, self._number, page.job_id, moved.url, moved.redirects, delay)
        if mine:
            crash_at(Point.MOVE_COMMITTED)
            logs.info(Event.page_moved, url=moved.url)
        self._go_on(mine=mine)

    def _go_on(self, *, mine: bool) -> None:
        if mine:
            self._desk.broker.wake()
        else:
            # A twin has this page; if it has the whole flight, the publisher is not asked for more.
            self._desk.touch(self._number, now=True)

    def _set_down(self, jobs: Sequence[int], delay: float) -> None:
        self._desk.touch(self._number)
        with self._desk.pool.connection() as connection:
            captures.set_down(connection, self._number, jobs, delay)


class LedgerHouse:
    """What the ledger knows of a host, for a visit to it."""

    def __init__(self, desk: Room, flight: int, host: str) -> None:
        self._desk = desk
        self.flight = flight
        self.host = host

    async def rules(self, origin: str) -> str | None:
        """Those that are good."""
        return await self.work(lambda connection: robots.known(connection, origin))

    async def keep(self, origin: str, told: Told, delay: float | None) -> None:
        """A wish for a long time between two requests is granted up to a bound, and that is told."""
        granted = None if delay is None else min(delay, MOST_DELAY)
        host = urls.host(origin)
        if granted != delay:
            logs.warning(Event.crawl_delay_cut, host=host, seconds=delay, granted=granted)
        await self.work(
            lambda connection: robots.keep(connection, origin, host, told.status, told.text, told.seconds, granted)
        )

    async def borrow(self, host: str) -> bool:
        """For one request."""
        given = self._desk.settings
        seconds = given.fetch_seconds + given.host_delay
        return await self.work(lambda connection: hosts.borrow(connection, host, seconds))

    async def give_back(self, host: str) -> None:
        """After its delay it may be asked again."""
        await self.work(lambda connection: hosts.give_back(connection, host, self._desk.settings.host_delay))

    async def work(self, work: Callable[[Connection], T]) -> T:
        """Do something with the ledger, beside the loop."""
        return await asyncio.to_thread(self._work, work)

    def _work(self, work: Callable[[Connection], T]) -> T:
        with self._desk.pool.connection() as connection:
            return work(connection)


class FlightHouse(LedgerHouse):
    """For a visit of a flight of pages."""

    async def admit(self) -> bool:
        """Raises `Superseded` where others have the pages."""
        admission = await self.work(lambda connection: hosts.admit(connection, self.flight, self.host))
        if not admission.mine:
            raise Superseded
        await asyncio.to_thread(self._desk.touch, self.flight)
        return admission.open
