"""Fetching a flight: hosts side by side, the pages of one host in one visit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pytest

from wireroom.contracts import FetchedPage
from wireroom.errors import Busy, Transient, Unusable
from wireroom.ingest import stage
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.stage import Found, PageRequest, fetch_flight
from wireroom.ingest.visit import Left, Visit

if TYPE_CHECKING:
    from unit.ingest.conftest import Site


class Newsroom:
    """A fetcher, and a desk to deliver to, that write down what happens to them."""

    trouble: tuple[type[Exception], ...] = (ConnectionError,)

    def __init__(self, held: Iterable[str] = (), failing: dict[str, Exception] | None = None) -> None:
        self.events: list[str] = []
        self.desk: dict[int, FetchedPage | Exception] = {}
        self.down: list[int] = []
        self.release = {url: asyncio.Event() for url in held}
        self.refuses = False
        self._failing = failing or {}

    async def fetch(
        self, url: str, source: str | None = None, *, visit: Visit | None = None, redirects: Sequence[str] = (),
        obeys: bool = True,
    ) -> FetchedPage:  # fmt: skip
        self.events.append(f"ask {url}")
        await asyncio.sleep(0)
        if url in self.release:
            await self.release[url].wait()
        if url in self._failing:
            raise self._failing[url]
        return FetchedPage(body=b"Tides", url=url, source=source)

    def visit(self, host: str) -> Visit:
        return Fetcher("Test/1", 20, 1000, "127.0.0.1/32").visit(host, self, 0.0)

    async def deliver(self, found: Found) -> None:
        self.events.append(f"deliver {found.page.url}")
        if self.refuses:
            raise Transient("the database is away")
        self.desk[found.page.job_id] = found.result

    async def set_down(self, pages: Sequence[PageRequest], delay: float) -> None:
        self.down += [page.job_id for page in pages]

    async def admit(self) -> bool:
        return True

    async def rules(self, origin: str) -> str | None:
        return ""

    async def keep(self, *_: object) -> None:
        raise AssertionError("all rules are known")

    async def borrow(self, host: str) -> bool:
        raise AssertionError("nobody else is asked")

    async def give_back(self, host: str) -> None:
        raise AssertionError("nobody else is asked")


def requests(*urls: str) -> list[PageRequest]:
    """Jobs 0, 1, ... for urls like `host/path`."""
    return [PageRequest(number, url, url.partition("/")[0], "The Tide") for number, url in enumerate(urls)]


def fly(newsroom: Newsroom, *urls: str) -> None:
    asyncio.run(fetch_flight(requests(*urls), newsroom, newsroom))


def test_every_page_is_delivered_to_its_job() -> None:
    newsroom = Newsroom()
    fly(newsroom, "a/1", "b/1", "a/2")
    delivered = {job: outcome.url for job, outcome in newsroom.desk.items() if isinstance(outcome, FetchedPage)}
    assert delivered == {0: "a/1", 1: "b/1", 2: "a/2"}


def test_a_page_is_fetched_for_its_source() -> None:
    newsroom = Newsroom()
    fly(newsroom, "a/1")
    assert getattr(newsroom.desk[0], "source", None) == "The Tide"


def test_pages_of_one_host_follow_each_other() -> None:
    newsroom = Newsroom()
    fly(newsroom, "a/1", "a/2", "a/3")
    assert newsroom.events == ["ask a/1", "deliver a/1", "ask a/2", "deliver a/2", "ask a/3", "deliver a/3"]


@pytest.mark.parametrize("error", [Busy("later"), Left()])
def test_of_a_host_that_is_busy_or_paused_the_rest_is_set_down(error: Exception) -> None:
    newsroom = Newsroom(failing={"a/2": error})
    fly(newsroom, "a/1", "a/2", "a/3", "b/1", "a/4")
    assert newsroom.desk.keys() == ({0, 3} if isinstance(error, Left) else {0, 1, 3})
    assert newsroom.down == ([1, 2, 4] if isinstance(error, Left) else [2, 4])


def test_a_flight_does_not_go_on_asking_a_slow_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "TURN_SECONDS", -1.0)
    newsroom = Newsroom()
    fly(newsroom, "a/1", "a/2", "a/3")
    assert (list(newsroom.desk), newsroom.down) == ([0], [1, 2])


def test_what_ails_the_ledger_is_no_failure_of_a_page() -> None:
    newsroom = Newsroom(failing={"a/1": ConnectionError("Postgres is away")})
    with pytest.raises(ConnectionError):
        fly(newsroom, "a/1", "a/2")
    assert newsroom.desk == {}


def test_hosts_do_not_wait_for_each_other() -> None:
    async def flight() -> None:
        newsroom = Newsroom(held=["a/1"])
        flying = asyncio.create_task(fetch_flight(requests("a/1", "b/1", "b/2"), newsroom, newsroom))
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


def test_nothing_more_is_fetched_when_pages_cannot_be_delivered() -> None:
    newsroom = Newsroom(held=["b/1"])
    newsroom.refuses = True
    with pytest.raises(Transient, match="the database is away"):
        fly(newsroom, "a/1", "a/2", "b/1", "b/2")
    assert newsroom.events == ["ask a/1", "ask b/1", "deliver a/1"]


def test_a_flight_that_is_cancelled_delivers_no_failures() -> None:
    async def flight() -> Newsroom:
        newsroom = Newsroom(held=["a/1"])
        flying = asyncio.create_task(fetch_flight(requests("a/1"), newsroom, newsroom))
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
        fetch_flight(requests("a/1", "a/2", "b/1"), newsroom, newsroom, stopping=lambda: "ask a/1" in newsroom.events)
    )
    assert asked is None and (list(newsroom.desk), newsroom.down) == ([0], [])


def test_an_empty_flight_lands_at_once() -> None:
    newsroom = Newsroom()
    fly(newsroom)
    assert newsroom.events == []


def test_a_flight_goes_over_the_real_net(site: Site) -> None:
    urls = [site.page("/a", b"Tides"), site.url("/gone"), site.stall("/stall")]
    pages = [PageRequest(number, url, "127.0.0.1", None) for number, url in enumerate(urls)]
    newsroom = Newsroom()

    fetcher = Fetcher("Test/1", 1.5, 1000, "127.0.0.1/32")
    asyncio.run(fetch_flight(pages, fetcher, newsroom))
    assert [type(newsroom.desk[number]) for number in range(3)] == [FetchedPage, Unusable, Busy]
