"""What has outlived its promise goes; what unfinished jobs still need stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsroom.desk import Desk, offer
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import flights, repair, retention, robots
from wireroom.ledger.accept import Accepted
from wireroom.ledger.offer import Refused
from wireroom.ledger.refusals import Item, keep
from wireroom.ledger.retention import expire, expire_captures

TODAY = datetime.now(UTC).date()
OLD = TODAY - timedelta(days=40)
DAY = f"captures_{OLD:%Y%m%d}"


class Looked:
    """A connection that notes after which hash each step began."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.after: list[bytes] = []

    def execute(self, statement: Any, given: dict[str, Any]) -> Any:
        self.after += [given["after"]] if "after" in given else []
        return self._db.execute(statement, given)


def age(desk: Desk, table: str, column: str, days: int) -> None:
    desk.db.execute(f"UPDATE {table} SET {column} = {column} - make_interval(days => {days})".encode())


def old_day(desk: Desk, *jobs: int, made: bool = True) -> None:
    """The pages of these jobs were captured long ago, on a day that had its partition or not."""
    if made:
        desk.db.execute("SELECT make_capture_days(%s, %s)", [OLD, OLD])
    desk.db.execute("UPDATE captures SET day = %s WHERE job_id = ANY(%s)", [OLD, list(jobs)])
    for table in ("line", "quarantine", "outcomes"):
        desk.db.execute("ALTER TABLE outcomes DISABLE TRIGGER final")
        desk.db.execute(f"UPDATE {table} SET capture_day = %s WHERE job_id = ANY(%s)".encode(), [OLD, list(jobs)])


def test_rules_that_are_long_over_are_forgotten(desk: Desk) -> None:
    for name in ("old", "new"):
        robots.keep(desk.db, f"https://{name}.example", f"{name}.example", 200, "", 3600.0, None)
    desk.db.execute("UPDATE robots SET good_until = now() - interval '8 days' WHERE origin LIKE '%old%'")
    assert expire(desk.db) == 1
    assert desk.value("SELECT origin FROM robots") == "https://new.example"


def test_a_key_is_kept_thirty_days(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 2)
    desk.accept(*(offer(key=str(n)) for n in range(5)))
    age(desk, "receipts", "accepted_at", 29)
    assert expire(desk.db) == 0
    age(desk, "receipts", "accepted_at", 1)
    desk.job(key="new")
    assert expire(desk.db) == 5
    assert desk.value("SELECT key FROM receipts") == "new"


def test_an_offer_is_kept_as_long_as_it_counts(desk: Desk) -> None:
    ended, _ = desk.jobs(2)
    desk.finish((ended, 1))
    assert expire(desk.db) == 0
    age(desk, "offers", "until", 31)
    assert expire(desk.db) == 0
    age(desk, "offers", "until", 1)
    assert expire(desk.db) == 1
    assert desk.value("SELECT count(*) FROM offers WHERE until = 'infinity'") == 1


def test_offers_are_looked_through_once_in_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 3)
    desk.jobs(10)
    desk.db.execute("UPDATE offers SET until = 'epoch' WHERE job_id % 4 <> 0")
    expired = {hash_ for (hash_,) in desk.db.execute("SELECT hash FROM offers WHERE until = 'epoch'")}
    looked = Looked(desk.db)
    assert expire(looked) == len(expired)  # type: ignore[arg-type]
    assert looked.after == sorted(looked.after) and len(set(looked.after)) == len(looked.after) == 4
    assert desk.value("SELECT count(*) FROM offers WHERE until < now()") == 0


def test_refusals_and_batches_are_kept_thirty_days(desk: Desk) -> None:
    keep(desk.db, [(Item(1, "{"), Refused("", "malformed", "no"))])
    desk.db.execute("INSERT INTO intake_batches (id) VALUES (gen_random_uuid())")
    assert expire(desk.db) == 0
    age(desk, "refusals", "refused_at", 30)
    age(desk, "intake_batches", "taken_at", 30)
    assert expire(desk.db) == 2


def test_windows_of_a_silent_source_are_kept_a_year(desk: Desk) -> None:
    desk.db.execute(
        "INSERT INTO parse_health (source, number, since, until, articles, measures)"
        " VALUES ('Tide', 1, now(), now() - interval '364 days', 25, '{}'), ('Ebb', 1, now(), now(), 25, '{}')"
    )
    assert expire(desk.db) == 0
    age(desk, "parse_health", "until", 2)
    assert expire(desk.db) == 1
    assert desk.value("SELECT source FROM parse_health") == "Ebb"


def test_pages_of_old_days_go_but_for_what_is_still_needed(desk: Desk) -> None:
    ended, failed, waiting = (
        answer.job_id
        for answer in desk.accept(*(offer(text=text) for text in ("ended", "failed", "waiting")))
        if isinstance(answer, Accepted)
    )
    flight = desk.flight()
    desk.finish((ended, 1))
    desk.db.execute("UPDATE line SET failures = 5 WHERE job_id = %s", [failed])
    desk.fail(flight, failed, Transient("no"))
    desk.fail(flight, waiting, Transient("no"))
    recent = desk.job(text="recent")
    old_day(desk, ended, failed, waiting)
    assert expire_captures(desk.db, TODAY - timedelta(days=30)) == ([DAY], [])
    assert {job for (job,) in desk.db.execute("SELECT job_id FROM captures")} == {failed, waiting, recent}
    repair.redrive(desk.db, [failed], "ada")
    desk.hurry()
    pages = flights.captured_pages(desk.db, desk.flight())
    assert {(one.job_id, one.page.body) for one in pages} == {
        (failed, b"failed"), (waiting, b"waiting"), (recent, b"recent"),
    }  # fmt: skip
    assert expire_captures(desk.db, TODAY - timedelta(days=30)) == ([], [])
    desk.check()


def test_pages_of_a_day_that_nobody_made_go_too(desk: Desk) -> None:
    ended, waiting = desk.jobs(2)
    desk.finish((ended, 1))
    old_day(desk, ended, waiting, made=False)
    assert expire_captures(desk.db, TODAY - timedelta(days=30)) == ([], [])
    assert desk.db.execute("SELECT job_id, day FROM captures").fetchall() == [(waiting, TODAY)]
    desk.check()


def test_a_job_whose_page_has_expired_cannot_be_replayed(desk: Desk) -> None:
    job = desk.job()
    desk.finish((job, 1))
    old_day(desk, job)
    assert expire_captures(desk.db, TODAY).dropped
    assert repair.replay(desk.db, [job], "ada") == {}


@pytest.mark.parametrize("made", [True, False])
def test_a_page_that_a_replay_is_about_to_need_stays(
    desk: Desk, connection: Callable[[], Connection], made: bool
) -> None:
    job = desk.job()
    desk.finish((job, 1))
    old_day(desk, job, made=made)
    other = connection()
    with other.transaction():
        assert repair.replay(other, [job], "ada")
        assert expire_captures(desk.db, TODAY) == ([], [DAY if made else "captures_other"])
    assert expire_captures(desk.db, TODAY) == ([DAY] if made else [], [])
    assert desk.db.execute("SELECT day FROM captures").fetchall() == [(TODAY,)]
    assert desk.db.execute("SELECT capture_day FROM line").fetchall() == [(TODAY,)]


def test_a_page_that_is_needed_twice_on_one_day_is_moved_once(desk: Desk) -> None:
    job = desk.job()
    desk.finish((job, 1))
    old_day(desk, job)
    for _ in range(2):
        with desk.db.transaction():
            repair.replay(desk.db, [job], "ada")
            retention._move_needed(desk.db, TODAY)
    assert desk.value("SELECT count(*) FROM captures WHERE day = %s", TODAY) == 1
    assert desk.db.execute("SELECT capture_day FROM line").fetchall() == [(TODAY,)] * 2


def test_whoever_wants_a_page_does_not_wait_behind_a_backup(desk: Desk, connection: Callable[[], Connection]) -> None:
    old_day(desk)
    other = connection()
    # With the patience of its connection it would fail.
    desk.db.execute("SET lock_timeout = 0")
    desk.db.execute("SET statement_timeout = '5s'")
    with other.transaction():
        other.execute("LOCK TABLE captures IN ACCESS SHARE MODE")
        assert expire_captures(desk.db, TODAY) == ([], [DAY])
    assert expire_captures(desk.db, TODAY) == ([DAY], [])
