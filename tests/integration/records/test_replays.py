"""Which articles are wanted, and that each is replayed once, whoever else does it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.line import story
from newsroom.morgue import FIRST_COPY, OLDER, Morgue, age
from wireroom.database import Connection, connect
from wireroom.ledger import repair
from wireroom.parse.stage import parse
from wireroom.records import article, replays
from wireroom.records.replays import Current, Wanted


@pytest.fixture
def morgue(db: Connection, database: str) -> Morgue:
    return Morgue(db, database)


@pytest.fixture
def other(database: str) -> Iterator[Connection]:
    with connect(database, "other") as connection:
        yield connection


def current(morgue: Morgue, wanted: Wanted | None = None) -> list[Current]:
    return [one for step in replays.steps(morgue.db, wanted or Wanted()) for one in step]


def test_all_that_is_given_must_fit(morgue: Morgue) -> None:
    early = morgue.misread(story(1), "Old", source="Tide", at="2025-05-01T10:00:00+00:00")
    late = morgue.misread(story(2), "Old", source="Tide", at="2025-05-03T10:00:00+00:00")
    age(morgue.db, late, parser=f"{OLDER}+tide.example")
    ours = morgue.keep(story(3), source="Tide", at="2025-05-03T10:00:00+00:00")
    other = morgue.keep(story(4), source="Harbour", at="2025-05-01T10:00:00+00:00")
    noon = datetime(2025, 5, 2, 12, tzinfo=UTC)
    for wanted, fit in (
        (Wanted(), [early, late, ours, other]),
        (Wanted(source="Tide"), [early, late, ours]),
        (Wanted(since=noon), [late, ours]),
        (Wanted(until=noon), [early, other]),
        (Wanted(since=noon - timedelta(days=9), until=noon, source="Harbour"), [other]),
        (Wanted(parser=OLDER), [early, late]),
        (Wanted(parser=f"{OLDER}+tide.example"), [late]),
        (Wanted(article_ids=[other, late], source="Tide"), [late]),
        (Wanted(article_ids=[99]), []),
    ):
        assert [one.article_id for one in current(morgue, wanted)] == fit, wanted
        assert replays.count(morgue.db, wanted) == (len(fit), 0, [])
        assert sorted(one.article_id for one in replays.sample(morgue.db, wanted, 9)) == fit


def test_a_sample_is_the_same_each_time_and_has_its_pages(morgue: Morgue) -> None:
    morgue.copies(morgue.keep(story(1)), 50)
    morgue.expire(FIRST_COPY)
    sample = replays.sample(morgue.db, Wanted(source="copies"), 20)
    assert len(sample) == 20 and sample == replays.sample(morgue.db, Wanted(source="copies"), 20)
    everything = sorted(replays.sample(morgue.db, Wanted(source="copies"), 1000))
    assert sorted(sample) != everything[:20]
    assert len(everything) == 49 and FIRST_COPY not in {one.article_id for one in everything}
    assert replays.count(morgue.db, Wanted()) == (51, 1, [FIRST_COPY])


def test_the_current_version_comes_with_its_own_page_as_parse_gets_it(morgue: Morgue) -> None:
    url = "https://news.example/a"
    first = morgue.keep(story(1), url, source="Tide", at="2025-05-01T10:00:00+00:00")
    assert morgue.keep(story(2), url, at="2025-05-02T10:00:00+00:00") == first
    (one,) = current(morgue)
    made = replays.made_from(morgue.db, one)
    found = article(morgue.db, first)
    assert made.page and found
    assert (made.page.body.decode(), made.page.url, found.version.job_id) == (story(2), url, one.job_id)
    assert made.record == found.parsed == parse(made.page)
    morgue.expire(first)
    assert replays.made_from(morgue.db, one) == (found.parsed, None)


def test_a_page_in_work_or_in_quarantine_is_passed_over(morgue: Morgue) -> None:
    ids = [morgue.misread(story(number), "Old") for number in (1, 2)]
    flying, failed = current(morgue)
    assert replays.replay(morgue.db, [failed], "ada").passed == {}
    job = morgue.value("SELECT job_id FROM line")
    flight = morgue.flight()
    for _ in range(3):
        morgue.fail(flight, job, ValueError("a surprise"))
        morgue.hurry()
        flight = 0 if morgue.value("SELECT count(*) FROM quarantine") else morgue.flight()
    assert replays.replay(morgue.db, [flying], "ada").replayed.keys() == {ids[0]}
    step = replays.replay(morgue.db, [flying, failed], "bob")
    assert step.replayed == {}
    assert step.passed == {
        ids[0]: f"article {ids[0]} is being replayed at this moment",
        ids[1]: f"article {ids[1]} has a replay in quarantine: see `wireroom quarantine`",
    }
    morgue.check()


def test_what_was_overtaken_by_its_publisher_is_passed_over(morgue: Morgue) -> None:
    url = "https://news.example/a"
    id_ = morgue.keep(story(1), url, at="2025-05-01T10:00:00+00:00")
    before = current(morgue)
    morgue.keep(story(2), url, at="2025-05-02T10:00:00+00:00")
    assert replays.replay(morgue.db, before, "ada") == ({}, {id_: f"article {id_} has a newer version by now"})


def test_what_lost_its_page_meanwhile_is_passed_over(morgue: Morgue) -> None:
    id_ = morgue.keep(story(1))
    before = current(morgue)
    morgue.expire(id_)
    assert replays.replay(morgue.db, before, "ada") == ({}, {id_: replays.expired(id_)})


def test_two_at_once_replay_each_article_once(morgue: Morgue, other: Connection) -> None:
    morgue.copies(morgue.keep(story(1)), 20)
    chosen = current(morgue)
    with ThreadPoolExecutor(1) as pool:
        with other.transaction():
            first = replays.replay(other, chosen[:15], "ada")
            late = pool.submit(replays.replay, morgue.db, chosen, "bob")
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not late.done() and other.execute(waiting).fetchone() == (0,):
                pass
        second = late.result()
    assert len(first.replayed) == 15 and len(second.replayed) == len(chosen) - 15
    assert second.passed.keys() == first.replayed.keys()
    assert morgue.value("SELECT count(*) FROM line") == len(chosen)


def test_a_replay_flies_behind_live_news(morgue: Morgue) -> None:
    morgue.keep(story(1))
    (job,) = replays.replay(morgue.db, current(morgue), "ada").replayed.values()
    assert morgue.db.execute("SELECT lane FROM jobs WHERE id = %s", [job]).fetchone() == ("backfill",)
    assert morgue.db.execute("SELECT lane, leg FROM line").fetchall() == [("backfill", "process")]


def test_a_reparse_is_replayed_from_the_same_page_again(morgue: Morgue) -> None:
    id_ = morgue.keep(story(1))
    first = current(morgue)
    (job,) = replays.replay(morgue.db, first, "ada").replayed.values()
    assert repair.cancel(morgue.db, [job], "ada")[job].state == "ended"
    assert replays.replay(morgue.db, first, "ada").replayed.keys() == {id_}
