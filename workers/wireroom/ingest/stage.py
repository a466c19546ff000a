"""The ingest stage: fetch the pages of a flight, hosts side by side, each host in peace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from wireroom.contracts import FetchedPage


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page that a job waits for."""

    job_id: int
    url: str
    host: str
    """The unit of politeness."""
    source: str | None = None


Deliver = Callable[[PageRequest, FetchedPage | Exception], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


class PageFetcher(Protocol):
    """What the stage needs of a `Fetcher`."""

    async def fetch(self, url: str, source: str | None = None) -> FetchedPage:
        """The page at `url`."""


async def fetch_flight(
    pages: Iterable[PageRequest], fetcher: PageFetcher, delay: float, deliver: Deliver, *,
    sleep: Sleep = asyncio.sleep, stopping: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Fetch every page and deliver it, or the exception that fetching it raised, as soon as it is there.

    Hosts do not wait for each other. Pages of one host are fetched in their order, with at least `delay` seconds from
    the end of one fetch to the start of the next. What `deliver` raises ends the flight: nothing more is fetched.
    Once `stopping()`, no further fetch is begun.
    """
    try:
        async with asyncio.TaskGroup() as hosts:
            for queue in _by_host(pages):
                hosts.create_task(_fetch_host(queue, fetcher, delay, deliver, sleep, stopping))
    except ExceptionGroup as group:
        # The caller tells failures by their type, and the first is why the others were cancelled.
        raise group.exceptions[0] from None


def _by_host(pages: Iterable[PageRequest]) -> list[list[PageRequest]]:
    queues: dict[str, list[PageRequest]] = {}
    for page in pages:
        queues.setdefault(page.host, []).append(page)
    return list(queues.values())


async def _fetch_host(
    queue: list[PageRequest], fetcher: PageFetcher, delay: float, deliver: Deliver, sleep: Sleep,
    stopping: Callable[[], bool],
) -> None:  # fmt: skip
    for place, page in enumerate(queue):
        if place:
            await sleep(delay)
        if stopping():
            return
        await deliver(page, await _outcome(page, fetcher))


async def _outcome(page: PageRequest, fetcher: PageFetcher) -> FetchedPage | Exception:
    try:
        return await fetcher.fetch(page.url, page.source)
    except Exception as error:  # noqa: BLE001 - a surprise must end in the ledger, and its mates must fly on
        return error
