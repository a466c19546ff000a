"""Hosts that break off, fail, or say what is not so."""

from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import count

from benchmarks.web import manners
from benchmarks.web.answers import HTML, Answer, Place, Request, document, refusal
from benchmarks.web.site import End, Feed, Land, Site
from benchmarks.web.stories import page, story

BROKEN: dict[str, tuple[manners.Manner, End, str]] = {
    "reset": (manners.reset, "quarantine", "broke|closed"),
    "half": (manners.half, "quarantine", "broke|closed"),
    "promising-more": (manners.promising_more, "quarantine", "broke|closed"),
    "garbled-chunks": (manners.in_garbled_chunks, "quarantine", "does not speak HTTP"),
    "silent": (manners.in_silence, "quarantine", "does not speak HTTP"),
    "nonsense": (manners.in_nonsense, "quarantine", "does not speak HTTP"),
    "chunks": (manners.in_chunks, "stored", ""),
    "without-length": (manners.without_length, "stored", ""),
    "excess": (manners.with_excess, "stored", ""),
}
"""How a story goes out, and what must become of it."""
CLOSED_PORT = 64999


def build(land: Land) -> None:
    """All of them, each kind on a host of its own."""
    for name, (manner, end, says) in BROKEN.items():
        site = land.site(f"broken-{name}")
        # Two: what is wrong with the first must not be taken for the second.
        for _ in range(2):
            site.want(site.put_story(land.number(), manner=manner), end, says)
    _build_failing(land)
    for name, (place, end, says) in _lies(land).items():
        site = land.site(f"lying-{name}")
        site.want(site.put("/story.html", place), end, says)
    _build_lying_feeds(land)


def _build_failing(land: Land) -> None:
    site = land.site("failing-always")
    site.want(site.put("/story.html", refusal(500)), "quarantine", "answered 500")
    site = land.site("failing-at-first")
    site.want(site.put("/story.html", _failing_at_first(land.number(), site)))
    site = land.site("failing-missing")
    for status, reason in ((404, "gone"), (410, "gone"), (403, "forbidden"), (451, "forbidden"), (418, "http_418")):
        site.want(site.put(f"/{status}.html", refusal(status)), "rejected", reason)
    site = land.site("failing-empty")
    site.want(site.put("/empty.html", document(b"")), "rejected", "empty|not_an_article")
    site.want(site.put("/nothing-new.html", Answer(status=204)), "rejected", "http_204|empty")
    # Nobody listens there, and at the second nobody would serve pages.
    site.want(f"http://{site.name}:{CLOSED_PORT}/", "quarantine", "connect")
    site.want(f"http://{site.name}:25/", "rejected", "port")


def _failing_at_first(number: int, site: Site) -> Place:
    turns = count()

    def place(_: Request) -> Answer:
        return refusal(503) if next(turns) == 0 else site.story_page(story(number), "/story.html")

    return place


def _lies(land: Land) -> dict[str, tuple[Answer, End, str]]:
    def told(charset: str = "utf-8", words: str = "") -> bytes:
        text = page(story(land.number()), "Lying").replace("<p>", f"<p>{words}", 1)
        return text.replace("charset=utf-8", f"charset={charset}").encode(charset)

    squeezed = gzip.compress(told())
    return {
        "image-type": (document(told(), "image/png"), "rejected", "media_type"),
        "pdf": (document(b"%PDF-1.7\n" + bytes(2000), HTML), "rejected", "binary|not_an_article"),
        "no-type": (Answer(told()), "stored", ""),
        "odd-type": (document(told(), "text/html;;; charset=\"nonsense"), "stored", ""),
        "charset": (document(told("cp1252", "“Zürich”: 5 €. "), "text/html; charset=cp1252"), "stored", ""),
        "no-charset": (document(told("shift_jis", "東京の新聞。 "), "text/html"), "stored", ""),
        "wrong-charset": (document(told("utf-8", "Žižkov, naïve. "), "text/html; charset=x-nonsense"), "stored", ""),
        "not-squeezed": (document(told(), Content_Encoding="gzip"), "quarantine", "compression is broken"),
        "half-squeezed": (document(squeezed[:-20], Content_Encoding="gzip"), "quarantine", "ended early"),
        "squeezed-twice": (document(gzip.compress(squeezed), Content_Encoding="gzip, gzip"), "rejected", "encoding"),
        "unasked-encoding": (document(told(), Content_Encoding="compress"), "rejected", "encoding"),
        "status": (replace(document(told()), status=404), "rejected", "gone"),
    }  # fmt: skip


def _build_lying_feeds(land: Land) -> None:
    for name, content_type in (("html", HTML), ("octets", "application/octet-stream"), ("image", "image/gif")):
        site = land.site(f"lying-feed-{name}")
        land.put_feed(site, "/feed", "atom" if name == "html" else "rss20", headers={"Content-Type": content_type})
    site = land.site("lying-feed-broken")
    # It ends amid its last entry, as where a disk was full.
    land.put_feed(site, "/feed.xml", "rss20", entries=3, change=lambda body: body[: body.rindex(b"<item>") + 40])
    site.feeds[-1] = site.feeds[-1]._replace(entries=site.feeds[-1].entries[:2])
    site = land.site("lying-feed-empty")
    site.feeds.append(Feed(site.put("/feed.xml", document(b"", "text/xml")), "", failure="empty"))
