"""What a feed shows is told apart: new, changed, known, or not to be taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from wireroom.contracts import decode
from wireroom.formats.listing import Entry, Found, Listing
from wireroom.ingest import children, entries
from wireroom.ingest.entries import Sorted, moment, sort
from wireroom.ledger.offer import KEEP_SECONDS
from wireroom.ledger.poll_terms import ToPoll

NOW = datetime(2026, 5, 2, 10, tzinfo=UTC)
SOURCE = ToPoll(
    7, "https://a.example/feed", "https://a.example/feed", False, "a.example", "Tide", "rss", "live", True, None, None,
    0, True, 0, None, None, None, None, None, None,
)  # fmt: skip


def entry(number: int, time: str | None = "2026-05-02T09:00:00+00:00", title: str | None = None) -> Entry:
    return Entry(url=f"https://a.example/{number}", title=title or f"Story {number}", updated=time)


def sorted_(found: Sequence[Entry], before: Sequence[Entry] = ()) -> Sorted:
    known = {mark: entries.digest_of(one) for one, mark in zip(before, entries.hashes(before), strict=True) if mark}
    return sort(found, entries.hashes(found), known, SOURCE, NOW)


def test_a_new_entry_is_offered_with_what_the_feed_says_and_need_not_be_fetched_again_for_30_days() -> None:
    told = Entry(
        url="https://a.example/1?utm_source=rss", id="guid-1", title="One", authors=["Ada"], summary="In short.",
        published="2026-05-02T09:00:00+00:00", categories=["sea"],
    )  # fmt: skip
    (shown,) = sorted_([told]).shown
    job = shown.offer.job
    assert (job.url, job.producer, job.source, job.lane, job.external_id, job.published) == (
        "https://a.example/1?utm_source=rss", "sources", "Tide", "live", None, None,
    )  # fmt: skip
    assert decode(shown.offer.meta, dict) == {"feed": {
        "url": "https://a.example/feed", "title": "One", "authors": ["Ada"], "published": "2026-05-02T09:00:00+00:00",
        "summary": "In short.", "categories": ["sea"], "id": "guid-1",
    }}  # fmt: skip
    assert shown.offer.fresh_seconds == KEEP_SECONDS


def test_an_entry_that_says_what_it_said_is_known_and_one_that_says_otherwise_is_offered_at_once() -> None:
    before = [entry(1), entry(2), entry(3)]
    found = sorted_([entry(1), entry(2, "2026-05-02T09:30:00+00:00"), entry(3, title="Corrected")], before)
    assert found.tally.known == len(found.still) == 1
    assert [(one.offer.job.url, one.offer.fresh_seconds) for one in found.shown] == [
        ("https://a.example/2", 0.0), ("https://a.example/3", 0.0),
    ]  # fmt: skip


def test_an_entry_that_a_list_shows_twice_counts_as_known_the_second_time() -> None:
    found = sorted_([entry(1), entry(1, title="Again")])
    assert (len(found.shown), found.tally.known, found.tally.seen) == (1, 1, 1)


@pytest.mark.parametrize(
    ("url", "why"), [(None, "has no address"), ("mailto:ada@a.example", "must begin with http"), ("", "no host|begin")]
)
def test_an_entry_without_an_address_is_refused_and_told(url: str | None, why: str) -> None:
    found = sorted_([Entry(url=url, title="Nowhere"), entry(1)])
    assert (found.tally.refused, len(found.shown)) == (1, 1)
    assert any(one in found.tally.causes[0] for one in why.split("|"))


def test_a_time_that_all_entries_have_at_once_is_not_believed() -> None:
    before = [entry(n, "2026-05-01T09:00:00+00:00") for n in range(6)]
    stamped = [entry(n, "2026-05-02T09:59:59+00:00") for n in range(6)]
    found = sorted_(stamped, before)
    assert (found.shown, found.unbelieved, found.tally.known) == ([], 6, 6)
    found = sorted_([*stamped[:-1], entry(5, "2026-05-02T09:59:59+00:00", title="Corrected")], before)
    assert [one.offer.job.url for one in found.shown] == ["https://a.example/5"]


def test_a_date_that_many_entries_share_is_believed_while_they_are_the_fewer() -> None:
    before = [entry(n, "2026-05-01") for n in range(40)]
    found = sorted_([entry(n, "2026-05-02" if n < 12 else "2026-05-01") for n in range(40)], before)
    assert len(found.shown) == 12
    assert sorted_([entry(n, "2026-05-02") for n in range(40)], before).shown == []


def test_old_entries_go_behind_the_news() -> None:
    found = sorted_([entry(1), entry(2, "2025-01-01"), entry(3, None)])
    assert [one.offer.job.lane for one in found.shown] == ["live", "backfill", "live"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-05-02T10:00:00+02:00", datetime(2026, 5, 2, 8, tzinfo=UTC)),
        ("2026-05-02T10:00:00", datetime(2026, 5, 2, 10, tzinfo=UTC)),
        ("2026-05", datetime(2026, 5, 1, tzinfo=UTC)), ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None), ("soon", None), (None, None), ("0000", None), ("2026-13", None),
    ],
)  # fmt: skip
def test_times_are_read_as_the_formats_give_them(said: str | None, meant: datetime | None) -> None:
    assert moment(said) == meant


def lead(found: Sequence[Found], before: Sequence[Found] = ()) -> children.Led:
    first = children.lead(before, children.marks(before), {}, SOURCE, NOW)
    known = {one.hash: one.digest for one in first.children}
    return children.lead(found, children.marks(found), known, SOURCE, NOW)


def sitemap(number: int, updated: str | None = "2026-05-02T09:00:00+00:00") -> Found:
    return Found(url=f"https://a.example/{number}.xml", updated=updated)


def test_what_an_index_leads_to_is_as_its_finder_and_old_ones_go_behind() -> None:
    led = lead([sitemap(1), sitemap(2, "2020-01-01"), Found(url="ftp://a.example/3.xml")])
    assert [(one.wanted.source, one.wanted.lane) for one in led.children] == [("Tide", "live"), ("Tide", "backfill")]
    assert led.refused == 1
    archive = lead([sitemap(n, None) for n in range(51)])
    assert {one.wanted.lane for one in archive.children} == {"backfill"}


def test_a_child_is_polled_again_when_its_index_says_that_it_changed() -> None:
    led = lead([sitemap(1), sitemap(2, "2026-05-02T09:30:00+00:00"), sitemap(3, None)], [sitemap(n) for n in (1, 2)])
    assert [one.wanted.url for one in led.children] == ["https://a.example/2.xml", "https://a.example/3.xml"]
    assert len(led.unchanged) == 1


def test_a_date_of_today_may_stand_for_several_changes_and_no_date_for_any() -> None:
    said = [sitemap(1, "2026-05-02"), sitemap(2, "2026-04-01"), sitemap(3, None)]
    led = lead(said, said)
    assert led.children == [] and len(led.unchanged) == 1


def test_each_address_of_a_page_is_a_candidate_once() -> None:
    page = Listing(kind="page", feeds=["https://a.example/f", "https://a.example/g"], sitemaps=[sitemap(1)])
    found = children.candidates(page, ["https://a.example/f", "https://a.example/1.xml"])
    assert [one.url for one in found] == ["https://a.example/1.xml", "https://a.example/f", "https://a.example/g"]
