"""Thousands of real and odd documents: each is taken, or refused with a reason, and read as others read it."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from conftest import SHARED_DATA
from wireroom.errors import Unusable
from wireroom.formats import opml
from wireroom.formats.listing import Entry, Listing
from wireroom.formats.reading import read_listing

ARCHIVE = SHARED_DATA / "sources/sources.tar.gz"
URL = "https://site.example/feeds/main.xml"


class Document(NamedTuple):
    kind: str
    origin: str
    body: bytes


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """All but web archives, by the path in the archive."""
    with tarfile.open(ARCHIVE) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        bodies = {name: file.read() for name, file in files.items() if file}
    told = json.loads(bodies["sources/MANIFEST.json"])
    paths = {f"sources/{one['repo'].replace('/', '+')}/{one['path']}": one for one in told if one["kind"] != "warc"}
    return {path: Document(one["kind"], one["origin"], bodies[path]) for path, one in paths.items()}


@pytest.fixture(scope="module")
def readings(documents: dict[str, Document]) -> dict[str, Listing | Unusable]:
    return {path: reading(one.body) for path, one in documents.items()}


def reading(body: bytes) -> Listing | Unusable:
    try:
        return read_listing(body, "", URL)
    except Unusable as unusable:
        return unusable


TAKEN_AND_REFUSED = {
    "feed": {
        "atom": 1613, "rss": 1239, "rdf": 96, "json_feed": 20, "page": 15, "not_a_source": 626, "broken": 3, "opml": 2,
    },
    "opml": {"opml": 30},
    "sitemap/feed": {
        "sitemap": 3, "news_sitemap": 1, "sitemap_index": 1, "rss": 2, "atom": 1, "json_feed": 1, "not_a_source": 1,
    },
    "sitemap/robots/rss/url-normalise": {
        "robots": 24, "sitemap": 14, "news_sitemap": 2, "sitemap_index": 1, "rss": 2, "atom": 1, "not_a_source": 6,
    },
}  # fmt: skip
"""Each kind that the archive names, and what its documents turn out to be. Most that are no source are the results that
another reader's tests expect."""


def test_every_document_is_taken_or_refused_with_a_reason(
    documents: dict[str, Document], readings: dict[str, Listing | Unusable]
) -> None:
    found: dict[str, Counter[str]] = {}
    for path, one in readings.items():
        what = one.kind if isinstance(one, Listing) else one.reason
        found.setdefault(documents[path].kind, Counter())[what] += 1
    assert found == TAKEN_AND_REFUSED


def test_what_is_refused_is_no_source(readings: dict[str, Listing | Unusable]) -> None:
    told = (str(one) for one in readings.values() if isinstance(one, Unusable) and one.reason == "not_a_source")
    assert Counter(told) == {
        "it is JSON, but no JSON Feed: its version does not say so": 614,
        "it is neither a feed nor a sitemap nor a page, but some other text": 7,
        "it begins as rss, but there is no feed in it": 6,
        "it begins as rdf, but there is no feed in it": 1,
        "its root element is <catalog>, which no feed, sitemap or page has": 2,
        "its root element is <configuration>, which no feed, sitemap or page has": 2,
        "its root element is <note>, which no feed, sitemap or page has": 1,
    }


def test_real_feeds_are_read_whole(documents: dict[str, Document], readings: dict[str, Listing | Unusable]) -> None:
    entries = [
        entry
        for path, one in readings.items()
        if documents[path].origin == "real" and isinstance(one, Listing) and one.kind != "page"
        for entry in one.entries
    ]
    said = {field: sum(bool(getattr(entry, field)) for entry in entries) for field in Entry.__struct_fields__}
    assert len(entries) == 1688
    assert said == {
        "url": 1679, "id": 1469, "title": 1637, "authors": 1142, "published": 1558, "updated": 608, "summary": 1636,
        "categories": 482, "language": 64,
    }  # fmt: skip


def test_every_list_of_feeds_is_read_and_written(documents: dict[str, Document]) -> None:
    lists = [opml.read(one.body) for path, one in documents.items() if path.endswith(".opml")]
    assert (len(lists), sum(len(feeds) for feeds, _ in lists)) == (32, 755)
    assert all(opml.read(opml.write(feeds)) == (feeds, []) for feeds, _ in lists)
    assert all(problems == [] for _, problems in lists)


def pairs(documents: dict[str, Document]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Feeds beside what another reader (gofeed) reads in them."""
    for path in documents:
        beside = path.removesuffix(".xml") + ".json"
        if path.startswith("sources/mmcdole+gofeed") and path.endswith(".xml") and beside in documents:
            gold = json.loads(documents[beside].body)
            yield path, gold.get("items") or gold.get("entries") or []


def test_another_reader_finds_the_same_entries(
    documents: dict[str, Document], readings: dict[str, Listing | Unusable]
) -> None:
    agreed: Counter[str] = Counter()
    for path, items in pairs(documents):
        ours = readings[path]
        entries = ours.entries if isinstance(ours, Listing) else []
        assert len(entries) == len(items), path
        for entry, item in zip(entries, items, strict=True):
            link, title = item.get("link"), item.get("title")
            if isinstance(link, str) and link.startswith("http"):
                agreed[f"url {entry.url == link}"] += 1
            if isinstance(title, str):
                agreed[f"title {entry.title == (' '.join(title.split()) or None)}"] += 1
    # Titles of markup, which it keeps and we take off; an address that it makes of a URI that is none.
    assert agreed == {"url True": 10, "url False": 1, "title True": 30, "title False": 20}
