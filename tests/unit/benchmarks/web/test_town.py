"""The local web is what it says: as many hosts and entries, each shared story in ten feeds, every format readable."""

from __future__ import annotations

from collections import Counter, defaultdict
from urllib.parse import urlsplit

import feedparser
import msgspec
import pytest
from benchmarks.web import publishers
from benchmarks.web.listings import FORMATS, Entry, Listing
from benchmarks.web.publishers import SHARED_BY, Size
from benchmarks.web.site import Land
from benchmarks.web.stories import page, story
from benchmarks.web.town import Plan, Town, build
from lxml import etree

from wireroom.parse import parse

PLAN = Plan(Size(publishers=40, feeds=100, entries=20), slow=20)


@pytest.fixture(scope="module")
def town() -> Town:
    return build(8400, PLAN)


def test_it_is_the_same_for_everybody(town: Town) -> None:
    again = build(8400, PLAN)
    assert again.land.hosts_file() == town.land.hosts_file()
    assert [site.wanted for site in again.sites.values()] == [site.wanted for site in town.sites.values()]
    assert [site.feeds for site in again.sites.values()] == [site.feeds for site in town.sites.values()]


def test_every_host_has_an_address_of_its_own(town: Town) -> None:
    assert len({site.address for site in town.sites.values()}) == len(town.sites) > 200


def test_a_whole_web_has_at_least_300_hosts_1000_feeds_and_20000_entries() -> None:
    usual = Plan()
    assert 2 * usual.press.publishers + usual.slow > 300
    assert (usual.press.feeds, usual.press.feeds * usual.press.entries) == (1000, 20_000)


@pytest.mark.parametrize("size", [PLAN.press, Size()._replace(entries=5)])
def test_each_shared_story_is_in_ten_feeds_of_ten_publishers(size: Size) -> None:
    press = publishers.build(Land(8400), size)
    listing = defaultdict[int, list[str]](list)
    for site in press.sites:
        for feed in site.feeds:
            assert len(feed.entries) == size.entries
            for entry in feed.entries:
                listing[entry.told.number].append(site.name)
    shared = {one.number for one in press.shared}
    assert dict.fromkeys(shared, SHARED_BY) == {number: len(set(listing[number])) for number in shared}
    assert Counter(len(sites) for number, sites in listing.items() if number not in shared).keys() == {1}


def test_every_address_that_is_handed_out_is_there(town: Town) -> None:
    for site in town.sites.values():
        for url in [wanted.url for wanted in site.wanted] + [entry.url for f in site.feeds for entry in f.entries]:
            parts = urlsplit(url)
            host = town.sites.get(parts.hostname or "")
            if host and parts.port == town.land.port:
                assert parts.path in host.places, url


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_read_by_who_knows_it(name: str) -> None:
    entries = tuple(Entry(f"http://gazette.test/{number}?a=1&b=2", story(number)) for number in (1, 2, 3))
    body = FORMATS[name].write(Listing("Gazette & Sons", "http://gazette.test/", entries)).encode()
    assert read(name, body) == [entry.url for entry in entries]


def read(name: str, body: bytes) -> list[str]:
    """The addresses in a listing."""
    if name == "json":
        return [item["url"] for item in msgspec.json.decode(body)["items"]]
    if "sitemap" in FORMATS[name].kind:
        return [str(loc.text) for loc in etree.fromstring(body).iter("{*}loc")]
    found = feedparser.parse(body)
    assert not found.bozo and found.version
    return [entry.link for entry in found.entries]


def test_the_pages_are_articles_and_each_another_one() -> None:
    numbers = range(0, 300, 7)
    found = [parse(page(story(number), "Gazette").encode(), "text/html", "http://gazette.test/1") for number in numbers]
    assert [article.title for article in found] == [story(number).title for number in numbers]
    assert [[author.name for author in article.authors] for article in found] == [[story(n).author] for n in numbers]
    assert all(len(article.text.split()) > 120 for article in found)
    assert len({article.text for article in found}) == len(numbers)
    assert story(25, 1).paragraphs != story(25).paragraphs
