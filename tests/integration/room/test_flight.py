"""Pages of a flight on a real ledger and over real HTTP: what is asked of whom, and what is written of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

import pytest

from newsroom.desk import Desk
from newsroom.pages import Handler, Web
from wireroom.broker import Broker
from wireroom.embedded import EmbeddedValkey
from wireroom.ingest.fetch import Fetcher
from wireroom.ingest.flight import Flight
from wireroom.ingest.stage import fetch_flight
from wireroom.ledger import flights, pauses
from wireroom.ledger.pauses import Target
from wireroom.room import Room
from wireroom.settings import Settings

RULES = b"User-agent: *\nDisallow: /13\nCrawl-delay: 0.25"


class Site(Handler):
    """Has a robots.txt, and pages that lead to other hosts, are busy, or pause their host."""

    pausing = staticmethod(partial(bool))

    def do_GET(self) -> None:  # noqa: N802 - the name is http.server's
        """Answer."""
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "robots.txt":
            self._answer(200, RULES)
        elif kind == "to":
            self._answer(302, b"", Location=f"http://{rest}")
        elif kind == "busy":
            self._answer(503, b"", **{"Retry-After": "300"})
        else:
            if kind == "7":
                Site.pausing()
            super().do_GET()
            return
        self.server.asked.append(self.path)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(Site) as web:
        yield web


@pytest.fixture
def room(database: str, valkey: EmbeddedValkey) -> Iterator[Room]:
    given = Settings(database_url=database, redis_url=valkey.url, host_delay=0.01, fetch_allow="127.0.0.0/8")
    made = Room("ingest", given, Broker(valkey.url), connections=4)
    yield made
    made.close()


def fly(room: Room, desk: Desk) -> list[int]:
    """Launch and fetch everything that may be; the jobs that flew."""
    flown: list[int] = []
    fetcher = Fetcher.of(room.settings)
    for flight in desk.launch("fetch"):

        def fetch(room: Room, number: int, _: str | None) -> None:
            tools = Flight(room, number, fetcher, flights.pages_to_fetch(desk.db, number))
            tools.tell_what_is_ignored()
            asyncio.run(fetch_flight(tools.pages, fetcher, tools))
            assert tools.left == set()

        room.receive(fetch, flight.id, None)
        flown += flight.jobs
    return flown


def test_what_is_not_allowed_is_rejected_and_the_rest_is_captured(room: Room, desk: Desk, web: Web) -> None:
    jobs = [desk.job(url=web.url(number, host=2)) for number in (1, 13, 2)]
    asked = len(web.requests)
    fly(room, desk)
    assert web.requests[asked:] == ["/robots.txt", "/1", "/2"]
    assert desk.value("SELECT array_agg(job_id ORDER BY job_id) FROM captures") == [jobs[0], jobs[2]]
    row = desk.db.execute("SELECT outcome, reason FROM outcomes WHERE job_id = %s", [jobs[1]]).fetchone()
    assert row == ("rejected", "robots")
    assert desk.value("SELECT delay FROM hosts WHERE host = '127.0.0.2'") == 0.25
    asked = len(web.requests)
    desk.job(url=web.url(3, host=2))
    desk.hurry()
    fly(room, desk)
    assert web.requests[asked:] == ["/3"], "its rules are in the ledger"
    desk.check()


def test_robots_txt_that_is_switched_off_is_not_asked_and_the_log_says_so(
    room: Room, desk: Desk, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    desk.db.execute(
        "INSERT INTO sources (url, hash, host, source, added_by, robots) VALUES ('', '', '', 'ours', '', false)"
    )
    desk.job(url=web.url(13, host=3), source="ours")
    asked = len(web.requests)
    fly(room, desk)
    assert web.requests[asked:] == ["/13"]
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(one["source"], one["articles"]) for one in said if one["event"] == "robots_ignored"] == [("ours", 1)]


def test_a_page_on_another_host_is_fetched_in_a_flight_of_that_one(room: Room, desk: Desk, web: Web) -> None:
    target = web.url(5, host=5)
    first = web.url(f"to/{target.removeprefix('http://')}", host=4)
    job = desk.job(url=first)
    assert fly(room, desk) == [job]
    assert desk.value("SELECT count(*) FROM captures") == 0
    assert fly(room, desk) == [job]
    row = desk.db.execute("SELECT url, requested_url, redirects FROM captures").fetchone()
    assert row == (target, first, [first])
    desk.check()


def test_a_busy_host_is_left_and_only_the_page_asked_for_has_failed(room: Room, desk: Desk, web: Web) -> None:
    jobs = [desk.job(url=web.url(path, host=6)) for path in ("busy/1", 1, 2)]
    asked = len(web.requests)
    fly(room, desk)
    assert web.requests[asked:] == ["/robots.txt", "/busy/1"]
    assert desk.value("SELECT array_agg(job_id) FROM attempts") == jobs[:1]
    assert desk.value("SELECT next_at > now() + interval '290 seconds' FROM hosts WHERE host = '127.0.0.6'")
    assert desk.launch("fetch") == []
    desk.check()


def test_a_host_that_is_paused_amid_a_flight_is_not_asked_again(room: Room, desk: Desk, web: Web) -> None:
    for number in (6, 7, 8, 9):
        desk.job(url=web.url(number, host=7))
    Site.pausing = staticmethod(partial(pauses.pause, desk.db, Target("host", "127.0.0.7"), "ada"))
    try:
        asked = len(web.requests)
        fly(room, desk)
    finally:
        Site.pausing = staticmethod(partial(bool))
    assert web.requests[asked:] == ["/robots.txt", "/6", "/7"]
    desk.hurry()
    assert desk.launch("fetch") == []
    assert desk.value("SELECT count(*) FROM line WHERE leg = 'fetch' AND failures + losses = 0") == 2
    desk.check()
