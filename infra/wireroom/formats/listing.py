"""What a source lists: its entries, or where they are to be found."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

Kind = Literal["rss", "atom", "rdf", "json_feed", "sitemap", "news_sitemap", "sitemap_index", "page"]

MAX_BYTES = 52_428_800
"""Most bytes of a document, unpacked: what the sitemap protocol allows."""
MAX_ENTRIES = 50_000
"""Most entries of a document that are read: what the sitemap protocol allows."""
_MOST_PROBLEMS = 20


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source says of one article. Texts are plain; times ISO 8601 as it says them, without an offset where it
    gives none, and as short as `2024-05` where it gives no more."""

    url: str | None = None
    """Its address, absolute; None where the source names none that can be fetched."""
    id: str | None = None
    """The source's own id: guid, id."""
    title: str | None = None
    authors: list[str] = []
    published: str | None = None
    updated: str | None = None
    summary: str | None = None
    categories: list[str] = []
    language: str | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sitemap that a sitemap index names."""

    url: str
    updated: str | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document that was read."""

    kind: Kind
    """What its content turned out to be, whatever its content type said."""
    title: str | None = None
    home: str | None = None
    """The page that it belongs to."""
    language: str | None = None
    entries: list[Entry] = []
    sitemaps: list[Found] = []
    feeds: list[str] = []
    """Feeds and sitemaps that a page names."""
    guesses: list[str] = []
    """Where sites often keep them, for a page that names none: worth one look each."""
    ttl: float | None = None
    """Seconds for which it asks to be left alone."""
    next: str | None = None
    """Its next page, with older entries."""
    problems: list[str] = []
    """What was left out, and why."""


class Problems:
    """What was left out, counted."""

    def __init__(self, most: int = _MOST_PROBLEMS) -> None:
        """`most` is how many kinds of case are told."""
        self._counts: Counter[str] = Counter()
        self._most = most

    def note(self, what: str) -> None:
        """Note one case of `what`."""
        self._counts[what] += 1

    def sentences(self) -> list[str]:
        """Each kind of case once, with its number."""
        told = [f"{what} ({count:,} times)" if count > 1 else what for what, count in self._counts.items()]
        return told[: self._most]
