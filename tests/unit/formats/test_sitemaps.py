"""Sitemaps of every kind, whole or broken."""

from __future__ import annotations

import pytest

from wireroom.errors import Unusable
from wireroom.formats import sitemaps
from wireroom.formats.listing import Entry, Found, Listing
from wireroom.formats.reading import read_listing

SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
A = "https://news.example/a"


def read(text: str) -> Listing:
    return read_listing(text.encode(), "", "https://news.example/sitemap.xml")


def test_a_sitemap_gives_addresses_and_times() -> None:
    listing = read(
        SITEMAP.format(f"<url><loc> {A}?x=1&amp;y=2 </loc><lastmod>2025-05</lastmod></url><url><loc>/b</loc></url>")
    )
    assert listing == Listing(
        kind="sitemap",
        entries=[Entry(url=f"{A}?x=1&y=2", updated="2025-05"), Entry(url="https://news.example/b")],
    )


def test_a_news_sitemap_tells_of_the_article() -> None:
    listing = read(
        f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><image:image><image:loc>https://news.example/a.jpg</image:loc><image:title>Quay</image:title></image:image>
        <loc>{A}</loc><n:news><n:publication><n:name>Wire</n:name><n:language>en</n:language></n:publication>
        <n:publication_date>2025-05-02T10:00:00Z</n:publication_date><n:title>The ferry &amp;amp; the tide</n:title>
        <n:keywords>sea, ports</n:keywords></n:news></url></urlset>"""
    )
    assert listing.kind == "news_sitemap"
    assert listing.entries == [
        Entry(
            url=A, title="The ferry & the tide", published="2025-05-02T10:00:00+00:00", categories=["sea", "ports"],
            language="en",
        )
    ]  # fmt: skip


def test_an_index_leads_to_sitemaps() -> None:
    listing = read(
        "<sitemapindex><sitemap><loc>/s1.xml.gz</loc><lastmod>2025-05-02</lastmod></sitemap>"
        f"<sitemap>{A}</sitemap><sitemap><loc>ftp://news.example/</loc></sitemap></sitemapindex>"
    )
    assert listing.kind == "sitemap_index"
    assert listing.sitemaps == [Found(url="https://news.example/s1.xml.gz", updated="2025-05-02"), Found(url=A)]
    assert listing.problems == ["a sitemap of the index has no address that can be fetched"]


def test_a_list_of_addresses_is_a_sitemap() -> None:
    listing = read(f"\ufeff{A}\r\n\r\n" + f"{A}\n" * 9 + "not one\n")
    assert (listing.kind, [one.url for one in listing.entries]) == ("sitemap", [A] * 10)
    assert listing.problems == ["a line is no address"]


@pytest.mark.parametrize(
    ("broken", "urls"),
    [
        (f"<url><loc>{A}?x=1&y=2&copy=3</loc></url>", [f"{A}?x=1&y=2&copy=3"]),
        (f"<url><loc><![CDATA[{A}?x=1&y=2]]></loc></url>", [f"{A}?x=1&y=2"]),
        (f"<url><loc>{A}</loc></url><url><loc>{A}2", [A, f"{A}2"]),
        (f"<url><loc>{A}</loc></url><url><loc>{A}2</lok></url>", [A, f"{A}2"]),
        (f'<url xmlns="http://odd.example/"><loc>{A}</loc></url>', [A]),
        (f"<URL><LOC>{A}</LOC></URL>", []),
    ],
)
def test_a_broken_sitemap_is_read_as_far_as_it_goes(broken: str, urls: list[str]) -> None:
    assert [one.url for one in read(SITEMAP.format(broken)).entries] == urls


def test_nothing_of_a_broken_sitemap_is_a_refusal() -> None:
    with pytest.raises(Unusable, match="its XML is broken, and nothing of it can be read: ") as refused:
        read("<urlset><<<")
    assert refused.value.reason == "broken"


def test_a_sitemap_has_at_most_so_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ENTRIES", 3)
    for text in (SITEMAP.format(f"<url><loc>{A}</loc></url>" * 5), f"{A}\n" * 5):
        listing = read(text)
        assert (len(listing.entries), listing.problems) == (3, ["only its first 3 entries were read"])
