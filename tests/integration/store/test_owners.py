"""Which article a page is of: the strongest identity that hits wins, and what speaks for another is only recorded."""

from __future__ import annotations

from typing import Any

import pytest

from newsroom.storing import Newsdesk, enriched
from wireroom import urls

HOST = "https://news.example"
PIER, FERRY, OTHER = (f"{HOST}/{name}" for name in ("pier", "ferry", "other"))


def conflicts(desk: Newsdesk) -> list[tuple[Any, ...]]:
    """Kind, hash, article and job of each conflict."""
    statement = "SELECT kind, hash, article_id, job_id FROM identity_conflicts ORDER BY job_id, kind, hash"
    return desk.db.execute(statement).fetchall()


def test_the_sources_own_id_goes_before_any_address(desk: Newsdesk) -> None:
    by_id = desk.end(enriched(desk.captured(PIER, source="News", external_id="17")))
    by_url = desk.end(enriched(desk.captured(FERRY, source="News"), "Another."))
    again = desk.captured(FERRY, source="News", external_id="17")
    assert desk.end(enriched(again, "New.")) == ("updated", by_id.article, 2)
    assert conflicts(desk) == [("url", urls.identity_hash(FERRY), by_id.article, again)]
    assert by_url.article != by_id.article


def test_an_id_of_another_source_is_another_article(desk: Newsdesk) -> None:
    ours = desk.end(enriched(desk.captured(source="News", external_id="17")))
    theirs = desk.end(enriched(desk.captured(source="Wire", external_id="17")))
    assert (ours.outcome, theirs.outcome) == ("stored", "stored")


def test_the_canonical_address_goes_before_the_final_one(desk: Newsdesk) -> None:
    canonical = desk.end(enriched(desk.captured(PIER)))
    desk.end(enriched(desk.captured(FERRY), title="A ferry"))
    again = desk.captured(FERRY)
    assert desk.end(enriched(again, "Late.", canonical_url=PIER)) == ("updated", canonical.article, 2)
    assert conflicts(desk) == [("url", urls.identity_hash(FERRY), canonical.article, again)]


def test_the_final_address_goes_before_the_offered_one(desk: Newsdesk) -> None:
    final = desk.end(enriched(desk.captured(PIER)))
    desk.end(enriched(desk.captured(FERRY), title="A ferry"))
    moved = desk.captured(FERRY, final=PIER)
    assert desk.end(enriched(moved)) == ("unchanged", final.article, 1)
    assert conflicts(desk) == [("url", urls.identity_hash(FERRY), final.article, moved)]


def test_the_offered_address_counts_where_nothing_else_hits(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(PIER)))
    assert desk.end(enriched(desk.captured(PIER, final=OTHER))) == ("unchanged", first.article, 1)
    assert desk.end(enriched(desk.captured(OTHER))) == ("unchanged", first.article, 1)
    assert conflicts(desk) == []


def test_text_alone_is_one_article_within_its_source(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(source="News")))
    assert desk.end(enriched(desk.captured(source="News"))) == ("unchanged", first.article, 1)
    assert desk.end(enriched(desk.captured(source="Wire"))).outcome == "stored"
    assert desk.end(enriched(desk.captured(PIER, source="News"))).outcome == "stored"


def test_a_copy_is_of_the_article_that_its_canonical_link_names(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(PIER)))
    copy = enriched(desk.captured(f"{HOST}/amp/pier"), title="A Pier", canonical_url=PIER)
    assert desk.end(copy).article == first.article


def test_the_copy_may_come_first(desk: Newsdesk) -> None:
    copy = desk.end(enriched(desk.captured(f"{HOST}/amp/pier"), canonical_url=PIER))
    assert desk.end(enriched(desk.captured(PIER))) == ("unchanged", copy.article, 1)


def test_a_copy_may_be_in_the_same_flight(desk: Newsdesk) -> None:
    pier, copy = desk.captured(PIER), desk.captured(f"{HOST}/amp/pier")
    stored = desk.store(enriched(pier), enriched(copy, canonical_url=PIER))
    assert [(end.outcome, end.version) for end in stored.ends] == [("stored", 1), ("unchanged", 1)]


def test_a_canonical_link_shared_by_several_titles_is_only_recorded(desk: Newsdesk) -> None:
    pier = desk.end(enriched(desk.captured(PIER), canonical_url=OTHER))
    job = desk.captured(FERRY)
    ferry = desk.end(enriched(job, title="A ferry", canonical_url=OTHER))
    assert (ferry.outcome, pier.article != ferry.article) == ("stored", True)
    assert conflicts(desk) == [("url", urls.identity_hash(OTHER), ferry.article, job)]


def test_a_shared_canonical_link_is_only_recorded_within_a_flight_too(desk: Newsdesk) -> None:
    jobs = [desk.captured(PIER), desk.captured(FERRY)]
    pier, ferry = enriched(jobs[0], canonical_url=OTHER), enriched(jobs[1], title="A ferry", canonical_url=OTHER)
    stored = desk.store(pier, ferry)
    assert [(end.outcome, end.version) for end in stored.ends] == [("stored", 1)] * 2
    assert len({end.article_id for end in stored.ends}) == 2
    assert [row[3] for row in conflicts(desk)] == [jobs[1]]


def test_a_changed_title_stays_with_the_articles_own_address(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(PIER), canonical_url=OTHER))
    changed = enriched(desk.captured(PIER), title="No pier", canonical_url=OTHER)
    assert desk.end(changed) == ("updated", first.article, 2)
    assert conflicts(desk) == []


@pytest.mark.parametrize("canonical", ["https://elsewhere.example/pier", HOST, f"{HOST}/?p=1"])
def test_a_canonical_link_that_is_not_believed_is_no_identity(desk: Newsdesk, canonical: str) -> None:
    first = desk.end(enriched(desk.captured(PIER), canonical_url=canonical))
    second = desk.end(enriched(desk.captured(FERRY), canonical_url=canonical))
    assert (second.outcome, second.article != first.article, conflicts(desk)) == ("stored", True, [])


def test_a_conflict_within_a_flight_of_new_articles_is_recorded(desk: Newsdesk) -> None:
    jobs = [
        desk.captured(PIER, source="News", external_id="17"),
        desk.captured(FERRY, source="News"),
        desk.captured(FERRY, source="News", external_id="17", final=OTHER),
    ]
    stored = desk.store(*(enriched(job, f"Text {job}.") for job in jobs))
    first, second, third = stored.ends
    assert [end.outcome for end in stored.ends] == ["stored", "stored", "updated"]
    assert third.article_id == first.article_id != second.article_id
    assert [(row[2], row[3]) for row in conflicts(desk)] == [(first.article_id, jobs[2])]


def test_a_conflict_is_recorded_once_for_an_article(desk: Newsdesk) -> None:
    desk.end(enriched(desk.captured(PIER, source="News", external_id="17")))
    desk.end(enriched(desk.captured(FERRY, source="News")))
    for _ in range(2):
        desk.end(enriched(desk.captured(FERRY, source="News", external_id="17")))
    assert len(conflicts(desk)) == 1


def test_very_long_addresses_are_told_apart(desk: Newsdesk) -> None:
    long = f"{HOST}/{'a' * 3000}"
    ends = [desk.end(enriched(desk.captured(url))) for url in (f"{long}1", f"{long}2", f"{long}1")]
    assert [end.outcome for end in ends] == ["stored", "stored", "unchanged"]


ALIKE = ["https://m.news.example/the-pier", f"{HOST}/the-pier/amp/", f"{HOST}/the-pier/?amp=1", f"{HOST}/the-pier/"]


@pytest.mark.parametrize("other", ALIKE)
def test_a_copy_at_an_address_of_the_same_family_is_of_the_article_with_its_title(desk: Newsdesk, other: str) -> None:
    ends = [desk.end(enriched(desk.captured(url))) for url in (f"{HOST}/the-pier", other, f"{HOST}/the-pier", other)]
    assert [(end.outcome, end.article) for end in ends] == [
        ("stored", ends[0].article), *[("unchanged", ends[0].article)] * 3,
    ]  # fmt: skip
    assert conflicts(desk) == []


def test_an_article_of_the_same_family_but_another_title_is_another_one(desk: Newsdesk) -> None:
    pier = desk.end(enriched(desk.captured(PIER)))
    job = desk.captured(f"{PIER}/")
    ferry = desk.end(enriched(job, title="A ferry"))
    assert (ferry.outcome, ferry.article != pier.article) == ("stored", True)
    assert conflicts(desk) == [("url", urls.family_hash(PIER), ferry.article, job)]
    assert desk.end(enriched(desk.captured(f"{PIER}/"), title="No ferry")) == ("updated", ferry.article, 2)


def test_a_copy_in_an_amp_cache_is_of_the_article_that_its_canonical_link_names(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(PIER)))
    cached = desk.captured("https://news-example.cdn.ampproject.org/c/s/news.example/a1/pier.amp")
    assert desk.end(enriched(cached, canonical_url=PIER)).article == first.article


def test_an_article_of_an_older_ledger_is_found_by_the_identity_that_it_has_there(desk: Newsdesk) -> None:
    marked = f"{PIER}?ftag=rss"
    first = desk.end(enriched(desk.captured(marked)))
    desk.db.execute("DELETE FROM identities WHERE hash <> %s", [urls.former_hash(marked)])
    assert desk.end(enriched(desk.captured(marked), title="No pier")) == ("updated", first.article, 2)
    assert desk.end(enriched(desk.captured(PIER), title="No pier")).article == first.article


def test_an_article_is_shown_at_its_address_without_what_marks_a_click(desk: Newsdesk) -> None:
    desk.end(enriched(desk.captured(f"{PIER}/?utm_source=rss&id=7#top")))
    assert desk.value("SELECT url FROM articles") == f"{PIER}/?id=7"


def test_a_page_has_its_own_address_though_another_claimed_it(desk: Newsdesk) -> None:
    section = f"{HOST}/sea"
    pier = desk.end(enriched(desk.captured(PIER), canonical_url=section))
    own = desk.end(enriched(desk.captured(section), title="All of the sea"))
    assert (own.outcome, own.article != pier.article) == ("stored", True)
    assert desk.end(enriched(desk.captured(section), title="More of the sea")) == ("updated", own.article, 2)
    assert desk.end(enriched(desk.captured(PIER), canonical_url=section)) == ("unchanged", pier.article, 1)


def test_a_page_has_its_own_address_though_another_in_its_flight_claimed_it(desk: Newsdesk) -> None:
    section = f"{HOST}/sea"
    pier, own = desk.captured(PIER), desk.captured(section)
    stored = desk.store(enriched(pier, canonical_url=section), enriched(own, title="All of the sea"))
    assert [(end.outcome, end.version) for end in stored.ends] == [("stored", 1)] * 2
    assert len({end.article_id for end in stored.ends}) == 2
    again = desk.end(enriched(desk.captured(section), title="More of the sea"))
    assert (again.outcome, again.article) == ("updated", stored.ends[1].article_id)


def test_an_address_once_claimed_is_the_articles_own_when_it_was_met_there(desk: Newsdesk) -> None:
    copy = desk.end(enriched(desk.captured(f"{HOST}/sea/17"), canonical_url=PIER))
    assert desk.end(enriched(desk.captured(PIER))) == ("unchanged", copy.article, 1)
    assert desk.end(enriched(desk.captured(PIER), title="No pier")) == ("updated", copy.article, 2)
