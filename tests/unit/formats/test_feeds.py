"""RSS, Atom, RDF and JSON Feed: what an entry says, as it says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wireroom.errors import Unusable
from wireroom.formats import feeds
from wireroom.formats.listing import Entry, Listing
from wireroom.formats.reading import read_listing

URL = "https://news.example/feeds/main.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>Harbour Wire</title><link>/</link><language>en-GB</language>{head}{items}</channel></rss>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafen</title>{}</feed>'


def read(text: str, url: str = URL) -> Listing:
    return read_listing(text.encode(), "", url)


def rss(items: str, head: str = "") -> Listing:
    return read(RSS.format(items=items, head=head))


def entry(listing: Listing) -> Entry:
    (found,) = listing.entries
    return found


def test_an_item_of_rss_is_read_whole() -> None:
    listing = rss(
        """<item><title>The ferry &amp;amp; the &lt;em&gt;tide&lt;/em&gt;</title><link> ../a?x=1&amp;y=2 </link>
        <guid isPermaLink="false">id 7</guid><pubDate>Fri, 02 May 2025 10:00:00 +0200</pubDate>
        <dc:creator>Ada Brook</dc:creator><dc:creator>Bo Lund</dc:creator><category>Sea</category>
        <category>Sea</category><category>Ports</category>
        <description>&lt;p&gt;It came&lt;/p&gt;&lt;p&gt;late.&lt;/p&gt;
        &lt;script&gt;x()&lt;/script&gt;</description></item>"""
    )
    assert (listing.kind, listing.title, listing.home, listing.language) == (
        "rss", "Harbour Wire", "https://news.example/", "en-GB",
    )  # fmt: skip
    assert entry(listing) == Entry(
        url="https://news.example/a?x=1&y=2", id="id 7", title="The ferry & the tide", authors=["Ada Brook", "Bo Lund"],
        published="2025-05-02T10:00:00+02:00", summary="It came late.", categories=["Sea", "Ports"],
    )  # fmt: skip
    assert listing.problems == []


def test_an_entry_of_atom_is_read_whole() -> None:
    listing = read(
        ATOM.format(
            """<entry xml:base="/blog/"><id>tag:news.example,2025:7</id><title type="html">A &amp;lt; B</title>
            <link rel="self" href="/api/7"/><link rel="alternate" type="text/html" href="7.html"/>
            <published>2025-05-02T10:00:00Z</published><updated>2025-05-03T10:00:00Z</updated>
            <author><name>Ada Brook</name></author><category term="sea"/><summary>Late.</summary></entry>"""
        )
    )
    assert (listing.kind, listing.title) == ("atom", "Hafen")
    assert entry(listing) == Entry(
        url="https://news.example/blog/7.html", id="tag:news.example,2025:7", title="A < B", authors=["Ada Brook"],
        published="2025-05-02T10:00:00+00:00", updated="2025-05-03T10:00:00+00:00", summary="Late.",
        categories=["sea"], language="de",
    )  # fmt: skip


def test_an_item_of_rdf_is_read_and_its_date_is_when_it_was_published() -> None:
    listing = read(
        """<!DOCTYPE rdf:RDF [<!ENTITY rss "http://purl.org/rss/1.0/">]>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="&rss;"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>
        <item rdf:about="https://news.example/a"><title>A</title><link>https://news.example/a</link>
        <dc:date>2025-05-02</dc:date></item></rdf:RDF>"""
    )
    assert (listing.kind, listing.problems) == ("rdf", [])
    assert (entry(listing).url, entry(listing).published, entry(listing).updated) == (
        "https://news.example/a", "2025-05-02", None,
    )  # fmt: skip


def json_feed(*items: object, **fields: Any) -> Listing:
    return read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items} | fields))


def test_an_item_of_json_feed_is_read_whole() -> None:
    item = {
        "id": 7, "url": "/a", "title": "A \u0000& B", "content_html": "<p>Late.</p>", "tags": ["sea", None, "sea"],
        "date_published": "2025-05-02T10:00:00+02:00", "date_modified": None, "authors": [{"name": "Ada Brook"}, 3],
    }  # fmt: skip
    listing = json_feed(item, 3, None, home_page_url="https://news.example/", next_url="?page=2", language="en")
    assert entry(listing) == Entry(
        url="https://news.example/a", id="7", title="A & B", authors=["Ada Brook"], summary="Late.", categories=["sea"],
        published="2025-05-02T10:00:00+02:00",
    )  # fmt: skip
    assert (listing.kind, listing.home, listing.language) == ("json_feed", "https://news.example/", "en")
    assert listing.next == "https://news.example/feeds/main.xml?page=2"


@pytest.mark.parametrize(
    ("item", "address"),
    [
        ("<guid>https://news.example/a</guid>", "https://news.example/a"),
        ("<guid>7</guid>", None),
        ('<guid isPermaLink="false">https://news.example/a</guid>', "https://news.example/a"),
        ("<link>https://news.example/a</link><guid>https://news.example/?p=7</guid>", "https://news.example/a"),
        (
            "<link>https://clicks.example/7</link><feedburner:origLink>https://news.example/a</feedburner:origLink>",
            "https://news.example/a",
        ),
        ('<atom:link href="/a"/>', "https://news.example/a"),
        ("<link>\nhttps://news.example/a\n</link>", "https://news.example/a"),
        ("<link>//news.example/a</link>", "https://news.example/a"),
        ("<link>mailto:desk@news.example</link>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[::1</link>", None),
        ("<link></link>", None),
        ("<link>https://news.example/é ü</link>", "https://news.example/é ü"),
    ],
)
def test_the_address_of_an_entry_is_its_own_and_can_be_fetched(item: str, address: str | None) -> None:
    listing = rss(f"<item><title>A</title>{item}</item>")
    assert entry(listing).url == address
    assert listing.problems == ([] if address else ["an entry has no address that can be fetched"])


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900),
        ("<sy:updatePeriod> daily </sy:updatePeriod>", 86_400),
        ("<ttl>soon</ttl><sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<ttl>0</ttl>", None),
        ("", None),
    ],
)
def test_how_long_a_feed_asks_to_be_left_alone(head: str, seconds: float | None) -> None:
    assert rss("", head).ttl == seconds


def test_the_next_page_of_a_feed_is_told() -> None:
    listing = rss("", '<atom:link rel="self" href="/x"/><atom:link rel="next" href="?paged=2"/>')
    assert listing.next == "https://news.example/feeds/main.xml?paged=2"


def test_broken_xml_is_read_as_far_as_it_goes_and_told() -> None:
    broken = RSS.format(head="", items="<item><title>A & B <i></title><link>https://news.example/a?b&c=1</link></item>")
    listing = read(broken[: broken.index("</channel>")])
    assert entry(listing).url == "https://news.example/a?b&c=1"
    assert listing.problems[0].startswith("its XML is broken, and was read as far as it goes: ")
    assert listing.problems[0].endswith(" in line 4")


def test_texts_are_cut_and_can_be_stored() -> None:
    listing = rss(f"<item><title>{'x' * 5000}</title><guid>&#xD800;&#1;7</guid><author>a&b</author></item>")
    assert (len(entry(listing).title or ""), entry(listing).id) == (1000, "7")


def test_a_feed_without_end_is_cut_and_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_FEED_ENTRIES", 3)
    listing = rss("".join(f"<item><link>https://news.example/{n}</link></item>" for n in range(9)))
    assert [one.url for one in listing.entries] == [f"https://news.example/{n}" for n in range(3)]
    assert listing.problems == ["only its first 3 entries were read"]


def test_an_empty_feed_is_a_feed() -> None:
    assert rss("").entries == []
    assert read(ATOM.format("")).entries == []
    assert json_feed().entries == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"version": "1", "items": []}', "not_a_source"),
        ("[1]", "not_a_source"),
        ('{"version": "https://jsonfeed.org/version/1"', "broken"),
        ('{"items": ' + "[" * 100_000, "broken"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a/></rdf:RDF>', "not_a_source"),
    ],
)
def test_what_only_looks_like_a_feed_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(text)
    assert refused.value.reason == reason
