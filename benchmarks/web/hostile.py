"""Hosts that would do harm: bombs, and answers without end."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.web import manners
from benchmarks.web.answers import HTML, Answer, Request, document, redirect
from benchmarks.web.listings import FORMATS
from benchmarks.web.site import TRAPS, End, Feed, Land
from benchmarks.web.stories import page, story

BOMB_BYTES = 100 * 2**20
"""Decoded; as sent it is a thousandth of that."""
FEED_BYTES = 60 * 2**20
_LAUGHS = 10
_LARGE = "more than 50,000,000 bytes"
_START = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Endless</title>'
_ROW = b"<item><title>x</title></item>"


def build(land: Land) -> None:
    """All of them, each on a host of its own."""
    body = page(story(land.number()), "Hostile").encode()
    answer = Answer(body, {"Content-Type": HTML})
    for name, (manner, end, says) in _PAGES.items():
        site = land.site(f"hostile-{name}")
        site.want(site.put("/story.html", replace(answer, manner=manner)), end, says)
    site = land.site("hostile-announced")
    huge = replace(answer, headers={"Content-Type": HTML, "Content-Length": str(10**12)}, manner=manners.half)
    site.want(site.put("/story.html", huge), "rejected", "too_large")
    site = land.site("hostile-deep")
    site.want(site.put("/story.html", document(b"<div>" * 300_000)), "rejected", "malformed|not_an_article")
    for name, (answer, failure) in _feeds(land).items():
        site = land.site(f"hostile-feed-{name}")
        site.feeds.append(Feed(site.put("/feed.xml", answer), "", failure=failure))
    site = land.site("hostile-feed-huge")
    site.feeds.append(Feed(site.put("/feed.xml", _huge), "", failure=_LARGE))
    _build_false_feed(land)


_PAGES: dict[str, tuple[manners.Manner, End, str]] = {
    "gzip-bomb": (manners.bomb("gzip", BOMB_BYTES), "rejected", "too_large"),
    "brotli-bomb": (manners.bomb("br", BOMB_BYTES), "rejected", "too_large"),
    "endless": (manners.endlessly, "rejected", "too_large"),
    "endless-headers": (manners.with_endless_headers, "quarantine", "does not speak HTTP|header"),
    "huge-header": (manners.with_huge_header(2**20), "quarantine", "does not speak HTTP|header"),
}


def _feeds(land: Land) -> dict[str, tuple[Answer, str]]:
    kind = FORMATS["rss20"].content_type
    trap = f"http://{TRAPS[0]}:{land.port}/entity"
    return {
        "laughs": (document(_laughing(), kind), "|"),
        "entity-file": (document(_outside("file:///etc/passwd"), kind), "|"),
        "entity-http": (document(_outside(trap), kind), "|"),
        "gzip-bomb": (Answer(_START, {"Content-Type": kind}, manner=manners.bomb("gzip", BOMB_BYTES)), _LARGE),
        "gzip-file": (document(manners.gzip_bomb(_START, BOMB_BYTES), "application/gzip"), "|"),
        "endless": (Answer(_START, {"Content-Type": kind}, manner=manners.endlessly), f"{_LARGE}|did not come within"),
        "deep": (document(_START + b"<item>" * 200_000, kind), "|"),
        "inwards": (redirect(trap), "not an address of the public net"),
    }  # fmt: skip


def _huge(_: Request) -> Answer:
    # Made when it is asked for: there are few who want to keep it.
    return document(_START + _ROW * (FEED_BYTES // len(_ROW)), FORMATS["rss20"].content_type)


def _laughing() -> bytes:
    """Three thousand million laughs, where entities are expanded."""
    entities = [b'<!ENTITY l0 "ha">']
    entities += [b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, _LAUGHS)]
    return (
        b'<?xml version="1.0"?><!DOCTYPE rss [' + b"".join(entities) + b']><rss version="2.0"><channel>'
        b"<title>&l%d;</title><item><title>&l%d;</title></item></channel></rss>" % (_LAUGHS - 1, _LAUGHS - 1)
    )


def _outside(address: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY out SYSTEM "{address}">]><rss version="2.0"><channel>'
        "<title>&out;</title><item><title>&out;</title><link>http://[/&out;</link></item></channel></rss>"
    ).encode()


def _build_false_feed(land: Land) -> None:
    """Entries that lead to where nobody may go, beside two good ones."""
    site = land.site("hostile-entries")
    bad = (
        f"http://{TRAPS[0]}:{land.port}/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://169.254.169.254/latest/",
    )
    items = "".join(f"<item><title>Bad {n}</title><link>{url}</link></item>" for n, url in enumerate(bad))
    land.put_feed(
        site, "/feed.xml", entries=2, change=lambda body: body.replace(b"</channel>", items.encode() + b"</channel>")
    )
    for url in (bad[0], bad[3]):
        site.want(url, "rejected", "private_address")
