"""Pages that lead to feeds and sitemaps."""

from __future__ import annotations

import pytest

from wireroom.formats import pages
from wireroom.formats.listing import Listing
from wireroom.formats.reading import read_listing

HOME = "https://www.news.example/world/"
SITE = "https://www.news.example"


def read(html: str) -> Listing:
    return read_listing(html.encode(), "text/html", HOME)


def test_a_page_leads_to_what_it_declares() -> None:
    listing = read(
        """<!doctype html><html lang="en"><head><title>Harbour
        Wire</title>
        <link rel="alternate" type="application/rss+xml" href="/rss.xml">
        <LINK REL="ALTERNATE home" TYPE="application/atom+xml; charset=utf-8" HREF="atom">
        <link rel=alternate type=application/feed+json href=//feeds.example/j>
        <link rel="alternate" type="text/xml" href="/index.xml"><link rel="sitemap" type="application/xml" href="/s">
        <link rel="alternate" type="application/json" href="/wp-json/1"><link rel="alternate" hreflang="de" href="/de">
        <link rel="alternate" type="application/json+oembed" href="/oembed"><link rel="stylesheet" href="/feed">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" href="javascript:x">
        <body><p>"""
    )
    assert (listing.kind, listing.title, listing.language) == ("page", "Harbour Wire", "en")
    assert listing.feeds == [
        f"{SITE}/rss.xml", f"{HOME}atom", "https://feeds.example/j", f"{SITE}/index.xml", f"{SITE}/s",
    ]  # fmt: skip
    assert (listing.entries, listing.guesses) == ([], [])


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("/rss", True), ("/world/rss/", True), ("/feed", True), ("/services/rss/world/asia.xml", True),
        ("/sitemap_news.xml.gz", True), ("https://news.example/atom.xml", True), ("feed://news.example/x.rss", True),
        ("https://feeds.burner.example/wire/rss", True), ("/?feed=rss2", True), ("/rss?edition=uk#top", True),
        ("/feeding-the-gulls", False), ("/world/a-story-of-rss.html", False), ("https://other.example/rss", False),
        ("/feed/a-story", False), ("/a.xml", False), ("mailto:rss@news.example", False),
        ("https://feeds.x.example/~f/1", False),
    ],
)  # fmt: skip
def test_links_that_look_like_feeds_of_the_site_are_taken(link: str, is_one: bool) -> None:
    assert len(read(f'<html><body><a href="{link}">x</a></body></html>').feeds) == is_one


def test_the_base_of_a_page_is_the_base_of_its_links() -> None:
    assert read('<html><head><base href="/b/"><link rel=alternate type=application/rss+xml href=f></head>').feeds == [
        f"{SITE}/b/f"
    ]


def test_a_page_that_names_none_gives_guesses() -> None:
    listing = read("<p>Hello")
    assert (listing.kind, listing.feeds) == ("page", [])
    assert f"{SITE}/sitemap.xml" in listing.guesses


def test_each_feed_is_told_once_and_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_FEEDS", 2)
    links = "".join(f'<a href="/{n}/rss">x</a>' * 2 for n in range(3))
    listing = read(f"<html><body>{links}</body></html>")
    assert listing.feeds == [f"{SITE}/0/rss", f"{SITE}/1/rss"]
    assert listing.problems == ["only the first 2 feeds of the page were taken"]
