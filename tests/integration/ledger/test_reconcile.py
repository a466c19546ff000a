"""Reconcile finds each thing that must not be, and a job's timeline tells what happened to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from newsroom.desk import Desk
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import look
from wireroom.ledger.reconcile import CHECKS, Sums, queries, reconcile, reconcile_if_due

PATIENCE = 30.0

DAMAGE = {
    "unaccounted": "DELETE FROM line",
    "unknown_jobs": "DELETE FROM jobs",
    "records_missing": "INSERT INTO outcomes (job_id, run, outcome, article_id, version)"
    " SELECT job_id, 1, 'stored', 7, 1 FROM line; DELETE FROM line; DELETE FROM flights",
    "records_unexplained": "INSERT INTO articles (id, source) VALUES (1, 's'); INSERT INTO versions"
    " SELECT 1, 1, job_id, 'first', now(), 1, '', now(), '', '', 't', NULL, NULL, '{}', '{}' FROM line",
    "dead_flights": "DELETE FROM flights",
    "dead_polls": "INSERT INTO sources (url, hash, host, source, added_by, flight_id)"
    " VALUES ('https://example.com/feed', '', 'example.com', 'example.com', 'test', 99)",
    "empty_flights": "UPDATE line SET flight_id = NULL, ticket = 1",
    "events_missing": "INSERT INTO outcomes (job_id, run, outcome, reason) SELECT job_id, 1, 'rejected', 'x' FROM line;"
    " DELETE FROM line; DELETE FROM flights; DELETE FROM endings",
    "event_gaps": "INSERT INTO events SELECT n, n, 'rejected', now() FROM unnest(ARRAY[7, 9]) AS n",
}


@pytest.mark.parametrize("check", CHECKS)
def test_damage_is_found_by_its_check(desk: Desk, check: str) -> None:
    desk.job()
    desk.flight()
    desk.check()
    desk.db.execute(DAMAGE[check].encode())
    assert check in {finding.check for finding in reconcile(desk.db).findings}


def test_a_job_in_two_places_is_found(desk: Desk) -> None:
    job = desk.job()
    desk.db.execute("INSERT INTO outcomes (job_id, run, outcome, reason) VALUES (%s, 1, 'rejected', 'x')", [job])
    (finding,) = reconcile(desk.db).findings
    assert (finding.check, finding.id, finding.where) == ("unaccounted", job, "line, outcomes")


def test_the_sums_are_those_of_the_ledger(desk: Desk) -> None:
    ended, failed, _ = desk.jobs(3)
    flight = desk.flight()
    desk.finish((ended, 1))
    desk.db.execute("UPDATE line SET failures = 5")
    desk.fail(flight, failed, Transient("no"))
    sums = reconcile(desk.db).sums
    assert sums == Sums(3, 0, 0, 0, 1, 1, 1)
    assert str(sums).startswith("3 accepted = 0 stored + ") and str(sums).endswith(" + 1 on the line")


def test_a_pass_begins_where_the_last_clean_one_began_minus_an_hour(desk: Desk) -> None:
    old, recent = desk.jobs(2)
    first = reconcile(desk.db)
    desk.db.execute("UPDATE jobs SET accepted_at = now() - interval '2 hours' WHERE id = %s", [old])
    desk.db.execute("DELETE FROM line")
    assert [finding.id for finding in reconcile(desk.db).findings] == [recent]
    assert [finding.id for finding in reconcile(desk.db, everything=True).findings] == [old, recent]
    assert reconcile(desk.db).since > first.since


def test_of_two_dispatchers_at_once_one_makes_the_pass(desk: Desk, connection: Callable[[], Connection]) -> None:
    first, second = connection(), connection()
    with ThreadPoolExecutor() as threads:
        with desk.db.transaction():
            # In the middle of its pass it waits for this.
            desk.db.execute("LOCK TABLE flights IN ACCESS EXCLUSIVE MODE")
            passing = threads.submit(reconcile_if_due, first, 60)
            wait_for_lock(second)
            second.execute("SET lock_timeout = '1s'")
            assert reconcile_if_due(second, 60) is None
        assert passing.result(PATIENCE)
    assert reconcile_if_due(second, 60) is None
    assert desk.value("SELECT count(*) FROM reconciliations") == 1


def wait_for_lock(db: Connection) -> None:
    """Until another connection to the same database waits for one."""
    waiting = b"SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + PATIENCE
    while not db.execute(waiting).fetchall():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_person_reconciles_though_a_dispatcher_is_at_it(desk: Desk, connection: Callable[[], Connection]) -> None:
    other = connection()
    with other.transaction():
        other.execute(queries.try_reconcile)
        assert reconcile_if_due(desk.db, 0) is None
        assert reconcile(desk.db).findings == []
    assert reconcile_if_due(desk.db, 60) is None


@pytest.mark.parametrize("check", ["events_missing", "event_gaps"])
def test_old_events_are_not_read_again(desk: Desk, check: str) -> None:
    old, ends = 200_000, "generate_series(1, 200500) AS job"
    at = f"now() - CASE WHEN job > {old} THEN interval '0' ELSE interval '9 days' END"
    ended = f"SELECT job, 1, 'rejected', 'x', {at} FROM {ends} WHERE job % 50 > 0"
    failed = f"SELECT job, 1, 'process', 'live', 1, 'parse', 'surprise', 'x', {at} FROM {ends} WHERE job % 50 = 0"
    for statement in (
        f"INSERT INTO outcomes (job_id, run, outcome, reason, finished_at) {ended}",
        f"INSERT INTO quarantine (job_id, run, leg, lane, bytes, stage, kind, cause, quarantined_at) {failed}",
        "INSERT INTO events SELECT row_number() OVER (ORDER BY id), job_id, kind, at FROM endings",
        "TRUNCATE endings",
        "VACUUM ANALYZE events, outcomes, quarantine",
    ):
        desk.db.execute(statement.encode())
    (since,) = desk.db.execute("SELECT now() - interval '1 hour'").fetchone() or ()
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {getattr(queries, check)}"
    ((answer,),) = desk.db.execute(explained.encode(), {"since": since}).fetchall()
    read = sum(rows(node) for node in nodes(answer[0]["Plan"]) if node.get("Relation Name") == "events")
    assert 500 <= read < old / 5


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def rows(scan: dict[str, Any]) -> int:
    """How many rows a scan has read."""
    removed = sum(number for name, number in scan.items() if name.startswith("Rows Removed"))
    return int((scan["Actual Rows"] + removed) * scan["Actual Loops"])


def test_a_timeline_tells_what_happened(desk: Desk) -> None:
    job = desk.job(text="Told", key="k")
    desk.job(text="Told")
    flight = desk.flight()
    desk.fail(flight, job, Transient("the disk is full"))
    (state,) = look.jobs(desk.db, ids=[job])
    steps = look.timeline(desk.db, state)
    assert state.state == "waiting"
    assert [step.what for step in steps] == [
        "accepted",
        "seen again",
        "parse failed (transient)",
        "will be tried again",
    ]
    assert "the disk is full; retry at " in steps[2].details and steps[2].details.endswith("; on worker")


@pytest.mark.parametrize("state", ["ready", "in flight", "waiting", "quarantined", "rejected"])
def test_jobs_are_found_by_state(desk: Desk, state: str) -> None:
    job = desk.job()
    if state != "ready":
        flight = desk.flight()
        if state == "quarantined":
            desk.db.execute("UPDATE line SET failures = 5")
        if state in ("waiting", "quarantined"):
            desk.fail(flight, job, Transient("no"))
        if state == "rejected":
            desk.finish((job, 1))
    assert [one.job_id for one in look.jobs(desk.db, state=state)] == [job]
    assert all(look.jobs(desk.db, state=other) == [] for other in look.STATES if other != state)
