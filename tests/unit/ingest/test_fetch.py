"""Fetching a page from a real server."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard

from newsroom.house import House, on_loopback
from wireroom.errors import Transient, Unusable, WireroomError
from wireroom.ingest.addresses import Address, parse
from wireroom.ingest.connection import HEAD_BYTES, MOST_HEADERS
from wireroom.ingest.fetch import MAX_REDIRECTS, Fetcher, Polled, Validators

if TYPE_CHECKING:
    from unit.ingest.conftest import Fetch, Site


def unusable(fetch: Fetch, url: str, **options: object) -> str:
    """The reason for which `url` is refused."""
    with pytest.raises(Unusable) as raised:
        fetch(url, **options)
    return raised.value.reason


def transient(fetch: Fetch, url: str, **options: object) -> str:
    """The cause for which `url` has to wait."""
    with pytest.raises(Transient) as raised:
        fetch(url, **options)
    return str(raised.value)


def test_a_page_comes_with_where_it_came_from(site: Site, fetch: Fetch) -> None:
    url = site.page("/a", b"<p>Tides</p>", headers={"Content-Type": "text/html; charset=koi8-r", "ETag": '"1"'})
    page = fetch(url)
    assert (page.body, page.content_type, page.status) == (b"<p>Tides</p>", "text/html; charset=koi8-r", 200)
    assert (page.url, page.requested_url, page.source) == (url, url, None)
    assert page.headers["etag"] == '"1"'


def test_a_page_says_when_it_was_fetched_in_utc(site: Site, fetch: Fetch) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    fetched_at = datetime.fromisoformat(fetch(site.page("/a")).fetched_at or "")
    assert fetched_at.utcoffset() == timedelta(0)
    assert before < fetched_at < datetime.now(UTC) + timedelta(seconds=1)


def test_a_page_keeps_the_source_it_was_fetched_for(site: Site) -> None:
    fetched = Fetcher("Test/1", 20, 1000, "127.0.0.1/32").fetch(site.page("/a"), "The Tide")
    assert asyncio.run(fetched).source == "The Tide"


def test_the_normal_form_is_what_is_asked_for(site: Site, fetch: Fetch) -> None:
    site.page("/b%20c?q=1")
    page = fetch(f" HTTP://127.0.0.1:{site.port}/a/../b c?q=1#top")
    assert page.requested_url == page.url == site.url("/b%20c?q=1")


@pytest.mark.parametrize("path", ["/news;art=1", "/news;a/b;c?d;e", "//double//slash", "/a:b@c"])
def test_the_path_is_asked_for_whole(site: Site, fetch: Fetch, path: str) -> None:
    fetch(site.page(path))
    assert site.asked[0][0] == path


def test_the_server_learns_who_asks_and_for_what(site: Site, fetch: Fetch) -> None:
    fetch(site.page("/a"), user_agent="Wireroom/9")
    headers = site.asked[0][1]
    assert headers["user-agent"] == "Wireroom/9"
    assert headers["host"] == f"127.0.0.1:{site.port}"
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", gzip.compress(b"Tides" * 99, mtime=0)), ("deflate", zlib.compress(b"Tides" * 99))]
)
def test_a_compressed_page_is_unpacked(site: Site, fetch: Fetch, encoding: str, body: bytes) -> None:
    assert fetch(site.page("/a", body, headers={"Content-Encoding": encoding})).body == b"Tides" * 99


def test_a_page_in_chunks_is_put_together(site: Site, fetch: Fetch) -> None:
    url = site.raw("/a", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nTid\r\n2\r\nes\r\n0\r\n\r\n")
    assert fetch(url).body == b"Tides"


def test_a_page_without_a_type_is_left_to_parse(site: Site, fetch: Fetch) -> None:
    assert fetch(site.raw("/a", b"HTTP/1.0 200 OK\r\n\r\nTides")).content_type == ""


def test_proxies_of_the_environment_are_not_used(
    site: Site, fetch: Fetch, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    assert fetch(site.page("/a", b"Tides")).body == b"Tides"


# Redirects


def test_redirects_are_followed_to_the_page(site: Site, fetch: Fetch) -> None:
    first = site.redirect("/1", "/2", 301)
    site.redirect("/2", "deep/3?a=b#part", 307)
    last = site.redirect("/deep/3?a=b", site.page("/4", b"Tides"), 308)
    page = fetch(first)
    assert (page.body, page.requested_url, page.url) == (b"Tides", first, site.url("/4"))
    assert page.redirects == [first, site.url("/2"), last]
    assert [path for path, _ in site.asked] == ["/1", "/2", last.removeprefix(site.url("")), "/4"]


def test_as_many_redirects_as_promised_are_followed(site: Site, fetch: Fetch) -> None:
    site.page(f"/{MAX_REDIRECTS}", b"Tides")
    for number in range(MAX_REDIRECTS):
        site.redirect(f"/{number}", f"/{number + 1}")
    assert fetch(site.url("/0")).body == b"Tides"


def test_an_endless_redirect_is_unusable(site: Site, fetch: Fetch) -> None:
    for number in range(MAX_REDIRECTS + 1):
        site.redirect(f"/{number}", f"/{number + 1}")
    assert unusable(fetch, site.url("/0")) == "redirects"
    assert len(site.asked) == 1 + MAX_REDIRECTS


def test_a_redirect_in_a_circle_is_followed_once(site: Site, fetch: Fetch) -> None:
    site.redirect("/b", "/a#again")
    assert unusable(fetch, site.redirect("/a", "/b")) == "redirects"
    assert [path for path, _ in site.asked] == ["/a", "/b"]


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/"])
def test_a_redirect_to_a_private_address_is_refused(site: Site, fetch: Fetch, target: str) -> None:
    assert unusable(fetch, site.redirect("/a", target)) == "private_address"


@pytest.mark.parametrize(
    "target",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "javascript:void(0)",
        "http://u:p@127.0.0.1/",
        "http://[",
        "http://127.1/",
    ],
)
def test_a_redirect_to_what_is_no_address_of_an_article_is_unusable(site: Site, fetch: Fetch, target: str) -> None:
    assert unusable(fetch, site.redirect("/a", target)) == "invalid_url"


def test_a_redirect_to_nowhere_is_unusable(site: Site, fetch: Fetch) -> None:
    assert unusable(fetch, site.page("/a", status=302)) == "http_302"


def test_a_cookie_is_not_carried_through_the_redirects(site: Site, fetch: Fetch) -> None:
    site.page("/b")
    fetch(site.redirect("/a", "/b", headers={"Set-Cookie": "consent=yes; Path=/"}))
    assert "cookie" not in site.asked[1][1]


def test_a_cookie_is_forgotten_with_the_fetch(site: Site) -> None:
    url = site.page("/a", headers={"Set-Cookie": "reader=7; Path=/"})

    async def twice() -> list[dict[str, str]]:
        fetcher = Fetcher("Test/1", 20, 1000, "127.0.0.1/32")
        return [(await fetcher.fetch(url)).headers for _ in range(2)]

    kept = asyncio.run(twice())
    assert not [headers for _, headers in site.asked if "cookie" in headers]
    assert not [headers for headers in kept if "set-cookie" in headers]


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "deflate"])
def test_a_redirect_may_claim_any_encoding(site: Site, fetch: Fetch, encoding: str) -> None:
    site.page("/b", b"Tides")
    assert (
        fetch(site.redirect("/a", "/b", headers={"Content-Encoding": encoding, "Set-Cookie": "a=b"})).body == b"Tides"
    )


# Addresses


def test_a_private_address_is_refused_unless_allowed(site: Site, fetch: Fetch) -> None:
    assert unusable(fetch, site.page("/a"), allow="") == "private_address"
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "http://192.168.0.1:8080/",
    ],
)
def test_no_spelling_of_a_private_address_is_fetched(fetch: Fetch, url: str) -> None:
    assert unusable(fetch, url, allow="") == "private_address"


def test_a_name_is_refused_when_one_of_its_addresses_is_private(site: Site, fetch: Fetch) -> None:
    async def mixed(host: str, port: int) -> list[Address]:
        return [parse("127.0.0.1"), parse("10.0.0.1")]

    site.page("/a")
    assert unusable(fetch, f"http://mixed.example:{site.port}/a", resolve=mixed) == "private_address"
    assert site.asked == []


@pytest.mark.parametrize("host", ["tides.example", "xn--a.example", "under_score.example", "bücher.example"])
def test_a_name_is_resolved_once_and_sent_as_it_is(site: Site, fetch: Fetch, host: str) -> None:
    asked = []

    async def loopback(host: str, port: int) -> list[Address]:
        asked.append((host, port))
        return [parse("127.0.0.1")]

    site.page("/a", b"Tides")
    page = fetch(f"http://{host}:{site.port}/a", resolve=loopback)
    sent = host.replace("bücher", "xn--bcher-kva")
    assert (page.body, asked) == (b"Tides", [(sent, site.port)])
    assert site.asked[0][1]["host"] == f"{sent}:{site.port}"


def test_the_next_address_is_tried_when_one_refuses(site: Site, fetch: Fetch) -> None:
    async def two(host: str, port: int) -> list[Address]:
        return [parse("127.0.0.2"), parse("127.0.0.1")]

    site.page("/a", b"Tides")
    assert fetch(f"http://two.example:{site.port}/a", resolve=two, allow="127.0.0.0/8").body == b"Tides"


def test_a_name_that_nobody_knows_has_to_wait(fetch: Fetch) -> None:
    assert "could not be resolved" in transient(fetch, "http://tides.invalid/")


def test_a_name_without_an_address_has_to_wait(fetch: Fetch) -> None:
    async def nothing(host: str, port: int) -> list[Address]:
        return []

    assert "the name has no address" in transient(fetch, "http://tides.example/", resolve=nothing)


def test_what_is_no_address_of_an_article_is_unusable(fetch: Fetch) -> None:
    assert unusable(fetch, "ftp://tides.example/") == "invalid_url"


def test_networks_that_are_none_are_named_at_once(fetch: Fetch) -> None:
    with pytest.raises(WireroomError, match=r"WIREROOM_FETCH_ALLOW: 'home' is not a network"):
        fetch("http://tides.example/", allow="home")


@pytest.mark.parametrize("port", [22, 25, 6000])
def test_a_port_of_another_service_is_not_asked(fetch: Fetch, port: int) -> None:
    assert unusable(fetch, f"http://127.0.0.1:{port}/") == "port"


def test_an_address_that_changes_after_it_was_checked_is_not_used(site: Site, fetch: Fetch) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])

    async def rebinding(host: str, port: int) -> list[Address]:
        return [parse(next(answers))]

    site.page("/a", b"Tides")
    assert fetch(f"http://tides.example:{site.port}/a", resolve=rebinding).body == b"Tides"
    assert next(answers) == "10.0.0.1", "it was asked for once"


def test_an_address_that_changes_between_two_redirects_is_checked_again(site: Site, fetch: Fetch) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])

    async def rebinding(host: str, port: int) -> list[Address]:
        return [parse(next(answers))]

    site.redirect("/a", "/b", headers={"Connection": "close"})
    assert unusable(fetch, f"http://tides.example:{site.port}/a", resolve=rebinding) == "private_address"
    assert [path for path, _ in site.asked] == ["/a"]


# The hosts file


def test_the_hosts_file_goes_before_dns(site: Site, fetch: Fetch, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("# ours\n127.0.0.1  tides.example www.Tides.example # and so on\n\n10.0.0.1 inside.example\n")
    site.page("/a", b"Tides")
    assert fetch(site.at("www.tides.example", "/a"), hosts=hosts).body == b"Tides"
    assert unusable(fetch, "http://inside.example/", hosts=hosts) == "private_address"
    assert "could not be resolved" in transient(fetch, "http://tides.invalid/", hosts=hosts)


def test_a_hosts_file_that_makes_no_sense_is_refused_with_its_line(fetch: Fetch, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    with pytest.raises(WireroomError, match=r"WIREROOM_FETCH_HOSTS: .* cannot be read"):
        fetch("http://tides.example/", hosts=hosts)
    hosts.write_text("127.0.0.1 tides.example\ntides.example 127.0.0.1\n")
    with pytest.raises(WireroomError, match=r"WIREROOM_FETCH_HOSTS: .*, line 2: "):
        fetch("http://tides.example/", hosts=hosts)


# Answers that are no page


@pytest.mark.parametrize(("status", "reason"), [(404, "gone"), (410, "gone"), (403, "forbidden"), (418, "http_418")])
def test_a_refusal_is_unusable_with_its_reason(site: Site, fetch: Fetch, status: int, reason: str) -> None:
    assert unusable(fetch, site.page("/a", status=status)) == reason


def test_a_busy_server_says_when_to_come_back(site: Site, fetch: Fetch) -> None:
    with pytest.raises(Transient, match="503") as raised:
        fetch(site.page("/a", status=503, headers={"Retry-After": "120"}))
    assert raised.value.retry_after == 120


def test_a_busy_server_may_give_a_date(site: Site, fetch: Fetch) -> None:
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(days=9), usegmt=True)
    with pytest.raises(Transient) as raised:
        fetch(site.page("/a", status=429, headers={"Retry-After": tomorrow}))
    assert raised.value.retry_after == 24 * 3600


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/pdf", "video/mp4", "image/svg+xml"])
def test_what_is_not_text_is_unusable(site: Site, fetch: Fetch, media_type: str) -> None:
    assert unusable(fetch, site.page("/a", b"\xff\xd8", headers={"Content-Type": media_type})) == "media_type"


# Polls


def poll(url: str, *, visit_of: str | None = None, **validators: str) -> Polled:
    """Poll with a fetcher of its own; where `visit_of` is given, in a visit to that host."""
    fetcher = Fetcher("Test/1", 20, 100, "127.0.0.1/32", resolve=on_loopback)

    async def alone() -> Polled:
        if visit_of is None:
            return await fetcher.poll(url, Validators(**validators))
        async with fetcher.visit(visit_of, House(), 0.0) as visit:
            return await fetcher.poll(url, Validators(**validators), visit=visit, obeys=False)

    return asyncio.run(alone())


def test_a_poll_gives_what_the_next_one_needs(site: Site) -> None:
    said = {"ETag": '"7"', "Last-Modified": "Fri, 02 May 2025 10:00:00 GMT", "Cache-Control": "public, max-age=600"}
    url = site.page("/feed", b"<rss/>", headers=said | {"Content-Type": "application/rss+xml"})
    polled = poll(url)
    assert (polled.status, polled.url, polled.body) == (200, url, b"<rss/>")
    assert polled.content_type == "application/rss+xml"
    assert (polled.validators, polled.max_age) == (Validators('"7"', "Fri, 02 May 2025 10:00:00 GMT"), 600)
    assert (polled.moved_to, polled.elsewhere) == (None, None)


def test_a_poll_asks_for_what_is_new(site: Site) -> None:
    url = site.page("/feed", status=304)
    polled = poll(url, etag='"7"', last_modified="Fri, 02 May 2025 10:00:00 GMT")
    assert (polled.status, polled.body) == (304, None)
    headers = site.asked[0][1]
    assert headers["if-none-match"] == '"7"'
    assert headers["if-modified-since"] == "Fri, 02 May 2025 10:00:00 GMT"


def test_what_is_polled_may_be_larger_than_a_page_and_of_any_type(site: Site) -> None:
    body = b"x" * 10_000
    assert poll(site.page("/feed", body, headers={"Content-Type": "application/octet-stream"})).body == body


@pytest.mark.parametrize(("statuses", "moved_to"), [((301, 308), "/c"), ((301, 302), "/b"), ((302, 301), None)])
def test_a_poll_knows_where_to_ask_from_now_on(site: Site, statuses: tuple[int, int], moved_to: str | None) -> None:
    site.redirect("/a", "/b", statuses[0])
    site.redirect("/b", "/c", statuses[1])
    site.page("/c", b"<rss/>")
    polled = poll(site.url("/a"))
    assert (polled.url, polled.body) == (site.url("/c"), b"<rss/>")
    assert polled.moved_to == (site.url(moved_to) if moved_to else None)


@pytest.mark.parametrize("status", [301, 302])
def test_in_a_visit_a_poll_goes_to_no_other_host(site: Site, status: int) -> None:
    there = site.at("there.example", "/feed")
    polled = poll(site.redirect("/a", there, status), visit_of="127.0.0.1")
    assert (polled.status, polled.url, polled.body) == (status, site.url("/a"), None)
    assert (polled.elsewhere, polled.moved_to) == (there, there if status == 301 else None)
    assert len(site.asked) == 1


@pytest.mark.parametrize(("status", "reason"), [(404, "gone"), (410, "gone"), (403, "forbidden")])
def test_a_poll_that_is_refused_says_why(site: Site, status: int, reason: str) -> None:
    with pytest.raises(Unusable) as raised:
        poll(site.page("/feed", status=status))
    assert raised.value.reason == reason


# Bodies that lie


def test_a_page_may_be_as_large_as_the_limit(site: Site, fetch: Fetch) -> None:
    assert len(fetch(site.page("/a", b"x" * 1000), content_bytes=1000).body) == 1000
    assert unusable(fetch, site.page("/b", b"x" * 1001), content_bytes=1000) == "too_large"


def test_a_page_without_a_length_is_bounded_too(site: Site, fetch: Fetch) -> None:
    url = site.raw("/a", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000)
    assert unusable(fetch, url, content_bytes=1000) == "too_large"


def test_a_gzip_bomb_is_too_large(site: Site, fetch: Fetch) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert unusable(fetch, site.page("/a", bomb, headers={"Content-Encoding": "gzip"})) == "too_large"


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [("br", brotli.compress(bytes(5_000_000), quality=5)), ("zstd", zstandard.compress(bytes(5_000_000)))],
    ids=["br", "zstd"],
)
def test_so_are_other_bombs(site: Site, fetch: Fetch, encoding: str, bomb: bytes) -> None:
    assert unusable(fetch, site.page("/a", bomb, headers={"Content-Encoding": encoding})) == "too_large"


@pytest.mark.parametrize("many", [b"X-1: 1\r\n" * (MOST_HEADERS + 1), b"X: " + b"x" * 3 * HEAD_BYTES + b"\r\n"])
def test_too_many_or_too_long_headers_are_no_answer(site: Site, fetch: Fetch, many: bytes) -> None:
    url = site.raw("/a", b"HTTP/1.1 200 OK\r\n" + many + b"\r\nTides")
    assert "broke off or does not speak HTTP" in transient(fetch, url)


def test_headers_without_end_are_not_read(site: Site, fetch: Fetch) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            while True:
                handler.wfile.write(b"X-More: and more\r\n" * 100)
        handler.close_connection = True

    assert "broke off or does not speak HTTP" in transient(fetch, site.does("/a", endless))


def test_hints_without_end_are_no_answer(site: Site, fetch: Fetch) -> None:
    url = site.raw("/a", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000 + b"HTTP/1.1 200 OK\r\n\r\nTides")
    assert "broke off or does not speak HTTP" in transient(fetch, url)


def test_a_body_that_drips_is_left_at_the_deadline(site: Site, fetch: Fetch) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")
        with suppress(OSError):
            while True:
                handler.wfile.write(b"x")
                time.sleep(0.01)
        handler.close_connection = True

    assert "within 0.3 seconds" in transient(fetch, site.does("/a", drip), seconds=0.3)


def test_a_page_announced_too_large_is_not_waited_for(site: Site, fetch: Fetch) -> None:
    url = site.stall("/a", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
    assert unusable(fetch, url) == "too_large"


def test_a_page_shorter_than_announced_broke_off(site: Site, fetch: Fetch) -> None:
    url = site.raw("/a", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nTides")
    assert "broke off" in transient(fetch, url)


def test_what_a_server_sends_too_much_is_not_taken_for_its_next_page(site: Site) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nTides"
    first = site.raw("/a", answer + answer, hang_up=False)
    second = site.page("/b", b"Ebb")

    async def both() -> list[bytes]:
        fetcher = Fetcher("Test/1", 20, 1000, "127.0.0.1/32")
        return [(await fetcher.fetch(url)).body for url in (first, second)]

    assert asyncio.run(both()) == [b"Tides", b"Ebb"]


def test_compression_that_ends_early_broke_off(site: Site, fetch: Fetch) -> None:
    body = gzip.compress(b"Tides" * 99)[:-9]
    assert "ended early" in transient(fetch, site.page("/a", body, headers={"Content-Encoding": "gzip"}))


# Connections that fail


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nTid"])
def test_a_server_that_stalls_is_left_at_the_deadline(site: Site, fetch: Fetch, begin: bytes) -> None:
    cause = transient(fetch, site.stall("/a", begin), seconds=0.2)
    assert cause == "the whole page did not come within 0.2 seconds"


def test_the_deadline_is_one_for_all_redirects(site: Site, fetch: Fetch) -> None:
    site.stall("/b")
    assert "within 0.2 seconds" in transient(fetch, site.redirect("/a", "/b"), seconds=0.2)


def test_a_name_server_that_stalls_is_left_at_the_deadline(fetch: Fetch) -> None:
    async def stalled(host: str, port: int) -> list[Address]:
        await asyncio.Event().wait()
        return []

    assert "within 0.1 seconds" in transient(fetch, "http://tides.example/", resolve=stalled, seconds=0.1)


def test_a_refused_connection_has_to_wait(fetch: Fetch, closed_port: int) -> None:
    cause = transient(fetch, f"http://127.0.0.1:{closed_port}/")
    assert cause.startswith(f"could not connect to 127.0.0.1, port {closed_port}: ")


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nTid"])
def test_a_connection_that_breaks_has_to_wait(site: Site, fetch: Fetch, begin: bytes) -> None:
    assert f"the connection to 127.0.0.1:{site.port} broke" in transient(fetch, site.reset("/a", begin))


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Enc"])
def test_a_server_that_speaks_something_else_has_to_wait(site: Site, fetch: Fetch, answer: bytes) -> None:
    assert "broke off or does not speak HTTP" in transient(fetch, site.raw("/a", answer))


def test_a_server_without_tls_has_to_wait(site: Site, fetch: Fetch) -> None:
    cause = transient(fetch, f"https://127.0.0.1:{site.port}/")
    assert cause.startswith(f"no secure connection to 127.0.0.1:{site.port}: ")
    assert "_ssl.c" not in cause


def test_a_fetcher_goes_on_after_failures(site: Site) -> None:
    stall, gone, good = site.stall("/stall"), site.url("/gone"), site.page("/good", b"Tides")

    async def all_three() -> list[object]:
        fetcher = Fetcher("Test/1", 1.5, 1000, "127.0.0.1/32")
        return await asyncio.gather(*map(fetcher.fetch, (stall, gone, good)), return_exceptions=True)

    first, second, third = asyncio.run(all_three())
    assert isinstance(first, Transient)
    assert isinstance(second, Unusable)
    assert getattr(third, "body", None) == b"Tides"
