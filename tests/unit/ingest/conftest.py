"""A web site on loopback that behaves as each test wants, and a fetcher for it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Protocol

import pytest

from wireroom.contracts import FetchedPage
from wireroom.ingest.fetch import Fetcher

Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Does for each path what the test said; any other path is 404."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: dict[str, Behaviour] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.connections: set[tuple[str, int]] = set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a fetcher that has seen enough hangs up."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.requestline.split()[1]  # http.server's own `path` loses double slashes
        self.server.asked.append((path, headers))
        self.server.connections.add(self.client_address)
        self.server.behaviours.get(path, partial(_answer, status=404, headers={}, body=b""))(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


class Site:
    """What a test tells the server, and what the server was asked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._closing = Event()
        self.port = server.server_port
        self.asked = server.asked
        """Path and headers (names in lower case) of each request, in order."""
        self.connections = server.connections
        """Those over which requests came."""

    def url(self, path: str) -> str:
        """The address of `path`."""
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, host: str, path: str = "") -> str:
        """The address of `path` by another name of the server; without a path, its origin."""
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None) -> str:
        """Answer at `path`, with a Content-Length unless `headers` has one; gives the address."""
        return self.does(path, partial(_answer, status=status, headers=headers or {}, body=body))

    def redirect(self, path: str, location: str, status: int = 302, headers: Mapping[str, str] | None = None) -> str:
        """Send readers of `path` to `location`; gives the address."""
        return self.page(path, status=status, headers={"Location": location} | dict(headers or {}))

    def raw(self, path: str, answer: bytes, *, hang_up: bool = True) -> str:
        """Send `answer` as it is and hang up, or wait for the next request; gives the address."""

        def behaviour(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(answer)
            handler.close_connection = hang_up

        return self.does(path, behaviour)

    def afterwards(self, path: str, answer: bytes, more: bytes, moment: Event) -> str:
        """Send `answer`, and `more` when the moment has come, which is over then; gives the address."""

        def behaviour(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(answer)
            if moment.wait(20):
                handler.wfile.write(more)
                moment.clear()

        return self.does(path, behaviour)

    def stall(self, path: str, begin: bytes = b"") -> str:
        """Send `begin` and then, for three seconds or to the end of the test, nothing; gives the address."""

        def behaviour(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(begin)
            self._closing.wait(3)
            handler.close_connection = True

        return self.does(path, behaviour)

    def reset(self, path: str, begin: bytes) -> str:
        """Send `begin` and then break the connection; gives the address."""

        def behaviour(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(begin)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True

        return self.does(path, behaviour)

    def does(self, path: str, behaviour: Behaviour) -> str:
        """Let `behaviour` answer at `path`; gives the address."""
        self._server.behaviours[path] = behaviour
        return self.url(path)

    def close(self) -> None:
        """Let stalled answers end."""
        self._closing.set()


def _answer(handler: BaseHTTPRequestHandler, *, status: int, headers: Mapping[str, str], body: bytes) -> None:
    handler.send_response_only(status)
    for name, value in ({"Content-Length": str(len(body)), "Content-Type": "text/html"} | dict(headers)).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


class Fetch(Protocol):
    def __call__(self, url: str, **options: Any) -> FetchedPage:
        """Fetch one page with a fetcher of its own, that may reach 127.0.0.1 unless `options` say otherwise."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Server() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        site = Site(server)
        yield site
        site.close()
        server.shutdown()
        thread.join()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of 127.0.0.1 on which nobody listens, and nobody will while the test lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def fetch() -> Fetch:
    return _fetch


def _fetch(url: str, **options: Any) -> FetchedPage:
    return asyncio.run(Fetcher(**(DEFAULTS | options)).fetch(url))


DEFAULTS: dict[str, Any] = {"user_agent": "Test/1", "seconds": 20, "content_bytes": 100_000, "allow": "127.0.0.1/32"}
