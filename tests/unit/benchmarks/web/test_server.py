"""The server of the local web answers as its data says, and writes down what it was asked."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from benchmarks.web.log import Asked, rudeness
from benchmarks.web.publishers import CORRECTED, GROWING, Size
from benchmarks.web.rules import REST_SECONDS
from benchmarks.web.serving import LocalWeb
from benchmarks.web.site import Site
from benchmarks.web.town import Plan

PATIENCE = 10.0


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWeb]:
    with LocalWeb(tmp_path_factory.mktemp("web"), Plan(Size(20, 40, 10), slow=2)) as web:
        yield web


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client


class Reader:
    """Reads one host, as if its name were known."""

    def __init__(self, client: httpx.Client, site: Site) -> None:
        self._client = client
        self._site = site

    def get(self, path: str, **headers: str) -> httpx.Response:
        host = urlsplit(self._site.url("")).netloc
        url = f"http://{self._site.address}:{self._site.port}{path}"
        return self._client.get(url, headers={"Host": host, **headers})


def reader(web: LocalWeb, client: httpx.Client, name: str) -> Reader:
    return Reader(client, web.town.sites[name])


def asked(web: LocalWeb, host: str, number: int) -> list[Asked]:
    """Once that many requests to the host are in the log."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if len(found := [one for one in web.log() if one.host == host]) >= number:
            return found
        time.sleep(0.01)
    raise AssertionError(f"{host} was not asked {number} times")


def test_a_feed_that_is_known_is_answered_by_304(web: LocalWeb, client: httpx.Client) -> None:
    for site in web.town.press.sites[:6]:
        host, path = Reader(client, site), urlsplit(site.feeds[0].url).path
        first = host.get(path)
        known = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        given = {known[name]: first.headers[name] for name in known if name in first.headers}
        assert given and first.status_code == 200
        assert (host.get(path, **given).status_code, host.get(path).status_code) == (304, 200)
        assert host.get(path, **dict.fromkeys(given, "Thu, 01 Jan 1970 00:00:00 GMT")).status_code == 200


def test_the_log_has_what_was_asked(web: LocalWeb, client: httpx.Client) -> None:
    before = time.monotonic()
    answer = reader(web, client, "rules-plain.test").get("/open/story.html", **{"User-Agent": "Test/1"})
    after = time.monotonic()
    (one,) = asked(web, "rules-plain.test", 1)
    assert before < one.begin <= one.end < after
    assert (one.path, one.status, one.whole, one.headers["user-agent"]) == ("/open/story.html", 200, True, "Test/1")
    assert one.sent > len(answer.content)


def test_who_goes_away_is_seen_to_go(web: LocalWeb, client: httpx.Client) -> None:
    site = web.town.sites["silent-1.test"]
    path = urlsplit(site.wanted[0].url).path
    with pytest.raises(httpx.ReadTimeout):
        client.get(f"http://{site.address}:{site.port}{path}", headers={"Host": site.name}, timeout=0.2)
    (one,) = asked(web, "silent-1.test", 1)
    assert not one.whole and one.status == 0
    assert one.end - one.begin < 5


def test_a_host_that_wants_peace_knows_who_does_not_leave_it_alone(web: LocalWeb, client: httpx.Client) -> None:
    host = reader(web, client, "busy-seconds.test")
    path = urlsplit(web.town.sites["busy-seconds.test"].wanted[0].url).path
    assert [host.get(path).status_code for _ in range(2)] == [429, 429]
    first, second = asked(web, "busy-seconds.test", 2)
    assert (first.rest, first.early, second.early) == (REST_SECONDS, False, True)


def test_a_connection_to_a_trap_is_in_the_log(web: LocalWeb) -> None:
    for trap in ("127.0.0.1", "127.2.0.1"):
        socket.create_connection((trap, web.port)).close()
    until = time.monotonic() + PATIENCE
    while len(found := {one.address for one in web.log() if not one.path}) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert found >= {"127.0.0.1", "127.2.0.1"}
    assert [one for one in rudeness(web.log(), web.town.sites, 0.0) if "127.2.0.1 was connected to" in one]


def test_a_bomb_is_small_until_it_is_opened(web: LocalWeb, client: httpx.Client) -> None:
    site = web.town.sites["hostile-gzip-bomb.test"]
    with client.stream("GET", f"http://{site.address}:{site.port}/story.html", headers={"Host": site.name}) as answer:
        sent = b"".join(answer.iter_raw())
    assert len(sent) < 500_000 < 100_000_000 < len(gzip.decompress(sent))


def test_the_next_edition_has_corrections_and_new_stories(web: LocalWeb, client: httpx.Client) -> None:
    press = web.town.press
    site = next(site for site in press.sites for feed in site.feeds for one in feed.entries
                if one.told.number % CORRECTED == 0 and site.name in one.url)  # fmt: skip
    entry = next(one for feed in site.feeds for one in feed.entries if one.told.number % CORRECTED == 0)
    growing = urlsplit(press.sites[0].feeds[0].url).path
    before = Reader(client, site).get(urlsplit(entry.url).path).text, Reader(client, press.sites[0]).get(growing).text
    web.move_on(2)
    after = Reader(client, site).get(urlsplit(entry.url).path).text, Reader(client, press.sites[0]).get(growing).text
    assert "Correction" in after[0] and "Correction" not in before[0]
    assert after[1] != before[1]
    assert GROWING > 1 and len(press.fresh) == 4
