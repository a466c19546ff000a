"""Each article that ended is counted once, whoever dies; a break is found when the window is full that shows it."""

from __future__ import annotations

import pytest

from newsroom.proofs import Proofs
from newsroom.storing import enriched
from wireroom.contracts import Block, Moment
from wireroom.crash import Point
from wireroom.database import connect
from wireroom.drift import proofreading
from wireroom.drift.look import drift
from wireroom.drift.proofreading import proofread
from wireroom.drift.windows import ARTICLES, told
from wireroom.ledger import repair
from wireroom.ledger.events import sequence

DATED = Moment(iso="2025-05-02T10:15:00+00:00", origin="json-ld")


def tally(desk: Proofs, measure: str, field: str, number: int = 1) -> tuple[int, float]:
    """Of how many articles, and the sum."""
    statement = (
        "SELECT measures #> %s->'of', measures #> %s->'sum' FROM parse_health WHERE source = 'Tide' AND number = %s"
    )
    row = desk.db.execute(statement, [[measure, field], [measure, field], number]).fetchone()
    assert row is not None
    return row[0], row[1]


def breaks(desk: Proofs) -> list[tuple[str, str]]:
    return [(one.field, str(one)) for one in drift(desk.db).breaks]


def test_windows_follow_each_other(desk: Proofs) -> None:
    desk.publish(30)
    desk.publish(3, source="Ebb")
    desk.read()
    desk.publish(25)
    desk.read()
    assert desk.windows() == [(1, 25), (2, 25), (3, 5)]
    assert desk.windows("Ebb") == [(1, 3)]


def test_what_a_field_has_is_counted(desk: Proofs) -> None:
    tails = [Block(kind="related", text="x" * 60)]
    desk.publish(2, published=DATED, tails=tails)
    desk.publish(1, section="Sport", author="")
    desk.read()
    assert tally(desk, "filled", "published") == (3, 2)
    assert tally(desk, "filled", "section") == (3, 1)
    assert tally(desk, "filled", "authors") == (3, 2)
    assert tally(desk, "filled", "image") == (3, 0)
    assert tally(desk, "filled", "body") == (3, 3)
    assert tally(desk, "letters", "authors")[0] == 2
    of, share = tally(desk, "share", "tails")
    assert of == 3 and 2 * 0.7 < share < 2 * 0.8


def test_a_refused_page_is_an_article_without_a_body_and_says_nothing_else(desk: Proofs) -> None:
    desk.publish(1)
    desk.refuse_pages(2)
    desk.refuse_pages(4, reason="gone")
    desk.read()
    assert tally(desk, "filled", "body") == (3, 1)
    assert tally(desk, "filled", "title") == (1, 1)


def test_neither_replays_nor_pages_that_say_the_same_are_counted(desk: Proofs) -> None:
    (job,) = desk.publish(1)
    again = desk.replayed(job)
    assert desk.end(enriched(again, "A better parser read it.", title="Story", parser="t/2")).outcome == "updated"
    (refused,) = desk.refuse_pages(1)
    again = desk.replayed(refused)
    assert desk.end(enriched(again, "It was a story.", title="Read")).outcome == "stored"
    known = desk.captured(source="Tide", url="https://tide.example/1")
    desk.end(enriched(known, "It is low.", title="Tide"))
    seen = desk.captured(source="Tide", url="https://tide.example/1")
    assert desk.end(enriched(seen, "It is low.", title="Tide")).outcome == "unchanged"
    desk.read()
    assert desk.windows() == [(1, 3)]


def test_an_article_that_was_in_quarantine_before_is_counted_once(desk: Proofs) -> None:
    job = desk.quarantined(KeyError("odd"), source="Tide")
    desk.publish(30)
    repair.redrive(desk.db, [job], "ada")
    assert desk.end(enriched(job, run=2)).outcome == "stored"
    desk.read()
    assert desk.value("SELECT count(*) FROM events WHERE job_id = %s", job) == 2
    assert desk.windows() == [(1, 25), (2, 6)]


def test_an_article_that_its_publisher_changes_again_and_again_is_one_of_its_window(desk: Proofs) -> None:
    desk.publish(1)
    for n in range(5):
        job = desk.captured(source="Tide", url="https://tide.example/live")
        desk.end(enriched(job, f"It has risen {n} times.", title="Live"))
    desk.read()
    assert desk.windows() == [(1, 2)]
    assert tally(desk, "repeated", "title") == (2, 0)


def test_a_break_is_found_once_with_what_shows_it(desk: Proofs) -> None:
    desk.publish(100, published=DATED)
    assert desk.read() == []
    broken = desk.publish(50)
    (found,) = desk.read()
    assert (found.source, found.found.field, found.found.job) == ("Tide", "published", broken[24])
    ((field, sentence),) = breaks(desk)
    assert (field, sentence) == ("published", "filled 100 % -> 0 %")
    (shown,) = drift(desk.db).breaks
    assert shown.article_id == desk.value("SELECT article_id FROM outcomes WHERE job_id = %s", shown.job_id)
    assert shown.since == desk.value("SELECT at FROM events WHERE job_id = %s", broken[0])


@pytest.mark.parametrize("amid", range(0, ARTICLES, 6))
def test_wherever_in_a_window_it_breaks_it_is_shown_within_fifty_articles(desk: Proofs, amid: int) -> None:
    desk.publish(100 + amid, published=DATED)
    desk.publish(50)
    desk.read()
    assert ("published", "filled 100 % -> 0 %") in breaks(desk)


def test_a_site_whose_pages_are_all_refused_has_lost_its_body(desk: Proofs) -> None:
    desk.publish(100)
    jobs = desk.refuse_pages(25)
    (found,) = desk.read()
    assert (found.found.field, told("filled", found.found.was, found.found.now)) == ("body", "filled 100 % -> 0 %")
    assert [one.article_id for one in drift(desk.db).breaks] == [None] and found.found.job in jobs


def test_one_name_for_every_article_is_a_break(desk: Proofs) -> None:
    desk.publish(100)
    jobs = [desk.captured(source="Tide", url=f"https://tide.example/{n}") for n in range(25)]
    desk.store(*(enriched(job, f"Story {job}.", title="The Tide") for job in jobs))
    desk.read()
    assert ("title", "repeated 0 % -> 96 %") in breaks(desk)


def test_what_is_mended_is_shown_no_more(desk: Proofs) -> None:
    desk.publish(100, published=DATED)
    desk.publish(25)
    desk.read()
    assert breaks(desk)
    desk.publish(25, published=DATED)
    assert desk.read() == [] and breaks(desk) == []


def test_other_sources_are_left_alone(desk: Proofs) -> None:
    for source in ("Tide", "Ebb"):
        desk.publish(100, source, published=DATED)
    desk.publish(25, "Tide")
    desk.publish(25, "Ebb", published=DATED)
    desk.publish(99, "New")
    desk.read()
    found = drift(desk.db)
    assert [one.source for one in found.breaks] == ["Tide"]
    assert (found.compared, found.too_short, found.unread) == (2, 1, 0)
    assert drift(desk.db, "Ebb") == ([], 1, 0, 0)
    assert len(drift(desk.db, "Tide").breaks) == 1


@pytest.mark.parametrize("point", [Point.PROOFREAD_WRITTEN, Point.PROOFREAD_COMMITTED])
def test_whoever_dies_each_article_is_counted_once(desk: Proofs, monkeypatch: pytest.MonkeyPatch, point: Point) -> None:
    monkeypatch.setattr(proofreading, "STEP", 20)
    desk.publish(70)
    desk.refuse_pages(10)
    passed: list[Point] = []

    def die(here: Point) -> None:
        passed.append(here)
        if here is point and passed.count(here) % 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(proofreading, "crash_at", die)
    for _ in range(8):
        try:
            desk.read()
        except KeyboardInterrupt:
            continue
    assert passed.count(point) >= 4
    assert desk.windows() == [(1, 25), (2, 25), (3, 25), (4, 5)]
    assert drift(desk.db).unread == 0


def test_one_proofreads_at_a_time(desk: Proofs, database: str) -> None:
    desk.publish(10)
    with connect(database, "other") as other, other.transaction():
        assert other.execute(proofreading.queries.try_proofread).fetchone() == (True, "off")
        desk.read()
        assert desk.windows() == []
    desk.read()
    assert desk.windows() == [(1, 10)]


def test_what_is_waiting_is_told(desk: Proofs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofreading, "STEP", 4)
    desk.publish(3)
    desk.read()
    desk.publish(6)
    assert drift(desk.db).unread == 6
    sequence(desk.db)
    assert drift(desk.db).unread == 6
    assert proofread(desk.db).more
    assert drift(desk.db).unread == 2
    assert not proofread(desk.db).more


def test_windows_that_nobody_compares_with_are_forgotten(desk: Proofs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofreading, "HISTORY", 3)
    desk.publish(160)
    desk.read()
    assert [number for number, _ in desk.windows()] == [4, 5, 6, 7]
    desk.publish(15)
    desk.read()
    assert [number for number, _ in desk.windows()] == [5, 6, 7]
