"""A web server that misbehaves in as many ways as there are, until it is well."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from itertools import count
from threading import Event
from types import TracebackType

from newsroom import pages

_RESET = struct.pack("ii", 1, 0)
_FAILURES = 1
"""So many times a server answers 500 that then answers well."""


class Handler(BaseHTTPRequestHandler):
    """`/WAY/7` is page 7, sent in one of the `WAYS`."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/robots.txt":
            self.head(0, 404)
            return
        way, number = self.path.strip("/").split("/")
        body = pages.page(int(number)).encode()
        with suppress(OSError):  # the other end need not wait for ours
            (_well if self.server.well.is_set() else WAYS[way])(self, body)

    def head(self, length: int, status: int = 200) -> None:
        """Status and headers, which need not be true."""
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


def _well(handler: Handler, body: bytes) -> None:
    handler.head(len(body))
    handler.wfile.write(body)


def _slowly(handler: Handler, body: bytes) -> None:
    """A byte a second."""
    handler.head(len(body))
    sent = 0
    while sent < len(body) and not handler.server.well.wait(1.0):
        handler.wfile.write(body[sent : sent + 1])
        sent += 1
    handler.wfile.write(body[sent:])


def _reset(handler: Handler, body: bytes) -> None:
    """The connection is reset amid the body."""
    handler.head(len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    # Now: at its end the server would say that all is sent.
    socket.close(handler.connection.detach())


def _promise_more(handler: Handler, body: bytes) -> None:
    """More is announced than comes."""
    handler.head(len(body) + 100)
    handler.wfile.write(body)


def _promise_less(handler: Handler, body: bytes) -> None:
    """More comes than is announced: the end tags."""
    handler.head(len(body) - len(b"</body></html>"))
    handler.wfile.write(body)


def _close(handler: Handler, _: bytes) -> None:
    """There is no answer at all."""


def _fail_at_first(handler: Handler, body: bytes) -> None:
    """500 for a while."""
    if handler.server.asked.count(handler.path) > _FAILURES:
        _well(handler, body)
    else:
        handler.head(0, 500)


def _endless_headers(handler: Handler, _: bytes) -> None:
    """The headers have no end."""
    handler.send_response(200)
    for number in count():
        handler.send_header(f"X-{number}", "x" * 1000)
        handler.flush_headers()


WAYS: dict[str, Callable[[Handler, bytes], None]] = {
    "slowly": _slowly,
    "reset": _reset,
    "promises-more": _promise_more,
    "promises-less": _promise_less,
    "closes": _close,
    "fails-at-first": _fail_at_first,
    "endless-headers": _endless_headers,
}


class Server(pages.Server):
    """Is not well until it is told so."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.well = Event()


class Unruly(pages.Web):
    """Serves from `with` to its end, on every address of the loopback network."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.recover()
        super().__exit__(kind, error, traceback)

    def _make_server(self) -> Server:
        self._unruly = Server()
        return self._unruly

    def recover(self) -> None:
        """From now on every page is sent well."""
        self._unruly.well.set()

    def page(self, way: str, number: int, host: int) -> str:
        """The address of a page that is sent this way, on one of many hosts."""
        return f"http://127.0.1.{host}:{self._unruly.server_port}/{way}/{number}"
