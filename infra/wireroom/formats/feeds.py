"""RSS, Atom and RDF, whole or broken, as feedparser reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any
from xml.sax import SAXException, SAXParseException

import feedparser

from wireroom.errors import Unusable
from wireroom.formats.dates import iso
from wireroom.formats.links import absolute
from wireroom.formats.listing import Entry, Kind, Listing, Problems
from wireroom.formats.texts import LONGEST_NAME, LONGEST_SUMMARY, LONGEST_TITLE, names, plain

ROOTS: Mapping[str, Kind] = {"rss": "rss", "channel": "rss", "feed": "atom", "entry": "atom", "rdf": "rdf"}
"""Root elements of feeds."""

MAX_FEED_ENTRIES = 10_000
"""Most entries of a feed that are read: feedparser needs a millisecond for each."""

_ENDS = {"rss": "</channel></rss>", "channel": "</channel>", "feed": "</feed>", "rdf": "</rdf:RDF>"}
_ENTRY = re.compile(r"<(?:[\w.\-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_DAY = 86_400.0
_PERIODS = {"hourly": 3600.0, "daily": _DAY, "weekly": 7 * _DAY, "monthly": 30 * _DAY, "yearly": 365 * _DAY}
_PARTS = (AssertionError, AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)
"""What feedparser raises where one of its parts did not foresee a document."""

# Its own `get` and `[]` answer with one field for another, and warn of it.
_get = dict.get


def read_feed(text: str, root: str, url: str, problems: Problems) -> Listing:
    """The feed with this root element; raises `Unusable` where nothing of it can be read."""
    parsed = _parsed(_bounded(text, root, problems))
    if parsed.bozo:
        problems.note(f"its XML is broken, and was read as far as it goes: {_what(parsed.bozo_exception)}")
    feed: dict[str, Any] = parsed.feed
    if not (parsed.entries or parsed.version or feed.get("title")):
        raise Unusable("not_a_source", f"it begins as {ROOTS[root]}, but there is no feed in it")
    home = absolute(url, _get(feed, "link"))
    kind = ROOTS[root]
    return Listing(
        kind=kind,
        title=_text(feed, "title", LONGEST_TITLE),
        home=home,
        language=plain(_get(feed, "language"), LONGEST_NAME),
        entries=[_entry(one, url, kind, problems) for one in parsed.entries[:MAX_FEED_ENTRIES]],
        ttl=_ttl(feed),
        next=_linked(feed, url, {"next"}),
        problems=problems.sentences(),
    )


def _parsed(text: str) -> Any:
    try:
        return feedparser.parse(
            BytesIO(text.encode("utf-8", "replace")),
            sanitize_html=False, resolve_relative_uris=False, response_headers=dict(_HEADERS),
        )  # fmt: skip
    except _PARTS as error:
        raise Unusable("broken", f"the feed is broken in a way that cannot be read: {error}"[:300]) from error


def _what(broken: Exception) -> str:
    where = f" in line {broken.getLineNumber()}" if isinstance(broken, SAXParseException) else ""
    message = broken.getMessage() if isinstance(broken, SAXException) else str(broken)
    return f"{plain(message, LONGEST_NAME)}{where}"


def _bounded(text: str, root: str, problems: Problems) -> str:
    """The feed without what is beyond its first `MAX_FEED_ENTRIES` entries, still whole."""
    if text.count("<item") + text.count("<entry") <= MAX_FEED_ENTRIES:
        return text
    for number, match in enumerate(_ENTRY.finditer(text)):
        if number == MAX_FEED_ENTRIES:
            problems.note(f"only its first {MAX_FEED_ENTRIES:,} entries were read")
            return text[: match.start()] + _ENDS.get(root, "")
    return text


def _entry(entry: dict[str, Any], base: str, kind: Kind, problems: Problems) -> Entry:
    address = _address(entry, base)
    if address is None:
        problems.note("an entry has no address that can be fetched")
    published = iso(_get(entry, "published")) or iso(_get(entry, "created"))
    updated = iso(_get(entry, "updated"))
    if kind != "atom" and published is None:
        # There feedparser takes dc:date for a change; it is when the article was published.
        published, updated = updated, None
    return Entry(
        url=address,
        id=plain(_get(entry, "id"), LONGEST_TITLE),
        title=_text(entry, "title", LONGEST_TITLE),
        authors=names(_get(author, "name") or _get(author, "email") for author in _get(entry, "authors") or ()),
        published=published,
        updated=updated,
        summary=_text(entry, "summary", LONGEST_SUMMARY),
        categories=names(_get(tag, "term") or _get(tag, "label") for tag in _get(entry, "tags") or ()),
        language=plain(_get(entry, "language") or _detail(entry, "title").get("language"), LONGEST_NAME),
    )


def _address(entry: dict[str, Any], base: str) -> str | None:
    """The article's own address, before that of a service that counts clicks; an id that is one, where none is said."""
    id_ = str(_get(entry, "id") or "")
    link = _get(entry, "link")
    return (
        absolute(base, _get(entry, "feedburner_origlink"))
        or (absolute(base, link) if link != id_ else None)
        or _linked(entry, base, {"alternate"})
        or (absolute(base, id_) if re.match(r"https?://", id_, re.IGNORECASE) else None)
    )


def _linked(of: dict[str, Any], base: str, relations: Iterable[str]) -> str | None:
    links = (absolute(base, link.get("href")) for link in _get(of, "links") or () if link.get("rel") in relations)
    return next((link for link in links if link), None)


def _text(of: dict[str, Any], field: str, longest: int) -> str | None:
    return plain(_get(of, field), longest, markup=_detail(of, field).get("type") in _HTML)


def _detail(of: dict[str, Any], field: str) -> dict[str, Any]:
    detail = _get(of, f"{field}_detail")
    return detail if isinstance(detail, dict) else {}


def _ttl(feed: dict[str, Any]) -> float | None:
    """By `ttl`, in minutes, or by how often in a period (RSS module Syndication) it is made anew."""
    minutes = _number(_get(feed, "ttl"))
    if minutes:
        return minutes * 60
    period = _PERIODS.get(str(_get(feed, "sy_updateperiod") or "").strip().lower())
    return period / (_number(_get(feed, "sy_updatefrequency")) or 1) if period else None


def _number(said: object) -> int:
    text = str(said or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
