"""Feeds and sitemaps in every format, as data to send."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from benchmarks.web.answers import Answer, document
from benchmarks.web.stories import Story

EPOCH = datetime(2025, 5, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """One article in a listing."""

    url: str
    told: Story


class Listing(NamedTuple):
    """What a feed or sitemap says."""

    title: str
    home: str
    entries: Sequence[Entry]
    edition: int = 1

    @property
    def modified(self) -> datetime:
        """When it was last changed."""
        return EPOCH + timedelta(days=self.edition)


class Format(NamedTuple):
    """A format: as what it is recognised, how it is served, and how it is written."""

    kind: str
    content_type: str
    write: Callable[[Listing], str]


def _rss20(listing: Listing) -> str:
    items = "".join(
        f"<item><title><![CDATA[{told.title}]]></title><link>{escape(url)}</link>"
        f'<guid isPermaLink="false">story-{told.number}</guid><dc:creator>{told.author}</dc:creator>'
        f"<pubDate>{_stamp(told.published)}</pubDate><atom:updated>{told.modified.isoformat()}</atom:updated>"
        f"<category>{told.section}</category><description>{escape(told.summary)}</description></item>\n"
        for url, told in listing.entries
    )
    return _rss("2.0", listing, f"<ttl>30</ttl>{items}")


def _rss091(listing: Listing) -> str:
    items = "".join(
        f"<item><title>{escape(told.title)}</title><link>{escape(url)}</link>"
        f"<description>{escape(told.summary)}</description></item>\n"
        for url, told in listing.entries
    )
    return _rss("0.91", listing, items)


def _rss(version: str, listing: Listing, items: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="{version}" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel><title>{escape(listing.title)}</title><link>{listing.home}</link>"
        f"<description>News</description><language>en</language>\n{items}</channel></rss>\n"
    )


def _rss10(listing: Listing) -> str:
    order = "".join(f'<rdf:li rdf:resource="{escape(url)}"/>' for url, _ in listing.entries)
    items = "".join(
        f'<item rdf:about="{escape(url)}"><title>{escape(told.title)}</title><link>{escape(url)}</link>'
        f"<description>{escape(told.summary)}</description><dc:creator>{told.author}</dc:creator>"
        f"<dc:date>{told.modified.isoformat()}</dc:date></item>\n"
        for url, told in listing.entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{listing.home}"><title>{escape(listing.title)}</title><link>{listing.home}</link>'
        f"<description>News</description><items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _atom(listing: Listing) -> str:
    entries = "".join(
        f"<entry><title>{escape(told.title)}</title><link rel='alternate' href='{escape(url)}'/>"
        f"<id>tag:news.test,2025:{told.number}</id><author><name>{told.author}</name></author>"
        f"<published>{told.published.isoformat()}</published><updated>{told.modified.isoformat()}</updated>"
        f"<category term='{told.section}'/><summary>{escape(told.summary)}</summary></entry>\n"
        for url, told in listing.entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{escape(listing.title)}</title><id>{listing.home}</id><link href='{listing.home}'/>"
        f"<updated>{listing.modified.isoformat()}</updated>\n{entries}</feed>\n"
    )


def _json_feed(listing: Listing) -> str:
    items = [
        {
            "id": f"story-{told.number}", "url": url, "title": told.title, "summary": told.summary,
            "content_text": told.summary, "date_published": told.published.isoformat(),
            "date_modified": told.modified.isoformat(), "authors": [{"name": told.author}], "tags": [told.section],
        }
        for url, told in listing.entries
    ]  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": listing.title, "home_page_url": listing.home}
    return json.dumps(feed | {"language": "en", "items": items})


def _sitemap(listing: Listing) -> str:
    urls = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{told.modified.isoformat()}</lastmod></url>\n"
        for url, told in listing.entries
    )
    return _urlset("", urls)


def _news_sitemap(listing: Listing) -> str:
    urls = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{told.modified.isoformat()}</lastmod><news:news><news:publication>"
        f"<news:name>{escape(listing.title)}</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{told.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(told.title)}</news:title></news:news></url>\n"
        for url, told in listing.entries
    )
    return _urlset(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', urls)


def _urlset(namespaces: str, urls: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{namespaces}>\n{urls}</urlset>\n'
    )


def sitemap_index(urls: Sequence[str], modified: datetime) -> str:
    """An index of these sitemaps."""
    found = "".join(
        f"<sitemap><loc>{escape(url)}</loc><lastmod>{modified.isoformat()}</lastmod></sitemap>\n" for url in urls
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{found}</sitemapindex>\n'
    )


def _stamp(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


FORMATS = {
    "rss20": Format("rss", "application/rss+xml; charset=utf-8", _rss20),
    "atom": Format("atom", "application/atom+xml; charset=utf-8", _atom),
    "rss10": Format("rdf", "application/rdf+xml", _rss10),
    "json": Format("json_feed", "application/feed+json", _json_feed),
    "rss091": Format("rss", "text/xml; charset=utf-8", _rss091),
    "sitemap": Format("sitemap", "application/xml", _sitemap),
    "news": Format("news_sitemap", "application/xml", _news_sitemap),
}


def served(name: str, listing: Listing) -> Answer:
    """The listing in the format of that name."""
    written = FORMATS[name]
    return document(written.write(listing), written.content_type)
