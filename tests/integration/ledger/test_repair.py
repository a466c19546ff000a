"""Redrive, replay, cancel: safe while old flights are still in the air, and never a second outcome."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from newsroom.desk import Desk, offer, page
from wireroom.database import Connection
from wireroom.errors import Transient, WireroomError
from wireroom.ledger import captures, ends, flights, repair
from wireroom.ledger.accept import Accepted, Tickets, accept
from wireroom.ledger.ends import End
from wireroom.ledger.life import RetryPolicy
from wireroom.ledger.repair import Judged


def quarantined(desk: Desk, **fields: object) -> tuple[int, int]:
    """A job in quarantine, and the flight whose twin is still in the air."""
    job = desk.job(**fields)
    leg, stage = ("fetch", "ingest") if "url" in fields and len(fields) == 1 else ("process", "parse")
    flight = desk.flight(leg)  # type: ignore[arg-type]
    desk.db.execute("UPDATE line SET failures = 5")
    desk.fail(flight, job, Transient("the sky fell"), stage)
    return job, flight


def test_a_redriven_job_begins_a_new_run_with_nothing_held_against_it(desk: Desk) -> None:
    job, _ = quarantined(desk)
    assert repair.redrive(desk.db, [job, 999], "ada") == [job]
    row = desk.db.execute("SELECT run, failures, losses, leg FROM line").fetchone()
    assert row == (2, 0, 0, "process")
    assert [flight.jobs for flight in desk.launch()] == [(job,)]
    desk.check()


def test_after_a_redrive_the_old_run_finishes_nothing(desk: Desk) -> None:
    job, old = quarantined(desk)
    repair.redrive(desk.db, [job], "ada")
    desk.flight()
    assert desk.finish((job, 1)) == []
    assert desk.fail(old, job, Transient("late")) == []
    assert desk.finish((job, 2)) == [job]
    assert desk.value("SELECT run FROM outcomes") == 2
    desk.check()


def test_the_old_flight_may_finish_what_was_not_yet_quarantined_only_once(desk: Desk) -> None:
    job, _ = quarantined(desk)
    assert desk.finish((job, 1)) == []
    assert desk.value("SELECT count(*) FROM outcomes") == 0


def test_a_redrive_keeps_the_history(desk: Desk) -> None:
    job, _ = quarantined(desk)
    repair.redrive(desk.db, [job], "ada")
    rows = desk.db.execute("SELECT kind, cause FROM attempts WHERE job_id = %s ORDER BY id", [job]).fetchall()
    assert rows == [("transient", "the sky fell"), ("redriven", "redriven by ada")]


def test_a_redriven_thing_stays_on_offer(desk: Desk) -> None:
    job, _ = quarantined(desk, text="Once")
    repair.redrive(desk.db, [job], "ada")
    assert desk.value("SELECT until = 'infinity' FROM offers")


def test_a_refetch_goes_back_to_the_fetch_leg(desk: Desk) -> None:
    job = desk.job(url="https://news.example/a")
    flight = desk.flight("fetch")
    captures.capture(desk.db, flight, job, page(), delay=0)
    desk.db.execute("UPDATE line SET failures = 5")
    desk.fail(desk.flight(), job, Transient("no"))
    assert repair.redrive(desk.db, [job], "ada", refetch=True) == [job]
    desk.hurry()
    assert [flight.jobs for flight in desk.launch("fetch")] == [(job,)]


def test_an_inline_job_cannot_be_fetched_again(desk: Desk) -> None:
    job, _ = quarantined(desk)
    with pytest.raises(WireroomError, match="without a URL"):
        repair.redrive(desk.db, [job], "ada", refetch=True)
    assert desk.value("SELECT count(*) FROM quarantine") == 1


def test_a_replay_is_a_new_job_on_the_same_capture(desk: Desk) -> None:
    job = desk.job(text="Again", source="News", meta={"a": 1})
    desk.flight()
    desk.finish((job, 1))
    replays = repair.replay(desk.db, [job], "ada")
    new = replays[job]
    assert desk.db.execute("SELECT replays, source, meta FROM jobs WHERE id = %s", [new]).fetchone() == (
        job, "News", {"a": 1},
    )  # fmt: skip
    (found,) = flights.captured_pages(desk.db, desk.flight())
    assert (found.job_id, found.page.body) == (new, b"Again")
    desk.check()


def test_a_job_cancelled_on_the_line_is_rejected_and_its_flight_finds_it_gone(desk: Desk) -> None:
    job = desk.job()
    flight = desk.flight()
    assert repair.cancel(desk.db, [job], "ada")[job] == Judged("ended")
    assert flights.captured_pages(desk.db, flight) == []
    assert desk.finish((job, 1)) == []
    row = desk.db.execute("SELECT outcome, reason, cause FROM outcomes").fetchone()
    assert row == ("rejected", "cancelled", "cancelled by ada")
    desk.check()


def test_the_host_of_a_fetch_that_is_cancelled_in_the_air_is_left_in_peace(desk: Desk) -> None:
    job = desk.job(url="https://h.example/1")
    desk.flight("fetch")
    repair.cancel(desk.db, [job], "ada")
    desk.job(url="https://h.example/2")
    assert desk.launch("fetch") == []
    desk.hurry()
    assert desk.launch("fetch")


def test_a_quarantined_job_can_be_judged(desk: Desk) -> None:
    job, _ = quarantined(desk)
    assert repair.judge(desk.db, [job], "by_hand", "not news (ada)")[job] == Judged("ended")
    assert desk.value("SELECT count(*) FROM quarantine") == 0
    desk.check()


def test_a_finished_job_keeps_its_outcome(desk: Desk) -> None:
    job = desk.job()
    desk.flight()
    ends.reject(desk.db, "parse", [(job, 1)], [End(job, "rejected", "not_an_article", "an error page")])
    assert repair.cancel(desk.db, [job], "ada")[job] == Judged("finished", "rejected", "not_an_article")
    assert repair.cancel(desk.db, [999], "ada")[999] == Judged("unknown")


def test_redriving_many_does_not_deadlock_with_offering_them_again(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    offers = [offer(text=f"Number {number}") for number in range(300)]
    jobs = [answer.job_id for answer in desk.accept(*offers) if isinstance(answer, Accepted)]
    other, done = connection(), Event()

    def offer_again() -> None:
        while not done.is_set():
            accept(other, offers, Tickets())

    with ThreadPoolExecutor(1) as pool:
        offering = pool.submit(offer_again)
        for _ in range(15):
            for flight in desk.launch():
                flights.start(desk.db, flight.id, "parse", "worker")
                failed = [ends.Failed(job, ValueError("x")) for job in flight.jobs]
                ends.fail(desk.db, flight.id, "parse", "worker", failed, RetryPolicy(surprise=0))
            assert repair.redrive(desk.db, jobs, "ada") == sorted(jobs)
        done.set()
        offering.result()
    desk.check()


@pytest.mark.parametrize("place", ["line", "quarantine"])
def test_what_was_cancelled_can_be_offered_anew(desk: Desk, place: str) -> None:
    if place == "line":
        job = desk.job(text="Wanted again")
    else:
        job, _ = quarantined(desk, text="Wanted again")
    repair.cancel(desk.db, [job], "ada")
    (answer,) = desk.accept(offer(text="Wanted again", producer="other"))
    assert isinstance(answer, Accepted) and not answer.duplicate and answer.job_id != job
    desk.check()


class Interrupted:
    """Statements of repair; before `name` is looked up for the first time, something else happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, happens: Callable[[], object]) -> None:
        self._statements, self._name, self._happens = repair.queries, name, happens
        self._undo = monkeypatch.undo
        monkeypatch.setattr(repair, "queries", self)

    def __getattr__(self, name: str) -> str:
        if name == self._name:
            self._undo()
            self._happens()
        return str(getattr(self._statements, name))


def test_a_job_that_is_redriven_while_it_is_judged_is_found(
    desk: Desk, connection: Callable[[], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = quarantined(desk)
    other = connection()
    Interrupted(monkeypatch, "lock_quarantine", lambda: repair.redrive(other, [job], "bob"))
    assert repair.cancel(desk.db, [job], "ada")[job] == Judged("ended")
    assert desk.value("SELECT run FROM outcomes") == 2
    desk.check()


def test_a_job_that_is_quarantined_while_it_is_judged_is_found(
    desk: Desk, connection: Callable[[], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    job, other = desk.job(), connection()
    flight = desk.flight()
    failed = [ends.Failed(job, ValueError("x"))]
    policy = RetryPolicy(surprise=0)
    Interrupted(monkeypatch, "lock_jobs", lambda: ends.fail(other, flight, "parse", "worker", failed, policy))
    assert repair.cancel(desk.db, [job], "ada")[job] == Judged("ended")
    assert desk.value("SELECT count(*) FROM quarantine") == 0
    desk.check()


def test_many_jobs_are_cancelled_wherever_they_are(desk: Desk) -> None:
    ended, failed, flying, ready = desk.jobs(4)
    flight = desk.flight()
    desk.finish((ended, 1))
    desk.db.execute("UPDATE line SET failures = 5 WHERE job_id = %s", [failed])
    desk.fail(flight, failed, Transient("no"))
    desk.fail(flight, ready, Transient("no"))
    judged = repair.cancel(desk.db, [ended, failed, flying, ready, 999], "ada")
    assert [judged[job].state for job in (ended, failed, flying, ready, 999)] == [
        "finished", "ended", "ended", "ended", "unknown",
    ]  # fmt: skip
    assert desk.value("SELECT count(*) FROM outcomes WHERE reason = 'cancelled'") == 3
    desk.check()


def test_a_job_whose_place_on_offer_another_took_leaves_it_to_that(desk: Desk) -> None:
    job, _ = quarantined(desk, text="Twice")
    desk.db.execute("UPDATE offers SET until = now() - interval '1 second'")
    other = desk.job(text="Twice")
    assert repair.redrive(desk.db, [job], "ada") == [job]
    assert desk.finish((job, 2)) == [job]
    assert desk.value("SELECT job_id FROM offers WHERE until = 'infinity'") == other
    desk.check()
