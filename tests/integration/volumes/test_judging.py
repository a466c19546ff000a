"""From what the ledger has counted, habits are learned; of each source it is told once when it is not as it was."""

from __future__ import annotations

from typing import Any

import pytest

from newsroom.almanac import Almanac
from wireroom.database import connect
from wireroom.ledger import retention
from wireroom.ledger.pauses import Target, pause
from wireroom.volumes import counting, learning
from wireroom.volumes.judging import Judged, judge_hour
from wireroom.volumes.learning import learn_next
from wireroom.volumes.look import SourceHealth, health

DAYS = 30


@pytest.fixture(autouse=True)
def large_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a month is counted in 180 transactions."""
    monkeypatch.setattr(counting, "STEP", 2000)


def past(desk: Almanac, source: str, *, silent: int = 0, **how: Any) -> None:
    """An article an hour for a month, up to so many hours ago."""
    desk.came(source, range(desk.now - DAYS * 24, desk.now - silent), **how)


def of(desk: Almanac, source: str) -> SourceHealth:
    (one,) = health(desk.db, source=source).sources
    return one


def told(judged: Judged) -> list[tuple[str, str, str]]:
    return [(one.source, one.before, one.now.state) for one in judged.changes]


def test_a_source_that_falls_silent_is_told_once_and_once_when_it_is_back(desk: Almanac) -> None:
    now = desk.now
    past(desk, "Tide", silent=30)
    past(desk, "Ebb")
    assert told(desk.judge(now - 30)) == []
    assert told(desk.judge(now - 29)) == []
    assert told(desk.judge(now - 5)) == [("Tide", "ok", "silent")]
    assert told(desk.judge(now - 5)) == told(desk.judge(now)) == []
    gone = of(desk, "Tide")
    assert (gone.state, int(gone.since.timestamp()) // 3600) == ("silent", now - 30)
    assert gone.expected == pytest.approx(30, rel=0.15) and gone.sentence.startswith("nothing came since 20")
    desk.came("Tide", [now])
    assert told(desk.judge(now + 1)) == [("Tide", "silent", "ok")]
    assert (of(desk, "Tide").state, of(desk, "Ebb").came) == ("ok", 23)


def test_a_silent_source_is_not_forgotten(desk: Almanac) -> None:
    past(desk, "Tide", silent=DAYS * 24 - 25 * 24)
    now = desk.now
    desk.judge(now - 100)
    habit = desk.value("SELECT habit::text FROM source_health")
    desk.judge()
    assert of(desk, "Tide").state == "silent"
    assert desk.value("SELECT habit::text FROM source_health") == habit


def test_a_source_of_polls_alone_and_one_of_a_producer_are_judged_alike(desk: Almanac) -> None:
    now = desk.now
    past(desk, "polled", silent=40, producer="sources")
    past(desk, "pushed", silent=40, producer="cms")
    past(desk, "other")
    feed = desk.feed("polled", (now - 2, None), url="https://polled.example/feed")
    desk.judge()
    assert [of(desk, name).state for name in ("polled", "pushed")] == ["silent", "silent"]
    read = of(desk, "polled").look_at
    assert read and read.startswith("its feed was read at 20") and "nothing new" in read
    assert of(desk, "pushed").look_at == "no feed of ours: its producer cms sends less"
    desk.db.execute("UPDATE sources SET due_at = now() - interval '2 hours' WHERE id = %s", [feed])
    assert (of(desk, "polled").look_at or "").startswith("a poll was due at 20")
    desk.feed("polled", (now - 1, "503 for an hour"), url="https://polled.example/second")
    assert of(desk, "polled").look_at == "the last poll of https://polled.example/second failed: 503 for an hour"
    pause(desk.db, Target("source", "pushed"), "ada", "their pages are broken")
    assert of(desk, "pushed").look_at == "paused: source pushed by ada: their pages are broken"


def test_a_feed_that_fails_for_a_day_is_told_before_its_source_has_a_habit(desk: Almanac) -> None:
    now = desk.now
    desk.feed("Tide", (now - 30, None), *((now - back, "404 not found") for back in (27, 9, 3)))
    desk.feed("Ebb", (now - 5, "timeout"), (now - 4, "timeout"), (now - 3, "timeout"))
    assert told(desk.judge()) == [("Tide", "learning", "failing")]
    assert of(desk, "Tide").sentence == "1 of 1 feeds cannot be read: 404 not found"
    assert int(of(desk, "Tide").since.timestamp()) // 3600 == now - 27
    assert of(desk, "Ebb").state == "learning"


def test_who_is_paused_on_purpose_is_no_fault(desk: Almanac) -> None:
    past(desk, "Tide", silent=40)
    past(desk, "Ebb")
    desk.feed("Tide", paused_by="ada")
    assert told(desk.judge()) == []
    assert (of(desk, "Tide").state, of(desk, "Tide").look_at) == ("paused", "its feeds are not polled: paused by ada")


def test_a_source_of_which_more_ends_badly_is_told_with_the_main_cause(desk: Almanac) -> None:
    now = desk.now
    past(desk, "Tide", silent=24)
    desk.came("Tide", range(now - 24, now - 4), ended="rejected", reason="not_an_article")
    desk.came("Tide", range(now - 4, now), ended="rejected", reason="gone")
    assert told(desk.judge()) == [("Tide", "learning", "failing")]
    found = of(desk, "Tide")
    assert (found.ended, found.ended_badly) == (24, 24)
    assert found.sentence == "100 % ended badly in 24 hours (24 of 24); usual: 0 %"
    assert (found.look_at or "").startswith("mostly not_an_article: ")
    desk.db.execute(
        "INSERT INTO parse_health (source, number, since, until, articles, measures, breaks) VALUES ('Tide', 1, now(),"
        """ now(), 25, '{}', '[{"field": "body", "measure": "filled", "was": 1, "now": 0, "job": 1}]')"""
    )
    assert (of(desk, "Tide").look_at or "").endswith("; parse finds less of: body")


def test_where_nobody_is_heard_it_is_told_of_the_whole_and_of_none(desk: Almanac) -> None:
    now = desk.now
    for source in ("Tide", "Ebb", "Gulf"):
        past(desk, source, silent=12)
    assert desk.judge(now - 12) == Judged([])
    quiet = [desk.judge(hour).quiet for hour in range(now - 11, now + 1)]
    (first,) = [one for one in quiet if one]
    assert first.hours.start == now - 12 and first.expected == pytest.approx(14, rel=0.15)
    found = health(desk.db, everyone=True)
    assert found.quiet_since and int(found.quiet_since.timestamp()) // 3600 == now - 12
    assert {one.state for one in found.sources} == {"ok"}
    desk.came("Tide", [now])
    assert desk.judge(now + 1).heard
    assert health(desk.db).quiet_since is None


def test_while_no_dispatcher_ran_nothing_was_missed(desk: Almanac) -> None:
    past(desk, "Tide", silent=30)
    desk.judge(desk.now - 30)
    desk.judge(watched=desk.now)
    assert of(desk, "Tide").state == "ok"


def test_habits_are_learned_each_day_in_steps(desk: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "STEP", 2)
    for source in ("Tide", "Ebb", "Gulf"):
        past(desk, source)
    desk.came("New", range(desk.now - 100, desk.now))
    desk.count()
    assert [learn_next(desk.db, desk.now) for _ in range(3)] == [True, False, False]
    assert desk.value("SELECT count(*) FROM source_health WHERE habit IS NOT NULL") == 3
    assert not learn_next(desk.db, desk.now + 23)
    assert learn_next(desk.db, desk.now + 24)
    assert desk.value("SELECT count(*) FROM source_health WHERE learned_at > now()") == 2


def test_an_hour_is_judged_by_one(desk: Almanac) -> None:
    past(desk, "Tide")
    desk.count()
    learn_next(desk.db, desk.now)
    with connect(desk.url, "other") as other, other.transaction():
        other.execute(counting.queries.try_judge)
        assert judge_hour(desk.db, desk.now) == Judged([])
        assert desk.value("SELECT count(*) FROM source_health WHERE verdict IS NOT NULL") == 0
    judge_hour(desk.db, desk.now)
    assert desk.value("SELECT state FROM source_health") == "ok"
    desk.db.execute("UPDATE source_health SET state = 'silent'")
    assert judge_hour(desk.db, desk.now) == Judged([]), "nor twice"
    assert desk.value("SELECT state FROM source_health") == "silent"


def test_an_hour_that_is_not_counted_is_not_judged(desk: Almanac) -> None:
    past(desk, "Tide", silent=2)
    desk.judge(desk.now - 1)
    desk.db.execute("UPDATE source_health SET state = 'silent'")
    assert judge_hour(desk.db, desk.now) == Judged([])
    assert desk.value("SELECT state FROM source_health") == "silent"


def test_volumes_are_kept_a_year(desk: Almanac) -> None:
    past(desk, "Tide")
    desk.judge()
    assert retention.expire(desk.db) == 0
    for table, column in (("volumes", "hour"), ("volume_hours", "hour")):
        desk.db.execute(f"UPDATE {table} SET {column} = {column} - interval '350 days'".encode())
    desk.db.execute("UPDATE source_health SET last_at = last_at - interval '350 days'")
    gone = 15 * 24 - 0
    assert retention.expire(desk.db) == pytest.approx(2 * gone, abs=4)
    desk.db.execute("UPDATE volumes SET hour = hour - interval '1 year'")
    desk.db.execute("UPDATE source_health SET last_at = last_at - interval '1 year'")
    retention.expire(desk.db)
    assert desk.value("SELECT count(*) FROM source_health") == desk.value("SELECT count(*) FROM volumes") == 0
