"""Fetching: an address becomes a page, or what a feed says now; or it is told why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urljoin

from wireroom.contracts import FetchedPage
from wireroom.errors import Unusable
from wireroom.ingest import answers, robots
from wireroom.ingest.addresses import networks
from wireroom.ingest.client import Answer, Client
from wireroom.ingest.network import CheckedNetwork, Resolve, looking_first, read_hosts, resolve
from wireroom.ingest.visit import Budget, House, Manners, Visit
from wireroom.settings import Settings
from wireroom.urls import InvalidUrl, normal

MAX_REDIRECTS = 8
"""How many redirects lead to a page at most, those to other hosts included."""
POLL_BYTES = 50_000_000
"""Largest feed or sitemap, decoded."""

_PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_POLL = {
    "Accept": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,"
    "text/xml;q=0.9,application/json;q=0.8,text/html;q=0.7,*/*;q=0.5"
}


class Moved(Exception):  # noqa: N818 - it is what happened
    """A redirect leads to `url` on another host, by `redirects`: that host has its own time."""

    def __init__(self, url: str, redirects: Sequence[str]) -> None:
        super().__init__(f"the page is at {url}")
        self.url = url
        self.redirects = list(redirects)


class Validators(NamedTuple):
    """What an answer said by which the next one can tell whether anything has changed."""

    etag: str | None = None
    last_modified: str | None = None


_NO_VALIDATORS = Validators()


class Polled(NamedTuple):
    """What became of a poll: a body, or nothing new, or a redirect to another host."""

    status: int
    """Of the last answer; 304 where nothing is new."""
    url: str
    """What was asked last."""
    body: bytes | None = None
    content_type: str = ""
    validators: Validators = _NO_VALIDATORS
    max_age: float | None = None
    """Seconds for which it is good, as it says."""
    moved_to: str | None = None
    """Where it is to be asked for from now on: it was redirected for good."""
    elsewhere: str | None = None
    """Where it is, on another host, which was not asked."""


class Fetcher:
    """Fetches for any number of tasks of one event loop.

    Connects only to public addresses and those in `allow` (networks, as `127.0.0.0/8,::1/128`); finds names in the
    hosts file before it asks for them. Raises `WireroomError` for a bad `allow` or `hosts`.
    """

    def __init__(
        self, user_agent: str, seconds: float, content_bytes: int, allow: str, hosts: Path | None = None, *,
        resolve: Resolve = resolve, answered: Callable[[int | None], object] = bool,
    ) -> None:  # fmt: skip
        """`answered` is told the status of each answer; None where there was none."""
        self.seconds = seconds
        """Total deadline of one fetch, redirects included."""
        self.content_bytes = content_bytes
        """Largest page, decoded."""
        self._agent = robots.agent_of(user_agent)
        finding = looking_first(read_hosts(hosts), resolve) if hosts else resolve
        self._client = Client(user_agent, CheckedNetwork(networks(allow), finding), answered)

    @classmethod
    def of(cls, given: Settings, answered: Callable[[int | None], object] = bool) -> Self:
        """As the settings say."""
        return cls(given.user_agent, given.fetch_seconds, given.content_bytes, given.fetch_allow, given.fetch_hosts,
                   answered=answered)  # fmt: skip

    def visit(self, host: str, house: House, delay: float) -> Visit:
        """A visit to the host, with `delay` seconds at least between two requests."""
        return Visit(self._client, self.seconds, host, house, Manners(delay, self._agent))

    async def fetch(
        self, url: str, source: str | None = None, *, visit: Visit | None = None, redirects: Sequence[str] = (),
        obeys: bool = True,
    ) -> FetchedPage:  # fmt: skip
        """The page at `url`, to which `redirects` led; raises `Unusable`, or `Transient`, as when the deadline passes.

        In a `visit`, robots.txt is asked unless nobody `obeys` it, and a redirect to another host raises `Moved`.
        """
        async with self._visiting(visit) as visitor:
            address, led, budget = _address(url), [*redirects], Budget(self.seconds)
            while True:
                async with visitor.ask(address, _PAGE, budget, obeys=obeys) as answer:
                    location = answers.redirect(answer.status, answer.headers)
                    if location is None:
                        return await self._page(answer, address, led, source)
                address = _led_on(address, location, led)
                if not visitor.stays(address):
                    raise Moved(address, led)

    async def poll(
        self, url: str, validators: Validators = _NO_VALIDATORS, *, visit: Visit | None = None, obeys: bool = True
    ) -> Polled:
        """What is at `url` unless it is as it was; raises as `fetch` does. In a `visit`, another host is not asked."""
        async with self._visiting(visit) as visitor:
            address, led, budget = _address(url), list[str](), Budget(self.seconds)
            asking, moved_to, for_good = _POLL | _conditions(validators), None, True
            while True:
                async with visitor.ask(address, asking, budget, obeys=obeys) as answer:
                    location = answers.redirect(answer.status, answer.headers)
                    if location is None:
                        return await self._polled(answer, address, moved_to)
                    for_good = for_good and answers.is_for_good(answer.status)
                asked, address = address, _led_on(address, location, led)
                moved_to = address if for_good else moved_to
                if not visitor.stays(address):
                    return Polled(answer.status, asked, moved_to=moved_to, elsewhere=address)

    @asynccontextmanager
    async def _visiting(self, visit: Visit | None) -> AsyncIterator[Visit]:
        if visit is not None:
            yield visit
            return
        async with Visit(self._client, self.seconds) as alone:
            yield alone

    async def _page(self, answer: Answer, address: str, led: list[str], source: str | None) -> FetchedPage:
        _check(answer)
        content_type = answer.headers.get("content-type", "")
        answers.check_media_type(content_type)
        return FetchedPage(
            body=await answer.read(self.content_bytes),
            content_type=content_type,
            url=address,
            requested_url=led[0] if led else address,
            redirects=led,
            status=answer.status,
            headers=answers.kept_headers(answer.headers),
            fetched_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            source=source,
        )

    async def _polled(self, answer: Answer, address: str, moved_to: str | None) -> Polled:
        headers = answer.headers
        found = Polled(
            answer.status, address, None, headers.get("content-type", ""),
            Validators(headers.get("etag"), headers.get("last-modified")),
            answers.max_age(headers, datetime.now(UTC)), moved_to,
        )  # fmt: skip
        if answer.status == answers.NOT_MODIFIED:
            return found
        _check(answer)
        return found._replace(body=await answer.read(POLL_BYTES))


def _check(answer: Answer) -> None:
    failure = answers.failure(answer.status, answer.headers, datetime.now(UTC))
    if failure is not None:
        raise failure


def _conditions(validators: Validators) -> dict[str, str]:
    asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in asked.items() if value is not None}


def _address(url: str) -> str:
    try:
        return normal(url)
    except InvalidUrl as error:
        raise Unusable("invalid_url", str(error)) from error


def _led_on(address: str, location: str, led: list[str]) -> str:
    """Where `location`, found at `address`, leads, in normal form; adds `address` to those that `led` there.

    Raises `Unusable` where nothing can be fetched, where it leads back, and where it led too far.
    """
    led.append(address)
    try:
        target = normal(urljoin(address, location))
    except (InvalidUrl, ValueError) as error:
        raise Unusable("invalid_url", f"the address redirects to one that cannot be fetched: {error}") from error
    if target in led:
        raise Unusable("redirects", f"the address redirects in a circle, to {target}")
    if len(led) > MAX_REDIRECTS:
        raise Unusable("redirects", f"the address redirects more than {MAX_REDIRECTS} times")
    return target
