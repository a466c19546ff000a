"""The HTTP client: one request, one answer; what comes of an answer is for others to decide."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

import h11
import httpcore
import httpx

from wireroom.errors import Busy, Failure
from wireroom.ingest import body
from wireroom.ingest.connection import Connection, Head

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_SETTLE_SECONDS = 1.0
_LONGEST_DETAIL = 200
_NOISE = re.compile(r"^\[[^\]]*\] | \(_ssl\.c:\d+\)$")
_PORTS = {"http": 80, "https": 443}


class Answer(NamedTuple):
    """The head of an answer, and how to read its body while the exchange lasts."""

    status: int
    headers: httpx.Headers
    announced: int
    chunks: AsyncIterator[bytes]

    async def read(self, limit: int) -> bytes:
        """The decoded body; raises `Unusable` once it has more than `limit` bytes, `Transient` if it breaks off."""
        encoding = self.headers.get("content-encoding", "")
        if not encoding and self.announced > limit:
            raise body.too_large(limit)
        return await body.read(self.chunks, encoding, limit)

    async def read_head(self, limit: int) -> bytes:
        """At most the first `limit` bytes of the decoded body."""
        return await body.read_head(self.chunks, self.headers.get("content-encoding", ""), limit)


async def at_once() -> None:
    """No time at all."""


class Kept:
    """The connection of one visitor, kept while the same origin is asked."""

    def __init__(self, pause: Callable[[], Awaitable[None]] = at_once) -> None:
        """`pause` is the time between two requests to the origin."""
        self.pause = pause
        self.origin: str | None = None
        self.connection: Connection | None = None

    async def close(self) -> None:
        """Hang up, if there is a connection."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(Exception):
                await connection.close()


class Client:
    """Asks origins for any number of visitors of one event loop.

    Takes no proxy, certificate or password from the environment, and keeps no cookies.
    """

    def __init__(
        self, user_agent: str, network: httpcore.AsyncNetworkBackend, answered: Callable[[int | None], object]
    ) -> None:
        """`answered` is told the status of each answer; None where there was none."""
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING}
        self._network = network
        self._answered = answered

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = httpx.create_ssl_context(trust_env=False)
        context.set_alpn_protocols(["http/1.1"])
        return context

    @asynccontextmanager
    async def exchange(self, url: str, headers: Mapping[str, str], kept: Kept) -> AsyncIterator[Answer]:
        """Ask for `url` (in normal form), once, over the connection that is kept where it is still good.

        Raises `Busy` for everything that goes wrong on the way, now or while the body is read.
        """
        parts, status = urlsplit(url), None
        told = {"Host": parts.netloc} | self._headers | dict(headers)
        raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in told.items()]
        try:
            with _plainly(parts.netloc):
                connection, head = await self._ask(url, raw, kept)
                status = head.status
                yield Answer(status, head.headers, head.announced, connection.chunks())
            await _settle(kept)
        except Failure:
            # Of a page that is gone, or too large, the connection may still be good.
            await _settle(kept)
            raise
        except BaseException:
            await kept.close()
            raise
        finally:
            self._answered(status)

    @asynccontextmanager
    async def once(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Answer]:
        """As `exchange`, over a connection that is not kept."""
        kept = Kept()
        try:
            async with self.exchange(url, headers, kept) as answer:
                yield answer
        finally:
            await kept.close()

    async def _ask(self, url: str, headers: list[tuple[bytes, bytes]], kept: Kept) -> tuple[Connection, Head]:
        parts, target = urlsplit(url), "/" + url.split("/", 3)[3]
        origin = f"{parts.scheme}://{parts.netloc}"
        if kept.connection is not None and (kept.origin != origin or not kept.connection.is_quiet()):
            await kept.close()
        if kept.connection is not None:
            try:
                return kept.connection, await kept.connection.ask(target, headers)
            except (h11.RemoteProtocolError, httpcore.NetworkError):
                if kept.connection.heard:
                    raise
            # The server was hanging up at this moment, or it does not like the request: it may have read it.
            await kept.close()
            await kept.pause()
        kept.origin, kept.connection = origin, await self._open(parts.scheme, parts.hostname or "", parts.port)
        return kept.connection, await kept.connection.ask(target, headers)

    async def _open(self, scheme: str, host: str, port: int | None) -> Connection:
        stream = await self._network.connect_tcp(host, port or _PORTS[scheme])
        if scheme == "https":
            try:
                stream = await stream.start_tls(self._tls, host)
            except BaseException:
                await stream.aclose()
                raise
        return Connection(stream)


async def _settle(kept: Kept) -> None:
    """Keep the connection, if the answer is at its end, or soon."""
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            settled = kept.connection is not None and await kept.connection.settle()
    except (h11.ProtocolError, httpcore.NetworkError, OSError):
        settled = False
    if not settled:
        await kept.close()


@contextmanager
def _plainly(host: str) -> Iterator[None]:
    """Everything that can go wrong on the way to and from `host`, as `Busy` with a plain sentence."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout, ssl.SSLError) as error:
        raise Busy(f"no secure connection to {host}: {_detail(error)}") from error
    except h11.ProtocolError as error:
        raise Busy(f"{host} broke off or does not speak HTTP: {_detail(error)}") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
        raise Busy(f"the connection to {host} broke: {_detail(error)}") from error


def _detail(error: Exception) -> str:
    return _NOISE.sub("", str(error))[:_LONGEST_DETAIL] or type(error).__name__
