"""The flight of a poll at work: what it brings goes into the ledger, in transactions that a crash may come between."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from wireroom import logs, metrics
from wireroom.crash import Point, crash_at
from wireroom.database import AWAY
from wireroom.errors import Busy, Failure, Transient
from wireroom.formats.listing import Listing
from wireroom.ingest import children, entries
from wireroom.ingest.children import Led
from wireroom.ingest.entries import Sorted
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.flight import LedgerHouse
from wireroom.ingest.poll import Brought, Tools, bring
from wireroom.ingest.reader import Reader
from wireroom.ingest.visit import Left
from wireroom.ledger import hosts, pace, polls
from wireroom.ledger.accept import CHUNK, Tickets
from wireroom.ledger.pace import Bounds, Found
from wireroom.ledger.poll_terms import End, Ended, Peace, Shown, Tally, ToPoll
from wireroom.logs import Event
from wireroom.room import TOUCH_SECONDS, Room, Stopped, Superseded

MISSED = 5
"""Where so many entries and more are all new, those before them may have been missed."""
GONE = 410


class Polling:
    """What all polls of a worker share."""

    def __init__(self, fetcher: Fetcher, reader: Reader) -> None:
        self.fetcher = fetcher
        self.tickets = Tickets()
        self._reader = reader
        # Apart from the threads that write to the ledger: a reading may last.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="reading")

    async def read(self, body: bytes, content_type: str, url: str) -> Listing:
        """As `Reader.read`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._reader.read, body, content_type, url)

    def close(self) -> None:
        """End the readers."""
        self._reader.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


class PollFlight:
    """One poll."""

    def __init__(self, desk: Room, number: int, source: ToPoll, polling: Polling) -> None:
        self._desk = desk
        self._number = number
        self._source = source
        self._polling = polling
        self._peace = Peace()
        self._began = time.monotonic()
        given = desk.settings
        self._bounds = Bounds(given.poll_fastest, given.poll_slowest).of(source.fastest, source.slowest)

    async def bring(self) -> Brought | Exception:
        """What the address says now; or why it cannot be told."""
        desk, source = self._desk, self._source
        house = PollHouse(desk, self._number, source.host)

        async def known(marks: Sequence[bytes]) -> Mapping[bytes, bytes]:
            return await house.work(lambda connection: polls.known(connection, source.id, marks))

        async with self._polling.fetcher.visit(source.host, house, desk.settings.host_delay) as visit:
            tools = Tools(self._polling.fetcher, visit, self._polling.read, known)
            try:
                brought: Brought | Exception = await self._alive(bring(source, tools))
            except (Superseded, *AWAY):
                raise
            except Left as left:
                raise Stopped from left
            except Exception as error:  # noqa: BLE001 - a surprise must end in the ledger
                brought = error
            busy = brought if isinstance(brought, Busy) else None
            delay = visit.delay if visit.asked else None
            self._peace = Peace(delay, not isinstance(brought, Exception), busy, desk.settings.retry_seconds)
        return brought

    async def _alive(self, work: Coroutine[Any, Any, Brought]) -> Brought:
        """What the work brings; meanwhile the ledger hears that it goes on: others may be read before it."""
        pulse = TOUCH_SECONDS * min(1.0, self._desk.settings.lease_scale)
        task = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({task}, timeout=pulse))[0]:
                await asyncio.to_thread(self._desk.touch, self._number)
        except BaseException:
            task.cancel()
            raise
        return task.result()

    def end(self, brought: Brought | Exception) -> None:
        """Write down what became of the poll; raises `Superseded` where others have it."""
        if isinstance(brought, Exception):
            self._fail(brought)
        elif brought.polled.elsewhere is not None:
            self._lead(brought, brought.polled.elsewhere)
        elif brought.listing is None:
            self._rest(brought)
        elif brought.leads:
            self._adopt(brought, brought.listing)
        else:
            self._accept(brought, brought.listing)

    def _fail(self, error: Exception) -> None:
        source, known = self._source, isinstance(error, Failure)
        cause = str(error) if known else f"{type(error).__name__}: {error}"
        asked = error.retry_after if isinstance(error, Transient) else None
        failures = source.failures + 1
        wait = pace.wait_after_failure(source.pace, failures, self._bounds, asked, _jitter())
        status = error.status if isinstance(error, Failure) else None
        if status == GONE:
            wait = self._bounds.slowest
        end = self._made(End("failed", 0.0, source.ask, wait, http_status=status, cause=cause))
        self._finish(end, Tally(), ())
        logs.warning(Event.source_failed, source_id=source.id, url=source.ask, cause=cause, failures=failures,
                     again_in=round(wait), exc_info=None if known else error)  # fmt: skip

    def _lead(self, brought: Brought, to: str) -> None:
        source = self._source
        with self._desk.pool.connection() as connection:
            for_good = brought.polled.moved_to == to
            if not polls.lead(connection, self._number, source, to, self._peace, for_good=for_good):
                raise Superseded
        logs.info(Event.source_led, source_id=source.id, url=source.ask, to=to)
        self._desk.broker.wake()

    def _rest(self, brought: Brought) -> None:
        """It is as it was."""
        source = self._source
        rhythm = pace.after_silence(source.pace, source.changed, self._bounds)
        # What an answer leaves out is as it was, too.
        validators = brought.polled.validators
        end = replace(
            self._read("unchanged", brought, rhythm), etag=validators.etag or source.etag,
            last_modified=validators.last_modified or source.last_modified,
        )  # fmt: skip
        self._finish(end, Tally(), ())

    def _accept(self, brought: Brought, listing: Listing) -> None:
        source, now = self._source, datetime.now(UTC)
        if source.kind is None and listing.kind == "news_sitemap":
            source = source._replace(lane="live")
        found = entries.sort(brought.entries, brought.marks, brought.known, source, now)
        new = sum(one.hash not in brought.known for one in found.shown)
        missed = source.read is not None and new >= MISSED and not brought.known
        times = entries.times(brought.entries)
        rhythm = pace.after_reading(Found(now, times, new, source.read, missed), source.pace, self._bounds)
        end = replace(
            self._read("read", brought, rhythm, *_doubts(found, missed=missed)), changed=bool(found.shown),
            lane=source.lane if source.lane != self._source.lane else None,
        )  # fmt: skip
        self._finish(end, found.tally, found.shown, still=found.still)

    def _adopt(self, brought: Brought, listing: Listing) -> None:
        now = datetime.now(UTC)
        led = children.lead(brought.found, brought.found_marks, brought.known, self._source, now)
        times = [said for one in brought.found if (said := entries.moment(one.updated))]
        found = Found(now, times, len(led.children), self._source.read)
        rhythm = pace.after_reading(found, self._source.pace, self._bounds)
        if listing.kind == "page":
            # It is polled for the feeds that it names, which seldom change.
            rhythm = self._bounds.slowest
        refused = [f"{led.refused:,} addresses cannot be asked for"] if led.refused else []
        nothing = [] if brought.found else ["no feed and no sitemap was found here"]
        end = replace(self._read("read", brought, rhythm, *refused, *nothing), changed=bool(led.children))
        self._finish(end, Tally(), (), led=led)

    def _read(self, status: str, brought: Brought, rhythm: float, *doubts: str) -> End:
        """The end of a poll that came to something."""
        polled, listing = brought.polled, brought.listing
        asked = [polled.max_age, listing.ttl if listing else None]
        cause = "; ".join((*doubts, *brought.problems)) or None
        return self._made(End(
            "unchanged" if status == "unchanged" else "read", 0.0, polled.url,
            pace.wait(rhythm, self._bounds, asked, _jitter()), rhythm, polled.status, len(polled.body or b""), cause,
            listing.kind if listing else None, listing.title if listing else None, polled.validators.etag,
            polled.validators.last_modified, brought.digest, moved_to=_moved_to(self._source, brought),
        ))  # fmt: skip

    def _made(self, end: End) -> End:
        return replace(end, seconds=round(time.monotonic() - self._began, 3))

    def _finish(
        self, end: End, before: Tally, shown: Sequence[Shown], *, still: Sequence[bytes] = (), led: Led | None = None
    ) -> None:
        last = self._take_most(shown)
        with self._desk.pool.connection() as connection:
            ended = polls.finish(
                connection, self._number, self._source, end, before + last[0], last[1], self._polling.tickets,
                children=led.children if led else (), unchanged=led.unchanged if led else (), still=still,
                peace=self._peace,
            )  # fmt: skip
        if ended is None:
            raise Superseded
        crash_at(Point.POLL_COMMITTED)
        self._desk.broker.wake()
        self._tell(end, ended)

    def _take_most(self, shown: Sequence[Shown]) -> tuple[Tally, Sequence[Shown]]:
        """Accept all but the last ones: a long list is more than one transaction should hold."""
        tally, rest = Tally(), shown
        while len(rest) > CHUNK:
            self._desk.touch(self._number)
            with self._desk.pool.connection() as connection:
                taken = polls.take(connection, self._number, self._source.id, rest[:CHUNK], self._polling.tickets)
            if taken is None:
                raise Superseded
            crash_at(Point.POLL_BETWEEN_CHUNKS)
            self._desk.broker.wake()
            tally, rest = tally + taken, rest[CHUNK:]
        return tally, rest

    def _tell(self, end: End, ended: Ended) -> None:
        tally, source = ended.tally, self._source
        counts = {"known": tally.known, "accepted": tally.accepted, "sighted": tally.sighted, "refused": tally.refused}
        metrics.count_poll(end.status, counts)
        if end.moved_to:
            logs.info(Event.source_moved, source_id=source.id, url=source.url, to=end.moved_to)
        if end.status != "failed":
            logs.info(Event.source_polled, source_id=source.id, url=source.ask, status=end.status, seen=tally.seen,
                      found=ended.found, cause=ended.cause, again_in=round(end.wait), **counts)  # fmt: skip


class PollHouse(LedgerHouse):
    """For the visit of a poll."""

    async def admit(self) -> bool:
        """Raises `Superseded` where others have the poll."""
        await asyncio.to_thread(self._desk.touch, self.flight, now=True)
        return await self.work(lambda connection: hosts.is_open(connection, self.host))


def _moved_to(source: ToPoll, brought: Brought) -> str | None:
    """Where it is polled from now on: it is there, and every redirect on the way said that it is for good."""
    polled = brought.polled
    here = polled.url == source.ask or polled.moved_to is not None
    return polled.url if polled.url != source.url and here and source.for_good else None


def _doubts(found: Sorted, *, missed: bool) -> list[str]:
    told = ["may have missed entries: none of those it shows was known"] if missed else []
    if found.unbelieved:
        told.append(f"{found.unbelieved:,} entries have one new time at once, which is not believed")
    return told


def _jitter() -> float:
    return random.random()  # noqa: S311 - it only spreads load
