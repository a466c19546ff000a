"""A small news site on this machine, so that the demonstration fetches over real HTTP and needs no network."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from types import TracebackType
from typing import ClassVar, NamedTuple, Self
from xml.etree import ElementTree

FEED = "/feed.xml"
MEDIA_TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/rss+xml; charset=utf-8"}


class Page(NamedTuple):
    media_type: str
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from `pages`, by path; anything else is 404."""

    pages: ClassVar[dict[str, Page]] = {}

    def do_GET(self) -> None:
        self.wfile.write(self.answer())

    def do_HEAD(self) -> None:
        self.answer()

    def answer(self) -> bytes:
        """Send status and headers; return the body."""
        missing = Page("text/plain; charset=utf-8", b"There is no such page here.\n")
        page = self.pages.get(self.path.partition("?")[0])
        status = HTTPStatus.OK if page else HTTPStatus.NOT_FOUND
        media_type, body = page or missing
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: the terminal belongs to the demonstration."""


class Site:
    """The pages of `site/`, served on a free port of 127.0.0.1 from `with` to its end."""

    def __enter__(self) -> Self:
        class SiteHandler(Handler):
            """A subclass of its own for each site: two of them at once have different pages."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), SiteHandler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._pages = SiteHandler.pages = read_pages(self.base)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="demo-site", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def feed(self) -> str:
        """The address of the site's RSS feed."""
        return self.base + FEED

    def links(self) -> list[str]:
        """The article addresses in the feed, in its order; one of them leads nowhere, on purpose."""
        rss = ElementTree.fromstring(self._pages[FEED].body)  # noqa: S314 - our own file
        return [link.text for link in rss.iterfind("channel/item/link") if link.text]


def read_pages(base: str) -> dict[str, Page]:
    """Path -> page for every file of `site/`, with `{base}` in it replaced by `base`."""
    return {
        f"/{file.name}": Page(media_type, file.read_bytes().replace(b"{base}", base.encode()))
        for file in files(__package__).joinpath("site").iterdir()
        if (media_type := MEDIA_TYPES.get("." + file.name.rpartition(".")[2]))
    }
