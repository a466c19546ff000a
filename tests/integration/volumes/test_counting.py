"""What came from each source and how it ended is counted exactly, hour by hour, however late it was committed."""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
import pytest

from newsroom.almanac import Almanac
from newsroom.desk import offer
from wireroom.crash import Point
from wireroom.database import connect
from wireroom.ledger.events import sequence
from wireroom.volumes import counting
from wireroom.volumes.counting import count

COLUMNS = ("accepted", "sighted", "stored", "unchanged", "rejected", "quarantined", "polls", "failed_polls")


def volumes(desk: Almanac, hour: int, source: str = "Tide") -> dict[str, Any]:
    """What is counted of an hour, where there is any."""
    rows = desk.db.execute(
        "SELECT accepted, sighted, stored, unchanged, rejected, quarantined, polls, failed_polls FROM volumes"
        " WHERE source = %s AND hour = to_timestamp(%s::bigint * 3600)", [source, hour],
    ).fetchall()  # fmt: skip
    return {name: number for row in rows for name, number in zip(COLUMNS, row, strict=True) if number}


def test_each_article_counts_in_the_hour_in_which_it_came_and_in_that_in_which_it_ended(desk: Almanac) -> None:
    then = desk.now - 5
    desk.ended(dict.fromkeys(desk.came("Tide", [then] * 3, ended=None), then + 1), "stored")
    desk.came("Tide", [then] * 2, ended="updated")
    desk.came("Tide", [then], ended="unchanged")
    desk.came("Tide", [then] * 2, ended="rejected", reason="gone")
    desk.came("Tide", [then], ended="quarantined", reason="KeyError")
    desk.came("Ebb", [then])
    desk.feed("Tide", (then, None), (then, "timeout"))
    desk.count()
    assert volumes(desk, then) == {
        "accepted": 9, "stored": 2, "unchanged": 1, "rejected": 2, "quarantined": 1, "polls": 2, "failed_polls": 1,
    }  # fmt: skip
    assert volumes(desk, then + 1) == {"stored": 3}
    assert volumes(desk, then, "Ebb") == {"accepted": 1, "stored": 1}
    reasons = desk.value("SELECT reasons FROM volumes WHERE reasons IS NOT NULL")
    fingerprint = desk.value("SELECT fingerprint FROM quarantine")
    assert reasons == {"gone": 2, f"quarantined, cause {fingerprint}": 1}


def test_what_is_no_news_is_not_counted(desk: Almanac) -> None:
    then = desk.now - 3
    job, *_ = desk.came("Tide", [then])
    desk.came("Tide", [then], lane="backfill")
    desk.came("Tide", [then], replays=job)
    desk.came("Tide", [then], ended="rejected", reason="cancelled")
    desk.came("Tide", [then], ended="rejected", reason="by_hand")
    desk.count()
    assert volumes(desk, then) == {"accepted": 3, "stored": 1}


def test_an_article_of_another_source_counts_when_it_is_first_shown(desk: Almanac) -> None:
    then = desk.now - 4
    job, *_ = desk.came("Ebb", [then])
    for source, hour in (("Tide", then + 1), ("Tide", then + 1), ("Tide", then + 3), ("Ebb", then + 1)):
        desk.seen(source, job, hour)
    desk.count(then + 3)
    desk.count()
    assert volumes(desk, then + 1) == {"sighted": 1}
    assert volumes(desk, then + 3) == volumes(desk, then + 1, "Ebb") == {}
    assert desk.value("SELECT sources FROM volume_hours WHERE hour = to_timestamp(%s::bigint * 3600)", then + 1) == 1


def test_ends_count_once_whether_they_have_their_place_among_the_events_or_not(desk: Almanac) -> None:
    then = desk.now - 2
    desk.came("Tide", [then] * 3)
    sequence(desk.db)
    desk.came("Tide", [then] * 2)
    desk.count()
    assert volumes(desk, then) == {"accepted": 5, "stored": 5}
    sequence(desk.db)
    desk.count()
    assert volumes(desk, then) == {"accepted": 5, "stored": 5}


def test_what_is_committed_late_is_counted_all_the_same(desk: Almanac) -> None:
    then = desk.now - 3
    desk.came("Tide", [then])
    with connect(desk.url, "late") as late, late.transaction():
        late.execute(
            "INSERT INTO jobs (accepted_at, producer, source, lane)"
            " VALUES (to_timestamp(%s::bigint * 3600), 'late', 'Tide', 'live')", [then],
        )  # fmt: skip
        desk.count(then + 1)
    assert volumes(desk, then) == {"accepted": 1, "stored": 1}
    desk.count(then + 2)
    assert volumes(desk, then) == {"accepted": 2, "stored": 1}
    desk.came("Tide", [then])
    desk.count(then + 3)
    assert volumes(desk, then) == {"accepted": 2, "stored": 1}, "an hour is closed at last"


def test_hours_that_nobody_counted_in_time_are_counted_in_steps(desk: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "STEP", 4)
    now = desk.now
    desk.came("Tide", range(now - 30, now))
    steps = 1
    while count(desk.db, now, now - 10):
        steps += 1
    assert steps == 1 + -(-(30 - 4) // (4 - counting.AGAIN))
    assert desk.value("SELECT sum(accepted) FROM volumes") == 30
    assert desk.value("SELECT count(*) FROM volume_hours") == 30
    assert desk.value("SELECT count(*) FROM volume_hours WHERE watched") == 10
    desk.count(now, watched=now)
    assert desk.value("SELECT count(*) FROM volume_hours WHERE watched") == 10


def test_after_the_clock_was_set_back_hours_are_counted_again(desk: Almanac) -> None:
    now = desk.now
    desk.came("Tide", [now - 1])
    desk.count(now + 5)
    desk.came("Tide", [now - 1])
    desk.count(now)
    assert volumes(desk, now - 1) == {"accepted": 2, "stored": 2}


def test_an_old_ledger_is_counted_as_far_back_as_it_teaches(desk: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 48)
    now = desk.now
    desk.came("Tide", [now - 3 * counting.MOST, now - 1])
    desk.count()
    assert desk.value("SELECT count(*) FROM volume_hours") == counting.MOST
    assert desk.value("SELECT sum(accepted) FROM volumes") == 1


def test_two_do_not_count_at_once(desk: Almanac) -> None:
    desk.came("Tide", [desk.now - 1])
    with connect(desk.url, "other") as other, other.transaction():
        other.execute(counting.queries.try_judge)
        desk.count()
        assert volumes(desk, desk.now - 1) == {}
    desk.count()
    assert volumes(desk, desk.now - 1) == {"accepted": 1, "stored": 1}


def test_whoever_dies_in_the_midst_of_it_has_counted_nothing_or_all(
    desk: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = desk.now - 1
    desk.came("Tide", [hour])
    points = iter((Point.VOLUMES_WRITTEN, Point.VOLUMES_COMMITTED))

    def die_at(dying: Point, point: Point) -> None:
        if point == dying:
            raise psycopg.InterfaceError(point)

    for counted in ({}, {"accepted": 1, "stored": 1}):
        monkeypatch.setattr(counting, "crash_at", partial(die_at, next(points)))
        with pytest.raises(psycopg.InterfaceError):
            desk.count()
        assert volumes(desk, hour) == counted
    monkeypatch.undo()
    desk.count()
    assert volumes(desk, hour) == {"accepted": 1, "stored": 1}


def test_what_was_really_accepted_and_ended_is_counted(desk: Almanac) -> None:
    jobs = desk.jobs(3, source="Tide")
    desk.accept(offer(source="Ebb", url="https://one.example/a"), offer(source="Tide", url="https://one.example/a"))
    desk.flight()
    desk.finish(*((job, 1) for job in jobs))
    later = desk.now + 2
    desk.count(later)
    counted = [volumes(desk, hour) for hour in range(later - 2, later)]
    assert {"accepted": 3, "sighted": 1, "rejected": 3} in counted or {"accepted": 3, "sighted": 1} in counted
