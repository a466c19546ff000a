"""Any document that may be a source, read as what its content turns out to be."""

from __future__ import annotations

import re

from wireroom.errors import Unusable
from wireroom.formats import feeds, sitemaps
from wireroom.formats.document import text_of
from wireroom.formats.feeds import read_feed
from wireroom.formats.json_feed import read_json_feed
from wireroom.formats.listing import Listing, Problems
from wireroom.formats.pages import read_page
from wireroom.formats.prolog import Prolog, content, prolog
from wireroom.formats.sitemaps import read_list, read_sitemap

_SOURCE = re.compile(r"<(?:[\w.\-]+:)?(rss|feed|rdf|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_JUNK = 10_000
"""Within how many characters a source begins, behind the warnings of a program that wrote it."""
_ROBOTS = re.compile(r"^(?:user-agent|sitemap|disallow)\s*:", re.IGNORECASE | re.MULTILINE)
# fmt: off
_PAGE = frozenset(
    {
        "html", "head", "body", "title", "meta", "link", "script", "style", "base", "noscript", "div", "p", "a", "span",
        "br", "b", "center", "table", "section", "article", "main", "header", "nav", "h1", "h2", "h3", "ul", "form",
        "font", "img", "iframe", "svg", "pre",
    }
)
# fmt: on


def read_listing(body: bytes, content_type: str, url: str) -> Listing:
    """What the document at `url` lists. Raises `Unusable`, with a reason and a sentence, if it is no source."""
    problems = Problems()
    text = text_of(body, content_type, problems)
    if text.startswith(("{", "[")):
        return read_json_feed(text, url, problems)
    head = _head(text, problems)
    if head is None:
        return _read_lines(text, url, problems)
    if head.root in feeds.ROOTS:
        return read_feed(content(text, head, problems), head.root, url, problems)
    if head.root in sitemaps.ROOTS:
        return read_sitemap(content(text, head, problems), head.root, url, problems)
    if head.root in _PAGE or head.doctype == "html":
        return read_page(text, url, problems)
    raise _other(head.root)


def _head(text: str, problems: Problems) -> Prolog | None:
    """The head of the document, or of the source that begins behind a program's warnings."""
    head = prolog(text)
    if head is not None and (head.root in feeds.ROOTS or head.root in sitemaps.ROOTS or head.root == "html"):
        return head
    if (head is None or head.doctype != "html") and (found := _SOURCE.search(text, 0, _JUNK)):
        problems.note("what stands before its root element was left out")
        return Prolog(found[1].lower(), found.start(), "", "")
    return head


def _read_lines(text: str, url: str, problems: Problems) -> Listing:
    listing = read_list(text, url, problems)
    if listing is not None:
        return listing
    if _ROBOTS.search(text):
        raise Unusable("robots", "it is a robots.txt: add the site's home page, and its sitemaps are found")
    raise Unusable("not_a_source", "it is neither a feed nor a sitemap nor a page, but some other text")


def _other(root: str) -> Unusable:
    if root == "opml":
        return Unusable("opml", "it is an OPML list of feeds: give it to `wireroom sources import`")
    return Unusable("not_a_source", f"its root element is <{root[:40]}>, which no feed, sitemap or page has")
