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
