"""Where an article was seen: every offer that ended as it, whoever made it and at whichever address."""

from __future__ import annotations

from newsroom.desk import offer
from newsroom.storing import Newsdesk, enriched
from wireroom.records import Seen, seen

PIER = "https://news.example/the-pier"
FEED = {"feed": {"title": "The pier is open", "categories": ["Sea"]}}


def where(found: Seen) -> list[tuple[str, str, str | None]]:
    return [(one.producer, one.source, one.url) for one in found.newest]


def test_offers_and_sightings_are_listed_the_newest_first_with_what_they_said(desk: Newsdesk) -> None:
    job = desk.captured(PIER, source="News", body="The pier.")
    for number, url in enumerate((f"{PIER}?utm_source=feed", "https://m.news.example/the-pier/")):
        desk.accept(offer(url=url, text="The pier.", producer=f"feed {number}", source="Sea", meta=FEED))
    end = desk.end(enriched(job))
    found = seen(desk.db, end.article)
    assert (found.times, where(found)) == (
        3,
        [
            ("feed 1", "Sea", "https://m.news.example/the-pier/"),
            ("feed 0", "Sea", f"{PIER}?utm_source=feed"),
            ("test", "News", PIER),
        ],
    )
    assert [one.meta for one in found.newest] == [FEED, FEED, {}]
    assert {one.job_id for one in found.newest} == {job}
    times = [one.at for one in found.newest]
    assert times == sorted(times, reverse=True)


def test_a_later_offer_counts_whether_it_changed_the_article_or_not_and_a_replay_does_not(desk: Newsdesk) -> None:
    first = desk.captured(PIER)
    end = desk.end(enriched(first))
    unchanged = desk.captured(PIER)
    desk.end(enriched(unchanged))
    updated = desk.captured(f"{PIER}/amp")
    assert desk.end(enriched(updated, "No more.")).outcome == "updated"
    desk.end(enriched(desk.replayed(updated), "No more."))
    assert [one.job_id for one in seen(desk.db, end.article).newest] == [updated, unchanged, first]


def test_only_some_are_shown_but_all_are_counted(desk: Newsdesk) -> None:
    job = desk.captured(PIER, body="The pier.")
    desk.accept(*(offer(url=PIER, text="The pier.", producer=f"feed {number}") for number in range(9)))
    found = seen(desk.db, desk.end(enriched(job)).article, most=4)
    assert (found.times, len(found.newest)) == (10, 4)
    assert "test" not in [one.producer for one in found.newest]


def test_what_never_was_is_seen_nowhere(desk: Newsdesk) -> None:
    assert seen(desk.db, 7) == Seen(0, [])
