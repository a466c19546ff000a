"""What is paused is not launched, holds nobody else up, and goes on when it is resumed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsroom.desk import EPOCH, Desk, page
from wireroom.database import Connection
from wireroom.errors import Transient, WireroomError
from wireroom.ledger import captures, flights, look, lost, repair
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.launch import Launcher
from wireroom.ledger.lost import Lost
from wireroom.ledger.pauses import CALLED_AT_ONCE, Target, is_known, pause, pauses, resume, target


def hold(desk: Desk, what: str, name: str = "") -> None:
    assert pause(desk.db, Target(what, name), "ada", "the moon is full")


def let_go(desk: Desk, what: str, name: str = "") -> None:
    assert resume(desk.db, Target(what, name))


def flown(desk: Desk, *legs: str, sweep: bool = False) -> set[int]:
    """The jobs launched, by as many launches as one look has."""
    jobs: set[int] = set()
    for leg in legs or ("fetch", "process"):
        for _ in range(8):
            launched = desk.launchers[leg].launch(desk.db, EPOCH, sweep=sweep)  # type: ignore[index]
            jobs |= {job for flight in launched.flights for job in flight.jobs}
            if not launched.more:
                break
    return jobs


def held(desk: Desk, source: str) -> int:
    return int(desk.value("SELECT count(*) FROM line WHERE waits_for = 'pause' AND paused_source = %s", source))


def state(desk: Desk, job: int) -> str:
    (found,) = look.jobs(desk.db, ids=[job])
    return found.state


ONE_OF_EACH = {
    "fetch live": {"url": "https://a.example/1", "source": "A"},
    "fetch backfill": {"url": "https://b.example/1", "source": "B", "lane": "backfill"},
    "process live": {"text": "Live", "source": "A"},
    "process backfill": {"text": "Backfill", "source": "B", "lane": "backfill"},
}


@pytest.mark.parametrize(
    ("paused", "going"),
    [
        (("line", ""), []),
        (("leg", "fetch"), ["process live", "process backfill"]),
        (("leg", "process"), ["fetch live", "fetch backfill"]),
        (("lane", "live"), ["fetch backfill", "process backfill"]),
        (("lane", "backfill"), ["fetch live", "process live"]),
        (("source", "A"), ["fetch backfill", "process backfill"]),
        (("host", "a.example"), ["fetch backfill", "process live", "process backfill"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_paused_is_not_launched_and_all_else_is(desk: Desk, paused: tuple[str, str], going: list[str]) -> None:
    hold(desk, *paused)
    jobs = {name: desk.job(**fields) for name, fields in ONE_OF_EACH.items()}
    launched = flown(desk)
    assert launched == {jobs[name] for name in going}
    assert {state(desk, job) for job in set(jobs.values()) - launched} == {"paused"}
    assert flown(desk, sweep=True) == set()
    let_go(desk, *paused)
    assert flown(desk) == set(jobs.values()) - launched
    desk.check()


def test_flights_under_way_finish_and_the_page_waits_before_the_next_leg(desk: Desk) -> None:
    job = desk.job(url="https://a.example/1", source="A")
    flight = desk.flight("fetch")
    hold(desk, "source", "A")
    assert state(desk, job) == "in flight"
    assert not any("pause" in step.what for step in look.timeline(desk.db, look.jobs(desk.db, ids=[job])[0]))
    assert captures.capture(desk.db, flight, job, page(), delay=0)
    assert flown(desk) == set()
    let_go(desk, "source", "A")
    assert flown(desk, "process") == {job}


def test_a_paused_hosts_page_that_is_captured_goes_on(desk: Desk) -> None:
    job = desk.job(url="https://a.example/1")
    flight = desk.flight("fetch")
    hold(desk, "host", "a.example")
    assert captures.capture(desk.db, flight, job, page(), delay=0)
    assert flown(desk) == {job}


def test_while_the_line_is_paused_retries_become_ready_and_lost_flights_are_taken_back(desk: Desk) -> None:
    failed, lost_job = desk.job(), desk.job(url="https://a.example/1")
    desk.fail(desk.flight(), failed, Transient("not now"))
    desk.flight("fetch")
    hold(desk, "line")
    (flight,) = lost.live_flights(desk.db)
    assert lost.take_back(desk.db, Lost(flight, "epoch"), delay=0) == []
    desk.hurry()
    assert flown(desk) == set()
    assert desk.value("SELECT count(*) FROM line WHERE ticket IS NOT NULL") == 2
    let_go(desk, "line")
    assert flown(desk) == {failed, lost_job}


def test_a_crowd_of_a_paused_source_is_met_once_and_others_pass(desk: Desk) -> None:
    crowd = desk.jobs(300, source="crowd")
    desk.db.execute("UPDATE line SET ticket = 1")
    other = desk.job(source="other")
    hold(desk, "source", "crowd")
    desk.launchers["process"] = Launcher("process", Bounds(in_flight=16))
    assert flown(desk, "process") == {other}
    assert held(desk, "crowd") == len(crowd)
    assert flown(desk, "process", sweep=True) == set()


def test_a_resumed_crowd_comes_back_in_steps_and_does_not_crowd_out_others(desk: Desk) -> None:
    hold(desk, "source", "crowd")
    crowd = desk.jobs(CALLED_AT_ONCE + 500, source="crowd")
    assert flown(desk, "process") == set()
    let_go(desk, "source", "crowd")
    desk.launchers["process"] = launcher = Launcher("process", Bounds(in_flight=20))
    launcher.launch(desk.db, EPOCH, sweep=True)
    assert held(desk, "crowd") == 500
    launcher.launch(desk.db, EPOCH)
    assert held(desk, "crowd") == 0
    others = desk.jobs(5, source="other")
    launched: set[int] = set()
    for _ in range(4):
        flying = desk.db.execute("SELECT job_id FROM line WHERE flight_id IS NOT NULL").fetchall()
        desk.finish(*((job, 1) for (job,) in flying))
        launched |= flown(desk, "process")
    assert set(others) < launched < {*others, *crowd}
    desk.check()


def test_jobs_that_wait_for_a_host_do_not_stay_behind_those_of_a_paused_source(desk: Desk) -> None:
    hold(desk, "host", "h.example")
    for number in range(200):
        desk.job(url=f"https://h.example/{number}", source="A")
    other = desk.job(url="https://h.example/other", source="B")
    assert flown(desk, "fetch") == set()
    assert desk.value("SELECT count(*) FROM line WHERE waits_for = 'host'") == 201
    hold(desk, "source", "A")
    let_go(desk, "host", "h.example")
    assert flown(desk, "fetch") == {other}
    assert held(desk, "A") == 200


def test_jobs_of_a_paused_host_are_left_where_they_are(desk: Desk) -> None:
    hold(desk, "host", "h.example")
    for number in range(20):
        desk.job(url=f"https://h.example/{number}")
    assert flown(desk) == set()
    before = desk.db.execute("SELECT xmin::text FROM line ORDER BY job_id").fetchall()
    assert flown(desk, sweep=True) == set()
    assert desk.db.execute("SELECT xmin::text FROM line ORDER BY job_id").fetchall() == before


def test_hosts_of_which_only_a_paused_lane_waits_do_not_stand_before_the_others(desk: Desk) -> None:
    desk.db.execute(
        "WITH waiting AS (INSERT INTO hosts (host, next_at) SELECT 'h' || id, now() FROM generate_series(1, 300) AS id"
        " RETURNING host) INSERT INTO line (job_id, leg, lane, host, waits_for)"
        " SELECT row_number() OVER (), 'fetch', 'backfill', host, 'host' FROM waiting"
    )
    hold(desk, "lane", "backfill")
    assert flown(desk, "fetch", sweep=True) == set()
    assert desk.value("SELECT count(*) FROM hosts WHERE parked") == 0
    let_go(desk, "lane", "backfill")
    assert len(flown(desk, "fetch", sweep=True)) == 256


def test_a_job_of_a_busy_host_and_a_paused_source_waits_for_both(desk: Desk) -> None:
    desk.job(url="https://h.example/1", source="A")
    flight = desk.flight("fetch")
    job = desk.job(url="https://h.example/2", source="B")
    hold(desk, "source", "B")
    assert flown(desk) == set()
    let_go(desk, "source", "B")
    assert flown(desk) == set()
    assert desk.value("SELECT waits_for FROM line WHERE job_id = %s", job) == "host"
    for one in flights.pages_to_fetch(desk.db, flight):
        captures.capture(desk.db, flight, one.job_id, page(), delay=60)
    assert flown(desk, "fetch") == set()
    desk.hurry()
    assert flown(desk, "fetch") == {job}


def test_a_lane_that_goes_on_is_not_held_up_by_the_paused_one_at_their_host(desk: Desk) -> None:
    hold(desk, "host", "h.example")
    backfill = {desk.job(url=f"https://h.example/b{number}", lane="backfill") for number in range(20)}
    assert flown(desk) == set()
    hold(desk, "lane", "backfill")
    let_go(desk, "host", "h.example")
    assert flown(desk, sweep=True) == set()
    assert desk.value("SELECT count(*) FROM line WHERE waits_for = 'host'") == 20
    assert desk.value("SELECT count(*) FROM hosts WHERE parked") == 0
    live = desk.job(url="https://h.example/live")
    assert flown(desk) == {live}
    desk.finish((live, 1))
    desk.db.execute("DELETE FROM flights")
    desk.db.execute("DELETE FROM line WHERE job_id = %s", [live])
    let_go(desk, "lane", "backfill")
    desk.hurry()
    assert flown(desk, sweep=True) < backfill


def test_a_retry_that_becomes_due_while_its_source_is_paused_waits_on(desk: Desk) -> None:
    job = desk.job(source="A")
    desk.fail(desk.flight(), job, Transient("not now"))
    hold(desk, "source", "A")
    assert state(desk, job) == "waiting"
    desk.hurry()
    assert flown(desk) == set()
    assert state(desk, job) == "paused"
    let_go(desk, "source", "A")
    assert flown(desk) == {job}


def test_held_jobs_can_be_cancelled_and_redriven_ones_are_held(desk: Desk) -> None:
    hold(desk, "source", "A")
    cancelled, kept = desk.jobs(2, source="A")
    redriven = desk.job(source="B")
    flight = desk.flight()
    desk.db.execute("UPDATE line SET failures = 5")
    desk.fail(flight, redriven, Transient("no"))
    hold(desk, "source", "B")
    assert repair.cancel(desk.db, [cancelled], "ada")[cancelled].state == "ended"
    assert repair.redrive(desk.db, [redriven], "ada") == [redriven]
    assert flown(desk) == set()
    desk.check()
    let_go(desk, "source", "A")
    let_go(desk, "source", "B")
    assert flown(desk) == {kept, redriven}


def test_what_was_parked_while_its_source_was_being_resumed_is_found_by_a_sweep(desk: Desk) -> None:
    hold(desk, "source", "A")
    job = desk.job(source="A")
    assert flown(desk) == set()
    let_go(desk, "source", "A")
    launcher = desk.launchers["process"] = Launcher("process", Bounds(in_flight=10))
    assert launcher.launch(desk.db, EPOCH).flights == []
    (flight,) = launcher.launch(desk.db, EPOCH, sweep=True).flights
    assert flight.jobs == (job,)


def test_a_locked_job_is_called_after_the_others(desk: Desk, connection: Callable[[], Connection]) -> None:
    hold(desk, "source", "A")
    locked, free = desk.jobs(2, source="A")
    assert flown(desk) == set()
    let_go(desk, "source", "A")
    canceller = connection()
    with canceller.transaction(force_rollback=True):
        canceller.execute("SELECT FROM line WHERE job_id = %s FOR UPDATE", [locked])
        assert flown(desk) == {free}
    assert flown(desk, sweep=True) == {locked}


def test_dispatchers_side_by_side_hold_a_source_and_launch_it_once_when_it_is_resumed(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    held_jobs, others = desk.jobs(150, source="A"), desk.jobs(150, source="B")
    hold(desk, "source", "A")
    dispatchers = [(connection(), Launcher("process", Bounds(in_flight=1000, articles=8))) for _ in range(3)]

    def dispatch(dispatcher: tuple[Connection, Launcher]) -> list[int]:
        db, launcher = dispatcher
        launches = (launcher.launch(db, EPOCH, sweep=number % 5 == 4) for number in range(20))
        return [job for launch in launches for flight in launch.flights for job in flight.jobs]

    def launched() -> list[int]:
        with ThreadPoolExecutor(3) as pool:
            return sorted(job for jobs in pool.map(dispatch, dispatchers) for job in jobs)

    assert launched() == others
    let_go(desk, "source", "A")
    assert launched() == held_jobs
    desk.check()


@pytest.mark.parametrize("leg", ["fetch", "process"])
def test_a_pause_waits_for_the_launch_under_way(desk: Desk, connection: Callable[[], Connection], leg: str) -> None:
    desk.job()
    launching, pausing = connection(), connection()
    with ThreadPoolExecutor(1) as pool:
        with launching.transaction():
            Launcher(leg, Bounds(in_flight=10)).launch(launching, EPOCH)  # type: ignore[arg-type]
            paused = pool.submit(pause, pausing, Target("line"), "ada")
            while not desk.value("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'"):
                assert not paused.done()
        assert paused.result() is True
    desk.job()
    assert flown(desk) == set()


def test_pausing_twice_and_resuming_what_is_not_paused_change_nothing(desk: Desk) -> None:
    assert pause(desk.db, Target("source", "A"), "ada", "first")
    assert not pause(desk.db, Target("source", "A"), "bob", "second")
    assert [(str(one), one.told) for one in pauses(desk.db)] == [("source A", "ada: first")]
    assert resume(desk.db, Target("source", "A"))
    assert not resume(desk.db, Target("source", "A"))
    assert pauses(desk.db) == []


def test_a_timeline_tells_every_pause_that_holds_the_job(desk: Desk) -> None:
    hold(desk, "source", "A")
    pause(desk.db, Target("leg", "fetch"), "bob")
    job = desk.job(url="https://a.example/1", source="A")
    other = desk.job(url="https://b.example/1", source="B")
    steps = {one: look.timeline(desk.db, look.jobs(desk.db, ids=[one])[0]) for one in (job, other)}
    assert [(step.what, step.details) for step in steps[job][1:]] == [
        ("held by the pause of leg fetch", "bob"),
        ("held by the pause of source A", "ada: the moon is full"),
    ]
    assert [step.what for step in steps[other]] == ["accepted", "held by the pause of leg fetch"]


def test_a_source_or_host_that_nobody_has_heard_of_is_known_as_such(desk: Desk) -> None:
    desk.job(url="https://a.example/1", source="A")
    targets = [Target("source", "A"), Target("source", "B"), Target("host", "a.example"), Target("line")]
    assert [is_known(desk.db, one) for one in targets] == [True, False, False, True]
    flight = desk.flight("fetch")
    desk.fail(flight, 1, Transient("no"), stage="ingest")
    assert is_known(desk.db, Target("host", "a.example"))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (("line", None), "line"),
        (("lane", "backfill"), "lane backfill"),
        (("source", "Harbour Wire"), "source Harbour Wire"),
        (("host", "News.Example."), "host news.example"),
        (("host", "bücher.example"), "host xn--bcher-kva.example"),
        (("host", "[2001:DB8::1]"), "host [2001:db8::1]"),
    ],
)
def test_names_are_brought_to_normal_form(given: tuple[str, str | None], meant: str) -> None:
    assert str(target(*given)) == meant


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("job", "7"), "'job' cannot be paused: it is one of line, leg, lane, source, host"),
        (("line", "fetch"), "the line has no name: leave it out"),
        (("leg", None), "name the leg: fetch or process or poll"),
        (("leg", "parse"), "a leg is fetch or process or poll, not 'parse'"),
        (("lane", "fast"), "a lane is live or backfill, not 'fast'"),
        (("source", None), "name the source"),
        (("source", " "), "source is empty: leave it out, or give it a value"),
        (("host", "a.example:80"), "'a.example:80' is not the name of a host alone: did you mean 'a.example'?"),
        (("host", "a.example/b"), "'a.example/b' is not the name of a host alone: did you mean 'a.example'?"),
        (("host", "no host"), "'no host' is not the name of a host, as news.example: "),
        (("host", "http://b.example"), "'http://b.example' is not the name of a host alone: did you mean 'b.example'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_paused_is_told(given: tuple[str, str | None], told: str) -> None:
    with pytest.raises(WireroomError) as error:
        target(*given)
    assert str(error.value).startswith(told)
