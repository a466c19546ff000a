"""Fetching a flight: hosts side by side, the pages of one host in peace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import pytest

from wireroom.contracts import FetchedPage
from wireroom.errors import Transient, Unusable
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.stage import PageRequest, fetch_flight

if TYPE_CHECKING:
    from unit.ingest.conftest import Site


class Newsroom:
    """A fetcher, a sleep and a desk to deliver to, that write down what happens to them."""

    def __init__(self, held: Iterable[str] = (), failing: dict[str, Exception] | None = None) -> None:
        self.events: list[str] = []
        self.desk: dict[int, FetchedPage | Exception] = {}
        self.release = {url: asyncio.Event() for url in held}
        self._failing = failing or {}

    async def fetch(self, url: str, source: str | None = None) -> FetchedPage:
        self.events.append(f"ask {url}")
        await asyncio.sleep(0)
        if url in self.release:
            await self.release[url].wait()
        if url in self._failing:
            raise self._failing[url]
        return FetchedPage(body=b"Tides", url=url, source=source)

    async def deliver(self, page: PageRequest, outcome: FetchedPage | Exception) -> None:
        self.events.append(f"deliver {page.url}")
        self.desk[page.job_id] = outcome

    async def sleep(self, seconds: float) -> None:
        self.events.append(f"sleep {seconds:g}")
        await asyncio.sleep(0)


def requests(*urls: str) -> list[PageRequest]:
    """Jobs 0, 1, ... for urls like `host/path`."""
    return [PageRequest(number, url, url.partition("/")[0], "The Tide") for number, url in enumerate(urls)]


def fly(newsroom: Newsroom, *urls: str, deliver: Callable[..., Awaitable[None]] | None = None) -> None:
    asyncio.run(fetch_flight(requests(*urls), newsroom, 1.5, deliver or newsroom.deliver, sleep=newsroom.sleep))


def test_every_page_is_delivered_to_its_job() -> None:
    newsroom = Newsroom()
    fly(newsroom, "a/1", "b/1", "a/2")
    delivered = {job: outcome.url for job, outcome in newsroom.desk.items() if isinstance(outcome, FetchedPage)}
    assert delivered == {0: "a/1", 1: "b/1", 2: "a/2"}


def test_a_page_is_fetched_for_its_source() -> None:
    newsroom = Newsroom()
    fly(newsroom, "a/1")
    assert getattr(newsroom.desk[0], "source", None) == "The Tide"


def test_pages_of_one_host_follow_each_other_with_the_delay_between() -> None:
    newsroom = Newsroom()
    fly(newsroom, "a/1", "a/2", "a/3")
    assert newsroom.events == [
        *("ask a/1", "deliver a/1", "sleep 1.5"),
        *("ask a/2", "deliver a/2", "sleep 1.5"),
        *("ask a/3", "deliver a/3"),
    ]


def test_hosts_do_not_wait_for_each_other() -> None:
    async def flight() -> None:
        newsroom = Newsroom(held=["a/1"])
        flying = asyncio.create_task(
            fetch_flight(requests("a/1", "b/1", "b/2"), newsroom, 1.5, newsroom.deliver, sleep=newsroom.sleep)
        )
        while len(newsroom.desk) < 2:
            await asyncio.sleep(0)
        assert newsroom.desk.keys() == {1, 2}
        newsroom.release["a/1"].set()
        await flying
        assert newsroom.desk.keys() == {0, 1, 2}

    asyncio.run(asyncio.wait_for(flight(), 20))


@pytest.mark.parametrize("error", [Transient("busy"), Unusable("gone", "404"), ZeroDivisionError("a surprise")])
def test_a_failure_is_delivered_and_its_mates_fly_on(error: Exception) -> None:
    newsroom = Newsroom(failing={"a/1": error})
    fly(newsroom, "a/1", "a/2", "b/1")
    assert newsroom.desk[0] is error
    assert isinstance(newsroom.desk[1], FetchedPage)
    assert isinstance(newsroom.desk[2], FetchedPage)


def test_the_delay_is_kept_after_a_failure_too() -> None:
    newsroom = Newsroom(failing={"a/1": Transient("busy")})
    fly(newsroom, "a/1", "a/2")
    assert newsroom.events == ["ask a/1", "deliver a/1", "sleep 1.5", "ask a/2", "deliver a/2"]


def test_nothing_more_is_fetched_when_pages_cannot_be_delivered() -> None:
    newsroom = Newsroom(held=["b/1"])

    async def refuse(page: PageRequest, outcome: FetchedPage | Exception) -> None:
        raise Transient("the database is away")

    with pytest.raises(Transient, match="the database is away"):
        fly(newsroom, "a/1", "a/2", "b/1", "b/2", deliver=refuse)
    assert newsroom.events == ["ask a/1", "ask b/1"]


def test_a_flight_that_is_cancelled_delivers_no_failures() -> None:
    async def flight() -> Newsroom:
        newsroom = Newsroom(held=["a/1"])
        flying = asyncio.create_task(fetch_flight(requests("a/1"), newsroom, 0, newsroom.deliver))
        while not newsroom.events:
            await asyncio.sleep(0)
        flying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flying
        return newsroom

    assert asyncio.run(flight()).desk == {}


def test_who_is_told_to_stop_finishes_a_fetch_and_begins_no_other() -> None:
    newsroom = Newsroom()
    asked = asyncio.run(
        fetch_flight(
            requests("a/1", "a/2", "b/1"), newsroom, 0, newsroom.deliver, sleep=newsroom.sleep,
            stopping=lambda: "ask a/1" in newsroom.events,
        )
    )  # fmt: skip
    assert asked is None and list(newsroom.desk) == [0]


def test_an_empty_flight_lands_at_once() -> None:
    newsroom = Newsroom()
    fly(newsroom)
    assert newsroom.events == []


def test_a_flight_goes_over_the_real_net(site: Site) -> None:
    urls = [site.page("/a", b"Tides"), site.url("/gone"), site.stall("/stall")]
    pages = [PageRequest(number, url, url, None) for number, url in enumerate(urls)]
    newsroom = Newsroom()

    async def flight() -> None:
        async with Fetcher("Test/1", 0.3, 1000, "127.0.0.1/32") as fetcher:
            await fetch_flight(pages, fetcher, 0, newsroom.deliver)

    asyncio.run(flight())
    assert [type(newsroom.desk[number]) for number in range(3)] == [FetchedPage, Unusable, Transient]
