"""Every end gets a position, in order and without gaps, whoever commits when; paging over them misses none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsroom.desk import Desk
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import events, repair
from wireroom.ledger.events import Sequencer, sequence


def positions(desk: Desk) -> list[tuple[int, int, str]]:
    return desk.db.execute("SELECT position, job_id, kind FROM events ORDER BY position").fetchall()


def test_ends_are_numbered_in_their_order(desk: Desk) -> None:
    first, second = desk.jobs(2)
    desk.flight()
    desk.finish((second, 1))
    desk.finish((first, 1))
    assert sequence(desk.db) == 2
    assert positions(desk) == [(1, second, "rejected"), (2, first, "rejected")]
    assert sequence(desk.db) == 0
    desk.check()


def test_an_end_that_was_committed_late_comes_later_not_never(desk: Desk, connection: Callable[[], Connection]) -> None:
    late, early = desk.jobs(2)
    slow, sequencer = connection(), Sequencer()
    with slow.transaction():
        desk.finish((late, 1), connection=slow)
        desk.finish((early, 1))
        assert sequencer.sequence(desk.db) == {"rejected": 1}
        read = events.page(desk.db, 0, 10)
        assert read is not None and [one.job_id for one in read.outcomes] == [early]
    assert sequencer.sequence(desk.db) == {}, "the floor spares walking over the dead"
    assert sequencer.sequence(desk.db, sweep=True) == {"rejected": 1}
    rest = events.page(desk.db, read.cursor, 10)
    assert rest is not None and [(one.position, one.job_id) for one in rest.outcomes] == [(2, late)]


def test_a_quarantined_job_that_is_redriven_ends_once_more(desk: Desk) -> None:
    job = desk.job(key="k", source="s")
    flight = desk.flight()
    desk.db.execute("UPDATE line SET failures = 5")
    desk.fail(flight, job, Transient("the sky fell"))
    sequence(desk.db)
    found = events.page(desk.db, 0, 10)
    assert found is not None
    (end,) = found.outcomes
    assert (end.outcome, end.cause, end.key, end.source) == ("quarantined", "the sky fell", "k", "s")
    repair.redrive(desk.db, [job], "ada")
    desk.flight()
    desk.finish((job, 2))
    sequence(desk.db)
    assert [kind for _, _, kind in positions(desk)] == ["quarantined", "rejected"]
    desk.check()


def test_sequencers_side_by_side_number_each_end_once(desk: Desk, connection: Callable[[], Connection]) -> None:
    jobs = desk.jobs(300)
    others = [connection() for _ in range(3)]

    def number(db: Connection) -> int:
        return sum(sequence(db) for _ in range(40))

    with ThreadPoolExecutor(3) as pool:
        numbered = [pool.submit(number, db) for db in others]
        for job in jobs:
            desk.finish((job, 1))
        total = sum(one.result() for one in numbered) + sequence(desk.db)
    assert total == 300
    assert [position for position, _, _ in positions(desk)] == list(range(1, 301))
    assert {job for _, job, _ in positions(desk)} == set(jobs)
    desk.check()


def test_pages_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    jobs = desk.jobs(7)
    for job in jobs:
        desk.finish((job, 1))
    sequence(desk.db)
    read, cursor, more = [], 0, True
    while more:
        page = events.page(desk.db, cursor, 3)
        assert page is not None
        read += [one.job_id for one in page.outcomes]
        cursor, more = page.cursor, page.more
    assert (read, cursor) == (jobs, 7)
    assert events.page(desk.db, 7, 3) == events.Page([], 7, False)
    assert events.page(desk.db, 8, 3) is None, "nobody was given that position"


def test_a_producer_reads_its_own_ends_and_its_cursor_moves_past_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "REACH", 3)
    for name in ("a", "b", "b", "b", "b", "a"):
        desk.finish((desk.job(producer=name), 1))
    sequence(desk.db)
    cursors, read, more = [0], [], True
    while more:
        page = events.page(desk.db, cursors[-1], 10, "a")
        assert page is not None
        read += [one.position for one in page.outcomes]
        cursors.append(page.cursor)
        more = page.more
    assert (read, cursors) == ([1, 6], [0, 3, 6])
