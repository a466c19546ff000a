"""The HTTP client: many fetches side by side, each as if it were the first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from wireroom.contracts import FetchedPage
from wireroom.errors import Transient, Unusable
from wireroom.ingest import answers, body
from wireroom.ingest.addresses import networks
from wireroom.ingest.network import CheckedNetwork, Resolve, resolve
from wireroom.urls import InvalidUrl, normal

MAX_REDIRECTS = 8
"""How many redirects of one fetch are followed."""

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_LONGEST_DETAIL = 200
_NOISE = re.compile(r"^\[[^\]]*\] | \(_ssl\.c:\d+\)$")


class Answer(NamedTuple):
    """The head of an answer, and how to read its body while the exchange lasts."""

    status: int
    headers: httpx.Headers
    chunks: AsyncIterator[bytes]

    async def read(self, limit: int) -> bytes:
        """The decoded body; raises `Unusable` once it has more than `limit` bytes, `Transient` if it breaks off."""
        encoding = self.headers.get("content-encoding", "")
        if not encoding and self._announced() > limit:
            raise body.too_large(limit)
        return await body.read(self.chunks, encoding, limit)

    def _announced(self) -> int:
        length = self.headers.get("content-length", "")
        return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


class Fetcher:
    """Fetches pages for any number of tasks of one event loop; used as an asynchronous context manager.

    Connects only to public addresses and those in `allow` (networks, as `127.0.0.0/8,::1/128`). Takes no proxy,
    certificate or password from the environment and keeps no cookies. Raises `WireroomError` for a bad `allow`.
    """

    def __init__(
        self, user_agent: str, seconds: float, content_bytes: int, allow: str, *, resolve: Resolve = resolve,
        answered: Callable[[int | None], object] = bool,
    ) -> None:  # fmt: skip
        """`answered` is told the status of each answer; None where there was none."""
        self.seconds = seconds
        """Total deadline of one fetch, redirects included."""
        self.content_bytes = content_bytes
        """Largest page, decoded."""
        self._answered = answered
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=256,
            # A server that sends more than it announced would have the rest taken for its next answer.
            max_keepalive_connections=0,
            network_backend=CheckedNetwork(networks(allow), resolve),
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, traceback)

    async def fetch(self, url: str, source: str | None = None) -> FetchedPage:
        """The page at `url`, redirects followed; raises `Unusable`, or `Transient`, as when the deadline passes."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._follow(_address(url), source)
        except TimeoutError as error:
            raise Transient(f"the whole page did not come within {self.seconds:g} seconds") from error

    async def _follow(self, requested: str, source: str | None) -> FetchedPage:
        address, cookies = requested, httpx.Cookies()
        for _ in range(1 + MAX_REDIRECTS):
            async with self._exchange(address, cookies) as answer:
                location = answers.redirect(answer.status, answer.headers)
                if location is None:
                    return await self._page(answer, address, requested, source)
            address = _redirected(address, location)
        raise Unusable("redirects", f"the address redirects more than {MAX_REDIRECTS} times")

    async def _page(self, answer: Answer, address: str, requested: str, source: str | None) -> FetchedPage:
        failure = answers.failure(answer.status, answer.headers, datetime.now(UTC))
        if failure is not None:
            raise failure
        content_type = answer.headers.get("content-type", "")
        answers.check_media_type(content_type)
        return FetchedPage(
            body=await answer.read(self.content_bytes),
            content_type=content_type,
            url=address,
            requested_url=requested,
            status=answer.status,
            headers=answers.kept_headers(answer.headers),
            fetched_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            source=source,
        )

    @asynccontextmanager
    async def _exchange(self, url: str, cookies: httpx.Cookies) -> AsyncIterator[Answer]:
        """Ask for `url` (in normal form), once. Sends what fits of `cookies`, and adds those of the answer to them.

        Raises `Transient` for everything that goes wrong on the way, now or while the body is read.
        """
        request = httpx.Request("GET", url, headers={"Host": urlsplit(url).netloc} | self._headers)
        request.headers.encoding = "utf-8"  # else a cookie outside ASCII could not be sent back
        cookies.set_cookie_header(request)
        status = None
        try:
            with _plainly(urlsplit(url).netloc):
                async with self._pool.stream("GET", _target(url), headers=request.headers.raw) as response:
                    status, headers = response.status, httpx.Headers(response.headers)
                    _keep_cookies(cookies, headers, request)
                    yield Answer(status, headers, response.aiter_stream())
        finally:
            self._answered(status)


def _address(url: str) -> str:
    try:
        return normal(url)
    except InvalidUrl as error:
        raise Unusable("invalid_url", str(error)) from error


def _redirected(address: str, location: str) -> str:
    """Where `location`, found at `address`, leads, in normal form; `Unusable` where nothing can be fetched."""
    try:
        return normal(urljoin(address, location))
    except (InvalidUrl, ValueError) as error:
        raise Unusable("invalid_url", f"the address redirects to one that cannot be fetched: {error}") from error


def _target(url: str) -> httpcore.URL:
    # httpcore reads a URL given as text with urlparse, and loses what stands after a semicolon in the path.
    parts, path = urlsplit(url), url.split("/", 3)[3]
    return httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=f"/{path}")


def _keep_cookies(cookies: httpx.Cookies, headers: httpx.Headers, request: httpx.Request) -> None:
    # Of the headers only these: httpx would make a decoder for each Content-Encoding, and there can be thousands.
    found = [(name, value) for name, value in headers.raw if name.lower() == b"set-cookie"]
    cookies.extract_cookies(httpx.Response(200, headers=found, request=request))


@contextmanager
def _plainly(host: str) -> Iterator[None]:
    """Everything that can go wrong on the way to and from `host`, as `Transient` with a plain sentence."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise Transient(f"no secure connection to {host}: {_detail(error)}") from error
    except httpcore.ProtocolError as error:
        raise Transient(f"{host} broke off or does not speak HTTP: {_detail(error)}") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
        raise Transient(f"the connection to {host} broke: {_detail(error)}") from error


def _detail(error: Exception) -> str:
    return _NOISE.sub("", str(error))[:_LONGEST_DETAIL] or type(error).__name__
