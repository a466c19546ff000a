"""Each article once, each change a version that says why, each job an outcome that points at a version."""

from __future__ import annotations

from typing import Any

import pytest

from newsroom.storing import Newsdesk, enriched
from wireroom.contracts import Block, Enrichments, Moment, Related
from wireroom.ledger import repair
from wireroom.records import article as record
from wireroom.store.stage import store

URL = "https://news.example/pier"
MORNING, NOON, EVENING = (f"2025-05-02T{hour}:00:00+00:00" for hour in ("08", "12", "18"))


def test_the_first_page_of_an_article_stores_its_record(desk: Newsdesk) -> None:
    job = desk.captured(URL, source="News", meta={"desk": 3})
    end = desk.end(enriched(job, language_declared="en"))
    assert (end.outcome, end.version, desk.why(job)) == ("stored", 1, "first")
    found = record(desk.db, end.article)
    assert found is not None
    assert (found.source, found.url, found.current, found.meta) == ("News", URL, 1, {"desk": 3})
    assert found.parsed == enriched(job, language_declared="en").article.parsed


def test_the_end_takes_the_job_from_the_line_and_keeps_its_stage_times(desk: Newsdesk) -> None:
    desk.end(enriched(desk.captured(URL), stages={"parse": 0.5}))
    assert desk.value("SELECT stages FROM outcomes") == {"parse": 0.5}
    assert desk.value("SELECT count(*) FROM line") == desk.value("SELECT count(*) FROM flights") == 0


def test_a_replay_that_finds_the_same_changes_nothing(desk: Newsdesk) -> None:
    job = desk.captured(URL)
    first = desk.end(enriched(job))
    assert desk.end(enriched(desk.replayed(job))) == ("unchanged", first.article, 1)


def test_a_replay_by_a_newer_parser_that_finds_the_same_changes_nothing(desk: Newsdesk) -> None:
    job = desk.captured(URL)
    desk.end(enriched(job))
    assert desk.end(enriched(desk.replayed(job), parser="t/2")).outcome == "unchanged"


def test_a_replay_that_is_only_surer_of_the_same_changes_nothing(desk: Newsdesk) -> None:
    job = desk.captured(URL)
    desk.end(enriched(job, confidences={"title": 0.7}))
    assert desk.end(enriched(desk.replayed(job), confidences={"title": 0.9})).outcome == "unchanged"


def test_a_replay_that_finds_another_author_is_a_reparse(desk: Newsdesk) -> None:
    job = desk.captured(URL)
    first = desk.end(enriched(job))
    again = desk.replayed(job)
    assert desk.end(enriched(again, author="Mira Solheim")) == ("updated", first.article, 2)
    assert desk.why(again) == "reparse"
    assert desk.versions() == [(first.article, 1, "first", False), (first.article, 2, "reparse", True)]


def test_a_replay_of_text_without_an_address_finds_its_article(desk: Newsdesk) -> None:
    job = desk.captured()
    first = desk.end(enriched(job))
    again = desk.replayed(job)
    assert desk.end(enriched(again, "The pier is open again.")) == ("updated", first.article, 2)
    assert desk.why(again) == "reparse"


def test_a_replay_that_finds_the_address_of_another_article_stays_with_its_own(desk: Newsdesk) -> None:
    other = desk.end(enriched(desk.captured("https://news.example/quay")))
    job = desk.captured(URL)
    first = desk.end(enriched(job, "Soon."))
    again = enriched(desk.replayed(job), "Soon.", canonical_url="https://news.example/quay")
    assert desk.end(again) == ("updated", first.article, 2)
    assert desk.versions()[0] == (other.article, 1, "first", True)
    assert desk.value("SELECT article_id FROM identity_conflicts") == first.article


def test_the_page_captured_again_with_the_same_text_changes_nothing(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(URL)))
    assert desk.end(enriched(desk.captured(URL))) == ("unchanged", first.article, 1)


def test_tails_and_relative_times_are_no_change(desk: Newsdesk) -> None:
    def page(ago: str) -> dict[str, Any]:
        return {
            "tails": [Block(kind="related", text=f"Ferry sails ({ago})")],
            "related": [Related(title=f"Ferry {ago}")],
            "published": Moment(iso="2025-05-02T08:00:00", as_written=ago, origin="visible"),
        }

    desk.end(enriched(desk.captured(URL), **page("an hour ago")))
    assert desk.end(enriched(desk.captured(URL), **page("2 hours ago"))).outcome == "unchanged"


@pytest.mark.parametrize("change", [{"text": "The pier is shut."}, {"title": "No pier"}])
def test_another_text_is_an_update_by_the_publisher(desk: Newsdesk, change: dict[str, Any]) -> None:
    first = desk.end(enriched(desk.captured(URL)))
    job = desk.captured(URL)
    assert desk.end(enriched(job, **change)) == ("updated", first.article, 2)
    assert desk.why(job) == "publisher"
    assert desk.value("SELECT current FROM articles") == 2


def test_no_change_points_at_the_version_that_says_the_same(desk: Newsdesk) -> None:
    desk.end(enriched(desk.captured(URL), "Open."))
    changed = desk.end(enriched(desk.captured(URL), "Shut."))
    assert desk.end(enriched(desk.captured(URL), "Shut.")) == ("unchanged", changed.article, 2)


def test_a_text_taken_back_is_an_update_though_it_was_seen_before(desk: Newsdesk) -> None:
    desk.end(enriched(desk.captured(URL, body="one", at=MORNING), "Open."))
    desk.end(enriched(desk.captured(URL, body="two", at=NOON), "Shut."))
    assert desk.end(enriched(desk.captured(URL, body="one", at=EVENING), "Open."))[::2] == ("updated", 3)


def test_an_older_capture_that_comes_late_is_not_current(desk: Newsdesk) -> None:
    first = desk.end(enriched(desk.captured(URL, at=NOON), "Open."))
    assert desk.end(enriched(desk.captured(URL, at=MORNING), "Soon.")) == ("updated", first.article, 2)
    assert [row[1:] for row in desk.versions()] == [(1, "first", True), (2, "publisher", False)]
    assert desk.end(enriched(desk.captured(URL, at=EVENING), "Shut.")) == ("updated", first.article, 3)
    assert [row[1] for row in desk.versions() if row[3]] == [3]


def test_a_replay_of_an_older_version_meets_that_version(desk: Newsdesk) -> None:
    old = desk.captured(URL, at=MORNING)
    first = desk.end(enriched(old, "Soon."))
    desk.end(enriched(desk.captured(URL, at=NOON), "Open."))
    assert desk.end(enriched(desk.replayed(old), "Soon.")) == ("unchanged", first.article, 1)
    again = desk.replayed(old)
    assert desk.end(enriched(again, "Soon.", author="Mira Solheim")) == ("updated", first.article, 3)
    assert desk.versions()[1:] == [(first.article, 2, "publisher", True), (first.article, 3, "reparse", False)]


def test_a_replay_of_a_page_that_changed_nothing_is_never_the_publishers_doing(desk: Newsdesk) -> None:
    desk.end(enriched(desk.captured(URL, at=MORNING), "Open."))
    second = desk.captured(URL, at=NOON)
    assert desk.end(enriched(second, "Open.")).outcome == "unchanged"
    again = desk.replayed(second)
    assert desk.end(enriched(again, "Open. The mayor came.")).outcome == "updated"
    assert desk.why(again) == "reparse"


def test_two_captures_in_one_flight_are_applied_in_the_order_of_capture(desk: Newsdesk) -> None:
    late, early = desk.captured(URL, at=NOON), desk.captured(URL, at=MORNING)
    stored = desk.store(enriched(late, "Open."), enriched(early, "Soon."))
    assert [(end.job_id, end.outcome, end.version) for end in stored.ends] == [
        (early, "stored", 1), (late, "updated", 2),
    ]  # fmt: skip
    assert desk.value("SELECT current FROM articles") == 2


def test_a_job_cancelled_meanwhile_is_skipped_and_its_mates_are_stored(desk: Newsdesk) -> None:
    gone, mate = desk.captured(), desk.captured()
    desk.flight(stage="store")
    repair.cancel(desk.db, [gone], "ada")
    stored = store(desk.db, [enriched(gone, "One."), enriched(mate, "Two.")])
    assert ([end.job_id for end in stored.ends], stored.failed) == ([mate], [])
    assert desk.value("SELECT count(*) FROM versions") == 1


def test_an_earlier_run_of_a_job_stores_nothing(desk: Newsdesk) -> None:
    job = desk.captured()
    desk.db.execute("UPDATE line SET run = 2")
    assert desk.store(enriched(job, run=1)) == ([], [])
    assert desk.value("SELECT count(*) FROM line") == 1


@pytest.mark.parametrize(
    ("iso", "kept"),
    [
        ("2025-05-02T10:15:00+05:00", "2025-05-02 05:15:00+00"),
        ("2025-05-02T10:15:00Z", "2025-05-02 10:15:00+00"),
        ("2025-05-02T10:15:00", None),
        ("2025-05-02", None),
        ("last Friday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_only_a_time_with_an_offset_is_a_point_in_time(desk: Newsdesk, iso: str, kept: str | None) -> None:
    moment = Moment(iso=iso, origin="visible")
    desk.end(enriched(desk.captured(), enrichments=Enrichments(published=moment)))
    assert desk.value("SELECT published_at::text FROM versions") == kept


OF_THE_PAGE = {"published": Moment(iso=NOON, origin="meta")}
OF_ENRICH = {"enrichments": Enrichments(published=Moment(iso=EVENING, origin="meta"))}


@pytest.mark.parametrize(
    ("offered", "moments", "kept", "origin"),
    [
        (None, OF_THE_PAGE, "2025-05-02 12:00:00+00", "meta"),
        (None, OF_ENRICH, "2025-05-02 18:00:00+00", "meta"),
        (MORNING, {}, "2025-05-02 08:00:00+00", "producer"),
        (MORNING, OF_THE_PAGE, "2025-05-02 08:00:00+00", "producer"),
    ],
)
def test_the_producers_time_goes_before_the_pages(
    desk: Newsdesk, offered: str | None, moments: dict[str, Any], kept: str, origin: str
) -> None:
    end = desk.end(enriched(desk.captured(published=offered), **moments))
    assert desk.value("SELECT published_at::text FROM versions") == kept
    found = record(desk.db, end.article)
    assert found is not None and found.enrichments.published is not None
    assert found.enrichments.published.origin == origin
