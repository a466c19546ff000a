"""Pages that lead to feeds and sitemaps: a site's home, mostly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from wireroom.formats.links import absolute
from wireroom.formats.listing import Listing, Problems
from wireroom.formats.texts import LONGEST_NAME, LONGEST_TITLE, plain

MOST_FEEDS = 100
"""Most feeds and sitemaps of one page."""
MAX_PAGE = 2_000_000
"""Most characters of a page that are looked at."""

_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)", re.IGNORECASE)
_MAYBE = re.compile(r"(?:application|text)/xml", re.IGNORECASE)
_FEED = re.compile(
    r"/(?:rss2?|feeds?|atom|rdf)(?:/|\.\w+)?$|\.(?:rss|atom|rdf)$|/(?:rss|feeds?)/.+\.xml$"
    r"|/[\w-]*(?:feed|rss|atom|sitemap)[\w-]*\.(?:xml|json)(?:\.gz)?$|/index\.xml$",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"/comments?/|/replies/|[?&]feed=comments", re.IGNORECASE)
_FEED_HOSTS = ("feeds.", "rss.", "feed.")
_GUESSES = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/sitemap.xml", "/news-sitemap.xml")


def read_page(text: str, url: str, problems: Problems) -> Listing:
    """What the page leads to: what it declares, or else links to; else guesses at where such things are kept."""
    if len(text) > MAX_PAGE:
        problems.note(f"only the first {MAX_PAGE:,} characters of the page were looked at")
    tree = LexborHTMLParser(text[:MAX_PAGE])
    base = _base(tree, url)
    feeds = list(dict.fromkeys([*_declared(tree, base), *_linked(tree, base)]))
    if len(feeds) > MOST_FEEDS:
        problems.note(f"only the first {MOST_FEEDS} feeds of the page were taken")
    title, root = tree.css_first("title"), tree.css_first("html")
    return Listing(
        kind="page",
        title=plain(title.text(), LONGEST_TITLE) if title else None,
        language=plain(root.attributes.get("lang"), LONGEST_NAME) if root else None,
        feeds=feeds[:MOST_FEEDS],
        guesses=[] if feeds else [urljoin(url, guess) for guess in _GUESSES],
        problems=problems.sentences(),
    )


def _base(tree: LexborHTMLParser, url: str) -> str:
    element = tree.css_first("base[href]")
    return (absolute(url, element.attributes.get("href")) if element else None) or url


def _declared(tree: LexborHTMLParser, base: str) -> Iterator[str]:
    for link in tree.css("link[href][rel]"):
        relations = (link.attributes.get("rel") or "").lower().split()
        said, href = (link.attributes.get("type") or "").strip(), link.attributes.get("href") or ""
        feed = "alternate" in relations and (_TYPES.match(said) or (_MAYBE.fullmatch(said) and _is_feed(href)))
        if feed or "sitemap" in relations or relations == ["feed"]:
            yield from _address(base, href)


def _linked(tree: LexborHTMLParser, base: str) -> Iterator[str]:
    """Links of the site itself, and to hosts of feeds, that look like one."""
    site = _site(base)
    for link in tree.css("a[href]"):
        for address in _address(base, link.attributes.get("href") or ""):
            host = urlsplit(address).hostname or ""
            if _is_feed(address) and (_site(address) == site or host.startswith(_FEED_HOSTS)):
                yield address


def _address(base: str, href: str) -> Iterator[str]:
    address = absolute(base, href)
    if address and not _COMMENTS.search(address):
        yield address


def _is_feed(address: str) -> bool:
    parts = urlsplit(address)
    return _FEED.search(parts.path) is not None or parts.query.startswith("feed=")


def _site(url: str) -> str:
    """The host without what stands before the name of the site, roughly: it only saves polls in vain."""
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])
