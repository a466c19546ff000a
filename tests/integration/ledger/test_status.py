"""The status tells what the ledger holds, and costs the same however much that is."""

from __future__ import annotations

import pytest

from newsroom.desk import Desk
from wireroom.errors import Transient
from wireroom.ledger import pauses, refusals, status
from wireroom.ledger.offer import Refused
from wireroom.ledger.pauses import Target
from wireroom.ledger.reconcile import Sums, reconcile
from wireroom.ledger.refusals import Item
from wireroom.ledger.status import Cause, Count, Failures, InFlight, Rate, Refusals, Times, Waiting


def test_waiting_jobs_are_counted_by_leg_lane_and_what_they_wait_for(desk: Desk) -> None:
    desk.job(url="https://busy.example/1")
    desk.flight("fetch")
    desk.job(url="https://busy.example/2", lane="backfill")
    failed = desk.job()
    desk.fail(desk.flight(), failed, Transient("not now"))
    for what, name in (("source", "A"), ("host", "h.example")):
        pauses.pause(desk.db, Target(what, name), "ada")
    desk.job(url="https://h.example/1")
    desk.jobs(2, source="A", lane="backfill")
    desk.launch("fetch")
    desk.launch()
    desk.jobs(3)
    assert status.status(desk.db).waiting == [
        Waiting("fetch", "live", ready=0, time=0, host=0, pause=1),
        Waiting("fetch", "backfill", ready=0, time=0, host=1, pause=0),
        Waiting("process", "live", ready=3, time=1, host=0, pause=0),
        Waiting("process", "backfill", ready=0, time=0, host=0, pause=2),
    ]


def test_more_than_are_counted_are_at_least_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "COUNTED", 3)
    desk.jobs(5)
    desk.jobs(2, lane="backfill")
    desk.db.execute("UPDATE line SET ticket = NULL, waits_for = 'time', due_at = now() WHERE lane = 'backfill'")
    desk.jobs(1, lane="backfill")
    found = {(one.leg, one.lane): one for one in status.waiting(desk.db)}
    assert found["process", "live"] == Waiting("process", "live", ready=3, at_least=("ready",))
    assert found["process", "backfill"] == Waiting("process", "backfill", ready=1, time=2)
    desk.db.execute("UPDATE line SET ticket = NULL, waits_for = 'time', due_at = now()")
    timed = [one for one in status.waiting(desk.db) if one.leg == "process"]
    assert sum(one.time for one in timed) == 3 and {one.at_least for one in timed} == {("time",)}


def test_articles_and_flights_in_flight_are_counted_by_stage(desk: Desk) -> None:
    desk.jobs(3)
    desk.flight(stage="enrich")
    desk.jobs(2)
    desk.launch()
    assert sorted(status.status(desk.db).in_flight) == [
        InFlight("enrich", True, flights=1, articles=3),
        InFlight("parse", False, flights=1, articles=2),
    ]


def test_the_oldest_unfinished_job_is_named_with_its_age(desk: Desk) -> None:
    assert status.oldest(desk.db) is None
    ended, old, _ = desk.jobs(3)
    desk.db.execute("UPDATE jobs SET accepted_at = now() - interval '90 seconds' WHERE id <= %s", [old])
    desk.flight(stage="store")
    desk.finish((ended, 1))
    found = status.oldest(desk.db)
    assert found is not None and found.job_id == old
    assert 90 <= found.seconds < 300


def age(desk: Desk, seconds: int, *jobs: int) -> None:
    """Accepted so long ago."""
    desk.db.execute(
        "UPDATE jobs SET accepted_at = now() - make_interval(secs => %s) WHERE id = ANY(%s)", [seconds, list(jobs)]
    )


def test_rates_are_of_the_last_minute_and_hour(desk: Desk) -> None:
    jobs = desk.jobs(9)
    age(desk, 7200, *jobs[:2])
    age(desk, 600, *jobs[2:6])
    desk.flight(stage="store")
    desk.finish(*((job, 1) for job in jobs[:2]))
    assert status.rates(desk.db) == [
        Rate("accepted", 3, 60, 3 / 60),
        Rate("accepted", 7, 3600, 7 / 3600),
        Rate("finished", 2, 60, 2 / 60),
        Rate("finished", 2, 3600, 2 / 3600),
    ]


def test_where_too_many_were_accepted_the_rate_is_over_the_time_that_the_newest_took(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "NEWEST", 4)
    jobs = desk.jobs(9)
    age(desk, 600, *jobs[:7])
    minute, hour = status.rates(desk.db)[:2]
    assert minute == Rate("accepted", 2, 60, 2 / 60)
    assert (hour.number, round(hour.seconds / 600), round(hour.per_second * 600)) == (4, 1, 4)


def test_times_are_of_the_newest_outcomes(desk: Desk) -> None:
    desk.db.execute(
        "WITH new AS (INSERT INTO jobs (id, producer, source, lane, accepted_at) SELECT id, 'p', 's', 'live',"
        " now() - id * interval '1 second' FROM generate_series(1, 101) AS id RETURNING id)"
        " INSERT INTO outcomes (job_id, outcome, reason, run, stages, finished_at)"
        " SELECT id, 'rejected', 'x', 1, jsonb_build_object('parse', id / 1000.0), now() FROM new"
    )
    assert sorted(status.times(desk.db)) == [Times("parse", 101, 0.051, 0.096), Times("total", 101, 51.0, 96.0)]


def test_failures_quarantine_and_refusals_are_told_with_their_causes(desk: Desk) -> None:
    jobs = desk.jobs(4)
    flight = desk.flight()
    for job in jobs[:2]:
        desk.fail(flight, job, Transient("the disk is full"))
    desk.db.execute("UPDATE line SET failures = 5")
    for job in jobs[2:]:
        desk.fail(flight, job, ValueError(f"no such thing: {job}"))
    desk.db.execute("INSERT INTO attempts (job_id, run, stage, kind, cause, at) VALUES"
                    " (7, 1, 'store', 'lost', 'long ago', now() - interval '2 hours'),"
                    " (7, 1, 'store', 'redriven', 'redriven by ada', now())")  # fmt: skip
    refusals.keep(desk.db, [(Item(7, "{"), Refused("", "malformed", "it is no JSON"))] * 3)
    desk.db.execute("UPDATE refusals SET refused_at = now() - interval '2 days' WHERE id = 1")
    found = status.status(desk.db)
    fingerprint = desk.value("SELECT DISTINCT fingerprint FROM quarantine")
    newest = Cause("parse", "surprise", f"ValueError: no such thing: {jobs[3]}", 2, fingerprint)
    assert found.failures == [Failures("parse", "surprise", 2), Failures("parse", "transient", 2)]
    tried = [Cause("parse", "surprise", f"ValueError: no such thing: {job}", 1) for job in jobs[:1:-1]]
    assert found.causes == [*tried, Cause("parse", "transient", "the disk is full", 2)]
    assert (found.quarantine, found.quarantine_causes) == (Count(2), [newest])
    assert found.refusals == [Refusals("malformed", 2)]


def test_the_identity_is_that_of_the_last_pass_of_reconcile(desk: Desk) -> None:
    assert status.checked(desk.db) is None
    desk.job()
    reconcile(desk.db)
    desk.job()
    clean = status.checked(desk.db)
    assert clean is not None
    assert (clean.findings, clean.sums, clean.clean_at) == (0, Sums(1, 0, 0, 0, 0, 0, 1), clean.started_at)
    desk.db.execute("DELETE FROM line")
    reconcile(desk.db)
    bad = status.checked(desk.db)
    assert bad is not None
    assert (bad.findings, bad.clean_at) == (2, clean.started_at)


MOST = 1000


FILL = """
INSERT INTO jobs (id, producer, source, lane) SELECT id, 'p', 's' || id % 9, 'live' FROM wanted;
INSERT INTO line (job_id, leg, lane, host, ticket, waits_for, due_at, paused_source)
SELECT id, 'fetch', 'live', 'h' || id % 9, CASE WHEN id % 4 = 0 THEN id END,
    CASE id % 4 WHEN 1 THEN 'time' WHEN 2 THEN 'host' WHEN 3 THEN 'pause' END,
    CASE WHEN id % 4 = 1 THEN now() END, CASE WHEN id % 4 = 3 THEN 's' || id % 9 END FROM wanted;
INSERT INTO outcomes (job_id, outcome, reason, run) SELECT id, 'rejected', 'x', 1 FROM wanted;
INSERT INTO attempts (job_id, run, stage, kind, cause) SELECT id, 1, 'ingest', 'transient', 'c' || id % 9 FROM wanted;
INSERT INTO quarantine (job_id, run, leg, lane, bytes, stage, kind, cause)
SELECT id, 1, 'process', 'live', 0, 'parse', 'surprise', 'c' || id % 9 FROM wanted;
INSERT INTO refusals (reason, cause, bytes, head) SELECT 'r', 'c', 1, 'x' FROM wanted;
DROP TABLE wanted;
"""


def fill(desk: Desk, first: int, number: int) -> None:
    """Rows of every kind; the jobs are on the line, ready and waiting, and finished, and in quarantine."""
    given = [first, first + number - 1]
    desk.db.execute("CREATE TEMPORARY TABLE wanted AS SELECT generate_series(%s::int, %s::int) AS id", given)
    desk.db.execute(FILL)


def blocks(desk: Desk) -> dict[str, int]:
    """Blocks that each statement reads."""
    read: dict[str, int] = {}
    given = {"most": MOST, "shown": 5, "since": 900.0}
    with status.reading(desk.db):
        for name in status.queries._statements:
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {getattr(status.queries, name)}"
            row = desk.db.execute(explained.encode(), given).fetchone()
            assert row is not None
            read[name] = row[0][0]["Plan"]["Shared Hit Blocks"] + row[0][0]["Plan"]["Shared Read Blocks"]
    return read


def test_a_line_full_of_ready_jobs_is_not_read_as_a_whole(desk: Desk) -> None:
    desk.db.execute(
        "INSERT INTO line (job_id, leg, lane, host, ticket)"
        " SELECT id, 'fetch', 'live', 'h' || id % 9, id FROM generate_series(1, 50000) AS id"
    )
    desk.db.execute("ANALYZE line")
    pages = desk.value("SELECT pg_relation_size('line') / current_setting('block_size')::int")
    assert blocks(desk)["waiting"] < pages


def test_no_statement_reads_more_where_the_ledger_holds_more(desk: Desk) -> None:
    desk.jobs(8, source="A")
    desk.flight()
    fill(desk, 1000, 8_000)
    reconcile(desk.db)
    few = blocks(desk)
    fill(desk, 100_000, 40_000)
    many = blocks(desk)
    # It looks up the job of each of its newest outcomes.
    assert many.pop("seconds") <= 4 * MOST
    assert {name: read for name, read in many.items() if read > few[name] * 1.3 + 50} == {}
