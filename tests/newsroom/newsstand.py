"""A web with feeds, sitemaps and pages that lead to them, each as a test lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from newsroom.pages import Handler, Web


@dataclass
class Display:
    """What the newsstand answers with at a path."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Attendant(Handler):
    """Answers with what is on display, and says 304 to who knows its ETag; else as any web."""

    display: Mapping[str, Display] = {}
    seen: list[tuple[str, int, str]] = []  # noqa: RUF012

    def do_GET(self) -> None:  # noqa: N802 - the name is http.server's
        """Answer."""
        shown = self.display.get(self.path)
        if shown is None:
            self.path = self.path.partition("?")[0]
            super().do_GET()
            return
        known = shown.headers.get("ETag", "none") == self.headers.get("If-None-Match")
        status = 304 if known else shown.status
        self.seen.append((self.path, status, self.headers.get("Host", "")))
        self.server.asked.append(self.path)
        body = b"" if known else shown.body.encode()
        self.send_response(status)
        for name, value in shown.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Newsstand(Web):
    """`display` has what is at each path; `seen` what was asked there, how it was answered, and under which host."""

    def __init__(self) -> None:
        self.display: dict[str, Display] = {}
        self.seen: list[tuple[str, int, str]] = []
        super().__init__(type("Attendant", (Attendant,), {"display": self.display, "seen": self.seen}))

    def feed(self, entries: Iterable[tuple[str, str]], *, title: str = "Harbour Wire") -> str:
        """RSS with these addresses and times."""
        items = "".join(
            f"<item><title>Of {url}</title><link>{url}</link><pubDate>{time}</pubDate>"
            f"<description>What the feed says of {url}</description><category>harbours</category></item>"
            for url, time in entries
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'

    def sitemap(self, entries: Iterable[tuple[str, str]], *, index: bool = False) -> str:
        """A sitemap, or an index of such, with these addresses and times."""
        root, item = ("sitemapindex", "sitemap") if index else ("urlset", "url")
        items = "".join(f"<{item}><loc>{url}</loc><lastmod>{time}</lastmod></{item}>" for url, time in entries)
        return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</{root}>'
