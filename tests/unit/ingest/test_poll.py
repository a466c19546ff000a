"""One poll: what it asks for, how far it follows, and what it takes for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from wireroom.errors import Transient, Unusable
from wireroom.formats.listing import Entry, Found, Listing
from wireroom.ingest.entries import digest_of, hashes
from wireroom.ingest.fetch import MAX_REDIRECTS, Polled, Validators
from wireroom.ingest.poll import MOST_GUESSES, MOST_PAGES, Brought, Tools, bring
from wireroom.ingest.visit import Visit
from wireroom.ledger.accept import digest
from wireroom.ledger.poll_terms import ToPoll

FEED = "https://a.example/feed"


def source(**fields: Any) -> ToPoll:
    return ToPoll(
        7, FEED, FEED, False, "a.example", "Tide", "rss", "live", True, None, None, 0, True, 0, None, '"1"', None, None,
        None, None,
    )._replace(**fields)  # fmt: skip


@dataclass
class Site:
    """Answers with listings by their addresses; it is its own fetcher, visit, rules and reader."""

    listings: dict[str, Listing] = field(default_factory=dict)
    shown: list[Entry] = field(default_factory=list)
    """What the source has shown before."""
    sitemaps: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: Polled | None = None

    async def poll(
        self, url: str, validators: Validators = Validators(), *, visit: Visit | None = None, obeys: bool = True  # noqa: B008
    ) -> Polled:  # fmt: skip
        self.asked.append(url)
        if self.answer:
            return self.answer
        if url not in self.listings:
            raise Unusable("gone", "the server answered 404 (Not Found)")
        return Polled(200, url, url.encode(), "text/xml")

    async def read(self, body: bytes, content_type: str, url: str) -> Listing:
        return self.listings[body.decode()]

    async def known(self, marks: Sequence[bytes]) -> Mapping[bytes, bytes]:
        found = zip(hashes(self.shown), self.shown, strict=True)
        return {mark: digest_of(one) for mark, one in found if mark in marks and mark}

    def stays(self, url: str) -> bool:
        return url.startswith("https://a.example/")

    async def rules(self, url: str) -> Site:
        return self

    def bring(self, **fields: Any) -> Brought:
        return asyncio.run(bring(source(**fields), Tools(self, cast(Visit, self), self.read, self.known)))


def page(*numbers: int, **fields: Any) -> Listing:
    entries = [Entry(url=f"https://a.example/{n}", title=f"Story {n}") for n in numbers]
    return Listing(kind="rss", entries=entries, **fields)


def urls(brought: Brought) -> list[str]:
    return [str(one.url).rpartition("/")[2] for one in brought.entries]


def test_further_pages_are_read_while_they_have_news() -> None:
    second, third = f"{FEED}?2", f"{FEED}?3"
    site = Site({FEED: page(5, 6, next=second), second: page(3, 4, next=third), third: page(1, 2, next=f"{FEED}?4")})
    site.shown = page(1, 2).entries
    brought = site.bring()
    assert (urls(brought), site.asked) == (["5", "6", "3", "4", "1", "2"], [FEED, second, third])
    assert len(brought.known) == 2 and brought.problems == ()
    site.shown, site.asked = page(5, 6).entries, []
    assert (urls(site.bring()), site.asked) == (["5", "6"], [FEED])


def test_how_many_pages_are_read_is_bounded_and_what_is_left_is_told() -> None:
    site = Site({f"{FEED}?{n}": page(n, next=f"{FEED}?{n + 1}") for n in range(1, 99)})
    site.listings[FEED] = page(0, next=f"{FEED}?1")
    brought = site.bring()
    assert len(site.asked) == len(brought.entries) == MOST_PAGES
    assert brought.problems == (f"older entries follow at {FEED}?{MOST_PAGES}, which was not asked",)


@pytest.mark.parametrize(("next_", "told"), [
    (f"{FEED}?2", "could not be read: the server answered 404"), ("https://b.example/", "which was not asked"),
    (FEED, ""),
])  # fmt: skip
def test_a_further_page_that_cannot_be_had_spoils_nothing(next_: str, told: str) -> None:
    brought = Site({FEED: page(1, next=next_)}).bring()
    assert urls(brought) == ["1"] and told in "; ".join(brought.problems)


def test_what_has_the_same_bytes_is_not_read_again() -> None:
    site = Site({FEED: page(1)})
    assert site.bring(digest=digest(FEED.encode())).listing is None
    assert site.bring(digest=b"other").listing is not None


def test_a_redirect_to_another_host_is_only_told_and_not_without_end() -> None:
    site = Site(answer=Polled(302, FEED, elsewhere="https://b.example/feed"))
    assert site.bring().polled.elsewhere == "https://b.example/feed"
    with pytest.raises(Unusable, match="redirects more than"):
        site.bring(hops=MAX_REDIRECTS)


def test_a_page_leads_to_what_it_and_its_robots_name_and_guesses_are_tried_where_neither_does() -> None:
    home = Listing(kind="page", feeds=["https://a.example/f"], guesses=["https://a.example/guess"])
    site = Site({FEED: home}, sitemaps=["https://a.example/s"])
    assert [one.url for one in site.bring(kind=None).found] == ["https://a.example/f", "https://a.example/s"]
    assert site.asked == [FEED]
    guesses = [f"https://a.example/guess{n}" for n in range(9)]
    site = Site({FEED: Listing(kind="page", guesses=guesses), guesses[1]: page(1), guesses[2]: Listing(kind="page")})
    assert [one.url for one in site.bring(kind=None).found] == [guesses[1]]
    assert len(site.asked) == 1 + MOST_GUESSES
    site.asked = []
    assert (site.bring(kind="page").found, site.asked) == ([], [FEED])


def test_robots_are_not_asked_for_sitemaps_where_nobody_obeys_them() -> None:
    site = Site({FEED: Listing(kind="page")}, sitemaps=["https://a.example/s"])
    assert site.bring(kind=None, robots=False).found == []


def test_a_feed_that_has_become_a_page_fails_and_a_page_that_has_become_a_feed_does_not() -> None:
    with pytest.raises(Unusable, match="is an ordinary page now"):
        Site({FEED: Listing(kind="page")}).bring(kind="rss")
    assert urls(Site({FEED: page(1)}).bring(kind="page")) == ["1"]


def test_an_index_has_no_entries_of_its_own() -> None:
    index = Listing(kind="sitemap_index", sitemaps=[Found(url="https://a.example/1.xml", updated="2026-05-02")])
    brought = Site({FEED: index}).bring()
    assert brought.leads and [one.url for one in brought.found] == ["https://a.example/1.xml"]


def test_what_goes_wrong_is_raised_as_it_is() -> None:
    class Away(Site):
        async def poll(self, *_: Any, **__: Any) -> Polled:
            raise Transient("no answer", retry_after=7)

    with pytest.raises(Transient, match="no answer"):
        Away().bring()
