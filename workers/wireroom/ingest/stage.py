"""The ingest stage: fetch the pages of a flight, hosts side by side, each host in peace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wireroom.contracts import FetchedPage
from wireroom.errors import Busy
from wireroom.ingest.visit import Left, Visit

TURN_SECONDS = 30.0
"""How long a flight goes on asking a host: a slow one must not keep it in the air for an hour."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page that a job waits for."""

    job_id: int
    url: str
    host: str
    """The unit of politeness."""
    source: str | None = None
    redirects: Sequence[str] = ()
    """Those that led to it from other hosts."""
    obeys: bool = True
    """Whether robots.txt is obeyed for it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a page: it came, or what fetching it raised. `delay` is for how many seconds its host is left in
    peace now; None: it was not asked."""

    page: PageRequest
    result: FetchedPage | Exception
    delay: float | None


class PageFetcher(Protocol):
    """What the stage needs of a `Fetcher`."""

    async def fetch(
        self, url: str, source: str | None = None, *, visit: Visit | None = None, redirects: Sequence[str] = (),
        obeys: bool = True,
    ) -> FetchedPage:  # fmt: skip
        """The page at `url`."""


class Tools(Protocol):
    """What the stage works with."""

    trouble: tuple[type[Exception], ...]
    """What they raise of which no page is to blame: it ends the flight."""

    def visit(self, host: str) -> Visit:
        """A visit to a host."""

    async def deliver(self, found: Found) -> None:
        """Write down what became of a page."""

    async def set_down(self, pages: Sequence[PageRequest], delay: float) -> None:
        """These were not asked for: their host is to be left in peace, for `delay` seconds at least."""


async def fetch_flight(
    pages: Iterable[PageRequest], fetcher: PageFetcher, tools: Tools, *, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Fetch every page and deliver it, or the exception that fetching it raised, as soon as it is there.

    Hosts do not wait for each other. Pages of one host are fetched in their order, in one visit; where the host is busy
    or paused, the rest of them is set down. What `tools` raise ends the flight: nothing more is fetched. Once
    `stopping()`, no further fetch is begun.
    """
    try:
        async with asyncio.TaskGroup() as hosts:
            for queue in _by_host(pages):
                hosts.create_task(_fetch_host(queue, fetcher, tools, stopping))
    except ExceptionGroup as group:
        # The caller tells failures by their type, and the first is why the others were cancelled.
        raise group.exceptions[0] from None


def _by_host(pages: Iterable[PageRequest]) -> list[list[PageRequest]]:
    queues: dict[str, list[PageRequest]] = {}
    for page in pages:
        queues.setdefault(page.host, []).append(page)
    return list(queues.values())


async def _fetch_host(
    queue: list[PageRequest], fetcher: PageFetcher, tools: Tools, stopping: Callable[[], bool]
) -> None:
    async with tools.visit(queue[0].host) as visit:
        left = await _fetch_in_peace(queue, fetcher, tools, visit, stopping)
        if left and not stopping():
            await tools.set_down(left, visit.delay)


async def _fetch_in_peace(
    queue: list[PageRequest], fetcher: PageFetcher, tools: Tools, visit: Visit, stopping: Callable[[], bool]
) -> list[PageRequest]:
    """Fetch as many as the host can be asked for now; the others."""
    for place, page in enumerate(queue):
        if stopping() or (place and visit.lasted > TURN_SECONDS):
            return queue[place:]
        found = await _fetch(page, fetcher, tools, visit)
        if isinstance(found.result, Left):
            return queue[place:]
        await tools.deliver(found)
        if isinstance(found.result, Busy):
            return queue[place + 1 :]
    return []


async def _fetch(page: PageRequest, fetcher: PageFetcher, tools: Tools, visit: Visit) -> Found:
    asked = visit.asked
    try:
        result: FetchedPage | Exception = await fetcher.fetch(
            page.url, page.source, visit=visit, redirects=page.redirects, obeys=page.obeys
        )
    except tools.trouble:
        raise
    except Exception as error:  # noqa: BLE001 - a surprise must end in the ledger, and its mates must fly on
        result = error
    return Found(page, result, visit.delay if visit.asked > asked else None)
