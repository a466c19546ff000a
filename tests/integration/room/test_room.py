"""What a worker's process does with a flight, on a real ledger and without Celery."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import psycopg
import pytest

from newsroom.desk import Desk, page
from wireroom import deadline
from wireroom.broker import Broker
from wireroom.contracts import FetchedPage
from wireroom.embedded import EmbeddedValkey
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.flight import Flight
from wireroom.ingest.stage import Found, fetch_flight
from wireroom.ledger import flights, lost
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.launch import Launcher
from wireroom.ledger.lost import Lost
from wireroom.room import Item, Room, Superseded
from wireroom.settings import Settings


@pytest.fixture
def room(database: str, valkey: EmbeddedValkey) -> Iterator[Room]:
    given = Settings(database_url=database, redis_url=valkey.url, host_delay=0)
    made = Room("ingest", given, Broker(valkey.url), connections=4)
    yield made
    made.close()


def test_each_flight_of_a_process_is_touched_by_its_own_clock(
    room: Room, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.launchers["fetch"] = Launcher("fetch", Bounds(in_flight=10, articles=1))
    for name in ("quick", "slow"):
        desk.job(url=f"https://{name}.example/1")
    quick, slow = desk.launch("fetch")
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    desk.db.execute("UPDATE flights SET started_at = now()")
    for _ in range(40):
        now += 1.5
        room.touch(quick.id)
    room.touch(slow.id)
    touched = desk.db.execute("SELECT count(*) FROM flights WHERE touched_at IS NOT NULL").fetchone()
    assert touched == (2,)


def test_a_superseded_fetch_asks_the_host_no_more(room: Room, desk: Desk) -> None:
    for number in range(6):
        desk.job(url=f"https://h.example/{number}")
    flight = desk.flight("fetch")
    asked: list[str] = []

    class Superseding(Fetcher):
        async def fetch(self, url: str, source: str | None = None, **_: object) -> FetchedPage:
            asked.append(url)
            if len(asked) == 1:  # the process was stopped, and its flight flies again
                (one,) = lost.live_flights(desk.db)
                lost.take_back(desk.db, Lost(one, "waiting"), delay=0)
                desk.hurry()
                assert desk.launch("fetch")
            return page(url.encode())

    fetcher = Superseding.of(room.settings)
    tools = Flight(room, flight, fetcher, flights.pages_to_fetch(desk.db, flight))
    with pytest.raises(Superseded):
        asyncio.run(fetch_flight(tools.pages, fetcher, tools))
    assert len(asked) == 1


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.IdleInTransactionSessionTimeout("stopped"),
        psycopg.errors.ReadOnlySqlTransaction("standby"),
        psycopg.errors.DiskFull("No space left on device"),
        psycopg.errors.OutOfMemory("out of memory"),
        psycopg.errors.CrashShutdown("another server process crashed"),
        psycopg.errors.IoError("could not read block"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_ails_postgres_is_not_blamed_on_the_articles(room: Room, desk: Desk, error: Exception) -> None:
    desk.job(url="https://news.example/a")
    (flight,) = desk.launch("fetch")

    def handler(_: Room, __: int, ___: str | None) -> None:
        raise error

    room.receive(handler, flight.id, None)
    assert desk.value("SELECT losses FROM line") == 0
    assert desk.value("SELECT count(*) FROM attempts") == 0
    desk.check()


def test_a_page_that_finds_the_disk_full_is_fetched_again_and_not_blamed(room: Room, desk: Desk) -> None:
    desk.job(url="https://news.example/a")
    desk.refuse("captures", psycopg.errors.DiskFull)
    (flight,) = desk.launch("fetch")

    def handler(room: Room, flight: int, _: str | None) -> None:
        tools = Flight(room, flight, Fetcher.of(room.settings), flights.pages_to_fetch(desk.db, flight))
        tools.take(Found(tools.pages[0], page(), 0.0))

    room.receive(handler, flight.id, None)
    assert desk.value("SELECT count(*) FROM attempts") == desk.value("SELECT losses FROM line") == 0
    desk.accept_again("captures")
    desk.hurry()
    (flight,) = desk.launch("fetch")
    room.receive(handler, flight.id, None)
    assert desk.value("SELECT count(*) FROM captures") == 1
    desk.check()


def test_at_the_deadline_of_a_stop_the_flight_is_handed_back_and_nobody_is_blamed(
    room: Room, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "STOP_SECONDS", 0.0)
    jobs = desk.jobs(3)
    (flight,) = desk.launch()
    room.stage, done = "parse", list[int]()

    def parse(job: int) -> int:
        done.append(job)
        room.deadline.set()
        return job

    def handler(desk: Room, flight: int, _: str | None) -> None:
        desk.work(flight, [Item(job, 1, job, {}) for job in jobs], parse)

    room.receive(handler, flight.id, None)
    assert done == jobs[:1]
    assert desk.value("SELECT count(*) FROM flights") == desk.value("SELECT count(*) FROM attempts") == 0
    assert desk.value("SELECT count(*) FROM line WHERE ticket IS NOT NULL AND losses = 0") == 3
    desk.check()


def test_any_other_failure_of_a_flight_makes_its_articles_fly_alone(room: Room, desk: Desk) -> None:
    for number in range(3):
        desk.job(url=f"https://h{number}.example/")
    (flight,) = desk.launch("fetch")

    def handler(_: Room, __: int, ___: str | None) -> None:
        raise KeyError("odd")

    room.receive(handler, flight.id, None)
    desk.hurry()
    assert [len(one.jobs) for one in desk.launch("fetch")] == [1, 1, 1]
    assert desk.value("SELECT cause FROM attempts LIMIT 1") == "KeyError: 'odd'"
