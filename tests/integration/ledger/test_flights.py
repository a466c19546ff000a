"""A flight passes each stage once; of twins, the first finisher wins and the late one changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from newsroom.desk import EPOCH, Desk, page
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import captures, ends, flights
from wireroom.ledger.ends import End
from wireroom.ledger.life import RetryPolicy

PATIENCE = 10.0


def test_a_flight_starts_once(desk: Desk) -> None:
    desk.jobs(2)
    (flight,) = desk.launch()
    assert flights.start(desk.db, flight.id, "parse", "one")
    assert not flights.start(desk.db, flight.id, "parse", "two")
    assert not flights.start(desk.db, flight.id, "enrich", "two")


def test_a_flight_is_handed_over_once(desk: Desk) -> None:
    desk.job()
    flight = desk.flight()
    assert flights.hand_over(desk.db, flight, "parse", "enrich", EPOCH)
    assert not flights.hand_over(desk.db, flight, "parse", "enrich", EPOCH)
    assert not flights.touch(desk.db, flight, "parse")
    assert flights.start(desk.db, flight, "enrich", "worker")


def test_parse_reads_its_pages_by_one_query(desk: Desk) -> None:
    job = desk.job(html="<p>Caf\u00e9", source="News")
    flight = desk.flight()
    (found,) = flights.captured_pages(desk.db, flight)
    assert (found.job_id, found.run, found.page.body.decode(), found.page.source) == (job, 1, "<p>Café", "News")


def test_twins_finishing_together_finish_once(desk: Desk, connection: Callable[[], Connection]) -> None:
    jobs = desk.jobs(20)
    desk.flight(stage="store")
    connections, start = [connection() for _ in range(4)], Barrier(4)

    def store(number: int) -> list[int]:
        start.wait()
        order = jobs if number % 2 else jobs[::-1]
        return desk.finish(*((job, 1) for job in order), connection=connections[number])

    with ThreadPoolExecutor(4) as pool:
        finished = [job for ended in pool.map(store, range(4)) for job in ended]
    assert sorted(finished) == jobs
    assert desk.value("SELECT count(*) FROM line") == 0


def test_the_second_twin_waits_for_the_row_and_then_finds_it_gone(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    job = desk.job()
    first, second = connection(), connection()
    with ThreadPoolExecutor(1) as pool:
        with first.transaction():
            assert ends.lock_runs(first, [(job, 1)])
            late = pool.submit(desk.finish, (job, 1), connection=second)
            until = time.monotonic() + PATIENCE
            while not desk.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                assert not late.done() and time.monotonic() < until, "it does not wait"
            ends.end(first, [End(job, "rejected", "test", "a test")])
        assert late.result() == []


def test_an_outcome_is_final(desk: Desk) -> None:
    job = desk.job()
    desk.finish((job, 1))
    for change in ("UPDATE outcomes SET reason = 'x'", "DELETE FROM outcomes", "TRUNCATE outcomes"):
        with pytest.raises(psycopg.IntegrityError, match="append-only"):
            desk.db.execute(change.encode())


def test_a_late_failure_does_not_touch_a_relaunched_job(desk: Desk) -> None:
    job = desk.job()
    old = desk.flight()
    with desk.db.transaction():
        ends.hand_back(desk.db, old, "parse", "worker", [], "")
    new = desk.flight()
    assert desk.fail(old, job, Transient("late")) == []
    assert desk.value("SELECT flight_id FROM line WHERE job_id = %s", job) == new
    assert desk.value("SELECT failures FROM line WHERE job_id = %s", job) == 0


def test_a_failed_article_leaves_its_flight_and_the_others_go_on(desk: Desk) -> None:
    first, second = desk.jobs(2)
    flight = desk.flight()
    (failure,) = desk.fail(flight, first, Transient("the disk is full"))
    assert failure.retry_in is not None
    assert [one.job_id for one in flights.captured_pages(desk.db, flight)] == [second]
    assert flights.touch(desk.db, flight, "parse")
    desk.check()


def test_a_flight_lands_when_nobody_is_left(desk: Desk) -> None:
    job = desk.job()
    flight = desk.flight()
    desk.fail(flight, job, Transient("no"))
    assert desk.value("SELECT count(*) FROM flights") == 0
    desk.check()


def test_after_its_retries_a_job_is_quarantined_with_its_cause(desk: Desk) -> None:
    job = desk.job(text="Poisoned")
    for _ in range(3):
        desk.hurry()
        desk.fail(desk.flight(), job, ValueError("bad \0 luck"))
    row = desk.db.execute("SELECT stage, kind, cause FROM quarantine WHERE job_id = %s", [job]).fetchone()
    assert row == ("parse", "surprise", "ValueError: bad \N{REPLACEMENT CHARACTER} luck")
    assert desk.value("SELECT count(*) FROM attempts WHERE job_id = %s", job) == 3
    assert desk.value("SELECT until - now() > interval '23 hours' FROM offers")
    desk.check()


def test_waits_double_and_are_spread() -> None:
    policy = RetryPolicy(transient=3, surprise=1, seconds=4)
    assert [policy.wait(tries, Transient(""), 0.5) for tries in range(4)] == [4, 8, 16, None]
    assert policy.wait(0, Transient(""), 0.0) == 2 and policy.wait(0, Transient(""), 1.0) == 6
    assert policy.wait(1, KeyError("x"), 0.5) is None


def test_a_server_that_says_when_is_believed() -> None:
    assert RetryPolicy().wait(0, Transient("", retry_after=100), 0.0) == 100
    assert RetryPolicy().wait(0, Transient("", retry_after=1e9), 0.0) == 24 * 3600


def test_a_captured_page_is_ready_for_parse_and_never_fetched_again(desk: Desk) -> None:
    job = desk.job(url="https://news.example/a")
    old = desk.flight("fetch")
    assert captures.capture(desk.db, old, job, page(b"first"), delay=0)
    assert not captures.capture(desk.db, old, job, page(b"second"), delay=0)
    assert ends.reject(desk.db, "ingest", [(job, 1)], [End(job, "rejected", "gone", "late twin")]) == []
    flight = desk.flight()
    assert [one.page.body for one in flights.captured_pages(desk.db, flight)] == [b"first"]
    desk.check()


def test_a_twins_capture_after_a_relaunch_is_refused(desk: Desk) -> None:
    job = desk.job(url="https://news.example/a")
    old = desk.flight("fetch")
    with desk.db.transaction():
        ends.hand_back(desk.db, old, "ingest", "worker", [job], "stalled")
    desk.hurry()
    new = desk.flight("fetch")
    assert not captures.capture(desk.db, old, job, page(), delay=0)
    assert captures.capture(desk.db, new, job, page(), delay=0)


def test_the_capture_keeps_what_the_server_said(desk: Desk) -> None:
    job = desk.job(url="https://news.example/a")
    flight = desk.flight("fetch")
    captures.capture(desk.db, flight, job, page(b"\x00\xff", headers={"etag": '"a\x00"'}), delay=0)
    (found,) = flights.captured_pages(desk.db, desk.flight())
    assert (found.page.body, found.page.status, found.page.headers) == (b"\x00\xff", 200, {"etag": '"a\ufffd"'})


def test_of_two_pages_captured_at_once_the_second_ends_the_flight(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    first, second = (desk.job(url=f"https://news.example/{n}") for n in range(2))
    flight = desk.flight("fetch")
    early, late = connection(), connection()
    with ThreadPoolExecutor(1) as pool:
        with early.transaction():
            assert captures.capture(early, flight, first, page(), delay=0)
            waiting = pool.submit(captures.capture, late, flight, second, page(), delay=0)
            until = time.monotonic() + PATIENCE
            while not desk.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                assert not waiting.done() and time.monotonic() < until, "it does not wait"
        assert waiting.result()
    assert desk.value("SELECT count(*) FROM flights") == 0
