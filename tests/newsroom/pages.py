"""A small web on loopback: as many pages as wanted, each different."""

from __future__ import annotations

from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self


def page(number: int) -> str:
    """An HTML page in the manner of a news site, different for each number."""
    town = ("Lagos", "Oslo", "Lima", "Dhaka", "Quito")[number % 5]
    sentences = [
        f"The tram numbered {number} crossed the old bridge of {town} on Friday for the first time in a decade.",
        f"Engineers of the Harbour Tramways said that crossing {number} took four minutes on the measuring run.",
        f"The council of {town} will decide in June whether all lines may use it again, Mayor Inés Pardo said.",
    ]
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f"<!doctype html><html lang=en><head><title>Tram {number} crosses the bridge of {town} - Harbour Wire</title>"
        f'<meta property="og:title" content="Tram {number} crosses the bridge of {town}">'
        '<meta property="og:type" content="article"><meta property="og:site_name" content="Harbour Wire">'
        '<meta property="article:published_time" content="2025-05-02T10:15:00+00:00"></head><body>'
        "<nav><a href=/>Home</a> <a href=/news>News</a> <a href=/sport>Sport</a></nav>"
        f"<article><h1>Tram {number} crosses the bridge of {town}</h1>{paragraphs}</article>"
        "<footer>Copyright Harbour Wire</footer></body></html>"
    )


class Handler(BaseHTTPRequestHandler):
    """`/7` is page 7, `/7?3` the same after 3 seconds; anything that is no number is not found."""

    server: Server

    def do_GET(self) -> None:
        name, _, seconds = self.path.strip("/").partition("?")
        self.server.asked.append(self.path)
        if seconds:
            self.server.hurrying.wait(float(seconds))
        body = page(int(name)).encode() if name.isdecimal() else b"There is no such page."
        self.send_response(200 if name.isdecimal() else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Remembers what it was asked."""

    request_queue_size = 128
    """Callers who are not yet answered: beyond them it would look as if nobody listened."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("", 0), handler)
        self.hurrying = Event()
        self.asked: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not wait for the end is nothing to speak of."""


class Web:
    """Serves from `with` to its end, on every address of the loopback network: each is a host of its own."""

    def __init__(self, handler: type[Handler] = Handler) -> None:
        self._handler = handler

    def __enter__(self) -> Self:
        self._server = self._make_server()
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.hurry()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _make_server(self) -> Server:
        return Server(self._handler)

    def hurry(self) -> None:
        """From now on all pages come at once, those that somebody waits for too."""
        self._server.hurrying.set()

    @property
    def asked(self) -> Counter[str]:
        """How often each path was asked for; but robots.txt, which belongs to no page."""
        return Counter(path for path in self._server.asked if path != "/robots.txt")

    @property
    def requests(self) -> list[str]:
        """The paths that were asked for, in their order."""
        return self._server.asked

    @property
    def pattern(self) -> str:
        """The address of a page, with places for `host` and `number`."""
        return f"http://127.0.0.{{host}}:{self._server.server_port}/{{number}}"

    def url(self, number: int | str, host: int = 1) -> str:
        """The address of a page on one of many hosts."""
        return self.pattern.format(host=host, number=number)
